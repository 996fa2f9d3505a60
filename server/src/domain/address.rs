//! Postal addresses.

use super::value::Value;

/// A postal address, as given: no format is checked, since formats differ by country.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The address's number within its account; 0 where it has none.
    pub id: i64,
    /// Whether it is a business address.
    pub business: bool,
    /// Company.
    pub company_name: String,
    /// Person.
    pub name: String,
    /// Street without the number.
    pub street: String,
    /// House number.
    pub house_number: String,
    /// What follows the house number.
    pub house_number_postfix: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166 code of the country.
    pub country_code: String,
    /// Phone number.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// Hints for the driver.
    pub notes: String,
    /// The whole address on one line, where it was given so.
    pub text: String,
}

/// The names of the text fields, with a way to each.
type TextField = (
    &'static str,
    fn(&Address) -> &String,
    fn(&mut Address) -> &mut String,
);

const TEXTS: [TextField; 12] = [
    ("company_name", |a| &a.company_name, |a| &mut a.company_name),
    ("name", |a| &a.name, |a| &mut a.name),
    ("street", |a| &a.street, |a| &mut a.street),
    ("house_number", |a| &a.house_number, |a| &mut a.house_number),
    (
        "house_number_postfix",
        |a| &a.house_number_postfix,
        |a| &mut a.house_number_postfix,
    ),
    ("postal_code", |a| &a.postal_code, |a| &mut a.postal_code),
    ("city", |a| &a.city, |a| &mut a.city),
    ("country_code", |a| &a.country_code, |a| &mut a.country_code),
    ("phone", |a| &a.phone, |a| &mut a.phone),
    ("email", |a| &a.email, |a| &mut a.email),
    ("notes", |a| &a.notes, |a| &mut a.notes),
    ("text", |a| &a.text, |a| &mut a.text),
];

impl Address {
    /// Each text field by name.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        TEXTS
            .iter()
            .map(|(name, get, _)| (*name, get(self).as_str()))
    }

    /// The address as history keeps it.
    pub fn to_value(&self) -> Value {
        let mut fields: std::collections::BTreeMap<String, Value> = self
            .texts()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned())))
            .collect();
        if self.id != 0 {
            fields.insert("id".to_owned(), Value::Int(self.id));
        }
        if self.business {
            fields.insert("business".to_owned(), Value::Bool(true));
        }
        Value::Map(fields)
    }

    /// The address that [`Address::to_value`] described; `None` for anything but a part.
    pub fn from_value(value: &Value) -> Option<Address> {
        if !matches!(value, Value::Map(_)) {
            return None;
        }
        let mut address = Address {
            id: value.field("id").as_int().unwrap_or(0),
            business: value.field("business").as_bool(),
            ..Address::default()
        };
        for (name, _, slot) in &TEXTS {
            slot(&mut address).push_str(value.field(name).as_text());
        }
        Some(address)
    }
}
