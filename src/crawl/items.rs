//! Entries of a source to items: which are kept, in which language, and whether their page is wanted.

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest as _, Sha256};

use super::{language_of, link};
use crate::config::SourceConfig;
use crate::model::{Entry, Source, SourceKind};
use crate::store::items::NewItem;

/// The pages of older items are not fetched: they can be in no issue any more.
const PAGE_AGE: Duration = Duration::days(45);

/// The newest `max_items` entries as items.
pub fn prepare(
    source: &Source,
    config: Option<&SourceConfig>,
    mut entries: Vec<Entry>,
    now: DateTime<Utc>,
) -> Vec<NewItem> {
    // Undated ones count as new; the sort is stable, so the feed's order decides among equals.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.published.unwrap_or(now)));
    entries.truncate(config.map_or(200, |config| config.max_items as usize));
    let fetch_pages = config.is_some_and(|config| config.fetch_pages)
        && matches!(source.kind, SourceKind::Feed | SourceKind::Page);
    entries.into_iter().map(|entry| item(source, entry, fetch_pages, now)).collect()
}

fn item(source: &Source, mut entry: Entry, fetch_pages: bool, now: DateTime<Utc>) -> NewItem {
    let has_link = !entry.link.is_empty();
    let mut canonical_link = link::canonical(&entry.link);
    if !has_link {
        // An item without a page of its own is shown on its source's, and is still one of a kind.
        canonical_link = format!("{}#{}", link::canonical(&source.url), entry.guid);
        entry.link.clone_from(&source.url);
    }
    let is_fresh = entry.published.is_none_or(|at| at > now - PAGE_AGE);
    let mut hash = Sha256::new();
    for part in [&entry.title, &entry.summary, &entry.content] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    NewItem {
        canonical_link,
        language: language_of(&format!("{} {}", entry.title, entry.summary), source.language),
        content_sha256: hash.finalize().to_vec(),
        wants_page: fetch_pages && has_link && is_fresh,
        entry,
    }
}
