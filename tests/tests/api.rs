//! The API through its public doors: gRPC calls to the real server program, on both databases, and the command line.
//!
//! One program, so that its tests share two servers and one PostgreSQL. Each test has accounts of its own in them.

mod api {
    mod accounts;
    mod answers;
    mod bad_commands;
    mod bad_files;
    mod bad_input;
    mod bad_text;
    mod batches;
    mod cancel_matrix;
    mod carried;
    mod deliveries;
    mod documents;
    mod fixtures;
    mod history;
    mod holds;
    mod invoices;
    mod isolation;
    mod lifecycle;
    mod listing;
    mod matrix;
    mod methods;
    mod model;
    mod move_model;
    mod moves;
    mod partial_cancels;
    mod raw;
    mod rights;
    mod stores;
    mod tampering;
    mod updates;
}
