//! `headsup hindsight`: which stories of a quarter lasted, which were noise, and how well the score foresaw it.

use std::process::ExitCode;

use serde::Serialize;

use super::args::HindsightArgs;
use super::open::Surroundings;
use super::{UsageError, output};
use crate::context::Context;
use crate::hindsight::{self, Counts, Followed, MIN_EACH, Outcome, Quarter, Summary};
use crate::model::Language;
use crate::store::hindsight_view;

/// Stories of one list that are shown; JSON has all.
const PER_LIST: usize = 20;

/// The lists, in order of reading: heading, whether told, what became of them.
const LISTS: [(&str, bool, Outcome); 4] = [
    ("Told, and lasted", true, Outcome::Lasted),
    ("Told, and was noise", true, Outcome::Faded),
    ("Left out, and lasted: our misses", false, Outcome::Lasted),
    ("Left out, and was noise", false, Outcome::Faded),
];

/// All that is known of a quarter.
#[derive(Serialize)]
struct Told {
    quarter: String,
    summary: Summary,
    stories: Vec<Followed>,
}

/// Shows a quarter; the last full one where none is asked for.
pub async fn run(around: &Surroundings, args: &HindsightArgs) -> anyhow::Result<ExitCode> {
    let wished = args.quarter.as_deref().map(str::parse::<Quarter>).transpose().map_err(UsageError)?;
    let app = around.open().await?;
    let outcome = collect(&app.ctx, wished).await;
    let told = app.close_after(outcome).await?;
    if around.global.json {
        output::json(&told)?;
    } else {
        tell(&told)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn collect(ctx: &Context, wished: Option<Quarter>) -> anyhow::Result<Told> {
    let (quarter, stories) = match wished {
        Some(quarter) => (quarter, hindsight_view::followed(&ctx.pool, quarter).await?),
        None => hindsight_view::last_full_quarter(&ctx.pool, ctx.clock.now()).await?,
    };
    Ok(Told { quarter: quarter.to_string(), summary: hindsight::summary(&stories), stories })
}

fn tell(told: &Told) -> anyhow::Result<()> {
    if told.stories.is_empty() {
        return output::line(&format!(
            "{}: nothing is followed; stories are looked at again 30, 90 and 180 days after an issue told them",
            told.quarter
        ));
    }
    let mut table = output::table(&[&told.quarter, "lasted", "faded", "too early", "share that lasted"]);
    table.add_row(row("told", told.summary.told));
    table.add_row(row("left out, and followed", told.summary.left_out));
    output::line(&table.to_string())?;
    output::line(&foresight(&told.summary))?;
    let mut table =
        output::table(&["score when published", "lasted", "faded", "too early", "share that lasted"]);
    for band in &told.summary.bands {
        table.add_row(row(&band.label, band.counts));
    }
    output::line(&table.to_string())?;
    LISTS.iter().try_for_each(|(title, is_told, outcome)| list(title, &told.stories, *is_told, *outcome))
}

fn row(name: &str, counts: Counts) -> [String; 5] {
    let percent =
        counts.percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent} % of {}", counts.n()));
    [name.to_owned(), counts.lasted.to_string(), counts.faded.to_string(), counts.early.to_string(), percent]
}

fn foresight(summary: &Summary) -> String {
    let (lasted, faded) =
        (summary.told.lasted + summary.left_out.lasted, summary.told.faded + summary.left_out.faded);
    match summary.foresight {
        Some(found) => format!(
            "The score put the story that lasted first in {:.0} of 100 pairs (AUC {:.2}, chance 0.50; n = {lasted} and {faded}); rank correlation {:+.2}",
            found.auc * 100.0,
            found.auc,
            found.rank_correlation
        ),
        None => format!(
            "Too few to say how well the score foresaw it: {lasted} lasted, {faded} faded; at least {MIN_EACH} of each are needed"
        ),
    }
}

fn list(title: &str, stories: &[Followed], is_told: bool, outcome: Outcome) -> anyhow::Result<()> {
    let mut wanted: Vec<&Followed> =
        stories.iter().filter(|story| story.is_told() == is_told && story.outcome() == outcome).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    wanted.sort_by(|a, b| b.weight().cmp(&a.weight()).then(b.score.total_cmp(&a.score)));
    output::line(&format!("\n{title} ({})", wanted.len()))?;
    let mut table = output::table(&["story", "score", "left out for", "headline", "why"]);
    for story in wanted.iter().take(PER_LIST) {
        let headline = story.headline.get(&Language::En).or_else(|| story.headline.values().next());
        let life = story.last.as_ref();
        table.add_row([
            story.story_id.to_string(),
            format!("{:.1}", story.score),
            story.dropped.clone().unwrap_or_default(),
            headline.cloned().unwrap_or_default(),
            life.map(|life| {
                format!("{} days: {}", life.age_days, hindsight::words::reasons(life, Language::En))
            })
            .unwrap_or_default(),
        ]);
    }
    output::line(&table.to_string())
}
