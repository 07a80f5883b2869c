//! The arguments of measuring and training what judges.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::args_paper::TrainPaperArgs;

/// `headsup eval hype`
#[derive(Debug, Args)]
pub struct EvalHypeArgs {
    /// Lines of label, tab, title; or JSON lines: label, title, optional body. 1 is bait
    #[arg(long)]
    pub gold: PathBuf,
    /// Write 0 or 1 for each headline there
    #[arg(long)]
    pub predictions: Option<PathBuf>,
    /// Print each wrong answer: label, log-odds, title, the words that decided
    #[arg(long)]
    pub mistakes: bool,
    /// Judge each of so many parts by weights trained on the others, not by those that ship
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=100))]
    pub folds: Option<usize>,
}

/// `headsup eval editor`
#[derive(Debug, Args)]
pub struct EvalEditorArgs {
    /// JSON lines: date, section, title, url
    #[arg(long)]
    pub gold: PathBuf,
    /// Write JSON lines there: section, score, rumor
    #[arg(long)]
    pub predictions: Option<PathBuf>,
    /// Judge the days in so many parts, each by weights trained on the others, not by those that ship
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=100))]
    pub folds: Option<usize>,
    /// Judge the days in so many blocks, each by weights trained on the days before; the first is left out
    #[arg(long, conflicts_with = "folds", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=100))]
    pub forward: Option<usize>,
    #[command(flatten)]
    pub names: EditorNames,
}

/// What two sections of an editor are called.
#[derive(Debug, Args)]
pub struct EditorNames {
    /// The sections of the weightiest news; the first is measured, all are learnt from
    #[arg(long, default_values = ["要闻", "精选"])]
    pub top: Vec<String>,
    /// The section of rumours
    #[arg(long, default_value = "前瞻与传闻")]
    pub rumour: String,
}

/// `headsup train`
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Which weights
    #[command(subcommand)]
    pub command: TrainCommand,
}

/// The commands below `train`.
#[derive(Debug, Subcommand)]
pub enum TrainCommand {
    /// Bait in headlines, from the files of `eval hype`
    Hype(TrainWith),
    /// Weight, rumour and section of AI news, from the files of `eval editor`
    Editor {
        #[command(flatten)]
        with: TrainWith,
        #[command(flatten)]
        names: EditorNames,
    },
    /// What experts pick, from the files of `eval paper`
    Paper(TrainPaperArgs),
}

/// What all of `train` take.
#[derive(Debug, Args)]
pub struct TrainWith {
    /// Labelled sets
    #[arg(long, required = true, num_args = 1..)]
    pub gold: Vec<PathBuf>,
    /// Where the weights go; they are compiled in from there
    #[arg(long, default_value = "src/judge/weights")]
    pub out: PathBuf,
}
