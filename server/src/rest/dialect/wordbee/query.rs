//! The query language of lists, as far as orders are asked for: `{reference}.Matches("AB-1") AND {companyId}.Matches(537)`.

use std::iter::Peekable;
use std::str::Chars;

use order_status_proto::v1::OrderFilter;

use super::failure::Failure;

/// How many characters of a query are read.
const MOST: usize = 4_000;
/// The statuses of the contract, each with the key of our state.
const STATUSES: [(i64, &str); 7] = [
    (0, "request"),
    (1, "proposal"),
    (2, "in_progress"),
    (3, "done"),
    (4, "approved"),
    (5, "closed"),
    (10, "cancelled"),
];

/// A word of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Property(String),
    Name(String),
    Text(String),
    Number(i64),
    Sign(char),
}

/// The filter that a query stands for.
///
/// # Errors
/// What is not understood.
pub fn filter(query: &str) -> Result<OrderFilter, Failure> {
    let mut words = words(query)?.into_iter().peekable();
    let mut filter = OrderFilter::default();
    let mut named = Vec::new();
    while words.peek().is_some() {
        if !named.is_empty() {
            match words.next() {
                Some(Word::Name(and)) if and.eq_ignore_ascii_case("and") => {}
                _ => return Err(refused("conditions are joined by AND")),
            }
        }
        let property = condition(&mut words, &mut filter)?;
        if named.contains(&property) {
            return Err(refused("a property is asked for once"));
        }
        named.push(property);
    }
    Ok(filter)
}

fn refused(why: &str) -> Failure {
    let known = "{reference}.Matches(\"text\"), {reference}.Matches(\"text\", \"prefix\"), and Matches(number) of {companyId}, {status}, {id} and {orderId}";
    Failure::new(format!("Invalid query: {why}; known are {known}."))
}

fn condition(
    words: &mut impl Iterator<Item = Word>,
    filter: &mut OrderFilter,
) -> Result<String, Failure> {
    let Some(Word::Property(property)) = words.next() else {
        return Err(refused("a condition begins with a property"));
    };
    let matches = words.next() == Some(Word::Sign('.'))
        && matches!(words.next(), Some(Word::Name(name)) if name == "Matches")
        && words.next() == Some(Word::Sign('('));
    if !matches {
        return Err(refused("only Matches is known"));
    }
    let first = words.next();
    let second = match words.next() {
        Some(Word::Sign(')')) => None,
        Some(Word::Sign(',')) => {
            let second = words.next();
            if words.next() != Some(Word::Sign(')')) {
                return Err(refused("a parenthesis is open"));
            }
            second
        }
        _ => return Err(refused("a parenthesis is open")),
    };
    match (property.as_str(), first, second) {
        ("reference", Some(Word::Text(text)), None) => filter.numbers.push(text),
        ("reference", Some(Word::Text(text)), Some(Word::Text(how))) if how == "prefix" => {
            filter.number_prefix = text;
        }
        ("companyId", Some(Word::Number(id)), None) => filter.customer_ids.push(id),
        ("id" | "orderId", Some(Word::Number(id)), None) => filter.ids.push(id),
        ("status", Some(Word::Number(code)), None) => {
            let known = STATUSES.iter().find(|(known, _)| *known == code);
            let (_, key) = known.ok_or_else(|| refused("there is no such status"))?;
            filter.states.push((*key).to_owned());
        }
        _ => return Err(refused("the values do not fit the property")),
    }
    Ok(match property.as_str() {
        "orderId" => "id".to_owned(),
        _ => property,
    })
}

fn words(query: &str) -> Result<Vec<Word>, Failure> {
    if query.chars().nth(MOST).is_some() {
        return Err(refused("it is too long"));
    }
    let mut words = Vec::new();
    let mut rest = query.chars().peekable();
    while let Some(next) = rest.next() {
        words.push(match next {
            space if space.is_whitespace() => continue,
            '{' => Word::Property(until(&mut rest, '}')?),
            quote @ ('"' | '\'') => Word::Text(until(&mut rest, quote)?),
            sign @ ('.' | '(' | ')' | ',') => Word::Sign(sign),
            first if first.is_ascii_digit() || first == '-' => {
                let digits = more(first, &mut rest, |next| next.is_ascii_digit());
                let number = digits.parse();
                Word::Number(number.map_err(|_| refused("a number is beyond 64 bits"))?)
            }
            first if first.is_ascii_alphabetic() => {
                Word::Name(more(first, &mut rest, |next| next.is_ascii_alphanumeric()))
            }
            _ => return Err(refused("a character has no meaning there")),
        });
    }
    Ok(words)
}

/// What stands before the end sign; a backslash takes the next character as it is.
fn until(rest: &mut Peekable<Chars<'_>>, end: char) -> Result<String, Failure> {
    let mut text = String::new();
    while let Some(next) = rest.next() {
        match next {
            next if next == end => return Ok(text),
            '\\' => text.extend(rest.next()),
            next => text.push(next),
        }
    }
    Err(refused("a quote or a brace is open"))
}

fn more(first: char, rest: &mut Peekable<Chars<'_>>, fits: impl Fn(&char) -> bool) -> String {
    let mut text = String::from(first);
    while let Some(next) = rest.next_if(&fits) {
        text.push(next);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn the_queries_of_the_contract_are_understood() {
        let both = filter("{reference}.Matches(\"my order\") AND {companyId}.Matches(537)");
        let both = both.expect("a filter");
        assert_eq!(
            (both.numbers, both.customer_ids),
            (vec!["my order".to_owned()], vec![537])
        );
        let prefix = filter("{reference}.Matches(\"urgent-\", \"prefix\")").expect("a filter");
        assert_eq!(prefix.number_prefix, "urgent-");
        let status = filter(" {status}.Matches( 1 ) ").expect("a filter");
        assert_eq!(status.states, ["proposal"]);
        assert!(filter("").is_ok());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for query in [
            "{reference}",
            "{reference}.Matches(",
            "{reference}.Matches(1)",
            "{reference}.Matches(\"a\", \"suffix\")",
            "{companyId}.Matches(99999999999999999999)",
            "{status}.Matches(7)",
            "{status}.Matches(1) OR {status}.Matches(2)",
            "{status}.Matches(1) {companyId}.Matches(2)",
            "{status}.Matches(1) AND",
            "{status}.Matches(1) AND {status}.Matches(2)",
            "{nothing}.Matches(1)",
            "{id} > 1000",
            "\"open",
            "{open",
            "☃",
        ] {
            assert!(filter(query).is_err(), "{query}");
        }
    }
}
