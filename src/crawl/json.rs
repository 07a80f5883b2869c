//! JSON Feed as it is written, not only as it is specified: <https://www.jsonfeed.org/version/1.1/>. feed-rs refuses
//! a number as id, a missing title, an attachment without type.

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memmem;
use serde_json::Value;
use serde_json::value::RawValue;

use super::feed::{Found, Hints, MAX_ENTRIES, zone_of};
use super::{date, link};
use crate::model::Entry;

/// What stands before a document by mistake.
const JUNK: [(&str, &str); 2] = [("<!--", "-->"), ("<?", "?>")];

/// How one item ends and the next one begins.
const NEXT_ITEM: [&str; 3] = ["},{", "}, {", "},\n"];

/// Where a JSON document begins, if it is one: also behind XML comments, declarations and a byte order mark.
pub fn document(decoded: &str) -> Option<&str> {
    let mut text = decoded.trim_start_matches('\u{feff}').trim_start();
    while let Some((open, close)) = JUNK.iter().find(|(open, _)| text.starts_with(open)) {
        text = text[open.len()..].split_once(close)?.1.trim_start();
    }
    text.starts_with('{').then_some(text)
}

/// Reads a JSON Feed; what is broken in it costs only the items that it is broken in.
///
/// # Errors
/// Not JSON, or no list of items in it.
pub fn parse(decoded: &str, hints: &Hints<'_>, repairs: &mut Vec<String>) -> Result<Found, String> {
    match whole(decoded, hints) {
        Err(why) => match one_by_one(decoded, hints) {
            entries if entries.is_empty() => Err(why),
            entries => {
                repairs.push(format!("read entry by entry ({why})"));
                Ok((entries, None))
            }
        },
        read => read,
    }
}

fn whole(decoded: &str, hints: &Hints<'_>) -> Result<Found, String> {
    let wrong = |error: serde_json::Error| format!("not readable as a feed: JSON: {error}");
    // The items one by one: a tree of all of them would take many times the text.
    let feed: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(decoded).map_err(wrong)?;
    let items = feed.get("items").filter(|items| items.get().starts_with('['));
    let items: Vec<&RawValue> =
        serde_json::from_str(items.ok_or("not readable as a feed: JSON without items")?.get())
            .map_err(wrong)?;
    let part = |name: &str| feed.get(name).and_then(|value| serde_json::from_str::<Value>(value.get()).ok());
    let default_authors =
        authors(&serde_json::json!({ "authors": part("authors"), "author": part("author") }));
    let entry = |item: &RawValue| {
        let item: Value = serde_json::from_str(item.get()).unwrap_or_default();
        let mut entry = entry(&item, hints);
        if entry.authors.is_empty() {
            entry.authors.clone_from(&default_authors);
        }
        entry
    };
    Ok((items.into_iter().take(MAX_ENTRIES).map(entry).collect(), None))
}

/// The items that can be read, of a document that cannot: cut off, or broken inside one of them.
fn one_by_one(decoded: &str, hints: &Hints<'_>) -> Vec<Entry> {
    let Some(items) = memmem::find(decoded.as_bytes(), b"\"items\"") else { return Vec::new() };
    let mut rest = &decoded[items + 7..];
    let mut entries = Vec::new();
    while let Some(start) = rest.find('{').filter(|_| entries.len() < MAX_ENTRIES) {
        rest = &rest[start..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        match values.next() {
            Some(Ok(item)) if item.is_object() => {
                let read = entry(&item, hints);
                entries.extend((!read.title.is_empty() || !read.link.is_empty()).then_some(read));
                rest = &rest[values.byte_offset()..];
            }
            // The next item begins behind the end of another one.
            _ => match NEXT_ITEM
                .iter()
                .filter_map(|next| memmem::find(&rest.as_bytes()[1..], next.as_bytes()))
                .min()
            {
                Some(at) => rest = &rest[at + 2..],
                None => break,
            },
        }
    }
    entries
}

fn entry(item: &Value, hints: &Hints<'_>) -> Entry {
    let zone = zone_of(hints.language);
    let at = |key: &str| item[key].as_str().and_then(|text| date::parse(text, zone));
    let href = ["url", "external_url"].iter().find_map(|key| item[*key].as_str()).unwrap_or_default();
    let html = item["content_html"].as_str().map(str::to_owned);
    // Plain text: what looks like markup in it is text.
    let plain = || {
        item["content_text"]
            .as_str()
            .map(|text| text.replace('&', "&amp;").replace('<', "&lt;").replace("\n\n", "<p>"))
    };
    Entry {
        guid: match &item["id"] {
            Value::String(id) => id.clone(),
            Value::Number(id) => id.to_string(),
            _ => String::new(),
        },
        title: item["title"].as_str().unwrap_or_default().to_owned(),
        link: link::absolute(href, hints.base).unwrap_or_default(),
        published: at("date_published"),
        updated: at("date_modified"),
        authors: authors(item),
        summary: item["summary"].as_str().unwrap_or_default().to_owned(),
        content: html.or_else(plain).unwrap_or_default(),
        categories: item["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        ..Entry::default()
    }
}

/// Version 1.1 has a list, 1.0 one author.
fn authors(value: &Value) -> Vec<String> {
    let listed = value["authors"].as_array().into_iter().flatten();
    let all = listed.chain(std::iter::once(&value["author"]));
    all.filter_map(|author| author["name"].as_str()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn titles(text: &str) -> (Vec<String>, Vec<String>) {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let hints = Hints { content_type: None, base: "https://a.example/f", language: Language::En, now };
        let mut repairs = Vec::new();
        let document = document(text).unwrap();
        let (entries, _) = parse(document, &hints, &mut repairs).unwrap();
        (entries.into_iter().map(|entry| entry.title).collect(), repairs)
    }

    const HEAD: &str = r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":["#;

    #[test]
    fn a_broken_document_keeps_its_whole_items() {
        let one = r#"{"id":1,"title":"One"}"#;
        let two = r#"{"id":"2","title":"Two","url":"/2"}"#;
        let sound = format!("{HEAD}{one},{two}]}}");
        assert_eq!(titles(&sound), (vec!["One".into(), "Two".into()], vec![]));
        assert_eq!(titles(&format!("<!-- made by x -->\n{sound}")).0, ["One", "Two"]);
        let (cut, repairs) = titles(&format!("{HEAD}{one},{two},{{\"id\":3,\"title\":\"Thr"));
        assert_eq!(cut, ["One", "Two"]);
        assert!(repairs[0].starts_with("read entry by entry"), "{repairs:?}");
        assert_eq!(document("<rss><item><title>{</title></item></rss>"), None);
        let broken = format!("{HEAD}{one},{{\"id\":3,\"title\":\"a\nb\"}}, {two}]}}");
        assert_eq!(titles(&broken).0, ["One", "Two"]);
    }
}
