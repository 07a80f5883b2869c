//! What the tables of hindsight say, for pages, the command line and the issue.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use sqlx::types::Json;

use crate::hindsight::{Afterlife, Followed, Outcome, Popularity, Quarter, Reason, Watch};
use crate::model::{Language, StoryId};

struct Row {
    story_id: i64,
    why: String,
    kind: String,
    number: i32,
    place: Option<i32>,
    score: f32,
    dropped: Option<String>,
    headline: Json<BTreeMap<Language, String>>,
    happened_at: DateTime<Utc>,
    life: Option<LifeRow>,
}

struct LifeRow {
    age_days: i32,
    real_age_days: i32,
    n_owners: i32,
    n_mentions: i32,
    n_updates: i32,
    artifact: Option<String>,
    artifact_says: Option<String>,
    popularity: Json<Vec<Popularity>>,
    outcome: String,
    signs: Json<Vec<Reason>>,
}

/// The followed stories that happened in a quarter, each with the last look at it, in order of time.
///
/// # Errors
/// The database fails.
pub async fn followed(pool: &PgPool, quarter: Quarter) -> sqlx::Result<Vec<Followed>> {
    let rows = sqlx::query!(
        r#"SELECT coalesce(st.merged_into, st.id) AS "story_id!", w.why, i.edition AS kind, i.number, w.place, w.score, w.dropped,
                  w.headline AS "headline: Json<BTreeMap<Language, String>>", w.happened_at,
                  l.age_days AS "age_days?", l.real_age_days AS "real_age_days?", l.n_owners AS "n_owners?", l.n_mentions AS "n_mentions?",
                  l.n_updates AS "n_updates?", l.artifact, l.artifact_says,
                  l.popularity AS "popularity?: Json<Vec<Popularity>>", l.outcome AS "outcome?", l.signs AS "signs?: Json<Vec<Reason>>"
           FROM watched w
           JOIN stories st ON st.id = w.story_id
           JOIN issues i ON i.id = w.issue_id
           LEFT JOIN LATERAL (
               SELECT * FROM afterlives l WHERE l.story_id = w.story_id ORDER BY l.age_days DESC LIMIT 1) l ON true
           WHERE w.happened_at >= $1 AND w.happened_at < $2
           ORDER BY w.happened_at, w.story_id"#,
        quarter.starts_at(),
        quarter.ends_at()
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    let stories = rows.map(|row| Row {
        story_id: row.story_id,
        why: row.why,
        kind: row.kind,
        number: row.number,
        place: row.place,
        score: row.score,
        dropped: row.dropped,
        headline: row.headline,
        happened_at: row.happened_at,
        life: row.age_days.map(|age_days| LifeRow {
            age_days,
            real_age_days: row.real_age_days.unwrap_or(age_days),
            n_owners: row.n_owners.unwrap_or_default(),
            n_mentions: row.n_mentions.unwrap_or_default(),
            n_updates: row.n_updates.unwrap_or_default(),
            artifact: row.artifact,
            artifact_says: row.artifact_says,
            popularity: row.popularity.unwrap_or_default(),
            outcome: row.outcome.unwrap_or_default(),
            signs: row.signs.unwrap_or_default(),
        }),
    });
    Ok(stories.map(story).collect())
}

fn story(row: Row) -> Followed {
    Followed {
        story_id: StoryId(row.story_id),
        why: row.why.parse().unwrap_or(Watch::Sample),
        issue: (row.kind, row.number),
        place: row.place,
        score: row.score,
        dropped: row.dropped,
        headline: row.headline.0,
        happened_at: row.happened_at,
        last: row.life.map(afterlife),
    }
}

fn afterlife(row: LifeRow) -> Afterlife {
    Afterlife {
        age_days: row.age_days,
        real_age_days: row.real_age_days,
        n_owners: row.n_owners,
        n_mentions: row.n_mentions,
        n_updates: row.n_updates,
        artifact: row.artifact.and_then(|word| word.parse().ok()),
        artifact_says: row.artifact_says,
        popularity: row.popularity.0,
        outcome: row.outcome.parse().unwrap_or(Outcome::Early),
        reasons: row.signs.0,
    }
}

/// Every look at a story that was written down, the youngest age first. Of stories that became one, all.
///
/// # Errors
/// The database fails.
pub async fn of_story(pool: &PgPool, id: StoryId) -> sqlx::Result<Vec<Afterlife>> {
    let rows = sqlx::query_as!(
        LifeRow,
        r#"SELECT DISTINCT ON (l.age_days) l.age_days, l.real_age_days, l.n_owners, l.n_mentions, l.n_updates, l.artifact,
                  l.artifact_says, l.popularity AS "popularity: Json<Vec<Popularity>>", l.outcome,
                  l.signs AS "signs: Json<Vec<Reason>>"
           FROM afterlives l JOIN stories st ON st.id = l.story_id
           WHERE st.id = $1 OR st.merged_into = $1
           ORDER BY l.age_days, (l.story_id = $1) DESC, l.story_id"#,
        id.0
    );
    Ok(rows.fetch_all(pool).await?.into_iter().map(afterlife).collect())
}

/// The quarters of which stories are followed, the latest first.
///
/// # Errors
/// The database fails.
pub async fn quarters(pool: &PgPool) -> sqlx::Result<Vec<Quarter>> {
    let starts = sqlx::query_scalar!(
        r#"SELECT DISTINCT date_trunc('quarter', happened_at, 'UTC') AS "start!" FROM watched ORDER BY 1 DESC LIMIT 40"#
    );
    Ok(starts.fetch_all(pool).await?.into_iter().map(Quarter::of).collect())
}

/// The last full quarter before `now` and its followed stories; where there are none, the latest that has some.
///
/// # Errors
/// The database fails.
pub async fn last_full_quarter(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<(Quarter, Vec<Followed>)> {
    let wished = Quarter::of(now).before();
    let known = quarters(pool).await?;
    let quarter = if known.contains(&wished) { wished } else { known.first().copied().unwrap_or(wished) };
    Ok((quarter, followed(pool, quarter).await?))
}
