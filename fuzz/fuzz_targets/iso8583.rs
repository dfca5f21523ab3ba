//! Any bytes through everything that reads what a peer sends, in every dialect that is built in.
#![no_main]

use std::sync::{Arc, LazyLock};

use hil::iso8583::endure::endure;
use hil::iso8583::{Dialect, Mapper};
use libfuzzer_sys::fuzz_target;

static MAPPERS: LazyLock<Vec<Mapper>> = LazyLock::new(|| {
    Dialect::names()
        .map(|name| Mapper::new(Arc::new(Dialect::load(name).expect("it is built in"))))
        .collect()
});

fuzz_target!(|bytes: &[u8]| MAPPERS.iter().for_each(|mapper| endure(mapper, bytes)));
