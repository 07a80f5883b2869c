//! How well rounds of funding are read: found or not, each field right, wrong or invented.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gold::Sound;
use crate::judge::funding;
use crate::model::Funding;

/// An article with its label.
#[derive(Debug, Deserialize)]
pub struct Labelled {
    /// Its name in the set.
    pub id: Value,
    /// Headline.
    pub title: String,
    /// What is behind it.
    #[serde(default)]
    pub text: String,
    /// What it tells: "?" is not labelled, null is not stated.
    pub gold: Label,
}

/// What a person read in the article.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Label {
    /// "round", "rumor" or "none".
    pub kind: String,
    company: Value,
    amount: Value,
    round: Value,
    lead: Value,
    valuation: Value,
}

impl Sound for Labelled {
    fn flaw(&self) -> Option<&'static str> {
        match () {
            () if self.title.trim().is_empty() => Some("no title"),
            () if !["round", "rumor", "none"].contains(&self.gold.kind.as_str()) => {
                Some("the kind is neither \"round\" nor \"rumor\" nor \"none\"")
            }
            () => None,
        }
    }
}

/// What the reader says, in the form of the labels.
#[derive(Debug, Serialize)]
pub struct Prediction {
    id: Value,
    kind: &'static str,
    company: Option<String>,
    amount: Option<f64>,
    currency: Option<String>,
    round: Option<String>,
    lead: Vec<String>,
    valuation: Option<f64>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Of {
    /// That hold.
    pub right: usize,
    /// That were counted.
    pub all: usize,
}

impl Of {
    fn count(&mut self, right: bool) {
        self.all += 1;
        self.right += usize::from(right);
    }
}

/// The figures.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Figures {
    /// Articles.
    pub items: usize,
    /// Of what was found, the share that is one.
    pub precision: f64,
    /// Of what is there, the share that was found.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// Announced told from reported, among those found.
    pub kind: Of,
    /// Who raised.
    pub company: Of,
    /// How much, within 2 %.
    pub amount: Of,
    /// In what round.
    pub round: Of,
    /// Every labelled lead investor.
    pub lead: Of,
    /// At what valuation, within 2 %.
    pub valuation: Of,
    /// Fields answered that the article does not state.
    pub invented: Of,
}

/// Figures, what was read, and what was read wrongly.
pub struct Outcome {
    /// The figures.
    pub figures: Figures,
    /// One for each article.
    pub predictions: Vec<Prediction>,
    /// Title, field, labelled, read.
    pub mistakes: Vec<[String; 4]>,
}

/// Reads every article of `set` by the rules.
pub fn evaluate(set: &[Labelled]) -> Outcome {
    let mut outcome = Outcome {
        figures: Figures { items: set.len(), ..Figures::default() },
        predictions: Vec::new(),
        mistakes: Vec::new(),
    };
    let (mut n_right, mut n_found, mut n_there) = (0, 0, 0);
    for one in set {
        let prediction = prediction(&one.id, funding::find(&one.title, &one.text));
        let (is_there, is_found) = (one.gold.kind != "none", prediction.kind != "none");
        n_there += usize::from(is_there);
        n_found += usize::from(is_found);
        n_right += usize::from(is_there && is_found);
        if is_there && is_found {
            outcome.figures.kind.count(one.gold.kind == prediction.kind);
        }
        if one.gold.kind != prediction.kind {
            let (wanted, read) = (one.gold.kind.clone(), prediction.kind.to_owned());
            outcome.mistakes.push([one.title.clone(), "kind".to_owned(), wanted, read]);
        }
        if is_there {
            fields(one, &prediction, &mut outcome);
        }
        outcome.predictions.push(prediction);
    }
    let share = |all: usize| if all == 0 { 0.0 } else { n_right as f64 / all as f64 };
    let figures = &mut outcome.figures;
    (figures.precision, figures.recall) = (share(n_found), share(n_there));
    let sum = figures.precision + figures.recall;
    figures.f1 = if sum > 0.0 { 2.0 * figures.precision * figures.recall / sum } else { 0.0 };
    outcome
}

fn prediction(id: &Value, funding: Option<Funding>) -> Prediction {
    let is_found = funding.is_some();
    let funding = funding.unwrap_or_default();
    Prediction {
        id: id.clone(),
        kind: match (is_found, funding.announced) {
            (false, _) => "none",
            (true, true) => "round",
            (true, false) => "rumor",
        },
        company: is_found.then_some(funding.company),
        amount: funding.amount_value,
        currency: funding.currency,
        round: funding.round,
        lead: funding.leads,
        valuation: funding.valuation_value,
    }
}

fn fields(one: &Labelled, read: &Prediction, outcome: &mut Outcome) {
    let (gold, figures) = (&one.gold, &mut outcome.figures);
    let near = |wanted: &Value, read: Option<f64>| wanted.as_f64().zip(read).is_some_and(is_near);
    let named = |wanted: &Value, read: Option<&String>| {
        wanted.as_str().zip(read).is_some_and(|(wanted, read)| is_same(wanted, read))
    };
    let led = |wanted: &Value| {
        let wanted = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
        wanted.iter().all(|wanted| read.lead.iter().any(|read| named(wanted, Some(read))))
    };
    let leads = (!read.lead.is_empty()).then(|| read.lead.join(", "));
    let sum = |value: Option<f64>| value.map(|value| value.to_string());
    let all = [
        (
            "company",
            &gold.company,
            &mut figures.company,
            named(&gold.company, read.company.as_ref()),
            read.company.clone(),
        ),
        ("amount", &gold.amount, &mut figures.amount, near(&gold.amount, read.amount), sum(read.amount)),
        (
            "round",
            &gold.round,
            &mut figures.round,
            named(&gold.round, read.round.as_ref()),
            read.round.clone(),
        ),
        ("lead", &gold.lead, &mut figures.lead, led(&gold.lead), leads),
        (
            "valuation",
            &gold.valuation,
            &mut figures.valuation,
            near(&gold.valuation, read.valuation),
            sum(read.valuation),
        ),
    ];
    for (field, wanted, right, is_right, read) in all {
        if wanted == "?" {
            continue;
        }
        let is_right = if wanted.is_null() {
            figures.invented.count(read.is_some());
            read.is_none()
        } else {
            right.count(is_right);
            is_right
        };
        if !is_right {
            let read = read.unwrap_or_default();
            outcome.mistakes.push([one.title.clone(), field.to_owned(), wanted.to_string(), read]);
        }
    }
}

fn is_near((a, b): (f64, f64)) -> bool {
    (a - b).abs() <= 0.02 * a.abs().max(b.abs())
}

/// Either contains the other, without case, blanks and marks.
fn is_same(a: &str, b: &str) -> bool {
    let fold = |name: &str| name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (a, b) = (fold(a), fold(b));
    !a.is_empty() && !b.is_empty() && (a.contains(&b) || b.contains(&a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_wrong_and_invented_are_counted() {
        let set: Vec<Labelled> = serde_json::from_value(serde_json::json!([
            {"id": 1, "title": "Zorble raises $5M seed round led by Moss Capital", "gold": {"kind": "round",
                "company": "Zorble Inc", "amount": 5e6, "round": null, "lead": ["Moss"], "valuation": "?"}},
            {"id": 2, "title": "Zorble raises its prices by $5", "gold": {"kind": "none"}},
        ]))
        .unwrap();
        let outcome = evaluate(&set);
        let figures = outcome.figures;
        assert!((figures.f1 - 1.0).abs() < 1e-9);
        assert_eq!((figures.company, figures.amount), (Of { right: 1, all: 1 }, Of { right: 1, all: 1 }));
        assert_eq!(figures.lead, Of { right: 1, all: 1 });
        assert_eq!((figures.invented, figures.valuation), (Of { right: 1, all: 1 }, Of::default()));
        assert_eq!(outcome.mistakes[0][1], "round");
    }
}
