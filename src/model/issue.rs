//! An issue as it is frozen: language-neutral, complete, and never changed again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ErratumId, Focus, Lane, Language, PaperGuide, ScorePart, StoryId, Tongue, Topic, UnknownWord, Verdict,
    VerdictId, words,
};

words! {
    /// What kind of issue.
    IssueKind {
        /// The weekly digest.
        Weekly = "weekly",
        /// The paper of the month.
        Paper = "paper",
    }
}

/// A story that an issue may tell or name as left out: what choosing needs, without texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The story.
    pub id: StoryId,
    /// Who speaks in its lead item.
    pub owner: String,
    /// Slug of its lead item's source.
    pub source: String,
    /// Independent owners that tell it.
    pub n_owners: i32,
    /// Items that tell it.
    pub n_items: i32,
    /// Whether one of its items is a paper (arXiv, OpenReview, a proceedings page).
    pub paper: bool,
    /// The repository, as its source's id, if it is a release there: its point releases are one line of news.
    pub release_line: Option<i64>,
    /// The earlier story that it carries on.
    pub follows: Option<StoryId>,
    /// What its current verdict says; `None`: not judged yet.
    pub judged: Option<Judged>,
}

/// The columns of a current verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Its row.
    pub id: VerdictId,
    /// Where it belongs.
    pub lane: Lane,
    /// Long-term questions it touches.
    pub focus: Vec<Focus>,
    /// Not confirmed by whom it concerns.
    pub rumour: bool,
    /// Sum of its parts.
    pub score: f32,
    /// Why it was screened out, if so.
    pub dropped: Option<String>,
}

/// Which edition an issue belongs to, where it is not the weekly one that there is without any configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionName {
    /// In addresses and in the database.
    pub slug: String,
    /// For readers.
    pub title: String,
    /// Of a day, not of a week.
    pub daily: bool,
    /// What it tells of; nothing: everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Topic>,
}

/// What an earlier issue wrote of the story that this one carries on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The earlier story.
    pub story_id: StoryId,
    /// Number of the issue that told it last.
    pub issue: i32,
    /// Its headline there.
    pub headline: BTreeMap<Language, String>,
}

words! {
    /// What of a story the operator's own words replace.
    LineKind {
        /// Its headline.
        Headline = "headline",
        /// All that is said below the headline.
        Summary = "summary",
        /// The sentence that says what happened.
        Happened = "happened",
        /// The sentence that says what is new.
        New = "new",
        /// The sentence that says why it matters.
        Matters = "matters",
    }
}

/// The operator's own words for a story.
pub type OwnLines = BTreeMap<Language, BTreeMap<LineKind, String>>;

/// What an operator changed in a draft. All of it is marked or counted in the issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edits {
    /// Stories that lead the issue, in this order.
    pub pinned: Vec<StoryId>,
    /// Stories that are left out.
    pub dropped: Vec<StoryId>,
    /// Stories that stand first in their sections, in this order.
    pub order: Vec<StoryId>,
    /// The operator's own words instead of a story's; where a language has none, the story's stay.
    pub lines: BTreeMap<StoryId, OwnLines>,
}

/// What a US dollar costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rates {
    /// "2025-06-30": the day of all of them.
    pub day: String,
    /// Units of a currency (ISO code) for one US dollar.
    pub per_usd: BTreeMap<String, f64>,
}

/// A story as it stands in an issue: frozen, in both languages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IssueStory {
    /// The story.
    pub story_id: StoryId,
    /// The judgement as it was when the issue was composed.
    pub verdict: Verdict,
    /// Link, name and language of its items, lead first.
    pub links: Vec<IssueLink>,
    /// Number of independent owners.
    pub n_owners: usize,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// What it carries on, if an earlier issue told that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
    /// The operator's own words, which stand instead of the story's and are marked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub line: OwnLines,
}

impl IssueStory {
    /// The operator's own words for a part of the story, if there are any in this language.
    pub fn own(&self, language: Language, kind: LineKind) -> Option<&str> {
        self.line.get(&language)?.get(&kind).map(String::as_str)
    }
}

/// A link in an issue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IssueLink {
    /// Absolute URL.
    pub url: String,
    /// Name of the source.
    pub source: String,
    /// As published.
    pub title: String,
    /// Of the linked text.
    pub language: Tongue,
}

/// A named run of stories in an issue. Names are keys that templates translate:
/// `leads company funding research open-source industry focus-multimodal focus-efficiency focus-privacy rumours followups
/// dropped`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Section {
    /// The key.
    pub name: String,
    /// In order.
    pub stories: Vec<IssueStory>,
}

/// A confirmed error of a story, as an issue tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Erratum {
    /// Its row.
    pub id: ErratumId,
    /// What it corrects.
    pub story_id: StoryId,
    /// The story's headline, as it stood in the issue that is corrected.
    pub headline: BTreeMap<Language, String>,
    /// Kind and number of the issues that told the story.
    pub issues: Vec<(IssueKind, i32)>,
    /// What is right, per language.
    pub text: BTreeMap<Language, String>,
    /// When it was confirmed.
    pub noted_at: DateTime<Utc>,
}

/// What an issue says, language-neutral. Frozen once published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IssueContent {
    /// Weekly or paper.
    pub kind: IssueKind,
    /// An edition of its own; `None`: the weekly issue, or the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<EditionName>,
    /// Counts from 1.
    pub number: i32,
    /// "2026-W47", "2026-11" or "2026-11-25".
    pub period: String,
    /// First moment of the period.
    pub starts_at: DateTime<Utc>,
    /// First moment after it.
    pub ends_at: DateTime<Utc>,
    /// Sections in order of reading; none is empty except where emptiness is the news.
    pub sections: Vec<Section>,
    /// True: little happened, and the subject says so.
    pub quiet: bool,
    /// Sources read in the period.
    pub n_sources: i64,
    /// Items read in the period.
    pub n_items: i64,
    /// Stories they told.
    pub n_stories: i64,
    /// Stories screened out, by reason.
    pub dropped_counts: BTreeMap<String, i64>,
    /// Minutes to read.
    pub minutes: u32,
    /// Facts held against articles.
    pub facts_checked: u32,
    /// Sentences withheld.
    pub sentences_withheld: u32,
    /// Tokens paid in the period; older issues: for the stories shown.
    pub tokens: u64,
    /// What they cost, in millionths of the currency of the configured prices.
    #[serde(default)]
    pub cost_micros: i64,
    /// What foreign sums were turned into dollars with; without any, none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<Rates>,
    /// Whether the operator changed the draft.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// "rules" or the model's name; both if both.
    pub judges: Vec<String>,
    /// For a paper: why this one, by key, with its number or words.
    pub reasons: Vec<ScorePart>,
    /// Errors of earlier issues. An issue without any is stored as it was before there were errata.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errata: Vec<Erratum>,
    /// Once a month: what became of the stories of the last quarter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hindsight: Option<HindsightNote>,
    /// With a paper: how to read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide: Option<Box<PaperGuide>>,
}

impl IssueContent {
    /// The series that it belongs to: numbers, ledger and address are the series' own.
    pub fn series(&self) -> &str {
        self.edition.as_ref().map_or(self.kind.as_str(), |edition| edition.slug.as_str())
    }
}

/// The last full quarter in hindsight, as it stands in an issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HindsightNote {
    /// "2026-Q3".
    pub quarter: String,
    /// Told stories that lasted, that faded.
    pub told: (usize, usize),
    /// Left-out stories that lasted, that faded, of those followed.
    pub left_out: (usize, usize),
    /// Stories of which nothing can be said yet.
    pub n_early: usize,
    /// Whether the score foresaw it: area under the curve; `None`: too few stories.
    pub auc: Option<f64>,
    /// Told stories that lasted, then those that were noise, then what was left out and lasted; a few of each.
    pub stories: Vec<HindsightStory>,
}

/// A story in hindsight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HindsightStory {
    /// The story.
    pub story_id: StoryId,
    /// "lasted", "faded" or "missed".
    pub list: String,
    /// As published.
    pub headline: BTreeMap<Language, String>,
    /// Its age at the last look, in days.
    pub age_days: i32,
    /// Other owners that mentioned it after its first 72 hours.
    pub n_owners: i32,
    /// Stories that go on from it.
    pub n_updates: i32,
}
