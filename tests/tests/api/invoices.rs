//! Invoices: who is billed for what, under which numbers, and when nobody is.

use order_status_proto::v1::{
    Account, Address, CancelOrderRequest, CatalogEntry, ChangeKind, CreateCustomerRequest,
    CreateInvoicesRequest, CreateInvoicesResponse, Customer, DeleteOrderRequest, GetAccountRequest,
    GetInvoiceDocumentRequest, GetInvoiceRequest, HeldAction, Invoice, InvoiceLine, InvoiceState,
    InvoiceStatus, Line, LineKind, ListInvoicesRequest, ListOrderChangesRequest,
    MarkOrderPaidRequest, Order, PlaceHoldRequest, RecordRefundRequest, Role, UpdateAccountRequest,
    UpsertCatalogEntryRequest, cancel_order_request, create_invoices_request, delete_order_request,
    list_invoices_request, list_order_changes_request, mark_order_paid_request, place_hold_request,
    record_refund_request,
};
use order_status_tests::account::credential;
use order_status_tests::{Backend, Caller, Server, Tenant, on_both};
use tonic::{Code, Response, Status};

use super::answers::{granted, refused};
use super::fixtures::{
    cents, decimal, import_one, in_cents, line, order_in, payment, read, request, request_id, state,
};

/// An account with a client whose phone is known, and one beside them of whom nothing is.
struct Shop {
    tenant: Tenant,
    other: i64,
}

impl Shop {
    async fn open(backend: Backend) -> Self {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let request = CreateCustomerRequest {
            customer: Some(Customer {
                name: "Somebody else".to_owned(),
                ..Customer::default()
            }),
            ..CreateCustomerRequest::default()
        };
        let other = granted(tenant.staff.catalogs().create_customer(request).await).id;
        let shop = Self { tenant, other };
        let account = Account {
            invoice_series: Some(2017),
            next_invoice_number: 3382,
            ..Account::default()
        };
        granted(shop.set(account).await);
        shop
    }

    /// Sets the fields of the account that are filled.
    async fn set(&self, account: Account) -> Result<Response<Account>, Status> {
        let request = UpdateAccountRequest {
            account: Some(Account {
                id: self.tenant.account_id,
                ..account
            }),
            ..UpdateAccountRequest::default()
        };
        self.tenant.admin.accounts().update_account(request).await
    }

    /// A confirmed order with these lines.
    async fn order(&self, lines: Vec<Line>) -> i64 {
        self.order_with(Order {
            lines,
            ..Order::default()
        })
        .await
    }

    async fn order_with(&self, order: Order) -> i64 {
        let usual = order_in("confirmed", self.tenant.customer_id);
        let order = Order {
            state: order.state.or(usual.state),
            customer: order.customer.or(usual.customer),
            ..order
        };
        import_one(&self.tenant.manager, order).await.id
    }

    /// An order of two lines, of which the other customer pays the second.
    async fn split(&self) -> i64 {
        self.order(vec![line("A", 2, 1000), self.others(line("B", 1, 500))])
            .await
    }

    fn others(&self, line: Line) -> Line {
        Line {
            customer_id: Some(self.other),
            ..line
        }
    }

    async fn try_make(
        &self,
        id: i64,
        change: impl FnOnce(&mut CreateInvoicesRequest),
    ) -> Result<Response<CreateInvoicesResponse>, Status> {
        let mut request = request!(CreateInvoicesRequest, create_invoices_request, id);
        change(&mut request);
        self.tenant.staff.billing().create_invoices(request).await
    }

    async fn make(
        &self,
        id: i64,
        change: impl FnOnce(&mut CreateInvoicesRequest),
    ) -> CreateInvoicesResponse {
        granted(self.try_make(id, change).await)
    }

    async fn book(&self, id: i64) -> Vec<Invoice> {
        self.make(id, |request| request.book = true).await.invoices
    }

    async fn listed(&self, caller: &Caller, order: Option<i64>) -> Vec<Invoice> {
        let request = ListInvoicesRequest {
            order: order.map(list_invoices_request::Order::Id),
            ..ListInvoicesRequest::default()
        };
        granted(caller.billing().list_invoices(request).await).invoices
    }

    async fn get(&self, number: i64) -> Invoice {
        let request = GetInvoiceRequest { number };
        granted(self.tenant.staff.billing().get_invoice(request).await)
    }
}

fn customers(invoices: &[Invoice]) -> Vec<Option<i64>> {
    let ids = invoices.iter().map(|invoice| invoice.customer.as_ref()?.id);
    ids.collect()
}

fn numbers(invoices: &[Invoice]) -> Vec<i64> {
    invoices.iter().map(|invoice| invoice.number).collect()
}

fn totals(invoices: &[Invoice]) -> Vec<i64> {
    let totals = invoices.iter().map(|invoice| invoice.grand_total.as_ref());
    totals.map(in_cents).collect()
}

/// Each line of an invoice: of what, whether it is text, and its amount.
fn lines(invoice: &Invoice) -> Vec<(&str, bool, Option<i64>)> {
    let one = |line: &'_ InvoiceLine| {
        let amount = line.amount.as_ref().map(|amount| in_cents(Some(amount)));
        (line.kind() == LineKind::Text, amount)
    };
    let codes = invoice.lines.iter().map(|line| line.product_code.as_str());
    codes
        .zip(invoice.lines.iter().map(one))
        .map(|(code, (text, amount))| (code, text, amount))
        .collect()
}

#[tokio::test]
async fn lines_are_billed_to_the_customers_that_they_are_assigned_to() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let own = Line {
            customer_id: Some(shop.tenant.customer_id),
            ..line("C", 1, 300)
        };
        let id = shop
            .order(vec![
                shop.others(line("A", 1, 500)),
                line("B", 2, 1000),
                own,
            ])
            .await;
        let made = shop.make(id, |request| request.book = true).await;
        // The order's own customer comes first, whatever line does.
        let expected = [Some(shop.tenant.customer_id), Some(shop.other)];
        assert_eq!(customers(&made.invoices), expected);
        assert_eq!(numbers(&made.invoices), [20_173_382, 20_173_383]);
        assert_eq!(totals(&made.invoices), [2300, 500]);
        let shown = [
            ("A", true, None),
            ("B", false, Some(2000)),
            ("C", false, Some(300)),
        ];
        assert_eq!(lines(&made.invoices[0]), shown);
        assert_eq!(lines(&made.invoices[1]), [("A", false, Some(500))]);
        let order = made.order.expect("an order");
        let on: Vec<_> = order.lines.iter().map(|line| line.invoice_number).collect();
        assert_eq!(on, [20_173_383, 20_173_382, 20_173_382]);
        assert_eq!(order.invoice_status(), InvoiceStatus::Invoiced);
        assert_eq!(state(&order), "confirmed");
        for invoice in &made.invoices {
            assert_eq!(invoice.state(), InvoiceState::Booked);
            assert_eq!(shop.get(invoice.number).await, *invoice);
        }
    })
    .await;
}

#[tokio::test]
async fn what_others_pay_stands_as_text_where_it_is_wanted_and_text_lines_always_do() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let text = Line {
            kind: LineKind::Text.into(),
            name: "With care".to_owned(),
            ..Line::default()
        };
        let id = shop
            .order(vec![
                text,
                line("A", 1, 1000),
                shop.others(line("B", 1, 500)),
            ])
            .await;
        let made = shop
            .make(id, |request| request.split_items_as_text = Some(false))
            .await;
        assert_eq!(
            lines(&made.invoices[0]),
            [("", true, None), ("A", false, Some(1000))]
        );
        let made = shop.make(id, |_| {}).await;
        let shown = [
            ("", true, None),
            ("A", false, Some(1000)),
            ("B", true, None),
        ];
        assert_eq!(lines(&made.invoices[0]), shown);
        assert_eq!(lines(&made.invoices[1]), [("B", false, Some(500))]);
    })
    .await;
}

#[tokio::test]
async fn fees_are_borne_by_the_first_invoice_and_a_discount_in_percent_by_every_line() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let order = |lines| Order {
            lines,
            delivery_fee: Some(cents(1250)),
            discount_percent: Some(decimal(10)),
            vat_percent: Some(decimal(21)),
            ..Order::default()
        };
        let id = shop
            .order_with(order(vec![
                line("A", 1, 10_000),
                shop.others(line("B", 1, 5000)),
            ]))
            .await;
        let made = shop.make(id, |request| request.book = true).await;
        // 90.00 and 18.90 and 12.50; 45.00 and 9.45.
        assert_eq!(totals(&made.invoices), [12_140, 5445]);
        let order_total = made.order.expect("an order").grand_total;
        assert_eq!(in_cents(order_total.as_ref()), 12_140 + 5445);
        let vat = &made.invoices[1].vat;
        assert_eq!(vat.len(), 1);
        assert_eq!(vat[0].rate, Some(decimal(21)));
        assert_eq!(in_cents(vat[0].net.as_ref()), 4500);
        assert_eq!(in_cents(vat[0].vat.as_ref()), 945);

        // Where the order's own customer has nothing on an invoice, the first one bears them.
        let id = shop
            .order_with(order(vec![shop.others(line("B", 1, 5000))]))
            .await;
        let invoices = shop.book(id).await;
        assert_eq!(customers(&invoices), [Some(shop.other)]);
        assert_eq!(totals(&invoices), [5445 + 1250]);
    })
    .await;
}

#[tokio::test]
async fn a_discount_and_tax_given_as_amounts_are_borne_by_the_first_invoice() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop
            .order_with(Order {
                lines: vec![line("A", 1, 10_000), shop.others(line("B", 1, 5000))],
                discount: Some(cents(1000)),
                tax: Some(cents(777)),
                ..Order::default()
            })
            .await;
        let invoices = shop.book(id).await;
        assert_eq!(totals(&invoices), [9000 + 777, 5000]);
        assert_eq!(in_cents(invoices[0].discount.as_ref()), 1000);
        assert_eq!(invoices[0].vat[0].rate, None);
    })
    .await;
}

#[tokio::test]
async fn a_line_is_booked_once_and_what_comes_later_is_billed_by_itself() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop
            .order_with(Order {
                state: order_in("new", 1).state,
                lines: vec![line("A", 1, 1000)],
                delivery_fee: Some(cents(300)),
                ..Order::default()
            })
            .await;
        assert_eq!(totals(&shop.book(id).await), [1300]);
        let error = refused(shop.try_make(id, |request| request.book = true).await);
        assert_eq!(error.code, Code::FailedPrecondition);
        assert_eq!(error.reason, "NOTHING_TO_INVOICE");
        assert_eq!(error.rules, ["nothing_to_invoice"]);
        assert!(error.message.contains("20173382"), "{}", error.message);
        assert_eq!(
            refused(shop.try_make(id, |_| {}).await).reason,
            "NOTHING_TO_INVOICE"
        );

        let added = order_status_proto::v1::UpdateOrderRequest {
            order: Some(Order {
                id,
                lines: vec![line("A", 1, 1000), line("B", 1, 400)],
                delivery_fee: Some(cents(350)),
                ..Order::default()
            }),
            ..Default::default()
        };
        granted(shop.tenant.staff.orders().update_order(added).await);
        let invoices = shop.book(id).await;
        // The fee that was added, too: the invoices come to the order's grand total.
        assert_eq!(totals(&invoices), [450]);
        assert_eq!(lines(&invoices[0]), [("B", false, Some(400))]);
        assert_eq!(
            numbers(&shop.listed(&shop.tenant.staff, Some(id)).await),
            [20_173_382, 20_173_383]
        );
    })
    .await;
}

#[tokio::test]
async fn a_pro_forma_is_replaced_by_the_next_and_by_booking_and_invoices_nothing() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let first = shop.make(id, |_| {}).await;
        assert!(first.invoices.iter().all(|invoice| {
            invoice.pro_forma
                && invoice.state() == InvoiceState::ProForma
                && invoice.number.to_string().starts_with('9')
                && invoice.number.to_string().len() == 9
        }));
        let order = first.order.expect("an order");
        assert_eq!(order.invoice_status(), InvoiceStatus::ToInvoice);
        assert!(order.lines.iter().all(|line| line.invoice_number == 0));
        let second = shop.make(id, |_| {}).await;
        let following: Vec<_> = first.invoices.iter().map(|it| it.number + 2).collect();
        assert_eq!(numbers(&second.invoices), following);
        let booked = shop.book(id).await;
        assert_eq!(numbers(&booked), [20_173_382, 20_173_383]);
        let listed = shop.listed(&shop.tenant.staff, Some(id)).await;
        let states: Vec<_> = listed.iter().map(Invoice::state).collect();
        let replaced = InvoiceState::Replaced;
        let booked = InvoiceState::Booked;
        assert_eq!(
            states,
            [booked, booked, replaced, replaced, replaced, replaced]
        );
    })
    .await;
}

#[tokio::test]
async fn a_cancel_voids_pro_formas_and_is_refused_once_an_invoice_is_booked() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let refund = async |id| {
            let request = request!(
                RecordRefundRequest,
                record_refund_request,
                id,
                amount: Some(cents(100))
            );
            shop.tenant.staff.billing().record_refund(request).await
        };
        let cancel = async |id| {
            let request = request!(CancelOrderRequest, cancel_order_request, id);
            shop.tenant.staff.orders().cancel_order(request).await
        };
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let pro_forma = shop.make(id, |_| {}).await.invoices.remove(0);
        assert_eq!(state(&granted(cancel(id).await)), "cancelled");
        assert_eq!(shop.get(pro_forma.number).await.state(), InvoiceState::Void);
        // Money goes back from a cancelled order as from any other: as much as was paid.
        assert_eq!(refused(refund(id).await).reason, "AMOUNT_EXCEEDED");
        let cancelled = Order {
            payments: vec![payment(100)],
            ..order_in("cancelled", shop.tenant.customer_id)
        };
        granted(refund(import_one(&shop.tenant.manager, cancelled).await.id).await);

        let id = shop.order(vec![line("A", 1, 1000)]).await;
        shop.book(id).await;
        assert_eq!(refused(cancel(id).await).rules, ["not_invoiced"]);

        let id = shop
            .order_with(Order {
                lines: vec![line("A", 1, 1000)],
                ..order_in("new", shop.tenant.customer_id)
            })
            .await;
        let delete = async |id| {
            let request = request!(DeleteOrderRequest, delete_order_request, id);
            shop.tenant.staff.orders().delete_order(request).await
        };
        shop.book(id).await;
        assert_eq!(refused(delete(id).await).reason, "NOT_DELETABLE");
    })
    .await;
}

#[tokio::test]
async fn the_order_moves_with_its_invoices_or_none_is_made() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let complete = |request: &mut CreateInvoicesRequest| {
            request.book = true;
            request.state = "20".to_owned();
        };
        // The guard that TransitionOrder would name.
        let error = refused(shop.try_make(id, complete).await);
        assert_eq!(
            (error.reason.as_str(), error.rules),
            ("GUARD_FAILED", vec!["balance_settled".to_owned()])
        );
        assert!(shop.listed(&shop.tenant.staff, Some(id)).await.is_empty());

        let paid = request!(MarkOrderPaidRequest, mark_order_paid_request, id);
        granted(shop.tenant.staff.orders().mark_order_paid(paid).await);
        let version = read(&shop.tenant.staff, id).await.version;
        let made = shop.make(id, complete).await;
        let order = made.order.expect("an order");
        assert_eq!((state(&order), order.version), ("complete", version + 1));
        assert_eq!(numbers(&made.invoices), [20_173_382]);
        let request = request!(ListOrderChangesRequest, list_order_changes_request, id);
        let changes = granted(shop.tenant.staff.orders().list_order_changes(request).await).changes;
        let last = changes
            .iter()
            .find(|change| change.version == order.version);
        let last = last.expect("the change");
        assert_eq!(
            (last.kind(), last.transition.as_str()),
            (ChangeKind::Invoice, "complete")
        );
        let paths: Vec<_> = last
            .fields
            .iter()
            .map(|field| field.path.as_str())
            .collect();
        for path in ["state", "lines.1", "invoices.20173382"] {
            assert!(paths.contains(&path), "{path} in {paths:?}");
        }

        // A state where the order stands already is no move.
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let stay = |request: &mut CreateInvoicesRequest| request.state = "confirmed".to_owned();
        assert_eq!(
            state(&shop.make(id, stay).await.order.expect("an order")),
            "confirmed"
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_invoiced_is_refused_by_rule_or_field_and_changes_nothing() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let staff = &shop.tenant.staff;
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let before = read(staff, id).await;
        let error = refused(
            shop.try_make(id, |it| it.state = "nowhere".to_owned())
                .await,
        );
        assert_eq!(
            (error.reason.as_str(), error.paths()),
            ("UNKNOWN_TARGET", vec!["state"])
        );
        let error = refused(shop.try_make(id, |it| it.state = "x".repeat(65)).await);
        assert_eq!(
            (error.reason.as_str(), error.paths()),
            ("INVALID_FIELD", vec!["state"])
        );
        let error = refused(shop.try_make(id, |it| it.employee_id = Some(7)).await);
        assert_eq!(
            (error.reason.as_str(), error.paths()),
            ("UNKNOWN_CODE", vec!["employee_id"])
        );
        let error = refused(
            shop.try_make(id, |it| it.state = "cancelled".to_owned())
                .await,
        );
        assert_eq!(
            (error.reason.as_str(), error.rules),
            ("EDIT_NOT_ALLOWED", vec!["cancelled".to_owned()])
        );
        let error = refused(
            shop.try_make(id, |it| it.etag = "\"9-000000000000\"".to_owned())
                .await,
        );
        assert_eq!(error.code, Code::Aborted);
        let error = refused(shop.try_make(i64::MAX, |_| {}).await);
        assert_eq!(error.reason, "ORDER_NOT_FOUND");
        let client = request!(CreateInvoicesRequest, create_invoices_request, id);
        let error = refused(shop.tenant.client.billing().create_invoices(client).await);
        assert_eq!(error.reason, "METHOD_NOT_ALLOWED_FOR_ROLE");
        assert_eq!(read(staff, id).await, before);
        assert!(shop.listed(staff, None).await.is_empty());

        // Without lines, or with text alone.
        for lines in [
            vec![],
            vec![Line {
                kind: LineKind::Text.into(),
                name: "x".to_owned(),
                ..Line::default()
            }],
        ] {
            let order = Order {
                lines,
                total: None,
                ..Order::default()
            };
            let id = shop.order_with(order).await;
            let error = refused(shop.try_make(id, |_| {}).await);
            assert_eq!(error.reason, "NOTHING_TO_INVOICE");
        }
        let amounts = Order {
            total: Some(cents(5000)),
            ..Order::default()
        };
        let id = shop.order_with(amounts).await;
        assert_eq!(
            refused(shop.try_make(id, |_| {}).await).reason,
            "NOTHING_TO_INVOICE"
        );

        let cancelled = Order {
            lines: vec![line("A", 1, 1000)],
            ..order_in("cancelled", shop.tenant.customer_id)
        };
        let id = shop.order_with(cancelled).await;
        let error = refused(shop.try_make(id, |_| {}).await);
        assert_eq!(
            (error.reason.as_str(), error.rules),
            ("EDIT_NOT_ALLOWED", vec!["cancelled".to_owned()])
        );
        let delete = request!(DeleteOrderRequest, delete_order_request, id);
        granted(staff.orders().delete_order(delete).await);
        assert_eq!(
            refused(shop.try_make(id, |_| {}).await).reason,
            "ORDER_NOT_FOUND"
        );
    })
    .await;
}

#[tokio::test]
async fn a_hold_refuses_the_invoices_of_the_lines_that_it_names() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.order(vec![line("A", 1, 1000), line("B", 1, 500)]).await;
        let hold = request!(PlaceHoldRequest, place_hold_request, id, reason: "other".to_owned(), line_ids: vec![2]);
        let held = granted(shop.tenant.staff.fulfillment().place_hold(hold).await);
        let blocks = held.hold.expect("a hold").blocks;
        assert!(blocks.contains(&HeldAction::Invoice.into()));
        let error = refused(shop.try_make(id, |_| {}).await);
        assert_eq!((error.reason.as_str(), error.rules), ("ORDER_HELD", vec!["held".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn messages_follow_the_accounts_switches_the_customer_and_the_call() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let told = |invoices: &[Invoice]| -> Vec<(bool, bool)> {
            let messages = invoices
                .iter()
                .map(|invoice| invoice.messages.expect("messages"));
            messages
                .map(|it| (it.phone_message, it.email_message))
                .collect()
        };
        let id = shop.split().await;
        // The account tells nobody.
        assert_eq!(
            told(&shop.make(id, |_| {}).await.invoices),
            [(false, false); 2]
        );
        granted(
            shop.set(Account {
                phone_messages: true,
                ..Account::default()
            })
            .await,
        );
        // The customer has a phone number, the other one has none.
        let customer = order_status_proto::v1::UpdateCustomerRequest {
            customer: Some(Customer {
                id: shop.tenant.customer_id,
                phone: "+3120".to_owned(),
                ..Customer::default()
            }),
            ..Default::default()
        };
        granted(shop.tenant.staff.catalogs().update_customer(customer).await);
        let quiet = shop.make(id, |it| it.customer_messages = Some(false)).await;
        assert_eq!(told(&quiet.invoices), [(false, false); 2]);
        let invoices = shop.make(id, |_| {}).await.invoices;
        assert_eq!(told(&invoices), [(true, false), (false, false)]);
        assert_eq!(invoices[0].customer.as_ref().expect("one").phone, "+3120");
        // Nobody is told twice, unless the call says so.
        assert_eq!(
            told(&shop.make(id, |_| {}).await.invoices),
            [(false, false); 2]
        );
        let again = shop.make(id, |it| it.allow_resend_messages = true).await;
        assert_eq!(told(&again.invoices), [(true, false), (false, false)]);
    })
    .await;
}

#[tokio::test]
async fn services_take_the_accounts_rate_and_the_order_comes_to_what_its_invoices_do() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let lines = || {
            let service = Line {
                attributes: [("service".to_owned(), "true".to_owned())].into(),
                ..line("S", 1, 10_000)
            };
            vec![line("A", 1, 1000), service]
        };
        let order = || Order {
            lines: lines(),
            vat_percent: Some(decimal(21)),
            ..Order::default()
        };
        // Without the setting nothing happens.
        let id = shop.order_with(order()).await;
        assert_eq!(totals(&shop.book(id).await), [13_310]);
        let rate = Account {
            service_vat_correction: Some(decimal(9)),
            ..Account::default()
        };
        granted(shop.set(rate).await);
        let id = shop.order_with(order()).await;
        let kept = shop
            .make(id, |it| it.apply_service_vat_correction = Some(false))
            .await;
        assert_eq!(totals(&kept.invoices), [13_310]);
        let made = shop.make(id, |it| it.book = true).await;
        assert_eq!(totals(&made.invoices), [1210 + 10_900]);
        let rates: Vec<_> = made.invoices[0]
            .vat
            .iter()
            .map(|vat| vat.rate.clone())
            .collect();
        assert_eq!(rates, [Some(decimal(9)), Some(decimal(21))]);
        let order = made.order.expect("an order");
        assert_eq!(in_cents(order.grand_total.as_ref()), 1210 + 10_900);
        assert_eq!(order.lines[1].vat_rate, Some(decimal(9)));
    })
    .await;
}

#[tokio::test]
async fn an_employee_is_one_of_the_catalog_or_the_orders_own() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let entry = CatalogEntry {
            catalog: "employees".to_owned(),
            id: Some(1005),
            key: "robin".to_owned(),
            text: "Robin".to_owned(),
            ..CatalogEntry::default()
        };
        let request = UpsertCatalogEntryRequest {
            entry: Some(entry),
            ..Default::default()
        };
        granted(
            shop.tenant
                .manager
                .catalogs()
                .upsert_catalog_entry(request)
                .await,
        );
        let id = shop
            .order_with(Order {
                lines: vec![line("A", 1, 1000)],
                attributes: [("employee_id".to_owned(), "12".to_owned())].into(),
                ..Order::default()
            })
            .await;
        let own = shop.make(id, |_| {}).await.invoices.remove(0);
        assert_eq!(own.employee_id, Some(12));
        let given = shop.make(id, |it| it.employee_id = Some(1005)).await;
        assert_eq!(given.invoices[0].employee_id, Some(1005));
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_sent_again_gets_the_same_invoices_and_makes_none() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let key = request_id();
        let again = async || shop.make(id, |it| it.request_id.clone_from(&key)).await;
        let first = again().await;
        shop.book(id).await;
        // Whatever has become of it since.
        assert_eq!(again().await, first);
        assert_eq!(shop.listed(&shop.tenant.staff, Some(id)).await.len(), 4);
        let other = shop
            .try_make(id, |it| {
                it.request_id.clone_from(&key);
                it.book = true;
            })
            .await;
        assert_eq!(refused(other).reason, "REQUEST_ID_REUSED");
    })
    .await;
}

#[tokio::test]
async fn only_validated_invoices_have_no_numbers_and_take_none() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let before = read(&shop.tenant.staff, id).await;
        let tried = shop
            .make(id, |it| (it.book, it.validate_only) = (true, true))
            .await;
        assert_eq!(numbers(&tried.invoices), [0, 0]);
        assert_eq!(totals(&tried.invoices), [2000, 500]);
        assert_eq!(read(&shop.tenant.staff, id).await, before);
        assert_eq!(numbers(&shop.book(id).await), [20_173_382, 20_173_383]);
    })
    .await;
}

#[tokio::test]
async fn each_series_counts_by_itself_and_begins_where_it_is_told_to_before_its_first_invoice() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let book = async || {
            let id = shop.order(vec![line("A", 1, 1000)]).await;
            shop.book(id).await.remove(0).number
        };
        let series = async |digits: Option<i32>, next| {
            let account = Account {
                invoice_series: digits,
                next_invoice_number: next,
                ..Account::default()
            };
            shop.set(account).await
        };
        assert_eq!(book().await, 20_173_382);
        let error = refused(series(None, 5000).await);
        assert_eq!(error.paths(), ["account.next_invoice_number"]);
        granted(series(Some(2018), 9999).await);
        assert_eq!([book().await, book().await], [20_189_999, 201_810_000]);
        granted(series(Some(2017), 0).await);
        assert_eq!(book().await, 20_173_383);
        for digits in [0, 999, 9000, 20_170, -2017] {
            let error = refused(series(Some(digits), 0).await);
            assert_eq!(error.paths(), ["account.invoice_series"], "{digits}");
        }
        for next in [-1, 1_000_000_000] {
            let error = refused(series(Some(2019), next).await);
            assert_eq!(error.paths(), ["account.next_invoice_number"], "{next}");
        }
        let error = refused(
            shop.set(Account {
                time_zone: "Mars/Olympus".to_owned(),
                ..Account::default()
            })
            .await,
        );
        assert_eq!(error.paths(), ["account.time_zone"]);
        // Without a series of its own, an account goes by the year where it is.
        let request = UpdateAccountRequest {
            account: Some(Account {
                id: shop.tenant.account_id,
                ..Account::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["invoice_series".to_owned()],
            }),
            ..UpdateAccountRequest::default()
        };
        granted(shop.tenant.admin.accounts().update_account(request).await);
        let invoice = {
            let id = shop.order(vec![line("A", 1, 1000)]).await;
            shop.book(id).await.remove(0)
        };
        assert_eq!(
            invoice.number.to_string(),
            format!("{}0001", &invoice.date[..4])
        );
        let request = GetAccountRequest {
            id: shop.tenant.account_id,
        };
        let account = granted(shop.tenant.admin.accounts().get_account(request).await);
        assert_eq!(
            (account.invoice_series, account.next_invoice_number),
            (None, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_customer_sees_the_invoices_that_are_addressed_to_them() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let invoices = shop.book(id).await;
        let client = &shop.tenant.client;
        assert_eq!(
            numbers(&shop.listed(client, Some(id)).await),
            [invoices[0].number]
        );
        assert_eq!(
            numbers(&shop.listed(client, None).await),
            [invoices[0].number]
        );
        let others = GetInvoiceRequest {
            number: invoices[1].number,
        };
        let error = refused(client.billing().get_invoice(others).await);
        assert_eq!(
            (error.code, error.reason.as_str()),
            (Code::NotFound, "RESOURCE_NOT_FOUND")
        );
        // The order is not theirs.
        let channel = Server::shared(backend).await.channel().await;
        let other = order_status_proto::v1::CreateCredentialRequest {
            customer_id: Some(shop.other),
            ..credential(Role::Client)
        };
        let other = shop.tenant.caller(&channel, other).await;
        assert!(shop.listed(&other, None).await.is_empty());
        let own = GetInvoiceRequest {
            number: invoices[1].number,
        };
        assert_eq!(
            refused(other.billing().get_invoice(own).await).code,
            Code::NotFound
        );
    })
    .await;
}

#[tokio::test]
async fn an_invoice_is_drawn_as_a_pdf_of_equal_bytes_whatever_has_changed_since() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let number = shop.book(id).await[0].number;
        let draw = async || {
            let request = GetInvoiceDocumentRequest { number };
            let drawn = shop
                .tenant
                .staff
                .billing()
                .get_invoice_document(request)
                .await;
            granted(drawn)
        };
        let first = draw().await;
        assert_eq!(first.mime_type, "application/pdf");
        assert!(first.content.starts_with(b"%PDF-"), "a PDF");
        let renamed = Account {
            name: "Another name".to_owned(),
            ..Account::default()
        };
        granted(shop.set(renamed).await);
        assert!(draw().await == first, "other bytes");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_a_list_are_all_invoices_in_the_order_of_their_numbers() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        for _ in 0..3 {
            let id = shop.split().await;
            shop.book(id).await;
        }
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let request = ListInvoicesRequest {
                page_size: 4,
                page_token: token,
                ..ListInvoicesRequest::default()
            };
            let page = granted(shop.tenant.staff.billing().list_invoices(request).await);
            seen.extend(numbers(&page.invoices));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, (20_173_382..20_173_388).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn an_invoice_keeps_its_customer_as_they_were_with_or_without_an_address() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let address = Address {
            city: "Utrecht".to_owned(),
            ..Address::default()
        };
        let rename = async |name: &str, address: Option<Address>| {
            let customer = Customer {
                id: shop.other,
                name: name.to_owned(),
                address,
                ..Customer::default()
            };
            let request = order_status_proto::v1::UpdateCustomerRequest {
                customer: Some(customer),
                ..Default::default()
            };
            granted(shop.tenant.staff.catalogs().update_customer(request).await);
        };
        let book = async || {
            let id = shop.order(vec![shop.others(line("A", 1, 1000))]).await;
            shop.book(id).await.remove(0)
        };
        let without = book().await;
        assert_eq!(without.customer.as_ref().expect("one").address, None);
        rename("Somebody new", Some(address)).await;
        let with = book().await.customer.expect("a customer");
        assert_eq!(
            (with.name.as_str(), with.address.expect("one").city.as_str()),
            ("Somebody new", "Utrecht")
        );
        assert_eq!(shop.get(without.number).await, without);
    })
    .await;
}
