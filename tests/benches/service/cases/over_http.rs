//! The cases over HTTP: our own API beside gRPC, and each contract beside our own API. On SQLite, which answers fastest:
//! what stands before the database shows most there.

use order_status_tests::Backend;

use crate::contender::Name;
use crate::contract::Contract;
use crate::form::Form;
use crate::load::Load;
use crate::plan::Plan;
use crate::report::{Case, Report, Slow};
use crate::shop::Shop;
use crate::site::Site;
use crate::stock::Stock;

/// How many callers there are.
const CALLERS: usize = 64;

/// Measures every case.
pub async fn run(plan: &Plan, report: &mut Report) {
    println!("HTTP: filling in {} orders", plan.used_up);
    beside_grpc(plan, report).await;
    for contract in Contract::ALL {
        let shop = Shop::open(contract, plan.used_up).await;
        let contenders = vec![shop.by_contract(CALLERS).await, shop.by_api(CALLERS).await];
        let load = Load::Status(contract);
        report
            .measure((case(plan), load), contenders, plan.in_full())
            .await;
    }
}

/// The circumstances of every case.
pub fn case(plan: &Plan) -> Case {
    Case {
        backend: Backend::Sqlite,
        orders: plan.used_up,
        callers: CALLERS,
        slow: Slow::Nothing,
    }
}

async fn beside_grpc(plan: &Plan, report: &mut Report) {
    let stock = Stock::in_file(plan.used_up).await;
    let key = &stock.filled.key;
    let site = Site::service(Name::Grpc, &stock).await;
    for (load, form) in [
        (Load::Read, Form::get_order(key)),
        (Load::Confirm, Form::confirm_order(key)),
    ] {
        let contenders = vec![
            site.web(Name::Rest, load, form, CALLERS).await,
            site.calls(load, CALLERS).await,
        ];
        report
            .measure((case(plan), load), contenders, plan.in_full())
            .await;
    }
}
