//! Stage publish: verdicts become a weekly issue and a paper of the month, in both languages, frozen, and queued for
//! every reader in one transaction.

mod editors;
mod gather;
mod hindsight;
mod paper;
mod period;
mod replay;
mod series;

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono_tz::Tz;

use crate::config::Review;
use crate::context::Context;
use crate::edition::{self, Period};
use crate::model::{IssueKind, Language, Report};
use crate::press;
use crate::store;
use crate::store::issues::IssueRow;

pub use self::editors::{FirstEditor, OneView, TwoEditors, TwoViews, first_editor, second_editor};
pub use self::hindsight::{follow_new, look_back};
pub use self::paper::{Pin, want_texts};
pub use self::replay::{Difference, Replay, replay};
pub use self::series::Series;
pub use crate::press::Composed;
pub use crate::store::issues::Rendering;

/// Times that composing begins anew because another process froze an issue meanwhile.
const TRIES: usize = 5;

/// Whether anything is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Freezes the issue and queues its mails.
    Publish,
    /// Composes and renders only; also a period that is not over.
    DryRun,
}

/// Composes the last week and the last month's paper, unless they are there already or nothing was read in them.
///
/// # Errors
/// The database or a template fails.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let all = Series::all(&ctx.settings);
    let work = ctx.progress.start("publish", all.len());
    for series in &all {
        if ctx.cancel.is_cancelled() {
            break;
        }
        let period = last_period(ctx, series)?;
        let is_time = series.is_time(&period, ctx.clock.now(), zone(ctx)?);
        if is_time && is_wanted(ctx, series, &period).await? {
            match (compose(ctx, series, &period, Mode::Publish).await?, series) {
                (Some(composed), Series::Paper) => note(&mut report, "papers", &composed),
                (Some(composed), _) => note(&mut report, "issues", &composed),
                (None, Series::Paper) => report.warnings.push(no_paper(&period)),
                (None, _) => report.add("quiet_skipped", 1),
            }
        }
        work.step();
    }
    let this_month = period::this_month(ctx.clock.now(), zone(ctx)?);
    if paper::is_near(this_month.ends_at, ctx.clock.now()) {
        report.add("texts_wanted", paper::want_texts(ctx).await?);
    }
    work.finish(&format!("{} issues, {} papers", report.count("issues"), report.count("papers")));
    Ok(report)
}

/// Composes the weekly issue of `period` ("2026-W47"; `None`: the last week that is over).
///
/// # Errors
/// `period` is no week, not over yet, or without anything read (unless a dry run); the database or a template fails.
pub async fn weekly(ctx: &Context, period: Option<&str>, mode: Mode) -> anyhow::Result<Composed> {
    let composed = of_series(ctx, &Series::Weekly, period, mode).await?;
    composed.with_context(|| format!("no issue for {}", period.unwrap_or("the last week")))
}

/// Composes the issue of `period` of a series; `None`: it has no issue, since the month has no paper, or the time was quiet
/// and the edition skips such.
///
/// # Errors
/// `period` is none of the series', not over yet, or without anything read (unless a dry run); the database or a template
/// fails.
pub async fn of_series(
    ctx: &Context,
    series: &Series,
    period: Option<&str>,
    mode: Mode,
) -> anyhow::Result<Option<Composed>> {
    let period = match period {
        Some(name) => series.period(name, zone(ctx)?)?,
        None => last_period(ctx, series)?,
    };
    compose(ctx, series, &period, mode).await
}

/// Chooses the paper of `period` ("2026-11"; `None`: the last month that is over).
///
/// # Errors
/// `period` is no month, not over yet (unless a dry run), or brought no paper; the database or a template fails.
pub async fn paper(ctx: &Context, period: Option<&str>, mode: Mode) -> anyhow::Result<Composed> {
    let period = match period {
        Some(name) => period::month(name, zone(ctx)?)?,
        None => last_period(ctx, &Series::Paper)?,
    };
    compose(ctx, &Series::Paper, &period, mode).await?.with_context(|| no_paper(&period))
}

/// Keeps the operator's wish for the paper of `period` (`None`: the last month that is over, or this one if that has its
/// paper).
///
/// # Errors
/// `period` is no month, or the database fails.
pub async fn pin(ctx: &Context, period: Option<&str>, paper: &str) -> anyhow::Result<Pin> {
    let period = match period {
        Some(name) => period::month(name, zone(ctx)?)?,
        None => {
            let last = last_period(ctx, &Series::Paper)?;
            let mut conn = ctx.pool.acquire().await?;
            match store::issues::by_period(&mut conn, IssueKind::Paper, &last.name).await? {
                Some(_) => period::this_month(ctx.clock.now(), zone(ctx)?),
                None => last,
            }
        }
    };
    self::paper::pin(ctx, &period, paper).await
}

fn no_paper(period: &Period) -> String {
    format!("no paper of the month for {}: no paper of 10 to 45 days has passed the judge", period.name)
}

fn note(report: &mut Report, count: &str, composed: &Composed) {
    if composed.draft.is_some() {
        report.add("drafts", u64::from(!composed.already));
    } else if !composed.already {
        report.add(count, 1);
        report.add("stories", edition::told_stories(&composed.content).count() as u64);
        report.add("deliveries", composed.n_queued);
    }
}

fn zone(ctx: &Context) -> anyhow::Result<Tz> {
    let name = &ctx.settings.schedule.time_zone;
    name.parse().map_err(|_| anyhow::anyhow!("unknown time zone {name:?}"))
}

fn last_period(ctx: &Context, series: &Series) -> anyhow::Result<Period> {
    Ok(series.last_period(ctx.clock.now(), zone(ctx)?))
}

/// A period in which nothing was read gets no issue: the news would be that headsup did not run.
async fn is_wanted(ctx: &Context, series: &Series, period: &Period) -> anyhow::Result<bool> {
    let mut conn = ctx.pool.acquire().await?;
    let is_there = store::issues::by_period(&mut conn, series.slug(), &period.name).await?.is_some();
    drop(conn);
    // One that was thrown away is not made again by itself.
    let is_drafted = store::drafts::by_period(&ctx.pool, series.slug(), &period.name).await?.is_some();
    let (n_items, _) = store::issues::reading(&ctx.pool, period.starts_at, period.ends_at).await?;
    Ok(!is_there && !is_drafted && n_items > 0)
}

/// Finds the issue of the period, or makes it; `None`: the month has no paper, or a quiet time is skipped.
async fn compose(
    ctx: &Context,
    series: &Series,
    period: &Period,
    mode: Mode,
) -> anyhow::Result<Option<Composed>> {
    let is_over = period.ends_at <= ctx.clock.now();
    anyhow::ensure!(
        is_over || mode == Mode::DryRun,
        "{} is not over yet: publish it after {}, or look at it in a dry run",
        period.name,
        period.ends_at.format("%Y-%m-%d %H:%M UTC")
    );
    for _ in 0..TRIES {
        let mut conn = ctx.pool.acquire().await?;
        if let Some(issue) = store::issues::by_period(&mut conn, series.slug(), &period.name).await? {
            return Ok(Some(published(ctx, issue).await?));
        }
        let number = store::issues::next_number(&mut conn, series.slug()).await?;
        drop(conn);
        if let Some(held) = held(ctx, series, period).await? {
            return Ok(Some(held));
        }
        let Some((inputs, content)) = gather::issue(ctx, series, period, number).await? else {
            return Ok(None);
        };
        let is_empty = content.n_items == 0 && content.n_stories == 0;
        anyhow::ensure!(
            !is_empty || mode == Mode::DryRun,
            "nothing was read in {}, so there is nothing to publish",
            period.name
        );
        if content.quiet && series.skips_quiet() && mode == Mode::Publish {
            return Ok(None);
        }
        let mut composed = Composed::new(ctx, inputs, content)?;
        if mode == Mode::DryRun || keep(ctx, &mut composed).await? {
            return Ok(Some(composed));
        }
    }
    anyhow::bail!("other processes keep publishing: try again")
}

/// What was published before, as it was.
async fn published(ctx: &Context, issue: IssueRow) -> anyhow::Result<Composed> {
    let mut renderings = BTreeMap::new();
    for language in Language::ALL {
        if let Some(rendering) = store::issues::rendering(&ctx.pool, issue.id, *language).await? {
            renderings.insert(*language, rendering);
        }
    }
    let (content, issue_id) = (issue.content, Some(issue.id));
    Ok(Composed { content, inputs: None, renderings, issue_id, already: true, n_queued: 0, draft: None })
}

/// The draft of the period as it would be published now, if it waits for its operator.
async fn held(ctx: &Context, series: &Series, period: &Period) -> anyhow::Result<Option<Composed>> {
    let row = store::drafts::by_period(&ctx.pool, series.slug(), &period.name).await?;
    let Some(row) = row.filter(|row| row.is_held()) else { return Ok(None) };
    let Some(draft) = press::open(ctx, row.id).await? else { return Ok(None) };
    let composed = Composed::new(ctx, draft.inputs, draft.content)?;
    Ok(Some(Composed { already: true, draft: Some(row.id), ..composed }))
}

/// Publishes the issue, or holds it as a draft. False: another process was first.
async fn keep(ctx: &Context, composed: &mut Composed) -> anyhow::Result<bool> {
    let is_held = ctx.settings.digest.review == Review::Hold && composed.content.kind == IssueKind::Weekly;
    if let (true, Some(inputs)) = (is_held, &composed.inputs) {
        composed.draft = press::hold(ctx, inputs).await?;
        return Ok(composed.draft.is_some());
    }
    let mut tx = ctx.pool.begin().await?;
    store::issues::lock(&mut tx).await?;
    let is_kept = press::freeze(&mut tx, ctx, composed).await?;
    if is_kept {
        tx.commit().await.context("cannot publish the issue")?;
    }
    Ok(is_kept)
}
