//! Walks one order through its life: confirm, pay, complete, cancel, and prints what happened.
//!
//! It is made for the demo data: start `order-status serve --demo`, then run
//! `cargo run -p order-status-sdk --example lifecycle`. `ORDER_STATUS_URL` and
//! `ORDER_STATUS_KEY` name another service; the first argument names another order.

use std::env;

use order_status_sdk::types::Order;
use order_status_sdk::{Client, Error, MoneyExt as _};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = env::var("ORDER_STATUS_URL").unwrap_or_else(|_| "http://127.0.0.1:50051".to_owned());
    let key = env::var("ORDER_STATUS_KEY").unwrap_or_else(|_| "demo-omni".to_owned());
    let number = env::args().nth(1).unwrap_or_else(|| "FR9TL74P".to_owned());
    let client = Client::builder(url).key(key).connect().await?;

    let order = client.get_order(&number).send().await?;
    tell("found", &order);
    let owed = order
        .grand_total
        .as_ref()
        .map(|total| total.display().to_string());
    println!("  of {} for {}", order.store_name, owed.unwrap_or_default());

    let order = client
        .confirm_order(&number)
        .etag(&order.etag)
        .send()
        .await?;
    tell("confirmed", &order);

    // What the workflow refuses is an error that says from where, and what is open instead.
    match client.confirm_order(&number).send().await {
        Ok(order) => tell("confirmed again", &order),
        Err(error) if error.is_refused() => {
            println!("confirming it again is refused: {}", error.message());
            println!("  because of {}", error.reason_name());
            for (name, value) in error.metadata() {
                println!("  {name}: {value}");
            }
        }
        Err(error) => return Err(error),
    }
    let options = client.list_transitions(&number).send().await?;
    for transition in &options.transitions {
        let blockers: Vec<_> = transition
            .blockers
            .iter()
            .map(|blocker| blocker.message.as_str())
            .collect();
        let verdict = if transition.allowed {
            "open".to_owned()
        } else {
            blockers.join("; ")
        };
        println!("  {}: {verdict}", transition.name);
    }

    let order = client
        .mark_order_paid(&number)
        .reason("paid at the counter")
        .send()
        .await?;
    tell("paid", &order);
    let order = client.complete_order(&number).send().await?;
    tell("completed", &order);
    let order = client
        .cancel_order(&number)
        .reason("brought back")
        .send()
        .await?;
    tell("cancelled", &order);

    println!("its history:");
    let mut changes = client.list_order_changes(&number).into_stream();
    while let Some(change) = changes.next().await {
        let change = change?;
        let from = change.from.unwrap_or_default();
        let to = change.to.unwrap_or_default();
        println!(
            "  {} {} {} -> {} by {}{}",
            change.version,
            if change.transition.is_empty() {
                "-"
            } else {
                &change.transition
            },
            if from.key.is_empty() {
                "nothing"
            } else {
                &from.key
            },
            to.key,
            change.actor,
            if change.reason.is_empty() {
                String::new()
            } else {
                format!(": {}", change.reason)
            },
        );
    }
    Ok(())
}

/// Prints where an order stands.
fn tell(what: &str, order: &Order) {
    let state = order.state.clone().unwrap_or_default();
    println!(
        "{what}: {} is {} ({}), {}, version {}",
        order.number,
        state.title,
        state.code,
        order.payment_status().as_str_name(),
        order.version,
    );
}
