//! Tables `issue_inputs` and `issue_events`: what an issue was made from, and which events it told.

use std::collections::BTreeMap;

use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};

use crate::model::{Earlier, IssueId, Language, LineKind, OwnLines, StoryId};

/// Most steps back along "carries on".
const LONGEST_THREAD: i32 = 20;

/// Keeps the inputs of an issue.
///
/// # Errors
/// The database fails, or there are some already.
pub async fn insert(
    conn: &mut PgConnection,
    issue_id: IssueId,
    inputs: &serde_json::Value,
) -> sqlx::Result<()> {
    sqlx::query!("INSERT INTO issue_inputs (issue_id, inputs) VALUES ($1, $2)", issue_id.0, inputs)
        .execute(conn)
        .await?;
    Ok(())
}

/// The inputs of an issue; `None`: it was composed before they were kept.
///
/// # Errors
/// The database fails.
pub async fn read(pool: &PgPool, issue_id: IssueId) -> sqlx::Result<Option<serde_json::Value>> {
    sqlx::query_scalar!("SELECT inputs FROM issue_inputs WHERE issue_id = $1", issue_id.0)
        .fetch_optional(pool)
        .await
}

/// Writes down the events that an issue tells.
///
/// # Errors
/// The database fails.
pub async fn insert_events(
    conn: &mut PgConnection,
    issue_id: IssueId,
    events: &[(StoryId, String)],
) -> sqlx::Result<()> {
    let (ids, keys): (Vec<i64>, Vec<String>) = events.iter().map(|(id, key)| (id.0, key.clone())).unzip();
    sqlx::query!(
        "INSERT INTO issue_events (issue_id, story_id, key)
         SELECT $1, story_id, key FROM unnest($2::bigint[], $3::text[]) AS t (story_id, key)
         ON CONFLICT DO NOTHING",
        issue_id.0,
        &ids,
        &keys
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of these events an issue of this edition told, with the story as it is called now and the last issue's number.
///
/// # Errors
/// The database fails.
pub async fn told_events(
    pool: &PgPool,
    (edition, before): (&str, i32),
    keys: &[String],
) -> sqlx::Result<Vec<(String, StoryId, i32)>> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (e.key) e.key, coalesce(s.merged_into, s.id) AS "story_id!", i.number
           FROM issue_events e JOIN issues i ON i.id = e.issue_id JOIN stories s ON s.id = e.story_id
           WHERE e.key = ANY($2) AND i.edition = $1 AND i.number < $3
           ORDER BY e.key, i.number DESC"#,
        edition,
        keys,
        before
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, StoryId(row.story_id), row.number)).collect())
}

/// What issues of this edition told of the stories that these carry on: the latest of each thread.
///
/// # Errors
/// The database fails.
pub async fn earlier(
    pool: &PgPool,
    (edition, before): (&str, i32),
    ids: &[StoryId],
) -> sqlx::Result<BTreeMap<StoryId, Earlier>> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"WITH RECURSIVE thread (root, id, depth) AS (
               SELECT id, follows, 1 FROM stories WHERE id = ANY($2) AND follows IS NOT NULL
               UNION
               SELECT t.root, s.follows, t.depth + 1 FROM thread t JOIN stories s ON s.id = t.id
               WHERE s.follows IS NOT NULL AND t.depth < $3
           )
           SELECT DISTINCT ON (t.root) t.root AS "root!", t.id AS "id!", i.number,
                  jsonb_path_query_first(i.content, '$.sections[*].stories[*] ? (@.story_id == $id).verdict.headline',
                                         jsonb_build_object('id', o.id)) AS "headline: Json<BTreeMap<Language, String>>",
                  jsonb_path_query_first(i.content, '$.sections[*].stories[*] ? (@.story_id == $id).line',
                                         jsonb_build_object('id', o.id)) AS "line: Json<OwnLines>"
           FROM thread t
           JOIN stories o ON o.id = t.id OR o.merged_into = t.id
           JOIN issue_stories ist ON ist.story_id = o.id AND ist.section <> 'dropped'
           JOIN issues i ON i.id = ist.issue_id AND i.edition = $1 AND i.number < $4
           ORDER BY t.root, i.number DESC, t.depth"#,
        edition,
        &keys,
        LONGEST_THREAD,
        before
    )
    .fetch_all(pool)
    .await?;
    let told = rows.into_iter().map(|row| {
        let mut headline = row.headline.map(|headline| headline.0).unwrap_or_default();
        let own = row.line.map(|line| line.0).unwrap_or_default().into_iter();
        headline
            .extend(own.filter_map(|(language, mut own)| Some((language, own.remove(&LineKind::Headline)?))));
        (StoryId(row.root), Earlier { story_id: StoryId(row.id), issue: row.number, headline })
    });
    Ok(told.collect())
}
