//! The sentences of the document.

use order_status_proto::v1::ChangeKind;
use order_status_tests::{Backend, on_both};
use serde_json::json;

use super::{
    CLIENT, MANAGER, done, get, last_change, order_in, order_of, put, refused, send, shared,
    standing,
};

#[tokio::test]
async fn a_call_updates_the_status_of_an_order() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "proposal").await;
        done(&put(server, CLIENT, id, "{\"status\": 2}").await);
        assert_eq!(standing(server, id).await, (2, 2));
        assert_eq!(get(server, CLIENT, id, "").await["statust"], "In progress");
    })
    .await;
}

/// "Any user who can change the status of the order online is also authorized to use this API methods."
#[tokio::test]
async fn whoever_may_change_the_status_may_do_it_by_this_call() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for (token, state, status) in [
            (CLIENT, "proposal", 2),
            (CLIENT, "done", 4),
            (MANAGER, "request", 1),
            (MANAGER, "in_progress", 3),
        ] {
            let id = order_in(server, state).await;
            let told = get(server, token, id, "/status/transitions").await;
            assert_eq!(told["canChangeStatus"], true);
            done(&put(server, token, id, &json!({"status": status}).to_string()).await);
            assert_eq!(standing(server, id).await.0, status);
        }
    })
    .await;
}

/// "Some status transitions are authorized for internal manager-level users only."
#[tokio::test]
async fn some_transitions_are_for_managers_only() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for (state, status) in [
            ("in_progress", 3),
            ("approved", 5),
            ("cancelled", 0),
            ("closed", 2),
        ] {
            let id = order_in(server, state).await;
            let body = json!({"status": status}).to_string();
            refused(&put(server, CLIENT, id, &body).await);
            assert_eq!(standing(server, id).await.1, 1);
            done(&put(server, MANAGER, id, &body).await);
            assert_eq!(standing(server, id).await, (status, 2));
        }
        let id = order_in(server, "cancelled").await;
        done(
            &put(
                server,
                MANAGER,
                id,
                "{\"status\": 2, \"message\": \"once more\"}",
            )
            .await,
        );
        let change = last_change(server, id).await;
        assert_eq!(change.kind(), ChangeKind::Override);
        assert_eq!(
            (change.message.as_str(), change.reason.is_empty()),
            ("once more", false)
        );
    })
    .await;
}

/// "Typical client users can only make status transitions that 'make sense' in the current context of the order (such as
/// accepting or rejecting results)."
#[tokio::test]
async fn clients_make_only_transitions_that_make_sense() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let all = [0, 1, 2, 3, 4, 5, 10];
        for (state, own, open) in [
            ("request", 0, &[10][..]),
            ("proposal", 1, &[2, 10]),
            ("in_progress", 2, &[]),
            ("done", 3, &[2, 4]),
            ("approved", 4, &[]),
            ("closed", 5, &[]),
            ("cancelled", 10, &[]),
        ] {
            for status in all.into_iter().filter(|status| *status != own) {
                let id = order_in(server, state).await;
                let answer = put(server, CLIENT, id, &json!({"status": status}).to_string()).await;
                if open.contains(&status) {
                    done(&answer);
                    assert_eq!(standing(server, id).await.0, status, "{state}");
                } else {
                    let title = refused(&answer);
                    assert!(
                        title.starts_with("The order cannot go from the status"),
                        "{title}"
                    );
                    assert_eq!(standing(server, id).await, (own, 1), "{state} {status}");
                }
            }
        }
    })
    .await;
}

/// "To retrieve available transitions use: orders/{orderId}/status/transitions".
#[tokio::test]
async fn the_available_transitions_are_those_that_succeed() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for token in [CLIENT, MANAGER] {
            for state in [
                "request",
                "proposal",
                "in_progress",
                "done",
                "approved",
                "closed",
                "cancelled",
            ] {
                let id = order_in(server, state).await;
                let told = get(server, token, id, "/status/transitions").await;
                assert_eq!(told["isClient"], token == CLIENT);
                assert_eq!(told["canOverrideStatus"], token == MANAGER);
                let overrides = told["overrides"].as_array().expect("a list").len();
                assert_eq!(overrides, if token == MANAGER { 6 } else { 0 }, "{state}");
                for transition in told["transitions"].as_array().expect("a list") {
                    let id = order_in(server, state).await;
                    let body = json!({"status": transition["status"]}).to_string();
                    done(&put(server, token, id, &body).await);
                    let change = last_change(server, id).await;
                    assert_eq!(
                        change.kind(),
                        ChangeKind::Transition,
                        "{token} {state} {transition}"
                    );
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_order_id_is_a_mandatory_whole_number() {
    let server = shared(Backend::Sqlite).await;
    for id in [
        "abc",
        "",
        "1.5",
        "-1",
        "0",
        "99999999999999999999",
        "5001%2Fstatus",
        "%ff",
        "٣",
    ] {
        let path = format!("/api/orders/{id}/status");
        refused(&send(server, MANAGER, "PUT", &path, "{\"status\": 2}").await);
    }
    let title = refused(&put(server, MANAGER, 999_999, "{\"status\": 2}").await);
    assert_eq!(title, "The order 999999 does not exist.");
}

#[tokio::test]
async fn the_body_must_be_an_object_with_a_status() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "proposal").await;
    for body in [
        "{}",
        "{\"status\": null}",
        "{\"message\": \"x\"}",
        "[2]",
        "2",
        "\"2\"",
        "null",
        "",
    ] {
        refused(&put(server, MANAGER, id, body).await);
    }
    assert_eq!(standing(server, id).await, (1, 1));
}

#[tokio::test]
async fn the_statuses_are_those_of_the_list() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for status in [0, 1, 2, 3, 4, 5, 10] {
            let id = order_in(server, "proposal").await;
            done(&put(server, MANAGER, id, &json!({"status": status}).to_string()).await);
            assert_eq!(standing(server, id).await.0, status);
        }
        let id = order_in(server, "proposal").await;
        for status in ["-1", "6", "7", "9", "11", "2147483647"] {
            let title =
                refused(&put(server, MANAGER, id, &format!("{{\"status\": {status}}}")).await);
            assert!(title.starts_with("The status does not exist: "), "{title}");
            assert!(title.contains("0, 1, 2, 3, 4, 5, 10"), "{title}");
        }
        for status in [
            "99999999999",
            "2.0",
            "2e0",
            "true",
            "[2]",
            "{}",
            "\"two\"",
            "\"\"",
        ] {
            refused(&put(server, MANAGER, id, &format!("{{\"status\": {status}}}")).await);
        }
        assert_eq!(standing(server, id).await, (1, 1));
    })
    .await;
}

/// "Optional text message to save with the status change in the order history."
#[tokio::test]
async fn the_message_is_saved_in_the_history() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for (message, kept) in [
            (json!("We accept. Ünïcode 🐝"), "We accept. Ünïcode 🐝"),
            (json!(null), ""),
            (json!(""), ""),
        ] {
            let id = order_in(server, "proposal").await;
            let body = json!({"status": 2, "message": message}).to_string();
            done(&put(server, CLIENT, id, &body).await);
            let change = last_change(server, id).await;
            assert_eq!(
                (change.kind(), change.message.as_str()),
                (ChangeKind::Transition, kept)
            );
            let traces = get(server, MANAGER, id, "/traces").await;
            let expected = if kept.is_empty() {
                json!(null)
            } else {
                json!(kept)
            };
            assert_eq!(traces["items"][0]["message"], expected);
        }
        let id = order_in(server, "proposal").await;
        let long = "x".repeat(4_001);
        for message in [
            json!(1),
            json!(true),
            json!(["x"]),
            json!(long),
            json!("a\u{0}b"),
        ] {
            let body = json!({"status": 2, "message": message}).to_string();
            refused(&put(server, CLIENT, id, &body).await);
        }
        assert_eq!(standing(server, id).await, (1, 1));
    })
    .await;
}

/// "Optional. Default is true. If set to false … then the system will not notify … If dropped or set to true then a
/// regular email notification will be sent out."
#[tokio::test]
async fn notify_is_true_unless_it_is_false() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for (body, notify) in [
            ("{\"status\": 2}", true),
            ("{\"status\": 2, \"notify\": true}", true),
            ("{\"status\": 2, \"notify\": null}", true),
            ("{\"status\": 2, \"notify\": false}", false),
        ] {
            let id = order_in(server, "proposal").await;
            done(&put(server, CLIENT, id, body).await);
            assert_eq!(last_change(server, id).await.notify, notify, "{body}");
        }
        let id = order_in(server, "proposal").await;
        for notify in ["\"false\"", "0", "[]"] {
            let body = format!("{{\"status\": 2, \"notify\": {notify}}}");
            refused(&put(server, CLIENT, id, &body).await);
        }
        assert_eq!(standing(server, id).await, (1, 1));
    })
    .await;
}

/// "RESULTS: None."
#[tokio::test]
async fn a_change_of_status_has_no_result() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "proposal").await;
    let answer = put(
        server,
        CLIENT,
        id,
        "{\"status\": 2, \"extra\": {\"ignored\": [1]}}",
    )
    .await;
    done(&answer);
    assert_eq!(answer.header("content-type"), "");
}

/// "This method is available to any user (clients, internal users) who has access to the given order online".
#[tokio::test]
async fn only_users_with_access_to_the_order_change_it() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_of(server, "proposal", 2).await;
        let title = refused(&put(server, CLIENT, id, "{\"status\": 2}").await);
        assert_eq!(title, format!("The order {id} does not exist."));
        assert_eq!(standing(server, id).await, (1, 1));
        done(&put(server, MANAGER, id, "{\"status\": 2}").await);
    })
    .await;
}
