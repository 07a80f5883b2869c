//! Table `letters`: mails to one person outside any issue. A row holds no address and no words: both are looked up when it
//! is sent, so nothing is mailed to who has left, moved or been suppressed meanwhile.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, PgPool};

use crate::model::{DeliveryState, Language, SubscriberId};

/// Questions and links that one mailbox gets in a day, and in thirty: who types a stranger's address cannot fill it.
const PER_DAY: i64 = 2;
/// See [`PER_DAY`].
const PER_MONTH: i64 = 4;

/// Questions and links of an hour, to all mailboxes; more is an attack.
const PER_HOUR: i64 = 1000;

/// Days that a letter's row is counted, and kept.
const DAYS: i64 = 30;

/// A letter that is to be written and sent now.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Row id.
    pub id: i64,
    /// `confirm`, `link` or `welcome`.
    pub kind: String,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
    /// Attempts, with this one.
    pub attempts: i32,
    /// The request that it is about, if that still waits: address, language, when it was made.
    pub asked: Option<(String, Language, DateTime<Utc>)>,
    /// The reader that it is for, or who has the address already.
    pub reader: Option<Reader>,
    /// Whether the address may not be written to.
    pub suppressed: bool,
}

/// Whom it is for.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Row id.
    pub id: SubscriberId,
    /// Never in a log.
    pub email: String,
    /// Of the letter.
    pub language: Language,
    /// Of the links. Never in a log.
    pub token: String,
}

/// Where a mailbox is counted: "+tags" all come to one.
fn mailbox(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((local, domain)) => {
            let name = local.split_once('+').map_or(local, |(name, _)| name);
            format!("{name}@{domain}").to_lowercase()
        }
        None => email.to_lowercase(),
    }
}

/// One request after the other for each mailbox, until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock_mailbox(conn: &mut PgConnection, email: &str) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", mailbox(email))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether so many letters were asked for within an hour that no more are taken.
///
/// # Errors
/// The database fails.
pub async fn is_flooded(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let n = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM letters WHERE queued_at > $1 AND kind <> 'welcome'"#,
        now - TimeDelta::hours(1)
    );
    Ok(n.fetch_one(conn).await? >= PER_HOUR)
}

/// Queues the question whether a request is its owner's wish, unless one waits or the mailbox had enough.
///
/// # Errors
/// The database fails.
pub async fn queue_question(
    conn: &mut PgConnection,
    sign_up: i64,
    email: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    if may_write(conn, email, now).await? {
        sqlx::query!(
            "INSERT INTO letters (kind, sign_up_id, mailbox_key, queued_at, next_at)
             SELECT 'confirm', $1, address_key($2), $3, $3
             WHERE NOT EXISTS (SELECT FROM letters WHERE sign_up_id = $1 AND state IN ('queued', 'deferred'))",
            sign_up,
            mailbox(email),
            now
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Queues the way to the reader's preferences, unless the mailbox had enough.
///
/// # Errors
/// The database fails.
pub async fn queue_link(
    pool: &PgPool,
    reader: SubscriberId,
    email: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    lock_mailbox(&mut tx, email).await?;
    if may_write(&mut tx, email, now).await? {
        queue(&mut tx, "link", reader, now).await?;
    }
    tx.commit().await
}

/// Queues a letter to a reader.
///
/// # Errors
/// The database fails.
pub async fn queue(
    conn: &mut PgConnection,
    kind: &str,
    reader: SubscriberId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let email = sqlx::query_scalar!("SELECT email FROM subscribers WHERE id = $1", reader.0)
        .fetch_one(&mut *conn)
        .await?;
    sqlx::query!(
        "INSERT INTO letters (kind, subscriber_id, mailbox_key, queued_at, next_at) VALUES ($1, $2, address_key($3), $4, $4)",
        kind,
        reader.0,
        mailbox(&email),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn may_write(conn: &mut PgConnection, email: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let n = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE queued_at > $2) AS "day!", count(*) AS "month!"
           FROM letters WHERE mailbox_key = address_key($1) AND queued_at > $3 AND kind <> 'welcome'"#,
        mailbox(email),
        now - TimeDelta::days(1),
        now - TimeDelta::days(DAYS)
    )
    .fetch_one(conn)
    .await?;
    Ok(n.day < PER_DAY && n.month < PER_MONTH)
}

/// Whether a letter is to be sent now, or a request to be forgotten.
///
/// # Errors
/// The database fails.
pub async fn is_due(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM letters WHERE state IN ('queued', 'deferred') AND next_at <= $1)
                  OR EXISTS (SELECT FROM sign_ups WHERE expires_at <= $1) AS "due!""#,
        now
    )
    .fetch_one(pool)
    .await
}

/// Takes one that is due, writes down that it is on its way (after a kill it is not sent again) and that its link has the
/// token of this hash.
///
/// # Errors
/// The database fails.
pub async fn take(pool: &PgPool, token_hash: &[u8], now: DateTime<Utc>) -> sqlx::Result<Option<Letter>> {
    let id = sqlx::query_scalar!(
        "UPDATE letters SET state = 'sending', attempts = attempts + 1,
                token_hash = CASE WHEN kind = 'confirm' THEN $2::bytea END
         WHERE id = (SELECT id FROM letters WHERE state IN ('queued', 'deferred') AND next_at <= $1
                     ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id",
        now,
        token_hash
    )
    .fetch_optional(pool)
    .await?;
    let Some(id) = id else { return Ok(None) };
    let row = sqlx::query!(
        r#"SELECT l.kind, l.queued_at, l.attempts, u.email AS "email?", u.language AS "language?", u.asked_at AS "asked_at?",
                  s.id AS "reader?: SubscriberId", s.email AS "reader_email?", s.language AS "reader_language?",
                  s.token AS "token?",
                  EXISTS (SELECT FROM suppressions x WHERE x.address_key = address_key(coalesce(u.email, s.email))
                          AND x.reason <> 'erased') AS "suppressed!"
           FROM letters l
           LEFT JOIN sign_ups u ON u.id = l.sign_up_id AND u.confirmed_at IS NULL AND u.expires_at > $2
           LEFT JOIN subscribers s ON s.state = 'confirmed' AND s.id = coalesce(l.subscriber_id,
               (SELECT r.id FROM subscribers r WHERE lower(r.email) = lower(u.email) AND u.subscriber_id IS NULL LIMIT 1))
           WHERE l.id = $1"#,
        id,
        now
    )
    .fetch_one(pool)
    .await?;
    let language = |word: Option<String>| word.and_then(|word| word.parse().ok()).unwrap_or(Language::En);
    let reader = row.reader.zip(row.reader_email.zip(row.token));
    Ok(Some(Letter {
        id,
        kind: row.kind,
        queued_at: row.queued_at,
        attempts: row.attempts,
        asked: row.email.zip(row.asked_at).map(|(email, at)| (email, language(row.language), at)),
        reader: reader.map(|(id, (email, token))| Reader {
            id,
            email,
            language: language(row.reader_language),
            token,
        }),
        suppressed: row.suppressed,
    }))
}

/// Writes down what came of it.
///
/// # Errors
/// The database fails.
pub async fn settle(
    pool: &PgPool,
    id: i64,
    state: DeliveryState,
    (reply, next_at): (&str, DateTime<Utc>),
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE letters SET state = $2, reply = $3, next_at = $4 WHERE id = $1",
        id,
        state.as_str(),
        reply,
        next_at
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Deletes what the limits do not count any more.
///
/// # Errors
/// The database fails.
pub async fn forget(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM letters WHERE queued_at <= $1", now - TimeDelta::days(DAYS))
        .execute(pool)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_makes_no_second_mailbox() {
        assert_eq!(mailbox("Ada+one@Example.org"), "ada@example.org");
        assert_eq!(mailbox("ada@example.org"), "ada@example.org");
    }
}
