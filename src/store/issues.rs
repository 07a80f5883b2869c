//! Tables `issues`, `issue_renderings`, `issue_stories`, and the fan-out into `deliveries`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};

use crate::model::{
    Candidate, IssueContent, IssueId, IssueKind, Judged, Lane, Language, MailParts, StoryId, Verdict,
    VerdictId,
};

/// Key of the advisory lock under which issues are frozen.
const FREEZE_LOCK: i64 = 0x6865_6164_7375_7001;

/// A published issue.
#[derive(Clone, Debug)]
pub struct IssueRow {
    /// Row id.
    pub id: IssueId,
    /// Weekly or paper.
    pub kind: IssueKind,
    /// Whose number it has: "weekly", "paper", an edition's slug.
    pub edition: String,
    /// Counts from 1 for each kind.
    pub number: i32,
    /// "2026-W47" or "2026-11".
    pub period: String,
    /// First moment of the period.
    pub starts_at: DateTime<Utc>,
    /// First moment after it.
    pub ends_at: DateTime<Utc>,
    /// When it was frozen.
    pub published_at: DateTime<Utc>,
    /// What it says.
    pub content: IssueContent,
    /// SHA-256 of the content's JSON, hex.
    pub sha256: String,
    /// Readers for whom a delivery was queued.
    pub n_recipients: i32,
}

/// When the last issue of this edition, or draft of one, was composed.
///
/// # Errors
/// The database fails.
pub async fn last_published(pool: &PgPool, edition: impl AsRef<str>) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        "SELECT max(at) FROM (
             SELECT coalesce(d.made_at, i.published_at) AS at FROM issues i LEFT JOIN drafts d ON d.issue_id = i.id
             WHERE i.edition = $1
             UNION ALL
             SELECT made_at FROM drafts WHERE edition = $1 AND state = 'held') AS composed",
        edition.as_ref()
    )
    .fetch_one(pool)
    .await
}

/// The prompts that the current verdicts of these stories came from.
///
/// # Errors
/// The database fails.
pub async fn prompts(pool: &PgPool, ids: &[StoryId]) -> sqlx::Result<Vec<String>> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query_scalar!(
        r#"SELECT DISTINCT prompt_hash AS "hash!" FROM verdicts
           WHERE current AND story_id = ANY($1) AND prompt_hash IS NOT NULL ORDER BY 1"#,
        &keys
    )
    .fetch_all(pool)
    .await
}

/// An issue in one language, as mail and archive show it. `%%UNSUBSCRIBE%%` stands where a reader's own link goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Rendering {
    /// Subject of the mail.
    pub subject: String,
    /// Plain text, lines of at most 76 columns (a long link may stand over).
    pub body_text: String,
    /// A whole HTML document.
    pub body_html: String,
    /// What of both is about what.
    #[serde(skip)]
    pub parts: Json<MailParts>,
}

/// The stories of a period that no earlier issue of this edition has told: what happened in it, and what happened in the
/// seven days before but came too late for the issue of its own period.
///
/// # Errors
/// The database fails.
pub async fn candidates(
    pool: &PgPool,
    edition: impl AsRef<str>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> sqlx::Result<Vec<Candidate>> {
    let rows = sqlx::query!(
        r#"WITH RECURSIVE told (id) AS (
               SELECT ist.story_id FROM issue_stories ist JOIN issues i ON i.id = ist.issue_id
               WHERE i.edition = $1 AND ist.section <> 'dropped'
               UNION
               SELECT s.merged_into FROM told JOIN stories s ON s.id = told.id WHERE s.merged_into IS NOT NULL
           )
           SELECT st.id, s.owner, s.slug, st.n_owners, st.n_items, st.follows, v.id AS "verdict_id?",
                  CASE WHEN s.kind = 'github' AND i.link ~ '/releases/' THEN s.id END AS release_line,
                  EXISTS (SELECT FROM story_items si JOIN items pi ON pi.id = si.item_id JOIN sources ps ON ps.id = pi.source_id
                          WHERE si.story_id = st.id AND (ps.kind = 'arxiv' OR pi.link ~
                          '^https?://([a-z]+\.)?(arxiv\.org|openreview\.net|aclanthology\.org|proceedings\.mlr\.press)/')) AS "paper!",
                  v.lane AS "lane?", v.focus AS "focus?", v.rumour AS "rumour?", v.score AS "score?", v.dropped
           FROM stories st
           JOIN items i ON i.id = st.lead_item_id
           JOIN sources s ON s.id = i.source_id
           LEFT JOIN verdicts v ON v.story_id = st.id AND v.current
           WHERE st.merged_into IS NULL 
             AND EXISTS (SELECT FROM story_items si JOIN items o ON o.id = si.item_id
                         WHERE si.story_id = st.id AND o.withdrawn_at IS NULL) AND NOT (i.is_backlog AND i.published_at IS NULL)
             AND ((st.happened_at >= $2 AND st.happened_at < $3)
               OR (st.happened_at >= $2 - interval '7 days' AND st.happened_at < $2
                   AND st.first_seen_at >= $2 AND st.first_seen_at < $3
                   AND NOT EXISTS (SELECT FROM issues own WHERE own.edition = $1 AND st.happened_at >= own.starts_at
                                   AND st.happened_at < own.ends_at AND own.published_at >= st.first_seen_at)))
             AND NOT EXISTS (SELECT FROM told WHERE told.id = st.id)
           ORDER BY st.id"#,
        edition.as_ref(),
        starts_at,
        ends_at,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Candidate {
            id: StoryId(row.id),
            owner: row.owner,
            source: row.slug,
            n_owners: row.n_owners,
            n_items: row.n_items,
            paper: row.paper,
            release_line: row.release_line,
            follows: row.follows.map(StoryId),
            judged: row.score.zip(row.verdict_id).map(|(score, id)| Judged {
                id: VerdictId(id),
                lane: row.lane.as_deref().and_then(|lane| lane.parse().ok()).unwrap_or(Lane::Industry),
                focus: row.focus.iter().flatten().filter_map(|focus| focus.parse().ok()).collect(),
                rumour: row.rumour.unwrap_or_default(),
                score,
                dropped: row.dropped,
            }),
        })
        .collect())
}

/// The current verdicts of these stories. One that cannot be read (an older format) is left out.
///
/// # Errors
/// The database fails.
pub async fn verdicts(pool: &PgPool, ids: &[StoryId]) -> sqlx::Result<BTreeMap<StoryId, Verdict>> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows =
        sqlx::query!("SELECT story_id, verdict FROM verdicts WHERE current AND story_id = ANY($1)", &keys)
            .fetch_all(pool)
            .await?;
    let read = |value| serde_json::from_value::<Verdict>(value).ok();
    Ok(rows.into_iter().filter_map(|row| Some((StoryId(row.story_id), read(row.verdict)?))).collect())
}

/// Items of a period and the sources that brought them.
///
/// # Errors
/// The database fails.
pub async fn reading(
    pool: &PgPool,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> sqlx::Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "n_items!", count(DISTINCT source_id) AS "n_sources!" FROM items
           WHERE coalesce(published_at, first_seen_at) >= $1 AND coalesce(published_at, first_seen_at) < $2"#,
        starts_at,
        ends_at
    )
    .fetch_one(pool)
    .await?;
    Ok((row.n_items, row.n_sources))
}

/// Waits until no other process freezes an issue; holds until the transaction of `conn` ends.
///
/// # Errors
/// The database fails.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", FREEZE_LOCK).execute(conn).await?;
    Ok(())
}

/// The number after the last one of this edition.
///
/// # Errors
/// The database fails.
pub async fn next_number(conn: &mut PgConnection, edition: impl AsRef<str>) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(max(number), 0) + 1 AS "number!" FROM issues WHERE edition = $1"#,
        edition.as_ref()
    )
    .fetch_one(conn)
    .await
}

/// Enters an issue. `sha256` is of the content's JSON.
///
/// # Errors
/// The database fails, or period or number is taken.
pub async fn insert(
    conn: &mut PgConnection,
    content: &IssueContent,
    sha256: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<IssueId> {
    sqlx::query_scalar!(
        r#"INSERT INTO issues (kind, number, period, starts_at, ends_at, published_at, content, sha256, edition)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id AS "id: IssueId""#,
        content.kind.as_str(),
        content.number,
        content.period,
        content.starts_at,
        content.ends_at,
        now,
        Json(content) as _,
        sha256,
        content.series()
    )
    .fetch_one(conn)
    .await
}

/// Enters an issue's text in one language. `sha256` is of subject, text and HTML.
///
/// # Errors
/// The database fails.
pub async fn insert_rendering(
    conn: &mut PgConnection,
    issue_id: IssueId,
    language: Language,
    rendering: &Rendering,
    sha256: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO issue_renderings (issue_id, language, subject, body_text, body_html, sha256, parts)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        issue_id.0,
        language.as_str(),
        rendering.subject,
        rendering.body_text,
        rendering.body_html,
        sha256,
        &rendering.parts as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes down where each story stands, so that no later issue tells it again.
///
/// # Errors
/// The database fails, or a story stands in two sections.
pub async fn insert_stories(
    conn: &mut PgConnection,
    issue_id: IssueId,
    content: &IssueContent,
) -> sqlx::Result<()> {
    for section in &content.sections {
        let ids: Vec<i64> = section.stories.iter().map(|story| story.story_id.0).collect();
        sqlx::query!(
            "INSERT INTO issue_stories (issue_id, story_id, section, position)
             SELECT $1, story_id, $2, position::int FROM unnest($3::bigint[]) WITH ORDINALITY AS t (story_id, position)",
            issue_id.0,
            section.name,
            &ids
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

struct Row {
    id: IssueId,
    kind: String,
    edition: String,
    number: i32,
    period: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    published_at: DateTime<Utc>,
    content: Json<IssueContent>,
    sha256: String,
    n_recipients: i32,
}

impl From<Row> for IssueRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind.parse().unwrap_or(row.content.kind),
            edition: row.edition,
            number: row.number,
            period: row.period,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            published_at: row.published_at,
            content: row.content.0,
            sha256: row.sha256,
            n_recipients: row.n_recipients,
        }
    }
}

/// The issue of a period.
///
/// # Errors
/// The database fails.
pub async fn by_period(
    conn: &mut PgConnection,
    edition: impl AsRef<str>,
    period: &str,
) -> sqlx::Result<Option<IssueRow>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: IssueId", kind, edition, number, period, starts_at, ends_at, published_at,
                  content AS "content: Json<IssueContent>", sha256, n_recipients
           FROM issues WHERE edition = $1 AND period = $2"#,
        edition.as_ref(),
        period
    );
    Ok(row.fetch_optional(conn).await?.map(IssueRow::from))
}

/// The issue of a row.
///
/// # Errors
/// The database fails.
pub async fn by_id(conn: &mut PgConnection, id: IssueId) -> sqlx::Result<Option<IssueRow>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: IssueId", kind, edition, number, period, starts_at, ends_at, published_at,
                  content AS "content: Json<IssueContent>", sha256, n_recipients
           FROM issues WHERE id = $1"#,
        id.0
    );
    Ok(row.fetch_optional(conn).await?.map(IssueRow::from))
}

/// The issue with this number.
///
/// # Errors
/// The database fails.
pub async fn by_number(
    pool: &PgPool,
    edition: impl AsRef<str>,
    number: i32,
) -> sqlx::Result<Option<IssueRow>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: IssueId", kind, edition, number, period, starts_at, ends_at, published_at,
                  content AS "content: Json<IssueContent>", sha256, n_recipients
           FROM issues WHERE edition = $1 AND number = $2"#,
        edition.as_ref(),
        number
    );
    Ok(row.fetch_optional(pool).await?.map(IssueRow::from))
}

/// The issue of the latest period.
///
/// # Errors
/// The database fails.
pub async fn latest(pool: &PgPool, edition: impl AsRef<str>) -> sqlx::Result<Option<IssueRow>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: IssueId", kind, edition, number, period, starts_at, ends_at, published_at,
                  content AS "content: Json<IssueContent>", sha256, n_recipients
           FROM issues WHERE edition = $1 ORDER BY ends_at DESC LIMIT 1"#,
        edition.as_ref()
    );
    Ok(row.fetch_optional(pool).await?.map(IssueRow::from))
}

/// All issues of an edition, the latest period first.
///
/// # Errors
/// The database fails.
pub async fn list(pool: &PgPool, edition: impl AsRef<str>) -> sqlx::Result<Vec<IssueRow>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: IssueId", kind, edition, number, period, starts_at, ends_at, published_at,
                  content AS "content: Json<IssueContent>", sha256, n_recipients
           FROM issues WHERE edition = $1 ORDER BY ends_at DESC"#,
        edition.as_ref()
    );
    Ok(rows.fetch_all(pool).await?.into_iter().map(IssueRow::from).collect())
}

/// All issues of editions beside the weekly one and the paper, edition by edition, the latest period first.
///
/// # Errors
/// The database fails.
pub async fn of_editions(pool: &PgPool) -> sqlx::Result<Vec<IssueRow>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: IssueId", kind, edition, number, period, starts_at, ends_at, published_at,
                  content AS "content: Json<IssueContent>", sha256, n_recipients
           FROM issues WHERE edition NOT IN ('weekly', 'paper') ORDER BY edition, ends_at DESC"#
    );
    Ok(rows.fetch_all(pool).await?.into_iter().map(IssueRow::from).collect())
}

/// An issue as it was mailed in one language.
///
/// # Errors
/// The database fails.
pub async fn rendering(
    pool: &PgPool,
    issue_id: IssueId,
    language: Language,
) -> sqlx::Result<Option<Rendering>> {
    sqlx::query_as!(
        Rendering,
        r#"SELECT subject, body_text, body_html, parts AS "parts: Json<MailParts>"
           FROM issue_renderings WHERE issue_id = $1 AND language = $2"#,
        issue_id.0,
        language.as_str()
    )
    .fetch_optional(pool)
    .await
}
