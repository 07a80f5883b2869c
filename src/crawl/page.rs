//! A list page without a feed, read by the CSS selectors of feeds.toml.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Selector};

use super::feed::{Hints, MAX_SUMMARY, MAX_TITLE, Parsed, zone_of};
use super::{date, date_near, decode, link, tree};
use crate::config::PageRules;
use crate::model::Entry;

/// Shortest title: shorter is a "more" or an arrow.
const MIN_TITLE: usize = 4;

/// Reads the items of a list page.
///
/// # Errors
/// One line for the operator: a bad selector, or a page on which `item` finds nothing usable.
pub fn parse(bytes: &[u8], rules: &PageRules, hints: &Hints<'_>) -> Result<Parsed, String> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("empty answer".to_owned());
    }
    let (decoded, repairs) = decode::decode(bytes, hints.content_type);
    let tree = tree::document(&decoded)?;
    let entries = items(&tree, rules, hints)?;
    if entries.is_empty() {
        return Err(format!("the selector {:?} finds no items: has the page changed?", rules.item));
    }
    Ok(Parsed { entries, repairs, ..Parsed::default() })
}

/// The items of a page that is a tree already.
///
/// # Errors
/// One line for the operator: a bad selector.
pub fn items(tree: &Html, rules: &PageRules, hints: &Hints<'_>) -> Result<Vec<Entry>, String> {
    let selectors = Selectors::parse(rules)?;
    let base = base_of(tree, hints.base);
    let hints = &Hints { base: &base, ..*hints };
    let (mut entries, mut places): (Vec<Entry>, HashMap<String, usize>) = Default::default();
    for element in tree.select(&selectors.item).take(tree::MAX_ROWS) {
        let Some(entry) = entry(element, &selectors, hints) else { continue };
        match places.get(&entry.guid) {
            // A card often links twice, once around the picture.
            Some(at) if entries[*at].title.len() < entry.title.len() => entries[*at] = entry,
            Some(_) => {}
            None => {
                places.insert(entry.guid.clone(), entries.len());
                entries.push(entry);
            }
        }
    }
    Ok(entries)
}

/// What the links of a page are relative to: its own word (`<base href>`) before its address.
pub fn base_of(tree: &Html, address: &str) -> String {
    let stated = Selector::parse("base[href]").ok().and_then(|css| tree.select(&css).next()?.attr("href"));
    stated.and_then(|href| link::absolute(href, address)).unwrap_or_else(|| address.to_owned())
}

struct Selectors {
    item: Selector,
    link: Option<Selector>,
    title: Option<Selector>,
    date: Option<Selector>,
    summary: Option<Selector>,
}

impl Selectors {
    fn parse(rules: &PageRules) -> Result<Self, String> {
        let read = |css: &String| Selector::parse(css).map_err(|error| format!("selector {css:?}: {error}"));
        let maybe = |css: &Option<String>| css.as_ref().map(read).transpose();
        Ok(Self {
            item: read(&rules.item)?,
            link: maybe(&rules.link)?,
            title: maybe(&rules.title)?,
            date: maybe(&rules.date)?,
            summary: maybe(&rules.summary)?,
        })
    }
}

fn entry(element: ElementRef<'_>, selectors: &Selectors, hints: &Hints<'_>) -> Option<Entry> {
    let words = tree::words;
    let anchor = match &selectors.link {
        Some(selector) => tree::first(element, selector),
        None if element.value().attr("href").is_some() => Some(element),
        // The first link of a card is often that of its picture, which has no words to be a title.
        None => tree::find(element, |inner| {
            let is_link = inner.value().name() == "a" && inner.value().attr("href").is_some();
            is_link && (selectors.title.is_some() || is_title(&words(inner, MAX_TITLE)))
        }),
    }?;
    let href = link::absolute(anchor.value().attr("href")?, hints.base)?;
    let own = |selector: &Option<Selector>| tree::first(element, selector.as_ref()?);
    let title = own(&selectors.title).map(|found| words(found, MAX_TITLE)).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| words(anchor, MAX_TITLE));
    if !is_title(&title) {
        return None;
    }
    let when = own(&selectors.date).and_then(|found| {
        let read = |text: &str| date_near::parse(text, zone_of(hints.language), hints.now);
        found.value().attr("datetime").and_then(read).or_else(|| read(&words(found, 80)))
    });
    Some(Entry {
        guid: link::canonical(&href),
        title,
        link: href,
        published: date::believable(when, hints.now),
        summary: own(&selectors.summary).map(|found| words(found, MAX_SUMMARY)).unwrap_or_default(),
        ..Entry::default()
    })
}

fn is_title(text: &str) -> bool {
    text.chars().count() >= MIN_TITLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn the_link_of_a_card_is_the_one_with_words() {
        let page = "<article><a href='/one'><img></a><h2><a href='/one#top'>First post</a></h2></article>\
            <article><a href='/news'><svg></svg> </a><a href='/two'>Second post</a></article>";
        let rules = PageRules { item: "article".into(), link: None, title: None, date: None, summary: None };
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let hints = Hints { content_type: None, base: "https://a.example/blog", language: Language::En, now };
        let entries = parse(page.as_bytes(), &rules, &hints).unwrap().entries;
        let told: Vec<(&str, &str)> = entries.iter().map(|e| (e.title.as_str(), e.link.as_str())).collect();
        assert_eq!(
            told,
            [("First post", "https://a.example/one#top"), ("Second post", "https://a.example/two")]
        );
    }

    #[test]
    fn links_are_relative_to_the_base_that_the_page_states() {
        let page = "<head><base href='/sub/dir/'></head><ul><li><a href='x1'>The first post</a> <i>Published: 3 days ago</i></li></ul>";
        let rules =
            PageRules { item: "li".into(), link: None, title: None, date: Some("i".into()), summary: None };
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let hints =
            Hints { content_type: None, base: "https://a.example/e/list", language: Language::En, now };
        let [entry] = parse(page.as_bytes(), &rules, &hints).unwrap().entries.try_into().unwrap();
        assert_eq!(entry.link, "https://a.example/sub/dir/x1");
        assert_eq!(entry.published, Some("2026-05-03T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn items_are_found_by_their_selectors() {
        let page = "<main><article><a href='/blog/one'><h2>First post</h2></a><time datetime='2026-05-01'>1 May</time><p>Short.</p></article>\
            <article><a href='/blog/two'><h2>Second post</h2></a></article><article><a href='mailto:x@y'>mail us</a></article></main>";
        let rules = PageRules {
            item: "article".into(),
            link: None,
            title: Some("h2".into()),
            date: Some("time".into()),
            summary: Some("p".into()),
        };
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let hints = Hints { content_type: None, base: "https://a.example/blog", language: Language::En, now };
        let parsed = parse(page.as_bytes(), &rules, &hints).unwrap();
        assert_eq!(parsed.entries.len(), 2);
        assert_eq!(parsed.entries[0].title, "First post");
        assert_eq!(parsed.entries[0].link, "https://a.example/blog/one");
        assert_eq!(parsed.entries[0].summary, "Short.");
        assert!(parsed.entries[0].published.is_some() && parsed.entries[1].published.is_none());
        assert!(parse(b"<p>nothing</p>", &rules, &hints).unwrap_err().contains("finds no items"));
    }
}
