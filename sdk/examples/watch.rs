//! Watches the orders of an account and prints their changes, until it is stopped. Started
//! again, it goes on where it was: the token of the last event is kept in a file.
//!
//! `cargo run -p order-status-sdk --example watch`, beside `order-status serve --demo`.
//! `ORDER_STATUS_URL` and `ORDER_STATUS_KEY` name another service; the first argument names
//! another file than `order-status-watch.token`. Without a file it begins with the first change.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use order_status_sdk::{Client, Event};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("ORDER_STATUS_URL").unwrap_or_else(|_| "http://127.0.0.1:50051".to_owned());
    let key = env::var("ORDER_STATUS_KEY").unwrap_or_else(|_| "demo-omni".to_owned());
    let file = env::args()
        .nth(1)
        .unwrap_or_else(|| "order-status-watch.token".to_owned());
    let file = PathBuf::from(file);
    let client = Client::builder(url).key(key).connect().await?;

    let watch = client.watch_orders();
    let watch = match read(&file)? {
        Some(token) => watch.after(token),
        None => watch.from_start(),
    };
    let mut watch = watch.into_stream();
    while let Some(event) = watch.next().await {
        match event {
            Ok(event) => {
                tell(&event);
                // Only now: what is told after a crash in between is told twice, never lost.
                write(&file, &event.token)?;
            }
            Err(error) if error.is_out_of_range() => {
                println!(
                    "the ledger no longer holds what {} says; remove it",
                    file.display()
                );
                return Err(error.into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Prints an event.
fn tell(event: &Event) {
    let Event { change, order, .. } = event;
    let state = order.state.clone().unwrap_or_default();
    println!(
        "{}: {} by {}, now {} at version {}",
        order.number,
        change.kind().as_str_name(),
        change.actor,
        state.title,
        change.version,
    );
    for field in &change.fields {
        let before = field.before.as_deref().unwrap_or("nothing");
        let after = field.after.as_deref().unwrap_or("nothing");
        println!("  {}: {before} -> {after}", field.path);
    }
}

/// The token in the file, if there is one.
fn read(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(token) => Ok(Some(token.trim().to_owned()).filter(|token| !token.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts the token into the file, whole or not at all.
fn write(file: &Path, token: &str) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, token)?;
    fs::rename(new, file)
}
