//! The program `order-status`.

use std::process::ExitCode;

fn main() -> ExitCode {
    order_status_server::cli::main()
}
