//! The cookie that carries a session.

use axum::http::header::{COOKIE, HeaderMap, HeaderValue};

use crate::auth::keys::Secret;

/// The cookie's name.
const NAME: &str = "session_id";
/// How long a browser keeps it, in seconds: as long as the session lasts.
pub const LIFETIME: u32 = 7 * 24 * 60 * 60;

/// The session in the cookies of a call; every other cookie is somebody else's.
pub fn session(headers: &HeaderMap) -> Option<Secret> {
    let lines = headers.get_all(COOKIE).iter();
    let cookies = lines.filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';'));
    let value = pairs.find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (name.trim() == NAME).then(|| value.trim().trim_matches('"'))
    })?;
    (!value.is_empty()).then(|| Secret::new(value))
}

/// Has the browser keep a token; where it came over HTTPS, for HTTPS alone. `None` for one that no header can hold.
pub fn keep(token: &Secret, secure: bool) -> Option<HeaderValue> {
    let cookie = format!(
        "{NAME}={}; Path=/; Max-Age={LIFETIME}; {}",
        token.expose(),
        guards(secure)
    );
    let mut cookie = HeaderValue::try_from(cookie).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}

/// Has the browser forget the token.
pub fn drop_it(secure: bool) -> Option<HeaderValue> {
    let cookie = format!("{NAME}=; Path=/; Max-Age=0; {}", guards(secure));
    HeaderValue::try_from(cookie).ok()
}

const fn guards(secure: bool) -> &'static str {
    if secure {
        "HttpOnly; SameSite=Lax; Secure"
    } else {
        "HttpOnly; SameSite=Lax"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        for (line, expected) in [
            ("frontend_lang=en_US; session_id=8ace", Some("8ace")),
            ("session_id=8ace", Some("8ace")),
            ("session_id=\"8ace\";a=b", Some("8ace")),
            ("xsession_id=8ace", None),
            ("session_id=", None),
            ("session_id", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_static(line));
            let found = session(&headers);
            assert_eq!(found.as_ref().map(Secret::expose), expected, "{line}");
        }
    }
}
