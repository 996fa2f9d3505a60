//! Invoices: what customers are asked to pay for an order, and the numbers by which they are known.

mod split;

pub use split::{Share, split};

use std::collections::BTreeMap;

use super::account::{Account, Counters};
use super::calendar;
use super::decimal::Decimal;
use super::order::{Customer, LineKind};
use super::time::Timestamp;
use super::value::Value;

/// A rate of tax in percent; `None` for what no rate applies to.
pub type Rate = Option<Decimal>;

/// An invoice, as it was made. Nothing of it changes but where it stands, which is kept apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invoice {
    /// Its number within the account.
    pub number: i64,
    /// Whether it is a pro-forma.
    pub pro_forma: bool,
    /// The order.
    pub order_id: i64,
    /// The order's number at the time.
    pub order_number: String,
    /// Whom it is addressed to.
    pub customer: Customer,
    /// The employee who made it: the id of an entry of the catalog `employees`.
    pub employee_id: Option<i64>,
    /// The name of the account that sells.
    pub seller: String,
    /// What it says of the seller below, line by line.
    pub seller_details: String,
    /// The day of the sale where the account is, as `YYYY-MM-DD`; empty where the order has none.
    pub order_date: String,
    /// ISO 4217 code of every amount.
    pub currency: String,
    /// Places after the point of the amounts.
    pub decimals: u8,
    /// What is billed, in the order of the order's lines.
    pub lines: Vec<InvoiceLine>,
    /// What it comes to by rate, the lowest first; what no rate applies to before all.
    pub vat: Vec<Vat>,
    /// Its amounts.
    pub amounts: Amounts,
    /// The day it was made where the account is, as `YYYY-MM-DD`.
    pub date: String,
    /// When it was made.
    pub create_time: Timestamp,
    /// Whether a message to the customer's phone was queued.
    pub phone_message: bool,
    /// Whether a message to the customer's e-mail address was queued.
    pub email_message: bool,
}

/// The amounts of an invoice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Sum of the lines' amounts.
    pub total: Decimal,
    /// Its part of the order's discount.
    pub discount: Decimal,
    /// Its tax, over all rates.
    pub tax: Decimal,
    /// The order's service charge, where it is on this invoice.
    pub service_charge: Decimal,
    /// The order's delivery fee, where it is on this invoice.
    pub delivery_fee: Decimal,
    /// The order's installation fee, where it is on this invoice.
    pub installation_fee: Decimal,
    /// `total - discount + tax + service_charge + delivery_fee + installation_fee`.
    pub grand_total: Decimal,
}

/// One line of an invoice. A text has no amounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvoiceLine {
    /// The line of the order.
    pub order_line_id: i64,
    /// What it is on this invoice.
    pub kind: LineKind,
    /// The article's code.
    pub product_code: String,
    /// The article's name, or the text.
    pub description: String,
    /// What is counted.
    pub unit_name: String,
    /// How many.
    pub quantity: Decimal,
    /// The price of one.
    pub unit_price: Decimal,
    /// Taken off the whole line.
    pub discount: Decimal,
    /// The rate of tax.
    pub vat_rate: Rate,
    /// `quantity * unit_price - discount`, rounded.
    pub amount: Decimal,
}

/// What an invoice comes to at one rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vat {
    /// The rate.
    pub rate: Rate,
    /// What is taxed, after discount.
    pub net: Decimal,
    /// The tax.
    pub vat: Decimal,
}

/// Where an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvoiceState {
    /// It asks to be paid, for good.
    Booked,
    /// A pro-forma that nothing has taken the place of.
    ProForma,
    /// A pro-forma whose place later invoices took.
    Replaced,
    /// A pro-forma whose order was cancelled or deleted.
    Void,
}

impl InvoiceState {
    /// Each state.
    pub const ALL: [InvoiceState; 4] = [
        InvoiceState::Booked,
        InvoiceState::ProForma,
        InvoiceState::Replaced,
        InvoiceState::Void,
    ];

    /// The state in which an invoice is made.
    pub const fn first(pro_forma: bool) -> InvoiceState {
        if pro_forma {
            InvoiceState::ProForma
        } else {
            InvoiceState::Booked
        }
    }

    /// The number that stands for it.
    pub const fn code(self) -> i32 {
        self as i32 + 1
    }

    /// The state with that number.
    pub fn from_code(code: i64) -> Option<InvoiceState> {
        InvoiceState::ALL
            .into_iter()
            .find(|state| i64::from(state.code()) == code)
    }
}

/// What an order knows of an invoice that stands: a booked one, or a pro-forma that nothing has replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderInvoice {
    /// The invoice's number.
    pub number: i64,
    /// Whether it is a pro-forma.
    pub pro_forma: bool,
    /// The registered customer whom it is addressed to.
    pub customer_id: Option<i64>,
    /// Its amounts.
    pub amounts: Amounts,
    /// Its tax by rate.
    pub vat: BTreeMap<Rate, Decimal>,
    /// Whether a message to the customer's phone was queued.
    pub phone_message: bool,
    /// Whether a message to the customer's e-mail address was queued.
    pub email_message: bool,
}

impl From<&Invoice> for OrderInvoice {
    fn from(invoice: &Invoice) -> OrderInvoice {
        OrderInvoice {
            number: invoice.number,
            pro_forma: invoice.pro_forma,
            customer_id: invoice.customer.id,
            amounts: invoice.amounts,
            vat: invoice.vat.iter().map(|vat| (vat.rate, vat.vat)).collect(),
            phone_message: invoice.phone_message,
            email_message: invoice.email_message,
        }
    }
}

/// How a rate is called in history: `none`, or its decimal text.
fn rate_name(rate: Rate) -> String {
    rate.map_or_else(|| "none".to_owned(), |rate| rate.to_string())
}

impl OrderInvoice {
    /// It as history keeps it, without its number.
    pub fn to_value(&self) -> Value {
        let amounts = &self.amounts;
        let set = |amount: Decimal| Some(amount).filter(|amount| !amount.is_zero()).into();
        let set_flag = |flag: bool| if flag { Value::Bool(true) } else { Value::Null };
        let vat = self
            .vat
            .iter()
            .map(|(rate, vat)| (rate_name(*rate), Value::decimal(*vat)));
        Value::map([
            ("pro_forma", set_flag(self.pro_forma)),
            ("customer_id", self.customer_id.into()),
            ("total", Value::decimal(amounts.total)),
            ("discount", set(amounts.discount)),
            ("tax", set(amounts.tax)),
            ("service_charge", set(amounts.service_charge)),
            ("delivery_fee", set(amounts.delivery_fee)),
            ("installation_fee", set(amounts.installation_fee)),
            ("grand_total", Value::decimal(amounts.grand_total)),
            ("vat", Value::Map(vat.collect())),
            ("phone_message", set_flag(self.phone_message)),
            ("email_message", set_flag(self.email_message)),
        ])
    }

    /// What [`OrderInvoice::to_value`] described.
    pub fn from_value(number: i64, value: &Value) -> OrderInvoice {
        let amount = |name| value.field(name).as_decimal().unwrap_or_default();
        let vat = match value.field("vat") {
            Value::Map(vat) => vat
                .iter()
                .map(|(rate, vat)| (Decimal::read(rate), vat.as_decimal().unwrap_or_default()))
                .collect(),
            _ => BTreeMap::new(),
        };
        OrderInvoice {
            number,
            pro_forma: value.field("pro_forma").as_bool(),
            customer_id: value.field("customer_id").as_int(),
            amounts: Amounts {
                total: amount("total"),
                discount: amount("discount"),
                tax: amount("tax"),
                service_charge: amount("service_charge"),
                delivery_fee: amount("delivery_fee"),
                installation_fee: amount("installation_fee"),
                grand_total: amount("grand_total"),
            },
            vat,
            phone_message: value.field("phone_message").as_bool(),
            email_message: value.field("email_message").as_bool(),
        }
    }
}

/// How a message reaches a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// To their phone.
    Phone,
    /// To their e-mail address.
    Email,
}

impl MessageKind {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            MessageKind::Phone => "phone",
            MessageKind::Email => "email",
        }
    }
}

/// A message to a customer that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMessage {
    /// Its number within the account.
    pub id: i64,
    /// How it reaches them.
    pub kind: MessageKind,
    /// The phone number or the e-mail address.
    pub recipient: String,
    /// The order.
    pub order_id: i64,
    /// The invoice that it tells of.
    pub invoice_number: i64,
    /// When it was queued.
    pub create_time: Timestamp,
}

/// The largest running number within a series.
pub const LARGEST_RUNNING: i64 = 999_999_999;

/// A series of invoice numbers: digits that every number begins with.
///
/// Those of booked invoices have four digits and do not begin with 9, those of pro-formas are a 9 and the four digits
/// of a year. So no number of one is ever a number of another, however far they count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    digits: i64,
    pro_forma: bool,
}

impl Series {
    /// The series of invoices that are made now.
    pub fn present(account: &Account, pro_forma: bool, now: Timestamp) -> Series {
        let year = i64::from(calendar::day(now, &account.time_zone).year);
        let digits = match (pro_forma, account.invoice_series) {
            (true, _) => 90_000 + year,
            (false, Some(given)) => i64::from(given),
            (false, None) => year,
        };
        Series { digits, pro_forma }
    }

    /// What the series' last number is kept as among the account's counters.
    pub fn counter(&self) -> String {
        let kind = if self.pro_forma { PRO_FORMA } else { BOOKED };
        format!("{kind}{}", self.digits)
    }

    /// What the running number before its first is kept as, where the series does not begin with 1.
    pub fn start(&self) -> String {
        format!("{START}{}", self.digits)
    }

    /// The series that keeps its last number under this name.
    pub fn of_counter(name: &str) -> Option<Series> {
        let (digits, pro_forma) = match (name.strip_prefix(BOOKED), name.strip_prefix(PRO_FORMA)) {
            (Some(digits), _) => (digits, false),
            (None, Some(digits)) => (digits, true),
            (None, None) => return None,
        };
        let digits = digits.parse().ok()?;
        Some(Series { digits, pro_forma })
    }

    /// The invoice number of a running number: at least four digits follow those of the series.
    pub fn number(&self, running: i64) -> i64 {
        let mut shift = 10_000;
        while running >= shift {
            shift *= 10;
        }
        self.digits * shift + running
    }

    /// The invoice numbers from one running number to another, as ranges: a longer number starts a new one.
    pub fn numbers(&self, first: i64, last: i64) -> Vec<(i64, i64)> {
        let (mut ranges, mut first) = (Vec::new(), first);
        while first <= last {
            let mut end = 9999;
            while end < first {
                end = end * 10 + 9;
            }
            let end = end.min(last);
            ranges.push((self.number(first), self.number(end)));
            first = end + 1;
        }
        ranges
    }

    /// Takes the next number.
    pub fn take(&self, counters: &mut Counters) -> i64 {
        let last = counters.series.entry(self.counter()).or_default();
        *last += 1;
        self.number(*last)
    }
}

const BOOKED: &str = "invoice.";
const PRO_FORMA: &str = "pro_forma.";
const START: &str = "invoice_start.";

/// Whether an account's counter of that name belongs to a series.
pub fn is_series_counter(name: &str) -> bool {
    [BOOKED, PRO_FORMA, START]
        .iter()
        .any(|kind| name.starts_with(kind))
}

/// Whether digits may begin the numbers of booked invoices.
pub const fn is_series(digits: i64) -> bool {
    digits >= 1000 && digits < 9000
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(given: Option<i32>, time_zone: &str) -> impl Fn(bool, i64) -> Series {
        let account = Account {
            invoice_series: given,
            time_zone: time_zone.to_owned(),
            ..Account::default()
        };
        move |pro_forma, seconds| {
            let now = Timestamp::from_micros(seconds * 1_000_000);
            Series::present(&account, pro_forma, now)
        }
    }

    #[test]
    fn numbers_begin_with_the_year_where_the_account_is_and_go_on_past_four_digits() {
        let amsterdam = series(None, "Europe/Amsterdam");
        // 2026-12-31T22:59:59Z, and a second later.
        let (before, after) = (1_798_757_999, 1_798_758_000);
        assert_eq!(amsterdam(false, before).number(1), 20_260_001);
        assert_eq!(amsterdam(false, after).number(1), 20_270_001);
        assert_eq!(amsterdam(true, before).number(12), 920_260_012);
        assert_eq!(amsterdam(true, after).number(12), 920_270_012);
        let given = series(Some(2017), "UTC");
        assert_eq!(given(false, before).number(3382), 20_173_382);
        assert_eq!(given(false, after).number(9999), 20_179_999);
        assert_eq!(given(false, after).number(10_000), 201_710_000);
        assert_eq!(given(true, before).number(10_000), 9_202_610_000);
    }

    #[test]
    fn each_year_counts_anew_and_goes_on_where_it_was() {
        let utc = series(None, "UTC");
        let (before, after) = (utc(false, 1_798_761_599), utc(false, 1_798_761_600));
        let mut counters = Counters::default();
        let taken = [&before, &before, &after, &before].map(|series| series.take(&mut counters));
        assert_eq!(taken, [20_260_001, 20_260_002, 20_270_001, 20_260_003]);
        assert_eq!(Series::of_counter(&after.counter()), Some(after));
    }

    #[test]
    fn the_numbers_of_a_series_are_ranges_of_one_length_each() {
        let series = Series {
            digits: 2017,
            pro_forma: false,
        };
        let ranges = series.numbers(9998, 100_001);
        let expected = [
            (20_179_998, 20_179_999),
            (201_710_000, 201_799_999),
            (2_017_100_000, 2_017_100_001),
        ];
        assert_eq!(ranges, expected);
        assert_eq!(series.numbers(5, 4), []);
    }

    proptest! {
        #[test]
        fn no_two_series_share_a_number(
            one in 1000_i64..9000, other in 1000_i64..9000, year in 1000_i64..9999,
            a in 1..=LARGEST_RUNNING, b in 1..=LARGEST_RUNNING,
        ) {
            let booked = |digits| Series { digits, pro_forma: false };
            let pro_forma = Series { digits: 90_000 + year, pro_forma: true };
            prop_assert_eq!(booked(one).number(a) == booked(other).number(b), (one, a) == (other, b));
            prop_assert!(booked(one).number(a) != pro_forma.number(b));
        }

        #[test]
        fn history_keeps_what_an_order_knows_of_an_invoice(
            customer in proptest::option::of(1_i64..99), amounts in prop::array::uniform7(-99_999_i64..99_999),
            vat in prop::collection::btree_map(proptest::option::of(0_i64..1_000_000), -99_999_i64..99_999, 0..4),
            flags in prop::array::uniform3(any::<bool>()),
        ) {
            let [total, discount, tax, service_charge, delivery_fee, installation_fee, grand_total] =
                amounts.map(Decimal::from_ten_thousandths);
            let ten_thousandths = Decimal::from_ten_thousandths;
            let known = OrderInvoice {
                number: 7,
                pro_forma: flags[0],
                customer_id: customer,
                amounts: Amounts { total, discount, tax, service_charge, delivery_fee, installation_fee, grand_total },
                vat: vat.into_iter().map(|(rate, vat)| (rate.map(ten_thousandths), ten_thousandths(vat))).collect(),
                phone_message: flags[1],
                email_message: flags[2],
            };
            prop_assert_eq!(OrderInvoice::from_value(7, &known.to_value()), known);
        }
    }
}
