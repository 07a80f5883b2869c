//! A paper in one line: the sentence of its abstract that says what was done, without its lead-in; in Chinese the clause.
//!
//! Each candidate is weighed by a short list of signs: where it stands, how it speaks ("we propose", 本文提出), how much of
//! the title and of the rest it carries. The weights stand in `en.rs` and `zh.rs`; `headsup eval summary --fit`
//! makes them anew from a labelled set.

pub(super) mod en;
mod zh;

use crate::judge::sentences::is_han;

/// So much of a text is taken for the abstract, in characters.
const ABSTRACT: usize = 3_000;

/// A piece of the text that may stand for the whole.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What would be printed.
    pub text: String,
    /// Its signs, in the order of [`names`].
    pub signs: Vec<f64>,
    /// Whether a reader would understand it alone.
    pub reads_alone: bool,
}

/// The line for a paper; none if no piece of it reads alone.
pub fn choose(title: &str, text: &str) -> Option<String> {
    choose_by(&weights(text), candidates(title, text))
}

/// The heaviest candidate by other weights than ours.
pub fn choose_by(weights: &[f64], candidates: Vec<Candidate>) -> Option<String> {
    let weigh =
        |one: &Candidate| one.signs.iter().zip(weights).map(|(sign, weight)| sign * weight).sum::<f64>();
    let alone = candidates.into_iter().filter(|one| one.reads_alone);
    // Of equals the first.
    let best =
        alone.map(|one| (weigh(&one), one)).reduce(|best, one| if one.0 > best.0 { one } else { best });
    best.map(|(_, one)| one.text)
}

/// The pieces of a text, each with its signs.
pub fn candidates(title: &str, text: &str) -> Vec<Candidate> {
    let end = text.char_indices().nth(ABSTRACT).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    if is_chinese(text) { zh::candidates(text) } else { en::candidates(title, text) }
}

/// The names of the signs of a text in its language.
pub fn names(text: &str) -> Vec<&'static str> {
    table(text).iter().map(|(name, _)| *name).collect()
}

fn weights(text: &str) -> Vec<f64> {
    table(text).iter().map(|(_, weight)| *weight).collect()
}

fn table(text: &str) -> &'static [(&'static str, f64)] {
    if is_chinese(text) { &zh::WEIGHTS } else { &en::WEIGHTS }
}

/// Whether a text is read by characters.
pub fn is_chinese(text: &str) -> bool {
    let head = || text.chars().take(600);
    let n_han = head().filter(|c| is_han(*c)).count();
    n_han * 4 > head().filter(|c| c.is_alphabetic()).count()
}

/// Yes and no as numbers.
pub fn sign(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_sentence_that_says_what_was_done() {
        let text = "Long inputs cost much memory. Many have tried to cut it. In this paper, we propose FoldCache, a cache that \
            folds old keys of long inputs. Experiments show that it needs half the memory.";
        assert_eq!(
            choose("FoldCache: folding the keys of long inputs", text).as_deref(),
            Some("We propose FoldCache, a cache that folds old keys of long inputs.")
        );
    }

    #[test]
    fn the_clause_that_says_what_was_done() {
        let text = "随着输入越来越长,缓存占用的内存不断增加.本文提出一种折叠旧键的缓存压缩方法,在三个数据集上进行实验.结果表明,内存占用降低52.5%.";
        assert_eq!(choose("", text).as_deref(), Some("提出一种折叠旧键的缓存压缩方法"));
    }

    #[test]
    fn there_is_a_weight_for_every_sign() {
        for text in ["We halve the memory of training.", "本文提出一种压缩方法，降低内存占用。"]
        {
            for candidate in candidates("", text) {
                assert_eq!(candidate.signs.len(), names(text).len());
            }
        }
    }

    proptest! {
        #[test]
        fn it_never_panics_and_invents_nothing(text in "[a-zA-Z0-9 ,.;:()“”\"'一二本文提出研究的，。：；（）\n]{0,200}") {
            for candidate in candidates("a title", &text) {
                let mut rest = text.chars();
                for c in candidate.text.chars().filter(|c| !c.is_whitespace()) {
                    let stands = rest.any(|other| other.to_lowercase().eq(c.to_lowercase()));
                    prop_assert!(stands, "{c} of {}", candidate.text);
                }
            }
        }
    }
}
