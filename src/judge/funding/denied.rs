//! Rounds that did not happen, or long ago: denied, called off, remembered.

use std::sync::LazyLock;

use super::words::{Pattern, compile, matches, places};

/// So many sentences of a text are searched for a denial.
const READ: usize = 8;

static NOT: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:(?:did|does|do|has|have|had|is|are|was|were|will)(?:\snot|n[’']t)|never|won[’']t|not)\s(?:yet\s|actually\s|currently\s|been\s|even\s)?(?:rais\w+|clos(?:e|ed|ing)\b|secur\w+|complet\w+|seek\w*|pursu\w+|in\s(?:\w+\s)?talks|looking\sto\sraise|(?:planning|plan)\sto\sraise)[^.;,]{0,40}[$€£¥]|\bno\s(?:plans?|intention)\s(?:to|of)\s(?:rais\w+|seek\w*)",
    )
});
static DENIED: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:den(?:y|ies|ied|ying)|refut(?:es|ed)|rebuts|dismiss(?:es|ed)|disput(?:es|ed)|debunks|cancel(?:s|led|ed|ling|ing)?|(?:calls?|called|calling)\soff|scrap(?:s|ped|ping)|shelv(?:es|ed|ing)|abandon(?:s|ed)|abort(?:s|ed)|drops\s(?:plans?|its|the)|fail(?:s|ed)\sto\s(?:raise|close|secure|land|complete|find)|falls?\s(?:through|apart)|fell\s(?:through|apart)|collaps(?:es|ed)|withdr(?:aws?|ew)|walks?\saway|turns?\sdown|turned\sdown|postpon(?:es|ed)|puts?\s.{2,40}\son\s(?:hold|ice)|rescinds?)\b",
    )
});
static UNTRUE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:is|are|was|were)\s(?:\w+\s)?(?:false|untrue|not\s(?:true|accurate|correct)|fake|baseless|fabricated|inaccurate|wrong)\b",
    )
});
/// Who denies, and what: "denied the report".
static DENIAL: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:den(?:ies|ied|ying)|refut(?:es|ed)|disput(?:es|ed)|dismiss(?:es|ed))\b.{0,40}\b(?:reports?|rumou?rs?|talks|rais\w+|round|funding)\b|\b(?:reports?|rumou?rs?)\b.{0,80}\b(?:is|are|was|were)\s(?:\w+\s)?(?:false|untrue|not\strue|baseless|inaccurate|wrong)\b",
    )
});
/// What is done before such a word stands: a product against denials raised money all the same.
static DONE: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:raises|raised|closes|secures|secured|lands|landed|nabs|bags|snags|scores)\b[^.;:]{0,30}[$€£¥\d]",
    )
});
/// A memory, unless it goes on about today.
static LONG_AGO: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)^\W*(?:(?:on\s)?this\s(?:day|week|month)\sin\b|(?:\w+\s){1,2}(?:years?|months|decades?)\sago\b|years\sago\b|throwback|flashback|looking\sback|from\s(?:the|our)\sarchives?|last\syear\b|in\s20\d\d\b)",
    )
});
static TODAY: Pattern = LazyLock::new(|| {
    compile(r"(?i)\b(?:now|today|just|this\s(?:week|month|year))\b.{0,40}\b(?:rais|secur|clos|land)\w*")
});

/// Whether the headline, or the sentence `told` of the round, says that there is none, or that it is long over.
pub fn english(title: &str, told: Option<&str>) -> bool {
    let is_memory = matches(&LONG_AGO, title) && !matches(&TODAY, title);
    let is_denied = |text: &str| {
        let denied = places(&DENIED, text).into_iter().any(|place| !matches(&DONE, &text[..place.start]));
        let negated = places(&NOT, text).into_iter().any(|place| !matches(&DONE, &text[..place.start]));
        denied || negated || matches(&UNTRUE, text) && matches(&DENIAL, text)
    };
    is_memory
        || is_denied(title)
        || matches(&UNTRUE, title)
        || told.is_some_and(|text| matches(&NOT, text) && is_denied(text) || matches(&DENIAL, text))
}

/// Whether one of the first sentences of an English text denies what is told.
pub fn denies_english(body: &mut dyn Iterator<Item = &str>) -> bool {
    body.take(READ).any(|text| matches(&DENIAL, text))
}

static ZH_UNTRUE: Pattern =
    LazyLock::new(|| compile(r"否认|辟谣|不实|不属实|系谣言|是谣言|假消息|虚假消息|子虚乌有|无中生有"));
static ZH_CANCELLED: Pattern = LazyLock::new(|| {
    compile(
        r"取消|不存在|并无|终止|撤回|撤销|搁置|叫停|告吹|流产|失败|夭折|未能|未获|未完成|没有(?:完成|获得|进行)|并未|从未|尚未(?:完成|获得|进行)|没有[^，。；]{0,6}融资(?:计划|打算)|(?:不|无)(?:会|打算|考虑|计划)?(?:进行)?(?:新一轮)?融资|暂停|推迟|放弃",
    )
});
static ZH_ROUND: Pattern = LazyLock::new(|| compile(r"融资|[A-K]\d?\+*\s?轮|天使轮|种子轮|战略投资"));
static ZH_DONE: Pattern = LazyLock::new(|| {
    compile(r"(?:完成|获得?|拿下|宣布|斩获)[^，。；]{0,24}(?:融资|轮|投资|元)[^，。；]{0,12}(?:，|用于|以)")
});
static ZH_LONG_AGO: Pattern = LazyLock::new(|| {
    compile(
        r"^[\s【「《]*(?:[一二两三四五六七八九十几数\d]+\s?(?:个月|年)(?:以)?前|去年(?:今日|今天)|那年今日|历史上的今天|回顾|旧闻)",
    )
});

/// The same of Chinese news.
pub fn chinese(title: &str, told: Option<&str>) -> bool {
    let is_cancelled = |text: &str| {
        places(&ZH_CANCELLED, text).into_iter().any(|place| {
            let start = text[..place.start].rfind(['，', '。', '；', '：', '！']).unwrap_or(0);
            let end =
                text[place.end..].find(['，', '。', '；', '！']).map_or(text.len(), |end| place.end + end);
            matches(&ZH_ROUND, &text[start..end]) && !matches(&ZH_DONE, &text[..place.start])
        })
    };
    matches(&ZH_LONG_AGO, title)
        || matches(&ZH_UNTRUE, title)
        || is_cancelled(title)
        || told.is_some_and(|text| matches(&ZH_UNTRUE, text) || is_cancelled(text))
}

/// Whether one of the first sentences of a Chinese text denies what is told.
pub fn denies_chinese(body: &mut dyn Iterator<Item = &str>) -> bool {
    static OF_IT: Pattern = LazyLock::new(|| compile(r"消息|传闻|报道|融资|传言"));
    body.take(READ).any(|text| matches(&ZH_UNTRUE, text) && matches(&OF_IT, text))
}
