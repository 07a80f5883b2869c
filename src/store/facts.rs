//! Table `facts`: what this installation must remember longer than a process lives.

use sqlx::PgPool;

/// The fact `name`, if it is known.
///
/// # Errors
/// The database fails.
pub async fn get(pool: &PgPool, name: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("SELECT value FROM facts WHERE name = $1", name).fetch_optional(pool).await
}

/// Remembers `value`, whatever stood there before.
///
/// # Errors
/// The database fails.
pub async fn set(pool: &PgPool, name: &str, value: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The fact `name`; `value` if there was none, which is then remembered. Of two callers at once, both get one value.
///
/// # Errors
/// The database fails.
pub async fn get_or_set(pool: &PgPool, name: &str, value: &str) -> sqlx::Result<String> {
    sqlx::query_scalar!(
        "INSERT INTO facts (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = facts.value RETURNING value",
        name,
        value
    )
    .fetch_one(pool)
    .await
}
