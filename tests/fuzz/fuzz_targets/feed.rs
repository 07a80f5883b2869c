//! No bytes make the feed parser panic or hang, and what it reads twice it reads the same.
#![no_main]

use headsup::crawl::inspect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let now = chrono_now();
    let first = inspect::feed(bytes, None, Some("https://a.example/feed"), now);
    let again = inspect::feed(bytes, None, Some("https://a.example/feed"), now);
    let ids = |read: &Result<inspect::Inspected, String>| {
        read.as_ref().ok().map(|read| read.entries.iter().map(|entry| entry.guid.clone()).collect::<Vec<_>>())
    };
    assert_eq!(ids(&first), ids(&again), "ids are never random");
});

/// A moment that stands still.
fn chrono_now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_778_000_000, 0).unwrap_or_default()
}
