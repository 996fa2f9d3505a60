//! The last changes, kept in memory within bounds.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Cursor;
use crate::domain::change::Change;
use crate::domain::order::Order;
use crate::domain::value::Value;

/// What an order without its parts takes, roughly, in bytes.
const ORDER_BYTES: usize = 512;

/// A change with its order right before and right after it, both without their parts.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The change.
    pub change: Change,
    /// The order before; `None` for its first change.
    pub before: Option<Arc<Order>>,
    /// The order after.
    pub after: Arc<Order>,
}

impl Entry {
    /// The place of the change.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            position: self.change.position,
            hash: self.change.hash,
        }
    }

    fn bytes(&self) -> usize {
        let change = &self.change;
        let fields = change
            .fields
            .iter()
            .map(|f| 64 + f.path.len() + weight(&f.before) + weight(&f.after));
        size_of::<Entry>()
            + ORDER_BYTES
            + change.reason.len()
            + change.message.len()
            + fields.sum::<usize>()
    }
}

fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) => 0,
        Value::Text(text) => text.len(),
        Value::List(values) => values.iter().map(|value| 32 + weight(value)).sum(),
        Value::Map(fields) => fields
            .iter()
            .map(|(name, value)| 64 + name.len() + weight(value))
            .sum(),
    }
}

/// Changes without a gap, from after `base` on. At first, and whenever it was emptied, it knows of
/// none.
#[derive(Debug)]
pub struct Ring {
    entries: VecDeque<(usize, Arc<Entry>)>,
    base: i64,
    bytes: usize,
    most_entries: usize,
    most_bytes: usize,
}

impl Ring {
    /// An empty ring with these bounds.
    pub fn new(most_entries: usize, most_bytes: usize) -> Ring {
        Ring {
            entries: VecDeque::new(),
            base: i64::MAX,
            bytes: 0,
            most_entries,
            most_bytes,
        }
    }

    /// Forgets everything, and where it was.
    pub fn empty(&mut self) {
        self.reset(i64::MAX);
    }

    /// Forgets everything; the next entry is the one after `base`.
    pub fn reset(&mut self, base: i64) {
        self.entries.clear();
        self.base = base;
        self.bytes = 0;
    }

    /// Adds the entry after the last one.
    pub fn push(&mut self, entry: Arc<Entry>) {
        let bytes = entry.bytes();
        self.bytes += bytes;
        self.entries.push_back((bytes, entry));
        while self.entries.len() > self.most_entries || self.bytes > self.most_bytes {
            let Some((bytes, entry)) = self.entries.pop_front() else {
                break;
            };
            self.bytes -= bytes;
            self.base = entry.change.position;
        }
    }

    /// At most `most` entries after `position`; `None` where the first of them is not kept any more.
    pub fn after(&self, position: i64, most: usize) -> Option<Vec<Arc<Entry>>> {
        let skip = usize::try_from(position - self.base).ok()?;
        Some(
            self.entries
                .iter()
                .skip(skip)
                .take(most)
                .map(|(_, entry)| Arc::clone(entry))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::ChangeKind;
    use crate::domain::role::Role;
    use crate::domain::time::Timestamp;

    fn entry(position: i64, message: String) -> Arc<Entry> {
        let change = Change {
            position,
            account_id: 1,
            order_id: 1,
            version: position,
            kind: ChangeKind::Note,
            transition: String::new(),
            verb: None,
            actor: String::new(),
            role: Role::Staff,
            from: String::new(),
            to: String::new(),
            reason: String::new(),
            message,
            public: true,
            notify: false,
            request_id: None,
            fields: Vec::new(),
            passed_over: Vec::new(),
            create_time: Timestamp::from_micros(0),
            salt: [0; 16],
            hash: [0; 32],
        };
        Arc::new(Entry {
            change,
            before: None,
            after: Arc::default(),
        })
    }

    fn positions(ring: &Ring, after: i64) -> Option<Vec<i64>> {
        let entries = ring.after(after, 100)?;
        Some(entries.iter().map(|entry| entry.change.position).collect())
    }

    #[test]
    fn a_ring_tells_what_follows_or_that_it_does_not_know() {
        let mut ring = Ring::new(3, 1 << 20);
        assert_eq!(positions(&ring, 10), None);
        ring.reset(10);
        assert_eq!(positions(&ring, 9), None);
        assert_eq!(positions(&ring, 10), Some(vec![]));
        for position in 11..=15 {
            ring.push(entry(position, String::new()));
        }
        assert_eq!(positions(&ring, 11), None);
        assert_eq!(positions(&ring, 12), Some(vec![13, 14, 15]));
        assert_eq!(positions(&ring, 14), Some(vec![15]));
        assert_eq!(positions(&ring, 20), Some(vec![]));
        ring.empty();
        assert_eq!(positions(&ring, 14), None);
    }

    #[test]
    fn a_ring_keeps_within_its_bytes() {
        let mut ring = Ring::new(100, 10_000);
        ring.reset(0);
        for position in 1..=20 {
            ring.push(entry(position, "x".repeat(4_000)));
        }
        assert_eq!(positions(&ring, 18), Some(vec![19, 20]));
        assert_eq!(positions(&ring, 17), None);
    }
}
