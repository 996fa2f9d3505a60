use super::*;
use crate::rest::schema;

fn all() -> Vec<Method> {
    methods(schema::pool().unwrap()).unwrap()
}

fn template(path: &str) -> Result<Template, String> {
    let message = "orderstatus.v1.UpdateOrderRequest";
    let input = schema::pool()
        .unwrap()
        .get_message_by_name(message)
        .unwrap();
    Template::parse(path, &input)
}

#[test]
fn every_method_of_the_api_has_its_bindings() {
    let pool = schema::pool().unwrap();
    let ours = pool
        .services()
        .filter(|service| service.package_name() == "orderstatus.v1");
    let expected: Vec<String> = ours
        .flat_map(|service| {
            service
                .methods()
                .map(|m| m.full_name().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    let found: Vec<String> = all()
        .iter()
        .map(|m| m.descriptor.full_name().to_owned())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_method_is_read_with_its_additional_bindings() {
    let methods = all();
    let update = methods
        .iter()
        .find(|m| m.path.ends_with("/UpdateOrder"))
        .unwrap();
    assert_eq!(update.path, "/orderstatus.v1.OrderService/UpdateOrder");
    assert_eq!(update.answers, Answers::One);
    let shown: Vec<String> = update
        .bindings
        .iter()
        .map(|binding| format!("{} {}", binding.verb, binding.template))
        .collect();
    assert_eq!(
        shown,
        [
            "PATCH /v1/orders/{order.id}",
            "PATCH /v1/orders/number/{order.number}"
        ]
    );
    for binding in &update.bindings {
        assert!(matches!(&binding.body, Body::Field(field) if field.name() == "order"));
    }
    let watch = methods
        .iter()
        .find(|m| m.path.ends_with("/WatchOrders"))
        .unwrap();
    assert_eq!(watch.answers, Answers::Stream);
    assert_eq!(watch.bindings[0].template.verb.as_deref(), Some("watch"));
}

#[test]
fn a_capture_may_span_segments_and_a_verb_may_follow() {
    let template = template("/v1/{order.number=shelves/*/books/**}:move").unwrap();
    assert_eq!(
        template.segments,
        [
            Segment::Literal("v1".to_owned()),
            Segment::Literal("shelves".to_owned()),
            Segment::One,
            Segment::Literal("books".to_owned()),
            Segment::Rest,
        ]
    );
    assert_eq!(template.captures[0].segments, 1..5);
    assert!(template.captures[0].spans_slashes(&template));
    assert_eq!(template.to_string(), "/v1/{order.number}:move");
}

#[test]
fn templates_that_cannot_be_served_are_refused_with_their_reason() {
    for (path, reason) in [
        ("", "is not a path"),
        ("v1/orders", "is not a path"),
        ("/v1/orders:", "is not a path"),
        ("/v1/{order.id", "a { without }"),
        ("/v1//orders", "\"\" is no segment"),
        ("/v1/{order.nothing}", "has no field nothing"),
        ("/v1/{order}", "a message cannot stand in a path"),
        ("/v1/{order.lines}", "lines is not one value"),
        ("/v1/{order.id.more}", "more lies below no message"),
        ("/v1/{order.number=**}/more", "nothing follows a **"),
    ] {
        let refused = template(path).unwrap_err();
        assert!(refused.contains(reason), "{path}: {refused}");
    }
}
