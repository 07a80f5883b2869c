//! A sitemap: the robust way in where a company has no feed. <https://www.sitemaps.org/protocol.html>, with the titles
//! of Google's news extension where there are some.

use std::sync::LazyLock;

use regex::Regex;

use super::answer::Body;
use super::feed::{Hints, MAX_TITLE, Parsed, zone_of};
use super::{date, decode, link, tags, text};
use crate::config::SourceConfig;
use crate::model::Entry;

/// Addresses read of one sitemap; the protocol allows 50,000.
const MAX_URLS: usize = 50_000;

/// Sitemaps of an index that are asked.
const MAX_MAPS: usize = 5;

/// The prefix of all paths.
pub const ALL: &str = "/";

/// The sitemaps that an index names and that are worth asking.
#[derive(Debug, PartialEq, Eq)]
pub struct Index {
    /// Their addresses, the latest change first.
    pub maps: Vec<String>,
    /// Whether the index says when each of them changed: if not, an unchanged index says nothing of them.
    pub is_dated: bool,
}

/// The path prefix that feeds.toml asks for.
pub fn prefix(config: &SourceConfig) -> &str {
    config.path_prefix.as_deref().unwrap_or(ALL)
}

/// Reads the pages of a sitemap whose path begins with `prefix`, the latest change first.
///
/// # Errors
/// One line for the operator: no sitemap, an index of sitemaps, or no page under `prefix`.
pub fn parse(bytes: &[u8], prefix: &str, hints: &Hints<'_>) -> Result<Parsed, String> {
    join(vec![pages(bytes, prefix, hints)?], prefix)
}

/// The same of one of several sitemaps: it may have no such page.
///
/// # Errors
/// No sitemap, or an index.
pub fn pages(bytes: &[u8], prefix: &str, hints: &Hints<'_>) -> Result<Parsed, String> {
    let (decoded, repairs) = decode::decode(bytes, hints.content_type);
    let under = |entry: &Entry| path(&entry.link).starts_with(prefix) && path(&entry.link) != prefix;
    let entries: Vec<Entry> = match root(&decoded).as_str() {
        "urlset" => elements(&decoded, "url")
            .take(MAX_URLS)
            .filter_map(|inner| entry(inner, hints))
            .filter(under)
            .collect(),
        "sitemapindex" => {
            let first = elements(&decoded, "sitemap").find_map(|inner| child(inner, "loc"));
            let first = first.map(|first| format!(", such as {first}")).unwrap_or_default();
            return Err(format!("is an index of sitemaps: use the address of one of them{first}"));
        }
        "" if is_address(
            decoded.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default(),
        ) =>
        {
            let lines = decoded.lines().map(str::trim).filter(|line| is_address(line));
            lines.take(MAX_URLS).map(|line| page(line.to_owned())).filter(under).collect()
        }
        _ => return Err("answers no sitemap: the root is not <urlset>".to_owned()),
    };
    Ok(Parsed { entries, repairs, ..Parsed::default() })
}

/// The pages of several sitemaps as those of one.
///
/// # Errors
/// None of them has a page under `prefix`.
pub fn join(maps: Vec<Parsed>, prefix: &str) -> Result<Parsed, String> {
    let mut all = Parsed::default();
    for map in maps {
        all.entries.extend(map.entries);
        all.repairs.extend(map.repairs);
    }
    if all.entries.is_empty() {
        return Err(format!("the sitemap has no pages under {prefix:?}: has the site changed?"));
    }
    all.entries.sort_by_key(|entry| std::cmp::Reverse(entry.published));
    all.entries.truncate(MAX_URLS);
    all.repairs.sort();
    all.repairs.dedup();
    Ok(all)
}

/// What an index names; `None`: the body is none. Those whose own address speaks of `prefix` come first, then the
/// latest change, as the index or the name says it.
pub fn index(body: &Body, prefix: &str) -> Option<Index> {
    let (decoded, _) = decode::decode(&body.bytes, body.content_type.as_deref());
    if root(&decoded) != "sitemapindex" {
        return None;
    }
    let mut maps: Vec<(bool, Option<String>, String)> = Vec::new();
    let mut is_dated = true;
    for inner in elements(&decoded, "sitemap").take(MAX_URLS) {
        let Some(url) = child(inner, "loc").and_then(|loc| link::absolute(&loc, &body.final_url)) else {
            continue;
        };
        let changed = child(inner, "lastmod").and_then(|when| date::parse(&when, 0));
        is_dated &= changed.is_some();
        let when = changed.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).or_else(|| month_in(&url));
        let speaks = prefix.split('/').any(|word| word.len() > 2 && path(&url).contains(word));
        if !maps.iter().any(|(_, _, known)| *known == url) {
            maps.push((speaks, when, url));
        }
    }
    maps.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    let maps: Vec<String> = maps.into_iter().take(MAX_MAPS).map(|(_, _, url)| url).collect();
    Some(Index { is_dated: is_dated && !maps.is_empty(), maps })
}

/// "…/sitemap-2026-05.xml" → "2026-05".
fn month_in(url: &str) -> Option<String> {
    static MONTH: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\D)(20\d\d)(?:[-_/]?(0[1-9]|1[0-2]))?(?:\D|$)").ok());
    let path = path(url);
    let found = MONTH.as_ref()?.captures(&path)?;
    Some(format!("{}-{}", &found[1], found.get(2).map_or("00", |month| month.as_str())))
}

fn is_address(line: &str) -> bool {
    line.starts_with("https://") || line.starts_with("http://")
}

/// The name of the first element.
fn root(text: &str) -> String {
    tags::next(text, 0).map(|tag| local(tag.name)).unwrap_or_default()
}

/// A page of which only the address is known.
fn page(href: String) -> Entry {
    Entry { guid: link::canonical(&href), title: words_of(&href), link: href, ..Entry::default() }
}

fn entry(inner: &str, hints: &Hints<'_>) -> Option<Entry> {
    let href = link::absolute(&child(inner, "loc")?, hints.base)?;
    let at = |name: &str| child(inner, name).and_then(|when| date::parse(&when, zone_of(hints.language)));
    let published = at("publication_date").or_else(|| at("lastmod"));
    let title = child(inner, "title").map(|title| text::line(&title, MAX_TITLE));
    let page = page(href);
    Some(Entry {
        title: title.filter(|title| !title.is_empty()).unwrap_or(page.title),
        published: date::believable(published, hints.now),
        updated: date::believable(at("lastmod"), hints.now),
        ..page
    })
}

/// What the address says until the page itself is read: "/blog/small-models_2.html" → "Small models 2".
fn words_of(href: &str) -> String {
    let path = path(href);
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let stem = last.split_once('.').map_or(last, |(stem, _)| stem);
    let words = stem.replace(['-', '_', '+'], " ");
    let words = url::form_urlencoded::parse(words.as_bytes())
        .next()
        .map_or(String::new(), |(word, _)| word.into_owned());
    let mut chars = words.trim().chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_else(|| href.to_owned())
}

fn path(href: &str) -> String {
    url::Url::parse(href).map(|url| url.path().to_owned()).unwrap_or_default()
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_lowercase()
}

/// The contents of all elements `name`, which do not nest.
fn elements<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let open = tags::next(text, from)?;
            from = open.end;
            if open.kind != tags::Kind::Open || local(open.name) != name {
                continue;
            }
            let rest = &text[open.end..];
            let close = rest.find(&format!("</{}", open.name)).unwrap_or(rest.len());
            from = open.end + close;
            return Some(&rest[..close]);
        }
    })
}

/// The text of the first element `name` below, also one level deeper (`news:news`).
fn child(inner: &str, name: &str) -> Option<String> {
    let found = elements(inner, name).next()?;
    let plain = found.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
    let plain = text::line(plain, 4000);
    (!plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    const MAP: &str = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        <url><loc>https://a.example/blog</loc><lastmod>2026-05-05</lastmod></url>
        <url><loc>https://a.example/blog/small-models_2.html?a=1&amp;b=2</loc><lastmod>2026-05-01T10:00:00Z</lastmod></url>
        <url><loc>https://a.example/blog/later/</loc><lastmod>2026-05-03</lastmod>
          <news:news><news:publication_date>2026-05-02</news:publication_date><news:title>Later &amp; better</news:title></news:news></url>
        <url><loc>https://a.example/jobs/one</loc></url></urlset>"#;

    fn read(text: &str, prefix: &str) -> Result<Parsed, String> {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let hints =
            Hints { content_type: None, base: "https://a.example/sitemap.xml", language: Language::En, now };
        parse(text.as_bytes(), prefix, &hints)
    }

    #[test]
    fn the_pages_under_a_path_come_latest_first() {
        let entries = read(MAP, "/blog").unwrap().entries;
        let told: Vec<(&str, &str)> = entries.iter().map(|e| (e.title.as_str(), e.link.as_str())).collect();
        assert_eq!(
            told,
            [
                ("Later & better", "https://a.example/blog/later/"),
                ("Small models 2", "https://a.example/blog/small-models_2.html?a=1&b=2"),
            ]
        );
    }

    #[test]
    fn what_is_no_sitemap_says_so() {
        assert!(read(MAP, "/news/").unwrap_err().contains("no pages under"));
        assert!(read("<rss></rss>", "/").unwrap_err().contains("no sitemap"));
        let index = "<sitemapindex><sitemap><loc>https://a.example/s1.xml</loc></sitemap></sitemapindex>";
        assert!(read(index, "/").unwrap_err().contains("https://a.example/s1.xml"));
    }

    fn index_of(text: &str, prefix: &str) -> Option<Index> {
        let final_url = "https://a.example/sitemap.xml".to_owned();
        index(&Body { bytes: text.as_bytes().to_vec(), final_url, ..Body::default() }, prefix)
    }

    fn map(loc: &str, lastmod: &str) -> String {
        let lastmod =
            if lastmod.is_empty() { String::new() } else { format!("<lastmod>{lastmod}</lastmod>") };
        format!("<sitemap><loc>{loc}</loc>{lastmod}</sitemap>")
    }

    #[test]
    fn of_an_index_the_latest_sitemaps_are_asked_first_and_not_all() {
        let all: String = (1..8).map(|n| map(&format!("/s{n}.xml"), &format!("2026-05-0{n}"))).collect();
        let found = index_of(&format!("<sitemapindex>{all}</sitemapindex>"), "/").unwrap();
        assert!(found.is_dated);
        assert_eq!(found.maps.len(), 5);
        assert_eq!(found.maps[..2], ["https://a.example/s7.xml", "https://a.example/s6.xml"]);
        assert_eq!(index_of(MAP, "/"), None);
    }

    #[test]
    fn without_dates_the_names_of_the_sitemaps_tell() {
        let all = map("/map-2025-12.xml", "") + &map("/map-2026-04.xml", "") + &map("/map-news.xml", "");
        let found = index_of(&format!("<sitemapindex>{all}</sitemapindex>"), "/news/").unwrap();
        assert!(!found.is_dated, "it would be the same when one of them changes");
        let names: Vec<&str> = found.maps.iter().filter_map(|url| url.rsplit('/').next()).collect();
        assert_eq!(names, ["map-news.xml", "map-2026-04.xml", "map-2025-12.xml"]);
    }

    #[test]
    fn a_sitemap_may_be_plain_text() {
        let entries = read("\nhttps://a.example/blog/small-owls\r\nhttps://a.example/jobs/x\n", "/blog")
            .unwrap()
            .entries;
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].title.as_str(), entries[0].published), ("Small owls", None));
        assert!(read("Not found", "/").unwrap_err().contains("no sitemap"));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(<(/?url(set)?|loc|lastmod)>|[a-z<>&/é0-9-]){0,40}") {
            let _ = read(&text, "/");
            let _ = read(&format!("<urlset>{text}"), "/");
            let _ = index_of(&format!("<sitemapindex>{text}"), "/");
        }
    }
}
