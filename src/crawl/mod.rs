//! Asks the sources that are due, politely, and turns every format into [`Entry`]s and items; then fetches the items'
//! own pages. One source or page fails alone: its error stands on its row.
//!
//! [`Entry`]: crate::model::Entry

mod api;
mod arxiv;
mod check;
mod date;
mod decode;
mod discover;
mod feed;
mod fetch;
mod filter;
mod guard;
mod host;
pub mod inspect;
mod items;
mod json;
mod link;
mod outcome;
mod page;
mod pages;
mod repair;
mod robots;
mod sitemap;
mod soup;
mod tags;
mod text;
mod tries;

use std::collections::HashMap;
use std::time::Duration as Pause;

use anyhow::Context as _;
use chrono::Duration;
use futures::StreamExt as _;
use sha2::{Digest as _, Sha256};

use crate::config::SourceConfig;
use crate::context::Context;
use crate::model::{Language, Report, Source, SourceKind};
use crate::store::leases::{self, Holder};
use crate::store::sources::{self, Answer, Asked, Configured};
use crate::store::{self, items as item_rows};
pub use check::{Checked, check};
use feed::{Hints, Parsed};
use fetch::{Ask, Body, Fetched, Fetcher, Trouble};
use filter::Filter;
use host::Hosts;
pub use tries::{Offer, Tried, discover as look_for_feeds, try_source};

/// How long a claimed source may take; a process that dies gives it back at once (see `store/leases.rs`).
const LEASE: Duration = Duration::hours(1);

/// When everything is tried again after our own network was down.
const OUR_FAULT: Duration = Duration::minutes(10);

/// So many sources must all be unreachable before the fault is ours.
const ENOUGH: usize = 3;

/// What a run carries from source to source.
struct Run<'a> {
    ctx: &'a Context,
    fetcher: Fetcher,
    hosts: Hosts,
    configured: HashMap<&'a str, &'a SourceConfig>,
}

/// Why a source could not be read.
struct Failure {
    message: String,
    trouble: Option<Trouble>,
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
    let due = sources::claim_due(&ctx.pool, &holder.name, ctx.clock.now(), LEASE).await?;
    let run = Run::new(ctx)?;
    run.ask_all(due, &mut report).await?;
    pages::run(&run, &mut report).await?;
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
            fetcher: Fetcher::new(settings)?,
            hosts: Hosts::new(Pause::from_millis(settings.host_gap_ms)),
            configured: ctx.feeds.sources.iter().map(|source| (source.slug.as_str(), source)).collect(),
        })
    }

    /// Whether a source may be at a private address.
    fn open(&self, slug: &str) -> bool {
        self.ctx.settings.crawl.allow_private
            || self.configured.get(slug).is_some_and(|source| source.allow_private)
    }

    async fn ask_all(&self, due: Vec<Source>, report: &mut Report) -> anyhow::Result<()> {
        let (n_due, ctx) = (due.len(), self.ctx);
        let work = ctx.progress.start("crawl", n_due);
        let mut unreachable: Vec<(Source, Failure)> = Vec::new();
        let mut answers = futures::stream::iter(due)
            .map(|source| async {
                if ctx.cancel.is_cancelled() {
                    return (source, None);
                }
                let outcome = self.ask(&source).await;
                (source, Some(outcome))
            })
            .buffer_unordered(ctx.settings.crawl.parallel);
        while let Some((source, outcome)) = answers.next().await {
            work.step();
            work.say(&source.name);
            match outcome {
                None => sources::give_back(&ctx.pool, &[source.id], ctx.clock.now()).await?,
                Some(Err(failure)) if matches!(failure.trouble, Some(Trouble::Connect(_))) => {
                    unreachable.push((source, failure));
                }
                Some(Err(failure)) => self.fail(&source, &failure, report).await?,
                Some(Ok(read)) => self.keep(&source, read, report).await?,
            }
        }
        let nothing_reached = unreachable.len() == n_due && n_due >= ENOUGH;
        self.judge_unreachable(unreachable, nothing_reached, report).await?;
        work.finish(&format!("{} new items from {n_due} sources", report.count("items")));
        report.add("sources", n_due as u64);
        Ok(())
    }

    /// If nobody at all could be reached, our own network is down: no source is punished for that.
    async fn judge_unreachable(
        &self,
        unreachable: Vec<(Source, Failure)>,
        nothing_reached: bool,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        if nothing_reached {
            let ids: Vec<_> = unreachable.iter().map(|(source, _)| source.id).collect();
            sources::give_back(&self.ctx.pool, &ids, self.ctx.clock.now() + OUR_FAULT).await?;
            report
                .warnings
                .push(format!("none of {} sources could be reached: is this machine offline?", ids.len()));
            report.add("failed", ids.len() as u64);
            return Ok(());
        }
        for (source, failure) in unreachable {
            self.fail(&source, &failure, report).await?;
        }
        Ok(())
    }

    /// Asks and reads one source. `Ok(None)`: it says that nothing changed.
    async fn ask(&self, source: &Source) -> Result<Read, Failure> {
        let turn = self.hosts.turn(&source.url).await;
        let ask = Ask {
            url: &source.url,
            open: self.open(&source.slug),
            etag: source.etag.as_deref(),
            last_modified: source.last_modified.as_deref(),
        };
        let fetched = self.fetcher.get(ask).await;
        drop(turn);
        let body = match fetched.map_err(Failure::from)? {
            Fetched::NotModified(validators) => {
                let answer = Answer {
                    etag: validators.etag,
                    last_modified: validators.last_modified,
                    ..Answer::default()
                };
                return Ok(Read { answer, parsed: None, max_age_minutes: None });
            }
            Fetched::Body(body) => body,
        };
        let sha256 = Sha256::digest(&body.bytes).to_vec();
        let max_age_minutes = body.max_age_minutes;
        let mut answer = Answer {
            etag: body.validators.etag.clone(),
            last_modified: body.validators.last_modified.clone(),
            ..Answer::default()
        };
        if source.body_sha256.as_ref() == Some(&sha256) {
            return Ok(Read { answer, parsed: None, max_age_minutes });
        }
        let parsed = self.parse(source, body).await?;
        answer.body_sha256 = Some(sha256);
        answer.n_entries = i32::try_from(parsed.entries.len()).ok();
        answer.repairs = Some(parsed.repairs.clone());
        Ok(Read { answer, parsed: Some(parsed), max_age_minutes })
    }

    /// Parsing is pure and may be long: not on the runtime's own threads.
    async fn parse(&self, source: &Source, body: Body) -> Result<Parsed, Failure> {
        let now = self.ctx.clock.now();
        let (kind, language) = (source.kind, source.language);
        let config = self.configured.get(source.slug.as_str());
        let rules = Rules {
            page: config.and_then(|source| source.page.clone()),
            path_prefix: config
                .and_then(|source| source.path_prefix.clone())
                .unwrap_or_else(|| "/".to_owned()),
        };
        let parsing = tokio::task::spawn_blocking(move || {
            let hints =
                Hints { content_type: body.content_type.as_deref(), base: &body.final_url, language, now };
            read_as(kind, &body.bytes, &rules, &hints)
        });
        let parsed = parsing.await.unwrap_or_else(|_| Err("the parser gave up on it".to_owned()));
        parsed.map_err(|message| Failure { message, trouble: None })
    }

    async fn keep(&self, source: &Source, read: Read, report: &mut Report) -> anyhow::Result<()> {
        let now = self.ctx.clock.now();
        let config = self.configured.get(source.slug.as_str()).copied();
        let every = config.map_or(120, |source| source.every_minutes);
        let ttl = read.parsed.as_ref().and_then(|parsed| parsed.ttl_minutes);
        let wait = outcome::next_after_answer(every, [ttl, read.max_age_minutes], rand::random());
        let (state, error) = match &read.parsed {
            Some(parsed) => outcome::state_of(&parsed.entries, now),
            None => ("ok", None),
        };
        let asked = Asked { at: now, next_at: now + wait, state, status: Some(200), error, n_failures: 0 };
        let mut tx = self.ctx.pool.begin().await?;
        match read.parsed {
            None => report.add("not_modified", 1),
            Some(parsed) => {
                report.add("fetched", 1);
                report.add("entries", parsed.entries.len() as u64);
                let filter = Filter::new(&self.ctx.feeds.block, &self.ctx.feeds.keep, config);
                let n_entries = parsed.entries.len();
                let wanted: Vec<_> = parsed.entries.into_iter().filter(|entry| filter.takes(entry)).collect();
                report.add("filtered", (n_entries - wanted.len()) as u64);
                let items = items::prepare(source, config, wanted, now);
                let stored = item_rows::store(&mut tx, source.id, &items, now).await?;
                report.add("items", stored.new);
                report.add("revised", stored.revised);
                report.add("sightings", stored.sightings);
            }
        }
        sources::note(&mut tx, source.id, &asked, &read.answer).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn fail(&self, source: &Source, failure: &Failure, report: &mut Report) -> anyhow::Result<()> {
        let now = self.ctx.clock.now();
        let every = self.configured.get(source.slug.as_str()).map_or(120, |source| source.every_minutes);
        let n_failures = source.n_failures.saturating_add(1);
        let trouble = failure.trouble.as_ref();
        let wait = outcome::next_after_failure(every, n_failures, trouble, rand::random());
        let status = match trouble {
            Some(Trouble::Status { status, .. }) => Some(i32::from(*status)),
            _ => None,
        };
        let asked = Asked {
            at: now,
            next_at: now + wait,
            state: outcome::state_of_failure(
                &failure.message,
                trouble,
                (source.body_sha256.is_some(), n_failures),
            ),
            status,
            error: Some(failure.message.clone()),
            n_failures,
        };
        report.add("failed", 1);
        report.warnings.push(format!("{}: {}", source.slug, failure.message));
        let mut conn = self.ctx.pool.acquire().await?;
        store::sources::note(&mut conn, source.id, &asked, &Answer::default()).await?;
        Ok(())
    }
}

/// A source that answered.
struct Read {
    answer: Answer,
    /// `None`: nothing changed.
    parsed: Option<Parsed>,
    max_age_minutes: Option<u32>,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self { message: trouble.to_string(), trouble: Some(trouble) }
    }
}

/// What feeds.toml says of how a source is read.
struct Rules {
    page: Option<crate::config::PageRules>,
    path_prefix: String,
}

/// Reads a body as its source's kind says.
fn read_as(kind: SourceKind, bytes: &[u8], rules: &Rules, hints: &Hints<'_>) -> Result<Parsed, String> {
    match kind {
        SourceKind::Page => match &rules.page {
            Some(rules) => page::parse(bytes, rules, hints),
            None => Err("kind \"page\" without selectors".to_owned()),
        },
        SourceKind::Sitemap => sitemap::parse(bytes, &rules.path_prefix, hints),
        SourceKind::HackerNews => api::hackernews(bytes, hints),
        SourceKind::HuggingFace => api::huggingface(bytes, hints),
        SourceKind::Arxiv => {
            let mut parsed = feed::parse(bytes, hints)?;
            parsed.entries = parsed.entries.into_iter().map(arxiv::paper).collect();
            Ok(parsed)
        }
        SourceKind::Feed | SourceKind::Github => feed::parse(bytes, hints),
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
