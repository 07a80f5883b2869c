//! JSON Feed as it is written, not only as it is specified: <https://www.jsonfeed.org/version/1.1/>. feed-rs refuses
//! a number as id, a missing title, an attachment without type.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::feed::{Found, Hints, zone_of};
use super::{date, link};
use crate::model::Entry;

/// Reads a JSON Feed.
///
/// # Errors
/// Not JSON, or no list of items in it.
pub fn parse(decoded: &str, hints: &Hints<'_>) -> Result<Found, String> {
    let wrong = |error: serde_json::Error| format!("not readable as a feed: JSON: {error}");
    // The items one by one: a tree of all of them would take many times the text.
    let feed: BTreeMap<Cow<'_, str>, &RawValue> =
        serde_json::from_str(decoded.trim_start_matches('\u{feff}')).map_err(wrong)?;
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
    Ok((items.into_iter().map(entry).collect(), None))
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
