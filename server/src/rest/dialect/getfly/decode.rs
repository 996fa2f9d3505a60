//! Orders as the contract's clients give them. What is not there stays as it is, an empty text clears, lists replace.

use std::collections::BTreeMap;

use order_status_proto::v1 as pb;
use order_status_proto::{Decimal, Money};
use serde_json::value::RawValue;

use super::filter::day;
use super::refused::Refused;
use crate::rest::dialect::amount;
use crate::rest::dialect::json::{Json, Object};

/// What the attributes that hold the contract's own fields of customers' making begin with.
pub const CUSTOM: &str = "custom_fields.";
/// The attribute that holds the code of the customer.
pub const ACCOUNT_CODE: &str = "account_code";
/// The attribute of a line that holds its discount as the contract counts it.
pub const SALE_OFF: &str = "product_sale_off";
/// How many problems are told at once.
const MOST_PROBLEMS: usize = 20;
/// How many items of a list are read: more than the API takes, so that it is the one to refuse.
const MOST_ITEMS: usize = 1001;

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

/// How a field of an order is set.
#[derive(Clone, Copy)]
enum Set {
    Text(fn(&mut pb::Order) -> &mut String),
    Money(fn(&mut pb::Order) -> &mut Option<Money>),
    Percent(fn(&mut pb::Order) -> &mut Option<Decimal>),
    Day,
}

/// The fields of an order: the contract's name, ours.
const FIELDS: [(&str, &str, Set); 14] = [
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

/// A percentage and the amount that wins over it: given alone, it is the percentage that counts.
const AMOUNTS_OF: [(&str, &str, &str); 2] = [
    ("discount", "discount_amount", "discount"),
    ("vat", "vat_amount", "tax"),
];

/// A text of the customer, as it is set.
type CustomerText = fn(&mut pb::OrderCustomer) -> &mut String;

/// The fields of `account` but for the address: the contract's name, ours.
const ACCOUNT: [(&str, &str, CustomerText); 4] = [
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

/// Reads fields and notes what is wrong with them.
#[derive(Default)]
struct Reader {
    problems: Vec<String>,
}

impl Reader {
    fn problem(&mut self, problem: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn finish<T>(self, read: T) -> Result<T, Refused> {
        if self.problems.is_empty() {
            Ok(read)
        } else {
            Err(Refused::bad_request(self.problems.join("; ")))
        }
    }

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

    /// The items of a list, where it is given.
    fn list<T>(
        &mut self,
        body: &Object<'_>,
        name: &str,
        read: fn(&mut Reader, &Object<'_>, &str) -> T,
    ) -> Option<Vec<T>> {
        let items = match self.value(body, "", name) {
            Json::Null => return None,
            Json::List(items) => items,
            _ => {
                self.problem(format!("{name} must be a list"));
                return None;
            }
        };
        let mut all = Vec::new();
        for (at, item) in items.into_iter().enumerate().take(MOST_ITEMS) {
            match Json::of(item) {
                Ok(Json::Object(item)) => all.push(read(self, &item, &format!("{name}[{at}]."))),
                Ok(_) => self.problem(format!("{name}[{at}] must be an object")),
                Err(error) => self.problem(format!("{name}[{at}]: {error}")),
            }
        }
        Some(all)
    }

    fn value<'a>(&mut self, object: &Object<'a>, at: &str, name: &str) -> Json<'a> {
        object.get(name).unwrap_or_else(|error| {
            self.problem(format!("{at}{name}: {error}"));
            Json::Null
        })
    }

    fn text(&mut self, object: &Object<'_>, at: &str, name: &str) -> Option<String> {
        match self.value(object, at, name) {
            Json::Null => None,
            Json::Text(text) => Some(text),
            _ => {
                self.problem(format!("{at}{name} must be a text"));
                None
            }
        }
    }

    fn number<T>(
        &mut self,
        object: &Object<'_>,
        at: &str,
        name: &str,
        read: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let found = match self.value(object, at, name) {
            Json::Null => return None,
            Json::Number(digits) => read(digits),
            _ => {
                self.problem(format!("{at}{name} must be a number"));
                return None;
            }
        };
        if found.is_none() {
            self.problem(format!("{at}{name} is too long a number"));
        }
        found
    }

    fn money(&mut self, object: &Object<'_>, at: &str, name: &str) -> Option<Money> {
        self.number(object, at, name, amount::money)
    }

    fn decimal(&mut self, object: &Object<'_>, at: &str, name: &str) -> Option<Decimal> {
        self.number(object, at, name, amount::decimal)
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
