//! How often a test repeats what only repetition can show.

use std::env;

/// How many times, under a name from the list at the top of this crate: `usual`, unless the environment asks for the
/// full figure or for one of its own.
///
/// # Panics
///
/// If the environment names a figure that is no number.
pub fn figure(name: &str, usual: usize, full: usize) -> usize {
    let variable = format!("ORDER_STATUS_TEST_{name}");
    match env::var(&variable) {
        Ok(text) => match text.parse() {
            Ok(figure) => figure,
            Err(error) => panic!("{variable}={text}: {error}"),
        },
        Err(_) if env::var_os("ORDER_STATUS_TEST_FULL").is_some() => full,
        Err(_) => usual,
    }
}
