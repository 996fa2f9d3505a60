//! `orders/{id}/status/transitions`: where this user may lead an order.

use axum::http::StatusCode;
use order_status_proto::v1 as pb;
use serde::Serialize;

use super::Outcome;
use super::user::User;
use crate::rest::dialect::json;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transitions<'a> {
    current: StatusOf<'a>,
    transitions: Vec<Transition<'a>>,
    overrides: Vec<StatusOf<'a>>,
    is_client: bool,
    can_change_status: bool,
    can_override_status: bool,
}

/// A status with its title.
#[derive(Serialize)]
struct StatusOf<'a> {
    status: i32,
    statust: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transition<'a> {
    title: &'a str,
    status: i32,
    statust: &'a str,
    is_default: bool,
    instructions: &'a str,
}

impl StatusOf<'_> {
    fn of(state: &pb::OrderState) -> StatusOf<'_> {
        StatusOf {
            status: state.code,
            statust: &state.title,
        }
    }
}

/// Every transition that is open to the user, and every status that the user may set outside them.
pub async fn get(user: &User<'_>, id: i64) -> Outcome {
    let request = pb::ListTransitionsRequest {
        order: Some(pb::list_transitions_request::Order::Id(id)),
    };
    let found = user.orders().list_transitions(request).await?.into_inner();
    let open = found.transitions.iter().filter(|edge| edge.allowed);
    let transitions: Vec<Transition<'_>> = open
        .filter_map(|edge| {
            let to = edge.to.as_ref()?;
            Some(Transition {
                title: &edge.title,
                status: to.code,
                statust: &to.title,
                is_default: edge.is_default,
                instructions: &edge.instructions,
            })
        })
        .collect();
    let current = found.current.unwrap_or_default();
    let answer = Transitions {
        current: StatusOf::of(&current),
        is_client: user.is_client(),
        can_change_status: !transitions.is_empty() || found.can_override,
        can_override_status: found.can_override,
        overrides: found.overrides.iter().map(StatusOf::of).collect(),
        transitions,
    };
    Ok(json::answer(StatusCode::OK, &answer))
}
