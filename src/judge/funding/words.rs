//! What both readers of rounds share: patterns, and what they find, each with the sentence it stands in.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::money::Money;

/// Compiled once, on first use; one that does not compile matches nothing.
pub type Pattern = LazyLock<Option<Regex>>;

/// For a `Pattern`.
pub fn compile(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// Whether `pattern` is somewhere in `text`.
pub fn matches(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Every place of `pattern` in `text`.
pub fn places(pattern: &Pattern, text: &str) -> Vec<Range<usize>> {
    pattern
        .as_ref()
        .map_or_else(Vec::new, |pattern| pattern.find_iter(text).map(|found| found.range()).collect())
}

/// Up to `n` characters before `at`.
pub fn before(text: &str, at: usize, n: usize) -> &str {
    let start = text[..at].char_indices().rev().take(n).last().map_or(at, |(start, _)| start);
    &text[start..at]
}

/// Up to `n` characters from `at` on.
pub fn after(text: &str, at: usize, n: usize) -> &str {
    let end = text[at..].char_indices().nth(n).map_or(text.len(), |(end, _)| at + end);
    &text[at..end]
}

/// A finding and the sentence that carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct Said<'a, T> {
    /// What.
    pub what: T,
    /// Where it stands, verbatim.
    pub quote: &'a str,
}

/// A round as a reader found it.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// Who raised.
    pub company: Said<'a, &'a str>,
    /// How much.
    pub amount: Option<Said<'a, Money<'a>>>,
    /// In what round, in its one form.
    pub round: Option<Said<'a, String>>,
    /// Led by whom.
    pub leads: Option<Said<'a, Vec<&'a str>>>,
    /// At what worth of the company.
    pub valuation: Option<Said<'a, Money<'a>>>,
    /// Not only hearsay or intention.
    pub announced: bool,
}
