//! The signs by which a sentence of an English abstract is weighed.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::{Candidate, sign};
use crate::judge::sentences;

/// Names and weights of the signs: first those of place, length and words, then those of [`PATTERNS`].
pub const WEIGHTS: [(&str, f64); 28] = [
    ("position", -0.034),
    ("first", -0.021),
    ("second", -0.031),
    ("last", -0.015),
    ("length", 0.180),
    ("under 10 words", -0.124),
    ("over 35 words", -0.061),
    ("over 50 words", -0.064),
    ("carries the rest", 0.536),
    ("of the title", 0.301),
    ("from the title", 0.377),
    ("first that says so", 0.173),
    ("opens and proposes", 0.147),
    ("starts small", -0.026),
    ("has no end", -0.024),
    ("proposes", 0.084),
    ("studies", -0.025),
    ("this paper", 0.107),
    ("this paper does", -0.072),
    ("problem", -0.021),
    ("experiment", -0.032),
    ("goes on", -0.029),
    ("new", 0.037),
    ("name", 0.007),
    ("we", 0.061),
    ("our", -0.019),
    ("link", -0.035),
    ("shows", 0.009),
];

/// The ways of speaking, in the order of their weights.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\bwe\b[^.]{0,60}\b(?:propose|present|introduce|develop|describe|design|devise|suggest|formulate|build|construct|create)\b",
        r"(?i)\bwe\b[^.]{0,40}\b(?:study|investigate|explore|examine|analy[sz]e|address|consider|tackle|review|revisit|use|apply|extend|learn|train|leverage|focus)\b",
        r"(?i)\b(?:this|in this) (?:paper|work|article|study|report|thesis)\b",
        r"(?i)\bth(?:is|e) (?:paper|work|article|study|report)\b[^.]{0,30}\b(?:propos|present|introduc|develop|describ|stud|investig|show|explor|address|provid|focus)",
        r"(?i)\b(?:however|unfortunately|although|despite|challeng\w*|difficult|limit\w*|problem|lack)\b",
        r"(?i)\b(?:experiment\w*|result\w*|evaluat\w*|benchmark\w*|outperform\w*|state-of-the-art|dataset\w*|empirical\w*)\b",
        r"(?i)^(?:moreover|furthermore|additionally|in addition|also|finally|then|further|specifically|in particular|for example|as a result|we also|we further|it |they |these |second|third|notably)\b",
        r"(?i)\b(?:novel|new|simple|efficient|first|general|framework|algorithm|method|approach|model|architecture|technique)\b",
        r"\b[A-Z][a-z]*[A-Z]\w*\b|\(\w*[A-Z]{2,}\w*\)",
        r"(?i)\bwe\b",
        r"(?i)\bour\b",
        r"(?i)https?:|\bcode\b|available at|github",
        r"(?i)\bwe\b[^.]{0,60}\b(?:show|demonstrate|prove|find|establish|argue|derive|provide|evaluate|observe|achieve|verify|identify|give|report|validate)\b",
    ]
    .into_iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});
const PROPOSES: usize = 0;
const STUDIES: usize = 1;
const PAPER_DOES: usize = 3;

/// What may stand before the statement and says nothing alone.
static LEAD_IN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:(?:here|specifically|in particular|therefore|thus|hence|however|moreover|furthermore|finally|additionally|in addition|instead|then|",
        r"accordingly|consequently|to this end|(?:in|with|for|throughout) (?:this|the present|our) (?:paper|work|article|study|report|thesis|note)),?) "
    ))
    .ok()
});

/// Words that every abstract has.
const COMMON: &str = " a an the of to in on for and or with by from as at is are was were be been it its this that these those we our their \
    which can has have not than such using use used via into more also most between over under both while when where how what paper \
    work show propose proposed approach method methods model models new novel based results ";

/// The sentences of an abstract, each with its signs.
pub fn candidates(title: &str, text: &str) -> Vec<Candidate> {
    let sentences: Vec<&str> = sentences::split(text);
    let words: Vec<HashSet<String>> = sentences.iter().map(|sentence| content_words(sentence)).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in words.iter().flatten() {
        *counts.entry(word).or_default() += 1;
    }
    let title = content_words(title);
    let mut is_said = false;
    let mut candidates = Vec::with_capacity(sentences.len());
    for (index, sentence) in sentences.iter().enumerate() {
        let own = &words[index];
        let shared = own.intersection(&title).count() as f64;
        let found: Vec<bool> = PATTERNS.iter().map(|pattern| pattern.is_match(sentence)).collect();
        let says = [PROPOSES, STUDIES, PAPER_DOES].iter().any(|at| found.get(*at) == Some(&true));
        let rest: usize = own.iter().map(|word| counts[word.as_str()] - 1).sum();
        let n_own = own.len().max(1) as f64;
        let mut signs = place(index, sentences.len()).to_vec();
        signs.extend(length(sentence));
        signs.extend([
            rest as f64 / n_own / sentences.len() as f64,
            shared / title.len().max(1) as f64,
            shared / n_own,
            sign(says && !is_said),
            sign(index == 0 && found.first() == Some(&true)),
            sign(!sentence.starts_with(char::is_uppercase)),
            sign(!sentence.ends_with(['.', '!', '?'])),
        ]);
        signs.extend(found.iter().map(|holds| sign(*holds)));
        is_said |= says;
        candidates.push(Candidate { text: without_lead_in(sentence), signs, reads_alone: true });
    }
    candidates
}

/// Position in the text, and its first, second and last sentence.
fn place(index: usize, n: usize) -> [f64; 4] {
    let position = index as f64 / n.saturating_sub(1).max(1) as f64;
    [position, sign(index == 0), sign(index == 1), sign(index + 1 == n)]
}

fn length(sentence: &str) -> [f64; 4] {
    let n_words = sentence.split_whitespace().count();
    [n_words.min(40) as f64 / 40.0, sign(n_words < 10), sign(n_words > 35), sign(n_words > 50)]
}

/// "In this paper, we propose X" says "We propose X".
fn without_lead_in(sentence: &str) -> String {
    let mut rest = sentence;
    if let Some(found) = LEAD_IN.as_ref().and_then(|pattern| pattern.find(rest)) {
        rest = &rest[found.end()..];
    }
    let lead = rest.find(", ").filter(|at| (3..=90).contains(at) && !rest[..*at].contains(['.', '(']));
    if let Some(at) = lead {
        let after = &rest[at + 2..];
        let speaks = ["we ", "this paper ", "this work "].iter().any(|word| after.starts_with(word));
        rest = if speaks { after } else { rest };
    }
    capitalised(rest)
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first.is_ascii_lowercase() => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// The words that carry meaning, without the endings of number and tense.
pub fn content_words(text: &str) -> HashSet<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1 && !COMMON.contains(&format!(" {word} ")))
        .map(|word| {
            let cut = ["ing", "es", "ed", "ly", "s"].iter().find_map(|end| word.strip_suffix(end));
            cut.filter(|stem| stem.len() > 3).unwrap_or(word).to_owned()
        })
        .collect()
}
