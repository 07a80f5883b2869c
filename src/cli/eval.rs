//! `headsup eval`: how good a stage is on a labelled set.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;

use super::args_eval::{EvalArgs, EvalCommand, EvalWith};
use super::open::Surroundings;
use super::{UsageError, eval_feedback, eval_funding, eval_summary, output};
use crate::config::{EmbeddingSettings, Settings};
use crate::eval::gold::{self, Line, Sound, Told};
use crate::eval::{self, Scores, pairs};
use crate::group::{cutoffs, embed};

/// Prints the figures as a table, or as JSON.
pub async fn run(around: &Surroundings, args: EvalArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        EvalCommand::Feedback { export } => return eval_feedback::run(around, export.as_deref()).await,
        EvalCommand::Funding(args) => eval_funding::run(around, &args)?,
        EvalCommand::Group { gold, mistakes, with } => {
            let lines = gold::joined(read(&gold)?, corpus(&with)?);
            has_labels(&gold, &lines)?;
            let settings = embeddings(around, &with)?;
            let meanings = meanings(&settings, &lines).await?;
            let outcome = eval::group::evaluate(&lines, meanings, cutoffs(&settings));
            print_groups(around, &outcome, mistakes).context("cannot print the figures")?;
        }
        EvalCommand::Judge { corpus, model, limit, .. } => {
            let with = EvalWith { corpus, without_embeddings: true };
            super::eval_judge::run(around, &self::corpus(&with)?, model.then_some(limit)).await?;
        }
        EvalCommand::Faithful(args) => super::eval_faithful::run(around, &args)?,
        EvalCommand::Pairs { gold, mistakes, with } => {
            let (labels, corpus) = (read(&gold)?, corpus(&with)?);
            if labels.is_empty() {
                return Err(UsageError(format!("{} holds no pair", gold.display())).into());
            }
            let settings = embeddings(around, &with)?;
            let meanings = meanings(&settings, &corpus).await?;
            let outcome = pairs::evaluate(&labels, &corpus, meanings, cutoffs(&settings));
            print_pairs(around, &outcome, mistakes).context("cannot print the figures")?;
        }
        EvalCommand::Summary { gold, predictions, fit } => {
            eval_summary::run(around, &gold, predictions.as_deref(), fit)?;
        }
        EvalCommand::Hype(args) => super::eval_hype::run(around, &args)?,
        EvalCommand::Paper(args) => super::eval_paper::run(around, &args)?,
        EvalCommand::Editor(args) => super::eval_editor::run(around, &args)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn read<T: DeserializeOwned + Sound>(path: &Path) -> Result<Vec<T>, UsageError> {
    let file =
        File::open(path).map_err(|error| UsageError(format!("cannot read {}: {error}", path.display())))?;
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    let lines = if is_packed {
        gold::lines(BufReader::new(MultiGzDecoder::new(file)))
    } else {
        gold::lines(BufReader::new(file))
    };
    lines.map_err(|error| UsageError(format!("{}: {error:#}", path.display())))
}

/// Figures of nothing would be perfect.
fn has_labels(gold: &Path, lines: &[Line]) -> Result<(), UsageError> {
    let counted: Vec<&Line> = lines.iter().filter(|line| !line.ignore).collect();
    if counted.len() < 2 {
        let n = counted.len();
        let message = format!("{}: {n} labelled items with a text, two are needed at least", gold.display());
        return Err(UsageError(message));
    }
    match counted.iter().find(|line| line.cluster.is_empty()) {
        Some(line) => {
            let what = if line.title.is_empty() { &line.url } else { &line.title };
            Err(UsageError(format!("{}: the item {what:?} has no \"cluster\"", gold.display())))
        }
        None => Ok(()),
    }
}

fn corpus(with: &EvalWith) -> Result<Vec<Line>, UsageError> {
    let mut all = Vec::new();
    for path in &with.corpus {
        all.extend(read::<Told>(path)?.into_iter().map(|Told(line)| line));
    }
    Ok(all)
}

fn embeddings(around: &Surroundings, with: &EvalWith) -> anyhow::Result<EmbeddingSettings> {
    if with.without_embeddings {
        return Ok(Settings::default().embeddings);
    }
    Ok(around.settings()?.settings.embeddings)
}

/// A vector for each line; none if no server is configured.
async fn meanings(settings: &EmbeddingSettings, lines: &[Line]) -> anyhow::Result<Vec<Vec<f32>>> {
    let Some(embedder) = embed::Embedder::new(settings)? else { return Ok(Vec::new()) };
    let passages = gold::passages(&gold::documents(lines));
    let mut meanings = Vec::new();
    for batch in passages.chunks(settings.batch) {
        let vectors =
            embedder.embed(batch).await.map_err(|why| anyhow::anyhow!("the embedding server: {why}"))?;
        meanings.extend(vectors.vectors);
    }
    Ok(meanings)
}

fn print_groups(around: &Surroundings, outcome: &eval::group::Outcome, mistakes: bool) -> anyhow::Result<()> {
    let scores: &Scores = &outcome.scores;
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

fn print_pairs(around: &Surroundings, outcome: &pairs::Outcome, mistakes: bool) -> anyhow::Result<()> {
    if around.global.json {
        return output::json(outcome);
    }
    if mistakes {
        for pair in &outcome.mistakes {
            output::line(&format!("{}\t{}\t{}", pair.same, pair.zh, pair.en))?;
        }
    }
    let share = |part: usize, all: usize| format!("{:.1} %", 100.0 * part as f64 / all.max(1) as f64);
    let mut table = output::table(&["", "pairs", "joined", ""]);
    let joined = share(outcome.joined, outcome.same);
    table.add_row(["one event".to_owned(), outcome.same.to_string(), outcome.joined.to_string(), joined]);
    let joined = share(outcome.wrongly_joined, outcome.near_misses);
    let (all, wrong) = (outcome.near_misses.to_string(), outcome.wrongly_joined.to_string());
    table.add_row(["near-misses".to_owned(), all, wrong, joined]);
    output::line(&table.to_string())?;
    if outcome.missing > 0 {
        output::line(&format!("{} pairs left out: the corpus lacks their items", outcome.missing))?;
    }
    Ok(())
}
