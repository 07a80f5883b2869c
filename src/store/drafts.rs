//! Table `drafts`: issues that wait for their operator. Nothing of a draft is told before it is approved.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};

use crate::model::{DraftId, Edits, IssueId, StoryId};
use crate::store::operator_mails::OperatorMail;

/// A draft without what it is made from.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DraftRow {
    /// Row id.
    pub id: DraftId,
    /// Which series of issues: "weekly".
    pub edition: String,
    /// "2026-W47".
    pub period: String,
    /// Counts the changes, from 1.
    pub revision: i32,
    /// "held", "published" or "discarded".
    pub state: String,
    /// When it was composed.
    pub made_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
    /// When it was published or thrown away.
    pub closed_at: Option<DateTime<Utc>>,
    /// Number of the issue that it became.
    pub number: Option<i32>,
    /// Mails to the operator about it.
    pub n_mails: i32,
}

impl DraftRow {
    /// "2026-W47" of the weekly issue, "team 2026-11-25" of an edition.
    pub fn name(&self) -> String {
        if self.edition == "weekly" {
            self.period.clone()
        } else {
            format!("{} {}", self.edition, self.period)
        }
    }

    /// How the command line is told which one: "--period 2026-W47".
    pub fn options(&self) -> String {
        let edition =
            if self.edition == "weekly" { String::new() } else { format!(" --edition {}", self.edition) };
        format!("--period {}{edition}", self.period)
    }

    /// Whether it still waits.
    pub fn is_held(&self) -> bool {
        self.state == "held"
    }
}

/// What a draft is made from.
#[derive(Clone, Debug)]
pub struct Stuff {
    /// `edition::Inputs` as JSON.
    pub inputs: serde_json::Value,
    /// Earlier edits, the newest last.
    pub undo: Vec<Edits>,
}

/// Enters a draft; `None`: the period has one that is held.
///
/// # Errors
/// The database fails.
pub async fn insert(
    conn: &mut PgConnection,
    (edition, period): (&str, &str),
    (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    inputs: &serde_json::Value,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<DraftId>> {
    sqlx::query_scalar!(
        r#"INSERT INTO drafts (edition, period, starts_at, ends_at, inputs, made_at, changed_at, next_mail_at)
           VALUES ($1, $2, $3, $4, $5, $6, $6, $6) ON CONFLICT DO NOTHING RETURNING id AS "id: DraftId""#,
        edition,
        period,
        starts_at,
        ends_at,
        inputs,
        now
    )
    .fetch_optional(conn)
    .await
}

/// The draft of a row.
///
/// # Errors
/// The database fails.
pub async fn by_id(pool: &PgPool, id: DraftId) -> sqlx::Result<Option<DraftRow>> {
    sqlx::query_as!(
        DraftRow,
        r#"SELECT d.id AS "id: DraftId", d.edition, d.period, d.revision, d.state, d.made_at, d.changed_at, d.closed_at,
                  i.number AS "number?", d.n_mails
           FROM drafts d LEFT JOIN issues i ON i.id = d.issue_id WHERE d.id = $1"#,
        id.0
    )
    .fetch_optional(pool)
    .await
}

/// The newest draft of a period, held or closed.
///
/// # Errors
/// The database fails.
pub async fn by_period(pool: &PgPool, edition: &str, period: &str) -> sqlx::Result<Option<DraftRow>> {
    sqlx::query_as!(
        DraftRow,
        r#"SELECT d.id AS "id: DraftId", d.edition, d.period, d.revision, d.state, d.made_at, d.changed_at, d.closed_at,
                  i.number AS "number?", d.n_mails
           FROM drafts d LEFT JOIN issues i ON i.id = d.issue_id WHERE d.edition = $1 AND d.period = $2
           ORDER BY d.id DESC LIMIT 1"#,
        edition,
        period
    )
    .fetch_optional(pool)
    .await
}

/// All drafts, the oldest period first.
///
/// # Errors
/// The database fails.
pub async fn list(pool: &PgPool) -> sqlx::Result<Vec<DraftRow>> {
    sqlx::query_as!(
        DraftRow,
        r#"SELECT d.id AS "id: DraftId", d.edition, d.period, d.revision, d.state, d.made_at, d.changed_at, d.closed_at,
                  i.number AS "number?", d.n_mails
           FROM drafts d LEFT JOIN issues i ON i.id = d.issue_id ORDER BY d.ends_at, d.id"#
    )
    .fetch_all(pool)
    .await
}

/// Those that wait, the oldest period first.
///
/// # Errors
/// The database fails.
pub async fn held(pool: &PgPool) -> sqlx::Result<Vec<DraftRow>> {
    Ok(list(pool).await?.into_iter().filter(DraftRow::is_held).collect())
}

/// What a draft is made from.
///
/// # Errors
/// The database fails.
pub async fn stuff(pool: &PgPool, id: DraftId) -> sqlx::Result<Option<Stuff>> {
    let row =
        sqlx::query!(r#"SELECT inputs, undo AS "undo: Json<Vec<Edits>>" FROM drafts WHERE id = $1"#, id.0);
    let row = row.fetch_optional(pool).await?;
    Ok(row.map(|row| Stuff { inputs: row.inputs, undo: row.undo.0 }))
}

/// Keeps a change of the draft that stood at `revision`. False: it is closed, or somebody was first.
///
/// # Errors
/// The database fails.
pub async fn save(
    conn: &mut PgConnection,
    (id, revision): (DraftId, i32),
    stuff: &Stuff,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let saved = sqlx::query!(
        "UPDATE drafts SET inputs = $3, undo = $4, revision = revision + 1, changed_at = $5
         WHERE id = $1 AND revision = $2 AND state = 'held'",
        id.0,
        revision,
        stuff.inputs,
        Json(&stuff.undo) as _,
        now
    );
    Ok(saved.execute(conn).await?.rows_affected() == 1)
}

/// Closes the draft that stood at `revision`: it became an issue, or was thrown away. False: somebody was first.
///
/// # Errors
/// The database fails.
pub async fn close(
    conn: &mut PgConnection,
    (id, revision): (DraftId, i32),
    issue: Option<IssueId>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let closed = sqlx::query!(
        "UPDATE drafts SET state = CASE WHEN $3::bigint IS NULL THEN 'discarded' ELSE 'published' END,
                issue_id = $3, closed_at = $4
         WHERE id = $1 AND revision = $2 AND state = 'held'",
        id.0,
        revision,
        issue.map(|id| id.0),
        now
    );
    Ok(closed.execute(conn).await?.rows_affected() == 1)
}

/// Which of these stories may not be told any more: an issue of this edition told them meanwhile, also under the name of what
/// they were merged into, or their sources took all of it back, or they are one with another of these.
///
/// # Errors
/// The database fails.
pub async fn gone(pool: &PgPool, edition: impl AsRef<str>, ids: &[StoryId]) -> sqlx::Result<Vec<StoryId>> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query_scalar!(
        r#"WITH RECURSIVE names (id, name) AS (
               SELECT id, id FROM stories WHERE id = ANY($2)
               UNION
               SELECT n.id, s.merged_into FROM names n JOIN stories s ON s.id = n.name WHERE s.merged_into IS NOT NULL
           ), told (id) AS (
               SELECT ist.story_id FROM issue_stories ist JOIN issues i ON i.id = ist.issue_id
               WHERE i.edition = $1 AND ist.section <> 'dropped'
               UNION
               SELECT s.merged_into FROM told JOIN stories s ON s.id = told.id WHERE s.merged_into IS NOT NULL
           )
           SELECT n.id AS "id!: StoryId" FROM names n WHERE n.name IN (SELECT id FROM told)
           UNION
           SELECT n.id FROM names n WHERE n.name <> n.id AND n.name = ANY($2)
           UNION
           SELECT n.id FROM names n GROUP BY n.id
           HAVING NOT bool_or(EXISTS (SELECT FROM story_items si JOIN items o ON o.id = si.item_id
                                      WHERE si.story_id = n.name AND o.withdrawn_at IS NULL))"#,
        edition.as_ref(),
        &keys
    )
    .fetch_all(pool)
    .await
}

/// Titles as published, in no order.
///
/// # Errors
/// The database fails.
pub async fn titles(pool: &PgPool, ids: &[StoryId]) -> sqlx::Result<Vec<(StoryId, String)>> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows =
        sqlx::query!("SELECT id, title FROM stories WHERE id = ANY($1)", &keys).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (StoryId(row.id), row.title)).collect())
}

/// Drafts of which the operator is to be told now.
///
/// # Errors
/// The database fails.
pub async fn to_mail(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Vec<DraftRow>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: DraftId" FROM drafts WHERE state = 'held' AND next_mail_at <= $1 ORDER BY ends_at"#,
        now
    );
    let ids = ids.fetch_all(pool).await?;
    Ok(held(pool).await?.into_iter().filter(|row| ids.contains(&row.id)).collect())
}

/// Queues a mail about a draft and sets when the next is due, unless another process was first.
///
/// # Errors
/// The database fails.
pub async fn queue_mail(
    pool: &PgPool,
    draft: &DraftRow,
    mail: &OperatorMail,
    (now, next_at): (DateTime<Utc>, DateTime<Utc>),
) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH taken AS (UPDATE drafts SET n_mails = n_mails + 1, next_mail_at = $7
                        WHERE id = $1 AND n_mails = $2 AND state = 'held' RETURNING id)
         INSERT INTO operator_mails (period, message_id, subject, body, composed_at, next_at)
         SELECT $3, $4, $5, $6, $8, $8 FROM taken ON CONFLICT DO NOTHING",
        draft.id.0,
        draft.n_mails,
        mail.period,
        mail.message_id,
        mail.subject,
        mail.body,
        next_at,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}
