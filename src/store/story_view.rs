//! A story with its items and their texts, as judge, publish and serve read it.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::model::{ItemId, Lane, SourceKind, Story, StoryId, StoryItem, Tier, Tongue};

struct Row {
    story_id: i64,
    story_title: String,
    story_language: String,
    story_lane: String,
    happened_at: DateTime<Utc>,
    item_id: i64,
    link: String,
    title: String,
    body: String,
    language: String,
    source: String,
    source_slug: String,
    owner: String,
    tier: String,
    kind: String,
    lane: String,
    published_at: DateTime<Utc>,
    reason: String,
    is_copy: bool,
    links: Vec<String>,
    is_withdrawn: bool,
}

/// The stories of `ids` in the order of `ids`; ids that do not exist are left out. Each text is cut to `max_chars`.
///
/// # Errors
/// The database fails.
pub async fn load(pool: &PgPool, ids: &[StoryId], max_chars: i32) -> sqlx::Result<Vec<Story>> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT st.id AS story_id, st.title AS story_title, st.language AS story_language, st.lane AS story_lane,
                  st.happened_at, i.id AS item_id, i.link, i.title,
                  CASE WHEN i.withdrawn_at IS NULL THEN left(coalesce(a.body, i.summary), $2) ELSE '' END AS "body!", coalesce(a.language, i.language) AS "language!",
                  s.name AS source, s.slug AS source_slug, s.owner, s.tier, s.kind, s.lane,
                  coalesce(i.published_at, i.first_seen_at) AS "published_at!",
                  CASE WHEN i.withdrawn_at IS NULL THEN '' ELSE 'taken back by its source; ' END || si.reason AS "reason!",
                  si.copy_of IS NOT NULL AS "is_copy!", i.withdrawn_at IS NOT NULL AS "is_withdrawn!",
                  coalesce(a.links, '{}') AS "links!"
           FROM stories st
           JOIN story_items si ON si.story_id = st.id
           JOIN items i ON i.id = si.item_id
           JOIN sources s ON s.id = i.source_id
           LEFT JOIN articles a ON a.item_id = i.id
           WHERE st.id = ANY($1)
           ORDER BY array_position($1, st.id), (i.id <> st.lead_item_id), coalesce(i.published_at, i.first_seen_at), i.id"#,
        &keys,
        max_chars,
    )
    .fetch_all(pool)
    .await?;
    Ok(gather(rows))
}

/// Rows of one story stand together: makes one story of each run.
fn gather(rows: Vec<Row>) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    for row in rows {
        if stories.last().is_none_or(|story| story.id.0 != row.story_id) {
            stories.push(Story {
                id: StoryId(row.story_id),
                title: row.story_title.clone(),
                language: Tongue::new(&row.story_language),
                lane: row.story_lane.parse().unwrap_or(Lane::Industry),
                happened_at: row.happened_at,
                items: Vec::new(),
                owners: Vec::new(),
            });
        }
        if let Some(story) = stories.last_mut() {
            // A copy of another's text is no further voice, and what was taken back is none.
            if !row.is_copy && !row.is_withdrawn && !story.owners.contains(&row.owner) {
                story.owners.push(row.owner.clone());
            }
            story.items.push(item(row));
        }
    }
    stories
}

fn item(row: Row) -> StoryItem {
    StoryItem {
        item_id: ItemId(row.item_id),
        link: row.link,
        title: row.title,
        text: row.body,
        language: Tongue::new(&row.language),
        source: row.source,
        source_slug: row.source_slug,
        owner: row.owner,
        tier: row.tier.parse().unwrap_or(Tier::Press),
        kind: row.kind.parse().unwrap_or(SourceKind::Feed),
        lane: row.lane.parse().unwrap_or(Lane::Industry),
        published_at: row.published_at,
        reason: row.reason,
        links: row.links,
    }
}
