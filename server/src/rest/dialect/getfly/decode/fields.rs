//! The fields of an order: the contract's names and ours.

use order_status_proto::v1 as pb;
use order_status_proto::{Decimal, Money};

/// How a field of an order is set.
#[derive(Clone, Copy)]
pub enum Set {
    Text(fn(&mut pb::Order) -> &mut String),
    Money(fn(&mut pb::Order) -> &mut Option<Money>),
    Percent(fn(&mut pb::Order) -> &mut Option<Decimal>),
    Day,
}

/// The fields of an order: the contract's name, ours.
pub const FIELDS: [(&str, &str, Set); 14] = [
    ("order_date", "order_date", Set::Day),
    (
        "assigned_username",
        "assigned_username",
        Set::Text(|o| &mut o.assigned_username),
    ),
    ("order_source_name", "source", Set::Text(|o| &mut o.source)),
    ("store_name", "store_name", Set::Text(|o| &mut o.store_name)),
    (
        "lading_code",
        "lading_code",
        Set::Text(|o| &mut o.lading_code),
    ),
    (
        "campaign_code",
        "campaign_code",
        Set::Text(|o| &mut o.campaign_code),
    ),
    (
        "opportunity_code",
        "opportunity_code",
        Set::Text(|o| &mut o.opportunity_code),
    ),
    (
        "payment_method_name",
        "payment_method",
        Set::Text(|o| &mut o.payment_method),
    ),
    (
        "discount",
        "discount_percent",
        Set::Percent(|o| &mut o.discount_percent),
    ),
    (
        "discount_amount",
        "discount",
        Set::Money(|o| &mut o.discount),
    ),
    ("vat", "vat_percent", Set::Percent(|o| &mut o.vat_percent)),
    ("vat_amount", "tax", Set::Money(|o| &mut o.tax)),
    (
        "transport_amount",
        "delivery_fee",
        Set::Money(|o| &mut o.delivery_fee),
    ),
    (
        "installation_amount",
        "installation_fee",
        Set::Money(|o| &mut o.installation_fee),
    ),
];

/// A text of the customer, as it is set.
pub type CustomerText = fn(&mut pb::OrderCustomer) -> &mut String;

/// The fields of `account` but for the address: the contract's name, ours.
pub const ACCOUNT: [(&str, &str, CustomerText); 4] = [
    ("account_name", "customer.name", |c| &mut c.name),
    ("contact_name", "customer.contact_name", |c| {
        &mut c.contact_name
    }),
    ("account_phone", "customer.phone", |c| &mut c.phone),
    ("account_email", "customer.email", |c| &mut c.email),
];

/// The parts of lists: our list and part, the contract's list and part.
const PARTS: [(&str, &str, &str, &str); 11] = [
    (
        "lines",
        "product_code",
        "saved_order_details",
        "product_code",
    ),
    ("lines", "name", "saved_order_details", "product_name"),
    ("lines", "unit_name", "saved_order_details", "unit_name"),
    ("lines", "quantity", "saved_order_details", "quantity"),
    ("lines", "unit_price", "saved_order_details", "price"),
    ("lines", "discount", "saved_order_details", "cash_discount"),
    ("lines", "note", "saved_order_details", "note"),
    ("terms", "text", "order_terms", "term_content"),
    (
        "payments",
        "method",
        "saved_sale_order_payments",
        "method_name",
    ),
    ("payments", "amount", "saved_sale_order_payments", "amount"),
    (
        "payments",
        "pay_date",
        "saved_sale_order_payments",
        "pay_date",
    ),
];

/// The contract's name of a field of ours: `saved_order_details[0].price` for `order.lines[0].unit_price.nanos`.
pub fn contract_name(field: &str) -> String {
    let path = field.strip_prefix("order.").unwrap_or(field);
    let path = [".value", ".units", ".nanos"]
        .into_iter()
        .find_map(|end| path.strip_suffix(end))
        .unwrap_or(path);
    if let Some((list, rest)) = path.split_once('[') {
        let (at, part) = rest.split_once("].").unwrap_or((rest, ""));
        let known = PARTS
            .iter()
            .find(|(ours, name, _, _)| *ours == list && *name == part);
        if let Some((_, _, list, part)) = known {
            return format!("{list}[{at}].{part}");
        }
    }
    let lists = PARTS.iter().map(|(ours, _, theirs, _)| (*ours, *theirs));
    let fields = FIELDS.iter().map(|(theirs, ours, _)| (*ours, *theirs));
    let account = ACCOUNT.iter().map(|(theirs, ours, _)| (*ours, *theirs));
    let others = [
        ("number", "order_code"),
        ("customer.address.text", "account_address"),
    ];
    let mut all = fields.chain(account).chain(others).chain(lists);
    let found = all.find(|(ours, _)| *ours == path);
    found.map_or(path, |(_, theirs)| theirs).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_back_under_the_names_of_the_contract() {
        for (ours, theirs) in [
            (
                "order.lines[0].unit_price.nanos",
                "saved_order_details[0].price",
            ),
            (
                "order.lines[12].name",
                "saved_order_details[12].product_name",
            ),
            ("order.lines", "saved_order_details"),
            (
                "order.payments[1].method",
                "saved_sale_order_payments[1].method_name",
            ),
            ("order.customer.name", "account_name"),
            ("order.discount_percent.value", "discount"),
            ("order.discount", "discount_amount"),
            ("order.source", "order_source_name"),
            ("order.attributes", "attributes"),
        ] {
            assert_eq!(contract_name(ours), theirs, "{ours}");
        }
    }
}
