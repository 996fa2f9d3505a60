//! What is settled where the document is silent, or says two things.

use order_status_tests::golden::{exchange, request};
use order_status_tests::{Backend, on_both};
use serde_json::{Value, json};

use super::{
    CALL_KW, JSON, NOTHING, SESSION, call, call_with, done, error, make, manager, order, order_in,
    post, read, record, result, shared, standing, told, type_error, user_error,
};

#[tokio::test]
async fn one_id_and_a_list_of_ids_name_records() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let ids = [
            order_in(server, "draft").await,
            order_in(server, "draft").await,
            order_in(server, "sent").await,
            order_in(server, "draft").await,
        ];
        for args in [
            json!([ids[0]]),
            json!([[ids[1]]]),
            json!([[ids[2], ids[3], ids[2]]]),
        ] {
            assert_eq!(
                result(&call(server, "action_confirm", args, json!({})).await),
                true
            );
        }
        for id in ids {
            assert_eq!(standing(server, id).await, ("sale".to_owned(), 2));
        }
        done(server, "action_confirm", json!([[]])).await;
        let nobody = call(server, "action_confirm", json!([]), json!({})).await;
        assert_eq!(
            error(&nobody),
            told("builtins.IndexError", "list index out of range")
        );
    })
    .await;
}

#[tokio::test]
async fn a_second_id_beside_the_first_is_an_argument_too_many() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let ids = [
            order_in(server, "draft").await,
            order_in(server, "draft").await,
        ];
        for method in ["action_confirm", "cancel_order", "action_lock", "unlink"] {
            let refused = call(server, method, json!(ids), json!({})).await;
            let message =
                format!("SaleOrder.{method}() takes 1 positional argument but 2 were given");
            assert_eq!(error(&refused), type_error(&message));
        }
        for id in ids {
            assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_whole_number_is_no_id() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "draft").await;
        let digits = id.to_string();
        for given in [
            "true".to_owned(),
            "false".to_owned(),
            "null".to_owned(),
            format!("\"{digits}\""),
            format!("{digits}.0"),
            format!("{digits}e0"),
            "99999999999999999999".to_owned(),
            "-9223372036854775809".to_owned(),
            "1e400".to_owned(),
            "{}".to_owned(),
            "[[1]]".to_owned(),
        ] {
            for args in [given.clone(), format!("[{given}]"), format!("[{digits}, {given}]")] {
                let params = format!(
                    "{{\"model\":\"sale.order\",\"method\":\"action_confirm\",\"args\":[{args}],\"kwargs\":{{}}}}"
                );
                let body = format!("{{\"id\":16,\"params\":{params}}}");
                let (code, name, message) = error(&post(server, CALL_KW, &body).await);
                assert_eq!((code, name.as_str()), (200, "builtins.TypeError"), "{args}: {message}");
            }
        }
        assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
    })
    .await;
}

#[tokio::test]
async fn an_order_that_is_not_there_is_missing_for_all_of_them() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "draft").await;
        for (args, missing) in [
            (json!([999_999]), 999_999),
            (json!([[id, 999_999]]), 999_999),
            (json!([i64::MAX]), i64::MAX),
        ] {
            for method in ["action_confirm", "unlink", "read"] {
                let (code, name, message) = error(&call(server, method, args.clone(), json!({})).await);
                assert_eq!((code, name.as_str()), (200, "odoo.exceptions.MissingError"), "{message}");
                let expected = format!("Record does not exist or has been deleted.\n(Record: sale.order({missing},), User: ");
                assert!(message.starts_with(&expected), "{message}");
            }
        }
        assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
    })
    .await;
}

#[tokio::test]
async fn the_path_behind_call_kw_is_of_no_meaning() {
    let server = shared(Backend::Sqlite).await;
    for path in [
        CALL_KW.to_owned(),
        format!("{CALL_KW}/"),
        format!("{CALL_KW}/sale.order/action_confirm"),
        format!("{CALL_KW}/sale.order/cancel_order"),
        format!("{CALL_KW}/res.partner/unlink/"),
        format!("{CALL_KW}/sale.order%2Faction_confirm"),
        format!("{CALL_KW}/%ff/a//b?model=res.partner"),
    ] {
        let id = order_in(server, "draft").await;
        let params = json!({"model": "sale.order", "method": "action_confirm", "args": [id], "kwargs": {}, "path": "x"});
        let answer = post(
            server,
            &path,
            &json!({"id": 1, "params": params}).to_string(),
        )
        .await;
        assert_eq!(result(&answer), true, "{path}");
        assert_eq!(standing(server, id).await.0, "sale", "{path}");
    }
}

#[tokio::test]
async fn the_host_is_of_no_meaning() {
    let server = shared(Backend::Sqlite).await;
    let body = json!({"id": 1, "params": {"model": "sale.order", "method": "search_count", "args": [[["id", "=", 67]]], "kwargs": {}}}).to_string();
    for host in ["localhost:8069", "localhost:55001", "odoo.example"] {
        let length = body.len();
        let raw = format!(
            "POST {CALL_KW} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nCookie: session_id={SESSION}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        assert_eq!(result(&exchange(server, raw.as_bytes()).await), 1, "{host}");
    }
}

#[tokio::test]
async fn comments_are_passed_over_outside_strings() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "draft").await;
    let body = format!(
        "// a call\n{{\"jsonrpc\": \"2.0\", \"id\": \"http://x//y\", // an id\n\"params\": {{\"model\": \"sale.order\", \
         \"method\": \"action_confirm\", \"args\": [ {id} // sale order id\n], \"kwargs\": {{}}}}}} // the end"
    );
    let answer = post(server, CALL_KW, &body).await;
    assert_eq!(
        answer.body,
        "{\"jsonrpc\":\"2.0\",\"id\":\"http://x//y\",\"result\":true}"
    );
}

#[tokio::test]
async fn the_id_is_echoed_as_it_was_sent() {
    let server = shared(Backend::Sqlite).await;
    let params = "{\"model\":\"sale.order\",\"method\":\"search_count\",\"args\":[[[\"id\",\"=\",67]]],\"kwargs\":{}}";
    for id in [
        "16",
        "\"16\"",
        "null",
        "1.50",
        "123456789012345678901234567890",
        "[1,{\"a\":2}]",
        "true",
    ] {
        let body = format!(
            "{{\"jsonrpc\":\"1.7\",\"method\":\"nothing\",\"id\":{id},\"params\":{params}}}"
        );
        let answer = post(server, CALL_KW, &body).await;
        let expected = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":1}}");
        assert_eq!(answer.body, expected);
    }
    let answer = post(server, CALL_KW, &format!("{{\"params\":{params}}}")).await;
    assert_eq!(
        answer.body,
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":1}"
    );
}

#[tokio::test]
async fn confirming_answers_true_even_where_there_is_nothing_to_invoice() {
    let server = shared(Backend::Sqlite).await;
    let caller = manager(server).await;
    let request = order_status_proto::v1::CreateOrderRequest {
        order: Some(order_status_proto::v1::Order::default()),
        ..order_status_proto::v1::CreateOrderRequest::default()
    };
    let id = caller
        .orders()
        .create_order(request)
        .await
        .expect("an order")
        .into_inner()
        .id;
    done(server, "action_confirm", json!([id])).await;
    let after = record(server, id, &["state", "invoice_status"]).await;
    assert_eq!(
        after,
        json!({"id": id, "state": "sale", "invoice_status": "no"})
    );
}

#[tokio::test]
async fn state_and_invoice_status_are_two_fields() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "sale").await;
    let told = record(server, id, &["invoice_status", "state"]).await;
    assert_eq!(
        told,
        json!({"id": id, "invoice_status": "to invoice", "state": "sale"})
    );
}

#[tokio::test]
async fn both_ways_of_cancelling_cancel_and_answer_true() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for method in ["cancel_order", "action_cancel"] {
            for state in ["draft", "sent", "sale", "cancel"] {
                let id = order_in(server, state).await;
                let kwargs = json!({"context": {"disable_cancel_warning": true}});
                assert_eq!(
                    result(&call(server, method, json!([[id]]), kwargs).await),
                    true
                );
                assert_eq!(standing(server, id).await.0, "cancel", "{method} {state}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn locked_and_cancelled_orders_are_cancelled_all_the_same() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let locked = make(&manager(server).await, "sale", true).await;
        let cancelled = order_in(server, "cancel").await;
        let both = call(
            server,
            "cancel_order",
            json!([[locked, cancelled]]),
            json!({}),
        )
        .await;
        assert_eq!(result(&both), true);
        for id in [locked, cancelled] {
            assert_eq!(record(server, id, &["state"]).await["state"], "cancel");
        }
    })
    .await;
}

#[tokio::test]
async fn a_sales_order_is_confirmed_again_and_its_date_refreshed() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "draft").await;
        done(server, "action_confirm", json!([id])).await;
        let first = order(server, id).await;
        done(server, "action_confirm", json!([id])).await;
        let second = order(server, id).await;
        assert_eq!(second.state, first.state);
        assert!(
            second.order_date.expect("a date").seconds >= first.order_date.expect("a date").seconds
        );
        assert_ne!(second.order_date, first.order_date);
    })
    .await;
}

#[tokio::test]
async fn action_draft_passes_over_what_is_neither_sent_nor_cancelled() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let mut ids = Vec::new();
        for state in ["draft", "sent", "sale", "cancel", "sale"] {
            ids.push(order_in(server, state).await);
        }
        done(server, "action_draft", json!([ids])).await;
        let mut states = Vec::new();
        for id in &ids {
            states.push(standing(server, *id).await.0);
        }
        assert_eq!(states, ["draft", "draft", "sale", "draft", "sale"]);
        done(server, "action_draft", json!([ids[2]])).await;
        assert_eq!(standing(server, ids[2]).await, ("sale".to_owned(), 1));
        let missing = call(
            server,
            "action_draft",
            json!([[ids[2], 999_999]]),
            json!({}),
        )
        .await;
        assert_eq!(error(&missing).1, "odoo.exceptions.MissingError");
    })
    .await;
}

#[tokio::test]
async fn only_drafts_are_marked_as_sent_and_nothing_is_answered() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let draft = order_in(server, "draft").await;
        let sale = order_in(server, "sale").await;
        let refused = call(
            server,
            "action_quotation_sent",
            json!([[draft, sale]]),
            json!({}),
        )
        .await;
        let message = "Only draft orders can be marked as sent directly.";
        assert_eq!(error(&refused), user_error(message));
        assert_eq!(standing(server, draft).await, ("draft".to_owned(), 1));
        let sent = call(server, "action_quotation_sent", json!([draft]), json!({})).await;
        assert_eq!(sent.body, NOTHING);
        assert_eq!(standing(server, draft).await.0, "sent");
    })
    .await;
}

#[tokio::test]
async fn a_locked_sales_order_is_done_until_it_is_unlocked() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "sale").await;
        assert_eq!(
            call(server, "action_lock", json!([id]), json!({}))
                .await
                .body,
            NOTHING
        );
        let locked = record(server, id, &["state", "locked", "invoice_status"]).await;
        assert_eq!(
            locked,
            json!({"id": id, "state": "done", "locked": true, "invoice_status": "to invoice"})
        );
        assert_eq!(
            call(server, "action_unlock", json!([id]), json!({}))
                .await
                .body,
            NOTHING
        );
        assert_eq!(record(server, id, &["state"]).await["state"], "sale");
        let draft = order_in(server, "draft").await;
        let (_, name, message) =
            error(&call(server, "action_lock", json!([draft]), json!({})).await);
        assert_eq!(name, "odoo.exceptions.UserError");
        assert!(
            message.contains("lock is not open from Quotation"),
            "{message}"
        );
    })
    .await;
}

#[tokio::test]
async fn only_drafts_and_cancelled_orders_are_deleted_all_or_none() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let draft = order_in(server, "draft").await;
        let cancelled = order_in(server, "cancel").await;
        let sale = order_in(server, "sale").await;
        let message = "You can not delete a sent quotation or a confirmed sales order. You must first cancel it.";
        for args in [json!([sale]), json!([[draft, sale, cancelled]])] {
            let refused = call(server, "unlink", args, json!({})).await;
            assert_eq!(error(&refused), user_error(message));
        }
        assert_eq!(standing(server, draft).await, ("draft".to_owned(), 1));
        done(server, "unlink", json!([[draft, cancelled]])).await;
        let read = call(server, "read", json!([draft]), json!({})).await;
        assert_eq!(error(&read).1, "odoo.exceptions.MissingError");
        done(server, "unlink", json!([[]])).await;
    })
    .await;
}

#[tokio::test]
async fn errors_have_the_members_of_the_contract_in_its_order() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "cancel").await;
    let refused = call(server, "action_confirm", json!([id]), json!({})).await;
    let text = "It is not allowed to confirm an order in the following states: done, cancel";
    let expected = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":16,\"error\":{{\"code\":200,\"message\":\"Odoo Server Error\",\"data\":{{\
         \"name\":\"odoo.exceptions.UserError\",\
         \"debug\":\"Traceback (most recent call last):\\nodoo.exceptions.UserError: {text}\\n\",\
         \"message\":\"{text}\",\"arguments\":[\"{text}\"],\"context\":{{}}}}}}}}"
    );
    assert_eq!(refused.body, expected);
    let params = json!({"model": "res.partner", "method": "read", "args": [], "kwargs": {}});
    let refused = call_with(server, &params).await;
    let data = read(&refused)["error"]["data"].clone();
    assert_eq!(data["arguments"], json!(["res.partner"]));
    assert_eq!(
        data["debug"],
        "Traceback (most recent call last):\nKeyError: 'res.partner'\n"
    );
}

#[tokio::test]
async fn what_is_not_here_is_told_in_the_envelope() {
    let server = shared(Backend::Sqlite).await;
    for path in [
        "/web/dataset",
        "/web/dataset/call_button",
        "/web/session",
        "/web/session/modules/x",
    ] {
        let answer = post(server, path, "{}").await;
        assert_eq!(answer.status, 404, "{path}");
        let told = read(&answer);
        assert_eq!(
            (&told["id"], &told["error"]["code"]),
            (&Value::Null, &json!(404)),
            "{path}"
        );
        assert_eq!(
            told["error"]["data"]["name"],
            "werkzeug.exceptions.NotFound"
        );
    }
    for (method, path) in [
        ("GET", CALL_KW),
        ("PUT", CALL_KW),
        ("GET", "/web/session/authenticate"),
        ("DELETE", "/web/session/logout"),
    ] {
        let answer = exchange(server, &request(method, path, &[JSON], "")).await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert!(answer.header("allow").contains("POST"), "{method} {path}");
        assert_eq!(read(&answer)["error"]["code"], 405, "{method} {path}");
    }
    // Names of other contracts' headers open nothing here.
    let headers = [
        JSON,
        ("X-API-KEY", "demo-odoo"),
        ("Authorization", "Bearer demo-odoo"),
    ];
    let params = json!({"model": "sale.order", "method": "read", "args": [67], "kwargs": {}});
    let body = json!({"params": params}).to_string();
    let answer = exchange(server, &request("POST", CALL_KW, &headers, &body)).await;
    assert_eq!(error(&answer).0, 100);
}
