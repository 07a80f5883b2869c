//! How well bait is told from news by the headline.

use std::io::BufRead;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::{folds, gold};
use crate::judge::classify::Weights;
use crate::judge::classify::headline::{self, Labelled};

/// Agreement with the labels; bait is the class that is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Headlines.
    pub items: usize,
    /// Of them bait.
    pub bait: usize,
    /// Share of right answers.
    pub accuracy: f64,
    /// Of what was called bait, the share that is.
    pub precision: f64,
    /// Of the bait, the share that was called so.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// An answer for each headline.
#[derive(Debug)]
pub struct Outcome {
    /// In the order of the set.
    pub answers: Vec<bool>,
    /// How they compare with the labels.
    pub figures: Figures,
    /// The wrong ones, with the words that decided.
    pub mistakes: Vec<String>,
}

/// Reads `label<TAB>title` lines, or JSON lines with label, title and body.
///
/// # Errors
/// A line cannot be read; the error names it.
pub fn read(file: impl BufRead) -> anyhow::Result<Vec<Labelled>> {
    gold::each_line(file, labelled)
}

#[derive(Deserialize)]
struct Line {
    label: u8,
    title: String,
    #[serde(default)]
    body: String,
}

fn labelled(line: &str) -> anyhow::Result<Labelled> {
    let one = if line.starts_with('{') {
        serde_json::from_str(line)?
    } else {
        let (label, title) = line.split_once('\t').context("no tab between label and title")?;
        let label = label.trim().parse().context("the label is neither 0 nor 1")?;
        Line { label, title: title.to_owned(), body: String::new() }
    };
    anyhow::ensure!(one.label <= 1, "the label is neither 0 nor 1");
    anyhow::ensure!(!one.title.trim().is_empty(), "no title");
    Ok(Labelled { title: one.title, body: one.body, bait: one.label == 1 })
}

/// Judges the set: by the weights that ship, or in `n_parts` parts, each by weights trained on the others.
pub fn evaluate(set: &[Labelled], n_parts: Option<usize>) -> Outcome {
    let mut margins = vec![0.0; set.len()];
    let mut reasons = vec![String::new(); set.len()];
    let mut note = |n: usize, verdict: headline::Verdict<'_>| {
        margins[n] = verdict.margin;
        reasons[n] = verdict.reason.to_owned();
    };
    match n_parts {
        None => (0..set.len()).for_each(|n| note(n, headline::judge(&set[n].title, &set[n].body))),
        Some(n_parts) => {
            let parts = folds::parts(&(0..set.len()).collect::<Vec<_>>(), n_parts);
            for part in 0..n_parts {
                let [english, chinese] = [false, true].map(|chinese| {
                    let is_learnt = |n: &usize| parts[*n] != part && is(chinese, &set[*n]);
                    train(&(0..set.len()).filter(is_learnt).map(|n| &set[n]).collect::<Vec<_>>(), chinese)
                });
                for n in (0..set.len()).filter(|n| parts[*n] == part) {
                    let weights = if is(true, &set[n]) { &chinese } else { &english };
                    note(n, headline::judge_by(weights, &set[n].title, &set[n].body));
                }
            }
        }
    }
    outcome(set, &margins, &reasons)
}

fn is(chinese: bool, one: &Labelled) -> bool {
    headline::is_chinese(&one.title) == chinese
}

/// The weights of one language; none if the set has none of it.
fn train(set: &[&Labelled], chinese: bool) -> Weights {
    if set.is_empty() { Weights::default() } else { headline::train(set, chinese) }
}

fn outcome(set: &[Labelled], margins: &[f32], reasons: &[String]) -> Outcome {
    let answers: Vec<bool> = margins.iter().map(|margin| *margin > 0.0).collect();
    let wrong = (0..set.len()).filter(|n| answers[*n] != set[*n].bait);
    let tell =
        |n: usize| format!("{}\t{:.1}\t{}\t{}", u8::from(set[n].bait), margins[n], set[n].title, reasons[n]);
    let labels: Vec<bool> = set.iter().map(|one| one.bait).collect();
    Outcome { figures: figures(&labels, &answers), mistakes: wrong.map(tell).collect(), answers }
}

/// Compares answers with labels.
pub fn figures(labels: &[bool], answers: &[bool]) -> Figures {
    let n = |label: bool, answer: bool| {
        labels.iter().zip(answers).filter(|pair| *pair == (&label, &answer)).count() as f64
    };
    let (hits, false_alarms, misses) = (n(true, true), n(false, true), n(true, false));
    let share = |part: f64, all: f64| if all > 0.0 { part / all } else { 0.0 };
    Figures {
        items: labels.len(),
        bait: labels.iter().filter(|label| **label).count(),
        accuracy: share(hits + n(false, false), labels.len() as f64),
        precision: share(hits, hits + false_alarms),
        recall: share(hits, hits + misses),
        f1: share(2.0 * hits, 2.0 * hits + false_alarms + misses),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_are_read_and_a_bad_line_is_named() {
        let tsv = read("1\t9 cats that rule\n0\tCouncil votes on budget\n".as_bytes()).unwrap();
        assert_eq!((tsv.len(), tsv[0].bait, tsv[1].bait), (2, true, false));
        let json = read(r#"{"label":1,"title":"你绝对想不到","body":"正文"}"#.as_bytes()).unwrap();
        assert_eq!((json[0].bait, json[0].body.as_str()), (true, "正文"));
        let error = read("1\tfine\nno tab".as_bytes()).unwrap_err();
        assert!(format!("{error:#}").contains("line 2"));
        for bad in ["2\tA headline", "-1\tA headline", "1\t ", r#"{"label":7,"title":"A"}"#, "[1,2"] {
            let error = read(format!("0\tfine\n{bad}\n").as_bytes()).unwrap_err();
            assert!(format!("{error:#}").contains("line 2"), "{bad}: {error:#}");
        }
    }

    #[test]
    fn figures_are_those_of_the_class_that_is_found() {
        let found = figures(&[true, true, false, false], &[true, false, true, false]);
        assert_eq!((found.accuracy, found.precision, found.recall, found.f1), (0.5, 0.5, 0.5, 0.5));
        assert_eq!(figures(&[false], &[false]).f1, 0.0);
    }

    #[test]
    fn what_is_learnt_from_the_other_parts_judges_a_part() {
        let set: Vec<Labelled> = (0..40)
            .map(|n| {
                let bait = n % 2 == 0;
                let title =
                    if bait { format!("why you need this {n}") } else { format!("council votes {n}") };
                Labelled { title, body: String::new(), bait }
            })
            .collect();
        assert_eq!(evaluate(&set, Some(4)).figures.accuracy, 1.0);
    }
}
