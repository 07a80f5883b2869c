//! Which of eight: each is held against each other, on what a programmer gets from it. A duel is decided by a model if
//! one compares, else by counting; who wins most duels is chosen, unless it or its group was chosen last time, or there
//! is too little to it: a month may have no paper.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::signals::{Paper, Weighed};
use crate::model::ScorePart;

/// Papers on the shortlist.
pub const SHORTLIST: usize = 8;

/// On what two papers are compared, and what winning there counts: what there is to use, evidence, interest of others,
/// honesty, and what experts pick.
const CRITERIA: [(&[&str], f32); 5] = [
    (&["code", "weights", "alive"], 1.0),
    (&["numbers", "evidence"], 1.0),
    (&["listed", "popular", "corroborated"], 1.5),
    (&["limits", "readable", "focus"], 1.0),
    (&["taste"], 2.0),
];

/// A paper must have so many of these: something to use, figures, interest of others, limits that it admits.
const FEWEST: usize = 2;
const SUBSTANCE: [&[&str]; 4] =
    [&["code", "weights", "alive"], &["numbers"], &["listed", "corroborated"], &["limits"]];

/// Who was chosen last time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Before {
    /// Keys of all papers ever chosen.
    pub papers: Vec<String>,
    /// Authors of the last one.
    pub authors: Vec<String>,
}

/// A place on the shortlist.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its points and reasons.
    pub weighed: Weighed,
    /// Duels won.
    pub n_won: usize,
    /// "chosen", "beaten", "same-group", "thin" (too little to it), "pinned" (another was).
    pub outcome: &'static str,
}

/// Which of two is better, by their places on the shortlist; `None`: it cannot tell.
pub type Answers = BTreeMap<(usize, usize), usize>;

/// The shortlist of those that were weighed. A pinned paper is on it, wherever it stands.
pub fn shortlist(weighed: &[Weighed], papers: &[Paper], before: &Before, pin: Option<&str>) -> Vec<Weighed> {
    let is_new = |one: &&Weighed| !before.papers.contains(&papers[one.at].key);
    let mut list: Vec<Weighed> = weighed.iter().filter(is_new).take(SHORTLIST).cloned().collect();
    let pinned = pin.and_then(|key| weighed.iter().filter(is_new).find(|one| papers[one.at].key == key));
    if let Some(pinned) = pinned.filter(|pinned| !list.iter().any(|one| one.at == pinned.at)) {
        list.truncate(SHORTLIST - 1);
        list.push(pinned.clone());
    }
    list
}

/// Holds each against each other and orders them: the chosen one first.
pub fn place(
    list: Vec<Weighed>,
    papers: &[Paper],
    before: &Before,
    answers: &Answers,
    pin: Option<&str>,
) -> Vec<Placed> {
    let mut n_won = vec![0; list.len()];
    for a in 0..list.len() {
        for b in a + 1..list.len() {
            let winner = answers.get(&(a, b)).copied();
            n_won[winner.unwrap_or_else(|| if beats(&list[b], &list[a]) { b } else { a })] += 1;
        }
    }
    let mut placed: Vec<Placed> = list
        .into_iter()
        .zip(n_won)
        .map(|(weighed, n_won)| Placed { weighed, n_won, outcome: "beaten" })
        .collect();
    placed.sort_by(|a, b| b.n_won.cmp(&a.n_won).then(b.weighed.points.total_cmp(&a.weighed.points)));
    for other in &mut placed {
        if is_same_group(&papers[other.weighed.at].authors, &before.authors) {
            other.outcome = "same-group";
        }
    }
    let is_wanted = |one: &Placed| pin.is_some_and(|key| papers[one.weighed.at].key == key);
    let pinned = placed.iter().position(|one| one.outcome == "beaten" && is_wanted(one));
    for other in placed.iter_mut().filter(|other| other.outcome == "beaten") {
        other.outcome = match pinned {
            Some(_) => "pinned",
            None if is_thin(&other.weighed) => "thin",
            None => "beaten",
        };
    }
    if let Some(at) = pinned.or_else(|| placed.iter().position(|one| one.outcome == "beaten")) {
        let winner = placed.remove(at);
        placed.insert(0, Placed { outcome: "chosen", ..winner });
    }
    placed
}

fn is_thin(one: &Weighed) -> bool {
    let has = |flags: &&[&str]| one.reasons.iter().any(|part| flags.contains(&part.flag.as_str()));
    SUBSTANCE.iter().filter(|flags| has(flags)).count() < FEWEST
}

/// Whether `a` wins more of the criteria than `b`.
fn beats(a: &Weighed, b: &Weighed) -> bool {
    let sum = |reasons: &[ScorePart], flags: &[&str]| -> f32 {
        reasons.iter().filter(|part| flags.contains(&part.flag.as_str())).map(|part| part.points).sum()
    };
    let balance: f32 = CRITERIA
        .iter()
        .map(|(flags, weight)| {
            let difference = sum(&a.reasons, flags) - sum(&b.reasons, flags);
            if difference.abs() < 0.05 { 0.0 } else { weight.copysign(difference) }
        })
        .sum();
    if balance == 0.0 { a.points > b.points } else { balance > 0.0 }
}

/// One name in common is enough: groups seldom write under two.
pub fn is_same_group(a: &[String], b: &[String]) -> bool {
    let plain = |name: &String| name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    a.iter().any(|name| b.iter().any(|other| plain(name) == plain(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(at: usize, reasons: &[(&str, f32)]) -> Weighed {
        let substance = [("numbers", 0.1), ("limits", 0.1)];
        let reasons: Vec<ScorePart> = reasons
            .iter()
            .chain(&substance)
            .map(|(flag, points)| ScorePart {
                flag: (*flag).to_owned(),
                points: *points,
                quote: String::new(),
            })
            .collect();
        let points = reasons.iter().map(|reason| f64::from(reason.points)).sum();
        Weighed { at, points, reasons }
    }

    fn papers(n: usize) -> Vec<Paper> {
        let paper =
            |n| Paper { key: format!("2605.{n}"), authors: vec![format!("Ann {n}")], ..Paper::default() };
        (0..n).map(paper).collect()
    }

    fn keys(placed: &[Placed]) -> Vec<(usize, &str)> {
        placed.iter().map(|one| (one.weighed.at, one.outcome)).collect()
    }

    #[test]
    fn who_wins_most_duels_is_chosen_and_a_model_may_decide_one() {
        let list = vec![
            weighed(0, &[("taste", 3.0)]),
            weighed(1, &[("taste", 2.0), ("code", 0.3), ("popular", 0.9)]),
            weighed(2, &[("code", 0.1)]),
        ];
        let papers = papers(3);
        let before = Before::default();
        let placed = place(list.clone(), &papers, &before, &Answers::new(), None);
        assert_eq!(keys(&placed), [(1, "chosen"), (0, "beaten"), (2, "beaten")]);
        let answers = Answers::from([((0, 1), 0)]);
        assert_eq!(place(list, &papers, &before, &answers, None)[0].weighed.at, 0);
    }

    #[test]
    fn neither_a_paper_nor_its_group_twice_in_a_row() {
        let papers = papers(3);
        let all: Vec<Weighed> = (0..3).map(|at| weighed(at, &[("taste", 3.0 - at as f32)])).collect();
        let before = Before { papers: vec!["2605.0".into()], authors: vec!["ann  1".into()] };
        let list = shortlist(&all, &papers, &before, None);
        assert_eq!(list.iter().map(|one| one.at).collect::<Vec<_>>(), [1, 2]);
        let placed = place(list, &papers, &before, &Answers::new(), None);
        assert_eq!(keys(&placed), [(2, "chosen"), (1, "same-group")]);
    }

    #[test]
    fn the_operators_pin_wins_over_everything() {
        let papers = papers(12);
        let all: Vec<Weighed> = (0..12).map(|at| weighed(at, &[("taste", 20.0 - at as f32)])).collect();
        let before = Before::default();
        let list = shortlist(&all, &papers, &before, Some("2605.11"));
        assert_eq!(list.len(), SHORTLIST);
        let placed = place(list, &papers, &before, &Answers::new(), Some("2605.11"));
        assert_eq!(keys(&placed)[..2], [(11, "chosen"), (0, "pinned")]);
    }

    #[test]
    fn a_paper_with_nothing_to_use_check_or_doubt_is_not_worth_a_month() {
        let papers = papers(2);
        let thin = |at: usize| {
            let mut one = weighed(at, &[("taste", 9.0)]);
            one.reasons.retain(|part| part.flag != "limits");
            one
        };
        let placed =
            place(vec![thin(0), weighed(1, &[])], &papers, &Before::default(), &Answers::new(), None);
        assert_eq!(keys(&placed), [(1, "chosen"), (0, "thin")]);
        let placed = place(vec![thin(0)], &papers, &Before::default(), &Answers::new(), None);
        assert_eq!(keys(&placed), [(0, "thin")]);
        let placed = place(vec![thin(0)], &papers, &Before::default(), &Answers::new(), Some("2605.0"));
        assert_eq!(keys(&placed), [(0, "chosen")], "unless the operator wants it");
    }

    #[test]
    fn if_all_are_of_the_last_group_nobody_is_chosen() {
        let papers = papers(1);
        let before = Before { papers: Vec::new(), authors: vec!["Ann 0".into()] };
        let placed = place(vec![weighed(0, &[])], &papers, &before, &Answers::new(), None);
        assert_eq!(keys(&placed), [(0, "same-group")]);
    }
}
