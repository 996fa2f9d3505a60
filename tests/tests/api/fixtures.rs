//! Orders to begin with.

use order_status_proto::v1::{
    GetOrderRequest, ImportOrdersRequest, Line, Order, OrderCustomer, OrderState, Payment,
    PaymentKind, get_order_request,
};
use order_status_proto::{Decimal, Money};
use order_status_tests::Caller;

use super::answers::granted;

/// An amount in cents, without a currency: the order's.
pub fn cents(amount: i64) -> Money {
    Money {
        currency_code: String::new(),
        units: amount / 100,
        nanos: i32::try_from(amount % 100).expect("less than a hundred") * 10_000_000,
    }
}

/// An amount that was answered, in cents.
pub fn in_cents(amount: Option<&Money>) -> i64 {
    let amount = amount.expect("an amount");
    assert_eq!(amount.nanos % 10_000_000, 0, "{amount:?}");
    amount.units * 100 + i64::from(amount.nanos / 10_000_000)
}

/// A plain decimal.
pub fn decimal(value: impl ToString) -> Decimal {
    Decimal {
        value: value.to_string(),
    }
}

/// A line of a product.
pub fn line(code: &str, quantity: i64, price: i64) -> Line {
    Line {
        product_code: code.to_owned(),
        name: format!("Product {code}"),
        quantity: Some(decimal(quantity)),
        unit_price: Some(cents(price)),
        ..Line::default()
    }
}

/// A payment of some cents.
pub fn payment(amount: i64) -> Payment {
    Payment {
        amount: Some(cents(amount)),
        kind: PaymentKind::Payment.into(),
        ..Payment::default()
    }
}

/// A refund of some cents.
pub fn refund(amount: i64) -> Payment {
    Payment {
        kind: PaymentKind::Refund.into(),
        ..payment(amount)
    }
}

/// An order of a customer over 10 units of the currency.
pub fn order_of(customer_id: i64) -> Order {
    Order {
        customer: Some(OrderCustomer {
            id: Some(customer_id),
            ..OrderCustomer::default()
        }),
        lines: vec![line("A", 1, 1000)],
        ..Order::default()
    }
}

/// The same, standing in a state.
pub fn order_in(state: &str, customer_id: i64) -> Order {
    Order {
        state: Some(OrderState {
            key: state.to_owned(),
            ..OrderState::default()
        }),
        ..order_of(customer_id)
    }
}

/// The key of the state where an order stands.
pub fn state(order: &Order) -> &str {
    order.state.as_ref().map_or("", |state| state.key.as_str())
}

/// Imports orders and answers them.
pub async fn import(manager: &Caller, orders: Vec<Order>) -> Vec<Order> {
    let request = ImportOrdersRequest {
        orders,
        ..ImportOrdersRequest::default()
    };
    granted(manager.orders().import_orders(request).await).orders
}

/// Imports one order and answers it.
pub async fn import_one(manager: &Caller, order: Order) -> Order {
    import(manager, vec![order]).await.remove(0)
}

/// Reads an order.
pub async fn read(caller: &Caller, id: i64) -> Order {
    granted(caller.orders().get_order(by_id(id)).await)
}

/// The request for an order by its id.
pub fn by_id(id: i64) -> GetOrderRequest {
    GetOrderRequest {
        order: Some(get_order_request::Order::Id(id)),
        ..GetOrderRequest::default()
    }
}

/// A UUID that no other request has.
pub fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A request about the order with an id, and the fields that are given.
macro_rules! request {
    ($request:ident, $module:ident, $id:expr $(, $field:ident: $value:expr)*) => {
        $request {
            order: Some($module::Order::Id($id)),
            $($field: $value,)*
            ..$request::default()
        }
    };
}

pub(super) use request;
