//! Which items print another's text: an agency's, or their own again.

use std::collections::HashSet;

use super::fingerprint::Document;
use super::rarity::key;

/// Words of one shingle.
const SHINGLE: usize = 5;

/// Texts with this share of the shorter one's shingles in common are one text…
const CONTAINED: f32 = 0.8;

/// …if the shorter one has so many: a sentence may be alike by chance.
const LEAST: usize = 8;

/// A text as it is compared with others.
pub struct Body {
    /// The words of title and text.
    words: String,
    /// Keys of the runs of words of the text alone: a headline is each outlet's own.
    shingles: HashSet<i64>,
}

impl Body {
    /// Of `document`, as far as its text is loaded.
    pub fn of(document: &Document) -> Self {
        let title = words(&document.title);
        let text = document.text.trim_start();
        let text = words(text.strip_prefix(document.title.trim()).unwrap_or(text));
        let shingles = text.windows(SHINGLE).map(|run| key(&run.join(" "))).collect();
        Self { words: format!("{}|{}", title.join(" "), text.join(" ")), shingles }
    }

    /// Whether both hold one text: word for word, or most of the shorter one within the other.
    pub fn repeats(&self, other: &Self) -> bool {
        let least = self.shingles.len().min(other.shingles.len());
        let n_common = self.shingles.intersection(&other.shingles).count();
        let is_contained = least >= LEAST && n_common as f32 >= CONTAINED * least as f32;
        self.words == other.words || is_contained
    }
}

/// Latin words in small letters, Han one by one.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for c in text.chars() {
        let is_han = ('\u{3400}'..='\u{9fff}').contains(&c);
        match words.last_mut().filter(|_| is_open && !is_han) {
            Some(word) if c.is_alphanumeric() => word.extend(c.to_lowercase()),
            _ if c.is_alphanumeric() => words.push(c.to_lowercase().collect()),
            _ => {}
        }
        is_open = c.is_alphanumeric() && !is_han;
    }
    words
}
