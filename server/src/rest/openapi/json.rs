//! JSON whose objects keep the order in which they were written, so that the document reads as it was meant
//! and is the same in every build.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number; the document has no others.
    Number(i64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Members in their order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// An object without members.
    pub const fn object() -> Json {
        Json::Object(Vec::new())
    }

    /// A list of texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Json {
        Json::List(
            texts
                .into_iter()
                .map(|text| Json::Text(text.into()))
                .collect(),
        )
    }

    /// A reference to a part of the document.
    pub fn reference(kind: &str, name: &str) -> Json {
        Json::object().with("$ref", format!("#/components/{kind}/{name}"))
    }

    /// This object with one more member. What is no object stays as it is.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Json>) -> Json {
        self.put(name, value);
        self
    }

    /// This object with one more member where there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Json>>) -> Json {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member to an object.
    pub fn put(&mut self, name: impl Into<String>, value: impl Into<Json>) {
        if let Json::Object(members) = self {
            members.push((name.into(), value.into()));
        }
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members
                .iter()
                .find(|(member, _)| member == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Lets the schema of an object do without one of its members; an empty one and `null` count as none.
    pub fn optional(&mut self, member: &str) {
        let Json::Object(schema) = self else { return };
        for (name, value) in schema {
            match (name.as_str(), value) {
                ("required", Json::List(names)) => {
                    names.retain(|name| *name != Json::from(member));
                }
                ("properties", Json::Object(properties)) => {
                    let found = properties.iter_mut().find(|(name, _)| name == member);
                    if let Some((_, Json::Object(property))) = found {
                        property.retain(|(name, _)| name != "minLength");
                        for (name, value) in property {
                            if name == "type" && matches!(value, Json::Text(_)) {
                                *value = vec![value.clone(), "null".into()].into();
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether it is an object or a list without content.
    pub fn is_empty(&self) -> bool {
        match self {
            Json::Object(members) => members.is_empty(),
            Json::List(items) => items.is_empty(),
            _ => false,
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::Text(text)
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Json {
        Json::Bool(truth)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Json {
        Json::Number(number)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Json {
        Json::List(items)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(truth) => serializer.serialize_bool(*truth),
            Json::Number(number) => serializer.serialize_i64(*number),
            Json::Text(text) => serializer.serialize_str(text),
            Json::List(items) => items.serialize(serializer),
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON with whole numbers")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Json, E> {
        i64::try_from(number).map(Json::Number).map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = entries.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order() {
        let text = r#"{"b":[1,"x",null],"a":{"z":true,"y":-2}}"#;
        let json: Json = serde_json::from_str(text).expect("it is JSON");
        assert_eq!(serde_json::to_string(&json).expect("it is JSON"), text);
    }
}
