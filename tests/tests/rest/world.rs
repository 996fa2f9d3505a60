//! What requests name, and those who send them.

use order_status_tests::http::{Answer, Call};
use order_status_tests::{Backend, Server, Tenant};
use serde_json::{Value, json};

/// An account with something of everything, on a server that all tests share.
pub struct World {
    pub server: &'static Server,
    pub tenant: Tenant,
}

impl World {
    pub async fn new(backend: Backend) -> Self {
        Self::of(backend, "standard").await
    }

    /// An account whose orders follow a workflow.
    pub async fn of(backend: Backend, workflow: &str) -> Self {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, workflow).await;
        Self { server, tenant }
    }

    /// A call with the admin's key.
    pub fn call(&self, method: &str, target: &str) -> Call {
        self.bare(method, target).key(&self.tenant.admin.key)
    }

    /// A call without a key.
    pub fn bare(&self, method: &str, target: &str) -> Call {
        Call::new(self.server.http_address(), method, target)
    }

    /// Sends JSON and answers what comes back.
    pub async fn post(&self, target: &str, body: Value) -> Value {
        let answer = self.call("POST", target).json(&body).send().await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        answer.json()
    }

    /// An order over 10 EUR of the tenant's customer, standing in a state.
    pub async fn order(&self, state: &str) -> Value {
        let order = json!({
            "state": {"key": state},
            "customer": {"id": self.tenant.customer_id},
            "lines": [{
                "productCode": "A", "name": "Apples",
                "quantity": {"value": "1"}, "unitPrice": {"units": 10},
            }],
        });
        let answer = self
            .post("/v1/orders:import", json!({"orders": [order]}))
            .await;
        answer["orders"][0].clone()
    }

    /// An order to which something happened since, by the name of a sample's case.
    pub async fn prepared(&self, case: &str) -> Value {
        let (state, step) = match case {
            "settled" => ("confirmed", Some((":markPaid", json!({})))),
            "held" => ("new", Some(("/holds", json!({"reason": "other"})))),
            "invoiced" => ("confirmed", Some(("/invoices", json!({"book": true})))),
            "locked" => ("sale", Some((":lock", json!({})))),
            state => (state, None),
        };
        let order = self.order(state).await;
        match step {
            Some((step, body)) => {
                let path = format!("/v1/orders/{}{step}", id(&order));
                let answer = self.post(&path, body).await;
                // Some steps answer the order alone, others beside what they made.
                answer.get("order").unwrap_or(&answer).clone()
            }
            None => order,
        }
    }
}

/// The id of something, as texts hold it.
pub fn id(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}

/// The ErrorInfo of a refusal.
pub fn error_info(refused: &Answer) -> Value {
    let details = refused.json()["error"]["details"].clone();
    let details = details.as_array().expect("details").iter();
    let mut infos = details.filter(|detail| detail["reason"].is_string());
    infos.next().expect("an ErrorInfo").clone()
}
