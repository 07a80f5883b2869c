//! What the parser makes of a feed, for a person or a scorer who looks inside. Nothing is stored.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::answer::Fetched;
use super::feed::{self, Hints};
use super::fetch::{Ask, Fetcher};
use crate::clock::Clock;
use crate::config::CrawlSettings;
use crate::model::{Entry, Language};

/// A feed as the parser reads it.
#[derive(Debug, Serialize)]
pub struct Inspected {
    /// In the order of the feed.
    pub entries: Vec<Entry>,
    /// What had to be mended.
    pub repairs: Vec<String>,
}

/// Where the relative links of a file point whose own address nobody knows; never shown.
const UNKNOWN: &str = "https://unknown.invalid/";

/// Reads a feed of unknown origin; `base`: its address, if it is known. Without it relative links stay relative, and an
/// entry without a link shows its guid as one.
///
/// # Errors
/// One line: why it is no feed.
pub fn feed(
    bytes: &[u8],
    content_type: Option<&str>,
    base: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Inspected, String> {
    let is_chinese =
        String::from_utf8_lossy(bytes).chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count()
            > 200;
    let language = if is_chinese { Language::Zh } else { Language::En };
    let hints = Hints { content_type, base: base.unwrap_or(UNKNOWN), language, now };
    let mut parsed = feed::parse(bytes, &hints)?;
    for entry in &mut parsed.entries {
        if let Some(path) = entry.link.strip_prefix(UNKNOWN) {
            entry.link = format!("/{path}");
        }
        if entry.link.is_empty() && !entry.guid.starts_with("title:") {
            entry.link.clone_from(&entry.guid);
        }
    }
    Ok(Inspected { entries: parsed.entries, repairs: parsed.repairs })
}

/// Entries of a feed that is decoded, repaired and read but not cleaned; for measuring. `None`: no feed.
pub fn read_only(bytes: &[u8]) -> Option<usize> {
    feed::read_only(bytes, &anywhere()).ok().map(|read| read.entries.len())
}

/// The same with every text cleaned.
pub fn read_and_clean(bytes: &[u8]) -> Option<usize> {
    feed::parse(bytes, &anywhere()).ok().map(|read| read.entries.len())
}

/// Entries that feed-rs finds by itself in the bytes as they come; for measuring what the rest costs. `None`: an error.
pub fn strict_only(bytes: &[u8]) -> Option<usize> {
    let parser = feed_rs::parser::Builder::new().sanitize_content(false).build();
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parser.parse(bytes)));
    read.ok()?.ok().map(|feed| feed.entries.len())
}

fn anywhere() -> Hints<'static> {
    Hints {
        content_type: None,
        base: UNKNOWN,
        language: Language::En,
        now: DateTime::<Utc>::UNIX_EPOCH + chrono::TimeDelta::days(100 * 366),
    }
}

/// Fetches one address with all guards: bytes, `Content-Type`, and the address after redirects.
///
/// # Errors
/// As a crawl would store it on a source.
pub async fn get(settings: &CrawlSettings, url: &str) -> anyhow::Result<(Vec<u8>, Option<String>, String)> {
    let fetcher = Fetcher::new(settings, &Clock::System)?;
    match fetcher.get(Ask { url, open: settings.allow_private, ..Ask::default() }).await? {
        Fetched::Body(body) => Ok((body.bytes, body.content_type, body.final_url)),
        Fetched::NotModified(_) => Err(anyhow::anyhow!("HTTP 304")).context("nobody asked for changes"),
    }
}
