//! Stage send: queued deliveries leave through the relay, or into the outbox.
//!
//! An intent is committed before a message may be on the wire. So after a kill nobody gets an issue twice, and what
//! cannot be known stands as `uncertain` and is never sent again by itself.

pub use crate::address;
mod letters;
mod message;
mod operator;
mod outbox;
mod outcome;
mod relay;
mod tally;
mod target;
mod worker;

use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::ballot::Key;
use crate::config::MailTransport;
use crate::context::Context;
use crate::model::{DeliveryState, Report};
use crate::store::{deliveries, leases, votes};

use message::Sender;
use outbox::Outbox;
use outcome::next_attempt;
use relay::Login;
use tally::Tally;
use target::Target;
use worker::{Route, Run, worker};

/// Steps of the dialogue that one message may take at worst, with one reconnection and the wait for the last answer.
const LEASE_STEPS: u32 = 14 + relay::DOT_STEPS;

/// Beyond the steps: the database, and a machine that sleeps.
const LEASE_MARGIN: Duration = Duration::from_secs(60);

/// Sends what is due. Counts: sent, deferred, failed, uncertain, skipped, expired.
///
/// # Errors
/// Only what stops the whole stage: the database, or settings that are no addresses.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    let mail = &ctx.settings.mail;
    let key = Key::new(&votes::secret(&ctx.pool).await?);
    let sender = Sender::new(&mail.from, mail.reply_to.as_deref(), &ctx.settings.site.base_url, key)?;
    let route = route(ctx, &sender)?;
    let mut report = tidy_up(ctx).await?;
    let n_due = deliveries::n_due(&ctx.pool, ctx.clock.now()).await?;
    let work = ctx.progress.start("send", usize::try_from(n_due).unwrap_or_default());
    let lease = Duration::from_secs(mail.step_seconds) * LEASE_STEPS + LEASE_MARGIN;
    let lease = TimeDelta::from_std(lease).context("mail.step_seconds is too large")?;
    let run = Run {
        ctx,
        sender,
        route,
        lease,
        stop: ctx.cancel.child_token(),
        is_open: CancellationToken::new(),
        work,
    };
    let mut tally = Tally::default();
    for done in join_all((0..mail.connections.max(1)).map(|number| worker(&run, number))).await {
        tally.merge(done?);
    }
    if let Some(why) = tally.down() {
        pause(ctx, &mut report, &format!("{}: {why}", run.route.name())).await?;
    }
    tally.tell(&mut report);
    // Who left while their batch was being sent.
    report.add("skipped", deliveries::skip_left(&ctx.pool).await?);
    tell_held(ctx, &mut report).await?;
    letters::run(ctx, &run.sender, &run.route, &mut report).await?;
    operator::run(ctx, &run.sender, &run.route, &mut report).await?;
    run.work.finish(&summary(&report));
    Ok(report)
}

fn route(ctx: &Context, sender: &Sender) -> anyhow::Result<Route> {
    let mail = &ctx.settings.mail;
    if mail.transport == MailTransport::Outbox {
        let folder = mail.outbox.clone().unwrap_or_else(|| ctx.settings.home.join("outbox"));
        return Ok(Route::Outbox(Outbox::new(folder)));
    }
    let login = match (&mail.user, &mail.password) {
        (user, Some(password)) if !user.is_empty() => {
            Some(Login { user: user.clone(), password: password.clone() })
        }
        (user, None) if !user.is_empty() => {
            anyhow::bail!("mail.user is set, but there is no password for it")
        }
        _ => None,
    };
    let authority = match &mail.ca_file {
        Some(path) => {
            let pem = std::fs::read(path)
                .with_context(|| format!("cannot read mail.ca_file {}", path.display()))?;
            Some(relay::authority(&pem)?)
        }
        None => None,
    };
    Ok(Route::Smtp(relay::Settings {
        target: Target::parse(&mail.relay)?,
        authority,
        login,
        from: sender.from.email.clone(),
        step: Duration::from_secs(mail.step_seconds.max(1)),
    }))
}

/// Before anything is sent: ended leases, what is too late, who has left.
async fn tidy_up(ctx: &Context) -> anyhow::Result<Report> {
    let now = ctx.clock.now();
    let mut report = Report::default();
    leases::end_dead(&ctx.pool, now).await?;
    let recovered = deliveries::recover(&ctx.pool, now).await?;
    if recovered.uncertain > 0 {
        report.warnings.push(format!(
            "{} deliveries were on the wire when a sender stopped: uncertain, not sent again",
            recovered.uncertain
        ));
    }
    report.add("uncertain", recovered.uncertain);
    let limit = now - TimeDelta::hours(ctx.settings.mail.expire_hours);
    report.add("expired", deliveries::expire(&ctx.pool, limit).await?);
    report.add("skipped", deliveries::skip_left(&ctx.pool).await?);
    for state in [DeliveryState::Sent, DeliveryState::Deferred, DeliveryState::Failed] {
        report.add(state.as_str(), 0);
    }
    Ok(report)
}

/// The relay is at fault: what is still due waits a while, and the operator hears why.
async fn pause(ctx: &Context, report: &mut Report, why: &str) -> anyhow::Result<()> {
    let now = ctx.clock.now();
    let until = next_attempt(now, 1);
    let n = deliveries::pause(&ctx.pool, now, until).await?;
    // None is left where only one of several connections was too many.
    if n > 0 {
        let until = until.format("%H:%M");
        report.warnings.push(format!("stopped: {why}; {n} deliveries wait until {until} UTC"));
    }
    Ok(())
}

/// After a kill, or while another sender works, rows are due that nobody may touch yet.
async fn tell_held(ctx: &Context, report: &mut Report) -> anyhow::Result<()> {
    if let Some((n, until)) = deliveries::held(&ctx.pool).await? {
        let until = until.format("%H:%M");
        report.warnings.push(format!(
            "{n} deliveries are held by another sender, or by one that was killed; the first is free at {until} UTC"
        ));
    }
    Ok(())
}

/// "12 sent, 1 deferred": what there is none of is not said, except of what was sent.
fn summary(report: &Report) -> String {
    let named = |(name, n): (&String, &u64)| format!("{n} {name}");
    let others = report.counts.iter().filter(|(name, n)| **n > 0 && *name != "sent").map(named);
    let mut parts = vec![format!("{} sent", report.count("sent"))];
    parts.extend(others);
    parts.join(", ")
}
