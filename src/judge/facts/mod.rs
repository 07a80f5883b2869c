//! What a text states that can be checked: numbers with their units, dates, versions and names, in both scripts.

pub mod dates;
pub mod gazetteer;
pub mod names;
mod numerals;
pub mod ordinary;
mod phrases;
pub mod quantity;
pub mod sound;
mod units;

use chrono::{DateTime, Utc};

use dates::Date;
use gazetteer::Hit;
use names::Token;
use quantity::Quantity;

/// A text, read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The text in one spelling of its characters; all places are in this.
    pub plain: String,
    /// Names of the gazetteer, longest first where several begin.
    pub hits: Vec<Hit>,
    /// Dates, absolute and relative to the day of publication.
    pub dates: Vec<Date>,
    /// Latin words, with the number behind them where it belongs to the name.
    pub tokens: Vec<Token>,
    /// Numbers with their units.
    pub quantities: Vec<Quantity>,
}

/// Reads `text`, published on `day`.
pub fn read(text: &str, day: Option<DateTime<Utc>>) -> Reading {
    let plain = plain(text);
    let hits = gazetteer::all(&plain);
    let mut rest = Mask::new(&plain);
    rest.hide_addresses();
    for hit in &hits {
        let spelled = &plain[hit.at.clone()];
        // 三星 holds no number, nor does 8VC; "GPT" of "GPT-5" must stay readable for its version.
        if spelled.chars().any(|c| is_han(c) || c.is_ascii_digit()) {
            rest.hide(hit.at.clone());
        }
    }
    let dates = dates::find(&mut rest, day.map(|day| day.date_naive()));
    let tokens = names::tokens(&plain, &mut rest);
    let quantities = quantity::find(&rest);
    Reading { plain, hits, dates, tokens, quantities }
}

/// Chinese characters of everyday texts.
pub fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '〇'
}

/// One spelling for what looks the same: full-width forms, blanks, apostrophes; marks of emphasis gone.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    // Thousands as TeX writes them.
    for c in text.replace("{,}", ",").chars() {
        match c {
            '*' | '`' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' => plain.push(' '),
            '\u{2018}' | '\u{2019}' | '\u{2bc}' => plain.push('\''),
            '\u{2010}' | '\u{2011}' => plain.push('-'),
            '％' | '＄' | '．' | '＋' | '－' | '～' | '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
                plain.extend(char::from_u32(u32::from(c) - 0xfee0));
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// A text of which what has been read is hidden, so that nothing is read twice. Places stay the same.
pub struct Mask {
    text: String,
}

/// Stands where something has been read.
const HIDDEN: char = '\u{1}';

impl Mask {
    fn new(plain: &str) -> Self {
        Self { text: plain.to_owned() }
    }

    /// What is left.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Hides a part.
    pub fn hide(&mut self, at: std::ops::Range<usize>) {
        let filler = HIDDEN.to_string().repeat(at.len());
        self.text.replace_range(at, &filler);
    }

    fn hide_addresses(&mut self) {
        static ADDRESS: std::sync::LazyLock<Option<regex::Regex>> =
            std::sync::LazyLock::new(|| regex::Regex::new(r#"https?://[^\s\p{Han}()（）<>"]+"#).ok());
        let found: Vec<_> = ADDRESS
            .iter()
            .flat_map(|address| address.find_iter(&self.text))
            .map(|found| found.range())
            .collect();
        for at in found {
            self.hide(at);
        }
    }
}
