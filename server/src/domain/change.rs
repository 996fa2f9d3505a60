//! Changes: the rows of history, each bound to the one before it by a hash.

use sha2::{Digest, Sha256};

use super::role::Role;
use super::time::Timestamp;
use super::value::{Value, encode_bytes};
use super::workflow::Verb;

/// What kind of command made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The order was made here.
    Create,
    /// The order was brought in from elsewhere, in mid-life.
    Import,
    /// Fields were edited.
    Update,
    /// The order took an edge of its workflow.
    Transition,
    /// A manager moved the order outside the edges.
    Override,
    /// A payment was recorded.
    Payment,
    /// A refund was recorded.
    Refund,
    /// A note was added.
    Note,
    /// The order was deleted.
    Delete,
    /// A hold was placed.
    Hold,
    /// A hold was released.
    Release,
    /// Lines were called off, or some of their units.
    PartialCancel,
    /// The delivery method or address was changed.
    Delivery,
    /// The order was moved to another store.
    StoreMove,
    /// A document that carries lines of the order was made or changed.
    Document,
    /// Invoices were made, and the order may have moved with them.
    Invoice = 15,
}

impl ChangeKind {
    /// Each kind.
    pub const ALL: [ChangeKind; 16] = [
        ChangeKind::Create,
        ChangeKind::Import,
        ChangeKind::Update,
        ChangeKind::Transition,
        ChangeKind::Override,
        ChangeKind::Payment,
        ChangeKind::Refund,
        ChangeKind::Note,
        ChangeKind::Delete,
        ChangeKind::Hold,
        ChangeKind::Release,
        ChangeKind::PartialCancel,
        ChangeKind::Delivery,
        ChangeKind::StoreMove,
        ChangeKind::Document,
        ChangeKind::Invoice,
    ];

    /// Whether a command of this kind that finds everything as it asks leaves no row.
    pub const fn may_change_nothing(self) -> bool {
        matches!(
            self,
            ChangeKind::Update
                | ChangeKind::Delivery
                | ChangeKind::StoreMove
                | ChangeKind::Document
        )
    }

    /// The number that stands for it.
    pub const fn code(self) -> i32 {
        self as i32 + 1
    }

    /// The kind with that number.
    pub fn from_code(code: i64) -> Option<ChangeKind> {
        ChangeKind::ALL
            .into_iter()
            .find(|kind| i64::from(kind.code()) == code)
    }
}

/// One field before and after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The field's path in the order, such as `state`, `customer.phone` or `lines.3`.
    pub path: String,
    /// The value before; null also where a personal value was erased.
    pub before: Value,
    /// The value after; null also where a personal value was erased.
    pub after: Value,
    /// For a personal value: the digest that stands for it in the hash. It is kept when the value
    /// itself is erased.
    pub digest: Option<[u8; 32]>,
}

/// What happened to one order at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The place in the whole ledger, counted from 1 in commit order.
    pub position: i64,
    /// The account of the order.
    pub account_id: i64,
    /// The order.
    pub order_id: i64,
    /// The version that this change made, counted from 1.
    pub version: i64,
    /// What kind of command it was.
    pub kind: ChangeKind,
    /// The name of the edge that was taken; empty where none was.
    pub transition: String,
    /// What was asked for, where a verb was.
    pub verb: Option<Verb>,
    /// The title of the credential that asked.
    pub actor: String,
    /// The role of that credential.
    pub role: Role,
    /// The state before; empty for the first change.
    pub from: String,
    /// The state after.
    pub to: String,
    /// Why, as the caller said.
    pub reason: String,
    /// What the caller wants the customer to read; the text of a note.
    pub message: String,
    /// Whether the customer may read this change.
    pub public: bool,
    /// Whether the caller wants people to be told.
    pub notify: bool,
    /// The request id of the call; `None` where it had none.
    pub request_id: Option<[u8; 16]>,
    /// Every field that the change moved.
    pub fields: Vec<FieldChange>,
    /// For an override: the rules that it passed over.
    pub passed_over: Vec<String>,
    /// When, never before the order's previous change.
    pub create_time: Timestamp,
    /// What blinds the digests of the personal values.
    pub salt: [u8; 16],
    /// The hash over this change and the order's previous one.
    pub hash: [u8; 32],
}

impl Change {
    /// Puts the change into its place: gives position, digests and hash.
    pub fn seal(&mut self, position: i64, previous: &[u8; 32]) {
        self.position = position;
        let salt = self.salt;
        for field in self
            .fields
            .iter_mut()
            .filter(|field| field.digest.is_some())
        {
            field.digest = Some(personal_digest(&salt, field));
        }
        self.hash = self.compute_hash(previous);
    }

    /// The hash that this change must have after `previous` (nought for an order's first change).
    pub fn compute_hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(512);
        bytes.extend(previous);
        for number in [
            self.position,
            self.account_id,
            self.order_id,
            self.version,
            i64::from(self.kind.code()),
            self.create_time.micros(),
        ] {
            bytes.extend(number.to_be_bytes());
        }
        for text in [
            self.transition.as_str(),
            self.verb.map_or("", Verb::name),
            &self.actor,
            self.role.name(),
            &self.from,
            &self.to,
            &self.reason,
            &self.message,
        ] {
            encode_bytes(text.as_bytes(), &mut bytes);
        }
        bytes.extend([u8::from(self.public), u8::from(self.notify)]);
        encode_bytes(
            self.request_id.as_ref().map_or(&[][..], |id| id),
            &mut bytes,
        );
        bytes.extend((self.passed_over.len() as u64).to_be_bytes());
        for rule in &self.passed_over {
            encode_bytes(rule.as_bytes(), &mut bytes);
        }
        for field in &self.fields {
            encode_bytes(field.path.as_bytes(), &mut bytes);
            match &field.digest {
                Some(digest) => bytes.extend(digest),
                None => {
                    field.before.encode(&mut bytes);
                    field.after.encode(&mut bytes);
                }
            }
        }
        Sha256::digest(&bytes).into()
    }
}

/// The digest that stands for a personal value.
pub fn personal_digest(salt: &[u8; 16], field: &FieldChange) -> [u8; 32] {
    let mut bytes = salt.to_vec();
    encode_bytes(field.path.as_bytes(), &mut bytes);
    field.before.encode(&mut bytes);
    field.after.encode(&mut bytes);
    Sha256::digest(&bytes).into()
}
