//! `headsup up` and `headsup serve`: until Ctrl-C.

use std::process::ExitCode;

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::open::Surroundings;
use super::output;
use crate::context::Context;
use crate::{schedule, serve};

/// Database, schedule and archive.
pub async fn up(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = both(&app.ctx).await;
    app.close_after(outcome).await?;
    Ok(ExitCode::SUCCESS)
}

/// The archive alone.
pub async fn serve(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = archive(&app.ctx).await;
    app.close_after(outcome).await?;
    Ok(ExitCode::SUCCESS)
}

/// Whichever fails first ends the other, so that a half-running headsup is noticed.
async fn both(ctx: &Context) -> anyhow::Result<()> {
    let listener = listen(ctx).await?;
    let web = async {
        let outcome = serve::run(ctx.clone(), listener).await;
        ctx.cancel.cancel();
        outcome
    };
    let jobs = async {
        let outcome = schedule::run(ctx).await;
        ctx.cancel.cancel();
        outcome
    };
    let (web, jobs) = tokio::join!(web, jobs);
    web.and(jobs)
}

async fn archive(ctx: &Context) -> anyhow::Result<()> {
    let listener = listen(ctx).await?;
    serve::run(ctx.clone(), listener).await
}

async fn listen(ctx: &Context) -> anyhow::Result<TcpListener> {
    let place = &ctx.settings.site.listen;
    let listener = TcpListener::bind(place.as_str()).await.with_context(|| {
        format!("cannot listen on {place}: is another headsup running? Choose another [site] listen")
    })?;
    output::line(&format!("the archive is open at http://{}", listener.local_addr()?))?;
    Ok(listener)
}
