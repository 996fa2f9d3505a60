//! Values of settings as text, with where each came from, and how text is read.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use http::{HeaderValue, Uri};

use super::ConfigError;
use super::flags::Flags;
use super::table::{SETTINGS, find};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag on the command line.
    Flag,
    /// An environment variable.
    Environment,
    /// The configuration file.
    File(PathBuf),
    /// Nothing set it.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag => f.write_str("flag"),
            Source::Environment => f.write_str("environment"),
            Source::File(path) => write!(f, "file {}", path.display()),
            Source::Default => f.write_str("default"),
        }
    }
}

/// One setting's value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The value as text; empty for none.
    pub text: String,
    /// Where it came from.
    pub source: Source,
}

/// The value of every setting, as text.
#[derive(Clone, Debug)]
pub struct Values(BTreeMap<&'static str, Resolved>);

impl Values {
    /// Puts flags, environment, file and defaults together.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, or holds a key that is not a setting.
    pub fn resolve(
        flags: &Flags,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Values, ConfigError> {
        let path = flags
            .file
            .clone()
            .or_else(|| environment("ORDER_STATUS_CONFIG").map(PathBuf::from));
        let file = path
            .as_deref()
            .map(read_file)
            .transpose()?
            .unwrap_or_default();
        let from_file = |name: &str| {
            let text = file.get(name)?.clone();
            Some(Resolved {
                text,
                source: Source::File(path.clone().unwrap_or_default()),
            })
        };
        let values = SETTINGS.iter().map(|setting| {
            let flag = flags.values.get(setting.name).map(|text| Resolved {
                text: text.clone(),
                source: Source::Flag,
            });
            let resolved = flag
                .or_else(|| {
                    let text = environment(&setting.variable())?;
                    Some(Resolved {
                        text,
                        source: Source::Environment,
                    })
                })
                .or_else(|| from_file(setting.name))
                .unwrap_or_else(|| Resolved {
                    text: setting.default.to_owned(),
                    source: Source::Default,
                });
            (setting.name, resolved)
        });
        Ok(Values(values.collect()))
    }

    /// One setting.
    pub fn get(&self, name: &str) -> Option<&Resolved> {
        self.0.get(name)
    }

    /// Gives a setting another value where nothing set it.
    pub fn default_to(&mut self, name: &str, text: &str) {
        if let Some(resolved) = self
            .0
            .get_mut(name)
            .filter(|resolved| resolved.source == Source::Default)
        {
            text.clone_into(&mut resolved.text);
        }
    }

    /// Every setting with its value and where it came from, one a line. Secrets are hidden.
    pub fn describe(&self) -> String {
        let width = SETTINGS
            .iter()
            .map(|setting| setting.name.len())
            .max()
            .unwrap_or(0);
        let lines = SETTINGS.iter().filter_map(|setting| {
            let resolved = self.get(setting.name)?;
            let text = if setting.name == "database-url" {
                hide_password(&resolved.text)
            } else {
                resolved.text.clone()
            };
            let text = if text.is_empty() {
                "(none)".to_owned()
            } else {
                text
            };
            Some(format!(
                "{:width$}  {text}  ({})\n",
                setting.name, resolved.source
            ))
        });
        lines.collect()
    }

    /// Reads a setting by `parse`, whose error says what would be right.
    pub(super) fn read<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let setting = find(name).ok_or_else(|| ConfigError(format!("{name} is not a setting")))?;
        let resolved = self
            .get(name)
            .ok_or_else(|| ConfigError(format!("{name} has no value")))?;
        parse(&resolved.text).map_err(|wrong| {
            let place = match &resolved.source {
                Source::Flag => format!("flag --{name}"),
                Source::Environment => format!("environment variable {}", setting.variable()),
                Source::File(path) => format!("{} in file {}", name, path.display()),
                Source::Default => format!("default of {name}"),
            };
            ConfigError(format!("{place}: {wrong}"))
        })
    }
}

/// Reads a file of settings: a flat TOML table.
fn read_file(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        ConfigError(format!(
            "configuration file {shown} cannot be read: {error}"
        ))
    })?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| {
            text[..span.start.min(text.len())].matches('\n').count() + 1
        });
        ConfigError(format!(
            "configuration file {shown}, line {line}: {}",
            error.message()
        ))
    })?;
    let read = table.into_iter().map(|(key, value)| {
        if find(&key).is_none() {
            let known: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
            return Err(ConfigError(format!(
                "configuration file {shown}: unknown key {key:?}; known: {}",
                known.join(", ")
            )));
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(switch) => switch.to_string(),
            _ => {
                return Err(ConfigError(format!(
                    "configuration file {shown}: {key} must be text, a whole number, true or false"
                )));
            }
        };
        Ok((key, text))
    });
    read.collect()
}

/// A database URL without its password: what stands between `:` and `@`, and any `password` parameter.
fn hide_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            format!("{}:***@{host}", user.split(':').next().unwrap_or_default())
        }
        _ => authority.to_owned(),
    };
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let query: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if name.contains("password") => format!("{name}=***"),
            _ => pair.to_owned(),
        })
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{authority}{path}{mark}{}", query.join("&"))
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// An address of a database. What has a scheme of another kind would otherwise pass for a path.
pub(super) fn database_url(url: &str) -> Result<String, String> {
    match url.split_once("://") {
        Some((scheme, _)) if !["sqlite", "postgres", "postgresql"].contains(&scheme) => Err(
            format!("must be sqlite:PATH, a path, or postgres://…, not {scheme}://…"),
        ),
        _ => text(url),
    }
}

pub(super) fn text(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Err("must not be empty".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn path(text: &str) -> Result<Option<PathBuf>, String> {
    Ok((!text.is_empty()).then(|| PathBuf::from(text)))
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not an address such as 127.0.0.1:50051 or [::1]:50051"))
}

/// Origins of web pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// All.
    Any,
    /// These; none where the list is empty.
    These(Vec<HeaderValue>),
}

pub(super) fn origins(text: &str) -> Result<Origins, String> {
    if text.trim() == "*" {
        return Ok(Origins::Any);
    }
    let origin = |text: &str| {
        let wrong = || format!("{text:?} is not an origin such as https://shop.example");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let bare = !text.ends_with('/') && uri.path() == "/" && uri.query().is_none();
        let web = matches!(uri.scheme_str(), Some("http" | "https"));
        let named = uri
            .authority()
            .is_some_and(|authority| !authority.as_str().contains('@'));
        if bare && web && named {
            HeaderValue::from_str(text).map_err(|_| wrong())
        } else {
            Err(wrong())
        }
    };
    list(text)
        .map(origin)
        .collect::<Result<_, _>>()
        .map(Origins::These)
}

pub(super) fn networks(text: &str) -> Result<Vec<(IpAddr, u8)>, String> {
    let network = |text: &str| {
        let wrong = || format!("{text:?} is not an address or a network such as 10.0.0.0/8");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        match bits.map_or(Ok(most), str::parse) {
            Ok(bits) if bits <= most => Ok((address, bits)),
            _ => Err(wrong()),
        }
    };
    list(text).map(network).collect()
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

pub(super) fn switch(text: &str) -> Result<bool, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is neither true nor false"))
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("{text:?} is neither text nor json")),
    }
}

pub(super) fn number<T: FromStr + PartialOrd + fmt::Display>(
    text: &str,
    least: T,
    most: T,
) -> Result<T, String> {
    match text.parse() {
        Ok(number) if number >= least && number <= most => Ok(number),
        _ => Err(format!(
            "{text:?} is not a whole number from {least} to {most}"
        )),
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a time such as 500ms, 30s, 5m or 1h, at most 24h");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (count, unit) = text.split_at(digits);
    let count: u64 = count.parse().map_err(|_| wrong())?;
    let unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let millis = count
        .checked_mul(unit)
        .filter(|millis| *millis <= 24 * 3_600_000)
        .ok_or_else(wrong)?;
    Ok(Duration::from_millis(millis))
}

pub(super) fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("must be longer than nothing".to_owned()),
        time => Ok(time),
    }
}
