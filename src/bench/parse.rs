//! How fast feeds are read, on one core.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::farm;
use super::files::collect;
use super::usage::timed;
use crate::crawl::inspect;

/// Feeds that are made up where none are given.
const FEEDS: usize = 200;
/// Entries of each.
const ITEMS: usize = 100;

/// What was read.
#[derive(Debug, Serialize)]
pub struct Parsed {
    /// Documents.
    pub files: usize,
    /// Of them, not readable as feeds.
    pub unreadable: usize,
    /// All entries.
    pub entries: usize,
    /// Bytes of all documents, in MB (10⁶).
    pub megabytes: f64,
    /// MB per second of CPU: decoded, repaired and read.
    pub reading: f64,
    /// The same with every text cleaned of its HTML.
    pub cleaning: f64,
    /// The same by feed-rs alone, without decoding and repair.
    pub strict: f64,
    /// Entries that it finds.
    pub strict_entries: usize,
}

/// Reads every file below `paths`; without any, made-up feeds.
///
/// # Errors
/// A file cannot be read.
pub fn run(paths: &[PathBuf]) -> anyhow::Result<Parsed> {
    let mut documents = Vec::new();
    for path in paths {
        collect(path, &mut documents)?;
    }
    if paths.is_empty() {
        documents.extend((0..FEEDS).map(|n| farm::feed(n, 0, ITEMS).into_bytes()));
    }
    let n_bytes: usize = documents.iter().map(Vec::len).sum();
    let megabytes = n_bytes as f64 / 1e6;
    let rate = |cpu: Duration| megabytes / cpu.as_secs_f64().max(1e-9);
    let ((entries, unreadable), reading) = timed(|| count(&documents, inspect::read_only));
    let (_, cleaning) = timed(|| count(&documents, inspect::read_and_clean));
    let ((strict_entries, _), strict) = timed(|| count(&documents, inspect::strict_only));
    Ok(Parsed {
        files: documents.len(),
        unreadable,
        entries,
        megabytes,
        reading: rate(reading),
        cleaning: rate(cleaning),
        strict: rate(strict),
        strict_entries,
    })
}

/// Entries, and documents that are no feeds.
fn count(documents: &[Vec<u8>], read: impl Fn(&[u8]) -> Option<usize>) -> (usize, usize) {
    let read: Vec<Option<usize>> = documents.iter().map(|bytes| read(bytes)).collect();
    (read.iter().flatten().sum(), read.iter().filter(|n| n.is_none()).count())
}
