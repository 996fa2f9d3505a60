//! The numbers of the API's enums, with what each means in the domain.

use order_status_proto::v1 as pb;

use crate::domain::change::ChangeKind;
use crate::domain::document::{DocumentKind, DocumentState};
use crate::domain::hold::HeldAction;
use crate::domain::invoice::InvoiceState;
use crate::domain::money::{InvoiceStatus, PaymentStatus};
use crate::domain::order::{DeliveryStatus, LineKind};
use crate::domain::role::Role;
use crate::domain::workflow::{Edits, Phase, Verb};

/// A number, its name in the API, and what it means.
pub type Codes<E> = &'static [(i32, &'static str, E)];

/// Which order fields an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// What stands in the order's own row.
    Basic,
    /// Everything.
    Full,
}

/// Views of orders.
pub const VIEWS: Codes<View> = &[
    (1, "ORDER_VIEW_BASIC", View::Basic),
    (2, "ORDER_VIEW_FULL", View::Full),
];

/// Phases.
pub const PHASES: Codes<Phase> = &[
    (1, "PHASE_NEW", Phase::New),
    (10, "PHASE_CONFIRMED", Phase::Confirmed),
    (20, "PHASE_COMPLETE", Phase::Complete),
    (30, "PHASE_CANCELLED", Phase::Cancelled),
];

/// Payment statuses.
pub const PAYMENT_STATUSES: Codes<PaymentStatus> = &[
    (1, "PAYMENT_STATUS_UNPAID", PaymentStatus::Unpaid),
    (2, "PAYMENT_STATUS_PAID", PaymentStatus::Paid),
    (3, "PAYMENT_STATUS_PARTLY_PAID", PaymentStatus::PartlyPaid),
    (4, "PAYMENT_STATUS_OVERPAID", PaymentStatus::Overpaid),
];

/// Delivery statuses.
pub const DELIVERY_STATUSES: Codes<DeliveryStatus> = &[
    (10, "DELIVERY_STATUS_DISPATCHED", DeliveryStatus::Dispatched),
    (20, "DELIVERY_STATUS_COMPLETED", DeliveryStatus::Completed),
    (30, "DELIVERY_STATUS_CONFIRMED", DeliveryStatus::Confirmed),
    (40, "DELIVERY_STATUS_CANCELLED", DeliveryStatus::Cancelled),
];

/// Invoice statuses.
pub const INVOICE_STATUSES: Codes<InvoiceStatus> = &[
    (1, "INVOICE_STATUS_NO", InvoiceStatus::No),
    (2, "INVOICE_STATUS_TO_INVOICE", InvoiceStatus::ToInvoice),
    (3, "INVOICE_STATUS_INVOICED", InvoiceStatus::Invoiced),
    (4, "INVOICE_STATUS_UPSELLING", InvoiceStatus::Upselling),
];

/// Kinds of lines.
pub const LINE_KINDS: Codes<LineKind> = &[
    (1, "LINE_KIND_ITEM", LineKind::Item),
    (2, "LINE_KIND_EXCHANGE", LineKind::Exchange),
    (3, "LINE_KIND_TEXT", LineKind::Text),
];

/// Whether a payment is a refund.
pub const PAYMENT_KINDS: Codes<bool> = &[
    (1, "PAYMENT_KIND_PAYMENT", false),
    (2, "PAYMENT_KIND_REFUND", true),
];

/// Where an invoice stands.
pub const INVOICE_STATES: Codes<InvoiceState> = &[
    (1, "INVOICE_STATE_BOOKED", InvoiceState::Booked),
    (2, "INVOICE_STATE_PRO_FORMA", InvoiceState::ProForma),
    (3, "INVOICE_STATE_REPLACED", InvoiceState::Replaced),
    (4, "INVOICE_STATE_VOID", InvoiceState::Void),
];

/// What holds refuse.
pub const HELD_ACTIONS: Codes<HeldAction> = &[
    (1, "HELD_ACTION_TRANSITION", HeldAction::Transition),
    (2, "HELD_ACTION_CANCEL", HeldAction::Cancel),
    (3, "HELD_ACTION_EDIT", HeldAction::Edit),
    (4, "HELD_ACTION_MOVE", HeldAction::Move),
    (5, "HELD_ACTION_INVOICE", HeldAction::Invoice),
];

/// Kinds of documents.
pub const DOCUMENT_KINDS: Codes<DocumentKind> = &[
    (1, "DOCUMENT_KIND_STORE_ORDER", DocumentKind::Store),
    (2, "DOCUMENT_KIND_SUPPLIER_ORDER", DocumentKind::Supplier),
    (3, "DOCUMENT_KIND_OUTBOUND_ORDER", DocumentKind::Outbound),
];

/// Where documents stand.
pub const DOCUMENT_STATES: Codes<DocumentState> = &[
    (1, "DOCUMENT_STATE_OPEN", DocumentState::Open),
    (2, "DOCUMENT_STATE_SHIPPED", DocumentState::Shipped),
    (3, "DOCUMENT_STATE_DELIVERED", DocumentState::Delivered),
    (4, "DOCUMENT_STATE_CANCELLED", DocumentState::Cancelled),
];

/// Roles.
pub const ROLES: Codes<Role> = &[
    (1, "ROLE_CLIENT", Role::Client),
    (2, "ROLE_STAFF", Role::Staff),
    (3, "ROLE_MANAGER", Role::Manager),
    (4, "ROLE_ADMIN", Role::Admin),
];

/// Verbs.
pub const VERBS: Codes<Verb> = &[
    (1, "VERB_CONFIRM", Verb::Confirm),
    (2, "VERB_PAY", Verb::Pay),
    (3, "VERB_COMPLETE", Verb::Complete),
    (4, "VERB_CANCEL", Verb::Cancel),
    (5, "VERB_LOCK", Verb::Lock),
    (6, "VERB_UNLOCK", Verb::Unlock),
];

/// What may be edited in a state.
pub const EDITS: Codes<Edits> = &[
    (1, "EDITS_ALL", Edits::All),
    (2, "EDITS_CONTACT", Edits::Contact),
    (3, "EDITS_NONE", Edits::None),
];

/// Kinds of changes.
pub const CHANGE_KINDS: Codes<ChangeKind> = &[
    (1, "CHANGE_KIND_CREATE", ChangeKind::Create),
    (2, "CHANGE_KIND_IMPORT", ChangeKind::Import),
    (3, "CHANGE_KIND_UPDATE", ChangeKind::Update),
    (4, "CHANGE_KIND_TRANSITION", ChangeKind::Transition),
    (5, "CHANGE_KIND_OVERRIDE", ChangeKind::Override),
    (6, "CHANGE_KIND_PAYMENT", ChangeKind::Payment),
    (7, "CHANGE_KIND_REFUND", ChangeKind::Refund),
    (8, "CHANGE_KIND_NOTE", ChangeKind::Note),
    (9, "CHANGE_KIND_DELETE", ChangeKind::Delete),
    (10, "CHANGE_KIND_HOLD", ChangeKind::Hold),
    (11, "CHANGE_KIND_RELEASE", ChangeKind::Release),
    (12, "CHANGE_KIND_PARTIAL_CANCEL", ChangeKind::PartialCancel),
    (13, "CHANGE_KIND_DELIVERY", ChangeKind::Delivery),
    (14, "CHANGE_KIND_STORE_MOVE", ChangeKind::StoreMove),
    (15, "CHANGE_KIND_DOCUMENT", ChangeKind::Document),
    (16, "CHANGE_KIND_INVOICE", ChangeKind::Invoice),
];

/// The number that stands for a value; 0, unspecified, where none does.
pub fn number_of<E: PartialEq>(codes: Codes<E>, value: &E) -> i32 {
    codes
        .iter()
        .find(|(_, _, known)| known == value)
        .map_or(0, |(code, _, _)| *code)
}

/// The name of a number; `None` where it means nothing.
pub fn name_of<E>(codes: Codes<E>, number: i64) -> Option<&'static str> {
    codes
        .iter()
        .find(|(code, _, _)| i64::from(*code) == number)
        .map(|(_, name, _)| *name)
}

/// The reason of an error without its prefix, as it stands in `ErrorInfo`.
pub fn reason_name(reason: pb::ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value of an enum of the API is in the table, under its name.
    fn covers<E>(codes: Codes<E>, name_in_api: fn(i32) -> Option<&'static str>) {
        let known: Vec<(i32, &str)> = codes.iter().map(|(code, name, _)| (*code, *name)).collect();
        let in_api: Vec<(i32, &str)> = (1..100)
            .filter_map(|code| Some((code, name_in_api(code)?)))
            .collect();
        assert_eq!(known, in_api);
    }

    #[test]
    fn the_tables_hold_every_value_of_the_api_under_its_name() {
        covers(VIEWS, |n| {
            pb::OrderView::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(PHASES, |n| {
            pb::Phase::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(PAYMENT_STATUSES, |n| {
            pb::PaymentStatus::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(DELIVERY_STATUSES, |n| {
            pb::DeliveryStatus::try_from(n)
                .ok()
                .map(|v| v.as_str_name())
        });
        covers(INVOICE_STATUSES, |n| {
            pb::InvoiceStatus::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(LINE_KINDS, |n| {
            pb::LineKind::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(PAYMENT_KINDS, |n| {
            pb::PaymentKind::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(INVOICE_STATES, |n| {
            pb::InvoiceState::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(HELD_ACTIONS, |n| {
            pb::HeldAction::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(DOCUMENT_KINDS, |n| {
            pb::DocumentKind::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(DOCUMENT_STATES, |n| {
            pb::DocumentState::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(ROLES, |n| {
            pb::Role::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(VERBS, |n| {
            pb::Verb::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(EDITS, |n| {
            pb::Edits::try_from(n).ok().map(|v| v.as_str_name())
        });
        covers(CHANGE_KINDS, |n| {
            pb::ChangeKind::try_from(n).ok().map(|v| v.as_str_name())
        });
    }

    #[test]
    fn the_numbers_of_the_api_are_those_of_the_domain() {
        assert!(PHASES.iter().all(|(code, _, phase)| *code == phase.code()));
        assert!(
            PAYMENT_STATUSES
                .iter()
                .all(|(code, _, status)| *code == status.code())
        );
        assert!(
            DELIVERY_STATUSES
                .iter()
                .all(|(code, _, status)| *code == status.code())
        );
        assert!(
            INVOICE_STATUSES
                .iter()
                .all(|(code, _, status)| *code == status.code())
        );
        assert!(
            HELD_ACTIONS
                .iter()
                .all(|(code, _, action)| *code == action.code())
        );
        assert!(
            DOCUMENT_KINDS
                .iter()
                .all(|(code, _, kind)| *code == kind.code())
        );
        assert!(
            DOCUMENT_STATES
                .iter()
                .all(|(code, _, state)| *code == state.code())
        );
        assert!(
            CHANGE_KINDS
                .iter()
                .all(|(code, _, kind)| *code == kind.code())
        );
    }
}
