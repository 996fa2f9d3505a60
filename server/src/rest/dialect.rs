//! Dialects: foreign wire contracts, each answered by a small client of [`Api`] that holds routes, decode,
//! encode and its error shape, nothing else.
//!
//! A dialect is a module below this one with a function `fn dialect(api: &Api) -> Dialect`, listed in [`all`]; one whose
//! callers log in with every call, or are counted, is given the options of the listener too.
//! It is chosen by path alone and answers everything below its prefixes, what it does not know included, in
//! its own words.

pub mod amount;
pub mod cyclesoftware;
pub mod fault;
pub mod getfly;
pub mod json;
pub mod odoo;
pub mod omni;
pub mod query;
pub mod recent;
pub mod wordbee;

use axum::Router;
use axum::response::Response;

use super::{Api, Options};

/// One foreign contract on the listener.
#[derive(Clone)]
pub struct Dialect {
    /// The paths that belong to it, without a slash at the end: each with all that lies below it.
    pub prefixes: &'static [&'static str],
    /// Its routes, by their whole paths, with a fallback and a method fallback that answer as the contract does.
    pub routes: Router,
    /// How it refuses a call over plain HTTP where HTTPS is required.
    pub plain_http: fn() -> Response,
}

impl Dialect {
    /// Whether a path is this dialect's.
    pub fn owns(&self, path: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        self.prefixes
            .iter()
            .any(|prefix| path.strip_prefix(prefix).is_some_and(below))
    }
}

/// Every dialect that is served.
pub fn all(api: &Api, options: &Options) -> Vec<Dialect> {
    vec![
        omni::dialect(api),
        odoo::dialect(api),
        wordbee::dialect(api),
        getfly::dialect(api),
        cyclesoftware::dialect(api, options),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_owns_its_prefixes_and_what_lies_below_them() {
        let dialect = Dialect {
            prefixes: &["/api/orders", "/api/auth"],
            routes: Router::new(),
            plain_http: Response::default,
        };
        for own in [
            "/api/orders",
            "/api/orders/",
            "/api/orders/7/status",
            "/api/auth/token",
        ] {
            assert!(dialect.owns(own), "{own}");
        }
        for other in [
            "/api",
            "/api/ordersets",
            "/api/store/orders",
            "/v1/api/orders",
        ] {
            assert!(!dialect.owns(other), "{other}");
        }
    }
}
