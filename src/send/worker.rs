//! One connection's work: claim, build, write down the intent, hand over, write down the outcome.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::ledger::{Ledger, Patience};
use super::message::{self, Sender};
use super::outbox::Outbox;
use super::outcome::{Outcome, next_attempt};
use super::pace::Limit;
use super::queue::{self, Batch};
use super::relay::{self, Relay};
use super::tally::Tally;
use crate::context::Context;
use crate::model::{DeliveryState, IssueId, Language};
use crate::progress::Work;
use crate::store::deliveries::{self, Claimed, Letter};
use crate::store::ledger::{Intent, Settlement, release};
use crate::store::send_holds;

/// A limit that lets the next message go so soon is waited for; a longer one is left to a later run.
const SOON: TimeDelta = TimeDelta::seconds(65);

/// What is the same for all workers of a run.
pub struct Run {
    /// Database, clock, and the wish to stop.
    pub ctx: Context,
    /// Who the letters are from.
    pub sender: Sender,
    /// Where they go, the first that serves.
    pub routes: Vec<Route>,
    /// First day of a new sender.
    pub warm_up_from: Option<NaiveDate>,
    /// How many messages this run may still take up.
    pub left: AtomicU32,
    /// Name under which rows are held.
    pub owner: String,
    /// Where intents and outcomes are written.
    pub ledger: Ledger,
    /// How long one message may be on the wire.
    pub lease: TimeDelta,
    /// How many workers there are.
    pub n_workers: usize,
    /// Set when the operator wants to stop, or the database fails.
    pub stop: CancellationToken,
    /// Set when the first worker has had an answer: the others come only to a relay that serves.
    pub is_open: CancellationToken,
    /// Of each route: workers that it does not serve.
    pub n_refused: Vec<AtomicUsize>,
    /// Of each route: failures in a row are written down, and not ended by a success yet.
    pub has_failed: Vec<AtomicBool>,
    /// Shown while it lasts.
    pub work: Work,
}

/// Where letters go.
pub enum Route {
    /// A folder.
    Outbox(Outbox),
    /// A relay and its limits.
    Smtp(relay::Settings, Vec<Limit>),
}

/// What a worker sends through.
enum Transport {
    Outbox(Outbox),
    Smtp(Box<Relay>),
}

/// What one worker has and knows.
struct Desk {
    run: Arc<Run>,
    /// The route in use.
    transport: Option<(usize, Transport)>,
    /// Letters are few and deliveries many.
    letters: HashMap<(IssueId, Language), Option<Arc<Letter>>>,
    /// How the last message ended; written down with the next intent.
    end: Option<Settlement>,
    /// Routes that do not serve this worker.
    closed: BTreeSet<usize>,
    /// Counts since the route was taken into use.
    tally: Tally,
}

/// Sends beside others until nothing is due. The first (number 0) asks the relay alone; the others follow once it serves.
///
/// # Errors
/// The database fails.
pub async fn worker(run: Arc<Run>, number: usize) -> anyhow::Result<Tally> {
    if number > 0 {
        run.is_open.cancelled().await;
    }
    let mut desk = Desk {
        run: Arc::clone(&run),
        transport: None,
        letters: HashMap::new(),
        end: None,
        closed: BTreeSet::new(),
        tally: Tally::default(),
    };
    let outcome = desk.work().await;
    let written = desk.write_end().await;
    if outcome.is_err() || written.is_err() {
        run.stop.cancel();
    }
    run.is_open.cancel();
    desk.leave_route().await;
    outcome?;
    written?;
    Ok(desk.tally)
}

impl Desk {
    /// Sends until nothing is due, or nobody serves this worker any more.
    async fn work(&mut self) -> anyhow::Result<()> {
        let run = Arc::clone(&self.run);
        while !run.stop.is_cancelled() {
            let Some(batch) = self.claim().await? else { break };
            if batch.rows.is_empty() {
                if !self.wait(&batch).await? {
                    break;
                }
                continue;
            }
            self.use_route(batch.route).await;
            self.send_all(&batch).await?;
            self.give_back(&batch).await?;
            if let Some(why) = self.tally.take_down() {
                self.close_route(batch.route, &why).await?;
            }
        }
        Ok(())
    }

    async fn claim(&self) -> anyhow::Result<Option<Batch>> {
        let patience = Patience::new();
        loop {
            match queue::claim(&self.run, &self.closed).await {
                Ok(claimed) => return Ok(claimed),
                Err(error) => patience.bear(error).await?,
            }
        }
    }

    /// What was kept too long, or was held back, is not lost to this run: it is claimed anew.
    async fn give_back(&self, batch: &Batch) -> anyhow::Result<()> {
        let ids: Vec<_> = batch.rows.iter().map(|row| row.id).collect();
        let patience = Patience::new();
        loop {
            match release(&self.run.ctx.pool, &self.run.owner, &ids).await {
                Ok(_) => return Ok(()),
                Err(error) => patience.bear(error).await?,
            }
        }
    }

    /// Waits until a limit lets the next one go. False: that is too far away.
    async fn wait(&mut self, batch: &Batch) -> anyhow::Result<bool> {
        self.write_end().await?;
        let clock = &self.run.ctx.clock;
        let before = clock.now();
        let Some(next) = batch.next.filter(|next| *next - before <= SOON) else { return Ok(false) };
        let time = (next - before).to_std().unwrap_or_default().max(Duration::from_millis(5));
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.run.stop.cancelled() => {}
        }
        // A clock that stands never gets there.
        Ok(clock.now() > before)
    }

    async fn use_route(&mut self, route: usize) {
        if self.transport.as_ref().is_some_and(|(used, _)| *used == route) {
            return;
        }
        self.leave_route().await;
        let transport = match &self.run.routes[route] {
            Route::Outbox(outbox) => Transport::Outbox(outbox.clone()),
            Route::Smtp(settings, _) => Transport::Smtp(Box::new(Relay::new(settings.clone()))),
        };
        self.transport = Some((route, transport));
    }

    async fn leave_route(&mut self) {
        if let Some((_, Transport::Smtp(relay))) = self.transport.take() {
            relay.close().await;
        }
    }

    /// This worker is not served here. If none is, the route is closed for a while, for all senders.
    async fn close_route(&mut self, route: usize, why: &str) -> anyhow::Result<()> {
        self.closed.insert(route);
        self.leave_route().await;
        let run = &self.run;
        let n = run.n_refused[route].fetch_add(1, Ordering::SeqCst) + 1;
        let is_alone = !run.is_open.is_cancelled();
        if is_alone || n == run.n_workers {
            let scope = send_holds::relay(&run.routes[route].name());
            let now = run.ctx.clock.now();
            let n_failures = send_holds::failures(&run.ctx.pool, &scope).await? + 1;
            send_holds::trip(&run.ctx.pool, &scope, why, now, next_attempt(now, n_failures)).await?;
        }
        Ok(())
    }

    async fn send_all(&mut self, batch: &Batch) -> anyhow::Result<()> {
        let run = Arc::clone(&self.run);
        let mut slow = HashSet::new();
        for delivery in &batch.rows {
            if run.stop.is_cancelled() || self.tally.is_down() {
                break;
            }
            if slow.contains(&delivery.domain_group) {
                continue;
            }
            let Some(outcome) = self.deliver(delivery).await? else { continue };
            if outcome.blames_sender() {
                let scope = send_holds::domain(&delivery.domain_group);
                let now = run.ctx.clock.now();
                let n_failures = send_holds::failures(&run.ctx.pool, &scope).await? + 1;
                let until = next_attempt(now, n_failures);
                send_holds::trip(&run.ctx.pool, &scope, outcome.words(), now, until).await?;
                slow.insert(&delivery.domain_group);
            }
            self.note(delivery, &outcome, batch.route).await?;
            if !self.tally.is_down() {
                run.is_open.cancel();
                run.work.step();
            }
        }
        Ok(())
    }

    /// One message, from intent to outcome. `None`: the row is no longer ours, or its reader has left.
    async fn deliver(&mut self, delivery: &Claimed) -> anyhow::Result<Option<Outcome>> {
        let run = Arc::clone(&self.run);
        let dated_at = delivery.dated_at.unwrap_or_else(|| run.ctx.clock.now());
        let Some(letter) = self.letter(delivery).await? else {
            return Ok(Some(Outcome::Refused(None, "the issue has no text in any language".into())));
        };
        let message = match message::build(&run.sender, delivery, &letter, dated_at) {
            Ok(message) => message,
            Err(error) => return Ok(Some(Outcome::Refused(None, format!("{error:#}")))),
        };
        let sha256 = hex(&message);
        if delivery.sent_before.as_ref().is_some_and(|before| *before != sha256) {
            let why = "not sent again: the message would not be the same any more";
            return Ok(Some(Outcome::Uncertain(why.into())));
        }
        if let Some((_, Transport::Smtp(relay))) = &mut self.transport
            && let Err(down) = relay.ready().await
        {
            return Ok(Some(down));
        }
        let lease_until = run.ctx.clock.now() + run.lease;
        let intent = Intent { id: delivery.id, dated_at, sha256, lease_until };
        if !run.ledger.begin(self.end.take(), intent).await? {
            return Ok(None);
        }
        Ok(match &mut self.transport {
            Some((_, Transport::Outbox(outbox))) => Some(outbox.put(delivery, &message).await),
            Some((_, Transport::Smtp(relay))) => Some(relay.send(&delivery.address, &message).await),
            None => None,
        })
    }

    async fn letter(&mut self, delivery: &Claimed) -> anyhow::Result<Option<Arc<Letter>>> {
        let key = (delivery.issue_id, delivery.language);
        Ok(match self.letters.entry(key) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => {
                let patience = Patience::new();
                let letter = loop {
                    match deliveries::letter(&self.run.ctx.pool, key.0, key.1).await {
                        Ok(letter) => break letter,
                        Err(error) => patience.bear(error).await?,
                    }
                };
                new.insert(letter.map(Arc::new)).clone()
            }
        })
    }

    /// Keeps how it went for the next commit.
    async fn note(&mut self, delivery: &Claimed, outcome: &Outcome, route: usize) -> anyhow::Result<()> {
        // One that never had an intent (no connection) may follow another.
        self.write_end().await?;
        let run = &self.run;
        let now = run.ctx.clock.now();
        let is_deferred = outcome.state() == DeliveryState::Deferred;
        self.end = Some(Settlement {
            id: delivery.id,
            state: outcome.state(),
            code: outcome.code().map(i32::from),
            reply: outcome.words().to_owned(),
            relay: run.routes[route].name(),
            next_at: is_deferred.then(|| next_attempt(now, delivery.attempts + 1)),
        });
        self.tally.add(outcome);
        if outcome.state() == DeliveryState::Sent && run.has_failed[route].swap(false, Ordering::SeqCst) {
            send_holds::clear(&run.ctx.pool, &send_holds::relay(&run.routes[route].name())).await?;
        }
        Ok(())
    }

    async fn write_end(&mut self) -> anyhow::Result<()> {
        match self.end.take() {
            Some(end) => self.run.ledger.end(end).await,
            None => Ok(()),
        }
    }
}

fn hex(message: &[u8]) -> String {
    Sha256::digest(message).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Route {
    /// As it is written on the row.
    pub fn name(&self) -> String {
        match self {
            Self::Outbox(_) => "outbox".into(),
            Self::Smtp(settings, _) => settings.target.to_string(),
        }
    }
}
