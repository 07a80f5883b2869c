//! Table `suppressions`: addresses, by their keys, that nobody signs up again unasked.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};

use super::subscribers::lower_domain;
use crate::model::{UnknownWord, words};

words! {
    /// Why an address is not written to.
    Suppression {
        /// The reader asked to be forgotten; may sign up again by an own, confirmed wish.
        Erased = "erased",
        /// The reader called a mail spam: for good.
        Complaint = "complaint",
        /// The mailbox does not exist.
        Bounce = "bounce",
        /// The operator said so.
        Operator = "operator",
    }
}

/// Keeps an address from being signed up. A reader of that address leaves. What stood before stays, unless it was weaker.
///
/// # Errors
/// The database fails.
pub async fn suppress(
    conn: &mut PgConnection,
    email: &str,
    reason: Suppression,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let email = lower_domain(email);
    sqlx::query!(
        "INSERT INTO suppressions (address_key, reason, since) VALUES (address_key($1), $2, $3)
         ON CONFLICT (address_key) DO UPDATE SET reason = $2, since = $3 WHERE suppressions.reason = 'erased'",
        email,
        reason.as_str(),
        now
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE subscribers SET state = 'left', left_at = coalesce(left_at, $2) WHERE lower(email) = lower($1)",
        email,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets an address be signed up again. False: nothing kept it from that.
///
/// # Errors
/// The database fails.
pub async fn lift(pool: &PgPool, email: &str) -> sqlx::Result<bool> {
    let done =
        sqlx::query!("DELETE FROM suppressions WHERE address_key = address_key($1)", lower_domain(email));
    Ok(done.execute(pool).await?.rows_affected() > 0)
}

/// Why an address may not be signed up by somebody else than its owner, if so.
///
/// # Errors
/// The database fails.
pub async fn of(conn: &mut PgConnection, email: &str) -> sqlx::Result<Option<Suppression>> {
    let reason = sqlx::query_scalar!(
        "SELECT reason FROM suppressions WHERE address_key = address_key($1)",
        lower_domain(email)
    );
    Ok(reason.fetch_optional(conn).await?.and_then(|word| word.parse().ok()))
}

/// Whether not even its owner's confirmed wish counts.
///
/// # Errors
/// The database fails.
pub async fn forbids(conn: &mut PgConnection, email: &str) -> sqlx::Result<bool> {
    Ok(of(conn, email).await?.is_some_and(|reason| reason != Suppression::Erased))
}
