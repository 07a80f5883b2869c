//! How near our choice and our sections come to those of a human editor of AI news.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::folds;
use super::gold::Sound;
use super::hype::figures;
use crate::judge::classify::Weights;
use crate::judge::classify::news::{self, Names, Placed, Reading};

/// How many of a day's items are called weighty.
const FIRST: usize = 5;

/// One item of a day's issue.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// The day.
    pub date: String,
    /// Where the editor placed it.
    pub section: String,
    /// As published.
    pub title: String,
    /// Its link.
    pub url: Option<String>,
}

impl Sound for Line {
    fn flaw(&self) -> Option<&'static str> {
        match () {
            () if self.date.parse::<chrono::NaiveDate>().is_err() => {
                Some("the date is no day like 2026-03-01")
            }
            () if self.section.trim().is_empty() => Some("no section"),
            () if self.title.trim().is_empty() => Some("no title"),
            () => None,
        }
    }
}

/// Our answer to one item, in the form that the set's scorer reads.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Our section.
    pub section: String,
    /// How weighty it is.
    pub score: f32,
    /// Not confirmed.
    pub rumor: bool,
}

/// How the answers compare with the editor's.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// Items that were judged.
    pub items: usize,
    /// Days.
    pub days: usize,
    /// The editor's top news.
    pub top: usize,
    /// Of them among our first five of the day. Equal scores are ordered by title: the set's own order would tell.
    pub top_among_first_five: usize,
    /// F1 of rumours.
    pub rumour_f1: f64,
    /// Share of items in the editor's section.
    pub section_accuracy: f64,
    /// Mean of the sections' F1.
    pub section_macro_f1: f64,
    /// F1 of each section.
    pub section_f1: BTreeMap<String, f64>,
}

/// How the set is judged.
#[derive(Clone, Copy, Debug)]
pub enum How {
    /// By the weights that ship.
    Shipped,
    /// In so many parts of whole days, each by what was learnt from the others.
    Parts(usize),
    /// In so many blocks of days, each but the first by what was learnt from the days before it.
    Forward(usize),
}

/// Answers for the items that are judged (all but the first block when going forward), and their figures.
pub fn evaluate(set: &[Line], names: &Names, how: How) -> (Vec<Option<Answer>>, Figures) {
    let answers = answers(set, names, how);
    let judged: Vec<(&Line, &Answer)> =
        set.iter().zip(&answers).filter_map(|(line, answer)| Some((line, answer.as_ref()?))).collect();
    let figures = compare(&judged, names);
    (answers, figures)
}

/// The items as they are learnt from.
pub fn placed(line: &Line) -> Placed {
    Placed {
        title: line.title.clone(),
        link: line.url.clone().unwrap_or_default(),
        section: line.section.clone(),
    }
}

fn answers(set: &[Line], names: &Names, how: How) -> Vec<Option<Answer>> {
    let days: Vec<&str> = set.iter().map(|line| line.date.as_str()).collect();
    let (parts, n_parts) = match how {
        How::Shipped => {
            let one =
                |line: &Line| Some(answer(news::read(&line.title, line.url.as_deref().unwrap_or("")), names));
            return set.iter().map(one).collect();
        }
        How::Parts(n) => (folds::parts(&days, n), n),
        How::Forward(n) => (folds::blocks(&days, n), n),
    };
    let forward = matches!(how, How::Forward(_));
    let mut answers = vec![None; set.len()];
    for part in usize::from(forward)..n_parts {
        let is_learnt = |n: usize| if forward { parts[n] < part } else { parts[n] != part };
        let learnt: Vec<Placed> = (0..set.len()).filter(|n| is_learnt(*n)).map(|n| placed(&set[n])).collect();
        let weights: Weights = news::train(&learnt, names);
        for n in (0..set.len()).filter(|n| parts[*n] == part) {
            let link = set[n].url.as_deref().unwrap_or("");
            answers[n] = Some(answer(news::read_by(&weights, &set[n].title, link), names));
        }
    }
    answers
}

/// Top news is a rank and no subject: what weighs enough is placed there, whatever section it would be in else.
fn answer(reading: Reading, names: &Names) -> Answer {
    let top = names.top.first().filter(|_| reading.top > news::WEIGHTY);
    Answer {
        section: top.cloned().unwrap_or(reading.section),
        score: reading.top,
        rumor: reading.rumour > news::HEARSAY,
    }
}

fn compare(judged: &[(&Line, &Answer)], names: &Names) -> Figures {
    let sections: BTreeSet<&str> = judged.iter().map(|(line, _)| line.section.as_str()).collect();
    let f1 = |section: &str| {
        let labels: Vec<bool> = judged.iter().map(|(line, _)| line.section == section).collect();
        let found: Vec<bool> = judged.iter().map(|(_, answer)| answer.section == section).collect();
        figures(&labels, &found).f1
    };
    let section_f1: BTreeMap<String, f64> =
        sections.iter().map(|section| ((*section).to_owned(), f1(section))).collect();
    let is_top = |line: &Line| names.top.first() == Some(&line.section);
    let mut days: BTreeMap<&str, Vec<(&Line, f32)>> = BTreeMap::new();
    for (line, answer) in judged {
        days.entry(&line.date).or_default().push((line, answer.score));
    }
    for day in days.values_mut() {
        day.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.title.cmp(&b.0.title)));
    }
    let first = days.values().flat_map(|day| day.iter().take(FIRST));
    let right = judged.iter().filter(|(line, answer)| line.section == answer.section).count();
    let labels: Vec<bool> = judged.iter().map(|(line, _)| line.section == names.rumour).collect();
    let heard: Vec<bool> = judged.iter().map(|(_, answer)| answer.rumor).collect();
    Figures {
        items: judged.len(),
        days: days.len(),
        top: judged.iter().filter(|(line, _)| is_top(line)).count(),
        top_among_first_five: first.filter(|(line, _)| is_top(line)).count(),
        rumour_f1: figures(&labels, &heard).f1,
        section_accuracy: right as f64 / judged.len().max(1) as f64,
        section_macro_f1: section_f1.values().sum::<f64>() / section_f1.len().max(1) as f64,
        section_f1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(date: &str, section: &str, title: &str) -> Line {
        let (date, section, title) = (date.to_owned(), section.to_owned(), title.to_owned());
        Line { date, section, title, url: None }
    }

    fn set() -> Vec<Line> {
        let day = |n: usize| {
            let date = format!("2031-01-{:02}", n + 1);
            [
                line(&date, "top", &format!("Quokka releases a large model {n}")),
                line(&date, "hearsay", &format!("Sources hint at a merger {n}")),
                line(&date, "tools", &format!("A small editor plugin {n}")),
            ]
        };
        (0..8).flat_map(day).collect()
    }

    fn names() -> Names {
        Names { top: vec!["top".to_owned()], rumour: "hearsay".to_owned() }
    }

    #[test]
    fn an_editor_who_is_consistent_is_followed_on_days_not_seen() {
        let (answers, figures) = evaluate(&set(), &names(), How::Parts(4));
        assert!(answers.iter().all(Option::is_some));
        assert_eq!((figures.top, figures.top_among_first_five, figures.days), (8, 8, 8));
        assert_eq!((figures.rumour_f1, figures.section_macro_f1), (1.0, 1.0));
    }

    #[test]
    fn going_forward_the_first_days_are_only_learnt_from() {
        let (answers, figures) = evaluate(&set(), &names(), How::Forward(2));
        assert!(answers[..12].iter().all(Option::is_none) && answers[12..].iter().all(Option::is_some));
        assert_eq!((figures.items, figures.top_among_first_five), (12, 4));
    }
}
