//! The numbers that the contract has for channels and payment methods: those of the account's catalogs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use order_status_proto::v1 as pb;
use tonic::Status;

use crate::rest::dialect::recent::Recent;
use crate::rest::{Api, Caller};

/// How long the numbers of an account are remembered.
const FRESH: Duration = Duration::from_secs(1);

/// The numbers of one account's codes.
#[derive(Debug, Default)]
pub struct Numbers {
    channels: HashMap<String, i32>,
    payment_methods: HashMap<String, i32>,
}

impl Numbers {
    /// The number of a channel; `None` for no channel.
    pub fn channel(&self, key: &str) -> Option<i32> {
        self.channels.get(key).copied()
    }

    /// The number of a payment method; `None` for none.
    pub fn payment_method(&self, key: &str) -> Option<i32> {
        self.payment_methods.get(key).copied()
    }

    /// Whether the order has no code that is younger than what is remembered.
    fn know(&self, order: &pb::Order) -> bool {
        let known =
            |codes: &HashMap<String, i32>, key: &String| key.is_empty() || codes.contains_key(key);
        known(&self.channels, &order.channel) && known(&self.payment_methods, &order.payment_method)
    }
}

/// The numbers of every account that was asked for lately.
pub struct Codes {
    api: Api,
    known: Recent<i64, Arc<Numbers>>,
}

impl Codes {
    /// From the catalogs of the API.
    pub fn new(api: &Api) -> Codes {
        Codes {
            api: api.clone(),
            known: Recent::new(FRESH),
        }
    }

    /// The numbers for orders of the caller's account.
    ///
    /// # Errors
    /// The catalogs cannot be read.
    pub async fn of(&self, caller: &Caller, orders: &[&pb::Order]) -> Result<Arc<Numbers>, Status> {
        let Some(account) = orders.first().map(|order| order.account_id) else {
            return Ok(Arc::default());
        };
        if let Some(numbers) = self.known.get(&account)
            && orders.iter().all(|order| numbers.know(order))
        {
            return Ok(numbers);
        }
        let numbers = Arc::new(Numbers {
            channels: self.read(caller, "channels").await?,
            payment_methods: self.read(caller, "payment_methods").await?,
        });
        self.known.put(account, numbers.clone());
        Ok(numbers)
    }

    async fn read(&self, caller: &Caller, catalog: &str) -> Result<HashMap<String, i32>, Status> {
        let mut numbers = HashMap::new();
        let mut page_token = String::new();
        loop {
            let request = pb::ListCatalogEntriesRequest {
                catalog: catalog.to_owned(),
                page_size: 1000,
                page_token,
            };
            let page = self
                .api
                .catalogs(caller)
                .list_catalog_entries(request)
                .await?;
            let page = page.into_inner();
            let entries = page.entries.into_iter();
            numbers.extend(entries.filter_map(|entry| Some((entry.key, entry.id?))));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(numbers);
            }
        }
    }
}
