//! Small classifiers, trained by `headsup train` on labelled sets that the operator has. Only weights of hashed features
//! are kept, so no word of a set can be read in them, and each answer names the words of its own text that decided it.

pub mod headline;
pub mod learn;
pub mod news;
mod shape;
mod softmax;
mod subject;
mod tokens;

use std::borrow::Cow;

/// First bytes of a file of weights, with the version of the features: old weights of new features would be noise.
const MAGIC: &[u8; 4] = b"hs01";
/// Longest name of an output, in bytes.
const MAX_NAME: usize = 60;

/// One feature of a text: a hash, and the bytes of the text that it was read from (none for the shape of the whole).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// FNV-1a of its name.
    pub hash: u64,
    /// From where.
    pub start: usize,
    /// To where.
    pub end: usize,
}

/// The feature called `kind` and `name`, read from `start..end`.
fn feature(kind: &str, name: &str, (start, end): (usize, usize)) -> Feature {
    let bytes = kind.bytes().chain([b':']).chain(name.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Feature { hash, start, end }
}

/// The places of `features` in a table of 2^`bits` weights, each once, in order.
pub fn slots(features: &[Feature], bits: u8) -> Vec<u32> {
    let mut slots: Vec<u32> = features.iter().map(|feature| slot(feature.hash, bits)).collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

fn slot(hash: u64, bits: u8) -> u32 {
    let folded = hash ^ (hash >> 29);
    u32::try_from(folded & ((1 << bits) - 1)).unwrap_or_default()
}

/// One or more linear functions over the same hashed features, in a byte a weight.
#[derive(Debug, Default)]
pub struct Weights {
    bits: u8,
    outputs: Vec<(String, f32)>,
    bytes: Cow<'static, [u8]>,
}

impl Weights {
    /// Packs trained functions. A byte holds the root of a weight: most are small, and none of those may become zero.
    pub fn pack(bits: u8, outputs: &[(String, Vec<f32>)]) -> Self {
        let mut packed = Self { bits, ..Self::default() };
        for (name, weights) in outputs {
            let largest = weights.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
            let root = |weight: &f32| (weight.abs() / largest).sqrt() * 127.0;
            let bytes = weights.iter().map(|weight| (root(weight).copysign(*weight).round() as i8) as u8);
            packed.outputs.push((name.clone(), largest));
            packed.bytes.to_mut().extend(bytes);
        }
        packed
    }

    /// Reads what `write` wrote; `None` if it is anything else.
    pub fn read(file: &'static [u8]) -> Option<Self> {
        let rest = file.strip_prefix(MAGIC)?;
        let (&[bits, n_outputs], mut rest) = rest.split_first_chunk::<2>()?;
        let mut outputs = Vec::new();
        for _ in 0..n_outputs {
            let (&[length], after) = rest.split_first_chunk::<1>()?;
            let (name, after) = after.split_at_checked(usize::from(length))?;
            let (largest, after) = after.split_first_chunk::<4>()?;
            outputs.push((String::from_utf8(name.to_vec()).ok()?, f32::from_le_bytes(*largest)));
            rest = after;
        }
        let whole = bits < 24 && rest.len() == outputs.len() << bits;
        whole.then_some(Self { bits, outputs, bytes: Cow::Borrowed(rest) })
    }

    /// As a file.
    pub fn write(&self) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend([self.bits, u8::try_from(self.outputs.len()).unwrap_or(u8::MAX)]);
        for (name, largest) in &self.outputs {
            let name = &name.as_bytes()[..name.len().min(MAX_NAME)];
            file.push(u8::try_from(name.len()).unwrap_or_default());
            file.extend(name);
            file.extend(largest.to_le_bytes());
        }
        file.extend(self.bytes.iter());
        file
    }

    /// Names of the outputs.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|(name, _)| name.as_str())
    }

    /// The log-odds that output `n` holds; 0 without weights.
    pub fn margin(&self, n: usize, features: &[Feature]) -> f32 {
        let slots = slots(features, self.bits);
        let sum: f32 = slots.iter().map(|slot| self.weight(n, *slot)).sum();
        sum / (slots.len().max(1) as f32).sqrt()
    }

    /// The log-odds of the output called `name`; 0 if there is none.
    pub fn margin_of(&self, name: &str, features: &[Feature]) -> f32 {
        self.names().position(|other| other == name).map_or(0.0, |n| self.margin(n, features))
    }

    fn weight(&self, n: usize, slot: u32) -> f32 {
        let at = (n << self.bits) + slot as usize;
        let (Some(byte), Some((_, largest))) = (self.bytes.get(at), self.outputs.get(n)) else { return 0.0 };
        let root = f32::from(*byte as i8) / 127.0;
        root * root.abs() * largest
    }

    /// The words of `text` that speak most for output `n`, as one verbatim slice of it: from the first to the last of
    /// the weightiest three.
    pub fn reason<'a>(&self, n: usize, features: &[Feature], text: &'a str) -> &'a str {
        let spans = tokens::spans(text);
        let mut weighty: Vec<(f32, (usize, usize))> = spans
            .iter()
            .map(|span| {
                let over = |f: &&Feature| f.start < span.1 && span.0 < f.end;
                let per_word = |f: &Feature| {
                    let n_words = spans.iter().filter(|span| f.start < span.1 && span.0 < f.end).count();
                    self.weight(n, slot(f.hash, self.bits)) / n_words.max(1) as f32
                };
                (features.iter().filter(over).map(per_word).sum::<f32>(), *span)
            })
            .filter(|(weight, _)| *weight > 0.0)
            .collect();
        weighty.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        weighty.truncate(3);
        let from = weighty.iter().map(|(_, span)| span.0).min().unwrap_or_default();
        let to = weighty.iter().map(|(_, span)| span.1).max().unwrap_or(text.len());
        text.get(from..to).unwrap_or(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_survive_their_file_and_rubbish_is_no_weights() {
        let mut table = vec![0.0; 16];
        (table[3], table[5]) = (2.0, -0.02);
        let packed = Weights::pack(4, &[("loud".to_owned(), table)]);
        let read = Weights::read(packed.write().leak()).unwrap();
        assert_eq!(read.names().collect::<Vec<_>>(), ["loud"]);
        assert!((read.weight(0, 3) - 2.0).abs() < 0.01 && (read.weight(0, 5) + 0.02).abs() < 0.003);
        assert_eq!(read.weight(0, 4), 0.0);
        assert!(Weights::read(b"").is_none() && Weights::read(b"hs01\x04\x01\x01").is_none());
    }

    #[test]
    fn the_weights_that_ship_can_be_read_and_are_small() {
        let files: [&[u8]; 3] = [
            include_bytes!("../weights/headline-en.bin"),
            include_bytes!("../weights/headline-zh.bin"),
            include_bytes!("../weights/news.bin"),
        ];
        assert!(files.iter().all(|file| Weights::read(Vec::from(*file).leak()).is_some()));
        assert!(files.iter().map(|file| file.len()).sum::<usize>() < 1_000_000);
    }
}
