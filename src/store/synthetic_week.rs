//! A made-up week of judged stories for measuring, in a scratch schema.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use sqlx::types::Json;

use crate::model::Verdict;

/// Stories that one statement stores.
const BATCH: usize = 2_000;

/// A story of one item, as `judge` leaves it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Of the item and the story.
    pub title: String,
    /// Of the article.
    pub body: String,
    /// When it happened and was seen.
    pub at: DateTime<Utc>,
    /// Of the story that `verdict.story_id` names.
    pub verdict: Verdict,
}

/// Stores `stories`, whose ids are those of their verdicts, as told by `n_sources` sources.
///
/// # Errors
/// The database fails.
pub async fn fill(pool: &PgPool, n_sources: i32, stories: &[Judged]) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at)
         SELECT 's' || n, 'Source ' || n, 'feed', 'https://s' || n || '.example', 'industry', 'en', 'press', 'o' || n, now()
         FROM generate_series(1, $1) n",
    )
    .bind(n_sources)
    .execute(pool)
    .await?;
    for batch in stories.chunks(BATCH) {
        store(pool, n_sources, batch).await?;
    }
    sqlx::raw_sql("ANALYZE items; ANALYZE articles; ANALYZE stories; ANALYZE story_items; ANALYZE verdicts;")
        .execute(pool)
        .await?;
    Ok(())
}

async fn store(pool: &PgPool, n_sources: i32, batch: &[Judged]) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    let ids: Vec<i64> = batch.iter().map(|one| one.verdict.story_id.0).collect();
    let titles: Vec<&str> = batch.iter().map(|one| one.title.as_str()).collect();
    let bodies: Vec<&str> = batch.iter().map(|one| one.body.as_str()).collect();
    let times: Vec<DateTime<Utc>> = batch.iter().map(|one| one.at).collect();
    for statement in [
        "INSERT INTO items (id, source_id, guid, link, canonical_link, title, language, published_at, first_seen_at,
                            content_sha256, page_state)
         OVERRIDING SYSTEM VALUE
         SELECT id, 1 + id % $5, 'g' || id, 'https://s.example/' || id, 's.example/' || id, title, 'en', at, at, '',
                'not-needed' FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) AS t (id, title, body, at)",
        "INSERT INTO articles (item_id, title, language, body, how, complete, n_chars, extracted_at, grouped_at)
         SELECT id, title, 'en', body, 'page', true, length(body), at, at
         FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) AS t (id, title, body, at) WHERE $5 > 0",
        "INSERT INTO stories (id, lead_item_id, title, language, lane, happened_at, first_seen_at, last_seen_at, changed_at,
                              n_items, n_owners)
         OVERRIDING SYSTEM VALUE
         SELECT id, id, title, 'en', 'industry', at, at, at, at, 1, 1
         FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) AS t (id, title, body, at) WHERE $5 > 0",
        "INSERT INTO story_items (item_id, story_id, reason, joined_at, indexed)
         SELECT id, id, 'opens the story', at, true
         FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) AS t (id, title, body, at) WHERE $5 > 0",
    ] {
        let query = sqlx::query(statement).bind(&ids).bind(&titles).bind(&bodies).bind(&times).bind(n_sources);
        query.execute(&mut *transaction).await?;
    }
    let verdicts: Vec<Json<&Verdict>> = batch.iter().map(|one| Json(&one.verdict)).collect();
    sqlx::query(
        "INSERT INTO verdicts (story_id, judged_at, judge, input_hash, lane, focus, rumour, score, dropped, verdict)
         SELECT (v->>'story_id')::bigint, now(), 'rules', '', v->>'lane',
                ARRAY(SELECT jsonb_array_elements_text(v->'focus')), (v->>'rumour')::boolean, (v->>'score')::real,
                v->>'dropped', v
         FROM unnest($1::jsonb[]) AS t (v)",
    )
    .bind(&verdicts)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}
