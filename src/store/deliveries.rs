//! Table `deliveries`: one issue for one reader, from the queue to the relay's answer.
//! What a sender changes stands in `store/ledger.rs`.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};

use crate::model::{DeliveryId, DeliveryState, IssueId, IssueKind, Language, MailParts, SubscriberId, Topic};

/// A delivery that the caller holds until its lease ends. The address is for the envelope, never for a log.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Row id.
    pub id: DeliveryId,
    /// What is sent.
    pub issue_id: IssueId,
    /// Weekly or paper.
    pub kind: IssueKind,
    /// Whose number the issue has: "weekly", "paper", or the slug of an edition.
    pub series: String,
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
    /// Date of the first attempt, if there was one.
    pub dated_at: Option<DateTime<Utc>>,
    /// The provider, or the domain.
    pub domain_group: String,
    /// SHA-256 of what may have arrived already: only the same may be sent again.
    pub sent_before: Option<String>,
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

/// Whether any delivery is due; it does not count a million rows to say so.
///
/// # Errors
/// The database fails.
pub async fn any_due(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM deliveries WHERE state IN ('queued', 'deferred') AND next_at <= $1) AS "any!""#,
        now
    )
    .fetch_one(pool)
    .await
}

/// Who claims, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Holder of the rows.
    pub owner: &'a str,
    /// Most rows.
    pub limit: i64,
    /// When they are free again.
    pub lease_until: DateTime<Utc>,
}

/// Takes due deliveries of present readers, which are the owner's until the lease ends. Rows that another sender is
/// taking at this moment are passed over, and those of a provider that is paused.
///
/// # Errors
/// The database fails.
pub async fn claim(
    conn: &mut PgConnection,
    wish: Wish<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Claimed>> {
    let rows = sqlx::query!(
        "WITH due AS (
             SELECT d.id FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
             WHERE d.state IN ('queued', 'deferred') AND d.next_at <= $1 AND s.state = 'confirmed'
               AND NOT EXISTS (SELECT FROM send_holds h WHERE h.until > $1 AND h.scope IN ('all', 'domain ' || d.domain_group))
             ORDER BY d.next_at, d.id LIMIT $2
             FOR UPDATE OF d SKIP LOCKED)
         UPDATE deliveries d SET state = 'claimed', lease_owner = $3, lease_until = $4
         FROM due, issues i, subscribers s
         WHERE d.id = due.id AND i.id = d.issue_id AND s.id = d.subscriber_id
         RETURNING d.id, d.issue_id, i.kind, i.edition, i.number, d.address, d.language, d.message_id, d.attempts, s.token,
                   d.subscriber_id, d.queued_at, d.topics, d.dated_at, d.domain_group,
                   CASE WHEN d.resent_at IS NOT NULL THEN d.message_sha256 END AS sent_before",
        now,
        wish.limit,
        wish.owner,
        wish.lease_until,
    )
    .fetch_all(conn)
    .await?;
    let claimed = rows.into_iter().map(|row| Claimed {
        id: DeliveryId(row.id),
        issue_id: IssueId(row.issue_id),
        kind: row.kind.parse().unwrap_or(IssueKind::Weekly),
        series: row.edition,
        number: row.number,
        address: row.address,
        language: row.language.parse().unwrap_or(Language::En),
        message_id: row.message_id,
        attempts: row.attempts,
        token: row.token,
        subscriber_id: SubscriberId(row.subscriber_id),
        queued_at: row.queued_at,
        topics: row.topics.iter().filter_map(|word| word.parse().ok()).collect(),
        dated_at: row.dated_at,
        domain_group: row.domain_group.unwrap_or_default(),
        sent_before: row.sent_before,
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
