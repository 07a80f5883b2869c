//! Tables `items`, `sightings`, `item_revisions`: what the sources published.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::model::{Entry, ItemId, Language, SourceId};

/// An entry ready to be stored.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// As the source says it.
    pub entry: Entry,
    /// The form that is unique everywhere.
    pub canonical_link: String,
    /// Guessed from the text, else the source's.
    pub language: Language,
    /// SHA-256 of title, summary and full text.
    pub content_sha256: Vec<u8>,
    /// Whether its own page is to be fetched.
    pub wants_page: bool,
}

/// What storing a list of entries changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// New items.
    pub new: u64,
    /// Items whose publisher changed them.
    pub revised: u64,
    /// Items of another source that this one lists too.
    pub sightings: u64,
}

struct Known {
    id: i64,
    source_id: i64,
    guid: String,
    canonical_link: String,
    content_sha256: Vec<u8>,
}

/// Stores what a source listed: new items, changed ones (the older text becomes a revision), sightings of items that
/// another source brought first.
///
/// # Errors
/// The database fails.
pub async fn store(
    conn: &mut PgConnection,
    source: SourceId,
    items: &[NewItem],
    now: DateTime<Utc>,
) -> sqlx::Result<Stored> {
    let known = known(conn, source, items).await?;
    let mut by_guid = HashMap::new();
    let mut by_link = HashMap::new();
    for row in &known {
        if row.source_id == source.0 {
            by_guid.insert(row.guid.as_str(), row);
        }
        by_link.insert(row.canonical_link.as_str(), row);
    }
    let mut stored = Stored::default();
    for item in items {
        let found =
            by_guid.get(item.entry.guid.as_str()).or_else(|| by_link.get(item.canonical_link.as_str()));
        match found {
            None => stored.new += insert(conn, source, item, now).await?,
            Some(row) if row.source_id != source.0 => {
                stored.sightings += sight(conn, ItemId(row.id), source, now).await?;
            }
            Some(row) if row.content_sha256 != item.content_sha256 => {
                stored.revised += revise(conn, row, item, now).await?;
            }
            Some(_) => {}
        }
    }
    Ok(stored)
}

async fn known(conn: &mut PgConnection, source: SourceId, items: &[NewItem]) -> sqlx::Result<Vec<Known>> {
    let guids: Vec<String> = items.iter().map(|item| item.entry.guid.clone()).collect();
    let links: Vec<String> = items.iter().map(|item| item.canonical_link.clone()).collect();
    sqlx::query_as!(
        Known,
        r#"SELECT id, source_id, guid, canonical_link, content_sha256 FROM items
           WHERE (source_id = $1 AND guid = ANY ($2)) OR canonical_link = ANY ($3)"#,
        source.0,
        &guids,
        &links
    )
    .fetch_all(conn)
    .await
}

/// 1, or 0 if another process or an entry before it in the same feed was first.
async fn insert(
    conn: &mut PgConnection,
    source: SourceId,
    item: &NewItem,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let entry = &item.entry;
    let done = sqlx::query!(
        r#"INSERT INTO items (source_id, guid, link, canonical_link, title, summary, content, authors, categories,
                              language, published_at, first_seen_at, content_sha256, page_state, page_next_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $12)
           ON CONFLICT DO NOTHING"#,
        source.0,
        entry.guid,
        entry.link,
        item.canonical_link,
        entry.title,
        entry.summary,
        entry.content,
        &entry.authors,
        &entry.categories,
        item.language.as_str(),
        entry.published,
        now,
        item.content_sha256,
        page_state(item)
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

async fn sight(
    conn: &mut PgConnection,
    item: ItemId,
    source: SourceId,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "INSERT INTO sightings (item_id, source_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        item.0,
        source.0,
        now
    );
    Ok(done.execute(conn).await?.rows_affected())
}

async fn revise(
    conn: &mut PgConnection,
    row: &Known,
    item: &NewItem,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    sqlx::query!(
        r#"INSERT INTO item_revisions (item_id, revised_at, title, summary, content)
           SELECT id, $2, title, summary, content FROM items WHERE id = $1 ON CONFLICT DO NOTHING"#,
        row.id,
        now
    )
    .execute(&mut *conn)
    .await?;
    let entry = &item.entry;
    let done = sqlx::query!(
        r#"UPDATE items SET title = $2, summary = $3, content = $4, content_sha256 = $5, revised_at = $6,
                            published_at = coalesce(published_at, $7), page_state = $8, page_attempts = 0, page_next_at = $6
           WHERE id = $1"#,
        row.id,
        entry.title,
        entry.summary,
        entry.content,
        item.content_sha256,
        now,
        entry.published,
        page_state(item)
    );
    Ok(done.execute(conn).await?.rows_affected())
}

fn page_state(item: &NewItem) -> &'static str {
    if item.wants_page { "wanted" } else { "not-needed" }
}
