//! Table `verdicts`: judgements; a newer one supersedes, none is deleted.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::model::{StoryId, Verdict};

/// Stories that need a judgement by the rules: without one, changed since, or young and judged by other rules.
///
/// # Errors
/// The database fails.
pub async fn due(pool: &PgPool, rules_hash: &str, young_since: DateTime<Utc>) -> sqlx::Result<Vec<StoryId>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT st.id FROM stories st LEFT JOIN verdicts v ON v.story_id = st.id AND v.current
           WHERE st.merged_into IS NULL
             AND (v.id IS NULL OR v.input_hash = '' OR v.judged_at < st.changed_at OR (v.rules_hash <> $1 AND st.happened_at >= $2))
           ORDER BY st.id"#,
        rules_hash,
        young_since
    );
    Ok(ids.fetch_all(pool).await?.into_iter().map(StoryId).collect())
}

/// A judged story as it competes for the model's time.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The story.
    pub story_id: StoryId,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// The rules' score.
    pub rules_score: f32,
    /// Whether the rules let it into an issue.
    pub may_enter: bool,
    /// Who judged it.
    pub judge: String,
}

/// The judged stories that happened since then.
///
/// # Errors
/// The database fails.
pub async fn standings(pool: &PgPool, since: DateTime<Utc>) -> sqlx::Result<Vec<Standing>> {
    let rows = sqlx::query!(
        r#"SELECT st.id, st.happened_at, coalesce(v.rules_score, v.score) AS "rules_score!", v.judge,
                  (CASE WHEN v.rules_score IS NULL THEN v.dropped ELSE v.rules_dropped END) IS NULL AS "may_enter!"
           FROM verdicts v JOIN stories st ON st.id = v.story_id
           WHERE v.current AND st.merged_into IS NULL AND st.happened_at >= $1
           ORDER BY st.id"#,
        since
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Standing {
            story_id: StoryId(row.id),
            happened_at: row.happened_at,
            rules_score: row.rules_score,
            may_enter: row.may_enter,
            judge: row.judge,
        })
        .collect())
}

/// What a verdict was made from.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// Hash of the story's texts.
    pub input_hash: &'a str,
    /// Hash of the prompt, if a model was asked.
    pub prompt_hash: Option<&'a str>,
    /// Hash of the rules and their weights.
    pub rules_hash: &'a str,
    /// The score by the rules alone.
    pub rules_score: f32,
    /// Why the rules alone would screen it out.
    pub rules_dropped: Option<&'a str>,
}

/// Makes `verdict` the current one of its story. The same judgement of the same text only renews its time. True: it
/// is a new one.
///
/// # Errors
/// The database fails.
pub async fn save(
    pool: &PgPool,
    verdict: &Verdict,
    basis: Basis<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let focus: Vec<String> = verdict.focus.iter().map(|focus| focus.as_str().to_owned()).collect();
    let json = serde_json::to_value(verdict).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let mut tx = pool.begin().await?;
    let same = sqlx::query!(
        r#"UPDATE verdicts SET judged_at = $5, rules_hash = $6, rules_score = $7, rules_dropped = $8
           WHERE story_id = $1 AND current AND input_hash = $2 AND judge = $3 AND verdict = $4"#,
        verdict.story_id.0,
        basis.input_hash,
        verdict.judge,
        json,
        now,
        basis.rules_hash,
        basis.rules_score,
        basis.rules_dropped
    );
    if same.execute(&mut *tx).await?.rows_affected() > 0 {
        tx.commit().await?;
        return Ok(false);
    }
    sqlx::query!("UPDATE verdicts SET current = false WHERE story_id = $1 AND current", verdict.story_id.0)
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        r#"INSERT INTO verdicts (story_id, judged_at, judge, prompt_hash, input_hash, lane, focus, rumour, score, dropped, unscored, verdict,
                                 rules_hash, rules_score, rules_dropped)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"#,
        verdict.story_id.0,
        now,
        verdict.judge,
        basis.prompt_hash,
        basis.input_hash,
        verdict.lane.as_str(),
        &focus,
        verdict.rumour,
        verdict.score,
        verdict.dropped,
        verdict.unscored,
        json,
        basis.rules_hash,
        basis.rules_score,
        basis.rules_dropped
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// The current verdicts by this judge of stories that happened since then and may enter an issue.
///
/// # Errors
/// The database fails.
pub async fn by_judge(pool: &PgPool, since: DateTime<Utc>, judge: &str) -> sqlx::Result<Vec<Verdict>> {
    let rows = sqlx::query_scalar!(
        "SELECT v.verdict FROM verdicts v JOIN stories st ON st.id = v.story_id
         WHERE v.current AND v.judge = $2 AND v.dropped IS NULL AND st.merged_into IS NULL AND st.happened_at >= $1
         ORDER BY st.id",
        since,
        judge
    )
    .fetch_all(pool)
    .await?;
    // One of an older format is judged anew in time.
    Ok(rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect())
}

/// The current verdict of a story where a model made it of this text, with the hash of its prompt.
///
/// # Errors
/// The database fails.
pub async fn read_by_model(
    pool: &PgPool,
    story: StoryId,
    input_hash: &str,
) -> sqlx::Result<Option<(Verdict, Option<String>)>> {
    let row = sqlx::query!(
        "SELECT verdict, prompt_hash FROM verdicts
         WHERE story_id = $1 AND current AND input_hash = $2 AND judge <> 'rules'",
        story.0,
        input_hash
    );
    let row = row.fetch_optional(pool).await?;
    Ok(row.and_then(|row| Some((serde_json::from_value(row.verdict).ok()?, row.prompt_hash))))
}

/// Makes the rules judge anew what this model has judged. How many stories that are.
///
/// # Errors
/// The database fails.
pub async fn forget(pool: &PgPool, judge: &str) -> sqlx::Result<u64> {
    let mut tx = pool.begin().await?;
    // Of no text: so it is due, and nothing of it stays.
    let done = sqlx::query!(
        "UPDATE verdicts SET input_hash = '' WHERE current AND judge = $1 AND judge <> 'rules'",
        judge
    );
    let n = done.execute(&mut *tx).await?.rows_affected();
    sqlx::query!("DELETE FROM model_answers WHERE model = $1", judge).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(n)
}

/// Adds to the current verdict of a story what was found by comparing it with another.
///
/// # Errors
/// The database fails.
pub async fn amend(pool: &PgPool, verdict: &Verdict) -> sqlx::Result<()> {
    let json = serde_json::to_value(verdict).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "UPDATE verdicts SET verdict = $2, score = $3 WHERE story_id = $1 AND current",
        verdict.story_id.0,
        json,
        verdict.score
    )
    .execute(pool)
    .await?;
    Ok(())
}
