//! What stands in an article may still be said of something else there: a year belongs to the sentence that has it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::judge::facts::quantity::Quantity;
use crate::judge::facts::{self, Reading, is_han};
use crate::judge::sentences;

/// A sentence tells the same as another one that has so many of its words, at least [`FEWEST`].
const ALIKE: f64 = 0.7;
const FEWEST: usize = 3;
/// A sentence with so many may tell the same.
const AKIN: f64 = 0.3;

/// A sentence of an article.
#[derive(Debug)]
pub struct Told {
    years: HashSet<i32>,
    quantities: Vec<Quantity>,
    words: HashSet<String>,
}

impl Told {
    fn new(sentence: &str, day: Option<DateTime<Utc>>) -> Self {
        let reading = facts::read(sentence, day);
        Self { years: years(&reading), words: words(&reading.plain), quantities: reading.quantities }
    }
}

/// The sentences of a text that was published on `day`.
pub fn told(text: &str, day: Option<DateTime<Utc>>) -> Vec<Told> {
    sentences::split(text).into_iter().map(|sentence| Told::new(sentence, day)).collect()
}

/// A year of `sentence` whose clause has its amounts, or nearly all its words, from sentences of other years alone.
pub fn misplaced_year<'a>(
    sentence: &Reading,
    day: Option<DateTime<Utc>>,
    told: impl FnOnce() -> &'a [Told],
) -> Option<i32> {
    if years(sentence).is_empty() {
        return None;
    }
    let told = told();
    clauses(&sentence.plain).find_map(|clause| misplaced_in(&facts::read(clause, day), told))
}

/// The parts of a sentence between commas: a year says nothing about what another part tells.
fn clauses(plain: &str) -> impl Iterator<Item = &str> {
    plain.split(['，', '；', ';']).flat_map(|part| part.split(", "))
}

fn misplaced_in(clause: &Reading, told: &[Told]) -> Option<i32> {
    let mut years = years(clause).into_iter();
    let (Some(year), None) = (years.next(), years.next()) else { return None };
    let amounts = clause.quantities.iter().filter(|quantity| !quantity.is_weak && !quantity.is_year());
    for amount in amounts {
        let of_amount = told.iter().filter(|one| one.quantities.iter().any(|source| amount.agrees(source)));
        if all_of_other_years(of_amount, year) {
            return Some(year);
        }
    }
    let words = words(&clause.plain);
    let shares = |one: &Told, least: f64| {
        let n_shared = words.intersection(&one.words).count();
        n_shared >= FEWEST && n_shared as f64 >= least * words.len() as f64
    };
    // In other words the same may stand beside its year.
    if told.iter().any(|one| one.years.contains(&year) && shares(one, AKIN)) {
        return None;
    }
    all_of_other_years(told.iter().filter(|one| shares(one, ALIKE)), year).then_some(year)
}

/// At least one, each with years, and none with this one.
fn all_of_other_years<'a>(told: impl Iterator<Item = &'a Told>, year: i32) -> bool {
    let mut n = 0;
    for one in told {
        if one.years.is_empty() || one.years.contains(&year) {
            return false;
        }
        n += 1;
    }
    n > 0
}

fn years(reading: &Reading) -> HashSet<i32> {
    // A weekday's year is only guessed.
    let dated = reading.dates.iter().filter(|date| !date.derived).filter_map(|date| date.year);
    let bare = reading.quantities.iter().filter(|quantity| quantity.is_year()).map(|year| year.value as i32);
    dated.chain(bare).collect()
}

/// Longer words in one form, and pairs of characters.
fn words(plain: &str) -> HashSet<String> {
    let latin = plain.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 3);
    let latin = latin.map(str::to_lowercase);
    let mut words: HashSet<String> = latin.map(|word| word.chars().take(5).collect()).collect();
    let chars: Vec<char> = plain.chars().collect();
    words.extend(
        chars.windows(2).filter(|pair| pair.iter().all(|c| is_han(*c))).map(|pair| pair.iter().collect()),
    );
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misplaced(sentence: &str, article: &str) -> Option<i32> {
        let told = told(article, None);
        misplaced_year(&facts::read(sentence, None), None, || &told)
    }

    #[test]
    fn a_year_of_another_sentence_is_misplaced() {
        let article =
            "Quokka was founded in 2021. Revenue in 2025 was $70 million. The first robot was sold in 2023.";
        assert_eq!(misplaced("Revenue in 2021 was $70 million.", article), Some(2021));
        assert_eq!(misplaced("Quokka had sales of $70 million in 2025.", article), None);
        assert_eq!(misplaced("Quokka sold its first robot in 2023.", article), None);
        assert_eq!(misplaced("The first robot was sold in 2021.", article), Some(2021));
        let chinese = "袋熊机器人成立于2021年。2025年营收7000万美元。首款机器人于2023年售出。";
        assert_eq!(misplaced("2021年营收7000万美元。", chinese), Some(2021));
        assert_eq!(misplaced("Revenue was $70 million in 2021.", chinese), Some(2021));
        assert_eq!(misplaced("袋熊机器人成立于2021年。", chinese), None);
    }

    #[test]
    fn a_sentence_without_a_year_leaves_all_open() {
        let article =
            "Quokka raised $70 million. It was founded in 2021. In 2025 it had $70 million in sales.";
        assert_eq!(misplaced("Quokka raised $70 million in 2025.", article), None);
    }

    #[test]
    fn a_year_binds_its_own_clause_alone() {
        let article = "Quokka was founded in 2021. In 2025 it had $70 million in sales.";
        assert_eq!(misplaced("Quokka, which was founded in 2021, had $70 million in sales.", article), None);
        assert_eq!(
            misplaced("Quokka, founded in 2021, had $70 million in sales in 2021.", article),
            Some(2021)
        );
    }
}
