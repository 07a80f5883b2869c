//! What may stand on the command line of `headsup eval`. The texts here are the help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::args_judge::{EvalEditorArgs, EvalHypeArgs};
use super::args_paper::EvalPaperArgs;

/// `headsup eval`
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// What to measure
    #[command(subcommand)]
    pub command: EvalCommand,
}

/// The commands below `eval`.
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// How well items that tell one event are put together
    Group {
        /// JSON lines: cluster, title, text; optional url, source, published, ignore
        #[arg(long)]
        gold: PathBuf,
        /// Print each wrong group: label/group, title
        #[arg(long)]
        mistakes: bool,
        #[command(flatten)]
        with: EvalWith,
    },
    /// What the model costs beside sending it every item, and (--model) how it answers
    Judge {
        /// JSON lines of about a month: url, title, text, source, published
        #[arg(long, required = true)]
        corpus: Vec<PathBuf>,
        /// Compare the tokens of the cascade with sending every item once (the default)
        #[arg(long)]
        cost: bool,
        /// Ask the configured model about the chosen stories and check each answer
        #[arg(long)]
        model: bool,
        /// Most stories that the model is asked about
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// How many errors planted into summary sentences are caught, and how many true sentences are withheld
    Faithful(FaithfulArgs),
    /// How often a Chinese and an English item of one event come together, and near-misses stay apart
    Pairs {
        /// JSON lines: zh and en (links), same (true or false)
        #[arg(long)]
        gold: PathBuf,
        /// Print each wrong pair
        #[arg(long)]
        mistakes: bool,
        #[command(flatten)]
        with: EvalWith,
    },
    /// How well flags and scores foresaw the readers' votes
    Feedback {
        /// Also write the labels as JSON lines: label, title, body, as `eval hype` reads them
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
    },
    /// How well rounds of funding are found, and told from other news of money
    Funding(EvalFunding),
    /// How near our one-line summaries of papers come to those of people: ROUGE-1, ROUGE-2, ROUGE-L
    Summary {
        /// JSON lines: source (sentences), target (summaries), optional title; or id, abstract, summary with tabs between
        #[arg(long)]
        gold: PathBuf,
        /// Write our summaries here, one a line
        #[arg(long)]
        predictions: Option<PathBuf>,
        /// Learn the weights of the signs anew from this set and print them, with the figures of each half by the other's
        #[arg(long, conflicts_with = "predictions")]
        fit: bool,
    },
    /// How well headlines that are written to be clicked are told from news
    Hype(EvalHypeArgs),
    /// How many of our first papers of a month the experts picked too: D@10
    Paper(EvalPaperArgs),
    /// How near our choice and our sections come to those of a human editor
    Editor(EvalEditorArgs),
}

/// `headsup eval funding`
#[derive(Debug, Args)]
pub struct EvalFunding {
    /// JSON lines: id, title, text, gold (kind, company, amount, round, lead, valuation)
    #[arg(long)]
    pub gold: PathBuf,
    /// Write what was read, a JSON line for each item
    #[arg(long)]
    pub predictions: Option<PathBuf>,
    /// Print each wrong field: title, field, labelled, read
    #[arg(long)]
    pub mistakes: bool,
}

/// `headsup eval faithful`
#[derive(Debug, Args)]
pub struct FaithfulArgs {
    /// JSON lines: sentence, language, planted (null or the kind of the planted error), url or urls; optional article
    /// (language of the article's text), or title and text of the article itself
    #[arg(long)]
    pub gold: PathBuf,
    /// JSON lines with the articles: url, title, text, published, language; .gz too
    #[arg(long)]
    pub corpus: Vec<PathBuf>,
    /// Check errors that are planted by rule into the true sentences, instead of the labelled ones
    #[arg(long)]
    pub plant: bool,
    /// Print each plant that was let through and each true sentence that was withheld
    #[arg(long)]
    pub mistakes: bool,
    /// Write what was decided about each sentence
    #[arg(long)]
    pub predictions: Option<PathBuf>,
}

/// What both evaluations of grouping take.
#[derive(Debug, Args)]
pub struct EvalWith {
    /// JSON lines with the items that the labels name by their link: url, title, text; optional source, published,
    /// language. All of them are grouped
    #[arg(long)]
    pub corpus: Vec<PathBuf>,
    /// Let words alone decide, also if the settings name a server of embeddings
    #[arg(long)]
    pub without_embeddings: bool,
}
