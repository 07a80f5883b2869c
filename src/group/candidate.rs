//! An item ready for comparison: its terms weighed by how rare they are.

use std::collections::HashMap;

use super::fingerprint::{Document, Fingerprint};
use super::numbers;
use super::rarity::{Rarity, key};

/// Begins a term that is a bare number of the text: it tells texts apart, and is nobody's name.
pub const BARE_NUMBER: char = '#';

/// An item with everything that comparing it needs.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The item.
    pub document: Document,
    /// What is compared.
    pub print: Fingerprint,
    /// Its meaning as a vector of length 1, if a model gave one.
    pub meaning: Option<Vec<f32>>,
    /// Weighted terms, of length 1, by key.
    vector: Vec<(i64, f32)>,
    /// Names and numbers of title and text with their weight, by key.
    names: Vec<(i64, f32)>,
    /// Terms of the title with what they prove, by key.
    title: Vec<(i64, f32)>,
    /// Names that both languages write alike, by key.
    pub called: Vec<i64>,
}

impl Candidate {
    /// Weighs the terms of `print` by `rarity`.
    pub fn new(document: Document, print: Fingerprint, meaning: Option<Vec<f32>>, rarity: &Rarity) -> Self {
        let mut vector =
            sorted(print.terms.iter().map(|(term, weight)| (key(term), weight * rarity.weight(term))));
        let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::EPSILON);
        vector.iter_mut().for_each(|(_, weight)| *weight /= length);
        let is_name = |term: &&String| !term.starts_with(BARE_NUMBER) && rarity.is_name(term);
        let names = print.terms.keys().filter(is_name).map(|term| (key(term), rarity.weight(term)));
        let names = sorted(names);
        let title = sorted(print.title.iter().map(|term| (key(term), rarity.evidence(term))));
        let mut called: Vec<i64> = print.bridges.keys().filter(is_name).map(|term| key(term)).collect();
        called.sort_unstable();
        Self { document, print, meaning, vector, names, title, called }
    }

    /// Cosine of the weighted words.
    pub fn cosine(&self, other: &Self) -> f32 {
        shared(&self.vector, &other.vector, |a, b| a * b)
    }

    /// The weight of the names that both say, of those of the one that says fewer, or of `enough` if that is more.
    pub fn names_in_common(&self, other: &Self, enough: f32) -> f32 {
        let all = |names: &[(i64, f32)]| names.iter().map(|(_, weight)| weight).sum::<f32>();
        let least = all(&self.names).min(all(&other.names)).max(enough);
        shared(&self.names, &other.names, |weight, _| weight) / least
    }

    /// What the words prove that both titles say.
    pub fn title_evidence(&self, other: &Self) -> f32 {
        shared(&self.title, &other.title, |evidence, _| evidence)
    }

    /// Whether both say a name or a word that both languages could share, beside numbers.
    pub fn shares_word(&self, other: &Self) -> bool {
        let is_word = |term: &&String| numbers::value(term).is_none();
        self.print.bridges.keys().filter(is_word).any(|term| other.print.bridges.contains_key(term))
    }

    /// Whether title or text hold `term`, as far as the text is known.
    pub fn says(&self, term: &str) -> bool {
        self.print.bridges.contains_key(term) || self.document.text.to_lowercase().contains(term)
    }

    /// Cosine of the meanings, if both are known.
    pub fn meaning_cosine(&self, other: &Self) -> Option<f32> {
        let (a, b) = (self.meaning.as_ref()?, other.meaning.as_ref()?);
        (a.len() == b.len()).then(|| a.iter().zip(b).map(|(x, y)| x * y).sum())
    }
}

fn sorted(terms: impl Iterator<Item = (i64, f32)>) -> Vec<(i64, f32)> {
    let unique: HashMap<i64, f32> = terms.collect();
    let mut terms: Vec<(i64, f32)> = unique.into_iter().collect();
    terms.sort_unstable_by_key(|(term, _)| *term);
    terms
}

/// The sum of `f` over the terms of both, which are sorted.
fn shared(a: &[(i64, f32)], b: &[(i64, f32)], f: impl Fn(f32, f32) -> f32) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += f(a[i].1, b[j].1);
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    sum
}
