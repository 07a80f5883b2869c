//! For the operator, open to readers too: sources, deliveries (never an address), runs, and how headsup chooses.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::Duration;
use serde_json::{Value, json};

use super::page::{self, Failure, minute};
use super::stories::link_language;
use super::{chart, words};
use crate::context::Context;
use crate::model::{Language, Report, VoteKind};
use crate::render::said;
use crate::store::{
    archive, deliveries, drafts, jobs, model_calls, runs, sources as source_rows, totals, votes,
};

/// Problems that are listed.
const MAX_PROBLEMS: i64 = 30;
/// Votes that something is wrong that are listed.
const MAX_WRONG: i64 = 10;
/// Weeks of a sparkline.
const WEEKS: usize = 8;

type Answer = Result<Response, Failure>;

/// Each source and how it fares.
pub async fn sources(State(ctx): State<Context>, Path(lang): Path<String>) -> Answer {
    let language = page::language(&lang)?;
    let mut weeks: BTreeMap<String, [i64; WEEKS]> = BTreeMap::new();
    for (slug, week, n) in archive::items_per_week(&ctx.pool, ctx.clock.now()).await? {
        if let Some(place) = weeks.entry(slug).or_default().get_mut(week) {
            *place = n;
        }
    }
    let title = words::word("per_week", language);
    let rows: Vec<Value> = source_rows::list(&ctx.pool)
        .await?
        .into_iter()
        .map(|row| {
            json!({
                "name": row.name, "slug": row.slug, "lane": words::word(&row.lane, language), "language": row.language,
                "state": words::word(if row.enabled { &row.state } else { "off" }, language),
                "good": is_good(&row.state) || !row.enabled,
                "last_ok": minute(&ctx, row.last_ok_at),
                "next": if row.enabled { minute(&ctx, Some(row.next_at)) } else { "–".to_owned() },
                "says": row.last_error.map(|says| said(&says, language)), "repairs": repairs(&row.repairs, language),
                "spark": chart::sparkline(&title, &weeks.get(&row.slug).copied().unwrap_or_default()),
            })
        })
        .collect();
    page::render(&ctx, "web/sources.html.j2", language, "/sources", json!({ "sources": rows }))
}

fn repairs(repairs: &[String], language: Language) -> String {
    let told: Vec<String> = repairs.iter().map(|repair| said(repair, language)).collect();
    told.join(if language == Language::Zh { "；" } else { ", " })
}

/// States that need nobody's hand.
fn is_good(state: &str) -> bool {
    ["ok", "new", "quiet", "moved"].contains(&state)
}

/// Deliveries of each issue by state.
pub async fn outbox(State(ctx): State<Context>, Path(lang): Path<String>) -> Answer {
    let language = page::language(&lang)?;
    let rows: Vec<Value> = archive::deliveries(&ctx.pool)
        .await?
        .into_iter()
        .map(|(kind, number, state, n)| {
            json!({ "issue": format!("{} {number}", words::word(&kind, language)), "state": words::word(&state, language), "n": n,
                    "url": format!("/{language}/issues/{kind}/{number}/mail") })
        })
        .collect();
    page::render(&ctx, "web/outbox.html.j2", language, "/outbox", json!({ "deliveries": rows }))
}

/// What ran, what is due, what needs a hand.
pub async fn status(State(ctx): State<Context>, Path(lang): Path<String>) -> Answer {
    let language = page::language(&lang)?;
    let now = ctx.clock.now();
    let mut warnings = Vec::new();
    let mut ran = Vec::new();
    for run in runs::latest(&ctx.pool).await? {
        let report: Option<Report> = run.report.and_then(|report| serde_json::from_value(report).ok());
        warnings.extend(
            report
                .iter()
                .flat_map(|report| &report.warnings)
                .map(|warning| format!("{}: {}", run.stage, said(warning, language))),
        );
        warnings.extend(run.error.iter().map(|error| format!("{}: {error}", run.stage)));
        let counts = report.map(|report| report.counts).unwrap_or_default();
        let did: Vec<String> = counts
            .iter()
            .filter(|(_, n)| **n > 0)
            .map(|(name, n)| format!("{n} {}", name.replace('_', " ")))
            .collect();
        ran.push(json!({ "stage": run.stage, "started": minute(&ctx, Some(run.started_at)), "did": did.join(", "), "failed": run.error.is_some() }));
    }
    let jobs: Vec<Value> = jobs::all(&ctx.pool)
        .await?
        .into_iter()
        .map(|job| json!({ "name": job.name, "next": minute(&ctx, Some(job.next_run_at)), "error": job.last_error }))
        .collect();
    let mail: Vec<Value> = deliveries::counts(&ctx.pool)
        .await?
        .into_iter()
        .map(|(state, n)| json!({ "state": words::word(state.as_str(), language), "n": n }))
        .collect();
    let problems: Vec<Value> = deliveries::problems(&ctx.pool, MAX_PROBLEMS)
        .await?
        .into_iter()
        .map(|problem| json!({ "issue": format!("{} {}", words::word(&problem.kind, language), problem.number), "state": words::word(&problem.state, language), "says": problem.reply }))
        .collect();
    let model = model_calls::totals(&ctx.pool, now - Duration::days(7)).await?;
    let data = json!({
        "drafts": drafts::held(&ctx.pool).await?.into_iter()
            .map(|draft| json!({ "period": draft.name(), "since": minute(&ctx, Some(draft.made_at)) }))
            .collect::<Vec<_>>(),
        "totals": totals::count(&ctx.pool).await?,
        "votes": said_by_readers(&ctx, language).await?,
        "runs": ran, "jobs": jobs, "warnings": warnings, "mail": mail, "mail_problems": problems,
        "model": { "calls": model.calls, "failed": model.failed, "tokens": model.prompt_tokens + model.completion_tokens,
                   "cost": format!("{:.4}", model.cost_micros as f64 / 1e6) },
    });
    page::render(&ctx, "web/status.html.j2", language, "/status", data)
}

/// What readers say: counts, and which stories were said to be wrong. Their words are for the operator alone (`headsup
/// votes list`): this page is public, and anybody may vote.
async fn said_by_readers(ctx: &Context, language: Language) -> sqlx::Result<Value> {
    let counts: Vec<Value> = votes::counts(&ctx.pool)
        .await?
        .into_iter()
        .map(|count| {
            json!({ "word": words::word(&format!("vote_{}", count.kind), language), "n": count.readers, "visitors": count.visitors })
        })
        .collect();
    let wrong: Vec<Value> = votes::list(&ctx.pool, None, Some(VoteKind::Wrong), MAX_WRONG)
        .await?
        .into_iter()
        .map(|vote| {
            json!({ "url": format!("/{language}/story/{}", vote.story_id), "title": vote.title,
                    "lang": link_language(&vote.title), "at": minute(ctx, Some(vote.voted_at)), "confirmed": vote.erratum_id.is_some() })
        })
        .collect();
    Ok(json!({ "counts": counts, "wrong": wrong }))
}

/// For what a story is screened out; the judge's table has the same.
const DROPPED: [&str; 7] =
    ["off-topic", "promo", "list-bait", "stock-tip", "hype", "rumour-thin", "low-score"];

/// How headsup chooses.
pub async fn about(State(ctx): State<Context>, Path(lang): Path<String>) -> Answer {
    let language = page::language(&lang)?;
    let table = serde_json::to_value(&ctx.settings.score).unwrap_or_default();
    let mut weights: Vec<(f64, String)> = table
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, points)| Some((points.as_f64()?, words::flag(&key.replace('_', "-"), language))))
        .collect();
    weights.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let weights: Vec<Value> = weights
        .into_iter()
        .map(
            |(points, name)| json!({ "name": name, "points": format!("{points:+.1}"), "good": points > 0.0 }),
        )
        .collect();
    let reasons: Vec<String> = DROPPED.iter().map(|reason| words::flag(reason, language)).collect();
    let data = json!({ "model": ctx.settings.model.name, "weights": weights, "reasons": reasons,
                       "floor": format!("{:.1}", ctx.settings.digest.floor) });
    page::render(&ctx, "web/about.html.j2", language, "/about", data)
}
