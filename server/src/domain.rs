//! What an order is and what may happen to it: pure rules, without storage, transport or a clock.

pub mod role;
pub mod workflow;
