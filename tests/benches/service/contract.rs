//! The published contracts whose status calls are measured, each beside the same transition over our own API.

use std::fmt;

use http::header::{AUTHORIZATION, COOKIE, HeaderName};
use http::{Method, StatusCode};

use crate::form::Form;
use crate::rows::number;

/// A contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contract {
    /// A till confirms an order, by its store's key.
    Omni,
    /// A user confirms a quotation, in a session.
    Odoo,
    /// A manager starts the work on a request, in a session.
    Wordbee,
    /// An order is approved, by a key.
    Getfly,
    /// A dealer cancels an order, by login and password.
    CycleSoftware,
}

/// The code of the account that the callers name, where they do.
pub const ACCOUNT: &str = "bench";

/// The cancellation type that dealers know as 1.
pub const CANCELLATION_TYPE: &str = "customer_request";

impl fmt::Display for Contract {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Omni => "Omni",
            Self::Odoo => "Odoo",
            Self::Wordbee => "Wordbee",
            Self::Getfly => "Getfly",
            Self::CycleSoftware => "CycleSoftware",
        })
    }
}

impl Contract {
    /// Every contract.
    pub const ALL: [Self; 5] = [
        Self::Omni,
        Self::Odoo,
        Self::Wordbee,
        Self::Getfly,
        Self::CycleSoftware,
    ];

    /// The workflow of its orders.
    pub fn workflow(self) -> &'static str {
        match self {
            Self::Omni => "omni",
            Self::Odoo => "odoo",
            Self::Wordbee => "wordbee",
            Self::Getfly => "getfly",
            Self::CycleSoftware => "cyclesoftware",
        }
    }

    /// What the status call is named.
    pub fn call(self) -> &'static str {
        match self {
            Self::Omni => "confirm",
            Self::Odoo => "action_confirm",
            Self::Wordbee => "status",
            Self::Getfly => "approve",
            Self::CycleSoftware => "cancel",
        }
    }

    /// What its server is started with beside the usual flags. A bench calls more often than dealers may.
    pub fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Omni | Self::Odoo | Self::Wordbee | Self::Getfly => &[],
            Self::CycleSoftware => &[
                "--cyclesoftware-per-minute",
                "1000000",
                "--cyclesoftware-per-day",
                "1000000000",
            ],
        }
    }

    /// The status call by its holder of a key or token, or of login and password as they stand in the header.
    pub fn form(self, credential: &str) -> Form {
        match self {
            Self::Omni => Form::new(
                Method::POST,
                |_| "/api/store/orders/confirm".to_owned(),
                |id, _| format!(r#"{{ "number": "{}" }}"#, number(id)),
            )
            .header(AUTHORIZATION, &format!("token {credential}")),
            Self::Odoo => Form::new(
                Method::POST,
                |_| "/web/dataset/call_kw/sale.order/action_confirm".to_owned(),
                |id, _| {
                    format!(
                        r#"{{"jsonrpc": "2.0", "id": 16, "params": {{"model": "sale.order", "method": "action_confirm", "args": [{id}], "kwargs": {{}}}}}}"#
                    )
                },
            )
            .header(COOKIE, &format!("frontend_lang=en_US; session_id={credential}"))
            .answered(StatusCode::OK, r#""result":true"#),
            Self::Wordbee => Form::new(
                Method::PUT,
                |id| format!("/api/orders/{id}/status"),
                |_, _| r#"{"status": 2, "message": "We begin.", "notify": true}"#.to_owned(),
            )
            .header(HeaderName::from_static("x-auth-token"), credential)
            .header(HeaderName::from_static("x-auth-accountid"), ACCOUNT)
            .answered(StatusCode::NO_CONTENT, ""),
            Self::Getfly => Form::new(
                Method::PUT,
                |_| "/api/v6.1/sale_order/approve".to_owned(),
                |id, _| format!(r#"{{"order_code": "{}"}}"#, number(id)),
            )
            .header(HeaderName::from_static("x-api-key"), credential),
            Self::CycleSoftware => Form::new(
                Method::POST,
                |id| format!("/api/v1/sales/orders/{id}/cancel.json?cancellation_type_id=1&delete_exchange=true"),
                |_, _| String::new(),
            )
            .header(AUTHORIZATION, &format!("Basic {credential}"))
            .answered(StatusCode::OK, r#""error":false"#),
        }
    }

    /// The same transition over our own API, by the same holder's key or token, as closely as it is put there.
    pub fn native(self, credential: &str) -> Form {
        let by_number = |id| format!("/v1/orders/number/{}:confirm", number(id));
        let nothing = |_, _| "{}".to_owned();
        let form = match self {
            Self::Omni | Self::Getfly => Form::new(Method::POST, by_number, nothing),
            Self::Odoo => Form::new(
                Method::POST,
                |id| format!("/v1/orders/{id}:confirm"),
                nothing,
            ),
            Self::Wordbee => Form::new(
                Method::POST,
                |id| format!("/v1/orders/{id}:transition"),
                |_, _| r#"{"stateCode": 2, "message": "We begin.", "notify": true}"#.to_owned(),
            ),
            Self::CycleSoftware => Form::new(
                Method::POST,
                |id| format!("/v1/orders/{id}:cancel"),
                |_, _| {
                    format!(
                        r#"{{"cancellationType": "{CANCELLATION_TYPE}", "deleteExchange": true}}"#
                    )
                },
            ),
        };
        form.key(credential)
    }
}
