//! The learning path: what issues told, by what a reader does with it, and the short glossary; and how a paper was chosen.

use std::collections::{BTreeMap, HashSet};

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::issues::head;
use super::page::{self, Failure, day};
use super::stories::link_language;
use crate::context::Context;
use crate::model::{IssueKind, IssueStory, Language, RunnerUp, ScorePart, Step, Verdict};
use crate::paper::{step, terms, words};
use crate::store::issues::{self, IssueRow};

/// Stories of a step on the page of all steps, and on its own: the latest.
const PER_STEP: (usize, usize) = (8, 100);
/// Weekly issues that are looked through.
const ISSUES: usize = 26;

/// The path, a step after the other.
pub async fn page(State(ctx): State<Context>, Path(lang): Path<String>) -> Result<Response, Failure> {
    shown(&ctx, page::language(&lang)?, None).await
}

/// One step, with all that belongs to it.
pub async fn one(
    State(ctx): State<Context>,
    Path((lang, step)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let language = page::language(&lang)?;
    let step: Step = step.parse().map_err(|_| Failure::Missing(language))?;
    shown(&ctx, language, Some(step)).await
}

async fn shown(ctx: &Context, language: Language, only: Option<Step>) -> Result<Response, Failure> {
    let picks = issues::list(&ctx.pool, IssueKind::Paper).await?;
    let mut weekly = issues::list(&ctx.pool, IssueKind::Weekly).await?;
    weekly.sort_by_key(|issue| std::cmp::Reverse(issue.starts_at));
    let (most, n_issues) = if only.is_some() { (PER_STEP.1, usize::MAX) } else { (PER_STEP.0, ISSUES) };
    let mut by_step: BTreeMap<Step, Vec<Value>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for issue in picks.iter().chain(weekly.iter().take(n_issues)) {
        for (step, story) in told(issue) {
            let rows = by_step.entry(step).or_default();
            if rows.len() < most && seen.insert(story.story_id) {
                rows.push(row(ctx, issue, story, language));
            }
        }
    }
    let steps = Step::ALL.iter().filter(|step| only.is_none_or(|only| only == **step)).map(|step| {
        json!({ "key": step, "name": words::step(*step, language), "about": words::step_about(*step, language),
                "place": Step::ALL.iter().position(|other| other == step).unwrap_or_default() + 1,
                "url": format!("/{language}/learn/{step}"),
                "stories": by_step.remove(step).unwrap_or_default() })
    });
    let terms = terms::all().iter().filter(|_| only.is_none());
    let learn = words::word("learn", language);
    let data = json!({
        "title": only.map_or(learn.to_owned(), |step| words::step(step, language).to_owned()),
        "intro": if only.is_none() { words::word("path-intro", language) } else { "" },
        "whole": learn,
        "whole_url": format!("/{language}/learn"),
        "is_whole": only.is_none(),
        "nothing": words::word("nothing-here", language),
        "all": words::word("all-of-step", language),
        "glossary": words::word("glossary", language),
        "colon": if language == Language::En { ": " } else { "：" },
        "steps": steps.collect::<Vec<_>>(),
        "terms": terms.map(|term| json!({ "key": term.key, "name": term.name(language), "text": term.text(language) })).collect::<Vec<_>>(),
    });
    let path = only.map_or("/learn".to_owned(), |step| format!("/learn/{step}"));
    page::render(ctx, "web/learn.html.j2", language, &path, data)
}

/// The step of a story, with its name and page; null: it teaches nothing.
pub fn step_of(title: &str, verdict: &Verdict, language: Language) -> Value {
    step::of_story(title, verdict).map_or(Value::Null, |step| {
        let colon = if language == Language::En { ":" } else { "：" };
        json!({ "label": format!("{}{colon}", words::word("step", language)), "name": words::step(step, language),
                "url": format!("/{language}/learn/{step}") })
    })
}

/// The stories of an issue that teach something, each with its step: a pick with its guide's, no runner-up.
fn told(issue: &IssueRow) -> Vec<(Step, &IssueStory)> {
    let sections = issue.content.sections.iter();
    match (&issue.content.guide, issue.content.kind) {
        (Some(guide), _) => sections
            .filter(|section| section.name == "leads")
            .flat_map(|section| &section.stories)
            .map(|story| (guide.step, story))
            .collect(),
        (None, IssueKind::Paper) => Vec::new(),
        (None, IssueKind::Weekly) => sections
            .filter(|section| !["dropped", "rumours"].contains(&section.name.as_str()))
            .flat_map(|section| &section.stories)
            .filter_map(|story| Some((step::of_story(&title(story, Language::En), &story.verdict)?, story)))
            .collect(),
    }
}

fn row(ctx: &Context, issue: &IssueRow, story: &IssueStory, language: Language) -> Value {
    let headline = title(story, language);
    let head = head(ctx, issue, language);
    let is_pick = issue.content.kind == IssueKind::Paper;
    let own = format!("/{language}/story/{}", story.story_id);
    json!({
        "lang": link_language(&headline),
        "headline": headline,
        "url": if is_pick { head["url"].clone() } else { json!(own) },
        "issue": format!("{} {}", head["kind_word"].as_str().unwrap_or_default(), issue.number),
        "issue_url": head["url"],
        "day": day(ctx, story.happened_at),
    })
}

fn title(story: &IssueStory, language: Language) -> String {
    let own = story.verdict.headline.get(&language).or_else(|| story.verdict.headline.values().next());
    own.cloned().or_else(|| story.links.first().map(|link| link.title.clone())).unwrap_or_default()
}

/// The shortlist of a paper issue, as it was written down; null for issues that are older than that.
pub fn choice(issue: &IssueRow, language: Language) -> Value {
    let Some(guide) = &issue.content.guide else { return Value::Null };
    let lead = issue.content.sections.first().and_then(|section| section.stories.first());
    let chosen = lead.map(|story| RunnerUp {
        paper: guide.paper.clone(),
        title: guide.title.clone(),
        link: guide.link.clone(),
        story_id: story.story_id,
        n_won: guide.n_won,
        reasons: issue.content.reasons.clone(),
        why_not: "chosen".to_owned(),
        line: String::new(),
    });
    let places = chosen.iter().chain(&guide.runners_up).map(|one| {
        json!({ "headline": one.title, "url": format!("/{language}/story/{}", one.story_id),
                "fate": fate(one, guide.n_short, language) })
    });
    json!({
        "title": words::word("shortlist", language),
        "how": words::choice(guide.n_candidates, guide.n_short, &guide.judge, language),
        "places": places.collect::<Vec<_>>(),
    })
}

/// All reasons, with their points.
fn fate(one: &RunnerUp, n_short: usize, language: Language) -> String {
    let said = |part: &ScorePart| {
        let (open, close) = if language == Language::En { (" (", ")") } else { ("（", "）") };
        format!("{}{open}{:+.1}{close}", words::reason(&part.flag, &part.quote, language), part.points)
    };
    let between = if language == Language::En { "; " } else { "；" };
    let outcome = words::word(&one.why_not, language).to_owned();
    let parts =
        [outcome, words::won(one.n_won, n_short, language)].into_iter().chain(one.reasons.iter().map(said));
    parts.collect::<Vec<_>>().join(between)
}
