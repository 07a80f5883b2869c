//! Table `votes`: what readers say about stories. One row a voter and story: another vote replaces the first, and one
//! that was taken back keeps its row, without its words. A merged story's votes count for the one it was merged into.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::model::{ErratumId, StoryId, Verdict, VoteId, VoteKind, Voter};

/// New votes of visitors in a minute, and in a day: a robot with ever new cookies cannot fill the table. Readers, who vote
/// by the link in their mail, are not counted.
pub const VISITORS_A_MINUTE: i64 = 20;
/// See [`VISITORS_A_MINUTE`].
pub const VISITORS_A_DAY: i64 = 2000;

/// Key of the advisory lock under which votes are counted and cast.
const VOTE_LOCK: i64 = 0x6865_6164_7375_7002;

/// A vote as the voter gave it; the comment is clean and short.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// What.
    pub kind: VoteKind,
    /// What is wrong, in the voter's words.
    pub comment: &'a str,
}

/// What became of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cast {
    /// It stands.
    Counted,
    /// The story, or the reader, is not there any more.
    Gone,
    /// Too many visitors voted lately.
    TooMany,
}

/// What a voter says about a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// What.
    pub kind: VoteKind,
    /// In the voter's words.
    pub comment: String,
    /// Since when.
    pub voted_at: DateTime<Utc>,
}

/// A vote in a list.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Listed {
    /// Row id.
    pub id: VoteId,
    /// On what; where a merged story went.
    pub story_id: StoryId,
    /// Its headline.
    pub title: String,
    /// `hype`, `solid` or `wrong`.
    pub kind: String,
    /// The voter's words: hostile, cleaned, never markup.
    pub comment: String,
    /// "reader 12", or "visitor". Never an address.
    pub voter: String,
    /// When.
    pub voted_at: DateTime<Utc>,
    /// The erratum that it led to.
    pub erratum_id: Option<ErratumId>,
}

/// What was said about one story, and how it was judged.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// Its headline.
    pub title: String,
    /// The text of its lead article.
    pub body: String,
    /// The current judgement, if there is one.
    pub verdict: Option<Verdict>,
    /// Readers' votes for hype.
    pub n_hype: i64,
    /// Readers' votes against hype.
    pub n_solid: i64,
    /// Votes for and against hype by visitors, who may vote again without their cookie.
    pub n_by_visitors: i64,
    /// Votes that something is not true.
    pub n_wrong: i64,
    /// Confirmed errors.
    pub n_errata: i64,
}

/// What signs the links to vote.
///
/// # Errors
/// The database fails.
pub async fn secret(pool: &PgPool) -> sqlx::Result<Vec<u8>> {
    sqlx::query_scalar!("SELECT value FROM secrets WHERE name = 'votes'").fetch_one(pool).await
}

/// Casts a vote, in place of the voter's former one on this story.
///
/// # Errors
/// The database fails.
pub async fn cast(
    pool: &PgPool,
    story: StoryId,
    voter: Voter,
    said: Said<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<Cast> {
    let mut tx = pool.begin().await?;
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", VOTE_LOCK).execute(&mut *tx).await?;
    let Some(story) = root(&mut tx, story).await? else { return Ok(Cast::Gone) };
    if !replace(&mut tx, story, voter, said, now).await? {
        if let Some(refused) = refusal(&mut tx, voter, now).await? {
            return Ok(refused);
        }
        insert(&mut tx, story, voter, said, now).await?;
    }
    tx.commit().await?;
    Ok(Cast::Counted)
}

/// False: it is the voter's first on this story.
async fn replace(
    conn: &mut PgConnection,
    story: StoryId,
    voter: Voter,
    said: Said<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let (reader, visitor) = columns(voter);
    let done = sqlx::query!(
        "UPDATE votes SET kind = $4, comment = $5, voted_at = $6, taken_back_at = NULL
         WHERE story_id = $1 AND subscriber_id IS NOT DISTINCT FROM $2 AND visitor IS NOT DISTINCT FROM $3",
        story.0,
        reader,
        visitor,
        said.kind.as_str(),
        said.comment,
        now
    );
    Ok(done.execute(conn).await?.rows_affected() > 0)
}

async fn insert(
    conn: &mut PgConnection,
    story: StoryId,
    voter: Voter,
    said: Said<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (reader, visitor) = columns(voter);
    sqlx::query!(
        "INSERT INTO votes (story_id, subscriber_id, visitor, kind, comment, first_at, voted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)",
        story.0,
        reader,
        visitor,
        said.kind.as_str(),
        said.comment,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Why a first vote on a story may not be.
async fn refusal(conn: &mut PgConnection, voter: Voter, now: DateTime<Utc>) -> sqlx::Result<Option<Cast>> {
    if let Voter::Reader(id) = voter {
        let known =
            sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM subscribers WHERE id = $1) AS "known!""#, id.0);
        return Ok((!known.fetch_one(conn).await?).then_some(Cast::Gone));
    }
    let lately = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE first_at > $1::timestamptz - interval '1 minute') AS "minute!", count(*) AS "day!"
           FROM votes WHERE visitor IS NOT NULL AND first_at > $1::timestamptz - interval '1 day'"#,
        now
    )
    .fetch_one(conn)
    .await?;
    let is_full = lately.minute >= VISITORS_A_MINUTE || lately.day >= VISITORS_A_DAY;
    Ok(is_full.then_some(Cast::TooMany))
}

/// Takes a vote back, with its words. False: there was none.
///
/// # Errors
/// The database fails.
pub async fn take_back(
    pool: &PgPool,
    story: StoryId,
    voter: Voter,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let mut conn = pool.acquire().await?;
    let Some(story) = root(&mut conn, story).await? else { return Ok(false) };
    let (reader, visitor) = columns(voter);
    let done = sqlx::query!(
        "UPDATE votes SET taken_back_at = $4, comment = ''
         WHERE story_id = $1 AND subscriber_id IS NOT DISTINCT FROM $2 AND visitor IS NOT DISTINCT FROM $3
           AND taken_back_at IS NULL",
        story.0,
        reader,
        visitor,
        now
    );
    Ok(done.execute(&mut *conn).await?.rows_affected() > 0)
}

/// What this voter says about a story, if anything.
///
/// # Errors
/// The database fails.
pub async fn own(pool: &PgPool, story: StoryId, voter: Voter) -> sqlx::Result<Option<Own>> {
    let mut conn = pool.acquire().await?;
    let Some(story) = root(&mut conn, story).await? else { return Ok(None) };
    let (reader, visitor) = columns(voter);
    let row = sqlx::query!(
        "SELECT kind, comment, voted_at FROM votes
         WHERE story_id = $1 AND subscriber_id IS NOT DISTINCT FROM $2 AND visitor IS NOT DISTINCT FROM $3
           AND taken_back_at IS NULL",
        story.0,
        reader,
        visitor
    )
    .fetch_optional(&mut *conn)
    .await?;
    let own = |kind, row: (String, DateTime<Utc>)| Own { kind, comment: row.0, voted_at: row.1 };
    Ok(row.and_then(|row| Some(own(row.kind.parse().ok()?, (row.comment, row.voted_at)))))
}

/// Headline and id of a story, or of the one that it was merged into.
///
/// # Errors
/// The database fails.
pub async fn story(pool: &PgPool, id: StoryId) -> sqlx::Result<Option<(StoryId, String)>> {
    let row = sqlx::query!(
        "SELECT st.id, st.title FROM stories asked JOIN stories st ON st.id = coalesce(asked.merged_into, asked.id)
         WHERE asked.id = $1",
        id.0
    );
    Ok(row.fetch_optional(pool).await?.map(|row| (StoryId(row.id), row.title)))
}

async fn root(conn: &mut PgConnection, id: StoryId) -> sqlx::Result<Option<StoryId>> {
    let root = sqlx::query_scalar!(
        r#"SELECT coalesce(merged_into, id) AS "root!" FROM stories WHERE id = $1"#,
        id.0
    );
    Ok(root.fetch_optional(conn).await?.map(StoryId))
}

fn columns(voter: Voter) -> (Option<i64>, Option<String>) {
    match voter {
        Voter::Reader(id) => (Some(id.0), None),
        Voter::Visitor(number) => (None, Some(format!("{number:032x}"))),
    }
}

/// The votes that stand, of one kind or all, on one story or all: the newest of readers, then those of visitors, who must
/// not crowd them out.
///
/// # Errors
/// The database fails.
pub async fn list(
    pool: &PgPool,
    story: Option<StoryId>,
    kind: Option<VoteKind>,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    sqlx::query_as!(
        Listed,
        r#"SELECT v.id AS "id: VoteId", st.id AS "story_id: StoryId", st.title, v.kind, v.comment,
                  coalesce('reader ' || v.subscriber_id, 'visitor') AS "voter!", v.voted_at,
                  e.id AS "erratum_id?: ErratumId"
           FROM votes v JOIN stories own ON own.id = v.story_id
           JOIN stories st ON st.id = coalesce(own.merged_into, own.id)
           LEFT JOIN errata e ON e.vote_id = v.id
           WHERE v.taken_back_at IS NULL AND ($1::bigint IS NULL OR $1 IN (own.id, st.id)) AND ($2::text IS NULL OR v.kind = $2)
           ORDER BY v.subscriber_id IS NULL, v.voted_at DESC, v.id DESC LIMIT $3"#,
        story.map(|id| id.0),
        kind.map(VoteKind::as_str),
        limit
    )
    .fetch_all(pool)
    .await
}

/// How many votes of a kind stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The kind.
    pub kind: VoteKind,
    /// Of readers, one each.
    pub readers: i64,
    /// Of visitors, who may vote again without their cookie.
    pub visitors: i64,
}

/// How many votes of each kind stand, in the order of the kinds' words.
///
/// # Errors
/// The database fails.
pub async fn counts(pool: &PgPool) -> sqlx::Result<Vec<Count>> {
    let rows = sqlx::query!(
        r#"SELECT kind, count(subscriber_id) AS "readers!", count(visitor) AS "visitors!"
           FROM votes WHERE taken_back_at IS NULL GROUP BY kind ORDER BY kind"#
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    let count = |kind: &str, readers, visitors| Some(Count { kind: kind.parse().ok()?, readers, visitors });
    Ok(rows.filter_map(|row| count(&row.kind, row.readers, row.visitors)).collect())
}

/// The stories that somebody voted on, each with its judgement and the first `max_chars` of its lead article.
///
/// # Errors
/// The database fails.
pub async fn opinions(pool: &PgPool, max_chars: i32) -> sqlx::Result<Vec<Opinion>> {
    let rows = sqlx::query!(
        r#"SELECT st.title, coalesce(left(a.body, $1), '') AS "body!", v.verdict AS "verdict?",
                  n.hype AS "hype!", n.solid AS "solid!", n.visitors AS "visitors!", n.wrong AS "wrong!",
                  (SELECT count(*) FROM errata e WHERE e.story_id = st.id) AS "errata!"
           FROM (SELECT coalesce(s.merged_into, s.id) AS story_id,
                        count(o.subscriber_id) FILTER (WHERE o.kind = 'hype') AS hype,
                        count(o.subscriber_id) FILTER (WHERE o.kind = 'solid') AS solid,
                        count(o.visitor) FILTER (WHERE o.kind <> 'wrong') AS visitors,
                        count(*) FILTER (WHERE o.kind = 'wrong') AS wrong
                 FROM votes o JOIN stories s ON s.id = o.story_id WHERE o.taken_back_at IS NULL GROUP BY 1) n
           JOIN stories st ON st.id = n.story_id
           LEFT JOIN articles a ON a.item_id = st.lead_item_id
           LEFT JOIN verdicts v ON v.story_id = st.id AND v.current
           ORDER BY st.id"#,
        max_chars
    )
    .fetch_all(pool)
    .await?;
    let opinion = rows.into_iter().map(|row| Opinion {
        title: row.title,
        body: row.body,
        verdict: row.verdict.and_then(|json| serde_json::from_value(json).ok()),
        n_hype: row.hype,
        n_solid: row.solid,
        n_by_visitors: row.visitors,
        n_wrong: row.wrong,
        n_errata: row.errata,
    });
    Ok(opinion.collect())
}
