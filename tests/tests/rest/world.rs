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
        if ["stored", "carried"].contains(&case) {
            return self.stored(case == "carried").await;
        }
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

impl World {
    /// An order in a store of an account with two stores and a warehouse, carried by a document of each kind or by
    /// none.
    async fn stored(&self, carried: bool) -> Value {
        let settings = json!({"warehouse": true});
        let account = self.tenant.account_id;
        let answer = self
            .call("PATCH", &format!("/v1/accounts/{account}"))
            .json(&settings)
            .send()
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for number in [1, 2] {
            let store = json!({"id": number.to_string(), "name": format!("Store no. {number}")});
            // All but the first order find the stores there.
            self.call("POST", "/v1/stores").json(&store).send().await;
        }
        let order = self.order("new").await;
        let id = id(&order);
        let update = json!({"storeId": "1"});
        let answer = self
            .call("PATCH", &format!("/v1/orders/{id}"))
            .json(&update)
            .send()
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        if carried {
            let lines = json!([{"orderId": id, "lineId": "1"}]);
            let store_order = json!({"fromStoreId": "2", "toStoreId": "1", "lines": lines});
            self.post("/v1/storeOrders", store_order).await;
            let supplier_order = json!({"storeId": "1", "lines": lines});
            self.post("/v1/supplierOrders", supplier_order).await;
            let outbound_order = json!({"storeId": "1", "lines": lines});
            self.post("/v1/outboundOrders", outbound_order).await;
        }
        self.call("GET", &format!("/v1/orders/{id}"))
            .send()
            .await
            .json()
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
