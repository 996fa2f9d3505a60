//! The store on both databases, through its own door: what is written comes back, what must not be written is refused,
//! and what does not fit is found.

#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not as it should be"
)]

mod accounts;
mod book;
mod faults;
mod history;
mod lists;
mod opening;
mod orders;
mod proof;
