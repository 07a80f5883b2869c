//! What holds for every entry, whoever read it: plain capped text, its links, a stable guid, believable dates.

use sha2::{Digest as _, Sha256};

use super::feed::{Hints, MAX_CONTENT, MAX_SUMMARY, MAX_TITLE};
use super::{anchors, date, link, text};
use crate::model::Entry;

/// Most authors and tags that are kept.
const MAX_NAMES: usize = 50;

/// The entry as it is stored.
pub fn tidy(entry: Entry, hints: &Hints<'_>) -> Entry {
    let base = if entry.link.is_empty() { hints.base } else { &entry.link };
    let (content, links) = anchors::paragraphs(&entry.content, MAX_CONTENT, base);
    let (summary, more) = anchors::line(&entry.summary, MAX_SUMMARY, base);
    let mut tidied = Entry {
        title: text::line(&entry.title, MAX_TITLE),
        link: entry.link,
        links: anchors::joined(links, more),
        published: date::believable(entry.published.or(entry.updated), hints.now),
        updated: date::believable(entry.updated, hints.now),
        authors: names(entry.authors),
        summary,
        content,
        categories: names(entry.categories),
        guid: text::squeeze(&entry.guid),
        ..entry
    };
    if tidied.link.is_empty() {
        tidied.link = link::absolute(&tidied.guid, "").unwrap_or_default();
    }
    if tidied.summary.is_empty() {
        tidied.summary = text::cap(&text::squeeze(&tidied.content), MAX_SUMMARY);
    }
    if tidied.title.is_empty() {
        tidied.title = text::cap(&tidied.summary, 100);
    }
    tidied.guid = stable_guid(&tidied);
    tidied
}

/// The publisher's, else the link, else title and date: never something random.
fn stable_guid(entry: &Entry) -> String {
    if !entry.guid.is_empty() {
        return text::cap(&entry.guid, 1000);
    }
    if !entry.link.is_empty() {
        return link::canonical(&entry.link);
    }
    let day = entry.published.map(|at| at.to_rfc3339()).unwrap_or_default();
    let hash = Sha256::digest(format!("{}\n{day}", entry.title));
    format!("title:{}", hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn names(names: Vec<String>) -> Vec<String> {
    let clean = names.iter().map(|name| text::line(name, 100)).filter(|name| !name.is_empty());
    clean.take(MAX_NAMES).collect()
}
