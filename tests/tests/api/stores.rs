//! Accounts with stores and a warehouse, and documents in them.

use order_status_proto::v1::{
    Account, Address, CreateCredentialRequest, CreateOutboundOrderRequest, CreateStoreOrderRequest,
    CreateStoreRequest, CreateSupplierOrderRequest, DocumentLine, DocumentState,
    GetOutboundOrderRequest, GetStoreOrderRequest, GetSupplierOrderRequest, Order, OutboundOrder,
    Role, Store, StoreOrder, SupplierOrder, UpdateAccountRequest, UpdateStoreOrderRequest,
};
use order_status_tests::account::credential;
use order_status_tests::{Caller, Server, Tenant};
use tonic::{Response, Status};

use super::answers::granted;
use super::fixtures::{import_one, line, order_in};

/// An account with that many stores, numbered from 1, and a warehouse.
pub async fn warehouse(server: &Server, stores: i64) -> Tenant {
    let tenant = Tenant::create(server, "standard").await;
    let request = UpdateAccountRequest {
        account: Some(Account {
            id: tenant.account_id,
            warehouse: true,
            ..Account::default()
        }),
        ..UpdateAccountRequest::default()
    };
    granted(tenant.admin.accounts().update_account(request).await);
    add_stores(&tenant, stores).await;
    tenant
}

/// Makes that many stores in an account, numbered from 1.
pub async fn add_stores(tenant: &Tenant, stores: i64) {
    for id in 1..=stores {
        let store = Store {
            id,
            name: format!("Store no. {id}"),
            ..Store::default()
        };
        let request = CreateStoreRequest {
            store: Some(store),
            ..CreateStoreRequest::default()
        };
        granted(tenant.manager.catalogs().create_store(request).await);
    }
}

/// A member of staff of one store.
pub async fn staff_of(server: &Server, tenant: &Tenant, store_id: i64) -> Caller {
    let of_store = CreateCredentialRequest {
        store_id: Some(store_id),
        ..credential(Role::Staff)
    };
    tenant.caller(&server.channel().await, of_store).await
}

/// An order of another account, with that many stores: an account of fewer than five orders has none of this number.
pub async fn foreign_order(server: &Server, stores: i64) -> i64 {
    let theirs = warehouse(server, stores).await;
    let mut foreign = 0;
    for _ in 0..5 {
        foreign = order(&theirs, 1, &[1]).await;
    }
    foreign
}

/// A confirmed order of that account in a store, with lines of these quantities.
pub async fn order(tenant: &Tenant, store_id: i64, quantities: &[i64]) -> i64 {
    let lines = quantities.iter().enumerate();
    let order = Order {
        store_id: Some(store_id),
        lines: lines
            .map(|(at, quantity)| line(&format!("P{at}"), *quantity, 1000))
            .collect(),
        delivery_address: Some(address("Kerkstraat")),
        ..order_in("confirmed", tenant.customer_id)
    };
    import_one(&tenant.manager, order).await.id
}

/// An address in that street.
pub fn address(street: &str) -> Address {
    Address {
        name: "Jane Doe".to_owned(),
        street: street.to_owned(),
        city: "Utrecht".to_owned(),
        ..Address::default()
    }
}

/// All of these lines of an order.
pub fn lines(order_id: i64, lines: &[i64]) -> Vec<DocumentLine> {
    let line = |line_id: &i64| DocumentLine {
        order_id,
        line_id: *line_id,
        quantity: None,
    };
    lines.iter().map(line).collect()
}

/// A store order between two stores.
pub fn store_order(from: i64, to: i64, lines: Vec<DocumentLine>) -> StoreOrder {
    StoreOrder {
        from_store_id: from,
        to_store_id: to,
        lines,
        ..StoreOrder::default()
    }
}

/// A supplier order for a store.
pub fn supplier_order(store_id: i64, lines: Vec<DocumentLine>) -> SupplierOrder {
    SupplierOrder {
        supplier: "Wheels Wholesale".to_owned(),
        store_id,
        lines,
        ..SupplierOrder::default()
    }
}

/// An outbound order of a store.
pub fn outbound_order(store_id: i64, lines: Vec<DocumentLine>) -> OutboundOrder {
    OutboundOrder {
        store_id,
        lines,
        ..OutboundOrder::default()
    }
}

/// The request to make a store order.
pub fn create_store_order(store_order: StoreOrder) -> CreateStoreOrderRequest {
    CreateStoreOrderRequest {
        store_order: Some(store_order),
        ..CreateStoreOrderRequest::default()
    }
}

/// The request to make a supplier order.
pub fn create_supplier_order(supplier_order: SupplierOrder) -> CreateSupplierOrderRequest {
    CreateSupplierOrderRequest {
        supplier_order: Some(supplier_order),
        ..CreateSupplierOrderRequest::default()
    }
}

/// The request to make an outbound order.
pub fn create_outbound_order(outbound_order: OutboundOrder) -> CreateOutboundOrderRequest {
    CreateOutboundOrderRequest {
        outbound_order: Some(outbound_order),
        ..CreateOutboundOrderRequest::default()
    }
}

/// The request to change a store order.
pub fn updating(store_order: StoreOrder) -> UpdateStoreOrderRequest {
    UpdateStoreOrderRequest {
        store_order: Some(store_order),
        ..UpdateStoreOrderRequest::default()
    }
}

/// A store order that is only to stand in that state.
pub fn standing(id: i64, state: DocumentState) -> StoreOrder {
    StoreOrder {
        id,
        state: state.into(),
        ..StoreOrder::default()
    }
}

/// Changes a store order.
pub async fn update(
    caller: &Caller,
    store_order: StoreOrder,
) -> Result<Response<StoreOrder>, Status> {
    caller
        .fulfillment()
        .update_store_order(updating(store_order))
        .await
}

/// Makes documents of each kind, and answers their numbers.
pub struct Maker<'a>(pub &'a Caller);

impl Maker<'_> {
    /// Makes a store order.
    pub async fn store_order(&self, store_order: StoreOrder) -> i64 {
        let request = create_store_order(store_order);
        granted(self.0.fulfillment().create_store_order(request).await).id
    }

    /// Makes a supplier order.
    pub async fn supplier_order(&self, supplier_order: SupplierOrder) -> i64 {
        let request = create_supplier_order(supplier_order);
        granted(self.0.fulfillment().create_supplier_order(request).await).id
    }

    /// Makes an outbound order.
    pub async fn outbound_order(&self, outbound_order: OutboundOrder) -> i64 {
        let request = create_outbound_order(outbound_order);
        granted(self.0.fulfillment().create_outbound_order(request).await).id
    }
}

/// Reads documents of each kind.
pub struct Reader<'a>(pub &'a Caller);

impl Reader<'_> {
    /// Reads a store order.
    pub async fn store_order(&self, id: i64) -> StoreOrder {
        let request = GetStoreOrderRequest { id };
        granted(self.0.fulfillment().get_store_order(request).await)
    }

    /// Reads a supplier order.
    pub async fn supplier_order(&self, id: i64) -> SupplierOrder {
        let request = GetSupplierOrderRequest { id };
        granted(self.0.fulfillment().get_supplier_order(request).await)
    }

    /// Reads an outbound order.
    pub async fn outbound_order(&self, id: i64) -> OutboundOrder {
        let request = GetOutboundOrderRequest { id };
        granted(self.0.fulfillment().get_outbound_order(request).await)
    }
}

/// What an order tells of a document: kind, number, state, store, lines with quantities.
pub type Told = (i32, i64, DocumentState, i64, Vec<(i64, String)>);

/// What an order tells of its documents.
pub fn told(order: &Order) -> Vec<Told> {
    let documents = order.documents.iter();
    documents
        .map(|document| {
            let lines = document.lines.iter();
            let quantity = |line: &order_status_proto::v1::CarriedLine| {
                line.quantity
                    .as_ref()
                    .map_or_else(String::new, |it| it.value.clone())
            };
            (
                document.kind,
                document.id,
                document.state(),
                document.store_id,
                lines.map(|line| (line.line_id, quantity(line))).collect(),
            )
        })
        .collect()
}

/// Lines with quantities, as [`Told`] has them.
pub fn units(units: &[(i64, &str)]) -> Vec<(i64, String)> {
    let units = units.iter();
    units
        .map(|(line, units)| (*line, (*units).to_owned()))
        .collect()
}
