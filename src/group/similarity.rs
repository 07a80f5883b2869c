//! How surely two items tell one event, why, and what forbids it. The weights of the stage stand here.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;

use super::candidate::Candidate;
use super::rarity::Rarity;
use super::{aftermath, glossary, numbers, sure, veto, words};
use crate::model::SourceKind;

/// Two items further apart tell two events.
pub const WINDOW: TimeDelta = TimeDelta::days(7);

/// The same for items in two languages, which share fewer words.
const CROSS_WINDOW: TimeDelta = TimeDelta::days(3);

/// What a logistic regression over pairs of labelled news, general and of the industry, gave.
struct Weights {
    bias: f32,
    cosine: f32,
    names: f32,
    evidence: f32,
    any_title: f32,
    /// Weight of all names of an item below which one in common is not "all of them".
    enough_names: f32,
}

/// Without a meaning.
const BY_WORDS: Weights =
    Weights { bias: -6.5, cosine: 15.8, names: 2.1, evidence: 1.6, any_title: 0.85, enough_names: 1.0 };

/// With one; its part is added.
const BY_MEANING: Weights =
    Weights { bias: -4.72, cosine: 12.56, names: 0.57, evidence: 1.86, any_title: 0.79, enough_names: 12.0 };

/// What a meaning counts for is measured from the model's cut-off, in steps of the room above it.
const MEANING: f32 = 4.6;

/// What a meaning or a number alone proves at most, without a name or word in common: less than binds.
const MEANING_ALONE: f32 = 0.19;

/// Evidence of two titles that is as good as any more.
const FULL_EVIDENCE: f32 = 12.0;

/// Two titles that share hardly more than one common word lose this much of the logit…
const THIN: f32 = 2.0;

/// …by how far their evidence falls short of this.
const ENOUGH_TITLE: f32 = 4.0;

/// What one day between two items takes from the logit, from the second day on.
const FADING: f32 = 0.2;

/// What two titles lose that tell of deeds which have nothing in common ("releases" and "jailbroken").
const OTHER_DEED: f32 = 1.0;

/// What advice, a trial or a comparison takes from the logit, of each of the two.
const GUIDE: f32 = 1.5;

/// What thoughts about an event and looks back at it take from the logit, of each of the two: they share its names.
const COMMENT_WITHIN: f32 = 0.3;

/// Items this far apart are told apart by a new fact.
const SETTLED: TimeDelta = TimeDelta::hours(48);

/// What follows from an event and is told so much later is news of its own.
const AFTERMATH: TimeDelta = TimeDelta::hours(6);

/// Names shared by two titles, by weight, from which a later item may be an update of the earlier.
const SAME_SUBJECT_NAMES: f32 = 8.0;

/// Least sureness of an update.
const LEAST_UPDATE: f32 = 0.04;

/// Sum of rarities of shared names and numbers below which two languages share too little to say anything.
const ENOUGH_EVIDENCE: f32 = 9.0;

/// What a word of a title that another language cannot share weighs there, of a name.
const UNSHARABLE: f32 = 0.3;

/// Shared words named in a reason.
const MOST_SHOWN: usize = 5;

const MINUTES_OF_DAY: f32 = 1440.0;

/// Two items of one source are two events unless their texts are nearly equal…
const SAME_SOURCE_COSINE: f32 = 0.8;

/// …or words and meaning are so sure together that this can be taken from the logit…
const SAME_SOURCE: f32 = 3.0;

/// …and this sureness is left: an outlet may tell one event twice.
const LEAST_SAME_SOURCE: f32 = 0.6;

/// Above this the reason says "nearly equal".
const NEARLY_EQUAL: f32 = 0.6;

/// A paper and a text about its subject share common words; below this, without a common name or number, no more than that.
const SAME_SUBJECT: f32 = 0.4;

/// Cosines of meanings at which two texts are as likely as not to tell one event; they belong to the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cutoffs {
    /// Of one language.
    pub same: f32,
    /// Of two languages.
    pub across: f32,
}

/// Why two items belong together, and how surely.
#[derive(Clone, Debug, PartialEq)]
pub struct Bond {
    /// Probability that both tell one event.
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
    /// The later one goes on with the story of the earlier.
    Update(Bond),
}

/// What two items are to each other.
pub fn compare(a: &Candidate, b: &Candidate, rarity: &Rarity, cutoffs: Cutoffs) -> Relation {
    let (a, b) = if a.document.at <= b.document.at { (a, b) } else { (b, a) };
    let same_source = a.document.source_id == b.document.source_id;
    let apart = b.document.at - a.document.at;
    if let Some(reason) = sure::same_paper(a, b).filter(|_| !same_source && apart <= WINDOW) {
        return Relation::Bond(certain(reason));
    }
    if veto::why(a, b).is_some() {
        return Relation::Forbidden;
    }
    let bond = match sure::proof(a, b, rarity).filter(|_| !same_source) {
        Some(reason) => Some(certain(reason)),
        None if a.document.language == b.document.language => same_language(a, b, rarity, cutoffs.same),
        None => across_languages(a, b, rarity, cutoffs.across),
    };
    let bond = bond.filter(|bond| bond.strength < LEAST_UPDATE || !veto::subjects_differ(a, b));
    let is_late = a.document.language != b.document.language && apart > CROSS_WINDOW;
    match bond {
        Some(bond) if is_update(a, b, rarity, &bond) => Relation::Update(bond),
        _ if apart > WINDOW => Relation::Forbidden,
        _ if is_late => Relation::None,
        Some(bond) if !same_source || a.cosine(b) >= SAME_SOURCE_COSINE => Relation::Bond(bond),
        Some(bond) => told_twice(a, b, bond),
        None => Relation::None,
    }
}

/// Two different texts of one source.
fn told_twice(a: &Candidate, b: &Candidate, bond: Bond) -> Relation {
    let logit = (bond.strength / (1.0 - bond.strength).max(f32::EPSILON)).ln();
    let strength = probability(logit - SAME_SOURCE);
    // Words alone cannot tell an outlet's second text about an event from its next text about the subject.
    if a.meaning_cosine(b).is_some() && strength >= LEAST_SAME_SOURCE {
        Relation::Bond(Bond { strength, ..bond })
    } else {
        Relation::Forbidden
    }
}

fn certain(reason: String) -> Bond {
    Bond { strength: 1.0, similarity: 1.0, reason }
}

fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// Words, names and titles in common, and the meaning if a model gave it; all fade as days pass.
fn same_language(a: &Candidate, b: &Candidate, rarity: &Rarity, cutoff: f32) -> Option<Bond> {
    let cosine = a.cosine(b);
    let meaning = a.meaning_cosine(b);
    let weights = if meaning.is_some() { BY_MEANING } else { BY_WORDS };
    let shared: HashSet<&str> = a.print.title.intersection(&b.print.title).map(String::as_str).collect();
    // A count that two headlines happen to share says nothing without a word beside it.
    let are_counts = shared.iter().all(|term| numbers::value(term).is_some());
    let (evidence, shared) = if are_counts { (0.0, HashSet::new()) } else { (a.title_evidence(b), shared) };
    if is_subject_only(a, b, rarity, &shared, cosine) {
        return None;
    }
    let logit = weights.bias
        + weights.cosine * cosine
        + weights.names * a.names_in_common(b, weights.enough_names)
        + weights.evidence * (evidence / FULL_EVIDENCE).min(1.0)
        + if shared.is_empty() { 0.0 } else { weights.any_title }
        + meaning.map_or(0.0, |meaning| meant(meaning, cutoff))
        - faded(a, b)
        - f32::from(u8::from(a.print.is_guide) + u8::from(b.print.is_guide)) * GUIDE
        - f32::from(u8::from(a.print.is_comment) + u8::from(b.print.is_comment)) * COMMENT_WITHIN
        - if shared.is_empty() { 0.0 } else { THIN * (1.0 - evidence / ENOUGH_TITLE).max(0.0) }
        - if glossary::deeds_differ(&a.print.bridges, &b.print.bridges) { OTHER_DEED } else { 0.0 };
    let reason = if cosine >= NEARLY_EQUAL {
        "title and text nearly equal to".to_owned()
    } else {
        told(&format!("words shared ({}) with", shown(&shared, &b.document.title)), meaning)
    };
    let has_common = !shared.is_empty() || a.shares_word(b);
    let strength = if has_common { probability(logit) } else { probability(logit).min(MEANING_ALONE) };
    Some(Bond { strength, similarity: cosine.clamp(0.0, 1.0), reason })
}

/// A paper beside a text that names nothing of it.
fn is_subject_only(
    a: &Candidate,
    b: &Candidate,
    rarity: &Rarity,
    shared: &HashSet<&str>,
    cosine: f32,
) -> bool {
    let one_paper = (a.document.kind == SourceKind::Arxiv) != (b.document.kind == SourceKind::Arxiv);
    one_paper && cosine < SAME_SUBJECT && !shared.iter().any(|term| rarity.is_name(term))
}

fn meant(meaning: f32, cutoff: f32) -> f32 {
    MEANING * (meaning - cutoff) / (1.0 - cutoff).max(0.01)
}

fn faded(a: &Candidate, b: &Candidate) -> f32 {
    let days = (a.document.at - b.document.at).abs().num_minutes() as f32 / MINUTES_OF_DAY;
    FADING * (days - 1.0).max(0.0)
}

fn told(reason: &str, meaning: Option<f32>) -> String {
    match meaning {
        Some(meaning) if reason.contains("()") => format!("meaning near ({meaning:.2}) to"),
        Some(meaning) => reason.replacen(") with", &format!("; meaning {meaning:.2}) with"), 1),
        None => reason.to_owned(),
    }
}

/// The later item speaks of the same subject, but of something that has happened since.
fn is_update(earlier: &Candidate, later: &Candidate, rarity: &Rarity, bond: &Bond) -> bool {
    let apart = later.document.at - earlier.document.at;
    if bond.strength < LEAST_UPDATE {
        return false;
    }
    if apart >= AFTERMATH && aftermath::is_new(earlier, later) {
        return shared_names(earlier, later, rarity) > 0.0;
    }
    if apart < SETTLED || bond.strength >= 1.0 {
        return false;
    }
    let is_fact = |term: &String| numbers::shown(term).is_some() || glossary::is_deed(term);
    let facts = later.print.bridges.iter().filter(|(term, in_title)| **in_title && is_fact(term));
    let has_new_fact = facts.into_iter().any(|(term, _)| !earlier.print.bridges.contains_key(term));
    (has_new_fact || apart > WINDOW) && shared_names(earlier, later, rarity) >= SAME_SUBJECT_NAMES
}

/// The weight of the names that both titles say.
fn shared_names(a: &Candidate, b: &Candidate, rarity: &Rarity) -> f32 {
    let names = b.print.bridges.iter().filter(|(term, in_title)| {
        **in_title && a.print.bridges.get(*term) == Some(&true) && rarity.is_name(term)
    });
    names.map(|(term, _)| rarity.weight(term)).sum()
}

/// The share of what both titles name that the other item also has, weighted by rarity, and the meaning.
fn across_languages(a: &Candidate, b: &Candidate, rarity: &Rarity, cutoff: f32) -> Option<Bond> {
    let (zh, en) = if a.document.language.is_unspaced() { (a, b) } else { (b, a) };
    let common = Common::of(&zh.print.bridges, &en.print.bridges);
    let meaning = a.meaning_cosine(b);
    if meaning.is_none() && (common.n_in_both_titles == 0 || common.terms.len() < 3) {
        return None;
    }
    let share = common.share(&zh.print.bridges, &en.print.bridges, rarity);
    let logit = match meaning {
        Some(meaning) => CROSS_BIAS_MEANT + CROSS_SHARE_MEANT * share + meant(meaning, cutoff),
        None => CROSS_BIAS + CROSS_SHARE * share,
    } - faded(a, b)
        - f32::from(u8::from(a.print.is_comment) + u8::from(b.print.is_comment)) * COMMENT
        - if glossary::deeds_differ(&a.print.bridges, &b.print.bridges) { OTHER_DEED } else { 0.0 };
    let shared: HashSet<&str> = common.terms.iter().filter(|c| c.1 || c.2).map(|c| c.0).collect();
    let reason = format!("names and numbers shared ({}) with", shown(&shared, &en.document.title));
    let most = if common.terms.is_empty() { MEANING_ALONE } else { 1.0 };
    let strength = probability(logit).min(most);
    Some(Bond { strength, similarity: share.min(1.0), reason: told(&reason, meaning) })
}

/// The same for two languages: the share of names in common, alone and beside a meaning.
const CROSS_BIAS: f32 = -4.0;
const CROSS_SHARE: f32 = 10.0;
const CROSS_BIAS_MEANT: f32 = -1.5;
const CROSS_SHARE_MEANT: f32 = 4.0;

/// What thoughts about an event take from the logit of two languages: they share all names with the news, and their meaning
/// is near to it.
const COMMENT: f32 = 1.5;

/// What two texts of two languages both name: the term, and whether it stands in the Chinese and in the English title.
struct Common<'a> {
    terms: Vec<(&'a str, bool, bool)>,
    n_in_both_titles: usize,
}

impl<'a> Common<'a> {
    fn of(zh: &'a HashMap<String, bool>, en: &HashMap<String, bool>) -> Self {
        let both =
            zh.iter().filter_map(|(term, in_zh)| en.get(term).map(|in_en| (term.as_str(), *in_zh, *in_en)));
        let terms: Vec<(&str, bool, bool)> = both.collect();
        let n_in_both_titles = terms.iter().filter(|c| c.1 && c.2).count();
        Self { terms, n_in_both_titles }
    }

    fn share(&self, zh: &HashMap<String, bool>, en: &HashMap<String, bool>, rarity: &Rarity) -> f32 {
        let weight = |term: &str| rarity.weight(term).powi(2);
        // A word that is no name and not in the glossary could not be shared, so its absence says little.
        let sharable =
            |term: &str| if rarity.is_name(term) || glossary::is_known(term) { 1.0 } else { UNSHARABLE };
        let of_titles = |bridges: &HashMap<String, bool>| -> f32 {
            let in_title = bridges.iter().filter(|(_, in_title)| **in_title);
            in_title.map(|(term, _)| weight(term) * sharable(term)).sum()
        };
        let found_zh: f32 = self.terms.iter().filter(|c| c.1).map(|c| weight(c.0)).sum();
        let found_en: f32 = self.terms.iter().filter(|c| c.2).map(|c| weight(c.0)).sum();
        let share_zh = found_zh / of_titles(zh).max(1.0);
        let share_en = found_en / of_titles(en).max(1.0);
        let evidence: f32 = self.terms.iter().filter(|c| c.1 || c.2).map(|c| rarity.weight(c.0)).sum();
        (share_zh * share_en).sqrt() * (evidence / ENOUGH_EVIDENCE).min(1.0)
    }
}

/// Some of the shared terms, as `title` writes them.
fn shown(shared: &HashSet<&str>, title: &str) -> String {
    let mut numbers: Vec<String> = shared.iter().filter_map(|term| numbers::shown(term)).collect();
    numbers.sort();
    let words = words::shown(title, shared).into_iter();
    let most: Vec<String> = words.take(MOST_SHOWN - 1).chain(numbers).take(MOST_SHOWN).collect();
    most.join(", ")
}
