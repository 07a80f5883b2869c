//! What a US dollar costs where the operator says nothing else.

use crate::model::Rates;

/// The day of [`PER_USD`].
const DAY: &str = "2025-06-30";

/// Units for one US dollar: the European Central Bank's reference rates of the day, against the dollar, in four figures.
const PER_USD: [(&str, f64); 17] = [
    ("AUD", 1.531),
    ("BRL", 5.493),
    ("CAD", 1.367),
    ("CHF", 0.7975),
    ("CNY", 7.165),
    ("DKK", 6.366),
    ("EUR", 0.8532),
    ("GBP", 0.7300),
    ("HKD", 7.850),
    ("ILS", 3.371),
    ("INR", 85.80),
    ("JPY", 144.3),
    ("KRW", 1355.0),
    ("NOK", 10.10),
    ("PLN", 3.620),
    ("SEK", 9.511),
    ("SGD", 1.275),
];

impl Default for Rates {
    fn default() -> Self {
        Self {
            day: DAY.to_owned(),
            per_usd: PER_USD.iter().map(|(code, rate)| ((*code).to_owned(), *rate)).collect(),
        }
    }
}
