//! Table `subscribers`: the readers. Leaving marks a row, it is never deleted; a token works for ever.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use super::sign_ups::Wish;
use crate::model::{Language, SubscriberId, Topic};

/// What adding a reader did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Added {
    /// A new reader.
    New,
    /// Was one already; only the language may have changed.
    Known,
    /// Had left, and is back.
    Back,
}

/// A reader.
#[derive(Clone, Debug)]
pub struct Subscriber {
    /// Row id.
    pub id: SubscriberId,
    /// Where mail goes. Never in a log.
    pub email: String,
    /// Of the mail.
    pub language: Language,
    /// What the mail is cut to; nothing: it is whole.
    pub topics: Vec<Topic>,
    /// Slugs of further editions.
    pub editions: Vec<String>,
    /// Wants the weekly issue.
    pub weekly: bool,
    /// Wants the paper of the month.
    pub monthly: bool,
    /// In the unsubscribe link. Never in a log.
    pub token: String,
    /// First time.
    pub created_at: DateTime<Utc>,
    /// When the reader left, if so.
    pub left_at: Option<DateTime<Utc>>,
    /// IANA name; none: the operator's.
    pub time_zone: Option<String>,
    /// Nothing is queued before.
    pub paused_until: Option<DateTime<Utc>>,
    /// When the reader asked to be forgotten: nothing above tells any more who it was.
    pub erased_at: Option<DateTime<Utc>>,
}

struct Row {
    id: i64,
    email: String,
    language: String,
    topics: Vec<String>,
    editions: Vec<String>,
    weekly: bool,
    monthly: bool,
    token: String,
    created_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
    time_zone: Option<String>,
    paused_until: Option<DateTime<Utc>>,
    erased_at: Option<DateTime<Utc>>,
}

impl From<Row> for Subscriber {
    fn from(row: Row) -> Self {
        Self {
            id: SubscriberId(row.id),
            email: row.email,
            language: row.language.parse().unwrap_or(Language::En),
            topics: topics_of(&row.topics),
            editions: row.editions,
            weekly: row.weekly,
            monthly: row.monthly,
            token: row.token,
            created_at: row.created_at,
            left_at: row.left_at,
            time_zone: row.time_zone,
            paused_until: row.paused_until,
            erased_at: row.erased_at,
        }
    }
}

/// Topics as the database has them.
pub fn topic_words(topics: &[Topic]) -> Vec<String> {
    topics.iter().map(Topic::to_string).collect()
}

/// The same the other way.
pub fn topics_of(words: &[String]) -> Vec<Topic> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

/// Adds a reader, or takes one back who had left. The address must have been checked at the door; two spellings
/// that differ only in case are one reader.
///
/// # Errors
/// The database fails.
pub async fn add(
    pool: &PgPool,
    email: &str,
    language: Language,
    now: DateTime<Utc>,
) -> anyhow::Result<Added> {
    let email = lower_domain(email);
    let known = sqlx::query!("SELECT id, left_at FROM subscribers WHERE lower(email) = lower($1)", email)
        .fetch_optional(pool)
        .await?;
    let Some(known) = known else {
        return insert(pool, &email, language, now).await;
    };
    sqlx::query!(
        "UPDATE subscribers SET state = 'confirmed', left_at = NULL, language = $2 WHERE id = $1",
        known.id,
        language.as_str()
    )
    .execute(pool)
    .await?;
    Ok(if known.left_at.is_some() { Added::Back } else { Added::Known })
}

/// What the mails of this reader are cut to from the next issue on; nothing: they are whole.
///
/// # Errors
/// The database fails.
pub async fn choose_topics(pool: &PgPool, email: &str, topics: &[Topic]) -> sqlx::Result<()> {
    let words = topic_words(topics);
    let email = lower_domain(email);
    sqlx::query!("UPDATE subscribers SET topics = $2 WHERE lower(email) = lower($1)", email, &words)
        .execute(pool)
        .await?;
    Ok(())
}

/// Which editions this reader gets beside the weekly issue and the paper.
///
/// # Errors
/// The database fails.
pub async fn choose_editions(pool: &PgPool, email: &str, editions: &[String]) -> sqlx::Result<()> {
    let email = lower_domain(email);
    sqlx::query!("UPDATE subscribers SET editions = $2 WHERE lower(email) = lower($1)", email, editions)
        .execute(pool)
        .await?;
    Ok(())
}

/// The owner of an address has confirmed it: a reader, new or once more, with what was asked for. Who asked to be forgotten
/// has asked anew.
///
/// # Errors
/// The database fails.
pub async fn welcome(conn: &mut PgConnection, wish: &Wish, now: DateTime<Utc>) -> sqlx::Result<SubscriberId> {
    let email = lower_domain(&wish.email);
    sqlx::query!("DELETE FROM suppressions WHERE address_key = address_key($1) AND reason = 'erased'", email)
        .execute(&mut *conn)
        .await?;
    let known = sqlx::query_scalar!("SELECT email FROM subscribers WHERE lower(email) = lower($1)", email)
        .fetch_optional(&mut *conn)
        .await?;
    sqlx::query_scalar!(
        r#"INSERT INTO subscribers (email, language, topics, weekly, monthly, time_zone, token, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT ON CONSTRAINT one_subscriber_per_email DO UPDATE
           SET state = 'confirmed', left_at = NULL, paused_until = NULL, language = $2, topics = $3, weekly = $4,
               monthly = $5, time_zone = $6
           RETURNING id AS "id: SubscriberId""#,
        known.unwrap_or(email),
        wish.choice.language.as_str(),
        &topic_words(&wish.choice.topics),
        wish.choice.weekly,
        wish.choice.monthly,
        wish.choice.time_zone,
        new_token(),
        now
    )
    .fetch_one(conn)
    .await
}

/// 128 random bits.
pub(super) fn new_token() -> String {
    format!("{:032x}", rand::random::<u128>())
}

async fn insert(pool: &PgPool, email: &str, language: Language, now: DateTime<Utc>) -> anyhow::Result<Added> {
    let done = sqlx::query!(
        "INSERT INTO subscribers (email, language, token, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT one_subscriber_per_email DO NOTHING",
        email,
        language.as_str(),
        new_token(),
        now
    );
    let is_new = done.execute(pool).await?.rows_affected() == 1;
    Ok(if is_new { Added::New } else { Added::Known })
}

/// All readers, also those who left, by id.
///
/// # Errors
/// The database fails.
pub async fn list(pool: &PgPool) -> sqlx::Result<Vec<Subscriber>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, email, language, topics, editions, weekly, monthly, token, created_at, left_at, time_zone, paused_until, erased_at
         FROM subscribers ORDER BY id"
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Subscriber::from).collect())
}

/// The reader with this token, now or before a move, also one who left.
///
/// # Errors
/// The database fails.
pub async fn by_token(pool: &PgPool, token: &str) -> sqlx::Result<Option<Subscriber>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, email, language, topics, editions, weekly, monthly, token, created_at, left_at, time_zone, paused_until, erased_at
         FROM subscribers WHERE token = $1 OR id = (SELECT subscriber_id FROM former_tokens WHERE token = $1)",
        token
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(Subscriber::from))
}

/// The reader leaves. True if the address is a reader's, also one who had left before.
///
/// # Errors
/// The database fails.
pub async fn leave_by_email(pool: &PgPool, email: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE subscribers SET state = 'left', left_at = coalesce(left_at, $2) WHERE lower(email) = lower($1)",
        lower_domain(email),
        now
    );
    Ok(done.execute(pool).await?.rows_affected() > 0)
}

/// The reader leaves. True if the token exists, also when it was used before.
///
/// # Errors
/// The database fails.
pub async fn leave_by_token(pool: &PgPool, token: &str, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE subscribers SET state = 'left', left_at = coalesce(left_at, $2)
         WHERE token = $1 OR id = (SELECT subscriber_id FROM former_tokens WHERE token = $1)",
        token,
        now
    );
    Ok(done.execute(pool).await?.rows_affected() > 0)
}

/// Domains have no case; what stands before the @ may have one.
pub(super) fn lower_domain(email: &str) -> String {
    match email.trim().rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => email.trim().to_owned(),
    }
}

/// The reader of this row, also one who left.
///
/// # Errors
/// The database fails.
pub async fn by_id(pool: &PgPool, id: SubscriberId) -> sqlx::Result<Option<Subscriber>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, email, language, topics, editions, weekly, monthly, token, created_at, left_at, time_zone, paused_until, erased_at
         FROM subscribers WHERE id = $1",
        id.0
    );
    Ok(row.fetch_optional(pool).await?.map(Subscriber::from))
}

/// The reader with this address, also one who left.
///
/// # Errors
/// The database fails.
pub async fn by_email(pool: &PgPool, email: &str) -> sqlx::Result<Option<Subscriber>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, email, language, topics, editions, weekly, monthly, token, created_at, left_at, time_zone, paused_until, erased_at
         FROM subscribers WHERE lower(email) = lower($1)",
        lower_domain(email)
    );
    Ok(row.fetch_optional(pool).await?.map(Subscriber::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_domain_loses_its_case() {
        assert_eq!(lower_domain(" Ada.L@Example.ORG "), "Ada.L@example.org");
    }
}
