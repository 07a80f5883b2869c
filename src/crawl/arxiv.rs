//! arXiv's entries: one guid for all versions of a paper, an abstract without its line breaks and announcement head;
//! and what stands in when the announcements are yesterday's.
//! API: <https://info.arxiv.org/help/api/user-manual.html>. Announcements: <https://info.arxiv.org/help/rss.html>.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike as _, Duration, NaiveTime, Utc, Weekday};
use regex::Regex;
use url::Url;

use super::link;
use crate::model::Entry;

/// The announcements of a day are out at midnight in New York; by this hour in GMT they surely are.
const OUT_BY: i64 = 12;

/// A paper whose present version is so much younger than its first was announced before.
const RESUBMITTED: Duration = Duration::days(3);

/// Least time between two questions to arXiv's interfaces, as they ask for.
pub const API_PAUSE: std::time::Duration = std::time::Duration::from_secs(3);

/// The categories that a source's address names: ".../atom/cs.CL+cs.LG" or "search_query=cat:cs.CL+OR+cat:cs.LG".
pub fn categories(url: &str) -> Vec<String> {
    let Ok(url) = Url::parse(url) else { return Vec::new() };
    let query =
        url.query_pairs().find(|(name, _)| name == "search_query").map(|(_, value)| value.into_owned());
    let is_category = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
    };
    let words: Vec<String> = match &query {
        Some(query) => {
            let words = query.split_whitespace().filter_map(|word| word.split_once("cat:"));
            words.map(|(_, word)| word.trim_end_matches(')').to_owned()).collect()
        }
        None => {
            let last = url.path().rsplit('/').next().unwrap_or_default();
            last.split('+').map(str::to_owned).collect()
        }
    };
    words.iter().map(String::as_str).filter(is_category).map(str::to_owned).collect()
}

/// The addresses of a paper's HTML version and of its PDF, from that of its abstract.
pub fn versions(link: &str) -> Option<[String; 2]> {
    let url = Url::parse(link).ok()?;
    let id = url.path().strip_prefix("/abs/").filter(|id| !id.is_empty())?;
    Some(["html", "pdf"].map(|version| {
        let mut url = url.clone();
        url.set_path(&format!("/{version}/{id}"));
        url.into()
    }))
}

/// The API's address for what an announcement feed (".../rss/…" or ".../atom/…") announces; `None`: it is none.
pub fn api_for(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    let announces = parsed.path().starts_with("/rss/") || parsed.path().starts_with("/atom/");
    let categories = categories(url);
    if !announces || categories.is_empty() {
        return None;
    }
    let query: Vec<String> = categories.iter().map(|category| format!("cat:{category}")).collect();
    Some(format!(
        "{}/api/query?search_query={}&sortBy=submittedDate&sortOrder=descending&max_results=200",
        interface(&parsed, "export"),
        query.join("+OR+")
    ))
}

/// Where arXiv's interface of this name is; elsewhere (a mirror) at the same place.
pub fn interface(url: &Url, name: &str) -> String {
    let is_arxivs = url.host_str().is_some_and(|host| host == "arxiv.org" || host.ends_with(".arxiv.org"));
    if is_arxivs { format!("https://{name}.arxiv.org") } else { url.origin().ascii_serialization() }
}

/// The day whose announcements are served, if newer ones must be out by now. arXiv announces on Monday to Friday.
pub fn stale_batch(newest: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let mut day = (now - Duration::hours(OUT_BY)).date_naive();
    while [Weekday::Sat, Weekday::Sun].contains(&day.weekday()) {
        day = day.pred_opt()?;
    }
    let expected = day.and_time(NaiveTime::MIN).and_utc();
    (newest < expected).then(|| format!("serves the announcements of {}", newest.format("%Y-%m-%d")))
}

/// Whether arXiv announces nothing today.
pub fn is_day_off(now: DateTime<Utc>) -> bool {
    [Weekday::Sat, Weekday::Sun].contains(&now.weekday())
}

/// Turns a feed's entry into the paper it announces; an entry that is no paper stays as it is.
pub fn paper(mut entry: Entry) -> Entry {
    static HEAD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?s)^arXiv:\S+\s+Announce Type:.*?Abstract:\s*").ok());
    let version = version_of(&entry.link).max(version_of(&entry.guid));
    let id = [&entry.link, &entry.guid]
        .into_iter()
        .find_map(|text| Url::parse(text).ok().as_ref().and_then(link::arxiv_id));
    let id = id.or_else(|| oai_id(&entry.guid));
    if let Some(id) = id {
        entry.link = format!("https://arxiv.org/abs/{id}");
        entry.guid = format!("arXiv:{id}");
    }
    if let Some(head) = &*HEAD {
        entry.summary = head.replace(&entry.summary, "").into_owned();
    }
    let is_later = entry.published.zip(entry.updated).is_some_and(|(first, now)| now - first > RESUBMITTED);
    entry.is_revision |= is_later && version > 1;
    entry.content = String::new();
    entry
}

/// `http://arxiv.org/abs/2605.01234v2` → 2; without one: 1.
fn version_of(text: &str) -> u32 {
    let version =
        text.rsplit_once('v').and_then(|(_, version)| version.trim_end_matches(".pdf").parse().ok());
    version.unwrap_or(1)
}

/// "oai:arXiv.org:2605.01234v1" → "2605.01234".
fn oai_id(guid: &str) -> Option<String> {
    let id = guid.rsplit_once("arXiv.org:")?.1;
    Some(id.split('v').next().unwrap_or(id).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_versions_are_one_paper() {
        let entry = |link: &str, guid: &str| {
            paper(Entry { link: link.into(), guid: guid.into(), ..Entry::default() })
        };
        assert_eq!(
            entry("http://arxiv.org/abs/2605.01234v1", "http://arxiv.org/abs/2605.01234v1").guid,
            "arXiv:2605.01234"
        );
        assert_eq!(entry("http://arxiv.org/abs/2605.01234v2", "x").guid, "arXiv:2605.01234");
        assert_eq!(entry("", "oai:arXiv.org:2605.01234v3").link, "https://arxiv.org/abs/2605.01234");
    }

    #[test]
    fn a_later_version_of_an_old_paper_is_a_revision() {
        let at = |day: &str| Some(format!("{day}T10:00:00Z").parse().unwrap());
        let of = |link: &str, updated: &str| {
            let (published, updated) = (at("2026-04-01"), at(updated));
            paper(Entry { link: link.into(), published, updated, ..Entry::default() }).is_revision
        };
        assert!(of("http://arxiv.org/abs/2604.01234v2", "2026-05-01"));
        assert!(
            !of("http://arxiv.org/abs/2604.01234v2", "2026-04-02"),
            "mended at once: still new to its readers"
        );
        assert!(!of("http://arxiv.org/abs/2604.01234v1", "2026-05-01"));
    }

    #[test]
    fn the_api_stands_in_for_announcements() {
        assert_eq!(
            api_for("https://rss.arxiv.org/atom/cs.AI+stat.ML").as_deref(),
            Some(
                "https://export.arxiv.org/api/query?search_query=cat:cs.AI+OR+cat:stat.ML&sortBy=submittedDate&sortOrder=descending&max_results=200"
            )
        );
        assert_eq!(api_for("https://export.arxiv.org/api/query?search_query=cat:cs.CL"), None);
        assert_eq!(
            categories(
                "https://export.arxiv.org/api/query?search_query=cat:cs.CV+OR+cat:cs.MM&max_results=9"
            ),
            ["cs.CV", "cs.MM"]
        );
    }

    #[test]
    fn yesterdays_batch_is_noticed_and_a_weekend_is_none() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let monday = at("2026-05-04T04:00:00Z");
        let says = |now| stale_batch(monday, at(now));
        assert_eq!(says("2026-05-04T13:00:00Z"), None);
        assert_eq!(says("2026-05-05T11:00:00Z"), None, "Tuesday's may still be on its way");
        assert_eq!(says("2026-05-05T13:00:00Z").as_deref(), Some("serves the announcements of 2026-05-04"));
        assert_eq!(stale_batch(at("2026-05-08T04:00:00Z"), at("2026-05-10T20:00:00Z")), None);
    }

    #[test]
    fn the_announcement_is_not_the_abstract() {
        let summary = "arXiv:2605.01234v1 Announce Type: new Abstract: We train less.".to_owned();
        assert_eq!(paper(Entry { summary, ..Entry::default() }).summary, "We train less.");
    }
}
