//! Every fixed word of an issue, in both languages. Templates hold none.

use std::collections::BTreeMap;

use crate::model::{ArtifactKind, Language};

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
    ("followups", "Still developing", "后续"),
    ("dropped", "Loud, but left out", "声量很大，但没有收录"),
    ("three-lines", "In three lines", "三句话看完"),
    ("nothing", "Nothing new this week.", "本周没有新进展。"),
    ("nothing-today", "Nothing new today.", "今天没有新进展。"),
    ("made", "How this was made", "本期如何做成"),
    ("company-name", "Company", "公司"),
    ("round", "Round", "轮次"),
    ("amount", "Amount", "金额"),
    ("led-by", "Led by", "领投方"),
    ("about-open", " (≈ ", "（约 "),
    ("about-close", ")", "）"),
    ("valued-at", "Valuation", "估值"),
    ("state", "State", "状态"),
    ("proof", "On the table", "可查证"),
    ("runners-up", "Runners-up", "其他候选"),
    ("no-paper", "No paper this month", "本月没有值得推荐的论文"),
    ("nearest", "Those that came nearest", "最接近入选的"),
    ("why-this", "Why this one", "为什么选它"),
    ("read-paper", "Read the paper", "阅读论文"),
    ("colon", ": ", "："),
    ("gap", " ", ""),
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
    ("name", "headsup", "抬头"),
    ("topics-subject", "On your topics", "你选的主题"),
    ("preferences", "Preferences", "设置"),
    ("your-topics", "cut to your topics", "仅含你选的主题"),
    (
        "no-topics",
        "Nothing on your topics this time. What there was stands in the web edition.",
        "本期你选的主题没有新内容，其余见网页版。",
    ),
    ("more", "More stories are in the web edition.", "其余内容见网页版。"),
    ("unknown", "Not said", "文中未提"),
    ("publisher-words", "“…” marks the publisher's own words.", "引号内为原文摘录。"),
];

/// Flags of a score, reasons of leaving out, reasons for the paper: key, English, 简体中文.
const FLAGS: &[(&str, &str, &str)] = &[
    ("primary", "first-hand source", "一手来源"),
    ("numbers", "figures", "有数据"),
    ("artifact", "something to try or to check", "有可试用或可核对的东西"),
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
    ("one-voice", "enough of this source or company already", "同一来源或公司的条目已够多"),
    ("told-before", "told in an earlier issue", "往期已收录"),
    ("same-event", "the same event as another story here", "与本期另一条为同一事件"),
    ("operator", "left out by the operator", "由运营者移除"),
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
    keys.iter().filter_map(word).collect::<Vec<_>>().join(between(language))
}

/// The name of a language in HTML.
pub fn html_lang(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh-CN",
    }
}

/// What a sentence of a summary answers.
pub fn part(key: &str, language: Language) -> &'static str {
    match (key, language) {
        ("happened", Language::En) => "What happened",
        ("happened", Language::Zh) => "发生了什么",
        ("new", Language::En) => "What is new",
        ("new", Language::Zh) => "新在哪里",
        (_, Language::En) => "Why it matters",
        (_, Language::Zh) => "为什么重要",
    }
}

/// What a reader can touch.
pub fn artifact(kind: ArtifactKind, language: Language) -> &'static str {
    match (kind, language) {
        (ArtifactKind::Paper, Language::En) => "paper",
        (ArtifactKind::Paper, Language::Zh) => "论文",
        (ArtifactKind::Code, Language::En) => "code",
        (ArtifactKind::Code, Language::Zh) => "代码",
        (ArtifactKind::Weights, Language::En) => "weights",
        (ArtifactKind::Weights, Language::Zh) => "权重",
        (ArtifactKind::Api, Language::En) => "API",
        (ArtifactKind::Api, Language::Zh) => "API",
        (ArtifactKind::Price, Language::En) => "price",
        (ArtifactKind::Price, Language::Zh) => "价格",
    }
}

/// What stands between the names of a list.
pub fn between(language: Language) -> &'static str {
    match language {
        Language::En => ", ",
        Language::Zh => "、",
    }
}

/// The mark of a line that the operator wrote.
pub fn edited(language: Language) -> &'static str {
    match language {
        Language::En => " (edited by the operator)",
        Language::Zh => "（经运营者改写）",
    }
}

/// "is in the other language", for a text that does not exist in the reader's.
pub fn foreign(language: Language) -> &'static str {
    match language {
        Language::En => " (in Chinese)",
        Language::Zh => "（原文为英文）",
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

fn in_language(word: &(&'static str, &'static str, &'static str), language: Language) -> &'static str {
    match language {
        Language::En => word.1,
        Language::Zh => word.2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_flag_is_shown_as_its_key() {
        assert_eq!(flag("brand-new", Language::Zh), "brand-new");
        assert_eq!(flag("hype", Language::Zh), "炒作多于证据");
    }

    #[test]
    fn every_word_exists_once_and_in_both_languages() {
        for table in [WORDS, FLAGS, OPEN] {
            let keys: std::collections::BTreeSet<_> = table.iter().map(|word| word.0).collect();
            assert_eq!(keys.len(), table.len());
            let is_whole = |word: &&(&str, &str, &str)| !word.1.is_empty() && !word.2.is_empty();
            assert!(table.iter().filter(|word| word.0 != "gap").all(|word| is_whole(&word)));
        }
    }
}
