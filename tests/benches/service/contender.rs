//! What is measured in turn.

use std::fmt;
use std::time::Duration;

use crate::callers::Callers;
use crate::ceilings::batches::Batches;
use crate::ceilings::direct::Direct;
use crate::ceilings::pgbench::Pgbench;
use crate::goods::LINES;
use crate::sample::Sample;
use crate::{grpc, web};

/// Who it is, in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The service.
    Service,
    /// The service with one command a transaction.
    OneAtATime,
    /// The service on a database without the indexes that only lists use.
    WithoutIndexes,
    /// The service on the database with many orders, where the case has few.
    ManyOrders,
    /// The service over gRPC, where the case is one over HTTP.
    Grpc,
    /// The service over HTTP, by our own API.
    Rest,
    /// The service over HTTP, by a published contract.
    Dialect,
    /// The service, at ConfirmOrder of an order of [`LINES`].
    ConfirmLong,
    /// The service, at ConfirmOrder of an order of two lines.
    ConfirmShort,
    /// The service, for an invoice of so many lines.
    InvoiceOf(i64),
    /// A tonic server that answers a constant order.
    Constant,
    /// pgbench, eight clients unless the case has one caller.
    Pgbench,
    /// 128 orders a statement, two connections.
    Batches,
    /// rusqlite, 128 orders a transaction.
    Direct,
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Service => "the service",
            Self::OneAtATime => "the service, one command a transaction",
            Self::WithoutIndexes => "the service, without list and time index",
            Self::ManyOrders => "the service, many orders",
            Self::Grpc => "the service over gRPC",
            Self::Rest => "the service over REST",
            Self::Dialect => "the service by the contract",
            Self::ConfirmLong => {
                return write!(formatter, "the service, ConfirmOrder of {LINES} lines");
            }
            Self::InvoiceOf(lines) => {
                return write!(formatter, "the service, an invoice of {lines} lines");
            }
            Self::ConfirmShort => "the service, ConfirmOrder of 2 lines",
            Self::Constant => "a constant order over tonic",
            Self::Pgbench => "pgbench, one statement an order",
            Self::Batches => "driver, batches of 128, 2 lanes",
            Self::Direct => "rusqlite, batches of 128",
        })
    }
}

/// Somebody who can do the work.
pub struct Contender {
    /// Who it is.
    pub name: Name,
    /// How the work is done.
    pub by: By,
}

/// How the work is done.
pub enum By {
    /// Callers of a gRPC server.
    Calls(Callers<grpc::Asker>),
    /// Callers of an HTTP server.
    Web(Callers<web::Asker>),
    /// Clients of PostgreSQL.
    Pgbench(Pgbench),
    /// Connections to PostgreSQL.
    Batches(Batches),
    /// A process that writes to a file.
    Direct(Box<Direct>),
}

impl Contender {
    /// Lets it work for a while; `None` where that failed, which is told.
    pub async fn slice(&mut self, length: Duration) -> Option<Sample> {
        let done = match &mut self.by {
            By::Calls(calls) => calls.slice(length).await,
            By::Web(calls) => calls.slice(length).await,
            By::Pgbench(pgbench) => pgbench.slice(length).await,
            By::Batches(batches) => {
                let done = batches.slice(length).await;
                done.map_err(|error| error.to_string())
            }
            By::Direct(direct) => direct.slice(length).await,
        };
        match done {
            Ok(sample) => Some(sample),
            Err(error) => {
                println!("  {}: {error}", self.name);
                None
            }
        }
    }
}
