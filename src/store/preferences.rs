//! What a reader changes on the own row of `subscribers`: wishes, a pause, the address; and the end of all that is stored.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use super::sign_ups::{DAYS, Evidence};
use super::subscribers::{Subscriber, lower_domain, new_token, topic_words};
use super::suppressions::{self, Suppression};
use super::{consents, letters};
use crate::model::{Language, SubscriberId, Topic};

/// What a reader chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Of the mails.
    pub language: Language,
    /// None: the whole issue.
    pub topics: Vec<Topic>,
    /// The weekly issue.
    pub weekly: bool,
    /// The paper of the month.
    pub monthly: bool,
    /// IANA name; none: the operator's.
    pub time_zone: Option<String>,
}

/// Counts from the next issue on.
///
/// # Errors
/// The database fails.
pub async fn save(pool: &PgPool, reader: SubscriberId, choice: &Choice) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE subscribers SET language = $2, topics = $3, weekly = $4, monthly = $5, time_zone = $6 WHERE id = $1",
        reader.0,
        choice.language.as_str(),
        &topic_words(&choice.topics),
        choice.weekly,
        choice.monthly,
        choice.time_zone
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Nothing is queued before `until`; none: the pause is over.
///
/// # Errors
/// The database fails.
pub async fn pause(pool: &PgPool, reader: SubscriberId, until: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    sqlx::query!("UPDATE subscribers SET paused_until = $2 WHERE id = $1", reader.0, until)
        .execute(pool)
        .await?;
    Ok(())
}

/// Notes that the reader wants to move to `email`, and queues the question to that address, unless it had enough. The last
/// wish counts. False: so many questions wait that no more are taken.
///
/// # Errors
/// The database fails.
pub async fn ask_to_move(
    pool: &PgPool,
    reader: &Subscriber,
    email: &str,
    evidence: Evidence<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let mut tx = pool.begin().await?;
    letters::lock_mailbox(&mut tx, email).await?;
    if letters::is_flooded(&mut tx, now).await? {
        return Ok(false);
    }
    // The links of the wish before this one must not be good for it.
    sqlx::query!("DELETE FROM sign_ups WHERE subscriber_id = $1", reader.id.0).execute(&mut *tx).await?;
    let id = sqlx::query_scalar!(
        "INSERT INTO sign_ups (email, subscriber_id, language, topics, weekly, monthly, time_zone, asked_at, expires_at,
                               asked_from, wording)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        lower_domain(email),
        reader.id.0,
        reader.language.as_str(),
        &topic_words(&reader.topics),
        reader.weekly,
        reader.monthly,
        reader.time_zone,
        now,
        now + TimeDelta::days(DAYS),
        evidence.from,
        evidence.wording
    )
    .fetch_one(&mut *tx)
    .await?;
    letters::queue_question(&mut tx, id, email, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// The reader's mail goes to `email` from now on. The links in mails to the former address open the preferences no longer;
/// they still unsubscribe. False: another reader has the address.
///
/// # Errors
/// The database fails.
pub async fn move_to(conn: &mut PgConnection, reader: SubscriberId, email: &str) -> sqlx::Result<bool> {
    let is_taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM subscribers WHERE lower(email) = lower($1) AND id <> $2) AS "taken!""#,
        email,
        reader.0
    );
    if is_taken.fetch_one(&mut *conn).await? {
        return Ok(false);
    }
    sqlx::query!(
        "INSERT INTO former_tokens (token, subscriber_id) SELECT token, id FROM subscribers WHERE id = $1",
        reader.0
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE subscribers SET email = $2, token = $3 WHERE id = $1 AND erased_at IS NULL",
        reader.0,
        email,
        new_token()
    )
    .execute(&mut *conn)
    .await?;
    // What waits goes there too.
    sqlx::query!(
        "UPDATE deliveries SET address = $2 WHERE subscriber_id = $1 AND state IN ('queued', 'deferred')",
        reader.0,
        email
    )
    .execute(conn)
    .await?;
    Ok(true)
}

/// Forgets a reader: what is left of the row keeps the deliveries' count true and tells nothing of a person. The address's
/// key stays, so that nobody signs it up again unasked.
///
/// # Errors
/// The database fails.
pub async fn erase(pool: &PgPool, reader: SubscriberId, now: DateTime<Utc>) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    let row = sqlx::query!("SELECT email, erased_at FROM subscribers WHERE id = $1 FOR UPDATE", reader.0);
    let Some(row) = row.fetch_optional(&mut *tx).await? else { return Ok(()) };
    if row.erased_at.is_some() {
        return Ok(());
    }
    suppressions::suppress(&mut tx, &row.email, Suppression::Erased, now).await?;
    sqlx::query!(
        "DELETE FROM sign_ups WHERE lower(email) = lower($1) OR subscriber_id = $2",
        row.email,
        reader.0
    )
    .execute(&mut *tx)
    .await?;
    for table in ["letters", "consents", "former_tokens", "votes"] {
        forget_in(&mut tx, table, reader).await?;
    }
    sqlx::query!(
        "UPDATE deliveries SET address = 'erased-' || subscriber_id || '@invalid', topics = '{}', reply = NULL,
                state = CASE WHEN state IN ('queued', 'deferred') THEN 'skipped' ELSE state END
         WHERE subscriber_id = $1",
        reader.0
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE subscribers SET email = 'erased-' || id || '@invalid', language = 'en', topics = '{}', time_zone = NULL,
                paused_until = NULL, token = $2, state = 'left', left_at = coalesce(left_at, $3), erased_at = $3
         WHERE id = $1",
        reader.0,
        new_token(),
        now
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

async fn forget_in(conn: &mut PgConnection, table: &str, reader: SubscriberId) -> sqlx::Result<()> {
    let query = match table {
        "letters" => sqlx::query!("DELETE FROM letters WHERE subscriber_id = $1", reader.0),
        "consents" => sqlx::query!("DELETE FROM consents WHERE subscriber_id = $1", reader.0),
        "former_tokens" => sqlx::query!("DELETE FROM former_tokens WHERE subscriber_id = $1", reader.0),
        _ => sqlx::query!("DELETE FROM votes WHERE subscriber_id = $1", reader.0),
    };
    query.execute(conn).await?;
    Ok(())
}

/// All that is stored about a reader, but for the secret in the links.
///
/// # Errors
/// The database fails.
pub async fn stored(pool: &PgPool, reader: &Subscriber) -> sqlx::Result<Value> {
    let deliveries = sqlx::query!(
        "SELECT i.kind, i.number, d.address, d.language, d.topics, d.state, d.queued_at, d.sent_at, d.message_id
         FROM deliveries d JOIN issues i ON i.id = d.issue_id WHERE d.subscriber_id = $1 ORDER BY d.id",
        reader.id.0
    )
    .fetch_all(pool)
    .await?;
    let delivery = deliveries.into_iter().map(|row| {
        json!({ "issue": format!("{} {}", row.kind, row.number), "address": row.address, "language": row.language,
                "topics": row.topics, "state": row.state, "queued_at": row.queued_at, "sent_at": row.sent_at,
                "message_id": row.message_id })
    });
    let votes = sqlx::query!(
        "SELECT v.kind, v.comment, v.voted_at, v.taken_back_at, st.title FROM votes v JOIN stories st ON st.id = v.story_id
         WHERE v.subscriber_id = $1 ORDER BY v.id",
        reader.id.0
    )
    .fetch_all(pool)
    .await?;
    let vote = votes.into_iter().map(|row| {
        json!({ "story": row.title, "vote": row.kind, "comment": row.comment, "voted_at": row.voted_at,
                "taken_back_at": row.taken_back_at })
    });
    let moves = sqlx::query!(
        "SELECT email, asked_at, asked_from, expires_at FROM sign_ups WHERE subscriber_id = $1 OR lower(email) = lower($2)",
        reader.id.0,
        reader.email
    )
    .fetch_all(pool)
    .await?;
    let waiting = moves.into_iter().map(|row| {
        json!({ "email": row.email, "asked_at": row.asked_at, "asked_from": row.asked_from, "kept_until": row.expires_at })
    });
    let letters = sqlx::query!(
        "SELECT kind, state, queued_at FROM letters WHERE subscriber_id = $1 ORDER BY id",
        reader.id.0
    )
    .fetch_all(pool)
    .await?;
    let letter = letters
        .into_iter()
        .map(|row| json!({ "kind": row.kind, "state": row.state, "queued_at": row.queued_at }));
    Ok(json!({
        "id": reader.id, "email": reader.email, "language": reader.language, "topics": reader.topics,
        "weekly": reader.weekly, "monthly": reader.monthly, "time_zone": reader.time_zone,
        "paused_until": reader.paused_until, "created_at": reader.created_at, "left_at": reader.left_at,
        "consents": consents::list(pool, reader.id).await?,
        "deliveries": delivery.collect::<Vec<_>>(), "votes": vote.collect::<Vec<_>>(),
        "sign_ups": waiting.collect::<Vec<_>>(), "letters": letter.collect::<Vec<_>>(),
    }))
}
