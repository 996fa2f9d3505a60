//! For every method, by every one of its paths: what HTTP answers is what gRPC answers.

use order_status_tests::{Backend, on_both};
use prost_reflect::{DescriptorPool, MethodDescriptor};
use serde_json::{Value, json};
use tonic::Status;
use tonic::transport::Channel;

use super::oracle::{self, Rule};
use super::raw;
use super::samples::sample;
use super::world::{World, id};

/// Those who try, and what they try it with.
struct Trial {
    pool: DescriptorPool,
    channel: Channel,
    standard: World,
    odoo: World,
    operator: String,
    numbers: std::sync::atomic::AtomicU32,
}

impl Trial {
    async fn new(backend: Backend) -> Self {
        let standard = World::new(backend).await;
        Self {
            pool: oracle::pool(),
            channel: standard.server.channel().await,
            odoo: World::of(backend, "odoo").await,
            operator: standard.server.admin_key().await,
            standard,
            numbers: 1.into(),
        }
    }

    /// The account whose workflow knows how the sample's order stands.
    fn world(&self, case: &str) -> &World {
        if ["sale", "locked"].contains(&case) {
            &self.odoo
        } else {
            &self.standard
        }
    }

    /// The keys to call a method with: over gRPC and over HTTP.
    async fn keys(&self, name: &str, case: &str) -> [String; 2] {
        let admin = self.world(case).tenant.admin.key.clone();
        let session = async || {
            let begun = self
                .world(case)
                .post("/v1/session", json!({"key": admin}))
                .await;
            begun["token"].as_str().expect("a token").to_owned()
        };
        match name {
            "AdminService/CreateAccount" => [self.operator.clone(), self.operator.clone()],
            // A session that ended does not end again.
            "SessionService/DeleteSession" => [session().await, session().await],
            "SessionService/GetSession" => {
                let token = session().await;
                [token.clone(), token]
            }
            _ => [admin.clone(), admin],
        }
    }

    /// The sample of a method with all that its path and its placeholders name.
    async fn request(
        &self,
        name: &str,
        method: &MethodDescriptor,
        rule: &Rule,
    ) -> (Value, &'static str) {
        let sample = sample(name);
        let world = self.world(sample.case);
        let mut request = sample.request;
        let order = world.prepared(sample.case).await;
        replace(&mut request, "$order", &id(&order));
        replace(&mut request, "$key", &world.tenant.admin.key);
        for capture in oracle::captures(&rule.path) {
            let value = match capture.rsplit('.').next().expect("a name") {
                "number" if rule.path.starts_with("/v1/invoices/") => {
                    order["lines"][0]["invoiceNumber"].clone()
                }
                "number" => order["number"].clone(),
                "catalog" => json!("channels"),
                "key" => self.entry(world).await,
                "name" => json!("standard"),
                "hold_id" => json!("1"),
                _ => self.named(world, &rule.path, &order).await,
            };
            put(&mut request, capture, value);
        }
        if method.input().get_field_by_name("request_id").is_some() {
            request["request_id"] = json!(uuid::Uuid::new_v4().to_string());
        }
        (request, sample.case)
    }

    async fn named(&self, world: &World, path: &str, order: &Value) -> Value {
        let number = self
            .numbers
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let made = match path.split('/').nth(2).expect("a collection") {
            "orders" => order.clone(),
            "stores" => {
                world
                    .post("/v1/stores", json!({"name": format!("Store {number}")}))
                    .await
            }
            "customers" => {
                world
                    .post(
                        "/v1/customers",
                        json!({"name": format!("Customer {number}")}),
                    )
                    .await
            }
            "accounts" => json!({"id": world.tenant.account_id.to_string()}),
            "credentials" => {
                let request = json!({"role": "ROLE_STAFF", "title": "staff"});
                world.post("/v1/credentials", request).await["credential"].clone()
            }
            kind @ ("storeOrders" | "supplierOrders" | "outboundOrders") => {
                let target = format!("/v1/{kind}?orderId={}", id(order));
                let listed = world.call("GET", &target).send().await.json();
                listed[kind][0].clone()
            }
            other => panic!("what is one of {other} called?"),
        };
        json!(id(&made))
    }

    /// The key of a new entry of a catalog.
    async fn entry(&self, world: &World) -> Value {
        let number = self
            .numbers
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let key = format!("entry/{number} \u{e4}");
        let target = format!("/v1/catalogs/channels/entries/entry%2F{number}%20%C3%A4");
        let made = world
            .call("PUT", &target)
            .json(json!({"text": "An entry"}))
            .send()
            .await;
        assert_eq!(made.json()["key"], json!(key), "{}", made.text());
        json!(key)
    }

    /// Sends a request over gRPC and over HTTP, and compares. Whether it succeeded.
    async fn compare(
        &self,
        name: &str,
        method: &MethodDescriptor,
        rule: &Rule,
        request: &Value,
        keys: [Option<&str>; 2],
    ) -> bool {
        let what = format!("{name} by {} {}: {request}", rule.verb, rule.path);
        let bytes = oracle::encoded(&self.pool, method.input().full_name(), request);
        let bearer = keys[0].map(|key| format!("Bearer {key}"));
        let headers: Vec<_> = bearer
            .iter()
            .map(|bearer| ("authorization", bearer.as_str()))
            .collect();
        let over_grpc = raw::call(&self.channel, &headers, name, bytes).await;

        let (target, body) = oracle::transcoded(rule, request);
        let mut call = self.standard.bare(&rule.verb, &target);
        if let Some(key) = keys[1] {
            call = call.key(key);
        }
        if let Some(body) = body {
            call = call.json(body);
        }
        if method.is_server_streaming() && over_grpc.is_ok() {
            let line = call.open().await.until("\n").await.expect("a line");
            let line: Value = serde_json::from_str(&line).expect("JSON");
            assert_eq!(line, self.printed(method, &over_grpc), "{what}");
            return true;
        }
        let answer = call.send().await;
        let mut told = answer.json();
        match &over_grpc {
            Ok(_) => {
                assert_eq!(answer.status, 200, "{what}: {told}");
                let mut expected = self.printed(method, &over_grpc);
                settle(method, &mut expected);
                settle(method, &mut told);
                assert_eq!(told, expected, "{what}");
                assert_eq!(answer.header("etag"), told["etag"].as_str(), "{what}");
            }
            Err(status) => {
                let code = oracle::http_code(status);
                assert_eq!(answer.status, code, "{what}: {told}");
                let mut expected = oracle::refusal(&self.pool, status);
                expected["code"] = json!(code);
                assert_eq!(told, json!({"error": expected}), "{what}");
            }
        }
        over_grpc.is_ok()
    }

    fn printed(&self, method: &MethodDescriptor, answer: &Result<Vec<u8>, Status>) -> Value {
        let bytes = answer.as_ref().expect("an answer");
        oracle::printed(&self.pool, method.output().full_name(), bytes)
    }
}

fn put(request: &mut Value, name: &str, value: Value) {
    match name.split_once('.') {
        Some((first, rest)) => put(&mut request[first], rest, value),
        None => request[name] = value,
    }
}

fn replace(request: &mut Value, mark: &str, with: &str) {
    match request {
        Value::String(text) if text == mark => with.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, mark, with)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| replace(field, mark, with)),
        _ => {}
    }
}

/// Takes away what two answers to one request may not share: keys are told once, and sessions begin when they are
/// asked for.
fn settle(method: &MethodDescriptor, answer: &mut Value) {
    let passing: &[&str] = match method.parent_service().name() {
        "SessionService" => &["token", "createTime", "expireTime"],
        _ if method.name() == "CreateCredential" => &["key"],
        _ => &[],
    };
    if let Some(fields) = answer.as_object_mut() {
        fields.retain(|name, _| !passing.contains(&name.as_str()));
        fields.values_mut().for_each(|field| settle(method, field));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_succeeds_over_http_as_over_grpc() {
    on_both(async |backend| {
        let trial = Trial::new(backend).await;
        for method in raw::methods() {
            let name = raw::name(&method);
            for rule in oracle::rules(&trial.pool, &method) {
                let (request, case) = trial.request(&name, &method, &rule).await;
                let keys = trial.keys(&name, case).await;
                let keys = [Some(keys[0].as_str()), Some(keys[1].as_str())];
                let succeeded = trial.compare(&name, &method, &rule, &request, keys).await;
                assert!(
                    succeeded,
                    "{name} is refused: it needs a sample in samples.rs"
                );
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_is_refused_over_http_as_over_grpc() {
    on_both(async |backend| {
        let trial = Trial::new(backend).await;
        let client = trial.standard.tenant.client.key.clone();
        for method in raw::methods() {
            let name = raw::name(&method);
            for rule in oracle::rules(&trial.pool, &method) {
                let (request, case) = trial.request(&name, &method, &rule).await;
                let keys = trial.keys(&name, case).await;
                let keys = [Some(keys[0].as_str()), Some(keys[1].as_str())];
                for stranger in [None, Some("osk_nobody"), Some(client.as_str())] {
                    trial
                        .compare(&name, &method, &rule, &request, [stranger, stranger])
                        .await;
                }
                for wrong in wrong(&method, &rule, &request) {
                    let succeeded = trial.compare(&name, &method, &rule, &wrong, keys).await;
                    assert!(!succeeded, "{name} takes {wrong}");
                }
            }
        }
    })
    .await;
}

/// The request with one thing wrong at a time.
fn wrong(method: &MethodDescriptor, rule: &Rule, request: &Value) -> Vec<Value> {
    let mut wrong = Vec::new();
    let mut with = |name: &str, value: Value| {
        let mut changed = request.clone();
        if let Some(request_id) = changed.get_mut("request_id") {
            *request_id = json!(uuid::Uuid::new_v4().to_string());
        }
        put(&mut changed, name, value);
        wrong.push(changed);
    };
    for capture in oracle::captures(&rule.path) {
        match capture.rsplit('.').next().expect("a name") {
            "id" => {
                with(capture, json!("999999999"));
                with(capture, json!("-1"));
            }
            "number" => with(capture, json!("no such number")),
            "catalog" => with(capture, json!("no such catalog")),
            "name" => with(capture, json!("no such name")),
            "hold_id" => with(capture, json!("999")),
            _ => {}
        }
    }
    for (name, value) in [
        ("request_id", json!("no UUID")),
        ("page_size", json!(-1)),
        ("page_token", json!("!")),
    ] {
        if method.input().get_field_by_name(name).is_some() {
            with(name, value);
        }
    }
    wrong
}
