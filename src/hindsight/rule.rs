//! When a story has lasted: a documented sum of signs, as the score is one. It lasted with [`LASTED`] points at any
//! age. It faded without a point at 30 days, and with fewer than [`LASTED`] at 90 or 180. Else it is too early to say.

use super::{AGES, Artifact, Life, Outcome, Popularity, Reason};

/// A sign of lasting or fading.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    /// The key in [`Reason::sign`].
    pub name: &'static str,
    /// What it counts.
    pub points: i32,
    /// When it holds.
    pub meaning: &'static str,
}

/// All signs. A link that is still there proves nothing (nearly all are): it is shown, and counts nothing.
pub const SIGNS: [Sign; 9] = [
    Sign {
        name: "widely",
        points: 2,
        meaning: "three or more other owners mentioned it after its first 72 hours",
    },
    Sign { name: "mentioned", points: 1, meaning: "one or two did" },
    Sign { name: "late", points: 1, meaning: "two or more of them in the second half of its age" },
    Sign { name: "updates", points: 1, meaning: "a later story goes on from it" },
    Sign {
        name: "grew",
        points: 1,
        meaning: "stars, likes, votes: half as many again as in its first week, 50 or more",
    },
    Sign {
        name: "silent",
        points: -1,
        meaning: "from the first third of its age on nobody came back to it (90 and 180 days)",
    },
    Sign { name: "gone", points: -1, meaning: "what it links to is not there any more" },
    Sign { name: "alive", points: 0, meaning: "what it links to is still there" },
    Sign { name: "nobody", points: 0, meaning: "no other owner came back to it" },
];

/// Points with which a story has lasted.
const LASTED: i32 = 2;

/// Owners that are many.
const MANY: i32 = 3;

/// Late owners that are more than a chance.
const LATE: i32 = 2;

/// The least popularity that is one.
const POPULAR: i64 = 50;

/// Kinds of popularity that people give by hand.
const BY_HAND: [&str; 4] = ["stars", "likes", "upvotes", "points"];

/// What became of a story, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// In a word.
    pub outcome: Outcome,
    /// Sum of the reasons' points.
    pub points: i32,
    /// The signs that hold, in the order of [`SIGNS`].
    pub reasons: Vec<Reason>,
}

/// Judges a life at its age.
pub fn judge(life: &Life) -> Judged {
    let reasons: Vec<Reason> = SIGNS
        .iter()
        .filter_map(|sign| {
            let n = holds(sign.name, life)?;
            Some(Reason { sign: sign.name.to_owned(), points: sign.points, n })
        })
        .collect();
    let points = reasons.iter().map(|reason| reason.points).sum();
    let is_young = life.age_days <= AGES[0];
    let outcome = match points {
        LASTED.. => Outcome::Lasted,
        1 if is_young => Outcome::Early,
        _ => Outcome::Faded,
    };
    Judged { outcome, points, reasons }
}

/// The number behind a sign, if it holds.
fn holds(sign: &str, life: &Life) -> Option<i64> {
    let many = |n: i32, holds: bool| holds.then_some(i64::from(n));
    match sign {
        "widely" => many(life.n_owners, life.n_owners >= MANY),
        "mentioned" => many(life.n_owners, (1..MANY).contains(&life.n_owners)),
        "late" => many(life.n_late_owners, life.n_late_owners >= LATE),
        "updates" => many(life.n_updates, life.n_updates > 0),
        "grew" => life.popularity.iter().filter(|popularity| grew(popularity)).map(|grown| grown.last).max(),
        "silent" => {
            let last = life.last_day.filter(|day| life.age_days > AGES[0] && day * 3 < life.age_days);
            last.map(i64::from)
        }
        "gone" => (life.artifact == Some(Artifact::Gone)).then_some(1),
        "alive" => (life.artifact == Some(Artifact::Alive)).then_some(1),
        "nobody" => many(0, life.n_owners == 0 && life.n_updates == 0),
        _ => None,
    }
}

fn grew(popularity: &Popularity) -> bool {
    let is_more = popularity.first.is_some_and(|first| popularity.last * 2 >= first * 3);
    BY_HAND.contains(&popularity.kind.as_str()) && popularity.last >= POPULAR && is_more
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(age_days: i32, n_owners: i32, last_day: i32) -> Life {
        Life { age_days, n_owners, n_mentions: n_owners, last_day: Some(last_day), ..Life::default() }
    }

    fn outcome(life: &Life) -> Outcome {
        judge(life).outcome
    }

    fn signs(life: &Life) -> Vec<String> {
        judge(life).reasons.into_iter().map(|reason| reason.sign).collect()
    }

    #[test]
    fn nobody_came_back_is_noise_after_a_month() {
        let silence = Life { age_days: 30, artifact: Some(Artifact::Alive), ..Life::default() };
        assert_eq!(outcome(&silence), Outcome::Faded);
        assert_eq!(signs(&silence), ["alive", "nobody"]);
    }

    #[test]
    fn one_voice_is_too_little_to_say_after_a_month_and_too_little_after_three() {
        assert_eq!(outcome(&life(30, 1, 20)), Outcome::Early);
        assert_eq!(outcome(&life(90, 1, 80)), Outcome::Faded);
    }

    #[test]
    fn three_owners_make_it_last_unless_they_all_fell_silent() {
        assert_eq!(outcome(&life(30, 3, 9)), Outcome::Lasted);
        assert_eq!(outcome(&life(90, 3, 40)), Outcome::Lasted);
        assert_eq!(outcome(&life(90, 3, 9)), Outcome::Faded);
        assert_eq!(signs(&life(90, 3, 9)), ["widely", "silent"]);
    }

    #[test]
    fn two_that_come_late_or_an_update_beside_a_voice_are_enough() {
        let late = Life { n_late_owners: 2, ..life(180, 2, 150) };
        assert_eq!(outcome(&late), Outcome::Lasted);
        let updated = Life { n_updates: 1, ..life(90, 1, 60) };
        assert_eq!(outcome(&updated), Outcome::Lasted);
    }

    #[test]
    fn a_link_that_is_gone_counts_against_it_and_one_that_nobody_knows_of_does_not() {
        let with = |artifact| Life { artifact: Some(artifact), ..life(90, 3, 60) };
        assert_eq!(outcome(&with(Artifact::Unknown)), Outcome::Lasted);
        assert_eq!(outcome(&with(Artifact::Gone)), Outcome::Faded);
    }

    #[test]
    fn popularity_counts_only_where_it_grew() {
        let liked = |first, last| {
            let kind = "stars".to_owned();
            let popularity = vec![Popularity { kind, first, last, day: 88 }];
            signs(&Life { popularity, ..life(90, 1, 60) }).contains(&"grew".to_owned())
        };
        assert!(liked(Some(400), 600));
        assert!(!liked(Some(400), 500), "too little more");
        assert!(!liked(Some(4), 40), "too few");
        assert!(!liked(None, 900), "nobody knows how many it were at first");
    }

    #[test]
    fn every_sign_has_one_meaning() {
        let names: std::collections::BTreeSet<_> = SIGNS.iter().map(|sign| sign.name).collect();
        assert_eq!(names.len(), SIGNS.len());
    }
}
