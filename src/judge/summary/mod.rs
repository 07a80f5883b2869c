//! The rules' summary: the publisher's own sentences, chosen, never rewritten. Two doors: [`extract`] for news and [`of_paper`],
//! whose one line is the statement of an abstract (`gist.rs`).

mod roles;
mod worth;

use std::sync::LazyLock;

use regex::Regex;

use super::{gist, sentences};
use crate::model::Summary;
use roles::Chosen;
use worth::{is_worth, without_dateline};

/// Longest one-sentence summary, in characters (a Chinese one says as much in half).
const MAX_SHORT: usize = 240;
/// Longest sentence of the long summary, and longest long summary.
const MAX_SENTENCE: usize = 360;
const MAX_LONG: usize = 720;
/// So many sentences of an article are looked at.
const HEAD: usize = 30;

/// "Authors: … Summary:" and "Abstract": labels before the text that they announce.
static LABELS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?s)^\s*(?:(?:Authors?|Published|Upvotes|作者)\s*[:：].{0,800}?)?(?:Summary|Abstract|TL;DR|摘要)(?:\s*[:：]\s*|\s+)").ok()
});

/// A summary made of sentences of `text`; of the title, if it has none worth reading.
pub fn extract(title: &str, text: &str) -> Summary {
    let text = without_labels(text);
    let sentences = worth_reading(title, text);
    match roles::choose(title, &sentences) {
        Some(chosen) => summary_of(&sentences, chosen),
        None => {
            Summary { short: title.to_owned(), long: title.to_owned(), extracted: true, ..Summary::default() }
        }
    }
}

/// A summary of a paper: its one line is the statement of what was done.
pub fn of_paper(title: &str, text: &str) -> Summary {
    let text = without_labels(text);
    let Some(gist) = gist::choose(title, text) else { return extract(title, text) };
    let sentences = worth_reading(title, text);
    // Its first letter may have been made a capital one.
    let tail: String = gist.chars().skip(1).collect();
    let stated = sentences.iter().position(|sentence| sentence.contains(&tail));
    let short = cut(&gist, MAX_SHORT);
    match stated.map(|at| roles::choose_around(at, &sentences)) {
        Some(chosen) => Summary { short, ..summary_of(&sentences, chosen) },
        None => Summary { short, ..extract(title, text) },
    }
}

fn without_labels(text: &str) -> &str {
    LABELS.as_ref().and_then(|labels| labels.find(text)).map_or(text, |label| &text[label.end()..])
}

fn worth_reading<'a>(title: &str, text: &'a str) -> Vec<&'a str> {
    let head = sentences::split(text).into_iter().take(HEAD);
    head.filter(|sentence| is_worth(sentence, title)).map(without_dateline).collect()
}

/// The chosen ones in the order of the text.
fn summary_of(sentences: &[&str], chosen: Chosen) -> Summary {
    let of = |at: Option<usize>| at.map(|at| cut(sentences[at], MAX_SENTENCE)).unwrap_or_default();
    let mut order: Vec<usize> =
        [Some(chosen.happened), chosen.new, chosen.matters].into_iter().flatten().collect();
    order.sort_unstable();
    let mut long = String::new();
    for at in order {
        let sentence = cut(sentences[at], MAX_SENTENCE);
        let fits = long.chars().count() + sentence.chars().count() <= MAX_LONG;
        if !(long.is_empty() || fits) {
            continue;
        }
        if !long.is_empty() && !long.ends_with(['。', '！', '？', '；', '”', '」', '）', '…']) {
            long.push(' ');
        }
        long.push_str(&sentence);
    }
    Summary {
        short: cut(sentences[chosen.happened], MAX_SHORT),
        long,
        extracted: true,
        happened: of(Some(chosen.happened)),
        new: of(chosen.new),
        matters: of(chosen.matters),
        unknown: Vec::new(),
    }
}

/// At most `max` characters, cut after a clause or word, marked; never inside a quotation or a number.
pub fn cut(sentence: &str, max: usize) -> String {
    let Some((most, _)) = sentence.char_indices().nth(max.saturating_sub(1)) else {
        return sentence.to_owned();
    };
    if sentence[most..].chars().nth(1).is_none() {
        return sentence.to_owned();
    }
    let quoted = sentences::quotations(sentence);
    let is_open = |at: usize| quoted.iter().any(|(open, close)| *open < at && at < *close);
    let last = |marks: &[char], from: usize| {
        let mut places = sentence[..most].rmatch_indices(marks).map(|(at, _)| at);
        places.find(|at| *at > from && !is_open(*at) && !is_in_number(sentence, *at))
    };
    let at = last(&[',', ';', '，', '；', '—', '：'], most * 2 / 5)
        .or_else(|| last(&[' ', '、'], 0))
        .unwrap_or(most);
    format!("{}…", sentence[..at].trim_end_matches([',', ';', '，', '；', '、', ' ', '—', '：']))
}

/// "1,200": the mark at `at` stands between two digits.
fn is_in_number(text: &str, at: usize) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    digit(text[..at].chars().next_back()) && digit(text[at..].chars().nth(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_sentence_and_the_ones_with_facts() {
        let text = "Subscribe to our newsletter for more stories like this one.\n\nAcme released a small model for phones on Tuesday. \
            The team spent a long time on it and is happy about the result. It answers in 38 ms and needs 2 GB of memory. \
            Weights are available under Apache 2.0 on the usual sites.";
        let summary = extract("Acme ships a model", text);
        assert_eq!(summary.short, "Acme released a small model for phones on Tuesday.");
        assert!(summary.long.contains("38 ms") && summary.long.contains("Apache 2.0"), "{}", summary.long);
        assert!(!summary.long.contains("newsletter") && summary.extracted);
    }

    #[test]
    fn chinese_sentences_stand_without_spaces() {
        let text = "点击关注我们的公众号。某公司周二发布了面向手机的小型语言模型。模型在手机上的首字延迟为38毫秒，占用内存2GB。";
        let summary = extract("标题", text);
        assert_eq!(
            summary.long,
            "某公司周二发布了面向手机的小型语言模型。模型在手机上的首字延迟为38毫秒，占用内存2GB。"
        );
    }

    #[test]
    fn nothing_worth_reading_leaves_the_title() {
        assert_eq!(extract("A title", "").short, "A title");
        assert_eq!(extract("A title", "Menu\nHome\nAbout us").long, "A title");
    }

    #[test]
    fn labels_before_the_text_are_no_part_of_it() {
        let text = "Authors: A. One, B. Two Upvotes: 12 Summary: We halve the memory of training with a new optimiser for large models.";
        assert_eq!(
            extract("t", text).short,
            "We halve the memory of training with a new optimiser for large models."
        );
        let text = "Abstract We halve the memory of training with a new optimiser for large models.";
        assert!(extract("t", text).short.starts_with("We halve"));
    }

    #[test]
    fn a_paper_states_what_was_done() {
        let text = "Abstract: Long inputs cost much memory. In this work, we present FoldCache, a cache that folds old keys. \
            It needs 52% less memory on three datasets. The code is available at github.com/acme/foldcache.";
        let summary = of_paper("FoldCache: folding old keys", text);
        assert_eq!(summary.short, "We present FoldCache, a cache that folds old keys.");
        assert!(summary.happened.starts_with("In this work,") && summary.new.contains("52%"), "{summary:?}");
    }

    #[test]
    fn a_cut_opens_no_quotation_and_no_number() {
        let sentence = format!("Acme said “{}” to 1,200 people, and left.", "we are very happy ".repeat(9));
        assert_eq!(cut(&sentence, 120), "Acme said…");
        let sentence = "Acme has sold 1,200,000 of them";
        assert_eq!(cut(sentence, 22), "Acme has sold…");
    }

    #[test]
    fn a_long_sentence_is_cut_after_a_clause() {
        let long = format!("{}, and more words after it.", "a word".repeat(50));
        assert!(cut(&long, 320).ends_with('…') && cut(&long, 320).chars().count() <= 320);
    }

    proptest! {
        #[test]
        fn it_never_panics_and_quotes_the_text(text in "[a-zA-Z0-9 .,!?“”\"()；一二发布模型的。，：—\n]{0,300}", max in 1_usize..60) {
            let summary = extract("", &text);
            for part in [&summary.short, &summary.happened, &summary.new, &summary.matters] {
                prop_assert!(text.contains(part.trim_end_matches('…')), "{part}");
            }
            let _ = of_paper("", &text);
            prop_assert!(cut(&text, max).chars().count() <= max + 1);
        }
    }
}
