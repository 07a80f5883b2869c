//! Names of rounds, brought to one form: "Series B", "Pre-seed", "Seed", "A轮", "战略融资".

use std::sync::LazyLock;

use regex::Regex;

/// A round named in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The one form.
    pub name: String,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The rounds that an English sentence names. "seed" alone is a word; it is a round beside a sum or "round".
pub fn english(text: &str) -> Vec<Named> {
    static ROUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?ix)
            \b(?:(?:pre-)?series[\s-](?P<letter>[A-K])(?P<part>-?\d|\d?\+)?\b(?P<more>\s(?:extension|prime))?)
            |\b(?P<seed>pre-?\s?seed|seed)\b(?P<after>[\s-](?:funding|financing|round|capital|extension|investment|stage\ round|plus|fundraise))
            |(?:[MBK]|million|billion|in|an?|its|oversubscribed)\s(?P<bare>pre-?seed|seed)\b(?:[.,;]|$|\s(?:led|from|to|for|with|at|and|as)\b)
            |\b(?P<kind>angel|bridge|strategic|growth(?:\ equity)?)\s(?:funding\ |financing\ |investment\ )?round\b").ok()
    });
    let Some(round) = &*ROUND else { return Vec::new() };
    let read = |found: regex::Captures<'_>| {
        let whole = found.get(0)?;
        let (name, at) = if let Some(letter) = found.name("letter") {
            let part = found.name("part").map_or("", |part| part.as_str());
            let more = found.name("more").map_or("", |more| more.as_str()).to_lowercase();
            let before =
                if whole.as_str().to_lowercase().starts_with("pre") { "Pre-Series" } else { "Series" };
            (format!("{before} {}{part}{more}", letter.as_str().to_uppercase()), whole.range())
        } else if let Some(seed) = found.name("seed").or(found.name("bare")) {
            let is_pre = seed.as_str().to_lowercase().starts_with("pre");
            let more =
                found.name("after").is_some_and(|after| after.as_str().to_lowercase().ends_with("extension"));
            let name = if is_pre { "Pre-seed" } else { "Seed" };
            (format!("{name}{}", if more { " extension" } else { "" }), seed.range())
        } else {
            let kind = found.name("kind")?.as_str().to_lowercase();
            let kind = kind.split(' ').next()?.to_owned();
            let mut letters = kind.chars();
            let first = letters.next()?.to_uppercase();
            (format!("{first}{}", letters.as_str()), whole.range())
        };
        Some(Named { name, start: at.start, end: at.end })
    };
    round.captures_iter(text).filter_map(read).collect()
}

/// The rounds that a Chinese sentence names.
pub fn chinese(text: &str) -> Vec<Named> {
    static ROUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)(?P<letter>(?:pre-?\s?)?[A-K][1-9]?\+{0,3})\s?(?:系列|\d)?轮|pre-?IPO\s?轮|(?P<early>种子\+?|天使\+?)\s?轮|(?P<strategic>战略)轮?(?:融资|投资)").ok()
    });
    let Some(round) = &*ROUND else { return Vec::new() };
    let read = |found: regex::Captures<'_>| {
        let whole = found.get(0)?;
        let name = if let Some(letter) = found.name("letter") {
            let word = letter.as_str().replace([' ', '-'], "").to_uppercase();
            match word.strip_prefix("PRE") {
                Some(rest) => format!("Pre-{rest}轮"),
                None => format!("{word}轮"),
            }
        } else if let Some(early) = found.name("early") {
            format!("{}轮", early.as_str())
        } else if found.name("strategic").is_some() {
            "战略融资".to_owned()
        } else {
            "Pre-IPO轮".to_owned()
        };
        Some(Named { name, start: whole.start(), end: whole.end() })
    };
    round.captures_iter(text).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: Vec<Named>) -> Vec<String> {
        found.into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn english_rounds_in_one_form() {
        for (text, name) in [
            ("a $9M series b round", "Series B"),
            ("its Series B2 financing", "Series B2"),
            ("a Series D extension", "Series D extension"),
            ("$3 million pre-seed funding", "Pre-seed"),
            ("a seed round", "Seed"),
            ("raises $5M seed to build", "Seed"),
            ("a strategic funding round", "Strategic"),
        ] {
            assert_eq!(names(english(text)), [name], "{text}");
        }
        assert!(english("It seeds a garden; a random seed of 7").is_empty());
    }

    #[test]
    fn chinese_rounds_in_one_form() {
        for (text, name) in [
            ("1亿元A轮融资", "A轮"),
            ("Pre-A+轮", "Pre-A+轮"),
            ("数千万元天使+轮", "天使+轮"),
            ("650 亿美元 H 轮", "H轮"),
            ("战略投资", "战略融资"),
        ] {
            assert_eq!(names(chinese(text)), [name], "{text}");
        }
    }
}
