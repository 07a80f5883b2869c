//! Table `sources`: the configured origins, what they answered, when they are due.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use sqlx::types::Json;

use crate::model::{Rhythm, SourceId};

/// What feeds.toml says of a source.
#[derive(Clone, Debug)]
pub struct Configured<'a> {
    /// Short unique name.
    pub slug: &'a str,
    /// Name for readers.
    pub name: &'a str,
    /// Word of `SourceKind`.
    pub kind: &'a str,
    /// What is fetched.
    pub url: &'a str,
    /// Word of `Lane`.
    pub lane: &'a str,
    /// Word of `Language`.
    pub language: &'a str,
    /// Word of `Tier`.
    pub tier: &'a str,
    /// Who speaks.
    pub owner: &'a str,
    /// "host:port" of the URL.
    pub host: &'a str,
    /// Whether a pause that another source of the host was told holds for this one.
    pub heeds_host_pause: bool,
    /// All that decides what is read of an answer: an edit makes the same answer news.
    pub rules: &'a str,
}

/// A source as the operator sees it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SourceRow {
    /// Short unique name.
    pub slug: String,
    /// Name for readers.
    pub name: String,
    /// Word of `SourceKind`.
    pub kind: String,
    /// What is fetched.
    pub url: String,
    /// Word of `Lane`.
    pub lane: String,
    /// Word of `Language`.
    pub language: String,
    /// Word of `Tier`.
    pub tier: String,
    /// Who speaks.
    pub owner: String,
    /// Whether feeds.toml still has it.
    pub enabled: bool,
    /// See the migration's check.
    pub state: String,
    /// Last question.
    pub last_fetch_at: Option<DateTime<Utc>>,
    /// Last good answer.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// HTTP status, if there was one.
    pub last_status: Option<i32>,
    /// One line for the operator.
    pub last_error: Option<String>,
    /// Failures in a row.
    pub n_failures: i32,
    /// Entries of the last good answer.
    pub n_entries: i32,
    /// What had to be mended in it.
    pub repairs: Vec<String>,
    /// When it is asked again.
    pub next_at: DateTime<Utc>,
    /// Where its permanent redirects lead.
    pub moved_to: Option<String>,
    /// First failure of the present row of failures.
    pub failing_since: Option<DateTime<Utc>>,
}

/// What one question to a source came to.
#[derive(Clone, Debug)]
pub struct Asked {
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// When it is asked again.
    pub next_at: DateTime<Utc>,
    /// The new state.
    pub state: &'static str,
    /// HTTP status, if there was one.
    pub status: Option<i32>,
    /// One line for the operator.
    pub error: Option<String>,
    /// Failures in a row, 0 for a good answer.
    pub n_failures: i32,
    /// Where its permanent redirects lead, and how often in a row they were seen.
    pub moved: (Option<String>, i32),
    /// "host:port" of what is asked next.
    pub host: String,
}

/// What a good answer brought besides its entries.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Whether there was a body: its validators, also absent ones, replace the old ones.
    pub is_full: bool,
    /// Validator for the next question; `None` after a 304 leaves the old one.
    pub etag: Option<String>,
    /// Validator for the next question; `None` after a 304 leaves the old one.
    pub last_modified: Option<String>,
    /// SHA-256 of the body; `None` leaves the old one (304).
    pub body_sha256: Option<Vec<u8>>,
    /// Entries; `None` leaves the old count (304).
    pub n_entries: Option<i32>,
    /// What had to be mended; `None` leaves the old list (304).
    pub repairs: Option<Vec<String>>,
    /// What it tells of the source's rhythm; `None` leaves what is known.
    pub rhythm: Option<Rhythm>,
}

/// Enters a source of feeds.toml, or brings its row up to date. A changed address is asked at once and without the old
/// address's validators, unless it is the one that the old led to; with changed rules the same answer is read anew.
///
/// # Errors
/// The database fails.
pub async fn enter(conn: &mut PgConnection, source: &Configured<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        r#"INSERT INTO sources AS old (slug, name, kind, url, lane, language, tier, owner, next_at, host, heeds_host_pause, rules)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           ON CONFLICT (slug) DO UPDATE SET
               name = excluded.name, kind = excluded.kind, lane = excluded.lane, language = excluded.language,
               tier = excluded.tier, owner = excluded.owner, enabled = true, url = excluded.url,
               heeds_host_pause = excluded.heeds_host_pause, rules = excluded.rules,
               host = CASE WHEN old.url = excluded.url AND old.host <> '' THEN old.host ELSE excluded.host END,
               moved_to = CASE WHEN old.url = excluded.url THEN old.moved_to END,
               n_moved = CASE WHEN old.url = excluded.url THEN old.n_moved ELSE 0 END,
               rhythm = CASE WHEN (old.url = excluded.url OR old.moved_to = excluded.url) AND coalesce(old.rules, excluded.rules) = excluded.rules THEN old.rhythm END,
               etag = CASE WHEN (old.url = excluded.url OR old.moved_to = excluded.url) AND coalesce(old.rules, excluded.rules) = excluded.rules THEN old.etag END,
               last_modified = CASE WHEN (old.url = excluded.url OR old.moved_to = excluded.url) AND coalesce(old.rules, excluded.rules) = excluded.rules THEN old.last_modified END,
               body_sha256 = CASE WHEN (old.url = excluded.url OR old.moved_to = excluded.url) AND coalesce(old.rules, excluded.rules) = excluded.rules THEN old.body_sha256 END,
               n_failures = CASE WHEN old.url = excluded.url THEN old.n_failures ELSE 0 END,
               next_at = CASE WHEN old.url = excluded.url OR old.moved_to = excluded.url THEN old.next_at ELSE excluded.next_at END
           WHERE (old.name, old.kind, old.url, old.lane, old.language, old.tier, old.owner, old.heeds_host_pause, old.rules)
                 IS DISTINCT FROM (excluded.name, excluded.kind, excluded.url, excluded.lane, excluded.language, excluded.tier,
                                   excluded.owner, excluded.heeds_host_pause, excluded.rules)
              OR NOT old.enabled OR old.host = ''"#,
        source.slug,
        source.name,
        source.kind,
        source.url,
        source.lane,
        source.language,
        source.tier,
        source.owner,
        now,
        source.host,
        source.heeds_host_pause,
        source.rules
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The row of an enabled source.
///
/// # Errors
/// The database fails.
pub async fn id_of(pool: &PgPool, slug: &str) -> sqlx::Result<Option<SourceId>> {
    let id = sqlx::query_scalar!("SELECT id FROM sources WHERE slug = $1 AND enabled", slug);
    Ok(id.fetch_optional(pool).await?.map(SourceId))
}

/// Disables every source that is not in `slugs`. What it said stays.
///
/// # Errors
/// The database fails.
pub async fn disable_others(conn: &mut PgConnection, slugs: &[String]) -> sqlx::Result<u64> {
    let done = sqlx::query!("UPDATE sources SET enabled = false WHERE enabled AND slug <> ALL ($1)", slugs);
    Ok(done.execute(conn).await?.rows_affected())
}

/// Writes down what one question came to, and gives the claim back.
///
/// # Errors
/// The database fails.
pub async fn note(conn: &mut PgConnection, id: SourceId, asked: &Asked, answer: &Answer) -> sqlx::Result<()> {
    sqlx::query!(
        r#"UPDATE sources SET
               last_fetch_at = $2, next_at = $3, state = $4, last_status = $5, last_error = $6, n_failures = $7,
               last_ok_at = CASE WHEN $7 = 0 THEN $2 ELSE last_ok_at END,
               failing_since = CASE WHEN $7 = 0 THEN NULL ELSE coalesce(failing_since, $2) END,
               etag = CASE WHEN $13 THEN $8 ELSE coalesce($8, etag) END,
               last_modified = CASE WHEN $13 THEN $9 ELSE coalesce($9, last_modified) END,
               body_sha256 = coalesce($10, body_sha256), n_entries = coalesce($11, n_entries),
               repairs = coalesce($12, repairs), rhythm = coalesce($14, rhythm),
               moved_to = $15, n_moved = $16, host = $17, lease_owner = NULL, lease_until = NULL
           WHERE id = $1"#,
        id.0,
        asked.at,
        asked.next_at,
        asked.state,
        asked.status,
        asked.error,
        asked.n_failures,
        answer.etag,
        answer.last_modified,
        answer.body_sha256,
        answer.n_entries,
        answer.repairs.as_deref(),
        answer.is_full,
        answer.rhythm.as_ref().map(Json) as _,
        asked.moved.0,
        asked.moved.1,
        asked.host
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All sources, enabled first, by slug.
///
/// # Errors
/// The database fails.
pub async fn list(pool: &PgPool) -> sqlx::Result<Vec<SourceRow>> {
    sqlx::query_as!(
        SourceRow,
        r#"SELECT slug, name, kind, url, lane, language, tier, owner, enabled, state, last_fetch_at, last_ok_at,
                  last_status, last_error, n_failures, n_entries, repairs, next_at, moved_to, failing_since
           FROM sources ORDER BY enabled DESC, slug"#
    )
    .fetch_all(pool)
    .await
}
