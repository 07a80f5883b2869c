//! How much there is of everything: for reports and the status.

use sqlx::PgPool;

/// Row counts in the words of the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Enabled sources.
    pub sources: i64,
    /// Items ever stored.
    pub items: i64,
    /// Stories, merged ones not counted.
    pub stories: i64,
    /// Stories that their current verdict screened out.
    pub dropped: i64,
    /// Published issues.
    pub issues: i64,
    /// Mails that a relay (or the outbox) took.
    pub mails: i64,
}

/// Counts everything.
///
/// # Errors
/// The database fails.
pub async fn count(pool: &PgPool) -> sqlx::Result<Totals> {
    sqlx::query_as!(
        Totals,
        r#"SELECT (SELECT count(*) FROM sources WHERE enabled) AS "sources!",
                  (SELECT count(*) FROM items) AS "items!",
                  (SELECT count(*) FROM stories WHERE merged_into IS NULL) AS "stories!",
                  (SELECT count(*) FROM verdicts WHERE current AND dropped IS NOT NULL) AS "dropped!",
                  (SELECT count(*) FROM issues) AS "issues!",
                  (SELECT count(*) FROM deliveries WHERE state = 'sent') AS "mails!""#
    )
    .fetch_one(pool)
    .await
}
