//! What a paper is chosen and explained from: gathered once and kept beside its issue, enough to choose again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::choose::{self, Answers, Before, Placed};
use super::guide::{self, Material, Told};
use super::signals::{Paper, Weighed};
use crate::model::{LastPick, PaperGuide, StoryId};

/// Everything that a paper of the month is made from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PaperInputs {
    /// Papers that were weighed.
    pub n_candidates: usize,
    /// Papers that the judge had dropped before, by reason.
    pub dropped: BTreeMap<String, i64>,
    /// The papers of the shortlist.
    pub papers: Vec<Paper>,
    /// Their points and reasons, which came from comparing all that were weighed.
    pub list: Vec<Weighed>,
    /// Who was chosen before.
    pub before: Before,
    /// The operator's wish.
    pub pin: Option<String>,
    /// Duels that a model decided: two places on the list, and the winner's.
    pub duels: Vec<(usize, usize, usize)>,
    /// "rules", "operator", or the model that compared.
    pub judge: String,
    /// The whole text of the chosen one, if it could be had.
    pub whole: Option<(StoryId, String)>,
    /// Stories of earlier issues that may explain a term.
    pub told: Vec<Told>,
    /// The pick before.
    pub last: Option<LastPick>,
}

impl PaperInputs {
    /// The shortlist of all that were weighed.
    pub fn of(
        papers: &[Paper],
        dropped: BTreeMap<String, i64>,
        weighed: &[Weighed],
        (before, pin): (Before, Option<String>),
    ) -> Self {
        let list = choose::shortlist(weighed, papers, &before, pin.as_deref());
        Self {
            n_candidates: papers.len(),
            dropped,
            papers: list.iter().map(|one| papers[one.at].clone()).collect(),
            list: list.into_iter().enumerate().map(|(at, one)| Weighed { at, ..one }).collect(),
            before,
            pin,
            ..Self::default()
        }
    }

    /// Whether the operator's wish is on the list.
    pub fn is_pinned(&self) -> bool {
        self.papers.iter().any(|paper| self.pin.as_ref() == Some(&paper.key))
    }

    /// The shortlist as the duels order it; the chosen one first, if there is one.
    pub fn placed(&self) -> Vec<Placed> {
        let answers: Answers = self.duels.iter().map(|(a, b, winner)| ((*a, *b), *winner)).collect();
        choose::place(self.list.clone(), &self.papers, &self.before, &answers, self.pin.as_deref())
    }

    /// The guide of the chosen one; `None`: no paper of the list is worth it.
    pub fn guide(&self, placed: &[Placed]) -> Option<PaperGuide> {
        let lead = chosen(placed).and_then(|one| self.papers.get(one.weighed.at));
        let whole =
            self.whole.as_ref().filter(|(story, _)| lead.and_then(|paper| paper.story_id) == Some(*story));
        lead?;
        guide::guide(Material {
            papers: &self.papers,
            placed,
            n_candidates: self.n_candidates,
            whole: whole.map(|(_, text)| text.as_str()),
            told: &self.told,
            last: self.last.as_ref(),
            judge: &self.judge,
        })
    }
}

/// The one that won.
pub fn chosen(placed: &[Placed]) -> Option<&Placed> {
    placed.first().filter(|first| first.outcome == "chosen")
}
