//! The stages called in order, once; nothing else. Each run is written down in the table `runs`.

use crate::context::Context;
use crate::crawl;
use crate::extract;
use crate::group;
use crate::judge;
use crate::model::Report;
use crate::publish;
use crate::send;
use crate::store;

/// One stage: its name and how it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Asks the sources.
    Crawl,
    /// Reads the pages.
    Extract,
    /// Makes stories of items.
    Group,
    /// Makes verdicts of stories.
    Judge,
    /// Looks at what became of earlier stories.
    Hindsight,
    /// Makes issues of verdicts.
    Publish,
    /// Mails them.
    Send,
}

impl Stage {
    /// From the sources to the verdicts: what runs every few hours.
    pub const READING: [Self; 4] = [Self::Crawl, Self::Extract, Self::Group, Self::Judge];

    /// All of them, in the order of the flow.
    pub const ALL: [Self; 7] =
        [Self::Crawl, Self::Extract, Self::Group, Self::Judge, Self::Hindsight, Self::Publish, Self::Send];

    /// What is queued, as soon as it is due: an approved draft, a second attempt, a reminder.
    pub const MAILING: [Self; 1] = [Self::Send];

    /// What became of earlier stories: once a day is enough.
    pub const LOOKING_BACK: [Self; 1] = [Self::Hindsight];

    /// The name in commands, reports and `runs`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crawl => "crawl",
            Self::Extract => "extract",
            Self::Group => "group",
            Self::Judge => "judge",
            Self::Hindsight => "hindsight",
            Self::Publish => "publish",
            Self::Send => "send",
        }
    }
}

/// Runs all stages once.
///
/// # Errors
/// The first stage that fails as a whole ends the run; single sources, stories and readers never do.
pub async fn run(ctx: &Context) -> anyhow::Result<Vec<(String, Report)>> {
    run_stages(ctx, &Stage::ALL).await
}

/// Runs the given stages in their order. Ctrl-C ends the run between two stages (and inside, at a safe point).
///
/// # Errors
/// As [`run`].
pub async fn run_stages(ctx: &Context, stages: &[Stage]) -> anyhow::Result<Vec<(String, Report)>> {
    let mut reports = Vec::new();
    for stage in stages {
        if ctx.cancel.is_cancelled() {
            break;
        }
        reports.push((stage.name().to_owned(), run_stage(ctx, *stage).await?));
    }
    Ok(reports)
}

/// Whether somebody waits for a mail: a reader, or the operator.
///
/// # Errors
/// The database fails.
pub async fn is_mail_due(ctx: &Context) -> anyhow::Result<bool> {
    let (pool, now) = (&ctx.pool, ctx.clock.now());
    if store::deliveries::n_due(pool, now).await? > 0 || store::letters::is_due(pool, now).await? {
        return Ok(true);
    }
    let is_told = ctx.settings.mail.operator.is_some();
    Ok(is_told
        && (store::operator_mails::is_due(pool, now).await?
            || !store::drafts::to_mail(pool, now).await?.is_empty()))
}

/// Runs one stage and writes the run down, also a failed one.
///
/// # Errors
/// The stage fails as a whole, or the database does.
pub async fn run_stage(ctx: &Context, stage: Stage) -> anyhow::Result<Report> {
    let id = store::runs::begin(&ctx.pool, stage.name(), ctx.clock.now()).await?;
    let outcome = call(ctx, stage).await;
    let text = outcome.as_ref().err().map(|error| format!("{error:#}"));
    let noted = match (&outcome, &text) {
        (Ok(report), _) => Ok(report),
        (Err(_), text) => Err(text.as_deref().unwrap_or_default()),
    };
    store::runs::end(&ctx.pool, id, noted, ctx.clock.now()).await?;
    outcome
}

async fn call(ctx: &Context, stage: Stage) -> anyhow::Result<Report> {
    match stage {
        Stage::Crawl => crawl::run(ctx).await,
        Stage::Extract => extract::run(ctx).await,
        Stage::Group => group::run(ctx).await,
        Stage::Judge => judge::run(ctx).await,
        Stage::Hindsight => look_back(ctx).await,
        Stage::Publish => publish::run(ctx).await,
        Stage::Send => send::run(ctx).await,
    }
}

/// No stage of its own: publish begins to follow, crawl looks whether links are still there, publish writes down.
async fn look_back(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = publish::follow_new(ctx).await?;
    report.absorb(crawl::look_after(ctx).await?);
    report.absorb(publish::look_back(ctx).await?);
    Ok(report)
}
