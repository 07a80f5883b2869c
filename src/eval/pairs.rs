//! How often a Chinese and an English item of one event come together, and near-misses stay apart.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::gold::{Line, Sound};
use super::group::groups;
use crate::group::Cutoffs;
use crate::model::Language;

/// Two links and whether they tell one event.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Pair {
    /// Link of the Chinese item.
    pub zh: String,
    /// Link of the English item.
    pub en: String,
    /// The label.
    pub same: bool,
}

impl Sound for Pair {
    fn flaw(&self) -> Option<&'static str> {
        (self.zh.is_empty() || self.en.is_empty()).then_some("a link is empty")
    }
}

/// What became of the pairs.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// Pairs of one event whose items are in the corpus.
    pub same: usize,
    /// Of them in one story.
    pub joined: usize,
    /// Near-misses whose items are in the corpus.
    pub near_misses: usize,
    /// Of them in one story all the same.
    pub wrongly_joined: usize,
    /// Pairs of which the corpus lacks an item.
    pub missing: usize,
    /// The wrong ones.
    pub mistakes: Vec<Pair>,
}

/// Groups the whole corpus by the code of the stage and looks where the items of each pair are.
pub fn evaluate(pairs: &[Pair], corpus: &[Line], meanings: Vec<Vec<f32>>, cutoffs: Cutoffs) -> Outcome {
    let found = groups(corpus, meanings, cutoffs);
    let place = |language: Language| -> HashMap<&str, usize> {
        let own = corpus.iter().enumerate().filter(|(_, line)| line.language == Some(language));
        own.map(|(n, line)| (line.url.as_str(), found[n])).collect()
    };
    let (zh, en) = (place(Language::Zh), place(Language::En));
    let mut outcome = Outcome::default();
    for pair in pairs {
        let (Some(a), Some(b)) = (zh.get(pair.zh.as_str()), en.get(pair.en.as_str())) else {
            outcome.missing += 1;
            continue;
        };
        let is_joined = a == b;
        if pair.same {
            outcome.same += 1;
            outcome.joined += usize::from(is_joined);
        } else {
            outcome.near_misses += 1;
            outcome.wrongly_joined += usize::from(is_joined);
        }
        if is_joined != pair.same {
            outcome.mistakes.push(pair.clone());
        }
    }
    outcome
}
