//! `headsup demo`: the real pipeline over the sample internet, in a schema of its own.

use std::process::ExitCode;

use super::args::DemoArgs;
use super::open::{App, Surroundings};
use super::output;
use crate::demo::run::{self, DemoReport};
use crate::store;

/// Prepares, prints where to look, serves until Ctrl-C (not with `--exit`).
pub async fn run(around: &Surroundings, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = in_scratch(around, args, &app).await;
    app.close_after(outcome).await?;
    Ok(ExitCode::SUCCESS)
}

async fn in_scratch(around: &Surroundings, args: &DemoArgs, app: &App) -> anyhow::Result<()> {
    let scratch = store::scratch::open(&app.ctx.pool, run::SCHEMA).await?;
    let mut ctx = app.ctx.clone();
    ctx.pool = scratch.pool.clone();
    let outcome = prepare_and_serve(around, args, &ctx).await;
    scratch.pool.close().await;
    outcome
}

async fn prepare_and_serve(
    around: &Surroundings,
    args: &DemoArgs,
    ctx: &crate::context::Context,
) -> anyhow::Result<()> {
    let demo = run::prepare(ctx, args.port).await?;
    if around.global.json {
        output::json(&demo.report)?;
    } else {
        tell(&demo.report, args.exit)?;
    }
    if args.exit || ctx.cancel.is_cancelled() {
        return Ok(());
    }
    demo.serve().await
}

fn tell(report: &DemoReport, ends: bool) -> anyhow::Result<()> {
    let totals = &report.totals;
    let mut table = output::table(&["", ""]);
    for (name, n) in [
        ("sources read", totals.sources),
        ("items", totals.items),
        ("stories they tell", totals.stories),
        ("screened out", totals.dropped),
        ("issues", totals.issues),
        ("mails", totals.mails),
    ] {
        table.add_row([name.to_owned(), n.to_string()]);
    }
    table.add_row(["seconds".to_owned(), format!("{:.1}", report.seconds)]);
    output::line(&table.to_string())?;
    output::line(&format!("mails:   {}", report.outbox.display()))?;
    if !ends {
        output::line(&format!("archive: {}  (Ctrl-C ends it)", report.archive))?;
    }
    Ok(())
}
