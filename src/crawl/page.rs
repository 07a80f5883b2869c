//! A list page without a feed, read by the CSS selectors of feeds.toml.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Selector};

use super::feed::{Hints, MAX_SUMMARY, MAX_TITLE, Parsed, zone_of};
use super::{date, decode, link, text};
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
    let tree = Html::parse_document(&decoded);
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
    let (mut entries, mut places): (Vec<Entry>, HashMap<String, usize>) = Default::default();
    for element in tree.select(&selectors.item) {
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
    let words = |element: ElementRef<'_>, max: usize| text::line(&element.inner_html(), max);
    let is_link =
        |inner: &ElementRef<'_>| inner.value().name() == "a" && inner.value().attr("href").is_some();
    let mut links = element.descendent_elements().filter(is_link);
    let anchor = match &selectors.link {
        Some(selector) => element.select(selector).next(),
        None if element.value().attr("href").is_some() => Some(element),
        // The first link of a card is often that of its picture, which has no words to be a title.
        None if selectors.title.is_none() => links.find(|link| is_title(&words(*link, MAX_TITLE))),
        None => links.next(),
    }?;
    let href = link::absolute(anchor.value().attr("href")?, hints.base)?;
    let own =
        |selector: &Option<Selector>| selector.as_ref().and_then(|selector| element.select(selector).next());
    let title = own(&selectors.title).map(|found| words(found, MAX_TITLE)).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| words(anchor, MAX_TITLE));
    if !is_title(&title) {
        return None;
    }
    let when = own(&selectors.date).and_then(|found| {
        let stated = found.value().attr("datetime").map(str::to_owned);
        date::parse(&stated.unwrap_or_else(|| words(found, 80)), zone_of(hints.language))
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
