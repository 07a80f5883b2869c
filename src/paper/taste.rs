//! What experts who list papers for programmers would make of one, by its title, abstract and categories: a linear
//! function over hashed words, trained by `headsup train paper`. No word can be read in the weights; which words of a
//! title spoke for it can be said.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::learn::{self, Example};

/// First bytes of the file of weights, with the version of the features.
const MAGIC: &[u8; 4] = b"hp01";
/// The table has 2^`BITS` weights.
const BITS: u32 = 15;
const SIZE: usize = 1 << BITS;
/// Titles say less than abstracts, and categories less than both.
const TITLE: f64 = 0.7;
const ABSTRACT: f64 = 1.0;
const CATEGORY: f64 = 0.4;
/// A word that fewer texts of the set have cannot be learnt: of titles, of abstracts.
const FEWEST: (usize, usize) = (4, 15);
/// What an error costs: a title alone less than a whole paper, a pick more than what was passed over.
const COST: f64 = 0.5;
const COST_OF_TITLE: f64 = 0.2;
const COST_OF_PICK: f64 = 30.0;

/// Words that every title has.
const COMMON: [&str; 40] = [
    "a", "an", "the", "of", "for", "and", "to", "in", "on", "with", "by", "from", "via", "as", "is", "are",
    "be", "at", "or", "its", "it", "this", "that", "we", "our", "their", "can", "how", "what", "do", "does",
    "using", "based", "towards", "toward", "into", "s", "these", "has", "have",
];

static SHIPPED: LazyLock<Taste> =
    LazyLock::new(|| Taste::read(include_bytes!("taste.bin")).unwrap_or_default());

/// What is known of a paper before it is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its abstract; empty: only the title is known.
    pub text: &'a str,
    /// arXiv's, the main one first.
    pub categories: &'a [String],
}

/// A paper to learn from.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'a> {
    /// The paper.
    pub text: Text<'a>,
    /// Whether an expert picked it.
    pub picked: bool,
}

/// The weights.
#[derive(Clone, Debug)]
pub struct Taste {
    weights: Vec<f64>,
    bias: f64,
}

impl Default for Taste {
    fn default() -> Self {
        Self { weights: vec![0.0; SIZE], bias: 0.0 }
    }
}

/// The weights that ship.
pub fn shipped() -> &'static Taste {
    &SHIPPED
}

/// Computer vision and graphics alone are another trade; experts for programmers hardly pick from them.
pub fn is_apart(categories: &[String]) -> bool {
    categories.first().is_some_and(|main| ["cs.CV", "cs.GR", "eess.IV"].contains(&main.as_str()))
}

impl Taste {
    /// The log-odds of a pick, but for a constant.
    pub fn margin(&self, paper: Text<'_>) -> f64 {
        let parts = parts(paper, |slot, _| self.weights[slot] != 0.0);
        self.bias + parts.iter().map(|(slot, value)| self.weights[*slot] * value).sum::<f64>()
    }

    /// The words of the title that speak most for it, as they stand there.
    pub fn words<'a>(&self, title: &'a str) -> Vec<&'a str> {
        let weight = |word: &str| self.weights[slot("t", &plain(word))];
        let mut known: Vec<(f64, &str)> = split(title)
            .map(|word| (weight(word), word))
            .filter(|(weight, word)| *weight > 0.15 && is_telling(word))
            .collect();
        known.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut words: Vec<&str> = Vec::new();
        for (_, word) in known {
            if words.len() < 3 && !words.iter().any(|other| other.eq_ignore_ascii_case(word)) {
                words.push(word);
            }
        }
        words
    }

    /// Learns from papers; the same papers in the same order give the same weights.
    pub fn train(papers: &[Labelled<'_>]) -> Self {
        let mut n_of: HashMap<usize, usize> = HashMap::new();
        for paper in papers {
            for (slot, _) in parts(paper.text, |_, _| true) {
                *n_of.entry(slot).or_default() += 1;
            }
        }
        let is_known = |slot: usize, is_title: bool| {
            n_of.get(&slot).copied().unwrap_or_default() >= if is_title { FEWEST.0 } else { FEWEST.1 }
        };
        let examples: Vec<Example> = papers
            .iter()
            .filter(|paper| !is_apart(paper.text.categories))
            .map(|paper| {
                let mut parts = parts(paper.text, is_known);
                parts.push((SIZE, 1.0));
                let cost = if paper.text.text.is_empty() { COST * COST_OF_TITLE } else { COST };
                let cost = if paper.picked { cost * COST_OF_PICK } else { cost };
                Example { parts, holds: paper.picked, cost }
            })
            .collect();
        let mut weights = learn::train(&examples, SIZE + 1);
        let bias = weights.pop().unwrap_or_default();
        Self { weights, bias }
    }

    /// As a file: a byte holds the root of a weight.
    pub fn write(&self) -> Vec<u8> {
        let largest = self.weights.iter().fold(f64::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
        let mut file = MAGIC.to_vec();
        file.extend((largest as f32).to_le_bytes());
        file.extend((self.bias as f32).to_le_bytes());
        file.extend(self.weights.iter().map(|weight| {
            // A known word is never rounded away: the length of a text counts what is known.
            let root = ((weight.abs() / largest).sqrt() * 127.0).round();
            let root = if *weight == 0.0 { 0.0 } else { root.max(1.0) };
            root.copysign(*weight) as i8 as u8
        }));
        file
    }

    /// Reads what `write` wrote; `None` if it is anything else.
    pub fn read(file: &[u8]) -> Option<Self> {
        let rest = file.strip_prefix(MAGIC)?;
        let (largest, rest) = rest.split_first_chunk::<4>()?;
        let (bias, rest) = rest.split_first_chunk::<4>()?;
        let largest = f64::from(f32::from_le_bytes(*largest));
        let weights = rest.iter().map(|byte| {
            let root = f64::from(*byte as i8) / 127.0;
            root * root.abs() * largest
        });
        (rest.len() == SIZE)
            .then(|| Self { weights: weights.collect(), bias: f64::from(f32::from_le_bytes(*bias)) })
    }
}

/// Words and pairs of the title, words of the abstract, categories; title and abstract have a fixed length each, however
/// many known words they have.
fn parts(paper: Text<'_>, is_known: impl Fn(usize, bool) -> bool) -> Vec<(usize, f64)> {
    let words = words(paper.title);
    let pairs = words.windows(2).map(|pair| slot("b", &pair.join(" ")));
    let title = words.iter().map(|word| slot("t", word)).chain(pairs);
    let text = self::words(paper.text).into_iter().map(|word| slot("a", &word)).collect::<Vec<_>>();
    let own = paper.categories.iter().enumerate().filter_map(|(n, category)| match n {
        0 => Some(slot("main", category)),
        _ if ["cs.MA", "cs.SE"].contains(&category.as_str()) => Some(slot("also", category)),
        _ => None,
    });
    let mut parts: BTreeMap<usize, f64> = BTreeMap::new();
    for (slots, weight, is_title) in [(title.collect::<Vec<_>>(), TITLE, true), (text, ABSTRACT, false)] {
        let mut known: Vec<usize> = slots.into_iter().filter(|slot| is_known(*slot, is_title)).collect();
        known.sort_unstable();
        known.dedup();
        let each = weight / (known.len().max(1) as f64).sqrt();
        known.into_iter().for_each(|slot| *parts.entry(slot).or_default() += each);
    }
    own.for_each(|slot| *parts.entry(slot).or_default() += CATEGORY);
    parts.into_iter().collect()
}

/// A word that can stand as a reason by itself.
fn is_telling(word: &str) -> bool {
    let has_letters = word.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    has_letters && !COMMON.contains(&plain(word).as_str())
}

fn words(text: &str) -> Vec<String> {
    split(text).map(plain).filter(|word| !COMMON.contains(&word.as_str())).collect()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// In lower case, any digit as 0: versions pass, names stay.
fn plain(word: &str) -> String {
    word.to_lowercase().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// FNV-1a of a feature's name, folded to the table.
fn slot(kind: &str, name: &str) -> usize {
    let bytes = kind.bytes().chain([b':']).chain(name.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    usize::try_from((hash ^ (hash >> 29)) & (SIZE as u64 - 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_picked_is_told_from_what_was_not_and_survives_its_file() {
        let titles: Vec<(String, bool)> = (0..60)
            .map(|n| match n % 3 {
                0 => (format!("Harness {n} for patient helpers"), true),
                1 => (format!("Bounds {n} on lattices"), false),
                _ => (format!("Segments {n} of leaves"), false),
            })
            .collect();
        let papers: Vec<Labelled<'_>> = titles
            .iter()
            .map(|(title, picked)| Labelled { text: Text { title, ..Text::default() }, picked: *picked })
            .collect();
        let taste = Taste::train(&papers);
        let of = |taste: &Taste, title| taste.margin(Text { title, ..Text::default() });
        assert!(of(&taste, "A harness for helpers") > of(&taste, "Bounds on leaves") + 1.0);
        assert_eq!(taste.words("Bounds on a Harness"), ["Harness"]);
        let read = Taste::read(&taste.write()).unwrap();
        assert!((of(&read, "A harness") - of(&taste, "A harness")).abs() < 0.1);
        assert!(Taste::read(b"hp01").is_none());
    }

    #[test]
    fn the_weights_that_ship_are_small_and_can_be_read() {
        let file = include_bytes!("taste.bin");
        assert!(file.len() < 200_000 && Taste::read(file).is_some());
    }
}
