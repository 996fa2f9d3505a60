//! Orders as the contract's clients give them. What is not there stays as it is, an empty text clears, lists replace.

mod fields;
mod reader;

pub use fields::contract_name;

use std::collections::BTreeMap;

use order_status_proto::v1 as pb;
use serde_json::value::RawValue;

use super::filter::day;
use super::refused::Refused;
use crate::rest::dialect::json::{Json, Object};
use fields::{ACCOUNT, FIELDS, Set};
use reader::Reader;

/// What the attributes that hold the contract's own fields of customers' making begin with.
pub const CUSTOM: &str = "custom_fields.";
/// The attribute that holds the code of the customer.
pub const ACCOUNT_CODE: &str = "account_code";
/// The attribute of a line that holds its discount as the contract counts it.
pub const SALE_OFF: &str = "product_sale_off";

/// An order as given.
#[derive(Debug, Default)]
pub struct Draft {
    /// The code that names the order, or that a new one gets.
    pub code: String,
    /// The code that it is to have from now on.
    pub rename: Option<String>,
    /// The fields.
    pub order: pb::Order,
    /// The paths of the fields that were given.
    pub paths: Vec<String>,
    /// Attributes to set, or to remove.
    pub attributes: BTreeMap<String, Option<String>>,
    /// Whether it is to be approved at once.
    pub approve: bool,
}

impl Draft {
    /// The attributes of an order with those of the draft in their places.
    pub fn merged(&self, mut present: BTreeMap<String, String>) -> BTreeMap<String, String> {
        for (name, value) in &self.attributes {
            match value {
                Some(value) => present.insert(name.clone(), value.clone()),
                None => present.remove(name),
            };
        }
        present
    }
}

/// A percentage and the amount that wins over it: given alone, it is the percentage that counts.
const AMOUNTS_OF: [(&str, &str, &str); 2] = [
    ("discount", "discount_amount", "discount"),
    ("vat", "vat_amount", "tax"),
];

/// An update: `current_order_code` names the order, `order_code` where that is missing.
///
/// # Errors
/// Everything that is wrong with the fields, as far as their form goes.
pub fn update(body: &Object<'_>) -> Result<Draft, Refused> {
    let mut reader = Reader::default();
    let mut draft = reader.draft(body);
    let current = reader.text(body, "", "current_order_code");
    let code = reader.text(body, "", "order_code");
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    match (given(current), given(code)) {
        (Some(current), code) => {
            draft.rename = code.filter(|code| *code != current);
            draft.code = current;
        }
        (None, Some(code)) => draft.code = code,
        (None, None) => reader.problem("current_order_code is required".to_owned()),
    }
    reader.finish(draft)
}

/// A new order.
///
/// # Errors
/// As [`update`].
pub fn create(body: &Object<'_>) -> Result<Draft, Refused> {
    let mut reader = Reader::default();
    let mut draft = reader.draft(body);
    draft.code = reader.text(body, "", "order_code").unwrap_or_default();
    draft.approve = match reader.value(body, "", "is_auto_approve") {
        Json::Null => false,
        Json::Bool(approve) => approve,
        Json::Number("0") => false,
        Json::Number("1") => true,
        _ => {
            reader.problem("is_auto_approve must be 0 or 1".to_owned());
            false
        }
    };
    reader.finish(draft)
}

/// The code in a body that holds nothing else.
///
/// # Errors
/// It is missing, or no text.
pub fn order_code(body: &Object<'_>) -> Result<String, Refused> {
    let mut reader = Reader::default();
    let code = reader.text(body, "", "order_code").unwrap_or_default();
    if code.is_empty() {
        reader.problem("order_code is required".to_owned());
    }
    reader.finish(code)
}

/// Reads an order, part by part.
impl Reader {
    fn draft(&mut self, body: &Object<'_>) -> Draft {
        let mut draft = Draft::default();
        for (name, path, set) in FIELDS {
            if self.field(body, name, set, &mut draft.order) {
                draft.paths.push(path.to_owned());
            }
        }
        for (percent, amount, path) in AMOUNTS_OF {
            let given = |name| {
                body.get(name)
                    .is_ok_and(|value| !matches!(value, Json::Null))
            };
            if given(percent) && !given(amount) {
                draft.paths.push(path.to_owned());
            }
        }
        match self.value(body, "", "account") {
            Json::Null => {}
            Json::Object(account) => self.account(&account, &mut draft),
            _ => self.problem("account must be an object".to_owned()),
        }
        match self.value(body, "", "custom_fields") {
            Json::Null => {}
            Json::Object(fields) => draft.attributes.extend(custom_fields(&fields)),
            // PHP writes an empty object so.
            Json::List(items) if items.is_empty() => {}
            _ => self.problem("custom_fields must be an object".to_owned()),
        }
        if let Some(lines) = self.list(body, "saved_order_details", Reader::line) {
            draft.order.lines = lines;
            draft.paths.push("lines".to_owned());
        }
        if let Some(terms) = self.list(body, "order_terms", Reader::term) {
            draft.order.terms = terms;
            draft.paths.push("terms".to_owned());
        }
        if let Some(payments) = self.list(body, "saved_sale_order_payments", Reader::payment) {
            draft.order.payments = payments;
            draft.paths.push("payments".to_owned());
        }
        draft
    }

    /// Sets a field where it is given; answers whether it is.
    fn field(&mut self, body: &Object<'_>, name: &str, set: Set, order: &mut pb::Order) -> bool {
        match set {
            Set::Text(field) => {
                let text = self.text(body, "", name);
                let given = text.is_some();
                *field(order) = text.unwrap_or_default();
                given
            }
            Set::Money(field) => {
                *field(order) = self.money(body, "", name);
                field(order).is_some()
            }
            Set::Percent(field) => {
                *field(order) = self.decimal(body, "", name);
                field(order).is_some()
            }
            Set::Day => {
                let Some(text) = self.text(body, "", name) else {
                    return false;
                };
                order.order_date =
                    day(&text).map(|seconds| prost_types::Timestamp { seconds, nanos: 0 });
                if order.order_date.is_none() && !text.is_empty() {
                    self.problem(format!("{name} must be a day such as 2025-02-05"));
                }
                true
            }
        }
    }

    fn account(&mut self, account: &Object<'_>, draft: &mut Draft) {
        let mut customer = pb::OrderCustomer::default();
        for (name, path, field) in ACCOUNT {
            if let Some(text) = self.text(account, "account.", name) {
                *field(&mut customer) = text;
                draft.paths.push(path.to_owned());
            }
        }
        if let Some(text) = self.text(account, "account.", "account_address") {
            customer.address = (!text.is_empty()).then(|| pb::Address {
                text,
                ..Default::default()
            });
            draft.paths.push("customer.address".to_owned());
        }
        if let Some(code) = self.text(account, "account.", ACCOUNT_CODE) {
            let code = (!code.is_empty()).then_some(code);
            draft.attributes.insert(ACCOUNT_CODE.to_owned(), code);
        }
        draft.order.customer = Some(customer);
    }

    fn line(&mut self, line: &Object<'_>, at: &str) -> pb::Line {
        let mut text = |name| self.text(line, at, name).unwrap_or_default();
        let (product_code, name) = (text("product_code"), text("product_name"));
        let (unit_name, note) = (text("unit_name"), text("note"));
        let sale_off = self.decimal(line, at, SALE_OFF);
        let sale_off = sale_off.map(|number| (SALE_OFF.to_owned(), number.value));
        pb::Line {
            product_code,
            name,
            unit_name,
            note,
            quantity: self.decimal(line, at, "quantity"),
            unit_price: self.money(line, at, "price"),
            discount: self.money(line, at, "cash_discount"),
            attributes: sale_off.into_iter().collect(),
            ..Default::default()
        }
    }

    fn term(&mut self, term: &Object<'_>, at: &str) -> pb::Term {
        pb::Term {
            text: self.text(term, at, "term_content").unwrap_or_default(),
        }
    }

    fn payment(&mut self, payment: &Object<'_>, at: &str) -> pb::Payment {
        let mut text = |name| self.text(payment, at, name).unwrap_or_default();
        let (method, description) = (text("method_name"), text("description"));
        let pay_date = text("pay_date");
        pb::Payment {
            method,
            description,
            pay_date,
            amount: self.money(payment, at, "amount"),
            ..Default::default()
        }
    }
}

/// Fields of customers' making, each as it is written; null takes one away.
fn custom_fields(fields: &Object<'_>) -> Vec<(String, Option<String>)> {
    let kept = |value: &RawValue| (value.get() != "null").then(|| value.get().to_owned());
    let fields = fields.iter();
    fields
        .map(|(name, value)| (format!("{CUSTOM}{name}"), kept(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_alone_takes_the_place_of_an_amount() {
        let paths = |body: &str| {
            let body = format!("{{\"order_code\": \"X\", {body}}}");
            update(&Object::parse(body.as_bytes()).unwrap())
                .unwrap()
                .paths
        };
        assert_eq!(paths("\"discount\": 10"), ["discount_percent", "discount"]);
        assert_eq!(
            paths("\"discount\": 10, \"discount_amount\": 11000"),
            ["discount_percent", "discount"]
        );
        assert_eq!(paths("\"vat_amount\": 4400"), ["tax"]);
        assert_eq!(paths("\"vat\": null"), Vec::<String>::new());
    }
}
