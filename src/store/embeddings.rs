//! Table `embeddings`: what texts mean to a model.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::model::ItemId;

/// A text that has no vector yet.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Its item.
    pub item_id: i64,
    /// As published.
    pub title: String,
    /// The beginning of the article.
    pub text: String,
    /// Of the article.
    pub language: String,
}

/// At most `n` items that wait for their story and that `model` has not read, the earliest first.
///
/// # Errors
/// The database fails.
pub async fn unread(pool: &PgPool, model: &str, n: i64, max_chars: i32) -> sqlx::Result<Vec<Unread>> {
    sqlx::query_as!(
        Unread,
        r#"SELECT i.id AS item_id, i.title, left(a.body, $3) AS "text!", a.language
           FROM articles a JOIN items i ON i.id = a.item_id
           WHERE a.grouped_at IS NULL AND NOT EXISTS (SELECT FROM story_items si WHERE si.item_id = i.id)
             AND NOT EXISTS (SELECT FROM embeddings e WHERE e.item_id = i.id AND e.model = $1)
           ORDER BY coalesce(i.published_at, i.first_seen_at), i.id LIMIT $2"#,
        model,
        n,
        max_chars
    )
    .fetch_all(pool)
    .await
}

/// At most `n` grouped items since `since` that `model` has not read, or whose vector is not of `dimension`.
///
/// # Errors
/// The database fails.
pub async fn missed(
    pool: &PgPool,
    (model, dimension): (&str, Option<i32>),
    since: DateTime<Utc>,
    (n, max_chars): (i64, i32),
) -> sqlx::Result<Vec<Unread>> {
    sqlx::query_as!(
        Unread,
        r#"SELECT i.id AS item_id, i.title, left(a.body, $4) AS "text!", a.language
           FROM items i JOIN articles a ON a.item_id = i.id
           WHERE i.first_seen_at >= $3 AND i.withdrawn_at IS NULL AND a.grouped_at IS NOT NULL
             AND NOT EXISTS (SELECT FROM embeddings e WHERE e.item_id = i.id AND e.model = $1
                             AND e.dimension = coalesce($2, e.dimension))
           ORDER BY i.first_seen_at DESC, i.id LIMIT $5"#,
        model,
        dimension,
        since,
        max_chars,
        n
    )
    .fetch_all(pool)
    .await
}

/// How long the vector of `model` is that stands next before an item.
///
/// # Errors
/// The database fails.
pub async fn dimension_before(pool: &PgPool, model: &str, item_id: i64) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!(
        "SELECT dimension FROM embeddings WHERE model = $1 AND item_id < $2 ORDER BY item_id DESC LIMIT 1",
        model,
        item_id
    )
    .fetch_optional(pool)
    .await
}

/// Keeps the vector of an item.
///
/// # Errors
/// The database fails.
pub async fn save(
    pool: &PgPool,
    (item_id, model): (ItemId, &str),
    vector: &[f32],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO embeddings (item_id, model, dimension, vector, embedded_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (item_id, model) DO UPDATE SET dimension = excluded.dimension, vector = excluded.vector,
                                                    embedded_at = excluded.embedded_at",
        item_id.0,
        model,
        i32::try_from(vector.len()).unwrap_or(i32::MAX),
        vector,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The vectors that `model` gave these items, as far as there are any.
///
/// # Errors
/// The database fails.
pub async fn of_items(
    conn: &mut PgConnection,
    model: &str,
    items: &[i64],
) -> sqlx::Result<Vec<(ItemId, Vec<f32>)>> {
    let rows = sqlx::query!(
        "SELECT item_id, vector FROM embeddings WHERE model = $1 AND item_id = ANY($2::bigint[])",
        model,
        items
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (ItemId(row.item_id), row.vector)).collect())
}
