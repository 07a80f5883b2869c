//! Table `send_holds`: where nothing goes for a while, for all senders on this database.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

/// Scope of the operator's switch: nothing is sent.
pub const ALL: &str = "all";

/// A pause that only the operator ends.
pub const FOR_EVER: &str = "9999-12-31T00:00:00Z";

/// One pause.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hold {
    /// "all", "relay HOST:PORT" or "domain GROUP".
    pub scope: String,
    /// Until when.
    pub until: DateTime<Utc>,
    /// In few words, without addresses of readers.
    pub reason: String,
    /// Failures in a row that led to it.
    pub n_failures: i32,
}

/// The scope of a relay.
pub fn relay(name: &str) -> String {
    format!("relay {name}")
}

/// The scope of a provider or domain.
pub fn domain(group: &str) -> String {
    format!("domain {group}")
}

/// All pauses that hold at `now`.
///
/// # Errors
/// The database fails.
pub async fn active(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Vec<Hold>> {
    sqlx::query_as!(
        Hold,
        "SELECT scope, until, reason, n_failures FROM send_holds WHERE until > $1 ORDER BY scope",
        now
    )
    .fetch_all(pool)
    .await
}

/// Failures in a row so far.
///
/// # Errors
/// The database fails.
pub async fn failures(pool: &PgPool, scope: &str) -> sqlx::Result<i32> {
    let row = sqlx::query_scalar!("SELECT n_failures FROM send_holds WHERE scope = $1", scope);
    Ok(row.fetch_optional(pool).await?.unwrap_or_default())
}

/// Pauses after a failure. A longer pause that is there stays.
///
/// # Errors
/// The database fails.
pub async fn trip(
    pool: &PgPool,
    scope: &str,
    reason: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO send_holds AS h (scope, until, reason, n_failures, set_at) VALUES ($1, $4, $2, 1, $3)
         ON CONFLICT (scope) DO UPDATE SET until = greatest(h.until, excluded.until), reason = excluded.reason,
             n_failures = h.n_failures + CASE WHEN h.until > $3 THEN 0 ELSE 1 END, set_at = excluded.set_at",
        scope,
        reason,
        now,
        until
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Pauses without a failure: a limit is reached, or the operator wishes it.
///
/// # Errors
/// The database fails.
pub async fn set(
    conn: &mut PgConnection,
    scope: &str,
    reason: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO send_holds AS h (scope, until, reason, set_at) VALUES ($1, $4, $2, $3)
         ON CONFLICT (scope) DO UPDATE SET until = greatest(h.until, excluded.until), reason = excluded.reason,
             set_at = excluded.set_at",
        scope,
        reason,
        now,
        until
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a pause and forgets its failures. Whether there was one.
///
/// # Errors
/// The database fails.
pub async fn clear(pool: &PgPool, scope: &str) -> sqlx::Result<bool> {
    let done = sqlx::query!("DELETE FROM send_holds WHERE scope = $1", scope);
    Ok(done.execute(pool).await?.rows_affected() > 0)
}

/// The end of the first pause of a provider or domain for which something is due.
///
/// # Errors
/// The database fails.
pub async fn first_domain(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        "SELECT min(h.until) FROM send_holds h WHERE h.until > $1 AND h.scope LIKE 'domain %'
           AND EXISTS (SELECT FROM deliveries d WHERE d.state IN ('queued', 'deferred') AND d.next_at <= $1
                         AND h.scope = 'domain ' || d.domain_group)",
        now
    )
    .fetch_one(pool)
    .await
}
