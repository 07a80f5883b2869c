//! The score: a documented sum of flags. A model asked for a number piles up at the threshold, so nobody is asked for
//! one: rules and model only answer whether a flag holds, with the words that show it; the weights stand here.

use std::collections::BTreeMap;

use crate::config::ScoreSettings;
use crate::model::ScorePart;

/// One flag of the score.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// The key in `ScorePart::flag`.
    pub name: &'static str,
    /// Points unless headsup.toml says otherwise, negative for hype.
    pub points: f32,
    /// When it holds.
    pub meaning: &'static str,
}

/// All flags, evidence first.
pub const FLAGS: [Flag; 22] = [
    Flag {
        name: "primary",
        points: 2.0,
        meaning: "a source that speaks about itself: company blog, paper, release",
    },
    Flag { name: "artifact", points: 2.0, meaning: "something to touch: paper, code, weights, API, price" },
    Flag {
        name: "corroborated",
        points: 1.5,
        meaning: "for each further independent owner that tells it, at most three",
    },
    Flag { name: "numbers", points: 1.0, meaning: "a number with its unit" },
    Flag {
        name: "benchmark",
        points: 1.0,
        meaning: "a named benchmark or a comparison with a stated baseline",
    },
    Flag { name: "independent", points: 1.0, meaning: "somebody else than the vendor measured it" },
    Flag {
        name: "focus",
        points: 1.0,
        meaning: "for each of the long-term questions it touches, at most two",
    },
    Flag {
        name: "big-company",
        points: 0.5,
        meaning: "a company whose models or chips most of us depend on",
    },
    Flag {
        name: "compared",
        points: 0.5,
        meaning: "beside its neighbour at the last place of an issue, a model preferred it in both orders; without points: it was compared, and not preferred",
    },
    Flag {
        name: "sensational",
        points: -3.0,
        meaning: "sensational wording; each further one costs one more, at most two",
    },
    Flag { name: "list-bait", points: -3.0, meaning: "a list for clicks" },
    Flag { name: "promo", points: -4.0, meaning: "an advertisement: webinar, discount, job, sponsored text" },
    Flag {
        name: "clickbait",
        points: -1.5,
        meaning: "a headline that the classifier, trained on labelled headlines, is very sure is made to be clicked; its weightiest words are quoted",
    },
    Flag { name: "stock-tip", points: -3.0, meaning: "advice on shares" },
    Flag { name: "press-release", points: -1.5, meaning: "told only by paid press releases" },
    Flag {
        name: "headline",
        points: -1.5,
        meaning: "the headline is not carried by the text: a question, a shout, a number that stands nowhere in it",
    },
    Flag { name: "vendor-claim", points: -1.5, meaning: "a superlative that only the vendor states" },
    Flag {
        name: "no-artifact",
        points: -1.0,
        meaning: "a claim of progress with neither number nor anything to touch",
    },
    Flag { name: "future", points: -1.0, meaning: "announced for some day, not there now" },
    Flag { name: "anonymous", points: -1.5, meaning: "the only sources are unnamed people" },
    Flag { name: "thin", points: -2.0, meaning: "nothing but a headline could be read" },
    Flag { name: "injection", points: -2.0, meaning: "the text gives orders to machines that read it" },
];

/// Reasons for which a story is screened out.
pub const DROP_REASONS: [(&str, &str); 7] = [
    ("off-topic", "nothing in it is about AI"),
    ("promo", "an advertisement"),
    ("list-bait", "a list for clicks"),
    ("stock-tip", "advice on shares"),
    ("hype", "the hype outweighs the evidence"),
    ("rumour-thin", "an unconfirmed report of one outlet without further evidence"),
    ("low-score", "no evidence worth a reader's time"),
];

/// A story below it carries no evidence.
const FLOOR: f32 = 0.0;

/// From here on hype decides, unless there is more evidence than hype.
const HYPE: f32 = -3.0;

/// The points of each flag as headsup.toml has them.
#[derive(Clone, Debug, Default)]
pub struct Scale(BTreeMap<String, f32>);

impl Scale {
    /// Reads the settings.
    pub fn new(settings: &ScoreSettings) -> Self {
        let table = serde_json::to_value(settings).unwrap_or_default();
        let points = |flag: &Flag| Some((flag.name.to_owned(), table[key(flag.name)].as_f64()? as f32));
        Self(FLAGS.iter().filter_map(points).collect())
    }

    /// What one holding of the flag counts.
    pub fn points(&self, flag: &Flag) -> f32 {
        self.0.get(flag.name).copied().unwrap_or(flag.points)
    }

    /// Weighs parts that were made with the points of [`FLAGS`].
    pub fn weigh(&self, parts: &mut [ScorePart]) {
        for part in parts {
            if let Some(flag) = FLAGS.iter().find(|flag| flag.name == part.flag) {
                part.points *= self.points(flag) / flag.points;
            }
        }
    }

    /// Tells two settings apart.
    pub fn key(&self) -> String {
        let lines = FLAGS.iter().map(|flag| format!("{} {};", flag.name, self.points(flag)));
        lines.collect()
    }
}

/// The key of a flag in headsup.toml.
pub fn key(flag: &str) -> String {
    flag.replace('-', "_")
}

/// The part of a flag, `times` its points. An unknown name weighs nothing.
pub fn part(name: &str, times: f32, quote: &str) -> ScorePart {
    let points = FLAGS.iter().find(|flag| flag.name == name).map_or(0.0, |flag| flag.points);
    ScorePart { flag: name.to_owned(), points: points * times, quote: quote.to_owned() }
}

/// The sum.
pub fn sum(parts: &[ScorePart]) -> f32 {
    parts.iter().map(|part| part.points).sum()
}

/// What the decision depends on besides the parts.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Whether anything in the story is about AI.
    pub on_topic: bool,
    /// Not confirmed by whom it concerns.
    pub rumour: bool,
    /// Independent owners.
    pub n_owners: usize,
}

/// Why a story is screened out, if it is: one of [`DROP_REASONS`].
pub fn dropped(parts: &[ScorePart], situation: Situation) -> Option<&'static str> {
    let has = |name: &str| parts.iter().any(|part| part.flag == name);
    let hype: f32 = parts.iter().map(|part| part.points.min(0.0)).sum();
    let evidence: f32 = parts.iter().map(|part| part.points.max(0.0)).sum();
    match () {
        () if !situation.on_topic => Some("off-topic"),
        () if has("promo") && evidence < 4.0 => Some("promo"),
        // One outlet's round-up borrows the evidence of everything that it lists.
        () if has("list-bait") && (evidence < 4.0 || situation.n_owners < 2) => Some("list-bait"),
        () if has("stock-tip") && evidence < 4.0 => Some("stock-tip"),
        () if hype <= HYPE && evidence <= -hype => Some("hype"),
        () if situation.rumour && situation.n_owners < 2 && evidence + hype < 0.5 => Some("rumour-thin"),
        () if evidence + hype < FLOOR => Some("low-score"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Situation = Situation { on_topic: true, rumour: false, n_owners: 1 };

    #[test]
    fn a_round_up_of_one_outlet_is_screened_out_whatever_it_quotes() {
        let part = |flag: &'static str, points: f32| ScorePart { points, ..part(flag, 1.0, "x") };
        let parts = [part("list-bait", -3.0), part("primary", 3.0), part("figures", 3.0)];
        assert_eq!(dropped(&parts, PLAIN), Some("list-bait"));
        assert_eq!(dropped(&parts, Situation { n_owners: 2, ..PLAIN }), None);
    }

    #[test]
    fn the_settings_know_each_flag_with_its_points_and_can_change_them() {
        let own = Scale::new(&ScoreSettings::default());
        let known = serde_json::to_value(ScoreSettings::default()).unwrap();
        assert_eq!(known.as_object().unwrap().len(), FLAGS.len());
        for flag in &FLAGS {
            assert_eq!(own.points(flag), flag.points, "{}", flag.name);
        }
        let other = Scale::new(&ScoreSettings { primary: 5.0, ..ScoreSettings::default() });
        let mut parts = [part("primary", 1.0, ""), part("thin", 1.0, "")];
        other.weigh(&mut parts);
        assert_eq!(sum(&parts), 3.0);
        assert_ne!(own.key(), other.key());
    }

    #[test]
    fn each_flag_has_one_name_and_a_weight() {
        let mut names: Vec<&str> = FLAGS.iter().map(|flag| flag.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FLAGS.len());
        assert!(FLAGS.iter().all(|flag| flag.points != 0.0));
    }

    #[test]
    fn advice_on_shares_is_screened_out_and_one_loud_headline_alone_is_not() {
        let tip = [part("stock-tip", 1.0, "x"), part("numbers", 1.0, "12%"), part("big-company", 1.0, "x")];
        assert_eq!(dropped(&tip, PLAIN), Some("stock-tip"));
        let loud = [part("clickbait", 1.0, "here's why"), part("artifact", 1.0, "code")];
        assert_eq!(dropped(&loud, PLAIN), None);
    }

    #[test]
    fn hype_without_evidence_is_screened_out_and_with_evidence_is_not() {
        let hype = [part("sensational", 1.0, "shocking")];
        assert_eq!(dropped(&hype, PLAIN), Some("hype"));
        let carried = [part("sensational", 1.0, "x"), part("primary", 1.0, ""), part("artifact", 1.0, "y")];
        assert_eq!(dropped(&carried, PLAIN), None);
    }

    #[test]
    fn a_thin_rumour_is_dropped_and_a_corroborated_one_is_not() {
        let anonymous = [part("anonymous", 1.0, "sources say"), part("numbers", 1.0, "3 GW")];
        assert_eq!(dropped(&anonymous, Situation { rumour: true, ..PLAIN }), Some("rumour-thin"));
        let told_twice = [
            part("anonymous", 1.0, "sources say"),
            part("corroborated", 1.0, ""),
            part("numbers", 1.0, "3 GW"),
        ];
        assert_eq!(dropped(&told_twice, Situation { rumour: true, n_owners: 2, ..PLAIN }), None);
        assert_eq!(dropped(&[], Situation { on_topic: false, ..PLAIN }), Some("off-topic"));
    }
}
