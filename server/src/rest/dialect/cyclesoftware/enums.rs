//! `common/enum`: what the numbers mean.

use axum::response::Response;
use order_status_proto::v1 as pb;
use serde::Serialize;

use super::refused::Refused;
use super::user::User;
use super::{codes, done};

/// The rulebook whose states are the contract's.
const WORKFLOW: &str = "cyclesoftware";
/// The texts of its states, where the account has its own.
const STATE_TEXTS: &str = "order_states";

/// Where the numbers of a subject come from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// The account's catalog of that name.
    Catalog(&'static str),
    /// The states of the workflow.
    States,
}

/// Every subject.
const SUBJECTS: [(&str, Source); 5] = [
    ("sales_order_status", Source::States),
    ("cancellation_types", Source::Catalog("cancellation_types")),
    ("payment_methods", Source::Catalog("payment_methods")),
    ("delivery_methods", Source::Catalog("delivery_methods")),
    (
        "sales_order_store_transfer_modes",
        Source::Catalog("transfer_modes"),
    ),
];

/// One number.
#[derive(Serialize)]
struct Entry {
    id: i32,
    description: String,
    description_en: String,
}

#[derive(Serialize)]
struct Data<T> {
    data: T,
}

/// Every subject with its numbers, in the order of the table.
struct All(Vec<(&'static str, Vec<Entry>)>);

impl Serialize for All {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(subject, entries)| (subject, entries)))
    }
}

/// The numbers of every subject.
pub async fn all(user: &User<'_>) -> Result<Response, Refused> {
    let mut all = Vec::with_capacity(SUBJECTS.len());
    for (subject, source) in SUBJECTS {
        all.push((subject, entries(user, source).await?));
    }
    Ok(done(Data { data: All(all) }))
}

/// The numbers of one subject, whose name may have hyphens in place of the underscores.
pub async fn one(user: &User<'_>, subject: &str) -> Result<Response, Refused> {
    let name = subject.replace('-', "_");
    let found = SUBJECTS.iter().find(|(known, _)| *known == name);
    let (_, source) = found.ok_or_else(|| {
        let known: Vec<&str> = SUBJECTS.iter().map(|(known, _)| *known).collect();
        Refused::no_such_subject(&known.join(", "))
    })?;
    let data = entries(user, *source).await?;
    Ok(done(Data { data }))
}

async fn entries(user: &User<'_>, source: Source) -> Result<Vec<Entry>, Refused> {
    let catalog = match source {
        Source::Catalog(catalog) => codes::entries(user, catalog).await?,
        Source::States => return states(user).await,
    };
    let entry = |entry: &pb::CatalogEntry| Entry {
        id: entry.id(),
        description: entry.text.clone(),
        description_en: in_english(entry),
    };
    Ok(catalog.iter().map(entry).collect())
}

fn in_english(entry: &pb::CatalogEntry) -> String {
    let told = if entry.text_en.is_empty() {
        &entry.text
    } else {
        &entry.text_en
    };
    told.clone()
}

/// The states in the order of the rulebook, in the account's words where it has some.
async fn states(user: &User<'_>) -> Result<Vec<Entry>, Refused> {
    let request = pb::GetWorkflowRequest {
        name: WORKFLOW.to_owned(),
        version: 0,
    };
    let workflow = user.workflows().get_workflow(request).await?.into_inner();
    let texts = codes::entries(user, STATE_TEXTS).await?;
    let entry = |state: pb::WorkflowState| {
        let text = texts.iter().find(|text| text.key == state.key);
        Entry {
            id: state.code,
            description: text.map_or_else(|| state.title.clone(), |text| text.text.clone()),
            description_en: text.map_or(state.title, in_english),
        }
    };
    Ok(workflow.states.into_iter().map(entry).collect())
}
