//! The store on both databases, through its own door: what is written comes back, what must not be written is refused,
//! and what does not fit is found.

mod book;
mod faults;
mod keeping;
mod lists;
mod opening;
mod proof;
