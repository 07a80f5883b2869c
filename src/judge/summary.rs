//! The rules' summary: the publisher's own sentences, chosen, never rewritten.

use std::sync::LazyLock;

use regex::Regex;

use super::{lexicon, sentences};
use crate::model::Summary;

/// Longest one-sentence summary, in characters (a Chinese one says as much in half).
const MAX_SHORT: usize = 240;
/// Longest three-sentence summary.
const MAX_LONG: usize = 640;
/// So many sentences of an article are looked at.
const HEAD: usize = 25;
/// Shorter is a heading or a caption: Latin letters, and Chinese characters.
const MIN_LATIN: usize = 28;
const MIN_HAN: usize = 14;

/// Sentences about the page instead of the news.
static BOILERPLATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:subscribe|sign up|read more|share this|click|follow us|photo|image|credit|source:|by [A-Z]\w+ [A-Z]\w+$|published|updated|advertisement|loading|skip to|comments?|copyright|©|arxiv:\d|table of contents|last updated|\d+ min(?:ute)? read|in this (?:post|article|tutorial))",
        r"|cookies?|newsletter|all rights reserved|privacy policy|terms of (?:use|service)|enable javascript|affiliate|subscribe to|share on|your browser|log in|sign in to",
        r"|点击(?:关注|上方|蓝字|查看)|关注(?:我们|公众号)|扫码|来源[：:]|作者[：:丨|]|编辑[：:丨|]|责编|转载|版权|原文链接|题图|图源|阅读原文|编译[：:丨|]|文[丨|]|广告"
    ))
    .ok()
});

/// "Authors: … Summary:" and "Abstract": labels before the text that they announce.
static LABELS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?s)^\s*(?:(?:Authors?|Published|Upvotes|作者)\s*[:：].{0,800}?)?(?:Summary|Abstract|TL;DR|摘要)(?:\s*[:：]\s*|\s+)").ok()
});

/// A summary made of sentences of `text`; of the title, if it has none worth reading.
pub fn extract(title: &str, text: &str) -> Summary {
    let text =
        LABELS.as_ref().and_then(|labels| labels.find(text)).map_or(text, |label| &text[label.end()..]);
    let candidates: Vec<&str> =
        sentences::split(text).into_iter().take(HEAD).filter(|sentence| is_worth(sentence, title)).collect();
    let Some(first) = candidates.first() else {
        return Summary { short: title.to_owned(), long: title.to_owned(), extracted: true };
    };
    let short = cut(first, MAX_SHORT);
    let mut chosen = vec![0];
    chosen.extend(telling(&candidates));
    chosen.sort_unstable();
    let mut long = String::new();
    for index in chosen {
        let sentence = cut(candidates[index], MAX_SHORT + MAX_SHORT / 2);
        if !long.is_empty() && long.chars().count() + sentence.chars().count() > MAX_LONG {
            break;
        }
        if !long.is_empty() && !long.ends_with(['。', '！', '？', '；', '”']) {
            long.push(' ');
        }
        long.push_str(&sentence);
    }
    Summary { short, long, extracted: true }
}

/// The two sentences after the first that carry most: numbers, something to touch, a comparison.
fn telling(candidates: &[&str]) -> Vec<usize> {
    let weigh = |sentence: &str| {
        2 * lexicon::count(&lexicon::MEASURED, sentence, 3)
            + 2 * lexicon::count(&lexicon::ARTIFACT, sentence, 1)
            + lexicon::count(&lexicon::BENCHMARK, sentence, 2)
    };
    let mut ranked: Vec<(usize, usize)> = candidates
        .iter()
        .enumerate()
        .skip(1)
        .take(12)
        .map(|(index, sentence)| (weigh(sentence), index))
        .collect();
    // Of equals the earlier one: news stands at the top.
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().take(2).map(|(_, index)| index).collect()
}

fn is_worth(sentence: &str, title: &str) -> bool {
    let n_han = sentence.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let long_enough = if n_han > 0 {
        n_han >= MIN_HAN || sentence.chars().count() >= MIN_LATIN
    } else {
        sentence.chars().count() >= MIN_LATIN
    };
    let is_boilerplate = BOILERPLATE.as_ref().is_some_and(|pattern| pattern.is_match(sentence));
    let is_list = sentence.matches(['|', '•', '›', '#', '{', '}']).count() > 2 || sentence.contains("://");
    // A heading has no end.
    let ends = sentence.ends_with(['.', '!', '?', '。', '！', '？', '；', '”', '"', ')', '）', '…', '」']);
    long_enough
        && ends
        && !is_boilerplate
        && !is_list
        && sentence.trim_end_matches(['.', '。']) != title.trim_end_matches(['.', '。'])
}

/// At most `max` characters, cut after a clause or word, marked.
pub fn cut(sentence: &str, max: usize) -> String {
    if sentence.chars().count() <= max {
        return sentence.to_owned();
    }
    let head: String = sentence.chars().take(max.saturating_sub(1)).collect();
    let at =
        head.rfind([',', ';', '，', '；', '、', ' ']).filter(|at| *at > head.len() / 2).unwrap_or(head.len());
    format!("{}…", head[..at].trim_end_matches([',', ';', '，', '；', '、', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_long_sentence_is_cut_after_a_clause() {
        let long = format!("{}, and more words after it.", "a word".repeat(50));
        assert!(cut(&long, 320).ends_with('…') && cut(&long, 320).chars().count() <= 320);
    }
}
