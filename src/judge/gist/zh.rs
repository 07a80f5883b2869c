//! The signs by which a clause of a Chinese abstract is weighed. Chinese sentences of abstracts are long chains of clauses: one of
//! them says what was done, and it can be read alone if it begins with its verb.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::{Candidate, sign};

/// Names and weights of the signs: first those of place, length and words, then those of [`PATTERNS`].
pub const WEIGHTS: [(&str, f64); 36] = [
    ("first", -0.003),
    ("near the top", 0.397),
    ("position", 0.073),
    ("last", 0.055),
    ("carries the rest", 1.525),
    ("under 10", -0.097),
    ("under 15", -0.123),
    ("under 20", -0.080),
    ("under 30", -0.033),
    ("under 40", -0.008),
    ("under 60", 0.063),
    ("had a lead-in", 0.011),
    ("latin", -0.348),
    ("ends a sentence", 0.021),
    ("first that says so", 0.078),
    ("opens and says so", 0.102),
    ("本文", 0.108),
    ("提出", 0.053),
    ("研究", 0.066),
    ("综述", 0.062),
    ("目的", 0.310),
    ("方法：", 0.145),
    ("结果", -0.080),
    ("认为", 0.053),
    ("问题", -0.026),
    ("number", -0.051),
    ("comparison", -0.162),
    ("基于", 0.350),
    ("的", 0.090),
    ("ends like a title", 0.075),
    ("pronoun", -0.028),
    ("goes on", -0.073),
    ("states", 0.002),
    ("by means", 0.005),
    ("针对", 0.070),
    ("begins with its verb", 0.170),
];

/// Before the words of a part of an abstract: 目的：…
static LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[\[【]?(?:目的与方法|目的和方法|材料与方法|资料与方法|结果与结论|目的|目标|方法|结果|结论|背景|摘要)(?:[\]】]\s*|[:：]\s*|\s+)").ok()
});
/// Who speaks and how: no part of what was done.
static LEAD_IN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:在?(?:本文|该文|本论文)中?|文章中?|文中|本研究|论文|笔者|作者|我们|本课题|本项目|",
        r"主要|重点|着重|简要|详细|系统地?|深入地?|初步|进一步|首先|最后|然后|其次|同时|并|还|从而|因此|所以|为此|将|拟|试图|旨在|分别|对此|较|全面|",
        r"的?目的在于|的?目的是|在此基础上|基于此)+"
    ))
    .ok()
});
const VERBS: &str = "提出|研究|探讨|分析|介绍|论述|阐述|综述|设计|建立|观察|评价|讨论|总结|比较|考察|描述|概述|开发|实现|给出|构建|了解|探索|指出|阐明|探究|论证|叙述|概括|评述|报道|说明|揭示|研制|制备|测定|回顾";

/// Patterns of the clause as it stands in the text, then of what would be printed.
static PATTERNS: LazyLock<[Vec<Regex>; 2]> = LazyLock::new(|| {
    let compile =
        |patterns: &[&str]| patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect();
    let whole = [
        r"^(?:在?(?:本文|该文|本论文)|文章|文中|本研究|论文|笔者|作者|我们|本课题|本项目)",
        r"提出|设计|建立|构建|开发|研制|实现|给出|制备",
        r"研究|探讨|探索|考察|观察|评价|讨论|分析|比较|测定|了解",
        r"综述|介绍|论述|阐述|概述|总结|评述|概括|叙述|简述",
        r"^[\[【]?目的",
        r"^[\[【]?(?:方法|结果|结论)",
        r"结果|表明|显示|证明",
        r"认为|指出",
        r"问题|困难|不足|然而|但|由于|缺",
        r"\d",
        r"[%％＜＞<>=±]",
        r"基于",
    ];
    let printed = [
        r"的",
        r"(?:研究|方法|分析|影响|应用|设计|关系|作用|技术|模型|系统|算法|特征|机制|策略|进展|对策|疗效|变化|效果|意义|问题|建议|规律|性能|特点)$",
        r"^[它其这该此他]",
        r"^(?:并|且|从而|而|也|则|以及|及|因此|同时|使|可以?|能|但|由于|随着|如何|是|为|已|有|又)",
        r"是|具有|已成为|作为",
        r"^(?:以|用|采用|利用|应用|通过|运用|从|根据|结合|在|当|按)",
        r"^(?:针对|对|为了?)",
        &format!("^(?:{VERBS})"),
    ];
    [compile(&whole), compile(&printed)]
});
const PRONOUN: usize = 2;
const GOES_ON: usize = 3;
const BY_MEANS: usize = 5;

/// The clauses of an abstract, each with its signs.
pub fn candidates(text: &str) -> Vec<Candidate> {
    let clauses = clauses(text);
    let pairs: Vec<HashSet<(char, char)>> = clauses.iter().map(|clause| pairs(clause.text)).collect();
    let mut counts: HashMap<(char, char), usize> = HashMap::new();
    for pair in pairs.iter().flatten() {
        *counts.entry(*pair).or_default() += 1;
    }
    let mut is_said = false;
    let mut candidates = Vec::with_capacity(clauses.len());
    for (index, clause) in clauses.iter().enumerate() {
        let printed = without_lead_in(clause.text);
        let [whole, own] = &*PATTERNS;
        let whole: Vec<bool> = whole.iter().map(|pattern| pattern.is_match(clause.text)).collect();
        let own: Vec<bool> = own.iter().map(|pattern| pattern.is_match(printed)).collect();
        let says = whole.iter().skip(1).take(3).any(|holds| *holds);
        let carried: usize =
            self::pairs(printed).iter().map(|pair| counts.get(pair).map_or(0, |n| n - 1)).sum();
        let n_chars = printed.chars().count();
        let n_latin = printed.chars().filter(char::is_ascii_alphabetic).count();
        let n_clauses = clauses.len() as f64;
        let mut signs = vec![
            sign(index == 0),
            1.0 / (1.0 + index as f64),
            index as f64 / (n_clauses - 1.0).max(1.0),
            sign(index + 1 == clauses.len()),
            carried as f64 / n_chars.max(1) as f64 / n_clauses.sqrt(),
        ];
        signs.extend([10, 15, 20, 30, 40, 60].map(|most| sign(n_chars < most)));
        signs.extend([
            sign(printed.len() != clause.text.len()),
            n_latin as f64 / n_chars.max(1) as f64,
            sign(clause.ends_sentence),
            sign(says && !is_said),
            sign(says && index == 0),
        ]);
        signs.extend(whole.iter().chain(&own).map(|holds| sign(*holds)));
        is_said |= says;
        let dangles = own[PRONOUN] || own[GOES_ON] || own[BY_MEANS] && !says;
        let reads_alone = !dangles && is_balanced(printed) && n_chars >= 6;
        candidates.push(Candidate { text: printed.to_owned(), signs, reads_alone });
    }
    candidates
}

struct Clause<'a> {
    text: &'a str,
    ends_sentence: bool,
}

/// Splits at marks of both scripts, but not inside brackets, and not at the point or comma of a number or name.
fn clauses(text: &str) -> Vec<Clause<'_>> {
    let mut clauses = Vec::new();
    let (mut start, mut is_inside, mut before) = (0, false, ' ');
    let mut chars = text.char_indices().peekable();
    while let Some((at, mark)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, c)| *c);
        match mark {
            '(' | '（' | '“' | '《' | '「' | '『' | '[' | '【' => is_inside = true,
            ')' | '）' | '”' | '》' | '」' | '』' | ']' | '】' => is_inside = false,
            _ => {}
        }
        let joins = matches!(mark, ',' | '.' | ':') && before.is_ascii_digit() && after.is_ascii_digit()
            || mark == '.' && before.is_ascii() && after.is_ascii_alphanumeric();
        let splits = match mark {
            '\n' | '。' => true,
            ',' | '，' | ';' | '；' | ':' | '：' | '.' | '!' | '！' | '?' | '？' => !joins && !is_inside,
            _ => false,
        };
        if splits {
            let ends_sentence = matches!(mark, '\n' | '。' | '.' | ';' | '；');
            clauses.push(Clause { text: text[start..at].trim(), ends_sentence });
            start = at + mark.len_utf8();
            is_inside = false;
        }
        before = mark;
    }
    clauses.push(Clause { text: text[start..].trim(), ends_sentence: true });
    clauses.retain(|clause| clause.text.chars().count() >= 4);
    clauses
}

fn without_lead_in(clause: &str) -> &str {
    let after = |pattern: &Option<Regex>, text: &str| {
        pattern.as_ref().and_then(|pattern| pattern.find(text)).map_or(0, |found| found.end())
    };
    let clause = &clause[after(&LABEL, clause)..];
    let rest = clause[after(&LEAD_IN, clause)..].trim_start();
    // 本文的方法 is no lead-in, and what is left must say something.
    if rest.starts_with('的') || rest.chars().count() < 6 { clause } else { rest }
}

fn pairs(text: &str) -> HashSet<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

fn is_balanced(text: &str) -> bool {
    let count = |mark: char| text.matches(mark).count();
    [('(', ')'), ('（', '）'), ('“', '”'), ('《', '》'), ('[', ']')]
        .iter()
        .all(|(open, close)| count(*open) == count(*close))
        && count('"').is_multiple_of(2)
}
