//! Table `sign_ups`: addresses that wait for their owner's word. Asking looks at nothing that is known of the address, so
//! that neither the answer nor its time tells whether somebody reads; what is mailed is decided when it is sent.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::{PgConnection, PgPool};

use super::preferences::Choice;
use super::{consents, letters, preferences, subscribers, suppressions};
use crate::model::{Language, SubscriberId};

/// Days until a request that nobody confirmed is forgotten.
pub const DAYS: i64 = 7;

/// Sign-ups that one client may ask for in an hour.
pub const PER_CLIENT: i32 = 20;

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Checked at the door.
    pub email: String,
    /// What the mails are to be.
    pub choice: Choice,
}

/// What shows later that somebody asked.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The client's network address.
    pub from: &'a str,
    /// Version of the words that were agreed to.
    pub wording: &'a str,
}

/// A request that waits, or was confirmed lately.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// Row id.
    pub id: i64,
    /// What was asked for.
    pub wish: Wish,
    /// The reader who moves; none: somebody new.
    pub subscriber_id: Option<SubscriberId>,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// When it is forgotten.
    pub expires_at: DateTime<Utc>,
    /// When its owner confirmed it.
    pub confirmed_at: Option<DateTime<Utc>>,
    asked_from: String,
    wording: String,
}

/// What confirming did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The address is a reader's from now on, or was confirmed before.
    Done,
    /// The reader has moved to it.
    Moved,
    /// Another reader has the address.
    Taken,
    /// There is no such request, or not any more.
    Unknown,
}

/// What stands in the database for a token.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// Counts a request of `client`. False: too many within the hour.
///
/// # Errors
/// The database fails.
pub async fn count_client(pool: &PgPool, client: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let n = sqlx::query_scalar!(
        "INSERT INTO sign_up_clients (client, hour, n) VALUES ($1, $2, 1)
         ON CONFLICT (client, hour) DO UPDATE SET n = sign_up_clients.n + 1 RETURNING n",
        client,
        hour
    );
    Ok(n.fetch_one(pool).await? <= PER_CLIENT)
}

/// Notes a wish and queues the question, unless the mailbox got enough of them. False: so many questions wait or were
/// sent lately, to whomever, that no more are taken.
///
/// # Errors
/// The database fails.
pub async fn ask(
    pool: &PgPool,
    wish: &Wish,
    evidence: Evidence<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let mut tx = pool.begin().await?;
    letters::lock_mailbox(&mut tx, &wish.email).await?;
    if letters::is_flooded(&mut tx, now).await? {
        return Ok(false);
    }
    // The links of a request that was confirmed, or ran out, must not be good for this one.
    sqlx::query!(
        "DELETE FROM sign_ups
         WHERE lower(email) = lower($1) AND subscriber_id IS NULL AND (confirmed_at IS NOT NULL OR expires_at <= $2)",
        wish.email,
        now
    )
    .execute(&mut *tx)
    .await?;
    let id = sqlx::query_scalar!(
        "INSERT INTO sign_ups (email, language, topics, weekly, monthly, time_zone, asked_at, expires_at, asked_from, wording)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (lower(email)) WHERE subscriber_id IS NULL DO UPDATE
         SET email = $1, language = $2, topics = $3, weekly = $4, monthly = $5, time_zone = $6, asked_at = $7,
             expires_at = $8, asked_from = $9, wording = $10
         RETURNING id",
        wish.email,
        wish.choice.language.as_str(),
        &subscribers::topic_words(&wish.choice.topics),
        wish.choice.weekly,
        wish.choice.monthly,
        wish.choice.time_zone,
        now,
        now + TimeDelta::days(DAYS),
        evidence.from,
        evidence.wording
    )
    .fetch_one(&mut *tx)
    .await?;
    letters::queue_question(&mut tx, id, &wish.email, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// The request whose link this is.
///
/// # Errors
/// The database fails.
pub async fn by_token(pool: &PgPool, token: &str, now: DateTime<Utc>) -> sqlx::Result<Option<SignUp>> {
    let mut conn = pool.acquire().await?;
    find(&mut conn, token, now).await
}

async fn find(conn: &mut PgConnection, token: &str, now: DateTime<Utc>) -> sqlx::Result<Option<SignUp>> {
    let row = sqlx::query!(
        r#"SELECT u.id, u.email, u.subscriber_id AS "subscriber_id: SubscriberId", u.language, u.topics, u.weekly, u.monthly,
                  u.time_zone, u.asked_at, u.expires_at, u.asked_from, u.wording, u.confirmed_at
           FROM letters l JOIN sign_ups u ON u.id = l.sign_up_id
           WHERE l.token_hash = $1 AND l.kind = 'confirm' AND u.expires_at > $2 FOR UPDATE OF u"#,
        hash(token),
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| SignUp {
        id: row.id,
        wish: Wish {
            email: row.email,
            choice: Choice {
                language: row.language.parse().unwrap_or(Language::En),
                topics: subscribers::topics_of(&row.topics),
                weekly: row.weekly,
                monthly: row.monthly,
                time_zone: row.time_zone,
            },
        },
        subscriber_id: row.subscriber_id,
        asked_at: row.asked_at,
        expires_at: row.expires_at,
        confirmed_at: row.confirmed_at,
        asked_from: row.asked_from,
        wording: row.wording,
    }))
}

/// The owner of the address says yes. A second time changes nothing, also after the reader has left.
///
/// # Errors
/// The database fails.
pub async fn confirm(pool: &PgPool, token: &str, from: &str, now: DateTime<Utc>) -> sqlx::Result<Confirmed> {
    let mut tx = pool.begin().await?;
    let Some(sign_up) = find(&mut tx, token, now).await? else { return Ok(Confirmed::Unknown) };
    if sign_up.confirmed_at.is_some() {
        return Ok(if sign_up.subscriber_id.is_some() { Confirmed::Moved } else { Confirmed::Done });
    }
    if suppressions::forbids(&mut tx, &sign_up.wish.email).await? {
        return Ok(Confirmed::Unknown);
    }
    let (reader, done) = match sign_up.subscriber_id {
        Some(reader) => {
            if !preferences::move_to(&mut tx, reader, &sign_up.wish.email).await? {
                return Ok(Confirmed::Taken);
            }
            (reader, Confirmed::Moved)
        }
        None => {
            let reader = subscribers::welcome(&mut tx, &sign_up.wish, now).await?;
            letters::queue(&mut tx, "welcome", reader, now).await?;
            (reader, Confirmed::Done)
        }
    };
    let consent = consents::Consent {
        how: if done == Confirmed::Moved { "move" } else { "sign-up" }.to_owned(),
        asked_at: sign_up.asked_at,
        asked_from: sign_up.asked_from,
        wording: sign_up.wording,
        confirmed_at: Some(now),
        confirmed_from: Some(from.to_owned()),
    };
    consents::note(&mut tx, reader, &consent).await?;
    sqlx::query!("UPDATE sign_ups SET confirmed_at = $2 WHERE id = $1", sign_up.id, now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(done)
}

/// How many new readers have not confirmed yet.
///
/// # Errors
/// The database fails.
pub async fn n_waiting(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM sign_ups
           WHERE subscriber_id IS NULL AND confirmed_at IS NULL AND expires_at > $1"#,
        now
    )
    .fetch_one(pool)
    .await
}

/// Forgets requests whose time is over, what the limits do not count any more, and the clients of yesterday. Says how many
/// requests nobody confirmed.
///
/// # Errors
/// The database fails.
pub async fn purge(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<i64> {
    letters::forget(pool, now).await?;
    sqlx::query!("DELETE FROM sign_up_clients WHERE hour < $1", now - TimeDelta::days(1))
        .execute(pool)
        .await?;
    sqlx::query_scalar!(
        r#"WITH gone AS (DELETE FROM sign_ups WHERE expires_at <= $1 RETURNING confirmed_at)
           SELECT count(*) FILTER (WHERE confirmed_at IS NULL) AS "n!" FROM gone"#,
        now
    )
    .fetch_one(pool)
    .await
}
