//! The stories: one with all that led to its judgement, and lists of them.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::chart;
use super::hindsight;
use super::issues::head;
use super::learn;
use super::page::{self, Failure, day, minute};
use super::{corrections, reasons, words};
use crate::context::Context;
use crate::edition;
use crate::model::{IssueKind, Language, Story, StoryId, Tier, Verdict};
use crate::store::archive::{self, Listed, Page, Which};
use crate::store::{errata, issues, story_view};

/// Stories on one page of a list.
const PER_PAGE: i64 = 30;
/// Last page that can be asked for.
const MAX_PAGE: i64 = 300;
/// Longest search, in characters.
const MAX_QUERY: usize = 100;
/// Characters of an article that are loaded: the page shows none of them.
const NO_TEXT: i32 = 1;

type Answer = Result<Response, Failure>;

/// What may stand behind the question mark.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    page: Option<i64>,
}

/// One story.
pub async fn one(State(ctx): State<Context>, Path((lang, id)): Path<(String, i64)>) -> Answer {
    let language = page::language(&lang)?;
    let id = StoryId(id);
    if let Some(into) = archive::merged_into(&ctx.pool, id).await? {
        // Late evidence made one story of two: the address that readers know leads there for good.
        return Ok(Redirect::permanent(&format!("/{language}/story/{into}")).into_response());
    }
    let mut found = story_view::load(&ctx.pool, &[id], NO_TEXT).await?;
    let story = found.pop().ok_or(Failure::Missing(language))?;
    let verdict = archive::verdict(&ctx.pool, id).await?;
    let told: Vec<Value> = archive::issues_of(&ctx.pool, id)
        .await?
        .into_iter()
        .map(|(kind, number)| json!({ "url": format!("/{language}/issues/{kind}/{number}"), "name": format!("{} {number}", words::word(&kind, language)) }))
        .collect();
    let data = json!({
        "headline": headline(&story, verdict.as_ref(), language),
        "headline_lang": link_language(&headline(&story, verdict.as_ref(), language)),
        "day": day(&ctx, story.happened_at),
        "items": story.items.iter().map(|item| json!({
            "link": item.link, "title": item.title, "lang": link_language(&item.title), "source": item.source, "reason": reasons::joining(&item.reason, language),
            "tier": words::word(&format!("{}_tier", item.tier), language), "primary": item.tier == Tier::Primary,
            "at": minute(&ctx, Some(item.published_at)),
        })).collect::<Vec<_>>(),
        "step": verdict.as_ref().map(|verdict| learn::step_of(&headline(&story, Some(verdict), Language::En), verdict, language)),
        "verdict": verdict.map(|verdict| self::verdict(&verdict, ctx.settings.digest.floor, language)),
        "told": told,
        "thread": thread(&ctx, id, language).await?,
        "errata": corrections::live(&ctx, &errata::of_stories(&ctx.pool, &[id]).await?, language),
        "vote": format!("/v/story/{language}/{id}"),
        "afterlife": hindsight::of_story(&ctx, id, language).await?,
    });
    page::render(&ctx, "web/story.html.j2", language, &format!("/story/{id}"), data)
}

/// The story that this one goes on from, and those that go on from it.
async fn thread(ctx: &Context, id: StoryId, language: Language) -> sqlx::Result<Vec<Value>> {
    let stories = archive::thread(&ctx.pool, id).await?.into_iter();
    let line = |(id, title, is_earlier): (StoryId, String, bool)| {
        let word = if is_earlier { "goes_on_from" } else { "went_on" };
        json!({ "url": format!("/{language}/story/{id}"), "word": words::word(word, language),
                "lang": link_language(&title), "title": title })
    };
    Ok(stories.map(line).collect())
}

/// What was screened out.
pub async fn dropped(
    State(ctx): State<Context>,
    Path(lang): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let language = page::language(&lang)?;
    let mut data = list(&ctx, Which::Dropped, language, "/dropped", &asked).await?;
    data["title"] = json!(words::word("dropped", language));
    data["intro"] = json!(words::word("dropped_intro", language));
    page::render(&ctx, "web/list.html.j2", language, "/dropped", data)
}

/// Papers of the month, then all papers.
pub async fn papers(
    State(ctx): State<Context>,
    Path(lang): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let language = page::language(&lang)?;
    let mut data = list(&ctx, Which::Papers, language, "/papers", &asked).await?;
    let chosen = issues::list(&ctx.pool, IssueKind::Paper).await?;
    data["title"] = json!(words::word("papers", language));
    let mut rows = Vec::new();
    for issue in &chosen {
        let mut row = head(&ctx, issue, language);
        row["choice"] = learn::choice(issue, language);
        rows.push(row);
    }
    data["chosen"] = json!(rows);
    data["colon"] = json!(if language == Language::En { ": " } else { "：" });
    page::render(&ctx, "web/papers.html.j2", language, "/papers", data)
}

/// The search box and what it finds.
pub async fn search(
    State(ctx): State<Context>,
    Path(lang): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let language = page::language(&lang)?;
    // A null character cannot be in a Postgres text.
    let query: String = asked.q.chars().filter(|c| !c.is_control()).take(MAX_QUERY).collect();
    let which = if query.trim().is_empty() { Which::Latest } else { Which::Holding(query.trim()) };
    let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let mut data = list(&ctx, which, language, "/search", &asked).await?;
    data["query"] = json!(query);
    data["encoded"] = json!(encoded);
    page::render(&ctx, "web/search.html.j2", language, &format!("/search?q={encoded}"), data)
}

async fn list(
    ctx: &Context,
    which: Which<'_>,
    language: Language,
    path: &str,
    asked: &Asked,
) -> Result<Value, Failure> {
    let number = asked.page.unwrap_or(1).clamp(1, MAX_PAGE);
    let part = Page { limit: PER_PAGE, offset: (number - 1) * PER_PAGE };
    let (stories, n_known) = archive::stories(&ctx.pool, which, part).await?;
    let rows: Vec<Value> = stories.iter().map(|story| row(ctx, story, language)).collect();
    let has_older = n_known > number * PER_PAGE && number < MAX_PAGE;
    Ok(json!({
        "stories": rows,
        "path": format!("/{language}{path}"),
        "newer": (number > 1).then_some(number - 1),
        "older": has_older.then_some(number + 1),
    }))
}

fn row(ctx: &Context, story: &Listed, language: Language) -> Value {
    let verdict = story.verdict.as_ref();
    let headline = verdict.and_then(|verdict| verdict.headline.get(&language)).unwrap_or(&story.title);
    let quote = verdict
        .and_then(|verdict| verdict.parts.iter().find(|part| part.points < 0.0 && !part.quote.is_empty()));
    json!({
        "url": format!("/{language}/story/{}", story.id),
        "headline": headline,
        "lang": link_language(headline),
        "day": day(ctx, story.happened_at),
        "score": verdict.map(|verdict| format!("{:.1}", verdict.score)),
        "lane": verdict.map(|verdict| words::word(verdict.lane.as_str(), language)),
        "dropped": verdict.and_then(|verdict| verdict.dropped.as_ref()).map(|reason| words::flag(reason, language)),
        "quote": quote.map(|part| part.quote.clone()),
    })
}

fn headline(story: &Story, verdict: Option<&Verdict>, language: Language) -> String {
    verdict.and_then(|verdict| verdict.headline.get(&language)).unwrap_or(&story.title).clone()
}

fn verdict(verdict: &Verdict, floor: f32, language: Language) -> Value {
    let rows: Vec<(String, f32)> =
        verdict.parts.iter().map(|part| (words::flag(&part.flag, language), part.points)).collect();
    let parts: Vec<Value> = verdict
        .parts
        .iter()
        .map(|part| json!({ "flag": words::flag(&part.flag, language), "points": format!("{:+.1}", part.points),
                            "good": part.points > 0.0, "quote": part.quote, "lang": link_language(&part.quote) }))
        .collect();
    let summary = verdict.summary.get(&language);
    json!({
        "is_below": verdict.score < floor,
        "score": format!("{:.1}", verdict.score),
        "parts": parts,
        "chart": chart::bars(&words::word("score_parts", language), &rows),
        "judge": words::word(&verdict.judge, language),
        "tokens": verdict.tokens,
        "facts_checked": verdict.facts_checked,
        "withheld": verdict.sentences_withheld,
        "unscored": verdict.unscored.as_ref().map(|why| reasons::unscored(why, language)),
        "dropped": verdict.dropped.as_ref().map(|reason| words::flag(reason, language)),
        "rumour": verdict.rumour.then(|| words::flag("rumour", language)),
        "lane": words::word(verdict.lane.as_str(), language),
        "focus": verdict.focus.iter().map(|focus| words::word(focus.as_str(), language)).collect::<Vec<_>>().join(", "),
        "entities": verdict.entities.iter().map(|entity| entity.name_in(language)).collect::<Vec<_>>().join(", "),
        "funding": verdict.funding,
        "summary": summary.map(|summary| summary.long.clone()),
        "summary_lang": summary.map(|summary| link_language(&summary.long)),
        "extracted": summary.is_some_and(|summary| summary.extracted),
        "happened": summary.map(|summary| &summary.happened),
        "is_new": summary.map(|summary| &summary.new),
        "matters": summary.map(|summary| &summary.matters),
        "artifacts": verdict.artifacts.iter().map(|artifact| json!({
            "kind": words::word(&format!("artifact_{}", artifact.kind.as_str()), language), "link": artifact.link,
            "quote": artifact.quote, "lang": link_language(&artifact.quote) })).collect::<Vec<_>>(),
        "claims": verdict.claims.iter().map(|claim| json!({
            "by": words::word(&format!("by_{}", claim.by), language), "quote": claim.quote,
            "lang": link_language(&claim.quote) })).collect::<Vec<_>>(),
        "versions": verdict.versions.join(", "),
        "unknown": summary.map(|summary| edition::open(&summary.unknown, language)),
    })
}

/// For the `lang` attribute of a text that may be in another language than its page.
pub fn link_language(text: &str) -> &'static str {
    let count = |is: fn(&char) -> bool| text.chars().filter(is).count();
    let n_letters = count(|c| c.is_alphabetic()).max(1);
    if count(|c| ('\u{3041}'..='\u{30ff}').contains(c)) * 8 > n_letters {
        "ja"
    } else if count(|c| ('\u{ac00}'..='\u{d7a3}').contains(c)) * 4 > n_letters {
        "ko"
    } else if count(|c| ('\u{4e00}'..='\u{9fff}').contains(c)) * 6 >= n_letters {
        "zh-CN"
    } else {
        "en"
    }
}
