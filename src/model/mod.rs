//! The types that travel between the stages, in the order in which they come to be.
//! This folder uses nothing of the crate: whoever knows it can read every stage.

mod guide;
mod issue;
mod item;
mod language;
mod report;
mod source;
mod story;
mod topic;
mod verdict;
mod vote;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A closed set of words: one spelling in files, in the database and on pages.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in files, database and URLs.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.as_str()) }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str { self.as_str() }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
                    .ok_or_else(|| UnknownWord(word.to_owned()))
            }
        }
    };
}
pub(crate) use words;

pub use guide::{EarlierTerm, LastPick, PaperGuide, RunnerUp, SectionTime, Step};
pub use issue::{
    Candidate, Earlier, EditionName, Edits, Erratum, HindsightNote, HindsightStory, IssueContent, IssueKind,
    IssueLink, IssueStory, Judged, LineKind, OwnLines, Rates, Section,
};
pub use item::{Article, Entry, Item, Link, Origin};
pub use language::{Language, Tongue};
pub use report::Report;
pub use source::{Rhythm, SignalKind, Source, SourceKind, Tier};
pub use story::{Story, StoryItem};
pub use topic::{MailPart, MailParts, Topic};
pub use verdict::{Artifact, ArtifactKind, Claim, Entity, EntityKind, Funding, ScorePart, Summary, Verdict};
pub use vote::{VoteKind, Voter};

/// A word that is not in its closed set.
#[derive(Debug, thiserror::Error)]
#[error("unknown word {0:?}")]
pub struct UnknownWord(pub String);

/// An id that cannot be confused with another table's.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )+ };
}

ids! {
    /// Row of `sources`.
    SourceId,
    /// Row of `items`.
    ItemId,
    /// Row of `stories`.
    StoryId,
    /// Row of `verdicts`.
    VerdictId,
    /// Row of `issues`.
    IssueId,
    /// Row of `subscribers`.
    SubscriberId,
    /// Row of `deliveries`.
    DeliveryId,
    /// Row of `votes`.
    VoteId,
    /// Row of `errata`.
    ErratumId,
    /// Row of `drafts`.
    DraftId,
}

words! {
    /// What a story is about, at the coarsest: also the sections of the issue.
    Lane {
        /// Companies, models and products.
        Company = "company",
        /// Money raised.
        Funding = "funding",
        /// Papers.
        Research = "research",
        /// Open-source releases, community, challengers.
        OpenSource = "open-source",
        /// Everything else about the industry: policy, courts, opinion.
        Industry = "industry",
    }
}
words! {
    /// The three long-term questions that every issue follows.
    Focus {
        /// Text with images, sound, video.
        Multimodal = "multimodal",
        /// Cheaper training and inference.
        Efficiency = "efficiency",
        /// Data privacy and private deployment.
        Privacy = "privacy",
    }
}
words! {
    /// Where a delivery stands (findings: queued → claimed → sending → one of the rest).
    DeliveryState {
        /// Waits for its time.
        Queued = "queued",
        /// A sender holds it; nothing was sent.
        Claimed = "claimed",
        /// The message may be on the wire.
        Sending = "sending",
        /// The relay took it.
        Sent = "sent",
        /// Refused for now.
        Deferred = "deferred",
        /// Refused for good.
        Failed = "failed",
        /// Cannot be known; never resent by itself.
        Uncertain = "uncertain",
        /// The reader left in the meantime.
        Skipped = "skipped",
        /// Too late to be news.
        Expired = "expired",
    }
}
