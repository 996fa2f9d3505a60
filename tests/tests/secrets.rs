//! Keys, tokens and passwords are kept by nobody but their owners: not in the database, not in the log.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use order_status_proto::v1 as pb;
use order_status_tests::account::credential;
use order_status_tests::backend::Database;
use order_status_tests::http::Call;
use order_status_tests::{Backend, Caller, Config, Server, Tenant, on_both};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

const PASSWORD: &str = "Correct-Horse-Battery-9";
const WRONG: &str = "Wrong-Horse-Battery-7";
const UNKNOWN: &str = "osk_Unknown7890123456789012345678901234567890123";

/// Every form in which bytes may stand in a text or a file: as they are, in hexadecimal digits, and in base64 wherever
/// in it they begin.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex = |digits: fn(&u8) -> String| secret.iter().map(digits).collect::<String>();
    let mut forms = vec![
        secret.to_vec(),
        hex(|byte| format!("{byte:02x}")).into_bytes(),
        hex(|byte| format!("{byte:02X}")).into_bytes(),
    ];
    for before in 0..3 {
        let padded = [&vec![0; before], secret].concat();
        // What shares a letter with its neighbours is left out.
        let whole = padded.len() / 3 * 4;
        let from = [0, 2, 3][before];
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.push(engine.encode(&padded).as_bytes()[from..whole].to_vec());
        }
    }
    forms
}

/// Bytes as letters, one each, so that they are searched as quickly as a text.
fn letters(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Whether bytes stand anywhere in any form.
fn holds(place: &str, secret: &[u8]) -> bool {
    let mut forms = forms(secret).into_iter();
    forms.any(|form| place.contains(&letters(&form)))
}

/// All that a database holds, nobody being connected to it.
async fn content(backend: Backend, database: &Database) -> String {
    match backend {
        Backend::Sqlite => {
            let path = database.url.strip_prefix("sqlite://").expect("a file");
            let beside = ["", "-wal", "-shm"].map(|end| std::fs::read(format!("{path}{end}")));
            letters(&beside.into_iter().flatten().flatten().collect::<Vec<u8>>())
        }
        Backend::Postgres => {
            let mut connection = PgConnection::connect(&database.url).await.expect("connect");
            let tables =
                sqlx::query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'");
            let tables = tables.fetch_all(&mut connection).await.expect("the tables");
            assert!(tables.len() > 5, "{} tables", tables.len());
            let mut whole = String::new();
            for table in tables {
                let table: String = table.get(0);
                let rows = AssertSqlSafe(format!("SELECT t::text FROM \"{table}\" t"));
                let rows = sqlx::query_scalar::<_, String>(rows);
                let rows = rows.fetch_all(&mut connection).await.expect("its rows");
                whole.extend(rows);
            }
            whole
        }
    }
}

/// What somebody holds who logged in, by each of the ways that there are, and who was refused, too.
async fn use_secrets(server: &Server, account: &Tenant, code: &str) -> Vec<String> {
    let login = pb::CreateCredentialRequest {
        title: "Ann at the till".to_owned(),
        login: "ann".to_owned(),
        password: PASSWORD.to_owned(),
        ..credential(pb::Role::Manager)
    };
    let made = account.admin.accounts().create_credential(login).await;
    made.expect("a login");
    let log_in = |password: &str| pb::CreateSessionRequest {
        account: Some(pb::create_session_request::Account::AccountCode(
            code.to_owned(),
        )),
        login: "ann".to_owned(),
        password: password.to_owned(),
        ..Default::default()
    };
    let mut sessions = account.staff.sessions();
    let opened = sessions.create_session(log_in(PASSWORD)).await;
    let token = opened.expect("a session").into_inner().token;
    sessions
        .create_session(log_in(WRONG))
        .await
        .expect_err("a wrong password");
    let stranger = Caller::new(server.channel().await, UNKNOWN);
    let refused = stranger
        .sessions()
        .get_session(pb::GetSessionRequest {})
        .await;
    refused.expect_err("an unknown key");

    let call = |method: &str, target: &str| Call::new(server.http_address(), method, target);
    let native = json!({"accountCode": code, "login": "ann", "password": PASSWORD});
    let native = call("POST", "/v1/session").json(native).send().await;
    let over_http = native.json()["token"].as_str().expect("a token").to_owned();
    let params = json!({"db": code, "login": "ann", "password": PASSWORD});
    let contract = call("POST", "/web/session/authenticate");
    let contract = contract.json(json!({"params": params})).send().await;
    let cookie = contract.header("set-cookie").expect("a cookie");
    let cookie = cookie.trim_start_matches("session_id=").split(';').next();
    let cookie = cookie.expect("a session").to_owned();
    for key in [
        token.as_str(),
        &over_http,
        &cookie,
        &account.staff.key,
        UNKNOWN,
    ] {
        let with_cookie = format!("session_id={key}");
        for (target, header, value) in [
            ("/v1/orders", "authorization", format!("Bearer {key}")),
            ("/v1/orders", "x-api-key", key.to_owned()),
            ("/nothing", "authorization", format!("Bearer {key}")),
            ("/api/sale_order", "x-api-key", key.to_owned()),
            ("/api/orders/1/status", "token", key.to_owned()),
            ("/web/session/logout", "cookie", with_cookie.clone()),
        ] {
            call("GET", target).header(header, &value).send().await;
        }
        for target in [
            format!("/v1/orders?key={key}"),
            format!("/v1/orders/number/x?token={key}"),
        ] {
            call("GET", &target).send().await;
        }
    }
    let body = json!({"accountCode": code, "login": "ann", "password": WRONG});
    let refused = call("POST", "/v1/session").json(&body).send().await;
    assert_eq!(refused.status, 401, "{}", refused.text());
    let broken = body.to_string().replace('}', "");
    let refused = call("POST", "/v1/session").json(broken).send().await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    vec![token, over_http, cookie]
}

#[tokio::test]
async fn no_key_token_or_password_is_in_the_database_or_in_the_log() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let mut server = Server::start(Config {
            args: vec!["--log=json".to_owned(), "--log-filter=trace".to_owned()],
            ..Config::on(&database)
        })
        .await;
        let code = "ann-and-company";
        let account = pb::Account {
            code: code.to_owned(),
            workflow: "odoo".to_owned(),
            ..Default::default()
        };
        let account = Tenant::with(&server, account).await;
        let mut secrets = use_secrets(&server, &account, code).await;
        let callers = [
            &account.admin,
            &account.manager,
            &account.staff,
            &account.client,
        ];
        secrets.extend(callers.map(|caller| caller.key.clone()));
        secrets.push(server.admin_key().await);
        secrets.extend([PASSWORD, WRONG, UNKNOWN].map(str::to_owned));
        assert!(server.stop().await.success());

        let kept = content(backend, &database).await;
        let log = letters(server.output().1.as_bytes());
        // What is no secret is found: a key's first characters, and whose login it is.
        let shown = &account.admin.key.as_bytes()[..8];
        assert!(holds(&kept, shown) && holds(&kept, code.as_bytes()));
        assert!(holds(&log, b"SessionService/CreateSession"));
        for secret in secrets {
            let mut parts = vec![secret.clone().into_bytes()];
            // Keys and tokens are random bytes behind a prefix.
            let bytes = secret.get(4..).map(|rest| URL_SAFE_NO_PAD.decode(rest));
            parts.extend(bytes.and_then(Result::ok).filter(|bytes| bytes.len() == 32));
            for part in parts {
                assert!(!holds(&kept, &part), "{secret} is in the database");
                assert!(!holds(&log, &part), "{secret} is in the log");
            }
        }
    })
    .await;
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = b"osk_Secret";
    let found = |place: String| holds(&place, secret);
    assert!(found("a key, osk_Secret, in a text".to_owned()));
    assert!(found("\\\\x006f736b5f536563726574ff".to_owned()));
    assert!(found("6F736B5F536563726574".to_owned()));
    for before in ["", "a", "ab", "abc"] {
        let place = format!("{before}osk_Secret and more");
        assert!(found(STANDARD_NO_PAD.encode(&place)), "{before}");
        assert!(found(URL_SAFE_NO_PAD.encode(&place)), "{before}");
    }
    assert!(!found("osk_secret".to_owned()) && !found(STANDARD_NO_PAD.encode("osk_Secure")));
}
