//! Table `pages`, and the columns of `items` that say how fetching them went.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::model::ItemId;

/// An item whose page is to be fetched.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Row id.
    pub item_id: ItemId,
    /// Where its page is.
    pub link: String,
    /// Slug of its source.
    pub source_slug: String,
    /// Kind of its source.
    pub source_kind: String,
    /// How often it was tried.
    pub attempts: i32,
}

/// A page as it was fetched.
#[derive(Clone, Debug)]
pub struct NewPage<'a> {
    /// After redirects.
    pub final_url: &'a str,
    /// As sent.
    pub content_type: &'a str,
    /// Decompressed.
    pub body: &'a [u8],
}

/// At most `limit` wanted pages that are due: of each source the newest first, the sources in turn.
///
/// # Errors
/// The database fails.
pub async fn wanted(pool: &PgPool, limit: i64, now: DateTime<Utc>) -> sqlx::Result<Vec<Wanted>> {
    let rows = sqlx::query!(
        r#"SELECT i.id, i.link, i.page_attempts, s.slug, s.kind,
                  row_number() OVER (PARTITION BY i.source_id ORDER BY coalesce(i.published_at, i.first_seen_at) DESC, i.id) AS "place!"
           FROM items i JOIN sources s ON s.id = i.source_id
           WHERE i.page_state = 'wanted' AND i.page_next_at <= $2 AND s.enabled
           ORDER BY "place!", i.id LIMIT $1"#,
        limit,
        now
    )
    .fetch_all(pool)
    .await?;
    let wanted = rows.into_iter().map(|row| Wanted {
        item_id: ItemId(row.id),
        link: row.link,
        source_slug: row.slug,
        source_kind: row.kind,
        attempts: row.page_attempts,
    });
    Ok(wanted.collect())
}

/// Wants the whole text of the `n` best judged papers since `since`: one of them may become the paper of the month.
///
/// # Errors
/// The database fails.
pub async fn want_papers(
    pool: &PgPool,
    n: i64,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let wanted = sqlx::query!(
        r#"UPDATE items SET page_state = 'wanted', page_attempts = 0, page_next_at = $3
           WHERE page_state = 'not-needed' AND id IN (
               SELECT i.id FROM stories t
               JOIN verdicts v ON v.story_id = t.id AND v.current
               JOIN story_items si ON si.story_id = t.id
               JOIN items i ON i.id = si.item_id
               JOIN sources s ON s.id = i.source_id
               WHERE t.merged_into IS NULL AND t.happened_at >= $2 AND v.dropped IS NULL AND v.lane = 'research'
                 AND s.kind = 'arxiv' AND s.enabled
               ORDER BY v.score DESC, i.id LIMIT $1)"#,
        n,
        since,
        now
    );
    Ok(wanted.execute(pool).await?.rows_affected())
}

/// Those of the items whose page is still wanted: another process may have fetched it meanwhile.
///
/// # Errors
/// The database fails.
pub async fn still_wanted(pool: &PgPool, items: &[ItemId], now: DateTime<Utc>) -> sqlx::Result<HashSet<i64>> {
    let ids: Vec<i64> = items.iter().map(|item| item.0).collect();
    let wanted = sqlx::query_scalar!(
        "SELECT id FROM items WHERE id = ANY ($1) AND page_state = 'wanted' AND page_next_at <= $2",
        &ids,
        now
    );
    Ok(wanted.fetch_all(pool).await?.into_iter().collect())
}

/// Keeps a fetched page for extract.
///
/// # Errors
/// The database fails.
pub async fn keep(pool: &PgPool, item: ItemId, page: &NewPage<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::query!(
        r#"INSERT INTO pages (item_id, final_url, content_type, body, fetched_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (item_id) DO UPDATE SET final_url = excluded.final_url, content_type = excluded.content_type,
               body = excluded.body, fetched_at = excluded.fetched_at"#,
        item.0,
        page.final_url,
        page.content_type,
        page.body,
        now
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE items SET page_state = 'fetched', page_attempts = page_attempts + 1, page_error = NULL WHERE id = $1",
        item.0
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Notes that a page could not be fetched; tried again at `next_at`, or given up if that is `None`.
///
/// # Errors
/// The database fails.
pub async fn fail(
    pool: &PgPool,
    item: ItemId,
    error: &str,
    next_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"UPDATE items SET page_attempts = page_attempts + 1, page_error = $2, page_next_at = coalesce($3, page_next_at),
               page_state = CASE WHEN $3::timestamptz IS NULL THEN 'failed' ELSE 'wanted' END
           WHERE id = $1"#,
        item.0,
        error,
        next_at
    )
    .execute(pool)
    .await?;
    Ok(())
}
