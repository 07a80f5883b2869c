//! How fast an issue leaves: build, sign, write down, hand over, write down again.

use std::process::Stdio;
use std::sync::Arc;

use anyhow::Context as _;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::Instant;

use super::usage;
use crate::config::{MailSettings, MailTransport, Settings};
use crate::context::Context;
use crate::send;
use crate::store::{deliveries, synthetic_mail};

/// Signs nothing but what is measured.
const THROWAWAY_KEY: &str = include_str!("throwaway-rsa.pem");

/// Part of the letter's bytes that is its text; the rest is HTML.
const TEXT_SHARE: usize = 4;

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Messages that are sent.
    pub messages: u32,
    /// Rows in the queue.
    pub queued: i64,
    /// About so many KB each.
    pub kilobytes: usize,
    /// Connections.
    pub connections: usize,
    /// Another relay than one of our own, as HOST:PORT.
    pub sink: Option<String>,
    /// Whether to sign.
    pub is_signed: bool,
}

/// What came out.
#[derive(Debug, Serialize)]
pub struct Sent {
    /// Messages that the relay took.
    pub messages: u64,
    /// Rows in the queue at the start.
    pub queued: i64,
    /// Bytes of one message before signing, about.
    pub kilobytes: usize,
    /// Wall time.
    pub seconds: f64,
    /// Messages in a second.
    pub per_second: f64,
    /// CPU time of this process (database and relay are others).
    pub cpu_seconds: f64,
    /// CPU milliseconds of one message.
    pub cpu_millis_per_message: f64,
    /// Most memory that this process held so far, in MB.
    pub peak_megabytes: f64,
    /// Most connections at a time that our own relay saw.
    pub connections: Option<usize>,
}

/// Queues an issue in `ctx`'s database, which must be empty, and sends it.
///
/// # Errors
/// The relay cannot be started, or the database fails.
pub async fn run(ctx: &Context, plan: &Plan) -> anyhow::Result<Sent> {
    let mut own = match &plan.sink {
        Some(_) => None,
        None => Some(Sink::start().await?),
    };
    let address = own.as_ref().map(|sink| sink.address.clone()).or_else(|| plan.sink.clone());
    let mail = MailSettings {
        transport: MailTransport::Smtp,
        relay: format!("smtp://{}", address.unwrap_or_default()),
        from: "headsup <news@news.example.org>".into(),
        connections: plan.connections,
        dkim_rsa: plan.is_signed.then(|| THROWAWAY_KEY.into()),
        ..MailSettings::default()
    };
    let mut settings = Settings { mail, ..(*ctx.settings).clone() };
    settings.site.base_url = "https://headsup.example.org".into();
    let ctx = Context { settings: Arc::new(settings), ..ctx.clone() };
    let (text, html) = letter(plan.kilobytes * 1000);
    let queued = plan.queued.max(i64::from(plan.messages));
    let parts = ("headsup weekly 1: so that it can be measured", text.as_str(), html.as_str());
    synthetic_mail::queue(&ctx.pool, parts, queued, ctx.clock.now()).await?;
    let (began, cpu) = (Instant::now(), usage::cpu());
    let report = send::run_some(&ctx, Some(plan.messages)).await?;
    let (seconds, cpu) = (began.elapsed().as_secs_f64().max(0.001), usage::cpu() - cpu);
    let messages = report.count("sent");
    let states = deliveries::counts(&ctx.pool).await?;
    anyhow::ensure!(
        messages == u64::from(plan.messages),
        "not all were sent: {states:?} {:?}",
        report.warnings
    );
    let connections = match own.as_mut() {
        Some(sink) => Some(sink.stop(messages).await?),
        None => None,
    };
    Ok(Sent {
        messages,
        queued,
        kilobytes: plan.kilobytes,
        seconds,
        per_second: messages as f64 / seconds,
        cpu_seconds: cpu.as_secs_f64(),
        cpu_millis_per_message: cpu.as_secs_f64() * 1000.0 / messages.max(1) as f64,
        peak_megabytes: usage::peak_bytes() as f64 / 1e6,
        connections,
    })
}

/// Text and HTML of about so many bytes together, with the place for the link to leave.
fn letter(n_bytes: usize) -> (String, String) {
    let line =
        |n: usize| format!("{n}. A model of {n} billion parameters runs on one card, its authors say.");
    let (mut text, mut html) = (String::new(), String::from("<!doctype html><html><body>\n"));
    let mut n = 0;
    while text.len() < n_bytes / TEXT_SHARE {
        n += 1;
        text.push_str(&format!("{}\n  https://example.org/story/{n}\n\n", line(n)));
    }
    while html.len() < n_bytes - n_bytes / TEXT_SHARE {
        n += 1;
        html.push_str(&format!("<p><a href=\"https://example.org/story/{n}\">{}</a></p>\n", line(n)));
    }
    text.push_str("Leave: %%UNSUBSCRIBE%%\n");
    html.push_str("<p><a href=\"%%UNSUBSCRIBE%%\">Leave</a></p></body></html>\n");
    (text, html)
}

/// A relay that runs.
struct Sink {
    address: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Sink {
    async fn start() -> anyhow::Result<Self> {
        let me = std::env::current_exe().context("cannot find this program")?;
        let mut command = Command::new(me);
        command.args(["bench", "sink"]).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start the relay")?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("the relay has no output")?;
        let mut lines = BufReader::new(output).lines();
        let address = lines.next_line().await?.context("the relay did not start")?;
        Ok(Self { address, child, input, lines })
    }

    /// The most connections at a time; it must have seen as many messages as we believe it took.
    async fn stop(&mut self, messages: u64) -> anyhow::Result<usize> {
        drop(self.input.take());
        let line = self.lines.next_line().await?.context("the relay does not tell its counts")?;
        let (seen, most) = line.split_once(' ').context("the relay's counts cannot be read")?;
        anyhow::ensure!(seen.parse() == Ok(messages), "{messages} sent, but the relay took {seen}");
        self.child.wait().await?;
        Ok(most.parse()?)
    }
}
