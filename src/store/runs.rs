//! Table `runs`: what each run of each stage did.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::model::Report;

/// A run as the status page shows it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Run {
    /// Name of the stage.
    pub stage: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None`: it runs, or was killed.
    pub ended_at: Option<DateTime<Utc>>,
    /// Counts and warnings.
    pub report: Option<serde_json::Value>,
    /// Why the whole stage failed.
    pub error: Option<String>,
}

/// Opens a run; the id is for [`end`].
///
/// # Errors
/// The database fails.
pub async fn begin(pool: &PgPool, stage: &str, now: DateTime<Utc>) -> sqlx::Result<i64> {
    sqlx::query_scalar!("INSERT INTO runs (stage, started_at) VALUES ($1, $2) RETURNING id", stage, now)
        .fetch_one(pool)
        .await
}

/// Closes a run with what it did, or why it failed.
///
/// # Errors
/// The database fails.
pub async fn end(
    pool: &PgPool,
    id: i64,
    outcome: Result<&Report, &str>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let report = outcome.ok().and_then(|report| serde_json::to_value(report).ok());
    let error = outcome.err();
    sqlx::query!(
        "UPDATE runs SET ended_at = $2, report = $3, error = $4 WHERE id = $1",
        id,
        now,
        report,
        error
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The newest run of each stage.
///
/// # Errors
/// The database fails.
pub async fn latest(pool: &PgPool) -> sqlx::Result<Vec<Run>> {
    sqlx::query_as!(
        Run,
        "SELECT DISTINCT ON (stage) stage, started_at, ended_at, report, error FROM runs ORDER BY stage, started_at DESC"
    )
    .fetch_all(pool)
    .await
}

/// Forgets runs that began before `limit`.
///
/// # Errors
/// The database fails.
pub async fn prune(pool: &PgPool, limit: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query!("DELETE FROM runs WHERE started_at < $1", limit).execute(pool).await?.rows_affected())
}
