//! The languages of texts and of readers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{UnknownWord, words};

words! {
    /// A language of sources, texts and readers.
    Language {
        /// English.
        En = "en",
        /// 简体中文.
        Zh = "zh",
    }
}

/// The language of a text, as its code in BCP 47: of the world's languages two are the readers' ([`Language`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tongue(String);

impl Tongue {
    /// Of a code like "ja" or "de-CH"; the region is left out.
    pub fn new(code: &str) -> Self {
        let primary = code.trim().split(['-', '_']).next().unwrap_or_default();
        Self(primary.to_ascii_lowercase())
    }

    /// Its code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text in it is written without spaces between its words.
    pub fn is_unspaced(&self) -> bool {
        ["zh", "ja", "th"].contains(&self.as_str())
    }

    /// The same where readers read it.
    pub fn reader(&self) -> Option<Language> {
        self.0.parse().ok()
    }
}

impl PartialEq<Language> for Tongue {
    fn eq(&self, other: &Language) -> bool {
        self.0 == other.as_str()
    }
}

impl From<Language> for Tongue {
    fn from(language: Language) -> Self {
        Self(language.as_str().to_owned())
    }
}
