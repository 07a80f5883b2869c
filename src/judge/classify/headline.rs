//! Whether a headline is written to be clicked: by its words, their order and its shape. How it capitalises is left out:
//! that tells one house from another, not bait from news.

use std::sync::LazyLock;

use super::learn::{self, Plan};
use super::tokens::{self, Token};
use super::{Feature, Weights, feature, shape, slots};

/// The one output.
const BAIT: &str = "bait";

static ENGLISH: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_bytes!("../weights/headline-en.bin")).unwrap_or_default());
static CHINESE: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_bytes!("../weights/headline-zh.bin")).unwrap_or_default());

/// A labelled headline.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// As published.
    pub title: String,
    /// What is behind it; may be empty.
    pub body: String,
    /// The label.
    pub bait: bool,
}

/// Log-odds that a headline is bait, and the words of it that speak most for it.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// Above 0: more likely than not, among headlines of general news.
    pub margin: f32,
    /// A verbatim slice of the title.
    pub reason: &'a str,
}

/// Judges a headline by the weights that ship.
pub fn judge<'a>(title: &'a str, body: &str) -> Verdict<'a> {
    judge_by(if tokens::is_chinese(title) { &CHINESE } else { &ENGLISH }, title, body)
}

/// Judges a headline by `weights`, which are of its language.
pub fn judge_by<'a>(weights: &Weights, title: &'a str, body: &str) -> Verdict<'a> {
    let features = features(title, body);
    Verdict { margin: weights.margin(0, &features), reason: weights.reason(0, &features, title) }
}

/// Whether the headline is judged by the Chinese weights.
pub fn is_chinese(title: &str) -> bool {
    tokens::is_chinese(title)
}

/// Trains the weights of one language.
pub fn train(set: &[&Labelled], chinese: bool) -> Weights {
    let plan = Plan {
        bits: if chinese { 15 } else { 17 },
        cost: if chinese { 30.0 } else { 60.0 },
        balanced: false,
    };
    let texts: Vec<Vec<u32>> =
        set.iter().map(|one| slots(&features(&one.title, &one.body), plan.bits)).collect();
    let labels = set.iter().map(|one| one.bait).collect();
    learn::pack(&texts, &[(BAIT.to_owned(), labels)], |_| plan)
}

fn features(title: &str, body: &str) -> Vec<Feature> {
    let chinese = tokens::is_chinese(title);
    let tokens = tokens::split(title);
    let mut found = shape::of(title, &tokens, chinese);
    if chinese {
        found.extend(sequences("c", &tokens, 1..=3));
        found.extend(shape::carried(title, body));
        found.extend(tokens.first().map(|token| feature("first", &token.text, token.span)));
        found.extend(tokens.last().map(|token| feature("last", &token.text, token.span)));
    } else {
        found.extend(sequences("w", &framed(&tokens), 1..=3));
        found.extend(tokens.iter().filter(|token| token.is_word()).flat_map(parts));
    }
    found
}

/// With a beginning and an end: what opens or closes a headline says more than where it stands else.
fn framed(tokens: &[Token]) -> Vec<Token> {
    let end = tokens.last().map_or(0, |token| token.span.1);
    let frame = |mark: &str, at: usize| Token { text: mark.to_owned(), span: (at, at) };
    [frame("^", 0)].into_iter().chain(tokens.iter().cloned()).chain([frame("$", end)]).collect()
}

/// Runs of so many tokens.
fn sequences(kind: &str, tokens: &[Token], lengths: std::ops::RangeInclusive<usize>) -> Vec<Feature> {
    let run = |window: &[Token]| {
        let text = window.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
        feature(kind, &text, (window[0].span.0, window[window.len() - 1].span.1))
    };
    lengths.flat_map(|length| tokens.windows(length).map(run)).collect()
}

/// Three to five letters in a row, the word's ends marked: endings, stems, made-up words.
fn parts(token: &Token) -> Vec<Feature> {
    let letters: Vec<char> = format!("_{}_", token.text).chars().collect();
    let part = |window: &[char]| feature("l", &window.iter().collect::<String>(), token.span);
    (3..=5).flat_map(|length| letters.windows(length).map(part)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bait_is_told_from_news_and_the_reason_stands_in_the_title() {
        let bait = "17 things you will never believe about your phone";
        let news = "Chip maker opens second plant in northern Sweden";
        assert!(judge(bait, "").margin > 3.0, "{:?}", judge(bait, ""));
        assert!(judge(news, "").margin < -3.0, "{:?}", judge(news, ""));
        assert!(bait.contains(judge(bait, "").reason));
    }

    #[test]
    fn chinese_bait_is_told_from_news() {
        assert!(judge("这个习惯，为什么你也该早点改？", "").margin > 0.0);
        assert!(
            judge("市气象台11月3日发布大风蓝色预警", "市气象台11月3日发布大风蓝色预警信号。").margin < 0.0
        );
    }

    #[test]
    fn a_title_without_words_is_judged_without_trouble() {
        for title in ["", "…", "7", "？！"] {
            assert!(judge(title, "").margin.is_finite());
        }
    }
}
