use super::*;
use std::collections::BTreeMap;

fn flags(values: &[(&'static str, &str)]) -> Flags {
    let values: BTreeMap<_, _> = values
        .iter()
        .map(|(name, text)| (*name, (*text).to_owned()))
        .collect();
    Flags { file: None, values }
}

fn with_file(text: &str, flags: &mut Flags, name: &str) {
    let path =
        std::env::temp_dir().join(format!("order-status-{}-{name}.toml", std::process::id()));
    std::fs::write(&path, text).expect("the temporary directory takes a file");
    flags.file = Some(path);
}

fn read(
    flags: &Flags,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Config, ConfigError> {
    Config::read(&Values::resolve(flags, environment)?)
}

#[test]
fn the_defaults_are_valid() {
    let config = read(&Flags::default(), |_| None).expect("defaults are valid");
    assert_eq!(config.listen.to_string(), "127.0.0.1:50051");
    assert_eq!(config.call_timeout, Duration::from_secs(30));
}

#[test]
fn flags_win_over_the_environment_and_the_environment_over_the_file() {
    let mut given = flags(&[("queue-length", "7")]);
    with_file(
        "queue-length = 9\nbatch-size = 9\nmax-calls = 9\n",
        &mut given,
        "order",
    );
    let environment = |name: &str| {
        (name == "ORDER_STATUS_BATCH_SIZE" || name == "ORDER_STATUS_QUEUE_LENGTH")
            .then(|| "8".to_owned())
    };
    let config = read(&given, environment).expect("valid");
    assert_eq!(
        (
            config.queue_length,
            config.batch_size,
            config.max_calls,
            config.max_streams
        ),
        (7, 8, 9, 100)
    );
    let shown = Values::resolve(&given, environment)
        .expect("valid")
        .describe();
    let line = |name: &str| {
        shown
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(line("queue-length").ends_with("7  (flag)"), "{shown}");
    assert!(line("batch-size").ends_with("8  (environment)"), "{shown}");
    assert!(line("max-calls").contains("9  (file "), "{shown}");
    assert!(line("max-streams").ends_with("100  (default)"), "{shown}");
}

#[test]
fn an_unknown_key_in_the_file_is_refused_by_its_name() {
    let mut given = Flags::default();
    with_file("listne = \"127.0.0.1:1\"\n", &mut given, "unknown");
    let error = read(&given, |_| None).expect_err("unknown key").to_string();
    assert!(
        error.contains("unknown key \"listne\"") && error.contains("http-listen"),
        "{error}"
    );
}

#[test]
fn a_wrong_value_is_refused_with_the_place_where_it_was_set() {
    let wrong = |name, value| {
        read(&flags(&[(name, value)]), |_| None)
            .expect_err("wrong value")
            .to_string()
    };
    assert!(wrong("listen", "here").starts_with("flag --listen: \"here\" is not an address"));
    assert!(wrong("call-timeout", "30").contains("30s"));
    assert!(wrong("call-timeout", "0s").contains("longer than nothing"));
    assert!(wrong("queue-length", "0").contains("from 1 to"));
    assert!(wrong("log", "xml").contains("neither text nor json"));
    let environment = |name: &str| (name == "ORDER_STATUS_LISTEN").then(|| "x".to_owned());
    let error = read(&Flags::default(), environment)
        .expect_err("wrong value")
        .to_string();
    assert!(
        error.starts_with("environment variable ORDER_STATUS_LISTEN:"),
        "{error}"
    );
}

#[test]
fn a_listener_beyond_loopback_needs_tls_or_a_word_of_consent() {
    let bind = ("listen", "0.0.0.0:50051");
    let error = read(&flags(&[bind]), |_| None)
        .expect_err("beyond loopback")
        .to_string();
    assert!(
        error.contains("--insecure-bind") && error.contains("--tls-cert"),
        "{error}"
    );
    assert!(read(&flags(&[bind, ("insecure-bind", "true")]), |_| None).is_ok());
    assert!(
        read(
            &flags(&[bind, ("tls-cert", "c.pem"), ("tls-key", "k.pem")]),
            |_| None
        )
        .is_ok()
    );
    assert!(read(&flags(&[("tls-cert", "c.pem")]), |_| None).is_err());
}

#[test]
fn passwords_of_the_database_are_never_shown() {
    for url in [
        "postgres://user:hunter2@host/db",
        "postgres://host/db?user=u&password=hunter2&sslmode=require",
    ] {
        let shown = Values::resolve(&flags(&[("database-url", url)]), |_| None)
            .expect("valid")
            .describe();
        assert!(
            !shown.contains("hunter2") && shown.contains("***"),
            "{shown}"
        );
    }
}

#[test]
fn lists_of_origins_and_proxies_are_read_item_by_item() {
    let config = |name, value| read(&flags(&[(name, value)]), |_| None);
    let named = config("cors-origins", "https://a.example, http://localhost:3000").expect("valid");
    assert_eq!(
        named.cors_origins,
        Origins::These(vec![
            http::HeaderValue::from_static("https://a.example"),
            http::HeaderValue::from_static("http://localhost:3000"),
        ])
    );
    assert_eq!(
        config("cors-origins", "*").expect("valid").cors_origins,
        Origins::Any
    );
    for wrong in [
        "a.example",
        "https://a.example/",
        "https://a.example/x",
        "https://u@a.example",
        "*, https://a.example",
        "ftp://a",
    ] {
        let error = config("cors-origins", wrong).expect_err(wrong).to_string();
        assert!(error.contains("is not an origin"), "{error}");
    }
    let proxies = config("trusted-proxy", "10.0.0.0/8,::1")
        .expect("valid")
        .trusted_proxies;
    let expected = [("10.0.0.0", 8), ("::1", 128)]
        .map(|(address, bits)| (address.parse().expect("an address"), bits));
    assert_eq!(proxies, expected);
    for wrong in ["10.0.0.0/33", "::1/129", "10.0.0", "10.0.0.0/", "proxy"] {
        let error = config("trusted-proxy", wrong).expect_err(wrong).to_string();
        assert!(error.contains("is not an address or a network"), "{error}");
    }
}
