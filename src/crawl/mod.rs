//! Asks the sources that are due, politely, and turns every format into [`Entry`]s and items; then fetches the items'
//! own pages. One source or page fails alone: its error stands on its row.
//!
//! [`Entry`]: crate::model::Entry

mod afterlife;
mod anchors;
mod angle;
mod answer;
mod api;
mod arxiv;
mod ask;
mod backfill;
mod channel;
mod check;
mod date;
mod date_near;
mod date_words;
mod decode;
mod discover;
mod feed;
mod fetch;
mod filter;
mod github;
mod guard;
mod host;
pub mod inspect;
mod items;
mod json;
mod keep;
mod link;
mod manners;
mod maps;
mod oai;
mod outcome;
mod page;
mod pages;
mod plain;
mod propose;
mod repair;
mod rhythm;
mod robots;
mod round;
mod sitemap;
mod soup;
mod tags;
mod text;
mod tidy;
mod tree;
mod tries;
mod wrapped;

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration as Pause;

use anyhow::Context as _;

use tokio::sync::Semaphore;

use crate::config::{PageRules, SourceConfig};
use crate::context::Context;
use crate::model::{Language, Report, SourceKind};
use crate::store::hosts;
use crate::store::leases::{self, Holder};
use crate::store::sources::{self, Configured};
pub use afterlife::look_after;
use answer::{Fetched, Trouble};
pub use backfill::backfill;
pub use check::{Checked, check};
pub use decode::decode;
use feed::{Hints, Parsed};
use fetch::{Ask, Fetcher};
use host::{Hosts, Turn};
use manners::Manners;
pub use tries::{Offer, SitemapOffer, Tried, Unread, discover as look_for_feeds, try_source};

/// So many answers are stored at the same time: fewer than the pool has connections, of which the run itself needs one.
const STORING: usize = 8;

/// So many large bodies are parsed at the same time: each takes a multiple of its size.
const PARSING: usize = 2;

/// A host that gave no answer so often in a row is left alone for the rest of a run.
const SILENT: usize = 2;

/// What a run carries from source to source.
struct Run<'a> {
    ctx: &'a Context,
    fetcher: Fetcher,
    hosts: Hosts,
    robots: robots::Rules,
    /// Held while a large body is parsed.
    parsing: Semaphore,
    /// Held while an answer is stored.
    storing: Semaphore,
    /// Hosts that want to be left alone.
    paused: Mutex<HashSet<String>>,
    /// How often in a row a host gave no answer.
    silent: Mutex<HashMap<String, usize>>,
    configured: HashMap<&'a str, &'a SourceConfig>,
}

/// Runs the stage once.
///
/// # Errors
/// Only what stops the whole stage: the database, or a TLS stack that cannot be set up.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    enter_sources(ctx).await.context("cannot enter the sources")?;
    leases::end_dead(&ctx.pool, ctx.clock.now()).await?;
    let holder = Holder::enter(&ctx.pool, rand::random()).await?;
    let run = Run::new(ctx)?;
    let paused = hosts::paused(&ctx.pool, ctx.clock.now()).await?;
    run.paused().extend(paused);
    round::ask_all(&run, &holder.name, &mut report).await?;
    let holder = pages::run(&run, holder, &mut report).await?;
    holder.leave().await?;
    Ok(report)
}

async fn enter_sources(ctx: &Context) -> sqlx::Result<()> {
    let mut tx = ctx.pool.begin().await?;
    let enabled = || ctx.feeds.sources.iter().filter(|source| source.enabled);
    for source in enabled() {
        let configured = Configured {
            slug: &source.slug,
            name: &source.name,
            kind: source.kind.as_str(),
            url: &source.url,
            lane: source.lane.as_str(),
            language: source.language.as_str(),
            tier: source.tier.as_str(),
            owner: &source.owner,
            rules: &rules_of(ctx, source),
            host: &host::origin(&source.url),
            heeds_host_pause: source.heed_host_pause,
        };
        sources::enter(&mut tx, &configured, ctx.clock.now()).await?;
    }
    let slugs: Vec<String> = enabled().map(|source| source.slug.clone()).collect();
    sources::disable_others(&mut tx, &slugs).await?;
    tx.commit().await
}

impl<'a> Run<'a> {
    fn new(ctx: &'a Context) -> anyhow::Result<Self> {
        let settings = &ctx.settings.crawl;
        Ok(Self {
            ctx,
            fetcher: Fetcher::new(settings, &ctx.clock)?,
            hosts: Hosts::new(Pause::from_millis(settings.host_gap_ms)),
            robots: robots::Rules::default(),
            parsing: Semaphore::new(PARSING),
            storing: Semaphore::new(STORING),
            paused: Mutex::default(),
            silent: Mutex::default(),
            configured: ctx.feeds.sources.iter().map(|source| (source.slug.as_str(), source)).collect(),
        })
    }

    /// Asks in `turn`, and in turn wherever redirects lead.
    async fn fetch(&self, ask: Ask<'_>, turn: Turn, slug: &str) -> Result<Fetched, Trouble> {
        self.fetcher.get_in_turn(ask, turn, &self.manners(ask.open, slug)).await
    }

    /// The same for what was made for people: robots.txt is obeyed wherever redirects lead.
    async fn visit(&self, ask: Ask<'_>, turn: Turn, slug: &str) -> Result<Fetched, Trouble> {
        let manners = Manners { obeys_robots: true, ..self.manners(ask.open, slug) };
        self.fetcher.get_in_turn(ask, turn, &manners).await
    }

    fn manners(&self, open: bool, slug: &str) -> Manners<'_> {
        let heeds_pauses = self.configured.get(slug).is_none_or(|source| source.heed_host_pause);
        Manners { run: self, open, heeds_pauses, obeys_robots: false }
    }

    /// Whether a source may be at a private address.
    fn open(&self, slug: &str) -> bool {
        self.ctx.settings.crawl.allow_private
            || self.configured.get(slug).is_some_and(|source| source.allow_private)
    }

    /// Hears whether a host answered.
    fn listen(&self, host: &str, trouble: Option<&Trouble>) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(trouble, Some(Trouble::Timeout(_) | Trouble::Connect(_))) {
            *silent.entry(host.to_owned()).or_default() += 1;
        } else {
            silent.remove(host);
        }
    }

    /// Whether asking a host more would only cost this run its time.
    fn is_silent(&self, host: &str) -> bool {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.get(host).is_some_and(|n| *n >= SILENT)
    }

    fn paused(&self) -> MutexGuard<'_, HashSet<String>> {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All that decides what is read of an answer, to see whether it was edited.
fn rules_of(ctx: &Context, source: &SourceConfig) -> String {
    let filters = [&ctx.feeds.block, &ctx.feeds.keep, &source.block, &source.keep];
    format!("{:?} {:?} {:?} {} {filters:?}", source.kind, source.page, source.path_prefix, source.max_items)
}

/// What feeds.toml says of how a source is read.
#[derive(Default)]
struct Rules {
    page: Option<PageRules>,
    path_prefix: Option<String>,
}

impl Rules {
    fn of(config: &SourceConfig) -> Self {
        Self { page: config.page.clone(), path_prefix: config.path_prefix.clone() }
    }
}

/// Reads a body as its source's kind says.
fn read_as(kind: SourceKind, bytes: &[u8], rules: &Rules, hints: &Hints<'_>) -> Result<Parsed, String> {
    match kind {
        SourceKind::Page => match &rules.page {
            Some(rules) => page::parse(bytes, rules, hints),
            None => Err("kind \"page\" without selectors".to_owned()),
        },
        SourceKind::Sitemap => {
            sitemap::parse(bytes, rules.path_prefix.as_deref().unwrap_or(sitemap::ALL), hints)
        }
        SourceKind::HackerNews => api::hackernews(bytes, hints),
        SourceKind::HuggingFace => api::huggingface(bytes, hints),
        SourceKind::Arxiv => {
            let mut parsed = feed::parse(bytes, hints)?;
            parsed.entries = parsed.entries.into_iter().map(arxiv::paper).collect();
            Ok(parsed)
        }
        SourceKind::Github => github::parse(bytes, hints),
        SourceKind::Feed => feed::parse(bytes, hints),
    }
}

/// Of a text, by its share of Chinese characters; `default` where there is too little to tell.
fn language_of(text: &str, default: Language) -> Language {
    let n_han = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let n_letters = text.chars().filter(|c| c.is_alphabetic()).count();
    match n_letters {
        0..8 => default,
        // One Chinese character says as much as several Latin letters.
        _ if n_han * 6 >= n_letters => Language::Zh,
        _ if n_han == 0 => Language::En,
        _ => default,
    }
}
