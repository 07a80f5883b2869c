//! A made-up archive for measuring, in a scratch schema: many items in few statements.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::group_index::Counted;

/// One text that many items of the archive share, with what the index holds of it.
#[derive(Clone, Debug)]
pub struct Template {
    /// As a headline.
    pub title: String,
    /// As an article.
    pub body: String,
    /// Its probes.
    pub probes: Vec<i64>,
}

/// Seconds between two items of the archive: 2,000 a day.
const PACE: f64 = 43.2;

/// Outlets.
const SOURCES: i32 = 400;

/// Puts the texts where [`grow`] takes them from, and makes the outlets.
///
/// # Errors
/// The database fails.
pub async fn prepare(pool: &PgPool, templates: &[Template]) -> sqlx::Result<()> {
    sqlx::raw_sql(
        "CREATE TABLE bench_texts (n integer PRIMARY KEY, title text NOT NULL, body text NOT NULL);
         CREATE TABLE bench_probes (n integer NOT NULL, term bigint NOT NULL);",
    )
    .execute(pool)
    .await?;
    let numbers: Vec<i32> = (0..i32::try_from(templates.len()).unwrap_or(i32::MAX)).collect();
    let titles: Vec<&str> = templates.iter().map(|one| one.title.as_str()).collect();
    let bodies: Vec<&str> = templates.iter().map(|one| one.body.as_str()).collect();
    sqlx::query("INSERT INTO bench_texts SELECT * FROM unnest($1::integer[], $2::text[], $3::text[])")
        .bind(&numbers)
        .bind(&titles)
        .bind(&bodies)
        .execute(pool)
        .await?;
    let of_each = templates.iter().zip(&numbers);
    let probes: Vec<(i32, i64)> =
        of_each.flat_map(|(one, n)| one.probes.iter().map(move |probe| (*n, *probe))).collect();
    let (numbers, terms): (Vec<i32>, Vec<i64>) = probes.into_iter().unzip();
    sqlx::query("INSERT INTO bench_probes SELECT * FROM unnest($1::integer[], $2::bigint[])")
        .bind(&numbers)
        .bind(&terms)
        .execute(pool)
        .await?;
    sqlx::query(
        "INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at)
         SELECT 's' || n, 's' || n, 'feed', 'https://s' || n || '.example', 'industry', 'en', 'press', 'o' || n / 2, now()
         FROM generate_series(1, $1) n",
    )
    .bind(SOURCES)
    .execute(pool)
    .await?;
    sqlx::raw_sql("CREATE INDEX ON bench_probes (n); ANALYZE bench_texts; ANALYZE bench_probes;")
        .execute(pool)
        .await?;
    Ok(())
}

/// When item `n` of the archive was published.
fn time_of(start: DateTime<Utc>, n: i64) -> DateTime<Utc> {
    start + chrono::TimeDelta::milliseconds((n as f64 * PACE * 1000.0) as i64)
}

/// Lets the archive grow from `from` to `to` items, each in a story of its own. Gives the time of the last.
///
/// # Errors
/// The database fails.
pub async fn grow(
    pool: &PgPool,
    (from, to): (i64, i64),
    counts: &[Counted],
    start: DateTime<Utc>,
) -> sqlx::Result<DateTime<Utc>> {
    let mut transaction = pool.begin().await?;
    let n_texts: i64 =
        sqlx::query_scalar("SELECT count(*) FROM bench_texts").fetch_one(&mut *transaction).await?;
    for statement in [
        "INSERT INTO items (id, source_id, guid, link, canonical_link, title, language, published_at, first_seen_at,
                            content_sha256, page_state)
         OVERRIDING SYSTEM VALUE
         SELECT k, 1 + k % 400, 'g' || k, 'https://s.example/' || k, 's.example/' || k, t.title, 'en',
                $3 + k * interval '43.2 seconds', $3 + k * interval '43.2 seconds', '', 'not-needed'
         FROM generate_series($1::bigint + 1, $2::bigint) AS g (k) JOIN bench_texts t ON t.n = k % $4",
        "INSERT INTO articles (item_id, title, language, body, how, complete, n_chars, extracted_at, grouped_at)
         SELECT k, t.title, 'en', t.body, 'page', true, length(t.body), $3 + k * interval '43.2 seconds',
                $3 + k * interval '43.2 seconds'
         FROM generate_series($1::bigint + 1, $2::bigint) AS g (k) JOIN bench_texts t ON t.n = k % $4",
        "INSERT INTO stories (id, lead_item_id, title, language, lane, happened_at, first_seen_at, last_seen_at, changed_at)
         OVERRIDING SYSTEM VALUE
         SELECT k, k, t.title, 'en', 'industry', $3 + k * interval '43.2 seconds', $3 + k * interval '43.2 seconds',
                $3 + k * interval '43.2 seconds', $3 + k * interval '43.2 seconds'
         FROM generate_series($1::bigint + 1, $2::bigint) AS g (k) JOIN bench_texts t ON t.n = k % $4",
        "INSERT INTO story_items (item_id, story_id, reason, joined_at, indexed)
         SELECT k, k, 'opens the story', $3 + k * interval '43.2 seconds', $4 > 0
         FROM generate_series($1::bigint + 1, $2::bigint) AS g (k)",
        "INSERT INTO item_terms (term, at, item_id)
         SELECT p.term, $3 + k * interval '43.2 seconds', k
         FROM generate_series($1::bigint + 1, $2::bigint) AS g (k) JOIN bench_probes p ON p.n = k % $4 ORDER BY 1, 2, 3",
    ] {
        sqlx::query(statement)
            .bind(from)
            .bind(to)
            .bind(start)
            .bind(n_texts)
            .execute(&mut *transaction)
            .await?;
    }
    let terms: Vec<i64> = counts.iter().map(|counted| counted.0).collect();
    let scaled =
        |n: i32| i32::try_from(i64::from(n) * to / n_texts.max(1)).unwrap_or(i32::MAX).max(i32::from(n > 0));
    let n_items: Vec<i32> = counts.iter().map(|counted| scaled(counted.1)).collect();
    let n_small: Vec<i32> = counts.iter().map(|counted| scaled(counted.2)).collect();
    sqlx::query(
        "INSERT INTO term_counts SELECT * FROM unnest($1::bigint[], $2::integer[], $3::integer[])
         ON CONFLICT (term) DO UPDATE SET n_items = excluded.n_items, n_small = excluded.n_small",
    )
    .bind(&terms)
    .bind(&n_items)
    .bind(&n_small)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    sqlx::raw_sql("ANALYZE items; ANALYZE articles; ANALYZE stories; ANALYZE story_items; ANALYZE item_terms; ANALYZE term_counts;")
        .execute(pool)
        .await?;
    Ok(time_of(start, to))
}

/// New items with their articles; ids from `first` on.
///
/// # Errors
/// The database fails.
pub async fn publish(
    pool: &PgPool,
    first: i64,
    texts: &[(String, String)],
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let ids: Vec<i64> = (first..).take(texts.len()).collect();
    let titles: Vec<&str> = texts.iter().map(|(title, _)| title.as_str()).collect();
    let bodies: Vec<&str> = texts.iter().map(|(_, body)| body.as_str()).collect();
    sqlx::query(
        "WITH new AS (SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (id, title, body)),
         put AS (INSERT INTO items (id, source_id, guid, link, canonical_link, title, language, published_at, first_seen_at,
                                    content_sha256, page_state)
             OVERRIDING SYSTEM VALUE
             SELECT id, 1 + id % 400, 'g' || id, 'https://s.example/' || id, 's.example/' || id, title, 'en', $4, $4, '',
                    'not-needed' FROM new)
         INSERT INTO articles (item_id, title, language, body, how, complete, n_chars, extracted_at)
         SELECT id, title, 'en', body, 'page', true, length(body), $4 FROM new",
    )
    .bind(&ids)
    .bind(&titles)
    .bind(&bodies)
    .bind(at)
    .execute(pool)
    .await?;
    // New stories take ids behind those of the archive.
    sqlx::query(
        "SELECT setval(pg_get_serial_sequence('stories', 'id'), greatest($1, (SELECT max(id) FROM stories)))",
    )
    .bind(first)
    .execute(pool)
    .await?;
    Ok(())
}
