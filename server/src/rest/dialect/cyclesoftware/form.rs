//! Forms, read into the JSON that says the same: `a[b]=1` is a member of a member, `a[0]=1` and `a[]=1` are items.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::rest::dialect::query::Query;

/// The deepest name that is taken apart; what is deeper is one name.
const DEEPEST: usize = 4;

/// A value as it comes together.
enum Node {
    Leaf(String),
    Branch(BTreeMap<String, Node>),
}

/// An object in JSON with the values of a form, each a text. Of what is given twice the last counts.
pub fn to_json(form: &str) -> Vec<u8> {
    let mut root = BTreeMap::new();
    for (name, value) in Query::parse(form).iter() {
        put(&mut root, &parts(name), value);
    }
    Node::Branch(root).into_value(true).to_string().into_bytes()
}

/// The parts of a name; a name that is not written so is one part.
fn parts(name: &str) -> Vec<&str> {
    let whole = || vec![name];
    let Some((first, rest)) = name.split_once('[') else {
        return whole();
    };
    let Some(rest) = rest.strip_suffix(']').filter(|_| !first.is_empty()) else {
        return whole();
    };
    let inner: Vec<&str> = rest.split("][").collect();
    let plain = inner.iter().all(|part| !part.contains(['[', ']']));
    if !plain || inner.len() >= DEEPEST {
        return whole();
    }
    let mut parts = vec![first];
    parts.extend(inner);
    parts
}

fn put(branch: &mut BTreeMap<String, Node>, parts: &[&str], value: &str) {
    let Some((first, rest)) = parts.split_first() else {
        return;
    };
    let key = match *first {
        "" => branch.len().to_string(),
        name => name.to_owned(),
    };
    if rest.is_empty() {
        branch.insert(key, Node::Leaf(value.to_owned()));
        return;
    }
    let node = branch
        .entry(key)
        .or_insert_with(|| Node::Branch(BTreeMap::new()));
    if let Node::Leaf(_) = node {
        *node = Node::Branch(BTreeMap::new());
    }
    if let Node::Branch(inner) = node {
        put(inner, rest, value);
    }
}

impl Node {
    /// What has numbers for names only is a list, but for the whole.
    fn into_value(self, whole: bool) -> Value {
        let members = match self {
            Node::Leaf(text) => return Value::String(text),
            Node::Branch(members) => members,
        };
        let numbers: Option<Vec<u32>> = members.keys().map(|name| name.parse().ok()).collect();
        let Some(numbers) = numbers.filter(|numbers| !whole && !numbers.is_empty()) else {
            let members = members.into_iter();
            return Value::Object(
                members
                    .map(|(name, node)| (name, node.into_value(false)))
                    .collect(),
            );
        };
        let mut items: Vec<_> = numbers.into_iter().zip(members.into_values()).collect();
        items.sort_by_key(|(number, _)| *number);
        let items = items.into_iter().map(|(_, node)| node.into_value(false));
        Value::Array(items.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_json_says() {
        for (form, json) in [
            ("", "{}"),
            (
                "book=1&employee_id=1005&",
                r#"{"book":"1","employee_id":"1005"}"#,
            ),
            ("book=0&book=1", r#"{"book":"1"}"#),
            ("a[b]=1&a[c%5D=x", r#"{"a":{"b":"1","c":"x"}}"#),
            (
                "items[10][item_id]=2&items[9][item_id]=1&items[9][mode]=3",
                r#"{"items":[{"item_id":"1","mode":"3"},{"item_id":"2"}]}"#,
            ),
            ("x[]=1&x[]=2", r#"{"x":["1","2"]}"#),
            ("1=a", r#"{"1":"a"}"#),
            ("a=1&a[b]=2", r#"{"a":{"b":"2"}}"#),
            ("a[b=1&[c]=2&d]=3", r#"{"[c]":"2","a[b":"1","d]":"3"}"#),
            ("a[b][c][d][e]=1", r#"{"a[b][c][d][e]":"1"}"#),
        ] {
            let read: Value = serde_json::from_slice(&to_json(form)).expect("JSON");
            let expected: Value = serde_json::from_str(json).expect("JSON");
            assert_eq!(read, expected, "{form}");
        }
    }
}
