//! Asks each configured source once and stores nothing: for `headsup feeds check`.

use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use serde::Serialize;
use tokio::time::Instant;

use super::answer::Trouble;
use super::ask::Failure;
use super::{Run, outcome};
use crate::config::SourceConfig;
use crate::context::Context;
use crate::model::{Source, SourceId};
use crate::store::hosts;

/// What a source answered.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Short unique name.
    pub slug: String,
    /// Whether it can be read.
    pub ok: bool,
    /// As it would stand on its row.
    pub state: String,
    /// How many entries it has.
    pub entries: usize,
    /// Date of the newest.
    pub newest: Option<DateTime<Utc>>,
    /// One line for the operator, empty if all is well.
    pub message: String,
    /// What had to be mended.
    pub repairs: Vec<String>,
    /// How long it took.
    pub millis: u64,
}

/// Asks every enabled source, in the order of feeds.toml.
///
/// # Errors
/// The TLS stack cannot be set up.
pub async fn check(ctx: &Context) -> anyhow::Result<Vec<Checked>> {
    let run = Run::new(ctx)?;
    let paused = hosts::paused(&ctx.pool, ctx.clock.now()).await?;
    run.paused().extend(paused);
    let enabled: Vec<&SourceConfig> = ctx.feeds.sources.iter().filter(|source| source.enabled).collect();
    let work = ctx.progress.start("check", enabled.len());
    let mut answers =
        futures::stream::iter(enabled).map(|source| one(&run, source)).buffered(ctx.settings.crawl.parallel);
    let mut checked = Vec::new();
    while let Some(answer) = answers.next().await {
        work.step();
        checked.push(answer);
        if ctx.cancel.is_cancelled() {
            break;
        }
    }
    work.finish(&format!("{} sources asked", checked.len()));
    Ok(checked)
}

async fn one(run: &Run<'_>, config: &SourceConfig) -> Checked {
    let began = Instant::now();
    let source = as_source(config);
    let asked = if config.heed_host_pause && run.paused().contains(&source.host) {
        Err(Failure::from(Trouble::Paused(source.host.clone())))
    } else {
        run.ask(&source).await
    };
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let slug = config.slug.clone();
    match asked {
        Ok(read) => {
            let (state, message) = read.state(&source, run.ctx.clock.now());
            let parsed = read.parsed.unwrap_or_default();
            Checked {
                slug,
                ok: state != "empty",
                state: state.to_owned(),
                entries: parsed.entries.len(),
                newest: parsed.entries.iter().filter_map(|entry| entry.published).max(),
                message: message.unwrap_or_default(),
                repairs: parsed.repairs,
                millis,
            }
        }
        Err(failure) => {
            let state =
                outcome::state_of_failure(&failure.message, failure.trouble.as_ref(), (true, 1)).to_owned();
            Checked {
                slug,
                ok: false,
                state,
                entries: 0,
                newest: None,
                message: failure.message,
                repairs: Vec::new(),
                millis,
            }
        }
    }
}

/// A source that has no row yet.
pub fn as_source(config: &SourceConfig) -> Source {
    Source {
        id: SourceId(0),
        slug: config.slug.clone(),
        name: config.name.clone(),
        kind: config.kind,
        url: config.url.clone(),
        lane: config.lane,
        language: config.language,
        tier: config.tier,
        owner: config.owner.clone(),
        etag: None,
        last_modified: None,
        body_sha256: None,
        n_failures: 0,
        host: super::host::origin(&config.url),
        moved_to: None,
        n_moved: 0,
        rhythm: None,
    }
}
