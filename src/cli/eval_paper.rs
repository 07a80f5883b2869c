//! `headsup eval paper` and `headsup train paper`: our ranking of papers beside the list of experts.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::args_paper::{EvalPaperArgs, TrainPaperArgs};
use super::open::Surroundings;
use super::{UsageError, eval, output};
use crate::eval::paper::{self, Candidate, Figures, Gold, Line};
use crate::paper::taste;

/// Prints the figures as a table, or as JSON.
pub fn run(around: &Surroundings, args: &EvalPaperArgs) -> anyhow::Result<()> {
    let sets = candidates(&args.candidates)?;
    let known = gold(&args.gold)?;
    let used = if args.without_popularity { known.clone().without_popularity() } else { known.clone() };
    let mut all = Vec::new();
    for (at, (name, set)) in sets.iter().enumerate() {
        let learnt = args.folds.then(|| {
            let others: Vec<&[Candidate]> = sets
                .iter()
                .enumerate()
                .filter(|(n, _)| *n != at)
                .map(|(_, (_, set))| set.as_slice())
                .collect();
            paper::train(&others, set, &known)
        });
        let ranking = paper::rank(set, &used, learnt.as_ref().unwrap_or_else(|| taste::shipped()));
        all.push(paper::measure(name, set, &ranking, &known));
        if let Some(out) = &args.predictions {
            let path = if sets.len() == 1 { out.clone() } else { out.join(format!("{name}.txt")) };
            std::fs::write(&path, ranking.join("\n") + "\n")
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    if around.global.json { output::json(&all) } else { print(&all) }
}

/// Trains and writes the weights; the same files give the same bytes.
pub fn train(args: &TrainPaperArgs) -> anyhow::Result<()> {
    let sets = candidates(&args.candidates)?;
    let gold = gold(&args.gold)?;
    let all: Vec<&[Candidate]> = sets.iter().map(|(_, set)| set.as_slice()).collect();
    let file = paper::train(&all, &[], &gold).write();
    std::fs::write(&args.out, &file).with_context(|| format!("cannot write {}", args.out.display()))?;
    output::line(&format!("{}: {} bytes", args.out.display(), file.len()))
}

fn candidates(paths: &[PathBuf]) -> Result<Vec<(String, Vec<Candidate>)>, UsageError> {
    let mut sets = Vec::new();
    for path in paths {
        let set: Vec<Candidate> = eval::read(path)?;
        if set.is_empty() {
            return Err(UsageError(format!("{}: no paper", path.display())));
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        sets.push((name.split('.').next().unwrap_or_default().to_owned(), set));
    }
    Ok(sets)
}

/// Files, or folders of files.
fn gold(paths: &[PathBuf]) -> Result<Gold, UsageError> {
    let mut lines: Vec<Line> = Vec::new();
    for path in paths {
        for file in files(path)? {
            lines.extend(eval::read::<Line>(&file)?);
        }
    }
    let gold = Gold::of(lines);
    if gold.is_empty() { Err(UsageError("no pick of an expert in the gold".to_owned())) } else { Ok(gold) }
}

fn files(path: &Path) -> Result<Vec<PathBuf>, UsageError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries =
        std::fs::read_dir(path).map_err(|error| UsageError(format!("{}: {error}", path.display())))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.to_string_lossy().trim_end_matches(".gz").ends_with(".jsonl"))
        .collect();
    files.sort();
    Ok(files)
}

fn print(all: &[Figures]) -> anyhow::Result<()> {
    let mut table = output::table(&["", "papers", "picked", "D@1", "D@5", "D@10", "D@20"]);
    let share =
        |figures: &Figures, k: usize| format!("{:.2}", figures.d.get(&k).copied().unwrap_or_default());
    for figures in all {
        let mut row = vec![figures.set.clone(), figures.n.to_string(), figures.n_picked.to_string()];
        row.extend([1, 5, 10, 20].map(|k| share(figures, k)));
        table.add_row(row);
    }
    if all.len() > 1 {
        let mean = |k: usize| all.iter().filter_map(|one| one.d.get(&k)).sum::<f64>() / all.len() as f64;
        let mut row = vec!["mean".to_owned(), String::new(), String::new()];
        row.extend([1, 5, 10, 20].map(|k| format!("{:.3}", mean(k))));
        table.add_row(row);
    }
    output::line(&table.to_string())
}
