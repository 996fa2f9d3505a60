//! Callers over HTTP/1.1, each on a connection of its own that stays open, as the clients of most languages have it.

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::net::TcpStream;

use crate::callers::{Ask, Callers};
use crate::form::Form;
use crate::load::{Load, Orders, request_id};

/// A caller.
pub struct Asker {
    load: Load,
    connection: SendRequest<Full<Bytes>>,
    form: Arc<Form>,
    orders: Arc<Orders>,
    /// Which of how many it is.
    number: (usize, usize),
    random: StdRng,
}

/// Connects callers to the server with that process id.
///
/// # Panics
///
/// If nobody listens.
pub async fn connect(
    load: Load,
    (address, server): (SocketAddr, u32),
    form: Form,
    callers: usize,
    orders: Arc<Orders>,
) -> Callers<Asker> {
    let form = Arc::new(form.host(&address.to_string()));
    let mut askers = Vec::new();
    for number in 0..callers {
        askers.push(Asker {
            load,
            connection: open(address).await,
            form: Arc::clone(&form),
            orders: Arc::clone(&orders),
            number: (number, callers),
            random: StdRng::from_os_rng(),
        });
    }
    Callers::new(askers, server)
}

async fn open(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let socket = TcpStream::connect(address).await;
    let socket = socket.expect("a server that listens");
    socket.set_nodelay(true).expect("a socket of TCP");
    let opened = handshake(TokioIo::new(socket)).await;
    let (sender, connection) = opened.expect("a connection");
    // It ends with the sender; what goes wrong on it the sender tells.
    tokio::spawn(connection);
    sender
}

impl Ask for Asker {
    async fn ask(&mut self) -> Result<(), String> {
        let id = match self.load {
            Load::Read | Load::Move | Load::MoveToStore | Load::Draw => {
                let (mine, of) = self.number;
                let place = self.orders.pick(&mut self.random, mine, of)?;
                self.orders.id(place)
            }
            Load::Confirm | Load::Invoice | Load::Status(_) => self.orders.use_up()?,
        };
        let request = self.form.request(id, request_id(&mut self.random));
        let failed = |error: hyper::Error| error.to_string();
        self.connection.ready().await.map_err(failed)?;
        let answer = self.connection.send_request(request).await;
        let (head, body) = answer.map_err(failed)?.into_parts();
        let body = body.collect().await.map_err(failed)?.to_bytes();
        if self.form.accepts(head.status, &body) {
            Ok(())
        } else {
            let told = String::from_utf8_lossy(&body);
            Err(format!("order {id}: {} {told}", head.status))
        }
    }
}
