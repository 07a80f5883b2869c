//! The issues: the latest, the list, one of them, and as it was mailed.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::chart::{self, Column};
use super::page::{self, Failure, day};
use super::{corrections, words};
use crate::ballot;
use crate::context::Context;
use crate::edition::{self, Detail, Edition};
use crate::model::{IssueContent, IssueKind, IssueStory, Language, LineKind, Section, StoryId};
use crate::store::errata;
use crate::store::issues::{self, IssueRow};

/// Columns of the chart.
const CHART: usize = 16;

/// The mail's own styles stand in it.
pub const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Answer = Result<Response, Failure>;

/// The latest weekly issue.
pub async fn home(State(ctx): State<Context>, Path(lang): Path<String>) -> Answer {
    let language = page::language(&lang)?;
    let issue = issues::latest(&ctx.pool, IssueKind::Weekly).await?;
    let issue = match &issue {
        Some(issue) => Some(whole(&ctx, issue, language).await?),
        None => None,
    };
    page::render(&ctx, "web/issue.html.j2", language, "", json!({ "issue": issue }))
}

/// All issues, with a chart.
pub async fn list(State(ctx): State<Context>, Path(lang): Path<String>) -> Answer {
    let language = page::language(&lang)?;
    let weekly = issues::list(&ctx.pool, IssueKind::Weekly).await?;
    let papers = issues::list(&ctx.pool, IssueKind::Paper).await?;
    let mut newest: Vec<&IssueRow> = weekly.iter().collect();
    newest.sort_by_key(|issue| std::cmp::Reverse(issue.starts_at));
    let columns: Vec<Column> = newest.iter().take(CHART).rev().map(|issue| column(issue)).collect();
    let chart = chart::columns(&words::word("chart_issues", language), &columns);
    let row = |issue: &IssueRow| head(&ctx, issue, language);
    let others = issues::of_editions(&ctx.pool).await?;
    let others = others.chunk_by(|a, b| a.edition == b.edition);
    let others = others.filter_map(|issues| {
        let title = kind_word(issues.first()?, language);
        Some(json!({ "title": title, "issues": issues.iter().map(row).collect::<Vec<_>>() }))
    });
    let data = json!({
        "chart": (!columns.is_empty()).then_some(chart),
        "weekly": newest.iter().map(|issue| row(issue)).collect::<Vec<_>>(),
        "papers": papers.iter().map(row).collect::<Vec<_>>(),
        "others": others.collect::<Vec<_>>(),
    });
    page::render(&ctx, "web/issues.html.j2", language, "/issues", data)
}

/// One issue.
pub async fn one(
    State(ctx): State<Context>,
    Path((lang, kind, number)): Path<(String, String, i32)>,
) -> Answer {
    let language = page::language(&lang)?;
    let issue = find(&ctx, language, &kind, number).await?;
    let data = json!({ "issue": whole(&ctx, &issue, language).await? });
    page::render(&ctx, "web/issue.html.j2", language, &format!("/issues/{kind}/{number}"), data)
}

/// The HTML part as it was mailed, without a reader's own link.
pub async fn mail(
    State(ctx): State<Context>,
    Path((lang, kind, number)): Path<(String, String, i32)>,
) -> Answer {
    let language = page::language(&lang)?;
    let issue = find(&ctx, language, &kind, number).await?;
    let rendering =
        issues::rendering(&ctx.pool, issue.id, language).await?.ok_or(Failure::Missing(language))?;
    let html = public(&rendering.body_html, "#", "", language);
    Ok(([(header::CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(html)).into_response())
}

/// The text part as it was mailed.
pub async fn text(
    State(ctx): State<Context>,
    Path((lang, kind, number)): Path<(String, String, i32)>,
) -> Answer {
    let language = page::language(&lang)?;
    let issue = find(&ctx, language, &kind, number).await?;
    let rendering =
        issues::rendering(&ctx.pool, issue.id, language).await?.ok_or(Failure::Missing(language))?;
    let text = public(&rendering.body_text, "–", &ctx.settings.site.base_url, language);
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// A frozen rendering for everybody: where a reader's own links stand in the mail, a visitor's links to vote below `base`.
pub fn public(body: &str, unsubscribe: &str, base: &str, language: Language) -> String {
    let base = base.trim_end_matches('/');
    let body =
        ballot::fill(body, |story, kind| format!("{base}{}", ballot::visitor_path(language, story, kind)));
    body.replace(edition::UNSUBSCRIBE, unsubscribe).replace(edition::PREFERENCES, unsubscribe)
}

async fn find(ctx: &Context, language: Language, kind: &str, number: i32) -> Result<IssueRow, Failure> {
    issues::by_number(&ctx.pool, kind, number).await?.ok_or(Failure::Missing(language))
}

fn column(issue: &IssueRow) -> Column {
    let dropped: i64 = issue.content.dropped_counts.values().sum();
    let label = issue.period.split_once('-').map_or(issue.period.clone(), |(_, week)| week.to_owned());
    Column { label, kept: n_told(issue), dropped: usize::try_from(dropped).unwrap_or_default() }
}

fn n_told(issue: &IssueRow) -> usize {
    told(issue).map(|section| section.stories.len()).sum()
}

fn told(issue: &IssueRow) -> impl Iterator<Item = &Section> {
    issue.content.sections.iter().filter(|section| section.name != "dropped")
}

/// What kind of issue: "Weekly", or the edition's own title.
fn kind_word(issue: &IssueRow, language: Language) -> String {
    let content = &issue.content;
    let own = content.edition.as_ref().map(|edition| edition::plain(&edition.title));
    own.unwrap_or_else(|| words::word(content.kind.as_str(), language))
}

/// An issue in a list.
pub fn head(ctx: &Context, issue: &IssueRow, language: Language) -> Value {
    let content = &issue.content;
    // A month without a paper is not headed by one that was not chosen.
    let is_empty = content.quiet && content.kind == IssueKind::Paper;
    let first_story = told(issue).flat_map(|section| &section.stories).next().filter(|_| !is_empty);
    json!({
        "kind": content.kind,
        "kind_word": kind_word(issue, language),
        "number": content.number,
        "period": content.period,
        "from": day(ctx, content.starts_at),
        "to": day(ctx, last_moment(content)),
        "url": format!("/{language}/issues/{}/{}", issue.edition, content.number),
        "n_told": n_told(issue),
        "first": first_story.map(|story| headline(story, language)),
    })
}

async fn whole(ctx: &Context, issue: &IssueRow, language: Language) -> sqlx::Result<Value> {
    let content = &issue.content;
    let ids: Vec<StoryId> =
        content.sections.iter().flat_map(|section| &section.stories).map(|story| story.story_id).collect();
    let since = errata::of_stories(&ctx.pool, &ids).await?;
    let days = (page::date(ctx, content.starts_at), page::date(ctx, last_moment(content)));
    let view = edition::view(content, Edition { language, base_url: "", days }, Detail::Full, usize::MAX);
    Ok(json!({
        "head": head(ctx, issue, language),
        "since": corrections::live(ctx, &since, language),
        "view": view,
        "vote": format!("/v/story/{language}"),
        "sha256": issue.sha256,
    }))
}

/// The last moment of the period belongs to it, the first after it does not.
fn last_moment(content: &IssueContent) -> DateTime<Utc> {
    content.ends_at - chrono::Duration::seconds(1)
}

fn headline(story: &IssueStory, language: Language) -> String {
    let edited = story.own(language, LineKind::Headline).map(str::to_owned);
    let own = edited.or_else(|| story.verdict.headline.get(&language).cloned());
    own.or_else(|| story.links.first().map(|link| link.title.clone())).unwrap_or_default()
}
