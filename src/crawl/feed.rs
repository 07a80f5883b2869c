//! Any feed to [`Entry`]s: repaired, read by feed-rs behind a net, read again by our own eyes where that fails.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use feed_rs::model as theirs;
use url::Url;

use super::{channel, date, decode, json, link, repair, soup, text, tidy};
use crate::model::{Entry, Language};

/// Longest title, in characters.
pub const MAX_TITLE: usize = 400;
/// Longest summary, in characters.
pub const MAX_SUMMARY: usize = 5_000;
/// Longest full text, in characters.
pub const MAX_CONTENT: usize = 100_000;
/// Most entries of one answer; more is no feed but an archive.
pub const MAX_ENTRIES: usize = 50_000;
/// Entries that the strict parser reads at a time.
const PIECE: usize = 1_000;

/// What is known about a feed before it is read.
#[derive(Clone, Copy, Debug)]
pub struct Hints<'a> {
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The address it came from: relative links are read against it.
    pub base: &'a str,
    /// Of the source: dates without a zone are China's in a Chinese one.
    pub language: Language,
    /// Dates far after it are not believed.
    pub now: DateTime<Utc>,
}

/// A feed that was read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// In the order of the feed, also what it lists twice.
    pub entries: Vec<Entry>,
    /// What had to be mended.
    pub repairs: Vec<String>,
    /// The feed's own wish between two polls, in minutes.
    pub ttl_minutes: Option<u32>,
    /// Hours of the day in GMT in which it wants to be left alone, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// The same, days of the week; 0 is Monday.
    pub skip_days: Vec<u8>,
    /// Ids of entries that the publisher took back (RFC 6721).
    pub withdrawn: Vec<String>,
}

/// Reads any feed. Never panics, whatever the bytes.
///
/// # Errors
/// One line for the operator: empty, HTML instead of a feed, or not readable as a feed.
pub fn parse(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, String> {
    let read = read_only(bytes, hints)?;
    Ok(Parsed { entries: read.entries.into_iter().map(|entry| tidy::tidy(entry, hints)).collect(), ..read })
}

/// The same before the entries are cleaned: titles and texts are still HTML, guids may be missing. Only for measuring.
///
/// # Errors
/// As [`parse`].
pub fn read_only(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, String> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("empty answer".to_owned());
    }
    let (decoded, mut repairs) = decode::decode(bytes, hints.content_type);
    let found = if let Some(document) = json::document(&decoded) {
        json::parse(document, hints, &mut repairs)?
    } else if is_html(&decoded) {
        return Err("answers HTML instead of a feed".to_owned());
    } else {
        xml(&decoded, hints, &mut repairs)?
    };
    let ttl_minutes = [found.1, channel::syndication(&decoded)].into_iter().flatten().max();
    let entries = found.0.into_iter().take(MAX_ENTRIES).collect();
    let (skip_hours, skip_days) = channel::skipped(&decoded);
    Ok(Parsed {
        entries,
        repairs,
        ttl_minutes,
        skip_hours,
        skip_days,
        withdrawn: channel::withdrawn(&decoded),
    })
}

/// Entries and the feed's wish of minutes.
pub type Found = (Vec<Entry>, Option<u32>);

fn xml(decoded: &str, hints: &Hints<'_>, repairs: &mut Vec<String>) -> Result<Found, String> {
    let (mended, steps) = repair::repair(decoded);
    repairs.extend(steps);
    let mut found: Option<Found> = None;
    for piece in soup::pieces(&mended, PIECE) {
        let (entries, ttl) = document(&piece, hints, repairs)?;
        let (all, _) = found.get_or_insert((Vec::new(), ttl));
        all.extend(entries);
        if all.len() >= MAX_ENTRIES {
            break;
        }
    }
    found.ok_or_else(|| "not readable as a feed".to_owned())
}

fn document(mended: &str, hints: &Hints<'_>, repairs: &mut Vec<String>) -> Result<Found, String> {
    let mut note = |repair: String| {
        if !repairs.contains(&repair) {
            repairs.push(repair);
        }
    };
    let seen = catch_unwind(|| soup::entries(mended, hints)).unwrap_or_default();
    match read(mended, hints) {
        Ok((entries, ttl)) if entries.len() == seen.len() => {
            Ok((entries.into_iter().zip(seen).map(|(entry, raw)| complete(entry, raw)).collect(), ttl))
        }
        // Truncated, mismatched, prefixed: read by eye. No entries at all is what a feed may have.
        Err(why) if !seen.is_empty() || soup::is_feed(mended) => {
            note(format!("read entry by entry ({why})"));
            Ok((entries_of(seen), None))
        }
        Ok((entries, ttl)) if entries.is_empty() => {
            note("read entry by entry (the strict parser finds none)".to_owned());
            Ok((entries_of(seen), ttl))
        }
        first => first,
    }
}

fn entries_of(seen: Vec<soup::Raw<'_>>) -> Vec<Entry> {
    seen.into_iter().map(soup::Raw::whole).collect()
}

/// What the parser lost, from the text itself: unescaped markup, parts of other vocabularies, odd dates, and the link
/// as its publisher spells it.
fn complete(entry: Entry, raw: soup::Raw<'_>) -> Entry {
    let or = |own: String, seen: String| if own.trim().is_empty() { seen } else { own };
    let read = |own: &str| !own.trim().is_empty();
    let summary = if read(&entry.summary) && !raw.is_marked_up { String::new() } else { raw.summary() };
    let content = if read(&entry.content) { String::new() } else { raw.content() };
    let (seen, is_marked_up) = (Entry { summary, content, ..raw.entry }, raw.is_marked_up);
    let is_same =
        |a: &str, b: &str| a == b || Url::parse(a).is_ok_and(|a| Url::parse(b).is_ok_and(|b| a == b));
    let link = if is_same(&entry.link, &seen.link) { seen.link.clone() } else { or(entry.link, seen.link) };
    Entry {
        guid: or(entry.guid, seen.guid),
        title: if is_marked_up { or(seen.title, entry.title) } else { or(entry.title, seen.title) },
        link,
        published: entry.published.or(seen.published),
        updated: entry.updated.or(seen.updated),
        authors: if entry.authors.is_empty() { seen.authors } else { entry.authors },
        summary: if is_marked_up { or(seen.summary, entry.summary) } else { or(entry.summary, seen.summary) },
        content: or(entry.content, seen.content),
        categories: first_of(
            raw.primary,
            if entry.categories.is_empty() { seen.categories } else { entry.categories },
        ),
        doi: seen.doi,
        links: Vec::new(),
        is_revision: seen.is_revision,
        signals: seen.signals,
    }
}

/// With the primary category, if one is stated, in front.
fn first_of(primary: Option<String>, mut categories: Vec<String>) -> Vec<String> {
    if let Some(primary) = primary {
        categories.retain(|category| *category != primary);
        categories.insert(0, primary);
    }
    categories
}

/// feed-rs, never bare: it can be made to panic, and a parser is not to be used twice after an error.
fn read(mended: &str, hints: &Hints<'_>) -> Result<Found, String> {
    let zone = zone_of(hints.language);
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(hints.base))
        .sanitize_content(false)
        .timestamp_parser(move |text| date::parse(text, zone))
        // Its own ids are random where a feed has none: every poll would bring "new" entries.
        .id_generator(|_, _, _| String::new())
        .build();
    let caught = catch_unwind(AssertUnwindSafe(|| parser.parse(mended.as_bytes())));
    match caught {
        Ok(Ok(feed)) => {
            let ttl = feed.ttl;
            Ok((feed.entries.into_iter().map(|entry| convert(entry, hints)).collect(), ttl))
        }
        Ok(Err(error)) => {
            Err(format!("not readable as a feed: {}", text::cap(&text::squeeze(&error.to_string()), 160)))
        }
        Err(_) => Err("not readable as a feed: the parser gave up".to_owned()),
    }
}

/// Hours east of dates without a zone.
pub fn zone_of(language: Language) -> i32 {
    match language {
        Language::En => 0,
        Language::Zh => 8,
    }
}

fn convert(entry: theirs::Entry, hints: &Hints<'_>) -> Entry {
    let body = entry.content.and_then(|content| content.body).unwrap_or_default();
    let summary = entry.summary.map(|summary| summary.content).unwrap_or_default();
    let is_web = |rel: &Option<String>| rel.as_deref().is_none_or(|rel| rel == "alternate");
    let chosen = entry.links.iter().find(|link| is_web(&link.rel)).or_else(|| {
        let no_page = ["self", "enclosure", "edit", "replies", "hub", "via", "related"];
        entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| !no_page.contains(&rel)))
    });
    let names = entry.authors.into_iter().chain(entry.contributors).filter_map(|person| person.name);
    Entry {
        guid: entry.id,
        title: entry.title.map(|title| title.content).unwrap_or_default(),
        link: chosen
            .map(|link| link.href.clone())
            .and_then(|href| link::absolute(&href, hints.base))
            .unwrap_or_default(),
        published: entry.published,
        updated: entry.updated,
        authors: names.collect(),
        summary,
        content: body,
        categories: entry.categories.into_iter().map(|category| category.term).collect(),
        ..Entry::default()
    }
}

fn is_html(decoded: &str) -> bool {
    let head: String = decoded.trim_start().chars().take(2_000).collect::<String>().to_lowercase();
    let is_feed = ["<rss", "<feed", "<rdf:rdf", "<channel"].iter().any(|root| head.contains(root));
    let is_page = head.contains("<!doctype html") || head.contains("<html") || head.contains("<body");
    is_page && !is_feed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hints() -> Hints<'static> {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        Hints { content_type: None, base: "https://a.example/feed.xml", language: Language::En, now }
    }

    #[track_caller]
    fn one(feed: &str) -> Entry {
        let mut parsed = parse(feed.as_bytes(), &hints()).unwrap();
        assert_eq!(parsed.entries.len(), 1, "{parsed:?}");
        parsed.entries.remove(0)
    }

    #[test]
    fn rss_with_html_in_its_texts() {
        let entry = one(
            "<rss version='2.0'><channel><title>c</title><item><title>A &lt;b&gt;fast&lt;/b&gt; model</title>\
            <link>/x</link><guid isPermaLink='false'>7</guid><pubDate>Tue, 05 May 2026 10:00:00 GMT</pubDate>\
            <description>&lt;p&gt;It costs 3 &amp;amp; runs&lt;/p&gt;</description></item></channel></rss>",
        );
        assert_eq!(entry.title, "A fast model");
        assert_eq!(entry.link, "https://a.example/x");
        assert_eq!(entry.guid, "7");
        assert_eq!(entry.summary, "It costs 3 & runs");
        assert_eq!(entry.published.unwrap().to_rfc3339(), "2026-05-05T10:00:00+00:00");
    }

    #[test]
    fn a_feed_says_how_often_it_changes() {
        let feed = |head: &str| {
            let text = format!(
                "<rss version='2.0'><channel><title>x</title>{head}<item><title>One</title></item></channel></rss>"
            );
            parse(text.as_bytes(), &hints()).unwrap().ttl_minutes
        };
        assert_eq!(feed(""), None);
        assert_eq!(feed("<ttl>90</ttl>"), Some(90));
        assert_eq!(
            feed("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"),
            Some(360)
        );
        assert_eq!(feed("<sy:updatePeriod> hourly </sy:updatePeriod>"), Some(60));
        assert_eq!(feed("<sy:updatePeriod>often</sy:updatePeriod>"), None);
    }

    #[test]
    fn a_guid_that_is_an_address_is_the_link() {
        let entry = one(
            "<rss version='2.0'><channel><item><title>t</title><guid>https://a.example/p</guid></item></channel></rss>",
        );
        assert_eq!(entry.link, "https://a.example/p");
    }

    #[test]
    fn an_entry_without_id_has_the_same_one_at_each_poll() {
        let feed = "<rss version='2.0'><channel><item><title>t</title><link>https://a.example/p?utm_source=x</link></item></channel></rss>";
        assert_eq!(one(feed).guid, one(feed).guid);
        assert_eq!(one(feed).guid, "https://a.example/p");
    }

    #[test]
    fn a_truncated_feed_keeps_its_whole_entries() {
        let feed = "<rss version='2.0'><channel><item><title>One</title><link>https://a.example/1</link></item>\
            <item><title>Two</title><link>https://a.example/2</link></item><item><title>Thr";
        let parsed = parse(feed.as_bytes(), &hints()).unwrap();
        let titles: Vec<&str> = parsed.entries.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles[..2], ["One", "Two"]);
        assert!(
            parsed.repairs.iter().any(|repair| repair.starts_with("read entry by entry")),
            "{:?}",
            parsed.repairs
        );
    }

    #[test]
    fn what_is_no_feed_is_called_by_its_name() {
        assert_eq!(parse(b" \n", &hints()).unwrap_err(), "empty answer");
        assert_eq!(
            parse(b"<!DOCTYPE html><html><body>hi", &hints()).unwrap_err(),
            "answers HTML instead of a feed"
        );
        assert!(parse(b"hello", &hints()).unwrap_err().starts_with("not readable as a feed"));
    }

    #[test]
    fn the_panics_of_the_parser_are_caught() {
        let late = "<rss version='2.0'><channel><item><title>t</title><description>x <?xml version='1.0' encoding='utf-16'?></description></item></channel></rss>";
        assert_eq!(one(late).title, "t");
        let mut utf16 = vec![0xfe, 0xff];
        let text = "<?xml version='1.0' encoding='utf-16'?><rss version='2.0'><channel><item><title>t</title></item></channel></rss>";
        utf16.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        assert_eq!(parse(&utf16, &hints()).unwrap().entries.len(), 1);
    }

    #[test]
    fn a_date_in_the_future_is_no_date() {
        let entry = one(
            "<rss version='2.0'><channel><item><title>t</title><pubDate>Tue, 05 May 2037 10:00:00 GMT</pubDate></item></channel></rss>",
        );
        assert_eq!(entry.published, None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes, &hints());
        }

        #[test]
        fn never_panics_on_what_looks_like_a_feed(words in proptest::collection::vec(
            proptest::sample::select(vec!["<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>",
                "&", "&amp;", "<link>", "http://x/", "<entry>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<?xml encoding='utf-16'?>", "模型", "<media:title/>", "{", "\"items\":["]), 0..30)) {
            let _ = parse(words.concat().as_bytes(), &hints());
        }
    }
}
