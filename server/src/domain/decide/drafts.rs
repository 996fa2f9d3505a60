//! Documents as one command so far has left them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::Context;
use crate::domain::document::{Document, DocumentKey};
use crate::domain::refusal::Refusal;

/// What a command writes of documents. Orders of one batch may share a document, so each decision sees what those
/// before it left of it.
#[derive(Debug, Default)]
pub struct Drafts(RefCell<BTreeMap<DocumentKey, Document>>);

impl Drafts {
    /// Every document that was changed, by kind and id.
    pub fn all(&self) -> Vec<Document> {
        self.0.borrow().values().cloned().collect()
    }
}

impl Context<'_> {
    /// The document as the command so far has left it.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn document(&self, key: DocumentKey) -> Result<Document, Refusal> {
        let draft = self.drafts.0.borrow().get(&key).cloned();
        let known = draft.or_else(|| self.ground.document(key).cloned());
        known.ok_or_else(|| Refusal::ResourceNotFound {
            kind: key.0.title(),
            name: key.1.to_string(),
        })
    }

    /// Notes a document as changed: it gets its next version and the time.
    pub(super) fn draft(&self, mut document: Document) -> Document {
        let before = self.ground.document(document.key());
        document.version = before.map_or(0, |before| before.version) + 1;
        document.update_time = before.map_or(self.now, |before| self.now.after(before.update_time));
        let mut drafts = self.drafts.0.borrow_mut();
        drafts.insert(document.key(), document.clone());
        document
    }
}
