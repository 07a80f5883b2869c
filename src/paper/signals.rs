//! What speaks for a paper: a documented sum of reasons. Each signal is a percentile among the papers announced in the
//! same week, counted at the same age: what few of them have counts more than what most have. What is not known is left
//! out, never counted as zero.
//!
//! | reason | most points | its percentile is of |
//! |---|---|---|
//! | `taste` | as trained | no percentile: how near it comes to what experts picked ([`super::taste`]) |
//! | `listed` | 1.0 | no percentile: readers' sites tell of it at all |
//! | `popular` | 1.0 | its votes, comments, stars, citations: the mean |
//! | `corroborated` | 1.8 | independent owners that mention it |
//! | `alive` | 0.3 | its code was looked at and is there |
//! | `code`, `weights` | 0.4, 0.3 | there is something to run |
//! | `focus` | 0.5 | long-term questions that it touches |
//! | `numbers`, `limits`, `readable` | 0.3, 0.4, 0.3 | our own reading of its abstract |
//! | `evidence` | 0.5 | the judge's score |

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};

use super::taste::{self, Taste, Text};
use super::text::{has_measure, is_formula_heavy, names_code, names_limit, sentences};
use crate::model::{Artifact, ArtifactKind, Focus, ScorePart, SignalKind, StoryId};

/// Fewer readings of a week make no percentile; they count as the middle.
const FEWEST: usize = 3;
/// Abstracts of this many characters say enough and are read to the end.
const READABLE: std::ops::RangeInclusive<usize> = 200..=2400;
/// So that a paper of ordinary taste has few points rather than negative ones.
const ORDINARY: f64 = 3.0;

/// A paper that may be chosen, with what is known at the time of choice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Paper {
    /// arXiv id without its version, else the paper's address.
    pub key: String,
    /// The story that tells it.
    pub story_id: Option<StoryId>,
    /// Where it can be read.
    pub link: String,
    /// As published.
    pub title: String,
    /// The abstract.
    pub text: String,
    /// arXiv's, the main one first.
    pub categories: Vec<String>,
    /// People or a group.
    pub authors: Vec<String>,
    /// When it was announced.
    pub announced_at: DateTime<Utc>,
    /// Counts as of the same age for all.
    pub counts: BTreeMap<SignalKind, i64>,
    /// Independent owners beside its own source, as of the same age for all; `None`: nobody could have told.
    pub n_others: Option<usize>,
    /// What there is to try.
    pub artifacts: Vec<Artifact>,
    /// Whether its code was there when it was looked at; `None`: nobody looked.
    pub alive: Option<bool>,
    /// Long-term questions.
    pub focus: Vec<Focus>,
    /// The judge's.
    pub score: Option<f32>,
}

/// A paper with its points.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Weighed {
    /// Place in the list that was weighed.
    pub at: usize,
    /// Sum of the reasons and of what is below zero.
    pub points: f64,
    /// What spoke for it, each with its words.
    pub reasons: Vec<ScorePart>,
}

/// All papers, the best first.
pub fn weigh(papers: &[Paper], taste: &Taste) -> Vec<Weighed> {
    let readings: Vec<Vec<Reading>> = papers.iter().map(read).collect();
    let weeks = Weeks::of(papers, &readings);
    let each = papers.iter().enumerate().zip(&readings);
    let mut weighed: Vec<Weighed> =
        each.map(|(paper, readings)| one(paper, readings, taste, &weeks)).collect();
    weighed.sort_by(|a, b| b.points.total_cmp(&a.points).then(papers[a.at].key.cmp(&papers[b.at].key)));
    weighed
}

/// What is read of a paper: a number to compare, and the words for it.
struct Reading {
    flag: &'static str,
    value: f64,
    most: f64,
    quote: String,
}

/// The numbers of each week and signal in rising order, to find percentiles in.
struct Weeks<'a>(BTreeMap<(i32, u32, &'a str), Vec<f64>>);

impl<'a> Weeks<'a> {
    fn of(papers: &'a [Paper], readings: &[Vec<Reading>]) -> Self {
        let mut weeks: BTreeMap<_, Vec<f64>> = BTreeMap::new();
        for (paper, readings) in papers.iter().zip(readings) {
            let counts = paper.counts.iter().map(|(kind, count)| (kind.as_str(), *count as f64));
            for (signal, value) in counts.chain(readings.iter().map(|reading| (reading.flag, reading.value)))
            {
                weeks.entry(Self::key(paper, signal)).or_default().push(value);
            }
        }
        weeks.values_mut().for_each(|all| all.sort_by(f64::total_cmp));
        Self(weeks)
    }

    fn key(paper: &Paper, signal: &'a str) -> (i32, u32, &'a str) {
        let week = paper.announced_at.iso_week();
        (week.year(), week.week(), signal)
    }

    /// Share of the week's papers that `value` is above, half of those that are equal.
    fn percentile(&self, paper: &Paper, signal: &'a str, value: f64) -> f64 {
        let all = self.0.get(&Self::key(paper, signal)).filter(|all| all.len() >= FEWEST);
        all.map_or(0.5, |all| {
            let below = all.partition_point(|other| *other < value);
            let equal = all.partition_point(|other| *other <= value) - below;
            (below as f64 + 0.5 * equal as f64) / all.len() as f64
        })
    }

    /// Whether some count of it stands beside enough others.
    fn is_full(&self, paper: &'a Paper) -> bool {
        let beside = |kind: &SignalKind| self.0.get(&Self::key(paper, kind.as_str())).map_or(0, Vec::len);
        paper.counts.keys().any(|kind| beside(kind) >= FEWEST)
    }

    /// The mean over all that was counted of it.
    fn popularity(&self, paper: &'a Paper) -> Option<f64> {
        let shares = paper.counts.iter().map(|(kind, n)| self.percentile(paper, kind.as_str(), *n as f64));
        let shares: Vec<f64> = shares.collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    }
}

fn one<'a>(
    (at, paper): (usize, &'a Paper),
    readings: &[Reading],
    taste: &Taste,
    weeks: &Weeks<'a>,
) -> Weighed {
    let text = Text { title: &paper.title, text: &paper.text, categories: &paper.categories };
    let mut margin = taste.margin(text);
    if taste::is_apart(&paper.categories) {
        margin -= ORDINARY;
    }
    let mut reasons = vec![part("taste", margin + ORDINARY, &taste.words(&paper.title).join(", "))];
    if let Some(share) = weeks.popularity(paper) {
        let counts = paper.counts.iter().map(|(kind, count)| format!("{kind}:{count}"));
        let said = counts.collect::<Vec<_>>().join(" ");
        reasons.push(part("listed", 1.0, &said));
        // Among too few there is nothing to tell.
        let said = if weeks.is_full(paper) { format!("{:.0}", share * 100.0) } else { String::new() };
        reasons.push(part("popular", share, &said));
    }
    reasons.extend(readings.iter().filter(|reading| reading.value > 0.0).map(|reading| {
        let share = weeks.percentile(paper, reading.flag, reading.value);
        part(reading.flag, reading.most * share, &reading.quote)
    }));
    let points = reasons.iter().map(|reason| f64::from(reason.points)).sum();
    reasons.retain(|reason| reason.points > 0.0);
    Weighed { at, points, reasons }
}

/// Others' words and our own reading: contribution, evidence, honesty, and whether a programmer gets through.
fn read(paper: &Paper) -> Vec<Reading> {
    let sentences = sentences(&paper.text);
    let all = |test: fn(&str) -> bool| {
        let found: Vec<&str> = sentences.iter().copied().filter(|sentence| test(sentence)).collect();
        (found.len() as f64, found.first().copied().unwrap_or_default())
    };
    let link = |kind: ArtifactKind| {
        let found = paper.artifacts.iter().find(|artifact| artifact.kind == kind);
        found.map(|artifact| artifact.link.as_deref().unwrap_or(&artifact.quote))
    };
    let mut readings = Vec::new();
    let mut add = |flag: &'static str, most: f64, (value, quote): (f64, &str)| {
        readings.push(Reading { flag, value, most, quote: quote.to_owned() });
    };
    let is = |holds: bool| if holds { 1.0 } else { 0.0 };
    if let Some(n) = paper.n_others {
        add("corroborated", 1.8, (n as f64, &n.to_string()));
    }
    if let Some(alive) = paper.alive {
        add("alive", 0.3, (is(alive), ""));
    }
    let code = link(ArtifactKind::Code).or_else(|| sentences.iter().copied().find(|text| names_code(text)));
    add("code", 0.4, (is(code.is_some()), code.unwrap_or_default()));
    let weights = link(ArtifactKind::Weights);
    add("weights", 0.3, (is(weights.is_some()), weights.unwrap_or_default()));
    add("numbers", 0.3, all(has_measure));
    add("limits", 0.4, all(names_limit));
    let focus: Vec<&str> = paper.focus.iter().map(|focus| focus.as_str()).collect();
    add("focus", 0.5, (focus.len() as f64, &focus.join(" ")));
    let n_chars = paper.text.chars().count();
    let is_readable = READABLE.contains(&n_chars) && !is_formula_heavy(&paper.text);
    add("readable", 0.3, (is(is_readable), &n_chars.to_string()));
    if let Some(score) = paper.score {
        add("evidence", 0.5, (f64::from(score.max(0.0)), &format!("{score:.1}")));
    }
    readings
}

fn part(flag: &str, points: f64, quote: &str) -> ScorePart {
    // Two digits are shown and stored: the reasons add up as a reader adds them.
    let points = ((points * 100.0).round() / 100.0) as f32;
    ScorePart { flag: flag.to_owned(), points, quote: quote.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(key: &str, day: &str, upvotes: Option<i64>) -> Paper {
        Paper {
            key: key.into(),
            announced_at: format!("{day}T00:00:00Z").parse().unwrap(),
            counts: upvotes.map(|n| (SignalKind::Upvotes, n)).into_iter().collect(),
            ..Paper::default()
        }
    }

    fn flags(weighed: &Weighed) -> Vec<&str> {
        weighed.reasons.iter().map(|reason| reason.flag.as_str()).collect()
    }

    #[test]
    fn votes_count_among_the_papers_of_the_same_week() {
        let mut papers: Vec<Paper> =
            (1..=4).map(|n| paper(&format!("early{n}"), "2026-05-05", Some(100 * n))).collect();
        papers.extend((1..=4).map(|n| paper(&format!("late{n}"), "2026-05-12", Some(n))));
        let weighed = weigh(&papers, &Taste::default());
        assert_eq!(papers[weighed[0].at].key, "early4");
        assert_eq!(papers[weighed[1].at].key, "late4", "few votes are much in a young week");
        assert_eq!(weighed[0].points, weighed[1].points);
    }

    #[test]
    fn what_few_papers_of_a_week_have_counts_more() {
        let of = |n_with: usize| {
            let one = |n: usize| Paper {
                n_others: Some(usize::from(n < n_with)),
                ..paper(&format!("p{n}"), "2026-05-05", None)
            };
            let papers: Vec<Paper> = (0..10).map(one).collect();
            let weighed = weigh(&papers, &Taste::default()).remove(0);
            weighed.reasons.iter().find(|reason| reason.flag == "corroborated").map(|reason| reason.points)
        };
        assert_eq!((of(1), of(8), of(0)), (Some(1.71), Some(1.08), None));
    }

    #[test]
    fn what_is_missing_is_not_zero() {
        let papers = [paper("a", "2026-05-05", None), paper("b", "2026-05-05", Some(0))];
        let weighed = weigh(&papers, &Taste::default());
        assert!(!flags(&weighed[1]).contains(&"popular"));
        assert!(flags(&weighed[0]).contains(&"popular"), "a lone count is the middle of its week");
    }

    #[test]
    fn every_reason_has_its_words_and_they_add_up() {
        let own = Paper {
            text: "We cut the memory of serving by 37%. It fails on long tables. Code is available at github.com/x/y."
                .repeat(3),
            n_others: Some(2),
            focus: vec![Focus::Efficiency],
            score: Some(5.0),
            alive: Some(true),
            ..paper("a", "2026-05-05", Some(3))
        };
        let [weighed] = weigh(&[own], &Taste::default()).try_into().unwrap();
        assert_eq!(
            flags(&weighed),
            [
                "taste",
                "listed",
                "popular",
                "corroborated",
                "alive",
                "code",
                "numbers",
                "limits",
                "focus",
                "readable",
                "evidence"
            ]
        );
        let sum: f64 = weighed.reasons.iter().map(|reason| f64::from(reason.points)).sum();
        assert!((sum - weighed.points).abs() < 1e-6);
    }
}
