//! Sums of money as they stand in a text, with their value and currency where the words state one.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::judge::amount;

/// Signs, codes and words of currencies with their ISO code. Longer ones first: "US$" before "$".
const CURRENCIES: [(&str, &str); 49] = [
    ("us$", "USD"),
    ("hk$", "HKD"),
    ("nt$", "TWD"),
    ("sg$", "SGD"),
    ("ca$", "CAD"),
    ("c$", "CAD"),
    ("a$", "AUD"),
    ("s$", "SGD"),
    ("usd", "USD"),
    ("eur", "EUR"),
    ("gbp", "GBP"),
    ("rmb", "CNY"),
    ("cny", "CNY"),
    ("inr", "INR"),
    ("chf", "CHF"),
    ("sek", "SEK"),
    ("nok", "NOK"),
    ("dkk", "DKK"),
    ("pln", "PLN"),
    ("krw", "KRW"),
    ("hkd", "HKD"),
    ("sgd", "SGD"),
    ("cad", "CAD"),
    ("aud", "AUD"),
    ("brl", "BRL"),
    ("aed", "AED"),
    ("rs.", "INR"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("dollar", "USD"),
    ("euro", "EUR"),
    ("pound", "GBP"),
    ("yuan", "CNY"),
    ("yen", "JPY"),
    ("jpy", "JPY"),
    ("rupee", "INR"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("欧元", "EUR"),
    ("英镑", "GBP"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("日元", "JPY"),
    ("韩元", "KRW"),
    ("人民币", "CNY"),
    ("元", "CNY"),
];

/// A sum of money in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Money<'a> {
    /// The words, verbatim.
    pub text: &'a str,
    /// Where they begin in the text, in bytes.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// `None` where the words name no number ("数亿元"). Of a range, its upper end.
    pub value: Option<f64>,
    /// ISO code, where the words name a currency.
    pub currency: Option<&'static str>,
}

impl Money<'_> {
    /// Whether both name the same sum, up to rounding in a headline.
    pub fn is_near(&self, other: &Money<'_>) -> bool {
        match (self.value, other.value) {
            (Some(a), Some(b)) => (a - b).abs() <= 0.04 * a.abs().max(b.abs()),
            (None, None) => self.text == other.text,
            _ => false,
        }
    }
}

/// The sums of an English text.
pub fn english(text: &str) -> Vec<Money<'_>> {
    static SUM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?ix)
            (?:(?:US|HK|NT|SG|CA|C|A|S)?\$|[€£¥₹₩]|\b(?:USD|EUR|GBP|RMB|CNY|JPY|INR|CHF|SEK|NOK|DKK|PLN|KRW|HKD|SGD|CAD|AUD|BRL|AED|Rs\.?)\s?)\s?
                \d[\d,]*(?:\.\d+)?\+?(?:[\s-]?(?:trillion|billion|million|thousand|crore|lakh|tn|bln|mln|bn|mn|mm|[tbmk])\b\+?)?
            |\b\d[\d,]*(?:\.\d+)?[\s-](?:trillion|billion|million|crore|lakh|tn|bn|mn)\s(?:U\.?S\.?\s|Canadian\s)?(?:dollars?|euros?|pounds?|yuan|yen|rupees?)\b
            |\b\d[\d,]*(?:\.\d+)?\s?(?:trillion|billion|million|bn|mn|m)?\s?(?:€|(?:USD|EUR|GBP|RMB|CNY|JPY)\b)
            |\b(?:(?:half|(?:a\s)?(?:third|quarter|fifth|tenth)\sof)\s(?:a|one)|a|one|two|three|four|five|six|ten)\s(?:billion|million)(?:\s(?:dollars?|euros?|pounds?|yuan|yen))?\b
            |\b(?:tens|hundreds)\sof\s(?:millions|thousands)\sof\s(?:dollars|euros|pounds)\b").ok()
    });
    joined(text, sums(&SUM, text, english_value))
}

/// The sums of a Chinese text. A number without a currency is one only where a scale and then a round follow.
pub fn chinese(text: &str) -> Vec<Money<'_>> {
    static SUM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x)
            (?:近|超|逾|过|约)\s?[千百十]?[亿万](?:元人民币|元|美元|美金|港元|欧元|日元)
            |(?:\d[\d,]*(?:\.\d+)?|[数几两一二三四五六七八九十百千]+)\s?(?:余|多)?\s?[万亿千百]*(?:余|多)?\s?
                (?:美元|美金|元人民币|人民币|元|欧元|英镑|港元|港币|日元|韩元)
            |(?:US|HK)?[$€£¥￥]\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:亿|万|[Bb]illion|[Mm]illion|[BMKbmk]\b))?
            |(?:人民币|RMB)\s?\d[\d,]*(?:\.\d+)?\s?[万亿千百]+
            |(?:\d[\d.]*|[数几百千两一二三四五六七八九])\s?[千百]?[万亿]+(?:级)?",
        )
        .ok()
    });
    sums(&SUM, text, chinese_value)
}

type Value = fn(&str) -> Option<f64>;

fn sums<'a>(pattern: &LazyLock<Option<Regex>>, text: &'a str, value: Value) -> Vec<Money<'a>> {
    let Some(pattern) = &**pattern else { return Vec::new() };
    pattern.captures_iter(text).filter_map(|found| sum(&found, value)).collect()
}

fn sum<'a>(found: &Captures<'a>, value: Value) -> Option<Money<'a>> {
    let whole = found.get(0)?;
    let text = whole.as_str().trim_end_matches([',', '+', ' ', '-']);
    let lower = text.to_lowercase();
    let currency = CURRENCIES.iter().find(|(sign, _)| lower.contains(sign)).map(|(_, code)| *code);
    Some(Money {
        text,
        start: whole.start(),
        end: whole.start() + text.len(),
        value: value(&lower).map(f64::round),
        currency,
    })
}

fn english_value(lower: &str) -> Option<f64> {
    if !lower.contains(|c: char| c.is_ascii_digit()) {
        let scale = if lower.contains("billion") { 1e9 } else { 1e6 };
        let part = lower.split(" of ").next().filter(|part| part.len() < lower.len());
        let first = part.unwrap_or(lower).trim_start_matches("a ").split(' ').next().unwrap_or_default();
        return match first {
            "half" => Some(0.5 * scale),
            "third" => Some((scale / 3.0).round()),
            "quarter" => Some(0.25 * scale),
            "fifth" => Some(0.2 * scale),
            "tenth" => Some(0.1 * scale),
            "billion" | "million" => Some(scale),
            "a" => Some(scale),
            "tens" | "hundreds" => None,
            word => Some(amount::words(word).first()? * scale),
        };
    }
    let factor = if lower.contains("crore") {
        1e7
    } else if lower.contains("lakh") {
        1e5
    } else {
        1.0
    };
    let lower =
        lower.replace("mm", "million").replace("mln", "million").replace("bln", "billion").replace('-', " ");
    Some(amount::amounts(&lower).first()?.value * factor)
}

fn chinese_value(lower: &str) -> Option<f64> {
    if lower.contains(|c: char| c.is_ascii_digit()) {
        let plain = lower.replace(['余', '多', '级'], "");
        return Some(amount::amounts(&plain).first()?.value);
    }
    const SCALES: [(&str, f64); 6] =
        [("百万", 1e6), ("千万", 1e7), ("百亿", 1e10), ("亿", 1e8), ("万", 1e4), ("千亿", 1e11)];
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let first = lower.chars().next()?.to_string();
    let digit = DIGITS
        .iter()
        .position(|one| *one == first)
        .or((first == "两").then_some(2))
        .or((first == "十").then_some(10))?;
    let rest = &lower[first.len()..];
    let (_, scale) = SCALES.iter().find(|(word, _)| rest.starts_with(word))?;
    Some(digit as f64 * scale)
}

/// "between $40 million and $50 million", "$40M to $50M": one sum, as stated, with the value of its upper end.
fn joined<'a>(text: &'a str, sums: Vec<Money<'a>>) -> Vec<Money<'a>> {
    let mut out: Vec<Money<'a>> = Vec::new();
    for sum in sums {
        if let Some(last) = out.last_mut() {
            let between = &text[last.end..sum.start];
            let ranged = text[..last.start].trim_end().to_lowercase().ends_with("between");
            let same = last.currency == sum.currency;
            if same
                && (matches!(between, " to " | "-" | "–" | " – ") || (between == " and " && ranged))
                && last.value < sum.value
            {
                *last = Money { text: &text[last.start..sum.end], start: last.start, ..sum };
                continue;
            }
        }
        out.push(sum);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sums: &[Money<'_>], expected: &[(&str, Option<f64>, Option<&str>)]) {
        let found: Vec<_> = sums.iter().map(|sum| (sum.text, sum.value, sum.currency)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn english_sums() {
        check(&english("Zorble raises $40M"), &[("$40M", Some(4e7), Some("USD"))]);
        check(
            &english("€1.5bn and £3 million"),
            &[("€1.5bn", Some(1.5e9), Some("EUR")), ("£3 million", Some(3e6), Some("GBP"))],
        );
        check(&english("half a billion dollars"), &[("half a billion dollars", Some(5e8), Some("USD"))]);
        check(&english("2.5 million euros"), &[("2.5 million euros", Some(2.5e6), Some("EUR"))]);
        check(
            &english("hundreds of millions of dollars"),
            &[("hundreds of millions of dollars", None, Some("USD"))],
        );
        check(&english("₹120 crore"), &[("₹120 crore", Some(1.2e9), Some("INR"))]);
        check(
            &english("a fifth of a billion dollars"),
            &[("a fifth of a billion dollars", Some(2e8), Some("USD"))],
        );
        check(&english("a billion dollars"), &[("a billion dollars", Some(1e9), Some("USD"))]);
        check(&english("SEK 140 million"), &[("SEK 140 million", Some(1.4e8), Some("SEK"))]);
    }

    #[test]
    fn a_range_is_one_sum() {
        check(
            &english("between $40 million and $50 million"),
            &[("$40 million and $50 million", Some(5e7), Some("USD"))],
        );
        assert_eq!(english("$40 million and $50 million").len(), 2);
    }

    #[test]
    fn chinese_sums() {
        check(&chinese("完成1.5亿元A轮"), &[("1.5亿元", Some(1.5e8), Some("CNY"))]);
        check(&chinese("获数千万元融资"), &[("数千万元", None, Some("CNY"))]);
        check(&chinese("融资 3 亿美元"), &[("3 亿美元", Some(3e8), Some("USD"))]);
        check(&chinese("获近亿元融资"), &[("近亿元", None, Some("CNY"))]);
        check(&chinese("近两亿元"), &[("两亿元", Some(2e8), Some("CNY"))]);
        check(&chinese("5000余万元人民币"), &[("5000余万元人民币", Some(5e7), Some("CNY"))]);
    }
}
