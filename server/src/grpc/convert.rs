//! Between the messages of the API and the types of the domain.
//!
//! What comes in is checked for its form alone, every field of it, so that all that is wrong is told
//! at once. What a field may hold is the domain's to say.

pub mod admin;
pub mod amount;
pub mod catalog;
pub mod change;
pub mod codes;
pub mod document;
pub mod drawing;
pub mod filter;
pub mod invoice;
pub mod mask;
pub mod order_in;
pub mod order_out;
pub mod reader;
pub mod request;
pub mod session;
pub mod time;
pub mod workflow;
