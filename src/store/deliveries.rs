//! Table `deliveries`: one issue for one reader, from the queue to the relay's answer.
//!
//! Every change of a held row names the row, its holder and the state it must have, so that a sender whose
//! lease is over can change nothing any more.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use sqlx::types::Json;

use crate::model::{DeliveryId, DeliveryState, IssueId, IssueKind, Language, MailParts, SubscriberId, Topic};

/// What is written on a row that was on the wire when its sender stopped.
const LOST: &str = "the sender stopped while the message may have been on the wire";

/// A delivery that the caller holds until its lease ends. The address is for the envelope, never for a log.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Row id.
    pub id: DeliveryId,
    /// What is sent.
    pub issue_id: IssueId,
    /// Weekly or paper.
    pub kind: IssueKind,
    /// Number of the issue.
    pub number: i32,
    /// Where to.
    pub address: String,
    /// The reader's language.
    pub language: Language,
    /// What the reader had asked for when the issue was published; nothing: all of it.
    pub topics: Vec<Topic>,
    /// The same on every attempt.
    pub message_id: String,
    /// Times that it was tried before.
    pub attempts: i32,
    /// The reader's unsubscribe token.
    pub token: String,
    /// Whose.
    pub subscriber_id: SubscriberId,
    /// The same on every attempt, too.
    pub queued_at: DateTime<Utc>,
}

/// An issue in one language, as it was frozen.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Subject line.
    pub subject: String,
    /// The text part.
    pub body_text: String,
    /// The HTML part.
    pub body_html: String,
    /// What of both is about what.
    pub parts: Json<MailParts>,
}

/// How an attempt ended, as it is written down.
#[derive(Clone, Debug)]
pub struct Settlement {
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

/// A delivery that a person should look at. Never with the address.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Weekly or paper.
    pub kind: String,
    /// Number of the issue.
    pub number: i32,
    /// Whose.
    pub subscriber_id: SubscriberId,
    /// `deferred`, `failed`, `uncertain` or `expired`.
    pub state: String,
    /// Times that it was tried.
    pub attempts: i32,
    /// When it is tried again, if it is.
    pub next_at: Option<DateTime<Utc>>,
    /// The relay's last words.
    pub reply: Option<String>,
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
        "UPDATE deliveries SET state = 'uncertain', lease_until = NULL, attempts = attempts + 1, reply = $2
         WHERE state = 'sending' AND lease_until <= $1",
        now,
        LOST
    )
    .execute(pool)
    .await?
    .rows_affected();
    Ok(Recovered { requeued, uncertain })
}

/// Gives up what was queued at or before `limit` and is not sent: too late to be news.
///
/// # Errors
/// The database fails.
pub async fn expire(pool: &PgPool, limit: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE deliveries SET state = 'expired' WHERE state IN ('queued', 'deferred') AND queued_at <= $1",
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

/// How many deliveries are due.
///
/// # Errors
/// The database fails.
pub async fn n_due(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM deliveries WHERE state IN ('queued', 'deferred') AND next_at <= $1"#,
        now
    )
    .fetch_one(pool)
    .await
}

/// Takes up to `limit` due deliveries of present readers, which are `owner`'s until the lease ends. Rows that
/// another sender is taking at this moment are passed over.
///
/// # Errors
/// The database fails.
pub async fn claim(
    pool: &PgPool,
    owner: &str,
    limit: i64,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> sqlx::Result<Vec<Claimed>> {
    let rows = sqlx::query!(
        "WITH due AS (
             SELECT d.id FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
             WHERE d.state IN ('queued', 'deferred') AND d.next_at <= $1 AND s.state = 'confirmed'
             ORDER BY d.next_at, d.id LIMIT $2
             FOR UPDATE OF d SKIP LOCKED)
         UPDATE deliveries d SET state = 'claimed', lease_owner = $3, lease_until = $4
         FROM due, issues i, subscribers s
         WHERE d.id = due.id AND i.id = d.issue_id AND s.id = d.subscriber_id
         RETURNING d.id, d.issue_id, i.kind, i.number, d.address, d.language, d.message_id, d.attempts, s.token,
                   d.subscriber_id, d.queued_at, d.topics",
        now,
        limit,
        owner,
        lease_until,
    )
    .fetch_all(pool)
    .await?;
    let claimed = rows.into_iter().map(|row| Claimed {
        id: DeliveryId(row.id),
        issue_id: IssueId(row.issue_id),
        kind: row.kind.parse().unwrap_or(IssueKind::Weekly),
        number: row.number,
        address: row.address,
        language: row.language.parse().unwrap_or(Language::En),
        message_id: row.message_id,
        attempts: row.attempts,
        token: row.token,
        subscriber_id: SubscriberId(row.subscriber_id),
        queued_at: row.queued_at,
        topics: row.topics.iter().filter_map(|word| word.parse().ok()).collect(),
    });
    let mut claimed: Vec<Claimed> = claimed.collect();
    claimed.sort_by_key(|delivery| delivery.id);
    Ok(claimed)
}

/// The issue in the reader's language, else in the one it has.
///
/// # Errors
/// The database fails.
pub async fn letter(pool: &PgPool, issue: IssueId, language: Language) -> sqlx::Result<Option<Letter>> {
    sqlx::query_as!(
        Letter,
        r#"SELECT subject, body_text, body_html, parts AS "parts: Json<MailParts>"
           FROM issue_renderings WHERE issue_id = $1 ORDER BY (language = $2) DESC LIMIT 1"#,
        issue.0,
        language.as_str(),
    )
    .fetch_optional(pool)
    .await
}

/// The intent: from here on the message may be on the wire. False: the row is no longer ours, or its reader has
/// left, and it must not be sent.
///
/// # Errors
/// The database fails.
pub async fn intend(
    pool: &PgPool,
    owner: &str,
    id: DeliveryId,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE deliveries d SET state = 'sending', lease_until = $4 FROM subscribers s
         WHERE d.id = $1 AND d.lease_owner = $2 AND d.state = 'claimed' AND d.lease_until > $3
           AND s.id = d.subscriber_id AND s.state = 'confirmed'",
        id.0,
        owner,
        now,
        lease_until,
    );
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

/// Writes down how the attempt ended. False: the row was no longer `owner`'s.
///
/// # Errors
/// The database fails.
pub async fn settle(
    pool: &PgPool,
    owner: &str,
    id: DeliveryId,
    end: &Settlement,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE deliveries
         SET state = $3, smtp_code = $4, reply = $5, relay = $6, next_at = coalesce($7, next_at),
             attempts = attempts + CASE WHEN $3 = 'queued' OR state = 'uncertain' THEN 0 ELSE 1 END,
             sent_at = CASE WHEN $3 = 'sent' THEN $8 ELSE sent_at END,
             lease_owner = NULL, lease_until = NULL
         WHERE id = $1 AND lease_owner = $2 AND state IN ('claimed', 'sending', 'uncertain')",
        id.0,
        owner,
        end.state.as_str(),
        end.code,
        end.reply,
        end.relay,
        end.next_at,
        now,
    );
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

/// Gives back what `owner` holds and has not begun to send.
///
/// # Errors
/// The database fails.
pub async fn release(pool: &PgPool, owner: &str) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE deliveries SET state = 'queued', lease_owner = NULL, lease_until = NULL
         WHERE lease_owner = $1 AND state = 'claimed'",
        owner
    );
    Ok(done.execute(pool).await?.rows_affected())
}

/// How many rows senders hold, and when the first of them is free; `None`: none.
///
/// # Errors
/// The database fails.
pub async fn held(pool: &PgPool) -> sqlx::Result<Option<(i64, DateTime<Utc>)>> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "n!", min(lease_until) AS first FROM deliveries WHERE state IN ('claimed', 'sending')"#
    )
    .fetch_one(pool)
    .await?;
    Ok(row.first.map(|first| (row.n, first)))
}

/// Lets everything that is due wait until `until`: the relay is at fault, not the readers. Returns how many wait.
///
/// # Errors
/// The database fails.
pub async fn pause(pool: &PgPool, now: DateTime<Utc>, until: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE deliveries SET next_at = $2 WHERE state IN ('queued', 'deferred') AND next_at <= $1",
        now,
        until
    );
    Ok(done.execute(pool).await?.rows_affected())
}

/// How many deliveries stand in each state that occurs, in the order of the states' words.
///
/// # Errors
/// The database fails.
pub async fn counts(pool: &PgPool) -> sqlx::Result<Vec<(DeliveryState, i64)>> {
    let rows =
        sqlx::query!(r#"SELECT state, count(*) AS "n!" FROM deliveries GROUP BY state ORDER BY state"#)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.state.parse().ok()?, row.n))).collect())
}

/// Deliveries that a person should look at, newest issue first.
///
/// # Errors
/// The database fails.
pub async fn problems(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<Problem>> {
    sqlx::query_as!(
        Problem,
        r#"SELECT i.edition AS kind, i.number, d.subscriber_id AS "subscriber_id: SubscriberId", d.state, d.attempts, d.reply,
                  CASE WHEN d.state = 'deferred' THEN d.next_at END AS next_at
           FROM deliveries d JOIN issues i ON i.id = d.issue_id
           WHERE d.state IN ('deferred', 'failed', 'uncertain', 'expired')
           ORDER BY i.published_at DESC, d.id LIMIT $1"#,
        limit
    )
    .fetch_all(pool)
    .await
}
