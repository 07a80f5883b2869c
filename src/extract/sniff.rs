//! What an answer is, whatever its server calls it: a page, a plain text, or nothing that is read; and what of a huge
//! page is worth parsing.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// How far into an answer its kind shows.
const HEAD: usize = 1024;

/// A script or a picture of fewer bytes is not worth its removal.
const SMALL: usize = 10_000;

/// What begins a tag.
static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<[A-Za-z!?/]").ok());

/// Beginnings of a line that stands for itself in a plain text.
static OWN_LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:[-*+•·]\s|#{1,6}\s|\d{1,3}[.)]\s|[>|])").ok());

/// Parts of a page that hold no text and may be longer than all others.
static HEAVY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?is)<script\b.*?</script\s*>|<style\b.*?</style\s*>|<svg\b.*?</svg\s*>|<!--.*?-->|data:[a-z]+/[a-z0-9.+-]+;base64,[a-z0-9+/=]+",
    )
    .ok()
});

/// Whether `bytes` are a picture, a film, a PDF or another file that is not written in letters.
pub fn is_file(bytes: &[u8], content_type: &str) -> bool {
    let kinds = ["application/pdf", "image/", "video/", "audio/"];
    let head = &bytes[..bytes.len().min(HEAD)];
    let is_wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || wide(head).is_some();
    let is_odd = |byte: &&u8| matches!(byte, 0..=8 | 14..=26 | 28..=31);
    let n_odd = head.iter().filter(is_odd).count();
    bytes.starts_with(b"%PDF")
        || kinds.iter().any(|kind| content_type.starts_with(kind))
        || (!is_wide && n_odd * 20 > head.len())
}

/// The order of UTF-16 in a page that begins without a mark of it: true is the big end first.
pub fn wide(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0, b'<', 0, 1..=255, ..] => Some(true),
        [b'<', 0, 1..=255, 0, ..] => Some(false),
        _ => None,
    }
}

/// Whether a text is written for programs: JSON (an error of theirs more often than not), or a feed.
pub fn is_data(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim();
    let is_json = || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    (text.starts_with(['{', '[']) && is_json())
        || (text.starts_with("<?xml") || text.starts_with('<')) && is_feed(text)
}

fn is_feed(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(HEAD)].to_ascii_lowercase();
    let root = head.split('<').skip(1).find(|tag| !tag.starts_with(['?', '!']));
    let name = root.and_then(|tag| tag.split([' ', '>', '\n', '\t', '\r', '/']).next()).unwrap_or_default();
    ["rss", "feed", "rdf:rdf", "urlset", "sitemapindex"].contains(&name)
}

/// A page of the paragraphs of a plain text, if `text` is one.
pub fn as_page(text: &str, content_type: &str) -> Option<String> {
    let head = text[..text.floor_char_boundary(HEAD)].to_ascii_lowercase();
    let is_marked_up = ["<!doctype", "<html", "<head", "<body"].iter().any(|tag| head.contains(tag));
    let is_said = ["text/plain", "text/markdown"].iter().any(|kind| content_type.starts_with(kind));
    let has_tags = || TAG.as_ref().is_none_or(|tag| tag.is_match(text));
    if is_marked_up || text.trim().is_empty() || (!is_said && has_tags()) {
        return None;
    }
    let mut page = String::with_capacity(text.len() + text.len() / 8);
    page.push_str("<article><p>");
    let mut was_empty = false;
    for line in text.lines() {
        let is_own = was_empty || OWN_LINE.as_ref().is_some_and(|own| own.is_match(line));
        page.push_str(if is_own { "</p><p>" } else { " " });
        page.push_str(&line.replace('&', "&amp;").replace('<', "&lt;"));
        was_empty = line.trim().is_empty();
    }
    page.push_str("</p></article>");
    Some(page)
}

/// A page of more than `most` bytes without its scripts and pictures, in the hope that its text then fits.
pub fn lean(html: &str, most: usize) -> Cow<'_, str> {
    let Some(heavy) = HEAVY.as_ref().filter(|_| html.len() > most) else { return html.into() };
    heavy.replace_all(html, |found: &Captures<'_>| {
        let part = &found[0];
        if part.len() > SMALL { String::new() } else { part.to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        assert!(is_file(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "text/html"));
        assert!(is_file(b"%PDF-1.7", "text/html"));
        assert!(!is_file("<p>模型</p>".as_bytes(), "text/html"));
        assert!(!is_file(b"<\0p\0>\0a\0", ""));
        assert!(!is_file(b"", ""));
    }

    #[test]
    fn what_is_written_for_programs_is_no_page() {
        assert!(is_data("{\"error\":1}"));
        assert!(is_data("<?xml version='1.0'?>\n<!-- x -->\n<rss version='2.0'><channel/>"));
        assert!(is_data("<feed xmlns='http://www.w3.org/2005/Atom'>"));
        assert!(!is_data("<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'><body>"));
        assert!(!is_data("[a] page"));
    }

    #[test]
    fn a_plain_text_becomes_a_page() {
        let page = as_page("First line\ngoes on & on.\n\nSecond.\n- one\n- two < 3", "text/plain").unwrap();
        assert_eq!(
            page,
            "<article><p> First line goes on &amp; on. </p><p>Second.</p><p>- one</p><p>- two &lt; 3</p></article>"
        );
        assert_eq!(as_page("<p>a", "text/html"), None);
        assert_eq!(as_page("<!DOCTYPE html><p>a", "text/plain"), None);
        assert!(as_page("a <b> c", "text/plain; charset=utf-8").is_some());
        assert_eq!(as_page(" \n", "text/plain"), None);
    }

    #[test]
    fn a_huge_page_loses_what_holds_no_text() {
        let script = format!("<script>{}</script>", "x".repeat(SMALL));
        let picture = format!("<img src='data:image/png;base64,{}'>", "A".repeat(SMALL));
        let html = format!("<p>one</p>{script}<script>y</script>{picture}<p>two</p>");
        assert_eq!(lean(&html, 100), "<p>one</p><script>y</script><img src=''><p>two</p>");
        assert_eq!(lean(&html, 1 << 20), html);
    }
}
