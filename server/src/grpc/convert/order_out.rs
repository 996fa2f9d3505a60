//! Orders and their parts as callers see them.

use std::sync::Arc;

use order_status_proto::v1 as pb;

use super::amount::{decimal, money};
use super::codes::{
    DELIVERY_STATUSES, HELD_ACTIONS, INVOICE_STATUSES, LINE_KINDS, PAYMENT_STATUSES, View,
    number_of,
};
use super::document::share;
use super::time::timestamp;
use super::workflow::state;
use crate::domain::account::Account;
use crate::domain::address::Address;
use crate::domain::hold::Hold;
use crate::domain::order::{Customer, Line, Order, Payment};
use crate::domain::workflow::Workflows;

/// What an order is shown with: the words behind its codes.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The order's account.
    pub account: &'a Account,
    /// Every rulebook.
    pub workflows: &'a Workflows,
    /// Whether the caller is shown what is the staff's business: holds, and the documents that carry goods.
    pub internal: bool,
}

/// The order as callers see it.
pub fn order(order: &Order, words: Words<'_>, view: View) -> pb::Order {
    let basic = basic(order, words);
    match view {
        View::Basic => basic,
        View::Full => full(order, words, basic),
    }
}

/// What stands in the order's own row.
fn basic(order: &Order, words: Words<'_>) -> pb::Order {
    let amount = |value| Some(money(value, &order.currency));
    let derived = &order.derived;
    let workflow = words.workflows.get(&order.workflow, order.workflow_version);
    let store = order.store_id.and_then(|id| words.account.stores.get(&id));
    pb::Order {
        id: order.id,
        number: order.number.clone(),
        account_id: order.account_id,
        workflow: order.workflow.clone(),
        // Versions count up from 1 by hand.
        workflow_version: order.workflow_version as i32,
        state: Some(state(&order.state, workflow.map(Arc::as_ref))),
        payment_status: number_of(PAYMENT_STATUSES, &derived.payment_status),
        delivery_status: order
            .delivery_status
            .map_or(0, |status| number_of(DELIVERY_STATUSES, &status)),
        invoice_status: number_of(INVOICE_STATUSES, &derived.invoice_status),
        locked: order.locked,
        customer: order.customer.id.map(|id| pb::OrderCustomer {
            id: Some(id),
            ..Default::default()
        }),
        store_id: order.store_id,
        store_name: store.map_or_else(String::new, |store| store.name.clone()),
        currency_code: order.currency.clone(),
        total: amount(derived.total),
        tax: amount(derived.tax),
        discount: amount(derived.discount),
        grand_total: amount(derived.grand_total),
        amount_paid: amount(derived.amount_paid),
        order_date: order.order_date.map(timestamp),
        create_time: Some(timestamp(order.create_time)),
        update_time: Some(timestamp(order.update_time)),
        delete_time: order.delete_time.map(timestamp),
        version: order.version,
        etag: order.etag(),
        ..Default::default()
    }
}

fn full(order: &Order, words: Words<'_>, basic: pb::Order) -> pb::Order {
    let amount = |value| Some(money(value, &order.currency));
    let charges = &order.charges;
    let (holds, documents) = if words.internal {
        (order.holds.as_slice(), order.documents.as_slice())
    } else {
        (&[][..], &[][..])
    };
    pb::Order {
        customer: customer(&order.customer),
        channel: order.channel.clone(),
        table_number: order.table_number.clone(),
        notes: order.notes.clone(),
        service_charge: amount(charges.service_charge),
        delivery_fee: amount(charges.delivery_fee),
        installation_fee: amount(charges.installation_fee),
        discount_percent: charges.discount_percent.map(decimal),
        vat_percent: charges.vat_percent.map(decimal),
        payment_method: order.payment_method.clone(),
        delivery_method: order.delivery_method.clone(),
        delivery_address: order.delivery_address.as_ref().map(address),
        lines: order
            .lines
            .iter()
            .map(|given| line(given, &order.currency))
            .collect(),
        terms: order
            .terms
            .iter()
            .map(|text| pb::Term { text: text.clone() })
            .collect(),
        payments: order
            .payments
            .iter()
            .map(|paid| payment(paid, order.id, &order.currency))
            .collect(),
        holds: holds.iter().map(hold).collect(),
        documents: documents.iter().map(share).collect(),
        source: order.source.clone(),
        assigned_username: order.assigned_username.clone(),
        lading_code: order.lading_code.clone(),
        campaign_code: order.campaign_code.clone(),
        opportunity_code: order.opportunity_code.clone(),
        cancellation_type: order.cancellation_type.clone(),
        attributes: order.attributes.clone(),
        ..basic
    }
}

/// The customer; `None` where the order knows nothing of one.
pub fn customer(customer: &Customer) -> Option<pb::OrderCustomer> {
    (*customer != Customer::default()).then(|| pb::OrderCustomer {
        id: customer.id,
        name: customer.name.clone(),
        phone: customer.phone.clone(),
        email: customer.email.clone(),
        contact_name: customer.contact_name.clone(),
        address: customer.address.as_ref().map(address),
    })
}

fn line(line: &Line, currency: &str) -> pb::Line {
    pb::Line {
        id: line.id,
        kind: number_of(LINE_KINDS, &line.kind),
        product_code: line.product_code.clone(),
        name: line.name.clone(),
        unit_name: line.unit_name.clone(),
        quantity: Some(decimal(line.quantity)),
        unit_price: Some(money(line.unit_price, currency)),
        discount: Some(money(line.discount, currency)),
        vat_rate: line.vat_rate.map(decimal),
        amount: Some(money(line.amount, currency)),
        customer_id: line.customer_id,
        note: line.note.clone(),
        attributes: line.attributes.clone(),
        invoice_number: line.invoice_number.unwrap_or(0),
        cancelled_quantity: Some(decimal(line.cancelled_quantity)),
    }
}

/// A payment or refund of an order.
pub fn payment(payment: &Payment, order_id: i64, currency: &str) -> pb::Payment {
    let kind = if payment.refund {
        pb::PaymentKind::Refund
    } else {
        pb::PaymentKind::Payment
    };
    pb::Payment {
        id: payment.id,
        method: payment.method.clone(),
        amount: Some(money(payment.amount, currency)),
        description: payment.description.clone(),
        pay_date: payment.pay_date.clone(),
        kind: kind.into(),
        create_time: Some(timestamp(payment.create_time)),
        order_id,
    }
}

/// A hold.
pub fn hold(hold: &Hold) -> pb::Hold {
    let blocks = hold.blocks.iter();
    pb::Hold {
        id: hold.id,
        reason: hold.reason.clone(),
        note: hold.note.clone(),
        line_ids: hold.line_ids.clone(),
        create_time: Some(timestamp(hold.create_time)),
        blocks: blocks.map(|it| number_of(HELD_ACTIONS, it)).collect(),
    }
}

/// An address.
pub fn address(address: &Address) -> pb::Address {
    pb::Address {
        id: address.id,
        company_name: address.company_name.clone(),
        name: address.name.clone(),
        street: address.street.clone(),
        house_number: address.house_number.clone(),
        house_number_postfix: address.house_number_postfix.clone(),
        postal_code: address.postal_code.clone(),
        city: address.city.clone(),
        country_code: address.country_code.clone(),
        phone: address.phone.clone(),
        email: address.email.clone(),
        notes: address.notes.clone(),
        business: address.business,
        text: address.text.clone(),
    }
}
