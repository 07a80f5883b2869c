//! Stage publish: verdicts become a weekly issue and a paper of the month, in both languages, frozen, and queued for
//! every reader in one transaction.

mod clean;
mod content;
mod errata;
mod hindsight;
mod hindsight_view;
mod mail;
mod paper;
mod period;
mod select;
mod view;
mod words;
mod wrap;

use std::collections::{BTreeMap, HashMap};

use anyhow::Context as _;
use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};

use self::content::Counts;
use self::period::Period;
use self::view::Edition;
use crate::context::Context;
use crate::model::{IssueContent, IssueId, IssueKind, IssueStory, Language, Report, Story, StoryId, Verdict};
use crate::store;
use crate::store::issues::{Candidate, IssueRow};

pub use self::hindsight::{follow_new, look_back};
pub use crate::store::issues::Rendering;

/// Characters of an article that choosing the paper reads.
const ABSTRACT_CHARS: i32 = 4000;

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
        report.add("stories", view::told_stories(&composed.content).count() as u64);
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
        let Some(content) = write(ctx, kind, period, number).await? else { return Ok(None) };
        let is_empty = content.n_items == 0 && content.n_stories == 0;
        anyhow::ensure!(
            !is_empty || mode == Mode::DryRun,
            "nothing was read in {}, so there is nothing to publish",
            period.name
        );
        let renderings = render(ctx, &content)?;
        let mut composed = Composed { content, renderings, issue_id: None, already: false, n_queued: 0 };
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
    Ok(Composed { content: issue.content, renderings, issue_id: Some(issue.id), already: true, n_queued: 0 })
}

/// What the issue says; `None`: the month has no paper.
async fn write(
    ctx: &Context,
    kind: IssueKind,
    period: &Period,
    number: i32,
) -> anyhow::Result<Option<IssueContent>> {
    let (starts_at, ends_at) = (period.starts_at, period.ends_at);
    let candidates = store::issues::candidates(&ctx.pool, kind, starts_at, ends_at).await?;
    let (n_items, n_sources) = store::issues::reading(&ctx.pool, starts_at, ends_at).await?;
    let counts = Counts { n_items, n_sources, ..Counts::default() };
    match kind {
        IssueKind::Weekly => Ok(Some(write_weekly(ctx, period, number, (candidates, counts)).await?)),
        IssueKind::Paper => write_paper(ctx, period, number, (candidates, counts)).await,
    }
}

async fn write_weekly(
    ctx: &Context,
    period: &Period,
    number: i32,
    (candidates, counts): (Vec<Candidate>, Counts),
) -> anyhow::Result<IssueContent> {
    let chosen = select::select(&candidates, &ctx.settings.digest);
    let ids: Vec<StoryId> = chosen.sections.iter().flat_map(|(_, ids)| ids).copied().collect();
    let stories = freeze_stories(load(ctx, &ids, 0).await?, &candidates, content::story);
    let counts = Counts { n_stories: chosen.n_stories, dropped: chosen.dropped_counts, ..counts };
    let sections = content::sections(&chosen.sections, &stories);
    let issue = content::issue(IssueKind::Weekly, number, period, counts, sections);
    let errata = store::errata::to_tell(&ctx.pool, period.ends_at).await?;
    let hindsight = hindsight::note(ctx, period.ends_at, zone(ctx)?).await?;
    Ok(IssueContent { quiet: chosen.quiet, errata, hindsight, ..issue })
}

async fn write_paper(
    ctx: &Context,
    period: &Period,
    number: i32,
    (candidates, counts): (Vec<Candidate>, Counts),
) -> anyhow::Result<Option<IssueContent>> {
    let loaded = load(ctx, &paper::shortlist(&candidates), ABSTRACT_CHARS).await?;
    let ranked = paper::rank(&loaded);
    let Some(first) = ranked.first() else { return Ok(None) };
    let runners_up = ranked[1..].iter().map(|paper| paper.id).collect();
    let chosen = [("leads".to_owned(), vec![first.id]), ("research".to_owned(), runners_up)];
    let stories = freeze_stories(loaded, &candidates, paper::story);
    let (n_stories, dropped) = paper::count(&candidates);
    let counts = Counts { n_stories, dropped, ..counts };
    let sections = content::sections(&chosen, &stories);
    let issue = content::issue(IssueKind::Paper, number, period, counts, sections);
    Ok(Some(IssueContent { reasons: first.reasons.clone(), ..issue }))
}

/// By id. Owners count as `group` counted them: a source that only listed the same link has no item to show.
fn freeze_stories(
    loaded: Vec<(Story, Verdict)>,
    candidates: &[Candidate],
    freeze: fn(&Story, Verdict) -> IssueStory,
) -> BTreeMap<StoryId, IssueStory> {
    let owners =
        |candidate: &Candidate| (candidate.id, usize::try_from(candidate.n_owners).unwrap_or_default());
    let n_owners: HashMap<StoryId, usize> = candidates.iter().map(owners).collect();
    let frozen = loaded.into_iter().map(|(story, verdict)| {
        let frozen = freeze(&story, verdict);
        let counted = n_owners.get(&story.id).copied().unwrap_or_default();
        (story.id, IssueStory { n_owners: frozen.n_owners.max(counted), ..frozen })
    });
    frozen.collect()
}

/// Stories with their current verdicts, in the order of `ids`. A verdict that cannot be read costs its story only.
async fn load(ctx: &Context, ids: &[StoryId], max_chars: i32) -> anyhow::Result<Vec<(Story, Verdict)>> {
    let mut verdicts = store::issues::verdicts(&ctx.pool, ids).await?;
    if verdicts.len() < ids.len() {
        tracing::warn!(n_stories = ids.len(), n_verdicts = verdicts.len(), "some verdicts cannot be read");
    }
    let stories = store::story_view::load(&ctx.pool, ids, max_chars).await?;
    let judged = |story: Story| {
        let verdict = verdicts.remove(&story.id)?;
        Some((story, verdict))
    };
    Ok(stories.into_iter().filter_map(judged).collect())
}

fn render(ctx: &Context, content: &IssueContent) -> anyhow::Result<BTreeMap<Language, Rendering>> {
    let days = period::days(content.starts_at, content.ends_at, zone(ctx)?);
    let base_url = ctx.settings.site.base_url.trim_end_matches('/');
    let one = |language: &Language| {
        let edition = Edition { language: *language, base_url, days };
        Ok((*language, mail::render(&ctx.templates, content, edition)?))
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
    let sha256 = digest(&[&serde_json::to_string(content)?]);
    let id = store::issues::insert(&mut tx, content, &sha256, now).await?;
    for (language, rendering) in &composed.renderings {
        let Rendering { subject, body_text, body_html } = rendering;
        let sha256 = digest(&[subject, body_text, body_html]);
        store::issues::insert_rendering(&mut tx, id, *language, rendering, &sha256).await?;
    }
    store::issues::insert_stories(&mut tx, id, content).await?;
    if !store::errata::mark_told(&mut tx, id, &content.errata).await? {
        return Ok(false);
    }
    let domain = domain(&ctx.settings.mail.from);
    composed.n_queued = store::issues::queue_deliveries(&mut tx, id, content, domain, now).await?;
    tx.commit().await.context("cannot publish the issue")?;
    composed.issue_id = Some(id);
    Ok(true)
}

/// Hex, of the parts with a line end between them.
fn digest(parts: &[&str]) -> String {
    Sha256::digest(parts.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// "example.org" of "Name <news@example.org>"; a Message-ID ends with it.
fn domain(from: &str) -> &str {
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain.trim_end_matches(['>', ' ']));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if domain.is_empty() || !domain.chars().all(is_name) { "headsup.invalid" } else { domain }
}
