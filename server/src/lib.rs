//! The order-status service.

<<<<<<< HEAD
pub mod clock;
pub mod domain;
pub mod ledger;
pub mod store;
=======
pub mod domain;
>>>>>>> workflow
