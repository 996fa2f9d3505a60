//! A request for every method, as JSON in the names of the descriptors. What paths name is filled in by the tests.

use serde_json::{Value, json};

/// A request that succeeds.
pub struct Sample {
    pub method: &'static str,
    /// How the order stands that it is about.
    pub case: &'static str,
    pub request: Value,
}

/// The sample of a method: an empty request about a new order, where none is written down.
pub fn sample(method: &str) -> Sample {
    let written = samples().into_iter().find(|sample| method == sample.method);
    written.unwrap_or(Sample {
        method: "",
        case: "new",
        request: json!({}),
    })
}

fn samples() -> Vec<Sample> {
    let sample = |method, case, request| Sample {
        method,
        case,
        request,
    };
    let full = json!({"view": "ORDER_VIEW_FULL"});
    let money = json!({"currency_code": "EUR", "units": "2", "nanos": 500_000_000});
    let named = |name: &str| json!({"name": name});
    vec![
        sample(
            "OrderService/CreateOrder",
            "new",
            json!({"order": {
                "notes": "a \"note\" \u{2014} \u{fc}nd mehr\n\u{1f34e}",
                "attributes": {"b": "2", "a": "1"},
                "lines": [{
                    "product_code": "A", "name": "Apples",
                    "quantity": {"value": "2.5"}, "unit_price": money,
                }],
            }}),
        ),
        sample("OrderService/GetOrder", "confirmed", full.clone()),
        sample(
            "OrderService/BatchGetOrders",
            "new",
            json!({"ids": ["$order"], "view": 2}),
        ),
        sample(
            "OrderService/ListOrders",
            "new",
            json!({
                "filter": {
                    "states": ["new", "confirmed"],
                    "phases": ["PHASE_NEW", 10],
                    "create_time": {"start_time": "2020-01-01T00:00:00Z"},
                },
                "page_size": 1000,
                "count": true,
                "view": "ORDER_VIEW_FULL",
            }),
        ),
        sample(
            "OrderService/UpdateOrder",
            "new",
            json!({"order": {"notes": "seen"}, "update_mask": "notes"}),
        ),
        sample(
            "OrderService/ImportOrders",
            "new",
            json!({"orders": [
                {"state": {"key": "confirmed"}, "create_time": "2024-02-29T12:00:00.123456Z", "notes": "from before"},
            ]}),
        ),
        sample(
            "OrderService/ConfirmOrder",
            "new",
            json!({"reason": "called", "notify": false}),
        ),
        sample("OrderService/CompleteOrder", "settled", json!({})),
        sample(
            "OrderService/CancelOrder",
            "new",
            json!({"reason": "changed their mind"}),
        ),
        sample(
            "OrderService/TransitionOrder",
            "new",
            json!({"state": "confirmed"}),
        ),
        sample(
            "OrderService/OverrideOrderState",
            "new",
            json!({"state": "confirmed", "reason": "a slip"}),
        ),
        sample(
            "OrderService/BatchTransitionOrders",
            "new",
            json!({"ids": ["$order"], "state": "confirmed"}),
        ),
        sample(
            "OrderService/BatchDeleteOrders",
            "new",
            json!({"ids": ["$order"]}),
        ),
        sample(
            "OrderService/AddOrderNote",
            "new",
            json!({"message": "seen", "public": true}),
        ),
        sample("OrderService/LockOrder", "sale", json!({})),
        sample("OrderService/UnlockOrder", "locked", json!({})),
        sample(
            "OrderService/WatchOrders",
            "new",
            json!({"from_start": true, "heartbeat_interval": "1.500s"}),
        ),
        sample(
            "FulfillmentService/UpdateDeliveryMethod",
            "new",
            json!({"delivery_method": "delivery", "delivery_address": {"city": "Utrecht"}}),
        ),
        sample(
            "FulfillmentService/PlaceHold",
            "new",
            json!({"reason": "other", "blocks": ["HELD_ACTION_EDIT"]}),
        ),
        sample("FulfillmentService/ReleaseHold", "held", json!({})),
        sample(
            "FulfillmentService/PlanStoreMove",
            "carried",
            json!({"to_store_id": "2", "default_mode": "transfer"}),
        ),
        sample(
            "FulfillmentService/MoveOrderToStore",
            "carried",
            json!({
                "to_store_id": "2", "default_mode": "redirect",
                "items": [{"line_id": "1", "mode": "transfer"}],
                "delivery_method": "delivery", "delivery_address": {"city": "Utrecht"},
            }),
        ),
        sample(
            "FulfillmentService/CreateStoreOrder",
            "stored",
            json!({"store_order": {
                "from_store_id": "1", "to_store_id": "2", "lines": [{"order_id": "$order", "line_id": "1"}],
            }}),
        ),
        sample(
            "FulfillmentService/UpdateStoreOrder",
            "carried",
            json!({"store_order": {"state": "DOCUMENT_STATE_SHIPPED"}}),
        ),
        sample("FulfillmentService/GetStoreOrder", "carried", json!({})),
        sample(
            "FulfillmentService/ListStoreOrders",
            "carried",
            json!({"order_id": "$order", "state": "DOCUMENT_STATE_OPEN"}),
        ),
        sample(
            "FulfillmentService/CreateSupplierOrder",
            "stored",
            json!({"supplier_order": {
                "supplier": "Gazelle", "store_id": "1",
                "lines": [{"order_id": "$order", "line_id": "1", "quantity": {"value": "0.5"}}],
            }}),
        ),
        sample(
            "FulfillmentService/UpdateSupplierOrder",
            "carried",
            json!({"supplier_order": {"supplier": "Batavus"}}),
        ),
        sample("FulfillmentService/GetSupplierOrder", "carried", json!({})),
        sample(
            "FulfillmentService/ListSupplierOrders",
            "carried",
            json!({"order_id": "$order"}),
        ),
        sample(
            "FulfillmentService/CreateOutboundOrder",
            "stored",
            json!({"outbound_order": {
                "store_id": "1", "delivery_address": {"city": "Leiden"},
                "lines": [{"order_id": "$order", "line_id": "1"}],
            }}),
        ),
        sample(
            "FulfillmentService/UpdateOutboundOrder",
            "carried",
            json!({"outbound_order": {"state": "DOCUMENT_STATE_DELIVERED"}}),
        ),
        sample("FulfillmentService/GetOutboundOrder", "carried", json!({})),
        sample(
            "FulfillmentService/ListOutboundOrders",
            "carried",
            json!({"order_id": "$order"}),
        ),
        sample(
            "BillingService/RecordPayment",
            "new",
            json!({"amount": money}),
        ),
        sample(
            "BillingService/RecordRefund",
            "settled",
            json!({"amount": money}),
        ),
        sample(
            "BillingService/CreateInvoices",
            "confirmed",
            json!({"book": true, "customer_messages": false}),
        ),
        sample("BillingService/GetInvoice", "invoiced", json!({})),
        sample("BillingService/ListInvoices", "invoiced", json!({})),
        sample("BillingService/GetInvoiceDocument", "invoiced", json!({})),
        sample(
            "SessionService/CreateSession",
            "new",
            json!({"key": "$key"}),
        ),
        sample(
            "CatalogService/CreateStore",
            "new",
            json!({"store": named("A store")}),
        ),
        sample(
            "CatalogService/UpdateStore",
            "new",
            json!({"store": named("Another name")}),
        ),
        sample(
            "CatalogService/CreateCustomer",
            "new",
            json!({"customer": named("Ann")}),
        ),
        sample(
            "CatalogService/UpdateCustomer",
            "new",
            json!({"customer": named("Bea")}),
        ),
        sample(
            "CatalogService/UpsertCatalogEntry",
            "new",
            json!({"entry": {"text": "By telephone"}}),
        ),
        sample(
            "AdminService/CreateAccount",
            "new",
            json!({
                "account": {"name": "Another", "currency_code": "EUR", "workflow": "standard"},
            }),
        ),
        sample(
            "AdminService/UpdateAccount",
            "new",
            json!({"account": named("Another name")}),
        ),
        sample(
            "AdminService/CreateCredential",
            "new",
            json!({"role": "ROLE_STAFF", "title": "staff"}),
        ),
    ]
}
