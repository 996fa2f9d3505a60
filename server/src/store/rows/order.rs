//! Orders and payments.

use crate::domain::decimal::Decimal;
use crate::domain::money::{Derived, InvoiceStatus, PaymentStatus};
use crate::domain::order::{Customer, DeliveryStatus, Order, Payment};
use crate::domain::time::Timestamp;
use crate::domain::workflow::Workflows;
use crate::store::detail;
use crate::store::entity::{order as orders, order_detail, payment as payments, used_code};
use crate::store::error::{StoreError, damaged};

use super::bytes;

/// The narrow row of an order.
///
/// # Errors
/// Where the order's workflow is not known, or does not have its state.
pub fn order_row(order: &Order, workflows: &Workflows) -> Result<orders::Model, StoreError> {
    let state = workflows
        .get(&order.workflow, order.workflow_version)
        .and_then(|workflow| workflow.state(&order.state).map(|at| &workflow.states[at]));
    let Some(state) = state else {
        let (name, version, state) = (&order.workflow, order.workflow_version, &order.state);
        return Err(StoreError::Broken(format!(
            "workflow {name} version {version} with state {state:?} is not known"
        )));
    };
    let derived = &order.derived;
    Ok(orders::Model {
        account_id: order.account_id,
        id: order.id,
        number: order.number.clone(),
        workflow: order.workflow.clone(),
        workflow_version: i64::from(order.workflow_version),
        state: order.state.clone(),
        phase: state.phase.code(),
        payment_status: derived.payment_status.code(),
        invoice_status: derived.invoice_status.code(),
        delivery_status: order.delivery_status.map(DeliveryStatus::code),
        locked: order.locked,
        customer_id: order.customer.id,
        store_id: order.store_id,
        currency: order.currency.clone(),
        total: derived.total.ten_thousandths(),
        discount: derived.discount.ten_thousandths(),
        tax: derived.tax.ten_thousandths(),
        grand_total: derived.grand_total.ten_thousandths(),
        amount_paid: derived.amount_paid.ten_thousandths(),
        order_date: order.order_date.map(Timestamp::micros),
        create_time: order.create_time.micros(),
        update_time: order.update_time.micros(),
        delete_time: order.delete_time.map(Timestamp::micros),
        version: order.version,
        last_hash: order.last_hash.to_vec(),
    })
}

/// The order of a row; without a detail, the fields that lie there stay at their defaults.
///
/// # Errors
/// Where the row or the detail makes no sense.
pub fn order(row: orders::Model, body: Option<&str>) -> Result<Order, StoreError> {
    let derived = Derived {
        total: Decimal::from_ten_thousandths(row.total),
        discount: Decimal::from_ten_thousandths(row.discount),
        tax: Decimal::from_ten_thousandths(row.tax),
        grand_total: Decimal::from_ten_thousandths(row.grand_total),
        amount_paid: Decimal::from_ten_thousandths(row.amount_paid),
        payment_status: PaymentStatus::from_code(i64::from(row.payment_status))
            .ok_or_else(|| damaged(format_args!("payment status {}", row.payment_status)))?,
        invoice_status: InvoiceStatus::from_code(i64::from(row.invoice_status))
            .ok_or_else(|| damaged(format_args!("invoice status {}", row.invoice_status)))?,
    };
    let delivery_status = row.delivery_status.map(|code| {
        DeliveryStatus::from_code(i64::from(code))
            .ok_or_else(|| damaged(format_args!("delivery status {code}")))
    });
    let mut order = Order {
        account_id: row.account_id,
        id: row.id,
        number: row.number,
        workflow: row.workflow,
        workflow_version: u32::try_from(row.workflow_version).map_err(damaged)?,
        state: row.state,
        locked: row.locked,
        delivery_status: delivery_status.transpose()?,
        customer: Customer {
            id: row.customer_id,
            ..Customer::default()
        },
        store_id: row.store_id,
        currency: row.currency,
        derived,
        order_date: row.order_date.map(Timestamp::from_micros),
        create_time: Timestamp::from_micros(row.create_time),
        update_time: Timestamp::from_micros(row.update_time),
        delete_time: row.delete_time.map(Timestamp::from_micros),
        version: row.version,
        last_hash: bytes(&row.last_hash, "hash of an order")?,
        ..Order::default()
    };
    if let Some(body) = body {
        detail::read(body, &mut order)?;
    }
    Ok(order)
}

/// The row beside the narrow one.
pub fn detail_row(order: &Order) -> order_detail::Model {
    order_detail::Model {
        account_id: order.account_id,
        order_id: order.id,
        body: detail::write(order),
    }
}

/// The codes that an order names.
pub fn used_codes(order: &Order) -> Vec<used_code::Model> {
    let row = |(catalog, key): (&str, &str)| used_code::Model {
        account_id: order.account_id,
        catalog: catalog.to_owned(),
        key: key.to_owned(),
    };
    order.codes().map(row).collect()
}

/// The row of a payment, for listings.
pub fn payment_row(
    account_id: i64,
    order_id: i64,
    currency: &str,
    payment: &Payment,
) -> payments::Model {
    payments::Model {
        account_id,
        id: payment.id,
        order_id,
        refund: payment.refund,
        method: payment.method.clone(),
        amount: payment.amount.ten_thousandths(),
        currency: currency.to_owned(),
        description: payment.description.clone(),
        pay_date: payment.pay_date.clone(),
        create_time: payment.create_time.micros(),
    }
}

/// The payment of a row.
pub fn payment(row: payments::Model) -> Payment {
    Payment {
        id: row.id,
        refund: row.refund,
        method: row.method,
        amount: Decimal::from_ten_thousandths(row.amount),
        description: row.description,
        pay_date: row.pay_date,
        create_time: Timestamp::from_micros(row.create_time),
    }
}
