//! Table `articles`: the readable text of each item.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use sqlx::types::Json;

use crate::model::{Article, ItemId, Link};

/// An item that waits for its article.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Row of `items`.
    pub item_id: i64,
    /// Slug of its source.
    pub source_slug: String,
    /// Kind of its source.
    pub kind: String,
    /// As published.
    pub link: String,
    /// As published.
    pub title: String,
    /// As published.
    pub summary: String,
    /// The feed's own text.
    pub content: String,
    /// Where its texts lead.
    pub links: Json<Vec<Link>>,
    /// As published.
    pub authors: Vec<String>,
    /// As the crawl guessed it.
    pub language: String,
    /// The publisher's date.
    pub published_at: Option<DateTime<Utc>>,
}

/// A stored page.
#[derive(Clone, Debug)]
pub struct StoredPage {
    /// Where it was found after redirects.
    pub final_url: String,
    /// As the server says.
    pub content_type: String,
    /// As they came.
    pub body: Vec<u8>,
}

/// How many items [`unread`] would give in all.
///
/// # Errors
/// The database fails.
pub async fn count_unread(pool: &PgPool, waited_since: DateTime<Utc>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM items i
           LEFT JOIN articles a ON a.item_id = i.id
           LEFT JOIN pages p ON p.item_id = i.id
           WHERE CASE WHEN a.item_id IS NULL
                      THEN i.page_state <> 'wanted' OR i.page_attempts > 0 OR i.first_seen_at <= $1
                      ELSE i.revised_at > a.extracted_at OR p.fetched_at > a.extracted_at END"#,
        waited_since
    )
    .fetch_one(pool)
    .await
}

/// At most `n` items after `last` (by id) that have no article and wait for no page (one that a fetch has failed
/// for, or that waits since before `waited_since`, is read from its feed meanwhile), or whose text or page is newer.
///
/// # Errors
/// The database fails.
pub async fn unread(
    pool: &PgPool,
    waited_since: DateTime<Utc>,
    last: i64,
    n: i64,
) -> sqlx::Result<Vec<Unread>> {
    sqlx::query_as!(
        Unread,
        r#"SELECT i.id AS item_id, s.slug AS source_slug, s.kind, i.link, i.title, i.summary, i.content,
                  i.links AS "links: Json<Vec<Link>>", i.authors, i.language, i.published_at
           FROM items i
           JOIN sources s ON s.id = i.source_id
           LEFT JOIN articles a ON a.item_id = i.id
           LEFT JOIN pages p ON p.item_id = i.id
           WHERE i.id > $2
             AND CASE WHEN a.item_id IS NULL
                      THEN i.page_state <> 'wanted' OR i.page_attempts > 0 OR i.first_seen_at <= $1
                      ELSE i.revised_at > a.extracted_at OR p.fetched_at > a.extracted_at END
           ORDER BY i.id
           LIMIT $3"#,
        waited_since,
        last,
        n
    )
    .fetch_all(pool)
    .await
}

/// The page of an item, if one is kept.
///
/// # Errors
/// The database fails.
pub async fn page(pool: &PgPool, item_id: ItemId) -> sqlx::Result<Option<StoredPage>> {
    sqlx::query_as!(
        StoredPage,
        "SELECT final_url, content_type, body FROM pages WHERE item_id = $1",
        item_id.0
    )
    .fetch_optional(pool)
    .await
}

/// Stores the article of an item in the place of an older one. `note` says why its page was not taken.
///
/// # Errors
/// The database fails.
pub async fn save(
    pool: &PgPool,
    item_id: ItemId,
    article: &Article,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let n_chars = i32::try_from(article.text.chars().count()).unwrap_or(i32::MAX);
    sqlx::query!(
        "INSERT INTO articles (item_id, title, author, language, body, how, complete, n_chars, extracted_at, note,
                               published_at, site, canonical_link, image, image_alt, paper, links)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         ON CONFLICT (item_id) DO UPDATE SET
             title = excluded.title, author = excluded.author, language = excluded.language, body = excluded.body,
             how = excluded.how, complete = excluded.complete, n_chars = excluded.n_chars,
             extracted_at = excluded.extracted_at, note = excluded.note, published_at = excluded.published_at,
             site = excluded.site, canonical_link = excluded.canonical_link, image = excluded.image,
             image_alt = excluded.image_alt, paper = excluded.paper,
             links = excluded.links",
        item_id.0,
        article.title,
        article.author,
        article.language.as_str(),
        article.text,
        article.how.as_str(),
        article.complete,
        n_chars,
        now,
        note,
        article.date.map(|date| date.to_utc()),
        article.site,
        article.canonical,
        article.image,
        article.image_alt,
        article.paper,
        &article.links
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets pages fetched before `limit` that have been read.
///
/// # Errors
/// The database fails.
pub async fn forget_read_pages(pool: &PgPool, limit: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM pages p USING articles a
         WHERE a.item_id = p.item_id AND a.extracted_at >= p.fetched_at AND p.fetched_at < $1",
        limit
    );
    Ok(done.execute(pool).await?.rows_affected())
}
