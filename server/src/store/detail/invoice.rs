//! What an invoice holds beside its row, and what an order knows of it.

use serde::{Deserialize, Serialize};

use super::parts::{AddressRow, kind_name, parse_kind};
use super::{sparse, to_text, unset};
use crate::domain::address::Address;
use crate::domain::decimal::Decimal;
use crate::domain::invoice::{Amounts, Invoice, InvoiceLine, OrderInvoice, Vat};
use crate::domain::order::Customer;
use crate::store::error::{StoreError, damaged};

// Amounts, quantities and rates are counted in ten-thousandths.
sparse!(AmountsRow {
    total: i64,
    discount: i64,
    tax: i64,
    service_charge: i64,
    delivery_fee: i64,
    installation_fee: i64,
    grand_total: i64,
});

sparse!(VatRow {
    rate: Option<i64>,
    net: i64,
    vat: i64,
});

sparse!(InvoiceLineRow {
    order_line_id: i64,
    kind: String,
    product_code: String,
    description: String,
    unit_name: String,
    quantity: i64,
    unit_price: i64,
    discount: i64,
    vat_rate: Option<i64>,
    amount: i64,
});

sparse!(Body {
    order_number: String,
    customer_name: String,
    customer_phone: String,
    customer_email: String,
    customer_contact_name: String,
    customer_address: Option<AddressRow>,
    employee_id: Option<i64>,
    seller: String,
    seller_details: String,
    order_date: String,
    currency: String,
    decimals: u8,
    lines: Vec<InvoiceLineRow>,
    vat: Vec<VatRow>,
    amounts: AmountsRow,
    phone_message: bool,
    email_message: bool,
});

sparse!(OrderInvoiceRow {
    number: i64,
    pro_forma: bool,
    customer_id: Option<i64>,
    amounts: AmountsRow,
    vat: Vec<VatRow>,
    phone_message: bool,
    email_message: bool,
});

/// What an invoice holds beside its row, as text.
pub fn write(invoice: &Invoice) -> String {
    let customer = &invoice.customer;
    to_text(&Body {
        order_number: invoice.order_number.clone(),
        customer_name: customer.name.clone(),
        customer_phone: customer.phone.clone(),
        customer_email: customer.email.clone(),
        customer_contact_name: customer.contact_name.clone(),
        customer_address: customer.address.as_ref().map(AddressRow::from),
        employee_id: invoice.employee_id,
        seller: invoice.seller.clone(),
        seller_details: invoice.seller_details.clone(),
        order_date: invoice.order_date.clone(),
        currency: invoice.currency.clone(),
        decimals: invoice.decimals,
        lines: invoice.lines.iter().map(InvoiceLineRow::from).collect(),
        vat: invoice.vat.iter().map(VatRow::from).collect(),
        amounts: AmountsRow::from(&invoice.amounts),
        phone_message: invoice.phone_message,
        email_message: invoice.email_message,
    })
}

/// Fills in what the text holds; the customer's id is there already.
///
/// # Errors
/// Where the text is not of an invoice.
pub fn read(text: &str, invoice: &mut Invoice) -> Result<(), StoreError> {
    let body: Body = serde_json::from_str(text)
        .map_err(|error| damaged(format_args!("invoice {}: {error}", invoice.number)))?;
    invoice.order_number = body.order_number;
    invoice.customer = Customer {
        id: invoice.customer.id,
        name: body.customer_name,
        phone: body.customer_phone,
        email: body.customer_email,
        contact_name: body.customer_contact_name,
        address: body.customer_address.map(Address::from),
    };
    invoice.employee_id = body.employee_id;
    invoice.seller = body.seller;
    invoice.seller_details = body.seller_details;
    invoice.order_date = body.order_date;
    invoice.currency = body.currency;
    invoice.decimals = body.decimals;
    invoice.lines = body.lines.into_iter().map(InvoiceLine::from).collect();
    invoice.vat = body.vat.into_iter().map(Vat::from).collect();
    invoice.amounts = Amounts::from(body.amounts);
    (invoice.phone_message, invoice.email_message) = (body.phone_message, body.email_message);
    Ok(())
}

const fn decimal(ten_thousandths: i64) -> Decimal {
    Decimal::from_ten_thousandths(ten_thousandths)
}

impl From<&Amounts> for AmountsRow {
    fn from(amounts: &Amounts) -> AmountsRow {
        AmountsRow {
            total: amounts.total.ten_thousandths(),
            discount: amounts.discount.ten_thousandths(),
            tax: amounts.tax.ten_thousandths(),
            service_charge: amounts.service_charge.ten_thousandths(),
            delivery_fee: amounts.delivery_fee.ten_thousandths(),
            installation_fee: amounts.installation_fee.ten_thousandths(),
            grand_total: amounts.grand_total.ten_thousandths(),
        }
    }
}

impl From<AmountsRow> for Amounts {
    fn from(row: AmountsRow) -> Amounts {
        Amounts {
            total: decimal(row.total),
            discount: decimal(row.discount),
            tax: decimal(row.tax),
            service_charge: decimal(row.service_charge),
            delivery_fee: decimal(row.delivery_fee),
            installation_fee: decimal(row.installation_fee),
            grand_total: decimal(row.grand_total),
        }
    }
}

impl From<&Vat> for VatRow {
    fn from(vat: &Vat) -> VatRow {
        VatRow {
            rate: vat.rate.map(Decimal::ten_thousandths),
            net: vat.net.ten_thousandths(),
            vat: vat.vat.ten_thousandths(),
        }
    }
}

impl From<VatRow> for Vat {
    fn from(row: VatRow) -> Vat {
        Vat {
            rate: row.rate.map(decimal),
            net: decimal(row.net),
            vat: decimal(row.vat),
        }
    }
}

impl From<&InvoiceLine> for InvoiceLineRow {
    fn from(line: &InvoiceLine) -> InvoiceLineRow {
        InvoiceLineRow {
            order_line_id: line.order_line_id,
            kind: kind_name(line.kind),
            product_code: line.product_code.clone(),
            description: line.description.clone(),
            unit_name: line.unit_name.clone(),
            quantity: line.quantity.ten_thousandths(),
            unit_price: line.unit_price.ten_thousandths(),
            discount: line.discount.ten_thousandths(),
            vat_rate: line.vat_rate.map(Decimal::ten_thousandths),
            amount: line.amount.ten_thousandths(),
        }
    }
}

impl From<InvoiceLineRow> for InvoiceLine {
    fn from(row: InvoiceLineRow) -> InvoiceLine {
        InvoiceLine {
            order_line_id: row.order_line_id,
            kind: parse_kind(&row.kind),
            product_code: row.product_code,
            description: row.description,
            unit_name: row.unit_name,
            quantity: decimal(row.quantity),
            unit_price: decimal(row.unit_price),
            discount: decimal(row.discount),
            vat_rate: row.vat_rate.map(decimal),
            amount: decimal(row.amount),
        }
    }
}

impl From<&OrderInvoice> for OrderInvoiceRow {
    fn from(invoice: &OrderInvoice) -> OrderInvoiceRow {
        let vat = invoice.vat.iter().map(|(rate, vat)| VatRow {
            rate: rate.map(Decimal::ten_thousandths),
            net: 0,
            vat: vat.ten_thousandths(),
        });
        OrderInvoiceRow {
            number: invoice.number,
            pro_forma: invoice.pro_forma,
            customer_id: invoice.customer_id,
            amounts: AmountsRow::from(&invoice.amounts),
            vat: vat.collect(),
            phone_message: invoice.phone_message,
            email_message: invoice.email_message,
        }
    }
}

impl From<OrderInvoiceRow> for OrderInvoice {
    fn from(row: OrderInvoiceRow) -> OrderInvoice {
        let vat = row.vat.into_iter();
        OrderInvoice {
            number: row.number,
            pro_forma: row.pro_forma,
            customer_id: row.customer_id,
            amounts: Amounts::from(row.amounts),
            vat: vat
                .map(|vat| (vat.rate.map(decimal), decimal(vat.vat)))
                .collect(),
            phone_message: row.phone_message,
            email_message: row.email_message,
        }
    }
}
