//! Texts to terms: English words cut to their stems, Chinese by pairs of characters, names and versions in either.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{glossary, numbers};
use crate::model::Tongue;

/// Words that say nothing about an event.
const STOP: &str = "a about above after again against all also am amid an and any are as at back be because been before being \
    below between both but by can could did do does doing down during each even ever every few first for from further get gets \
    getting go goes going got had has have having he her here hers him his how however i if in into is it its itself just know \
    last less let like likely made make makes making many may me might more most much must my new news no nor not now of off on \
    once one only or other our out over own per put says said say same see set she should since so some still such take takes \
    than that the their them then there these they thing things this those through to today told too toward two under until up \
    upon us use used uses using very via want wants was way we well were what when where which while who whom why will with \
    within without would year years yet you your yours company companies announces announced announce according report reports \
    reported week monday tuesday wednesday thursday friday saturday sunday time day days month months ai \
    thousand million billion trillion percent";

static STOPPED: LazyLock<HashSet<&'static str>> = LazyLock::new(|| STOP.split_whitespace().collect());

/// The terms of `text` in its order: stems, pairs of Han, names with their version ("gpt-5.1").
pub fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for run in runs(text) {
        match run {
            Run::Han(chars) => terms.extend(pairs(&chars)),
            Run::Latin(word) => terms.extend(word_terms(&word)),
        }
    }
    terms
}

/// The terms that texts of both languages share: names, versions, and glossary words.
pub fn bridges(text: &str) -> Vec<String> {
    let mut bridges = Vec::new();
    for run in runs(text) {
        match run {
            Run::Han(chars) => bridges.extend(glossary::of_chinese(&chars.iter().collect::<String>())),
            Run::Latin(word) => {
                bridges.extend(word_terms(&word).into_iter().map(|term| glossary::of_stem(&term)))
            }
        }
    }
    bridges
}

/// The terms of words that `text` writes with a small letter: no names.
pub fn written_small(text: &str) -> Vec<String> {
    let raw: Vec<char> = text.chars().collect();
    let mut small = Vec::new();
    for (start, run) in placed_runs(text) {
        if let (Run::Latin(word), true) = (run, raw[start].is_lowercase()) {
            small.extend(word_terms(&word));
        }
    }
    small
}

/// The bridges that `text` writes with a capital where none is due: not at the start of a sentence, and not in a headline
/// that writes most words so. In a Chinese or Japanese text any Latin word with a capital.
pub fn written_large(text: &str, language: &Tongue) -> Vec<String> {
    let raw: Vec<char> = text.chars().collect();
    let latin: Vec<(usize, String)> = placed_runs(text)
        .into_iter()
        .filter_map(|(start, run)| if let Run::Latin(word) = run { Some((start, word)) } else { None })
        .collect();
    let is_large = |start: usize| raw[start].is_uppercase();
    let long: Vec<&(usize, String)> = latin.iter().filter(|(_, word)| word.chars().count() > 3).collect();
    let n_large = long.iter().filter(|(start, _)| is_large(*start)).count();
    if !language.is_unspaced() && n_large * 5 > long.len() * 3 {
        return Vec::new();
    }
    let begins = |start: usize| {
        let before = raw[..start].iter().rev().find(|c| !c.is_whitespace() && !QUOTES.contains(**c));
        before.is_none_or(|c| SENTENCE_ENDS.contains(*c))
    };
    let has_capital =
        |start: usize, word: &str| raw[start..start + word.chars().count()].iter().any(|c| c.is_uppercase());
    let names = latin.iter().filter(|(start, word)| {
        if language.is_unspaced() { has_capital(*start, word) } else { is_large(*start) && !begins(*start) }
    });
    names.flat_map(|(_, word)| word_terms(word)).map(|term| glossary::of_stem(&term)).collect()
}

/// What may stand between a sentence and the one before.
const QUOTES: &str = "\"“”‘’'(（「『";

/// What ends one.
const SENTENCE_ENDS: &str = ".!?:;。！？：—–|•\n";

/// The words of `title` that are among the `shared` terms, as they are written there.
pub fn shown(title: &str, shared: &HashSet<&str>) -> Vec<String> {
    let raw: Vec<char> = title.chars().collect();
    let mut shown: Vec<String> = Vec::new();
    for (start, run) in placed_runs(title) {
        match run {
            Run::Han(chars) => shown.extend(covered(&chars, shared)),
            Run::Latin(word) => {
                let terms = word_terms(&word);
                let is_shared = terms.iter().any(|term| {
                    shared.contains(term.as_str()) || shared.contains(glossary::of_stem(term).as_str())
                });
                if is_shared {
                    shown.push(raw[start..start + word.chars().count()].iter().collect());
                }
            }
        }
    }
    shown
}

/// The longest stretches of `chars` that are made of shared pairs.
fn covered(chars: &[char], shared: &HashSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let mut stretch = String::new();
    for pair in chars.windows(2) {
        let is_shared = shared.contains(pair.iter().collect::<String>().as_str());
        if is_shared {
            let fresh = if stretch.is_empty() { pair } else { &pair[1..] };
            stretch.extend(fresh);
        } else if !stretch.is_empty() {
            found.push(std::mem::take(&mut stretch));
        }
    }
    found.extend((!stretch.is_empty()).then_some(stretch));
    found
}

enum Run {
    Han(Vec<char>),
    Latin(String),
}

/// Runs of Han, and Latin words with the digits, dots, hyphens and signs inside them.
fn runs(text: &str) -> impl Iterator<Item = Run> {
    placed_runs(text).into_iter().map(|(_, run)| run)
}

/// The same with the place of each run, in characters.
fn placed_runs(text: &str) -> Vec<(usize, Run)> {
    let mut runs = Vec::new();
    let chars: Vec<char> = text.chars().map(plain).collect();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        if is_han(chars[at]) {
            while at < chars.len() && is_han(chars[at]) {
                at += 1;
            }
            runs.push((start, Run::Han(chars[start..at].to_vec())));
        } else if is_letter(chars[at]) {
            while at < chars.len() && (is_letter(chars[at]) || is_inner(&chars, at)) {
                at += 1;
            }
            runs.push((start, Run::Latin(chars[start..at].iter().collect())));
        } else {
            at += 1;
        }
    }
    runs
}

/// Hyphens, dots and apostrophes count as a part of a word only between its letters and digits.
fn is_inner(chars: &[char], at: usize) -> bool {
    let next_is_letter = chars.get(at + 1).is_some_and(|c| is_letter(*c));
    match chars[at] {
        '-' | '\'' | '+' => next_is_letter,
        '.' if is_initial(chars, at) => true,
        '.' | ',' => next_is_letter && chars[at - 1].is_ascii_digit() && chars[at + 1].is_ascii_digit(),
        _ => false,
    }
}

/// Whether the dot stands between two single letters, as in "I.P.O."
fn is_initial(chars: &[char], at: usize) -> bool {
    let is_alone = |n: usize, beyond: Option<usize>| {
        let neighbour = beyond.and_then(|n| chars.get(n));
        chars.get(n).is_some_and(|c| c.is_alphabetic() && !is_han(*c))
            && !neighbour.is_some_and(|c| is_letter(*c))
    };
    is_alone(at - 1, at.checked_sub(2)) && is_alone(at + 1, Some(at + 2))
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Full-width forms, odd hyphens and quotes to their plain ones; lower case.
fn plain(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '‐' | '‑' | '‒' | '–' => '-',
        '’' | '‘' => '\'',
        other => other,
    };
    c.to_lowercase().next().unwrap_or(c)
}

fn pairs(chars: &[char]) -> Vec<String> {
    chars.windows(2).map(|pair| pair.iter().collect()).collect()
}

/// "gpt-5.1" gives itself; "open-source" gives its parts and their joint; a number alone or with its unit is numbers.rs's.
fn word_terms(word: &str) -> Vec<String> {
    let word = word.trim_end_matches("'s").replace('\'', "");
    let has_digit = word.contains(|c: char| c.is_ascii_digit());
    if !word.contains(|c: char| c.is_alphabetic()) {
        return Vec::new();
    }
    if has_digit && numbers::is_amount(&word) {
        return Vec::new();
    }
    if has_digit {
        return vec![word.replace('-', "")];
    }
    let word = word.replace('.', "");
    let parts: Vec<&str> = word.split(['-', '+']).filter(|part| !part.is_empty()).collect();
    let mut terms: Vec<String> = parts
        .iter()
        .filter(|part| part.len() > 1 && !STOPPED.contains(**part))
        .map(|part| stem(part))
        .collect();
    if parts.len() > 1 {
        terms.push(stem(&parts.concat()));
    }
    terms
}

/// A crude stem: the same for raise, raises, raised and raising.
fn stem(word: &str) -> String {
    let cut =
        |ending: &str, least: usize| word.strip_suffix(ending).filter(|rest| rest.chars().count() >= least);
    if let Some(rest) = cut("ies", 3) {
        return format!("{rest}y");
    }
    let is_plural = !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    let rest = cut("ing", 4)
        .or_else(|| cut("ed", 4))
        .or_else(|| cut("es", 4))
        .or_else(|| cut("s", 3).filter(|_| is_plural))
        .unwrap_or(word);
    let is_long = rest.chars().count() > 4;
    rest.strip_suffix('e').filter(|_| is_long).unwrap_or(rest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_model_is_a_number_and_no_name() {
        assert_eq!(terms("a 3B card, Gpt-4b, H100"), ["card", "gpt4b", "h100"]);
    }

    #[test]
    fn initials_are_one_word_with_dots_and_without() {
        assert_eq!(terms("An I.P.O. of 3.5 parts"), ["ipo", "part"]);
        assert_eq!(terms("A.I. in the U.S. Senate. A plan"), ["senat", "plan"]);
    }

    #[test]
    fn forms_of_a_word_are_one_term() {
        assert_eq!(terms("raises raised raising raise"), ["rais"; 4]);
        assert_eq!(terms("the companies and policies"), ["policy"]);
    }

    #[test]
    fn names_keep_their_version() {
        assert_eq!(terms("GPT‑5.1 vs gpt-5.2"), ["gpt5.1", "vs", "gpt5.2"]);
        assert_eq!(terms("Ｑｗｅｎ3发布"), ["qwen3", "发布"]);
    }

    #[test]
    fn shared_words_are_shown_as_written() {
        let shared = HashSet::from(["gpt5.1", "releas", "开源", "源模"]);
        assert_eq!(shown("OpenAI releases GPT-5.1 today", &shared), ["releases", "GPT-5.1"]);
        assert_eq!(shown("GPT-5.1：新的开源模型", &shared), ["GPT-5.1", "开源模"]);
    }

    #[test]
    fn both_languages_share_names_and_deeds() {
        let zh = bridges("英伟达收购Groq，估值上升");
        let en = bridges("Nvidia acquires Groq as valuations rise");
        for word in ["nvidia", "acquisition", "groq"] {
            assert!(zh.iter().any(|w| w == word) && en.iter().any(|w| w == word), "{word}: {zh:?} {en:?}");
        }
    }
}
