//! How fast pages are read, on one core.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::files::collect;
use super::usage::timed;
use crate::config::ArticleRules;
use crate::extract::inspect;

/// Pages that are made up where none are given.
const PAGES: usize = 200;
/// Paragraphs of each.
const PARAGRAPHS: usize = 40;

/// Address of a page that has none.
const NOWHERE: &str = "https://example.org/";

/// What was read.
#[derive(Debug, Serialize)]
pub struct Extracted {
    /// Pages.
    pub pages: usize,
    /// Of them, without an article.
    pub refused: usize,
    /// Bytes of all pages, in MB (10⁶).
    pub megabytes: f64,
    /// Pages per second of CPU, from bytes to article.
    pub per_cpu_second: f64,
}

/// Reads every file below `paths` as a page; without any, made-up pages.
///
/// # Errors
/// A file cannot be read.
pub fn run(paths: &[PathBuf], now: DateTime<Utc>) -> anyhow::Result<Extracted> {
    let mut pages = Vec::new();
    for path in paths {
        collect(path, &mut pages)?;
    }
    if paths.is_empty() {
        pages.extend((0..PAGES).map(|n| page(n).into_bytes()));
    }
    let rules = ArticleRules::default();
    let read = |bytes: &&Vec<u8>| inspect::page(bytes, None, NOWHERE, &rules, now);
    let (refused, cpu) = timed(|| pages.iter().filter(|bytes| read(bytes).is_err()).count());
    Ok(Extracted {
        pages: pages.len(),
        refused,
        megabytes: pages.iter().map(Vec::len).sum::<usize>() as f64 / 1e6,
        per_cpu_second: pages.len() as f64 / cpu.as_secs_f64().max(1e-9),
    })
}

fn page(n: usize) -> String {
    let links: String =
        (0..60).map(|link| format!("<li><a href=/s/{link}>Section {link}</a></li>")).collect();
    let paragraph = "<p>The lab measured the pruned model on a laptop, and it answered in half the time of the old one.</p>";
    let teasers: String = (0..12)
        .map(|m| format!("<div class=card><h3><a href=/p/{m}>Another story of the day {m}</a></h3></div>"))
        .collect();
    format!(
        "<html><head><title>Story {n} | Example</title></head><body><nav><ul>{links}</ul></nav><main><article><h1>Story {n}</h1>{}</article></main>\
         <aside class=related>{teasers}</aside><footer>Example Media</footer></body></html>",
        paragraph.repeat(PARAGRAPHS)
    )
}
