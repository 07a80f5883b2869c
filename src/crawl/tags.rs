//! Tags found in a text that may be no XML: truncated, mismatched, unescaped. Nothing is built, nothing recurses.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Longest tag that is believed; a longer one is a stray `<`.
const MAX_TAG: usize = 20_000;

/// Most parts of one element that are looked at.
const MAX_PARTS: usize = 300;

// Made once: they are looked for millions of times.
/// Where a comment ends.
pub static COMMENT_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-->"));
static SECTION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<![CDATA["));
/// Where a CDATA section ends.
pub static SECTION_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("]]>"));

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `<a>`
    Open,
    /// `</a>`
    Close,
    /// `<a/>`
    Empty,
}

/// A tag and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'a> {
    /// With its prefix, as written.
    pub name: &'a str,
    /// What stands behind the name.
    pub attributes: &'a str,
    /// What it does.
    pub kind: Kind,
    /// Of its `<`.
    pub start: usize,
    /// Behind its `>`.
    pub end: usize,
}

/// A child of an element.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// With its prefix, as written.
    pub name: &'a str,
    /// What stands behind the name.
    pub attributes: &'a str,
    /// As it stands in the text.
    pub inner: &'a str,
    /// Whether its end was found.
    pub whole: bool,
}

/// The first tag at or behind `from`, outside of comments, CDATA and instructions.
pub fn next(text: &str, mut from: usize) -> Option<Tag<'_>> {
    loop {
        let start = from + memchr::memchr(b'<', text.as_bytes().get(from..)?)?;
        let rest = &text[start..];
        match skip(rest) {
            Some(length) => from = start + length,
            None => match read(text, start) {
                Some(tag) => return Some(tag),
                None => from = start + 1,
            },
        }
    }
}

/// The children of an element by its content. One that never ends goes on to the next part that `is_known`.
pub fn parts<'a>(content: &'a str, is_known: impl Fn(&str) -> bool) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut from = 0;
    while let Some(tag) = next(content, from)
        && parts.len() < MAX_PARTS
    {
        from = tag.end;
        if tag.kind == Kind::Close {
            continue;
        }
        let (inner, whole, end) = match tag.kind {
            Kind::Open => match end_of(content, &tag) {
                Some(close) => (&content[tag.end..close.start], true, close.end),
                None => {
                    let end = next_known(content, tag.end, &is_known);
                    (&content[tag.end..end], false, end)
                }
            },
            _ => ("", true, tag.end),
        };
        parts.push(Part { name: tag.name, attributes: tag.attributes, inner, whole });
        from = end;
    }
    parts
}

/// The tag that closes `open`, elements of the same name inside it counted.
pub fn end_of<'a>(text: &'a str, open: &Tag<'_>) -> Option<Tag<'a>> {
    let mut depth = 0_usize;
    let mut from = open.end;
    while let Some(tag) = next(text, from) {
        from = tag.end;
        if tag.name.eq_ignore_ascii_case(open.name) {
            match tag.kind {
                Kind::Open => depth += 1,
                Kind::Close if depth == 0 => return Some(tag),
                Kind::Close => depth -= 1,
                Kind::Empty => {}
            }
        }
    }
    None
}

/// An attribute's value, as written.
pub fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    while let Some(at) = rest.find('=') {
        let key =
            rest[..at].trim_end().rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'').next()?;
        let value = rest[at + 1..].trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = &value[1..];
                let end = inner.find(quote).unwrap_or(inner.len());
                (&inner[..end], inner.get(end + 1..).unwrap_or_default())
            }
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// Length of what holds no tags at the head of `rest`.
fn skip(rest: &str) -> Option<usize> {
    if rest.starts_with("<!--") {
        return Some(COMMENT_END.find(rest.as_bytes()).map_or(4, |at| at + 3));
    }
    if rest.starts_with("<![CDATA[") {
        // One that never ends is no section; sections do not nest, so it ends before the next one begins.
        let inside = &rest.as_bytes()[9..];
        let inside = &inside[..SECTION.find(inside).unwrap_or(inside.len())];
        return Some(SECTION_END.find(inside).map_or(9, |at| 9 + at + 3));
    }
    rest.starts_with("<!").then_some(2).or_else(|| rest.starts_with("<?").then_some(2))
}

fn read(text: &str, start: usize) -> Option<Tag<'_>> {
    let is_close = text.as_bytes().get(start + 1) == Some(&b'/');
    let name_at = start + if is_close { 2 } else { 1 };
    let rest = &text[name_at..];
    if !rest.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let name_end = name_end(rest);
    let close = tag_end(&rest[name_end..])?;
    let attributes = &rest[name_end..name_end + close];
    let is_empty = attributes.ends_with('/');
    let kind = match (is_close, is_empty) {
        (true, _) => Kind::Close,
        (_, true) => Kind::Empty,
        _ => Kind::Open,
    };
    let end = name_at + name_end + close + 1;
    Some(Tag { name: &rest[..name_end], attributes: attributes.trim_end_matches('/'), kind, start, end })
}

/// Names are nearly always ASCII, which needs no decoding.
fn name_end(rest: &str) -> usize {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte);
    match rest.as_bytes().iter().position(|byte| !is_plain(byte)) {
        Some(end) if rest.as_bytes()[end].is_ascii() => end,
        _ => rest.find(|c: char| !c.is_alphanumeric() && !"_-.:".contains(c)).unwrap_or(rest.len()),
    }
}

/// Where the `>` stands, outside of quotes if they are closed.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().take(MAX_TAG) {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'<') => return None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    rest.bytes().take(MAX_TAG).position(|byte| byte == b'>')
}

fn next_known(content: &str, mut from: usize, is_known: &impl Fn(&str) -> bool) -> usize {
    while let Some(tag) = next(content, from) {
        if tag.kind != Kind::Close && is_known(tag.name) {
            return tag.start;
        }
        from = tag.end;
    }
    content.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_and_inner(content: &str) -> Vec<(&str, &str)> {
        let parts = parts(content, |name| ["title", "link"].contains(&name));
        parts.iter().map(|part| (part.name, part.inner)).collect()
    }

    #[test]
    fn parts_are_found_also_where_the_text_is_no_xml() {
        assert_eq!(names_and_inner("<title>a</title> <link href='x>y'/>"), [("title", "a"), ("link", "")]);
        assert_eq!(
            names_and_inner("<title>a</titel><link>b</link>"),
            [("title", "a</titel>"), ("link", "b")]
        );
        assert_eq!(
            names_and_inner("<title><![CDATA[a</title><link>b</link>"),
            [("title", "<![CDATA[a"), ("link", "b")]
        );
        assert_eq!(
            names_and_inner("<d><p>x</d><title>1 < 2 <!-- </title> --></title>"),
            [("d", "<p>x"), ("title", "1 < 2 <!-- </title> -->")]
        );
    }

    #[test]
    fn attributes_are_read_with_any_quotes_or_none() {
        let attributes = " rel = \"self\" title='a=b' href=http://x/?a=b ";
        assert_eq!(attribute(attributes, "rel"), Some("self"));
        assert_eq!(attribute(attributes, "HREF"), Some("http://x/?a=b"));
        assert_eq!(attribute(attributes, "b"), None);
    }
}
