//! Our ranking of a month's papers beside the list of experts, and training on such lists.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::gold::Sound;
use crate::model::SignalKind;
use crate::paper::signals::{self, Paper};
use crate::paper::taste::{Labelled, Taste, Text};

/// A paper as a file of candidates names it.
#[derive(Clone, Debug, Deserialize)]
pub struct Candidate {
    /// arXiv id.
    pub id: String,
    /// Day of its announcement.
    pub seen: NaiveDate,
    /// As published.
    pub title: String,
    /// arXiv's, the main one first.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Who wrote it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The abstract.
    #[serde(default, rename = "abstract")]
    pub text: String,
}

/// A line of a file of labels: with a list of ids it is a pick of an expert, with votes a paper that readers listed.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    arxiv: Ids,
    #[serde(default)]
    title: String,
    upvotes: Option<i64>,
    comments: Option<i64>,
    stars: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Ids {
    One(String),
    Many(Vec<String>),
}

impl Sound for Candidate {
    fn flaw(&self) -> Option<&'static str> {
        (self.id.is_empty() || self.title.is_empty()).then_some("no id or no title")
    }
}

impl Sound for Line {
    fn flaw(&self) -> Option<&'static str> {
        matches!(&self.arxiv, Ids::One(id) if id.is_empty()).then_some("no arXiv id")
    }
}

/// What experts picked and readers voted for.
#[derive(Clone, Debug, Default)]
pub struct Gold {
    picks: HashSet<String>,
    votes: BTreeMap<String, (String, BTreeMap<SignalKind, i64>)>,
}

/// Shares of the first papers that the experts picked too.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// The file of candidates.
    pub set: String,
    /// Papers in it.
    pub n: usize,
    /// Of them picked.
    pub n_picked: usize,
    /// Share of the first 1, 5, 10, 20.
    pub d: BTreeMap<usize, f64>,
}

impl Gold {
    /// Of the lines of all files.
    pub fn of(lines: Vec<Line>) -> Self {
        let mut gold = Self::default();
        for line in lines {
            match line.arxiv {
                Ids::Many(ids) => gold.picks.extend(ids),
                Ids::One(id) => {
                    let counts = [
                        (SignalKind::Upvotes, line.upvotes),
                        (SignalKind::Comments, line.comments),
                        (SignalKind::Stars, line.stars),
                    ];
                    let counts: BTreeMap<SignalKind, i64> =
                        counts.into_iter().filter_map(|(kind, n)| Some((kind, n?))).collect();
                    if !counts.is_empty() {
                        gold.votes.insert(id, (line.title, counts));
                    }
                }
            }
        }
        gold
    }

    /// Without what readers voted.
    pub fn without_popularity(mut self) -> Self {
        self.votes.clear();
        self
    }

    /// Whether an expert picked anything.
    pub fn is_empty(&self) -> bool {
        self.picks.is_empty()
    }
}

/// Learns from all sets, and from the titles that readers listed, but for those of the sets in `unseen`.
pub fn train(sets: &[&[Candidate]], unseen: &[Candidate], gold: &Gold) -> Taste {
    let hidden: HashSet<&str> = unseen.iter().map(|paper| paper.id.as_str()).collect();
    let whole = sets.iter().flat_map(|set| set.iter()).map(|paper| Labelled {
        text: Text { title: &paper.title, text: &paper.text, categories: &paper.categories },
        picked: gold.picks.contains(&paper.id),
    });
    let listed = gold.votes.iter().filter(|(id, _)| !hidden.contains(id.as_str())).map(|(id, (title, _))| {
        Labelled { text: Text { title, ..Text::default() }, picked: gold.picks.contains(id) }
    });
    let papers: Vec<Labelled<'_>> = whole.chain(listed).collect();
    Taste::train(&papers)
}

/// The ids, best first.
pub fn rank<'a>(set: &'a [Candidate], gold: &Gold, taste: &Taste) -> Vec<&'a str> {
    let paper = |candidate: &Candidate| Paper {
        key: candidate.id.clone(),
        title: candidate.title.clone(),
        text: candidate.text.clone(),
        categories: candidate.categories.clone(),
        authors: candidate.authors.clone(),
        announced_at: DateTime::<Utc>::from_naive_utc_and_offset(
            candidate.seen.and_time(NaiveTime::MIN),
            Utc,
        ),
        counts: gold.votes.get(&candidate.id).map(|(_, counts)| counts.clone()).unwrap_or_default(),
        ..Paper::default()
    };
    let papers: Vec<Paper> = set.iter().map(paper).collect();
    signals::weigh(&papers, taste).into_iter().map(|one| set[one.at].id.as_str()).collect()
}

/// Holds a ranking against the picks.
pub fn measure(name: &str, set: &[Candidate], ranking: &[&str], gold: &Gold) -> Figures {
    let hits =
        |k: usize| ranking.iter().take(k).filter(|id| gold.picks.contains(**id)).count() as f64 / k as f64;
    let ids: HashMap<&str, ()> = set.iter().map(|paper| (paper.id.as_str(), ())).collect();
    Figures {
        set: name.to_owned(),
        n: set.len(),
        n_picked: ids.keys().filter(|id| gold.picks.contains(**id)).count(),
        d: [1, 5, 10, 20].into_iter().map(|k| (k, hits(k))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_and_picks_are_told_apart_and_the_share_is_of_the_first() {
        let line = |text: &str| serde_json::from_str::<Line>(text).unwrap();
        let gold = Gold::of(vec![
            line(r#"{"arxiv": ["2605.1", "2605.9"], "rank": 1}"#),
            line(r#"{"arxiv": "2605.2", "title": "Loud", "upvotes": 7}"#),
            line(r#"{"arxiv": "2605.3", "issues": ["a"]}"#),
        ]);
        let candidate = |id: &str| -> Candidate {
            serde_json::from_value(serde_json::json!({ "id": id, "seen": "2026-05-05", "title": id }))
                .unwrap()
        };
        let set = [candidate("2605.1"), candidate("2605.2")];
        let ranking = rank(&set, &gold, &Taste::default());
        assert_eq!(ranking, ["2605.2", "2605.1"]);
        let figures = measure("may", &set, &ranking, &gold);
        assert_eq!((figures.n_picked, figures.d[&1], figures.d[&5]), (1, 0.0, 0.2));
        let silent = gold.without_popularity();
        assert_eq!(rank(&set, &silent, &Taste::default()), ["2605.1", "2605.2"]);
    }
}
