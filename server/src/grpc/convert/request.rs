//! What the requests have in common: which order, which keys, what is said about a move.

use order_status_proto::v1 as pb;

use super::reader::{Path, Reader};
use crate::domain::command::{Move, Target};
use crate::domain::order::OrderRef;

/// What a request says about itself, beside what it asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The entity tag that the caller has seen; empty for none.
    pub etag: String,
    /// The id of the request as it was given; empty for none.
    pub request_id: String,
    /// Whether nothing is to be written.
    pub validate_only: bool,
}

/// A request with keys. Taking them leaves what the request asks for, which is what its fingerprint
/// is over.
pub trait Keyed: prost::Message {
    /// Takes the keys out of the request.
    fn take_keys(&mut self) -> Keys;
}

/// A request that names one order.
pub trait NamesOrder {
    /// Takes the order's name out of the request.
    fn take_order(&mut self) -> Option<OrderRef>;
}

/// A request that takes an edge.
pub trait SaysMove {
    /// Takes what is said about the move out of the request.
    fn take_words(&mut self) -> Words;
}

/// What is said about a move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Why.
    pub reason: String,
    /// For people.
    pub message: String,
    /// Whether people are told; they are where nothing is said.
    pub notify: Option<bool>,
    /// Why an order is called off; only of a cancel.
    pub cancellation_type: String,
    /// Whether exchange lines go; only of a cancel.
    pub delete_exchange: bool,
}

// The generated types share their fields and no trait, so each needs the same lines once.
macro_rules! keyed {
    ($($message:ident),+ $(,)?) => { $(
        impl Keyed for pb::$message {
            fn take_keys(&mut self) -> Keys {
                Keys {
                    etag: std::mem::take(&mut self.etag),
                    request_id: std::mem::take(&mut self.request_id),
                    validate_only: std::mem::take(&mut self.validate_only),
                }
            }
        }
    )+ };
}

macro_rules! keyed_without_etag {
    ($($message:ident),+ $(,)?) => { $(
        impl Keyed for pb::$message {
            fn take_keys(&mut self) -> Keys {
                Keys {
                    etag: String::new(),
                    request_id: std::mem::take(&mut self.request_id),
                    validate_only: std::mem::take(&mut self.validate_only),
                }
            }
        }
    )+ };
}

macro_rules! names_order {
    ($($message:ident in $module:ident),+ $(,)?) => { $(
        impl NamesOrder for pb::$message {
            fn take_order(&mut self) -> Option<OrderRef> {
                self.order.take().map(|order| match order {
                    pb::$module::Order::Id(id) => OrderRef::Id(id),
                    pb::$module::Order::Number(number) => OrderRef::Number(number),
                })
            }
        }
    )+ };
}

macro_rules! says_move {
    ($($message:ident),+ $(,)?) => { $(
        impl SaysMove for pb::$message {
            fn take_words(&mut self) -> Words {
                Words {
                    reason: std::mem::take(&mut self.reason),
                    message: std::mem::take(&mut self.message),
                    notify: self.notify.take(),
                    cancellation_type: String::new(),
                    delete_exchange: false,
                }
            }
        }
    )+ };
}

keyed!(
    UpdateOrderRequest,
    DeleteOrderRequest,
    ConfirmOrderRequest,
    MarkOrderPaidRequest,
    CompleteOrderRequest,
    CancelOrderRequest,
    TransitionOrderRequest,
    OverrideOrderStateRequest,
    LockOrderRequest,
    UnlockOrderRequest,
    AddOrderNoteRequest,
    PlaceHoldRequest,
    ReleaseHoldRequest,
    UpdateDeliveryMethodRequest,
    MoveOrderToStoreRequest,
    UpdateStoreOrderRequest,
    UpdateSupplierOrderRequest,
    UpdateOutboundOrderRequest,
    RecordPaymentRequest,
    RecordRefundRequest,
    CreateInvoicesRequest,
    UpdateStoreRequest,
    UpdateCustomerRequest,
    UpdateAccountRequest,
);
keyed_without_etag!(
    CreateOrderRequest,
    ImportOrdersRequest,
    BatchTransitionOrdersRequest,
    BatchDeleteOrdersRequest,
    UpsertCatalogEntryRequest,
    DeleteCatalogEntryRequest,
    CreateStoreOrderRequest,
    CreateSupplierOrderRequest,
    CreateOutboundOrderRequest,
    CreateStoreRequest,
    CreateCustomerRequest,
    CreateAccountRequest,
    CreateCredentialRequest,
    RevokeCredentialRequest,
);
names_order!(
    GetOrderRequest in get_order_request,
    DeleteOrderRequest in delete_order_request,
    ConfirmOrderRequest in confirm_order_request,
    MarkOrderPaidRequest in mark_order_paid_request,
    CompleteOrderRequest in complete_order_request,
    CancelOrderRequest in cancel_order_request,
    TransitionOrderRequest in transition_order_request,
    OverrideOrderStateRequest in override_order_state_request,
    LockOrderRequest in lock_order_request,
    UnlockOrderRequest in unlock_order_request,
    AddOrderNoteRequest in add_order_note_request,
    PlaceHoldRequest in place_hold_request,
    ReleaseHoldRequest in release_hold_request,
    UpdateDeliveryMethodRequest in update_delivery_method_request,
    PlanStoreMoveRequest in plan_store_move_request,
    MoveOrderToStoreRequest in move_order_to_store_request,
    ListTransitionsRequest in list_transitions_request,
    ListOrderChangesRequest in list_order_changes_request,
    RecordPaymentRequest in record_payment_request,
    RecordRefundRequest in record_refund_request,
    ListPaymentsRequest in list_payments_request,
    CreateInvoicesRequest in create_invoices_request,
    ListInvoicesRequest in list_invoices_request,
);
says_move!(
    ConfirmOrderRequest,
    MarkOrderPaidRequest,
    CompleteOrderRequest,
    TransitionOrderRequest,
    OverrideOrderStateRequest,
    LockOrderRequest,
    UnlockOrderRequest,
    BatchTransitionOrdersRequest,
);

/// A plan is the move itself, decided only.
impl Keyed for pb::PlanStoreMoveRequest {
    fn take_keys(&mut self) -> Keys {
        Keys {
            etag: std::mem::take(&mut self.etag),
            request_id: String::new(),
            validate_only: true,
        }
    }
}

impl SaysMove for pb::CancelOrderRequest {
    fn take_words(&mut self) -> Words {
        Words {
            reason: std::mem::take(&mut self.reason),
            message: std::mem::take(&mut self.message),
            notify: self.notify.take(),
            cancellation_type: std::mem::take(&mut self.cancellation_type),
            delete_exchange: self.delete_exchange,
        }
    }
}

impl From<pb::transition_order_request::Target> for Target {
    fn from(target: pb::transition_order_request::Target) -> Target {
        use pb::transition_order_request::Target as Given;
        match target {
            Given::State(key) => Target::State(key),
            Given::StateCode(code) => Target::StateCode(code),
            Given::Transition(name) => Target::Transition(name),
        }
    }
}

impl From<pb::batch_transition_orders_request::Target> for Target {
    fn from(target: pb::batch_transition_orders_request::Target) -> Target {
        use pb::batch_transition_orders_request::Target as Given;
        match target {
            Given::State(key) => Target::State(key),
            Given::StateCode(code) => Target::StateCode(code),
            Given::Transition(name) => Target::Transition(name),
        }
    }
}

impl From<pb::override_order_state_request::Target> for Target {
    fn from(target: pb::override_order_state_request::Target) -> Target {
        use pb::override_order_state_request::Target as Given;
        match target {
            Given::State(key) => Target::State(key),
            Given::StateCode(code) => Target::StateCode(code),
        }
    }
}

impl Reader {
    /// The order that the request names. What comes back where it names none never reaches a rule,
    /// since that is noted.
    pub fn order_ref(&mut self, given: Option<OrderRef>) -> OrderRef {
        match given {
            None => {
                self.refuse(
                    &Path::Request.field("order"),
                    "is required: give id or number",
                );
                OrderRef::Id(0)
            }
            Some(OrderRef::Id(id)) => OrderRef::Id(self.id(&Path::Request.field("id"), id)),
            Some(OrderRef::Number(number)) => {
                self.order_number(&Path::Request.field("number"), &number);
                OrderRef::Number(number)
            }
        }
    }

    /// Checks the number of an order that has to be there.
    pub fn order_number(&mut self, path: &Path<'_>, number: &str) {
        self.name(path, number, 64);
    }

    /// Checks that a text has 1 to `most` characters.
    pub fn name(&mut self, path: &Path<'_>, text: &str, most: usize) {
        if text.is_empty() || text.contains('\0') || text.chars().nth(most).is_some() {
            self.refuse(
                path,
                format!("is not 1 to {most} characters, none of them NUL"),
            );
        }
    }

    /// A move of an order, from what the request says about it.
    pub fn order_move(&mut self, target: Option<Target>, words: Words) -> Move {
        let at = Path::Request.field("target");
        let target = self
            .required(&at, target)
            .unwrap_or(Target::State(String::new()));
        if let Target::State(text) | Target::Transition(text) = &target
            && text.contains('\0')
        {
            self.refuse(&at, "holds the character NUL");
        }
        Move {
            target,
            reason: self.text(&Path::Request.field("reason"), words.reason),
            message: self.text(&Path::Request.field("message"), words.message),
            notify: words.notify.unwrap_or(true),
            cancellation_type: self.text(
                &Path::Request.field("cancellation_type"),
                words.cancellation_type,
            ),
            delete_exchange: words.delete_exchange,
        }
    }

    /// Checks that a list has between `least` and `most` items.
    pub fn count(&mut self, path: &Path<'_>, count: usize, least: usize, most: usize) {
        if !(least..=most).contains(&count) {
            self.refuse(path, format!("has {count} items, not {least} to {most}"));
        }
    }

    /// The size of a page: 50 where none is asked for, 1,000 at most.
    pub fn page_size(&mut self, given: i32) -> usize {
        match usize::try_from(given) {
            Ok(0) => 50,
            Ok(size) => size.min(1000),
            Err(_) => {
                self.refuse(
                    &Path::Request.field("page_size"),
                    format!("{given} is below 0"),
                );
                0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_the_keys_leaves_what_is_asked_for() {
        let mut request = pb::ConfirmOrderRequest {
            order: Some(pb::confirm_order_request::Order::Id(7)),
            reason: "paid by phone".to_owned(),
            etag: "\"1-a\"".to_owned(),
            request_id: "x".to_owned(),
            validate_only: true,
            ..pb::ConfirmOrderRequest::default()
        };
        let keys = request.take_keys();
        assert_eq!(
            (
                keys.etag.as_str(),
                keys.request_id.as_str(),
                keys.validate_only
            ),
            ("\"1-a\"", "x", true)
        );
        let rest = pb::ConfirmOrderRequest {
            order: Some(pb::confirm_order_request::Order::Id(7)),
            reason: "paid by phone".to_owned(),
            ..pb::ConfirmOrderRequest::default()
        };
        assert_eq!(request, rest);
    }

    #[test]
    fn a_request_that_names_no_order_or_a_wrong_one_is_refused_by_name() {
        for (given, field) in [
            (None, "order"),
            (Some(OrderRef::Id(0)), "id"),
            (Some(OrderRef::Number(String::new())), "number"),
            (Some(OrderRef::Number("x".repeat(65))), "number"),
        ] {
            let mut reader = Reader::default();
            let _ = reader.order_ref(given);
            assert_eq!(reader.found().first().map(|(field, _)| *field), Some(field));
        }
    }

    #[test]
    fn people_are_told_unless_the_request_says_no() {
        let mut reader = Reader::default();
        let target = || Some(Target::Transition("confirm".to_owned()));
        assert!(reader.order_move(target(), Words::default()).notify);
        let quiet = Words {
            notify: Some(false),
            ..Words::default()
        };
        assert!(!reader.order_move(target(), quiet).notify);
    }
}
