//! The OpenAPI document, as it is served and printed: what must be in it, and that what it says is so.

#[path = "openapi/document.rs"]
mod document;
#[path = "openapi/examples.rs"]
mod examples;

use std::collections::BTreeSet;
use std::time::Duration;

use document::{Document, Operation};
use nix::sys::signal::Signal;
use order_status_tests::http::Call;
use order_status_tests::process::Process;
use order_status_tests::{Backend, Server, server};
use prost_reflect::{DescriptorPool, Value as Reflected};
use serde_json::{Value, json};

async fn served() -> Document {
    let server = Server::shared(Backend::Sqlite).await;
    Document::of(server.http_address()).await
}

async fn printed() -> String {
    let program = server::program("order-status");
    let process = Process::start(&[], program, Signal::SIGKILL, |command| {
        command.arg("openapi");
    });
    let status = process.exited(Duration::from_secs(60)).await;
    assert!(status.success(), "{}", process.stderr.text());
    process.stdout.text()
}

#[tokio::test]
async fn the_document_is_printed_as_it_is_served_and_always_the_same() {
    let address = Server::shared(Backend::Sqlite).await.http_address();
    let answer = Call::new(address, "GET", "/openapi.json").send().await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let text = printed().await;
    assert_eq!(answer.text(), text);
    assert_eq!(printed().await, text);
}

#[tokio::test]
async fn a_reader_who_has_the_document_is_not_sent_it_again() {
    let address = Server::shared(Backend::Sqlite).await.http_address();
    let call = Call::new(address, "GET", "/openapi.json");
    let first = call.clone().send().await;
    let tag = first.header("etag").unwrap();
    let second = call.header("if-none-match", tag).send().await;
    assert_eq!((second.status, second.text()), (304, ""));
}

#[tokio::test]
async fn every_binding_of_every_method_is_an_operation() {
    let document = served().await;
    let pool = DescriptorPool::decode(order_status_proto::FILE_DESCRIPTOR_SET).unwrap();
    let http = pool.get_extension_by_name("google.api.http").unwrap();
    let mut bindings = 0;
    for service in pool
        .services()
        .filter(|one| one.package_name() == "orderstatus.v1")
    {
        for method in service.methods() {
            let options = method.options();
            let rule = options.get_extension(&http);
            let more = rule.as_message().and_then(|rule| {
                let more = rule.get_field_by_name("additional_bindings")?.into_owned();
                match more {
                    Reflected::List(more) => Some(more.len()),
                    _ => None,
                }
            });
            let expected = 1 + more.unwrap_or(0);
            let rpc = format!("{}/{}", service.full_name(), method.name());
            let found: Vec<&Operation> = document
                .operations
                .iter()
                .filter(|operation| operation.value["x-grpc-method"] == rpc.as_str())
                .collect();
            assert_eq!(found.len(), expected, "{rpc}");
            let id = format!("{}_{}", service.name(), method.name());
            assert!(
                found
                    .iter()
                    .any(|one| one.value["operationId"] == id.as_str()),
                "{id}"
            );
            for operation in found {
                assert_eq!(operation.value["tags"], json!([service.name()]), "{id}");
                for told in ["summary", "description"] {
                    assert_ne!(operation.value[told], "", "{id} has no {told}");
                }
            }
            bindings += expected;
        }
    }
    assert_eq!(document.operations.len(), bindings);
    let ids = document
        .operations
        .iter()
        .map(|one| one.value["operationId"].to_string());
    assert_eq!(ids.collect::<BTreeSet<_>>().len(), bindings);
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_component_is_referred_to() {
    let document = served().await;
    let mut referred = BTreeSet::new();
    document::visit(&document.value, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            assert!(document.at(reference).is_some(), "{reference}");
            referred.insert(reference.to_owned());
        }
    });
    for kind in ["schemas", "responses", "parameters", "headers", "examples"] {
        for name in document.value["components"][kind]
            .as_object()
            .unwrap()
            .keys()
        {
            let reference = format!("#/components/{kind}/{name}");
            assert!(
                referred.contains(&reference),
                "nothing refers to {reference}"
            );
        }
    }
}

#[tokio::test]
async fn getting_an_order_is_described_in_full() {
    let document = served().await;
    let get = document.operation("OrderService_GetOrder");
    assert_eq!(
        (get.verb.as_str(), get.path.as_str()),
        ("get", "/v1/orders/{id}")
    );
    assert_eq!(
        get.value["summary"],
        "Gets one order, as it is or as it was"
    );
    let id = document.parameter(get, "id");
    assert_eq!((&id["in"], &id["required"]), (&json!("path"), &json!(true)));
    assert_eq!(
        (&id["schema"]["type"], &id["schema"]["format"]),
        (&json!("string"), &json!("int64"))
    );
    let time = document.parameter(get, "time");
    assert_eq!(
        (&time["in"], &time["schema"]["format"]),
        (&json!("query"), &json!("date-time"))
    );
    let names: Vec<String> = document
        .parameters(get)
        .map(|one| one["name"].to_string())
        .collect();
    assert!(
        !names.contains(&"\"number\"".to_owned()),
        "the path excludes it: {names:?}"
    );

    let answer = &get.value["responses"]["200"];
    assert!(
        answer["headers"]["ETag"].is_object() && answer["headers"]["X-Correlation-Id"].is_object()
    );
    let schema = &answer["content"]["application/json"]["schema"];
    assert_eq!(*schema, json!({"$ref": "#/components/schemas/Order"}));
    let order = document.schema("Order");
    assert_eq!(order["properties"]["id"]["type"], "string");
    assert_eq!(order["properties"]["createTime"]["format"], "date-time");
    assert_eq!(order["properties"]["state"]["readOnly"], true);
    assert!(
        order.get("additionalProperties").is_none(),
        "later versions may answer more"
    );

    let statuses = get.value["responses"].as_object().unwrap().keys();
    let statuses: Vec<&str> = statuses.map(String::as_str).collect();
    let expected = [
        "200", "304", "400", "401", "403", "404", "429", "431", "500", "503", "504",
    ];
    assert_eq!(statuses, expected);
    let missing = document.at_value(&get.value["responses"]["404"]);
    let worked = &missing["content"]["application/json"]["examples"]["ORDER_NOT_FOUND"];
    let worked = &document.at_value(worked)["value"]["error"];
    assert_eq!(
        (&worked["code"], &worked["status"]),
        (&json!(404), &json!("NOT_FOUND"))
    );
    assert_eq!(worked["details"][0]["metadata"], json!({"order.id": "77"}));
}

#[tokio::test]
async fn what_a_verb_takes_and_refuses_is_told() {
    let document = served().await;
    let transition = document.operation("OrderService_TransitionOrder_byNumber");
    assert_eq!(transition.path, "/v1/orders/number/{number}:transition");
    let headers: Vec<Value> = document
        .parameters(transition)
        .filter(|one| one["in"] == "header")
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(headers, ["If-Match", "Idempotency-Key"]);
    let body = document.schema("TransitionOrderRequest");
    let named = body["properties"].as_object().unwrap();
    assert!(
        !named.contains_key("id") && !named.contains_key("number"),
        "the path says it"
    );
    assert_eq!(body["properties"]["reason"]["maxLength"], 500);
    let given =
        |name: &str| json!({"required": [name], "properties": {name: {"not": {"type": "null"}}}});
    let targets = [given("state"), given("stateCode"), given("transition")];
    assert_eq!(body["allOf"], json!([{"oneOf": targets}]));
    for (status, reason) in [
        ("400", "TRANSITION_NOT_ALLOWED"),
        ("400", "UNKNOWN_TARGET"),
        ("403", "ROLE_NOT_ALLOWED"),
        ("409", "ETAG_STALE"),
        ("422", "REQUEST_ID_REUSED"),
        ("429", "QUEUE_FULL"),
    ] {
        let refusal = document.at_value(&transition.value["responses"][status]);
        let examples = &refusal["content"]["application/json"]["examples"];
        assert!(examples[reason].is_object(), "{status} {reason}");
    }
    let login = document.operation("AdminService_CreateCredential");
    let taken = document.at_value(&login.value["responses"]["409"]);
    let examples = &taken["content"]["application/json"]["examples"];
    assert!(examples["NUMBER_TAKEN"].is_object());
    let busy = document.at_value(&transition.value["responses"]["429"]);
    assert!(busy["headers"]["Retry-After"].is_object());
}

#[tokio::test]
async fn a_stream_is_told_in_both_of_its_forms() {
    let document = served().await;
    let watch = document.operation("OrderService_WatchOrders");
    let content = &watch.value["responses"]["200"]["content"];
    let kinds: Vec<&String> = content.as_object().unwrap().keys().collect();
    assert_eq!(kinds.len(), 2);
    let lines = &content["application/x-ndjson"]["schema"];
    assert_eq!(
        *lines,
        json!({"$ref": "#/components/schemas/WatchOrdersResponse"})
    );
    assert!(content["text/event-stream"].is_object());
    let heartbeat = document.parameter(watch, "heartbeatInterval");
    assert_eq!(
        heartbeat["schema"]["pattern"],
        "^-?[0-9]{1,11}(\\.[0-9]{1,9})?s$"
    );
    assert!(
        document
            .parameters(watch)
            .any(|one| one["name"] == "filter.createTime.startTime")
    );
}

#[tokio::test]
async fn no_request_takes_what_it_does_not_tell() {
    let document = served().await;
    let mut bodies = 0;
    for operation in &document.operations {
        let content = &operation.value["requestBody"]["content"];
        let Some(media) = content.get("application/json") else {
            continue;
        };
        bodies += 1;
        document.visit_schema(&media["schema"], &mut |schema| {
            if schema.get("properties").is_some() {
                let closed = &schema["additionalProperties"];
                assert_eq!(*closed, false, "{}: {schema}", operation.path);
            }
        });
    }
    assert!(bodies > 30, "{bodies}");
    let taken_over = document.schema("OrderImport");
    let given = document.schema("OrderInput");
    assert!(taken_over["properties"]["state"].get("readOnly").is_none());
    assert_eq!(given["properties"]["state"]["readOnly"], true);
}

#[tokio::test]
async fn keys_are_asked_for_in_both_their_forms() {
    let document = served().await;
    assert_eq!(document.value["openapi"], "3.1.0");
    assert_eq!(document.value["info"]["version"], env!("CARGO_PKG_VERSION"));
    let schemes = &document.value["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(schemes["apiKey"]["name"], "X-Api-Key");
    assert_eq!(
        document.value["security"],
        json!([{"bearer": []}, {"apiKey": []}])
    );
}

#[tokio::test]
async fn what_is_refused_for_its_form_is_told_as_forbidden() {
    let document = served().await;
    let key = &document.value["components"]["parameters"]["IdempotencyKey"];
    assert_eq!(key["schema"]["anyOf"][0]["format"], "uuid");
    assert_eq!(key.get("example"), None, "whoever copied it would share it");

    let list = document.operation("OrderService_ListOrders");
    let states = &document.parameter(list, "filter.states")["schema"];
    let (items, most) = (&states["items"], &states["maxItems"]);
    assert_eq!(
        (most, &items["minLength"], &items["maxLength"]),
        (&json!(100), &json!(1), &json!(32))
    );
    let phases = &document.parameter(list, "filter.phases")["schema"];
    assert_eq!(
        phases["items"]["not"],
        json!({"enum": ["PHASE_UNSPECIFIED", 0]})
    );

    let ids = &document.schema("BatchDeleteOrdersRequest")["properties"]["ids"];
    assert_eq!(
        (&ids["uniqueItems"], &ids["items"]["minimum"]),
        (&json!(true), &json!(1))
    );
    let nanos = &document.schema("MoneyInput")["properties"]["nanos"];
    assert_eq!(nanos["multipleOf"], 100_000);
    // Beside numbers these are taken as texts, which have the same bounds.
    let decimals = &document.schema("AccountInput")["properties"]["decimals"];
    assert_eq!(
        (&decimals["maximum"], &decimals["pattern"]),
        (&json!(4), &json!("^0{0,8}[0-4]$"))
    );
    let entry = &document.schema("CatalogEntryInput")["properties"]["id"];
    assert_eq!(
        (&entry["maximum"], &entry["pattern"]),
        (&json!(999_999_999), &json!("^[0-9]{1,9}$"))
    );

    let session = &document.schema("CreateSessionRequest");
    let both = &session["allOf"][0]["not"]["required"];
    assert_eq!(*both, json!(["accountId", "accountCode"]));
    let named_by_path = &document.schema("CatalogEntryInput")["required"];
    assert_eq!(*named_by_path, json!(["text"]));
    let key = &document.schema("CatalogEntryInput")["properties"]["key"];
    assert_eq!(key["type"], json!(["string", "null"]));
    assert_eq!(document.schema("OrderImport")["required"], json!(["state"]));
}
