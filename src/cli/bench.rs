//! `headsup bench`: measurements that can be printed again.

use std::path::PathBuf;
use std::process::ExitCode;

use super::args_bench::{BenchArgs, BenchCommand, BenchSendArgs};
use super::open::Surroundings;
use super::output;
use crate::bench;
use crate::bench::crawl::Phase;
use crate::bench::farm::Farm;
use crate::clock::Clock;
use crate::context::Context;
use crate::progress::Progress;
use crate::store;

/// The schema of its own in which the crawl is measured.
const SCHEMA: &str = "headsup_bench";

/// Runs the subcommand.
pub async fn run(around: &Surroundings, args: BenchArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        BenchCommand::Crawl { sources: feeds, items, latency_ms } => {
            crawl(around, Farm { feeds, items, latency_ms }).await?;
        }
        BenchCommand::Parse { paths } => parse(around, &paths)?,
        BenchCommand::Extract { paths } => extract(around, &paths)?,
        BenchCommand::Group { archived, new } => group(around, &archived, new).await?,
        BenchCommand::Publish { stories } => publish(around, stories).await?,
        BenchCommand::Send(args) => send(around, args).await?,
        BenchCommand::Sink => bench::sink::serve().await?,
        BenchCommand::Farm { sources: feeds, items, latency_ms } => {
            bench::farm::serve(Farm { feeds, items, latency_ms }).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures in a schema of its own, which nothing else sees.
async fn in_scratch<T>(
    around: &Surroundings,
    measure: impl AsyncFnOnce(&Context) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let app = around.open().await?;
    let outcome = async {
        let scratch = store::scratch::open(&app.ctx.pool, SCHEMA).await?;
        let measured = measure(&Context { pool: scratch.pool.clone(), ..app.ctx.clone() }).await;
        scratch.pool.close().await;
        measured
    };
    let outcome = outcome.await;
    app.close_after(outcome).await
}

/// The same without progress bars, whose drawing would be measured too.
fn quiet(ctx: &Context) -> Context {
    Context { progress: Progress::Quiet, ..ctx.clone() }
}

async fn crawl(around: &Surroundings, farm: Farm) -> anyhow::Result<()> {
    let phases = in_scratch(around, async |ctx| bench::crawl::run(ctx, farm).await).await?;
    if around.global.json {
        return output::json(&phases);
    }
    output::line(&format!(
        "{} feeds of {} entries, {} ms until each answer:",
        farm.feeds, farm.items, farm.latency_ms
    ))?;
    let mut table = output::table(&["", "feeds/s", "s", "CPU s", "items", "failed", "peak MB"]);
    for phase in &phases {
        let Phase { name, per_second, seconds, cpu_seconds, items, failed, peak_megabytes, .. } = phase;
        table.add_row([
            (*name).to_owned(),
            format!("{per_second:.0}"),
            format!("{seconds:.2}"),
            format!("{cpu_seconds:.2}"),
            items.to_string(),
            failed.to_string(),
            format!("{peak_megabytes:.0}"),
        ]);
    }
    output::line(&table.to_string())
}

async fn group(around: &Surroundings, sizes: &[i64], n_new: i64) -> anyhow::Result<()> {
    let measured = in_scratch(around, async |ctx| bench::group::run(&quiet(ctx), sizes, n_new).await).await?;
    if around.global.json {
        return output::json(&measured);
    }
    let mut table = output::table(&[
        "archived",
        "loaded in s",
        "ms per item",
        "ms for one alone",
        "slowest alone",
        "joined",
        "peak MB",
    ]);
    for size in &measured {
        table.add_row([
            size.archived.to_string(),
            format!("{:.0}", size.loading_seconds),
            format!("{:.2}", size.batch_millis),
            format!("{:.1}", size.single_millis),
            format!("{:.1}", size.slowest_millis),
            format!("{} of {n_new}", size.joined),
            format!("{:.0}", size.peak_megabytes),
        ]);
    }
    output::line(&table.to_string())
}

async fn publish(around: &Surroundings, stories: i64) -> anyhow::Result<()> {
    let one = in_scratch(around, async |ctx| bench::publish::run(&quiet(ctx), stories).await).await?;
    if around.global.json {
        return output::json(&one);
    }
    output::line(&format!(
        "{} judged stories, stored in {:.1} s\n{:.0} ms to compose the week and render it in both languages (first time {:.0}, slowest later {:.0})\n{} stories in the issue, {} bytes of HTML, peak {:.0} MB",
        one.stories,
        one.loading_seconds,
        one.millis,
        one.first_millis,
        one.slowest_millis,
        one.told,
        one.html_bytes,
        one.peak_megabytes
    ))
}

async fn send(around: &Surroundings, args: BenchSendArgs) -> anyhow::Result<()> {
    let plan = bench::send::Plan {
        messages: args.recipients,
        queued: args.queued.unwrap_or_else(|| i64::from(args.recipients)),
        kilobytes: args.kilobytes,
        connections: args.connections,
        sink: args.sink,
        is_signed: !args.no_dkim,
    };
    let sent = in_scratch(around, async |ctx| bench::send::run(&quiet(ctx), &plan).await).await?;
    if around.global.json {
        return output::json(&sent);
    }
    output::line(&format!(
        "{} messages of {} KB in {:.1} s: {:.0} a second, {:.2} CPU ms each, peak {:.0} MB, {} queued{}",
        sent.messages,
        sent.kilobytes,
        sent.seconds,
        sent.per_second,
        sent.cpu_millis_per_message,
        sent.peak_megabytes,
        sent.queued,
        sent.connections.map(|n| format!(", at most {n} connections")).unwrap_or_default()
    ))
}

fn parse(around: &Surroundings, paths: &[PathBuf]) -> anyhow::Result<()> {
    let parsed = bench::parse::run(paths)?;
    if around.global.json {
        return output::json(&parsed);
    }
    output::line(&format!(
        "{} files, {:.1} MB, {} entries, {} unreadable\n{:.0} MB per CPU second decoded, repaired and read; {:.0} with every text cleaned\nfeed-rs alone: {:.0} MB, {} entries",
        parsed.files,
        parsed.megabytes,
        parsed.entries,
        parsed.unreadable,
        parsed.reading,
        parsed.cleaning,
        parsed.strict,
        parsed.strict_entries
    ))
}

fn extract(around: &Surroundings, paths: &[PathBuf]) -> anyhow::Result<()> {
    let extracted = bench::extract::run(paths, Clock::System.now())?;
    if around.global.json {
        return output::json(&extracted);
    }
    output::line(&format!(
        "{} pages, {:.1} MB, {} without an article\n{:.0} pages per CPU second",
        extracted.pages, extracted.megabytes, extracted.refused, extracted.per_cpu_second
    ))
}
