//! `headsup publish weekly|paper`.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Context as _;

use super::args::{IssueWord, PublishArgs};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::context::Context;
use crate::model::IssueKind;
use crate::publish::{self, Composed, Mode};

/// Composes; shows the issue where it is only a dry run or a preview, says its number where it is published.
pub async fn run(around: &Surroundings, args: &PublishArgs) -> anyhow::Result<ExitCode> {
    let kind = match args.kind {
        IssueWord::Weekly => IssueKind::Weekly,
        IssueWord::Paper => IssueKind::Paper,
    };
    if let Some(period) = &args.period {
        publish::check_period(kind, period).map_err(|error| UsageError(error.to_string()))?;
    }
    if !args.with.is_empty() {
        return super::publish_with::run(around, args).await;
    }
    if args.replay {
        return replay(around, args).await;
    }
    if args.pin.is_some() && args.kind == IssueWord::Weekly {
        return Err(UsageError("--pin chooses a paper: headsup publish paper --pin ID".into()).into());
    }
    let app = around.open().await?;
    if let Some(paper) = &args.pin {
        let pinned = publish::pin(&app.ctx, args.period.as_deref(), paper).await;
        return app.close_after(pinned).await.and_then(|month| {
            output::line(&format!(
                "{paper} is pinned for {month}: `headsup publish paper` or the schedule takes it"
            ))?;
            Ok(ExitCode::SUCCESS)
        });
    }
    let outcome = compose(&app.ctx, args).await;
    let home = app.ctx.settings.home.clone();
    let composed = app.close_after(outcome).await?;
    if args.preview {
        preview(&composed, args, &home)?;
    } else if around.global.json {
        output::json(&composed.content)?;
    } else if args.dry_run {
        show(&composed, args)?;
    } else {
        output::line(&said(&composed))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn compose(ctx: &Context, args: &PublishArgs) -> anyhow::Result<Composed> {
    let mode = if args.dry_run || args.preview { Mode::DryRun } else { Mode::Publish };
    let period = args.period.as_deref();
    match args.kind {
        IssueWord::Weekly => publish::weekly(ctx, period, mode).await,
        IssueWord::Paper => publish::paper(ctx, period, mode).await,
    }
}

/// Exit code 1 if a byte differs.
async fn replay(around: &Surroundings, args: &PublishArgs) -> anyhow::Result<ExitCode> {
    if args.kind == IssueWord::Paper {
        return Err(UsageError("only weekly issues can be made again".into()).into());
    }
    let app = around.open().await?;
    let outcome = publish::replay(&app.ctx, args.period.as_deref().unwrap_or_default()).await;
    let replay = app.close_after(outcome).await?;
    if around.global.json {
        output::json(&replay)?;
    } else {
        let (number, period) = (replay.number, &replay.period);
        let by = if replay.published_by == env!("CARGO_PKG_VERSION") {
            String::new()
        } else {
            format!(" (published by version {})", replay.published_by)
        };
        if replay.differences.is_empty() {
            output::line(&format!(
                "weekly {number} ({period}): content and mails are the same, byte for byte{by}"
            ))?;
        } else {
            output::line(&format!("weekly {number} ({period}): differs from what was published{by}"))?;
        }
        for difference in &replay.differences {
            output::line(&format!("{}\n- {}\n+ {}", difference.part, difference.published, difference.now))?;
        }
    }
    Ok(ExitCode::from(u8::from(!replay.differences.is_empty())))
}

/// Writes the mail as a page and asks the desktop to show it; without one, the path is enough.
fn preview(composed: &Composed, args: &PublishArgs, home: &Path) -> anyhow::Result<()> {
    let Some(rendering) = composed.renderings.get(&args.language) else { return Ok(()) };
    let folder = home.join("preview");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let content = &composed.content;
    let file = folder.join(format!("{}-{}-{}.html", content.kind, content.period, args.language));
    std::fs::write(&file, &rendering.body_html)
        .with_context(|| format!("cannot write {}", file.display()))?;
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = || std::process::Stdio::null();
    let opened = Command::new(opener).arg(&file).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
    if opened.is_err() {
        output::line("no browser was found; open this file:")?;
    }
    output::line(&file.display().to_string())?;
    Ok(())
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
    if composed.draft.is_some() {
        let hint = "look at it with `headsup draft show`, publish it with `headsup draft approve`";
        let held = if composed.already { "is held as a draft already" } else { "held as a draft" };
        format!("{} ({}), {n_stories} stories: {held}; {hint}", content.kind, content.period)
    } else if composed.already {
        format!("{what}: was published before, nothing changed")
    } else {
        format!("{what}: published")
    }
}
