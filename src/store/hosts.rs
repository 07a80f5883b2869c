//! Table `hosts`: who wants to be left alone, and until when.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// Remembers that `host` ("host:port") is not to be asked before `until`.
///
/// # Errors
/// The database fails.
pub async fn pause(pool: &PgPool, host: &str, until: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO hosts (host, not_before) VALUES ($1, $2)
         ON CONFLICT (host) DO UPDATE SET not_before = greatest(hosts.not_before, excluded.not_before)",
        host,
        until
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Every host that wants to be left alone at `now`.
///
/// # Errors
/// The database fails.
pub async fn paused(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<HashSet<String>> {
    let hosts = sqlx::query_scalar!("SELECT host FROM hosts WHERE not_before > $1", now);
    Ok(hosts.fetch_all(pool).await?.into_iter().collect())
}
