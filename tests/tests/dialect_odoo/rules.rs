//! The sentences of the document.

use order_status_proto::v1::Account;
use order_status_tests::{Server, Tenant, on_both};
use serde_json::{Value, json};

use super::{
    call, call_as, call_with, contract, done, error, make, manager, order, order_in, record,
    result, shared, standing, told, type_error, user_error,
};

const FORBIDDEN: &str =
    "It is not allowed to confirm an order in the following states: done, cancel";

#[tokio::test]
async fn the_status_is_updated_to_sale_or_to_cancel() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "draft").await;
        done(server, "action_confirm", json!([id])).await;
        assert_eq!(record(server, id, &["state"]).await["state"], "sale");
        done(server, "cancel_order", json!([id])).await;
        assert_eq!(record(server, id, &["state"]).await["state"], "cancel");
    })
    .await;
}

#[tokio::test]
async fn the_method_expects_an_object_with_model_method_args_and_kwargs() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "draft").await;
        let whole =
            json!({"model": "sale.order", "method": "action_confirm", "args": [id], "kwargs": {}});
        for (without, message) in [
            (
                &["kwargs"][..],
                "missing 1 required positional argument: 'kwargs'",
            ),
            (
                &["model", "args"],
                "missing 2 required positional arguments: 'model' and 'args'",
            ),
            (
                &["model", "method", "args", "kwargs"],
                "missing 4 required positional arguments: 'model', 'method', 'args', and 'kwargs'",
            ),
        ] {
            let mut params = whole.clone();
            for name in without {
                params.as_object_mut().expect("an object").remove(*name);
            }
            let answer = call_with(server, &params).await;
            assert_eq!(
                error(&answer),
                type_error(&format!("DataSet.call_kw() {message}"))
            );
        }
        for (name, value, message) in [
            ("model", json!(5), "model has to be a text"),
            (
                "method",
                json!(["action_confirm"]),
                "method has to be a text",
            ),
            ("args", json!({"0": id}), "args has to be a list"),
            ("args", json!(id), "args has to be a list"),
            ("kwargs", json!([]), "kwargs has to be an object"),
        ] {
            let mut params = whole.clone();
            params[name] = value;
            let answer = call_with(server, &params).await;
            assert_eq!(error(&answer), type_error(message));
        }
        assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
    })
    .await;
}

#[tokio::test]
async fn the_model_is_the_one_on_which_the_method_is_executed() {
    let server = shared(order_status_tests::Backend::Sqlite).await;
    for (model, message) in [
        ("res.partner", "'res.partner'"),
        ("", "''"),
        ("o'x", "'o\\'x'"),
    ] {
        let params = json!({"model": model, "method": "read", "args": [1], "kwargs": {}});
        let answer = call_with(server, &params).await;
        assert_eq!(error(&answer), told("builtins.KeyError", message));
    }
}

#[tokio::test]
async fn only_public_methods_are_called() {
    let server = shared(order_status_tests::Backend::Sqlite).await;
    let private = call(server, "_action_cancel", json!([67]), json!({})).await;
    let message = "Private methods (such as _action_cancel) cannot be called remotely.";
    assert_eq!(
        error(&private),
        told("odoo.exceptions.AccessError", message)
    );
    let unknown = call(server, "action_approve", json!([67]), json!({})).await;
    let message = "type object 'sale.order' has no attribute 'action_approve'";
    assert_eq!(error(&unknown), told("builtins.AttributeError", message));
}

#[tokio::test]
async fn confirming_changes_the_invoice_status_to_to_invoice() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "draft").await;
        assert_eq!(
            record(server, id, &["invoice_status"]).await["invoice_status"],
            "no"
        );
        done(server, "action_confirm", json!([id])).await;
        let after = record(server, id, &["state", "invoice_status"]).await;
        assert_eq!(
            after,
            json!({"id": id, "state": "sale", "invoice_status": "to invoice"})
        );
    })
    .await;
}

#[tokio::test]
async fn the_given_quotations_are_confirmed_and_their_confirmation_date_is_set() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let ids = [
            order_in(server, "draft").await,
            order_in(server, "sent").await,
        ];
        assert_eq!(
            record(server, ids[0], &["date_order"]).await["date_order"],
            false
        );
        done(server, "action_confirm", json!([ids])).await;
        for id in ids {
            let after = record(server, id, &["state", "date_order"]).await;
            assert_eq!(after["state"], "sale");
            let date = after["date_order"].as_str().expect("a date");
            assert_eq!((date.len(), &date[10..11]), (19, " "), "{date}");
            assert!(order(server, id).await.order_date.is_some());
        }
    })
    .await;
}

#[tokio::test]
async fn if_the_setting_is_enabled_the_sale_order_is_locked_too() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let account = Account {
            workflow: "odoo".to_owned(),
            lock_on_confirm: true,
            ..Account::default()
        };
        let tenant = Tenant::with(server, account).await;
        let id = make(&tenant.manager, "draft", false).await;
        let key = tenant.manager.key.as_str();
        let confirmed = call_as(server, key, "action_confirm", json!([id]), json!({})).await;
        assert_eq!(result(&confirmed), true);
        assert!(contract::order(&tenant.manager, id).await.locked);
        let read = call_as(
            server,
            key,
            "read",
            json!([id, ["state", "locked"]]),
            json!({}),
        )
        .await;
        assert_eq!(
            result(&read),
            json!([{"id": id, "state": "done", "locked": true}])
        );
        let again = call_as(server, key, "action_confirm", json!([id]), json!({})).await;
        assert_eq!(error(&again), user_error(FORBIDDEN));
    })
    .await;
}

/// The document: "UserError if trying to confirm locked or cancelled SO's".
#[tokio::test]
async fn locked_and_cancelled_orders_are_not_confirmed() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let caller = manager(server).await;
        let locked = make(&caller, "sale", true).await;
        let cancelled = order_in(server, "cancel").await;
        let open = order_in(server, "draft").await;
        for args in [
            json!([locked]),
            json!([cancelled]),
            json!([[open, locked]]),
            json!([[cancelled, open]]),
        ] {
            let refused = call(server, "action_confirm", args, json!({})).await;
            assert_eq!(error(&refused), user_error(FORBIDDEN));
        }
        assert_eq!(standing(server, open).await, ("draft".to_owned(), 1));
        assert_eq!(standing(server, locked).await, ("sale".to_owned(), 1));
        assert_eq!(standing(server, cancelled).await, ("cancel".to_owned(), 1));
    })
    .await;
}

#[tokio::test]
async fn the_context_in_kwargs_is_nobodys_argument() {
    let server = shared(order_status_tests::Backend::Sqlite).await;
    let id = order_in(server, "draft").await;
    let context = json!({"context": {"default_name": "x", "lang": "en_US"}});
    let confirmed = call(server, "action_confirm", json!([id]), context).await;
    assert_eq!(result(&confirmed), true);
    let other = call(
        server,
        "action_confirm",
        json!([id]),
        json!({"force": true}),
    )
    .await;
    let message = "SaleOrder.action_confirm() got an unexpected keyword argument 'force'";
    assert_eq!(error(&other), type_error(message));
}

#[tokio::test]
async fn cancelling_changes_the_invoice_status_to_no_since_the_state_is_cancel() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "sale").await;
        assert_eq!(
            record(server, id, &["invoice_status"]).await["invoice_status"],
            "to invoice"
        );
        done(server, "cancel_order", json!([id])).await;
        let after = record(server, id, &["state", "invoice_status"]).await;
        assert_eq!(
            after,
            json!({"id": id, "state": "cancel", "invoice_status": "no"})
        );
    })
    .await;
}

#[tokio::test]
async fn the_result_is_a_json_object_with_the_boolean_true() {
    let server = shared(order_status_tests::Backend::Sqlite).await;
    for (method, state) in [("action_confirm", "draft"), ("cancel_order", "sale")] {
        let id = order_in(server, state).await;
        let answer = call(server, method, json!([id]), json!({})).await;
        assert_eq!(
            answer.body,
            "{\"jsonrpc\":\"2.0\",\"id\":16,\"result\":true}"
        );
        assert_eq!(
            answer.header("content-type"),
            "application/json; charset=utf-8"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(read_back(&answer.body)["result"], Value::Bool(true));
    }
}

fn read_back(body: &str) -> Value {
    serde_json::from_str(body).expect("JSON")
}
