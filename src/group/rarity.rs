//! How rare terms are: what a shared word proves depends on how many items say it.

use std::collections::{HashMap, HashSet};

use super::fingerprint::Fingerprint;

/// A word of which more than this share of documents writes it with a small letter is no name.
const MOST_SMALL: f32 = 0.2;

/// Few documents tell little about rarity, so there are always at least this many.
const LEAST_DOCUMENTS: f32 = 200.0;

/// Counts of more documents are scaled down to this many, so that weights mean the same in a small archive and a large one.
const SCALED_TO: f32 = 1000.0;

/// A term as it is stored and compared: FNV-1a of its bytes (<http://www.isthe.com/chongo/tech/comp/fnv/>), which
/// unlike the standard library's hash is the same in every version of this program.
pub fn key(term: &str) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in term.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    i64::from_le_bytes(hash.to_le_bytes())
}

/// In how many documents a term stands, and in how many of them it is written with a small letter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// All of them.
    pub documents: f32,
    /// Those that write it with a small letter.
    pub small: f32,
}

/// Counts of the terms of some documents.
#[derive(Clone, Debug, Default)]
pub struct Rarity {
    /// Documents counted.
    pub n: f32,
    /// By the key of the term.
    pub of_term: HashMap<i64, Count>,
}

impl Rarity {
    /// Counts the terms of all `prints`.
    pub fn of<'a>(prints: impl IntoIterator<Item = &'a Fingerprint>) -> Self {
        let mut rarity = Self::default();
        for print in prints {
            rarity.n += 1.0;
            for term in print.all_terms() {
                rarity.of_term.entry(key(term)).or_default().documents += 1.0;
            }
            for term in print.small.iter().map(|term| key(term)).collect::<HashSet<_>>() {
                rarity.of_term.entry(term).or_default().small += 1.0;
            }
        }
        rarity
    }

    /// Counts further documents.
    pub fn add(&mut self, other: &Self) {
        self.n += other.n;
        for (term, more) in &other.of_term {
            let count = self.of_term.entry(*term).or_default();
            count.documents += more.documents;
            count.small += more.small;
        }
    }

    /// In how many documents `term` stands.
    pub fn count(&self, term: &str) -> f32 {
        self.of_term.get(&key(term)).map_or(0.0, |count| count.documents)
    }

    /// The same as a share of all.
    pub fn share(&self, term: &str) -> f32 {
        self.count(term) / self.n.max(LEAST_DOCUMENTS)
    }

    /// Whether `term` is written with a capital, as names are (numbers and versions too).
    pub fn is_name(&self, term: &str) -> bool {
        let count = self.of_term.get(&key(term)).copied().unwrap_or_default();
        count.small <= MOST_SMALL * count.documents
    }

    /// What a term in two titles proves: its rarity if it is a name or a number, half of it if it is a common word.
    pub fn evidence(&self, term: &str) -> f32 {
        self.weight(term) * if self.is_name(term) { 1.0 } else { 0.5 }
    }

    /// Inverse document frequency: about 1 for a word in every document, about 7 for one in a single document.
    pub fn weight(&self, term: &str) -> f32 {
        let n = self.n.max(LEAST_DOCUMENTS);
        let scale = (SCALED_TO / n).min(1.0);
        ((n * scale + 1.0) / (self.count(term) * scale + 1.0)).ln() + 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_never_change() {
        assert_eq!(key("quokka"), key("quokka"));
        assert_eq!(key(""), i64::from_le_bytes(0xcbf2_9ce4_8422_2325_u64.to_le_bytes()));
        assert_eq!(key("a"), i64::from_le_bytes(0xaf63_dc4c_8601_ec8c_u64.to_le_bytes()));
    }

    #[test]
    fn a_large_archive_weighs_as_a_small_one() {
        let counted = |n: f32, documents: f32| Rarity {
            n,
            of_term: HashMap::from([(key("x"), Count { documents, small: 0.0 })]),
        };
        let (small, large) = (counted(1000.0, 10.0).weight("x"), counted(1e6, 10_000.0).weight("x"));
        assert!((small - large).abs() < 1e-3, "{small} {large}");
    }
}
