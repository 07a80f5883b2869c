//! Entries of a source to items: which are kept, what makes each one of a kind, in which language, and whether their
//! page is wanted.

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest as _, Sha256};

use super::{language_of, link, rhythm};
use crate::config::SourceConfig;
use crate::model::{Entry, Source, SourceKind};
use crate::store::items::NewItem;

/// The pages of older items are not fetched: they can be in no issue any more.
const PAGE_AGE: Duration = Duration::days(45);

/// Longest guid or canonical link, in bytes.
const MAX_NAME: usize = 1200;

/// The newest `max_items` entries as items.
pub fn prepare(
    source: &Source,
    config: Option<&SourceConfig>,
    mut entries: Vec<Entry>,
    now: DateTime<Utc>,
) -> Vec<NewItem> {
    entries.iter_mut().for_each(storable);
    if rhythm::is_dated_alike(source.kind, &entries) {
        entries.iter_mut().for_each(|entry| (entry.published, entry.updated) = (None, None));
    }
    // Undated ones count as new; the sort is stable, so the feed's order decides among equals.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.published.unwrap_or(now)));
    drop_repeats(&mut entries);
    let n_undated = entries.iter().filter(|entry| entry.published.is_none()).count();
    // What of the undated ones is new is seen only where the known ones are.
    entries.truncate(n_undated + most(config));
    let fetch_pages = config.is_some_and(|config| config.fetch_pages)
        && matches!(
            source.kind,
            SourceKind::Feed | SourceKind::Page | SourceKind::Sitemap | SourceKind::HackerNews
        );
    let mut items: Vec<NewItem> =
        entries.into_iter().map(|entry| item(source, entry, fetch_pages, now)).collect();
    tell_guids_apart(&mut items);
    tell_links_apart(&mut items);
    items
}

/// Most items that one answer may bring.
pub fn most(config: Option<&SourceConfig>) -> usize {
    config.map_or(200, |config| config.max_items as usize)
}

/// What can be shown and was not listed before in the same answer.
fn drop_repeats(entries: &mut Vec<Entry>) {
    let mut seen = HashSet::new();
    entries.retain(|entry| {
        let shows = !entry.title.is_empty() || !entry.link.is_empty();
        // Two guids, or two times, for one page and one text are one thing, listed twice.
        let thing = if entry.link.is_empty() { &entry.guid } else { &entry.link };
        shows && seen.insert((thing.clone(), entry.title.clone(), entry.summary.clone()))
    });
}

/// Some publishers give one guid to several things, such as all patches of a version. The oldest keeps it, since it
/// was stored first; the others are told apart by their time, or by their title.
fn tell_guids_apart(items: &mut Vec<NewItem>) {
    let mut taken = HashSet::new();
    for item in items.iter_mut().rev() {
        if !taken.insert(item.entry.guid.clone()) {
            item.entry.guid.clone_from(&item.other_guid);
            taken.insert(item.entry.guid.clone());
        }
    }
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(item.entry.guid.clone()));
}

/// A change log has one page for many entries: there the address alone is nobody's name.
fn tell_links_apart(items: &mut [NewItem]) {
    let mut taken = HashSet::new();
    for item in items.iter_mut().rev() {
        if !taken.insert(item.canonical_link.clone()) {
            item.canonical_link.clone_from(&item.other_link);
        }
    }
}

fn item(source: &Source, mut entry: Entry, fetch_pages: bool, now: DateTime<Utc>) -> NewItem {
    let has_link = !entry.link.is_empty();
    if !has_link {
        // An item without a page of its own is shown on its source's, and is still one of a kind.
        entry.link.clone_from(&source.url);
    }
    let own = entry.published.map_or_else(|| fingerprint(&entry), |at| at.to_rfc3339());
    let other_guid = format!("{} {own}", entry.guid);
    let page = short(&link::canonical(&entry.link));
    let other_link = format!("{page}#{}", fingerprint(&entry));
    let canonical_link = if has_link { page } else { other_link.clone() };
    let is_fresh = entry.published.is_none_or(|at| at > now - PAGE_AGE);
    let mut hash = Sha256::new();
    for part in [&entry.title, &entry.summary, &entry.content] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    // Of a sitemap's page nothing else tells that it changed.
    if let Some(at) = entry.updated.filter(|_| source.kind == SourceKind::Sitemap) {
        hash.update(at.timestamp().to_be_bytes());
    }
    NewItem {
        canonical_link,
        other_guid,
        other_link,
        language: language_of(&format!("{} {}", entry.title, entry.summary), source.language),
        content_sha256: hash.finalize().to_vec(),
        wants_page: fetch_pages && has_link && is_fresh,
        is_backlog: entry.published.is_none() && source.rhythm.is_none() && lists_its_past(source.kind),
        entry,
    }
}

/// Whether a source lists what it ever published; the others list what is new or rises now.
fn lists_its_past(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::Feed | SourceKind::Page | SourceKind::Sitemap)
}

/// Without what the database cannot hold: the character 0 in a text, a name longer than an index takes.
fn storable(entry: &mut Entry) {
    let texts = [&mut entry.guid, &mut entry.title, &mut entry.link, &mut entry.summary, &mut entry.content];
    let lists = entry.authors.iter_mut().chain(&mut entry.categories);
    let words = entry.links.iter_mut().map(|link| &mut link.text);
    for text in texts.into_iter().chain(lists).chain(words).chain(&mut entry.doi) {
        if text.contains('\0') {
            *text = text.replace('\0', "");
        }
    }
    entry.guid = short(&entry.guid);
}

/// A name that fits into an index (2,704 bytes with all that stands beside it): the end of a long one as its hash.
fn short(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let hash: String = Sha256::digest(name).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}…{hash}", &name[..name.floor_char_boundary(MAX_NAME - 40)])
}

/// Of title and time: what tells apart the things on one page, whatever guid they are given at each poll.
fn fingerprint(entry: &Entry) -> String {
    let time = entry.published.map(|at| at.to_rfc3339()).unwrap_or_default();
    let hash = Sha256::digest(format!("{}\n{time}", entry.title));
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lane, Language, SourceId, Tier};

    const NOW: &str = "2026-05-06T08:00:00Z";

    fn entry(guid: &str, link: &str, title: &str, day: u32) -> Entry {
        let published = Some(format!("2026-05-{day:02}T10:00:00Z").parse().unwrap());
        let summary = format!("{title} of May {day}");
        Entry {
            guid: guid.into(),
            link: link.into(),
            title: title.into(),
            published,
            summary,
            ..Entry::default()
        }
    }

    /// Guid and canonical link of each item, newest first.
    fn identities(entries: Vec<Entry>) -> Vec<(String, String)> {
        let source = Source {
            id: SourceId(1),
            slug: "s".into(),
            name: "S".into(),
            kind: SourceKind::Feed,
            url: "https://a.example/feed".into(),
            lane: Lane::Company,
            language: Language::En,
            tier: Tier::Press,
            owner: "s".into(),
            etag: None,
            last_modified: None,
            body_sha256: None,
            n_failures: 0,
            host: String::new(),
            moved_to: None,
            n_moved: 0,
            rhythm: None,
        };
        let items = prepare(&source, None, entries, NOW.parse().unwrap());
        items.into_iter().map(|item| (item.entry.guid, item.canonical_link)).collect()
    }

    fn pair(guid: &str, link: &str) -> (String, String) {
        (guid.to_owned(), link.to_owned())
    }

    #[test]
    fn whatever_a_publisher_sends_can_be_stored() {
        let long = format!("https://a.example/{}", "模".repeat(900));
        let entry =
            Entry { guid: long.clone(), link: long.clone(), title: "A\0B".into(), ..Entry::default() };
        let [(guid, link)] = identities(vec![entry]).try_into().unwrap();
        assert!(guid.len() <= MAX_NAME && link.len() <= MAX_NAME, "{} {}", guid.len(), link.len());
        assert_eq!(short("模型"), "模型");
        assert_ne!(short(&format!("{long}1")), short(&format!("{long}2")));
    }

    #[test]
    fn what_is_listed_twice_is_one_item() {
        let a = || entry("1", "https://a.example/a", "A", 1);
        let other_guid = Entry { guid: "2".into(), ..a() };
        assert_eq!(identities(vec![a(), a(), other_guid]), [pair("1", "https://a.example/a")]);
        assert_eq!(identities(vec![Entry { guid: "3".into(), ..Entry::default() }]), []);
    }

    #[test]
    fn one_guid_for_several_things_is_kept_by_the_oldest() {
        let old = entry("1.2", "https://a.example/log#1.2", "Version 1.2", 1);
        let patch = entry("1.2", "https://a.example/log#1.2", "Version 1.2", 3);
        let stays = pair("1.2", "https://a.example/log");
        assert_eq!(identities(vec![old.clone()]), std::slice::from_ref(&stays));
        let both = identities(vec![old.clone(), patch.clone()]);
        let patched = &both[0];
        assert_eq!((patched.0.as_str(), &both[1]), ("1.2 2026-05-03T10:00:00+00:00", &stays));
        assert!(patched.1.starts_with("https://a.example/log#"), "{}", patched.1);
        assert_eq!(identities(vec![patch, old]), both, "in whatever order they are listed");
    }
}
