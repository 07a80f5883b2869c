//! A made-up issue with made-up readers for measuring, in a scratch schema.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// Queues one weekly issue, number `number`, with this text for `n_readers` readers at a hundred domains.
///
/// # Errors
/// The database fails.
pub async fn queue(
    pool: &PgPool,
    (subject, body_text, body_html): (&str, &str, &str),
    n_readers: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    let issue: i64 = sqlx::query_scalar(
        "INSERT INTO issues (kind, number, period, starts_at, ends_at, published_at, content, sha256, n_recipients)
         VALUES ('weekly', 1, '2026-W01', $1, $1, $1, '{}', '', $2) RETURNING id",
    )
    .bind(now)
    .bind(i32::try_from(n_readers).unwrap_or(i32::MAX))
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query("INSERT INTO issue_renderings VALUES ($1, 'en', $2, $3, $4, '')")
        .bind(issue)
        .bind(subject)
        .bind(body_text)
        .bind(body_html)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO subscribers (email, language, token, created_at)
         SELECT 'reader' || n || '@d' || n % 100 || '.example.org', 'en', md5(n::text), $2 FROM generate_series(1, $1) n",
    )
    .bind(n_readers)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO deliveries (issue_id, subscriber_id, address, language, message_id, queued_at, next_at)
         SELECT $1, id, email, language, '<' || token || '@news.example.org>', $2, $2 FROM subscribers ORDER BY id",
    )
    .bind(issue)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    sqlx::raw_sql("ANALYZE subscribers; ANALYZE deliveries;").execute(pool).await?;
    Ok(())
}
