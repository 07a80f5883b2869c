//! How surely two items tell one event, why, and what forbids it. The thresholds of the stage stand here.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::TimeDelta;

use super::fingerprint::{Document, Fingerprint, Version};
use super::{glossary, numbers, words};
use crate::model::{Language, SourceKind};

/// Two items further apart tell two events.
pub const WINDOW: TimeDelta = TimeDelta::days(7);

/// The same for items in two languages, which share fewer words.
const CROSS_WINDOW: TimeDelta = TimeDelta::days(3);

/// Similarity at which two items of one language are as likely as not to tell one event.
const EVEN: f32 = 0.24;

/// Share of common names, numbers and deeds at which the same holds for two languages.
const EVEN_BRIDGE: f32 = 0.4;

/// How much of the similarity is "the other tells what this title says"; the rest is the cosine of all words.
const TOLD_SHARE: f32 = 0.3;

/// What similarity loses with each day between two items, from the second day on.
const FADING: f32 = 0.05;

/// Sum of the evidence of words shared by two titles below which they prove less than their similarity says.
const TITLE_EVIDENCE: f32 = 4.0;

/// A word of which more than this share of documents writes it with a small letter is no name.
const MOST_SMALL: f32 = 0.2;

/// Sum of rarities of shared names and numbers below which two languages share too little to say anything.
const ENOUGH_EVIDENCE: f32 = 9.0;

/// What a word of a title that another language cannot share weighs there, of a name.
const UNSHARABLE: f32 = 0.3;

/// Shared words named in a reason.
const MOST_SHOWN: usize = 5;

const MINUTES_OF_DAY: f32 = 1440.0;

/// Two items of one source are two events unless their texts are nearly equal.
const SAME_SOURCE_COSINE: f32 = 0.8;

/// Above this the reason says "nearly equal".
const NEARLY_EQUAL: f32 = 0.6;

/// A paper and a text about its subject share common words; below this, without a common name or number, no more than that.
const SAME_SUBJECT: f32 = 0.4;

/// A name in more documents than this is not one paper's alone.
const MOST_COINED: f32 = 8.0;

/// How rare terms are. Few documents tell little about it, so there are always at least this many.
const LEAST_DOCUMENTS: f32 = 200.0;

/// Why two items belong together, and how surely.
#[derive(Clone, Debug, PartialEq)]
pub struct Bond {
    /// 0.5 is even; 1 is sure.
    pub strength: f32,
    /// The measured similarity, as shown.
    pub similarity: f32,
    /// For people; without the name of the other item.
    pub reason: String,
}

/// What comparing two items gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Relation {
    /// They cannot tell one event.
    Forbidden,
    /// They have nothing to do with each other.
    None,
    /// They may.
    Bond(Bond),
}

/// How many documents hold a term.
#[derive(Debug, Default)]
pub struct Rarity {
    n: f32,
    of_term: HashMap<String, f32>,
    /// In how many documents it is written with a small letter.
    small: HashMap<String, f32>,
}

impl Rarity {
    /// Counts the terms of all `prints`.
    pub fn of<'a>(prints: impl IntoIterator<Item = &'a Fingerprint>) -> Self {
        let mut rarity = Self::default();
        for print in prints {
            rarity.n += 1.0;
            let all: HashSet<&String> = print.terms.keys().chain(print.bridges.keys()).collect();
            for term in all {
                *rarity.of_term.entry(term.clone()).or_default() += 1.0;
            }
            for term in &print.small {
                *rarity.small.entry(term.clone()).or_default() += 1.0;
            }
        }
        rarity
    }

    /// In how many documents `term` stands.
    pub fn count(&self, term: &str) -> f32 {
        self.of_term.get(term).copied().unwrap_or(0.0)
    }

    /// Whether `term` is written with a capital, as names are (numbers and versions too).
    pub fn is_name(&self, term: &str) -> bool {
        self.small.get(term).copied().unwrap_or(0.0) <= MOST_SMALL * self.count(term)
    }

    /// What a term in two titles proves: its rarity if it is a name or a number, half of it if it is a common word.
    pub fn evidence(&self, term: &str) -> f32 {
        self.weight(term) * if self.is_name(term) { 1.0 } else { 0.5 }
    }

    /// Inverse document frequency: about 1 for a word in every document, about 5.6 for one in a single document.
    pub fn weight(&self, term: &str) -> f32 {
        let n = self.n.max(LEAST_DOCUMENTS);
        ((n + 1.0) / (self.count(term) + 1.0)).ln() + 1.0
    }
}

/// An item ready for comparison.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The item.
    pub document: Document,
    /// What is compared.
    pub print: Fingerprint,
    /// Weighted terms, of length 1.
    vector: HashMap<String, f32>,
}

impl Candidate {
    /// Weighs the terms of `print` by `rarity`.
    pub fn new(document: Document, print: Fingerprint, rarity: &Rarity) -> Self {
        let weighted = print.terms.iter().map(|(term, weight)| (term.clone(), weight * rarity.weight(term)));
        let mut vector: HashMap<String, f32> = weighted.collect();
        let length = vector.values().map(|weight| weight * weight).sum::<f32>().sqrt().max(f32::EPSILON);
        vector.values_mut().for_each(|weight| *weight /= length);
        Self { document, print, vector }
    }
}

/// What two items are to each other.
pub fn compare(a: &Candidate, b: &Candidate, rarity: &Rarity) -> Relation {
    let apart = (a.document.at - b.document.at).abs();
    if a.print.is_roundup || b.print.is_roundup || apart > WINDOW {
        return Relation::Forbidden;
    }
    let same_source = a.document.source_id == b.document.source_id;
    let same_paper = a.print.paper.as_ref().filter(|paper| b.print.paper.as_ref() == Some(*paper));
    if let Some(paper) = same_paper.filter(|_| !same_source) {
        return Relation::Bond(sure(format!("same paper arXiv:{paper} as")));
    }
    if is_forbidden(a, b) {
        return Relation::Forbidden;
    }
    let bond = if a.document.language == b.document.language {
        same_language(a, b, rarity)
    } else if apart <= CROSS_WINDOW {
        across_languages(a, b, rarity)
    } else {
        None
    };
    let bond = same_round(a, b)
        .or_else(|| same_launch(a, b))
        .or_else(|| same_coinage(a, b, rarity))
        .filter(|_| !same_source)
        .or(bond);
    match bond {
        Some(bond) if !same_source || bond.similarity >= SAME_SOURCE_COSINE => Relation::Bond(bond),
        Some(_) => Relation::Forbidden,
        None => Relation::None,
    }
}

fn sure(reason: String) -> Bond {
    Bond { strength: 1.0, similarity: 1.0, reason }
}

/// Other versions, other papers, other companies that raised, other releases.
fn is_forbidden(a: &Candidate, b: &Candidate) -> bool {
    let (x, y) = (&a.print, &b.print);
    let papers_differ = matches!((&x.paper, &y.paper), (Some(p), Some(q)) if p != q);
    let both_papers = a.document.kind == SourceKind::Arxiv && b.document.kind == SourceKind::Arxiv;
    let rounds_differ =
        matches!((&x.round, &y.round), (Some(p), Some(q)) if p.company.is_disjoint(&q.company));
    let both_releases = a.document.kind == SourceKind::Github && b.document.kind == SourceKind::Github;
    papers_differ
        || both_papers
        || rounds_differ
        || (both_releases && x.repository != y.repository)
        || versions_differ(&x.versions, &y.versions)
}

/// One product named in both titles, but in no common version.
fn versions_differ(a: &BTreeSet<Version>, b: &BTreeSet<Version>) -> bool {
    let agree = |v: &Version, w: &Version| {
        v.number == w.number && (v.variant == w.variant || v.variant.is_empty() || w.variant.is_empty())
    };
    let named: Vec<(&Version, &Version)> =
        a.iter().flat_map(|v| b.iter().filter(move |w| v.name == w.name).map(move |w| (v, w))).collect();
    !named.is_empty() && !named.iter().any(|(v, w)| agree(v, w))
}

fn same_round(a: &Candidate, b: &Candidate) -> Option<Bond> {
    let (x, y) = (a.print.round.as_ref()?, b.print.round.as_ref()?);
    let name = x.company.intersection(&y.company).next()?;
    let same_sum = x.sums.intersection(&y.sums).next().is_some();
    let same_round = x.round.is_some() && x.round == y.round;
    (same_sum || same_round).then(|| sure(format!("same round of {name} as")))
}

/// Both tell that one version of one product came out.
fn same_launch(a: &Candidate, b: &Candidate) -> Option<Bond> {
    let agree = |v: &&Version| b.print.launched.iter().any(|w| w.name == v.name && w.number == v.number);
    let version = a.print.launched.iter().find(agree)?;
    let near = (a.document.at - b.document.at).abs() <= CROSS_WINDOW;
    near.then(|| sure(format!("same release of {} {} as", version.name, version.number)))
}

/// One is a paper that gives its subject a name, and the title of the other says that name, which few do.
fn same_coinage(a: &Candidate, b: &Candidate, rarity: &Rarity) -> Option<Bond> {
    let says = |paper: &Candidate, other: &Candidate| {
        let name = paper.print.coined.clone()?;
        let is_said = other.print.bridges.get(&name) == Some(&true) && rarity.count(&name) <= MOST_COINED;
        is_said.then_some(name)
    };
    let name = says(a, b).or_else(|| says(b, a))?;
    Some(sure(format!("the paper's own name ({name}) shared with")))
}

/// Cosine of the weighted words, and how much of each title the other item tells; both fade as days pass.
fn same_language(a: &Candidate, b: &Candidate, rarity: &Rarity) -> Option<Bond> {
    let shared: HashSet<&str> = a.print.title.intersection(&b.print.title).map(String::as_str).collect();
    let told = (told(a, b, rarity) * told(b, a, rarity)).sqrt();
    let mixed = (1.0 - TOLD_SHARE) * cosine(a, b) + TOLD_SHARE * told;
    let days = (a.document.at - b.document.at).abs().num_minutes() as f32 / MINUTES_OF_DAY;
    let similarity = mixed * (1.0 - FADING * (days - 1.0).max(0.0));
    if shared.is_empty() && similarity < NEARLY_EQUAL {
        return None;
    }
    let one_paper = (a.document.kind == SourceKind::Arxiv) != (b.document.kind == SourceKind::Arxiv);
    let names_nothing = !shared.iter().any(|term| rarity.is_name(term));
    if one_paper && names_nothing && similarity < SAME_SUBJECT {
        return None;
    }
    let evidence: f32 = shared.iter().map(|term| rarity.evidence(term)).sum();
    let strength = 0.5 * similarity / EVEN * (evidence / TITLE_EVIDENCE).min(1.0);
    let reason = if similarity >= NEARLY_EQUAL {
        "title and text nearly equal to".to_owned()
    } else {
        format!("words shared ({}) with", shown(&shared, &b.document.title))
    };
    Some(Bond { strength, similarity: similarity.min(1.0), reason })
}

fn cosine(a: &Candidate, b: &Candidate) -> f32 {
    let (small, large) = if a.vector.len() <= b.vector.len() { (a, b) } else { (b, a) };
    let product =
        |(term, weight): (&String, &f32)| large.vector.get(term).map_or(0.0, |other| weight * other);
    small.vector.iter().map(product).sum()
}

/// The share of what the title of `a` says that `b` says too, weighted by rarity.
fn told(a: &Candidate, b: &Candidate, rarity: &Rarity) -> f32 {
    let weight = |term: &String| rarity.weight(term).powi(2);
    let all: f32 = a.print.title.iter().map(weight).sum();
    let told = a.print.title.iter().filter(|term| b.print.terms.contains_key(*term));
    told.map(weight).sum::<f32>() / all.max(1.0)
}

/// The share of what both titles name that the other item also has, weighted by rarity.
fn across_languages(a: &Candidate, b: &Candidate, rarity: &Rarity) -> Option<Bond> {
    let (zh, en) = if a.document.language == Language::Zh { (a, b) } else { (b, a) };
    let weight = |term: &String| rarity.weight(term).powi(2);
    let en_title = &en.document.title;
    let (zh, en) = (&zh.print.bridges, &en.print.bridges);
    let common: Vec<(&String, bool, bool)> =
        zh.iter().filter_map(|(term, in_zh)| en.get(term).map(|in_en| (term, *in_zh, *in_en))).collect();
    let in_both_titles: Vec<&String> = common.iter().filter(|c| c.1 && c.2).map(|c| c.0).collect();
    if in_both_titles.is_empty() || common.len() < 3 {
        return None;
    }
    // A word that is no name and not in the glossary could not be shared, so its absence says little.
    let sharable =
        |term: &str| if rarity.is_name(term) || glossary::is_known(term) { 1.0 } else { UNSHARABLE };
    let of_titles = |bridges: &HashMap<String, bool>| -> f32 {
        let in_title = bridges.iter().filter(|(_, in_title)| **in_title);
        in_title.map(|(term, _)| weight(term) * sharable(term)).sum()
    };
    let found_zh: f32 = common.iter().filter(|c| c.1).map(|c| weight(c.0)).sum();
    let found_en: f32 = common.iter().filter(|c| c.2).map(|c| weight(c.0)).sum();
    let share_zh = found_zh / of_titles(zh).max(1.0);
    let share_en = found_en / of_titles(en).max(1.0);
    let evidence: f32 = common.iter().filter(|c| c.1 || c.2).map(|c| rarity.weight(c.0)).sum();
    let share = (share_zh * share_en).sqrt() * (evidence / ENOUGH_EVIDENCE).min(1.0);
    let shared: HashSet<&str> = common.iter().filter(|c| c.1 || c.2).map(|c| c.0.as_str()).collect();
    let reason = format!("names and numbers shared ({}) with", shown(&shared, en_title));
    Some(Bond { strength: 0.5 * share / EVEN_BRIDGE, similarity: share.min(1.0), reason })
}

/// Some of the shared terms, as `title` writes them.
fn shown(shared: &HashSet<&str>, title: &str) -> String {
    let mut numbers: Vec<String> = shared.iter().filter_map(|term| numbers::shown(term)).collect();
    numbers.sort();
    let words = words::shown(title, shared).into_iter();
    let most: Vec<String> = words.take(MOST_SHOWN - 1).chain(numbers).take(MOST_SHOWN).collect();
    most.join(", ")
}
