//! The query of a request: names and values, decoded.

use axum::http::Uri;

/// The parameters in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of a request. What is no UTF-8 becomes the replacement character.
    pub fn of(uri: &Uri) -> Query {
        Query::parse(uri.query().unwrap_or_default())
    }

    /// Reads what is written like a query: the body of a form.
    pub fn parse(text: &str) -> Query {
        let pairs = text.split('&');
        let pairs = pairs.filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Query(pairs.collect())
    }

    /// The last value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Every name with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let escaped = || {
            let mut ahead = rest.clone();
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            u8::try_from(digit(ahead.next())? * 16 + digit(ahead.next())?).ok()
        };
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => match escaped() {
                Some(value) => {
                    bytes.push(value);
                    let _ = rest.nth(1);
                }
                None => bytes.push(b'%'),
            },
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded_once() {
        let uri = "/x?a=1&filtering%5Bid%3Ain%5D=1%2C2&b=x+y%2By&c&d=%zz%2&a=%E2%82%AC&&e=%ff";
        let query = Query::of(&uri.parse().unwrap());
        let all: Vec<_> = query.iter().collect();
        assert_eq!(
            all,
            [
                ("a", "1"),
                ("filtering[id:in]", "1,2"),
                ("b", "x y+y"),
                ("c", ""),
                ("d", "%zz%2"),
                ("a", "€"),
                ("e", "\u{fffd}"),
            ]
        );
        assert_eq!(query.get("a"), Some("€"));
        assert_eq!(query.get("f"), None);
    }
}
