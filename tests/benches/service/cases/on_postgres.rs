//! The cases on PostgreSQL.

use order_status_tests::postgres::{Cluster, Options};
use order_status_tests::{Backend, Config};

use crate::ceilings::batches::Batches;
use crate::ceilings::pgbench::Pgbench;
use crate::contender::{By, Contender, Name};
use crate::fill::Filled;
use crate::footprint::Footprint;
use crate::load::Load;
use crate::plan::Plan;
use crate::report::{Case, Report, Slow};
use crate::site::Site;
use crate::slow_network;
use crate::slow_sync::SlowSync;
use crate::stock::Stock;

/// Clients of pgbench where the service has many callers: with more it gets slower on a small machine.
const CLIENTS: u32 = 8;

/// Measures every case, and what a server needs.
pub async fn run(plan: &Plan, report: &mut Report) -> Footprint {
    let footprint = plain(plan, report).await;
    slow_sync(plan, report).await;
    footprint
}

fn case(orders: u64, callers: usize) -> Case {
    Case {
        backend: Backend::Postgres,
        orders,
        callers,
        slow: Slow::Nothing,
    }
}

/// A database that the ceilings write to, and the programs they need.
struct Ceilings<'c> {
    cluster: &'c Cluster,
    filled: Filled,
    url: String,
}

impl Ceilings<'_> {
    fn pgbench(&self, load: Load, callers: usize) -> Contender {
        let clients = if callers == 1 { 1 } else { CLIENTS };
        let program = self.cluster.program("pgbench");
        Contender {
            name: Name::Pgbench,
            by: By::Pgbench(Pgbench::new(
                program,
                &self.url,
                load,
                clients,
                &self.filled,
            )),
        }
    }

    async fn batches(&self) -> Contender {
        let batches = Batches::connect(&self.url, &self.filled).await;
        Contender {
            name: Name::Batches,
            by: By::Batches(batches.expect("connect to PostgreSQL")),
        }
    }
}

/// A cluster with room for many orders.
pub async fn roomy() -> Cluster {
    let settings = ["shared_buffers=2GB", "max_wal_size=8GB"];
    Cluster::start_with(Options {
        settings: settings.map(str::to_owned).to_vec(),
        ..Options::default()
    })
    .await
}

async fn plain(plan: &Plan, report: &mut Report) -> Footprint {
    let cluster = roomy().await;
    println!("PostgreSQL: filling in {} orders", plan.many);
    let many = Stock::in_cluster(&cluster, plan.many).await;
    let (written, single, lean) = (
        many.copy().await,
        many.copy().await,
        many.copy_without_list_indexes().await,
    );
    let constant = Site::constant(&many.filled).await;
    let service = Site::service(Name::Service, &many).await;
    let ceilings = ceilings(&cluster, &written);
    {
        let single = one_at_a_time(&single).await;
        let lean = Site::service(Name::WithoutIndexes, &lean).await;
        for (callers, turns) in [(64, plan.in_full()), (256, plan.once())] {
            let case = case(plan.many, callers);
            let contenders = vec![
                service.calls(Load::Read, callers).await,
                constant.calls(Load::Read, callers).await,
                ceilings.pgbench(Load::Read, callers),
            ];
            report.measure((case, Load::Read), contenders, turns).await;
            let contenders = vec![
                service.calls(Load::Move, callers).await,
                ceilings.pgbench(Load::Move, callers),
                ceilings.batches().await,
                single.calls(Load::Move, callers).await,
                lean.calls(Load::Move, callers).await,
            ];
            report.measure((case, Load::Move), contenders, turns).await;
        }
    }
    for callers in [1, 8] {
        let case = case(plan.many, callers);
        let contenders = vec![
            service.calls(Load::Read, callers).await,
            constant.calls(Load::Read, callers).await,
            ceilings.pgbench(Load::Read, callers),
        ];
        report
            .measure((case, Load::Read), contenders, plan.once())
            .await;
        let contenders = vec![
            service.calls(Load::Move, callers).await,
            ceilings.pgbench(Load::Move, callers),
        ];
        report
            .measure((case, Load::Move), contenders, plan.once())
            .await;
    }
    few_orders(plan, report, &cluster, (&service, &constant)).await;
    let orders = service.orders();
    drop(service);
    Footprint::measure(&many, orders).await
}

/// The cases with few orders; `many` is the service with many.
async fn few_orders(
    plan: &Plan,
    report: &mut Report,
    cluster: &Cluster,
    (many, constant): (&Site, &Site),
) {
    let stock = Stock::in_cluster(cluster, plan.few).await;
    let (written, single, distant) = (stock.copy().await, stock.copy().await, stock.copy().await);
    {
        let (case, callers) = (case(plan.few, 64), 64);
        let service = Site::service(Name::Service, &stock).await;
        let ceilings = ceilings(cluster, &written);
        let contenders = vec![
            service.calls(Load::Read, callers).await,
            constant.calls(Load::Read, callers).await,
            ceilings.pgbench(Load::Read, callers),
            many.calls_as(Name::ManyOrders, Load::Read, callers).await,
        ];
        report
            .measure((case, Load::Read), contenders, plan.once())
            .await;
        let contenders = vec![
            service.calls(Load::Move, callers).await,
            ceilings.pgbench(Load::Move, callers),
            ceilings.batches().await,
            many.calls_as(Name::ManyOrders, Load::Move, callers).await,
        ];
        report
            .measure((case, Load::Move), contenders, plan.once())
            .await;
    }
    slow_network(plan, report, cluster, [&distant, &written, &single]).await;
}

async fn slow_network(
    plan: &Plan,
    report: &mut Report,
    cluster: &Cluster,
    [stock, written, single]: [&Stock<'_>; 3],
) {
    let callers = 64;
    let case = Case {
        slow: Slow::Network,
        ..case(plan.few, callers)
    };
    let far = |stock: &Stock<'_>| slow_network::before(&stock.url);
    let through = |config: Config, stock| Config {
        database_url: Some(far(stock)),
        ..config
    };
    let config = through(stock.config(), stock);
    let service = Site::with(Name::Service, &stock.filled, config).await;
    let config = through(single.config_one_at_a_time(), single);
    let single = Site::with(Name::OneAtATime, &single.filled, config).await;
    let ceilings = Ceilings {
        url: far(written),
        ..ceilings(cluster, written)
    };
    let contenders = vec![
        service.calls(Load::Read, callers).await,
        ceilings.pgbench(Load::Read, callers),
    ];
    report
        .measure((case, Load::Read), contenders, plan.once())
        .await;
    let contenders = vec![
        service.calls(Load::Move, callers).await,
        ceilings.pgbench(Load::Move, callers),
        ceilings.batches().await,
        single.calls(Load::Move, callers).await,
    ];
    report
        .measure((case, Load::Move), contenders, plan.once())
        .await;
}

async fn slow_sync(plan: &Plan, report: &mut Report) {
    let slow = SlowSync::compile();
    let cluster = Cluster::start_with(Options {
        env: slow.env(),
        ..Options::default()
    })
    .await;
    let stock = Stock::in_cluster(&cluster, plan.few).await;
    let (written, single) = (stock.copy().await, stock.copy().await);
    let service = Site::service(Name::Service, &stock).await;
    let single = one_at_a_time(&single).await;
    let ceilings = ceilings(&cluster, &written);
    for callers in [1, 256] {
        let case = Case {
            slow: Slow::Sync,
            ..case(plan.few, callers)
        };
        let mut contenders = vec![
            service.calls(Load::Move, callers).await,
            ceilings.pgbench(Load::Move, callers),
        ];
        if callers > 1 {
            contenders.push(ceilings.batches().await);
            contenders.push(single.calls(Load::Move, callers).await);
        }
        report
            .measure((case, Load::Move), contenders, plan.once())
            .await;
    }
}

async fn one_at_a_time(stock: &Stock<'_>) -> Site {
    Site::with(
        Name::OneAtATime,
        &stock.filled,
        stock.config_one_at_a_time(),
    )
    .await
}

fn ceilings<'c>(cluster: &'c Cluster, stock: &Stock<'_>) -> Ceilings<'c> {
    Ceilings {
        cluster,
        filled: stock.filled.clone(),
        url: stock.url.clone(),
    }
}
