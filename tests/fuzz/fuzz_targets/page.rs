//! No bytes make the extractor panic or hang.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = headsup::extract::inspect::page(bytes, Some("text/html"), "https://a.example/post", &Default::default());
});
