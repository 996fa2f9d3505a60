use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use prost::Message as _;

use super::rights::{RIGHTS, Right, Row};
use super::*;

struct Kept {
    records: Mutex<Vec<CredentialRecord>>,
    reads: AtomicUsize,
}

impl CredentialSource for Kept {
    fn by_hash<'a>(&'a self, hash: &'a [u8; 32]) -> Lookup<'a, Option<Known>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let records = self.records.lock().unwrap().clone();
        let found = records
            .into_iter()
            .find(|record| matches!(&record.proof, Proof::Key { hash: kept, .. } if kept == hash))
            .map(|credential| Known {
                credential,
                session: None,
            });
        Box::pin(std::future::ready(Ok(found)))
    }

    fn by_login<'a>(
        &'a self,
        _: Option<&'a AccountName>,
        login: &'a str,
    ) -> Lookup<'a, Vec<CredentialRecord>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let mut found = self.records.lock().unwrap().clone();
        found.retain(
            |record| matches!(&record.proof, Proof::Login { login: kept, .. } if kept == login),
        );
        Box::pin(std::future::ready(Ok(found)))
    }

    fn note_use(&self, _: &Session) {}
}

static NOW: AtomicI64 = AtomicI64::new(1_000);

fn now() -> Timestamp {
    Timestamp::from_micros(NOW.load(Ordering::SeqCst))
}

fn kept(expire_time: Option<Timestamp>, revoke_time: Option<Timestamp>) -> Arc<Kept> {
    let record = CredentialRecord {
        id: 3,
        account_id: 1,
        title: "Till".to_owned(),
        role: Role::Staff,
        proof: Proof::Key {
            hash: Secret::new("word").hash(),
            prefix: "word".to_owned(),
        },
        store_id: Some(2),
        customer_id: None,
        scopes: Vec::new(),
        create_time: Timestamp::default(),
        expire_time,
        revoke_time,
    };
    Arc::new(Kept {
        records: Mutex::new(vec![record]),
        reads: AtomicUsize::new(0),
    })
}

#[tokio::test]
async fn a_key_opens_its_account_and_is_looked_up_once() {
    let kept = kept(None, None);
    let authenticator = Authenticator::new(kept.clone(), now).unwrap();
    for _ in 0..3 {
        let principal = authenticator
            .authenticate(&Secret::new("word"))
            .await
            .unwrap();
        assert_eq!(
            (
                principal.account_id,
                principal.credential_id,
                principal.store_id
            ),
            (1, 3, Some(2))
        );
    }
    assert_eq!(kept.reads.load(Ordering::SeqCst), 1);
    assert_eq!(
        authenticator.authenticate(&Secret::new("Word")).await,
        Err(AuthError::Invalid)
    );
}

#[tokio::test]
async fn an_expired_and_a_revoked_key_are_refused_alike() {
    let past = Some(Timestamp::from_micros(999));
    for kept in [kept(past, None), kept(None, past)] {
        let refused = Authenticator::new(kept, now)
            .unwrap()
            .authenticate(&Secret::new("word"))
            .await;
        assert_eq!(refused, Err(AuthError::Invalid));
    }
}

#[tokio::test]
async fn a_password_that_fitted_a_moment_ago_is_not_hashed_again() {
    let password_hash = Passwords::default()
        .hash(Secret::new("correct horse"))
        .await;
    let kept = kept(None, None);
    if let Some(record) = kept.records.lock().unwrap().first_mut() {
        record.proof = Proof::Login {
            login: "ann".to_owned(),
            password_hash: password_hash.unwrap(),
        };
    }
    let mut authenticator = Authenticator::new(kept.clone(), now).unwrap();
    let attempt = |password: &str| Attempt {
        account: Some(AccountName::Id(1)),
        login: "ann".to_owned(),
        password: Secret::new(password),
        address: None,
    };
    let wrong = authenticator.log_in(&attempt("correct house")).await;
    assert_eq!(wrong, Err(AuthError::Invalid));
    let first = authenticator.log_in(&attempt("correct horse")).await;
    assert_eq!(first.unwrap().credential_id, 3);
    authenticator.logins.passwords = Passwords::none();
    let reads = kept.reads.load(Ordering::SeqCst);
    assert!(
        authenticator
            .log_in(&attempt("correct horse"))
            .await
            .is_ok()
    );
    assert_eq!(kept.reads.load(Ordering::SeqCst), reads, "it is remembered");
    authenticator.cache = Cache::default();
    assert!(
        authenticator
            .log_in(&attempt("correct horse"))
            .await
            .is_ok()
    );
    let wrong = authenticator.log_in(&attempt("correct house")).await;
    assert_eq!(wrong, Err(AuthError::Busy));
    // Whoever revokes the credential ends that too.
    authenticator.cache = Cache::default();
    if let Some(record) = kept.records.lock().unwrap().first_mut() {
        record.revoke_time = Some(Timestamp::default());
    }
    let revoked = authenticator.log_in(&attempt("correct horse")).await;
    assert_eq!(revoked, Err(AuthError::Busy));
}

#[tokio::test]
async fn where_accounts_share_a_login_its_password_tells_them_apart_and_every_try_counts() {
    let kept = kept(None, None);
    let with_password = async |account_id: i64, password: &str| {
        let hash = Passwords::default().hash(Secret::new(password)).await;
        let mut record = kept.records.lock().unwrap()[0].clone();
        record.account_id = account_id;
        record.proof = Proof::Login {
            login: "boss".to_owned(),
            password_hash: hash.unwrap(),
        };
        record
    };
    let records = vec![
        with_password(1, "the first's").await,
        with_password(2, "the second's").await,
    ];
    let third = with_password(3, "the second's").await;
    *kept.records.lock().unwrap() = records;
    let attempt = |password: &str| Attempt {
        account: None,
        login: "boss".to_owned(),
        password: Secret::new(password),
        address: None,
    };
    let mut authenticator = Authenticator::new(kept.clone(), now).unwrap();
    let both = [("the first's", 1), ("the second's", 2)];
    for (password, account) in both {
        let opened = authenticator.log_in(&attempt(password)).await.unwrap();
        assert_eq!(opened.account_id, account);
    }
    // What fits whom is remembered, and who it is looked up anew.
    authenticator.cache = Cache::default();
    let passwords = std::mem::replace(&mut authenticator.logins.passwords, Passwords::none());
    for (password, account) in both {
        let opened = authenticator.log_in(&attempt(password)).await.unwrap();
        assert_eq!(opened.account_id, account);
    }
    authenticator.logins.passwords = passwords;

    // Whoever is told which of them a password opens has tried it on the others.
    for _ in 2..10 {
        authenticator.cache = Cache::default();
        authenticator.logins.forget();
        assert!(authenticator.log_in(&attempt("the first's")).await.is_ok());
    }
    authenticator.cache = Cache::default();
    authenticator.logins.forget();
    let refused = authenticator.log_in(&attempt("the first's")).await;
    assert!(
        matches!(refused, Err(AuthError::Throttled(_))),
        "{refused:?}"
    );

    kept.records.lock().unwrap().push(third);
    let authenticator = Authenticator::new(kept.clone(), now).unwrap();
    let refused = authenticator.log_in(&attempt("the second's")).await;
    assert_eq!(refused, Err(AuthError::Invalid), "it may be either");
    assert!(authenticator.log_in(&attempt("the first's")).await.is_ok());
}

#[test]
fn a_remembered_principal_ends_with_its_credential() {
    let cache = Cache::default();
    let end = Timestamp::from_micros(50);
    cache.put([1; 32], Arc::new(system(1, "t")), Some(end), Duration::MAX);
    assert!(cache.get(&[1; 32], Timestamp::from_micros(49)).is_some());
    assert!(cache.get(&[1; 32], end).is_none());
}

#[test]
fn keys_are_random_and_never_show_themselves() {
    let (one, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
    assert_ne!(one.expose(), other.expose());
    assert_eq!(one.expose().len(), 47);
    assert!(one.expose().starts_with("osk_"));
    assert_eq!(one.prefix().len(), 8);
    assert!(!format!("{one:?}").contains(&one.expose()[4..]));
}

#[test]
fn a_key_is_read_from_either_header() {
    let read = |name: &'static str, value: &str| {
        let mut headers = http::HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        keys::from_headers(&headers).map(|key| key.expose().to_owned())
    };
    assert_eq!(read("authorization", "Bearer abc").as_deref(), Some("abc"));
    assert_eq!(
        read("authorization", "bearer  abc ").as_deref(),
        Some("abc")
    );
    assert_eq!(read("x-api-key", "abc").as_deref(), Some("abc"));
    for (name, value) in [
        ("authorization", "abc"),
        ("authorization", "Basic abc"),
        ("x-api-key", " "),
    ] {
        assert_eq!(read(name, value), None, "{name}: {value}");
    }
    assert_eq!(read("x-api-key", &"k".repeat(keys::LONGEST + 1)), None);
}

#[test]
fn every_method_of_the_protos_has_a_row_and_no_other_method_has() {
    let (foreign, ours): (Vec<_>, Vec<_>) = RIGHTS
        .iter()
        .partition(|(path, _)| path.starts_with("/grpc."));
    assert!(foreign.iter().all(|(_, right)| *right == Right::Open));
    let open: Vec<_> = ours
        .iter()
        .filter(|(_, right)| *right == Right::Open)
        .collect();
    assert_eq!(
        open,
        [&("/orderstatus.v1.SessionService/CreateSession", Right::Open)]
    );
    let set =
        prost_types::FileDescriptorSet::decode(order_status_proto::FILE_DESCRIPTOR_SET).unwrap();
    let methods: BTreeSet<String> = set
        .file
        .iter()
        .filter(|file| file.package() == "orderstatus.v1")
        .flat_map(|file| file.service.iter())
        .flat_map(|service| {
            service
                .method
                .iter()
                .map(|m| format!("/orderstatus.v1.{}/{}", service.name(), m.name()))
        })
        .collect();
    let rows: BTreeSet<String> = ours.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(rows, methods);
    assert_eq!(
        RIGHTS.len(),
        RIGHTS
            .iter()
            .map(|(path, _)| path)
            .collect::<BTreeSet<_>>()
            .len(),
        "a row is doubled"
    );
    assert!(rights::of("/orderstatus.v1.OrderService/Nothing").is_none());
}

#[test]
fn a_role_admits_those_above_it_and_never_a_client() {
    let may = |path: &str, role: Role, scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let principal = Principal {
            role,
            scopes,
            ..system(1, "t")
        };
        match rights::of(path) {
            Some(Row {
                right: Right::Needs(access),
                ..
            }) => access.admits(&principal),
            other => panic!("{path}: {other:?}"),
        }
    };
    let import = "/orderstatus.v1.OrderService/ImportOrders";
    assert_eq!(
        Role::ALL
            .iter()
            .map(|role| may(import, *role, &[]))
            .collect::<Vec<_>>(),
        [false, false, true, true]
    );
    assert!(may(
        "/orderstatus.v1.OrderService/GetOrder",
        Role::Client,
        &[]
    ));
    assert!(!may(
        "/orderstatus.v1.CatalogService/ListCustomers",
        Role::Client,
        &[]
    ));
    let create = "/orderstatus.v1.AdminService/CreateAccount";
    assert!(!may(create, Role::Admin, &[]) && !may(create, Role::Manager, &["operator"]));
    assert!(may(create, Role::Admin, &["operator"]));
}
