//! A client of the order-status service.
//!
//! [`Client`] has a method for every method of the API. Each gives a [`Call`]: set what it
//! needs by plain names, then [`send`](Call::send) it.
//!
//! ```no_run
//! use order_status_sdk::{Client, MoneyExt as _};
//!
//! # async fn example() -> Result<(), order_status_sdk::Error> {
//! let client = Client::builder("http://127.0.0.1:50051").key("demo-omni").connect().await?;
//!
//! let order = client.get_order("FR9TL74P").send().await?;
//! println!("{} owes {}", order.number, order.grand_total.unwrap_or_default().display());
//!
//! client.confirm_order("FR9TL74P").reason("stock checked").send().await?;
//! for change in client.list_order_changes("FR9TL74P").into_stream().collect().await? {
//!     println!("{}: {} by {}", change.version, change.transition, change.actor);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What it takes care of:
//!
//! - **Deadlines.** Every call has one (10 s unless told otherwise), and the service knows it.
//! - **Repetition.** What fails because the service is away is tried again, with growing random
//!   waits, within the deadline, and only where a repetition does no harm: reads, and writes
//!   that carry a request id, which they get by themselves. See [`RetryPolicy`].
//! - **Lists and watches** as streams: pages turn by themselves ([`Items`]), and a [`Watch`]
//!   outlives its connection.
//! - **Errors** that say what to do ([`Error`]), without a trace of the transport.
//! - **Tracing.** A span for each call, a correlation id that the service's log shares, and the
//!   caller's W3C trace context where there is one.
//!
//! What it does not do: print, start a runtime, keep a cache, or check rules. The service
//! decides, and says why.

mod call;
mod client;
mod error;
pub mod field;
pub mod method;
mod money;
mod order_ref;
mod retry;
pub mod types;
mod watch;

pub use call::{Call, Items, Paged};
pub use client::{Client, ClientBuilder};
pub use error::{Blocker, Code, Error, ErrorReason, FieldViolation};
pub use money::{DisplayMoney, MoneyExt, decimal, money};
pub use order_ref::OrderRef;
pub use retry::{Attempt, Decision, RetryPolicy};
pub use uuid::Uuid;
pub use watch::{Event, Watch};
