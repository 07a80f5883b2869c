//! Table `deliveries` as the operator asks about it: who got an issue, who did not, and why. Never with an address.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::model::{DeliveryId, DeliveryState, IssueId, IssueKind, SubscriberId};

/// How an issue's deliveries stand.
#[derive(Clone, Debug, serde::Serialize)]
pub struct IssueDeliveries {
    /// Row id.
    pub id: IssueId,
    /// Weekly or paper.
    pub kind: String,
    /// Number.
    pub number: i32,
    /// Period.
    pub period: String,
    /// Readers when it was frozen.
    pub n_recipients: i32,
    /// Deliveries there are: another number than that of the readers would be a fault.
    pub n_rows: i64,
    /// Not yet: queued, claimed or sending, or deferred.
    pub n_waiting: i64,
    /// Taken by a relay.
    pub n_sent: i64,
    /// Refused for good.
    pub n_failed: i64,
    /// Nobody knows.
    pub n_uncertain: i64,
    /// Their readers had left.
    pub n_skipped: i64,
    /// Too late.
    pub n_expired: i64,
}

/// One delivery.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Line {
    /// Row id.
    pub id: DeliveryId,
    /// Weekly or paper.
    pub kind: String,
    /// Number of the issue.
    pub number: i32,
    /// Whose.
    pub subscriber_id: SubscriberId,
    /// State.
    pub state: String,
    /// Times that it was tried.
    pub attempts: i32,
    /// Through which relay.
    pub relay: Option<String>,
    /// The relay's code.
    pub smtp_code: Option<i32>,
    /// The relay's words, without addresses.
    pub reply: Option<String>,
    /// As the relay's log has it.
    pub message_id: String,
    /// When it is tried again, if it is.
    pub next_at: Option<DateTime<Utc>>,
}

/// The newest issues and how their deliveries stand.
///
/// # Errors
/// The database fails.
pub async fn issues(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<IssueDeliveries>> {
    sqlx::query_as!(
        IssueDeliveries,
        r#"SELECT i.id AS "id: IssueId", i.kind, i.number, i.period, i.n_recipients, count(d.id) AS "n_rows!",
                  count(*) FILTER (WHERE d.state IN ('queued', 'claimed', 'sending', 'deferred')) AS "n_waiting!",
                  count(*) FILTER (WHERE d.state = 'sent') AS "n_sent!",
                  count(*) FILTER (WHERE d.state = 'failed') AS "n_failed!",
                  count(*) FILTER (WHERE d.state = 'uncertain') AS "n_uncertain!",
                  count(*) FILTER (WHERE d.state = 'skipped') AS "n_skipped!",
                  count(*) FILTER (WHERE d.state = 'expired') AS "n_expired!"
           FROM (SELECT * FROM issues ORDER BY published_at DESC, id DESC LIMIT $1) i
           LEFT JOIN deliveries d ON d.issue_id = i.id
           GROUP BY i.id, i.kind, i.number, i.period, i.n_recipients, i.published_at
           ORDER BY i.published_at DESC, i.id DESC"#,
        limit
    )
    .fetch_all(pool)
    .await
}

/// What did not arrive, or not surely; the newest issue first.
///
/// # Errors
/// The database fails.
pub async fn lines(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<Line>> {
    sqlx::query_as!(
        Line,
        r#"SELECT d.id AS "id: DeliveryId", i.kind, i.number, d.subscriber_id AS "subscriber_id: SubscriberId", d.state, d.attempts,
                  d.relay, d.smtp_code, d.reply, d.message_id,
                  CASE WHEN d.state = 'deferred' THEN d.next_at END AS next_at
           FROM deliveries d JOIN issues i ON i.id = d.issue_id
           WHERE d.state IN ('deferred', 'failed', 'uncertain', 'expired', 'skipped')
           ORDER BY i.published_at DESC, d.state, d.id LIMIT $1"#,
        limit
    )
    .fetch_all(pool)
    .await
}

/// Queues anew, with all attempts, what stands in `state` and whose reader is still one. For `Failed` and `Expired` alone:
/// what is uncertain may have arrived.
///
/// # Errors
/// The database fails.
pub async fn queue_again(pool: &PgPool, state: DeliveryState, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE deliveries d SET state = 'queued', attempts = 0, next_at = $2, approved_at = $2, lease_owner = NULL
         FROM subscribers s
         WHERE s.id = d.subscriber_id AND s.state = 'confirmed' AND d.state = $1 AND d.state IN ('failed', 'expired')",
        state.as_str(),
        now
    );
    Ok(done.execute(pool).await?.rows_affected())
}

/// Settles an uncertain delivery by what the relay's log says of its Message-ID (without angle brackets). False: there is
/// no such one.
///
/// # Errors
/// The database fails.
pub async fn settle_uncertain(
    pool: &PgPool,
    message_id: &str,
    (state, words): (DeliveryState, &str),
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE deliveries SET state = $2, reply = $3, lease_owner = NULL, sent_at = CASE WHEN $2 = 'sent' THEN $4::timestamptz END
         WHERE message_id IN ($1, '<' || $1 || '>') AND state = 'uncertain'",
        message_id,
        state.as_str(),
        words,
        now
    );
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

/// How many are uncertain.
///
/// # Errors
/// The database fails.
pub async fn n_uncertain(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM deliveries WHERE state = 'uncertain'"#)
        .fetch_one(pool)
        .await
}

/// The issue that was published last: id, kind, number.
///
/// # Errors
/// The database fails.
pub async fn newest(pool: &PgPool) -> sqlx::Result<Option<(IssueId, IssueKind, i32)>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: IssueId", kind, number FROM issues ORDER BY published_at DESC, id DESC LIMIT 1"#
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| (row.id, row.kind.parse().unwrap_or(IssueKind::Weekly), row.number)))
}
