//! `headsup eval funding`: how well rounds of funding are read.

use std::fs;

use anyhow::Context as _;

use super::args_eval::EvalFunding;
use super::open::Surroundings;
use super::{UsageError, eval, output};
use crate::eval::funding::{self, Figures, Labelled, Of};

/// Prints the figures as a table, or as JSON.
pub fn run(around: &Surroundings, args: &EvalFunding) -> anyhow::Result<()> {
    let set: Vec<Labelled> = eval::read(&args.gold)?;
    if set.is_empty() {
        return Err(UsageError(format!("{} holds no article", args.gold.display())).into());
    }
    let outcome = funding::evaluate(&set);
    if let Some(path) = &args.predictions {
        let lines: Result<Vec<String>, _> = outcome.predictions.iter().map(serde_json::to_string).collect();
        let text = lines.context("cannot write the predictions")?.join("\n") + "\n";
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if around.global.json {
        return output::json(&outcome.figures);
    }
    if args.mistakes {
        for mistake in &outcome.mistakes {
            output::line(&mistake.join("\t"))?;
        }
    }
    print(&outcome.figures)
}

fn print(figures: &Figures) -> anyhow::Result<()> {
    let detection = [figures.precision, figures.recall, figures.f1].map(|figure| format!("{figure:.3}"));
    output::line(&format!(
        "{} articles; rounds found: precision {}, recall {}, F1 {}",
        figures.items, detection[0], detection[1], detection[2]
    ))?;
    let mut table = output::table(&["", "right", "of"]);
    let fields: [(&str, Of); 7] = [
        ("announced or reported", figures.kind),
        ("company", figures.company),
        ("amount", figures.amount),
        ("round", figures.round),
        ("lead", figures.lead),
        ("valuation", figures.valuation),
        ("invented", figures.invented),
    ];
    for (name, of) in fields {
        table.add_row([name.to_owned(), of.right.to_string(), of.all.to_string()]);
    }
    output::line(&table.to_string())
}
