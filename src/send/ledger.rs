//! The one pen of a run: all connections write what they are about to send, and how it went, through it. What comes
//! while a commit is under way goes into the next one together, so the disk is waited for once and not by each.

use std::time::Duration;

use anyhow::Context as _;
use sqlx::PgConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::context::Context;
use crate::store::is_away;
use crate::store::ledger::{self, Intent, Settlement};

/// Most entries of one commit: more than there may be connections.
const MOST: usize = 64;

/// How long a database that was restarted is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks whether it is back.
const PAUSE: Duration = Duration::from_millis(250);

/// Handed to every worker.
pub struct Ledger {
    entries: mpsc::Sender<Entry>,
}

struct Entry {
    end: Option<Settlement>,
    intent: Option<Intent>,
    answer: oneshot::Sender<bool>,
}

impl Ledger {
    /// Opens it for the rows of `owner`. The task ends when the ledger is dropped, or with what is wrong with the database.
    pub fn open(ctx: Context, owner: String) -> (Self, JoinHandle<anyhow::Result<()>>) {
        let (entries, inbox) = mpsc::channel(MOST);
        (Self { entries }, tokio::spawn(write(ctx, owner, inbox)))
    }

    /// Writes down how the message before ended and that this one may be on the wire from now on, in one commit. False:
    /// it must not be sent.
    ///
    /// # Errors
    /// The database fails; it must not be sent either.
    pub async fn begin(&self, end: Option<Settlement>, intent: Intent) -> anyhow::Result<bool> {
        self.enter(end, Some(intent)).await
    }

    /// Writes down how the last message ended.
    ///
    /// # Errors
    /// The database fails: in the end the row will be `uncertain`.
    pub async fn end(&self, end: Settlement) -> anyhow::Result<()> {
        self.enter(Some(end), None).await.map(drop)
    }

    async fn enter(&self, end: Option<Settlement>, intent: Option<Intent>) -> anyhow::Result<bool> {
        let (answer, heard) = oneshot::channel();
        let sent = self.entries.send(Entry { end, intent, answer }).await;
        sent.ok().context("the ledger is closed")?;
        heard.await.context("the ledger cannot be written")
    }
}

async fn write(ctx: Context, owner: String, mut inbox: mpsc::Receiver<Entry>) -> anyhow::Result<()> {
    let mut conn = open(&ctx).await?;
    let mut entries = Vec::with_capacity(MOST);
    while inbox.recv_many(&mut entries, MOST).await > 0 {
        let mut ends = Vec::new();
        let mut intents = Vec::new();
        let mut answers = Vec::new();
        for entry in entries.drain(..) {
            ends.extend(entry.end);
            answers.push((entry.intent.as_ref().map(|intent| intent.id), entry.answer));
            intents.extend(entry.intent);
        }
        let patience = Patience::new();
        let begun = loop {
            match ledger::commit(&mut conn, &owner, &ends, &intents, ctx.clock.now()).await {
                Ok(begun) => break begun,
                // The same again: whether the last commit was done is not known, and does not matter.
                Err(error) => patience.bear(error).await?,
            }
            conn = open(&ctx).await?;
        };
        for (id, answer) in answers {
            // A worker that does not listen any more sends nothing either.
            let _ = answer.send(id.is_none_or(|id| begun.contains(&id)));
        }
    }
    ledger::close(conn).await;
    Ok(())
}

async fn open(ctx: &Context) -> anyhow::Result<PgConnection> {
    let patience = Patience::new();
    loop {
        match ledger::durable(&ctx.pool).await {
            Ok(conn) => return Ok(conn),
            Err(error) => patience.bear(error).await?,
        }
    }
}

/// Bears that the database is away, for a while.
pub struct Patience(Instant);

impl Patience {
    /// It begins now.
    pub fn new() -> Self {
        Self(Instant::now())
    }

    /// Waits a moment, after which the same may be tried again.
    ///
    /// # Errors
    /// It stays away, or something else is wrong with it.
    pub async fn bear(&self, error: sqlx::Error) -> anyhow::Result<()> {
        anyhow::ensure!(is_away(&error) && self.0.elapsed() < PATIENCE, error);
        sleep(PAUSE).await;
        Ok(())
    }
}
