//! Tables `items`, `sightings`, `item_revisions`, `tombstones`: what the sources published.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::identity::{Is, Known, Names};
use super::signals;
use crate::model::{Entry, ItemId, Language, Link, SourceId};

/// An entry ready to be stored.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// As the source says it.
    pub entry: Entry,
    /// The form that is unique everywhere.
    pub canonical_link: String,
    /// The guid with time or title: for what shares its guid with others.
    pub other_guid: String,
    /// The link with title and time: for what shares its page with others.
    pub other_link: String,
    /// Guessed from the text, else the source's.
    pub language: Language,
    /// SHA-256 of title, summary and full text.
    pub content_sha256: Vec<u8>,
    /// Whether its own page is to be fetched.
    pub wants_page: bool,
    /// Whether it stood there undated at the first reading of its source.
    pub is_backlog: bool,
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
    /// Later versions of what was never seen: no news.
    pub old_versions: u64,
    /// Readings of how popular something is.
    pub signals: u64,
}

/// Between a value and its list in one parameter.
const BETWEEN: &str = "\u{1f}";

/// Stores what a source listed: new items, changed ones (the older text becomes a revision), sightings of items that
/// another source brought first. Of what is new, at most `most`.
///
/// # Errors
/// The database fails.
pub async fn store(
    conn: &mut PgConnection,
    source: SourceId,
    items: &[NewItem],
    (most, now): (usize, DateTime<Utc>),
) -> sqlx::Result<Stored> {
    let known = known(conn, source, items).await?;
    let names = Names::of(source.0, &known);
    let mut stored = Stored::default();
    let mut new = Vec::new();
    let mut readings = Vec::new();
    for item in items {
        match names.look_up(source.0, item) {
            Is::Known(row) => {
                readings.push((row.id, item));
                if row.content_sha256 != item.content_sha256 {
                    stored.revised += revise(conn, row, item, now).await?;
                }
                let has_moved = ![&item.canonical_link, &item.other_link].contains(&&row.canonical_link);
                if has_moved && names.is_free(&item.canonical_link) {
                    relink(conn, row, item).await?;
                }
            }
            Is::Elsewhere(row) => {
                readings.push((row.id, item));
                stored.sightings += sight(conn, ItemId(row.id), source, now).await?;
            }
            Is::New(..) if item.entry.is_revision => stored.old_versions += 1,
            Is::New(guid, link) => new.push(Fresh { item, guid, link }),
        }
    }
    leave_out(conn, source, &mut new, most).await?;
    let inserted = insert(conn, source, &new, now).await?;
    stored.new = inserted.len() as u64;
    stored.sightings += sight_overtaken(conn, source, (&new, &inserted), now).await?;
    let by_guid: HashMap<&str, &NewItem> = new.iter().map(|fresh| (fresh.guid, fresh.item)).collect();
    let fresh = inserted.iter().filter_map(|(id, guid)| Some((*id, *by_guid.get(guid.as_str())?)));
    readings.extend(fresh);
    stored.signals = signals::save(conn, source, &readings, now).await?;
    Ok(stored)
}

/// What another source brought while this one was being read is seen here too.
async fn sight_overtaken(
    conn: &mut PgConnection,
    source: SourceId,
    (new, inserted): (&[Fresh<'_>], &[(i64, String)]),
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    if new.len() == inserted.len() {
        return Ok(0);
    }
    let links: Vec<String> = new.iter().map(|fresh| fresh.item.canonical_link.clone()).collect();
    let done = sqlx::query!(
        r#"INSERT INTO sightings (item_id, source_id, seen_at)
           SELECT id, $1, $3 FROM items WHERE canonical_link = ANY ($2) AND source_id <> $1 ORDER BY id
           ON CONFLICT DO NOTHING"#,
        source.0,
        &links,
        now
    );
    Ok(done.execute(conn).await?.rows_affected())
}

/// An item to be inserted, and under which names.
struct Fresh<'a> {
    item: &'a NewItem,
    guid: &'a str,
    link: &'a str,
}

/// Of an archive without dates nobody knows what is new: beyond `most`, what it lists at first sight is remembered as
/// left out, so that it is no news at a later poll either, in whatever order it is listed then.
async fn leave_out(
    conn: &mut PgConnection,
    source: SourceId,
    new: &mut Vec<Fresh<'_>>,
    most: usize,
) -> sqlx::Result<()> {
    if new.len() <= most {
        return Ok(());
    }
    let guids: Vec<String> = new.iter().map(|fresh| fresh.guid.to_owned()).collect();
    let buried = sqlx::query_scalar!(
        "SELECT guid FROM tombstones WHERE source_id = $1 AND guid = ANY ($2)",
        source.0,
        &guids
    );
    let buried: HashSet<String> = buried.fetch_all(&mut *conn).await?.into_iter().collect();
    new.retain(|fresh| !buried.contains(fresh.guid));
    let left_out = new.split_off(most.min(new.len()));
    let names = |of: fn(&Fresh<'_>) -> String| left_out.iter().map(of).collect::<Vec<_>>();
    sqlx::query!(
        r#"INSERT INTO tombstones (source_id, guid, canonical_link)
           SELECT $1, n.guid, n.link FROM unnest($2::text[], $3::text[]) AS n (guid, link) ON CONFLICT DO NOTHING"#,
        source.0,
        &names(|fresh| fresh.guid.to_owned()),
        &names(|fresh| fresh.link.to_owned())
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn known(conn: &mut PgConnection, source: SourceId, items: &[NewItem]) -> sqlx::Result<Vec<Known>> {
    let guids: Vec<String> =
        items.iter().flat_map(|item| [&item.entry.guid, &item.other_guid]).cloned().collect();
    let links: Vec<String> =
        items.iter().flat_map(|item| [&item.canonical_link, &item.other_link]).cloned().collect();
    sqlx::query_as!(
        Known,
        r#"SELECT id, source_id, guid, canonical_link, title, published_at, content_sha256 FROM items
           WHERE (source_id = $1 AND guid = ANY ($2)) OR canonical_link = ANY ($3)"#,
        source.0,
        &guids,
        &links
    )
    .fetch_all(conn)
    .await
}

/// Id and guid of those that were stored; another process, or an entry before it in the same feed, may have been first,
/// and what was deleted does not come back. In the order of the links: two that insert the same ones in another order
/// would wait for each other.
async fn insert(
    conn: &mut PgConnection,
    source: SourceId,
    new: &[Fresh<'_>],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<(i64, String)>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let items: Vec<&NewItem> = new.iter().map(|fresh| fresh.item).collect();
    let text = |of: fn(&NewItem) -> &str| items.iter().map(|item| of(item).to_owned()).collect::<Vec<_>>();
    let list = |of: fn(&Entry) -> &[String]| {
        items.iter().map(|item| of(&item.entry).join(BETWEEN)).collect::<Vec<_>>()
    };
    let published: Vec<Option<DateTime<Utc>>> = items.iter().map(|item| item.entry.published).collect();
    let hashes: Vec<Vec<u8>> = items.iter().map(|item| item.content_sha256.clone()).collect();
    let links: Vec<Json<&[Link]>> = items.iter().map(|item| Json(&*item.entry.links)).collect();
    let dois: Vec<Option<String>> = items.iter().map(|item| item.entry.doi.clone()).collect();
    let rows = sqlx::query!(
        r#"INSERT INTO items (source_id, guid, link, canonical_link, title, summary, content, authors, categories,
                              language, published_at, first_seen_at, content_sha256, page_state, page_next_at, doi,
                              is_backlog, links)
           SELECT $1, n.guid, n.link, n.canonical, n.title, n.summary, n.content,
                  string_to_array(n.authors, $2), string_to_array(n.categories, $2),
                  n.language, n.published, $3, n.hash, n.page_state, $3, n.doi, n.is_backlog, n.links
           FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
                       $12::text[], $13::timestamptz[], $14::bytea[], $15::text[], $16::text[], $17::boolean[],
                       $18::jsonb[])
                WITH ORDINALITY AS n (guid, link, canonical, title, summary, content, authors, categories,
                                      language, published, hash, page_state, doi, is_backlog, links, position)
           WHERE NOT EXISTS (SELECT FROM tombstones t WHERE t.source_id = $1 AND t.guid = n.guid)
             AND NOT EXISTS (SELECT FROM tombstones t WHERE t.canonical_link = n.canonical)
           ORDER BY n.canonical COLLATE "C"
           ON CONFLICT DO NOTHING RETURNING id, guid"#,
        source.0,
        BETWEEN,
        now,
        &new.iter().map(|fresh| fresh.guid.to_owned()).collect::<Vec<_>>(),
        &text(|item| &item.entry.link),
        &new.iter().map(|fresh| fresh.link.to_owned()).collect::<Vec<_>>(),
        &text(|item| &item.entry.title),
        &text(|item| &item.entry.summary),
        &text(|item| &item.entry.content),
        &list(|entry| &entry.authors),
        &list(|entry| &entry.categories),
        &text(|item| item.language.as_str()),
        &published as &[Option<DateTime<Utc>>],
        &hashes,
        &text(page_state),
        &dois as &[Option<String>],
        &items.iter().map(|item| item.is_backlog).collect::<Vec<_>>(),
        &links as &[Json<&[Link]>]
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.guid)).collect())
}

/// Takes back what the publisher took back: an item that no story was built from goes, another is marked, so that it
/// is told no more. A tombstone stands for either.
///
/// # Errors
/// The database fails.
pub async fn withdraw(
    conn: &mut PgConnection,
    source: SourceId,
    guids: &[String],
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    if guids.is_empty() {
        return Ok(0);
    }
    let marked = sqlx::query!(
        r#"WITH marked AS (
               UPDATE items SET withdrawn_at = $3
               WHERE source_id = $1 AND guid = ANY ($2) AND withdrawn_at IS NULL
                 AND EXISTS (SELECT FROM story_items s WHERE s.item_id = items.id)
               RETURNING id, guid, canonical_link),
           -- grouping looks again at what was read since it looked
           looked AS (
               UPDATE articles a SET grouped_at = a.extracted_at - interval '1 second'
               FROM marked WHERE a.item_id = marked.id)
           INSERT INTO tombstones (source_id, guid, canonical_link)
           SELECT $1, guid, canonical_link FROM marked ON CONFLICT DO NOTHING"#,
        source.0,
        guids,
        now
    );
    let n_marked = marked.execute(&mut *conn).await?.rows_affected();
    let done = sqlx::query!(
        r#"DELETE FROM items i WHERE source_id = $1 AND guid = ANY ($2)
             AND NOT EXISTS (SELECT FROM story_items s WHERE s.item_id = i.id)"#,
        source.0,
        guids
    );
    Ok(n_marked + done.execute(conn).await?.rows_affected())
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

/// The publisher gave the page another address.
async fn relink(conn: &mut PgConnection, row: &Known, item: &NewItem) -> sqlx::Result<()> {
    sqlx::query!(
        r#"UPDATE items SET link = $2, canonical_link = $3
           WHERE id = $1 AND NOT EXISTS (SELECT FROM items other WHERE other.canonical_link = $3)"#,
        row.id,
        item.entry.link,
        item.canonical_link
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether nothing but numbers changed since a revision of the last day: a count of views is no news each time.
async fn only_counts(
    conn: &mut PgConnection,
    row: &Known,
    item: &NewItem,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let entry = &item.entry;
    let words = [&entry.title, &entry.summary, &entry.content].map(String::as_str).concat();
    let words: String = words.chars().filter(|c| !c.is_ascii_digit()).collect();
    let counts = sqlx::query_scalar!(
        r#"SELECT coalesce(revised_at > $2::timestamptz - interval '1 day', false)
              AND regexp_replace(title || summary || content, '[0-9]', '', 'g') = $3 AS "only!" FROM items WHERE id = $1"#,
        row.id,
        now,
        words
    );
    counts.fetch_one(conn).await
}

async fn revise(
    conn: &mut PgConnection,
    row: &Known,
    item: &NewItem,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    if only_counts(conn, row, item, now).await? {
        return Ok(0);
    }
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
                            published_at = coalesce(published_at, $7), page_state = $8, page_attempts = 0, page_next_at = $6,
                            doi = coalesce($9, doi), links = $10
           WHERE id = $1"#,
        row.id,
        entry.title,
        entry.summary,
        entry.content,
        item.content_sha256,
        now,
        entry.published,
        page_state(item),
        entry.doi,
        Json(&*entry.links) as Json<&[Link]>
    );
    Ok(done.execute(conn).await?.rows_affected())
}

fn page_state(item: &NewItem) -> &'static str {
    if item.wants_page { "wanted" } else { "not-needed" }
}
