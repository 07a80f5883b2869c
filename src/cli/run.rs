//! `headsup run`, the single stages, and `headsup migrate`.

use std::process::ExitCode;

use super::open::Surroundings;
use super::output;
use crate::model::Report;
use crate::pipeline::{self, Stage};
use crate::store::claims;

/// The whole pipeline, once.
pub async fn all(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = pipeline::run(&app.ctx).await;
    show(around, &app.close_after(outcome).await?)
}

/// One stage, once.
pub async fn one(around: &Surroundings, stage: Stage) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = pipeline::run_stages(&app.ctx, &[stage]).await;
    show(around, &app.close_after(outcome).await?)
}

/// The first stage, with every source due.
pub async fn crawl_all(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = async {
        claims::make_due(&app.ctx.pool, app.ctx.clock.now()).await?;
        pipeline::run_stages(&app.ctx, &[Stage::Crawl]).await
    };
    let outcome = outcome.await;
    show(around, &app.close_after(outcome).await?)
}

/// Opening migrates; this only says so.
pub async fn migrate(around: &Surroundings) -> anyhow::Result<ExitCode> {
    around.open().await?.close().await?;
    if around.global.json {
        output::json(&serde_json::json!({ "migrated": true }))?;
    } else if !around.global.quiet {
        output::line("the database is up to date")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(around: &Surroundings, reports: &[(String, Report)]) -> anyhow::Result<ExitCode> {
    if !around.global.quiet || around.global.json {
        output::reports(reports, around.global.json)?;
    }
    Ok(ExitCode::SUCCESS)
}
