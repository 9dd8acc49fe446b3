//! Any bytes as a page, an answer or a feed: the first says which address they came from, the rest are read in every way.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

use crate::reading::{ADDRESSES, Laws};

#[path = "../../tests/it/laws/reading.rs"]
mod reading;

static LAWS: LazyLock<Laws> =
    LazyLock::new(|| Laws::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crawl-rules")));

fuzz_target!(|bytes: &[u8]| {
    let Some((first, document)) = bytes.split_first() else { return };
    let address = ADDRESSES[usize::from(*first) % ADDRESSES.len()];
    if let Err(broken) = LAWS.check(document, address) {
        panic!("{broken}");
    }
});
