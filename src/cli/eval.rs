//! `headsup eval`: how good a stage is on a labelled set.

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use anyhow::Context as _;

use super::args::{EvalArgs, EvalCommand};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::eval;

/// Prints the figures as a table, or as JSON.
pub fn run(around: &Surroundings, args: EvalArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        EvalCommand::Group { gold, mistakes } => {
            let file = File::open(&gold)
                .map_err(|error| UsageError(format!("cannot read {}: {error}", gold.display())))?;
            let outcome = eval::group::evaluate(BufReader::new(file))
                .map_err(|error| UsageError(format!("{}: {error:#}", gold.display())))?;
            print(around, &outcome, mistakes).context("cannot print the figures")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(around: &Surroundings, outcome: &eval::group::Outcome, mistakes: bool) -> anyhow::Result<()> {
    let scores = &outcome.scores;
    if around.global.json {
        return output::json(scores);
    }
    if mistakes {
        for group in &outcome.mistakes {
            for (label, title) in group {
                output::line(&format!("{label}\t{title}"))?;
            }
            output::line("")?;
        }
    }
    let mut table = output::table(&["", "precision", "recall", "F1"]);
    let row = |name: &str, figures: [f64; 3]| {
        let figures = figures.map(|figure| format!("{figure:.3}"));
        std::iter::once(name.to_owned()).chain(figures).collect::<Vec<_>>()
    };
    table.add_row(row("pairs", [scores.pair_precision, scores.pair_recall, scores.pair_f1]));
    table.add_row(row("B-cubed", [scores.b3_precision, scores.b3_recall, scores.b3_f1]));
    output::line(&table.to_string())
}
