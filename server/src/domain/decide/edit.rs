//! Edits: fields of the order set as a caller gave them, each checked.

use super::{Context, Decided, What, create, lines, payments};
use crate::domain::account::Counters;
use crate::domain::address::Address;
use crate::domain::change::ChangeKind;
use crate::domain::command::Patch;
use crate::domain::fields::{self, Input, Kind};
use crate::domain::hold;
use crate::domain::order::{DeliveryStatus, LARGEST_ID, Order};
use crate::domain::principal::Principal;
use crate::domain::refusal::{Blocker, Refusal, Violation, rule};
use crate::domain::time::Timestamp;
use crate::domain::value::Value;
use crate::domain::workflow::{Edits, Phase};

const MOST_TERMS: usize = 100;
const MOST_ATTRIBUTES: usize = 64;

/// Edits an order.
pub fn update(
    order: &Order,
    patch: &Patch,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decided, Refusal> {
    let mut after = order.clone();
    let mut violations = Vec::new();
    apply(&mut after, patch, "order", context, &mut violations);
    create::keep_within(&mut after, "order", context, &mut violations);
    check_number(&after, "order", context, &mut violations)?;
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let workflow = context.workflow(order)?;
    let state = workflow
        .state(&order.state)
        .map(|state| &workflow.states[state]);
    let (edits, phase) = state.map_or((Edits::None, Phase::Cancelled), |state| {
        (state.edits, state.phase)
    });
    let blockers = edit_blockers(order, &after, edits, context.principal);
    if !blockers.is_empty() {
        return Err(context.blocked(order, "edit", blockers));
    }
    let mut made = None;
    if let Some(wanted) = &patch.payments {
        made = payments::merge(&mut after, wanted, phase, context, counters)?;
    }
    Ok(Decided {
        made: made.into_iter().collect(),
        ..context.decided(order, after, What::of(ChangeKind::Update))?
    })
}

/// Each rule that keeps the state's orders from this edit.
fn edit_blockers(
    before: &Order,
    after: &Order,
    edits: Edits,
    principal: &Principal,
) -> Vec<Blocker> {
    let mut blockers = lines::blockers(before, after);
    blockers.extend(lines::carried_blockers(before, after));
    let changed: Vec<_> = fields::FIELDS
        .iter()
        .filter(|field| (field.get)(before) != (field.get)(after))
        .collect();
    let mut commercial: Vec<&str> = changed
        .iter()
        .filter(|field| field.input == Input::Commercial)
        .map(|field| field.path)
        .collect();
    if before.lines != after.lines {
        commercial.push("lines");
    }
    if before.terms != after.terms {
        commercial.push("terms");
    }
    let any =
        !changed.is_empty() || !commercial.is_empty() || before.attributes != after.attributes;
    blockers.extend(hold::edit_blockers(before, after, any, principal));
    let message = match edits {
        _ if any && before.locked => {
            blockers.push(Blocker {
                rule: rule::LOCKED,
                message: "the order is locked: unlock it first".to_owned(),
            });
            None
        }
        Edits::None if any => {
            Some("this state allows no edits; notes can still be added".to_owned())
        }
        Edits::Contact if !commercial.is_empty() => Some(format!(
            "this state allows edits for contact and delivery only, not of: {}",
            commercial.join(", ")
        )),
        _ => None,
    };
    blockers.extend(message.map(|message| Blocker {
        rule: rule::EDITS,
        message,
    }));
    blockers
}

/// Sets the fields of a patch, collecting everything that is wrong with it. Payments are left to
/// [`payments`].
pub fn apply(
    order: &mut Order,
    patch: &Patch,
    prefix: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) {
    for (path, value) in &patch.values {
        let Some(field) = fields::settable(path) else {
            violations.push(Violation::new(format!("{prefix}.{path}"), "cannot be set"));
            continue;
        };
        if (field.get)(order) == *value || in_force(order, path, value) {
            continue;
        }
        let name = format!("{prefix}.{path}");
        if let Some(value) = checked(field.kind, &name, value, context, violations) {
            (field.set)(order, &value);
        }
    }
    for (path, currency) in &patch.currencies {
        if *currency != order.currency {
            let message = format!(
                "must be in {}, the order's currency, not in {currency:?}",
                order.currency
            );
            violations.push(Violation::new(format!("{prefix}.{path}"), message));
        }
    }
    fill_from_record(order, patch, context);
    if let Some(name) = &patch.store_name {
        set_store_by_name(order, name, prefix, context, violations);
    }
    if let Some(given) = &patch.lines {
        lines::replace(
            order,
            given,
            &format!("{prefix}.lines"),
            context,
            violations,
        );
    }
    if let Some(terms) = &patch.terms {
        check_count(
            &format!("{prefix}.terms"),
            terms.len(),
            MOST_TERMS,
            violations,
        );
        for (at, term) in terms.iter().enumerate() {
            let name = format!("{prefix}.terms[{at}].text");
            if term.is_empty() {
                violations.push(Violation::new(&name, "must not be empty"));
            }
            check_text(&name, term, 1000, violations);
        }
        order.terms.clone_from(terms);
    }
    if let Some(attributes) = &patch.attributes {
        check_attributes(&format!("{prefix}.attributes"), attributes, violations);
        order.attributes.clone_from(attributes);
    }
    if order.charges.total.is_some() && !order.lines.is_empty() {
        if patch
            .values
            .iter()
            .any(|(path, value)| *path == "total" && *value != Value::Null)
        {
            let message = "follows from the lines: leave it out, or leave the lines out";
            violations.push(Violation::new(format!("{prefix}.total"), message));
        }
        order.charges.total = None;
    }
}

/// Whether an amount is sent back as it was answered: then it goes on being computed.
fn in_force(order: &Order, path: &str, value: &Value) -> bool {
    let (given, derived) = match path {
        "total" => (order.charges.total, order.derived.total),
        "discount" => (order.charges.discount, order.derived.discount),
        "tax" => (order.charges.tax, order.derived.tax),
        _ => return false,
    };
    order.version > 0 && given.is_none() && value.as_decimal() == Some(derived)
}

/// Checks that the order's number is free and is one.
pub fn check_number(
    order: &Order,
    prefix: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> Result<(), Refusal> {
    if order.number.is_empty() {
        violations.push(Violation::new(
            format!("{prefix}.number"),
            "must not be empty",
        ));
    }
    match context.ground.number_owner(&order.number) {
        Some(owner) if owner != order.id => Err(Refusal::AlreadyExists {
            kind: "order number",
            name: order.number.clone(),
        }),
        _ => Ok(()),
    }
}

/// The value in the form that the field keeps, or `None` with what is wrong added.
fn checked(
    kind: Kind,
    name: &str,
    value: &Value,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> Option<Value> {
    let before = violations.len();
    let mut kept = value.clone();
    match kind {
        _ if *value == Value::Null => {}
        Kind::Text(most) => check_text(name, value.as_text(), most, violations),
        Kind::Code(catalog) => {
            kept = Value::text(&code(name, catalog, value.as_text(), context, violations))
        }
        Kind::Amount => {
            if value
                .as_decimal()
                .is_none_or(|amount| amount.ten_thousandths() < 0 || !amount.in_bounds())
            {
                violations.push(Violation::new(name, "must be an amount from 0 to 10^12"));
            }
        }
        Kind::Percent => {
            let hundred = crate::domain::decimal::Decimal::whole(100);
            if value
                .as_decimal()
                .is_none_or(|percent| percent.ten_thousandths() < 0 || percent > hundred)
            {
                violations.push(Violation::new(name, "must be a percentage from 0 to 100"));
            }
        }
        Kind::Time => {
            if value
                .as_time()
                .is_none_or(|time| time < Timestamp::EARLIEST || time > Timestamp::LATEST)
            {
                violations.push(Violation::new(name, "must lie in the years 1 to 9999"));
            }
        }
        Kind::Address => {
            if let Some(address) = Address::from_value(value) {
                check_address(name, &address, violations);
            }
        }
        Kind::DeliveryStatus => {
            if value.as_int().and_then(DeliveryStatus::from_code).is_none() {
                let known = ["10", "20", "30", "40"].map(str::to_owned);
                violations.push(Violation::unknown(name, &value.to_string(), &known));
            }
        }
        Kind::Store => check_store(name, value.as_int().unwrap_or(0), context, violations),
        Kind::Customer => check_customer(name, value.as_int().unwrap_or(0), context, violations),
    }
    (violations.len() == before).then_some(kept)
}

/// Adds a violation where the account has no such store that is active.
pub fn check_store(name: &str, id: i64, context: &Context<'_>, violations: &mut Vec<Violation>) {
    let active = || context.account.stores.values().filter(|store| store.active);
    if !active().any(|store| store.id == id) {
        let known: Vec<_> = active()
            .take(20)
            .map(|store| store.id.to_string())
            .collect();
        violations.push(Violation::unknown(name, &id.to_string(), &known));
    }
}

/// The address under the account's next number; `None` where it says what the old one does.
pub fn new_address(
    old: Option<&Address>,
    given: &Address,
    counters: &mut Counters,
) -> Option<Address> {
    let mut address = given.clone();
    address.id = old.map_or(0, |old| old.id);
    if old == Some(&address) {
        return None;
    }
    counters.address += 1;
    address.id = counters.address;
    Some(address)
}

/// Adds a violation where the account has no such customer.
pub fn check_customer(name: &str, id: i64, context: &Context<'_>, violations: &mut Vec<Violation>) {
    if context.ground.customer(id).is_none() {
        let description = format!("the account has no customer {id}");
        violations.push(Violation {
            field: name.to_owned(),
            description,
            unknown: true,
        });
    }
}

/// The key of the catalog entry that a code means; empty for no code.
pub fn code(
    name: &str,
    catalog: &str,
    given: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> String {
    match context.account.entry(catalog, given) {
        _ if given.is_empty() => String::new(),
        Some(entry) if entry.active => entry.key.clone(),
        _ => {
            let active = |key: &String| {
                context
                    .account
                    .entry(catalog, key)
                    .is_some_and(|entry| entry.active)
            };
            let known: Vec<_> = context
                .account
                .known_codes(catalog)
                .into_iter()
                .filter(active)
                .collect();
            violations.push(Violation::unknown(name, given, &known));
            String::new()
        }
    }
}

/// Whether an id may be given by hand; adds a violation where it may not.
pub fn check_id(name: &str, id: i64, violations: &mut Vec<Violation>) -> bool {
    let fits = (1..=LARGEST_ID).contains(&id);
    if !fits {
        let message = format!("must be from 1 to {LARGEST_ID}");
        violations.push(Violation::new(name, message));
    }
    fits
}

/// Adds a violation where text is too long or holds the character NUL.
pub fn check_text(name: &str, text: &str, most: usize, violations: &mut Vec<Violation>) {
    // The bytes are a cheap upper bound of the characters.
    if text.len() > most && text.chars().count() > most {
        violations.push(Violation::new(
            name,
            format!("must have at most {most} characters"),
        ));
    }
    if text.contains('\0') {
        violations.push(Violation::new(name, "must not hold the character NUL"));
    }
}

/// Checks the lengths of an address's texts; their form is nobody's business.
pub fn check_address(name: &str, address: &Address, violations: &mut Vec<Violation>) {
    for (part, text) in address.texts() {
        check_text(
            &format!("{name}.{part}"),
            text,
            if part == "notes" { 1000 } else { 200 },
            violations,
        );
    }
}

/// Adds a violation where there are too many of something.
pub fn check_count(name: &str, count: usize, most: usize, violations: &mut Vec<Violation>) {
    if count > most {
        violations.push(Violation::new(
            name,
            format!("must have at most {most} entries, not {count}"),
        ));
    }
}

/// Checks the names and texts of attributes.
pub fn check_attributes(
    name: &str,
    attributes: &std::collections::BTreeMap<String, String>,
    violations: &mut Vec<Violation>,
) {
    check_count(name, attributes.len(), MOST_ATTRIBUTES, violations);
    for (key, text) in attributes {
        if key.is_empty() {
            violations.push(Violation::new(name, "must not have an empty name"));
        }
        check_text(name, key, 64, violations);
        check_text(&format!("{name}[{key:?}]"), text, 1000, violations);
    }
}

/// Naming a registered customer brings their name and ways to reach them along, unless given too.
fn fill_from_record(order: &mut Order, patch: &Patch, context: &Context<'_>) {
    let given = |path: &str| patch.values.iter().any(|(other, _)| *other == path);
    if !given("customer.id") {
        return;
    }
    let Some(record) = order.customer.id.and_then(|id| context.ground.customer(id)) else {
        return;
    };
    let customer = &mut order.customer;
    let texts = [
        ("customer.name", &mut customer.name, &record.name),
        ("customer.phone", &mut customer.phone, &record.phone),
        ("customer.email", &mut customer.email, &record.email),
        (
            "customer.contact_name",
            &mut customer.contact_name,
            &record.contact_name,
        ),
    ];
    for (path, slot, text) in texts {
        if !given(path) {
            slot.clone_from(text);
        }
    }
    if !given("customer.address") {
        customer.address.clone_from(&record.address);
    }
}

fn set_store_by_name(
    order: &mut Order,
    name: &str,
    prefix: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) {
    if name.is_empty() {
        order.store_id = None;
        return;
    }
    let stores = || context.account.stores.values().filter(|store| store.active);
    match stores().find(|store| store.name == name) {
        Some(store) => order.store_id = Some(store.id),
        None => {
            let known: Vec<_> = stores().take(20).map(|store| store.name.clone()).collect();
            violations.push(Violation::unknown(
                format!("{prefix}.store_name"),
                name,
                &known,
            ));
        }
    }
}
