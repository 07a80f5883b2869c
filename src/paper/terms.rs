//! A short glossary of our own, in both languages: what to know before a paper is read.

use std::sync::LazyLock;

use regex::Regex;

use super::text::pattern;
use crate::model::Language;

/// Terms that a guide names.
pub const MOST: usize = 4;

/// A term with its explanation.
#[derive(Debug)]
pub struct Term {
    /// For addresses and stored guides.
    pub key: &'static str,
    seen: Regex,
    name: [&'static str; 2],
    text: [&'static str; 2],
}

impl Term {
    /// Its name.
    pub fn name(&self, language: Language) -> &'static str {
        self.name[place(language)]
    }

    /// One or two sentences.
    pub fn text(&self, language: Language) -> &'static str {
        self.text[place(language)]
    }

    /// Whether a text speaks of it.
    pub fn is_in(&self, text: &str) -> bool {
        self.seen.is_match(text)
    }
}

fn place(language: Language) -> usize {
    match language {
        Language::En => 0,
        Language::Zh => 1,
    }
}

static TERMS: LazyLock<Vec<Term>> =
    LazyLock::new(|| include_str!("terms.txt").lines().filter_map(term).collect());

/// `key | pattern | English | 中文 | in English | 用中文`; a pattern may hold bars without spaces.
fn term(line: &'static str) -> Option<Term> {
    let fields: Vec<&'static str> = line.split(" | ").collect();
    let [key, seen, en, zh, text_en, text_zh] = fields[..] else { return None };
    Some(Term { key, seen: pattern(&format!("(?i){seen}")), name: [en, zh], text: [text_en, text_zh] })
}

/// All, from the plain to the special.
pub fn all() -> &'static [Term] {
    &TERMS
}

/// The term of a key.
pub fn by_key(key: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.key == key)
}

/// The terms that a paper needs most: those of its title, then those that it repeats; the special before the plain.
pub fn needed(title: &str, text: &str) -> Vec<&'static Term> {
    let weight = |term: &Term| {
        let n = term.seen.find_iter(text).count().min(3);
        if term.is_in(title) { 4 + n } else { n }
    };
    let mut found: Vec<(usize, usize, &Term)> = TERMS
        .iter()
        .enumerate()
        .map(|(at, term)| (weight(term), at, term))
        .filter(|(weight, ..)| *weight > 0)
        .collect();
    found.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)));
    found.truncate(MOST);
    // Read in the order of the glossary: what comes later leans on what comes before.
    found.sort_by_key(|(_, at, _)| *at);
    found.into_iter().map(|(_, _, term)| term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_glossary_is_a_term_in_both_languages() {
        assert_eq!(all().len(), include_str!("terms.txt").lines().count());
        let keys: std::collections::BTreeSet<&str> = all().iter().map(|term| term.key).collect();
        assert_eq!(keys.len(), all().len());
        for term in all() {
            assert!(!term.seen.as_str().contains("$^"), "{}: no pattern", term.key);
            assert!(
                term.text(Language::En).ends_with('.') && term.text(Language::Zh).ends_with('。'),
                "{}",
                term.key
            );
        }
    }

    #[test]
    fn a_paper_needs_the_terms_of_its_title_first() {
        let keys = |title, text| needed(title, text).iter().map(|term| term.key).collect::<Vec<_>>();
        assert_eq!(keys("Paging the KV cache", "Attention over tokens."), ["token", "attention", "kv-cache"]);
        assert!(keys("Nothing", "to explain").is_empty());
    }
}
