//! Orders of the demo, as text reads them.

use crate::domain::address::Address;
use crate::domain::command::{LineInput, NewOrder, PaymentInput, Target};
use crate::domain::decimal::Decimal;
use crate::domain::order::LineKind;
use crate::domain::time::Timestamp;
use crate::domain::value::Value;

/// An order in the making.
pub(super) struct Draft(NewOrder);

/// An order with that id and number, in that state, made at that time (seconds since 1970).
pub(super) fn order(id: i64, number: &str, state: &str, created: i64) -> Draft {
    let new = NewOrder {
        id: Some(id),
        state: Some(Target::State(state.to_owned())),
        create_time: Some(Timestamp::from_micros(created * 1_000_000)),
        ..NewOrder::default()
    };
    Draft(new).text("number", number)
}

/// A line: code, name, how many, the price of one.
pub(super) fn item(code: &str, name: &str, quantity: i64, unit_price: &str) -> LineInput {
    LineInput {
        product_code: code.to_owned(),
        name: name.to_owned(),
        unit_name: "Piece".to_owned(),
        quantity: Some(Decimal::whole(quantity)),
        unit_price: decimal(unit_price),
        ..LineInput::default()
    }
}

/// An article that the customer trades in.
pub(super) fn exchange(code: &str, name: &str, value: &str) -> LineInput {
    LineInput { kind: LineKind::Exchange, ..item(code, name, 1, value) }
}

/// Every amount of the demo is written in the program, and a test reads all of them.
pub(super) fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap_or_default()
}

impl Draft {
    fn set(mut self, path: &'static str, value: Value) -> Draft {
        self.0.patch.values.push((path, value));
        self
    }

    pub(super) fn text(self, path: &'static str, text: &str) -> Draft {
        self.set(path, Value::text(text))
    }

    pub(super) fn amount(self, path: &'static str, text: &str) -> Draft {
        self.set(path, Value::decimal(decimal(text)))
    }

    pub(super) fn number(self, path: &'static str, number: i64) -> Draft {
        self.set(path, Value::Int(number))
    }

    pub(super) fn address(self, path: &'static str, address: &Address) -> Draft {
        self.set(path, address.to_value())
    }

    pub(super) fn lines(mut self, lines: Vec<LineInput>) -> Draft {
        self.0.patch.lines = Some(lines);
        self
    }

    /// A payment: method, amount, remark, day.
    pub(super) fn paid(mut self, method: &str, amount: &str, description: &str, day: &str) -> Draft {
        let payment = PaymentInput {
            method: method.to_owned(),
            amount: decimal(amount),
            description: description.to_owned(),
            pay_date: day.to_owned(),
            ..PaymentInput::default()
        };
        self.0.patch.payments.get_or_insert_default().push(payment);
        self
    }

    pub(super) fn cancelled_for(mut self, cancellation_type: &str) -> Draft {
        cancellation_type.clone_into(&mut self.0.cancellation_type);
        self
    }

    pub(super) fn attribute(mut self, name: &str, text: &str) -> Draft {
        self.0.patch.attributes.get_or_insert_default().insert(name.to_owned(), text.to_owned());
        self
    }

    pub(super) fn done(self) -> NewOrder {
        self.0
    }
}
