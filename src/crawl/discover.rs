//! What a site offers to readers: link tags, anchors, well-known paths, a sitemap; else selectors for its list page.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Html, Selector};

use super::feed::Hints;
use super::{link, page};
use crate::config::PageRules;

/// Where feeds stand by custom, tried in this order.
const WELL_KNOWN: [&str; 9] = [
    "/feed",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/rss",
    "/feed.json",
    "/blog/feed",
    "/blog/rss.xml",
];

/// Anchors that may lead to a feed are tried up to this number.
const MAX_ANCHORS: usize = 6;

/// A list has at least so many items.
const LEAST_ITEMS: usize = 3;

/// Shortest text of a link that is a headline.
const LEAST_HEADLINE: usize = 15;

/// Addresses that may be feeds of the page, the surest first, each once.
pub fn candidates(html: &str, base: &str) -> Vec<String> {
    let tree = Html::parse_document(html);
    let stated_base = page::base_of(&tree, base);
    let of = |css: &str| -> Vec<String> {
        let Ok(selector) = Selector::parse(css) else { return Vec::new() };
        let hrefs = tree.select(&selector).filter_map(|element| element.value().attr("href"));
        hrefs.filter_map(|href| link::absolute(href, &stated_base)).collect()
    };
    let stated = of(
        r#"link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"], link[rel~="alternate"][type*="feed+json"]"#,
    );
    let anchors = of(r#"a[href*="rss"], a[href*="feed"], a[href*="atom"], a[href$=".xml"]"#);
    let known = WELL_KNOWN.iter().filter_map(|path| link::absolute(path, base));
    let mut seen = BTreeSet::new();
    let all = stated.into_iter().chain(anchors.into_iter().take(MAX_ANCHORS)).chain(known);
    all.filter(|url| seen.insert(url.clone())).collect()
}

/// Selectors that find a list of headlines in the page, and how many items they find.
pub fn propose(html: &str, hints: &Hints<'_>) -> Option<(PageRules, usize)> {
    let tree = Html::parse_document(html);
    let base = page::base_of(&tree, hints.base);
    let anchors = Selector::parse("a[href]").ok()?;
    let mut boxes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for anchor in tree.select(&anchors) {
        let headline = anchor.text().collect::<String>().trim().chars().count() >= LEAST_HEADLINE;
        let href = anchor.value().attr("href").and_then(|href| link::absolute(href, &base));
        let Some(href) = href.filter(|_| headline) else { continue };
        let around = std::iter::once(anchor).chain(anchor.ancestors().filter_map(ElementRef::wrap).take(5));
        for element in around {
            boxes.entry(selector_of(element)).or_default().insert(href.clone());
        }
    }
    let found = boxes.into_iter().filter(|(css, _)| !css.is_empty());
    let rules = found.filter_map(|(item, _)| {
        let dated = PageRules { date: Some("time".into()), ..only(item) };
        let n = page::parse(html.as_bytes(), &dated, hints).ok()?.entries.len();
        (n >= LEAST_ITEMS).then_some((dated, n))
    });
    // Many items, and the narrower selector among equals.
    rules.max_by_key(|(rules, n)| (*n, rules.item.len()))
}

fn only(item: String) -> PageRules {
    PageRules { item, link: None, title: None, date: None, summary: None }
}

/// "article.card": the tag and its first class; empty for what stands for nothing.
fn selector_of(element: ElementRef<'_>) -> String {
    let name = element.value().name();
    let is_word = |class: &&str| class.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let class = element
        .value()
        .classes()
        .find(|class| is_word(class) && !class.starts_with(|c: char| c.is_ascii_digit() || c == '-'));
    match (name, class) {
        ("html" | "body" | "main", _) => String::new(),
        (name, Some(class)) => format!("{name}.{class}"),
        ("article" | "li", None) => name.to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn what_a_page_states_comes_before_what_is_guessed() {
        let html = r#"<head><link rel="alternate" type="application/rss+xml" href="/news.rss"></head>
            <body><a href="/about">about</a><a href="https://b.example/feed/">feed</a></body>"#;
        let found = candidates(html, "https://a.example/blog/");
        assert_eq!(
            found[..3],
            ["https://a.example/news.rss", "https://b.example/feed/", "https://a.example/feed"]
        );
    }

    #[test]
    fn what_a_page_links_is_relative_to_its_base() {
        let html = r#"<head><base href="https://b.example/x/"><link rel="alternate" type="application/atom+xml" href="atom"></head>"#;
        let found = candidates(html, "https://a.example/blog/");
        assert_eq!(found[..2], ["https://b.example/x/atom", "https://a.example/feed"]);
    }

    #[test]
    fn a_list_of_cards_is_found_by_its_class() {
        let card = |n: usize| {
            format!(
                r#"<div class="card"><a href="/blog/{n}">The long headline number {n}</a><time datetime="2026-05-0{n}">x</time></div>"#
            )
        };
        let html = format!("<nav><a href='/'>Home</a></nav><main>{}{}{}</main>", card(1), card(2), card(3));
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let hints = Hints { content_type: None, base: "https://a.example/blog", language: Language::En, now };
        let (rules, n) = propose(&html, &hints).unwrap();
        assert_eq!((rules.item.as_str(), n), ("div.card", 3));
        assert!(propose("<p>nothing</p>", &hints).is_none());
    }
}
