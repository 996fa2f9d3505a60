//! The cases of what is done with an order's goods, each beside ConfirmOrder on the same server.

use order_status_tests::Backend;

use super::on_postgres;
use crate::goods::{self, Goods, LINES};
use crate::load::Load;
use crate::plan::Plan;
use crate::report::{Case, Report, Slow};
use crate::stock::new_file;

/// How many callers there are.
const CALLERS: usize = 64;

/// The lengths of invoices that are drawn: a usual one, and the longest.
const DRAWN: [i64; 2] = [LINES, 1000];

/// Measures every case on each database.
pub async fn run(plan: &Plan, report: &mut Report) {
    {
        let (_folder, url) = new_file();
        on(Backend::Sqlite, &url, plan, report).await;
    }
    let cluster = on_postgres::roomy().await;
    let database = cluster.database().await;
    on(Backend::Postgres, &database.url, plan, report).await;
}

async fn on(backend: Backend, url: &str, plan: &Plan, report: &mut Report) {
    println!("{backend}: filling in orders with goods");
    let goods = Goods::open(backend, url, plan).await;
    let case = case(backend, plan);
    let [long, short] = goods.confirms(CALLERS).await;
    let contenders = vec![goods.moves(CALLERS).await, long, short];
    report
        .measure((case, Load::MoveToStore), contenders, plan.once())
        .await;
    let [long, short] = goods.confirms(CALLERS).await;
    let contenders = vec![goods.invoices(CALLERS).await, long, short];
    report
        .measure((case, Load::Invoice), contenders, plan.once())
        .await;
    let case = Case { callers: 1, ..case };
    let contenders = goods.draws(DRAWN).await;
    report
        .measure((case, Load::Draw), contenders, plan.once())
        .await;
}

/// The circumstances of every case.
fn case(backend: Backend, plan: &Plan) -> Case {
    Case {
        backend,
        orders: goods::count(plan),
        callers: CALLERS,
        slow: Slow::Nothing,
    }
}
