//! Invoices made by many at once, over servers that are killed and a database that refuses batches and breaks
//! transactions off: every number once and none missing, no line booked twice, and one answer for each request.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use order_status_proto::v1::{
    AddOrderNoteRequest, CreateCustomerRequest, CreateInvoicesRequest, CreateInvoicesResponse,
    CreateOrderRequest, Customer, Invoice, InvoiceState, Line, ListInvoicesRequest, Order,
    OrderCustomer, TransitionOrderRequest, add_order_note_request, create_invoices_request,
    transition_order_request,
};
use order_status_proto::{Decimal, Money};
use order_status_tests::backend::by_hand;
use order_status_tests::{Backend, Caller, Fleet, figure, on_both, refusal};
use rand::seq::IndexedRandom as _;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::{Code, Status};
use uuid::Uuid;

const CALLERS: usize = 32;
const ORDERS: usize = 120;
const PATIENCE: Duration = Duration::from_secs(30);

/// What a caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    ProForma,
    Book,
    /// A state that there is not.
    Refused,
    /// Changes nothing, and takes no number.
    Try,
    Confirm,
    Note,
    /// A note that the database refuses, with every batch that it is in.
    Poison,
}

const STEPS: [Step; 9] = [
    Step::ProForma,
    Step::ProForma,
    Step::Book,
    Step::Book,
    Step::Refused,
    Step::Try,
    Step::Confirm,
    Step::Note,
    Step::Poison,
];

/// What the database refuses to keep.
const POISON: &str = "poison";

/// How a hand makes PostgreSQL refuse the poison, and break every tenth transaction off that writes an invoice: at the
/// statement as the victim of a deadlock, at the commit as one that cannot be serialized. Sequences count both, since
/// they are not rolled back.
const POSTGRES_FAULTS: &str = "\
    CREATE SEQUENCE refused; \
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        IF NEW.message = 'poison' THEN \
            PERFORM nextval('refused'); \
            RAISE EXCEPTION 'poison' USING ERRCODE = 'check_violation'; \
        END IF; \
        RETURN NEW; END $$; \
    CREATE TRIGGER refuse BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION refuse(); \
    CREATE SEQUENCE broken; \
    CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        IF random() < 0.1 THEN \
            PERFORM nextval('broken'); \
            RAISE EXCEPTION 'broken off' USING ERRCODE = TG_ARGV[0]; \
        END IF; \
        RETURN NULL; END $$; \
    CREATE TRIGGER break AFTER INSERT ON invoice \
        FOR EACH STATEMENT EXECUTE FUNCTION break('40P01'); \
    CREATE CONSTRAINT TRIGGER break_late AFTER INSERT ON invoice DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW EXECUTE FUNCTION break('40001')";

/// The same for the poison on SQLite, whose one writer has nobody to lose a transaction to.
const SQLITE_FAULTS: &str = "CREATE TRIGGER refuse BEFORE INSERT ON change WHEN NEW.message = 'poison' \
    BEGIN SELECT RAISE(ABORT, 'poison'); END";

/// Invoices that were answered, by the request that asked for them.
type Answers = HashMap<Uuid, (CreateInvoicesRequest, Vec<Invoice>)>;

struct Worker {
    callers: Arc<[Caller]>,
    at: usize,
    orders: Arc<[i64]>,
    stopped: watch::Receiver<bool>,
    count: watch::Sender<usize>,
    /// How often somebody was told to come again.
    put_off: watch::Sender<usize>,
    answers: Answers,
    /// How often the poison was sent.
    poison: usize,
}

/// Whether the same request may be answered otherwise another time.
fn may_pass(status: &Status) -> bool {
    let passing = [
        Code::Unavailable,
        Code::Unknown,
        Code::DeadlineExceeded,
        Code::ResourceExhausted,
    ];
    passing.contains(&status.code()) || !refusal::said(status)
}

impl Worker {
    async fn run(mut self) -> (Answers, usize) {
        while !*self.stopped.borrow() {
            let (order, step, again) = {
                let mut random = rand::rng();
                let order = *self.orders.choose(&mut random).expect("an order");
                let step = *STEPS.choose(&mut random).expect("a step");
                (order, step, rand::random_bool(0.3))
            };
            self.insist(order, step, again).await;
        }
        (self.answers, self.poison)
    }

    fn request(order: i64, step: Step, id: Uuid) -> CreateInvoicesRequest {
        CreateInvoicesRequest {
            order: Some(create_invoices_request::Order::Id(order)),
            book: step != Step::ProForma,
            state: if step == Step::Refused { "nowhere" } else { "" }.to_owned(),
            validate_only: step == Step::Try,
            request_id: id.to_string(),
            ..CreateInvoicesRequest::default()
        }
    }

    async fn insist(&mut self, order: i64, step: Step, again: bool) {
        let id = Uuid::new_v4();
        let request = Self::request(order, step, id);
        let Some(answer) = self.send(order, step, &request).await else {
            return;
        };
        let Ok(answer) = answer else { return };
        assert!(![Step::Refused, Step::Poison].contains(&step), "{step:?}");
        self.count.send_modify(|count| *count += 1);
        let Some(answer) = answer.filter(|_| [Step::Book, Step::ProForma].contains(&step)) else {
            return;
        };
        if again {
            // Sent again, to whichever server: the one answer, whatever became of the order.
            let second = self.send(order, step, &request).await;
            if let Some(second) = second {
                let second = second.expect("it was answered").expect("invoices");
                assert_eq!(second, answer, "another answer to {id}");
            }
        }
        self.answers.insert(id, (request, answer.invoices));
    }

    /// Sends until there is an answer for good; `None` when this was stopped first.
    async fn send(
        &mut self,
        order: i64,
        step: Step,
        request: &CreateInvoicesRequest,
    ) -> Option<Result<Option<CreateInvoicesResponse>, Status>> {
        loop {
            if *self.stopped.borrow() {
                return None;
            }
            let caller = &self.callers[self.at % self.callers.len()];
            self.poison += usize::from(step == Step::Poison);
            let answer = call(caller, order, step, request).await;
            match answer {
                Err(status) if may_pass(&status) => {
                    self.put_off.send_modify(|count| *count += 1);
                    self.at += 1;
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err(status) if step == Step::Poison => {
                    assert_eq!(status.code(), Code::Internal, "{status:?}");
                    return Some(Err(status));
                }
                Err(status) => {
                    let known = [
                        "NOTHING_TO_INVOICE",
                        "UNKNOWN_TARGET",
                        "TRANSITION_NOT_ALLOWED",
                    ];
                    let reason = refusal::reason(&status);
                    assert!(known.contains(&reason.as_str()), "{step:?}: {status:?}");
                    return Some(Err(status));
                }
                answer => return Some(answer),
            }
        }
    }
}

async fn call(
    caller: &Caller,
    order: i64,
    step: Step,
    request: &CreateInvoicesRequest,
) -> Result<Option<CreateInvoicesResponse>, Status> {
    match step {
        Step::Confirm => {
            let request = TransitionOrderRequest {
                order: Some(transition_order_request::Order::Id(order)),
                target: Some(transition_order_request::Target::State(
                    "confirmed".to_owned(),
                )),
                request_id: request.request_id.clone(),
                ..TransitionOrderRequest::default()
            };
            caller
                .orders()
                .transition_order(request)
                .await
                .map(|_| None)
        }
        Step::Note | Step::Poison => {
            let message = if step == Step::Note { "seen" } else { POISON };
            let request = AddOrderNoteRequest {
                order: Some(add_order_note_request::Order::Id(order)),
                message: message.to_owned(),
                request_id: request.request_id.clone(),
                ..AddOrderNoteRequest::default()
            };
            caller.orders().add_order_note(request).await.map(|_| None)
        }
        _ => {
            let made = caller.billing().create_invoices(request.clone()).await;
            made.map(|made| Some(made.into_inner()))
        }
    }
}

/// How far a sequence of PostgreSQL has counted.
async fn counted_by_hand(url: &str, sequence: &str) -> usize {
    let mut connection = PgConnection::connect(url).await.expect("connect");
    let count = format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}");
    let count = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(count));
    let count = count.fetch_one(&mut connection).await;
    connection.close().await.ok();
    count.expect("a number").try_into().expect("a count")
}

async fn an_order(caller: &Caller, customer: i64, other: i64) -> i64 {
    let line = |code: &str, customer_id| Line {
        product_code: code.to_owned(),
        quantity: Some(Decimal {
            value: "1".to_owned(),
        }),
        unit_price: Some(Money {
            units: 10,
            ..Money::default()
        }),
        customer_id,
        ..Line::default()
    };
    let order = Order {
        customer: Some(OrderCustomer {
            id: Some(customer),
            ..OrderCustomer::default()
        }),
        lines: vec![line("A", None), line("B", Some(other))],
        ..Order::default()
    };
    let request = CreateOrderRequest {
        order: Some(order),
        ..CreateOrderRequest::default()
    };
    let made = caller.orders().create_order(request).await;
    made.expect("make an order").into_inner().id
}

async fn all_invoices(caller: &Caller) -> Vec<Invoice> {
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let request = ListInvoicesRequest {
            page_size: 1000,
            page_token: token,
            ..ListInvoicesRequest::default()
        };
        let page = caller.billing().list_invoices(request).await;
        let page = page.expect("a page").into_inner();
        all.extend(page.invoices);
        token = page.next_page_token;
        if token.is_empty() {
            return all;
        }
    }
}

/// The numbers of a series follow one another from 1 on, also where the year has turned meanwhile.
fn assert_gapless(invoices: &[Invoice], pro_forma: bool) {
    let mut series: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for invoice in invoices.iter().filter(|it| it.pro_forma == pro_forma) {
        let number = invoice.number.to_string();
        let (digits, running) = number.split_at(if pro_forma { 5 } else { 4 });
        let running = running.parse().expect("a number");
        series.entry(digits.to_owned()).or_default().push(running);
    }
    for (digits, numbers) in series {
        let expected: Vec<i64> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, expected, "series {digits}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_have_no_gap_and_no_line_is_booked_twice_when_servers_are_killed() {
    on_both(|backend| async move {
        let mut fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let other = CreateCustomerRequest {
            customer: Some(Customer {
                name: "Another".to_owned(),
                ..Customer::default()
            }),
            ..CreateCustomerRequest::default()
        };
        let other = tenant.staff.catalogs().create_customer(other).await;
        let other = other.expect("a customer").into_inner().id;
        let mut orders = Vec::new();
        for _ in 0..ORDERS {
            orders.push(an_order(&tenant.staff, tenant.customer_id, other).await);
        }
        let orders: Arc<[i64]> = orders.into();
        let faults = match backend {
            Backend::Sqlite => SQLITE_FAULTS,
            Backend::Postgres => POSTGRES_FAULTS,
        };
        let done = by_hand(fleet.url(), faults).await;
        done.expect("a hand with every right");
        let callers: Arc<[Caller]> = fleet.callers(&tenant.staff.key).into();
        let (stop, stopped) = watch::channel(false);
        let (count, mut counted) = watch::channel(0_usize);
        let (put_off, mut puts_off) = watch::channel(0_usize);
        let mut workers = JoinSet::new();
        for at in 0..CALLERS {
            let worker = Worker {
                callers: Arc::clone(&callers),
                at,
                orders: Arc::clone(&orders),
                stopped: stopped.clone(),
                count: count.clone(),
                put_off: put_off.clone(),
                answers: Answers::new(),
                poison: 0,
            };
            workers.spawn(worker.run());
        }
        if backend == Backend::Sqlite {
            // Another writer holds the file until the service has given a batch up.
            let holder = rusqlite::Connection::open(fleet.file()).expect("open the file");
            holder.busy_timeout(PATIENCE).expect("a time-out");
            holder.execute_batch("BEGIN IMMEDIATE").expect("the lock");
            let before = *puts_off.borrow_and_update();
            let told = puts_off.wait_for(|count| *count > before);
            let told = tokio::time::timeout(PATIENCE, told).await;
            assert!(told.is_ok_and(|it| it.is_ok()), "nobody is put off");
            holder.execute_batch("ROLLBACK").expect("the lock again");
        }
        for _ in 0..figure("KILLS", 3, 20) {
            let goal = *counted.borrow_and_update() + CALLERS;
            let reached = tokio::time::timeout(PATIENCE, counted.wait_for(|count| *count >= goal));
            assert!(
                reached.await.is_ok_and(|it| it.is_ok()),
                "nothing is acknowledged"
            );
            let victim = rand::random_range(0..fleet.servers.len());
            fleet.servers[victim].kill9();
            fleet.servers[victim].restart().await;
        }
        let goal = *counted.borrow_and_update() + CALLERS;
        let reached = tokio::time::timeout(PATIENCE, counted.wait_for(|count| *count >= goal));
        assert!(
            reached.await.is_ok_and(|it| it.is_ok()),
            "nothing is acknowledged"
        );
        stop.send_replace(true);
        let (mut answers, mut poison) = (Answers::new(), 0);
        while let Some(worker) = workers.join_next().await {
            let (known, sent) = worker.expect("a caller that does not panic");
            answers.extend(known);
            poison += sent;
        }
        assert!(poison > 0, "nothing was refused by the database");

        let staff = &fleet.callers(&tenant.staff.key)[0];
        // What is left is booked, so that every order was.
        for order in orders.iter() {
            let request = Worker::request(*order, Step::Book, Uuid::new_v4());
            if let Err(status) = staff.billing().create_invoices(request).await {
                assert_eq!(refusal::reason(&status), "NOTHING_TO_INVOICE");
            }
        }
        let invoices = all_invoices(staff).await;
        assert_gapless(&invoices, false);
        assert_gapless(&invoices, true);
        let mut booked: HashMap<(i64, i64), usize> = HashMap::new();
        for invoice in &invoices {
            for line in invoice.lines.iter().filter(|line| line.amount.is_some()) {
                if invoice.state() == InvoiceState::Booked {
                    *booked
                        .entry((invoice.order_id, line.order_line_id))
                        .or_default() += 1;
                }
            }
        }
        assert_eq!(booked.len(), 2 * ORDERS, "every line is booked");
        assert!(
            booked.values().all(|times| *times == 1),
            "none is booked twice"
        );
        // What was acknowledged is there, and each invoice was made by one request.
        let there: HashMap<i64, &Invoice> = invoices.iter().map(|it| (it.number, it)).collect();
        let mut made: HashMap<i64, Uuid> = HashMap::new();
        for (id, (_, acknowledged)) in &answers {
            for invoice in acknowledged {
                let kept = there.get(&invoice.number).expect("it was acknowledged");
                let kept = Invoice {
                    state: invoice.state,
                    ..(*kept).clone()
                };
                assert_eq!(kept, *invoice);
                assert_eq!(
                    made.insert(invoice.number, *id),
                    None,
                    "two requests made it"
                );
            }
        }
        let mut faults = format!("{poison} notes to be refused");
        if backend == Backend::Postgres {
            let refused = counted_by_hand(fleet.url(), "refused").await;
            let broken = counted_by_hand(fleet.url(), "broken").await;
            assert!(broken > 0, "no transaction was broken off");
            // Each is refused alone once, so that whatever is beyond that was refused with others.
            assert!(refused > poison, "no batch was halved");
            faults += &format!(", in {refused} batches, {broken} transactions broken off");
        }
        println!(
            "{backend}: {} invoices, {} requests acknowledged, {} invoices known to them, {faults}",
            invoices.len(),
            answers.len(),
            made.len()
        );
        fleet.finish().await;
    })
    .await;
}
