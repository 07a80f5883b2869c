//! `headsup eval hype`: how well bait is told from news.

use std::path::Path;

use anyhow::Context as _;

use super::args_judge::EvalHypeArgs;
use super::open::Surroundings;
use super::{UsageError, output};
use crate::eval::hype::{self, Figures};
use crate::judge::classify::headline::Labelled;

/// Prints the figures as a table, or as JSON.
pub fn run(around: &Surroundings, args: &EvalHypeArgs) -> anyhow::Result<()> {
    let set = read(&args.gold)?;
    let outcome = hype::evaluate(&set, args.folds);
    if let Some(path) = &args.predictions {
        let lines: String = outcome.answers.iter().map(|bait| if *bait { "1\n" } else { "0\n" }).collect();
        std::fs::write(path, lines).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if around.global.json {
        return output::json(&outcome.figures);
    }
    if args.mistakes {
        for mistake in &outcome.mistakes {
            output::line(mistake)?;
        }
    }
    print(&outcome.figures)
}

/// The labelled headlines of a file.
pub fn read(path: &Path) -> Result<Vec<Labelled>, UsageError> {
    let wrong = |why: String| UsageError(format!("{}: {why}", path.display()));
    let file = std::fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
    let set = hype::read(std::io::BufReader::new(file)).map_err(|error| wrong(format!("{error:#}")))?;
    if set.is_empty() { Err(wrong("no labelled headline".to_owned())) } else { Ok(set) }
}

fn print(figures: &Figures) -> anyhow::Result<()> {
    let mut table = output::table(&["headlines", "bait", "accuracy", "precision", "recall", "F1"]);
    let shares = [figures.accuracy, figures.precision, figures.recall, figures.f1];
    let counts = [figures.items, figures.bait].map(|n| n.to_string());
    table.add_row(counts.into_iter().chain(shares.map(|share| format!("{share:.4}"))));
    output::line(&table.to_string())
}
