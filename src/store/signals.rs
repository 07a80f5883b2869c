//! Table `signals`: how popular an item was when its sources were read.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::items::NewItem;
use crate::model::{SignalKind, SourceId};

/// A reading is kept when it differs from the last one of its kind and source. The age counts from publication, else
/// from the first sight.
///
/// # Errors
/// The database fails.
pub async fn save(
    conn: &mut PgConnection,
    source: SourceId,
    readings: &[(i64, &NewItem)],
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let all = || readings.iter().flat_map(|(id, item)| item.entry.signals.iter().map(move |s| (*id, *s)));
    let ids: Vec<i64> = all().map(|(id, _)| id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let kinds: Vec<String> = all().map(|(_, (kind, _)): (i64, (SignalKind, i64))| kind.to_string()).collect();
    let values: Vec<i64> = all().map(|(_, (_, value))| value).collect();
    let done = sqlx::query!(
        r#"INSERT INTO signals (item_id, source_id, kind, value, read_at, age_minutes)
           SELECT n.item_id, $1, n.kind, n.value, $2,
                  greatest(0, extract(epoch FROM $2 - coalesce(i.published_at, i.first_seen_at)) / 60)::integer
           FROM unnest($3::bigint[], $4::text[], $5::bigint[]) AS n (item_id, kind, value)
           JOIN items i ON i.id = n.item_id
           WHERE n.value IS DISTINCT FROM (SELECT value FROM signals s
                 WHERE s.item_id = n.item_id AND s.kind = n.kind AND s.source_id = $1 ORDER BY read_at DESC LIMIT 1)
           ON CONFLICT DO NOTHING"#,
        source.0,
        now,
        &ids,
        &kinds,
        &values
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
