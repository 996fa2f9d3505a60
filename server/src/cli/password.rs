//! Where the command line gets a password from: never from a flag, which other users of the machine can read.

use std::io::{BufRead as _, IsTerminal as _};

use super::Failure;
use crate::auth::keys::Secret;

/// Asks for the password of a login: twice and unseen where somebody types, else one line of the standard input.
///
/// # Errors
/// There is none to read, or the two are not the same.
pub(super) fn read(login: &str) -> Result<Secret, Failure> {
    let failed = |error| Failure(format!("the password cannot be read: {error}"));
    let input = std::io::stdin();
    if input.is_terminal() {
        let ask = |prompt: String| rpassword::prompt_password(prompt).map_err(failed);
        let password = ask(format!("password for {login}: "))?;
        if ask("the same again: ".to_owned())? != password {
            return Err(Failure("the two passwords are not the same".to_owned()));
        }
        return Ok(Secret::new(password));
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).map_err(failed)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        let message = "--login takes its password from the standard input, which holds none";
        return Err(Failure(message.to_owned()));
    }
    Ok(Secret::new(password))
}
