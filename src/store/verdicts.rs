//! Table `verdicts`: judgements; a newer one supersedes, none is deleted.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::model::{StoryId, Verdict};

/// Stories that need a judgement: without one, changed since, or (`again`) left unscored by a model that failed.
///
/// # Errors
/// The database fails.
pub async fn due(pool: &PgPool, again: bool) -> sqlx::Result<Vec<StoryId>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT st.id FROM stories st LEFT JOIN verdicts v ON v.story_id = st.id AND v.current
           WHERE st.merged_into IS NULL
             AND (v.id IS NULL OR v.judged_at < st.changed_at OR ($1 AND v.unscored IS NOT NULL))
           ORDER BY st.id"#,
        again
    );
    Ok(ids.fetch_all(pool).await?.into_iter().map(StoryId).collect())
}

/// What a verdict was made from.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// Hash of the story's texts.
    pub input_hash: &'a str,
    /// Hash of the prompt, if a model was asked.
    pub prompt_hash: Option<&'a str>,
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
        r#"UPDATE verdicts SET judged_at = $5
           WHERE story_id = $1 AND current AND input_hash = $2 AND judge = $3 AND verdict = $4"#,
        verdict.story_id.0,
        basis.input_hash,
        verdict.judge,
        json,
        now
    );
    if same.execute(&mut *tx).await?.rows_affected() > 0 {
        tx.commit().await?;
        return Ok(false);
    }
    sqlx::query!("UPDATE verdicts SET current = false WHERE story_id = $1 AND current", verdict.story_id.0)
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        r#"INSERT INTO verdicts (story_id, judged_at, judge, prompt_hash, input_hash, lane, focus, rumour, score, dropped, unscored, verdict)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"#,
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
        json
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}
