//! Callers over gRPC.

use std::sync::Arc;

use order_status_proto::v1::billing_service_client::BillingServiceClient;
use order_status_proto::v1::fulfillment_service_client::FulfillmentServiceClient;
use order_status_proto::v1::order_service_client::OrderServiceClient;
use order_status_proto::v1::{
    ConfirmOrderRequest, CreateInvoicesResponse, GetInvoiceDocumentRequest, GetOrderRequest,
    InvoiceDocument, MoveOrderToStoreResponse, Order, confirm_order_request, get_order_request,
};
use order_status_tests::Caller;
use order_status_tests::account::Connection;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tonic::Status;
use tonic::transport::{Endpoint, Error};

use crate::callers::{Ask, Callers};
use crate::goods::{STORES, invoice_request, move_to_store_request};
use crate::load::{Load, Orders, ROUND, move_request, request_id};

/// How many connections the callers share.
const CONNECTIONS: usize = 8;

/// A caller.
pub struct Asker {
    load: Load,
    client: OrderServiceClient<Connection>,
    fulfillment: FulfillmentServiceClient<Connection>,
    billing: BillingServiceClient<Connection>,
    orders: Arc<Orders>,
    /// Which of how many it is.
    number: (usize, usize),
    random: StdRng,
}

/// Connects callers to the server with that process id.
///
/// # Errors
///
/// If nobody listens.
pub async fn connect(
    load: Load,
    (endpoint, server): (Endpoint, u32),
    key: &str,
    callers: usize,
    orders: Arc<Orders>,
) -> Result<Callers<Asker>, Error> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let channel = endpoint.connect().await?;
        clients.push(Caller::new(channel, key));
    }
    let askers = (0..callers).zip(clients.iter().cycle());
    let askers = askers.map(|(number, client)| Asker {
        load,
        client: client.orders(),
        fulfillment: client.fulfillment(),
        billing: client.billing(),
        orders: Arc::clone(&orders),
        number: (number, callers),
        random: StdRng::from_os_rng(),
    });
    Ok(Callers::new(askers.collect(), server))
}

impl Ask for Asker {
    async fn ask(&mut self) -> Result<(), String> {
        let answered = match self.load {
            Load::Read => {
                let place = self.place()?;
                self.read(place).await.map(seen)
            }
            Load::Move => {
                let place = self.place()?;
                self.step(place).await.map(seen)
            }
            Load::MoveToStore => {
                let place = self.place()?;
                self.move_to_store(place).await.map(seen)
            }
            Load::Invoice => {
                let id = self.orders.use_up()?;
                self.invoice(id).await.map(seen)
            }
            Load::Draw => {
                let place = self.place()?;
                self.draw(place).await.map(seen)
            }
            Load::Confirm | Load::Status(_) => {
                let id = self.orders.use_up()?;
                self.confirm(id).await.map(seen)
            }
        };
        answered.map_err(|status| status.to_string())
    }
}

/// Has an answer read, whatever is done with it.
fn seen<T>(answer: T) {
    std::hint::black_box(answer);
}

impl Asker {
    fn place(&mut self) -> Result<usize, String> {
        let (mine, of) = self.number;
        self.orders.pick(&mut self.random, mine, of)
    }

    async fn read(&mut self, place: usize) -> Result<Order, Status> {
        let request = GetOrderRequest {
            order: Some(get_order_request::Order::Id(self.orders.id(place))),
            ..GetOrderRequest::default()
        };
        Ok(self.client.get_order(request).await?.into_inner())
    }

    async fn step(&mut self, place: usize) -> Result<Order, Status> {
        let transition = ROUND[usize::from(self.orders.state(place))];
        let request_id = request_id(&mut self.random);
        let request = move_request(self.orders.id(place), transition, request_id);
        match self.client.transition_order(request).await {
            Ok(answer) => {
                self.orders.advance(place, ROUND.len());
                Ok(answer.into_inner())
            }
            Err(status) => {
                self.orders.lose(place);
                Err(status)
            }
        }
    }

    async fn move_to_store(&mut self, place: usize) -> Result<MoveOrderToStoreResponse, Status> {
        let from = usize::from(self.orders.state(place));
        let request_id = request_id(&mut self.random);
        let request = move_to_store_request(self.orders.id(place), from, request_id);
        match self.fulfillment.move_order_to_store(request).await {
            Ok(answer) => {
                self.orders.advance(place, STORES.len());
                Ok(answer.into_inner())
            }
            Err(status) => {
                self.orders.lose(place);
                Err(status)
            }
        }
    }

    async fn invoice(&mut self, id: i64) -> Result<CreateInvoicesResponse, Status> {
        let request = invoice_request(id, request_id(&mut self.random));
        Ok(self.billing.create_invoices(request).await?.into_inner())
    }

    async fn draw(&mut self, place: usize) -> Result<InvoiceDocument, Status> {
        let number = self.orders.id(place);
        let request = GetInvoiceDocumentRequest { number };
        let drawn = self.billing.get_invoice_document(request).await?;
        Ok(drawn.into_inner())
    }

    async fn confirm(&mut self, id: i64) -> Result<Order, Status> {
        let request = ConfirmOrderRequest {
            order: Some(confirm_order_request::Order::Id(id)),
            request_id: request_id(&mut self.random).to_string(),
            ..ConfirmOrderRequest::default()
        };
        Ok(self.client.confirm_order(request).await?.into_inner())
    }
}
