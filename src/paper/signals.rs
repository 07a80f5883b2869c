//! What speaks for a paper: a documented sum of reasons. Popularity is a percentile among papers announced in the same
//! week, read at the same age; what is not known is left out, never counted as zero.
//!
//! | reason | most points | what it is |
//! |---|---|---|
//! | `taste` | as trained | how near title and abstract come to what experts picked ([`super::taste`]) |
//! | `listed` | 1.0 | readers' sites tell of it at all |
//! | `popular` | 1.0 | mean percentile of its votes, comments, stars |
//! | `corroborated` | 1.8 | independent owners that mention it |
//! | `alive` | 0.3 | its code was looked at and is there |
//! | `code`, `weights` | 0.3, 0.2 | there is something to run |
//! | `focus` | 0.4 | one of the long-term questions |
//! | `numbers`, `limits`, `readable` | 0.2, 0.3, 0.2 | our own reading of its abstract |
//! | `evidence` | 0.5 | the judge's score |

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Utc};

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
#[derive(Clone, Debug, Default)]
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
    /// Independent owners beside its own source; `None`: nobody could have told.
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
#[derive(Clone, Debug)]
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
    let weeks = Weeks::of(papers);
    let mut weighed: Vec<Weighed> =
        papers.iter().enumerate().map(|(at, paper)| one(at, paper, taste, &weeks)).collect();
    weighed.sort_by(|a, b| b.points.total_cmp(&a.points).then(papers[a.at].key.cmp(&papers[b.at].key)));
    weighed
}

/// The counts of each week and kind, to find percentiles in.
struct Weeks(BTreeMap<(i32, u32, SignalKind), Vec<i64>>);

impl Weeks {
    fn of(papers: &[Paper]) -> Self {
        let mut weeks: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for paper in papers {
            for (kind, count) in &paper.counts {
                weeks.entry(Self::key(paper, *kind)).or_default().push(*count);
            }
        }
        Self(weeks)
    }

    fn key(paper: &Paper, kind: SignalKind) -> (i32, u32, SignalKind) {
        let week = paper.announced_at.iso_week();
        (week.year(), week.week(), kind)
    }

    /// Share of the week's papers that it is above, half of those that are equal; the mean over its kinds.
    fn percentile(&self, paper: &Paper) -> Option<f64> {
        let of = |(kind, count): (&SignalKind, &i64)| {
            let all = self.0.get(&Self::key(paper, *kind)).filter(|all| all.len() >= FEWEST);
            all.map_or(0.5, |all| {
                let below = all.iter().filter(|other| *other < count).count() as f64;
                let equal = all.iter().filter(|other| *other == count).count() as f64;
                (below + 0.5 * equal) / all.len() as f64
            })
        };
        let shares: Vec<f64> = paper.counts.iter().map(of).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    }
}

fn one(at: usize, paper: &Paper, taste: &Taste, weeks: &Weeks) -> Weighed {
    let text = Text { title: &paper.title, text: &paper.text, categories: &paper.categories };
    let mut margin = taste.margin(text);
    if taste::is_apart(&paper.categories) {
        margin -= ORDINARY;
    }
    let mut reasons = vec![part("taste", margin + ORDINARY, &taste.words(&paper.title).join(", "))];
    if let Some(share) = weeks.percentile(paper) {
        let counts = paper.counts.iter().map(|(kind, count)| format!("{kind}:{count}"));
        let said = counts.collect::<Vec<_>>().join(" ");
        reasons.push(part("listed", 1.0, &said));
        reasons.push(part("popular", share, &format!("{:.0}", share * 100.0)));
    }
    if let Some(n) = paper.n_others.filter(|n| *n > 0) {
        reasons.push(part("corroborated", (0.6 * n as f64).min(1.8), &n.to_string()));
    }
    if paper.alive == Some(true) {
        reasons.push(part("alive", 0.3, ""));
    }
    reasons.extend(read(paper));
    let points = reasons.iter().map(|reason| f64::from(reason.points)).sum();
    reasons.retain(|reason| reason.points > 0.0);
    Weighed { at, points, reasons }
}

/// Our own reading: contribution, evidence, honesty, and whether a programmer gets through.
fn read(paper: &Paper) -> Vec<ScorePart> {
    let sentences = sentences(&paper.text);
    let first = |test: fn(&str) -> bool| sentences.iter().find(|sentence| test(sentence)).copied();
    let link = |kind: ArtifactKind| {
        let found = paper.artifacts.iter().find(|artifact| artifact.kind == kind);
        found.map(|artifact| artifact.link.as_deref().unwrap_or(&artifact.quote))
    };
    let mut reasons = Vec::new();
    let mut add = |flag: &str, points: f64, quote: Option<&str>| {
        reasons.extend(quote.map(|quote| part(flag, points, quote)));
    };
    add("code", 0.3, link(ArtifactKind::Code).or_else(|| first(names_code)));
    add("weights", 0.2, link(ArtifactKind::Weights));
    add("numbers", 0.2, first(has_measure));
    add("limits", 0.3, first(names_limit));
    let focus: Vec<&str> = paper.focus.iter().map(|focus| focus.as_str()).collect();
    add("focus", 0.4, (!focus.is_empty()).then_some(focus.join(" ")).as_deref());
    let n_chars = paper.text.chars().count();
    let is_readable = READABLE.contains(&n_chars) && !is_formula_heavy(&paper.text);
    add("readable", 0.2, is_readable.then_some(n_chars.to_string()).as_deref());
    if let Some(score) = paper.score {
        let points = f64::from(score / 20.0).clamp(0.0, 0.5);
        add("evidence", points, Some(format!("{score:.1}")).as_deref());
    }
    reasons
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
