//! Stage publish: verdicts become a weekly issue and a paper of the month, in both languages, frozen, and queued for
//! every reader in one transaction.

mod editors;
mod gather;
mod hindsight;
mod paper;
mod period;
mod replay;

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
pub use self::paper::want_texts;
pub use self::replay::{Difference, Replay, replay};
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
    let work = ctx.progress.start("publish", 2);
    for (kind, count) in [(IssueKind::Weekly, "issues"), (IssueKind::Paper, "papers")] {
        if ctx.cancel.is_cancelled() {
            break;
        }
        let period = last_period(ctx, kind)?;
        if is_wanted(ctx, kind, &period).await? {
            match compose(ctx, kind, &period, Mode::Publish).await? {
                Some(composed) => note(&mut report, count, &composed),
                None => report.warnings.push(no_paper(&period)),
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
    let period = match period {
        Some(name) => period::week(name, zone(ctx)?)?,
        None => last_period(ctx, IssueKind::Weekly)?,
    };
    compose(ctx, IssueKind::Weekly, &period, mode)
        .await?
        .with_context(|| format!("no issue for {}", period.name))
}

/// Chooses the paper of `period` ("2026-11"; `None`: the last month that is over).
///
/// # Errors
/// `period` is no month, not over yet (unless a dry run), or brought no paper; the database or a template fails.
pub async fn paper(ctx: &Context, period: Option<&str>, mode: Mode) -> anyhow::Result<Composed> {
    let period = match period {
        Some(name) => period::month(name, zone(ctx)?)?,
        None => last_period(ctx, IssueKind::Paper)?,
    };
    compose(ctx, IssueKind::Paper, &period, mode).await?.with_context(|| no_paper(&period))
}

/// Keeps the operator's wish for the paper of `period` (`None`: the last month that is over, or this one if that has its
/// paper); the name of the month.
///
/// # Errors
/// `period` is no month or has its paper, nobody knows the wished one, or the database fails.
pub async fn pin(ctx: &Context, period: Option<&str>, paper: &str) -> anyhow::Result<String> {
    let period = match period {
        Some(name) => period::month(name, zone(ctx)?)?,
        None => {
            let last = last_period(ctx, IssueKind::Paper)?;
            let mut conn = ctx.pool.acquire().await?;
            match store::issues::by_period(&mut conn, IssueKind::Paper, &last.name).await? {
                Some(_) => period::this_month(ctx.clock.now(), zone(ctx)?),
                None => last,
            }
        }
    };
    self::paper::pin(ctx, &period, paper).await?;
    Ok(period.name)
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

/// Whether `name` names a period of `kind`: before anything is opened.
///
/// # Errors
/// It does not; the error says how one is written.
pub fn check_period(kind: IssueKind, name: &str) -> anyhow::Result<()> {
    match kind {
        IssueKind::Weekly => period::week(name, Tz::UTC).map(drop),
        IssueKind::Paper => period::month(name, Tz::UTC).map(drop),
    }
}

fn last_period(ctx: &Context, kind: IssueKind) -> anyhow::Result<Period> {
    Ok(match kind {
        IssueKind::Weekly => period::last_week(ctx.clock.now(), zone(ctx)?),
        IssueKind::Paper => period::last_month(ctx.clock.now(), zone(ctx)?),
    })
}

/// A period in which nothing was read gets no issue: the news would be that headsup did not run.
async fn is_wanted(ctx: &Context, kind: IssueKind, period: &Period) -> anyhow::Result<bool> {
    let mut conn = ctx.pool.acquire().await?;
    let is_there = store::issues::by_period(&mut conn, kind, &period.name).await?.is_some();
    drop(conn);
    // One that was thrown away is not made again by itself.
    let is_drafted = store::drafts::by_period(&ctx.pool, kind.as_str(), &period.name).await?.is_some();
    let (n_items, _) = store::issues::reading(&ctx.pool, period.starts_at, period.ends_at).await?;
    Ok(!is_there && !is_drafted && n_items > 0)
}

/// Finds the issue of the period, or makes it; `None`: the month has no paper.
async fn compose(
    ctx: &Context,
    kind: IssueKind,
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
        if let Some(issue) = store::issues::by_period(&mut conn, kind, &period.name).await? {
            return Ok(Some(published(ctx, issue).await?));
        }
        let number = store::issues::next_number(&mut conn, kind).await?;
        drop(conn);
        if let Some(held) = held(ctx, kind, period).await? {
            return Ok(Some(held));
        }
        let Some((inputs, content)) = gather::issue(ctx, kind, period, number).await? else {
            return Ok(None);
        };
        let is_empty = content.n_items == 0 && content.n_stories == 0;
        anyhow::ensure!(
            !is_empty || mode == Mode::DryRun,
            "nothing was read in {}, so there is nothing to publish",
            period.name
        );
        let renderings = press::render(ctx, &inputs, &content)?;
        let inputs = Some(inputs);
        let mut composed = Composed {
            content,
            inputs,
            renderings,
            issue_id: None,
            already: false,
            n_queued: 0,
            draft: None,
        };
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
async fn held(ctx: &Context, kind: IssueKind, period: &Period) -> anyhow::Result<Option<Composed>> {
    let row = store::drafts::by_period(&ctx.pool, kind.as_str(), &period.name).await?;
    let Some(row) = row.filter(|row| row.is_held()) else { return Ok(None) };
    let Some(draft) = press::open(ctx, row.id).await? else { return Ok(None) };
    let renderings = press::render(ctx, &draft.inputs, &draft.content)?;
    let (content, inputs, draft) = (draft.content, Some(draft.inputs), Some(row.id));
    Ok(Some(Composed { content, inputs, renderings, issue_id: None, already: true, n_queued: 0, draft }))
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
