//! Asks one address for a person who watches: `headsup feeds try`, `discover` and `add`. Nothing is stored.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::answer::{Body, Fetched};
use super::feed::{self, Hints};
use super::fetch::{Ask, Fetcher};
use super::{Rules, arxiv, decode, discover, outcome, read_as, rhythm, sitemap};
use crate::clock::Clock;
use crate::config::{CrawlSettings, PageRules, SourceConfig};
use crate::model::{Entry, Language, SourceKind};

/// What one source answered.
#[derive(Debug, Serialize)]
pub struct Tried {
    /// After redirects.
    pub url: String,
    /// As the server states it.
    pub content_type: Option<String>,
    /// Decoded length.
    pub bytes: usize,
    /// As it would stand on the source's row.
    pub state: String,
    /// One line for the operator.
    pub message: Option<String>,
    /// What had to be mended.
    pub repairs: Vec<String>,
    /// In the order of the answer.
    pub entries: Vec<Entry>,
}

/// What a site offers.
#[derive(Debug, Default, Serialize)]
pub struct Offer {
    /// Feeds that were read, the surest first: address and number of entries.
    pub feeds: Vec<(String, usize)>,
    /// Without a feed: selectors for the page itself, and how many items they find.
    pub page: Option<(PageRules, usize)>,
}

/// Asks one source once.
///
/// # Errors
/// One line for the operator.
pub async fn try_source(
    settings: &CrawlSettings,
    source: &SourceConfig,
    now: DateTime<Utc>,
) -> Result<Tried, String> {
    let body = get(settings, &source.url, source.allow_private).await?;
    let maps = maps_of(settings, source, &body).await?;
    let rules = Rules::of(source);
    let (kind, language) = (source.kind, source.language);
    let parsing = tokio::task::spawn_blocking(move || {
        let prefix = rules.path_prefix.as_deref().unwrap_or(sitemap::ALL);
        let pages = |map: &Body| sitemap::pages(&map.bytes, prefix, &hints_of(map, language, now));
        let parsed = match &maps {
            Some(maps) => {
                let all: Result<Vec<_>, String> = maps.iter().map(pages).collect();
                all.and_then(|all| sitemap::join(all, prefix))
            }
            None => read_as(kind, &body.bytes, &rules, &hints_of(&body, language, now)),
        };
        parsed.map(|parsed| (parsed, body))
    });
    let (parsed, body) = parsing.await.map_err(|_| "the parser gave up on it".to_owned())??;
    let rhythm = rhythm::of(&parsed, kind, now);
    let (state, message) = outcome::state_of(&rhythm, now);
    let stale =
        rhythm.newest_at.filter(|_| arxiv::api_for(&source.url).is_some() && kind == SourceKind::Arxiv);
    let (state, message) = match stale.and_then(|newest| arxiv::stale_batch(newest, now)) {
        Some(stale) => ("quiet", Some(stale)),
        None => (state, message),
    };
    Ok(Tried {
        url: body.final_url,
        content_type: body.content_type,
        bytes: body.bytes.len(),
        state: state.to_owned(),
        message,
        repairs: parsed.repairs,
        entries: parsed.entries,
    })
}

/// Looks for the feeds of the site of `url`, one request after the other; stops at the first stated one that reads.
///
/// # Errors
/// One line: the page itself cannot be fetched.
pub async fn discover(
    settings: &CrawlSettings,
    source: &SourceConfig,
    now: DateTime<Utc>,
) -> Result<Offer, String> {
    let body = get(settings, &source.url, source.allow_private).await?;
    let language = source.language;
    let hints = hints_of(&body, language, now);
    if let Ok(parsed) = feed::parse(&body.bytes, &hints) {
        return Ok(Offer { feeds: vec![(body.final_url.clone(), parsed.entries.len())], page: None });
    }
    let (html, _) = decode::decode(&body.bytes, body.content_type.as_deref());
    let mut offer = Offer::default();
    for url in discover::candidates(&html, &body.final_url) {
        let Ok(answer) = get(settings, &url, source.allow_private).await else { continue };
        let hints = hints_of(&answer, language, now);
        let Ok(parsed) = feed::parse(&answer.bytes, &hints) else { continue };
        let is_known = offer.feeds.iter().any(|(known, _)| *known == answer.final_url);
        if !parsed.entries.is_empty() && !is_known {
            offer.feeds.push((answer.final_url.clone(), parsed.entries.len()));
        }
        // What the page states is enough; guessing on would only cost the site requests.
        if offer.feeds.len() >= 3 {
            break;
        }
    }
    if offer.feeds.is_empty() {
        offer.page = discover::propose(&html, &hints);
    }
    Ok(offer)
}

/// The sitemaps that an index of them names; `None`: the body is none.
async fn maps_of(
    settings: &CrawlSettings,
    source: &SourceConfig,
    body: &Body,
) -> Result<Option<Vec<Body>>, String> {
    let is_sitemap = source.kind == SourceKind::Sitemap;
    let index = is_sitemap.then(|| sitemap::index(body, sitemap::prefix(source))).flatten();
    let Some(index) = index else { return Ok(None) };
    let mut maps = Vec::new();
    for url in &index.maps {
        let map = get(settings, url, source.allow_private).await;
        maps.push(map.map_err(|why| format!("its sitemap {url} cannot be read: {why}"))?);
    }
    Ok(Some(maps))
}

fn hints_of(body: &Body, language: Language, now: DateTime<Utc>) -> Hints<'_> {
    Hints { content_type: body.content_type.as_deref(), base: &body.final_url, language, now }
}

async fn get(settings: &CrawlSettings, url: &str, allow_private: bool) -> Result<Body, String> {
    let fetcher = Fetcher::new(settings, &Clock::System).map_err(|error| format!("{error:#}"))?;
    let ask = Ask { url, open: settings.allow_private || allow_private, ..Ask::default() };
    match fetcher.get(ask).await {
        Ok(Fetched::Body(body)) => Ok(body),
        Ok(Fetched::NotModified(_)) => Err("HTTP 304 although nobody asked for changes".to_owned()),
        Err(trouble) => Err(trouble.to_string()),
    }
}
