//! What a site offers to readers: link tags, anchors, well-known paths, a sitemap.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{link, page, tree};
use crate::model::Entry;

/// Where feeds stand by custom, tried in this order; first beside the page.
const BESIDE: [&str; 6] = ["feed", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss"];
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

/// Where sitemaps stand by custom.
const MAPS: [&str; 2] = ["/sitemap.xml", "/sitemap_index.xml"];

/// Anchors that may lead to a feed are tried up to this number.
const MAX_ANCHORS: usize = 6;

/// A longer text of a link is a headline.
const LONGEST_LABEL: usize = 40;

/// A section of a site has at least so many pages.
const LEAST_PAGES: usize = 3;

/// First parts of paths under which news stand.
const SECTIONS: [&str; 14] = [
    "news",
    "blog",
    "blogs",
    "press",
    "posts",
    "articles",
    "article",
    "research",
    "stories",
    "updates",
    "releases",
    "announcements",
    "newsroom",
    "xinwen",
];

/// Words for a feed in what a link says.
static SAYS_FEED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?-u:\b)(?:rss\d?|atom|feeds?|rdf|xml)(?-u:\b)|订阅源|订阅").ok());

/// And in where it leads.
static LEADS_TO_FEED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|[^a-z])(?:rss\d?|feeds?|atom|newsfeed|rssfeed)(?:[^a-z]|$)|\.(?:xml|rdf|rss|atom)(?:$|\?)",
    )
    .ok()
});

/// A feed of what readers say is no news.
static IS_COMMENTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("(?i)comments?(?-u:\\b)|评论|留言").ok());

/// Addresses that may be feeds of a page, each once.
#[derive(Debug, Default)]
pub struct Candidates {
    /// That the page itself names, the surest first.
    pub named: Vec<String>,
    /// Where feeds stand by custom.
    pub guessed: Vec<String>,
}

/// Where feeds of the page may be.
pub fn candidates(html: &str, base: &str) -> Candidates {
    let mut seen = BTreeSet::new();
    let mut once = |urls: Vec<String>| -> Vec<String> {
        urls.into_iter().filter(|url| seen.insert(url.clone())).collect()
    };
    let named = tree::document(html).map(|tree| {
        let stated = page::base_of(&tree, base);
        [alternates(&tree, &stated), anchors(&tree, &stated)].concat()
    });
    let named = once(named.unwrap_or_default());
    Candidates { named, guessed: once(guesses(base)) }
}

/// What the head offers; feeds of comments last.
fn alternates(tree: &Html, base: &str) -> Vec<String> {
    let all = elements(tree, "link[href]").filter(|element| {
        let rel = element.value().attr("rel").unwrap_or_default().to_lowercase();
        rel.split_whitespace().any(|word| word == "alternate" || word == "feed")
    });
    ranked(all.filter_map(|element| {
        let (kind, href) = (attribute(element, "type").to_lowercase(), attribute(element, "href"));
        let is_feed = ["rss", "atom", "rdf", "feed+json", "text/xml", "application/xml"];
        let rank = match kind.trim() {
            kind if is_feed.iter().any(|word| kind.contains(word)) => 0,
            // Also what WordPress calls its programs' interface.
            "application/json" if !href.contains("wp-json") => 1,
            "" if fits(&LEADS_TO_FEED, href) => 1,
            _ => return None,
        };
        let is_comments = fits(&IS_COMMENTS, attribute(element, "title")) || fits(&IS_COMMENTS, href);
        Some((rank + if is_comments { 10 } else { 0 }, link::absolute(href, base)?))
    }))
}

/// Links that say or look as if they led to a feed.
fn anchors(tree: &Html, base: &str) -> Vec<String> {
    let found = elements(tree, "a[href]").filter_map(|element| {
        let href = attribute(element, "href");
        let label: String = element.text().collect();
        let labels = [label.trim(), attribute(element, "title"), attribute(element, "aria-label")];
        let says =
            labels.iter().any(|label| label.chars().count() <= LONGEST_LABEL && fits(&SAYS_FEED, label));
        let leads = fits(&LEADS_TO_FEED, href);
        let rank = match (says, leads) {
            (true, true) => 0,
            (false, true) => 1,
            (true, false) => 2,
            (false, false) => return None,
        };
        let is_comments = labels.iter().any(|label| fits(&IS_COMMENTS, label)) || fits(&IS_COMMENTS, href);
        Some((rank + if is_comments { 10 } else { 0 }, link::absolute(href, base)?))
    });
    ranked(found).into_iter().take(MAX_ANCHORS).collect()
}

fn guesses(base: &str) -> Vec<String> {
    let folder = Url::parse(base).ok().filter(|url| url.path() != "/").map(|mut url| {
        url.set_query(None);
        url.set_fragment(None);
        let last = url.path().rsplit('/').next().unwrap_or_default();
        // "/blog" is a folder too, "/blog.html" is none.
        if !last.is_empty() && !last.contains('.') {
            url.set_path(&format!("{}/", url.path()));
        }
        url.to_string()
    });
    let beside =
        folder.iter().flat_map(|folder| BESIDE.iter().filter_map(|path| link::absolute(path, folder)));
    beside.chain(WELL_KNOWN.iter().filter_map(|path| link::absolute(path, base))).collect()
}

/// Where sitemaps may be: what robots.txt names, then the custom.
pub fn sitemaps(robots: &str, base: &str) -> Vec<String> {
    let named = robots.lines().filter_map(|line| {
        let (key, place) = line.split_once(':')?;
        link::absolute(place.trim(), base).filter(|_| key.trim().eq_ignore_ascii_case("sitemap"))
    });
    let mut all: Vec<String> = named.collect();
    for place in MAPS.iter().filter_map(|path| link::absolute(path, base)) {
        if !all.contains(&place) {
            all.push(place);
        }
    }
    all
}

/// Whether an address speaks of news.
pub fn is_of_news(url: &str) -> bool {
    SECTIONS.iter().chain(&["post"]).any(|word| path(url).contains(word))
}

/// The part of a sitemap that is asked for: the folder of the page, else the likeliest one; with its number of pages.
pub fn section(entries: &[Entry], page: &str) -> (String, usize) {
    let under = |prefix: &str| entries.iter().filter(|entry| path(&entry.link).starts_with(prefix)).count();
    let own = path(page);
    let own = if own.ends_with('/') { own } else { format!("{own}/") };
    if own != "/" && under(&own) >= LEAST_PAGES {
        return (own.clone(), under(&own));
    }
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for folder in entries.iter().filter_map(|entry| folder(&path(&entry.link))) {
        *folders.entry(folder).or_default() += 1;
    }
    let is_news = |folder: &str| folder.split('/').any(|part| SECTIONS.contains(&part));
    let large = folders.into_iter().filter(|(_, n)| *n >= LEAST_PAGES);
    large.max_by_key(|(folder, n)| (is_news(folder), *n)).unwrap_or_else(|| ("/".to_owned(), entries.len()))
}

/// "/blog/2026/one" → "/blog/", "/en/blog/one" → "/en/blog/"; `None`: it lies in no folder.
fn folder(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_language = |part: &str| part.len() == 2 || part.len() == 5 && part.as_bytes()[2] == b'-';
    let n = if parts.first().is_some_and(|part| is_language(part)) { 2 } else { 1 };
    (parts.len() > n).then(|| format!("/{}/", parts[..n].join("/")))
}

fn path(url: &str) -> String {
    Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default()
}

fn elements<'a>(tree: &'a Html, css: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(css).ok();
    let found: Vec<_> = selector.iter().flat_map(|selector| tree.select(selector)).collect();
    found.into_iter()
}

fn attribute<'a>(element: ElementRef<'a>, name: &str) -> &'a str {
    element.value().attr(name).unwrap_or_default()
}

fn fits(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn ranked(found: impl Iterator<Item = (u8, String)>) -> Vec<String> {
    let mut found: Vec<(u8, String)> = found.collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, url)| url).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_states_comes_before_what_is_guessed() {
        let html = r#"<head><link rel="alternate" type="application/rss+xml" href="/news.rss"></head>
            <body><a href="/about">about</a><a href="https://b.example/feed/">feed</a></body>"#;
        let found = candidates(html, "https://a.example/blog/");
        assert_eq!(found.named, ["https://a.example/news.rss", "https://b.example/feed/"]);
        assert_eq!(found.guessed[..2], ["https://a.example/blog/feed", "https://a.example/blog/rss.xml"]);
        assert!(found.guessed.contains(&"https://a.example/feed".to_owned()));
    }

    #[test]
    fn feeds_of_comments_come_last_and_json_is_one_too() {
        let html = r#"<head><link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/">
            <link rel="Alternate" type="Application/RSS+XML" title="Feed" href="/feed/">
            <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">
            <link rel="alternate" type="application/json" title="JSON Feed" href="/news.json">
            <link rel="alternate" hreflang="zh" href="/zh/"></head>"#;
        let found = candidates(html, "https://a.example/");
        let want = ["feed/", "news.json", "comments/feed/"].map(|path| format!("https://a.example/{path}"));
        assert_eq!(found.named, want);
    }

    #[test]
    fn a_link_is_followed_by_what_it_says_too() {
        let html = r#"<a href="/syndication">Subscribe via RSS</a><a href="/feedback">Feedback</a><a href="/x">邮件订阅</a>
            <a href="/a"><svg></svg></a><a href="/b" aria-label="Atom"><svg></svg></a><a href="/all.xml">everything</a>
            <a href="/rss-is-dead">Why RSS is not dead, whatever you may have heard of it</a>"#;
        let found = candidates(html, "https://a.example/").named;
        let want = ["all.xml", "rss-is-dead", "syndication", "x", "b"]
            .map(|path| format!("https://a.example/{path}"));
        assert_eq!(found, want);
    }

    #[test]
    fn a_folder_is_guessed_also_without_its_slash() {
        let first = |base: &str| candidates("", base).guessed[0].clone();
        assert_eq!(first("https://a.example/blog?page=2"), "https://a.example/blog/feed");
        assert_eq!(first("https://a.example/blog/index.html"), "https://a.example/blog/feed");
        assert_eq!(first("https://a.example/"), "https://a.example/feed");
    }

    #[test]
    fn sitemaps_are_named_by_robots_txt() {
        let found = sitemaps(
            "User-agent: *\nSitemap: https://a.example/my.xml\nDisallow: /x",
            "https://a.example/blog",
        );
        assert_eq!(found[..2], ["https://a.example/my.xml", "https://a.example/sitemap.xml"]);
    }

    #[test]
    fn what_a_page_links_is_relative_to_its_base() {
        let html = r#"<head><base href="https://b.example/x/"><link rel="alternate" type="application/atom+xml" href="atom"></head>"#;
        let found = candidates(html, "https://a.example/blog/");
        assert_eq!(found.named, ["https://b.example/x/atom"]);
        assert_eq!(found.guessed[0], "https://a.example/blog/feed");
    }

    #[test]
    fn the_section_of_news_is_found() {
        let entry = |path: &str| Entry { link: format!("https://a.example{path}"), ..Entry::default() };
        let entries: Vec<Entry> = [
            "/docs/a",
            "/docs/b",
            "/docs/c",
            "/docs/d",
            "/en/blog/a",
            "/en/blog/b",
            "/en/blog/2026/c",
            "/about",
        ]
        .map(entry)
        .to_vec();
        assert_eq!(section(&entries, "https://a.example/"), ("/en/blog/".to_owned(), 3));
        assert_eq!(section(&entries, "https://a.example/docs"), ("/docs/".to_owned(), 4));
        assert_eq!(section(&entries[4..5], "https://a.example/"), ("/".to_owned(), 1));
    }
}
