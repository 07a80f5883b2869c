//! Tables `stories` and `story_items`: which items tell one event.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::model::{ItemId, Lane, StoryId, Tongue};

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
    pub language: Tongue,
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

/// Articles looked at in one call of [`mark_reread`]; the next run takes the others.
const MOST_REREAD: i64 = 20_000;

/// What waits for grouping.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    /// Items that have an article and no story.
    pub n_ungrouped: i64,
    /// Some item of a story cannot be found by its terms yet.
    pub has_unindexed: bool,
    /// Some article was read again, or taken back, since it was grouped.
    pub has_reread: bool,
}

/// What there is to do, asked at once: most runs have little to do.
///
/// # Errors
/// The database fails.
pub async fn pending(pool: &PgPool) -> sqlx::Result<Pending> {
    sqlx::query_as!(
        Pending,
        // The planner takes a third of all articles to be read again; the order leads it to the index that knows better.
        r#"SELECT (SELECT count(*) FROM articles a
                   JOIN items i ON i.id = a.item_id
                   WHERE a.grouped_at IS NULL AND i.withdrawn_at IS NULL
                     AND NOT EXISTS (SELECT FROM story_items si WHERE si.item_id = a.item_id)) AS "n_ungrouped!",
                  (SELECT item_id FROM story_items WHERE NOT indexed ORDER BY item_id LIMIT 1) IS NOT NULL AS "has_unindexed!",
                  (SELECT item_id FROM articles WHERE grouped_at < extracted_at ORDER BY item_id LIMIT 1) IS NOT NULL
                      AS "has_reread!""#
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
           WHERE a.grouped_at IS NULL AND i.withdrawn_at IS NULL
             AND NOT EXISTS (SELECT FROM story_items si WHERE si.item_id = i.id)
           ORDER BY coalesce(i.published_at, i.first_seen_at), i.id
           LIMIT $1"#,
        n,
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

/// How an item comes into a story.
#[derive(Clone, Copy, Debug)]
pub struct Joining<'a> {
    /// The item.
    pub item_id: ItemId,
    /// For people.
    pub reason: &'a str,
    /// As shown.
    pub similarity: f32,
}

/// Puts an item into a story. An item that is in one already stays there.
///
/// # Errors
/// The database fails.
pub async fn join(
    conn: &mut PgConnection,
    story_id: StoryId,
    joining: Joining<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO story_items (item_id, story_id, reason, similarity, joined_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (item_id) DO NOTHING",
        joining.item_id.0,
        story_id.0,
        joining.reason,
        joining.similarity,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says of each item whose text it repeats, of those that were compared; what it repeats of others stays. Gives how many
/// are copies now that were none.
///
/// # Errors
/// The database fails.
pub async fn set_copies(conn: &mut PgConnection, copies: &[(ItemId, Option<ItemId>)]) -> sqlx::Result<u64> {
    let items: Vec<i64> = copies.iter().map(|(item, _)| item.0).collect();
    let originals: Vec<i64> = copies.iter().map(|(_, original)| original.map_or(0, |id| id.0)).collect();
    let changed = sqlx::query_scalar!(
        r#"UPDATE story_items si SET copy_of = nullif(x.original, 0)
           FROM unnest($1::bigint[], $2::bigint[]) AS x (item_id, original)
           WHERE si.item_id = x.item_id AND si.copy_of IS DISTINCT FROM nullif(x.original, 0)
             AND (x.original <> 0 OR si.copy_of = ANY($1::bigint[]))
           RETURNING si.copy_of IS NOT NULL AS "is_copy!""#,
        &items,
        &originals
    );
    let n = changed.fetch_all(conn).await?.into_iter().filter(|is_copy| *is_copy).count();
    Ok(u64::try_from(n).unwrap_or_default())
}

/// Those of `ids` that an issue has told: their addresses are known to readers.
///
/// # Errors
/// The database fails.
pub async fn told(conn: &mut PgConnection, ids: &[StoryId]) -> sqlx::Result<Vec<StoryId>> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let told = sqlx::query_scalar!(
        "SELECT DISTINCT story_id FROM issue_stories WHERE story_id = ANY($1::bigint[]) AND section <> 'dropped'",
        &keys
    );
    Ok(told.fetch_all(conn).await?.into_iter().map(StoryId).collect())
}

/// Makes one story of two: the items of `gone` move, its address leads to `into`, and so does whatever led to it.
///
/// # Errors
/// The database fails.
pub async fn merge(
    conn: &mut PgConnection,
    gone: StoryId,
    into: StoryId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!("UPDATE story_items SET story_id = $2 WHERE story_id = $1", gone.0, into.0)
        .execute(&mut *conn)
        .await?;
    let followed = sqlx::query_scalar!("SELECT follows FROM stories WHERE id = $1", gone.0);
    let followed = followed.fetch_one(&mut *conn).await?;
    // Whatever `into` goes on from cannot go on from it.
    sqlx::query!(
        "WITH RECURSIVE before (id) AS (
             SELECT $2::bigint
             UNION SELECT s.follows FROM before b JOIN stories s ON s.id = b.id WHERE s.follows IS NOT NULL)
         UPDATE stories SET merged_into = CASE WHEN id = $1 OR merged_into = $1 THEN $2 ELSE merged_into END,
             follows = CASE WHEN id = $1 OR (follows = $1 AND id IN (SELECT id FROM before)) THEN NULL
                            WHEN follows = $1 THEN $2 ELSE follows END,
             changed_at = $3
         WHERE id = $1 OR merged_into = $1 OR follows = $1",
        gone.0,
        into.0,
        now
    )
    .execute(&mut *conn)
    .await?;
    if let Some(earlier) = followed {
        follow(conn, into, StoryId(earlier)).await?;
    }
    Ok(())
}

/// The story that holds an item.
///
/// # Errors
/// The database fails.
pub async fn of_item(conn: &mut PgConnection, item_id: ItemId) -> sqlx::Result<Option<StoryId>> {
    let story = sqlx::query_scalar!("SELECT story_id FROM story_items WHERE item_id = $1", item_id.0);
    Ok(story.fetch_optional(conn).await?.map(StoryId))
}

/// Says that a story goes on from an earlier one, which does not go on from it. True: it did not go on from any before.
///
/// # Errors
/// The database fails.
pub async fn follow(conn: &mut PgConnection, id: StoryId, earlier: StoryId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "WITH RECURSIVE before (id) AS (
             SELECT $2::bigint
             UNION SELECT s.follows FROM before b JOIN stories s ON s.id = b.id WHERE s.follows IS NOT NULL)
         UPDATE stories SET follows = $2
         WHERE id = $1 AND follows IS NULL AND NOT EXISTS (SELECT FROM before b WHERE b.id = $1)",
        id.0,
        earlier.0
    );
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

/// Takes an item out of its story, so that it finds another one.
///
/// # Errors
/// The database fails.
pub async fn leave(conn: &mut PgConnection, item_id: ItemId) -> sqlx::Result<()> {
    orphan_copies(conn, item_id).await?;
    sqlx::query!("DELETE FROM story_items WHERE item_id = $1", item_id.0).execute(&mut *conn).await?;
    sqlx::query!("UPDATE articles SET grouped_at = NULL WHERE item_id = $1", item_id.0).execute(conn).await?;
    Ok(())
}

/// The copies of an item that speaks no more are copies of the first of them.
///
/// # Errors
/// The database fails.
pub async fn orphan_copies(conn: &mut PgConnection, item_id: ItemId) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE story_items SET copy_of = nullif((SELECT min(o.item_id) FROM story_items o WHERE o.copy_of = $1), item_id)
         WHERE copy_of = $1",
        item_id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Who speaks for a story now.
///
/// # Errors
/// The database fails.
pub async fn lead(conn: &mut PgConnection, id: StoryId) -> sqlx::Result<ItemId> {
    let lead = sqlx::query_scalar!("SELECT lead_item_id FROM stories WHERE id = $1", id.0);
    lead.fetch_one(conn).await.map(ItemId)
}

/// Items of stories of several whose article was read again, or that were taken back, since they came in.
///
/// # Errors
/// The database fails.
pub async fn reread(conn: &mut PgConnection, n: i64) -> sqlx::Result<Vec<Reread>> {
    let rows = sqlx::query!(
        // The planner takes a third of all articles to fulfil this; the order leads it to the index that knows better.
        r#"SELECT si.item_id, si.story_id, i.withdrawn_at IS NOT NULL AS "is_withdrawn!" FROM (
             SELECT item_id FROM articles WHERE grouped_at < extracted_at ORDER BY item_id LIMIT $1) a
         JOIN story_items si ON si.item_id = a.item_id
         JOIN stories st ON st.id = si.story_id
         JOIN items i ON i.id = si.item_id
         WHERE st.n_items > 1 ORDER BY si.item_id"#,
        n
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    let reread = rows.map(|row| Reread {
        item_id: ItemId(row.item_id),
        story_id: StoryId(row.story_id),
        is_withdrawn: row.is_withdrawn,
    });
    Ok(reread.collect())
}

/// An item to be looked at again within its story.
#[derive(Clone, Copy, Debug)]
pub struct Reread {
    /// The item.
    pub item_id: ItemId,
    /// Its story.
    pub story_id: StoryId,
    /// Its source has taken it back.
    pub is_withdrawn: bool,
}

/// Makes lead, times and counts of a story those of its items that are not taken back (of all if all are), and marks it as changed.
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
                      count(*)::int AS n_items,
                      greatest(count(DISTINCT s.owner) FILTER (WHERE si.copy_of IS NULL), 1)::int AS n_owners
               FROM story_items si
               JOIN items i ON i.id = si.item_id
               JOIN sources s ON s.id = i.source_id
               WHERE si.story_id = $1 AND (i.withdrawn_at IS NULL OR NOT EXISTS (
                   SELECT FROM story_items o JOIN items l ON l.id = o.item_id
                   WHERE o.story_id = $1 AND l.withdrawn_at IS NULL))) x
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

/// Marks stories as changed of which an article was read again since it was grouped.
///
/// # Errors
/// The database fails.
pub async fn mark_reread(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "WITH again AS (
             UPDATE articles SET grouped_at = extracted_at WHERE item_id = ANY(ARRAY(
                 SELECT item_id FROM articles WHERE grouped_at < extracted_at ORDER BY item_id LIMIT $2)) RETURNING item_id)
         UPDATE stories st SET changed_at = $1 WHERE st.id = ANY(ARRAY(
             SELECT si.story_id FROM again JOIN story_items si ON si.item_id = again.item_id))",
        now,
        MOST_REREAD
    );
    Ok(done.execute(conn).await?.rows_affected())
}
