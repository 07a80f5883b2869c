//! `headsup eval faithful`: planted errors caught, true sentences withheld.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;

use super::args_eval::FaithfulArgs;
use super::eval::read;
use super::open::Surroundings;
use super::{UsageError, output};
use crate::eval::faithful::{self, Article, Count, Decision, Line, Outcome};

/// Prints the figures as a table, or as JSON.
pub fn run(around: &Surroundings, args: &FaithfulArgs) -> anyhow::Result<()> {
    let lines: Vec<Line> = read(&args.gold)?;
    let mut corpus: Vec<Article> = Vec::new();
    for path in &args.corpus {
        corpus.extend(read::<Article>(path)?);
    }
    let outcome = if args.plant {
        faithful::evaluate_planted(&lines, &corpus)
    } else {
        faithful::evaluate(&lines, &corpus)
    };
    if outcome.decisions.is_empty() {
        let message = format!("{}: no sentence has its article in the corpus", args.gold.display());
        return Err(UsageError(message).into());
    }
    if let Some(path) = &args.predictions {
        write(path, &outcome.decisions).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if around.global.json {
        return output::json(&outcome);
    }
    if args.mistakes {
        for decision in
            outcome.decisions.iter().filter(|decision| decision.withheld != decision.planted.is_some())
        {
            let kind = decision.planted.as_deref().unwrap_or("true");
            output::line(&format!(
                "{kind}\t{}\t{}\t{}",
                decision.missing.join(", "),
                decision.sentence,
                decision.url
            ))?;
        }
    }
    print(&outcome)
}

fn print(outcome: &Outcome) -> anyhow::Result<()> {
    let mut table = output::table(&["", "plants", "caught", "", "true", "withheld", ""]);
    let share = |part: usize, all: usize| match all {
        0 => String::new(),
        _ => format!("{:.1} %", 100.0 * part as f64 / all as f64),
    };
    let mut row = |name: &str, count: &Count| {
        let (caught, withheld) = (share(count.caught, count.plants), share(count.withheld, count.truths));
        let [plants, n_caught, truths, n_withheld] =
            [count.plants, count.caught, count.truths, count.withheld].map(|n| n.to_string());
        table.add_row(vec![name.to_owned(), plants, n_caught, caught, truths, n_withheld, withheld]);
    };
    for (name, count) in outcome.kinds.iter().chain(&outcome.directions) {
        row(name, count);
    }
    row("all", &outcome.all);
    output::line(&table.to_string())?;
    if outcome.lacking > 0 {
        output::line(&format!("{} sentences left out: the corpus lacks their articles", outcome.lacking))?;
    }
    Ok(())
}

fn write(path: &Path, decisions: &[Decision]) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for decision in decisions {
        serde_json::to_writer(&mut file, decision)?;
        writeln!(file)?;
    }
    Ok(file.flush()?)
}
