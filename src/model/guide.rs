//! The guide that goes with a paper of the month, language-neutral; frozen with its issue.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Artifact, Language, ScorePart, StoryId, UnknownWord, words};

words! {
    /// What a reader does with a story: where a beginner can start, and what comes after.
    Step {
        /// Use a product or a model as it is.
        Use = "use",
        /// Ask a model well.
        Prompt = "prompt",
        /// Build a program around a model.
        Build = "build",
        /// Make a model one's own: train, distil, compress.
        Adapt = "adapt",
        /// Understand why it works, or does not.
        Understand = "understand",
    }
}

/// How to read a paper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaperGuide {
    /// arXiv id without its version, else the paper's address.
    pub paper: String,
    /// Its title: the story may have another's headline.
    pub title: String,
    /// Where it can be read.
    pub link: String,
    /// Who wrote it, as its source names them.
    pub authors: Vec<String>,
    /// The step that it belongs to.
    pub step: Step,
    /// What it says: a role, and a sentence of the paper, verbatim.
    pub says: Vec<(String, String)>,
    /// Keys of terms to know first.
    pub terms: Vec<String>,
    /// Earlier stories that tell of such a term.
    pub earlier: Vec<EarlierTerm>,
    /// Sections in the order in which to read them.
    pub sections: Vec<SectionTime>,
    /// Caption of the figure to look at.
    pub figure: Option<String>,
    /// What there is to try.
    pub tries: Vec<Artifact>,
    /// The sentence that says what it ran on.
    pub hardware: Option<String>,
    /// What to doubt: a key, and the paper's own words where it has them.
    pub doubts: Vec<(String, String)>,
    /// Those that it won against.
    pub runners_up: Vec<RunnerUp>,
    /// The pick before, in hindsight.
    pub last: Option<LastPick>,
    /// Duels that it won on the shortlist.
    pub n_won: usize,
    /// Papers that were looked at.
    pub n_candidates: usize,
    /// Papers that were compared in pairs.
    pub n_short: usize,
    /// "rules", "operator", or the model that compared.
    pub judge: String,
}

/// An earlier story that explains a term.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EarlierTerm {
    /// Of the term.
    pub term: String,
    /// The story.
    pub story_id: StoryId,
    /// Its headline.
    pub headline: BTreeMap<Language, String>,
}

/// A section and the time that it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionTime {
    /// As the paper heads it.
    pub title: String,
    /// At a reader's pace.
    pub minutes: u32,
    /// Key of why it stands here.
    pub why: String,
}

/// A paper that was nearly chosen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunnerUp {
    /// arXiv id without its version, else the paper's address.
    pub paper: String,
    /// Its title.
    pub title: String,
    /// Where it can be read.
    pub link: String,
    /// The story that tells it.
    pub story_id: StoryId,
    /// Duels won on the shortlist.
    pub n_won: usize,
    /// The weightiest that spoke for it.
    pub reasons: Vec<ScorePart>,
    /// "beaten", "same-group", "pinned": why it was not chosen.
    pub why_not: String,
    /// A sentence of its own.
    pub line: String,
}

/// What became of the pick before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LastPick {
    /// Number of its issue.
    pub number: i32,
    /// The story.
    pub story_id: StoryId,
    /// Its headline.
    pub headline: BTreeMap<Language, String>,
    /// Independent owners that told it then, and tell it now.
    pub n_owners: (usize, usize),
    /// Stories that go on from it.
    pub n_updates: usize,
}
