//! Tables `watched`, `artifact_looks` and `afterlives`: which stories are followed, and what became of them.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};

use crate::hindsight::{AGES, Artifact, ECHO_HOURS, Handle, Judged, Life, Popularity, Watch};
use crate::model::{IssueId, StoryId, Verdict};

/// Between two looks at a link that could not be judged.
const NEXT_LOOK_HOURS: i32 = 20;

/// A story that begins to be followed.
#[derive(Clone, Debug)]
pub struct NewWatch {
    /// The story.
    pub story_id: StoryId,
    /// Why.
    pub why: Watch,
    /// Order of reading, if it was told.
    pub place: Option<i32>,
    /// Why it was left out, if it was.
    pub dropped: Option<String>,
    /// As it was when the issue was published.
    pub verdict: Verdict,
    /// Independent owners then.
    pub n_owners: i32,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// What is looked at.
    pub link: Option<String>,
    /// What later texts call it by.
    pub handle: Option<Handle>,
}

/// A story that was left out, as it stood when an issue was published.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The story.
    pub story_id: StoryId,
    /// The judgement of that time.
    pub verdict: Verdict,
    /// Independent owners then.
    pub n_owners: i32,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// Whether it is among the loudest; else it was drawn.
    pub is_loud: bool,
}

/// Issues published since `since` of which no story is followed yet, the oldest first.
///
/// # Errors
/// The database fails.
pub async fn unwatched(conn: &mut PgConnection, since: DateTime<Utc>) -> sqlx::Result<Vec<IssueId>> {
    let ids = sqlx::query_scalar!(
        "SELECT i.id FROM issues i
         WHERE i.published_at >= $1 AND i.edition IN ('weekly', 'paper') AND EXISTS (SELECT FROM issue_stories s WHERE s.issue_id = i.id)
           AND NOT EXISTS (SELECT FROM watched w WHERE w.issue_id = i.id)
         ORDER BY i.ends_at, i.id",
        since
    );
    Ok(ids.fetch_all(conn).await?.into_iter().map(IssueId).collect())
}

/// Of the stories of an issue's period that no issue told or named: the `n` loudest that were screened out, but for
/// those about something else, and `n` drawn by the hash of their number, whatever became of them. The verdict is the
/// last one before the issue was published.
///
/// # Errors
/// The database fails.
pub async fn left_out(conn: &mut PgConnection, issue: IssueId, n: i64) -> sqlx::Result<Vec<LeftOut>> {
    let rows = sqlx::query!(
        r#"WITH judged AS (
               SELECT DISTINCT ON (st.id) st.id, v.verdict, v.dropped, st.happened_at, st.n_items, c.n_owners
               FROM issues i
               JOIN stories st ON st.happened_at >= i.starts_at AND st.happened_at < i.ends_at
                   AND st.first_seen_at < i.published_at AND st.merged_into IS NULL
               JOIN verdicts v ON v.story_id = st.id
               CROSS JOIN LATERAL (
                   SELECT count(DISTINCT s.owner) FILTER (WHERE si.copy_of IS NULL)::int AS n_owners
                   FROM story_items si JOIN items it ON it.id = si.item_id JOIN sources s ON s.id = it.source_id
                   WHERE si.story_id = st.id AND si.joined_at < i.published_at) c
               WHERE i.id = $1
                 AND NOT EXISTS (SELECT FROM issue_stories x WHERE x.story_id = st.id)
                 AND NOT EXISTS (SELECT FROM watched w WHERE w.story_id = st.id)
               ORDER BY st.id, v.judged_at <= i.published_at DESC,
                        CASE WHEN v.judged_at <= i.published_at THEN v.judged_at END DESC NULLS LAST, v.judged_at),
           placed AS (
               SELECT judged.*, row_number() OVER (ORDER BY dropped IS NULL OR dropped = 'off-topic',
                                                   n_owners DESC, n_items DESC, id) AS loudness
               FROM judged),
           loud AS (SELECT * FROM placed WHERE loudness <= $2 AND dropped IS NOT NULL AND dropped <> 'off-topic'),
           drawn AS (
               SELECT * FROM placed WHERE id NOT IN (SELECT id FROM loud)
               ORDER BY md5('hindsight ' || id), id LIMIT $2)
           SELECT id AS "id!", verdict AS "verdict!", n_owners AS "n_owners!", happened_at AS "happened_at!", true AS "is_loud!" FROM loud
           UNION ALL
           SELECT id, verdict, n_owners, happened_at, false FROM drawn ORDER BY 1"#,
        issue.0,
        n
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    let left_out = rows.filter_map(|row| {
        Some(LeftOut {
            story_id: StoryId(row.id),
            // One that cannot be read any more is not followed.
            verdict: serde_json::from_value(row.verdict).ok()?,
            n_owners: row.n_owners,
            happened_at: row.happened_at,
            is_loud: row.is_loud,
        })
    });
    Ok(left_out.collect())
}

/// The addresses of the items of these stories, each with its story, the lead's first.
///
/// # Errors
/// The database fails.
pub async fn links(conn: &mut PgConnection, stories: &[LeftOut]) -> sqlx::Result<Vec<(StoryId, String)>> {
    let ids: Vec<i64> = stories.iter().map(|story| story.story_id.0).collect();
    let rows = sqlx::query!(
        "SELECT si.story_id, i.link FROM story_items si JOIN items i ON i.id = si.item_id JOIN stories st ON st.id = si.story_id
         WHERE si.story_id = ANY($1::bigint[]) ORDER BY si.story_id, i.id <> st.lead_item_id, i.id",
        &ids
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (StoryId(row.story_id), row.link)).collect())
}

/// Waits until no other process enters or writes down; holds until the transaction of `conn` ends.
///
/// # Errors
/// The database fails.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('headsup hindsight', 0))")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Follows a story from now on, unless it is followed already.
///
/// # Errors
/// The database fails.
pub async fn watch(
    conn: &mut PgConnection,
    issue: IssueId,
    new: &NewWatch,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "INSERT INTO watched (story_id, issue_id, why, place, score, dropped, owner, n_owners, happened_at, headline,
                              link, name, number, watched_at)
         SELECT st.id, $2, $3, $4, $5, $6, s.owner, $7, $8, $9, $10, $11, $12, $13
         FROM stories st JOIN items i ON i.id = st.lead_item_id JOIN sources s ON s.id = i.source_id
         WHERE st.id = $1
         ON CONFLICT (story_id) DO NOTHING",
        new.story_id.0,
        issue.0,
        new.why.as_str(),
        new.place,
        new.verdict.score,
        new.dropped,
        new.n_owners,
        new.happened_at,
        Json(&new.verdict.headline) as _,
        new.link,
        new.handle.as_ref().map(|handle| handle.name.as_str()),
        new.handle.as_ref().map(|handle| handle.number.as_str()),
        now
    );
    Ok(done.execute(conn).await?.rows_affected())
}

/// A link that is to be looked at.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Whose it is.
    pub story_id: StoryId,
    /// What is asked for.
    pub link: String,
    /// How often it was asked for at this age without an answer that says something.
    pub n_looks: i64,
}

/// At most `limit` links of stories that have reached an age, and that were not looked at then.
///
/// # Errors
/// The database fails.
pub async fn wanted(pool: &PgPool, limit: i64, now: DateTime<Utc>) -> sqlx::Result<Vec<Wanted>> {
    let rows = sqlx::query!(
        r#"SELECT w.story_id, w.link AS "link!", due.since AS "since!", looks.n AS "n_looks!"
           FROM watched w
           CROSS JOIN LATERAL (
               SELECT max(w.happened_at + make_interval(days => a.age)) AS since FROM unnest($3::int[]) AS a (age)
               WHERE w.happened_at + make_interval(days => a.age) <= $1
                 AND NOT EXISTS (SELECT FROM afterlives l WHERE l.story_id = w.story_id AND l.age_days = a.age)) due
           CROSS JOIN LATERAL (
               SELECT count(*) AS n, coalesce(bool_or(k.is_final OR k.looked_at > $1 - make_interval(hours => $4)), false) AS done
               FROM artifact_looks k WHERE k.story_id = w.story_id AND k.looked_at >= due.since) looks
           WHERE w.link IS NOT NULL AND due.since IS NOT NULL AND NOT looks.done
           ORDER BY due.since, w.story_id LIMIT $2"#,
        now,
        limit,
        &AGES,
        NEXT_LOOK_HOURS
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    Ok(rows
        .map(|row| Wanted { story_id: StoryId(row.story_id), link: row.link, n_looks: row.n_looks })
        .collect())
}

/// What a look came to.
#[derive(Clone, Debug)]
pub struct Look {
    /// Whether it is there.
    pub state: Artifact,
    /// What the host said.
    pub says: String,
    /// False: it may be asked again on another day.
    pub is_final: bool,
}

/// Writes a look down.
///
/// # Errors
/// The database fails.
pub async fn looked(pool: &PgPool, id: StoryId, look: &Look, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO artifact_looks (story_id, looked_at, state, says, is_final) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        id.0,
        now,
        look.state.as_str(),
        look.says,
        look.is_final
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// A story at an age that is to be written down.
#[derive(Clone, Debug)]
pub struct Due {
    /// The followed story.
    pub story_id: StoryId,
    /// The story that it is a part of by now.
    pub root: StoryId,
    /// One of [`AGES`].
    pub age_days: i32,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// Who speaks in it.
    pub owner: String,
    /// What later texts call it by.
    pub handle: Option<Handle>,
    /// Whether its link is still there, and what the host said; `None`: it has none.
    pub artifact: Option<(Artifact, String)>,
}

/// Stories that have reached an age which is not written down: those whose link was looked at, which have none, or which
/// have waited for that for `patience_days`.
///
/// # Errors
/// The database fails.
pub async fn due(conn: &mut PgConnection, patience_days: i32, now: DateTime<Utc>) -> sqlx::Result<Vec<Due>> {
    let rows = sqlx::query!(
        r#"SELECT w.story_id, coalesce(st.merged_into, st.id) AS "root!", a.age AS "age!", w.happened_at, w.owner, w.name, w.number,
                  w.link IS NOT NULL AS "has_link!", k.state AS "state?", k.says AS "says?"
           FROM watched w
           JOIN stories st ON st.id = w.story_id
           CROSS JOIN unnest($3::int[]) AS a (age)
           LEFT JOIN LATERAL (
               SELECT k.state, k.says, k.is_final FROM artifact_looks k
               WHERE k.story_id = w.story_id AND k.looked_at >= w.happened_at + make_interval(days => a.age)
               ORDER BY k.is_final DESC, k.looked_at LIMIT 1) k ON true
           WHERE w.happened_at + make_interval(days => a.age) <= $1
             AND (w.link IS NULL OR k.is_final OR greatest(w.happened_at + make_interval(days => a.age), w.watched_at) + make_interval(days => $2) <= $1)
             AND NOT EXISTS (SELECT FROM afterlives l WHERE l.story_id = w.story_id AND l.age_days = a.age)
           ORDER BY w.happened_at, w.story_id, a.age"#,
        now,
        patience_days,
        &AGES
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    let due = rows.map(|row| Due {
        story_id: StoryId(row.story_id),
        root: StoryId(row.root),
        age_days: row.age,
        happened_at: row.happened_at,
        owner: row.owner,
        handle: row.name.zip(row.number).map(|(name, number)| Handle { name, number }),
        artifact: row.has_link.then(|| {
            let state = row.state.and_then(|state| state.parse().ok()).unwrap_or(Artifact::Unknown);
            (state, row.says.unwrap_or_else(|| "not looked at".to_owned()))
        }),
    });
    Ok(due.collect())
}

/// What the archive knows of a story at its age. Items count that tell it, that tell what goes on from it, or that call
/// it by name and number in title or summary, and further sources that list one of its pages.
///
/// # Errors
/// The database fails.
pub async fn life(conn: &mut PgConnection, due: &Due) -> sqlx::Result<Life> {
    let row = sqlx::query!(
        r#"WITH RECURSIVE thread (id, depth) AS (
               SELECT $1::bigint, 0
               UNION
               SELECT s.id, t.depth + 1 FROM stories s JOIN thread t ON s.follows = t.id
               WHERE s.merged_into IS NULL AND t.depth < 5),
           told AS (SELECT DISTINCT i.* FROM thread t JOIN story_items si ON si.story_id = t.id JOIN items i ON i.id = si.item_id
                    WHERE si.copy_of IS NULL AND i.withdrawn_at IS NULL),
           said AS (
               SELECT i.id, s.owner, coalesce(i.published_at, i.first_seen_at) AS at
               FROM told i JOIN sources s ON s.id = i.source_id
               UNION
               SELECT i.id, s.owner, g.seen_at
               FROM told i JOIN sightings g ON g.item_id = i.id JOIN sources s ON s.id = g.source_id
               UNION
               SELECT i.id, s.owner, coalesce(i.published_at, i.first_seen_at)
               FROM items i JOIN sources s ON s.id = i.source_id
               WHERE $6::text IS NOT NULL AND i.first_seen_at > $2::timestamptz + make_interval(hours => $5) AND i.withdrawn_at IS NULL
                 AND (i.title ILIKE $6 OR i.summary ILIKE $6) AND (i.title ~* $7 OR i.summary ~* $7)
                 AND NOT EXISTS (SELECT FROM story_items si WHERE si.item_id = i.id AND si.copy_of IS NOT NULL)),
           later AS (
               SELECT * FROM said WHERE owner <> $4 AND at > $2::timestamptz + make_interval(hours => $5)
                 AND at <= $2::timestamptz + make_interval(days => $3)),
           updates AS (
               SELECT st.happened_at AS at FROM thread t JOIN stories st ON st.id = t.id
               WHERE t.depth > 0 AND st.happened_at > $2 AND st.happened_at <= $2::timestamptz + make_interval(days => $3))
           SELECT count(DISTINCT owner)::int AS "n_owners!", count(DISTINCT (id, owner))::int AS "n_mentions!",
                  count(DISTINCT owner) FILTER (WHERE at > $2::timestamptz + make_interval(hours => $3 * 12))::int AS "n_late_owners!",
                  (SELECT count(*)::int FROM updates) AS "n_updates!",
                  floor(extract(epoch FROM greatest(max(at), (SELECT max(at) FROM updates)) - $2) / 86400)::int AS last_day
           FROM later"#,
        due.root.0,
        due.happened_at,
        due.age_days,
        due.owner,
        i32::try_from(ECHO_HOURS).unwrap_or(i32::MAX),
        due.handle.as_ref().map(Handle::like),
        due.handle.as_ref().map(Handle::pattern)
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(Life {
        age_days: due.age_days,
        n_owners: row.n_owners,
        n_mentions: row.n_mentions,
        n_late_owners: row.n_late_owners,
        n_updates: row.n_updates,
        last_day: row.last_day,
        artifact: due.artifact.as_ref().map(|(state, _)| *state),
        popularity: popularity(conn, due).await?,
    })
}

async fn popularity(conn: &mut PgConnection, due: &Due) -> sqlx::Result<Vec<Popularity>> {
    let rows = sqlx::query!(
        r#"SELECT g.kind, max(g.value) FILTER (WHERE g.read_at <= $2::timestamptz + interval '7 days') AS first, max(g.value) AS "last!",
                  floor(extract(epoch FROM max(g.read_at) - $2) / 86400)::int AS "day!"
           FROM story_items si JOIN signals g ON g.item_id = si.item_id
           WHERE si.story_id = $1 AND g.read_at <= $2::timestamptz + make_interval(days => $3)
           GROUP BY g.kind ORDER BY g.kind"#,
        due.root.0,
        due.happened_at,
        due.age_days
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    let readings =
        rows.map(|row| Popularity { kind: row.kind, first: row.first, last: row.last, day: row.day.max(0) });
    Ok(readings.collect())
}

/// Writes down what became of a story, once.
///
/// # Errors
/// The database fails.
pub async fn write(
    conn: &mut PgConnection,
    due: &Due,
    (life, judged): (&Life, &Judged),
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let real_age = i32::try_from((now - due.happened_at).num_days()).unwrap_or(i32::MAX);
    let done = sqlx::query!(
        "INSERT INTO afterlives (story_id, age_days, written_at, real_age_days, n_owners, n_mentions, n_late_owners, n_updates,
                                 last_day, artifact, artifact_says, popularity, outcome, points, signs)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (story_id, age_days) DO NOTHING",
        due.story_id.0,
        due.age_days,
        now,
        real_age,
        life.n_owners,
        life.n_mentions,
        life.n_late_owners,
        life.n_updates,
        life.last_day,
        life.artifact.map(Artifact::as_str),
        due.artifact.as_ref().map(|(_, says)| says.as_str()),
        Json(&life.popularity) as _,
        judged.outcome.as_str(),
        judged.points,
        Json(&judged.reasons) as _
    );
    Ok(done.execute(conn).await?.rows_affected())
}
