//! Lists as streams: all items of all pages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};

use super::Call;
use crate::error::Error;
use crate::field::PageToken;
use crate::method::{
    ListAccounts, ListCatalogEntries, ListCredentials, ListCustomers, ListInvoices,
    ListOrderChanges, ListOrders, ListOutboundOrders, ListPayments, ListStoreOrders, ListStores,
    ListSupplierOrders, Method, Takes, Unary,
};
use crate::types;

/// A method that answers a list page by page.
pub trait Paged: Unary + Takes<PageToken> {
    /// What the list is of.
    type Item: Send + 'static;

    /// The items of a page, and the token of the next.
    #[doc(hidden)]
    fn open(page: Self::Response) -> (Vec<Self::Item>, String);

    /// Turns the request into that of the next page.
    #[doc(hidden)]
    fn turn(request: &mut Self::Request, token: String) {
        *Self::slot(request) = token;
    }
}

/// Ties methods to the items of their pages.
macro_rules! paged {
    ($($method:ident: $items:ident of $item:ident $({$($turn:item)*})?;)*) => {$(
        impl Paged for $method {
            type Item = types::$item;

            fn open(page: Self::Response) -> (Vec<Self::Item>, String) {
                (page.$items, page.next_page_token)
            }

            $($($turn)*)?
        }
    )*};
}

paged! {
    ListOrders: orders of Order {
        fn turn(request: &mut <Self as Method>::Request, token: String) {
            request.page_token = token;
            // What was to be skipped lies before the first page.
            request.skip = 0;
        }
    };
    ListOrderChanges: changes of Change;
    ListPayments: payments of Payment;
    ListInvoices: invoices of Invoice;
    ListCatalogEntries: entries of CatalogEntry;
    ListStores: stores of Store;
    ListStoreOrders: store_orders of StoreOrder;
    ListSupplierOrders: supplier_orders of SupplierOrder;
    ListOutboundOrders: outbound_orders of OutboundOrder;
    ListCustomers: customers of Customer;
    ListAccounts: accounts of Account;
    ListCredentials: credentials of Credential;
}

/// The items of a list, page after page, fetched as they are asked for. It is a [`Stream`], and
/// [`next`](Self::next) serves callers without one of the crates for streams.
#[must_use = "a list is not fetched until it is asked for its items"]
pub struct Items<T>(BoxStream<'static, Result<T, Error>>);

impl<M: Paged> Call<M> {
    /// The items of this page and of all that follow. Every page is a call of its own, with its
    /// own deadline and repetitions; after an error the stream ends.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// let mut orders = client.list_orders().states(["confirmed"]).page_size(500).into_stream();
    /// while let Some(order) = orders.next().await {
    ///     println!("{}", order?.number);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_stream(self) -> Items<M::Item> {
        let pages = stream::try_unfold(Some(self), |call| async move {
            let Some(call) = call else { return Ok(None) };
            let mut next = call.clone();
            let (items, token) = M::open(call.send().await?);
            let next = (!token.is_empty()).then(|| {
                M::turn(&mut next.request, token);
                next
            });
            Ok(Some((items, next)))
        });
        let items = pages.flat_map(|page| match page {
            Ok(items) => stream::iter(items).map(Ok).left_stream(),
            Err(error) => stream::iter([Err(error)]).right_stream(),
        });
        Items(items.boxed())
    }
}

impl<T> Items<T> {
    /// The next item; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        self.0.next().await
    }

    /// All items at once.
    ///
    /// # Errors
    ///
    /// The first error of a page.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}
