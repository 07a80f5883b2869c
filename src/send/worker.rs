//! One connection's work: claim, build, write down the intent, hand over, write down the outcome.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::message::{self, Sender};
use super::outbox::Outbox;
use super::outcome::{Outcome, next_attempt};
use super::relay::{self, Relay};
use super::tally::Tally;
use crate::context::Context;
use crate::model::{DeliveryState, IssueId, Language};
use crate::progress::Work;
use crate::store::deliveries::{self, Claimed, Letter, Settlement};
use crate::store::leases::Holder;

/// Rows that a worker claims at a time.
const BATCH: i64 = 50;

/// How long a worker may keep rows without beginning to send them; after a kill they wait no longer.
const CLAIM_LEASE: TimeDelta = TimeDelta::minutes(5);

/// What is the same for all workers of a run.
pub struct Run<'a> {
    /// Database, clock, and the wish to stop.
    pub ctx: &'a Context,
    /// Who the letters are from.
    pub sender: Sender,
    /// Where they go.
    pub route: Route,
    /// How long one message may be on the wire.
    pub lease: TimeDelta,
    /// Set when the operator wants to stop, or the database fails.
    pub stop: CancellationToken,
    /// Set when the first worker has had an answer: the others come only to a relay that serves.
    pub is_open: CancellationToken,
    /// Shown while it lasts.
    pub work: Work,
}

/// Where letters go.
pub enum Route {
    /// A folder.
    Outbox(Outbox),
    /// A relay.
    Smtp(relay::Settings),
}

/// What a worker sends through.
enum Transport<'a> {
    Outbox(&'a Outbox),
    Smtp(Box<Relay>),
}

/// Sends beside others until nothing is due. The first (number 0) asks the relay alone; the others follow once it serves.
///
/// # Errors
/// The database fails.
pub async fn worker(run: &Run<'_>, number: usize) -> anyhow::Result<Tally> {
    if number > 0 {
        run.is_open.cancelled().await;
    }
    // Proved alive by its connection: after a kill nobody waits for the end of its claims.
    let holder = Holder::enter(&run.ctx.pool, rand::random()).await?;
    let owner = holder.name.clone();
    let mut transport = match &run.route {
        Route::Outbox(outbox) => Transport::Outbox(outbox),
        Route::Smtp(settings) => Transport::Smtp(Box::new(Relay::new(settings.clone()))),
    };
    let mut tally = Tally::default();
    let outcome = work(run, &owner, &mut transport, &mut tally).await;
    let is_refused = !run.is_open.is_cancelled() && tally.down().is_some();
    if outcome.is_err() || is_refused {
        run.stop.cancel();
    }
    run.is_open.cancel();
    let released = deliveries::release(&run.ctx.pool, &owner).await;
    if let Transport::Smtp(relay) = transport {
        relay.close().await;
    }
    holder.leave().await?;
    outcome?;
    released?;
    Ok(tally)
}

/// Sends until nothing is due, or the relay does not serve this worker any more.
async fn work(
    run: &Run<'_>,
    owner: &str,
    transport: &mut Transport<'_>,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let pool = &run.ctx.pool;
    let mut letters = HashMap::new();
    while !run.stop.is_cancelled() {
        let now = run.ctx.clock.now();
        let batch = deliveries::claim(pool, owner, BATCH, now, now + CLAIM_LEASE).await?;
        if batch.is_empty() {
            break;
        }
        for delivery in batch.iter().take_while(|_| !run.stop.is_cancelled()) {
            let letter = letter(run, &mut letters, delivery).await?;
            if let Some(outcome) = deliver(run, owner, transport, (delivery, letter)).await? {
                record(run, owner, delivery, &outcome).await?;
                tally.add(&outcome);
            }
            if tally.down().is_some() {
                return Ok(());
            }
            run.is_open.cancel();
            run.work.step();
        }
        // What was kept too long is not lost to this run: it is claimed anew.
        deliveries::release(pool, owner).await?;
    }
    Ok(())
}

/// Letters are few and deliveries many.
async fn letter<'a>(
    run: &Run<'_>,
    letters: &'a mut HashMap<(IssueId, Language), Option<Letter>>,
    delivery: &Claimed,
) -> anyhow::Result<Option<&'a Letter>> {
    let key = (delivery.issue_id, delivery.language);
    let letter = match letters.entry(key) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(deliveries::letter(&run.ctx.pool, key.0, key.1).await?),
    };
    Ok(letter.as_ref())
}

/// One message, from intent to outcome. `None`: the row is no longer ours, or its reader has left.
async fn deliver(
    run: &Run<'_>,
    owner: &str,
    transport: &mut Transport<'_>,
    (delivery, letter): (&Claimed, Option<&Letter>),
) -> anyhow::Result<Option<Outcome>> {
    let now = run.ctx.clock.now();
    let Some(letter) = letter else {
        return Ok(Some(Outcome::Refused(None, "the issue has no text in any language".into())));
    };
    let message = match message::build(&run.sender, delivery, letter, now) {
        Ok(message) => message,
        Err(error) => return Ok(Some(Outcome::Refused(None, format!("{error:#}")))),
    };
    if let Transport::Smtp(relay) = transport
        && let Err(down) = relay.ready().await
    {
        return Ok(Some(down));
    }
    let now = run.ctx.clock.now();
    if !deliveries::intend(&run.ctx.pool, owner, delivery.id, now, now + run.lease).await? {
        return Ok(None);
    }
    Ok(Some(match transport {
        Transport::Outbox(outbox) => outbox.put(delivery, &message).await,
        Transport::Smtp(relay) => relay.send(&delivery.address, &message).await,
    }))
}

async fn record(run: &Run<'_>, owner: &str, delivery: &Claimed, outcome: &Outcome) -> anyhow::Result<()> {
    let now = run.ctx.clock.now();
    let is_deferred = outcome.state() == DeliveryState::Deferred;
    let end = Settlement {
        state: outcome.state(),
        code: outcome.code().map(i32::from),
        reply: outcome.words().to_owned(),
        relay: run.route.name(),
        next_at: is_deferred.then(|| next_attempt(now, delivery.attempts + 1)),
    };
    deliveries::settle(&run.ctx.pool, owner, delivery.id, &end, now).await?;
    Ok(())
}

impl Route {
    /// As it is written on the row.
    pub fn name(&self) -> String {
        match self {
            Self::Outbox(_) => "outbox".into(),
            Self::Smtp(settings) => settings.target.to_string(),
        }
    }
}
