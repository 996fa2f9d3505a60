//! Moves at random, of orders that share documents at random: what is applied is what was planned, no unit is lost or
//! made, what has left stays where it is, and so does every line of another order.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use order_status_proto::v1::{
    DocumentLine, DocumentState, ListOutboundOrdersRequest, ListStoreOrdersRequest,
    ListSupplierOrdersRequest, MoveOrderToStoreRequest, MoveOrderToStoreResponse, Order,
    OutboundOrder, PlanStoreMoveRequest, PlanStoreMoveResponse, StoreMoveItem, StoreOrder,
    SupplierOrder, move_order_to_store_request, plan_store_move_request,
};
use order_status_tests::figures::figure;
use order_status_tests::{Backend, Server, Tenant};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};

use super::answers::{Refused, granted};
use super::fixtures::{decimal, import, line, order_in, read, request};
use super::stores::{
    Maker, Reader, Told, address, outbound_order, store_order, supplier_order, told, warehouse,
};

const STORES: i64 = 4;
/// How many orders of one account may share documents with each other.
const GROUP: usize = 4;
const AT_ONCE: usize = 16;
const KINDS: [i32; 3] = [1, 2, 3];
const STORE: i32 = 1;
const SUPPLIER: i32 = 2;
const OUTBOUND: i32 = 3;
const MODES: [&str; 4] = ["none", "transfer", "redirect", "reorder"];

#[tokio::test]
async fn moves_at_random_on_sqlite() {
    moves(Backend::Sqlite).await;
}

#[tokio::test]
async fn moves_at_random_on_postgres() {
    moves(Backend::Postgres).await;
}

async fn moves(backend: Backend) {
    let tenant = warehouse(Server::shared(backend).await, STORES).await;
    let groups = figure("MOVES", 240, 2000).div_ceil(GROUP);
    let outcomes: Vec<_> = stream::iter(0..groups)
        .map(|seed| group(&tenant, seed as u64))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let count = |outcome| {
        outcomes
            .iter()
            .flatten()
            .filter(|it| **it == outcome)
            .count()
    };
    let (moved, left) = (count(Outcome::Moved), count(Outcome::HasLeft));
    assert!(
        moved > groups && left > groups / 4,
        "moved {moved}, kept {left}"
    );
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Moved,
    HasLeft,
    Nothing,
}

/// Makes orders with documents, and moves each of the orders once.
async fn group(tenant: &Tenant, seed: u64) -> Vec<Outcome> {
    let mut random = StdRng::seed_from_u64(seed);
    let orders: Vec<_> = (0..GROUP)
        .map(|at| {
            let count = random.random_range(1..=5);
            let mut lines = Vec::new();
            for number in 0..count {
                let units = random.random_range(1..=9);
                lines.push(line(&format!("P{at}-{number}"), units, 100));
            }
            Order {
                store_id: Some(random.random_range(1..=STORES)),
                lines,
                delivery_address: Some(address(&format!("Street {at}"))),
                ..order_in("confirmed", tenant.customer_id)
            }
        })
        .collect();
    let ids: Vec<i64> = import(&tenant.manager, orders)
        .await
        .into_iter()
        .map(|order| order.id)
        .collect();
    for kind in KINDS {
        for _ in 0..random.random_range(1..=4) {
            make(tenant, &mut random, kind, &ids).await;
        }
    }
    let mut outcomes = Vec::new();
    for id in &ids {
        outcomes.push(try_move(tenant, &mut random, *id, &ids).await);
    }
    outcomes
}

/// Makes a document of free units of one order; every third one of two orders or more.
async fn make(tenant: &Tenant, random: &mut StdRng, kind: i32, ids: &[i64]) {
    let count = if random.random_ratio(1, 3) {
        random.random_range(2..=GROUP)
    } else {
        1
    };
    let mut carried = Vec::new();
    for id in ids.choose_multiple(random, count) {
        let order = read(&tenant.staff, *id).await;
        for line in &order.lines {
            let free = units(line.quantity.as_ref().expect("a quantity").value.as_str())
                - taken(&order, kind, line.id);
            if free > 0 && random.random_ratio(2, 3) {
                carried.push(DocumentLine {
                    order_id: *id,
                    line_id: line.id,
                    quantity: Some(decimal(random.random_range(1..=free))),
                });
            }
        }
    }
    if carried.is_empty() {
        return;
    }
    carried.shuffle(random);
    let state = *[DocumentState::Open; 6]
        .iter()
        .chain(&[DocumentState::Shipped, DocumentState::Delivered])
        .collect::<Vec<_>>()
        .choose(random)
        .expect("a state");
    let state = (*state).into();
    let store = random.random_range(1..=STORES);
    let maker = Maker(&tenant.staff);
    match kind {
        STORE => {
            let from = store % STORES + 1;
            let given = store_order(from, store, carried);
            maker.store_order(StoreOrder { state, ..given }).await
        }
        SUPPLIER => {
            let given = supplier_order(store, carried);
            maker.supplier_order(SupplierOrder { state, ..given }).await
        }
        _ => {
            let given = outbound_order(store, carried);
            maker.outbound_order(OutboundOrder { state, ..given }).await
        }
    };
}

/// Units of a line that documents of a kind have taken. A store order that has arrived takes none any more.
fn taken(order: &Order, kind: i32, line: i64) -> i64 {
    let documents = told(order);
    let of_kind = documents.iter().filter(|(known, _, state, ..)| {
        *known == kind && !(kind == STORE && *state == DocumentState::Delivered)
    });
    of_kind.map(|(.., lines)| of_line(lines, line)).sum()
}

fn of_line(lines: &[(i64, String)], line: i64) -> i64 {
    let own = lines.iter().filter(|(known, _)| *known == line);
    own.map(|(_, quantity)| units(quantity)).sum()
}

fn units(text: &str) -> i64 {
    text.parse().expect("whole units")
}

async fn try_move(tenant: &Tenant, random: &mut StdRng, id: i64, ids: &[i64]) -> Outcome {
    let before = read(&tenant.staff, id).await;
    let others = others(tenant, id, ids).await;
    let documents = Documents::of(tenant, id).await;
    let to = random.random_range(1..=STORES);
    let default = *MODES.choose(random).expect("a mode");
    let mut modes: BTreeMap<i64, &str> =
        before.lines.iter().map(|line| (line.id, default)).collect();
    let mut items = Vec::new();
    for line in &before.lines {
        if random.random_ratio(1, 2) {
            continue;
        }
        let mode = *MODES.choose(random).expect("a mode");
        modes.insert(line.id, mode);
        items.push(StoreMoveItem {
            line_id: line.id,
            mode: mode.to_owned(),
        });
    }
    let elsewhere = before.store_id != Some(to);
    let moved = modes
        .into_iter()
        .filter(|(_, mode)| elsewhere && *mode != "none")
        .collect::<BTreeMap<_, _>>();

    let plan = request!(
        PlanStoreMoveRequest, plan_store_move_request, id,
        to_store_id: to, default_mode: default.to_owned(), items: items.clone()
    );
    let planned = tenant.staff.fulfillment().plan_store_move(plan).await;
    // Nothing happens in between, so that the plan's tag is good.
    let etag = planned
        .as_ref()
        .map_or(&before.etag, |planned| &planned.get_ref().etag);
    let asked = request!(
        MoveOrderToStoreRequest, move_order_to_store_request, id,
        to_store_id: to, default_mode: default.to_owned(), items: items, etag: etag.clone()
    );
    let applied = tenant.staff.fulfillment().move_order_to_store(asked).await;
    let outcome = match (planned, applied) {
        (Ok(planned), Ok(applied)) => {
            let (planned, applied) = (planned.into_inner(), applied.into_inner());
            let after = applied.order.clone().expect("an order");
            assert!(!has_left(&before, &moved), "order {id} moved what has left");
            same(&planned, &applied);
            conserved(&before, &after, to, &moved);
            let now = documents.now(tenant, &applied).await;
            listed(&documents, &applied, &now, id);
            if elsewhere {
                Outcome::Moved
            } else {
                Outcome::Nothing
            }
        }
        (Err(planned), Err(applied)) => {
            let (planned, applied) = (Refused::read(&planned), Refused::read(&applied));
            assert_eq!(planned, applied);
            assert_eq!(applied.reason, "ITEM_SHIPPED", "{applied:?}");
            assert!(has_left(&before, &moved), "{applied:?}");
            assert_eq!(read(&tenant.staff, id).await, before);
            Outcome::HasLeft
        }
        (planned, applied) => panic!("planned {planned:?}, applied {applied:?}"),
    };
    assert_eq!(
        self::others(tenant, id, ids).await,
        others,
        "an order beside {id} changed"
    );
    outcome
}

/// The orders of the group beside one.
async fn others(tenant: &Tenant, id: i64, ids: &[i64]) -> Vec<Order> {
    let mut others = Vec::new();
    for other in ids.iter().filter(|other| **other != id) {
        others.push(read(&tenant.staff, *other).await);
    }
    others
}

/// Whether units of a line that is to move are on their way, or with the customer.
fn has_left(order: &Order, moved: &BTreeMap<i64, &str>) -> bool {
    told(order).iter().any(|(kind, _, state, _, lines)| {
        let gone = match state {
            DocumentState::Shipped => true,
            DocumentState::Delivered => *kind == OUTBOUND,
            _ => false,
        };
        gone && lines.iter().any(|(line, _)| moved.contains_key(line))
    })
}

/// What was planned is what was done; what was made has got its numbers.
fn same(planned: &PlanStoreMoveResponse, applied: &MoveOrderToStoreResponse) {
    assert_eq!(
        planned.affected_supplier_order_ids,
        applied.affected_supplier_order_ids
    );
    assert_eq!(
        planned.affected_store_order_ids,
        applied.affected_store_order_ids
    );
    assert_eq!(
        planned.cancelled_store_order_ids,
        applied.cancelled_store_order_ids
    );
    assert_eq!(
        planned.cancelled_supplier_order_ids,
        applied.cancelled_supplier_order_ids
    );
    assert_eq!(
        planned.updated_outbound_order_ids,
        applied.updated_outbound_order_ids
    );
    assert_eq!(planned.transferred_line_ids, applied.transferred_line_ids);
    assert_eq!(
        applied.created_store_order_id == 0,
        applied.transferred_line_ids.is_empty()
    );
    let carried = |order: &Option<Order>, open: bool| {
        let documents = told(order.as_ref().expect("an order"));
        let mut carried: Vec<_> = documents
            .into_iter()
            .filter(|(_, _, state, ..)| (*state == DocumentState::Open) == open)
            .map(|(kind, _, _, store, lines)| (kind, store, lines))
            .collect();
        carried.sort();
        carried
    };
    for open in [true, false] {
        assert_eq!(carried(&planned.order, open), carried(&applied.order, open));
    }
}

/// Every unit is where the mode of its item sends it.
fn conserved(before: &Order, after: &Order, to: i64, moved: &BTreeMap<i64, &str>) {
    let (old, new) = (told(before), told(after));
    // What is not open stays as it is.
    let settled = |documents: &[Told]| {
        let settled = documents
            .iter()
            .filter(|(_, _, state, ..)| *state != DocumentState::Open);
        settled.cloned().collect::<Vec<_>>()
    };
    assert_eq!(settled(&old), settled(&new));
    let open = |documents: &[Told], kind, line| {
        let own = documents
            .iter()
            .filter(|(known, _, state, ..)| *known == kind && *state == DocumentState::Open);
        own.map(|(.., store, lines)| (*store, of_line(lines, line)))
            .filter(|(_, units)| *units > 0)
            .collect::<Vec<_>>()
    };
    let sum = |carried: &[(i64, i64)]| carried.iter().map(|(_, units)| units).sum::<i64>();
    for line in &before.lines {
        let whole = units(line.quantity.as_ref().expect("a quantity").value.as_str());
        let carried = |documents, kind| open(documents, kind, line.id);
        assert_eq!(sum(&carried(&old, OUTBOUND)), sum(&carried(&new, OUTBOUND)));
        match moved.get(&line.id) {
            None => {
                for kind in KINDS {
                    assert_eq!(carried(&old, kind), carried(&new, kind));
                }
            }
            Some(mode) => {
                let supplied = carried(&new, SUPPLIER);
                let shipped = carried(&new, STORE);
                let outbound = carried(&new, OUTBOUND);
                assert!(
                    outbound.iter().all(|(store, _)| *store == to),
                    "{outbound:?}"
                );
                match *mode {
                    "transfer" => {
                        assert_eq!((shipped, supplied), (vec![(to, whole)], vec![]));
                    }
                    "redirect" => {
                        assert_eq!(shipped, []);
                        assert_eq!(sum(&supplied), sum(&carried(&old, SUPPLIER)));
                        assert!(
                            supplied.iter().all(|(store, _)| *store == to),
                            "{supplied:?}"
                        );
                    }
                    _ => assert_eq!((shipped, supplied), (vec![], vec![])),
                }
            }
        }
    }
}

/// The documents that carry lines of one order.
struct Documents {
    store: BTreeMap<i64, StoreOrder>,
    supplier: BTreeMap<i64, SupplierOrder>,
    outbound: BTreeMap<i64, OutboundOrder>,
}

impl Documents {
    async fn of(tenant: &Tenant, order_id: i64) -> Self {
        let documents = tenant.staff.fulfillment();
        let request = ListStoreOrdersRequest {
            order_id,
            ..ListStoreOrdersRequest::default()
        };
        let store = granted(documents.clone().list_store_orders(request).await);
        let request = ListSupplierOrdersRequest {
            order_id,
            ..ListSupplierOrdersRequest::default()
        };
        let supplier = granted(documents.clone().list_supplier_orders(request).await);
        let request = ListOutboundOrdersRequest {
            order_id,
            ..ListOutboundOrdersRequest::default()
        };
        let outbound = granted(documents.clone().list_outbound_orders(request).await);
        Self {
            store: store
                .store_orders
                .into_iter()
                .map(|it| (it.id, it))
                .collect(),
            supplier: supplier
                .supplier_orders
                .into_iter()
                .map(|it| (it.id, it))
                .collect(),
            outbound: outbound
                .outbound_orders
                .into_iter()
                .map(|it| (it.id, it))
                .collect(),
        }
    }

    /// The same documents as they are now, and those that the move made.
    async fn now(&self, tenant: &Tenant, applied: &MoveOrderToStoreResponse) -> Self {
        let reader = Reader(&tenant.staff);
        let (mut store, mut supplier, mut outbound) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let made = Some(applied.created_store_order_id).filter(|id| *id != 0);
        for id in self.store.keys().copied().chain(made) {
            store.insert(id, reader.store_order(id).await);
        }
        let made = applied.created_supplier_order_ids.iter();
        for id in self.supplier.keys().chain(made).copied() {
            supplier.insert(id, reader.supplier_order(id).await);
        }
        for id in self.outbound.keys().copied() {
            outbound.insert(id, reader.outbound_order(id).await);
        }
        Self {
            store,
            supplier,
            outbound,
        }
    }
}

/// Each document that carried lines of the order is in the answer if and only if it changed, and each list says what
/// became of it.
fn listed(before: &Documents, applied: &MoveOrderToStoreResponse, after: &Documents, id: i64) {
    let set = |ids: &[i64]| ids.iter().copied().collect::<BTreeSet<i64>>();
    let other = changed(&before.store, &after.store);
    let (affected, cancelled) = (
        set(&applied.affected_store_order_ids),
        set(&applied.cancelled_store_order_ids),
    );
    assert_eq!(other, &affected | &cancelled);
    for known in &other {
        let now = &after.store[known];
        assert_eq!(
            cancelled.contains(known),
            now.state() == DocumentState::Cancelled
        );
        assert_eq!(cancelled.contains(known), now.lines.is_empty());
    }
    let other = changed(&before.supplier, &after.supplier);
    let (affected, cancelled) = (
        set(&applied.affected_supplier_order_ids),
        set(&applied.cancelled_supplier_order_ids),
    );
    assert_eq!(other, &affected | &cancelled);
    for known in &other {
        let now = &after.supplier[known];
        assert_eq!(
            cancelled.contains(known),
            now.state() == DocumentState::Cancelled
        );
    }
    let other = changed(&before.outbound, &after.outbound);
    assert!(other.is_subset(&set(&applied.updated_outbound_order_ids)));
    for made in &applied.created_supplier_order_ids {
        assert!(
            after.supplier[made]
                .lines
                .iter()
                .all(|line| line.order_id == id)
        );
    }
    if applied.created_store_order_id != 0 {
        let made = &after.store[&applied.created_store_order_id];
        assert!(made.lines.iter().all(|line| line.order_id == id));
        assert_eq!(
            made.to_store_id,
            applied
                .order
                .as_ref()
                .and_then(|it| it.store_id)
                .unwrap_or(0)
        );
    }
}

/// The numbers of the documents that are not as they were.
fn changed<T: PartialEq>(before: &BTreeMap<i64, T>, after: &BTreeMap<i64, T>) -> BTreeSet<i64> {
    let changed = before.iter().filter(|(id, known)| after[id] != **known);
    changed.map(|(id, _)| *id).collect()
}
