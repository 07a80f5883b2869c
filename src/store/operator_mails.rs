//! Table `operator_mails`: what broke, once a week, and which draft waits.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::model::DeliveryState;

/// One mail.
#[derive(Clone, Debug)]
pub struct OperatorMail {
    /// ISO week: "2026-W47"; "draft-3-1": the first mail about draft 3.
    pub period: String,
    /// Without angle brackets.
    pub message_id: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Attempts before this one.
    pub attempts: i32,
}

/// Whether the mail of a week that ended at `week_end` is still to be written: something ran before that, and there is
/// none.
///
/// # Errors
/// The database fails.
pub async fn is_wanted(pool: &PgPool, period: &str, week_end: DateTime<Utc>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM runs WHERE started_at < $2)
                  AND NOT EXISTS (SELECT FROM operator_mails WHERE period = $1) AS "wanted!""#,
        period,
        week_end
    )
    .fetch_one(pool)
    .await
}

/// Queues a mail, unless another process was first.
///
/// # Errors
/// The database fails.
pub async fn queue(pool: &PgPool, mail: &OperatorMail, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO operator_mails (period, message_id, subject, body, composed_at, next_at)
         VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING",
        mail.period,
        mail.message_id,
        mail.subject,
        mail.body,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Whether one is to be sent now.
///
/// # Errors
/// The database fails.
pub async fn is_due(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM operator_mails WHERE state IN ('queued', 'deferred') AND next_at <= $1) AS "due!""#,
        now
    )
    .fetch_one(pool)
    .await
}

/// Takes one that is due, and writes down that it is on its way: after a kill it is not sent again.
///
/// # Errors
/// The database fails.
pub async fn take(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Option<OperatorMail>> {
    sqlx::query_as!(
        OperatorMail,
        "UPDATE operator_mails SET state = 'sending', attempts = attempts + 1
         WHERE period = (SELECT period FROM operator_mails WHERE state IN ('queued', 'deferred') AND next_at <= $1
                         ORDER BY period LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING period, message_id, subject, body, attempts",
        now
    )
    .fetch_optional(pool)
    .await
}

/// Writes down what came of it.
///
/// # Errors
/// The database fails.
pub async fn settle(
    pool: &PgPool,
    period: &str,
    state: DeliveryState,
    (error, next_at): (&str, DateTime<Utc>),
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE operator_mails SET state = $2, error = $3, next_at = $4 WHERE period = $1",
        period,
        state.as_str(),
        error,
        next_at
    )
    .execute(pool)
    .await?;
    Ok(())
}
