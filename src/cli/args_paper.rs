//! Arguments of the commands about papers.

use std::path::PathBuf;

use clap::Args;

/// `headsup eval paper`
#[derive(Debug, Args)]
pub struct EvalPaperArgs {
    /// JSON lines of a month's papers: id, seen, title, categories, abstract; .gz too, may be repeated
    #[arg(long, required = true, num_args = 1..)]
    pub candidates: Vec<PathBuf>,
    /// JSON lines, or a folder of them: arxiv (a list) are picks of experts, arxiv with upvotes is popularity
    #[arg(long, required = true, num_args = 1..)]
    pub gold: Vec<PathBuf>,
    /// Rank by text alone
    #[arg(long)]
    pub without_popularity: bool,
    /// The shipped weights may have seen the files: for each file, learn from the others and rank it by that
    #[arg(long)]
    pub folds: bool,
    /// Write the ranking, one id a line; with several files of candidates, into this folder
    #[arg(long, value_name = "OUT")]
    pub predictions: Option<PathBuf>,
}

/// `headsup train paper`
#[derive(Debug, Args)]
pub struct TrainPaperArgs {
    /// As for `eval paper`
    #[arg(long, required = true, num_args = 1..)]
    pub candidates: Vec<PathBuf>,
    /// As for `eval paper`
    #[arg(long, required = true, num_args = 1..)]
    pub gold: Vec<PathBuf>,
    /// Where to write the weights
    #[arg(long, default_value = "src/paper/taste.bin")]
    pub out: PathBuf,
}
