//! No fact without a source: every number and every Latin name of a sentence must stand in the story's own articles.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::amount;

/// Names that a Chinese article writes in characters and an English sentence in letters, and the other way round.
const ALIASES: [(&str, &str); 28] = [
    ("google", "谷歌"),
    ("microsoft", "微软"),
    ("nvidia", "英伟达"),
    ("apple", "苹果"),
    ("amazon", "亚马逊"),
    ("alibaba", "阿里"),
    ("tencent", "腾讯"),
    ("baidu", "百度"),
    ("bytedance", "字节"),
    ("huawei", "华为"),
    ("deepseek", "深度求索"),
    ("moonshot", "月之暗面"),
    ("zhipu", "智谱"),
    ("xiaomi", "小米"),
    ("meituan", "美团"),
    ("intel", "英特尔"),
    ("tesla", "特斯拉"),
    ("samsung", "三星"),
    ("tsmc", "台积电"),
    ("stanford", "斯坦福"),
    ("tsinghua", "清华"),
    ("shanghai", "上海"),
    ("beijing", "北京"),
    ("china", "中国"),
    ("chinese", "中国"),
    ("europe", "欧"),
    ("european", "欧"),
    ("us", "美国"),
];

/// Capitalised words that are no names.
const COMMON: [&str; 44] = [
    "the",
    "a",
    "an",
    "it",
    "its",
    "this",
    "that",
    "these",
    "those",
    "in",
    "on",
    "at",
    "for",
    "with",
    "and",
    "or",
    "but",
    "to",
    "of",
    "by",
    "from",
    "as",
    "he",
    "she",
    "they",
    "we",
    "their",
    "new",
    "now",
    "ai",
    "llm",
    "llms",
    "api",
    "gpu",
    "gpus",
    "i",
    "researchers",
    "company",
    "model",
    "models",
    "according",
    "after",
    "while",
    "when",
];

/// What the articles of a story say, prepared for many questions.
pub struct Sources {
    values: Vec<f64>,
    words: HashSet<String>,
    text: String,
}

/// A sentence held against the sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Numbers and names that were looked up.
    pub checked: u32,
    /// How many of them stand nowhere.
    pub missing: u32,
}

impl Sources {
    /// Reads the articles' titles and texts.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let text = texts.into_iter().collect::<Vec<_>>().join("\n").to_lowercase();
        let mut values: Vec<f64> = amount::amounts(&text).iter().map(|amount| amount.value).collect();
        values.extend(amount::words(&text));
        let words = names(&text).map(str::to_lowercase).collect();
        Self { values, words, text }
    }

    /// Holds one sentence against the articles.
    pub fn hold(&self, sentence: &str) -> Held {
        let mut held = Held::default();
        for amount in amount::amounts(sentence) {
            held.checked += 1;
            if !self.values.iter().any(|value| amount::same(*value, amount.value)) {
                held.missing += 1;
            }
        }
        for name in proper_names(sentence) {
            held.checked += 1;
            if !self.knows(name) {
                held.missing += 1;
            }
        }
        held
    }

    /// Whether `quote` stands in the articles, whatever its white space, case and quotation marks.
    pub fn quotes(&self, quote: &str) -> bool {
        let wanted = normal(quote);
        wanted.chars().count() >= 4 && normal(&self.text).contains(&wanted)
    }

    fn knows(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let alias = |pair: &&(&str, &str)| pair.0 == lower;
        self.words.contains(&lower)
            || lower.strip_suffix("'s").is_some_and(|stem| self.words.contains(stem))
            || ALIASES.iter().find(alias).is_some_and(|(_, chinese)| self.text.contains(chinese))
            || lower.contains('-') && lower.split('-').all(|part| self.words.contains(part))
    }
}

/// Words that must have been read somewhere: with a capital inside a sentence, or with capitals or digits inside.
fn proper_names(sentence: &str) -> impl Iterator<Item = &str> {
    let start = sentence.trim_start_matches(|c: char| !c.is_alphanumeric());
    let first = names(start).next().unwrap_or_default();
    let first_at = first.as_ptr();
    names(sentence).filter(move |word| {
        let has_digit = word.chars().any(|c| c.is_ascii_digit());
        let only_digits = word.chars().all(|c| c.is_ascii_digit() || ".,".contains(c));
        let inner_capital = word.chars().skip(1).any(|c| c.is_ascii_uppercase());
        let capital = word.chars().next().is_some_and(|c| c.is_ascii_uppercase());
        let begins = word.as_ptr() == first_at;
        let is_name =
            (capital && !begins) || inner_capital || (has_digit && word.chars().any(char::is_alphabetic));
        // "38ms" and "7B" are amounts.
        let is_amount = word.starts_with(|c: char| c.is_ascii_digit());
        is_name && !only_digits && !is_amount && !COMMON.contains(&word.to_lowercase().as_str())
    })
}

/// Latin words with their inner marks: "GPT-4.1", "vLLM", "O'Reilly".
fn names(text: &str) -> impl Iterator<Item = &str> {
    static WORD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[A-Za-z0-9]+(?:[-.'’_][A-Za-z0-9]+)*").ok());
    WORD.iter().flat_map(move |word| word.find_iter(text)).map(|found| found.as_str())
}

/// Lower case, single spaces, plain quotation marks.
fn normal(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .chars()
        .map(|c| match c {
            '“' | '”' | '„' | '「' | '」' => '"',
            '‘' | '’' => '\'',
            '–' | '—' => '-',
            other => other,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        Sources::new([
            "Acme raised $180 million from Sequoia for its Falcon-3 model with four “fast” modes, 谷歌 took part.",
        ])
    }

    #[test]
    fn what_stands_in_the_articles_is_kept() {
        for sentence in [
            "Acme raised 1.8亿美元。",
            "Falcon-3 has 4 modes.",
            "Google took part with Sequoia.",
            "The round was $180M.",
        ] {
            let held = sources().hold(sentence);
            assert_eq!(held.missing, 0, "{sentence}");
            assert!(held.checked > 0, "{sentence}");
        }
    }

    #[test]
    fn what_stands_nowhere_is_missed() {
        for sentence in [
            "Acme 融资180万美元。",
            "The money came from Benchmark and Sequoia.",
            "Its Falcon-4 model follows.",
            "It grew by 12%.",
        ] {
            assert!(sources().hold(sentence).missing > 0, "{sentence}");
        }
    }

    #[test]
    fn a_quote_is_verbatim_up_to_its_marks() {
        assert!(sources().quotes("four \"fast\"  modes"));
        assert!(!sources().quotes("five fast modes"));
        assert!(!sources().quotes(""));
    }
}
