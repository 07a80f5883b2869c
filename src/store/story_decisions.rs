//! Table `story_decisions`: what grouping decided about a story, and why.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};

use crate::model::{ItemId, StoryId};

/// One decision that is being made.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// "opened", "joined", "left", "merged", "follows" or "lead".
    pub kind: &'a str,
    /// The item that it is about.
    pub item_id: Option<ItemId>,
    /// The other story that it is about.
    pub other: Option<StoryId>,
    /// For people.
    pub reason: &'a str,
}

/// One that was made.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// When.
    pub decided_at: DateTime<Utc>,
    /// What.
    pub kind: String,
    /// About which item.
    pub item_id: Option<i64>,
    /// Its title.
    pub title: Option<String>,
    /// About which other story.
    pub other_story_id: Option<i64>,
    /// Why.
    pub reason: String,
}

/// Writes a decision down.
///
/// # Errors
/// The database fails.
pub async fn note(
    conn: &mut PgConnection,
    story_id: StoryId,
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO story_decisions (story_id, kind, item_id, other_story_id, reason, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        story_id.0,
        decision.kind,
        decision.item_id.map(|id| id.0),
        decision.other.map(|id| id.0),
        decision.reason,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All decisions about a story, and about those that were merged into it, in their order.
///
/// # Errors
/// The database fails.
pub async fn of_story(pool: &PgPool, id: StoryId) -> sqlx::Result<Vec<Decided>> {
    sqlx::query_as!(
        Decided,
        r#"SELECT d.decided_at, d.kind, d.item_id, i.title AS "title?", d.other_story_id, d.reason
           FROM story_decisions d LEFT JOIN items i ON i.id = d.item_id
           WHERE d.story_id = $1 OR d.story_id IN (SELECT id FROM stories WHERE merged_into = $1)
           ORDER BY d.id"#,
        id.0
    )
    .fetch_all(pool)
    .await
}
