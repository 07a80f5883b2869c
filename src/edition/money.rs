//! Sums of money in one currency. A sum without a number or with a currency that has no rate stays as it was stated.

use std::collections::BTreeMap;

use crate::model::{Funding, IssueStory, Language, Rates};

/// What a round is in US dollars.
pub fn dollars(round: &Funding, rates: Option<&Rates>) -> Option<f64> {
    let stated = round.usd_millions.map(|millions| millions * 1e6);
    stated.or_else(|| {
        let per_usd = rates?.per_usd.get(round.currency.as_deref()?)?;
        round.amount_value.map(|value| value / per_usd)
    })
}

/// The rates that these stories need; `None`: all their sums are in dollars, or none has a rate.
pub fn needed<'a>(stories: impl Iterator<Item = &'a IssueStory>, rates: &Rates) -> Option<Rates> {
    let foreign = stories.filter_map(|story| {
        let round = story.verdict.funding.as_ref()?;
        let currency = round.currency.as_deref().filter(|code| *code != "USD")?;
        round.amount_value?;
        Some((currency.to_owned(), *rates.per_usd.get(currency)?))
    });
    let per_usd: BTreeMap<String, f64> = foreign.collect();
    (!per_usd.is_empty()).then(|| Rates { day: rates.day.clone(), per_usd })
}

/// "$180 million", "1.8 亿美元": three figures are enough.
pub fn said(dollars: f64, language: Language) -> String {
    sum(dollars, ("$", "美元"), language)
}

/// The same in another currency, by what stands before a sum in English and behind it in Chinese.
pub fn sum(value: f64, (before, behind): (&str, &str), language: Language) -> String {
    match language {
        Language::En if value >= 0.9995e9 => format!("{before}{} billion", short(value / 1e9)),
        Language::En if value >= 0.9995e6 => format!("{before}{} million", short(value / 1e6)),
        Language::En => format!("{before}{value:.0}"),
        Language::Zh if value >= 0.9995e8 => format!("{} 亿{behind}", short(value / 1e8)),
        Language::Zh => format!("{} 万{behind}", short(value / 1e4)),
    }
}

fn short(value: f64) -> String {
    let decimals = match value {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_reads_in_the_number_system_of_its_reader() {
        assert_eq!(said(180e6, Language::En), "$180 million");
        assert_eq!(said(180e6, Language::Zh), "1.8 亿美元");
        assert_eq!(said(1.234e9, Language::En), "$1.23 billion");
        assert_eq!(said(12.34e9, Language::Zh), "123 亿美元");
        assert_eq!(said(2.5e6, Language::Zh), "250 万美元");
        assert_eq!(said(999.9e6, Language::En), "$1 billion");
    }

    #[test]
    fn a_foreign_sum_needs_its_rate() {
        let rates = Rates { day: "2026-01-02".into(), per_usd: [("CNY".to_owned(), 7.0)].into() };
        let round = |currency: &str| Funding {
            amount_value: Some(1.4e9),
            currency: Some(currency.into()),
            ..Funding::default()
        };
        assert_eq!(dollars(&round("CNY"), Some(&rates)), Some(0.2e9));
        assert_eq!(dollars(&round("JPY"), Some(&rates)), None);
        assert_eq!(dollars(&round("CNY"), None), None);
    }
}
