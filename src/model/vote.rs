//! What readers say about stories, and who says it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SubscriberId, UnknownWord, words};

words! {
    /// What a reader says about a story.
    VoteKind {
        /// More hype than substance.
        Hype = "hype",
        /// Not hype: worth the time.
        Solid = "solid",
        /// Something in it is not true.
        Wrong = "wrong",
    }
}

/// Who votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voter {
    /// A reader, by the link in the mail.
    Reader(SubscriberId),
    /// A visitor of the archive: a random number.
    Visitor(u128),
}

impl std::fmt::Display for Voter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reader(id) => write!(f, "r{id}"),
            Self::Visitor(number) => write!(f, "v{number:032x}"),
        }
    }
}

impl std::str::FromStr for Voter {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord(word.to_owned());
        if let Some(id) = word.strip_prefix('r') {
            return Ok(Self::Reader(SubscriberId(id.parse().map_err(|_| unknown())?)));
        }
        let number = word.strip_prefix('v').ok_or_else(unknown)?;
        u128::from_str_radix(number, 16).map(Self::Visitor).map_err(|_| unknown())
    }
}
