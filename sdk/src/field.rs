//! The fields that several methods share, as types, so that one setter of
//! [`Call`](crate::Call) serves all of them.

use order_status_proto::v1;
use prost_types::FieldMask;

/// A field that several requests have.
pub trait Field {
    /// How a request holds it.
    type Value;
}

/// Declares fields and how requests hold them.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $value:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl Field for $name {
            type Value = $value;
        }
    )*};
}

fields! {
    /// Why something is done.
    Reason: String;
    /// A message for people.
    Message: String;
    /// Whether the customer is to be told.
    Notify: Option<bool>;
    /// The etag as last seen.
    Etag: String;
    /// The id that makes a repeated request have one effect.
    RequestId: String;
    /// Whether to decide and change nothing.
    ValidateOnly: bool;
    /// Why an order is called off.
    CancellationType: String;
    /// How many to answer at most.
    PageSize: i32;
    /// Where the page begins.
    PageToken: String;
    /// How much of an order to answer.
    View: i32;
    /// Which orders.
    Filter: Option<v1::OrderFilter>;
    /// Which fields to change.
    UpdateMask: Option<FieldMask>;
    /// How it was paid.
    PaymentMethod: String;
    /// What a payment is for.
    Description: String;
    /// The day of a payment.
    PayDate: String;
    /// The account, for operators.
    AccountId: Option<i64>;
}
