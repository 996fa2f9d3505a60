//! The two names of an order.

use order_status_proto::v1;

/// An order, by its id or by its number. Methods on one order take anything that turns into it:
/// `67`, `"FR9TL74P"`, or an order that was answered before (by its id).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrderRef {
    /// Its id: counted within the account, from 1.
    Id(i64),
    /// Its number: what people call it, 1 to 64 characters.
    Number(String),
}

impl From<i64> for OrderRef {
    fn from(id: i64) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for OrderRef {
    fn from(number: &str) -> Self {
        Self::Number(number.to_owned())
    }
}

impl From<String> for OrderRef {
    fn from(number: String) -> Self {
        Self::Number(number)
    }
}

impl From<&String> for OrderRef {
    fn from(number: &String) -> Self {
        Self::Number(number.clone())
    }
}

impl From<&v1::Order> for OrderRef {
    fn from(order: &v1::Order) -> Self {
        Self::Id(order.id)
    }
}

impl From<&Self> for OrderRef {
    fn from(order: &Self) -> Self {
        order.clone()
    }
}
