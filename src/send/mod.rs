//! Stage send: queued deliveries leave through the relay, or into the outbox.
//!
//! An intent is committed before a message may be on the wire. So after a kill nobody gets an issue twice, and what
//! cannot be known stands as `uncertain` and is never sent again by itself.

mod by_hand;
pub mod dkim;
pub mod dns;
mod ledger;
mod letters;
mod maillog;
mod message;
mod operator;
mod outbox;
mod outcome;
mod pace;
pub mod posture;
mod queue;
mod relay;
mod routes;
mod tally;
mod target;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::ballot::Key;
use crate::config::OnUncertain;
use crate::context::Context;
use crate::model::{DeliveryState, Report};
use crate::store::leases::{self, Holder};
use crate::store::{deliveries, send_holds, votes};

pub use by_hand::{Reconciled, reconcile, test_letter};
use ledger::Ledger;
use message::Sender;
use routes::routes;
use tally::Tally;
use worker::{Route, Run, worker};

/// Steps of the dialogue that one message may take at worst, with one reconnection and the wait for the last answer.
const LEASE_STEPS: u32 = 14 + relay::DOT_STEPS;

/// Beyond the steps: the database, and a machine that sleeps.
const LEASE_MARGIN: Duration = Duration::from_secs(60);

/// How often a long run looks after what other senders left.
const ROUND: Duration = Duration::from_secs(60);

/// Sends what is due. Counts: sent, deferred, failed, uncertain, skipped, expired.
///
/// # Errors
/// Only what stops the whole stage: the database, or settings that are no addresses.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    run_some(ctx, None).await
}

/// The same with at most so many messages.
///
/// # Errors
/// As [`run`].
pub async fn run_some(ctx: &Context, most: Option<u32>) -> anyhow::Result<Report> {
    let sender = sender(ctx).await?;
    let routes = routes(ctx, &sender)?;
    let mut report = tidy_up(ctx).await?;
    // Proved alive by its connection: after a kill nobody waits for the end of its claims.
    let holder = Holder::enter(&ctx.pool, rand::random()).await?;
    let (ledger, pen) = Ledger::open(ctx.clone(), holder.name.clone());
    let run = Arc::new(new_run(ctx, (sender, most), routes, (holder.name.clone(), ledger)).await?);
    let worked = work(&run).await;
    let Run { sender, routes, ledger, work, .. } = Arc::into_inner(run).context("a worker still runs")?;
    drop(ledger);
    // What is wrong with the database is said by the pen; the workers only see that it does not write.
    pen.await.context("the ledger broke")??;
    worked?.tell(&mut report);
    // The database may have been restarted meanwhile; then the name is free already.
    let _ = holder.leave().await;
    // Who left while their batch was being sent.
    report.add("skipped", crate::store::ledger::skip_left(&ctx.pool).await?);
    tell_waiting(ctx, &routes, &mut report).await?;
    tell_held(ctx, &mut report).await?;
    letters::run(ctx, &sender, &routes[0], &mut report).await?;
    operator::run(ctx, &sender, &routes[0], &mut report).await?;
    work.finish(&summary(&report));
    Ok(report)
}

async fn sender(ctx: &Context) -> anyhow::Result<Sender> {
    let key = Key::new(&votes::secret(&ctx.pool).await?);
    Sender::new(&ctx.settings.mail, &ctx.settings.site.base_url, key)
}

async fn new_run(
    ctx: &Context,
    (sender, most): (Sender, Option<u32>),
    routes: Vec<Route>,
    (owner, ledger): (String, Ledger),
) -> anyhow::Result<Run> {
    let mail = &ctx.settings.mail;
    let n_due = deliveries::n_due(&ctx.pool, ctx.clock.now()).await?;
    let work = ctx.progress.start("send", usize::try_from(n_due).unwrap_or_default());
    let lease = Duration::from_secs(mail.step_seconds) * LEASE_STEPS + LEASE_MARGIN;
    let lease = TimeDelta::from_std(lease).context("mail.step_seconds is too large")?;
    let mut has_failed = Vec::new();
    for route in &routes {
        let scope = send_holds::relay(&route.name());
        has_failed.push(AtomicBool::new(send_holds::failures(&ctx.pool, &scope).await? > 0));
    }
    Ok(Run {
        ctx: ctx.clone(),
        sender,
        n_refused: routes.iter().map(|_| AtomicUsize::new(0)).collect(),
        has_failed,
        routes,
        warm_up_from: mail.warm_up_from.parse().ok(),
        left: AtomicU32::new(most.unwrap_or(u32::MAX)),
        owner,
        ledger,
        lease,
        n_workers: mail.connections.max(1),
        stop: ctx.cancel.child_token(),
        is_open: CancellationToken::new(),
        work,
    })
}

/// All connections at work, and beside them a look after dead senders once a minute.
async fn work(run: &Arc<Run>) -> anyhow::Result<Tally> {
    let mut workers = JoinSet::new();
    for number in 0..run.n_workers {
        workers.spawn(worker(Arc::clone(run), number));
    }
    let mut tally = Tally::default();
    let mut failure = None;
    let mut round = tokio::time::interval_at(tokio::time::Instant::now() + ROUND, ROUND);
    loop {
        tokio::select! {
            done = workers.join_next() => match done {
                None => break,
                Some(Ok(Ok(counts))) => tally.merge(counts),
                Some(Ok(Err(error))) => failure = failure.or(Some(error)),
                Some(Err(panic)) => failure = failure.or(Some(panic.into())),
            },
            _ = round.tick() => {
                let now = run.ctx.clock.now();
                let looked = leases::end_dead(&run.ctx.pool, now).await;
                let recovered = crate::store::ledger::recover(&run.ctx.pool, now).await;
                if let Err(error) = looked.and(recovered) {
                    tracing::warn!(%error, "cannot look after other senders");
                }
            }
        }
    }
    failure.map_or(Ok(tally), Err)
}

/// Whether a run would do anything: something is due that may go, or a dead sender's row is to be looked at.
///
/// # Errors
/// The database fails.
pub async fn is_wanted(ctx: &Context) -> anyhow::Result<bool> {
    let now = ctx.clock.now();
    let holds = send_holds::active(&ctx.pool, now).await?;
    let is_held = |scope: &str| holds.iter().any(|hold| hold.scope == scope);
    let relays = ctx.settings.mail.all_relays();
    let all_held = relays.iter().all(|relay| {
        target::Target::parse(&relay.relay)
            .is_ok_and(|target| is_held(&send_holds::relay(&target.to_string())))
    });
    if is_held(send_holds::ALL) || all_held {
        return Ok(false);
    }
    Ok(deliveries::any_due(&ctx.pool, now).await?
        || deliveries::held(&ctx.pool).await?.is_some()
        || crate::store::letters::is_due(&ctx.pool, now).await?
        || operator::is_due(ctx).await?)
}

/// Before anything is sent: ended leases, what is too late, who has left.
async fn tidy_up(ctx: &Context) -> anyhow::Result<Report> {
    let now = ctx.clock.now();
    let mut report = Report::default();
    use crate::store::ledger;
    leases::end_dead(&ctx.pool, now).await?;
    let recovered = ledger::recover(&ctx.pool, now).await?;
    if recovered.uncertain > 0 {
        report.warnings.push(format!(
            "{} deliveries were on the wire when a sender stopped: uncertain, not sent again",
            recovered.uncertain
        ));
    }
    report.add("uncertain", recovered.uncertain);
    let mail = &ctx.settings.mail;
    if mail.on_uncertain == OnUncertain::ResendOnceAfter {
        let limit = now - TimeDelta::hours(mail.resend_after_hours);
        report.add("resent", ledger::resend_uncertain(&ctx.pool, limit, now).await?);
    }
    let limit = now - TimeDelta::hours(mail.expire_hours);
    report.add("expired", ledger::expire(&ctx.pool, limit).await?);
    report.add("skipped", ledger::skip_left(&ctx.pool).await?);
    for state in [DeliveryState::Sent, DeliveryState::Deferred, DeliveryState::Failed] {
        report.add(state.as_str(), 0);
    }
    Ok(report)
}

/// What is still due and why: the switch is off, or no relay serves.
async fn tell_waiting(ctx: &Context, routes: &[Route], report: &mut Report) -> anyhow::Result<()> {
    let now = ctx.clock.now();
    let n = deliveries::n_due(&ctx.pool, now).await?;
    if n == 0 {
        return Ok(());
    }
    let holds = send_holds::active(&ctx.pool, now).await?;
    let find = |scope: String| holds.iter().find(|hold| hold.scope == scope);
    if let Some(hold) = find(send_holds::ALL.to_owned()) {
        let way_out = "headsup send resume";
        report.warnings.push(format!("paused: {}; {n} deliveries wait ({way_out})", hold.reason));
    }
    for route in routes {
        if let Some(hold) = find(send_holds::relay(&route.name())) {
            let (name, why, until) = (route.name(), &hold.reason, clock_time(hold.until));
            report.warnings.push(format!("stopped: {name}: {why}; {n} deliveries wait until {until} UTC"));
        }
    }
    let domains = holds.iter().filter(|hold| hold.scope.starts_with("domain "));
    for hold in domains {
        let until = clock_time(hold.until);
        report.warnings.push(format!("{} waits until {until} UTC: {}", hold.scope, hold.reason));
    }
    Ok(())
}

fn clock_time(at: DateTime<Utc>) -> String {
    at.format("%H:%M").to_string()
}

/// After a kill, or while another sender works, rows are due that nobody may touch yet.
async fn tell_held(ctx: &Context, report: &mut Report) -> anyhow::Result<()> {
    if let Some((n, until)) = deliveries::held(&ctx.pool).await? {
        let until = clock_time(until);
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
