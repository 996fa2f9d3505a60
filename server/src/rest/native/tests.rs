use http::Method;

use super::router::{Found, Routes};
use crate::rest::schema;

fn routes() -> Routes {
    Routes::all(schema::tables().unwrap()).unwrap()
}

/// The method at a path with the values in it, or what the path takes instead.
fn found(method: Method, path: &str) -> String {
    let routes = routes();
    match routes.find(&method, path) {
        Found::Route(route, segments) => {
            let values = route.captured(&segments).unwrap();
            let name = route.path.path().rsplit('/').next().unwrap();
            format!("{name} {}", values.join(" ")).trim_end().to_owned()
        }
        Found::Methods(methods) => methods,
        Found::Nothing => "nothing".to_owned(),
    }
}

#[test]
fn a_path_leads_to_its_method() {
    for (method, path, expected) in [
        (Method::GET, "/v1/orders", "ListOrders"),
        (Method::GET, "/v1/orders:watch", "WatchOrders"),
        (Method::GET, "/v1/orders/7", "GetOrder 7"),
        (Method::HEAD, "/v1/orders/7", "GetOrder 7"),
        (Method::GET, "/v1/orders/number/7", "GetOrder 7"),
        (Method::GET, "/v1/orders/number/A%2FB", "GetOrder A/B"),
        (Method::GET, "/v1/orders/number/A:B", "GetOrder A:B"),
        (
            Method::GET,
            "/v1/orders/number/transitions",
            "GetOrder transitions",
        ),
        (
            Method::GET,
            "/v1/orders/number/x/transitions",
            "ListTransitions x",
        ),
        (Method::GET, "/v1/orders/7/transitions", "ListTransitions 7"),
        (
            Method::POST,
            "/v1/orders/number/A:B:confirm",
            "ConfirmOrder A:B",
        ),
        (Method::POST, "/v1/orders/%37:confirm", "ConfirmOrder 7"),
        (
            Method::PUT,
            "/v1/catalogs/channels/entries/a%20b",
            "UpsertCatalogEntry channels a b",
        ),
        (
            Method::PUT,
            "/v1/orders/7",
            "DELETE, GET, HEAD, OPTIONS, PATCH",
        ),
        (Method::GET, "/v1/orders/7:confirm", "OPTIONS, POST"),
        (Method::POST, "/v1/orders/7:nothing", "nothing"),
        (Method::GET, "/v1/orders/7/", "nothing"),
        (Method::GET, "/v1/orders/", "nothing"),
        (Method::GET, "//v1/orders", "nothing"),
        (Method::GET, "v1/orders", "nothing"),
        (Method::GET, "*", "nothing"),
        (Method::GET, "/v1/orders/%FF/x", "nothing"),
    ] {
        assert_eq!(found(method.clone(), path), expected, "{method} {path}");
    }
}

#[test]
fn every_binding_is_found_by_its_own_path() {
    for method in schema::methods().unwrap() {
        for binding in &method.bindings {
            let path = binding.template.to_string();
            let path: String = path
                .split(['{', '}'])
                .enumerate()
                .map(|(at, part)| if at % 2 == 0 { part } else { "7" })
                .collect();
            let name = method.descriptor.name();
            let told = found(binding.verb.clone(), &path);
            assert_eq!(
                told.split(' ').next(),
                Some(name),
                "{} {path}",
                binding.verb
            );
        }
    }
}

#[test]
fn the_one_method_with_a_limit_of_its_own_is_there() {
    assert!(
        schema::methods()
            .unwrap()
            .iter()
            .any(|method| method.path == super::IMPORT)
    );
}
