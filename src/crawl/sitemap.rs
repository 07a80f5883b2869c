//! A sitemap: the robust way in where a company has no feed. <https://www.sitemaps.org/protocol.html>, with the titles
//! of Google's news extension where there are some.

use super::feed::{Hints, MAX_TITLE, Parsed, zone_of};
use super::{date, decode, link, tags, text};
use crate::model::Entry;

/// Addresses read of one sitemap; the protocol allows 50,000.
const MAX_URLS: usize = 50_000;

/// Reads the pages of a sitemap whose path begins with `prefix`, the latest change first.
///
/// # Errors
/// One line for the operator: no sitemap, an index of sitemaps, or no page under `prefix`.
pub fn parse(bytes: &[u8], prefix: &str, hints: &Hints<'_>) -> Result<Parsed, String> {
    let (decoded, repairs) = decode::decode(bytes, hints.content_type);
    let root = tags::next(&decoded, 0).map(|tag| local(tag.name)).unwrap_or_default();
    if root == "sitemapindex" {
        let first = elements(&decoded, "sitemap").find_map(|inner| child(inner, "loc"));
        let first = first.map(|first| format!(", such as {first}")).unwrap_or_default();
        return Err(format!("is an index of sitemaps: use the address of one of them{first}"));
    }
    if root != "urlset" {
        return Err("answers no sitemap: the root is not <urlset>".to_owned());
    }
    let pages = elements(&decoded, "url").take(MAX_URLS).filter_map(|inner| entry(inner, hints));
    let under = |entry: &Entry| path(&entry.link).starts_with(prefix) && path(&entry.link) != prefix;
    let mut entries: Vec<Entry> = pages.filter(under).collect();
    if entries.is_empty() {
        return Err(format!("the sitemap has no pages under {prefix:?}: has the site changed?"));
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.published));
    Ok(Parsed { entries, repairs, ..Parsed::default() })
}

fn entry(inner: &str, hints: &Hints<'_>) -> Option<Entry> {
    let href = link::absolute(&child(inner, "loc")?, hints.base)?;
    let at = |name: &str| child(inner, name).and_then(|when| date::parse(&when, zone_of(hints.language)));
    let published = at("publication_date").or_else(|| at("lastmod"));
    let title = child(inner, "title").map(|title| text::line(&title, MAX_TITLE));
    Some(Entry {
        guid: link::canonical(&href),
        title: title.filter(|title| !title.is_empty()).unwrap_or_else(|| words_of(&href)),
        published: date::believable(published, hints.now),
        updated: date::believable(at("lastmod"), hints.now),
        link: href,
        ..Entry::default()
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

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(<(/?url(set)?|loc|lastmod)>|[a-z<>&/é0-9-]){0,40}") {
            let _ = read(&text, "/");
            let _ = read(&format!("<urlset>{text}"), "/");
        }
    }
}
