//! Table `consents`: what shows that a reader asked for the mails.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};

use crate::model::SubscriberId;

/// One agreement.
#[derive(Clone, Debug, Serialize)]
pub struct Consent {
    /// `sign-up`, `move`, `import` or `operator`.
    pub how: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// The client's network address, or what the imported list says.
    pub asked_from: String,
    /// Version of the words that were agreed to.
    pub wording: String,
    /// When the owner of the address confirmed it.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// From where.
    pub confirmed_from: Option<String>,
}

/// Keeps one.
///
/// # Errors
/// The database fails.
pub async fn note(conn: &mut PgConnection, reader: SubscriberId, consent: &Consent) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO consents (subscriber_id, how, asked_at, asked_from, wording, confirmed_at, confirmed_from)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        reader.0,
        consent.how,
        consent.asked_at,
        consent.asked_from,
        consent.wording,
        consent.confirmed_at,
        consent.confirmed_from
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All of a reader, the first first.
///
/// # Errors
/// The database fails.
pub async fn list(pool: &PgPool, reader: SubscriberId) -> sqlx::Result<Vec<Consent>> {
    sqlx::query_as!(
        Consent,
        "SELECT how, asked_at, asked_from, wording, confirmed_at, confirmed_from FROM consents
         WHERE subscriber_id = $1 ORDER BY id",
        reader.0
    )
    .fetch_all(pool)
    .await
}
