//! What is settled where the document is silent, or says two things.

use order_status_proto::v1::ChangeKind;
use order_status_tests::{Backend, on_both};
use serde_json::json;

use super::{
    CLIENT, MANAGER, done, get, last_change, order_in, put, refused, send, shared, standing,
};

#[tokio::test]
async fn the_status_is_a_number_or_its_digits() {
    let server = shared(Backend::Sqlite).await;
    for status in ["2", "\"2\"", "\" 2 \""] {
        let id = order_in(server, "proposal").await;
        done(&put(server, CLIENT, id, &format!("{{\"status\": {status}}}")).await);
        assert_eq!(standing(server, id).await.0, 2);
    }
}

#[tokio::test]
async fn the_same_status_again_adds_one_trace_and_changes_nothing() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for token in [CLIENT, MANAGER] {
            let id = order_in(server, "in_progress").await;
            done(&put(server, token, id, "{\"status\": 2, \"message\": \"still\"}").await);
            assert_eq!(standing(server, id).await, (2, 2));
            let change = last_change(server, id).await;
            assert_eq!(
                (change.kind(), change.message.as_str()),
                (ChangeKind::Note, "still")
            );
            done(&put(server, token, id, "{\"status\": 2}").await);
            let told = get(server, CLIENT, id, "/traces").await;
            assert_eq!(told["count"], 3);
            assert_eq!(
                told["items"][0]["message"],
                "The status remains \"In progress\"."
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_override_is_for_managers_and_leads_anywhere() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "proposal").await;
        let path = format!("/api/orders/{id}/status/override");
        let title = refused(&send(server, CLIENT, "PUT", &path, "{\"status\": 2}").await);
        assert_eq!(title, "This user is not allowed to do this.");
        assert_eq!(standing(server, id).await, (1, 1));
        done(
            &send(
                server,
                MANAGER,
                "PUT",
                &path,
                "{\"status\": 5, \"message\": \"done\"}",
            )
            .await,
        );
        assert_eq!(standing(server, id).await, (5, 2));
        assert_eq!(last_change(server, id).await.kind(), ChangeKind::Override);
        done(&send(server, MANAGER, "PUT", &path, "{\"status\": \"5\"}").await);
        assert_eq!(last_change(server, id).await.kind(), ChangeKind::Note);
    })
    .await;
}

#[tokio::test]
async fn only_the_paths_below_api_are_the_contracts() {
    let server = shared(Backend::Sqlite).await;
    let bare = send(
        server,
        MANAGER,
        "PUT",
        "/orders/5001/status",
        "{\"status\": 2}",
    )
    .await;
    assert_eq!(bare.status, 404);
    assert_eq!(standing(server, 5001).await, (1, 1));
    for path in [
        "/api/orders",
        "/api/auth",
        "/api/orders/5001/status/override/x",
        "/api/orders/5001/statuses",
        "/api/orders//status",
    ] {
        refused(&send(server, MANAGER, "PUT", path, "{\"status\": 2}").await);
    }
    for (method, path) in [
        ("GET", "/api/orders/5001/status"),
        ("POST", "/api/orders/5001/status"),
        ("DELETE", "/api/orders/5001"),
        ("PUT", "/api/orders/5001/traces"),
        ("GET", "/api/auth/token"),
        ("GET", "/api/orders/list"),
    ] {
        let title = refused(&send(server, MANAGER, method, path, "").await);
        assert!(!title.is_empty(), "{method} {path}");
    }
    let id = order_in(server, "proposal").await;
    let slash = format!("/api/orders/{id}/status/");
    done(
        &send(
            server,
            CLIENT,
            "PUT",
            &slash,
            &json!({"status": 2}).to_string(),
        )
        .await,
    );
}
