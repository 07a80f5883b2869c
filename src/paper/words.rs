//! The fixed words of a paper's guide and of the learning path, in both languages.

use crate::model::{ArtifactKind, Language, SignalKind, Step};

/// Key, English, 简体中文.
const WORDS: &[(&str, &str, &str)] = &[
    // headings
    ("why-this", "Why this one", "为什么选它"),
    ("says", "What it says, in its own sentences", "它说了什么（原文摘句）"),
    ("before", "Know this first", "先弄懂这些"),
    ("earlier", "we told of it", "此前报道"),
    ("read", "What to read, in this order", "按这个顺序读"),
    ("figure", "The figure to look at", "值得看的一张图"),
    ("try", "How to try it", "怎么动手试"),
    ("doubt", "What to doubt", "读时存疑"),
    ("runners-up", "Runners-up", "其他候选"),
    ("last", "Last month's pick, in hindsight", "回看上期论文"),
    ("step", "Step on the learning path", "学习路径中的位置"),
    ("learn", "Learning path", "学习路径"),
    ("read-paper", "Read the paper", "阅读论文"),
    ("glossary", "Short glossary", "小词典"),
    ("shortlist", "How it was chosen", "怎么选出来的"),
    // roles of sentences
    ("problem", "problem", "问题"),
    ("idea", "idea", "思路"),
    ("how", "how", "做法"),
    ("result", "result", "结果"),
    ("offer", "to have", "可获取"),
    ("limit", "limit", "局限"),
    // what a section is to a reader
    ("start", "what it is about", "讲什么"),
    ("limits", "what it does not do, before you believe it", "先看它做不到什么"),
    ("core", "how it works", "怎么做到的"),
    ("evidence", "whether it holds", "结果站不站得住"),
    // doubts
    (
        "limits-unread",
        "We could read its abstract only, so its limits are not known to us.",
        "我们只读到摘要，不清楚它的局限。",
    ),
    ("no-limits", "The paper names no limits of its own.", "论文没有写自己的局限。"),
    ("no-code", "There is no code to check it with.", "没有可供核对的代码。"),
    (
        "no-link",
        "It promises code or data, but we found no link.",
        "文中承诺提供代码或数据，但我们没找到链接。",
    ),
    (
        "own-claims",
        "All figures are the authors' own; nobody else has reported on it yet.",
        "所有数字都出自作者，暂无他人佐证。",
    ),
    ("no-numbers", "The abstract gives no figure to compare with.", "摘要里没有可比较的数字。"),
    ("preprint", "A preprint: no reviewer may have seen it.", "这是预印本，可能还没有同行评审。"),
    // why not
    ("beaten", "lost the comparison", "对比中落败"),
    ("same-group", "passed over: its group was chosen last month", "上期刚选过同一团队，这次跳过"),
    (
        "thin",
        "passed over: too little to use, check or doubt",
        "内容太单薄（缺少代码、数字、外界关注或局限说明），跳过",
    ),
    ("pinned", "the operator chose another", "编者另选了一篇"),
    ("chosen", "chosen", "入选"),
    ("hardware", "ran on", "运行环境"),
    ("no-hardware", "what hardware it needs is not said", "没有说明需要什么硬件"),
    (
        "nothing-to-try",
        "nothing to run: no code, weights or data are offered",
        "没有可运行的东西：未提供代码、权重或数据",
    ),
    ("publisher-words", "“…” marks the paper's own words.", "引号内为论文原文。"),
    (
        "path-intro",
        "Stories and papers by what you do with them: start at the top, go down as far as you need.",
        "按“拿来做什么”排列的文章和论文：从上往下读，够用为止。",
    ),
    ("all-of-step", "all of this step", "这一步的全部内容"),
    ("offered", "code or data", "代码或数据"),
    ("together", "together", "合计"),
    ("nothing-here", "Nothing on this step yet.", "这一步暂时没有内容。"),
];

/// Steps: key, English, 简体中文, and what one learns there.
const STEPS: &[(Step, [&str; 2], [&str; 2])] = &[
    (
        Step::Use,
        ["use it", "用起来"],
        [
            "Models and products to use as they are, with price and licence.",
            "拿来就能用的模型和产品，附价格与许可。",
        ],
    ),
    (
        Step::Prompt,
        ["prompt it", "问得好"],
        [
            "How to ask, what to put into the context, and when not to trust the answer.",
            "怎么提问、上下文放什么，以及什么时候不能信答案。",
        ],
    ),
    (
        Step::Build,
        ["build with it", "搭系统"],
        ["Agents, retrieval, serving: programs around a model.", "智能体、检索、部署：围绕模型写程序。"],
    ),
    (
        Step::Adapt,
        ["adapt it", "改模型"],
        [
            "Fine-tuning, distilling, compressing: making a model one's own.",
            "微调、蒸馏、压缩：让模型变成自己的。",
        ],
    ),
    (
        Step::Understand,
        ["understand why", "懂原理"],
        [
            "Analyses and measurements: why it works, and where it does not.",
            "分析与测量：为什么行，哪里不行。",
        ],
    ),
];

fn place(language: Language) -> usize {
    match language {
        Language::En => 0,
        Language::Zh => 1,
    }
}

/// A fixed word; what is unknown stays its key.
pub fn word(key: &str, language: Language) -> &str {
    let found = WORDS.iter().find(|word| word.0 == key);
    found.map_or(key, |word| [word.1, word.2][place(language)])
}

/// A step's name.
pub fn step(step: Step, language: Language) -> &'static str {
    STEPS.iter().find(|known| known.0 == step).map_or("", |known| known.1[place(language)])
}

/// What one learns on a step.
pub fn step_about(step: Step, language: Language) -> &'static str {
    STEPS.iter().find(|known| known.0 == step).map_or("", |known| known.2[place(language)])
}

/// What there is to try.
pub fn artifact(kind: ArtifactKind, language: Language) -> &'static str {
    let words = match kind {
        ArtifactKind::Paper => ["paper", "论文"],
        ArtifactKind::Code => ["code", "代码"],
        ArtifactKind::Weights => ["weights or data", "权重或数据"],
        ArtifactKind::Api => ["interface", "接口"],
        ArtifactKind::Price => ["price", "价格"],
    };
    words[place(language)]
}

/// A reason in words, from its flag and what stands with it.
pub fn reason(flag: &str, quote: &str, language: Language) -> String {
    let en = language == Language::En;
    let said = |en_words: &str, zh_words: &str| if en { en_words.to_owned() } else { zh_words.to_owned() };
    match flag {
        "taste" if quote.is_empty() => {
            said("the kind of paper that experts recommend to programmers", "属于行家会推荐给程序员的论文")
        }
        "taste" if en => {
            format!("the kind of paper that experts recommend to programmers (by its words: {quote})")
        }
        "taste" => format!("属于行家会推荐给程序员的论文（看题目用词：{}）", quote.replace(", ", "、")),
        "listed" => counts(quote, language),
        "popular" if quote.is_empty() => {
            said("too few papers of its week were voted on to compare", "当周有投票的论文太少，无从比较")
        }
        "popular" if en => format!(
            "more attention than {quote}% of the papers of its week that were voted on, at the same age"
        ),
        "popular" => format!("同龄比较，关注度高于当周 {quote}% 有投票的论文"),
        "corroborated" if en && quote == "1" => "one independent source mentions it".to_owned(),
        "corroborated" if en => format!("{quote} independent sources mention it"),
        "corroborated" => format!("{quote} 家独立来源提到它"),
        "alive" => said("its code was still there when we looked", "我们查看时代码仍在"),
        "code" => said("it says that there is code or data", "文中称有代码或数据"),
        "weights" => said("weights can be had", "权重可下载"),
        "numbers" => said("it gives figures", "给出了具体数字"),
        "limits" => said("it says what it does not do", "写明了做不到什么"),
        "readable" => said("a programmer can read it", "程序员读得懂"),
        "evidence" if en => format!("evidence, by the same score as all stories: {quote}"),
        "evidence" => format!("证据评分（与其他文章同一标准）：{quote}"),
        "focus" => {
            let names: Vec<String> = quote.split(' ').map(|key| focus(key, language)).collect();
            let names = names.join(if en { ", " } else { "、" });
            if en {
                format!("one of our long-term questions: {names}")
            } else {
                format!("属于长期关注：{names}")
            }
        }
        _ => flag.to_owned(),
    }
}

fn focus(key: &str, language: Language) -> String {
    let words = match key {
        "multimodal" => ["multimodal", "多模态"],
        "efficiency" => ["cheaper training and inference", "降低训练与推理成本"],
        "privacy" => ["privacy and private deployment", "隐私与私有部署"],
        _ => return key.to_owned(),
    };
    words[place(language)].to_owned()
}

/// "upvotes:12 comments:3" → "12 votes, 3 comments".
fn counts(quote: &str, language: Language) -> String {
    let one = |part: &str| {
        let (kind, n) = part.split_once(':')?;
        let words = match kind.parse::<SignalKind>().ok()? {
            SignalKind::Points | SignalKind::Upvotes => ["votes", "票"],
            SignalKind::Likes => ["likes", "个赞"],
            SignalKind::Stars => ["stars", "颗星"],
            SignalKind::Comments => ["comments", "条评论"],
            SignalKind::Downloads => ["downloads", "次下载"],
        };
        let word = words[place(language)];
        Some(match language {
            Language::En if n == "1" => format!("1 {}", word.trim_end_matches('s')),
            _ => format!("{n} {word}"),
        })
    };
    let parts: Vec<String> = quote.split(' ').filter_map(one).collect();
    match language {
        Language::En => format!("readers' sites list it: {}", parts.join(", ")),
        Language::Zh => format!("读者社区收录：{}", parts.join("、")),
    }
}

/// "4 minutes".
pub fn minutes(n: u32, language: Language) -> String {
    match language {
        Language::En => format!("{n} min"),
        Language::Zh => format!("{n} 分钟"),
    }
}

/// How the choice was made.
pub fn choice(n: usize, n_short: usize, judge: &str, language: Language) -> String {
    let en = language == Language::En;
    let by = match (judge, en) {
        ("rules", true) => "by fixed rules, no model".to_owned(),
        ("rules", false) => "固定规则，未使用模型".to_owned(),
        ("operator", true) => "and this one was pinned by the operator".to_owned(),
        ("operator", false) => "最终由编者指定".to_owned(),
        (model, true) => format!("by {model}, rules where it could not tell"),
        (model, false) => format!("由 {model} 判断，难分时按规则"),
    };
    match (n, n_short, en) {
        (1, _, true) => "The only paper announced 10 to 45 days before.".to_owned(),
        (1, _, false) => "10 至 45 天前发布的论文只有这一篇。".to_owned(),
        (_, _, true) => format!(
            "{n} papers announced 10 to 45 days before were weighed, {n_short} of them compared in pairs, {by}."
        ),
        (_, _, false) => {
            format!("给 10 至 45 天前发布的 {n} 篇论文打分，其中 {n_short} 篇两两比较（{by}）。")
        }
    }
}

/// What became of the pick before.
pub fn hindsight(before: usize, now: usize, n_updates: usize, language: Language) -> String {
    let (more, en) = (now.saturating_sub(before), language == Language::En);
    match (more, n_updates, en) {
        (0, 0, true) => "Nobody else has taken it up since.".to_owned(),
        (0, 0, false) => "此后没有其他来源再提到它。".to_owned(),
        (_, _, true) => {
            let sources = if more == 1 { "source has" } else { "sources have" };
            let stories = if n_updates == 1 { "story goes" } else { "stories go" };
            format!("{more} more independent {sources} told of it since; {n_updates} {stories} on from it.")
        }
        (_, _, false) => format!("此后又有 {more} 家独立来源提到它，后续报道 {n_updates} 篇。"),
    }
}

/// "won 5 of 7".
pub fn won(n_won: usize, n_short: usize, language: Language) -> String {
    let of = n_short.saturating_sub(1);
    match language {
        Language::En => format!("won {n_won} of {of} comparisons"),
        Language::Zh => format!("{of} 次对比中胜 {n_won} 次"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_exists_once_and_in_both_languages() {
        let keys: std::collections::BTreeSet<_> = WORDS.iter().map(|word| word.0).collect();
        assert_eq!(keys.len(), WORDS.len());
        assert!(WORDS.iter().all(|word| !word.1.is_empty() && !word.2.is_empty()));
        assert_eq!(STEPS.len(), Step::ALL.len());
    }

    #[test]
    fn reasons_read_as_sentences() {
        assert_eq!(
            reason("listed", "upvotes:12 comments:1", Language::En),
            "readers' sites list it: 12 votes, 1 comment"
        );
        assert_eq!(reason("listed", "upvotes:12 stars:40", Language::Zh), "读者社区收录：12 票、40 颗星");
        assert_eq!(reason("focus", "efficiency", Language::Zh), "属于长期关注：降低训练与推理成本");
        assert_eq!(
            hindsight(1, 3, 1, Language::En),
            "2 more independent sources have told of it since; 1 story goes on from it."
        );
    }
}
