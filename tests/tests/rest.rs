//! The API as JSON over HTTP: the same answers as over gRPC, for every method; and what HTTP adds of its own.

mod rest {
    mod bad_input;
    mod equality;
    mod headers;
    mod limits;
    mod log;
    mod mapping;
    mod oracle;
    #[path = "../api/raw.rs"]
    mod raw;
    mod samples;
    mod streams;
    mod web;
    mod world;
}
