//! The rules, tried without a server: whatever callers ask, history tells the whole story and the
//! totals are exact.

use std::collections::{BTreeMap, HashMap};

use order_status_server::domain::account::{Account, Counters, CustomerRecord, Store};
use order_status_server::domain::address::Address;
use order_status_server::domain::admin::usual_entries;
use order_status_server::domain::command::{
    Command, DeliveryInput, DocumentLineInput, DocumentPatch, HoldInput, InvoiceInput, LineInput,
    LineQuantity, Move, NewOrder, Note, Patch, PaymentInput, StoreMoveInput, Target,
};
use order_status_server::domain::decide::{
    Context, Drafts, Ground, decide, options, partial_cancel_options,
};
use order_status_server::domain::decimal::Decimal;
use order_status_server::domain::document::{Document, DocumentKey, DocumentKind, DocumentState};
use order_status_server::domain::fields;
use order_status_server::domain::hold::HeldAction;
use order_status_server::domain::order::{Order, OrderRef};
use order_status_server::domain::principal::Principal;
use order_status_server::domain::refusal::Refusal;
use order_status_server::domain::role::Role;
use order_status_server::domain::time::Timestamp;
use order_status_server::domain::value::Value;
use order_status_server::domain::workflow::{Verb, Workflows};
use proptest::prelude::*;

/// One account's orders, kept in memory.
#[derive(Default)]
struct Shelf {
    orders: HashMap<i64, Order>,
    customers: HashMap<i64, CustomerRecord>,
    documents: HashMap<DocumentKey, Document>,
}

impl Ground for Shelf {
    fn order(&self, order: &OrderRef) -> Option<&Order> {
        match order {
            OrderRef::Id(id) => self.orders.get(id),
            OrderRef::Number(number) => self.orders.get(&self.number_owner(number)?),
        }
    }

    fn number_owner(&self, number: &str) -> Option<i64> {
        let owner = self
            .orders
            .values()
            .find(|order| order.number == number && order.delete_time.is_none());
        owner.map(|order| order.id)
    }

    fn customer(&self, id: i64) -> Option<&CustomerRecord> {
        self.customers.get(&id)
    }

    fn document(&self, key: DocumentKey) -> Option<&Document> {
        self.documents.get(&key)
    }
}

fn account(workflow: &str, currency: &str) -> Account {
    let store = |id: i64| {
        (
            id,
            Store {
                id,
                name: format!("Store {id}"),
                active: true,
                ..Store::default()
            },
        )
    };
    Account {
        id: 1,
        name: "Test".to_owned(),
        workflow: workflow.to_owned(),
        currency: currency.to_owned(),
        phone_messages: true,
        catalogs: usual_entries(),
        stores: [store(1), store(2)].into(),
        warehouse: true,
        ..Account::default()
    }
}

fn principal(role: Role) -> Principal {
    Principal {
        account_id: 1,
        credential_id: 1,
        actor: role.name().to_owned(),
        role,
        customer_id: (role == Role::Client).then_some(1),
        store_id: None,
        scopes: Vec::new(),
        session: None,
    }
}

fn go(target: Target) -> Move {
    Move {
        target,
        reason: "because".to_owned(),
        message: String::new(),
        notify: true,
        cancellation_type: String::new(),
        delete_exchange: false,
    }
}

fn a_line() -> impl Strategy<Value = LineInput> {
    let code = prop_oneof![Just("A"), Just("B"), Just("C")];
    let rate = prop_oneof![Just(None), Just(Some(9)), Just(Some(21))];
    (code, 0_i64..200_000, 0_i64..5_000_000, 0_i64..30_000, rate).prop_map(
        |(code, quantity, price, discount, rate)| LineInput {
            product_code: code.to_owned(),
            name: code.to_owned(),
            quantity: Some(Decimal::from_ten_thousandths(quantity)),
            unit_price: Decimal::from_ten_thousandths(price),
            discount: Decimal::from_ten_thousandths(discount),
            vat_rate: rate.map(Decimal::whole),
            ..LineInput::default()
        },
    )
}

fn a_patch() -> impl Strategy<Value = Patch> {
    let value = prop_oneof![
        "[a-zé€\u{1F6B2}]{0,6}".prop_map(|text| ("notes", Value::text(&text))),
        "[a-z]{0,6}".prop_map(|text| ("customer.name", Value::text(&text))),
        "[0-9]{1,3}".prop_map(|text| ("number", Value::text(&text))),
        prop_oneof![Just("cash"), Just("Bank transfer"), Just("")]
            .prop_map(|code| ("payment_method", Value::text(code))),
        (0_i64..100)
            .prop_map(|percent| ("discount_percent", Value::decimal(Decimal::whole(percent)))),
        (0_i64..30).prop_map(|percent| ("vat_percent", Value::decimal(Decimal::whole(percent)))),
        (0_i64..100_000).prop_map(|fee| (
            "delivery_fee",
            Value::decimal(Decimal::from_ten_thousandths(fee))
        )),
        (1_i64..3).prop_map(|store| ("store_id", Value::Int(store))),
        Just(("tax", Value::Null)),
    ];
    let attributes = prop::collection::btree_map("[a-c]", "[x-z]{1,2}", 0..3);
    (
        prop::collection::btree_map(0..3_u8, value, 0..3),
        prop::option::of(prop::collection::vec(a_line(), 0..4)),
        prop::option::of(prop::collection::vec(
            "[a-z]{1,5}".prop_map(String::from),
            0..3,
        )),
        prop::option::of(attributes),
    )
        .prop_map(|(values, lines, terms, attributes)| {
            let values: BTreeMap<&'static str, Value> = values.into_values().collect();
            Patch {
                values: values.into_iter().collect(),
                lines,
                terms,
                attributes,
                ..Patch::default()
            }
        })
}

fn a_hold() -> impl Strategy<Value = HoldInput> {
    let lines = prop_oneof![Just(vec![]), (1_i64..4).prop_map(|id| vec![id])];
    let blocks = prop::sample::subsequence(HeldAction::ALL.to_vec(), 0..=2);
    (lines, blocks).prop_map(|(line_ids, blocks)| HoldInput {
        reason: "other".to_owned(),
        note: String::new(),
        line_ids,
        blocks,
    })
}

fn a_document() -> impl Strategy<Value = DocumentPatch> {
    let line = (1_i64..4, 1_i64..4, prop::option::of(1_i64..20_000)).prop_map(
        |(order_id, line_id, units)| DocumentLineInput {
            order_id,
            line_id,
            quantity: units.map(Decimal::from_ten_thousandths),
        },
    );
    let state = prop::option::of(prop::sample::select(DocumentState::ALL.to_vec()));
    let lines = prop::option::of(prop::collection::vec(line, 1..4));
    (state, 1_i64..3, 1_i64..3, lines).prop_map(|(state, from, to, lines)| DocumentPatch {
        state,
        from_store_id: Some(from),
        store_id: Some(to),
        lines,
        ..DocumentPatch::default()
    })
}

fn a_move() -> impl Strategy<Value = StoreMoveInput> {
    let mode = || prop::sample::select(vec!["none", "transfer", "redirect", "reorder"]);
    let items = prop::collection::btree_map(1_i64..3, mode(), 0..3);
    (1_i64..3, mode(), items, any::<bool>()).prop_map(|(to_store_id, mode, items, address)| {
        StoreMoveInput {
            to_store_id,
            default_mode: mode.to_owned(),
            items: items
                .into_iter()
                .map(|(line, mode)| (line, mode.to_owned()))
                .collect(),
            delivery: DeliveryInput {
                address: address.then(|| Address {
                    city: "Leiden".to_owned(),
                    ..Address::default()
                }),
                ..DeliveryInput::default()
            },
        }
    })
}

/// A command over order 1, 2 or 3, or over one of the first documents, with the role that gives it.
fn a_command() -> impl Strategy<Value = (Role, Command)> {
    let order = || (1_i64..4).prop_map(OrderRef::Id);
    let verb = prop_oneof![
        Just(Verb::Confirm),
        Just(Verb::Pay),
        Just(Verb::Complete),
        Just(Verb::Cancel),
        Just(Verb::Lock),
        Just(Verb::Unlock)
    ];
    let payment = || {
        (1_i64..900_000).prop_map(|amount| PaymentInput {
            amount: Decimal::from_ten_thousandths(amount),
            method: "cash".to_owned(),
            ..PaymentInput::default()
        })
    };
    let role = prop_oneof![
        Just(Role::Client),
        Just(Role::Staff),
        Just(Role::Manager),
        Just(Role::Admin)
    ];
    let kind = || prop::sample::select(DocumentKind::ALL.to_vec());
    let command = prop_oneof![
        3 => a_patch().prop_map(|patch| Command::Create(Box::new(NewOrder { patch, ..NewOrder::default() }))),
        4 => (order(), a_patch()).prop_map(|(order, patch)| Command::Update(order, Box::new(patch))),
        6 => (order(), verb).prop_map(|(order, verb)| Command::Transition(order, go(Target::Verb(verb)))),
        2 => (order(), 0_i32..12).prop_map(|(order, code)| Command::Override(order, go(Target::StateCode(code)))),
        3 => (order(), payment()).prop_map(|(order, payment)| Command::RecordPayment(order, payment)),
        2 => (order(), payment()).prop_map(|(order, payment)| Command::RecordRefund(order, payment)),
        2 => (order(), 1_i64..4, prop::option::of(1_i64..20_000)).prop_map(|(order, id, units)| {
            let quantity = units.map(Decimal::from_ten_thousandths);
            Command::CancelLines(order, vec![LineQuantity { id, quantity }], go(Target::Verb(Verb::Cancel)))
        }),
        2 => (order(), a_hold()).prop_map(|(order, hold)| Command::PlaceHold(order, hold)),
        1 => (order(), 1_i64..4).prop_map(|(order, hold)| Command::ReleaseHold(order, hold, String::new())),
        3 => (kind(), a_document()).prop_map(|(kind, patch)| Command::CreateDocument(kind, None, Box::new(patch))),
        3 => (kind(), 1_i64..4, a_document()).prop_map(|(kind, id, patch)| Command::UpdateDocument((kind, id), Box::new(patch))),
        3 => (order(), a_move()).prop_map(|(order, input)| Command::MoveToStore(order, Box::new(input))),
        3 => (order(), any::<[bool; 3]>()).prop_map(|(order, [book, move_on, again])| {
            Command::CreateInvoices(order, Box::new(InvoiceInput {
                book,
                state: if move_on { "20".to_owned() } else { String::new() },
                customer_messages: true,
                allow_resend_messages: again,
                apply_service_vat_correction: true,
                ..InvoiceInput::default()
            }))
        }),
        1 => order().prop_map(|order| Command::AddNote(order, Note { message: "note".to_owned(), public: false })),
        1 => order().prop_map(Command::Delete),
    ];
    (role, command)
}

/// Documents and orders tell the same of each other, and no two documents of a kind carry the same units.
fn agree(shelf: &Shelf) -> Result<(), TestCaseError> {
    for document in shelf.documents.values() {
        let cancelled = document.state == DocumentState::Cancelled;
        prop_assert_eq!(cancelled, document.lines.is_empty());
        for order in document.orders() {
            let shares = &shelf.orders[&order].documents;
            let known: Vec<_> = shares
                .iter()
                .filter(|share| share.key() == document.key())
                .cloned()
                .collect();
            prop_assert_eq!(known, document.share(order).into_iter().collect::<Vec<_>>());
        }
    }
    for order in shelf.orders.values() {
        for share in &order.documents {
            let document = &shelf.documents[&share.key()];
            prop_assert!(document.orders().contains(&order.id));
            for (line, _) in &share.lines {
                let open = order.carried(*line, |other| {
                    other.kind == share.kind && other.state == DocumentState::Open
                });
                let whole = order.lines.iter().find(|known| known.id == *line);
                let whole = whole.map_or(Decimal::ZERO, |line| line.quantity);
                prop_assert!(
                    open <= whole,
                    "line {line} of {}: {open} of {whole}",
                    order.id
                );
            }
        }
    }
    Ok(())
}

proptest! {
    // A failure prints its input; no file is kept beside the sources.
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fold_of_history_is_the_order(
        workflow in prop_oneof![Just("standard"), Just("omni"), Just("odoo"), Just("wordbee"), Just("getfly")],
        commands in prop::collection::vec(a_command(), 1..60),
    ) {
        let workflows = Workflows::built_in();
        let account = account(workflow, "EUR");
        let mut shelf = Shelf::default();
        shelf.customers.insert(1, CustomerRecord { id: 1, name: "Ann".to_owned(), phone: "1".to_owned(), ..CustomerRecord::default() });
        let mut counters = Counters::default();
        let mut history: HashMap<i64, Vec<_>> = HashMap::new();
        for (at, (role, command)) in commands.iter().enumerate() {
            let principal = principal(*role);
            let context = Context {
                account: &account,
                principal: &principal,
                workflows: &workflows,
                ground: &shelf,
                drafts: Drafts::default(),
                // The clock stands still, and is set back now and then.
                now: Timestamp::from_micros(1_000_000 - (at as i64 % 3) * 1000),
                salt: [7; 16],
                request_id: None,
                etag: "",
            };
            let before = counters.clone();
            match decide(command, &context, &mut counters) {
                Err(_) => prop_assert_eq!(&before, &counters, "a refusal gives no ids"),
                Ok(decided) => {
                    for document in decided.documents {
                        shelf.documents.insert(document.key(), document);
                    }
                    for one in decided.orders {
                        let mut order = one.order;
                        if let Some(mut change) = one.change {
                            change.seal(at as i64 + 1, &order.last_hash);
                            order.last_hash = change.hash;
                            history.entry(order.id).or_default().push(change);
                        }
                        shelf.orders.insert(order.id, order);
                    }
                    agree(&shelf)?;
                }
            }
        }
        for (id, changes) in &history {
            let present = &shelf.orders[id];
            let mut folded = Order::default();
            let mut versions = vec![folded.clone()];
            let mut last = [0; 32];
            for (at, change) in changes.iter().enumerate() {
                prop_assert_eq!(change.version, at as i64 + 1);
                prop_assert_eq!(change.hash, change.compute_hash(&last));
                prop_assert!(at == 0 || change.create_time > changes[at - 1].create_time);
                last = change.hash;
                fields::fold(&mut folded, change);
                versions.push(folded.clone());
            }
            prop_assert_eq!(&folded, present);
            for at in (1..changes.len()).rev() {
                let previous = &changes[at - 1];
                fields::unfold(&mut folded, &changes[at], Some((previous.create_time, previous.hash)));
                folded.last_line_id = versions[at].last_line_id;
                folded.last_hold_id = versions[at].last_hold_id;
                prop_assert_eq!(&folded, &versions[at]);
            }
        }
    }

    #[test]
    fn what_is_listed_as_open_succeeds_and_what_is_blocked_is_refused_by_the_same_rules(
        workflow in prop_oneof![Just("standard"), Just("omni"), Just("odoo"), Just("cyclesoftware"), Just("wordbee"), Just("getfly")],
        state in any::<prop::sample::Index>(),
        role in prop_oneof![Just(Role::Client), Just(Role::Staff), Just(Role::Manager), Just(Role::Admin)],
        locked in any::<bool>(),
        paid in prop_oneof![Just(0_i64), Just(50), Just(100), Just(150)],
        lines in prop::collection::vec(a_line(), 0..4),
        holds in prop::collection::vec(a_hold(), 0..3),
    ) {
        let workflows = Workflows::built_in();
        let rulebook = workflows.latest(workflow).expect("a built-in workflow");
        let account = account(workflow, "EUR");
        let state = &rulebook.states[state.index(rulebook.states.len())];
        let mut shelf = Shelf::default();
        shelf.customers.insert(1, CustomerRecord { id: 1, ..CustomerRecord::default() });
        let new = NewOrder {
            state: Some(Target::State(state.key.clone())),
            locked,
            patch: Patch {
                values: vec![("customer.id", Value::Int(1))].into_iter()
                    .chain(lines.is_empty().then(|| ("total", Value::decimal(Decimal::whole(100))))).collect(),
                lines: Some(lines),
                payments: Some((paid > 0).then(|| PaymentInput { amount: Decimal::whole(paid), ..PaymentInput::default() }).into_iter().collect()),
                ..Patch::default()
            },
            ..NewOrder::default()
        };
        let manager = principal(Role::Manager);
        let mut counters = Counters::default();
        let context = Context {
            account: &account, principal: &manager, workflows: &workflows, ground: &shelf,
            drafts: Drafts::default(), now: Timestamp::from_micros(1), salt: [0; 16], request_id: None, etag: "",
        };
        let mut order = decide(&Command::Import(vec![new]), &context, &mut counters).expect("an import").orders.remove(0).order;
        for hold in holds {
            let shelf = Shelf { orders: [(order.id, order.clone())].into(), ..Shelf::default() };
            let context = Context { ground: &shelf, drafts: Drafts::default(), ..context };
            // Final states take none, nor do lines that are not there.
            if let Ok(mut decided) = decide(&Command::PlaceHold(OrderRef::Id(order.id), hold), &context, &mut counters) {
                order = decided.orders.remove(0).order;
            }
        }
        let principal = principal(role);
        let listed = options(&order, rulebook, &principal);
        let shelf = Shelf { orders: [(order.id, order.clone())].into(), ..Shelf::default() };
        let context = Context { principal: &principal, ground: &shelf, drafts: Drafts::default(), ..context };
        for (edge, blockers) in &listed.edges {
            let step = go(Target::Transition(edge.name.clone()));
            let done = decide(&Command::Transition(OrderRef::Id(order.id), step), &context, &mut counters);
            match done {
                Ok(_) => prop_assert!(blockers.is_empty(), "{} was listed as blocked", edge.name),
                Err(Refusal::Blocked(blocked)) => {
                    prop_assert!(!blockers.is_empty(), "{} was listed as open", edge.name);
                    prop_assert_eq!(&blocked.blockers, blockers);
                }
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
        let partial = partial_cancel_options(&order, rulebook, &principal, account.decimals());
        for (id, _, blockers) in &partial.lines {
            let line = vec![LineQuantity { id: *id, quantity: None }];
            let step = go(Target::Verb(Verb::Cancel));
            let done = decide(&Command::CancelLines(OrderRef::Id(order.id), line, step), &context, &mut counters);
            let rules: Vec<_> = partial.blockers.iter().chain(blockers).cloned().collect();
            match done {
                Ok(_) => prop_assert!(rules.is_empty(), "line {} was listed as blocked", id),
                Err(Refusal::Blocked(blocked)) => prop_assert_eq!(blocked.blockers, rules),
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
        for to in &rulebook.states {
            let step = go(Target::State(to.key.clone()));
            let done = decide(&Command::Override(OrderRef::Id(order.id), step), &context, &mut counters);
            prop_assert_eq!(done.is_ok(), listed.overrides.iter().any(|state| state.key == to.key), "{}", to.key);
        }
    }

    #[test]
    fn totals_equal_an_exact_calculation(
        lines in prop::collection::vec(a_line(), 1..8),
        percent in prop::option::of(0_i64..=100),
        vat in prop::option::of(0_i64..=25),
        currency in prop_oneof![Just("EUR"), Just("VND"), Just("KWD")],
    ) {
        let workflows = Workflows::built_in();
        let account = account("standard", currency);
        let shelf = Shelf::default();
        let staff = principal(Role::Staff);
        let context = Context {
            account: &account, principal: &staff, workflows: &workflows, ground: &shelf,
            drafts: Drafts::default(), now: Timestamp::from_micros(1), salt: [0; 16], request_id: None, etag: "",
        };
        let mut values = Vec::new();
        values.extend(percent.map(|percent| ("discount_percent", Value::decimal(Decimal::whole(percent)))));
        values.extend(vat.map(|vat| ("vat_percent", Value::decimal(Decimal::whole(vat)))));
        let patch = Patch { values, lines: Some(lines.clone()), ..Patch::default() };
        let command = Command::Create(Box::new(NewOrder { patch, ..NewOrder::default() }));
        let order = decide(&command, &context, &mut Counters::default()).expect("an order").orders.remove(0).order;

        // The same in fractions over 10^12, rounded by comparing remainders.
        let places: u32 = match currency { "VND" => 0, "KWD" => 3, _ => 2 };
        let round = |numerator: i128, denominator: i128| -> i128 {
            let scaled = numerator * 10_i128.pow(places);
            let (quotient, rest) = (scaled.div_euclid(denominator), scaled.rem_euclid(denominator));
            let up = 2 * rest > denominator || (2 * rest == denominator && numerator >= 0);
            (quotient + i128::from(up)) * 10_i128.pow(4 - places)
        };
        let mut total = 0_i128;
        let mut by_rate: BTreeMap<i64, i128> = BTreeMap::new();
        for line in &lines {
            let raw = |value: Decimal| i128::from(value.ten_thousandths());
            let amount = round(raw(line.quantity.unwrap_or_default()) * raw(line.unit_price) - raw(line.discount) * 10_000, 100_000_000);
            total += amount;
            let rate = line.vat_rate.map(|rate| rate.ten_thousandths() / 10_000).or(vat);
            if let Some(rate) = rate {
                *by_rate.entry(rate).or_default() += amount;
            }
        }
        let discount = percent.map_or(0, |percent| round(total * i128::from(percent), 1_000_000));
        let mut tax = 0;
        for (rate, sum) in by_rate {
            tax += if discount == 0 {
                round(sum * i128::from(rate), 1_000_000)
            } else {
                let (numerator, denominator) = (sum * i128::from(rate) * (total - discount), total * 1_000_000);
                if denominator < 0 { round(-numerator, -denominator) } else { round(numerator, denominator) }
            };
        }
        let exact = |value: i128| Decimal::from_ten_thousandths(i64::try_from(value).expect("fits"));
        prop_assert_eq!(order.derived.total, exact(total));
        prop_assert_eq!(order.derived.discount, exact(discount));
        prop_assert_eq!(order.derived.tax, exact(tax));
        prop_assert_eq!(order.derived.grand_total, exact(total - discount + tax));
    }
}
