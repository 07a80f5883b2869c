//! How well the judge foresaw what readers say: their votes are the labels. A story is hype if more readers say so than
//! say the contrary; where as many say each, it is left out, and so is every story that no reader voted on. Visitors of
//! the archive are counted, and label nothing: who drops the cookie votes again.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::Verdict;

/// A story that somebody voted on.
#[derive(Clone, Debug)]
pub struct Story {
    /// Its headline.
    pub title: String,
    /// The beginning of its lead article.
    pub body: String,
    /// The current judgement, if there is one.
    pub verdict: Option<Verdict>,
    /// Readers' votes for hype.
    pub n_hype: i64,
    /// Readers' votes against hype.
    pub n_solid: i64,
    /// Votes for and against hype by visitors.
    pub n_by_visitors: i64,
    /// Votes that something is not true.
    pub n_wrong: i64,
    /// Confirmed errors.
    pub n_errata: i64,
}

/// What the votes say of the judge.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// Stories that readers call hype.
    pub hype: usize,
    /// Stories that readers call no hype.
    pub solid: usize,
    /// Stories about which as many say each.
    pub undecided: usize,
    /// Stories with a vote for or against hype that no judgement exists of.
    pub unjudged: usize,
    /// What the judge said, as foresight of hype.
    pub signs: Vec<Sign>,
    /// How often a story that is no hype has the higher score of two; `None`: one of the two is missing.
    pub score_auc: Option<f64>,
    /// Stories of which a reader says that something is not true.
    pub wrong: usize,
    /// Of them confirmed.
    pub confirmed: usize,
    /// Votes of visitors, which are no labels.
    pub by_visitors: i64,
}

/// A sign of hype and how it fared; a share of nothing is `None`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sign {
    /// "screened out", "any hype flag", or a flag of the score.
    pub name: String,
    /// Labelled stories that have it.
    pub stories: usize,
    /// Of them hype.
    pub hype: usize,
    /// Share of hype among those that have it.
    pub precision: Option<f64>,
    /// Share of those that have it among hype.
    pub recall: Option<f64>,
}

/// A label as `eval hype` reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label<'a> {
    /// 1: hype, 0: not.
    pub label: u8,
    /// The headline.
    pub title: &'a str,
    /// The beginning of the article.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub body: &'a str,
}

/// Holds the judgements against the votes.
pub fn evaluate(stories: &[Story]) -> Outcome {
    let labelled: Vec<(bool, &Story)> =
        stories.iter().filter_map(|story| Some((is_hype(story)?, story))).collect();
    let judged: Vec<(bool, &Verdict)> =
        labelled.iter().filter_map(|(hype, story)| Some((*hype, story.verdict.as_ref()?))).collect();
    let tied = |story: &&Story| story.n_hype > 0 && story.n_hype == story.n_solid;
    let n_hype = labelled.iter().filter(|(hype, _)| *hype).count();
    let flags: BTreeSet<&str> = judged.iter().flat_map(|(_, verdict)| hype_flags(verdict)).collect();
    let mut signs = vec![
        sign("screened out", &judged, |verdict| verdict.dropped.is_some()),
        sign("any hype flag", &judged, |verdict| hype_flags(verdict).next().is_some()),
    ];
    signs.extend(
        flags.iter().map(|flag| sign(flag, &judged, |verdict| hype_flags(verdict).any(|f| f == *flag))),
    );
    Outcome {
        hype: n_hype,
        solid: labelled.len() - n_hype,
        undecided: stories.iter().filter(tied).count(),
        unjudged: labelled.len() - judged.len(),
        signs,
        score_auc: auc(&judged),
        wrong: stories.iter().filter(|story| story.n_wrong > 0).count(),
        confirmed: stories.iter().filter(|story| story.n_wrong > 0 && story.n_errata > 0).count(),
        by_visitors: stories.iter().map(|story| story.n_by_visitors).sum(),
    }
}

/// The labels, for other measures.
pub fn labels(stories: &[Story]) -> Vec<Label<'_>> {
    stories.iter().filter_map(label).collect()
}

fn label(story: &Story) -> Option<Label<'_>> {
    let hype = is_hype(story)?;
    Some(Label { label: u8::from(hype), title: &story.title, body: &story.body })
}

fn is_hype(story: &Story) -> Option<bool> {
    (story.n_hype != story.n_solid).then_some(story.n_hype > story.n_solid)
}

fn hype_flags(verdict: &Verdict) -> impl Iterator<Item = &str> {
    verdict.parts.iter().filter(|part| part.points < 0.0).map(|part| part.flag.as_str())
}

fn sign(name: &str, judged: &[(bool, &Verdict)], has: impl Fn(&Verdict) -> bool) -> Sign {
    let with: Vec<bool> = judged.iter().filter(|(_, verdict)| has(verdict)).map(|(hype, _)| *hype).collect();
    let hype = with.iter().filter(|hype| **hype).count();
    let n_hype = judged.iter().filter(|(hype, _)| *hype).count();
    Sign {
        name: name.to_owned(),
        stories: with.len(),
        hype,
        precision: share(hype, with.len()),
        recall: share(hype, n_hype),
    }
}

fn share(part: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

/// Over all pairs of a story that is hype and one that is not; equal scores are half a success.
fn auc(judged: &[(bool, &Verdict)]) -> Option<f64> {
    let scores = |wanted: bool| {
        let some = judged.iter().filter(move |(hype, _)| *hype == wanted);
        some.map(|(_, verdict)| verdict.score).collect::<Vec<f32>>()
    };
    let (hype, solid) = (scores(true), scores(false));
    let pairs = hype.len() * solid.len();
    let won = |hype: f32, solid: f32| match solid.total_cmp(&hype) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    };
    let total: f64 = hype.iter().flat_map(|h| solid.iter().map(|s| won(*h, *s))).sum();
    (pairs > 0).then(|| total / pairs as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lane, ScorePart, StoryId};

    fn story(votes: (i64, i64), judged: Option<(f32, bool, &[&str])>) -> Story {
        let verdict = judged.map(|(score, dropped, flags)| Verdict {
            story_id: StoryId(1),
            judge: "rules".into(),
            headline: Default::default(),
            summary: Default::default(),
            lane: Lane::Company,
            focus: Vec::new(),
            entities: Vec::new(),
            funding: None,
            artifacts: Vec::new(),
            claims: Vec::new(),
            dates: Vec::new(),
            versions: Vec::new(),
            rumour: false,
            score,
            parts: flags
                .iter()
                .map(|flag| ScorePart { flag: (*flag).into(), points: -1.0, quote: String::new() })
                .collect(),
            dropped: dropped.then(|| "hype".into()),
            facts_checked: 0,
            sentences_withheld: 0,
            tokens: 0,
            unscored: None,
        });
        let (n_hype, n_solid) = votes;
        Story {
            title: "T".into(),
            body: "B".into(),
            verdict,
            n_hype,
            n_solid,
            n_by_visitors: 0,
            n_wrong: 0,
            n_errata: 0,
        }
    }

    #[test]
    fn votes_tell_which_flags_foresaw_hype() {
        let stories = [
            story((3, 1), Some((-1.0, true, &["sensational"]))),
            story((1, 0), Some((2.0, false, &[]))),
            story((0, 2), Some((2.0, false, &["sensational"]))),
            story((0, 1), Some((5.0, false, &[]))),
            story((1, 1), Some((9.0, true, &[]))),
            story((1, 0), None),
            Story { n_wrong: 1, n_errata: 1, ..story((0, 0), None) },
            // A crowd without cookies labels nothing.
            Story { n_by_visitors: 19, ..story((0, 0), Some((1.0, false, &[]))) },
        ];
        let outcome = evaluate(&stories);
        assert_eq!((outcome.hype, outcome.solid, outcome.undecided, outcome.unjudged), (3, 2, 1, 1));
        assert_eq!((outcome.wrong, outcome.confirmed, outcome.by_visitors), (1, 1, 19));
        let found: Vec<_> = outcome
            .signs
            .iter()
            .map(|sign| (sign.name.as_str(), sign.stories, sign.precision, sign.recall))
            .collect();
        assert_eq!(
            found,
            [
                ("screened out", 1, Some(1.0), Some(0.5)),
                ("any hype flag", 2, Some(0.5), Some(0.5)),
                ("sensational", 2, Some(0.5), Some(0.5)),
            ]
        );
        // -1 < 2, -1 < 5, 2 = 2, 2 < 5
        assert_eq!(outcome.score_auc, Some(3.5 / 4.0));
        let labels: Vec<u8> = labels(&stories).iter().map(|label| label.label).collect();
        assert_eq!(labels, [1, 1, 0, 0, 1]);
    }

    #[test]
    fn a_share_of_nothing_is_none() {
        let outcome = evaluate(&[story((1, 0), Some((1.0, false, &[])))]);
        assert_eq!(outcome.score_auc, None);
        assert_eq!((outcome.signs[0].precision, outcome.signs[0].recall), (None, Some(0.0)));
        assert_eq!(evaluate(&[]), Outcome { signs: evaluate(&[]).signs, ..Outcome::default() });
    }
}
