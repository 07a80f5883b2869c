//! Latin words of a text; a number behind a name belongs to it: "Grok 4.3", "Qwen2.5-VL-7B", 豆包2.0.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::gazetteer::{self, Kind};
use super::{Mask, is_han, ordinary, units};

/// A Latin word, with the number that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The word: "Grok 4.3".
    pub text: String,
    /// Where it stands.
    pub at: Range<usize>,
    /// Holds a number.
    pub is_versioned: bool,
    /// Opens a sentence.
    pub opens: bool,
}

/// Prefixes that make no name of the number behind their hyphen: "mid-2025", "top-10".
const PREFIXES: [&str; 16] = [
    "top", "mid", "pre", "post", "sub", "multi", "non", "over", "under", "late", "early", "near", "zero",
    "all", "per", "up",
];

/// Codes of currencies, which may stand at their number: "RMB3bn".
const CODES: [&str; 9] = ["USD", "EUR", "GBP", "RMB", "CNY", "JPY", "HKD", "KRW", "INR"];

static WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[\p{Latin}\d]+(?:[-.'_&+][\p{Latin}\d]+)*").ok());

/// The words of `plain`; those that hold numbers are hidden in `rest`.
pub fn tokens(plain: &str, rest: &mut Mask) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut hidden = Vec::new();
    let found: Vec<Range<usize>> =
        WORD.iter().flat_map(|word| word.find_iter(rest.text())).map(|found| found.range()).collect();
    for at in found {
        let at = at.start + multiplier(&plain[at.clone()])..at.end;
        let word = &plain[at.clone()];
        if word.bytes().all(|c| c.is_ascii_digit() || c == b'.') {
            if let Some(token) = versioned(plain, rest.text(), tokens.last(), at.clone()) {
                hidden.push(at);
                tokens.pop_if(|last| last.at.start == token.at.start);
                tokens.push(token);
            }
            continue;
        }
        let is_part = plain[..at.start].ends_with(['.', ','])
            && plain[..at.start - 1].ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_digit());
        if is_part || is_measure(word) {
            continue;
        }
        let is_versioned = word.bytes().any(|c| c.is_ascii_digit()) && !is_prefixed(word);
        if is_versioned {
            hidden.push(at.clone());
        }
        let text = word.strip_suffix("'s").unwrap_or(word);
        // "H100s" are more than one H100.
        let single = text.strip_suffix('s').filter(|stem| stem.ends_with(|c: char| c.is_ascii_digit()));
        let text = single.unwrap_or(text).to_owned();
        tokens.push(Token { text, is_versioned, opens: opens(&plain[..at.start]), at });
    }
    for at in hidden {
        rest.hide(at);
    }
    tokens
}

/// Length of what counts in "8xH100".
fn multiplier(word: &str) -> usize {
    let tail = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let name =
        tail.strip_prefix(['x', '×']).filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    name.filter(|_| tail.len() < word.len()).map_or(0, |name| word.len() - name.len())
}

/// "7B", "120Hz", "16-inch", "7-billion-parameter": a number with what it measures; not "4o", "8VC", "35B-A3B".
fn is_measure(word: &str) -> bool {
    let is_sum =
        |code: &str| word.strip_prefix(code).is_some_and(|sum| sum.starts_with(|c: char| c.is_ascii_digit()));
    if CODES.iter().any(|code| is_sum(code)) {
        return true;
    }
    let tail = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if tail.len() == word.len() {
        return false;
    }
    let len = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
    let more = &tail[len..];
    let plain_more = more.is_empty()
        || more.starts_with('-') && !more.contains(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
    tail.starts_with('-') && !more.contains(|c: char| c.is_ascii_uppercase())
        || plain_more && units::measures(&tail[..len])
}

fn is_prefixed(word: &str) -> bool {
    let (prefix, number) = word.split_once('-').unwrap_or_default();
    PREFIXES.contains(&prefix.to_lowercase().as_str()) && number.starts_with(|c: char| c.is_ascii_digit())
}

/// The number at `at` as a part of the name before it, if it is one.
fn versioned(plain: &str, rest: &str, last: Option<&Token>, at: Range<usize>) -> Option<Token> {
    let number = &plain[at.clone()];
    let is_year = number.len() == 4 && number.parse().is_ok_and(|year: u32| (1900..2100).contains(&year));
    let counts = units::after(&rest[at.end..]).is_some() && !plain[at.end..].starts_with([',', '.'])
        || rest[at.end..].trim_start().starts_with(['%', '万', '亿', '千', '百']);
    let scaled = ["million", "billion", "trillion", "thousand", "hundred"];
    let is_scaled =
        scaled.iter().any(|scale| plain[at.end..].trim_start_matches([' ', '-']).starts_with(scale));
    if is_year || counts || is_scaled {
        return None;
    }
    let gap = |end: usize| at.start >= end && matches!(&plain[end..at.start], " " | "-" | "");
    let latin = last.filter(|last| {
        let bare = last.text.trim_end_matches('.');
        let is_name = bare.chars().any(|c| c.is_uppercase() || c.is_ascii_digit())
            && !ordinary::is_ordinary(&bare.to_lowercase())
            || matches!(bare, "version" | "v" | "tier" | "phase" | "level");
        gap(last.at.end) && is_name && plain[last.at.clone()].ends_with(|c: char| c.is_alphanumeric())
    });
    if let Some(last) = latin {
        let text = format!("{} {number}", last.text);
        return Some(Token { text, at: last.at.start..at.end, is_versioned: true, opens: last.opens });
    }
    // 豆包2.0
    let before = &plain[..at.start];
    let start = before.len() - before.chars().rev().take(6).map(char::len_utf8).sum::<usize>();
    let hit = gazetteer::all(&before[start..]).into_iter().find(|hit| gap(start + hit.at.end))?;
    let name = &gazetteer::names()[hit.id];
    let is_model =
        matches!(name.kind, Kind::Model | Kind::Product) && before[start..][hit.at.clone()].contains(is_han);
    is_model.then(|| Token {
        text: format!("{} {number}", name.latin[0]),
        at: start + hit.at.start..at.end,
        is_versioned: true,
        opens: false,
    })
}

fn opens(before: &str) -> bool {
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'“”‘(（「《#>-".contains(c));
    before.is_empty() || before.ends_with(['.', '!', '?', '。', '！', '？', '；', ':', '：', '\n'])
}

/// Letters and numbers of a name apart, in lower case: "GPT-5.5", "gpt5.5" and "GPT 5.5" are one; 2.0 is 2.
/// Anything but a blank, hyphen or underscore between two parts of the text is a bar.
pub fn atoms(text: &str) -> Vec<String> {
    let mut atoms: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let was_digit = current.ends_with(|c: char| c.is_ascii_digit());
        let joins_digits = c == '.' && was_digit && chars.peek().is_some_and(char::is_ascii_digit);
        let goes_on = joins_digits
            || c.is_ascii_digit() && (was_digit || current.ends_with('.'))
            || c.is_alphabetic() && !is_han(c) && !c.is_ascii_digit() && !current.is_empty() && !was_digit;
        if goes_on {
            current.extend(c.to_lowercase());
            continue;
        }
        flush(&mut current, &mut atoms);
        if c.is_alphanumeric() && !is_han(c) {
            current.extend(c.to_lowercase());
        } else if !matches!(c, ' ' | '-' | '_' | '\'') && atoms.last().is_some_and(|last| last != "|") {
            atoms.push("|".to_owned());
        }
    }
    flush(&mut current, &mut atoms);
    atoms
}

fn flush(current: &mut String, atoms: &mut Vec<String>) {
    let atom = std::mem::take(current);
    let is_number = atom.starts_with(|c: char| c.is_ascii_digit());
    let atom = match atom.strip_suffix(".0").filter(|_| is_number) {
        Some(whole) => whole.to_owned(),
        None => atom,
    };
    // "v3" is version 3.
    let is_mark = |atom: &str| matches!(atom, "v" | "version");
    if is_number && atoms.last().is_some_and(|last| is_mark(last)) {
        atoms.pop();
    }
    if !atom.is_empty() {
        atoms.push(atom);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(text: &str) -> Vec<String> {
        let reading = crate::judge::facts::read(text, None);
        reading.tokens.into_iter().filter(|token| token.is_versioned).map(|token| token.text).collect()
    }

    #[test]
    fn a_number_belongs_to_the_name_before_it() {
        assert_eq!(
            versions("Falcon 4.3 beats Falcon-3 and Qwen2.5-VL-7B"),
            ["Falcon 4.3", "Falcon-3", "Qwen2.5-VL-7B"]
        );
        assert_eq!(versions("豆包2.0发布，iOS 26.5上线"), ["Doubao 2.0", "iOS 26.5"]);
        assert_eq!(
            versions("About 12 people of Acme 500 million, 7B and 120Hz, in May 2026"),
            Vec::<String>::new()
        );
        assert_eq!(versions("a 16-inch screen in mid-2025"), Vec::<String>::new());
    }

    #[test]
    fn names_are_compared_by_their_parts() {
        assert_eq!(atoms("GPT-5.5"), atoms("gpt 5.5"));
        assert_eq!(atoms("Seedance 2.0"), atoms("Seedance2"));
        assert_eq!(atoms("Falcon V3"), atoms("Falcon version 3"));
        assert_eq!(atoms("A, B"), ["a", "|", "b"]);
    }
}
