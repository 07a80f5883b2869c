//! The fan-out: a delivery for each reader of an issue, within the transaction that publishes it.

use chrono::{DateTime, NaiveTime, Utc};
use sqlx::PgConnection;

use crate::model::{IssueContent, IssueId, Language};

/// How an issue is queued for its readers.
#[derive(Clone, Copy, Debug)]
pub struct Queueing<'a> {
    /// End of the Message-IDs.
    pub domain: &'a str,
    /// Languages in which it is mailed; none: all. A reader of another gets the first.
    pub languages: &'a [Language],
    /// When it is out.
    pub now: DateTime<Utc>,
    /// When readers get it, by the clock where they live; `None`: at once.
    pub morning: Option<NaiveTime>,
    /// Where readers live who did not say.
    pub time_zone: &'a str,
}

/// Queues one delivery for each confirmed reader of this edition, in the reader's language if it is one of `languages` (none:
/// any is), else in the first of them, and notes how many there are. The Message-ID is made from
/// reader and issue alone, so every attempt carries the same.
///
/// # Errors
/// The database fails, or does not hold as many deliveries as there are readers: then nothing must be kept.
pub async fn queue(
    conn: &mut PgConnection,
    issue_id: IssueId,
    content: &IssueContent,
    how: Queueing<'_>,
) -> anyhow::Result<u64> {
    let name = format!("{}-{}", content.series(), content.period);
    let languages: Vec<&str> = how.languages.iter().map(|language| language.as_str()).collect();
    // Both counts are of one moment: a reader who comes meanwhile is in neither.
    let fan_out = sqlx::query!(
        r#"WITH zones AS MATERIALIZED (
               SELECT name FROM pg_timezone_names WHERE $6::time IS NOT NULL
           ), readers AS MATERIALIZED (
               SELECT id, email, token, CASE $5 WHEN 'weekly' THEN topics ELSE '{}' END AS topics, coalesce(z.name, $7) AS zone,
                      CASE WHEN language = ANY($8::text[]) OR cardinality($8::text[]) = 0 THEN language
                           ELSE ($8::text[])[1] END AS language
               FROM subscribers s LEFT JOIN zones z ON z.name = s.time_zone
               WHERE state = 'confirmed' AND CASE $5 WHEN 'weekly' THEN weekly WHEN 'paper' THEN monthly ELSE $5 = ANY(editions) END
                 AND (paused_until IS NULL OR paused_until <= $4)
           ), put AS (
               INSERT INTO deliveries (issue_id, subscriber_id, address, language, topics, message_id, queued_at, next_at)
               SELECT $1, id, email, language, topics,
                      '<' || $2 || '.' || left(encode(sha256(convert_to(token || ' ' || $2, 'UTF8')), 'hex'), 32) || '@' || $3 || '>',
                      $4,
                      CASE WHEN $6::time IS NULL THEN $4
                           WHEN ($4 AT TIME ZONE zone)::time <= $6
                           THEN (($4 AT TIME ZONE zone)::date + $6) AT TIME ZONE zone
                           ELSE (($4 AT TIME ZONE zone)::date + 1 + $6) AT TIME ZONE zone END
               FROM readers ORDER BY id
               ON CONFLICT ON CONSTRAINT one_delivery_per_reader DO NOTHING
               RETURNING 1
           )
           SELECT (SELECT count(*) FROM readers) AS "n_readers!", (SELECT count(*) FROM put) AS "n_queued!""#,
        issue_id.0,
        name,
        how.domain,
        how.now,
        content.series(),
        how.morning,
        how.time_zone,
        &languages as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let n_there =
        sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM deliveries WHERE issue_id = $1"#, issue_id.0)
            .fetch_one(&mut *conn)
            .await?;
    let n_readers = fan_out.n_readers;
    anyhow::ensure!(
        fan_out.n_queued == n_readers && n_there == n_readers,
        "{n_readers} readers, but {} deliveries queued and {n_there} there",
        fan_out.n_queued
    );
    let n_recipients = i32::try_from(n_readers).unwrap_or(i32::MAX);
    sqlx::query!("UPDATE issues SET n_recipients = $2 WHERE id = $1", issue_id.0, n_recipients)
        .execute(conn)
        .await?;
    Ok(u64::try_from(n_readers).unwrap_or_default())
}
