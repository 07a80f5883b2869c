//! JSON Feed as it is written, not only as it is specified: <https://www.jsonfeed.org/version/1.1/>. feed-rs refuses
//! a number as id, a missing title, an attachment without type.

use serde_json::Value;

use super::feed::{Found, Hints, zone_of};
use super::{date, link};
use crate::model::Entry;

/// Reads a JSON Feed.
///
/// # Errors
/// Not JSON, or no list of items in it.
pub fn parse(decoded: &str, hints: &Hints<'_>) -> Result<Found, String> {
    let feed: Value = serde_json::from_str(decoded.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("not readable as a feed: JSON: {error}"))?;
    let items = feed["items"].as_array().ok_or("not readable as a feed: JSON without items")?;
    let default_authors = authors(&feed);
    let entry = |item: &Value| {
        let mut entry = entry(item, hints);
        if entry.authors.is_empty() {
            entry.authors.clone_from(&default_authors);
        }
        entry
    };
    Ok((items.iter().map(entry).collect(), None))
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
