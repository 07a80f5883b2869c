//! Sources that answer JSON of their own: Hacker News (Algolia's search, <https://hn.algolia.com/api>) and the Hugging
//! Face Hub (daily papers and models, <https://huggingface.co/docs/hub/api>).

use serde_json::Value;

use super::feed::{Hints, MAX_CONTENT, MAX_SUMMARY, MAX_TITLE, Parsed, zone_of};
use super::{anchors, date, link, text};
use crate::model::{Entry, SignalKind};

/// Reads the hits of a search on Hacker News. Least points belong into the address (`numericFilters=points>100`).
///
/// # Errors
/// One line for the operator: not the answer of that API.
pub fn hackernews(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, String> {
    let answer = json(bytes)?;
    let hits = answer
        .get("hits")
        .and_then(Value::as_array)
        .ok_or("the answer has no \"hits\": is it Algolia's search?")?;
    let entry = |hit: &Value| {
        let id = string(hit, "objectID");
        let talk = format!("https://news.ycombinator.com/item?id={id}");
        let href = link::absolute(&string(hit, "url"), hints.base).unwrap_or_else(|| talk.clone());
        let (story, links) = anchors::paragraphs(&string(hit, "story_text"), MAX_CONTENT, &talk);
        Entry {
            guid: format!("hn:{id}"),
            title: text::line(&first(hit, &["title", "story_title"]), MAX_TITLE),
            link: href,
            published: believable(&string(hit, "created_at"), hints),
            authors: some(string(hit, "author")),
            summary: text::cap(&text::squeeze(&story), MAX_SUMMARY),
            content: story,
            links,
            signals: counts(hit, &[("points", SignalKind::Points), ("num_comments", SignalKind::Comments)]),
            ..Entry::default()
        }
    };
    finish(hits.iter().map(entry))
}

/// Reads daily papers or models of the Hugging Face Hub, told apart by what they hold.
///
/// # Errors
/// One line for the operator: not the answer of that API.
pub fn huggingface(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, String> {
    let answer = json(bytes)?;
    let list = answer.as_array().ok_or("the answer is no list: is it the Hub's daily_papers or models?")?;
    finish(list.iter().map(|one| match one.get("paper") {
        Some(paper) => daily_paper(one, paper, hints),
        None => model(one, hints),
    }))
}

fn daily_paper(day: &Value, paper: &Value, hints: &Hints<'_>) -> Entry {
    let id = string(paper, "id");
    let names = paper.get("authors").and_then(Value::as_array).into_iter().flatten();
    let summary = text::line(&string(paper, "summary"), MAX_SUMMARY);
    Entry {
        // The same paper as arXiv's own feed tells.
        guid: format!("arXiv:{id}"),
        title: text::line(&first(paper, &["title"]), MAX_TITLE),
        link: format!("https://arxiv.org/abs/{id}"),
        published: believable(&string(day, "publishedAt"), hints)
            .or_else(|| believable(&string(paper, "publishedAt"), hints)),
        authors: names.map(|author| text::line(&string(author, "name"), 100)).take(20).collect(),
        content: summary.clone(),
        summary,
        signals: [
            counts(paper, &[("upvotes", SignalKind::Upvotes)]),
            counts(day, &[("numComments", SignalKind::Comments)]),
        ]
        .concat(),
        ..Entry::default()
    }
}

fn model(one: &Value, hints: &Hints<'_>) -> Entry {
    let id = first(one, &["id", "modelId"]);
    let tags = one.get("tags").and_then(Value::as_array).into_iter().flatten();
    let tags: Vec<String> = tags.filter_map(Value::as_str).map(|tag| text::line(tag, 60)).take(20).collect();
    Entry {
        guid: format!("hf:{id}"),
        title: text::line(&id, MAX_TITLE),
        link: format!("https://huggingface.co/{id}"),
        published: believable(&string(one, "createdAt"), hints),
        summary: text::line(&first(one, &["description", "pipeline_tag"]), MAX_SUMMARY),
        authors: some(id.split_once('/').map_or(String::new(), |(owner, _)| owner.to_owned())),
        categories: tags,
        signals: counts(one, &[("likes", SignalKind::Likes), ("downloads", SignalKind::Downloads)]),
        ..Entry::default()
    }
}

pub fn json(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| format!("the answer is not JSON: {error}"))
}

/// Entries without a title or an id say nothing.
pub fn finish(entries: impl Iterator<Item = Entry>) -> Result<Parsed, String> {
    let is_whole = |entry: &Entry| !entry.title.is_empty() && !entry.guid.ends_with(':');
    Ok(Parsed { entries: entries.filter(is_whole).collect(), ..Parsed::default() })
}

pub fn believable(when: &str, hints: &Hints<'_>) -> Option<chrono::DateTime<chrono::Utc>> {
    date::believable(date::parse(when, zone_of(hints.language)), hints.now)
}

/// What an answer counts, under the names that it has for that.
pub fn counts(value: &Value, names: &[(&str, SignalKind)]) -> Vec<(SignalKind, i64)> {
    let count = |(name, kind): &(&str, SignalKind)| Some((*kind, value.get(*name)?.as_i64()?));
    names.iter().filter_map(count).collect()
}

/// A number counts as its digits.
pub fn string(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn first(value: &Value, keys: &[&str]) -> String {
    keys.iter().map(|key| string(value, key)).find(|text| !text.trim().is_empty()).unwrap_or_default()
}

fn some(text: String) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { vec![text::line(&text, 100)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn hints() -> Hints<'static> {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        Hints { content_type: None, base: "https://api.example/", language: Language::En, now }
    }

    #[test]
    fn a_story_of_hacker_news_is_its_page_or_its_talk() {
        let answer = r#"{"hits":[
            {"objectID":"1","title":"A small model &amp; its weights","url":"https://a.example/x","author":"ann","points":120,"created_at":"2026-05-05T10:00:00Z"},
            {"objectID":"2","title":"Ask HN: which card?","url":null,"story_text":"<p>Which one?","created_at":"2026-05-05T11:00:00Z"},
            {"objectID":"3","title":null}]}"#;
        let entries = hackernews(answer.as_bytes(), &hints()).unwrap().entries;
        let told: Vec<(&str, &str)> = entries.iter().map(|e| (e.title.as_str(), e.link.as_str())).collect();
        assert_eq!(
            told,
            [
                ("A small model & its weights", "https://a.example/x"),
                ("Ask HN: which card?", "https://news.ycombinator.com/item?id=2"),
            ]
        );
        assert_eq!(entries[1].summary, "Which one?");
        assert!(hackernews(b"{}", &hints()).unwrap_err().contains("hits"));
    }

    #[test]
    fn the_hubs_papers_are_arxivs_and_its_models_have_names() {
        let papers = r#"[{"publishedAt":"2026-05-05T00:00:00Z","paper":{"id":"2605.01234","title":"A Title","summary":"We do.","authors":[{"name":"Ann"}]}}]"#;
        let entry = &huggingface(papers.as_bytes(), &hints()).unwrap().entries[0];
        assert_eq!(
            (entry.link.as_str(), entry.guid.as_str()),
            ("https://arxiv.org/abs/2605.01234", "arXiv:2605.01234")
        );
        let models = r#"[{"id":"lab/owl-3b","createdAt":"2026-05-05T00:00:00Z","tags":["text-generation"]}]"#;
        let entry = &huggingface(models.as_bytes(), &hints()).unwrap().entries[0];
        assert_eq!(
            (entry.title.as_str(), entry.link.as_str()),
            ("lab/owl-3b", "https://huggingface.co/lab/owl-3b")
        );
        assert!(huggingface(b"<html>", &hints()).unwrap_err().contains("not JSON"));
    }
}
