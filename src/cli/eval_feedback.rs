//! `headsup eval feedback`: the readers' votes as labels.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use super::open::Surroundings;
use super::{UsageError, output};
use crate::context::Context;
use crate::eval::feedback::{self, Outcome, Story};
use crate::store::votes;

/// Characters of an article that are exported beside its headline.
const BODY_CHARS: i32 = 4000;

/// Prints the figures; `export` also writes the labels.
pub async fn run(around: &Surroundings, export: Option<&Path>) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = measure(around, &app.ctx, export).await;
    app.close_after(outcome).await
}

async fn measure(around: &Surroundings, ctx: &Context, export: Option<&Path>) -> anyhow::Result<ExitCode> {
    let opinions = votes::opinions(&ctx.pool, BODY_CHARS).await?.into_iter();
    let stories: Vec<Story> = opinions
        .map(|opinion| Story {
            title: opinion.title,
            body: opinion.body,
            verdict: opinion.verdict,
            n_hype: opinion.n_hype,
            n_solid: opinion.n_solid,
            n_by_visitors: opinion.n_by_visitors,
            n_wrong: opinion.n_wrong,
            n_errata: opinion.n_errata,
        })
        .collect();
    let labels = feedback::labels(&stories);
    if labels.is_empty() {
        let message = "no story has more readers' votes for hype than against, or against than for: nothing to measure (visitors' votes are no labels)";
        return Err(UsageError(message.to_owned()).into());
    }
    if let Some(path) = export {
        let mut lines = String::new();
        for label in &labels {
            lines.push_str(&serde_json::to_string(label)?);
            lines.push('\n');
        }
        std::fs::write(path, lines).with_context(|| format!("cannot write {}", path.display()))?;
    }
    print(around, &feedback::evaluate(&stories))?;
    Ok(ExitCode::SUCCESS)
}

fn print(around: &Surroundings, outcome: &Outcome) -> anyhow::Result<()> {
    if around.global.json {
        return output::json(outcome);
    }
    let figure = |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.3}"));
    let mut table = output::table(&["sign of hype", "stories", "of them hype", "precision", "recall"]);
    for sign in &outcome.signs {
        table.add_row([
            sign.name.clone(),
            sign.stories.to_string(),
            sign.hype.to_string(),
            figure(sign.precision),
            figure(sign.recall),
        ]);
    }
    output::line(&table.to_string())?;
    output::line(&format!(
        "{} stories are hype to readers, {} are not, {} undecided, {} of them not judged; score: AUC {}",
        outcome.hype,
        outcome.solid,
        outcome.undecided,
        outcome.unjudged,
        figure(outcome.score_auc)
    ))?;
    if outcome.by_visitors > 0 {
        let n = outcome.by_visitors;
        output::line(&format!(
            "{n} votes of visitors are no labels: without its cookie a browser votes again"
        ))?;
    }
    output::line(&format!("{} stories were said to be wrong, {} confirmed", outcome.wrong, outcome.confirmed))
}
