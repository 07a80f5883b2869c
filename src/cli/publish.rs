//! `headsup publish weekly|paper`.

use std::process::ExitCode;

use super::args::{IssueWord, PublishArgs};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::context::Context;
use crate::model::IssueKind;
use crate::publish::{self, Composed, Mode};

/// Composes; shows the issue where it is only a dry run, says its number where it is published.
pub async fn run(around: &Surroundings, args: &PublishArgs) -> anyhow::Result<ExitCode> {
    let kind = match args.kind {
        IssueWord::Weekly => IssueKind::Weekly,
        IssueWord::Paper => IssueKind::Paper,
    };
    if let Some(period) = &args.period {
        publish::check_period(kind, period).map_err(|error| UsageError(error.to_string()))?;
    }
    let app = around.open().await?;
    let outcome = compose(&app.ctx, args).await;
    let composed = app.close_after(outcome).await?;
    if around.global.json {
        output::json(&composed.content)?;
    } else if args.dry_run {
        show(&composed, args)?;
    } else {
        output::line(&said(&composed))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn compose(ctx: &Context, args: &PublishArgs) -> anyhow::Result<Composed> {
    let mode = if args.dry_run { Mode::DryRun } else { Mode::Publish };
    let period = args.period.as_deref();
    match args.kind {
        IssueWord::Weekly => publish::weekly(ctx, period, mode).await,
        IssueWord::Paper => publish::paper(ctx, period, mode).await,
    }
}

fn show(composed: &Composed, args: &PublishArgs) -> anyhow::Result<()> {
    if let Some(rendering) = composed.renderings.get(&args.language) {
        output::line(&format!("{}\n\n{}", rendering.subject, rendering.body_text))?;
    }
    Ok(())
}

fn said(composed: &Composed) -> String {
    let content = &composed.content;
    let n_stories: usize = content.sections.iter().map(|section| section.stories.len()).sum();
    let what = format!("{} {} ({}), {n_stories} stories", content.kind, content.number, content.period);
    if composed.already {
        format!("{what}: was published before, nothing changed")
    } else {
        format!("{what}: published")
    }
}
