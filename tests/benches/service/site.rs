//! Servers that callers call.

use std::net::SocketAddr;
use std::sync::Arc;

use order_status_tests::{Caller, Config, Server, scratch};
use tempfile::TempDir;
use tonic::transport::Endpoint;

use crate::ceilings::constant::Constant;
use crate::contender::{By, Contender, Name};
use crate::fill::{FIRST, Filled};
use crate::form::Form;
use crate::grpc;
use crate::load::{Load, Orders};
use crate::stock::Stock;
use crate::web;

/// A server, and the orders that callers ask it for.
pub struct Site {
    name: Name,
    endpoint: Endpoint,
    http_address: Option<SocketAddr>,
    process: u32,
    key: String,
    orders: Arc<Orders>,
    // Both end with the site.
    _running: Running,
}

enum Running {
    Service { _server: Server },
    Constant { _server: Constant, _folder: TempDir },
}

impl Site {
    /// Starts the service on a database.
    pub async fn service(name: Name, stock: &Stock<'_>) -> Self {
        Self::with(name, &stock.filled, stock.config()).await
    }

    /// Starts the service in its own way, on a database that holds this.
    pub async fn with(name: Name, filled: &Filled, config: Config) -> Self {
        Self::open(name, &filled.key, filled.count, config).await
    }

    /// Starts the service on a database that holds so many copies of an order, for the holder of that key.
    pub async fn open(name: Name, key: &str, count: u64, config: Config) -> Self {
        let server = Server::start(config).await;
        Self {
            name,
            endpoint: server.endpoint(),
            http_address: Some(server.http_address()),
            process: server.pid(),
            key: key.to_owned(),
            orders: Arc::new(Orders::new(FIRST, count)),
            _running: Running::Service { _server: server },
        }
    }

    /// Starts a server that answers an order of the size that these have.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn constant(filled: &Filled) -> Self {
        let folder = scratch::folder("constant-");
        let server = Constant::start(&filled.order, &folder.path().join("order")).await;
        let endpoint = Endpoint::from_shared(format!("http://{}", server.address()));
        Self {
            name: Name::Constant,
            endpoint: endpoint.expect("a well-formed URI"),
            http_address: None,
            process: server.pid(),
            key: filled.key.clone(),
            orders: Arc::new(Orders::new(FIRST, filled.count)),
            _running: Running::Constant {
                _server: server,
                _folder: folder,
            },
        }
    }

    /// The orders, and where they stand.
    pub fn orders(&self) -> Arc<Orders> {
        Arc::clone(&self.orders)
    }

    /// So many callers of this server over gRPC.
    ///
    /// # Panics
    ///
    /// If it is gone.
    pub async fn calls(&self, load: Load, callers: usize) -> Contender {
        self.calls_for(&self.orders, self.name, load, callers).await
    }

    /// The same under another name, for some of the orders.
    ///
    /// # Panics
    ///
    /// If the server is gone.
    pub async fn calls_for(
        &self,
        orders: &Arc<Orders>,
        name: Name,
        load: Load,
        callers: usize,
    ) -> Contender {
        let server = (self.endpoint.clone(), self.process);
        let calls = grpc::connect(load, server, &self.key, callers, Arc::clone(orders)).await;
        Contender {
            name,
            by: By::Calls(calls.expect("a server that listens")),
        }
    }

    /// One caller over gRPC, for what is not measured.
    ///
    /// # Panics
    ///
    /// If the server is gone.
    pub async fn caller(&self) -> Caller {
        let channel = self.endpoint.connect().await;
        Caller::new(channel.expect("a server that listens"), &self.key)
    }

    /// So many callers over HTTP that put their call into that form.
    ///
    /// # Panics
    ///
    /// If the server is gone, or is not the service.
    pub async fn web(&self, name: Name, load: Load, form: Form, callers: usize) -> Contender {
        let address = self.http_address.expect("a server that speaks HTTP");
        let (server, orders) = ((address, self.process), self.orders());
        let calls = web::connect(load, server, form, callers, orders).await;
        Contender {
            name,
            by: By::Web(calls),
        }
    }

    /// The same over gRPC, under another name.
    ///
    /// # Panics
    ///
    /// If the server is gone.
    pub async fn calls_as(&self, name: Name, load: Load, callers: usize) -> Contender {
        self.calls_for(&self.orders, name, load, callers).await
    }
}
