//! `call_kw`: a method of the model, called by its name.

use serde_json::value::RawValue;

use super::arguments::Arguments;
use super::envelope::Outcome;
use super::failure::Failure;
use super::{moves, search, session};
use crate::rest::dialect::json::{Json, Object};
use crate::rest::{Api, Caller};

/// The only model.
const MODEL: &str = "sale.order";
/// What every call has to name.
const REQUIRED: [&str; 4] = ["model", "method", "args", "kwargs"];

/// Calls the method that the parameters name.
pub async fn call(api: &Api, caller: &Caller, params: &Json<'_>) -> Outcome {
    // What is wrong with a call is told to a user alone, and not every method comes to a call of the API.
    session::check(api, caller).await?;
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
        return moves::take(api, caller, step, arguments).await;
    }
    match method {
        "unlink" => moves::unlink(api, caller, arguments).await,
        "read" => search::read(api, caller, arguments).await,
        "search_read" => search::search_read(api, caller, arguments).await,
        "search_count" => search::search_count(api, caller, arguments).await,
        _ => Err(Failure::of_attribute(method)),
    }
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
