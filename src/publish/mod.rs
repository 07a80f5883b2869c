//! Stage publish: verdicts become a weekly issue and a paper of the month, in both languages, frozen, and queued for
//! every reader in one transaction.

mod gather;
mod hindsight;
mod paper;
mod period;
mod replay;

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::NaiveTime;
use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};

use crate::context::Context;
use crate::edition::{self, Edition, Inputs, Period};
use crate::model::{IssueContent, IssueId, IssueKind, Language, Report, StoryId};
use crate::store;
use crate::store::issues::{IssueRow, Queueing};

pub use self::hindsight::{follow_new, look_back};
pub use self::replay::{Difference, Replay, replay};
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

/// An issue as composed, or as it was published before.
#[derive(Clone, Debug)]
pub struct Composed {
    /// What it says.
    pub content: IssueContent,
    /// What it was made from; `None` where it was published before.
    pub inputs: Option<Inputs>,
    /// How it reads in each language.
    pub renderings: BTreeMap<Language, Rendering>,
    /// Its row; `None` in a dry run.
    pub issue_id: Option<IssueId>,
    /// It was published before, and nothing was changed.
    pub already: bool,
    /// Deliveries queued by this call.
    pub n_queued: u64,
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

fn no_paper(period: &Period) -> String {
    format!("no paper of the month for {}: none of that month's papers has passed the judge", period.name)
}

fn note(report: &mut Report, count: &str, composed: &Composed) {
    if !composed.already {
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
    let (n_items, _) = store::issues::reading(&ctx.pool, period.starts_at, period.ends_at).await?;
    Ok(!is_there && n_items > 0)
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
        let Some((inputs, content)) = gather::issue(ctx, kind, period, number).await? else {
            return Ok(None);
        };
        let is_empty = content.n_items == 0 && content.n_stories == 0;
        anyhow::ensure!(
            !is_empty || mode == Mode::DryRun,
            "nothing was read in {}, so there is nothing to publish",
            period.name
        );
        let renderings = render(ctx, &inputs, &content)?;
        let inputs = Some(inputs);
        let mut composed =
            Composed { content, inputs, renderings, issue_id: None, already: false, n_queued: 0 };
        if mode == Mode::DryRun || freeze(ctx, &mut composed).await? {
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
    Ok(Composed { content, inputs: None, renderings, issue_id, already: true, n_queued: 0 })
}

fn render(
    ctx: &Context,
    inputs: &Inputs,
    content: &IssueContent,
) -> anyhow::Result<BTreeMap<Language, Rendering>> {
    let one = |language: &Language| {
        let edition = Edition { language: *language, base_url: &inputs.base_url, days: inputs.period.days };
        let mail = edition::render(&ctx.templates, content, edition)?;
        let (subject, body_text, body_html) = (mail.subject, mail.body_text, mail.body_html);
        Ok((*language, Rendering { subject, body_text, body_html }))
    };
    Language::ALL.iter().map(one).collect()
}

/// Keeps the issue and queues its mails, all or nothing. False: another process published meanwhile, so number and
/// stories may be taken.
async fn freeze(ctx: &Context, composed: &mut Composed) -> anyhow::Result<bool> {
    let (content, now) = (&composed.content, ctx.clock.now());
    let mut tx = ctx.pool.begin().await?;
    store::issues::lock(&mut tx).await?;
    // Both: the number was read after the look for the period, and the period may have been published in between.
    let is_taken = store::issues::by_period(&mut tx, content.kind, &content.period).await?.is_some();
    if is_taken || store::issues::next_number(&mut tx, content.kind).await? != content.number {
        return Ok(false);
    }
    let sha256 = content_digest(content)?;
    let id = store::issues::insert(&mut tx, content, &sha256, now).await?;
    for (language, rendering) in &composed.renderings {
        let Rendering { subject, body_text, body_html } = rendering;
        let sha256 = digest(&[subject, body_text, body_html]);
        store::issues::insert_rendering(&mut tx, id, *language, rendering, &sha256).await?;
    }
    store::issues::insert_stories(&mut tx, id, content).await?;
    if let Some(inputs) = &composed.inputs {
        store::issue_inputs::insert(&mut tx, id, &serde_json::to_value(inputs)?).await?;
        store::issue_inputs::insert_events(&mut tx, id, &events(inputs, content)).await?;
    }
    if !store::errata::mark_told(&mut tx, id, &content.errata).await? {
        return Ok(false);
    }
    let settings = &ctx.settings;
    let how = Queueing {
        domain: &domain(&settings.mail.from),
        now,
        morning: NaiveTime::parse_from_str(&settings.mail.morning, "%H:%M").ok(),
        time_zone: &settings.schedule.time_zone,
    };
    composed.n_queued = store::issues::queue_deliveries(&mut tx, id, content, how).await?;
    tx.commit().await.context("cannot publish the issue")?;
    composed.issue_id = Some(id);
    Ok(true)
}

/// The events that the issue tells.
fn events(inputs: &Inputs, content: &IssueContent) -> Vec<(StoryId, String)> {
    let told = edition::told_stories(content).map(|story| story.story_id);
    let keys = |id: StoryId| inputs.events.get(&id).into_iter().flatten().map(move |key| (id, key.clone()));
    told.flat_map(keys).collect()
}

fn content_digest(content: &IssueContent) -> anyhow::Result<String> {
    Ok(digest(&[&serde_json::to_string(content)?]))
}

/// Hex, of the parts with a line end between them.
fn digest(parts: &[&str]) -> String {
    Sha256::digest(parts.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// "example.org" of "Name <news@example.org>", in ASCII; a Message-ID ends with it.
fn domain(from: &str) -> String {
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain.trim_end_matches(['>', ' ']));
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(name))
            if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.') =>
        {
            name
        }
        _ => "headsup.invalid".to_owned(),
    }
}
