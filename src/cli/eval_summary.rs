//! `headsup eval summary`: how near our one-line summaries come to those of people.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use anyhow::Context as _;

use super::open::Surroundings;
use super::{UsageError, output};
use crate::eval::summary::{self, Fitted, Outcome, Paper};

/// Measures, or learns the weights anew.
pub fn run(around: &Surroundings, gold: &Path, predictions: Option<&Path>, fit: bool) -> anyhow::Result<()> {
    let papers = read(gold)?;
    if fit {
        return print_weights(around, &summary::fit(&papers));
    }
    let outcome = summary::evaluate(&papers);
    if let Some(path) = predictions {
        let lines: String = outcome.summaries.iter().map(|summary| one_line(summary) + "\n").collect();
        fs::write(path, lines).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if around.global.json { output::json(&outcome) } else { print_table(&[("", &outcome)]) }
}

fn read(path: &Path) -> Result<Vec<Paper>, UsageError> {
    let file =
        File::open(path).map_err(|error| UsageError(format!("cannot read {}: {error}", path.display())))?;
    let papers = summary::read(BufReader::new(file))
        .map_err(|error| UsageError(format!("{}: {error:#}", path.display())))?;
    if papers.is_empty() {
        return Err(UsageError(format!("{} holds no abstract with a summary", path.display())));
    }
    Ok(papers)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn print_weights(around: &Surroundings, fitted: &Fitted) -> anyhow::Result<()> {
    if around.global.json {
        return output::json(fitted);
    }
    for (name, weight) in &fitted.weights {
        output::line(&format!("    ({name:?}, {weight:.3}),"))?;
    }
    let names = ["first half by the second", "second half by the first"];
    let rows: Vec<_> = names.into_iter().zip(&fitted.held_out).collect();
    print_table(&rows)
}

fn print_table(rows: &[(&str, &Outcome)]) -> anyhow::Result<()> {
    let mut table = output::table(&["", "papers", "ROUGE-1", "ROUGE-2", "ROUGE-L", "mean length"]);
    for (name, outcome) in rows {
        let figures = [outcome.rouge_1, outcome.rouge_2, outcome.rouge_l, outcome.mean_length];
        let figures = figures.map(|figure| format!("{figure:.2}"));
        table.add_row([(*name).to_owned(), outcome.papers.to_string()].into_iter().chain(figures));
    }
    output::line(&table.to_string())
}
