//! The arguments of `headsup draft`.

use clap::{Args, Subcommand, ValueEnum};

use super::args::parse_language;
use crate::model::Language;

/// `headsup draft`
#[derive(Debug, Args)]
pub struct DraftArgs {
    /// What to do with it
    #[command(subcommand)]
    pub command: DraftCommand,
}

/// Which draft.
#[derive(Clone, Debug, Args)]
pub struct WhichDraft {
    /// Week or day, such as 2026-W47 [default: the one that waits]
    #[arg(long)]
    pub period: Option<String>,
    /// weekly, or the slug of an edition [default: the one that waits]
    #[arg(long)]
    pub edition: Option<String>,
}

/// A story of a draft.
#[derive(Clone, Debug, Args)]
pub struct StoryOfDraft {
    /// Number of the story, as `headsup draft show` has it
    pub story: i64,
    #[command(flatten)]
    pub which: WhichDraft,
}

/// The commands below `draft`.
#[derive(Debug, Subcommand)]
pub enum DraftCommand {
    /// The drafts, and what became of them
    List,
    /// A draft as it would be published, with the stories' numbers and the link of its page
    Show {
        #[command(flatten)]
        which: WhichDraft,
        /// Language of the headlines
        #[arg(long, default_value = "en", value_parser = parse_language)]
        language: Language,
    },
    /// Lead the issue with a story
    Pin(StoryOfDraft),
    /// Let the rules place a pinned story again
    Unpin(StoryOfDraft),
    /// Leave a story out; the next best comes in
    Drop(StoryOfDraft),
    /// Bring a story back that was left out
    Restore(StoryOfDraft),
    /// Move a story within its section
    Move {
        /// Number of the story
        story: i64,
        /// Where to
        to: MoveWord,
        #[command(flatten)]
        which: WhichDraft,
    },
    /// Give a story your own words in one language; an empty text takes them back
    Line {
        /// Number of the story
        story: i64,
        /// The words
        text: String,
        /// Language of the words
        #[arg(long, value_parser = parse_language)]
        language: Language,
        /// What they replace: headline, summary, happened, new or matters
        #[arg(long, default_value = "summary")]
        part: String,
        #[command(flatten)]
        which: WhichDraft,
    },
    /// Take the last change back
    Undo(WhichDraft),
    /// Publish the draft and queue its mails
    Approve(WhichDraft),
    /// Throw the draft away: its period gets no issue by itself
    Discard(WhichDraft),
}

/// Where a story is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MoveWord {
    /// One place up
    Up,
    /// One place down
    Down,
}
