//! The parts of an order's detail.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{sparse, unset};
use crate::domain::address::Address;
use crate::domain::decimal::Decimal;
use crate::domain::document::{Document, DocumentKind, DocumentLine, DocumentState, Share};
use crate::domain::hold::{HeldAction, Hold};
use crate::domain::order::{Charges, Line, LineKind, Payment};
use crate::domain::time::Timestamp;

sparse!(AddressRow {
    id: i64,
    business: bool,
    company_name: String,
    name: String,
    street: String,
    house_number: String,
    house_number_postfix: String,
    postal_code: String,
    city: String,
    country_code: String,
    phone: String,
    email: String,
    notes: String,
    text: String,
});

// Amounts, quantities and percentages are counted in ten-thousandths.
sparse!(LineRow {
    id: i64,
    kind: String,
    product_code: String,
    name: String,
    unit_name: String,
    quantity: i64,
    unit_price: i64,
    discount: i64,
    vat_rate: Option<i64>,
    amount: i64,
    customer_id: Option<i64>,
    note: String,
    invoice_number: Option<i64>,
    cancelled_quantity: i64,
    attributes: BTreeMap<String, String>,
});

sparse!(PaymentRow {
    id: i64,
    refund: bool,
    method: String,
    amount: i64,
    description: String,
    pay_date: String,
    create_time: i64,
});

// What a hold blocks is kept by its number.
sparse!(HoldRow {
    id: i64,
    reason: String,
    note: String,
    line_ids: Vec<i64>,
    blocks: Vec<i64>,
    create_time: i64,
});

// Kind and state are kept by their numbers, quantities in ten-thousandths.
sparse!(ShareRow {
    kind: i64,
    id: i64,
    state: i64,
    store_id: i64,
    address_id: i64,
    lines: Vec<(i64, i64)>,
});

// A line is its order, its number there, and its quantity in ten-thousandths.
sparse!(DocumentRow {
    from_store_id: Option<i64>,
    store_id: i64,
    supplier: String,
    address: Option<AddressRow>,
    lines: Vec<(i64, i64, i64)>,
});

sparse!(ChargesRow {
    total: Option<i64>,
    discount: Option<i64>,
    discount_percent: Option<i64>,
    tax: Option<i64>,
    vat_percent: Option<i64>,
    service_charge: i64,
    delivery_fee: i64,
    installation_fee: i64,
});

impl From<&Address> for AddressRow {
    fn from(address: &Address) -> AddressRow {
        let Address {
            id,
            business,
            company_name,
            name,
            street,
            house_number,
            house_number_postfix,
            postal_code,
            city,
            country_code,
            phone,
            email,
            notes,
            text,
        } = address.clone();
        AddressRow {
            id,
            business,
            company_name,
            name,
            street,
            house_number,
            house_number_postfix,
            postal_code,
            city,
            country_code,
            phone,
            email,
            notes,
            text,
        }
    }
}

impl From<AddressRow> for Address {
    fn from(row: AddressRow) -> Address {
        Address {
            id: row.id,
            business: row.business,
            company_name: row.company_name,
            name: row.name,
            street: row.street,
            house_number: row.house_number,
            house_number_postfix: row.house_number_postfix,
            postal_code: row.postal_code,
            city: row.city,
            country_code: row.country_code,
            phone: row.phone,
            email: row.email,
            notes: row.notes,
            text: row.text,
        }
    }
}

fn kept(value: Option<Decimal>) -> Option<i64> {
    value.map(Decimal::ten_thousandths)
}

fn decimal(value: Option<i64>) -> Option<Decimal> {
    value.map(Decimal::from_ten_thousandths)
}

/// The word for a kind of line; empty for an item.
pub(super) fn kind_name(kind: LineKind) -> String {
    if kind == LineKind::Item {
        String::new()
    } else {
        kind.name().to_owned()
    }
}

pub(super) fn parse_kind(name: &str) -> LineKind {
    match name {
        "exchange" => LineKind::Exchange,
        "text" => LineKind::Text,
        _ => LineKind::Item,
    }
}

impl From<&Line> for LineRow {
    fn from(line: &Line) -> LineRow {
        LineRow {
            id: line.id,
            kind: kind_name(line.kind),
            product_code: line.product_code.clone(),
            name: line.name.clone(),
            unit_name: line.unit_name.clone(),
            quantity: line.quantity.ten_thousandths(),
            unit_price: line.unit_price.ten_thousandths(),
            discount: line.discount.ten_thousandths(),
            vat_rate: kept(line.vat_rate),
            amount: line.amount.ten_thousandths(),
            customer_id: line.customer_id,
            note: line.note.clone(),
            invoice_number: line.invoice_number,
            cancelled_quantity: line.cancelled_quantity.ten_thousandths(),
            attributes: line.attributes.clone(),
        }
    }
}

impl From<LineRow> for Line {
    fn from(row: LineRow) -> Line {
        Line {
            id: row.id,
            kind: parse_kind(&row.kind),
            product_code: row.product_code,
            name: row.name,
            unit_name: row.unit_name,
            quantity: Decimal::from_ten_thousandths(row.quantity),
            unit_price: Decimal::from_ten_thousandths(row.unit_price),
            discount: Decimal::from_ten_thousandths(row.discount),
            vat_rate: decimal(row.vat_rate),
            amount: Decimal::from_ten_thousandths(row.amount),
            customer_id: row.customer_id,
            note: row.note,
            invoice_number: row.invoice_number,
            cancelled_quantity: Decimal::from_ten_thousandths(row.cancelled_quantity),
            attributes: row.attributes,
        }
    }
}

impl From<&Payment> for PaymentRow {
    fn from(payment: &Payment) -> PaymentRow {
        PaymentRow {
            id: payment.id,
            refund: payment.refund,
            method: payment.method.clone(),
            amount: payment.amount.ten_thousandths(),
            description: payment.description.clone(),
            pay_date: payment.pay_date.clone(),
            create_time: payment.create_time.micros(),
        }
    }
}

impl From<PaymentRow> for Payment {
    fn from(row: PaymentRow) -> Payment {
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
}

impl From<&Hold> for HoldRow {
    fn from(hold: &Hold) -> HoldRow {
        HoldRow {
            id: hold.id,
            reason: hold.reason.clone(),
            note: hold.note.clone(),
            line_ids: hold.line_ids.clone(),
            blocks: hold.blocks.iter().map(|it| it.code().into()).collect(),
            create_time: hold.create_time.micros(),
        }
    }
}

impl From<HoldRow> for Hold {
    fn from(row: HoldRow) -> Hold {
        let blocks = row.blocks.into_iter();
        Hold {
            id: row.id,
            reason: row.reason,
            note: row.note,
            line_ids: row.line_ids,
            blocks: blocks.filter_map(HeldAction::from_code).collect(),
            create_time: Timestamp::from_micros(row.create_time),
        }
    }
}

impl From<&Share> for ShareRow {
    fn from(share: &Share) -> ShareRow {
        let lines = share.lines.iter();
        ShareRow {
            kind: share.kind.code().into(),
            id: share.id,
            state: share.state.code().into(),
            store_id: share.store_id,
            address_id: share.address_id,
            lines: lines
                .map(|(line, quantity)| (*line, quantity.ten_thousandths()))
                .collect(),
        }
    }
}

impl ShareRow {
    /// The share; `None` where its kind or state is not known.
    pub(super) fn share(self) -> Option<Share> {
        let quantity = |(line, quantity)| (line, Decimal::from_ten_thousandths(quantity));
        Some(Share {
            kind: DocumentKind::from_code(self.kind)?,
            id: self.id,
            state: DocumentState::from_code(self.state)?,
            store_id: self.store_id,
            address_id: self.address_id,
            lines: self.lines.into_iter().map(quantity).collect(),
        })
    }
}

impl From<&Document> for DocumentRow {
    fn from(document: &Document) -> DocumentRow {
        let line = |line: &DocumentLine| {
            let quantity = line.quantity.ten_thousandths();
            (line.order_id, line.line_id, quantity)
        };
        DocumentRow {
            from_store_id: document.from_store_id,
            store_id: document.store_id,
            supplier: document.supplier.clone(),
            address: document.address.as_ref().map(AddressRow::from),
            lines: document.lines.iter().map(line).collect(),
        }
    }
}

impl DocumentRow {
    pub(super) fn fill(self, document: &mut Document) {
        let line = |(order_id, line_id, quantity)| DocumentLine {
            order_id,
            line_id,
            quantity: Decimal::from_ten_thousandths(quantity),
        };
        document.from_store_id = self.from_store_id;
        document.store_id = self.store_id;
        document.supplier = self.supplier;
        document.address = self.address.map(Address::from);
        document.lines = self.lines.into_iter().map(line).collect();
    }
}

impl From<&Charges> for ChargesRow {
    fn from(charges: &Charges) -> ChargesRow {
        ChargesRow {
            total: kept(charges.total),
            discount: kept(charges.discount),
            discount_percent: kept(charges.discount_percent),
            tax: kept(charges.tax),
            vat_percent: kept(charges.vat_percent),
            service_charge: charges.service_charge.ten_thousandths(),
            delivery_fee: charges.delivery_fee.ten_thousandths(),
            installation_fee: charges.installation_fee.ten_thousandths(),
        }
    }
}

impl From<ChargesRow> for Charges {
    fn from(row: ChargesRow) -> Charges {
        Charges {
            total: decimal(row.total),
            discount: decimal(row.discount),
            discount_percent: decimal(row.discount_percent),
            tax: decimal(row.tax),
            vat_percent: decimal(row.vat_percent),
            service_charge: Decimal::from_ten_thousandths(row.service_charge),
            delivery_fee: Decimal::from_ten_thousandths(row.delivery_fee),
            installation_fee: Decimal::from_ten_thousandths(row.installation_fee),
        }
    }
}
