//! Any text as a file of a rules directory: the first byte says which, the rest is loaded among files that are right.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

use crate::loading::Loading;

#[path = "../../tests/it/laws/loading.rs"]
mod loading;

static LOADING: LazyLock<Loading> = LazyLock::new(Loading::new);

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    if let Err(broken) = LOADING.check(usize::from(*first), &text) {
        panic!("{broken}");
    }
});
