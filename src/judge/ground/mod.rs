//! No fact without a source: every number with its unit, date, version and name of a sentence must stand in the
//! story's own articles, in whichever script and number system.

mod bound;
mod homes;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};

use super::facts::dates::Date;
use super::facts::names::{self, Token};
use super::facts::quantity::{self, Quantity};
use super::facts::{self, Reading, gazetteer, is_han, ordinary, sound};
use super::quotes::Quotable;
use super::rounds;
use crate::model::Story;

/// What the articles of a story say, prepared for many questions.
#[derive(Default)]
pub struct Sources {
    published: Option<DateTime<Utc>>,
    readings: Vec<Reading>,
    quotables: Vec<Quotable>,
    dates: Vec<Date>,
    /// Numbers of names and ranks, which a summary may count without a unit.
    bare: Vec<f64>,
    rounds: HashSet<String>,
    ids: HashSet<usize>,
    words: HashSet<String>,
    atoms: Vec<String>,
    is_chinese: bool,
    sounds: OnceLock<String>,
    told: OnceLock<Vec<bound::Told>>,
}

/// Something that a sentence states, and whether the articles state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// "number", "date", "version", "name", "round" or "quote".
    pub kind: &'static str,
    /// The words.
    pub text: String,
    /// Whether it stands in the articles.
    pub stands: bool,
}

/// A sentence held against the sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Facts that were looked up.
    pub checked: u32,
    /// How many of them stand nowhere.
    pub missing: u32,
}

impl Sources {
    /// The articles of a story.
    pub fn of(story: &Story) -> Self {
        let texts = story.items.iter().flat_map(|item| {
            let day = Some(item.published_at);
            [(item.title.as_str(), day), (item.text.as_str(), day), (item.source.as_str(), None)]
        });
        Self::new(texts)
    }

    /// Reads texts with the time of their publication.
    pub fn new<'a>(texts: impl IntoIterator<Item = (&'a str, Option<DateTime<Utc>>)>) -> Self {
        let mut sources = Self::default();
        let (mut n_han, mut n_latin) = (0, 0);
        for (text, day) in texts {
            sources.published = sources.published.or(day);
            n_han += text.chars().filter(|c| is_han(*c)).count();
            n_latin += text.chars().filter(char::is_ascii_alphabetic).count();
            sources.quotables.push(Quotable::new(text));
            sources.add(facts::read(text, day));
        }
        sources.is_chinese = 2 * n_han > n_latin;
        sources
    }

    fn add(&mut self, reading: Reading) {
        self.ids.extend(reading.hits.iter().map(|hit| hit.id));
        self.rounds.extend(rounds::find(&reading.plain).into_iter().map(|(round, _)| round));
        self.dates.extend(reading.dates.iter().cloned());
        let years = reading.quantities.iter().filter(|quantity| quantity.is_year());
        self.dates
            .extend(years.map(|quantity| Date { year: Some(quantity.value as i32), ..Date::default() }));
        self.bare.extend(quantity::ranks(&reading.plain));
        for token in &reading.tokens {
            let lower = token.text.to_lowercase();
            self.words.extend(lower.split(['-', '\'', '&', '.', '_', ' ']).map(str::to_owned));
            self.bare.extend(lower.rsplit([' ', '-']).next().and_then(|last| last.parse::<f64>().ok()));
            self.words.insert(lower);
        }
        self.atoms.extend(names::atoms(&latinised(&reading)));
        self.atoms.push("|".to_owned());
        self.readings.push(reading);
    }

    /// Holds one sentence against the articles.
    pub fn hold(&self, sentence: &str) -> Held {
        let facts = self.facts(sentence);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Held { checked: count(facts.len()), missing: count(facts.iter().filter(|fact| !fact.stands).count()) }
    }

    /// What `sentence` states, and whether the articles do.
    pub fn facts(&self, sentence: &str) -> Vec<Fact> {
        let reading = facts::read(sentence, self.published);
        let mut found = Vec::new();
        let mut state = |kind: &'static str, text: &str, stands: bool| {
            found.push(Fact { kind, text: text.to_owned(), stands });
        };
        for quantity in reading.quantities.iter().filter(|quantity| !quantity.is_weak) {
            state("number", &quantity.text, self.counts(quantity));
        }
        for date in reading.dates.iter().filter(|date| !date.derived) {
            state("date", &date.text, self.dates(date));
        }
        if let Some(year) = bound::misplaced_year(&reading, self.published, || self.told()) {
            state("date", &year.to_string(), false);
        }
        for (round, text) in rounds::find(&reading.plain) {
            state("round", &text, self.rounds.contains(&round));
        }
        for token in reading.tokens.iter().filter(|token| token.is_versioned) {
            state("version", &token.text, self.has_version(&token.text));
        }
        let hits = gazetteer::find(&reading.plain);
        for hit in &hits {
            let spelled = &reading.plain[hit.at.clone()];
            state(
                "name",
                spelled,
                self.ids.contains(&hit.id) || self.has_words(spelled) || self.is_home(hit.id),
            );
        }
        let covers =
            |at: &Range<usize>| hits.iter().any(|hit| hit.at.start < at.end && at.start < hit.at.end);
        let is_title = is_title(&reading);
        for token in reading.tokens.iter().filter(|token| !token.is_versioned && !covers(&token.at)) {
            if is_name(token, is_title) {
                state("name", &token.text, self.knows(&token.text));
            }
        }
        for (name, _) in han_names(&reading.plain).into_iter().filter(|(_, at)| !covers(at)) {
            state("name", name, self.knows_han(name));
        }
        let people = self.readings.iter().flat_map(|reading| rounds::people(&reading.plain));
        for name in people.filter_map(|person| rounds::altered(person, &reading.plain)) {
            state("name", name, self.readings.iter().any(|reading| reading.plain.contains(name)));
        }
        // What translates a foreign fund's name is left alone.
        let funds = if self.is_chinese { rounds::funds(&reading.plain) } else { Vec::new() };
        for (fund, _) in funds.into_iter().filter(|(_, at)| !covers(at)) {
            state("name", fund, self.readings.iter().any(|reading| reading.plain.contains(fund)));
        }
        for quote in quoted(sentence) {
            if self.is_chinese == quote.chars().any(is_han) {
                state("quote", quote, self.quotes(quote));
            }
        }
        found
    }

    /// Whether `quote` stands in an article, whatever its white space, case, width and quotation marks.
    pub fn quotes(&self, quote: &str) -> bool {
        self.quotables.iter().any(|text| text.holds(quote))
    }

    fn told(&self) -> &[bound::Told] {
        self.told.get_or_init(|| {
            let told = |reading: &Reading| bound::told(&reading.plain, self.published);
            self.readings.iter().flat_map(told).collect()
        })
    }

    fn day(&self) -> Option<NaiveDate> {
        self.published.map(|day| day.date_naive())
    }

    fn counts(&self, quantity: &Quantity) -> bool {
        let is_bare = quantity.unit.is_none() && self.bare.contains(&quantity.value);
        let is_year =
            quantity.is_year() && self.dates.iter().any(|date| date.year == Some(quantity.value as i32));
        let mut stated = self.readings.iter().flat_map(|reading| &reading.quantities);
        is_bare || is_year || stated.any(|source| quantity.agrees(source))
    }

    fn dates(&self, date: &Date) -> bool {
        let published = self.day();
        let days = date.day.filter(|_| date.month.is_none()).is_some_and(|day| {
            let mut stated = self.readings.iter().flat_map(|reading| &reading.quantities);
            stated.any(|source| {
                source.value == f64::from(day) && source.unit.is_some_and(|unit| unit.label == "day")
            })
        });
        days || self.dates.iter().any(|source| date.agrees(source, published))
    }

    /// Name and number side by side, or the number in a list behind another one ("Sonnet 4.5 and 4.6").
    fn has_version(&self, text: &str) -> bool {
        let wanted = names::atoms(text);
        if self.atoms.windows(wanted.len()).any(|atoms| atoms == wanted) {
            return true;
        }
        let Some((number, name)) = wanted.split_last().filter(|(number, _)| is_number(number)) else {
            return false;
        };
        let is_listed = self.atoms.windows(3).any(|atoms| {
            atoms[2] == *number
                && matches!(atoms[1].as_str(), "|" | "and" | "or" | "to")
                && is_number(&atoms[0])
        });
        let knows_name = !name.is_empty() && self.atoms.windows(name.len()).any(|atoms| atoms == name);
        let is_list = gazetteer::find(text).first().is_some_and(|hit| {
            let is_model = gazetteer::names()[hit.id].kind == gazetteer::Kind::Model;
            !is_model && number.len() >= 3 && self.ids.contains(&hit.id)
        });
        // "Fortune 500" is 财富500强.
        if is_list
            && self
                .readings
                .iter()
                .flat_map(|reading| &reading.quantities)
                .any(|source| number.parse() == Ok(source.value))
        {
            return true;
        }
        let is_plain = matches!(name, [word] if ordinary::is_ordinary(word) || word == "tier");
        is_listed && knows_name || is_plain && self.bare.iter().any(|bare| number.parse() == Ok(*bare))
    }

    /// Whether the articles name a place or an authority of the country `id`: 美国最高法院 is the Supreme Court.
    fn is_home(&self, id: usize) -> bool {
        let names = gazetteer::names();
        let home = homes::HOMES.iter().find(|(country, _)| names[id].latin[0] == *country);
        home.is_some_and(|(_, parts)| self.ids.iter().any(|id| parts.contains(&names[*id].latin[0])))
    }

    fn has_words(&self, name: &str) -> bool {
        let wanted = names::atoms(name);
        !name.contains(is_han) && self.atoms.windows(wanted.len()).any(|atoms| atoms == wanted)
    }

    fn knows(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let stem = lower.strip_suffix("'s").unwrap_or(&lower);
        let stem = stem.trim_end_matches('.');
        let one = |word: &str| {
            self.words.contains(word)
                || word.strip_suffix('s').is_some_and(|stem| self.words.contains(stem))
                || self.words.contains(&format!("{word}s"))
        };
        let part = |part: &str| {
            one(part)
                || ordinary::may_open(part)
                || name.contains(&format!("-{part}"))
                || gazetteer::find(part).len() == 1
        };
        one(stem) || stem.contains('-') && stem.split('-').all(part) || self.sounds_known(stem)
    }

    /// A Latin name that a Chinese article writes in characters.
    fn sounds_known(&self, word: &str) -> bool {
        if word.len() < 3 || !self.readings.iter().any(|reading| reading.plain.contains(is_han)) {
            return false;
        }
        let sounds = self
            .sounds
            .get_or_init(|| self.readings.iter().map(|reading| sound::syllables(&reading.plain)).collect());
        sound::spelled(word, sounds)
            || self.readings.iter().any(|reading| sound::sounds_in(&reading.plain, word))
    }

    /// A Chinese name: as it is, or as its sound in Latin letters.
    fn knows_han(&self, name: &str) -> bool {
        let stands = |part: &str| self.readings.iter().any(|reading| reading.plain.contains(part));
        let latin = |part: &str| {
            let syllables = sound::syllables(part);
            self.words.iter().any(|word| {
                word.len() > 2
                    && (sound::alike(part, word) || word.len() > 3 && sound::spelled(word, &syllables))
            })
        };
        stands(name) || name.split('·').all(|part| stands(part) || latin(part))
    }
}

fn is_number(atom: &str) -> bool {
    atom.starts_with(|c: char| c.is_ascii_digit())
}

/// The text with the Chinese names of models and products in Latin letters: 豆包2.0 is Doubao 2.0.
fn latinised(reading: &Reading) -> String {
    let mut text = String::with_capacity(reading.plain.len());
    let mut at = 0;
    for hit in gazetteer::find(&reading.plain) {
        let name = &gazetteer::names()[hit.id];
        let is_product = matches!(name.kind, gazetteer::Kind::Model | gazetteer::Kind::Product);
        if is_product && reading.plain[hit.at.clone()].contains(is_han) {
            text.push_str(&reading.plain[at..hit.at.start]);
            text.push_str(name.latin[0]);
            text.push(' ');
            at = hit.at.end;
        }
    }
    text.push_str(&reading.plain[at..]);
    text
}

/// Most longer words of a headline in title case open with a capital.
fn is_title(reading: &Reading) -> bool {
    let long: Vec<&Token> =
        reading.tokens.iter().filter(|token| token.text.len() > 3 && !token.is_versioned).collect();
    let n_capital = long.iter().filter(|token| token.text.starts_with(|c: char| c.is_uppercase())).count();
    long.len() >= 4 && 10 * n_capital > 7 * long.len()
}

/// A word that must have been read somewhere: a capital inside the sentence, or capitals inside the word.
fn is_name(token: &Token, is_title: bool) -> bool {
    let (word, lower) = (token.text.as_str(), token.text.to_lowercase());
    let capital = word.starts_with(|c: char| c.is_uppercase());
    let inner = word.chars().skip(1).any(|c| c.is_uppercase()) && word.len() > 1;
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    if ordinary::is_ordinary(&lower) || ordinary::is_ordinary(singular) || word.chars().count() < 2 {
        return false;
    }
    if (token.opens || is_title) && !inner {
        return capital && !ordinary::may_open(&lower);
    }
    capital || inner
}

/// Names in characters that no table has: foreign ones by their characters, others by what stands beside them.
fn han_names(plain: &str) -> Vec<(&str, Range<usize>)> {
    let foreign = sound::foreign(plain).into_iter();
    let place = |name: &str| {
        let start = name.as_ptr() as usize - plain.as_ptr() as usize;
        start..start + name.len()
    };
    foreign.chain(rounds::people(plain)).map(|name| (name, place(name))).collect()
}

/// What stands between marks of quotation or in 《》.
fn quoted(sentence: &str) -> Vec<&str> {
    let pairs = [('“', '”'), ('「', '」'), ('《', '》'), ('"', '"')];
    let mut quotes = Vec::new();
    for (open, close) in pairs {
        let mut rest = sentence;
        while let Some((_, tail)) = rest.split_once(open) {
            let Some((quote, after)) = tail.split_once(close) else { break };
            let weight: usize = quote.chars().map(|c| if is_han(c) { 2 } else { 1 }).sum();
            if weight >= 8 && gazetteer::find(quote).first().is_none_or(|hit| hit.at.len() < quote.len()) {
                quotes.push(quote);
            }
            rest = after;
        }
    }
    quotes
}

#[cfg(test)]
mod tests;
