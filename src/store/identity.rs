//! Which stored item an entry is. Publishers change addresses, titles and guids, give one guid to several things, or a
//! new guid to the same thing at each poll; so what is told must be told apart by more than its name. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::items::NewItem;

/// A stored item, as far as it tells which one it is.
#[derive(Clone, Debug)]
pub struct Known {
    /// Row id.
    pub id: i64,
    /// Who brought it.
    pub source_id: i64,
    /// As stored: the publisher's, or one that tells it apart.
    pub guid: String,
    /// As stored: the page's, or one that tells it apart.
    pub canonical_link: String,
    /// Its headline.
    pub title: String,
    /// When, if the source said.
    pub published_at: Option<DateTime<Utc>>,
    /// SHA-256 of its texts.
    pub content_sha256: Vec<u8>,
}

/// Stored items by their names.
#[derive(Debug, Default)]
pub struct Names<'a> {
    by_guid: HashMap<&'a str, &'a Known>,
    by_link: HashMap<&'a str, &'a Known>,
}

/// What an entry is.
#[derive(Debug)]
pub enum Is<'a> {
    /// An item of this source.
    Known(&'a Known),
    /// An item that another source brought.
    Elsewhere(&'a Known),
    /// Not stored, under this guid and canonical link.
    New(&'a str, &'a str),
}

impl<'a> Names<'a> {
    /// The guids of `source`'s items, the links of all.
    pub fn of(source: i64, known: &'a [Known]) -> Self {
        let mut names = Self::default();
        for row in known {
            if row.source_id == source {
                names.by_guid.insert(&row.guid, row);
            }
            names.by_link.insert(&row.canonical_link, row);
        }
        names
    }

    /// Names that tell an entry apart go before those that it shares; a shared one must be backed by title or time.
    pub fn look_up(&self, source: i64, item: &'a NewItem) -> Is<'a> {
        let of_guid = self.by_guid.get(item.entry.guid.as_str()).copied();
        let of_link = self.by_link.get(item.canonical_link.as_str()).copied();
        let is_own = |row: &&Known| row.source_id == source;
        let fits = |row: &&Known| {
            [&item.canonical_link, &item.other_link].contains(&&row.canonical_link)
                || page(&row.canonical_link) == page(&item.canonical_link) && !is_dated_apart(row, item)
        };
        let known = of_guid
            .filter(fits)
            .or_else(|| self.by_guid.get(item.other_guid.as_str()).copied())
            .or_else(|| self.by_link.get(item.other_link.as_str()).copied().filter(is_own))
            .or_else(|| of_link.filter(is_own).filter(|row| !is_dated_apart(row, item)))
            .or_else(|| of_guid.filter(|row| is_told_alike(row, item)));
        match (known, of_link) {
            (Some(row), _) => Is::Known(row),
            (None, Some(row)) if row.source_id != source => Is::Elsewhere(row),
            _ => Is::New(
                if of_guid.is_some() { &item.other_guid } else { &item.entry.guid },
                if of_link.is_some() { &item.other_link } else { &item.canonical_link },
            ),
        }
    }

    /// Whether nobody has this link.
    pub fn is_free(&self, canonical_link: &str) -> bool {
        !self.by_link.contains_key(canonical_link)
    }
}

/// Without what tells apart the things on it.
fn page(canonical_link: &str) -> &str {
    canonical_link.split('#').next().unwrap_or_default()
}

/// One page, but another title and another time: a page that tells one thing after the other, such as a change log.
fn is_dated_apart(row: &Known, item: &NewItem) -> bool {
    let dates = row.published_at.zip(item.entry.published);
    row.title != item.entry.title && dates.is_some_and(|(then, now)| then != now)
}

/// One guid on two pages: the same thing if it still has its title or its time.
fn is_told_alike(row: &Known, item: &NewItem) -> bool {
    let dates = row.published_at.zip(item.entry.published);
    row.title == item.entry.title || dates.is_some_and(|(then, now)| then == now)
}
