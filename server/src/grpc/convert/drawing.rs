//! Invoices as they are drawn.

use time::Date;
use time::macros::format_description;

use crate::document::{Charge, ChargeKind, DocumentLine, InvoiceDocument, Item, Party, VatTotal};
use crate::domain::address::Address;
use crate::domain::decimal::Decimal;
use crate::domain::invoice::{Invoice, InvoiceLine, Vat};
use crate::domain::order::{Customer, LineKind};

/// What is drawn of an invoice: what it keeps and nothing else, so that equal invoices are drawn alike. `None` where its
/// day is none.
pub(crate) fn document(invoice: &Invoice) -> Option<InvoiceDocument> {
    let amounts = &invoice.amounts;
    let charge = |kind, amount| Charge { kind, amount };
    // What no rate applies to is in the sums alone.
    let rated = |vat: &Vat| {
        vat.rate.map(|rate| VatTotal {
            rate,
            net: vat.net,
            vat: vat.vat,
        })
    };
    Some(InvoiceDocument {
        pro_forma: invoice.pro_forma,
        number: invoice.number,
        date: day(&invoice.date)?,
        order_number: invoice.order_number.clone(),
        order_date: day(&invoice.order_date),
        seller: Party {
            name: invoice.seller.clone(),
            lines: invoice.seller_details.lines().map(str::to_owned).collect(),
        },
        customer: party(&invoice.customer),
        currency_code: invoice.currency.clone(),
        decimals: invoice.decimals,
        lines: invoice.lines.iter().map(line).collect(),
        subtotal: amounts.total,
        discount: amounts.discount,
        vat: invoice.vat.iter().filter_map(rated).collect(),
        tax: amounts.tax,
        charges: vec![
            charge(ChargeKind::Service, amounts.service_charge),
            charge(ChargeKind::Delivery, amounts.delivery_fee),
            charge(ChargeKind::Installation, amounts.installation_fee),
        ],
        total: amounts.grand_total,
        paid: None,
        balance: None,
        notes: String::new(),
    })
}

fn day(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

fn line(line: &InvoiceLine) -> DocumentLine {
    if line.kind == LineKind::Text {
        let name = match line.description.as_str() {
            "" => &line.product_code,
            description => description,
        };
        // What another customer is billed for is counted, a remark is not.
        let text = if line.quantity == Decimal::ZERO {
            name.to_owned()
        } else {
            let counted = format!("{} {}", line.quantity, line.unit_name);
            format!("{} \u{d7} {name}", counted.trim_end())
        };
        return DocumentLine::Text(text);
    }
    DocumentLine::Item(Item {
        name: line.description.clone(),
        product_code: line.product_code.clone(),
        note: String::new(),
        quantity: line.quantity,
        unit_name: line.unit_name.clone(),
        unit_price: line.unit_price,
        discount: line.discount,
        vat_rate: line.vat_rate,
        amount: line.amount,
    })
}

/// The customer and how to reach them; what is not known leaves no line.
fn party(customer: &Customer) -> Party {
    let nowhere = Address::default();
    let address = customer.address.as_ref().unwrap_or(&nowhere);
    let mut party = Party::at(&customer.name, &customer.contact_name, address);
    let reached = [&customer.phone, &customer.email].into_iter();
    let known = reached.filter(|text| !text.is_empty());
    party.lines.extend(known.cloned());
    party
}
