//! What callers repeat: whoever reads an order, changes a field and sends all of it back does not mean to
//! fix the amounts that follow from others.

use crate::domain::address::Address;
use crate::domain::command::{Patch, PaymentInput};
use crate::domain::order::{Order, Payment};
use crate::domain::value::Value;

/// Takes out of an update without a mask what only repeats what the order shows and is not the caller's
/// to give: amounts in force that were never given, addresses whose numbers were left out, refunds.
pub fn drop_echoes(patch: &mut Patch, order: &Order) {
    let (charges, derived) = (&order.charges, &order.derived);
    patch.values.retain(|(path, value)| match *path {
        "total" => charges.total.is_some() || *value != Value::decimal(derived.total),
        "tax" => charges.tax.is_some() || *value != Value::decimal(derived.tax),
        "discount" => charges.discount.is_some() || *value != Value::decimal(derived.discount),
        "delivery_address" => !same_address(order.delivery_address.as_ref(), value),
        "customer.address" => !same_address(order.customer.address.as_ref(), value),
        _ => true,
    });
    if let Some(payments) = &mut patch.payments {
        let mut refunds: Vec<&Payment> = order.payments.iter().filter(|paid| paid.refund).collect();
        payments.retain(|given| {
            let echo = refunds
                .iter()
                .position(|known| given.refund && same_payment(known, given));
            echo.map(|at| refunds.swap_remove(at)).is_none()
        });
    }
}

fn same_address(known: Option<&Address>, given: &Value) -> bool {
    known.is_some_and(|known| {
        Address {
            id: 0,
            ..known.clone()
        }
        .to_value()
            == *given
    })
}

fn same_payment(known: &Payment, given: &PaymentInput) -> bool {
    (
        &known.method,
        known.amount,
        &known.description,
        &known.pay_date,
    ) == (
        &given.method,
        given.amount,
        &given.description,
        &given.pay_date,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decimal::Decimal;

    fn paths(patch: &Patch) -> Vec<&str> {
        patch.values.iter().map(|(path, _)| *path).collect()
    }

    #[test]
    fn amounts_in_force_are_dropped_where_they_follow_from_others_and_kept_where_they_were_given() {
        let amount = |units| Value::decimal(Decimal::whole(units));
        let mut order = Order::default();
        order.derived.tax = Decimal::whole(3);
        order.derived.discount = Decimal::whole(2);
        order.charges.discount = Some(Decimal::whole(2));
        let patch = |tax| Patch {
            values: vec![
                ("tax", amount(tax)),
                ("discount", amount(2)),
                ("notes", Value::text("x")),
            ],
            ..Patch::default()
        };
        let mut repeated = patch(3);
        drop_echoes(&mut repeated, &order);
        assert_eq!(paths(&repeated), ["discount", "notes"]);
        let mut changed = patch(4);
        drop_echoes(&mut changed, &order);
        assert_eq!(paths(&changed), ["tax", "discount", "notes"]);
    }

    #[test]
    fn an_address_that_differs_by_its_number_only_is_dropped() {
        let known = Address {
            id: 7,
            city: "Utrecht".to_owned(),
            ..Address::default()
        };
        let order = Order {
            delivery_address: Some(known.clone()),
            ..Order::default()
        };
        for (city, left) in [("Utrecht", 0), ("Leiden", 1)] {
            let given = Address {
                id: 0,
                city: city.to_owned(),
                ..Address::default()
            };
            let values = vec![("delivery_address", given.to_value())];
            let mut patch = Patch {
                values,
                ..Patch::default()
            };
            drop_echoes(&mut patch, &order);
            assert_eq!(patch.values.len(), left, "{city}");
        }
    }

    #[test]
    fn each_refund_that_is_known_is_dropped_once() {
        let refund = |units| Payment {
            refund: true,
            amount: Decimal::whole(units),
            ..Payment::default()
        };
        let given = |units| PaymentInput {
            refund: true,
            amount: Decimal::whole(units),
            ..PaymentInput::default()
        };
        let order = Order {
            payments: vec![refund(5), refund(6)],
            ..Order::default()
        };
        let payments = Some(vec![given(5), given(5), given(6)]);
        let mut patch = Patch {
            payments,
            ..Patch::default()
        };
        drop_echoes(&mut patch, &order);
        assert_eq!(patch.payments.map(|left| left.len()), Some(1));
    }
}
