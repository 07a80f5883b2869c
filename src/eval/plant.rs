//! Errors planted by rule: one fact of a true sentence is changed into a plausible other one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::judge::facts::gazetteer::{self, Kind};
use crate::judge::facts::is_han;

/// What stands for what; the first that is found is changed.
const SWAPS: [(&str, &str, &str); 26] = [
    ("scale", "million", "billion"),
    ("scale", "billion", "million"),
    ("scale", "trillion", "billion"),
    ("scale", "thousand", "million"),
    ("scale", "万", "亿"),
    ("scale", "亿", "万"),
    ("currency", "$", "€"),
    ("currency", "€", "£"),
    ("currency", "£", "$"),
    ("currency", "美元", "欧元"),
    ("currency", "欧元", "英镑"),
    ("currency", "英镑", "日元"),
    ("unit", "gigawatt", "megawatt"),
    ("unit", "吉瓦", "兆瓦"),
    ("unit", "GB", "TB"),
    ("unit", "percent ", "times "),
    ("unit", "years", "months"),
    ("unit", "months", "weeks"),
    ("unit", "days", "weeks"),
    ("unit", "hours", "minutes"),
    ("unit", "天", "周"),
    ("unit", "小时", "分钟"),
    ("unit", "个月", "年"),
    ("date", "last year", "next year"),
    ("date", "去年", "明年"),
    ("date", "明年", "去年"),
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d+(?:,\d{3})*(?:\.\d+)*").ok());
static ROUND: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"Series ([A-K])\b|([A-K])轮").ok());
static SMALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?:three|four|five|six|seven|eight|nine)\b|[三四五六七八九](?:[个款项名位家种年天倍成折])")
        .ok()
});

/// The kinds of error and the sentences with them; none of the new words stands in `article`.
pub fn plants(sentence: &str, article: &str) -> Vec<(&'static str, String)> {
    let mut plants = numbers(sentence, article);
    plants.extend(small(sentence, article));
    plants.extend(SWAPS.iter().filter_map(|(kind, from, to)| swap(sentence, kind, from, to)));
    plants.extend(rounds(sentence, article));
    plants.extend(cycle(sentence, article, &MONTHS));
    plants.extend(cycle(sentence, article, &DAYS));
    plants.extend(names(sentence, article));
    plants
}

/// Each number with another first or last digit, or two of them changed places.
fn numbers(sentence: &str, article: &str) -> Vec<(&'static str, String)> {
    let mut plants = Vec::new();
    for found in NUMBER.iter().flat_map(|number| number.find_iter(sentence)) {
        let (before, after) = (&sentence[..found.start()], &sentence[found.end()..]);
        let kind = kind_of(before, found.as_str(), after);
        let other = (0..9).map(|n| changed(found.as_str(), kind, n)).find(|other| {
            let bare = other.replace(',', "");
            other != found.as_str()
                && !article.contains(other.as_str())
                && !article.contains(&bare)
                && is_possible(before, &bare, after)
        });
        plants.extend(other.map(|other| (kind, put(sentence, found.range(), &other))));
    }
    plants
}

fn kind_of(before: &str, number: &str, after: &str) -> &'static str {
    let after = after.trim_start();
    let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    let is_month = after.starts_with(['月', '日', '号'])
        || MONTHS.iter().any(|month| before.trim_end().ends_with(month));
    let name = before.ends_with(|c: char| c.is_ascii_alphabetic())
        || before.trim_end_matches([' ', '-']).ends_with(|c: char| c.is_ascii_alphanumeric())
            && number.contains('.');
    match () {
        () if is_month || is_year && (after.starts_with('年') || !before.ends_with(['$', '€'])) => "date",
        () if before.ends_with(['$', '€', '£', '¥']) => "amount",
        () if after.starts_with('%') || after.starts_with("percent") => "percent",
        () if name => "version",
        () => "number",
    }
}

fn changed(number: &str, kind: &str, n: u32) -> String {
    // The last digit of a date or version, the first of an amount.
    let is_last = matches!(kind, "date" | "version") || n >= 7;
    let digits: Vec<usize> =
        number.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
    let at = if is_last { digits.last() } else { digits.first() };
    let Some(at) = at.copied() else { return number.to_owned() };
    let digit = number.as_bytes()[at] - b'0';
    let other = (u32::from(digit) + 1 + n) % 10;
    let other = if other == 0 { 9 } else { other };
    put(number, at..at + 1, &other.to_string())
}

fn is_possible(before: &str, number: &str, after: &str) -> bool {
    let value: f64 = number.parse().unwrap_or_default();
    let is_day =
        after.starts_with(['日', '号']) || MONTHS.iter().any(|month| before.trim_end().ends_with(month));
    let is_month = after.starts_with('月');
    !(is_day && value > 28.0 && number.len() < 4 || is_month && value > 12.0)
}

fn small(sentence: &str, article: &str) -> Option<(&'static str, String)> {
    const WORDS: [&str; 7] = ["three", "four", "five", "six", "seven", "eight", "nine"];
    const HAN: [char; 7] = ['三', '四', '五', '六', '七', '八', '九'];
    let found = SMALL.as_ref()?.find(sentence)?;
    let word = found.as_str();
    let first = word.chars().next()?;
    let n = WORDS
        .iter()
        .position(|known| *known == word)
        .or_else(|| HAN.iter().position(|known| *known == first))?;
    let free = (1..7).map(|step| (n + step) % 7).find(|n| {
        let digit = (n + 3).to_string();
        !article.contains(WORDS[*n]) && !article.contains(HAN[*n]) && !has_number(article, &digit)
    })?;
    let len = if word.is_ascii() { word.len() } else { first.len_utf8() };
    let other = if word.is_ascii() { WORDS[free].to_owned() } else { HAN[free].to_string() };
    Some(("number", put(sentence, found.start()..found.start() + len, &other)))
}

fn has_number(article: &str, digits: &str) -> bool {
    NUMBER.iter().flat_map(|number| number.find_iter(article)).any(|found| found.as_str() == digits)
}

fn swap(sentence: &str, kind: &'static str, from: &str, to: &str) -> Option<(&'static str, String)> {
    let at = sentence.find(from)?;
    let behind = sentence[..at].chars().next_back();
    let next = sentence[at + from.len()..].chars().next();
    // A unit belongs to a number; 万亿 is one scale; 千万 another.
    let is_unit = kind == "date" || is_number(&sentence[..at]) || next.is_some_and(|c| c.is_ascii_digit());
    let is_half = matches!((from, next, behind), ("万", Some('亿'), _) | ("亿", _, Some('万')));
    let is_word = from.is_ascii() && behind.is_some_and(|c| c.is_ascii_alphabetic());
    (is_unit && !is_half && !is_word).then(|| (kind, put(sentence, at..at + from.len(), to)))
}

fn is_number(before: &str) -> bool {
    const WORDS: [&str; 9] = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let before = before.trim_end_matches([' ', '-']);
    before.ends_with(|c: char| c.is_ascii_digit() || "三四五六七八九十两万亿".contains(c))
        || WORDS.iter().any(|word| before.ends_with(word))
}

fn rounds(sentence: &str, article: &str) -> Option<(&'static str, String)> {
    let found = ROUND.as_ref()?.captures(sentence)?;
    let letter = found.get(1).or(found.get(2))?;
    let first = *letter.as_str().as_bytes().first()?;
    let other = (1..11).map(|n| char::from(b'A' + (first - b'A' + n) % 11)).find(|other| {
        !article.contains(&format!("Series {other}")) && !article.contains(&format!("{other}轮"))
    })?;
    Some(("round", put(sentence, letter.range(), &other.to_string())))
}

fn cycle(sentence: &str, article: &str, words: &[&str]) -> Option<(&'static str, String)> {
    let (n, at) =
        words.iter().enumerate().find_map(|(n, word)| Some((n, sentence.find(&format!("{word} "))?)))?;
    let other = (3..words.len())
        .map(|step| words[(n + step) % words.len()])
        .find(|other| !article.contains(&other[..3]))?;
    Some(("date", put(sentence, at..at + words[n].len(), other)))
}

/// Each known name, and another of its kind that the article does not name.
fn names(sentence: &str, article: &str) -> Vec<(&'static str, String)> {
    let mut plants = Vec::new();
    for hit in gazetteer::find(sentence) {
        let name = &gazetteer::names()[hit.id];
        let in_han = sentence[hit.at.clone()].contains(is_han);
        let pick = |other: &&gazetteer::Name| -> Option<&'static str> {
            let spelling = if in_han { other.han.first() } else { other.latin.first() };
            spelling
                .copied()
                .filter(|_| !other.latin.iter().chain(&other.han).any(|word| article.contains(word)))
        };
        let same = |other: &&gazetteer::Name| other.kind == name.kind && is_known(other);
        let others: Vec<&str> =
            gazetteer::names().iter().filter(same).filter_map(|other| pick(&other)).collect();
        let mut hasher = DefaultHasher::new();
        (sentence, hit.at.start).hash(&mut hasher);
        let n = usize::try_from(hasher.finish() % others.len().max(1) as u64).unwrap_or_default();
        plants.extend(others.get(n).map(|other| ("name", put(sentence, hit.at.clone(), other))));
    }
    plants
}

/// Words like Index and Spark would make no plausible plants, and places have adjectives.
fn is_known(name: &gazetteer::Name) -> bool {
    name.kind == Kind::Person || !name.han.is_empty() || name.latin[0].contains(' ')
}

fn put(text: &str, at: Range<usize>, other: &str) -> String {
    format!("{}{other}{}", &text[..at.start], &text[at.end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fact_gets_an_error_of_its_kind() {
        let sentence =
            "Google raised $500 million in a Series B on March 3, 2026, for Falcon 4.3, 12% of five firms.";
        let found = plants(sentence, sentence);
        for kind in ["amount", "scale", "currency", "round", "date", "version", "percent", "number", "name"] {
            assert!(found.iter().any(|(known, _)| *known == kind), "{kind}: {found:?}");
        }
        assert!(found.iter().all(|(_, plant)| plant != sentence));
    }
}
