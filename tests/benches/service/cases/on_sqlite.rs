//! The cases on SQLite.

use order_status_tests::{Backend, Config};

use crate::ceilings::direct::Direct;
use crate::contender::{By, Contender, Name};
use crate::footprint::Footprint;
use crate::load::Load;
use crate::plan::Plan;
use crate::report::{Case, Report, Slow};
use crate::site::Site;
use crate::slow_sync::SlowSync;
use crate::stock::Stock;

/// Measures every case, and what a server needs.
pub async fn run(plan: &Plan, report: &mut Report) -> Footprint {
    println!("SQLite: filling in {} orders", plan.many);
    let many = Stock::in_file(plan.many).await;
    let (written, single, lean) = (
        many.copy().await,
        many.copy().await,
        many.copy_without_list_indexes().await,
    );
    let constant = Site::constant(&many.filled).await;
    let service = Site::service(Name::Service, &many).await;
    {
        let single = one_at_a_time(&single).await;
        let lean = Site::service(Name::WithoutIndexes, &lean).await;
        for (callers, turns) in [(64, plan.in_full()), (256, plan.once())] {
            let case = case(plan.many, callers);
            let contenders = reading(&service, &constant, callers).await;
            report.measure((case, Load::Read), contenders, turns).await;
            let contenders = vec![
                service.calls(Load::Move, callers).await,
                direct(&written, &[]).await,
                single.calls(Load::Move, callers).await,
                lean.calls(Load::Move, callers).await,
            ];
            report.measure((case, Load::Move), contenders, turns).await;
        }
    }
    for callers in [1, 8] {
        let case = case(plan.many, callers);
        let contenders = reading(&service, &constant, callers).await;
        report
            .measure((case, Load::Read), contenders, plan.once())
            .await;
        let contenders = vec![
            service.calls(Load::Move, callers).await,
            direct(&written, &[]).await,
        ];
        report
            .measure((case, Load::Move), contenders, plan.once())
            .await;
    }
    few_orders(plan, report, (&service, &constant)).await;
    let orders = service.orders();
    drop(service);
    Footprint::measure(&many, orders).await
}

fn case(orders: u64, callers: usize) -> Case {
    Case {
        backend: Backend::Sqlite,
        orders,
        callers,
        slow: Slow::Nothing,
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

async fn reading(service: &Site, constant: &Site, callers: usize) -> Vec<Contender> {
    vec![
        service.calls(Load::Read, callers).await,
        constant.calls(Load::Read, callers).await,
    ]
}

async fn direct(stock: &Stock<'_>, env: &[(String, String)]) -> Contender {
    let (account_id, count) = (stock.filled.account_id, stock.filled.count);
    let direct = Direct::start(&stock.file(), account_id, count, env).await;
    Contender {
        name: Name::Direct,
        by: By::Direct(Box::new(direct)),
    }
}

/// The cases with few orders; `many` is the service with many.
async fn few_orders(plan: &Plan, report: &mut Report, (many, constant): (&Site, &Site)) {
    let stock = Stock::in_file(plan.few).await;
    let written = stock.copy().await;
    let slow = [stock.copy().await, stock.copy().await, stock.copy().await];
    {
        let (case, callers) = (case(plan.few, 64), 64);
        let service = Site::service(Name::Service, &stock).await;
        let mut contenders = reading(&service, constant, callers).await;
        contenders.push(many.calls_as(Name::ManyOrders, Load::Read, callers).await);
        report
            .measure((case, Load::Read), contenders, plan.once())
            .await;
        let contenders = vec![
            service.calls(Load::Move, callers).await,
            direct(&written, &[]).await,
            many.calls_as(Name::ManyOrders, Load::Move, callers).await,
        ];
        report
            .measure((case, Load::Move), contenders, plan.once())
            .await;
    }
    slow_sync(plan, report, &slow).await;
}

async fn slow_sync(plan: &Plan, report: &mut Report, [stock, written, single]: &[Stock<'_>; 3]) {
    let slow = SlowSync::compile();
    let held_back = |config: Config| Config {
        env: slow.env(),
        ..config
    };
    let config = held_back(stock.config());
    let service = Site::with(Name::Service, &stock.filled, config).await;
    let config = held_back(single.config_one_at_a_time());
    let single = Site::with(Name::OneAtATime, &single.filled, config).await;
    for callers in [1, 256] {
        let case = Case {
            slow: Slow::Sync,
            ..case(plan.few, callers)
        };
        let mut contenders = vec![
            service.calls(Load::Move, callers).await,
            direct(written, &slow.env()).await,
        ];
        if callers > 1 {
            contenders.push(single.calls(Load::Move, callers).await);
        }
        report
            .measure((case, Load::Move), contenders, plan.once())
            .await;
    }
}
