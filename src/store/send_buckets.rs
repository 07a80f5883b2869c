//! Table `send_buckets`: how much of each limit is left, shared by all senders on this database.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// What stands in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Tokens that were left, or for a day what was used of it.
    pub level: f64,
    /// When.
    pub as_of: DateTime<Utc>,
}

/// Takes the row for the transaction of `conn`: no other sender counts meanwhile, also where there is none yet. `None`: it is new.
///
/// # Errors
/// The database fails.
pub async fn lock(conn: &mut PgConnection, scope: &str, span: &str) -> sqlx::Result<Option<Level>> {
    // A row lock would not keep two senders from making the same new row.
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtext($1 || ' ' || $2))", scope, span)
        .fetch_one(&mut *conn)
        .await?;
    sqlx::query_as!(
        Level,
        "SELECT level, as_of FROM send_buckets WHERE scope = $1 AND span = $2",
        scope,
        span
    )
    .fetch_optional(conn)
    .await
}

/// Writes the row.
///
/// # Errors
/// The database fails.
pub async fn save(conn: &mut PgConnection, scope: &str, span: &str, level: Level) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO send_buckets (scope, span, level, as_of) VALUES ($1, $2, $3, $4)
         ON CONFLICT (scope, span) DO UPDATE SET level = excluded.level, as_of = excluded.as_of",
        scope,
        span,
        level.level,
        level.as_of
    )
    .execute(conn)
    .await?;
    Ok(())
}
