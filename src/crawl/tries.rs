//! Asks one address for a person who watches: `headsup feeds try`, `discover` and `add`. Nothing is stored.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::answer::{Body, Fetched, Trouble};
use super::feed::{self, Hints};
use super::fetch::{Ask, Fetcher};
use super::host::{Hosts, origin};
use super::{Rules, arxiv, decode, discover, link, outcome, propose, read_as, rhythm, sitemap, text};
use crate::clock::Clock;
use crate::config::{CrawlSettings, PageRules, SourceConfig};
use crate::deadline;
use crate::model::{Entry, Language, SourceKind};

/// So many feeds are enough.
const ENOUGH: usize = 3;

/// Sitemaps that are read, those of an index included.
const MAX_MAPS: usize = 6;

/// So much of a body is shown that cannot be read, in characters.
const SHOWN: usize = 400;

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

/// What is known of an answer that cannot be read.
#[derive(Debug, Default, Serialize)]
pub struct Unread {
    /// Why, in one line for the operator.
    pub error: String,
    /// After redirects.
    pub url: String,
    /// If there was an answer.
    pub status: Option<u16>,
    /// As the server states it.
    pub content_type: Option<String>,
    /// Decoded length.
    pub bytes: usize,
    /// How the body begins.
    pub begins: String,
}

/// What a site offers.
#[derive(Debug, Default, Serialize)]
pub struct Offer {
    /// Feeds that were read, the surest first: address and number of entries.
    pub feeds: Vec<(String, usize)>,
    /// Without a feed: a sitemap.
    pub sitemap: Option<SitemapOffer>,
    /// Without both: selectors for the page itself, and how many items they find.
    pub page: Option<(PageRules, usize)>,
}

/// A sitemap that can be read in place of a feed.
#[derive(Debug, Serialize)]
pub struct SitemapOffer {
    /// Its address.
    pub url: String,
    /// The likeliest section.
    pub path_prefix: String,
    /// Pages in it.
    pub n_pages: usize,
    /// Pages whose last change it states.
    pub n_dated: usize,
}

/// Asks one site, a request after the other with the usual pause between them.
struct Asking {
    fetcher: Fetcher,
    hosts: Hosts,
    open: bool,
}

/// Asks one source once.
///
/// # Errors
/// What is known of the answer.
pub async fn try_source(
    settings: &CrawlSettings,
    source: &SourceConfig,
    now: DateTime<Utc>,
) -> Result<Tried, Unread> {
    let unread = |error: String| Unread { error, url: source.url.clone(), ..Unread::default() };
    let asking = Asking::new(settings, source).map_err(unread)?;
    let ask = Ask { url: &source.url, open: asking.open, ..Ask::default() };
    let (status, body) = asking.fetcher.look(ask).await.map_err(|trouble| unread(trouble.to_string()))?;
    if !(200..300).contains(&status) {
        return Err(Unread::of(format!("HTTP {status}"), status, &body));
    }
    let maps = asking.maps_of(source, &body).await.map_err(|why| Unread::of(why, status, &body))?;
    let rules = Rules::of(source);
    let (kind, language) = (source.kind, source.language);
    let parsing = deadline::within(move || {
        let prefix = rules.path_prefix.as_deref().unwrap_or(sitemap::ALL);
        let pages = |map: &Body| sitemap::pages(&map.bytes, prefix, &hints_of(map, language, now));
        let parsed = match &maps {
            Some(maps) => {
                let all: Result<Vec<_>, String> = maps.iter().map(pages).collect();
                all.and_then(|all| sitemap::join(all, prefix))
            }
            None => read_as(kind, &body.bytes, &rules, &hints_of(&body, language, now)),
        };
        (parsed, body)
    });
    let (parsed, body) = parsing.await.map_err(|overrun| unread(overrun.to_string()))?;
    let parsed = parsed.map_err(|message| Unread::of(message, status, &body))?;
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

/// Looks for the feeds of the site of `url`; without any for a sitemap, else for a list in the page itself.
///
/// # Errors
/// One line: the page itself cannot be fetched.
pub async fn discover(
    settings: &CrawlSettings,
    source: &SourceConfig,
    now: DateTime<Utc>,
) -> Result<Offer, String> {
    let asking = Asking::new(settings, source)?;
    let body = asking.get(&source.url).await.map_err(|trouble| trouble.to_string())?;
    if let Ok(parsed) = feed::parse(&body.bytes, &hints_of(&body, source.language, now)) {
        return Ok(Offer { feeds: vec![(body.final_url.clone(), parsed.entries.len())], ..Offer::default() });
    }
    let (html, _) = decode::decode(&body.bytes, body.content_type.as_deref());
    let candidates = discover::candidates(&html, &body.final_url);
    let n_entries = |body: &Body| {
        feed::parse(&body.bytes, &hints_of(body, source.language, now))
            .map_or(0, |parsed| parsed.entries.len())
    };
    let mut feeds = asking.feeds(candidates.named, n_entries).await;
    if feeds.is_empty() {
        feeds = asking.feeds(candidates.guessed, n_entries).await;
    }
    let mut offer = Offer { feeds, ..Offer::default() };
    if offer.feeds.is_empty() {
        let pages = |body: &Body| {
            sitemap::parse(&body.bytes, "/", &hints_of(body, source.language, now))
                .map(|parsed| parsed.entries)
        };
        offer.sitemap = asking.sitemap(&body.final_url, pages).await;
    }
    // A sitemap that does not say what is new says less than the page.
    if offer.feeds.is_empty() && offer.sitemap.as_ref().is_none_or(|map| map.n_dated == 0) {
        offer.page = propose::propose(&html, &hints_of(&body, source.language, now));
        offer.sitemap = offer.sitemap.filter(|_| offer.page.is_none());
    }
    Ok(offer)
}

impl Unread {
    fn of(error: String, status: u16, body: &Body) -> Self {
        let (decoded, _) = decode::decode(&body.bytes, body.content_type.as_deref());
        let begins: String = decoded.chars().take(SHOWN).collect();
        Self {
            error,
            url: body.final_url.clone(),
            status: Some(status),
            content_type: body.content_type.clone(),
            bytes: body.bytes.len(),
            begins: text::squeeze(&begins),
        }
    }
}

impl Asking {
    fn new(settings: &CrawlSettings, source: &SourceConfig) -> Result<Self, String> {
        Ok(Self {
            fetcher: Fetcher::new(settings, &Clock::System).map_err(|error| format!("{error:#}"))?,
            hosts: Hosts::new(Duration::from_millis(settings.host_gap_ms)),
            open: settings.allow_private || source.allow_private,
        })
    }

    async fn get(&self, url: &str) -> Result<Body, Trouble> {
        let turn = self.hosts.turn(url).await;
        let ask = Ask { url, open: self.open, ..Ask::default() };
        let answer = self.fetcher.get(ask).await;
        drop(turn);
        match answer? {
            Fetched::Body(body) => {
                if origin(&body.final_url) != origin(url) {
                    // The host that a redirect led to was asked as well.
                    drop(self.hosts.turn(&body.final_url).await);
                }
                Ok(body)
            }
            Fetched::NotModified(_) => {
                Err(Trouble::Other("HTTP 304 although nobody asked for changes".to_owned()))
            }
        }
    }

    /// The sitemaps that an index of them names; `None`: the body is none.
    async fn maps_of(&self, source: &SourceConfig, body: &Body) -> Result<Option<Vec<Body>>, String> {
        let is_sitemap = source.kind == SourceKind::Sitemap;
        let index = is_sitemap.then(|| sitemap::index(body, sitemap::prefix(source))).flatten();
        let Some(index) = index else { return Ok(None) };
        let mut maps = Vec::new();
        for url in &index.maps {
            let map = self.get(url).await;
            maps.push(map.map_err(|why| format!("its sitemap {url} cannot be read: {why}"))?);
        }
        Ok(Some(maps))
    }

    /// Those of `urls` that are feeds, with their number of entries.
    async fn feeds(&self, urls: Vec<String>, n_entries: impl Fn(&Body) -> usize) -> Vec<(String, usize)> {
        let (mut feeds, mut silent): (Vec<(String, usize)>, HashSet<String>) = Default::default();
        for url in urls {
            if feeds.len() >= ENOUGH {
                break;
            }
            if silent.contains(&origin(&url)) {
                continue;
            }
            let body = match self.get(&url).await {
                Ok(body) => body,
                Err(trouble) => {
                    silent.extend(had_enough(&trouble).then(|| origin(&url)));
                    continue;
                }
            };
            let n = n_entries(&body);
            let is_known = feeds.iter().any(|(known, _)| *known == body.final_url);
            if n > 0 && !is_known {
                feeds.push((body.final_url, n));
            }
        }
        feeds
    }

    /// The first sitemap with a section of pages.
    async fn sitemap<E>(
        &self,
        page: &str,
        pages: impl Fn(&Body) -> Result<Vec<Entry>, E>,
    ) -> Option<SitemapOffer> {
        let robots = match self.get(&link::absolute("/robots.txt", page)?).await {
            Ok(body) => String::from_utf8_lossy(&body.bytes).into_owned(),
            Err(trouble) if had_enough(&trouble) => return None,
            Err(_) => String::new(),
        };
        let folder = url::Url::parse(page).map(|url| url.path().to_owned()).unwrap_or_default();
        let maps = discover::sitemaps(&robots, page).into_iter().map(|place| (place, None));
        let mut places: VecDeque<(String, Option<String>)> = maps.collect();
        for _ in 0..MAX_MAPS {
            let (place, index) = places.pop_front()?;
            let body = match self.get(&place).await {
                Ok(body) => body,
                Err(trouble) if had_enough(&trouble) => return None,
                Err(_) => continue,
            };
            if let Some(named) = sitemap::index(&body, &folder) {
                let (news, others): (Vec<_>, Vec<_>) =
                    named.maps.into_iter().partition(|map| discover::is_of_news(map));
                for map in others.into_iter().rev().chain(news.into_iter().rev()) {
                    places.push_front((map, Some(body.final_url.clone())));
                }
                continue;
            }
            let Ok(entries) = pages(&body) else { continue };
            let (path_prefix, n_pages) = discover::section(&entries, page);
            let is_in = |entry: &&Entry| {
                url::Url::parse(&entry.link).is_ok_and(|url| url.path().starts_with(&path_prefix))
            };
            let n_dated = entries.iter().filter(is_in).filter(|entry| entry.published.is_some()).count();
            // An index stays where it is when it names other sitemaps.
            let url = index.unwrap_or(body.final_url);
            return Some(SitemapOffer { url, n_pages, n_dated, path_prefix });
        }
        None
    }
}

fn hints_of(body: &Body, language: Language, now: DateTime<Utc>) -> Hints<'_> {
    Hints { content_type: body.content_type.as_deref(), base: &body.final_url, language, now }
}

/// Whether asking the host more would be rude, or only cost time.
fn had_enough(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Timeout(_) | Trouble::Connect(_) | Trouble::Status { status: 429 | 503, .. })
}
