//! Table `errata`: confirmed errors. Each stands on its story's page at once, and in exactly one weekly issue.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use crate::model::{Erratum, ErratumId, IssueId, IssueKind, Language, StoryId, VoteId};

/// Most errata of one issue; the others wait for the next.
const PER_ISSUE: i64 = 10;

/// Longest text in one language, in characters, as the table has it.
pub const MAX_CHARS: usize = 600;

/// An erratum to be entered.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// What it corrects.
    pub story_id: StoryId,
    /// The vote that told of the error.
    pub vote_id: Option<VoteId>,
    /// What is right, in English.
    pub en: &'a str,
    /// What is right, in Chinese.
    pub zh: &'a str,
}

/// An erratum in a list.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Listed {
    /// Row id.
    pub id: ErratumId,
    /// What it corrects; where a merged story went.
    pub story_id: StoryId,
    /// The story's headline.
    pub title: String,
    /// In English.
    pub text_en: String,
    /// In Chinese.
    pub text_zh: String,
    /// When it was confirmed.
    pub noted_at: DateTime<Utc>,
    /// Number of the weekly issue that told it; `None`: the next one will.
    pub told_in: Option<i32>,
}

impl Listed {
    /// In this language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::En => &self.text_en,
            Language::Zh => &self.text_zh,
        }
    }
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was made.
    Done,
    /// There is no such erratum.
    Missing,
    /// The weekly issue of this number has told it.
    Told(i32),
    /// The story has another one with these English words.
    Doubled,
}

/// Gives an erratum that no issue has told other words.
///
/// # Errors
/// The database fails.
pub async fn edit(pool: &PgPool, id: ErratumId, en: &str, zh: &str) -> sqlx::Result<Changed> {
    let done = sqlx::query!(
        "UPDATE errata SET text_en = $2, text_zh = $3 WHERE id = $1 AND told_in IS NULL",
        id.0,
        en,
        zh
    );
    match done.execute(pool).await {
        Ok(done) if done.rows_affected() > 0 => Ok(Changed::Done),
        Ok(_) => unchanged(pool, id).await,
        Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => {
            Ok(Changed::Doubled)
        }
        Err(error) => Err(error),
    }
}

/// Takes back an erratum that no issue has told.
///
/// # Errors
/// The database fails.
pub async fn remove(pool: &PgPool, id: ErratumId) -> sqlx::Result<Changed> {
    let done = sqlx::query!("DELETE FROM errata WHERE id = $1 AND told_in IS NULL", id.0);
    if done.execute(pool).await?.rows_affected() > 0 {
        return Ok(Changed::Done);
    }
    unchanged(pool, id).await
}

async fn unchanged(pool: &PgPool, id: ErratumId) -> sqlx::Result<Changed> {
    let told = sqlx::query_scalar!(
        "SELECT i.number FROM errata e JOIN issues i ON i.id = e.told_in WHERE e.id = $1",
        id.0
    );
    Ok(told.fetch_optional(pool).await?.map_or(Changed::Missing, Changed::Told))
}

/// The erratum that a vote led to.
///
/// # Errors
/// The database fails.
pub async fn of_vote(pool: &PgPool, vote: VoteId) -> sqlx::Result<Option<Listed>> {
    let all = of(pool, None).await?;
    let id = sqlx::query_scalar!("SELECT id FROM errata WHERE vote_id = $1", vote.0);
    let id = id.fetch_optional(pool).await?;
    Ok(all.into_iter().find(|erratum| Some(erratum.id.0) == id))
}

/// Enters an erratum. `None`: the story has the same already, or the vote led to one.
///
/// # Errors
/// The database fails, or there is no such story or vote.
pub async fn add(pool: &PgPool, new: New<'_>, now: DateTime<Utc>) -> sqlx::Result<Option<ErratumId>> {
    let id = sqlx::query_scalar!(
        r#"INSERT INTO errata (story_id, vote_id, text_en, text_zh, noted_at)
           VALUES ((SELECT coalesce(merged_into, id) FROM stories WHERE id = $1), $2, $3, $4, $5)
           ON CONFLICT DO NOTHING RETURNING id"#,
        new.story_id.0,
        new.vote_id.map(|id| id.0),
        new.en,
        new.zh,
        now
    );
    Ok(id.fetch_optional(pool).await?.map(ErratumId))
}

/// The story of a vote that stands and says "wrong".
///
/// # Errors
/// The database fails.
pub async fn story_of_vote(pool: &PgPool, vote: VoteId) -> sqlx::Result<Option<StoryId>> {
    let story = sqlx::query_scalar!(
        "SELECT story_id FROM votes WHERE id = $1 AND kind = 'wrong' AND taken_back_at IS NULL",
        vote.0
    );
    Ok(story.fetch_optional(pool).await?.map(StoryId))
}

/// All of them, newest first.
///
/// # Errors
/// The database fails.
pub async fn list(pool: &PgPool) -> sqlx::Result<Vec<Listed>> {
    of(pool, None).await
}

/// Those of these stories and of what was merged into them, oldest first.
///
/// # Errors
/// The database fails.
pub async fn of_stories(pool: &PgPool, stories: &[StoryId]) -> sqlx::Result<Vec<Listed>> {
    let ids: Vec<i64> = stories.iter().map(|id| id.0).collect();
    let mut found = of(pool, Some(&ids)).await?;
    found.reverse();
    Ok(found)
}

async fn of(pool: &PgPool, stories: Option<&[i64]>) -> sqlx::Result<Vec<Listed>> {
    sqlx::query_as!(
        Listed,
        r#"SELECT e.id AS "id: ErratumId", st.id AS "story_id: StoryId", st.title, e.text_en, e.text_zh, e.noted_at,
                  i.number AS "told_in?"
           FROM errata e JOIN stories own ON own.id = e.story_id
           JOIN stories st ON st.id = coalesce(own.merged_into, own.id)
           LEFT JOIN issues i ON i.id = e.told_in
           WHERE $1::bigint[] IS NULL OR st.id IN (SELECT coalesce(merged_into, id) FROM stories WHERE id = ANY($1))
           ORDER BY e.noted_at DESC, e.id DESC"#,
        stories
    )
    .fetch_all(pool)
    .await
}

/// What the weekly issue of a period that ends then has to correct: errata that no issue told, unless a later issue told
/// their story (a week that is published late corrects nothing of weeks to come).
///
/// # Errors
/// The database fails.
pub async fn to_tell(pool: &PgPool, ends_at: DateTime<Utc>) -> sqlx::Result<Vec<Erratum>> {
    let rows = sqlx::query!(
        r#"SELECT e.id, st.id AS story_id, e.text_en, e.text_zh, e.noted_at, st.title, v.verdict->'headline' AS headline
           FROM errata e JOIN stories own ON own.id = e.story_id
           JOIN stories st ON st.id = coalesce(own.merged_into, own.id)
           LEFT JOIN verdicts v ON v.story_id = st.id AND v.current
           WHERE e.told_in IS NULL AND NOT EXISTS (
               SELECT FROM stories m JOIN issue_stories s ON s.story_id = m.id JOIN issues i ON i.id = s.issue_id
               WHERE (m.id = st.id OR m.merged_into = st.id) AND i.edition = 'weekly' AND i.ends_at >= $1)
           ORDER BY e.id LIMIT $2"#,
        ends_at,
        PER_ISSUE
    )
    .fetch_all(pool)
    .await?;
    let mut errata = Vec::new();
    for row in rows {
        let told = told(pool, StoryId(row.story_id)).await?;
        let frozen = told.iter().find_map(|(_, _, headline)| headlines(headline.as_ref()));
        let headline = frozen.or_else(|| headlines(row.headline.as_ref()));
        let as_published = || Language::ALL.iter().map(|language| (*language, row.title.clone())).collect();
        errata.push(Erratum {
            id: ErratumId(row.id),
            story_id: StoryId(row.story_id),
            headline: headline.unwrap_or_else(as_published),
            issues: told.into_iter().map(|(kind, number, _)| (kind, number)).collect(),
            text: [(Language::En, row.text_en), (Language::Zh, row.text_zh)].into(),
            noted_at: row.noted_at,
        });
    }
    Ok(errata)
}

/// The issues that told a story, and under which headline.
async fn told(pool: &PgPool, story: StoryId) -> sqlx::Result<Vec<(IssueKind, i32, Option<Value>)>> {
    let rows = sqlx::query!(
        r#"SELECT i.kind, i.number,
                  (SELECT (t.story->'verdict'->'headline')
                          || jsonb_strip_nulls(jsonb_build_object('en', t.story->'line'->'en'->'headline',
                                                                  'zh', t.story->'line'->'zh'->'headline'))
                   FROM jsonb_path_query(i.content, '$.sections[*].stories[*]') AS t (story)
                   WHERE t.story->'story_id' = to_jsonb(m.id) LIMIT 1) AS headline
           FROM stories m JOIN issue_stories s ON s.story_id = m.id JOIN issues i ON i.id = s.issue_id
           WHERE (m.id = $1 OR m.merged_into = $1) AND i.edition IN ('weekly', 'paper')
           ORDER BY i.published_at, i.id"#,
        story.0
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    Ok(rows.filter_map(|row| Some((row.kind.parse().ok()?, row.number, row.headline))).collect())
}

fn headlines(json: Option<&Value>) -> Option<BTreeMap<Language, String>> {
    let headlines: BTreeMap<Language, String> = serde_json::from_value(json?.clone()).ok()?;
    (!headlines.is_empty()).then_some(headlines)
}

/// Writes down that an issue tells these. False: another issue has told one of them meanwhile.
///
/// # Errors
/// The database fails.
pub async fn mark_told(conn: &mut PgConnection, issue: IssueId, errata: &[Erratum]) -> sqlx::Result<bool> {
    let ids: Vec<i64> = errata.iter().map(|erratum| erratum.id.0).collect();
    let done =
        sqlx::query!("UPDATE errata SET told_in = $1 WHERE id = ANY($2) AND told_in IS NULL", issue.0, &ids);
    let n = done.execute(conn).await?.rows_affected();
    Ok(usize::try_from(n).unwrap_or_default() == ids.len())
}
