//! The table of settings. Flags, environment, file and `order-status config` all go by it.

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name: the flag without dashes, the key in the file.
    pub name: &'static str,
    /// What stands for the value in help texts; empty for a switch.
    pub value: &'static str,
    /// The value where nothing sets it; empty for none.
    pub default: &'static str,
    /// What it is for.
    pub help: &'static str,
}

impl Setting {
    /// The name of the environment variable.
    pub fn variable(&self) -> String {
        format!(
            "ORDER_STATUS_{}",
            self.name.to_ascii_uppercase().replace('-', "_")
        )
    }

    /// Whether the setting is a switch, which needs no value on the command line.
    pub fn is_switch(&self) -> bool {
        self.value.is_empty()
    }
}

const fn setting(
    name: &'static str,
    value: &'static str,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting {
        name,
        value,
        default,
        help,
    }
}

/// A program that was built without REST does not try to serve it.
const REST: &str = if cfg!(feature = "rest") {
    "true"
} else {
    "false"
};

/// Every setting, in the order in which help and `order-status config` show them.
pub const SETTINGS: &[Setting] = &[
    setting(
        "database-url",
        "URL",
        "sqlite:order-status.db",
        "Database: sqlite:PATH, a path, or postgres://…",
    ),
    setting(
        "database-connections",
        "N",
        "4",
        "Connections that read from the database",
    ),
    setting(
        "listen",
        "ADDRESS",
        "127.0.0.1:50051",
        "Address of the gRPC listener; port 0 takes a free one",
    ),
    setting(
        "http-listen",
        "ADDRESS",
        "127.0.0.1:8080",
        "Address of the HTTP listener (REST, health, metrics)",
    ),
    setting(
        "rest",
        "",
        REST,
        "Serve the API as JSON on the HTTP listener; without it, health and metrics alone",
    ),
    setting(
        "cors-origins",
        "LIST",
        "",
        "Origins whose pages may read REST answers, such as https://shop.example, with commas; * for all",
    ),
    setting(
        "require-https",
        "",
        "false",
        "Refuse REST calls that came over plain HTTP",
    ),
    setting(
        "trusted-proxy",
        "LIST",
        "",
        "Proxies whose X-Forwarded-Proto and X-Forwarded-For count: addresses or networks, with commas",
    ),
    setting(
        "body-timeout",
        "TIME",
        "30s",
        "Longest time that the body of a REST request may take to come",
    ),
    setting(
        "tls-cert",
        "FILE",
        "",
        "Certificate chain for both listeners, PEM",
    ),
    setting("tls-key", "FILE", "", "Private key for both listeners, PEM"),
    setting(
        "insecure-bind",
        "",
        "false",
        "Allow listeners beyond loopback without TLS",
    ),
    setting(
        "log",
        "FORMAT",
        "text",
        "Log format on stderr: text or json",
    ),
    setting(
        "log-filter",
        "FILTER",
        "info",
        "Log filter, such as info or order_status_server=debug,info",
    ),
    setting(
        "workflows",
        "DIR",
        "",
        "Directory of further workflow files (*.toml)",
    ),
    setting(
        "call-timeout",
        "TIME",
        "30s",
        "Longest time that a unary call may take",
    ),
    setting(
        "queue-length",
        "N",
        "4096",
        "Commands that may wait for the ledger",
    ),
    setting(
        "batch-size",
        "N",
        "256",
        "Commands that the ledger takes into one transaction",
    ),
    setting(
        "max-message-bytes",
        "N",
        "1048576",
        "Largest request message in bytes",
    ),
    setting(
        "max-import-bytes",
        "N",
        "16777216",
        "Largest message of ImportOrders in bytes",
    ),
    setting(
        "max-connections",
        "N",
        "1000",
        "Connections that one listener holds open",
    ),
    setting(
        "max-streams",
        "N",
        "100",
        "Calls in flight on one connection",
    ),
    setting(
        "max-calls",
        "N",
        "8192",
        "Calls that the process works on at once",
    ),
    setting(
        "keepalive-interval",
        "TIME",
        "30s",
        "Silence after which a client is asked for a sign of life",
    ),
    setting(
        "keepalive-timeout",
        "TIME",
        "20s",
        "How long the client has to give it",
    ),
    setting(
        "connection-age",
        "TIME",
        "30m",
        "Age at which a connection is asked to come anew; 0s for never",
    ),
    setting(
        "drain-announce",
        "TIME",
        "1s",
        "How long health says NOT_SERVING before the listeners close",
    ),
    setting(
        "drain-grace",
        "TIME",
        "20s",
        "How long calls may take to end after that",
    ),
    setting(
        "max-watches",
        "N",
        "2000",
        "Watches that the process serves at once",
    ),
    setting(
        "replicas",
        "N",
        "1",
        "Processes that serve the database together: each takes that share of what a contract allows in a minute",
    ),
    setting(
        "cyclesoftware-per-minute",
        "N",
        "360",
        "Calls that a login has within any minute by CycleSoftware's contract",
    ),
    setting(
        "cyclesoftware-invoices-per-minute",
        "N",
        "15",
        "Calls of create-invoices that a login has within any minute beside those",
    ),
    setting(
        "cyclesoftware-per-day",
        "N",
        "15000",
        "Calls of either kind that a login has within a day by that contract",
    ),
];

/// The setting with that name.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}
