//! What a reader may choose of an issue, and which parts of the frozen mail are about it.

use serde::{Deserialize, Serialize};

use super::{Focus, Lane, UnknownWord, words};
use schemars::JsonSchema;

words! {
    /// What a reader may ask for: the lanes and the long-term questions.
    Topic {
        /// Companies, models and products.
        Company = "company",
        /// Money raised.
        Funding = "funding",
        /// Papers.
        Research = "research",
        /// Open-source releases, community, challengers.
        OpenSource = "open-source",
        /// Policy, courts, opinion.
        Industry = "industry",
        /// Text with images, sound, video.
        Multimodal = "multimodal",
        /// Cheaper training and inference.
        Efficiency = "efficiency",
        /// Data privacy and private deployment.
        Privacy = "privacy",
    }
}

impl From<Lane> for Topic {
    fn from(lane: Lane) -> Self {
        match lane {
            Lane::Company => Self::Company,
            Lane::Funding => Self::Funding,
            Lane::Research => Self::Research,
            Lane::OpenSource => Self::OpenSource,
            Lane::Industry => Self::Industry,
        }
    }
}

impl From<Focus> for Topic {
    fn from(focus: Focus) -> Self {
        match focus {
            Focus::Multimodal => Self::Multimodal,
            Focus::Efficiency => Self::Efficiency,
            Focus::Privacy => Self::Privacy,
        }
    }
}

/// A part of a mail that is taken out for readers who asked for other topics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPart {
    /// Its first byte in the text or HTML.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// Readers who asked for one of them get it; none: only readers without topics do.
    pub topics: Vec<Topic>,
    /// What the others get in its place.
    pub instead: String,
}

/// The parts of a mail, each list by their beginnings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailParts {
    /// Of the text.
    pub text: Vec<MailPart>,
    /// Of the HTML.
    pub html: Vec<MailPart>,
    /// What the subject's story is about; none: the subject is for everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject: Vec<Topic>,
    /// The subject for readers who asked for none of these.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject_instead: String,
}

impl MailParts {
    /// The subject for a reader who asked for `topics` (none: for everything).
    pub fn subject_for<'a>(&'a self, subject: &'a str, topics: &[Topic]) -> &'a str {
        let is_other = !topics.is_empty() && !self.subject.is_empty();
        let is_other = is_other && !self.subject.iter().any(|topic| topics.contains(topic));
        if is_other { &self.subject_instead } else { subject }
    }
}
