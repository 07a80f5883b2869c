//! Claims on rows of `sources`: which are due, who asks them, and giving them back.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use sqlx::types::Json;

use crate::model::{Rhythm, Source, SourceId};

/// Held while sources are claimed.
const CLAIM_LOCK: i64 = 0x6865_6164_7375_7004;

/// Makes every enabled source due; a pause that its host asked for is still heeded when it is claimed.
///
/// # Errors
/// The database fails.
pub async fn make_due(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("UPDATE sources SET next_at = $1 WHERE enabled AND next_at > $1", now).execute(pool).await?;
    Ok(())
}

/// How many sources are due.
///
/// # Errors
/// The database fails.
pub async fn count_due(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<usize> {
    let n = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM sources s
           WHERE enabled AND next_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
             AND NOT (heeds_host_pause AND EXISTS (SELECT FROM hosts h WHERE h.host = s.host AND h.not_before > $1))"#,
        now
    );
    Ok(usize::try_from(n.fetch_one(pool).await?).unwrap_or_default())
}

/// Claims up to `limit` sources that are due, the longest waiting first, until `until`: one of each host, none of a
/// host that somebody is asking now or that wants to be left alone. Two processes never claim the same one.
///
/// # Errors
/// The database fails.
pub async fn claim_due(
    pool: &PgPool,
    holder: &str,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> anyhow::Result<Vec<Source>> {
    let mut tx = pool.begin().await?;
    // Two claims at once could hand out two sources of one host.
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", CLAIM_LOCK).execute(&mut *tx).await?;
    let rows = sqlx::query_as!(
        Claimed,
        r#"WITH free AS (
               SELECT DISTINCT ON (host) id, next_at FROM sources s
               WHERE enabled AND next_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
                 AND NOT (heeds_host_pause AND EXISTS (SELECT FROM hosts h WHERE h.host = s.host AND h.not_before > $2))
                 AND host NOT IN (SELECT host FROM sources WHERE lease_until > $2)
               ORDER BY host, next_at, id)
           UPDATE sources SET lease_owner = $1, lease_until = $3
           WHERE id IN (SELECT id FROM free ORDER BY next_at, id LIMIT $4)
           RETURNING id, slug, name, kind, url, lane, language, tier, owner, etag, last_modified, body_sha256, n_failures,
                     host, moved_to, n_moved, rhythm AS "rhythm: Json<Rhythm>""#,
        holder,
        now,
        until,
        limit
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    rows.into_iter().map(Claimed::parse).collect()
}

/// When a source was last known to answer anything, also an error.
///
/// # Errors
/// The database fails.
pub async fn last_answer(pool: &PgPool) -> sqlx::Result<Option<DateTime<Utc>>> {
    let last = sqlx::query_scalar!(
        "SELECT max(last_fetch_at) FROM sources WHERE enabled AND last_status IS NOT NULL"
    );
    last.fetch_one(pool).await
}

/// Claims the source that answered last, though it is not due: to see whether anybody can be reached.
///
/// # Errors
/// The database fails.
pub async fn claim_witness(
    pool: &PgPool,
    holder: &str,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> anyhow::Result<Option<Source>> {
    let row = sqlx::query_as!(
        Claimed,
        r#"UPDATE sources SET lease_owner = $1, lease_until = $3
           WHERE id = (SELECT id FROM sources s
               WHERE enabled AND last_status IS NOT NULL AND next_at > $2 AND (lease_until IS NULL OR lease_until <= $2)
                 AND NOT EXISTS (SELECT FROM hosts h WHERE h.host = s.host AND h.not_before > $2)
               ORDER BY last_fetch_at DESC NULLS LAST LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING id, slug, name, kind, url, lane, language, tier, owner, etag, last_modified, body_sha256, n_failures,
                     host, moved_to, n_moved, rhythm AS "rhythm: Json<Rhythm>""#,
        holder,
        now,
        until
    );
    row.fetch_optional(pool).await?.map(Claimed::parse).transpose()
}

/// Gives a claim back without a question having been answered; due again at `next_at`.
///
/// # Errors
/// The database fails.
pub async fn give_back(pool: &PgPool, ids: &[SourceId], next_at: DateTime<Utc>) -> sqlx::Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "UPDATE sources SET lease_owner = NULL, lease_until = NULL, next_at = $2 WHERE id = ANY ($1)",
        &ids,
        next_at
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Gives back a source that could not be reached, without blaming it: whose fault that is shows later.
///
/// # Errors
/// The database fails.
pub async fn not_reached(
    pool: &PgPool,
    id: SourceId,
    (why, next_at): (&str, DateTime<Utc>),
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sources SET lease_owner = NULL, lease_until = NULL, next_at = $2, last_error = $3 WHERE id = $1",
        id.0,
        next_at,
        why
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// A claimed row, its words still text.
struct Claimed {
    id: i64,
    slug: String,
    name: String,
    kind: String,
    url: String,
    lane: String,
    language: String,
    tier: String,
    owner: String,
    etag: Option<String>,
    last_modified: Option<String>,
    body_sha256: Option<Vec<u8>>,
    n_failures: i32,
    host: String,
    moved_to: Option<String>,
    n_moved: i32,
    rhythm: Option<Json<Rhythm>>,
}

impl Claimed {
    fn parse(self) -> anyhow::Result<Source> {
        Ok(Source {
            id: SourceId(self.id),
            kind: self.kind.parse()?,
            lane: self.lane.parse()?,
            language: self.language.parse()?,
            tier: self.tier.parse()?,
            slug: self.slug,
            name: self.name,
            url: self.url,
            owner: self.owner,
            etag: self.etag,
            last_modified: self.last_modified,
            body_sha256: self.body_sha256,
            n_failures: self.n_failures,
            host: self.host,
            moved_to: self.moved_to,
            n_moved: self.n_moved,
            rhythm: self.rhythm.map(|rhythm| rhythm.0),
        })
    }
}
