//! What the archive's pages ask for and no stage needs: lists, search, counts over time.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::model::{StoryId, Verdict};

/// A story in a list, with its judgement.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Row id.
    pub id: StoryId,
    /// Headline of the lead.
    pub title: String,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// The current judgement, if there is one.
    pub verdict: Option<Verdict>,
}

/// A part of a longer list.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Most rows.
    pub limit: i64,
    /// Rows before it.
    pub offset: i64,
}

/// Which stories.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Screened out.
    Dropped,
    /// Of the lane research, kept.
    Papers,
    /// Whose titles or texts hold these words (Chinese: these characters).
    Holding(&'a str),
    /// All.
    Latest,
}

struct Row {
    id: i64,
    title: String,
    happened_at: DateTime<Utc>,
    verdict: Option<serde_json::Value>,
}

/// A part of the stories, newest first, and how many there are in all (at most 10,000 are counted).
///
/// # Errors
/// The database fails.
pub async fn stories(pool: &PgPool, which: Which<'_>, page: Page) -> sqlx::Result<(Vec<Listed>, i64)> {
    let (word, text) = match which {
        Which::Dropped => ("dropped", String::new()),
        Which::Papers => ("papers", String::new()),
        Which::Holding(text) => ("holding", pattern(text)),
        Which::Latest => ("latest", String::new()),
    };
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT st.id, st.title, st.happened_at, v.verdict AS "verdict?"
           FROM stories st LEFT JOIN verdicts v ON v.story_id = st.id AND v.current
           WHERE st.merged_into IS NULL
             AND EXISTS (SELECT FROM story_items o JOIN items i ON i.id = o.item_id
                         WHERE o.story_id = st.id AND i.withdrawn_at IS NULL)
             AND CASE $1
               WHEN 'dropped' THEN v.dropped IS NOT NULL
               WHEN 'papers' THEN v.lane = 'research' AND v.dropped IS NULL
               WHEN 'holding' THEN EXISTS (
                   SELECT FROM story_items si JOIN items i ON i.id = si.item_id LEFT JOIN articles a ON a.item_id = i.id
                   WHERE si.story_id = st.id AND (i.title ILIKE $2 OR a.body ILIKE $2))
               ELSE true END
           ORDER BY st.happened_at DESC, st.id DESC LIMIT $3 OFFSET $4"#,
        word,
        text,
        page.limit + 1,
        page.offset
    )
    .fetch_all(pool)
    .await?;
    let more = i64::try_from(rows.len()).unwrap_or_default() > page.limit;
    let listed: Vec<Listed> =
        rows.into_iter().take(usize::try_from(page.limit).unwrap_or_default()).map(listed).collect();
    let n_until_here = page.offset + i64::try_from(listed.len()).unwrap_or_default();
    Ok((listed, if more { n_until_here + 1 } else { n_until_here }))
}

/// Words in their order with anything between; signs of the pattern language stand for themselves.
fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{}%", escaped.split_whitespace().collect::<Vec<_>>().join("%"))
}

fn listed(row: Row) -> Listed {
    Listed {
        id: StoryId(row.id),
        title: row.title,
        happened_at: row.happened_at,
        verdict: row.verdict.and_then(|json| serde_json::from_value(json).ok()),
    }
}

/// The current judgement of a story.
///
/// # Errors
/// The database fails.
pub async fn verdict(pool: &PgPool, id: StoryId) -> sqlx::Result<Option<Verdict>> {
    let json = sqlx::query_scalar!("SELECT verdict FROM verdicts WHERE story_id = $1 AND current", id.0);
    Ok(json.fetch_optional(pool).await?.and_then(|json| serde_json::from_value(json).ok()))
}

/// Where a merged story went.
///
/// # Errors
/// The database fails.
pub async fn merged_into(pool: &PgPool, id: StoryId) -> sqlx::Result<Option<StoryId>> {
    let into = sqlx::query_scalar!("SELECT merged_into FROM stories WHERE id = $1", id.0);
    Ok(into.fetch_optional(pool).await?.flatten().map(StoryId))
}

/// The story that a story goes on from (true), and those that go on from it (false), with their titles, in order of time.
///
/// # Errors
/// The database fails.
pub async fn thread(pool: &PgPool, id: StoryId) -> sqlx::Result<Vec<(StoryId, String, bool)>> {
    let rows = sqlx::query!(
        r#"SELECT o.id, o.title, o.id = st.follows AS "is_earlier?"
           FROM stories st JOIN stories o ON o.id = st.follows OR o.follows = st.id
           WHERE st.id = $1 AND o.merged_into IS NULL ORDER BY o.happened_at, o.id LIMIT 20"#,
        id.0
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    Ok(rows.map(|row| (StoryId(row.id), row.title, row.is_earlier.unwrap_or(false))).collect())
}

/// Kind and number of the issues that told a story.
///
/// # Errors
/// The database fails.
pub async fn issues_of(pool: &PgPool, id: StoryId) -> sqlx::Result<Vec<(String, i32)>> {
    let rows = sqlx::query!(
        r#"SELECT i.edition, i.number FROM issue_stories s JOIN issues i ON i.id = s.issue_id
           WHERE s.story_id = $1 ORDER BY i.published_at"#,
        id.0
    );
    Ok(rows.fetch_all(pool).await?.into_iter().map(|row| (row.edition, row.number)).collect())
}

/// Items of each source in each of the last eight weeks before `now`, oldest first, by slug.
///
/// # Errors
/// The database fails.
pub async fn items_per_week(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Vec<(String, usize, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT s.slug, floor(extract(epoch FROM $1 - coalesce(i.published_at, i.first_seen_at)) / 604800)::integer AS "weeks_ago!",
                  count(*) AS "n!"
           FROM items i JOIN sources s ON s.id = i.source_id
           WHERE coalesce(i.published_at, i.first_seen_at) BETWEEN $1 - interval '56 days' + interval '1 second' AND $1
           GROUP BY 1, 2"#,
        now
    );
    let week = |weeks_ago: i32| 7_usize.saturating_sub(usize::try_from(weeks_ago).unwrap_or_default());
    Ok(rows.fetch_all(pool).await?.into_iter().map(|row| (row.slug, week(row.weeks_ago), row.n)).collect())
}

/// Deliveries of each issue by state, newest issue first: edition, number, state, how many.
///
/// # Errors
/// The database fails.
pub async fn deliveries(pool: &PgPool) -> sqlx::Result<Vec<(String, i32, String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT i.edition, i.number, d.state, count(*) AS "n!" FROM deliveries d JOIN issues i ON i.id = d.issue_id
           GROUP BY i.id, d.state ORDER BY i.published_at DESC, i.id DESC, d.state LIMIT 200"#
    );
    Ok(rows
        .fetch_all(pool)
        .await?
        .into_iter()
        .map(|row| (row.edition, row.number, row.state, row.n))
        .collect())
}
