//! How fast sources are asked, read and stored: all of them new, none changed, one in ten changed.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::Instant;

use super::farm::{Farm, NEWEST};
use super::usage;
use crate::clock::Clock;
use crate::config::{CrawlSettings, Feeds, Settings, SourceConfig};
use crate::context::Context;
use crate::crawl;

/// Between two phases, by the clock that the sources see: everything is due again.
const LATER: TimeDelta = TimeDelta::days(2);

/// One phase.
#[derive(Debug, Serialize)]
pub struct Phase {
    /// "cold", "warm" or "changed".
    pub name: &'static str,
    /// Sources that answered.
    pub sources: u64,
    /// Items that were stored.
    pub items: u64,
    /// Sources that failed.
    pub failed: u64,
    /// Wall time.
    pub seconds: f64,
    /// Sources asked, read and stored in a second.
    pub per_second: f64,
    /// CPU time of this process (the database and the farm are others).
    pub cpu_seconds: f64,
    /// Most memory that this process held so far, in MB.
    pub peak_megabytes: f64,
}

/// Crawls a farm three times into `ctx`'s database, which should be empty.
///
/// # Errors
/// The farm cannot be started, or the database fails.
pub async fn run(ctx: &Context, farm: Farm) -> anyhow::Result<Vec<Phase>> {
    let mut grown = Grown::start(farm).await?;
    let settings = &ctx.settings.crawl;
    let crawl = CrawlSettings {
        allow_private: true,
        host_gap_ms: 0,
        parallel: settings.parallel.max(64),
        pages_per_run: 0,
        ..settings.clone()
    };
    let settings = Settings { crawl, ..(*ctx.settings).clone() };
    let now = NEWEST.parse().context("the farm's date")?;
    let ctx = Context {
        settings: Arc::new(settings),
        feeds: Arc::new(grown.feeds(farm)),
        clock: Clock::fixed(now),
        ..ctx.clone()
    };
    let mut phases = Vec::new();
    for name in ["cold", "warm", "changed"] {
        if name == "changed" {
            grown.bump().await?;
        }
        phases.push(phase(&ctx, name).await?);
        ctx.clock.set(ctx.clock.now() + LATER);
    }
    grown.child.kill().await.context("cannot stop the farm")?;
    Ok(phases)
}

async fn phase(ctx: &Context, name: &'static str) -> anyhow::Result<Phase> {
    let (began, cpu) = (Instant::now(), usage::cpu());
    let report = crawl::run(ctx).await?;
    let (took, cpu) = (began.elapsed(), usage::cpu() - cpu);
    let seconds = took.max(Duration::from_millis(1)).as_secs_f64();
    Ok(Phase {
        name,
        sources: report.count("sources"),
        items: report.count("items"),
        failed: report.count("failed"),
        seconds,
        per_second: report.count("sources") as f64 / seconds,
        cpu_seconds: cpu.as_secs_f64(),
        peak_megabytes: usage::peak_bytes() as f64 / 1e6,
    })
}

/// A farm that runs.
struct Grown {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    hosts: Vec<String>,
}

impl Grown {
    async fn start(farm: Farm) -> anyhow::Result<Self> {
        let me = std::env::current_exe().context("cannot find this program")?;
        let Farm { feeds, items, latency_ms } = farm;
        let numbers = [("--sources", feeds as u64), ("--items", items as u64), ("--latency-ms", latency_ms)];
        let mut command = Command::new(me);
        command.args(["bench", "farm"]);
        for (name, number) in numbers {
            command.args([name, &number.to_string()]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start the farm")?;
        let input = child.stdin.take().context("the farm has no input")?;
        let output = child.stdout.take().context("the farm has no output")?;
        let mut lines = BufReader::new(output).lines();
        let first = lines.next_line().await?.context("the farm did not start")?;
        let hosts = first.split_whitespace().map(str::to_owned).collect();
        Ok(Self { child, input, lines, hosts })
    }

    /// One in ten feeds gains an entry.
    async fn bump(&mut self) -> anyhow::Result<()> {
        self.input.write_all(b"\n").await?;
        self.lines.next_line().await?.context("the farm stopped")?;
        Ok(())
    }

    fn feeds(&self, farm: Farm) -> Feeds {
        let source = |n: usize| {
            let host = &self.hosts[n % self.hosts.len()];
            let url = format!("{host}/f/{n}");
            SourceConfig {
                slug: format!("feed-{n}"),
                fetch_pages: false,
                allow_private: true,
                every_minutes: 60,
                ..SourceConfig::of_url(&url)
            }
        };
        Feeds { sources: (0..farm.feeds).map(source).collect(), ..Feeds::default() }
    }
}
