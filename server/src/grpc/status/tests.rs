use super::*;
use crate::domain::order::OrderRef;
use crate::domain::refusal::{Blocked, Blocker, Violation, rule};

fn blocked(rules: &[&'static str]) -> Status {
    let blockers = rules.iter().map(|rule| Blocker {
        rule,
        message: format!("{rule} must hold"),
    });
    let blocked = Blocked {
        order_id: 12,
        number: "FR9TL74P".to_owned(),
        state: "confirmed".to_owned(),
        state_title: "Confirmed".to_owned(),
        state_code: 10,
        asked: "complete".to_owned(),
        blockers: blockers.collect(),
        open: vec!["pay".to_owned(), "cancel".to_owned()],
    };
    Refusal::Blocked(Box::new(blocked)).into()
}

fn reason(status: &Status) -> String {
    status
        .get_error_details()
        .error_info()
        .map_or_else(String::new, |info| info.reason.clone())
}

fn metadata(status: &Status, key: &str) -> Option<String> {
    status
        .get_error_details()
        .error_info()
        .and_then(|info| info.metadata.get(key).cloned())
}

#[test]
fn a_refusal_says_what_was_asked_where_the_order_stands_why_and_what_is_open() {
    let status = blocked(&["balance_settled"]);
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(reason(&status), "GUARD_FAILED");
    let expected = "complete is refused for order FR9TL74P in state confirmed (Confirmed): \
                    balance_settled must hold; open to you: pay, cancel";
    assert_eq!(status.message(), expected);
    for (key, value) in [
        ("order.id", "12"),
        ("state", "confirmed"),
        ("rules", "balance_settled"),
        ("open", "pay, cancel"),
    ] {
        assert_eq!(metadata(&status, key).as_deref(), Some(value), "{key}");
    }
    let details = status.get_error_details();
    let violations = details
        .precondition_failure()
        .map(|failure| failure.violations.clone());
    let violation = violations.unwrap_or_default().remove(0);
    assert_eq!(
        (violation.r#type.as_str(), violation.subject.as_str()),
        ("balance_settled", "orders/12")
    );
}

#[test]
fn the_strongest_rule_gives_the_reason_and_the_role_only_where_it_stands_alone() {
    for (rules, code, expected) in [
        (
            &[rule::ROLE][..],
            Code::PermissionDenied,
            "ROLE_NOT_ALLOWED",
        ),
        (
            &[rule::ROLE, "nothing_paid"],
            Code::FailedPrecondition,
            "GUARD_FAILED",
        ),
        (
            &["nothing_paid", rule::FINAL],
            Code::FailedPrecondition,
            "STATE_FINAL",
        ),
        (
            &[rule::NO_EDGE],
            Code::FailedPrecondition,
            "TRANSITION_NOT_ALLOWED",
        ),
        (&["unlocked"], Code::FailedPrecondition, "ORDER_LOCKED"),
        (&[rule::EDITS], Code::FailedPrecondition, "EDIT_NOT_ALLOWED"),
        (
            &[rule::NOT_DELETABLE],
            Code::FailedPrecondition,
            "NOT_DELETABLE",
        ),
    ] {
        let status = blocked(rules);
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (code, expected),
            "{rules:?}"
        );
    }
}

#[test]
fn unknown_names_are_told_apart_from_wrong_forms() {
    let known = ["new".to_owned()];
    let target = Violation::unknown("state", "shipped", &known);
    let code = Violation::unknown("order.payment_method", "gold", &known);
    let form = Violation::new("order.notes", "is too long");
    for (violations, expected) in [
        (vec![target.clone()], "UNKNOWN_TARGET"),
        (vec![code.clone()], "UNKNOWN_CODE"),
        (vec![code, form, target], "INVALID_FIELD"),
    ] {
        let count = violations.len();
        let status = Status::from(Refusal::Invalid(violations));
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::InvalidArgument, expected)
        );
        let told = status
            .get_error_details()
            .bad_request()
            .map(|bad| bad.field_violations.len());
        assert_eq!(told, Some(count));
    }
}

#[test]
fn a_missing_order_is_told_by_nothing_but_its_name() {
    let status = Status::from(Refusal::OrderNotFound(OrderRef::Number("X-1".to_owned())));
    assert_eq!(
        (status.code(), status.message()),
        (Code::NotFound, "there is no order number \"X-1\"")
    );
    assert_eq!(metadata(&status, "order.number").as_deref(), Some("X-1"));
}

#[test]
fn a_batch_names_every_order_that_refuses_and_takes_their_code_where_they_agree() {
    let missing = |id| (id, Refusal::OrderNotFound(OrderRef::Id(id)));
    let status = Status::from(Refusal::Batch(vec![missing(3), missing(4)]));
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::NotFound, "BATCH_REFUSED")
    );
    let mixed = vec![missing(3), (4, Refusal::RequestIdReused)];
    let status = Status::from(Refusal::Batch(mixed));
    assert_eq!(status.code(), Code::FailedPrecondition);
    let details = status.get_error_details();
    let told: Vec<_> = details
        .precondition_failure()
        .map(|failure| {
            failure
                .violations
                .iter()
                .map(|v| (v.r#type.clone(), v.subject.clone()))
                .collect()
        })
        .unwrap_or_default();
    let expected = [
        ("ORDER_NOT_FOUND", "orders/3"),
        ("REQUEST_ID_REUSED", "orders/4"),
    ];
    assert_eq!(
        told,
        expected.map(|(rule, subject)| (rule.to_owned(), subject.to_owned()))
    );
}

#[test]
fn a_thousand_long_violations_stay_below_eight_kibibytes_and_say_how_many_are_left_out() {
    let violation =
        |at: usize| Violation::new(format!("order.lines[{at}].name"), "ü".repeat(5_000));
    let status = Status::from(Refusal::Invalid((0..1_000).map(violation).collect()));
    assert!(
        status.details().len() < 6 * 1024,
        "{}",
        status.details().len()
    );
    assert!(status.message().len() <= LONGEST);
    let details = status.get_error_details();
    let last = details
        .bad_request()
        .and_then(|bad| bad.field_violations.last().cloned());
    let last = last.map_or_else(String::new, |last| last.description);
    assert!(
        last.starts_with("and 99") && last.ends_with(" more"),
        "{last}"
    );
}

#[test]
fn nothing_of_the_database_reaches_the_caller() {
    let secret = || "duplicate key in table orders".to_owned();
    for status in [
        Status::from(StoreError::Broken(secret())),
        Status::from(StoreError::Unavailable(secret())),
        Status::from(Failure::Internal(secret())),
    ] {
        assert!(!format!("{status:?}").contains("duplicate"), "{status:?}");
        assert!(!String::from_utf8_lossy(status.details()).contains("duplicate"));
    }
}

#[test]
fn what_may_be_sent_again_says_when_and_an_unknown_outcome_does_not_invite_it() {
    for (failure, code) in [
        (Failure::QueueFull, Code::ResourceExhausted),
        (Failure::Unavailable, Code::Unavailable),
    ] {
        let status = Status::from(failure);
        assert_eq!(status.code(), code);
        assert!(status.get_details_retry_info().is_some());
    }
    let status = Status::from(Failure::OutcomeUnknown);
    assert_eq!(status.code(), Code::Unknown);
    assert!(status.get_details_retry_info().is_none());
}
