//! Table `deliveries` as a ledger: what is about to be sent is written down before, how it went after, and what a dead
//! sender left is looked after.
//!
//! Every change of a held row names the row, its holder and the state it must have, so that a sender whose
//! lease is over can change nothing any more.

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, PgExecutor, PgPool};

use crate::model::{DeliveryId, DeliveryState};

/// What is written on a row that was on the wire when its sender stopped.
const LOST: &str = "the sender stopped while the message may have been on the wire";

/// A message that is about to be on the wire.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Its row.
    pub id: DeliveryId,
    /// Its Date; a later attempt has the same.
    pub dated_at: DateTime<Utc>,
    /// Of its bytes, hex.
    pub sha256: String,
    /// How long it may be there.
    pub lease_until: DateTime<Utc>,
}

/// How an attempt ended, as it is written down.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// Its row.
    pub id: DeliveryId,
    /// The new state. `Queued` gives the row back and counts no attempt.
    pub state: DeliveryState,
    /// The relay's code, if it answered.
    pub code: Option<i32>,
    /// The relay's words, cleaned of addresses.
    pub reply: String,
    /// The relay as "host:port", or "outbox".
    pub relay: String,
    /// When it may be tried again (only for `Deferred` and `Queued`).
    pub next_at: Option<DateTime<Utc>>,
}

/// What a look at ended leases found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Rows back in the queue: nothing of them was sent.
    pub requeued: u64,
    /// Rows that may or may not have been delivered.
    pub uncertain: u64,
}

/// A connection whose commits are on the disk when they are answered, whatever the server's default is.
///
/// # Errors
/// The database fails.
pub async fn durable(pool: &PgPool) -> sqlx::Result<PgConnection> {
    let mut conn = pool.acquire().await?.detach();
    sqlx::query!(
        r#"SELECT set_config('synchronous_commit', 'on', false) AS "set" FROM (SELECT current_setting('synchronous_commit') AS present) AS setting
           WHERE present = 'off'"#
    )
    .fetch_optional(&mut conn)
    .await?;
    Ok(conn)
}

/// Closes such a connection.
pub async fn close(conn: PgConnection) {
    // Whatever it answers: all that was asked of it is committed.
    let _ = conn.close().await;
}

/// In one commit: how earlier attempts ended, and what is about to be sent. Gives the rows of which the message may now
/// go out; another is no longer `owner`'s, or its reader has left, or sending is paused, and it must not be sent.
///
/// The same call may be repeated if the answer to a commit was lost.
///
/// # Errors
/// The database fails.
pub async fn commit(
    conn: &mut PgConnection,
    owner: &str,
    ends: &[Settlement],
    intents: &[Intent],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<DeliveryId>> {
    let mut tx = conn.begin().await?;
    if !ends.is_empty() {
        settle_all(&mut tx, owner, ends, now).await?;
    }
    let begun = if intents.is_empty() { Vec::new() } else { begin_all(&mut tx, owner, intents, now).await? };
    tx.commit().await?;
    Ok(begun)
}

async fn settle_all(
    conn: &mut PgConnection,
    owner: &str,
    ends: &[Settlement],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let ids: Vec<i64> = ends.iter().map(|end| end.id.0).collect();
    let states: Vec<String> = ends.iter().map(|end| end.state.as_str().to_owned()).collect();
    let codes: Vec<Option<i32>> = ends.iter().map(|end| end.code).collect();
    let replies: Vec<String> = ends.iter().map(|end| end.reply.clone()).collect();
    let relays: Vec<String> = ends.iter().map(|end| end.relay.clone()).collect();
    let nexts: Vec<Option<DateTime<Utc>>> = ends.iter().map(|end| end.next_at).collect();
    sqlx::query!(
        "UPDATE deliveries d
         SET state = r.state, smtp_code = r.code, reply = r.reply, relay = r.relay, next_at = coalesce(r.next_at, d.next_at),
             attempts = attempts + CASE WHEN r.state = 'queued' OR d.state = 'uncertain' THEN 0 ELSE 1 END,
             sent_at = CASE WHEN r.state = 'sent' THEN $8 ELSE sent_at END,
             uncertain_at = CASE WHEN r.state = 'uncertain' THEN $8 END,
             lease_owner = NULL, lease_until = NULL
         FROM unnest($2::bigint[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[])
              AS r (id, state, code, reply, relay, next_at)
         WHERE d.id = r.id AND d.lease_owner = $1 AND d.state IN ('claimed', 'sending', 'uncertain')",
        owner,
        &ids,
        &states,
        &codes as _,
        &replies,
        &relays,
        &nexts as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A row that is `sending` already by the same owner is one whose commit was not heard of.
async fn begin_all(
    conn: &mut PgConnection,
    owner: &str,
    intents: &[Intent],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<DeliveryId>> {
    let ids: Vec<i64> = intents.iter().map(|intent| intent.id.0).collect();
    let dates: Vec<DateTime<Utc>> = intents.iter().map(|intent| intent.dated_at).collect();
    let hashes: Vec<String> = intents.iter().map(|intent| intent.sha256.clone()).collect();
    let leases: Vec<DateTime<Utc>> = intents.iter().map(|intent| intent.lease_until).collect();
    sqlx::query_scalar!(
        r#"UPDATE deliveries d
           SET state = 'sending', lease_until = r.lease_until, dated_at = coalesce(d.dated_at, r.dated_at),
               message_sha256 = r.sha256
           FROM unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::timestamptz[]) AS r (id, dated_at, sha256, lease_until),
                subscribers s
           WHERE d.id = r.id AND d.lease_owner = $1 AND d.state IN ('claimed', 'sending') AND d.lease_until > $2
             AND s.id = d.subscriber_id AND s.state = 'confirmed'
             AND NOT EXISTS (SELECT FROM send_holds h WHERE h.scope = 'all' AND h.until > $2)
           RETURNING d.id AS "id: DeliveryId""#,
        owner,
        now,
        &ids,
        &dates,
        &hashes,
        &leases,
    )
    .fetch_all(conn)
    .await
}

/// Looks after rows whose sender is gone: `claimed` goes back to the queue, `sending` becomes `uncertain`. The
/// latter keeps its holder's name: if that was only asleep, it may still say how it went.
///
/// # Errors
/// The database fails.
pub async fn recover(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Recovered> {
    let requeued = sqlx::query!(
        "UPDATE deliveries SET state = 'queued', lease_owner = NULL, lease_until = NULL
         WHERE state = 'claimed' AND lease_until <= $1",
        now
    )
    .execute(pool)
    .await?
    .rows_affected();
    let uncertain = sqlx::query!(
        "UPDATE deliveries
         SET state = 'uncertain', lease_until = NULL, attempts = attempts + 1, reply = $2, uncertain_at = $1
         WHERE state = 'sending' AND lease_until <= $1",
        now,
        LOST
    )
    .execute(pool)
    .await?
    .rows_affected();
    Ok(Recovered { requeued, uncertain })
}

/// Queues once more what has been uncertain since `limit` or longer, each row at most one time.
///
/// # Errors
/// The database fails.
pub async fn resend_uncertain(pool: &PgPool, limit: DateTime<Utc>, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE deliveries SET state = 'queued', next_at = $2, resent_at = $2, lease_owner = NULL
         WHERE state = 'uncertain' AND uncertain_at <= $1 AND resent_at IS NULL AND message_sha256 IS NOT NULL",
        limit,
        now
    );
    Ok(done.execute(pool).await?.rows_affected())
}

/// Gives up what was queued (or approved anew) at or before `limit` and is not sent: too late to be news. What may have
/// arrived before stays uncertain.
///
/// # Errors
/// The database fails.
pub async fn expire(pool: &PgPool, limit: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE deliveries SET state = CASE WHEN resent_at IS NULL THEN 'expired' ELSE 'uncertain' END
         WHERE state IN ('queued', 'deferred') AND coalesce(approved_at, queued_at) <= $1",
        limit
    );
    Ok(done.execute(pool).await?.rows_affected())
}

/// Marks what waits for readers who have left.
///
/// # Errors
/// The database fails.
pub async fn skip_left(pool: &PgPool) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE deliveries d SET state = 'skipped' FROM subscribers s
         WHERE s.id = d.subscriber_id AND s.state = 'left' AND d.state IN ('queued', 'deferred')"
    );
    Ok(done.execute(pool).await?.rows_affected())
}

/// Gives back those of these rows that `owner` holds and has not begun to send.
///
/// # Errors
/// The database fails.
pub async fn release(pool: impl PgExecutor<'_>, owner: &str, ids: &[DeliveryId]) -> sqlx::Result<u64> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let done = sqlx::query!(
        "UPDATE deliveries SET state = 'queued', lease_owner = NULL, lease_until = NULL
         WHERE id = ANY($2) AND lease_owner = $1 AND state = 'claimed'",
        owner,
        &keys
    );
    Ok(done.execute(pool).await?.rows_affected())
}
