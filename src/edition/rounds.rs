//! A round of funding in the reader's words: its name and its sum.

use super::clean::plain;
use super::money;
use crate::model::{Funding, Language};

/// Currencies: ISO code, what stands before a sum in English, what stands behind it in Chinese.
const CURRENCIES: &[(&str, &str, &str)] = &[
    ("USD", "$", "美元"),
    ("CNY", "RMB ", "元"),
    ("EUR", "€", "欧元"),
    ("GBP", "£", "英镑"),
    ("JPY", "¥", "日元"),
    ("KRW", "KRW ", "韩元"),
    ("INR", "INR ", "印度卢比"),
    ("CAD", "CAD ", "加元"),
    ("AUD", "AUD ", "澳元"),
    ("SGD", "SGD ", "新加坡元"),
    ("HKD", "HKD ", "港元"),
    ("CHF", "CHF ", "瑞士法郎"),
];

/// Names of rounds without a letter: English, Chinese.
const NAMES: &[(&str, &str)] = &[
    ("Pre-seed", "种子前轮"),
    ("Seed", "种子轮"),
    ("Angel round", "天使轮"),
    ("Strategic round", "战略融资"),
    ("Growth round", "成长轮"),
    ("Bridge round", "过桥轮"),
    ("Debt", "债务融资"),
];

/// "Series B", "B 轮". A name that is not known stays as it is.
pub fn name(round: &str, language: Language) -> String {
    let round = plain(round);
    let known = NAMES.iter().find(|(en, zh)| en.eq_ignore_ascii_case(&round) || *zh == round);
    let letter = round.strip_prefix("Series ").or_else(|| round.strip_suffix('轮').map(str::trim_end));
    let is_letter = |text: &&str| {
        let mut chars = text.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_uppercase());
        first && chars.all(|c| c.is_ascii_digit() || c == '+')
    };
    match (known, letter.filter(is_letter), language) {
        (Some((en, _)), _, Language::En) => (*en).to_owned(),
        (Some((_, zh)), _, Language::Zh) => (*zh).to_owned(),
        (None, Some(letter), Language::En) => format!("Series {letter}"),
        (None, Some(letter), Language::Zh) => format!("{letter} 轮"),
        (None, None, _) => round,
    }
}

/// The sum in the number system of the reader; one that states no number or no currency stays as it was stated.
pub fn amount(round: &Funding, language: Language) -> String {
    let stated = round.amount.as_deref().map(plain).unwrap_or_default();
    let is_chinese = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
    if stated.is_empty() || stated.contains(is_chinese) == (language == Language::Zh) {
        return stated;
    }
    let code = round.currency.as_deref().or(round.usd_millions.map(|_| "USD"));
    let value = round.amount_value.or(round.usd_millions.map(|millions| millions * 1e6));
    let currency = code.and_then(|code| CURRENCIES.iter().find(|known| known.0 == code));
    match (currency, value) {
        (Some((_, before, behind)), Some(value)) => money::sum(value, (before, behind), language),
        _ => stated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_has_a_name_in_each_language() {
        for (en, zh) in
            [("Series A", "A 轮"), ("Series B2", "B2 轮"), ("Seed", "种子轮"), ("Pre-seed", "种子前轮")]
        {
            assert_eq!((name(en, Language::Zh).as_str(), name(zh, Language::En).as_str()), (zh, en));
            assert_eq!((name(en, Language::En).as_str(), name(zh, Language::Zh).as_str()), (en, zh));
        }
        assert_eq!(name("A轮", Language::Zh), "A 轮");
        assert_eq!(name("A+轮", Language::En), "Series A+");
        assert_eq!(
            name("Series D extension", Language::Zh),
            "Series D extension",
            "better than a wrong word"
        );
        assert_eq!(name("数轮", Language::En), "数轮");
    }

    #[test]
    fn a_sum_is_said_in_the_readers_number_system_and_never_guessed() {
        let round = |amount: &str, value: Option<f64>, currency: &str| Funding {
            amount: Some(amount.into()),
            amount_value: value,
            currency: Some(currency.into()),
            ..Funding::default()
        };
        assert_eq!(amount(&round("$32 million", Some(32e6), "USD"), Language::Zh), "3200 万美元");
        assert_eq!(amount(&round("$32 million", Some(32e6), "USD"), Language::En), "$32 million");
        assert_eq!(amount(&round("6亿元", Some(6e8), "CNY"), Language::En), "RMB 600 million");
        assert_eq!(amount(&round("6亿元", Some(6e8), "CNY"), Language::Zh), "6亿元");
        assert_eq!(amount(&round("€15m", Some(15e6), "EUR"), Language::Zh), "1500 万欧元");
        assert_eq!(amount(&round("数亿元", None, "CNY"), Language::En), "数亿元");
        assert_eq!(amount(&round("40 crowns", Some(40.0), "SEK"), Language::Zh), "40 crowns");
    }
}
