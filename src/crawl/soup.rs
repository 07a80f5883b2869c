//! The second pass: finds entries by name in a document that no XML parser takes. Tags are matched as text, so
//! truncation, mismatched tags and prefixes do no harm.

use std::sync::LazyLock;

use regex::Regex;

use super::feed::{Hints, zone_of};
use super::{date, link};
use crate::model::Entry;

/// Most entries that are looked for.
const MAX: usize = 2_000;

/// The entries of an RSS, RDF or Atom document in any state.
pub fn entries(text: &str, hints: &Hints<'_>) -> Vec<Entry> {
    static START: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)<(?:\w+:)?(item|entry)(?:\s[^>]*)?>").ok());
    let Some(start) = &*START else { return Vec::new() };
    let starts: Vec<usize> = start.find_iter(text).take(MAX).map(|found| found.end()).collect();
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(text.len()));
    let pieces = starts.iter().zip(ends).map(|(from, to)| &text[*from..to]);
    pieces.filter_map(|piece| entry(until_end(piece), hints)).collect()
}

/// Without what follows the closing tag.
fn until_end(piece: &str) -> &str {
    static END: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)</(?:\w+:)?(?:item|entry)\s*>").ok());
    END.as_ref().and_then(|end| end.find(piece)).map_or(piece, |found| &piece[..found.start()])
}

fn entry(piece: &str, hints: &Hints<'_>) -> Option<Entry> {
    let zone = zone_of(hints.language);
    let first = |names: &[&str]| names.iter().find_map(|name| inner(piece, name)).unwrap_or_default();
    let at = |names: &[&str]| date::parse(&first(names), zone);
    let title = first(&["title"]);
    let href = inner(piece, "link").filter(|text| !text.trim().is_empty()).or_else(|| href(piece));
    let link =
        href.and_then(|href| link::absolute(&href.replace("&amp;", "&"), hints.base)).unwrap_or_default();
    let guid = first(&["guid", "id"]);
    // A piece cut in the middle of its title is no entry.
    if title.is_empty() || link.is_empty() && guid.is_empty() {
        return None;
    }
    Some(Entry {
        guid,
        title,
        link,
        published: at(&["pubDate", "published", "dc:date", "issued"]),
        updated: at(&["updated", "modified"]),
        authors: [first(&["dc:creator", "author"])].into_iter().filter(|name| !name.is_empty()).collect(),
        summary: first(&["description", "summary"]),
        content: first(&["content:encoded", "content"]),
        categories: Vec::new(),
    })
}

/// What stands between `<name …>` and `</name>`, with any prefix; CDATA opened.
fn inner(piece: &str, name: &str) -> Option<String> {
    let local = name.rsplit(':').next().unwrap_or(name);
    let prefix = if name.contains(':') {
        regex::escape(name.split(':').next()?) + ":"
    } else {
        r"(?:(?:rss|atom|a|x)\w*:)?".into()
    };
    let pattern =
        Regex::new(&format!(r"(?is)<{prefix}{local}(?:\s[^>]*)?>(.*?)</(?:\w+:)?{local}\s*>")).ok()?;
    let text = pattern.captures(piece)?.get(1)?.as_str().trim();
    let text = text.strip_prefix("<![CDATA[").map_or(text, |rest| rest.trim_end_matches("]]>"));
    Some(text.to_owned())
}

/// Atom's link is an attribute; the one for readers comes without rel or as alternate.
fn href(piece: &str) -> Option<String> {
    static LINK: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?is)<(?:\w+:)?link\b([^>]*)>").ok());
    static HREF: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?is)href\s*=\s*["']([^"']+)["']"#).ok());
    let (link, href) = (LINK.as_ref()?, HREF.as_ref()?);
    let attributes: Vec<&str> =
        link.captures_iter(piece).filter_map(|found| Some(found.get(1)?.as_str())).collect();
    let for_readers = attributes.iter().find(|text| !text.contains("rel=") || text.contains("alternate"));
    let found = href.captures(for_readers.or(attributes.first())?)?;
    Some(found[1].to_owned())
}
