//! `headsup publish weekly|paper|EDITION`.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Context as _;
use chrono_tz::Tz;

use super::args::PublishArgs;
use super::open::Surroundings;
use super::{UsageError, output};
use crate::context::Context;
use crate::model::IssueKind;
use crate::publish::{self, Composed, Mode, Pin, Series};

/// Composes; shows the issue where it is only a dry run or a preview, says its number where it is published.
pub async fn run(around: &Surroundings, args: &PublishArgs) -> anyhow::Result<ExitCode> {
    let usage = |error: anyhow::Error| UsageError(error.to_string());
    let series = Series::named(&args.series, &around.settings()?.settings).map_err(usage)?;
    if let Some(period) = &args.period {
        series.period(period, Tz::UTC).map_err(usage)?;
    }
    if !args.with.is_empty() {
        return super::publish_with::run(around, args).await;
    }
    if args.replay {
        return replay(around, args, &series).await;
    }
    if args.pin.is_some() && series.kind() != IssueKind::Paper {
        return Err(UsageError("--pin chooses a paper: headsup publish paper --pin ID".into()).into());
    }
    let app = around.open().await?;
    if let Some(paper) = &args.pin {
        let pinned = publish::pin(&app.ctx, args.period.as_deref(), paper).await;
        return match app.close_after(pinned).await? {
            Pin::Kept(month) => {
                let next = "`headsup publish paper` or the schedule takes it";
                output::line(&format!("{paper} is pinned for {month}: {next}"))?;
                Ok(ExitCode::SUCCESS)
            }
            Pin::Refused(why) => Err(UsageError(why).into()),
        };
    }
    let outcome = compose(&app.ctx, args, &series).await;
    let home = app.ctx.settings.home.clone();
    let Some(composed) = app.close_after(outcome).await? else {
        output::line(&format!(
            "{}: a quiet time, no issue; its stories wait for the next (`skip_quiet`)",
            series.slug()
        ))?;
        return Ok(ExitCode::SUCCESS);
    };
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

async fn compose(ctx: &Context, args: &PublishArgs, series: &Series) -> anyhow::Result<Option<Composed>> {
    let mode = if args.dry_run || args.preview { Mode::DryRun } else { Mode::Publish };
    let period = args.period.as_deref();
    match series {
        Series::Paper => publish::paper(ctx, period, mode).await.map(Some),
        _ => publish::of_series(ctx, series, period, mode).await,
    }
}

/// Exit code 1 if a byte differs.
async fn replay(around: &Surroundings, args: &PublishArgs, series: &Series) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = publish::replay_edition(&app.ctx, series, args.period.as_deref().unwrap_or_default()).await;
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
                "{} {number} ({period}): content and mails are the same, byte for byte{by}",
                series.slug()
            ))?;
        } else {
            output::line(&format!(
                "{} {number} ({period}): differs from what was published{by}",
                series.slug()
            ))?;
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
    let file = folder.join(format!("{}-{}-{}.html", content.series(), content.period, args.language));
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
    let what = format!("{} {} ({}), {n_stories} stories", content.series(), content.number, content.period);
    if composed.draft.is_some() {
        let hint = "look at it with `headsup draft show`, publish it with `headsup draft approve`";
        let held = if composed.already { "is held as a draft already" } else { "held as a draft" };
        format!("{} ({}), {n_stories} stories: {held}; {hint}", content.series(), content.period)
    } else if composed.already {
        format!("{what}: was published before, nothing changed")
    } else {
        format!("{what}: published")
    }
}
