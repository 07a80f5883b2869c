//! Tables `paper_choices` and `paper_pins`, and what choosing the paper of the month needs of the others.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};

use crate::model::{Artifact, ArtifactKind, IssueContent, IssueId, Language, LastPick, SignalKind, StoryId};
use crate::paper::choose::Before;
use crate::paper::guide::Told;
use crate::paper::signals::Paper;

/// Popularity counts as of this age of a paper, for all of them.
const AGE_MINUTES: i32 = 10 * 24 * 60;
/// Characters of an abstract that are read.
const ABSTRACT: i32 = 4000;
/// Stories of earlier issues among which explanations are sought.
const TOLD: i64 = 600;

/// A paper, and why the judge dropped it, if so.
#[derive(Clone, Debug)]
pub struct Found {
    /// The paper.
    pub paper: Paper,
    /// The judge's reason against it.
    pub dropped: Option<String>,
}

/// The papers that were announced from `from` to `to`, and the pinned one however old it is.
///
/// # Errors
/// The database fails.
pub async fn found(
    pool: &PgPool,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    pin: Option<&str>,
) -> sqlx::Result<Vec<Found>> {
    let rows = sqlx::query!(
        r#"SELECT st.id AS story_id, i.link, i.guid, i.title, left(coalesce(a.body, i.summary), $3) AS "text!",
                  i.categories, i.authors, coalesce(i.published_at, i.first_seen_at) AS "announced_at!",
                  o.n AS "n_owners!", v.score, v.focus, v.dropped, v.verdict->'artifacts' AS artifacts
           FROM stories st
           JOIN verdicts v ON v.story_id = st.id AND v.current AND v.lane = 'research'
           JOIN LATERAL (
               SELECT pi.* FROM story_items si JOIN items pi ON pi.id = si.item_id JOIN sources ps ON ps.id = pi.source_id
               WHERE si.story_id = st.id AND pi.withdrawn_at IS NULL AND (ps.kind = 'arxiv' OR pi.guid LIKE 'arXiv:%' OR pi.link ~
                     '^https?://([a-z]+\.)?(arxiv\.org|openreview\.net|aclanthology\.org|proceedings\.mlr\.press)/')
               ORDER BY ps.kind <> 'arxiv', pi.id LIMIT 1) i ON true
           LEFT JOIN articles a ON a.item_id = i.id
           JOIN LATERAL (
               SELECT count(DISTINCT os.owner) AS n FROM story_items osi JOIN items oi ON oi.id = osi.item_id
               JOIN sources os ON os.id = oi.source_id
               WHERE osi.story_id = st.id AND osi.copy_of IS NULL
                 AND coalesce(oi.published_at, oi.first_seen_at)
                     < coalesce(i.published_at, i.first_seen_at) + make_interval(mins => $5)) o ON true
           WHERE st.merged_into IS NULL
             AND (coalesce(i.published_at, i.first_seen_at) >= $1 AND coalesce(i.published_at, i.first_seen_at) < $2
                  OR i.guid = 'arXiv:' || $4 OR i.link = $4
                  OR regexp_replace(substring(i.link FROM 'arxiv\.org/(?:abs|pdf)/(.*)'), '(v\d+)?(\.pdf)?$', '') = $4)
           ORDER BY st.id"#,
        from,
        to,
        ABSTRACT,
        pin,
        AGE_MINUTES
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    let found = rows.map(|row| Found {
        paper: Paper {
            key: key(if row.guid.starts_with("arXiv:") { &row.guid } else { &row.link }),
            story_id: Some(StoryId(row.story_id)),
            link: row.link,
            title: row.title,
            text: row.text,
            categories: row.categories,
            authors: row.authors,
            announced_at: row.announced_at,
            n_others: usize::try_from(row.n_owners - 1).ok(),
            artifacts: row.artifacts.and_then(|json| serde_json::from_value(json).ok()).unwrap_or_default(),
            focus: row.focus.iter().filter_map(|focus| focus.parse().ok()).collect(),
            score: Some(row.score),
            ..Paper::default()
        },
        dropped: row.dropped,
    });
    let mut found: Vec<Found> = found.collect();
    count(pool, &mut found).await?;
    Ok(found)
}

/// "2605.01234" of an arXiv id or address in any version; else the address.
pub fn key(name: &str) -> String {
    let name = name.trim();
    let is_arxiv = |id: &str| id.split_once('.').is_some_and(|(month, n)| is_digits(month) && is_digits(n));
    let id = ["arXiv:", "arxiv:"].iter().find_map(|prefix| name.strip_prefix(prefix));
    let id = id.or_else(|| {
        ["arxiv.org/abs/", "arxiv.org/pdf/"].iter().find_map(|path| Some(name.split_once(path)?.1))
    });
    let bare = |id: &str| match id.rsplit_once('v') {
        Some((bare, version)) if is_digits(version) => bare.to_owned(),
        _ => id.to_owned(),
    };
    let own = bare(id.unwrap_or(name).trim_end_matches(".pdf"));
    if id.is_some() || is_arxiv(&own) { own } else { name.to_owned() }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// What sources counted of the papers and of their repositories, as of one age (where nobody had looked yet by then, as of
/// the first look after it: votes hardly change later, and papers of one week are looked at together), and whether the code is there.
async fn count(pool: &PgPool, found: &mut [Found]) -> sqlx::Result<()> {
    let stories: Vec<i64> = found.iter().filter_map(|one| Some(one.paper.story_id?.0)).collect();
    let repositories = found.iter().flat_map(|one| {
        let story = one.paper.story_id.map_or(0, |id| id.0);
        one.paper.artifacts.iter().filter_map(move |artifact| Some((story, repository(artifact)?)))
    });
    let (of, names): (Vec<i64>, Vec<String>) = repositories.unzip();
    let counted = sqlx::query!(
        r#"SELECT DISTINCT ON (x.story_id, g.kind, g.source_id) x.story_id AS "story_id!", g.kind AS "kind!", g.value AS "value!"
           FROM (SELECT si.story_id, si.item_id FROM story_items si WHERE si.story_id = ANY($1)
                 UNION
                 SELECT r.story_id, i.id FROM unnest($3::bigint[], $4::text[]) AS r (story_id, guid) JOIN items i ON i.guid = r.guid) x
           JOIN signals g ON g.item_id = x.item_id
           ORDER BY x.story_id, g.kind, g.source_id, g.age_minutes > $2,
                    CASE WHEN g.age_minutes <= $2 THEN -g.age_minutes ELSE g.age_minutes END"#,
        &stories,
        AGE_MINUTES,
        &of,
        &names
    );
    let mut counts: BTreeMap<i64, BTreeMap<SignalKind, i64>> = BTreeMap::new();
    for row in counted.fetch_all(pool).await? {
        if let Ok(kind) = row.kind.parse() {
            let most = counts.entry(row.story_id).or_default().entry(kind).or_default();
            *most = row.value.max(*most);
        }
    }
    let looks = sqlx::query!(
        r#"SELECT DISTINCT ON (story_id) story_id, state FROM artifact_looks
           WHERE story_id = ANY($1) AND state IN ('alive', 'gone') ORDER BY story_id, looked_at DESC"#,
        &stories
    );
    let looks: BTreeMap<i64, bool> =
        looks.fetch_all(pool).await?.into_iter().map(|row| (row.story_id, row.state == "alive")).collect();
    for one in found {
        let Some(story) = one.paper.story_id else { continue };
        one.paper.counts = counts.remove(&story.0).unwrap_or_default();
        one.paper.alive = looks.get(&story.0).copied();
    }
    Ok(())
}

/// The guid under which a repository or a model is an item.
fn repository(artifact: &Artifact) -> Option<String> {
    let link = artifact.link.as_deref()?;
    let (prefix, rest) = match artifact.kind {
        ArtifactKind::Code => ("github", link.split_once("github.com/")?.1),
        ArtifactKind::Weights => ("hf", link.split_once("huggingface.co/")?.1),
        _ => return None,
    };
    let mut parts = rest.split(['/', '?', '#']);
    Some(format!("{prefix}:{}/{}", parts.next()?, parts.next()?))
}

/// What was chosen before: all papers, and the authors of the last.
///
/// # Errors
/// The database fails.
pub async fn before(pool: &PgPool) -> sqlx::Result<Before> {
    let rows = sqlx::query!(
        r#"SELECT i.content->'guide'->>'paper' AS paper, i.content->'guide'->'authors' AS authors
           FROM issues i WHERE i.kind = 'paper' AND jsonb_typeof(i.content->'guide') = 'object' ORDER BY i.ends_at DESC, i.id DESC"#
    );
    let rows = rows.fetch_all(pool).await?;
    let authors = rows.first().and_then(|row| serde_json::from_value(row.authors.clone()?).ok());
    let papers = rows.into_iter().filter_map(|row| row.paper).collect();
    Ok(Before { papers, authors: authors.unwrap_or_default() })
}

/// The last pick and what became of it.
///
/// # Errors
/// The database fails.
pub async fn last(pool: &PgPool) -> sqlx::Result<Option<LastPick>> {
    let row = sqlx::query!(
        r#"SELECT i.number, i.content->'sections'->0->'stories'->0->'n_owners' AS n_owners, ist.story_id,
                  i.content->'sections'->0->'stories'->0->'verdict'->'headline' AS headline,
                  st.n_owners AS n_now, (SELECT count(*) FROM stories f WHERE f.follows = st.id AND f.merged_into IS NULL) AS "n_updates!"
           FROM issues i
           JOIN issue_stories ist ON ist.issue_id = i.id AND ist.section = 'leads'
           JOIN stories own ON own.id = ist.story_id
           JOIN stories st ON st.id = coalesce(own.merged_into, own.id)
           WHERE i.kind = 'paper' ORDER BY i.ends_at DESC, i.id DESC, ist.position LIMIT 1"#
    );
    let Some(row) = row.fetch_optional(pool).await? else { return Ok(None) };
    let then = row.n_owners.and_then(|json| json.as_u64()).unwrap_or(1);
    Ok(Some(LastPick {
        number: row.number,
        story_id: StoryId(row.story_id),
        headline: row.headline.and_then(|json| serde_json::from_value(json).ok()).unwrap_or_default(),
        n_owners: (usize::try_from(then).unwrap_or(1), usize::try_from(row.n_now).unwrap_or(1)),
        n_updates: usize::try_from(row.n_updates).unwrap_or_default(),
    }))
}

/// Stories of earlier issues with their headlines, the latest first.
///
/// # Errors
/// The database fails.
pub async fn told(pool: &PgPool) -> sqlx::Result<Vec<Told>> {
    let rows = sqlx::query!(
        r#"SELECT st.id, v.verdict->'headline' AS headline
           FROM (SELECT ist.story_id, max(ist.issue_id) AS issue_id FROM issue_stories ist
                 WHERE ist.section <> 'dropped' GROUP BY ist.story_id) t
           JOIN stories st ON st.id = t.story_id AND st.merged_into IS NULL
           JOIN verdicts v ON v.story_id = st.id AND v.current
           ORDER BY t.issue_id DESC, st.id DESC LIMIT $1"#,
        TOLD
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    let told = rows.filter_map(|row| {
        let headline: BTreeMap<Language, String> = serde_json::from_value(row.headline?).ok()?;
        Some(Told { story_id: StoryId(row.id), headline })
    });
    Ok(told.collect())
}

/// The whole text of a story's paper, if it was fetched.
///
/// # Errors
/// The database fails.
pub async fn whole(pool: &PgPool, story: StoryId) -> sqlx::Result<Option<String>> {
    let text = sqlx::query_scalar!(
        r#"SELECT a.paper AS "paper!" FROM articles a JOIN story_items si ON si.item_id = a.item_id
           WHERE si.story_id = $1 AND a.paper IS NOT NULL ORDER BY length(a.paper) DESC LIMIT 1"#,
        story.0
    );
    text.fetch_optional(pool).await
}

/// Wants the whole text of these stories' papers, where it was not asked for yet.
///
/// # Errors
/// The database fails.
pub async fn want(pool: &PgPool, stories: &[StoryId], now: DateTime<Utc>) -> sqlx::Result<u64> {
    let ids: Vec<i64> = stories.iter().map(|id| id.0).collect();
    let wanted = sqlx::query!(
        "UPDATE items SET page_state = 'wanted', page_attempts = 0, page_next_at = $2
         WHERE page_state = 'not-needed' AND id IN (
             SELECT si.item_id FROM story_items si JOIN items i ON i.id = si.item_id JOIN sources s ON s.id = i.source_id
             WHERE si.story_id = ANY($1) AND s.kind = 'arxiv' AND s.enabled)",
        &ids,
        now
    );
    Ok(wanted.execute(pool).await?.rows_affected())
}

/// Writes the shortlist of a paper issue down, as its guide has it.
///
/// # Errors
/// The database fails.
pub async fn record(conn: &mut PgConnection, issue: IssueId, content: &IssueContent) -> sqlx::Result<()> {
    let (Some(guide), Some(lead)) =
        (&content.guide, content.sections.first().and_then(|own| own.stories.first()))
    else {
        return Ok(());
    };
    let chosen = (guide.paper.as_str(), lead.story_id, guide.n_won, "chosen", &content.reasons);
    let others = guide.runners_up.iter().map(|other| {
        (other.paper.as_str(), other.story_id, other.n_won, other.why_not.as_str(), &other.reasons)
    });
    for (place, (paper, story, n_won, outcome, reasons)) in std::iter::once(chosen).chain(others).enumerate()
    {
        sqlx::query!(
            "INSERT INTO paper_choices (issue_id, place, paper, story_id, n_won, outcome, reasons, judge)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            issue.0,
            i32::try_from(place + 1).unwrap_or(i32::MAX),
            paper,
            story.0,
            i32::try_from(n_won).unwrap_or(i32::MAX),
            outcome,
            Json(reasons) as _,
            guide.judge
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Keeps the operator's wish for a month; a later one replaces it.
///
/// # Errors
/// The database fails.
pub async fn pin(pool: &PgPool, period: &str, paper: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO paper_pins (period, paper, pinned_at) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT one_pin_per_period DO UPDATE SET paper = excluded.paper, pinned_at = excluded.pinned_at",
        period,
        paper,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The operator's wish for a month.
///
/// # Errors
/// The database fails.
pub async fn pinned(pool: &PgPool, period: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("SELECT paper FROM paper_pins WHERE period = $1", period).fetch_optional(pool).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_versions_of_a_paper_are_one() {
        for name in [
            "https://arxiv.org/abs/2605.01234v2",
            "http://arxiv.org/pdf/2605.01234v1.pdf",
            "arXiv:2605.01234",
            " 2605.01234v3",
            "2605.01234",
        ] {
            assert_eq!(key(name), "2605.01234");
        }
        let other = "https://openreview.net/forum?id=abcv3";
        assert_eq!(key(other), other);
    }

    #[test]
    fn a_repository_is_found_by_its_link() {
        let artifact = |kind, link: &str| Artifact { kind, link: Some(link.into()), quote: String::new() };
        let code = artifact(ArtifactKind::Code, "https://github.com/ann/owl/tree/main");
        assert_eq!(repository(&code).as_deref(), Some("github:ann/owl"));
        let weights = artifact(ArtifactKind::Weights, "https://huggingface.co/ann/owl-7b");
        assert_eq!(repository(&weights).as_deref(), Some("hf:ann/owl-7b"));
        assert_eq!(repository(&artifact(ArtifactKind::Code, "https://github.com/ann")), None);
    }
}
