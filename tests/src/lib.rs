//! What the tests of the order-status service stand on: databases made for one test, the real server program on free
//! ports, callers with keys, and faults to put them through. Tests go through the public doors; nothing here reaches
//! into the server.
//!
//! Linux only: children are tied to this process by `setpriv --pdeathsig`, so that none outlives it. The power cuts
//! need root, loop devices, `mkfs.ext4` and `cc`.
//!
//! Some things show only when repeated. The suite repeats them as often as keeps it quick; `ORDER_STATUS_TEST_FULL=1`
//! asks for the full figures, and each has a variable of its own:
//!
//! | variable `ORDER_STATUS_TEST_…` | what it counts | usual | full |
//! |---|---|---|---|
//! | `ROUNDS` | races of 64 calls for one order, of each kind | 25 | 1000 |
//! | `COPIES_ROUNDS` | requests that are sent 50 times at once | 3 | 100 |
//! | `KILLS` | `kill -9` of a server under load, on each database | 4 | 20 |
//! | `RESTARTS` | crashes of PostgreSQL under load | 2 | 20 |
//! | `CUTS` | power cuts under load, on each database | 1 | 5 |
//! | `COMMIT_CUTS` | connections cut at a COMMIT | 60 | 1000 |
//! | `PAUSES` | servers stopped while they hold the pen | 2 | 20 |
//! | `CANCELS` | calls cancelled at random moments, on each database | 2000 | 20000 |
//! | `WATCHED` | changes written before 50 watchers, on each database | 500 | 20000 |

pub mod account;
pub mod audit;
pub mod backend;
pub mod browser;
pub mod contract;
pub mod disk;
pub mod figures;
pub mod fleet;
pub mod golden;
pub mod http;
pub mod load;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod refusal;
pub mod scratch;
pub mod server;

pub use account::{Caller, Tenant};
pub use backend::{Backend, on_both};
pub use disk::Disk;
pub use figures::figure;
pub use fleet::{Fleet, verify};
pub use load::Load;
pub use server::{Config, Server};
