//! What is new and what rises on GitHub: a repository's releases or tags (Atom), the trending page
//! (<https://github.com/trending>), and the search for repositories
//! (<https://docs.github.com/en/rest/search/search#search-repositories>).

use scraper::{ElementRef, Selector};
use serde_json::Value;
use url::Url;

use super::api::{believable, counts, finish, json, string};
use super::feed::{self, Hints, MAX_SUMMARY, MAX_TITLE, Parsed};
use super::{decode, text, tree};
use crate::model::{Entry, SignalKind};

/// Reads whichever of the three it is.
///
/// # Errors
/// One line for the operator.
pub fn parse(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, String> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or_default();
    if bytes.get(start) == Some(&b'{') {
        return search(bytes, hints);
    }
    match feed::parse(bytes, hints) {
        Err(message) if message.contains("HTML instead") => trending(bytes, hints).ok_or(message),
        Err(message) => Err(message),
        Ok(mut parsed) => {
            for entry in &mut parsed.entries {
                let repository = released(&entry.link).or_else(|| released(hints.base));
                entry.title = repository.map_or(entry.title.clone(), |name| titled(&name, &entry.title));
            }
            Ok(parsed)
        }
    }
}

/// The repository whose releases or tags an address lists.
fn released(url: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| url.host_str() == Some("github.com"))?;
    let mut parts = url.path_segments()?.skip(1);
    let (name, list) = (parts.next()?, parts.next()?);
    ["releases", "tags"].contains(&list.trim_end_matches(".atom")).then(|| name.to_owned())
}

/// "v0.9.0" names nothing; "owl v0.9.0" does. A title that names its project stays.
fn titled(repository: &str, title: &str) -> String {
    let squeezed =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let name = squeezed(repository);
    let is_word = title.split(|c: char| !c.is_alphanumeric()).any(|word| word.to_lowercase() == name);
    if is_word || name.len() > 3 && squeezed(title).contains(&name) {
        return title.to_owned();
    }
    let is_version = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let joint = if is_version(title.trim_start_matches(['v', 'V', 'b'])) { " " } else { ": " };
    text::line(&format!("{repository}{joint}{title}"), MAX_TITLE)
}

fn search(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, String> {
    let answer = json(bytes)?;
    let found = answer
        .get("items")
        .and_then(Value::as_array)
        .ok_or("the answer has no \"items\": is it GitHub's search for repositories?")?;
    finish(found.iter().map(|one| {
        let topics = one.get("topics").and_then(Value::as_array).into_iter().flatten();
        let topics = topics.filter_map(Value::as_str).map(|topic| text::line(topic, 60)).take(20);
        Entry {
            published: believable(&string(one, "created_at"), hints),
            categories: topics.collect(),
            signals: counts(one, &[("stargazers_count", SignalKind::Stars)]),
            ..repository(&string(one, "full_name"), &string(one, "description"))
        }
    }))
}

/// `None`: no page of rising repositories.
fn trending(bytes: &[u8], hints: &Hints<'_>) -> Option<Parsed> {
    let (html, repairs) = decode::decode(bytes, hints.content_type);
    let page = tree::document(&html).ok()?;
    let select = |css: &str| Selector::parse(css).ok();
    let (row, name, about) = (select("article.Box-row")?, select("h2 a[href]")?, select("p")?);
    let (stars, language) = (select("a[href$='/stargazers']")?, select("[itemprop='programmingLanguage']")?);
    let entry = |row: ElementRef<'_>| {
        let path = tree::first(row, &name)?.attr("href")?.trim_matches('/').to_owned();
        let first = |css: &Selector| tree::first(row, css).map(|found| tree::words(found, MAX_SUMMARY));
        let is_repository = path.split('/').count() == 2;
        let count = first(&stars).and_then(|text| text.trim().replace(',', "").parse().ok());
        is_repository.then(|| Entry {
            categories: first(&language).map(|name| text::line(&name, 60)).into_iter().collect(),
            signals: count.map(|count| (SignalKind::Stars, count)).into_iter().collect(),
            ..repository(&path, &first(&about).unwrap_or_default())
        })
    };
    let entries: Vec<Entry> = page.select(&row).take(tree::MAX_ROWS).filter_map(entry).collect();
    (!entries.is_empty()).then(|| Parsed { entries, repairs, ..Parsed::default() })
}

/// A repository as an item: it is news once, however long it rises. Undated: its first sight counts.
fn repository(full_name: &str, about: &str) -> Entry {
    let about = text::line(about, MAX_SUMMARY);
    let title = if about.is_empty() { full_name.to_owned() } else { format!("{full_name}: {about}") };
    Entry {
        guid: format!("github:{full_name}"),
        title: text::line(&title, MAX_TITLE),
        link: format!("https://github.com/{full_name}"),
        authors: full_name.split_once('/').map(|(owner, _)| text::line(owner, 100)).into_iter().collect(),
        content: about.clone(),
        summary: about,
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn hints() -> Hints<'static> {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        Hints {
            content_type: Some("text/html"),
            base: "https://github.com/trending",
            language: Language::En,
            now,
        }
    }

    #[test]
    fn rising_repositories_are_items_with_stars() {
        let page = "<!DOCTYPE html><html><body><article class='Box-row'><h2><a href='/ann/small-llm'> ann / <b>small-llm</b></a></h2>\
            <p> Inference on\n one card </p><span itemprop='programmingLanguage'>Rust</span>\
            <a href='/ann/small-llm/stargazers'><svg></svg> 12,345</a></article>\
            <article class='Box-row'><h2><a href='/sponsors/x/y'>no repository</a></h2></article></body></html>";
        let [entry] = parse(page.as_bytes(), &hints()).unwrap().entries.try_into().unwrap();
        assert_eq!(entry.title, "ann/small-llm: Inference on one card");
        assert_eq!((entry.link.as_str(), entry.published), ("https://github.com/ann/small-llm", None));
        assert_eq!(
            (entry.signals, entry.categories),
            (vec![(SignalKind::Stars, 12_345)], vec!["Rust".to_owned()])
        );
        assert!(parse(b"<!DOCTYPE html><html><body>Sign in", &hints()).unwrap_err().contains("HTML instead"));
    }

    #[test]
    fn found_repositories_have_a_date() {
        let answer = r#"{"total_count":1,"items":[{"full_name":"ann/rag","description":"A store","stargazers_count":7,"created_at":"2026-05-01T00:00:00Z","topics":["llm"]}]}"#;
        let [entry] = parse(answer.as_bytes(), &hints()).unwrap().entries.try_into().unwrap();
        assert_eq!((entry.guid.as_str(), entry.published.is_some()), ("github:ann/rag", true));
        assert_eq!((entry.signals, entry.categories), (vec![(SignalKind::Stars, 7)], vec!["llm".to_owned()]));
    }

    #[test]
    fn a_release_names_its_project() {
        let title = |repository: &str, title: &str| {
            let link = format!("https://github.com/ann/{repository}/releases/tag/x");
            let feed = format!(
                "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>{title}</title><link href='{link}'/></entry></feed>"
            );
            parse(feed.as_bytes(), &hints()).unwrap().entries.remove(0).title
        };
        assert_eq!(title("owl", "v0.9.0"), "owl v0.9.0");
        assert_eq!(title("owl.cpp", "b4711"), "owl.cpp b4711");
        assert_eq!(title("owl", "v0.9.0: night vision"), "owl v0.9.0: night vision");
        assert_eq!(title("owl", "Night vision"), "owl: Night vision");
        assert_eq!(title("small-owl", "Small Owl 2.0"), "Small Owl 2.0");
        assert_eq!(title("owl", "OWL v1"), "OWL v1");
        assert_eq!(title("owl", "Fowl v1"), "owl: Fowl v1");
        let nameless =
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>v1</title></entry></feed>";
        let hints = Hints { base: "https://github.com/ann/owl/tags.atom", ..hints() };
        assert_eq!(parse(nameless.as_bytes(), &hints).unwrap().entries[0].title, "owl v1");
    }

    #[test]
    fn releases_are_a_feed() {
        let feed =
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>v1.0</title></entry></feed>";
        assert_eq!(parse(feed.as_bytes(), &hints()).unwrap().entries.len(), 1);
    }
}
