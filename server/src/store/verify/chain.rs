//! The history of one order, from its first change on.

use std::collections::HashSet;

use super::{Audit, Key, cursor::Found};
use crate::domain::change::{Change, personal_digest};
use crate::domain::fields;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::domain::value::Value;
use crate::store::batch::RequestRecord;

/// An order as its changes so far have made it.
#[derive(Default)]
pub struct Chain {
    folded: Order,
    position: i64,
    time: Option<Timestamp>,
    /// Fields whose personal values were erased from history.
    erased: HashSet<String>,
    /// A change that makes no sense ends the fold.
    broken: bool,
}

impl Chain {
    /// Folds the next change in, and reports what does not fit.
    pub fn add(&mut self, found: Found, audit: &mut Audit<'_>) {
        let (key, version) = (found.key, found.version);
        let change = match found.change {
            Ok(change) => change,
            Err(error) => {
                self.broken = true;
                return audit.find(key, version, error.to_string());
            }
        };
        if version != self.folded.version + 1 {
            audit.find(
                key,
                version,
                format!("version {} belongs here", self.folded.version + 1),
            );
        }
        if change.compute_hash(&self.folded.last_hash) != change.hash {
            audit.find(
                key,
                version,
                "the hash does not follow from the change and the one before it",
            );
        }
        if change.position <= self.position {
            audit.find(
                key,
                version,
                format!(
                    "position {} is before the version before it",
                    change.position
                ),
            );
        }
        if self.time.is_some_and(|time| change.create_time < time) {
            audit.find(key, version, "it was made before the version before it");
        }
        if change.from != self.folded.state {
            audit.find(
                key,
                version,
                format!(
                    "it left state {:?}, and the order stood in {:?}",
                    change.from, self.folded.state
                ),
            );
        }
        self.check_personal(&change, key, audit);
        check_request(&change, found.request.as_ref(), key, audit);
        fields::fold(&mut self.folded, &change);
        if change.to != self.folded.state {
            audit.find(
                key,
                version,
                format!(
                    "it led to state {:?}, and its fields to {:?}",
                    change.to, self.folded.state
                ),
            );
        }
        (self.position, self.time) = (change.position, Some(change.create_time));
    }

    fn check_personal(&mut self, change: &Change, key: Key, audit: &mut Audit<'_>) {
        for field in &change.fields {
            let Some(digest) = field.digest else { continue };
            if field.before == Value::Null && field.after == Value::Null {
                self.erased.insert(field.path.clone());
            } else if personal_digest(&change.salt, field) != digest {
                let problem = format!("the digest of {} does not fit its value", field.path);
                audit.find(key, change.version, problem);
            }
        }
    }

    /// Holds the present order against the fold.
    pub fn compare(&self, order: &Order, audit: &mut Audit<'_>) {
        let key = (order.account_id, order.id);
        if self.folded.version == 0 && !self.broken {
            return audit.find(key, 0, "the order has no history");
        }
        if self.broken || *order == self.folded {
            return;
        }
        let mut paths: Vec<String> = fields::diff(&self.folded, order)
            .into_iter()
            .map(|field| field.path)
            .collect();
        let own = [
            ("version", order.version == self.folded.version),
            ("last_hash", order.last_hash == self.folded.last_hash),
            ("update_time", order.update_time == self.folded.update_time),
            (
                "last_line_id",
                order.last_line_id == self.folded.last_line_id,
            ),
            ("payments", order.payments == self.folded.payments),
        ];
        paths.extend(
            own.into_iter()
                .filter(|(_, same)| !same)
                .map(|(name, _)| name.to_owned()),
        );
        paths.retain(|path| !self.erased.contains(path));
        if !paths.is_empty() {
            audit.find(
                key,
                0,
                format!(
                    "the order is not the fold of its history in: {}",
                    paths.join(", ")
                ),
            );
        }
    }
}

/// A request id that is still kept must tell of the changes that it made.
fn check_request(
    change: &Change,
    request: Option<&RequestRecord>,
    key: Key,
    audit: &mut Audit<'_>,
) {
    let Some(request) = request else { return };
    let told = |result: &crate::store::batch::RequestResult| {
        result.id == change.order_id && result.version >= change.version
    };
    if !request.results.iter().any(told) {
        audit.find(
            key,
            change.version,
            "its request id was answered with something else",
        );
    }
}
