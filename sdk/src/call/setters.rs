//! The fields that callers set on a call.

mod fulfillment;

use std::time::Duration;

use order_status_proto::v1;
use prost_types::FieldMask;
use uuid::Uuid;

use super::Call;
use crate::OrderRef;
use crate::field::{
    AccountId, CancellationType, Description, Etag, Field, Message, Notify, PageSize, PageToken,
    PayDate, PaymentMethod, Reason, RequestId, UpdateMask, ValidateOnly, View,
};
use crate::method::{
    AddOrderNote, BatchTransitionOrders, CancelOrder, CreateCredential, CreateInvoices,
    CreateSession, GetOrder, GetWorkflow, ListInvoices, ListOrders, ListPayments, Method,
    OverrideOrderState, Takes, TransitionOrder,
};
use crate::types::{Decimal, OrderView, Timestamp};

impl<M: Method> Call<M> {
    /// The call with one field set.
    fn with<F: Field>(mut self, value: impl Into<F::Value>) -> Self
    where
        M: Takes<F>,
    {
        *M::slot(&mut self.request) = value.into();
        self
    }

    /// The call with its request changed.
    fn change(mut self, change: impl FnOnce(&mut M::Request)) -> Self {
        change(&mut self.request);
        self
    }
}

impl<M: Takes<Reason>> Call<M> {
    /// Why, for the history, at most 500 characters. Some transitions require it.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.with::<Reason>(reason)
    }
}

impl<M: Takes<Message>> Call<M> {
    /// A message for people, kept in the history, at most 4,000 characters.
    pub fn message(self, message: impl Into<String>) -> Self {
        self.with::<Message>(message)
    }
}

impl<M: Takes<Notify>> Call<M> {
    /// Whether the customer is to be told, where the account has a way; true otherwise.
    pub fn notify(self, notify: bool) -> Self {
        self.with::<Notify>(notify)
    }
}

impl<M: Takes<Etag>> Call<M> {
    /// The etag as last seen: the call fails with [`is_conflict`](crate::Error::is_conflict) where
    /// somebody else was quicker.
    pub fn etag(self, etag: impl Into<String>) -> Self {
        self.with::<Etag>(etag)
    }
}

impl<M: Takes<RequestId>> Call<M> {
    /// The request id; a fresh one otherwise. Give one, and keep it, where the write must not be
    /// done twice even if this program starts anew: for 72 hours the same request with the same
    /// id gets the first answer again.
    pub fn request_id(self, id: Uuid) -> Self {
        self.with::<RequestId>(id)
    }
}

impl<M: Takes<ValidateOnly>> Call<M> {
    /// Whether to decide and answer only, and change nothing.
    pub fn validate_only(self, validate_only: bool) -> Self {
        self.with::<ValidateOnly>(validate_only)
    }
}

impl<M: Takes<CancellationType>> Call<M> {
    /// Why it is called off, for a transition that cancels: a key of the catalog
    /// `cancellation_types`.
    pub fn cancellation_type(self, key: impl Into<String>) -> Self {
        self.with::<CancellationType>(key)
    }
}

impl<M: Takes<PageSize>> Call<M> {
    /// How many to answer at most on one page; 50 otherwise, 1,000 at most.
    pub fn page_size(self, size: u32) -> Self {
        self.with::<PageSize>(i32::try_from(size).unwrap_or(i32::MAX))
    }
}

impl<M: Takes<PageToken>> Call<M> {
    /// The `next_page_token` of the page before. [`into_stream`](Self::into_stream) turns the
    /// pages by itself.
    pub fn page_token(self, token: impl Into<String>) -> Self {
        self.with::<PageToken>(token)
    }
}

impl<M: Takes<View>> Call<M> {
    /// How much of each order to answer: basic is the order without its lines, terms, payments,
    /// addresses, holds and attributes.
    pub fn view(self, view: OrderView) -> Self {
        self.with::<View>(view)
    }
}

impl<M: Takes<UpdateMask>> Call<M> {
    /// The paths of the fields to change (`["notes", "customer.phone"]`), `*` for all; the fields
    /// that are set otherwise.
    pub fn update_mask(self, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let paths = paths.into_iter().map(Into::into).collect();
        self.with::<UpdateMask>(FieldMask { paths })
    }
}

impl<M: Takes<PaymentMethod>> Call<M> {
    /// How it was paid: a key of the catalog `payment_methods`; the order's own otherwise.
    pub fn method(self, key: impl Into<String>) -> Self {
        self.with::<PaymentMethod>(key)
    }
}

impl<M: Takes<Description>> Call<M> {
    /// What it is for.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.with::<Description>(description)
    }
}

impl<M: Takes<PayDate>> Call<M> {
    /// The day of it, as `YYYY-MM-DD`.
    pub fn pay_date(self, date: impl Into<String>) -> Self {
        self.with::<PayDate>(date)
    }
}

impl<M: Takes<AccountId>> Call<M> {
    /// The account, for operators; the caller's own otherwise.
    pub fn account_id(self, id: i64) -> Self {
        self.with::<AccountId>(id)
    }
}

impl Call<GetOrder> {
    /// The order as it was at this version, counted from 1.
    pub fn as_of_version(self, version: i64) -> Self {
        self.change(|request| {
            request.as_of = Some(v1::get_order_request::AsOf::Version(version));
        })
    }

    /// The order as it was at this time.
    pub fn as_of_time(self, time: impl Into<Timestamp>) -> Self {
        self.change(|request| {
            request.as_of = Some(v1::get_order_request::AsOf::Time(time.into()));
        })
    }
}

impl Call<ListOrders> {
    /// How many orders to skip before the page, at most 10,000; for callers that count pages.
    pub fn skip(self, orders: u32) -> Self {
        self.change(|request| request.skip = i32::try_from(orders).unwrap_or(i32::MAX))
    }

    /// Whether to count all orders that match, into `total_size`.
    pub fn count(self, count: bool) -> Self {
        self.change(|request| request.count = count)
    }

    /// The order of the answer: `id`, `id desc`, `order_date` or `order_date desc`; `id desc` otherwise.
    pub fn order_by(self, order_by: impl Into<String>) -> Self {
        self.change(|request| request.order_by = order_by.into())
    }
}

impl Call<CancelOrder> {
    /// Call off one line of the order, whole; the order stays where it stands. May be set for
    /// several lines.
    pub fn line(self, id: i64) -> Self {
        self.change(|request| request.lines.push(v1::CancelledLine { id, quantity: None }))
    }

    /// Call off some units of one line of the order, which stays where it stands. May be set for
    /// several lines.
    pub fn units(self, line_id: i64, quantity: Decimal) -> Self {
        self.change(|request| {
            request.lines.push(v1::CancelledLine {
                id: line_id,
                quantity: Some(quantity),
            });
        })
    }

    /// Whether to take the order's exchange lines off it.
    pub fn delete_exchange(self, delete_exchange: bool) -> Self {
        self.change(|request| request.delete_exchange = delete_exchange)
    }
}

impl Call<TransitionOrder> {
    /// Take the transition that leads to the state of this key (`confirmed`).
    pub fn state(self, key: impl Into<String>) -> Self {
        use v1::transition_order_request::Target;
        self.change(|request| request.target = Some(Target::State(key.into())))
    }

    /// Take the transition that leads to the state of this number.
    pub fn state_code(self, code: i32) -> Self {
        use v1::transition_order_request::Target;
        self.change(|request| request.target = Some(Target::StateCode(code)))
    }

    /// Take the transition of this name (`confirm`).
    pub fn transition(self, name: impl Into<String>) -> Self {
        use v1::transition_order_request::Target;
        self.change(|request| request.target = Some(Target::Transition(name.into())))
    }
}

impl Call<BatchTransitionOrders> {
    /// Take the transition that leads to the state of this key (`confirmed`).
    pub fn state(self, key: impl Into<String>) -> Self {
        use v1::batch_transition_orders_request::Target;
        self.change(|request| request.target = Some(Target::State(key.into())))
    }

    /// Take the transition that leads to the state of this number.
    pub fn state_code(self, code: i32) -> Self {
        use v1::batch_transition_orders_request::Target;
        self.change(|request| request.target = Some(Target::StateCode(code)))
    }

    /// Take the transition of this name (`confirm`).
    pub fn transition(self, name: impl Into<String>) -> Self {
        use v1::batch_transition_orders_request::Target;
        self.change(|request| request.target = Some(Target::Transition(name.into())))
    }
}

impl Call<OverrideOrderState> {
    /// Set the state of this key (`confirmed`).
    pub fn state(self, key: impl Into<String>) -> Self {
        use v1::override_order_state_request::Target;
        self.change(|request| request.target = Some(Target::State(key.into())))
    }

    /// Set the state of this number.
    pub fn state_code(self, code: i32) -> Self {
        use v1::override_order_state_request::Target;
        self.change(|request| request.target = Some(Target::StateCode(code)))
    }
}

impl Call<AddOrderNote> {
    /// Whether the customer sees the note. A client's notes are always public.
    pub fn public(self, public: bool) -> Self {
        self.change(|request| request.public = public)
    }
}

impl Call<ListPayments> {
    /// Only the payments of this order; those of the account otherwise.
    pub fn order(self, order: impl Into<OrderRef>) -> Self {
        use crate::method::NamesOrder as _;
        self.change(|request| ListPayments::name_order(request, order.into()))
    }
}

impl Call<ListInvoices> {
    /// Only the invoices of this order; those of the account otherwise.
    pub fn order(self, order: impl Into<OrderRef>) -> Self {
        use crate::method::NamesOrder as _;
        self.change(|request| ListInvoices::name_order(request, order.into()))
    }
}

impl Call<CreateInvoices> {
    /// Book the invoices: they get numbers without a gap, and their lines are invoiced.
    pub fn book(self) -> Self {
        self.change(|request| request.book = true)
    }

    /// The employee who makes them, by the id in the catalog `employees`; the order's attribute
    /// `employee_id` otherwise.
    pub fn employee(self, id: i64) -> Self {
        self.change(|request| request.employee_id = Some(id))
    }

    /// The order's new state, by its key (`complete`) or its number in digits.
    pub fn state(self, state: impl Into<String>) -> Self {
        self.change(|request| request.state = state.into())
    }

    /// Whether to tell the customers, as far as the account's settings say so; true otherwise.
    pub fn customer_messages(self, tell: bool) -> Self {
        self.change(|request| request.customer_messages = Some(tell))
    }

    /// Whether to tell also those who were told of an invoice of this order before.
    pub fn allow_resend_messages(self, again: bool) -> Self {
        self.change(|request| request.allow_resend_messages = again)
    }

    /// Whether lines of services take the account's rate for them; true otherwise.
    pub fn apply_service_vat_correction(self, apply: bool) -> Self {
        self.change(|request| request.apply_service_vat_correction = Some(apply))
    }

    /// Whether what others are billed for stands as text on the invoice of the order's own
    /// customer; true otherwise.
    pub fn split_items_as_text(self, as_text: bool) -> Self {
        self.change(|request| request.split_items_as_text = Some(as_text))
    }
}

impl Call<GetWorkflow> {
    /// The version, counted from 1; the latest otherwise.
    pub fn version(self, version: i32) -> Self {
        self.change(|request| request.version = version)
    }
}

impl Call<CreateSession> {
    /// The account, by its number. It may be left out where one account only has the login.
    pub fn account_id(self, id: i64) -> Self {
        use v1::create_session_request::Account;
        self.change(|request| request.account = Some(Account::AccountId(id)))
    }

    /// The account, by its code. It may be left out where one account only has the login.
    pub fn account_code(self, code: impl Into<String>) -> Self {
        use v1::create_session_request::Account;
        self.change(|request| request.account = Some(Account::AccountCode(code.into())))
    }

    /// How long the session lasts at most, 1 second to 30 days; 7 days otherwise.
    pub fn lifetime(self, lifetime: Duration) -> Self {
        self.change(|request| request.lifetime = Some(wire(lifetime)))
    }

    /// After how long without a call the session ends; 30 minutes otherwise.
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        self.change(|request| request.idle_timeout = Some(wire(timeout)))
    }
}

impl Call<CreateCredential> {
    /// A login with its password, 8 to 256 characters, in place of a key.
    pub fn login(self, login: impl Into<String>, password: impl Into<String>) -> Self {
        self.change(|request| {
            request.login = login.into();
            request.password = password.into();
        })
    }

    /// The only store whose orders its holder sees; all otherwise.
    pub fn store_id(self, id: i64) -> Self {
        self.change(|request| request.store_id = Some(id))
    }

    /// The customer whose orders its holder sees. A client needs it; other roles cannot have it.
    pub fn customer_id(self, id: i64) -> Self {
        self.change(|request| request.customer_id = Some(id))
    }

    /// What its holder may do beyond the role.
    pub fn scopes(self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.change(|request| request.scopes = scopes.into_iter().map(Into::into).collect())
    }

    /// From when on it is refused; never otherwise.
    pub fn expire_time(self, time: impl Into<Timestamp>) -> Self {
        self.change(|request| request.expire_time = Some(time.into()))
    }
}

/// A span of time for the wire; one that is too long is refused there.
fn wire(span: Duration) -> prost_types::Duration {
    prost_types::Duration::try_from(span).unwrap_or(prost_types::Duration {
        seconds: i64::MAX,
        nanos: 0,
    })
}
