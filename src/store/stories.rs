//! Tables `stories` and `story_items`: which items tell one event.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::model::{ItemId, Lane, Language, StoryId};

/// An item with its article, as grouping reads it.
#[derive(Clone, Debug)]
pub struct GroupRow {
    /// Row of `items`.
    pub item_id: i64,
    /// Row of `sources`.
    pub source_id: i64,
    /// Tier of the source.
    pub tier: String,
    /// Kind of the source.
    pub kind: String,
    /// Lane of the source.
    pub lane: String,
    /// Language of the article.
    pub language: String,
    /// As published.
    pub link: String,
    /// As published.
    pub title: String,
    /// The beginning of the article.
    pub text: String,
    /// Whether the article is whole.
    pub complete: bool,
    /// Publisher's time, else when it was first seen.
    pub at: DateTime<Utc>,
    /// The story it is in.
    pub story_id: Option<i64>,
}

/// What is stored of a story whose items changed.
#[derive(Clone, Debug)]
pub struct StoryRow {
    /// The item that speaks for it.
    pub lead_item_id: ItemId,
    /// Its headline.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// Lane of its source.
    pub lane: Lane,
}

/// Waits until no other process groups, and keeps others waiting until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('headsup group', 0))")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// How many items have an article and no story.
///
/// # Errors
/// The database fails.
pub async fn count_ungrouped(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM articles a
           WHERE NOT EXISTS (SELECT FROM story_items si WHERE si.item_id = a.item_id)"#
    )
    .fetch_one(pool)
    .await
}

/// At most `n` items that have an article and no story, the earliest first. Texts are cut to `max_chars`.
///
/// # Errors
/// The database fails.
pub async fn ungrouped(conn: &mut PgConnection, n: i64, max_chars: i32) -> sqlx::Result<Vec<GroupRow>> {
    sqlx::query_as!(
        GroupRow,
        r#"SELECT i.id AS item_id, i.source_id, s.tier, s.kind, s.lane, a.language, i.link, i.title,
                  left(a.body, $2) AS "text!", a.complete,
                  coalesce(i.published_at, i.first_seen_at) AS "at!", NULL::bigint AS story_id
           FROM articles a
           JOIN items i ON i.id = a.item_id
           JOIN sources s ON s.id = i.source_id
           WHERE NOT EXISTS (SELECT FROM story_items si WHERE si.item_id = i.id)
           ORDER BY coalesce(i.published_at, i.first_seen_at), i.id
           LIMIT $1"#,
        n,
        max_chars
    )
    .fetch_all(conn)
    .await
}

/// The items of stories that are seen between `from` and `to`: what new items of that time may join.
///
/// # Errors
/// The database fails.
pub async fn recent(
    conn: &mut PgConnection,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    max_chars: i32,
) -> sqlx::Result<Vec<GroupRow>> {
    sqlx::query_as!(
        GroupRow,
        r#"SELECT i.id AS item_id, i.source_id, s.tier, s.kind, s.lane, a.language, i.link, i.title,
                  left(a.body, $3) AS "text!", a.complete,
                  coalesce(i.published_at, i.first_seen_at) AS "at!", st.id AS "story_id?"
           FROM stories st
           JOIN story_items si ON si.story_id = st.id
           JOIN items i ON i.id = si.item_id
           JOIN articles a ON a.item_id = i.id
           JOIN sources s ON s.id = i.source_id
           WHERE st.merged_into IS NULL AND st.happened_at BETWEEN $1 AND $2
           ORDER BY coalesce(i.published_at, i.first_seen_at), i.id"#,
        from,
        to,
        max_chars
    )
    .fetch_all(conn)
    .await
}

/// Opens a story; its times and counts come with [`refresh`].
///
/// # Errors
/// The database fails.
pub async fn open(conn: &mut PgConnection, story: &StoryRow, now: DateTime<Utc>) -> sqlx::Result<StoryId> {
    let id = sqlx::query_scalar!(
        "INSERT INTO stories (lead_item_id, title, language, lane, happened_at, first_seen_at, last_seen_at, changed_at)
         SELECT $1, $2, $3, $4, coalesce(published_at, first_seen_at), first_seen_at, first_seen_at, $5
         FROM items WHERE id = $1
         RETURNING id",
        story.lead_item_id.0,
        story.title,
        story.language.as_str(),
        story.lane.as_str(),
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(StoryId(id))
}

/// Puts an item into a story. An item that is in one already stays there.
///
/// # Errors
/// The database fails.
pub async fn join(
    conn: &mut PgConnection,
    (item_id, story_id): (ItemId, StoryId),
    (reason, similarity): (&str, f32),
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO story_items (item_id, story_id, reason, similarity, joined_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (item_id) DO NOTHING",
        item_id.0,
        story_id.0,
        reason,
        similarity,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes lead, times and counts of a story those of its items, and marks it as changed.
///
/// # Errors
/// The database fails.
pub async fn refresh(
    conn: &mut PgConnection,
    id: StoryId,
    story: &StoryRow,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE stories st SET lead_item_id = $2, title = $3, language = $4, lane = $5, changed_at = $6,
             happened_at = x.happened_at, first_seen_at = x.first_seen_at, last_seen_at = x.last_seen_at,
             n_items = x.n_items, n_owners = x.n_owners
         FROM (SELECT min(coalesce(i.published_at, i.first_seen_at)) AS happened_at,
                      min(i.first_seen_at) AS first_seen_at, max(i.first_seen_at) AS last_seen_at,
                      count(*)::int AS n_items, count(DISTINCT s.owner)::int AS n_owners
               FROM story_items si
               JOIN items i ON i.id = si.item_id
               JOIN sources s ON s.id = i.source_id
               WHERE si.story_id = $1) x
         WHERE st.id = $1",
        id.0,
        story.lead_item_id.0,
        story.title,
        story.language.as_str(),
        story.lane.as_str(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks stories as changed of which an article was read again after the story last changed.
///
/// # Errors
/// The database fails.
pub async fn mark_reread(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE stories st SET changed_at = $1
         FROM story_items si JOIN articles a ON a.item_id = si.item_id
         WHERE si.story_id = st.id AND a.extracted_at > st.changed_at AND a.extracted_at <= $1",
        now
    );
    Ok(done.execute(conn).await?.rows_affected())
}
