//! Makes a verdict of each story: rules always, a model too where one is configured. What a model says counts only as
//! far as the stored articles carry it; a model that fails leaves the rules' verdict, marked with the reason.

mod amount;
mod answer;
mod ask;
pub mod classify;
mod client;
mod funding;
mod ground;
mod hype;
mod lexicon;
mod lexicon_mill;
mod merge;
mod rules;
pub mod score;
mod sentences;
mod summary;

use std::collections::BTreeSet;

use crate::context::Context;
use crate::model::{Report, Story, StoryId, Verdict};
use crate::store::story_view;
use crate::store::verdicts::{self, Basis};
use ask::Desk;

/// Stories that are loaded at once.
const BATCH: usize = 50;

/// Characters of an article that are read.
const MAX_CHARS: i32 = 12_000;

/// Runs the stage once.
///
/// # Errors
/// Only what stops the whole stage: the database, or a missing prompt.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut desk = Desk::open(ctx).await?;
    let due = verdicts::due(&ctx.pool, desk.is_some()).await?;
    let work = ctx.progress.start("judge", due.len());
    let mut troubles = BTreeSet::new();
    for batch in due.chunks(BATCH) {
        for story in load(ctx, batch).await? {
            if ctx.cancel.is_cancelled() {
                break;
            }
            let verdict = one(ctx, &mut desk, &story, &mut report).await?;
            troubles.extend(verdict.unscored);
            work.step();
        }
    }
    report
        .warnings
        .extend(troubles.into_iter().map(|why| format!("rules judged instead of the model: {why}")));
    work.finish(&format!("{} stories, {} screened out", report.count("stories"), report.count("dropped")));
    Ok(report)
}

async fn load(ctx: &Context, ids: &[StoryId]) -> sqlx::Result<Vec<Story>> {
    story_view::load(&ctx.pool, ids, MAX_CHARS).await
}

async fn one(
    ctx: &Context,
    desk: &mut Option<Desk<'_>>,
    story: &Story,
    report: &mut Report,
) -> anyhow::Result<Verdict> {
    let input_hash = ask::input_hash(story);
    let mut verdict = rules::judge(story);
    let mut prompt_hash = None;
    // What the rules find to be about something else is not sent: tokens cost money.
    if let Some(desk) = desk.as_mut().filter(|_| verdict.dropped.as_deref() != Some("off-topic")) {
        prompt_hash = Some(desk.prompt_hash().to_owned());
        match desk.ask(story, &verdict, &input_hash).await? {
            Ok(answered) => {
                verdict = merge::merge(story, verdict, &answered.answer, &ctx.settings.model.name);
                verdict.tokens = answered.tokens;
                report.add("tokens", u64::from(answered.tokens));
                report.add("cached", u64::from(answered.cached));
            }
            Err(why) => {
                verdict.unscored = Some(why);
                report.add("unscored", 1);
            }
        }
    }
    let basis = Basis { input_hash: &input_hash, prompt_hash: prompt_hash.as_deref() };
    let is_new = verdicts::save(&ctx.pool, &verdict, basis, ctx.clock.now()).await?;
    report.add("stories", u64::from(is_new));
    report.add(if verdict.judge == rules::NAME { "by_rules" } else { "by_model" }, 1);
    report.add("dropped", u64::from(verdict.dropped.is_some()));
    Ok(verdict)
}
