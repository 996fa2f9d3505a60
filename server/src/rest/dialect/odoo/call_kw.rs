//! `call_kw`: a method of the model, called by its name.

use serde_json::value::RawValue;

use super::arguments::Arguments;
use super::envelope::Outcome;
use super::failure::Failure;
use super::moves::{self, Step};
use super::search::{self, Read, SearchCount, SearchRead};
use super::session;
use crate::rest::dialect::json::{Json, Object};
use crate::rest::{Api, Caller};

/// The only model.
const MODEL: &str = "sale.order";
/// What every call has to name.
const REQUIRED: [&str; 4] = ["model", "method", "args", "kwargs"];

/// What a call asks.
pub enum Asked {
    Step(&'static Step, Vec<i64>),
    Unlink(Vec<i64>),
    Read(Read),
    SearchRead(SearchRead),
    SearchCount(SearchCount),
}

/// Calls the method that the parameters name.
pub async fn call(api: &Api, caller: &Caller, params: &Json<'_>) -> Outcome {
    let asked = asked(params);
    // What is wrong with a call is told to a user alone, and not every call comes to one of the API, which would ask.
    let asks_by_itself =
        matches!(&asked, Ok(Asked::Step(_, ids) | Asked::Unlink(ids)) if !ids.is_empty());
    if !asks_by_itself {
        session::check(api, caller).await?;
    }
    match asked? {
        Asked::Step(step, ids) => moves::take(api, caller, step, ids).await,
        Asked::Unlink(ids) => moves::unlink(api, caller, ids).await,
        Asked::Read(asked) => search::read(api, caller, asked).await,
        Asked::SearchRead(asked) => search::search_read(api, caller, asked).await,
        Asked::SearchCount(asked) => search::search_count(api, caller, asked).await,
    }
}

/// The method that the parameters name, with its arguments.
///
/// # Errors
/// There is no such method, or it does not take such arguments.
pub fn asked(params: &Json<'_>) -> Result<Asked, Failure> {
    let named = Named::read(params)?;
    let method = named.method.as_str();
    if method.starts_with('_') {
        let text = format!("Private methods (such as {method}) cannot be called remotely.");
        return Err(Failure::access(text));
    }
    if named.model != MODEL {
        return Err(Failure::of_model(&named.model));
    }
    let arguments = Arguments::new(method, &named.args, &named.kwargs);
    if let Some(step) = moves::step(method) {
        return Ok(Asked::Step(step, arguments.records_alone()?));
    }
    Ok(match method {
        "unlink" => Asked::Unlink(arguments.records_alone()?),
        "read" => Asked::Read(Read::of(arguments)?),
        "search_read" => Asked::SearchRead(SearchRead::of(&arguments)?),
        "search_count" => Asked::SearchCount(SearchCount::of(&arguments)?),
        _ => return Err(Failure::of_attribute(method)),
    })
}

/// The parameters of a call.
struct Named<'a> {
    model: String,
    method: String,
    args: Vec<&'a RawValue>,
    kwargs: Object<'a>,
}

impl<'a> Named<'a> {
    fn read(params: &Json<'a>) -> Result<Named<'a>, Failure> {
        let empty = Object::default();
        let params = match params {
            Json::Object(params) => params,
            Json::Null => &empty,
            _ => return Err(Failure::of_type("params has to be an object")),
        };
        let given = |name: &&str| params.iter().any(|(known, _)| known == *name);
        let missing: Vec<String> = REQUIRED
            .iter()
            .filter(|name| !given(name))
            .map(|name| format!("'{name}'"))
            .collect();
        if !missing.is_empty() {
            return Err(required("DataSet.call_kw()", &missing));
        }
        let word = |name: &str| match params.get(name)? {
            Json::Text(word) => Ok(word),
            _ => Err(Failure::of_type(format!("{name} has to be a text"))),
        };
        Ok(Named {
            model: word("model")?,
            method: word("method")?,
            args: match params.get("args")? {
                Json::List(args) => args,
                _ => return Err(Failure::of_type("args has to be a list")),
            },
            kwargs: match params.get("kwargs")? {
                Json::Object(kwargs) => kwargs,
                _ => return Err(Failure::of_type("kwargs has to be an object")),
            },
        })
    }
}

/// What is told of arguments that are not given.
pub fn required(method: &str, missing: &[String]) -> Failure {
    let (count, names) = match missing {
        [one] => ("1 required positional argument".to_owned(), one.clone()),
        [one, two] => (
            "2 required positional arguments".to_owned(),
            format!("{one} and {two}"),
        ),
        [most @ .., last] => (
            format!("{} required positional arguments", missing.len()),
            format!("{}, and {last}", most.join(", ")),
        ),
        [] => (String::new(), String::new()),
    };
    Failure::of_type(format!("{method} missing {count}: {names}"))
}
