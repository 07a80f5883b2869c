//! Who holds a claimed row, and whether that process still lives. A claim's lease has an end, but nobody should wait
//! for it after a kill: each holder also keeps a session-level advisory lock, which Postgres drops with the connection
//! of a dead process, on whatever machine it ran.

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, PgPool};

/// First half of the advisory locks that stand for the pages of a host; the second is the host's hash.
const PAGES_OF_HOST: i32 = 0x7061_6765;

/// A name for claims that is proved alive by a connection. Dropped: the holder counts as gone.
pub struct Holder {
    /// Stands in the column `lease_owner`.
    pub name: String,
    conn: PgConnection,
}

impl Holder {
    /// A new holder. `key` is random: two holders never share one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn enter(pool: &PgPool, key: i64) -> sqlx::Result<Self> {
        // Not the pool's any more: closed when dropped, and the lock with it.
        let mut conn = pool.acquire().await?.detach();
        sqlx::query!("SELECT pg_advisory_lock($1)", key).execute(&mut conn).await?;
        Ok(Self { name: key.to_string(), conn })
    }

    /// Whether the pages of `host` are now this holder's to fetch: no other process has them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_host(&mut self, host: &str) -> sqlx::Result<bool> {
        let taken = sqlx::query_scalar!(
            r#"SELECT pg_try_advisory_lock($1, hashtext($2)) AS "taken!""#,
            PAGES_OF_HOST,
            host
        );
        taken.fetch_one(&mut self.conn).await
    }

    /// Gives the pages of `host` up.
    ///
    /// # Errors
    /// The database fails.
    pub async fn leave_host(&mut self, host: &str) -> sqlx::Result<()> {
        sqlx::query!("SELECT pg_advisory_unlock($1, hashtext($2))", PAGES_OF_HOST, host)
            .fetch_one(&mut self.conn)
            .await?;
        Ok(())
    }

    /// Gives the name up; its rows, if any are left, are free at once.
    ///
    /// # Errors
    /// The database fails.
    pub async fn leave(mut self) -> sqlx::Result<()> {
        // Said and answered: closing alone would free it a moment later.
        sqlx::query!("SELECT pg_advisory_unlock_all()").fetch_one(&mut self.conn).await?;
        self.conn.close().await
    }
}

/// Ends the leases of holders that are gone, so that their rows can be claimed (or looked at) now. A name that is no
/// holder's waits for its lease.
///
/// # Errors
/// The database fails.
pub async fn end_dead(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<()> {
    // A bigint key stands in pg_locks as two halves: https://www.postgresql.org/docs/current/view-pg-locks.html
    sqlx::query!(
        r#"WITH alive AS (
               SELECT ((classid::bigint << 32) | objid::bigint)::text AS name FROM pg_locks
               WHERE locktype = 'advisory' AND objsubid = 1
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
           ), freed AS (
               UPDATE sources SET lease_until = $1
               WHERE lease_until > $1 AND lease_owner ~ '^-?[0-9]+$' AND lease_owner NOT IN (SELECT name FROM alive)
           )
           UPDATE deliveries SET lease_until = $1
           WHERE lease_until > $1 AND lease_owner ~ '^-?[0-9]+$' AND lease_owner NOT IN (SELECT name FROM alive)"#,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}
