//! Names in Chinese funding news: who raised, who led. Chinese has no capitals; verbs and marks bound a name.

use std::sync::LazyLock;

use super::words::{Pattern, Said, compile, places};
use crate::judge::sentences::is_han;

/// What follows who raised.
static VERB: Pattern = LazyLock::new(|| {
    compile(
        r"(?:(?:近日|日前|今日|今天|昨日|昨天|刚刚|刚|已经|已|宣布|官宣|正式|连续|连|再度|再次|再|又|成功|首次|一年内|半年内|年内|\d+个月内?|据传|被曝|传|正在|正|拟|计划|寻求|或将|或|将|有望|接近|即将|洽谈|考虑|可能|即|从[^，。]{1,24}?|在[^，。]{1,24}?[后内中前](?:仅\s?\d+\s?个月)?，?|以[^，。]{1,16}估值|于[^，。]{1,10}日?|[两三四\d]+个?月)\s?)*\s?(?:完成|获得?|拿下|斩获|敲定|收获|揽获|筹集|筹得|募集|融资|筹资|新一轮|估值|宣布|官宣|融到|融了|拿到|获投|吸金|成为|跻身|超越|否认|辟谣|澄清|回应|取消|终止)",
    )
});
/// What a company is; the name follows it.
static KIND: Pattern = LazyLock::new(|| {
    compile(
        r"(?:公司|企业|厂商|平台|品牌|开发商|服务商|供应商|提供商|解决方案商|独角兽|创企|初创|初创公司|新锐|新秀|团队|巨头|黑马|先锋|机构|实验室|赛道|领域|行业|项目|开发者|制造商|运营商|旗下)\s?",
    )
});
static ROUND_NAMED: Pattern = LazyLock::new(|| {
    compile(
        r"(?:完成|获得?|拿下|宣布|官宣|敲定|洽谈|寻求|商谈|推进)[^，。的]{0,12}(?:轮融资|战略融资|战略投资|轮投资|新一轮融资|[A-K]\+?轮)",
    )
});
const QUOTES: [(char, char); 4] = [('「', '」'), ('“', '”'), ('『', '』'), ('《', '》')];

/// Whether a headline names a round that was raised, though no sum.
pub fn names_a_round(title: &str) -> bool {
    !places(&ROUND_NAMED, title).is_empty() && !places(&VERB, title).is_empty()
}

/// The company of headline, else of the sentence that tells the round.
pub fn company<'a>(title: &'a str, told: Option<&'a str>) -> Option<Said<'a, &'a str>> {
    let said = |text: &'a str| Some(Said { what: subject(text)?, quote: text });
    said(title).or_else(|| told.and_then(said))
}

fn subject(text: &str) -> Option<&str> {
    let text =
        text.rsplit(['|', '｜', '丨']).next().filter(|rest| !places(&VERB, rest).is_empty()).unwrap_or(text);
    for verb in places(&VERB, text) {
        let head = &text[..verb.start];
        let clause = head.trim_end_matches(['，', ',', ' ', '：', ':']);
        let clause = clause
            .rsplit(['，', ',', '：', ':', '！', '？', '；', '。', '】', '、'])
            .next()
            .unwrap_or(clause);
        if let Some(name) = name(clause) {
            return Some(name);
        }
        // "某公司，一家做芯片的企业，完成…": the head of the sentence is meant.
        let first = head.split(['，', ',', '（', '(']).next().unwrap_or(head);
        if let Some(name) = name(first) {
            return Some(name);
        }
    }
    None
}

/// The name that a phrase is about: in quotation marks, else after what the company is.
fn name(phrase: &str) -> Option<&str> {
    for (open, close) in QUOTES {
        if let Some((_, rest)) = phrase.rsplit_once(open)
            && let Some((inside, further)) = rest.split_once(close)
            && further.chars().count() <= 6
        {
            return fitting(inside);
        }
    }
    let phrase = ["据传", "传", "曝", "消息称", "独家", "官宣", "快讯"]
        .iter()
        .find_map(|word| phrase.trim().strip_prefix(word))
        .unwrap_or(phrase);
    // "（Tarn）" after a name belongs to it no more.
    let phrase = phrase.split(['（', '(']).next().unwrap_or(phrase).trim();
    let after_kind = places(&KIND, phrase)
        .into_iter()
        .rfind(|place| place.end < phrase.len())
        .map_or(0, |place| place.end);
    let rest = phrase[after_kind..].trim_start_matches(['的', ' ']).trim();
    // "研发商某某", "位于杭州的某某"
    let rest = rest.rsplit_once('的').map_or(rest, |(_, rest)| rest).trim();
    // "具身智能 Tarn Robotics": a Latin name after Chinese words that describe it.
    let latin = rest.char_indices().rev().take_while(|(_, c)| !is_han(*c)).last().map_or(0, |(at, _)| at);
    let tail = rest.get(latin..).unwrap_or_default();
    let is_apart = tail.starts_with(' ');
    let tail = tail.trim();
    let is_latin = is_apart && tail != "AI" && tail.starts_with(|c: char| c.is_ascii_uppercase());
    if is_latin && latin > 0 && rest[..latin].chars().count() > 1 { fitting(tail) } else { fitting(rest) }
}

fn fitting(name: &str) -> Option<&str> {
    const VAGUE: [&str; 22] = [
        "公司",
        "该公司",
        "其",
        "我们",
        "近日",
        "日前",
        "今日",
        "目前",
        "该企业",
        "据悉",
        "消息",
        "团队",
        "本轮",
        "此次",
        "该轮",
        "本次",
        "同时",
        "此前",
        "公司已",
        "并",
        "也",
        "它",
    ];
    let name = name.trim().trim_matches(['“', '”', '「', '」', '《', '》', '*', '#', ' ', '·']);
    let n_han = name.chars().filter(|c| is_han(*c)).count();
    let fits = name.chars().count() >= 2 && n_han <= 12 && name.chars().count() <= 40;
    let begins = [
        "在", "由", "据", "该", "此", "本", "这", "为", "从", "随着", "与", "和", "对", "让", "有", "一家",
        "投资", "但", "今天", "你", "他", "她", "我", "当", "如", "若", "因", "于",
    ];
    let is_sum =
        name.starts_with(|c: char| c.is_ascii_digit()) && name.contains(['元', '亿', '万', '年', '月']);
    (fits && !VAGUE.contains(&name) && !begins.iter().any(|word| name.starts_with(word)) && !is_sum)
        .then_some(name)
}

/// The investors before "领投": "由甲资本、乙创投联合领投".
pub fn listed_before(head: &str) -> Vec<&str> {
    const STARTS: [&str; 9] = ["由", "，", "。", "；", "：", "获", "其中", "投资方", "轮融资"];
    let start = STARTS.iter().filter_map(|mark| Some(head.rfind(mark)? + mark.len())).max().unwrap_or(0);
    names(&head[start..])
}

/// The investors after "领投方为".
pub fn listed_after(tail: &str) -> Vec<&str> {
    let end = tail.find(['，', '。', '；', '（', '(']).unwrap_or(tail.len());
    names(&tail[..end])
}

fn names(list: &str) -> Vec<&str> {
    let split = |part: &'_ str| -> Vec<std::ops::Range<usize>> {
        let mut ranges = Vec::new();
        let mut start = 0;
        for mark in places(&JOIN, part) {
            ranges.push(start..mark.start);
            start = mark.end;
        }
        ranges.push(start..part.len());
        ranges
    };
    split(list)
        .into_iter()
        .filter_map(|range| {
            let part = list[range].split(['（', '(']).next()?;
            let part = part
                .trim()
                .trim_start_matches("知名投资机构")
                .trim_start_matches("老股东")
                .trim_start_matches("产业方");
            let part = part
                .trim_end_matches("等机构")
                .trim_end_matches("等")
                .trim_end_matches("机构刚刚")
                .trim_end_matches("联合")
                .trim_end_matches("共同")
                .trim();
            // "某母公司旗下的基金 Tarn" is Tarn.
            let part =
                part.rsplit_once("旗下的").or(part.rsplit_once("旗下")).map_or(part, |(_, part)| part).trim();
            let part = match part.rsplit_once(' ') {
                Some((kind, name)) if kind.chars().all(is_han) => name,
                _ => part,
            };
            let is_vague =
                ["后者", "前者", "其", "该", "老股东", "现有"].iter().any(|word| part.starts_with(word));
            (!is_vague && part.chars().count() >= 2 && part.chars().count() <= 40).then_some(part)
        })
        .collect()
}

static JOIN: Pattern = LazyLock::new(|| compile(r"、|\s?以及\s?|\s?及\s?|\s?和\s?|\s?与\s?|,\s?"));
