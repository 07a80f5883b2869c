//! `headsup train`: makes the weights of the small classifiers anew, for developers of headsup.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use super::args_judge::{TrainArgs, TrainCommand};
use super::{UsageError, eval_editor, eval_hype, eval_paper, output};
use crate::judge::classify::Weights;
use crate::judge::classify::headline::{self, Labelled};
use crate::judge::classify::news;

/// Trains and writes; the same files give the same bytes.
pub fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        TrainCommand::Hype(with) => {
            let mut set = Vec::new();
            for path in &with.gold {
                set.extend(eval_hype::read(path)?);
            }
            for (chinese, file) in [(false, "headline-en.bin"), (true, "headline-zh.bin")] {
                let own: Vec<&Labelled> =
                    set.iter().filter(|one| headline::is_chinese(&one.title) == chinese).collect();
                if own.len() > 1 {
                    save(&with.out.join(file), &headline::train(&own, chinese))?;
                }
            }
        }
        TrainCommand::Editor { with, names } => {
            let mut set = Vec::new();
            for path in &with.gold {
                set.extend(eval_editor::read(path)?);
            }
            if set.is_empty() {
                return Err(UsageError("nothing to learn from".to_owned()).into());
            }
            save(&with.out.join("news.bin"), &news::train(&set, &names.names()))?;
        }
        TrainCommand::Paper(with) => eval_paper::train(with)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn save(path: &Path, weights: &Weights) -> anyhow::Result<()> {
    let file = weights.write();
    std::fs::write(path, &file).with_context(|| format!("cannot write {}", path.display()))?;
    output::line(&format!("{}: {} bytes", path.display(), file.len()))
}
