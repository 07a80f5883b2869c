//! Papers of days that are long announced, by arXiv's OAI-PMH.

use std::time::Duration;

use anyhow::Context as _;
use chrono::NaiveDate;

use super::answer::{Body, Fetched, Trouble};
use super::feed::Hints;
use super::fetch::Ask;
use super::{Run, enter_sources, items, oai};
use crate::config::SourceConfig;
use crate::context::Context;
use crate::model::{Entry, Report, SourceId, SourceKind};
use crate::store::{items as item_rows, sources};

/// Pages of one category; a page has about a thousand papers.
const MAX_PAGES: usize = 500;
/// A page is asked for so often.
const MAX_TRIES: usize = 3;
/// The longest pause that is waited for here.
const LONGEST_PAUSE: u64 = 600;

/// Stores the papers that were first submitted from `from` to `until` (both included) in the categories of the source
/// `slug`. What is known stays as it is; may be stopped and repeated.
///
/// # Errors
/// No such source, not one of arXiv's, the interface or the database fails.
pub async fn backfill(
    ctx: &Context,
    slug: &str,
    (from, until): (NaiveDate, NaiveDate),
) -> anyhow::Result<Report> {
    let config = ctx.feeds.sources.iter().find(|source| source.slug == slug);
    let config = config.with_context(|| format!("feeds.toml has no source {slug:?}"))?;
    let pages = oai::first_pages(&config.url, from);
    anyhow::ensure!(
        config.kind == SourceKind::Arxiv && !pages.is_empty(),
        "{slug:?} is no source of kind \"arxiv\" with a category in its address: only arXiv keeps days of the past"
    );
    enter_sources(ctx).await?;
    let id =
        sources::id_of(&ctx.pool, slug).await?.with_context(|| format!("the source {slug:?} is disabled"))?;
    let run = Run::new(ctx)?;
    let mut report = Report::default();
    let work = ctx.progress.start("backfill", pages.len());
    for first in pages {
        category(&run, config, id, (first, from, until), &mut report).await?;
        work.step();
    }
    work.finish(&format!("{} papers", report.count("items")));
    Ok(report)
}

async fn category(
    run: &Run<'_>,
    config: &SourceConfig,
    id: SourceId,
    (first, from, until): (String, NaiveDate, NaiveDate),
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut next = Some(first);
    for _ in 0..MAX_PAGES {
        let Some(url) = next.take().filter(|_| !run.ctx.cancel.is_cancelled()) else { break };
        let body = page(run, config, &url).await?;
        let now = run.ctx.clock.now();
        let hints = Hints {
            content_type: body.content_type.as_deref(),
            base: &body.final_url,
            language: config.language,
            now,
        };
        let page = oai::parse(&body.bytes, &hints).map_err(anyhow::Error::msg)?;
        report.add("entries", page.entries.len() as u64);
        // The interface goes by the last change: old papers with a new version are among them.
        let is_wanted =
            |entry: &Entry| entry.published.is_some_and(|at| (from..=until).contains(&at.date_naive()));
        let wanted: Vec<Entry> = page.entries.into_iter().filter(is_wanted).collect();
        let every = SourceConfig { max_items: u32::MAX, ..config.clone() };
        let items = items::prepare(&super::check::as_source(config), Some(&every), wanted, now);
        let mut tx = run.ctx.pool.begin().await?;
        report.add("items", item_rows::store(&mut tx, id, &items, (usize::MAX, now)).await?.new);
        tx.commit().await?;
        next = page.token.and_then(|token| oai::next_page(&config.url, &token));
    }
    Ok(())
}

/// Patient: the interface often asks for a pause.
async fn page(run: &Run<'_>, config: &SourceConfig, url: &str) -> anyhow::Result<Body> {
    let mut trouble = None;
    for _ in 0..MAX_TRIES {
        let turn = run.api_turn(url).await;
        let ask = Ask { url, open: run.open(&config.slug), ..Ask::default() };
        match run.fetch(ask, turn, &config.slug).await {
            Ok(Fetched::Body(body)) => return Ok(body),
            Ok(Fetched::NotModified(_)) => anyhow::bail!("HTTP 304 although nobody asked for changes"),
            Err(Trouble::Status { status: 503 | 429, retry_after: Some(seconds), .. }) => {
                trouble = Some(format!("asks for a pause of {seconds} s"));
                tokio::time::sleep(Duration::from_secs(seconds.min(LONGEST_PAUSE))).await;
            }
            Err(other) => trouble = Some(other.to_string()),
        }
    }
    anyhow::bail!("arXiv's interface fails: {}", trouble.unwrap_or_default())
}
