//! Table `jobs`: when each periodic job is next due. The row is the truth; the ticker only looks at it.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

/// A job and its times.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Job {
    /// "pipeline", "weekly" or "paper".
    pub name: String,
    /// Five fields: minute hour day month weekday.
    pub cron: String,
    /// IANA name.
    pub time_zone: String,
    /// When it is due.
    pub next_run_at: DateTime<Utc>,
    /// When it last began.
    pub last_run_at: Option<DateTime<Utc>>,
    /// Why its last run failed.
    pub last_error: Option<String>,
}

/// Enters a job, or moves it if its cron line or zone was changed. An unchanged job keeps its due time,
/// so a run missed while the machine was off is still due.
///
/// # Errors
/// The database fails.
pub async fn enter(
    pool: &PgPool,
    name: &str,
    cron: &str,
    zone: &str,
    next: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO jobs (name, cron, time_zone, next_run_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET cron = $2, time_zone = $3, next_run_at = $4
         WHERE jobs.cron <> $2 OR jobs.time_zone <> $3",
        name,
        cron,
        zone,
        next
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Takes the job `name` if it is due: its next time is set in the same statement, so of several processes
/// one gets `true`.
///
/// # Errors
/// The database fails.
pub async fn take_if_due(
    pool: &PgPool,
    name: &str,
    now: DateTime<Utc>,
    next: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let taken = sqlx::query!(
        "UPDATE jobs SET last_run_at = $2, next_run_at = $3 WHERE name = $1 AND next_run_at <= $2 AND next_run_at < $3",
        name,
        now,
        next
    )
    .execute(pool)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Notes how the last run of `name` ended.
///
/// # Errors
/// The database fails.
pub async fn note(pool: &PgPool, name: &str, error: Option<&str>) -> sqlx::Result<()> {
    sqlx::query!("UPDATE jobs SET last_error = $2 WHERE name = $1", name, error).execute(pool).await?;
    Ok(())
}

/// All jobs, next first.
///
/// # Errors
/// The database fails.
pub async fn all(pool: &PgPool) -> sqlx::Result<Vec<Job>> {
    sqlx::query_as!(
        Job,
        "SELECT name, cron, time_zone, next_run_at, last_run_at, last_error FROM jobs ORDER BY next_run_at"
    )
    .fetch_all(pool)
    .await
}

/// Tries to take the lock `key` for as long as the connection lives; false: another process has it.
///
/// # Errors
/// The database fails.
pub async fn try_lock(conn: &mut PgConnection, key: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS "locked!""#, key)
        .fetch_one(conn)
        .await
}

/// Gives back what [`try_lock`] took.
///
/// # Errors
/// The database fails.
pub async fn unlock(conn: &mut PgConnection, key: &str) -> sqlx::Result<()> {
    sqlx::query_scalar!(r#"SELECT pg_advisory_unlock(hashtextextended($1, 0)) AS "unlocked!""#, key)
        .fetch_one(conn)
        .await?;
    Ok(())
}
