//! What composing reads: gathered once, stored beside the issue, enough to rebuild it byte for byte.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::config::DigestSettings;
use crate::model::{
    Candidate, EditionName, Edits, Erratum, HindsightNote, IssueKind, IssueStory, Rates, StoryId,
};
use crate::paper::inputs::PaperInputs;

/// Everything that an issue is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inputs {
    /// Version of the program that gathered it.
    pub code: String,
    /// Weekly or paper.
    pub kind: IssueKind,
    /// An edition of its own; `None`: the weekly issue, or the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<EditionName>,
    /// Number of the issue.
    pub number: i32,
    /// What it is about.
    pub period: Period,
    /// Address of the archive, without a slash at the end.
    pub base_url: String,
    /// The rules of choosing.
    pub rules: DigestSettings,
    /// What foreign sums are turned into dollars with.
    pub rates: Rates,
    /// What was read, and what it cost.
    pub counts: Counts,
    /// The stories of the period.
    pub candidates: Vec<Candidate>,
    /// The company that a story is about, where one is known: of the best stories only.
    pub companies: BTreeMap<StoryId, String>,
    /// Keys of the event that a story tells ([`super::keys`]): of the loaded stories only.
    pub events: BTreeMap<StoryId, Vec<String>>,
    /// Which of these keys an earlier issue told, and in which story.
    pub told: BTreeMap<String, Told>,
    /// The loaded stories, frozen.
    pub stories: BTreeMap<StoryId, IssueStory>,
    /// Hashes of the prompts that the verdicts of these stories came from.
    pub prompts: Vec<String>,
    /// Errors of earlier issues.
    pub errata: Vec<Erratum>,
    /// The last quarter in hindsight.
    pub hindsight: Option<HindsightNote>,
    /// What the operator changed.
    pub edits: Edits,
    /// What a paper of the month is chosen from; `None` in a weekly issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Box<PaperInputs>>,
}

impl Inputs {
    /// The series that the issue belongs to.
    pub fn series(&self) -> &str {
        self.edition.as_ref().map_or(self.kind.as_str(), |edition| edition.slug.as_str())
    }
}

/// A day, week or month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// "2026-W47" or "2026-11".
    pub name: String,
    /// First moment.
    pub starts_at: DateTime<Utc>,
    /// First moment after it.
    pub ends_at: DateTime<Utc>,
    /// First and last day, as the calendar of the configured zone shows them.
    pub days: (NaiveDate, NaiveDate),
}

/// Counts that only the database knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items read in the period.
    pub n_items: i64,
    /// Sources that brought them.
    pub n_sources: i64,
    /// Tokens paid since the issue before.
    pub tokens: u64,
    /// What they cost, in millionths of the currency of the configured prices.
    pub cost_micros: i64,
}

/// Where an event was told before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The story that told it.
    pub story_id: StoryId,
    /// The issue's number.
    pub issue: i32,
}
