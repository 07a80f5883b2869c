//! What became of a story: the types, and the rules by which it lasted or faded. Pure: no database, network or clock.

mod handle;
mod measure;
mod quarter;
mod rule;
pub mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use handle::{Handle, handle, link};
pub use measure::{Band, Counts, Foresight, MIN_EACH, Summary, summary};
pub use quarter::Quarter;
pub use rule::{Judged, SIGNS, Sign, judge};

use crate::model::{Language, StoryId, UnknownWord, words as closed_words};

/// Ages at which a story is looked at, in days.
pub const AGES: [i32; 3] = [30, 90, 180];

/// What is said in a story's first hours is the echo of its news, no mention.
pub const ECHO_HOURS: i64 = 72;

closed_words! {
    /// Why a story is followed.
    Watch {
        /// An issue told it.
        Told = "told",
        /// An issue named it as left out.
        Named = "named",
        /// Left out although many told it.
        Loud = "loud",
        /// Left out, drawn by lot.
        Sample = "sample",
    }
}
closed_words! {
    /// What became of it.
    Outcome {
        /// Others came back to it.
        Lasted = "lasted",
        /// Nobody did: it was noise.
        Faded = "faded",
        /// Not to be said yet.
        Early = "early",
    }
}
closed_words! {
    /// Whether what a story links to is still there.
    Artifact {
        /// It answers.
        Alive = "alive",
        /// Its host says that it is not there.
        Gone = "gone",
        /// Nobody can say: no answer, no permission, a fault of the host.
        Unknown = "unknown",
    }
}

/// How popular a story was, as a source counted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Popularity {
    /// "stars", "likes", "points" …
    pub kind: String,
    /// Most that was read in its first week; `None`: nothing was.
    pub first: Option<i64>,
    /// Most that was read until this age.
    pub last: i64,
    /// Age of the last reading, in days.
    pub day: i32,
}

/// What is known of a story at one age.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// One of [`AGES`].
    pub age_days: i32,
    /// Other owners that mentioned it after its echo.
    pub n_owners: i32,
    /// Their items.
    pub n_mentions: i32,
    /// Those of the owners in the second half of the age.
    pub n_late_owners: i32,
    /// Stories that go on from it.
    pub n_updates: i32,
    /// Day of the last mention or update.
    pub last_day: Option<i32>,
    /// `None`: it has no link.
    pub artifact: Option<Artifact>,
    /// As sources counted.
    pub popularity: Vec<Popularity>,
}

/// A reason of an outcome: a sign of [`SIGNS`], its points, and the number behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Name of the sign.
    pub sign: String,
    /// What it counts.
    pub points: i32,
    /// The number that it speaks of.
    pub n: i64,
}

/// A look at a story that was written down.
#[derive(Clone, Debug, Serialize)]
pub struct Afterlife {
    /// One of [`AGES`].
    pub age_days: i32,
    /// How old it was when this was written.
    pub real_age_days: i32,
    /// Other owners that mentioned it after its echo.
    pub n_owners: i32,
    /// Their items.
    pub n_mentions: i32,
    /// Stories that go on from it.
    pub n_updates: i32,
    /// `None`: it has no link.
    pub artifact: Option<Artifact>,
    /// What the link's host said.
    pub artifact_says: Option<String>,
    /// As sources counted.
    pub popularity: Vec<Popularity>,
    /// What became of it until then.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A followed story with the last look at it.
#[derive(Clone, Debug, Serialize)]
pub struct Followed {
    /// The story, or the one that it is a part of by now.
    pub story_id: StoryId,
    /// Why it is followed.
    pub why: Watch,
    /// Kind and number of the issue.
    pub issue: (String, i32),
    /// Order of reading in it.
    pub place: Option<i32>,
    /// As published.
    pub score: f32,
    /// Why it was left out.
    pub dropped: Option<String>,
    /// By language, as published.
    pub headline: BTreeMap<Language, String>,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// The last look; `None` before the first age.
    pub last: Option<Afterlife>,
}

impl Followed {
    /// What became of it so far.
    pub fn outcome(&self) -> Outcome {
        self.last.as_ref().map_or(Outcome::Early, |life| life.outcome)
    }

    /// Whether an issue told it.
    pub fn is_told(&self) -> bool {
        self.why == Watch::Told
    }

    /// For lists: what spoke most for its lasting stands first.
    pub fn weight(&self) -> (i32, i32) {
        let points = |life: &Afterlife| life.reasons.iter().map(|reason| reason.points).sum();
        self.last.as_ref().map_or((0, 0), |life| (points(life), life.n_owners))
    }
}
