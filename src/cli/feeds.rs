//! `headsup feeds list`, `check` and `backfill`, and the way to the others.

use std::collections::HashMap;
use std::process::ExitCode;

use chrono::NaiveDate;

use super::args::{FeedsArgs, FeedsCommand};
use super::open::{App, Surroundings};
use super::{UsageError, feeds_edit, feeds_opml, feeds_try, output};
use crate::{crawl, store};

/// Runs the subcommand.
pub async fn run(around: &Surroundings, args: FeedsArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        FeedsCommand::List => list(around),
        FeedsCommand::Check => check(around).await,
        FeedsCommand::Try { target } => feeds_try::run(around, &target).await,
        FeedsCommand::Discover { url } => feeds_edit::discover(around, &url).await,
        FeedsCommand::Add { url, slug, name, lane, language } => {
            feeds_edit::add(around, &url, feeds_edit::Wishes { slug, name, lane, language }).await
        }
        FeedsCommand::Import { file, lane, dry_run } => feeds_opml::import(around, &file, (lane, dry_run)),
        FeedsCommand::Export { file } => feeds_opml::export(around, file.as_deref()),
        FeedsCommand::Backfill { slug, from, until } => backfill(around, &slug, (from, until)).await,
        FeedsCommand::Disable { slug } => feeds_edit::switch(around, &slug, false),
        FeedsCommand::Enable { slug } => feeds_edit::switch(around, &slug, true),
    }
}

fn list(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let feeds = around.feeds()?;
    if around.global.json {
        output::json(&feeds.sources)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["slug", "kind", "lane", "tier", "", "owner", "address"]);
    for source in &feeds.sources {
        let language = if source.enabled { source.language.as_str() } else { "off" };
        table.add_row([
            &source.slug,
            source.kind.as_str(),
            source.lane.as_str(),
            source.tier.as_str(),
            language,
            &source.owner,
            &source.url,
        ]);
    }
    output::line(&table.to_string())?;
    Ok(ExitCode::SUCCESS)
}

async fn backfill(
    around: &Surroundings,
    slug: &str,
    (from, until): (NaiveDate, NaiveDate),
) -> anyhow::Result<ExitCode> {
    if from > until {
        return Err(UsageError(format!("--from {from} is after --until {until}")).into());
    }
    let feeds = around.feeds()?;
    let slugs = || feeds.sources.iter().map(|source| source.slug.as_str());
    if !slugs().any(|known| known == slug) {
        return Err(feeds_try::unknown(slug, slugs()).into());
    }
    let app = around.open().await?;
    let outcome = crawl::backfill(&app.ctx, slug, (from, until)).await;
    let report = app.close_after(outcome).await?;
    if around.global.json {
        output::json(&report)?;
    } else {
        let (read, new) = (report.count("entries"), report.count("items"));
        output::line(&format!("{read} papers read, {new} new ones of {from} to {until} stored"))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn check(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = ask(around, &app).await;
    app.close_after(outcome).await
}

async fn ask(around: &Surroundings, app: &App) -> anyhow::Result<ExitCode> {
    let checked = crawl::check(&app.ctx).await?;
    let all_ok = checked.iter().all(|one| one.ok);
    let code = if all_ok { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    if around.global.json {
        output::json(&checked)?;
        return Ok(code);
    }
    let known = store::sources::list(&app.ctx.pool).await?;
    let known: HashMap<&str, _> = known.iter().map(|row| (row.slug.as_str(), row.last_ok_at)).collect();
    let mut table = output::table(&["source", "state", "entries", "newest", "ms", "last read", "says"]);
    for one in &checked {
        let last = known.get(one.slug.as_str()).copied().flatten();
        let mut says = one.message.clone();
        if !one.repairs.is_empty() {
            says = format!("{says} repaired: {}", one.repairs.join(", ")).trim().to_owned();
        }
        table.add_row([
            one.slug.clone(),
            one.state.clone(),
            one.entries.to_string(),
            output::time(one.newest),
            one.millis.to_string(),
            output::time(last),
            says,
        ]);
    }
    output::line(&table.to_string())?;
    Ok(code)
}
