//! Field masks, as proto3 JSON writes them: paths with commas between, words joined in camel case.

use std::borrow::Cow;

/// The paths of a mask, as the descriptors spell them.
pub(super) fn read(text: &str) -> impl Iterator<Item = String> {
    let paths = text.split(',').map(str::trim);
    paths.filter(|path| !path.is_empty()).map(snake)
}

/// A path as JSON has it; as it is where camel case would lead back to another. `None` where neither leads back.
pub(super) fn show(path: &str) -> Option<Cow<'_, str>> {
    let leads_back = |told: &str| read(told).eq([path]);
    let camel = camel(path);
    if leads_back(&camel) {
        return Some(camel.into());
    }
    leads_back(path).then_some(path.into())
}

fn snake(path: &str) -> String {
    let mut snake = String::with_capacity(path.len());
    for char in path.chars() {
        if char.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(char.to_ascii_lowercase());
    }
    snake
}

fn camel(path: &str) -> String {
    let mut camel = String::with_capacity(path.len());
    let mut raise = false;
    for char in path.chars() {
        match char {
            '_' => raise = true,
            char if std::mem::take(&mut raise) => camel.push(char.to_ascii_uppercase()),
            char => camel.push(char),
        }
    }
    camel
}
