#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use order_status_fuzz::understood;
use order_status_server::rest::fuzzing;

fuzz_target!(|text: &[u8]| -> Corpus {
    understood(text, fuzzing::cyclesoftware).map_or_else(|corpus| corpus, |()| Corpus::Keep)
});
