//! The second pass: finds entries and their parts by name, in a document that no XML parser takes and in one of which
//! the parser lost something. Tags are matched as text, so truncation, mismatched tags and prefixes do no harm.

use std::borrow::Cow;

use memchr::memmem;

use super::feed::{Hints, zone_of};
use super::tags::{self, Kind, Part, Tag};
use super::{date, link};
use crate::model::{Entry, SignalKind};

/// Most entries that are looked for.
const MAX: usize = 50_000;

/// How a document of entries begins.
const ROOTS: [&str; 4] = ["rss", "rdf", "feed", "channel"];

/// Parts of an entry by what they say, in order of preference; without the entry's own prefix.
const TITLE: [&str; 3] = ["title", "dc:title", "media:title"];
const SUMMARY: [&str; 6] =
    ["description", "summary", "abstract", "dc:description", "itunes:summary", "media:description"];
const CONTENT: [&str; 4] = ["content:encoded", "content", "xhtml:body", "body"];
const PUBLISHED: [&str; 9] = [
    "pubdate",
    "published",
    "issued",
    "dcterms:issued",
    "dc:date",
    "created",
    "dcterms:created",
    "atom:published",
    "a10:published",
];
const UPDATED: [&str; 6] =
    ["updated", "modified", "dcterms:modified", "atom:updated", "a10:updated", "dc:date"];
const AUTHOR: [&str; 3] = ["author", "dc:creator", "itunes:author"];
const CATEGORY: [&str; 2] = ["category", "dc:subject"];
const ID: [&str; 2] = ["guid", "id"];
const DOI: [&str; 3] = ["arxiv:doi", "prism:doi", "dc:identifier"];

/// An entry as it stands in the text.
#[derive(Clone, Debug, Default)]
pub struct Raw<'a> {
    /// Not yet cleaned, and without the long texts.
    pub entry: Entry,
    /// As it stands there: most are read better by the parser, so that this one is seldom wanted.
    pub summary: Option<&'a str>,
    /// The same.
    pub content: Option<&'a str>,
    /// Title or summary hold unescaped markup, of which a parser keeps only a part.
    pub is_marked_up: bool,
    /// arXiv's primary category.
    pub primary: Option<String>,
}

impl Raw<'_> {
    /// The HTML of the short text.
    pub fn summary(&self) -> String {
        self.summary.map(value).unwrap_or_default()
    }

    /// The HTML of the full text.
    pub fn content(&self) -> String {
        self.content.map(value).unwrap_or_default()
    }

    /// With its texts, where no parser read it.
    pub fn whole(self) -> Entry {
        Entry { summary: self.summary(), content: self.content(), ..self.entry }
    }
}

/// The entries of an RSS, RDF or Atom document in any state.
pub fn entries<'a>(text: &'a str, hints: &Hints<'_>) -> Vec<Raw<'a>> {
    let Some(first) = first_entry(text).filter(|_| is_feed(text)) else { return Vec::new() };
    let prefix = first.name.rsplit_once(':').map_or("", |(prefix, _)| prefix).to_lowercase();
    let mut found = Vec::new();
    let mut next = Some(first);
    while let Some(open) = next
        && found.len() < MAX
    {
        let after = after_entry(text, &open);
        found.extend(entry(&open, &text[open.end..after.content_end], &prefix, after.whole, hints));
        next = after.next;
    }
    found
}

/// Whether a document begins as a feed does (an Atom entry may stand alone).
pub fn is_feed(text: &str) -> bool {
    let root = tags::next(text, 0).map(|root| local(root.name)).unwrap_or_default();
    ROOTS.contains(&&*root) || root == "entry" && text.contains("www.w3.org/2005/Atom")
}

/// The document in pieces of `size` entries, each a document of its own: a strict parser keeps much for each entry, so
/// that a hundred thousand small ones take a multiple of the text.
pub fn pieces(text: &str, size: usize) -> Vec<Cow<'_, str>> {
    let few = memmem::find_iter(text.as_bytes(), b"<item")
        .count()
        .max(memmem::find_iter(text.as_bytes(), b"<entry").count())
        <= 2 * size;
    let Some(first) = first_entry(text).filter(|_| !few) else { return vec![Cow::Borrowed(text)] };
    let (mut starts, mut n, mut from) = (vec![first.start], 1, first.end);
    while let Some(tag) = tags::next(text, from) {
        from = tag.end;
        if tag.kind != Kind::Close && tag.name == first.name {
            if n % size == 0 {
                starts.push(tag.start);
            }
            n += 1;
        }
    }
    let (head, closing) = (&text[..first.start], closing(&text[..first.start]));
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let piece = |(start, end): (&usize, usize)| {
        let is_last = end == text.len();
        Cow::Owned(format!("{head}{}{}", &text[*start..end], if is_last { "" } else { &closing }))
    };
    starts.iter().zip(ends).map(piece).collect()
}

/// The end tags of what is open behind `head`.
fn closing(head: &str) -> String {
    let (mut open, mut from) = (Vec::new(), 0);
    while let Some(tag) = tags::next(head, from) {
        from = tag.end;
        match tag.kind {
            Kind::Open => open.push(tag.name),
            Kind::Close => {
                if let Some(at) = open.iter().rposition(|name| *name == tag.name) {
                    open.truncate(at);
                }
            }
            Kind::Empty => {}
        }
    }
    open.iter().rev().map(|name| format!("</{name}>")).collect()
}

fn first_entry(text: &str) -> Option<Tag<'_>> {
    let mut from = 0;
    loop {
        let tag = tags::next(text, from)?;
        if tag.kind != Kind::Close && ["item", "entry"].contains(&&*local(tag.name)) {
            return Some(tag);
        }
        from = tag.end;
    }
}

/// Where an entry ends and the next one begins.
struct After<'a> {
    content_end: usize,
    whole: bool,
    next: Option<Tag<'a>>,
}

/// An entry ends with its tag, else where the next one begins, else with the document.
fn after_entry<'a>(text: &'a str, open: &Tag<'_>) -> After<'a> {
    let mut content_end = (open.kind == Kind::Empty).then_some(open.end);
    let mut from = open.end;
    while let Some(tag) = tags::next(text, from) {
        from = tag.end;
        if !tag.name.eq_ignore_ascii_case(open.name) {
            continue;
        }
        if tag.kind == Kind::Close {
            content_end = content_end.or(Some(tag.start));
        } else {
            return After { content_end: content_end.unwrap_or(tag.start), whole: true, next: Some(tag) };
        }
    }
    After { content_end: content_end.unwrap_or(text.len()), whole: content_end.is_some(), next: None }
}

fn entry<'a>(
    open: &Tag<'_>,
    content: &'a str,
    prefix: &str,
    whole: bool,
    hints: &Hints<'_>,
) -> Option<Raw<'a>> {
    let parts = tags::parts(content, |name| is_known(&without(name, prefix)));
    let named: Vec<(Cow<'_, str>, &Part<'_>)> =
        parts.iter().map(|part| (without(part.name, prefix), part)).collect();
    let all = |names: &[&str]| {
        let wanted = names.iter().flat_map(|name| named.iter().filter(move |(own, _)| own == name));
        wanted.map(|(_, part)| *part).collect::<Vec<_>>()
    };
    let first = |names: &[&str]| all(names).into_iter().find(|part| !part.inner.trim().is_empty());
    let text = |names: &[&str]| first(names).map(|part| value(part.inner)).unwrap_or_default();
    let at = |names: &[&str]| {
        all(names).iter().find_map(|part| date::parse(&value(part.inner), zone_of(hints.language)))
    };
    // A title that the end of the document cut in two is no title.
    if !whole && first(&TITLE).is_none_or(|part| !part.whole) {
        return None;
    }
    let about = tags::attribute(open.attributes, "rdf:about").map(unescape);
    let guid = first(&ID).map(|part| value(part.inner)).or(about).unwrap_or_default();
    let is_marked_up = [first(&TITLE), first(&SUMMARY)].into_iter().flatten().any(is_marked_up);
    let entry = Entry {
        guid,
        title: text(&TITLE),
        link: address(&all(&["link"]), hints).or_else(|| own_address(open, hints)).unwrap_or_default(),
        published: at(&PUBLISHED),
        updated: at(&UPDATED).or_else(|| {
            let own = tags::attribute(open.attributes, "lastmod")?;
            date::parse(own, zone_of(hints.language))
        }),
        authors: all(&AUTHOR).into_iter().map(name).collect(),
        categories: all(&CATEGORY).into_iter().map(term).collect(),
        doi: all(&DOI).into_iter().find_map(|part| doi(&value(part.inner))),
        // arXiv: new, cross, replace, replace-cross.
        is_revision: text(&["arxiv:announce_type"]).trim().starts_with("replace"),
        signals: text(&["slash:comments"])
            .trim()
            .parse()
            .ok()
            .map(|n| (SignalKind::Comments, n))
            .into_iter()
            .collect(),
        ..Entry::default()
    };
    let primary = first_named(&named, "arxiv:primary_category").map(term).filter(|term| !term.is_empty());
    let (summary, content) = (first(&SUMMARY).map(|part| part.inner), first(&CONTENT).map(|part| part.inner));
    Some(Raw { entry, summary, content, is_marked_up, primary })
}

fn first_named<'a>(named: &[(Cow<'_, str>, &'a Part<'a>)], name: &str) -> Option<&'a Part<'a>> {
    named.iter().find(|(own, _)| own == name).map(|(_, part)| *part)
}

/// `doi:10.1145/3` and `https://doi.org/10.1145/3` → `10.1145/3`. <https://www.doi.org/the-identifier/resources/handbook>
fn doi(text: &str) -> Option<String> {
    let text = text.trim();
    let start = text.find("10.")?;
    let doi = &text[start..];
    let is_doi = doi.split_once('/').is_some_and(|(prefix, suffix)| {
        prefix[3..].chars().all(|c| c.is_ascii_digit() || c == '.') && !suffix.is_empty()
    });
    (is_doi && doi.len() < 200 && !doi.contains(char::is_whitespace)).then(|| doi.to_owned())
}

fn is_known(name: &str) -> bool {
    let all = [&TITLE[..], &SUMMARY, &CONTENT, &PUBLISHED, &UPDATED, &AUTHOR, &CATEGORY, &ID];
    name == "link" || all.iter().any(|names| names.contains(&name))
}

fn local(name: &str) -> Cow<'_, str> {
    lower(name.rsplit(':').next().unwrap_or(name))
}

fn without<'a>(name: &'a str, prefix: &str) -> Cow<'a, str> {
    match name.split_once(':') {
        Some((own, local)) if own.eq_ignore_ascii_case(prefix) => lower(local),
        _ => lower(name),
    }
}

/// Nearly every name is in lower case as it stands.
fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// RSS has the address as text, Atom as an attribute; the one for readers comes without rel or as alternate.
fn address(links: &[&Part<'_>], hints: &Hints<'_>) -> Option<String> {
    let for_readers = |part: &&&Part<'_>| {
        tags::attribute(part.attributes, "rel").is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"))
    };
    let written = |part: &&Part<'_>| match tags::attribute(part.attributes, "href") {
        Some(href) => unescape(href),
        None => value(part.inner),
    };
    let hrefs = links.iter().filter(for_readers).map(written);
    hrefs.filter(|href| !href.trim().is_empty()).find_map(|href| link::absolute(&href, hints.base))
}

/// Microsoft's old channels have it on the item itself.
fn own_address(open: &Tag<'_>, hints: &Hints<'_>) -> Option<String> {
    link::absolute(&unescape(tags::attribute(open.attributes, "href")?), hints.base)
}

/// Atom's author has a name inside, RSS's is one.
fn name(part: &Part<'_>) -> String {
    let inside = tags::parts(part.inner, |_| false);
    let name = inside.iter().find(|part| local(part.name) == "name");
    value(name.map_or(part.inner, |name| name.inner))
}

/// Atom has a term (and a label for readers), RSS a text.
fn term(part: &Part<'_>) -> String {
    match tags::attribute(part.attributes, "term") {
        Some(term) => unescape(term),
        None => value(part.inner),
    }
}

fn is_marked_up(part: &Part<'_>) -> bool {
    tags::next(part.inner, 0).is_some_and(|tag| tag.kind != Kind::Close)
}

/// The HTML that a part holds: CDATA opened, entities read once, markup that was not escaped left as it is.
fn value(inner: &str) -> String {
    let inner = inner.trim();
    if let Some(section) = inner.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>"))
        && tags::SECTION_END.find(section.as_bytes()).is_none()
    {
        return section.trim().to_owned();
    }
    let mut html = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(start) = rest.find("<![CDATA[") {
        html.push_str(&plain(&rest[..start]));
        let section = &rest[start + 9..];
        let end = section.find("]]>").unwrap_or(section.len());
        html.push_str(&section[..end]);
        rest = section.get(end + 3..).unwrap_or_default();
    }
    html.push_str(&plain(rest));
    html.trim().to_owned()
}

fn plain(text: &str) -> String {
    if tags::next(text, 0).is_some() { text.to_owned() } else { unescape(text) }
}

/// XML's own entities and numbers, once; the repair has left no others.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = memchr::memchr(b'&', rest.as_bytes()) {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.bytes().take(12).position(|byte| byte == b';').unwrap_or_default();
        match character(&rest[..end]) {
            Some(c) => {
                plain.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn character(entity: &str) -> Option<char> {
    match entity.strip_prefix('&')? {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        number => {
            let digits = number.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn read(text: &str) -> Vec<Entry> {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let hints = Hints { content_type: None, base: "https://a.example/feed", language: Language::En, now };
        entries(text, &hints).into_iter().map(Raw::whole).collect()
    }

    #[test]
    fn an_atom_entry_is_read_with_what_stands_inside_its_source_left_out() {
        let feed = "<a:feed><a:entry><a:source><a:title>Other</a:title></a:source><a:title type='html'>R&amp;amp;D</a:title>\
            <a:link rel='self' href='/self'/><a:link href='/x?a=1&amp;b=2'/><a:author><a:name>Ann</a:name><a:email>a@b</a:email></a:author>\
            <a:category term='ai' label='AI'/><a:id>7</a:id><a:updated>2026-05-05T10:00:00Z</a:updated></a:entry></a:feed>";
        let [entry] = read(feed).try_into().unwrap();
        assert_eq!((entry.title.as_str(), entry.link.as_str()), ("R&amp;D", "https://a.example/x?a=1&b=2"));
        assert_eq!(
            (entry.guid.as_str(), entry.authors, entry.categories),
            ("7", vec!["Ann".to_owned()], vec!["ai".to_owned()])
        );
        assert!(entry.updated.is_some() && entry.published.is_none());
    }

    #[test]
    fn what_was_cut_is_left_out_and_what_was_not_is_kept() {
        let titles = |feed| read(feed).into_iter().map(|entry| entry.title).collect::<Vec<_>>();
        assert_eq!(
            titles("<rss><item><title>One</title></item><item><title>Two</title><description>ha"),
            ["One", "Two"]
        );
        assert_eq!(titles("<rss><item><title>One</title></item><item><title>Tw"), ["One"]);
        assert_eq!(
            titles("<rss><item><title>One</title><item><title>Two</title></item></rss"),
            ["One", "Two"]
        );
        assert_eq!(titles("<resources><item><title>One</title></item></resources>"), Vec::<String>::new());
    }

    #[test]
    fn a_document_in_pieces_is_the_same_document() {
        let items = |n: usize| (0..n).map(|n| format!("<item><title>{n}</title></item>")).collect::<String>();
        let feed =
            format!("<rss version=\"2.0\"><channel><image><url>x</url></image>{}</channel></rss>", items(11));
        let pieces = pieces(&feed, 3);
        assert_eq!(pieces.len(), 4);
        assert!(pieces.iter().all(|piece| piece.ends_with("</channel></rss>") && piece.contains("<image>")));
        let titles = |text: &str| read(text).into_iter().map(|entry| entry.title).collect::<Vec<_>>();
        assert_eq!(pieces.iter().flat_map(|piece| titles(piece)).collect::<Vec<_>>(), titles(&feed));
        assert_eq!(super::pieces(&feed, 6).len(), 1, "a few more are not cut");
    }

    #[test]
    fn markup_that_nobody_escaped_is_part_of_the_text() {
        let [entry] = read(
            "<rss><item><title>t</title><description><p>It <b>runs</b></p> &lt;3</description></item></rss>",
        )
        .try_into()
        .unwrap();
        assert_eq!(entry.summary, "<p>It <b>runs</b></p> &lt;3");
    }
}
