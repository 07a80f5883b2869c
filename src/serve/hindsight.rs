//! What became of the stories of a quarter: which lasted, which were noise, and how well the score foresaw it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::chart::{self, Share};
use super::page::{self, Failure, day};
use super::stories::link_language;
use super::words;
use crate::context::Context;
use crate::hindsight::{self, Counts, Followed, MIN_EACH, Outcome, Quarter, SIGNS, Summary};
use crate::model::{Language, StoryId};
use crate::store::hindsight_view;

/// Stories of one list; the rest is counted.
const PER_LIST: usize = 40;

/// What may stand behind the question mark.
#[derive(Deserialize)]
pub struct Asked {
    quarter: Option<String>,
}

/// A quarter; the last full one where none is asked for.
pub async fn page(
    State(ctx): State<Context>,
    Path(lang): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let language = page::language(&lang)?;
    let (quarter, stories) = match asked.quarter {
        Some(text) => {
            let quarter: Quarter = text.parse().map_err(|_| Failure::Missing(language))?;
            (quarter, hindsight_view::followed(&ctx.pool, quarter).await?)
        }
        None => hindsight_view::last_full_quarter(&ctx.pool, ctx.clock.now()).await?,
    };
    let quarters = hindsight_view::quarters(&ctx.pool).await?;
    let summary = hindsight::summary(&stories);
    let others: Vec<Value> = quarters
        .iter()
        .map(|known| {
            json!({ "name": known.to_string(), "is_this": *known == quarter,
                             "url": format!("/{language}/hindsight?quarter={known}") })
        })
        .collect();
    let data = json!({
        "quarter": quarter.to_string(),
        "quarters": others,
        "n": stories.len(),
        "told": counts(summary.told),
        "left_out": counts(summary.left_out),
        "chart": chart(&summary, language),
        "bands": summary.bands.iter().map(|band| json!({ "label": band.label, "counts": counts(band.counts) })).collect::<Vec<_>>(),
        "foresight": foresight(&summary, language),
        "lists": lists(&ctx, &stories, language),
        "rule": SIGNS.iter().map(|sign| json!({ "points": signed(sign.points), "meaning": sign_meaning(sign.name, sign.meaning, language) })).collect::<Vec<_>>(),
    });
    page::render(&ctx, "web/hindsight.html.j2", language, &format!("/hindsight?quarter={quarter}"), data)
}

fn counts(counts: Counts) -> Value {
    json!({ "lasted": counts.lasted, "faded": counts.faded, "early": counts.early, "n": counts.n(), "percent": counts.percent() })
}

fn chart(summary: &Summary, language: Language) -> Option<String> {
    let shares: Vec<Share> = summary
        .bands
        .iter()
        .map(|band| Share { label: band.label.clone(), part: band.counts.lasted, of: band.counts.n() })
        .collect();
    let is_empty = shares.iter().all(|share| share.of == 0);
    (!is_empty).then(|| chart::shares(&words::word("hindsight_chart", language), &shares))
}

fn foresight(summary: &Summary, language: Language) -> String {
    let n = |outcome: fn(&Counts) -> usize| outcome(&summary.told) + outcome(&summary.left_out);
    let (lasted, faded) = (n(|counts| counts.lasted), n(|counts| counts.faded));
    match (summary.foresight, language) {
        (Some(found), Language::En) => format!(
            "Of 100 pairs of a story that lasted and one that faded, the score put the right one first in {:.0} (chance: 50; n = {lasted} and {faded}). Rank correlation of score and later life: {:+.2}.",
            found.auc * 100.0,
            found.rank_correlation
        ),
        (Some(found), Language::Zh) => format!(
            "任取一件站住的和一件没站住的，评分把前者排在前面的有 {:.0}%（随机为 50%；样本 {lasted} 与 {faded} 件）。评分与后来情况的等级相关：{:+.2}。",
            found.auc * 100.0,
            found.rank_correlation
        ),
        (None, Language::En) => format!(
            "Too few to say how well the score foresaw it: {lasted} lasted and {faded} faded; at least {MIN_EACH} of each are needed."
        ),
        (None, Language::Zh) => format!(
            "样本太少，还不能说评分预见得准不准：站住 {lasted} 件，没站住 {faded} 件；两者至少各需 {MIN_EACH} 件。"
        ),
    }
}

fn lists(ctx: &Context, stories: &[Followed], language: Language) -> Vec<Value> {
    let list = |key: &str, is_told: bool, outcome: Outcome| {
        let wanted = |story: &&Followed| story.is_told() == is_told && story.outcome() == outcome;
        let mut wanted: Vec<&Followed> = stories.iter().filter(wanted).collect();
        wanted.sort_by(|a, b| {
            b.weight().cmp(&a.weight()).then(b.score.total_cmp(&a.score)).then(a.story_id.cmp(&b.story_id))
        });
        let rows: Vec<Value> = wanted.iter().take(PER_LIST).map(|story| row(ctx, story, language)).collect();
        json!({ "key": key, "title": words::word(key, language), "n": wanted.len(),
                "more": wanted.len() - rows.len(), "stories": rows })
    };
    let all = [
        list("told_lasted", true, Outcome::Lasted),
        list("told_faded", true, Outcome::Faded),
        list("left_lasted", false, Outcome::Lasted),
        list("left_faded", false, Outcome::Faded),
        list("told_early", true, Outcome::Early),
    ];
    all.into_iter().filter(|list| list["n"] != 0).collect()
}

fn row(ctx: &Context, story: &Followed, language: Language) -> Value {
    let headline = story.headline.get(&language).or_else(|| story.headline.values().next());
    let headline = headline.cloned().unwrap_or_else(|| story.story_id.to_string());
    let (kind, number) = &story.issue;
    let life = story.last.as_ref();
    json!({
        "url": format!("/{language}/story/{}", story.story_id),
        "lang": link_language(&headline),
        "headline": headline,
        "day": day(ctx, story.happened_at),
        "score": format!("{:.1}", story.score),
        "issue": { "url": format!("/{language}/issues/{kind}/{number}"), "name": format!("{} {number}", words::word(kind, language)) },
        "why": words::word(&format!("watched_{}", story.why), language),
        "dropped": story.dropped.as_ref().map(|reason| words::flag(reason, language)),
        "age": life.map(|life| life.age_days),
        "reasons": life.map(|life| hindsight::words::reasons(life, language)),
    })
}

/// The lines of a story's own page, the youngest age first.
///
/// # Errors
/// The database fails.
pub async fn of_story(ctx: &Context, id: StoryId, language: Language) -> sqlx::Result<Vec<String>> {
    let lives = hindsight_view::of_story(&ctx.pool, id).await?;
    Ok(lives.iter().map(|life| hindsight::words::line(life, language)).collect())
}

fn signed(points: i32) -> String {
    if points == 0 { "0".to_owned() } else { format!("{points:+}") }
}

fn sign_meaning(name: &str, meaning: &str, language: Language) -> String {
    if language == Language::En { meaning.to_owned() } else { words::word(&format!("sign_{name}"), language) }
}
