//! From a path to a method: a tree of segments, words before values. Every node is reached by one way only, so a
//! look-up takes no longer than the path and the tree are deep.

use std::collections::HashMap;

use http::Method;
use percent_encoding::percent_decode_str;

use super::route::Route;
use crate::rest::binding::{Binding, Segment};
use crate::rest::codec::Tables;
use crate::rest::schema::{self, SchemaError};

/// Every route.
pub(super) struct Routes {
    nodes: Vec<Node>,
    routes: Vec<Route>,
}

/// What may follow after some segments.
#[derive(Default)]
struct Node {
    words: HashMap<String, usize>,
    one: Option<usize>,
    /// What ends here.
    ends: Vec<End>,
    /// What takes all that follows.
    rest: Vec<End>,
}

/// The end of a template.
struct End {
    /// The word after the colon.
    verb: Option<String>,
    method: Method,
    route: usize,
}

/// What there is at a path.
pub(super) enum Found<'r, 'p> {
    /// A method, and the segments of the path without the verb.
    Route(&'r Route, Vec<&'p str>),
    /// Only other methods: their names.
    Methods(String),
    Nothing,
}

impl Default for Routes {
    fn default() -> Routes {
        Routes {
            nodes: vec![Node::default()],
            routes: Vec::new(),
        }
    }
}

impl Routes {
    /// Those of every method of the API.
    ///
    /// # Errors
    /// The API describes something that has no form over HTTP.
    pub(super) fn all(tables: &'static Tables) -> Result<Routes, &'static SchemaError> {
        let mut routes = Routes::default();
        for method in schema::methods()? {
            for binding in &method.bindings {
                routes.add(binding, Route::new(tables, method, binding));
            }
        }
        Ok(routes)
    }

    fn add(&mut self, binding: &Binding, route: Route) {
        let template = &binding.template;
        let end = End {
            verb: template.verb.clone(),
            method: binding.verb.clone(),
            route: self.routes.len(),
        };
        self.routes.push(route);
        let mut at = 0;
        for segment in &template.segments {
            let next = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else {
                return;
            };
            at = match segment {
                Segment::Literal(word) => *node.words.entry(word.clone()).or_insert(next),
                Segment::One => *node.one.get_or_insert(next),
                Segment::Rest => return node.rest.push(end),
            };
            if at == next {
                self.nodes.push(Node::default());
            }
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.ends.push(end);
        }
    }

    /// What there is at a path, as it was sent.
    pub(super) fn find<'p>(&self, method: &Method, path: &'p str) -> Found<'_, 'p> {
        // A GET without its answer.
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let Some(path) = path.strip_prefix('/') else {
            return Found::Nothing;
        };
        let mut search = Search {
            routes: self,
            method,
            others: Vec::new(),
        };
        let whole: Vec<&str> = path.split('/').collect();
        let verb = whole.last().and_then(|last| last.rsplit_once(':'));
        if let Some((last, verb)) = verb {
            let mut bare = whole.clone();
            if let Some(end) = bare.last_mut() {
                *end = last;
            }
            if let Some(route) = search.below(0, &bare, Some(verb)) {
                return Found::Route(route, bare);
            }
        }
        // A verb that the path knows is never a part of a value.
        if search.others.is_empty()
            && let Some(route) = search.below(0, &whole, None)
        {
            return Found::Route(route, whole);
        }
        search.others()
    }
}

struct Search<'r, 'm> {
    routes: &'r Routes,
    method: &'m Method,
    /// What the path would take.
    others: Vec<&'r Method>,
}

impl<'r> Search<'r, '_> {
    fn below(&mut self, at: usize, segments: &[&str], verb: Option<&str>) -> Option<&'r Route> {
        let routes = self.routes;
        let node = routes.nodes.get(at)?;
        let Some((segment, rest)) = segments.split_first() else {
            return self.end(&node.ends, verb, None);
        };
        let word = percent_decode_str(segment).decode_utf8().ok();
        let known = word.and_then(|word| node.words.get(&*word).copied());
        if let Some(route) = known.and_then(|next| self.below(next, rest, verb)) {
            return Some(route);
        }
        // A value is never empty: two slashes, or one at the end, lead nowhere.
        if segment.is_empty() {
            return None;
        }
        if let Some(next) = node.one {
            let found = match (rest, routes.nodes.get(next)) {
                ([], Some(node)) => self.end(&node.ends, verb, Some(segment)),
                _ => self.below(next, rest, verb),
            };
            if found.is_some() {
                return found;
            }
        }
        self.end(&node.rest, verb, segments.last().copied())
    }

    /// `value` is the last segment where it is a value.
    fn end(
        &mut self,
        ends: &'r [End],
        verb: Option<&str>,
        value: Option<&str>,
    ) -> Option<&'r Route> {
        let colon = verb.is_none() && value.is_some_and(|value| value.contains(':'));
        for end in ends.iter().filter(|end| end.verb.as_deref() == verb) {
            let route = self.routes.routes.get(end.route)?;
            if colon && !route.takes_colons() {
                continue;
            }
            if end.method == *self.method {
                return Some(route);
            }
            self.others.push(&end.method);
        }
        None
    }

    fn others(self) -> Found<'static, 'static> {
        let mut names: Vec<&str> = self.others.iter().map(|method| method.as_str()).collect();
        if names.is_empty() {
            return Found::Nothing;
        }
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        names.sort_unstable();
        names.dedup();
        Found::Methods(names.join(", "))
    }
}
