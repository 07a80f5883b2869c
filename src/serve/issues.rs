//! The issues: the latest, the list, one of them, and as it was mailed.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use serde_json::{Value, json};

use super::chart::{self, Column};
use super::hindsight;
use super::page::{self, Failure, day};
use super::stories::link_language;
use super::{corrections, words};
use crate::ballot;
use crate::context::Context;
use crate::model::{IssueKind, IssueLink, IssueStory, Language, Section, StoryId};
use crate::store::errata;
use crate::store::issues::{self, IssueRow};

/// Columns of the chart.
const CHART: usize = 16;

/// The mail's own styles stand in it.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
    let data = json!({
        "chart": (!columns.is_empty()).then_some(chart),
        "weekly": newest.iter().map(|issue| row(issue)).collect::<Vec<_>>(),
        "papers": papers.iter().map(row).collect::<Vec<_>>(),
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
    body.replace("%%UNSUBSCRIBE%%", unsubscribe)
}

async fn find(ctx: &Context, language: Language, kind: &str, number: i32) -> Result<IssueRow, Failure> {
    let kind: IssueKind = kind.parse().map_err(|_| Failure::Missing(language))?;
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

/// An issue in a list.
pub fn head(ctx: &Context, issue: &IssueRow, language: Language) -> Value {
    let content = &issue.content;
    // The last moment of the period belongs to it, the first after it does not.
    let last = content.ends_at - chrono::Duration::seconds(1);
    let first_story = told(issue).flat_map(|section| &section.stories).next();
    json!({
        "kind": content.kind,
        "kind_word": words::word(content.kind.as_str(), language),
        "number": content.number,
        "period": content.period,
        "from": day(ctx, content.starts_at),
        "to": day(ctx, last),
        "url": format!("/{language}/issues/{}/{}", content.kind, content.number),
        "n_told": n_told(issue),
        "first": first_story.map(|story| headline(story, language)),
    })
}

async fn whole(ctx: &Context, issue: &IssueRow, language: Language) -> sqlx::Result<Value> {
    let content = &issue.content;
    let ids: Vec<StoryId> =
        content.sections.iter().flat_map(|section| &section.stories).map(|story| story.story_id).collect();
    let since = errata::of_stories(&ctx.pool, &ids).await?;
    let judges: Vec<String> = content.judges.iter().map(|judge| words::word(judge, language)).collect();
    let n_dropped: i64 = content.dropped_counts.values().sum();
    let reasons: Vec<Value> = content
        .reasons
        .iter()
        .map(|part| json!({ "flag": words::flag(&part.flag, language), "points": format!("{:+.1}", part.points), "quote": part.quote }))
        .collect();
    Ok(json!({
        "head": head(ctx, issue, language),
        "since": corrections::live(ctx, &since, language),
        "errata": corrections::frozen(ctx, &content.errata, language),
        "content": { "quiet": content.quiet, "minutes": content.minutes, "n_items": content.n_items, "n_sources": content.n_sources,
                     "n_stories": content.n_stories, "facts_checked": content.facts_checked,
                     "withheld": content.sentences_withheld, "tokens": content.tokens },
        "n_dropped": n_dropped,
        "judges": judges.join(", "),
        "sha256": issue.sha256,
        "reasons": reasons,
        "hindsight": content.hindsight.as_ref().map(|note| hindsight::of_issue(note, language)),
        "sections": content.sections.iter().map(|section| self::section(ctx, section, language)).collect::<Vec<_>>(),
    }))
}

fn section(ctx: &Context, section: &Section, language: Language) -> Value {
    json!({
        "name": section.name,
        "title": words::word(&section.name, language),
        "stories": section.stories.iter().map(|story| self::story(ctx, story, language)).collect::<Vec<_>>(),
    })
}

fn story(ctx: &Context, story: &IssueStory, language: Language) -> Value {
    let verdict = &story.verdict;
    // A headline is not said twice.
    let says_more = |text: &str| !story.links.iter().any(|link| link.title == text);
    let summary = verdict.summary.get(&language).filter(|summary| says_more(&summary.long));
    // The article whose headline is shown, in the reader's language if there is one.
    let shown = headline(story, language);
    let lead = story.links.iter().find(|link| link.title == shown).or(story.links.first());
    let is_lead = |link: &IssueLink| lead.is_some_and(|lead| lead.url == link.url);
    let others: Vec<Value> = story
        .links
        .iter()
        .filter(|link| !is_lead(link))
        .map(|link| json!({ "url": link.url, "source": link.source }))
        .collect();
    let mut seen = BTreeSet::new();
    let flags: Vec<Value> = verdict
        .parts
        .iter()
        .filter(|part| seen.insert(part.flag.as_str()))
        .map(|part| json!({ "flag": words::flag(&part.flag, language), "good": part.points > 0.0 }))
        .collect();
    json!({
        "why": format!("/{language}/story/{}", story.story_id),
        "vote": format!("/v/story/{language}/{}", story.story_id),
        "headline": headline(story, language),
        "foreign": foreign(&headline(story, language), language),
        "link": lead.map(|link| link.url.clone()),
        "source": lead.map(|link| link.source.clone()),
        "day": day(ctx, story.happened_at),
        "summary": summary.map(|summary| summary.long.clone()),
        "summary_lang": summary.map(|summary| link_language(&summary.long)),
        "extracted": summary.is_some_and(|summary| summary.extracted),
        "others": others,
        "flags": flags,
        "dropped": verdict.dropped.as_ref().map(|reason| words::flag(reason, language)),
        "funding": verdict.funding,
    })
}

fn headline(story: &IssueStory, language: Language) -> String {
    let own = story.verdict.headline.get(&language).cloned();
    own.or_else(|| story.links.first().map(|link| link.title.clone())).unwrap_or_default()
}

/// "in Chinese" on an English page, if that is what stands there.
fn foreign(text: &str, language: Language) -> Option<String> {
    match (link_language(text), language) {
        ("zh-CN", Language::En) => Some(words::word("in_zh", language)),
        ("en", Language::Zh) => Some(words::word("in_en", language)),
        _ => None,
    }
}
