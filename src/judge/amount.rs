//! Numbers with their scale, so that 180 million, 1.8亿 and 180,000,000 are one amount. Digits alone are never
//! compared: "180万" for 180 million has the right digits and is wrong.

use std::sync::LazyLock;

use regex::Regex;

/// Scales by their word, longest first where one begins another.
const SCALES: [(&str, f64); 24] = [
    ("trillion", 1e12),
    ("billion", 1e9),
    ("million", 1e6),
    ("thousand", 1e3),
    ("hundred", 1e2),
    ("万亿", 1e12),
    ("千亿", 1e11),
    ("百亿", 1e10),
    ("十亿", 1e9),
    ("亿", 1e8),
    ("千万", 1e7),
    ("百万", 1e6),
    ("十万", 1e5),
    ("万", 1e4),
    ("千", 1e3),
    ("tn", 1e12),
    ("bn", 1e9),
    ("mn", 1e6),
    ("b", 1e9),
    ("m", 1e6),
    ("k", 1e3),
    ("t", 1e12),
    ("%", 1.0),
    ("％", 1.0),
];

/// Small numbers as words.
const WORDS: [(&str, f64); 22] = [
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("一", 1.0),
    ("两", 2.0),
    ("二", 2.0),
    ("三", 3.0),
    ("四", 4.0),
    ("五", 5.0),
    ("六", 6.0),
    ("七", 7.0),
    ("八", 8.0),
    ("十", 10.0),
];

/// A number as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount<'a> {
    /// The words.
    pub text: &'a str,
    /// Digits times scale.
    pub value: f64,
}

/// Every number written with digits, with the scale that follows it.
pub fn amounts(text: &str) -> Vec<Amount<'_>> {
    static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[\s-]?(trillion|billion|million|thousand|hundred|tn|bn|mn)\b|\s?(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|%|％)|([bmkt])\b)?").ok()
    });
    let Some(number) = &*NUMBER else { return Vec::new() };
    number.captures_iter(text).filter_map(read).collect()
}

fn read(found: regex::Captures<'_>) -> Option<Amount<'_>> {
    let digits: f64 = found.get(1)?.as_str().replace(',', "").parse().ok()?;
    let scale = found.get(2).or(found.get(3)).or(found.get(4)).map(|scale| scale.as_str().to_lowercase());
    let factor = scale
        .and_then(|word| SCALES.iter().find(|(name, _)| *name == word))
        .map_or(1.0, |(_, factor)| *factor);
    Some(Amount { text: found.get(0)?.as_str(), value: digits * factor })
}

/// The values of small number words in `text`.
pub fn words(text: &str) -> Vec<f64> {
    let lower = text.to_lowercase();
    let latin: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let stands = |word: &str| if word.is_ascii() { latin.contains(&word) } else { lower.contains(word) };
    WORDS.iter().filter(|(word, _)| stands(word)).map(|(_, value)| *value).collect()
}

/// Whether two amounts are the same, up to what writing them costs.
pub fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn value(text: &str) -> f64 {
        amounts(text)[0].value
    }

    #[test]
    fn one_amount_in_all_its_forms() {
        for text in [
            "180 million",
            "$180M",
            "1.8亿美元",
            "180,000,000",
            "18000万",
            "0.18bn",
            "180-million",
            "0.18 bn",
            "180 mn",
        ] {
            assert!(same(value(text), 1.8e8), "{text}: {}", value(text));
        }
        assert!(!same(value("180万"), 1.8e8));
        assert!(same(value("7B parameters"), value("70亿参数")));
    }

    #[test]
    fn a_letter_of_the_next_word_is_no_scale() {
        assert!(same(value("3 models"), 3.0));
        assert!(same(value("5 times"), 5.0));
        assert!(same(value("12% more"), 12.0));
    }

    #[test]
    fn words_count_as_numbers() {
        assert_eq!(words("four new models"), [4.0]);
        assert!(words("发布三款模型").contains(&3.0));
        assert!(words("someone").is_empty());
    }
}
