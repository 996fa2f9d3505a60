//! Pages of lists.

use prost::Message;
use tonic::Status;

use super::convert::reader::Reader;
use super::page_token::Scope;

/// How many bytes of items one page holds before it ends: below the 4 MiB that clients take by default.
const PAGE_BYTES: usize = 3 * 1024 * 1024;

/// A page that was asked for.
pub struct Page {
    scope: Scope,
    /// How many items it has, at most.
    pub size: usize,
    /// The key of the last item before it; `None` for the first page.
    pub after: Option<i64>,
}

impl Page {
    /// Reads the paging of a request to that method, whose page size, token and view were taken out.
    ///
    /// # Errors
    /// The token is not one of this list.
    pub fn new(
        reader: &mut Reader,
        account_id: i64,
        method: &str,
        request: &impl Message,
        (size, token): (i32, &str),
    ) -> Result<Page, Status> {
        let scope = Scope::of(account_id, method, request);
        Ok(Page {
            scope,
            size: reader.page_size(size),
            after: scope.last(token)?,
        })
    }

    /// How many items to read: one more than the page has, to know whether another follows.
    pub const fn wanted(&self) -> u64 {
        self.size as u64 + 1
    }

    /// Fills the page and answers the token of the next one, empty where there is none. `items` are
    /// those after [`Page::after`], at most [`Page::wanted`]; one that `show` leaves out takes its place
    /// without being told.
    pub fn fill<T, M: Message>(
        &self,
        items: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> i64,
        mut show: impl FnMut(&T) -> Option<M>,
    ) -> (Vec<M>, String) {
        let (mut shown, mut bytes, mut last) = (Vec::new(), 0, 0);
        for (at, item) in items.into_iter().enumerate() {
            if at >= self.size || bytes >= PAGE_BYTES {
                return (shown, self.scope.token(last));
            }
            last = key(&item);
            if let Some(message) = show(&item) {
                bytes += message.encoded_len();
                shown.push(message);
            }
        }
        (shown, String::new())
    }
}

#[cfg(test)]
mod tests {
    use order_status_proto::v1 as pb;

    use super::*;

    fn page(size: i32, token: &str) -> Page {
        let request = pb::ListStoresRequest::default();
        let page = Page::new(
            &mut Reader::default(),
            1,
            "ListStores",
            &request,
            (size, token),
        );
        page.expect("the token is of this list")
    }

    fn fill(page: &Page, all: &[i64], text: &str) -> (Vec<i64>, String) {
        let after = page.after.unwrap_or(0);
        let items = all
            .iter()
            .copied()
            .filter(|id| *id > after)
            .take(page.wanted() as usize);
        let show = |id: &i64| {
            (id % 10 != 0).then(|| pb::Store {
                id: *id,
                name: text.to_owned(),
                ..Default::default()
            })
        };
        let (shown, token) = page.fill(items, |id| *id, show);
        (shown.iter().map(|store| store.id).collect(), token)
    }

    #[test]
    fn the_pages_of_a_list_are_the_list() {
        let all: Vec<i64> = (1..=25).collect();
        let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let (ids, next) = fill(&page(4, &token), &all, "");
            seen.extend(ids);
            pages += 1;
            token = next;
            if token.is_empty() {
                break;
            }
        }
        let expected: Vec<i64> = all.into_iter().filter(|id| id % 10 != 0).collect();
        assert_eq!((seen, pages), (expected, 7));
    }

    #[test]
    fn a_page_ends_early_before_it_is_larger_than_clients_take() {
        let all: Vec<i64> = (1..=9).collect();
        let (ids, token) = fill(&page(100, ""), &all, &"x".repeat(1024 * 1024));
        assert_eq!(ids, [1, 2, 3]);
        let (ids, _) = fill(&page(100, &token), &all, "");
        assert_eq!(ids, [4, 5, 6, 7, 8, 9]);
    }
}
