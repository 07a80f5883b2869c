//! Runs the whole pipeline over the sample internet: the real stages, over real HTTP, Postgres and SMTP.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use chrono::{DateTime, Datelike as _, Duration, Utc};
use serde::Serialize;
use tokio::net::TcpListener;

use super::{internet, sink};
use crate::config::{MailTransport, Review, Settings};
use crate::context::Context;
use crate::model::Language;
use crate::pipeline::{self, Stage};
use crate::store::totals::Totals;
use crate::{publish, serve, store};

/// Name of the schema that the demo empties at each start; real data stands in another.
pub const SCHEMA: &str = "headsup_demo";

/// Ports tried after the wished one.
const PORTS: u16 = 20;

/// The readers: one for each language.
const READERS: [(&str, Language); 2] =
    [("reader@example.org", Language::En), ("duzhe@example.org", Language::Zh)];

/// What the demo did, for `--json`.
#[derive(Debug, Serialize)]
pub struct DemoReport {
    /// Counts at the end.
    #[serde(flatten)]
    pub totals: Totals,
    /// From the first request to the last mail.
    pub seconds: f64,
    /// The folder with the mails.
    pub outbox: PathBuf,
    /// The archive's address.
    pub archive: String,
}

/// A demo whose mails are out and whose archive can be opened.
pub struct Demo {
    /// What was done.
    pub report: DemoReport,
    ctx: Context,
    listener: TcpListener,
    _internet: internet::Internet,
    _sink: sink::Sink,
}

/// Crawls the sample internet, composes the last four weeks and a paper, mails them. `ctx` brings database
/// (an empty scratch schema), settings (a configured model is used), clock and templates.
///
/// # Errors
/// A stage fails as a whole, or no port is free.
pub async fn prepare(ctx: &Context, port: u16) -> anyhow::Result<Demo> {
    let began = Instant::now();
    let outbox = empty_outbox(&ctx.settings.home)?;
    let internet = internet::start(ctx.clock.now()).await?;
    let sink = sink::start(outbox.clone()).await?;
    let listener = bind(port).await?;
    let archive = format!("http://{}", listener.local_addr()?);
    let mut ctx = ctx.clone();
    ctx.settings = Arc::new(settings(&ctx.settings, &archive, sink.addr));
    ctx.feeds = Arc::new(internet::feeds(&internet.base));
    ctx.live_feeds = None;
    for (address, language) in READERS {
        store::subscribers::add(&ctx.pool, address, language, ctx.clock.now()).await?;
    }
    pipeline::run_stages(&ctx, &Stage::READING).await?;
    // In life the texts of the best papers come in the last days of a month.
    publish::want_texts(&ctx).await?;
    pipeline::run_stages(&ctx, &Stage::READING).await?;
    for period in last_weeks(ctx.clock.now()) {
        publish::weekly(&ctx, Some(&period), publish::Mode::Publish).await?;
    }
    pipeline::run_stages(&ctx, &[Stage::Publish, Stage::Send]).await?;
    let totals = store::totals::count(&ctx.pool).await?;
    let report = DemoReport { totals, seconds: began.elapsed().as_secs_f64(), outbox, archive };
    Ok(Demo { report, ctx, listener, _internet: internet, _sink: sink })
}

impl Demo {
    /// Serves the archive until Ctrl-C.
    ///
    /// # Errors
    /// The web server fails.
    pub async fn serve(self) -> anyhow::Result<()> {
        serve::run(self.ctx, self.listener).await
    }
}

/// The four ISO weeks before the current one, oldest first.
pub fn last_weeks(now: DateTime<Utc>) -> Vec<String> {
    (1..=4)
        .rev()
        .map(|back| (now - Duration::weeks(back)).iso_week())
        .map(|week| format!("{}-W{:02}", week.year(), week.week()))
        .collect()
}

fn settings(own: &Settings, archive: &str, sink: SocketAddr) -> Settings {
    let mut settings = own.clone();
    settings.site.base_url = archive.to_owned();
    // What the demo shows is there at once, whatever is configured.
    settings.digest.review = Review::Auto;
    settings.editions.clear();
    settings.crawl.allow_private = true;
    // The sample internet is one host on loopback: a pause of a second for each page would be a minute of waiting.
    settings.crawl.host_gap_ms = 0;
    settings.crawl.pages_per_run = 1000;
    settings.mail.transport = MailTransport::Smtp;
    settings.mail.relay = format!("smtp://{sink}");
    settings.mail.user = String::new();
    settings.mail.password = None;
    settings
}

fn empty_outbox(home: &Path) -> anyhow::Result<PathBuf> {
    let outbox = home.join("demo").join("outbox");
    if outbox.exists() {
        std::fs::remove_dir_all(&outbox).with_context(|| format!("cannot empty {}", outbox.display()))?;
    }
    std::fs::create_dir_all(&outbox).with_context(|| format!("cannot make {}", outbox.display()))?;
    Ok(outbox)
}

/// The wished port, or the next free one; 0 takes any.
async fn bind(port: u16) -> anyhow::Result<TcpListener> {
    for number in port..=port.saturating_add(PORTS) {
        match TcpListener::bind(("127.0.0.1", number)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{number}")),
        }
    }
    anyhow::bail!("no port from {port} to {} is free: choose another with --port", port.saturating_add(PORTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_weeks_over_the_turn_of_the_year() {
        let now = "2026-01-14T12:00:00Z".parse().unwrap();
        assert_eq!(last_weeks(now), ["2025-W51", "2025-W52", "2026-W01", "2026-W02"]);
    }
}
