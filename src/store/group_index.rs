//! Tables `item_terms` and `term_counts`: how a new item finds what tells the same event, whatever the archive's size.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::postgres::types::PgInterval;

use super::stories::GroupRow;
use crate::model::ItemId;

/// Most items that one call of [`near`] gives.
const MOST_NEAR: i64 = 6000;

/// Terms by which to look for items: `of[n]` says for which of the new items the n-th is asked.
#[derive(Debug, Default)]
pub struct Probes {
    /// Number of the new item.
    pub of: Vec<i32>,
    /// Key of the term.
    pub terms: Vec<i64>,
    /// Time of the new item.
    pub ats: Vec<DateTime<Utc>>,
}

/// How far is looked.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Time before a new item.
    pub before: chrono::TimeDelta,
    /// Time after it.
    pub after: chrono::TimeDelta,
    /// Latest items by one probe.
    pub per_probe: i64,
    /// Items for one new item.
    pub per_item: i64,
}

/// Term, items that hold it, items that write it with a small letter.
pub type Counted = (i64, i32, i32);

/// The counts of `terms`, as far as there are any.
///
/// # Errors
/// The database fails.
pub async fn counts(conn: &mut PgConnection, terms: &[i64]) -> sqlx::Result<Vec<Counted>> {
    let rows =
        sqlx::query!("SELECT term, n_items, n_small FROM term_counts WHERE term = ANY($1::bigint[])", terms);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.term, row.n_items, row.n_small)).collect())
}

/// Adds to the counts; each term stands once in `more`.
///
/// # Errors
/// The database fails.
pub async fn count(conn: &mut PgConnection, more: &[Counted]) -> sqlx::Result<()> {
    let terms: Vec<i64> = more.iter().map(|counted| counted.0).collect();
    let n_items: Vec<i32> = more.iter().map(|counted| counted.1).collect();
    let n_small: Vec<i32> = more.iter().map(|counted| counted.2).collect();
    sqlx::query!(
        "INSERT INTO term_counts (term, n_items, n_small)
         SELECT * FROM unnest($1::bigint[], $2::integer[], $3::integer[])
         ON CONFLICT (term) DO UPDATE SET n_items = term_counts.n_items + excluded.n_items,
                                          n_small = term_counts.n_small + excluded.n_small",
        &terms,
        &n_items,
        &n_small
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes items findable by their probes: `of[n]` is the id of the item here.
///
/// # Errors
/// The database fails.
pub async fn put(conn: &mut PgConnection, items: &[ItemId], probes: &Probes) -> sqlx::Result<()> {
    let ids: Vec<i64> = probes
        .of
        .iter()
        .filter_map(|n| usize::try_from(*n).ok().and_then(|n| items.get(n)))
        .map(|id| id.0)
        .collect();
    let items: Vec<i64> = items.iter().map(|id| id.0).collect();
    sqlx::query!(
        "WITH found AS (
             INSERT INTO item_terms (term, at, item_id)
             SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) ON CONFLICT DO NOTHING),
         marked AS (UPDATE story_items SET indexed = true WHERE item_id = ANY($4::bigint[]))
         UPDATE articles SET grouped_at = extracted_at WHERE item_id = ANY($4::bigint[])",
        &probes.terms,
        &probes.ats,
        &ids,
        &items
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The items that share most probes with each of the new ones.
///
/// # Errors
/// The database fails.
pub async fn near(conn: &mut PgConnection, probes: &Probes, reach: Reach) -> sqlx::Result<Vec<i64>> {
    let interval = |time: chrono::TimeDelta| PgInterval {
        months: 0,
        days: 0,
        microseconds: time.num_microseconds().unwrap_or_default(),
    };
    sqlx::query_scalar!(
        r#"SELECT DISTINCT ranked.item_id AS "item_id!" FROM (
               SELECT p.n, t.item_id,
                      row_number() OVER (PARTITION BY p.n ORDER BY count(*) DESC, t.item_id DESC) AS place
               FROM unnest($1::integer[], $2::bigint[], $3::timestamptz[]) AS p (n, term, at)
               CROSS JOIN LATERAL (
                   SELECT it.item_id FROM item_terms it
                   WHERE it.term = p.term AND it.at >= p.at - $4::interval AND it.at <= p.at + $5::interval
                   ORDER BY it.at DESC LIMIT $6) t
               GROUP BY p.n, t.item_id) ranked
           WHERE ranked.place <= $7 LIMIT $8"#,
        &probes.of,
        &probes.terms,
        &probes.ats,
        interval(reach.before),
        interval(reach.after),
        reach.per_probe,
        reach.per_item,
        MOST_NEAR
    )
    .fetch_all(conn)
    .await
}

/// These items as far as they are not taken back, and for each of their stories its lead and at most `per_story` further ones, with the beginnings of their texts.
///
/// # Errors
/// The database fails.
pub async fn with_mates(
    conn: &mut PgConnection,
    items: &[i64],
    per_story: i64,
    max_chars: i32,
) -> sqlx::Result<Vec<GroupRow>> {
    sqlx::query_as!(
        GroupRow,
        r#"WITH touched AS (SELECT DISTINCT story_id FROM story_items WHERE item_id = ANY($1::bigint[])),
           members AS (
               SELECT unnest($1::bigint[]) AS item_id
               UNION SELECT st.lead_item_id FROM touched JOIN stories st ON st.id = touched.story_id
               UNION SELECT mate.item_id FROM touched CROSS JOIN LATERAL (
                   SELECT si.item_id FROM story_items si WHERE si.story_id = touched.story_id
                   ORDER BY si.item_id DESC LIMIT $2) mate)
           SELECT i.id AS item_id, i.source_id, s.tier, s.kind, s.lane, a.language, i.link, i.title,
                  left(a.body, $3) AS "text!", a.complete,
                  coalesce(i.published_at, i.first_seen_at) AS "at!", si.story_id AS "story_id?"
           FROM members m
           JOIN story_items si ON si.item_id = m.item_id
           JOIN items i ON i.id = m.item_id
           JOIN articles a ON a.item_id = i.id
           JOIN sources s ON s.id = i.source_id
           WHERE i.withdrawn_at IS NULL"#,
        items,
        per_story,
        max_chars
    )
    .fetch_all(conn)
    .await
}

/// At most `n` items that are in a story and cannot be found by their terms yet, the earliest first.
///
/// # Errors
/// The database fails.
pub async fn unindexed(conn: &mut PgConnection, n: i64, max_chars: i32) -> sqlx::Result<Vec<GroupRow>> {
    sqlx::query_as!(
        GroupRow,
        r#"SELECT i.id AS item_id, i.source_id, s.tier, s.kind, s.lane, a.language, i.link, i.title,
                  left(a.body, $2) AS "text!", a.complete,
                  coalesce(i.published_at, i.first_seen_at) AS "at!", si.story_id AS "story_id?"
           FROM story_items si
           JOIN items i ON i.id = si.item_id
           JOIN articles a ON a.item_id = i.id
           JOIN sources s ON s.id = i.source_id
           WHERE NOT si.indexed ORDER BY i.id LIMIT $1"#,
        n,
        max_chars
    )
    .fetch_all(conn)
    .await
}
