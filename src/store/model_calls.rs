//! Tables `model_calls` and `model_answers`: every token is booked, and the same question is never paid for twice.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;

use crate::model::StoryId;

/// One call, also a failed one.
#[derive(Clone, Debug, Default)]
pub struct Call<'a> {
    /// What for: "judge".
    pub purpose: &'a str,
    /// Name of the model.
    pub model: &'a str,
    /// Host of the server.
    pub host: &'a str,
    /// About which story; `None` for several.
    pub story_id: Option<StoryId>,
    /// About how many stories or texts.
    pub n_stories: i32,
    /// What of the texts left for the server: "full", "extract", "titles".
    pub sent: &'a str,
    /// Hash of the prompt.
    pub prompt_hash: &'a str,
    /// As the server counted.
    pub prompt_tokens: i32,
    /// As the server counted.
    pub completion_tokens: i32,
    /// Millionths of the currency of the configured prices.
    pub cost_micros: i64,
    /// How long it took.
    pub millis: i32,
    /// "ok", or what went wrong in a word.
    pub outcome: &'a str,
    /// What went wrong, without any fetched text.
    pub error: Option<String>,
}

/// What the calls of a time came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ModelTotals {
    /// Calls, also failed ones.
    pub calls: i64,
    /// Of them failed.
    pub failed: i64,
    /// Tokens sent.
    pub prompt_tokens: i64,
    /// Tokens answered.
    pub completion_tokens: i64,
    /// Millionths of the currency of the configured prices.
    pub cost_micros: i64,
}

/// What was asked, of whom.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Hash of the texts.
    pub input_hash: &'a str,
    /// Hash of the prompt.
    pub prompt_hash: &'a str,
    /// Name of the model.
    pub model: &'a str,
}

/// Books a call.
///
/// # Errors
/// The database fails.
pub async fn book(pool: &PgPool, call: &Call<'_>, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        r#"INSERT INTO model_calls (called_at, purpose, model, host, story_id, prompt_hash, prompt_tokens, completion_tokens,
                                    cost_micros, millis, outcome, error, n_stories, sent)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"#,
        now,
        call.purpose,
        call.model,
        call.host,
        call.story_id.map(|id| id.0),
        call.prompt_hash,
        call.prompt_tokens,
        call.completion_tokens,
        call.cost_micros,
        call.millis,
        call.outcome,
        call.error,
        call.n_stories,
        call.sent
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// What the calls since `since` came to.
///
/// # Errors
/// The database fails.
pub async fn totals(pool: &PgPool, since: DateTime<Utc>) -> sqlx::Result<ModelTotals> {
    sqlx::query_as!(
        ModelTotals,
        r#"SELECT count(*) AS "calls!", count(*) FILTER (WHERE outcome <> 'ok') AS "failed!",
                  coalesce(sum(prompt_tokens), 0) AS "prompt_tokens!", coalesce(sum(completion_tokens), 0) AS "completion_tokens!",
                  coalesce(sum(cost_micros), 0)::bigint AS "cost_micros!"
           FROM model_calls WHERE called_at >= $1"#,
        since
    )
    .fetch_one(pool)
    .await
}

/// What the last call for `purpose` failed of, if it failed.
///
/// # Errors
/// The database fails.
pub async fn standing_failure(pool: &PgPool, purpose: &str) -> sqlx::Result<Option<String>> {
    let last = sqlx::query!(
        r#"SELECT outcome, coalesce(error, '') AS "error!" FROM model_calls WHERE purpose = $1
           ORDER BY called_at DESC, id DESC LIMIT 1"#,
        purpose
    );
    Ok(last.fetch_optional(pool).await?.filter(|last| last.outcome != "ok").map(|last| last.error))
}

/// Tokens and money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Spent {
    /// Sent and answered.
    pub tokens: i64,
    /// Millionths of the currency of the configured prices.
    pub cost_micros: i64,
}

/// What all calls for `purpose` came to since then.
///
/// # Errors
/// The database fails.
pub async fn spent(pool: &PgPool, purpose: &str, since: DateTime<Utc>) -> sqlx::Result<Spent> {
    sqlx::query_as!(
        Spent,
        r#"SELECT coalesce(sum(prompt_tokens + completion_tokens), 0)::bigint AS "tokens!",
                  coalesce(sum(cost_micros), 0)::bigint AS "cost_micros!"
           FROM model_calls WHERE called_at >= $1 AND purpose = $2"#,
        since,
        purpose
    )
    .fetch_one(pool)
    .await
}

/// What all calls of a time came to.
///
/// # Errors
/// The database fails.
pub async fn spent_between(pool: &PgPool, since: DateTime<Utc>, until: DateTime<Utc>) -> sqlx::Result<Spent> {
    sqlx::query_as!(
        Spent,
        r#"SELECT coalesce(sum(prompt_tokens + completion_tokens), 0)::bigint AS "tokens!",
                  coalesce(sum(cost_micros), 0)::bigint AS "cost_micros!"
           FROM model_calls WHERE called_at >= $1 AND called_at < $2"#,
        since,
        until
    )
    .fetch_one(pool)
    .await
}

/// The calls of one purpose to one server with one kind of text.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Usage {
    /// What for.
    pub purpose: String,
    /// Host of the server.
    pub host: String,
    /// Name of the model.
    pub model: String,
    /// What of the texts was sent.
    pub sent: String,
    /// Calls, also failed ones.
    pub calls: i64,
    /// Of them failed.
    pub failed: i64,
    /// Stories or texts that they were about.
    pub n_stories: i64,
    /// Tokens sent.
    pub prompt_tokens: i64,
    /// Tokens answered.
    pub completion_tokens: i64,
    /// Millionths of the currency of the configured prices.
    pub cost_micros: i64,
    /// The last call.
    pub last_at: DateTime<Utc>,
    /// What went wrong last, if anything did.
    pub last_error: Option<String>,
}

/// What went where since then, the dearest first.
///
/// # Errors
/// The database fails.
pub async fn usage(pool: &PgPool, since: DateTime<Utc>) -> sqlx::Result<Vec<Usage>> {
    sqlx::query_as!(
        Usage,
        r#"SELECT purpose, host, model, sent, count(*) AS "calls!", count(*) FILTER (WHERE outcome <> 'ok') AS "failed!",
                  coalesce(sum(n_stories), 0) AS "n_stories!",
                  coalesce(sum(prompt_tokens), 0) AS "prompt_tokens!", coalesce(sum(completion_tokens), 0) AS "completion_tokens!",
                  coalesce(sum(cost_micros), 0)::bigint AS "cost_micros!", max(called_at) AS "last_at!",
                  (array_agg(error ORDER BY called_at DESC) FILTER (WHERE error IS NOT NULL))[1] AS last_error
           FROM model_calls WHERE called_at >= $1
           GROUP BY purpose, host, model, sent ORDER BY 8 DESC, 1, 2"#,
        since
    )
    .fetch_all(pool)
    .await
}

/// The answer to a question that was asked before.
///
/// # Errors
/// The database fails.
pub async fn known_answer(pool: &PgPool, question: Question<'_>) -> sqlx::Result<Option<Value>> {
    sqlx::query_scalar!(
        "SELECT answer FROM model_answers WHERE input_hash = $1 AND prompt_hash = $2 AND model = $3",
        question.input_hash,
        question.prompt_hash,
        question.model
    )
    .fetch_optional(pool)
    .await
}

/// Keeps an accepted answer.
///
/// # Errors
/// The database fails.
pub async fn keep_answer(
    pool: &PgPool,
    question: Question<'_>,
    answer: &Value,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"INSERT INTO model_answers (input_hash, prompt_hash, model, answer, answered_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT DO NOTHING"#,
        question.input_hash,
        question.prompt_hash,
        question.model,
        answer,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets calls older than `limit`; answers stay.
///
/// # Errors
/// The database fails.
pub async fn prune(pool: &PgPool, limit: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query!("DELETE FROM model_calls WHERE called_at < $1", limit)
        .execute(pool)
        .await?
        .rows_affected())
}

/// How many answers about this story alone could not be used since then.
///
/// # Errors
/// The database fails.
pub async fn rubbish(
    pool: &PgPool,
    story: StoryId,
    prompt_hash: &str,
    since: DateTime<Utc>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM model_calls
           WHERE story_id = $1 AND prompt_hash = $2 AND outcome = 'rubbish' AND called_at > $3"#,
        story.0,
        prompt_hash,
        since
    )
    .fetch_one(pool)
    .await
}
