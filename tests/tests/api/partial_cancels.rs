//! Calling off lines of an order, or some of their units, and the exchange lines of a whole one.

use order_status_proto::v1::{
    CancelOrderRequest, CancelledLine, ChangeKind, Line, LineKind, ListOrderChangesRequest,
    ListTransitionsRequest, Order, PlaceHoldRequest, cancel_order_request,
    list_order_changes_request, list_transitions_request, place_hold_request,
};
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::{Code, Response, Status};

use super::answers::{Refused, granted, refused};
use super::fixtures::{cents, decimal, import_one, in_cents, line, order_in, payment, read, state};

/// Two lines of 2 x 10.00 less 5.00, and 3 x 4.00, standing in a state.
fn order(key: &str, customer_id: i64) -> Order {
    let first = Line {
        discount: Some(cents(500)),
        ..line("A", 2, 1000)
    };
    Order {
        lines: vec![first, line("B", 3, 400)],
        ..order_in(key, customer_id)
    }
}

#[tokio::test]
async fn units_that_are_called_off_leave_the_order_where_it_stands_and_its_totals_exact() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let id = import_one(&tenant.manager, order("confirmed", tenant.customer_id))
            .await
            .id;
        let after = granted(cancel(&tenant.staff, id, &[(1, Some("1")), (2, None)]).await);
        assert_eq!((state(&after), after.version), ("confirmed", 2));
        let lines: Vec<_> = after
            .lines
            .iter()
            .map(|line| {
                let text = |value: &Option<order_status_proto::Decimal>| {
                    value.clone().unwrap_or_default().value
                };
                (
                    line.id,
                    text(&line.quantity),
                    text(&line.cancelled_quantity),
                    in_cents(line.discount.as_ref()),
                    in_cents(line.amount.as_ref()),
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                (1, "1".to_owned(), "1".to_owned(), 250, 750),
                (2, "0".to_owned(), "3".to_owned(), 0, 0),
            ]
        );
        assert_eq!(in_cents(after.grand_total.as_ref()), 750);
        let request = ListOrderChangesRequest {
            order: Some(list_order_changes_request::Order::Id(id)),
            ..ListOrderChangesRequest::default()
        };
        let changes = granted(tenant.client.orders().list_order_changes(request).await).changes;
        let paths: Vec<_> = changes[1]
            .fields
            .iter()
            .map(|field| field.path.as_str())
            .collect();
        assert_eq!(changes[1].kind(), ChangeKind::PartialCancel);
        assert!(
            paths.contains(&"lines.1") && paths.contains(&"lines.2"),
            "{paths:?}"
        );
        assert_eq!(changes[1].reason, "sold out");
        // What is left can still be called off in part, and then no more.
        granted(cancel(&tenant.staff, id, &[(1, Some("0.5"))]).await);
        let error = refused(cancel(&tenant.staff, id, &[(1, None)]).await);
        assert_eq!(error.rules, ["nothing_left"]);
        assert_eq!(error.reason, "PARTIAL_CANCEL_NOT_ALLOWED");
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_called_off_is_listed_with_its_rule_and_refused_by_it() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        // Each order with the rules that keep its second line.
        let mut cases = Vec::new();
        let plain = import_one(&tenant.manager, order("confirmed", tenant.customer_id))
            .await
            .id;
        cases.push((plain, vec![]));
        let paid = Order {
            payments: vec![payment(2000)],
            ..order("confirmed", tenant.customer_id)
        };
        cases.push((
            import_one(&tenant.manager, paid).await.id,
            vec!["paid_over"],
        ));
        let mut invoiced = order("confirmed", tenant.customer_id);
        invoiced.lines[1].invoice_number = 20_240_001;
        cases.push((
            import_one(&tenant.manager, invoiced).await.id,
            vec!["line_invoiced"],
        ));
        let complete = order("complete", tenant.customer_id);
        cases.push((
            import_one(&tenant.manager, complete).await.id,
            vec!["final"],
        ));
        let held = import_one(&tenant.manager, order("new", tenant.customer_id))
            .await
            .id;
        let hold = PlaceHoldRequest {
            order: Some(place_hold_request::Order::Id(held)),
            reason: "other".to_owned(),
            line_ids: vec![2],
            blocks: vec![order_status_proto::v1::HeldAction::Cancel.into()],
            ..PlaceHoldRequest::default()
        };
        granted(staff.fulfillment().place_hold(hold).await);
        cases.push((held, vec!["held"]));
        for (id, rules) in cases {
            let request = ListTransitionsRequest {
                order: Some(list_transitions_request::Order::Id(id)),
            };
            let listed = granted(staff.orders().list_transitions(request).await);
            let listed = listed.partial_cancel.expect("what can be called off");
            let second = listed
                .lines
                .iter()
                .find(|line| line.id == 2)
                .expect("the second line");
            let blockers = listed.blockers.iter().chain(&second.blockers);
            assert_eq!(
                blockers.map(|it| it.rule.as_str()).collect::<Vec<_>>(),
                rules
            );
            let before = read(staff, id).await;
            match cancel(staff, id, &[(2, None)]).await {
                Ok(answer) => {
                    assert!(rules.is_empty(), "{rules:?}");
                    assert_eq!(answer.into_inner().version, before.version + 1);
                }
                Err(status) => {
                    assert_eq!(Refused::read(&status).rules, rules);
                    assert_eq!(read(staff, id).await, before);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn lines_that_are_named_wrongly_are_refused_by_field() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let mut with_text = order("confirmed", tenant.customer_id);
        with_text.lines.push(Line {
            kind: LineKind::Text.into(),
            name: "Thank you".to_owned(),
            ..Line::default()
        });
        let id = import_one(&tenant.manager, with_text).await.id;
        for (lines, path) in [
            (vec![(9, None)], "lines[0].id"),
            (vec![(0, None)], "lines[0].id"),
            (vec![(3, None)], "lines[0].id"),
            (vec![(1, Some("1")), (1, Some("1"))], "lines[1].id"),
            (vec![(1, Some("0"))], "lines[0].quantity"),
            (vec![(1, Some("-1"))], "lines[0].quantity"),
            (vec![(1, Some("2.0001"))], "lines[0].quantity"),
            (vec![(1, Some("one"))], "lines[0].quantity.value"),
        ] {
            let error = refused(cancel(staff, id, &lines).await);
            assert_eq!(
                (error.code, error.paths()),
                (Code::InvalidArgument, vec![path]),
                "{lines:?}"
            );
        }
        assert_eq!(read(staff, id).await.version, 1);
    })
    .await;
}

#[tokio::test]
async fn a_cancel_takes_the_exchange_lines_off_where_it_is_told_to() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let mut traded = order("new", tenant.customer_id);
        traded.lines.push(Line {
            kind: LineKind::Exchange.into(),
            unit_price: Some(cents(-300)),
            ..line("OLD", 1, 0)
        });
        for (delete_exchange, left) in [(false, 3), (true, 2)] {
            let id = import_one(&tenant.manager, traded.clone()).await.id;
            let request = CancelOrderRequest {
                order: Some(cancel_order_request::Order::Id(id)),
                cancellation_type: "customer_request".to_owned(),
                delete_exchange,
                ..CancelOrderRequest::default()
            };
            let both = CancelOrderRequest {
                lines: vec![CancelledLine {
                    id: 1,
                    quantity: None,
                }],
                ..request.clone()
            };
            if delete_exchange {
                let error = refused(staff.orders().cancel_order(both).await);
                assert_eq!(error.paths(), ["delete_exchange"]);
            }
            let after = granted(staff.orders().cancel_order(request).await);
            assert_eq!((state(&after), after.lines.len()), ("cancelled", left));
        }
    })
    .await;
}

async fn cancel(
    caller: &Caller,
    id: i64,
    lines: &[(i64, Option<&str>)],
) -> Result<Response<Order>, Status> {
    let lines = lines.iter().map(|(id, quantity)| CancelledLine {
        id: *id,
        quantity: quantity.map(decimal),
    });
    let request = CancelOrderRequest {
        order: Some(cancel_order_request::Order::Id(id)),
        reason: "sold out".to_owned(),
        lines: lines.collect(),
        ..CancelOrderRequest::default()
    };
    caller.orders().cancel_order(request).await
}
