//! Every fixed word of an issue, in both languages. Templates hold none.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use crate::model::{IssueContent, IssueKind, Language};

/// Words that templates look up by key: key, English, 简体中文.
const WORDS: &[(&str, &str, &str)] = &[
    ("brand", "headsup 抬头", "抬头 headsup"),
    ("weekly", "Weekly", "周刊"),
    ("paper", "Paper of the month", "本月论文"),
    ("leads", "What matters most", "最重要的"),
    ("company", "Companies and models", "公司与模型"),
    ("funding", "Funding", "融资"),
    ("research", "Research", "研究"),
    ("open-source", "Open source and tools", "开源与工具"),
    ("industry", "Industry", "行业"),
    ("focus-multimodal", "Long view: multimodal", "长期关注：多模态"),
    ("focus-efficiency", "Long view: cheaper training and inference", "长期关注：降低训练与推理成本"),
    ("focus-privacy", "Long view: privacy and private deployment", "长期关注：隐私与私有部署"),
    ("rumours", "Rumours, not confirmed", "传闻，未经证实"),
    ("dropped", "Loud, but left out", "声量很大，但没有收录"),
    ("runners-up", "Runners-up", "其他候选"),
    ("why-this", "Why this one", "为什么选它"),
    ("read-paper", "Read the paper", "阅读论文"),
    ("colon", ": ", "："),
    ("also", "also told by", "另见"),
    ("evidence", "Evidence", "证据"),
    ("caution", "Caution", "存疑"),
    ("reason", "Left out because", "未收录原因"),
    ("why", "why", "评分依据"),
    ("was-hype", "was this hype?", "是炒作吗？"),
    ("was-wrong", "was this wrong?", "有误吗？"),
    ("was-either", "Hype? Wrong?", "是炒作？有误？"),
    ("errata", "Corrections", "更正"),
    ("read-on-web", "Read on the web", "网页版"),
    ("other-language", "中文版", "English edition"),
    ("archive", "All issues", "往期"),
    ("unsubscribe", "Unsubscribe", "退订"),
    ("more", "More stories are in the web edition.", "其余内容见网页版。"),
    ("unknown", "Not said", "文中未提"),
    ("publisher-words", "“…” marks the publisher's own words.", "引号内为原文摘录。"),
];

/// Flags of a score, reasons of leaving out, reasons for the paper: key, English, 简体中文.
const FLAGS: &[(&str, &str, &str)] = &[
    ("primary", "first-hand source", "一手来源"),
    ("numbers", "figures", "有数据"),
    ("artifact", "code, weights or data to try", "有代码、权重或数据"),
    ("corroborated", "told by independent sources", "多家独立来源"),
    ("benchmark", "benchmark with details", "有基准测试细节"),
    ("focus", "one of the long-term questions", "属于长期关注方向"),
    ("vendor-claim", "only the vendor says so", "仅厂商自述"),
    ("sensational", "sensational wording", "措辞夸张"),
    ("no-artifact", "nothing to try or check", "没有可验证的成果"),
    ("future", "announced, not delivered", "只是预告，尚未交付"),
    ("anonymous", "anonymous sources", "匿名消息"),
    ("headline", "the headline promises more than the text", "标题言过其实"),
    ("list-bait", "list without news", "清单式标题"),
    ("clickbait", "a headline made to be clicked", "标题党"),
    ("compared", "compared with its neighbour at the last place", "与临界处的邻近条目比较过"),
    ("injection", "gives orders to machines that read it", "向读它的机器下命令"),
    ("stock-tip", "advice on shares", "荐股内容"),
    ("press-release", "only paid press releases tell it", "仅见于付费新闻稿"),
    ("promo", "advertising", "推广内容"),
    ("off-topic", "not about AI", "与 AI 无关"),
    ("low-score", "too little evidence", "证据不足"),
    ("hype", "more hype than evidence", "炒作多于证据"),
    ("rumour", "not confirmed", "未经证实"),
    ("rumour-thin", "rumour without a second source", "传闻，且无第二来源"),
    ("big-company", "a company that many depend on", "影响面广的公司"),
    ("thin", "nothing but a headline", "只有标题"),
    ("independent", "measured by somebody else", "有第三方验证"),
    ("one-voice", "enough of this source already", "同一来源的条目已够多"),
    ("no-room", "good enough, but the issue was full", "合格，但篇幅已满"),
    ("code", "there is something to run", "有可运行的代码"),
    ("readable", "a programmer can read it", "程序员读得懂"),
    ("evidence", "score of the judge", "评审得分"),
    ("multimodal", "multimodal", "多模态"),
    ("efficiency", "cheaper training and inference", "降低训练与推理成本"),
    ("privacy", "privacy and private deployment", "隐私与私有部署"),
];

/// What the articles leave open (`judge/unknown.rs`): key, English, 简体中文.
const OPEN: &[(&str, &str, &str)] = &[
    ("licence", "the licence", "许可证"),
    ("weights", "whether the weights can be had", "权重是否开放"),
    ("price", "the price", "价格"),
    ("measured", "any measurement by others", "第三方评测"),
    ("amount", "the amount", "金额"),
    ("lead", "who led the round", "领投方"),
    ("valuation", "the valuation", "估值"),
    ("code", "any code", "代码"),
    ("date", "a date", "时间"),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// All words of one language, for the templates.
pub fn all(language: Language) -> BTreeMap<&'static str, &'static str> {
    WORDS.iter().map(|word| (word.0, in_language(word, language))).collect()
}

/// One of the words that templates know; what is unknown stays its key.
pub fn word(key: &str, language: Language) -> &str {
    WORDS.iter().find(|word| word.0 == key).map_or(key, |word| in_language(word, language))
}

/// A flag, a reason or a focus in words; what is unknown stays its key.
pub fn flag(key: &str, language: Language) -> &str {
    FLAGS.iter().find(|word| word.0 == key).map_or(key, |word| in_language(word, language))
}

/// What the articles leave open, in a line.
pub fn open(keys: &[String], language: Language) -> String {
    let word = |key: &String| {
        OPEN.iter().find(|word| word.0 == key).map(|word| in_language(word, language).to_owned())
    };
    let between = if language == Language::En { ", " } else { "、" };
    keys.iter().filter_map(word).collect::<Vec<_>>().join(between)
}

/// "is in the other language", for a text that does not exist in the reader's.
pub fn foreign(language: Language) -> &'static str {
    match language {
        Language::En => "(in Chinese)",
        Language::Zh => "（原文为英文）",
    }
}

/// "16–22 November 2026", "2026年11月16日—22日".
pub fn days((first, last): (NaiveDate, NaiveDate), language: Language) -> String {
    let same_month = (first.year(), first.month()) == (last.year(), last.month());
    let month = |day: NaiveDate| MONTHS[day.month0() as usize];
    match language {
        Language::En if same_month => {
            format!("{}–{} {} {}", first.day(), last.day(), month(last), last.year())
        }
        Language::En if first.year() == last.year() => {
            format!("{} {} – {} {} {}", first.day(), month(first), last.day(), month(last), last.year())
        }
        Language::En => format!(
            "{} {} {} – {} {} {}",
            first.day(),
            month(first),
            first.year(),
            last.day(),
            month(last),
            last.year()
        ),
        Language::Zh => {
            let year = |day: NaiveDate| format!("{}年", day.year());
            let same_year = first.year() == last.year();
            format!(
                "{}{}月{}日—{}{}{}日",
                year(first),
                first.month(),
                first.day(),
                if same_year { String::new() } else { year(last) },
                if same_month { String::new() } else { format!("{}月", last.month()) },
                last.day()
            )
        }
    }
}

/// "6 minutes".
pub fn minutes(n: u32, language: Language) -> String {
    match language {
        Language::En => format!("{} to read", count(i64::from(n), "minute")),
        Language::Zh => format!("阅读约 {n} 分钟"),
    }
}

/// What was read, and what became of it.
pub fn counts(content: &IssueContent, language: Language) -> String {
    let n_dropped: i64 = content.dropped_counts.values().sum();
    let (items, sources) = (content.n_items, content.n_sources);
    match (language, content.kind) {
        (Language::En, IssueKind::Weekly) => format!(
            "Read {} from {}: {}; {} screened out.",
            count(items, "item"),
            count(sources, "source"),
            stories(content.n_stories),
            number(n_dropped)
        ),
        (Language::En, IssueKind::Paper) => format!(
            "Chosen from {}; read {} from {}.",
            count(content.n_stories, "paper"),
            count(items, "item"),
            count(sources, "source")
        ),
        (Language::Zh, IssueKind::Weekly) => format!(
            "读了 {} 个来源的 {} 条内容，归为 {} 件事，筛掉 {} 件。",
            number(sources),
            number(items),
            number(content.n_stories),
            number(n_dropped)
        ),
        (Language::Zh, IssueKind::Paper) => format!(
            "从 {} 篇论文中选出；读了 {} 个来源的 {} 条内容。",
            number(content.n_stories),
            number(sources),
            number(items)
        ),
    }
}

/// Honest words for a week in which little happened.
pub fn quiet(n_told: usize, language: Language) -> String {
    let n = i64::try_from(n_told).unwrap_or(i64::MAX);
    match (language, n) {
        (Language::En, 0) => "A quiet week: nothing worth your time".into(),
        (Language::En, _) => format!("A quiet week: {}", stories(n)),
        (Language::Zh, 0) => "本周平静：没有值得占用你时间的事".into(),
        (Language::Zh, _) => format!("本周不多：{n} 件事"),
    }
}

/// What was left out, by reason, the largest first.
pub fn left_out(content: &IssueContent, language: Language) -> String {
    let mut reasons: Vec<_> = content.dropped_counts.iter().collect();
    reasons.sort_by_key(|(reason, n)| (-**n, reason.as_str()));
    let parts: Vec<_> =
        reasons.iter().map(|(reason, n)| format!("{} ({})", flag(reason, language), number(**n))).collect();
    match (parts.is_empty(), language) {
        (true, _) => String::new(),
        (false, Language::En) => format!("Left out: {}.", parts.join("; ")),
        (false, Language::Zh) => format!("未收录：{}。", parts.join("；")),
    }
}

/// How far the texts can be trusted, and what they cost.
pub fn honesty(content: &IssueContent, language: Language) -> String {
    let facts = i64::from(content.facts_checked);
    let withheld = i64::from(content.sentences_withheld);
    let tokens = i64::try_from(content.tokens).unwrap_or(i64::MAX);
    let judges = content.judges.iter().map(|judge| match (judge.as_str(), language) {
        ("rules", Language::En) => "fixed rules, no model".to_owned(),
        ("rules", Language::Zh) => "固定规则（未使用模型）".to_owned(),
        (model, _) => model.to_owned(),
    });
    let judges: Vec<_> = judges.collect();
    match language {
        Language::En => format!(
            "{} checked against the articles, {} withheld, {} paid. Judged by {}.",
            count(facts, "fact"),
            count(withheld, "sentence"),
            count(tokens, "token"),
            if judges.is_empty() {
                "nobody: there was nothing to judge".to_owned()
            } else {
                judges.join(" and ")
            }
        ),
        Language::Zh => format!(
            "对照原文核对了 {} 处事实，隐去 {} 句，花费 {} 个 token。评审：{}。",
            number(facts),
            number(withheld),
            number(tokens),
            if judges.is_empty() { "无".to_owned() } else { judges.join("、") }
        ),
    }
}

/// "Weekly 3, Paper of the month 1": the issues that told a story.
pub fn issues(issues: &[(IssueKind, i32)], language: Language) -> String {
    let name = |(kind, number): &(IssueKind, i32)| format!("{} {number}", word(kind.as_str(), language));
    let names: Vec<_> = issues.iter().map(name).collect();
    names.join(if language == Language::En { ", " } else { "、" })
}

/// "told by 4 independent sources".
pub fn told_by(n_owners: usize, language: Language) -> String {
    match language {
        Language::En => format!("{n_owners} independent sources"),
        Language::Zh => format!("{n_owners} 家独立来源"),
    }
}

/// "2 more", beside the source that leads.
pub fn others(n: &str, language: Language) -> String {
    match language {
        Language::En => format!("{n} more"),
        Language::Zh => format!("另有 {n} 家"),
    }
}

/// Parts of a funding line.
pub fn funding(key: &str, what: &str, language: Language) -> String {
    match (key, language) {
        ("lead", Language::En) => format!("led by {what}"),
        ("lead", Language::Zh) => format!("{what} 领投"),
        ("valuation", Language::En) => format!("valuation {what}"),
        ("valuation", Language::Zh) => format!("估值 {what}"),
        ("announced", Language::En) => "announced".into(),
        ("announced", Language::Zh) => "官方公布".into(),
        ("reported", Language::En) => "reported, not announced".into(),
        ("reported", Language::Zh) => "媒体报道，未经公布".into(),
        _ => what.to_owned(),
    }
}

/// 12345 → "12,345".
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if n < 0 { format!("-{out}") } else { out }
}

fn count(n: i64, noun: &str) -> String {
    format!("{} {noun}{}", number(n), if n == 1 { "" } else { "s" })
}

fn stories(n: i64) -> String {
    format!("{} {}", number(n), if n == 1 { "story" } else { "stories" })
}

fn in_language(word: &(&'static str, &'static str, &'static str), language: Language) -> &'static str {
    match language {
        Language::En => word.1,
        Language::Zh => word.2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_read_as_people_write_them() {
        let check = |first, last, en, zh| {
            let range = (day(first), day(last));
            assert_eq!((days(range, Language::En).as_str(), days(range, Language::Zh).as_str()), (en, zh));
        };
        check("2026-11-16", "2026-11-22", "16–22 November 2026", "2026年11月16日—22日");
        check("2026-09-28", "2026-10-04", "28 September – 4 October 2026", "2026年9月28日—10月4日");
        check("2025-12-29", "2026-01-04", "29 December 2025 – 4 January 2026", "2025年12月29日—2026年1月4日");
    }

    #[test]
    fn numbers_have_separators_and_nouns_their_plural() {
        assert_eq!(
            [number(0), number(999), number(1000), number(-1234567)],
            ["0", "999", "1,000", "-1,234,567"]
        );
        assert_eq!((count(1, "item"), count(2, "item")), ("1 item".into(), "2 items".into()));
    }

    #[test]
    fn an_unknown_flag_is_shown_as_its_key() {
        assert_eq!(flag("brand-new", Language::Zh), "brand-new");
        assert_eq!(flag("hype", Language::Zh), "炒作多于证据");
    }

    #[test]
    fn every_word_exists_once_and_in_both_languages() {
        for table in [WORDS, FLAGS] {
            let keys: std::collections::BTreeSet<_> = table.iter().map(|word| word.0).collect();
            assert_eq!(keys.len(), table.len());
            assert!(table.iter().all(|word| !word.1.is_empty() && !word.2.is_empty()));
        }
    }
}
