//! How well the score foresaw what lasted, over the stories that are followed. Told ones are all there, left-out ones
//! are a sample: shares are of those followed, and the area under the curve does not depend on how many of each there are.

use serde::Serialize;

use super::{Followed, Outcome};

/// So many that lasted and so many that faded are needed before anything is said of the score.
pub const MIN_EACH: usize = 10;

/// Upper ends of the bands of the score; the last band has none.
const BANDS: [f32; 4] = [0.0, 2.0, 4.0, 6.0];

/// Stories by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Others came back to them.
    pub lasted: usize,
    /// Nobody did.
    pub faded: usize,
    /// Not to be said yet.
    pub early: usize,
}

impl Counts {
    /// Those of which something can be said.
    pub fn n(&self) -> usize {
        self.lasted + self.faded
    }

    /// Part of those that lasted, in percent; `None` of none.
    pub fn percent(&self) -> Option<usize> {
        (self.n() > 0).then(|| (self.lasted * 100 + self.n() / 2) / self.n())
    }

    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Lasted => self.lasted += 1,
            Outcome::Faded => self.faded += 1,
            Outcome::Early => self.early += 1,
        }
    }
}

/// Stories of a band of the score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Band {
    /// "< 0", "0–2" … "≥ 6".
    pub label: String,
    /// What became of them.
    pub counts: Counts,
}

/// What the score was worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Foresight {
    /// How often a story that lasted had the higher score, of all pairs with one that faded; a tie is half. 0.5 is chance.
    pub auc: f64,
    /// Rank correlation (Spearman) of score and points of the outcome.
    pub rank_correlation: f64,
}

/// A period in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Those that issues told.
    pub told: Counts,
    /// Those that were left out.
    pub left_out: Counts,
    /// By score, all bands in order.
    pub bands: Vec<Band>,
    /// `None`: fewer than [`MIN_EACH`] lasted or faded.
    pub foresight: Option<Foresight>,
}

/// The numbers of these stories.
pub fn summary(stories: &[Followed]) -> Summary {
    let mut told = Counts::default();
    let mut left_out = Counts::default();
    let mut bands: Vec<Band> =
        (0..=BANDS.len()).map(|n| Band { label: label(n), counts: Counts::default() }).collect();
    for story in stories {
        if story.is_told() { &mut told } else { &mut left_out }.add(story.outcome());
        let band = BANDS.iter().position(|end| story.score < *end).unwrap_or(BANDS.len());
        bands[band].counts.add(story.outcome());
    }
    Summary { told, left_out, bands, foresight: foresight(stories) }
}

fn label(band: usize) -> String {
    match (band.checked_sub(1).map(|before| BANDS[before]), BANDS.get(band)) {
        (None, Some(end)) => format!("< {end}"),
        (Some(start), Some(end)) => format!("{start}–{end}"),
        (Some(start), None) => format!("≥ {start}"),
        (None, None) => String::new(),
    }
}

fn foresight(stories: &[Followed]) -> Option<Foresight> {
    let scores = |outcome: Outcome| -> Vec<f32> {
        stories.iter().filter(|story| story.outcome() == outcome).map(|story| story.score).collect()
    };
    let (lasted, faded) = (scores(Outcome::Lasted), scores(Outcome::Faded));
    if lasted.len() < MIN_EACH || faded.len() < MIN_EACH {
        return None;
    }
    let decided: Vec<&Followed> = stories.iter().filter(|story| story.outcome() != Outcome::Early).collect();
    let of_score: Vec<f64> = decided.iter().map(|story| f64::from(story.score)).collect();
    let of_points: Vec<f64> = decided.iter().map(|story| f64::from(story.weight().0)).collect();
    Some(Foresight { auc: auc(&lasted, &faded), rank_correlation: spearman(&of_score, &of_points) })
}

fn auc(lasted: &[f32], faded: &[f32]) -> f64 {
    let all: Vec<f64> = lasted.iter().chain(faded).map(|score| f64::from(*score)).collect();
    let sum: f64 = ranks(&all)[..lasted.len()].iter().sum();
    let (n, m) = (count(lasted.len()), count(faded.len()));
    (sum - n * (n + 1.0) / 2.0) / (n * m)
}

/// Correlation of the ranks; 0 where all values of one side are equal.
fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (count(a.len()) + 1.0) / 2.0;
    let spread = |ranks: &[f64]| ranks.iter().map(|rank| (rank - mean).powi(2)).sum::<f64>();
    let together: f64 = a.iter().zip(&b).map(|(a, b)| (a - mean) * (b - mean)).sum();
    let apart = (spread(&a) * spread(&b)).sqrt();
    if apart > 0.0 { together / apart } else { 0.0 }
}

/// From 1; equal values share the mean of their places.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut at = 0;
    while at < order.len() {
        let equal = order[at..].iter().take_while(|n| values[**n] == values[order[at]]).count();
        for n in &order[at..at + equal] {
            ranks[*n] = count(at) + (count(equal) + 1.0) / 2.0;
        }
        at += equal;
    }
    ranks
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::{Afterlife, Reason, Watch};
    use crate::model::StoryId;

    fn story(score: f32, outcome: Outcome, why: Watch) -> Followed {
        let points = if outcome == Outcome::Lasted { 2 } else { 0 };
        let life = Afterlife {
            age_days: 90,
            real_age_days: 90,
            n_owners: 0,
            n_mentions: 0,
            n_updates: 0,
            artifact: None,
            artifact_says: None,
            popularity: Vec::new(),
            outcome,
            reasons: vec![Reason { sign: "widely".into(), points, n: 3 }],
        };
        Followed {
            story_id: StoryId(1),
            why,
            issue: ("weekly".into(), 1),
            place: None,
            score,
            dropped: None,
            headline: Default::default(),
            happened_at: Default::default(),
            last: Some(life),
        }
    }

    fn many(n: u16, score: f32, step: f32, outcome: Outcome) -> Vec<Followed> {
        (0..n).map(|n| story(score + step * f32::from(n), outcome, Watch::Told)).collect()
    }

    #[test]
    fn a_score_that_orders_all_pairs_right_has_one_and_a_blind_one_a_half() {
        let of = |lasted: f32, faded: f32, step: f32| {
            let all =
                [many(10, lasted, step, Outcome::Lasted), many(12, faded, step, Outcome::Faded)].concat();
            summary(&all).foresight.unwrap()
        };
        assert_eq!(of(5.0, 1.0, 0.0).auc, 1.0);
        assert!((of(5.0, 1.0, 0.0).rank_correlation - 1.0).abs() < 1e-9);
        assert_eq!((of(3.0, 3.0, 0.0).auc, of(3.0, 3.0, 0.0).rank_correlation), (0.5, 0.0));
        assert!(of(0.0, 5.0, 0.1).auc < 0.05);
    }

    #[test]
    fn too_few_stories_say_nothing_of_the_score() {
        let few = [many(9, 5.0, 0.0, Outcome::Lasted), many(50, 1.0, 0.0, Outcome::Faded)].concat();
        assert_eq!(summary(&few).foresight, None);
    }

    #[test]
    fn told_and_left_out_are_counted_apart_and_every_score_has_its_band() {
        let all = [
            story(7.0, Outcome::Lasted, Watch::Told),
            story(2.0, Outcome::Faded, Watch::Told),
            story(6.0, Outcome::Early, Watch::Told),
            story(-0.5, Outcome::Lasted, Watch::Loud),
        ];
        let summary = summary(&all);
        assert_eq!(summary.told, Counts { lasted: 1, faded: 1, early: 1 });
        assert_eq!(summary.left_out, Counts { lasted: 1, faded: 0, early: 0 });
        let bands: Vec<_> =
            summary.bands.iter().map(|band| (band.label.as_str(), band.counts.percent())).collect();
        let expected =
            [("< 0", Some(100)), ("0–2", None), ("2–4", Some(0)), ("4–6", None), ("≥ 6", Some(100))];
        assert_eq!(bands, expected);
    }
}
