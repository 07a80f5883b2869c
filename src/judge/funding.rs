//! A round of funding as an article states it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{amount, sentences};
use crate::model::Funding;

type Pattern = LazyLock<Option<Regex>>;

/// "Acme raises $180 million …": company, then amount.
static RAISES: Pattern = LazyLock::new(|| {
    Regex::new(r"(?P<company>[A-Z][\w.&'-]*(?:\s+(?:[A-Z][\w.&'-]*|of|AI|\d+))*)(?:,[^,]{0,80},)?\s+(?:has\s+|have\s+|just\s+|today\s+|announced\s+(?:that\s+it\s+)?(?:has\s+)?)*(?:raise[sd]?|raising|secure[sd]?|close[sd]?|land(?:s|ed)|bag(?:s|ged)|nab(?:s|bed)|pick(?:s|ed) up|pull(?:s|ed) in|complete[sd]?|snag(?:s|ged)|scor(?:es|ed)|receiv(?:es|ed)|announce[sd]?)\s+(?:a\s+|an\s+|its\s+|another\s+|new\s+|about\s+|roughly\s+|nearly\s+|over\s+|more than\s+|some\s+|fresh\s+)*(?P<amount>(?:US)?[$€£¥]\s?\d[\d.,]*\s?(?:million|billion|mn|bn|[MBmbk])?\b|\d[\d.,]*\s?(?:million|billion)\s+(?:dollars|euros|pounds|yuan))").ok()
});
/// "X完成1.5亿元A轮融资" and "X获数亿元融资".
static ZH: Pattern = LazyLock::new(|| {
    Regex::new(r"(?P<company>[A-Za-z][\w.-]*(?:\s[A-Z][\w.-]*)*|[「“]?[\p{Han}A-Za-z0-9]{2,14}?[」”]?)(?:公司|科技公司)?(?:近日|日前|今日|今天|已|宣布|正式|连续|再次|再)*(?:完成|获得|获|拿下|斩获|敲定)(?:了|由[^，。]{2,24}领投的)?(?:一笔|新一轮|共计|累计|超|近|约|总额)*(?P<amount>(?:\d[\d.]*|数|近|超|逾|上|十|百|千)+\s?[万亿千百]*\s?(?:美元|美金|元人民币|人民币|元|欧元|港元))").ok()
});
static ROUND: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:pre-?seed|seed|series [A-H](?:-?\d|\+)?|bridge|growth|angel)\b(?: (?:round|extension|funding))?|(?:种子|天使\+?|Pre-?[A-C]\+{0,2}|[A-H]\d?\+{0,2}|战略)轮|战略(?:融资|投资)").ok()
});
static LEAD: Pattern = LazyLock::new(|| {
    Regex::new(r"(?:led by|with lead investor)\s+(?P<lead>[A-Z0-9][\w.&'-]*(?:\s+(?:[A-Z0-9][\w.&'-]*|of|and(?:\s+[A-Z])))*)|由(?P<zh>[^，。、；（）]{2,24}?)(?:联合|共同)?领投|(?P<zh2>[^，。、；由（）]{2,20}?)领投").ok()
});
static VALUATION: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)(?:valu(?:ation|ing it|ed)\b[^.]{0,24}?(?P<en>[$€£]\s?\d[\d.,]*\s?(?:million|billion|mn|bn|[mb])?\b)|(?P<en2>[$€£]\s?\d[\d.,]*\s?(?:million|billion|mn|bn|[mb])?)\s(?:post-money |pre-money )?valuation)|估值(?:达到|达|为|约|超过|超|近|升至|至)*\s?(?P<zh>\d[\d.]*\s?[万亿]*\s?(?:美元|元人民币|元|欧元))").ok()
});
/// Said by others, not by who raised or paid.
static HEARSAY: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:in talks|reportedly|is said to|people familiar|sources? (?:say|said|told)|according to (?:sources|people)|plans to raise|seeking|looking to raise|rumou?red)\b|知情人士|据传|传闻|洽谈|拟融资|寻求融资|正在(?:进行|商谈)|消息称").ok()
});
/// A round of money, and not a price, a fine or a purchase.
static ABOUT: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:rais(?:e|es|ed|ing)|funding|financing|round|series [A-H]|seed|investors?|led by|venture)\b|融资|轮|领投|投资").ok()
});

/// The round that `title` and `text` tell of, or `None`. Each field is verbatim; only `usd_millions` is computed.
pub fn find(title: &str, text: &str) -> Option<Funding> {
    let head: String = text.chars().take(3_000).collect();
    let lines: Vec<&str> =
        std::iter::once(title).chain(sentences::split(&head).into_iter().take(12)).collect();
    let (company, stated) = lines.iter().find_map(|line| who_and_how_much(line))?;
    let about: Vec<&&str> =
        lines.iter().filter(|line| matches(&ABOUT, line) || matches(&VALUATION, line)).collect();
    let first = |pattern: &Pattern, names: &[&str]| {
        about.iter().find_map(|line| named(&pattern.as_ref()?.captures(line)?, names))
    };
    let round = about.iter().find_map(|line| Some(ROUND.as_ref()?.find(line)?.as_str().to_owned()));
    let lead = first(&LEAD, &["lead", "zh", "zh2"]).map(|lead| lead.trim_end_matches('.').to_owned());
    Some(Funding {
        usd_millions: usd_millions(&stated),
        amount: Some(stated),
        round,
        lead,
        valuation: first(&VALUATION, &["en", "en2", "zh"]),
        announced: !lines.iter().take(5).any(|line| matches(&HEARSAY, line)),
        company,
    })
}

fn who_and_how_much(line: &str) -> Option<(String, String)> {
    if !matches(&ABOUT, line) {
        return None;
    }
    let found = RAISES.as_ref()?.captures(line).or_else(|| ZH.as_ref()?.captures(line))?;
    let company = named(&found, &["company"])?;
    let company = company.trim_matches(['「', '」', '“', '”', ' ']).to_owned();
    let amount = named(&found, &["amount"])?.trim_end_matches([',', '.']).trim().to_owned();
    let vague = ["It", "The", "This", "We", "They", "That", "公司", "该公司"];
    (company.chars().count() >= 2 && !vague.contains(&company.as_str())).then_some((company, amount))
}

/// Only where the statement is in US dollars: an exchange rate would be a fact without a source.
fn usd_millions(stated: &str) -> Option<f64> {
    let is_usd = stated.contains('$')
        || stated.contains("美元")
        || stated.contains("美金")
        || stated.contains("dollars");
    let lower = stated.to_lowercase().replace("mn", "million").replace("bn", "billion");
    let value = amount::amounts(&lower).first()?.value;
    is_usd.then_some(value / 1e6)
}

fn matches(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn named(found: &Captures<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| Some(found.name(name)?.as_str().trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_english_round() {
        let funding = find(
            "Acme AI raises $180 million to build cheaper inference chips",
            "Acme AI has raised $180 million in a Series B round led by Northgate Capital. The deal values the company at $1.2 billion, valuation $1.2 billion.",
        )
        .unwrap();
        assert_eq!(funding.company, "Acme AI");
        assert_eq!(funding.amount.as_deref(), Some("$180 million"));
        assert_eq!(funding.usd_millions, Some(180.0));
        assert_eq!(funding.round.as_deref(), Some("Series B round"));
        assert_eq!(funding.lead.as_deref(), Some("Northgate Capital"));
        assert_eq!(funding.valuation.as_deref(), Some("$1.2 billion"));
        assert!(funding.announced);
    }

    #[test]
    fn a_chinese_round() {
        let funding = find(
            "灵图智能完成1.5亿元A轮融资",
            "灵图智能近日宣布完成1.5亿元A轮融资，由北辰资本领投。投后估值达10亿元。",
        )
        .unwrap();
        assert_eq!(funding.company, "灵图智能");
        assert_eq!(funding.amount.as_deref(), Some("1.5亿元"));
        assert_eq!((funding.usd_millions, funding.round.as_deref()), (None, Some("A轮")));
        assert_eq!(funding.lead.as_deref(), Some("北辰资本"));
        assert_eq!(funding.valuation.as_deref(), Some("10亿元"));
    }

    #[test]
    fn hearsay_is_not_announced_and_a_price_is_no_round() {
        let hearsay = find(
            "Acme raises $2 billion, people familiar say",
            "According to people, Acme raised $2 billion in new funding.",
        )
        .unwrap();
        assert!(!hearsay.announced);
        assert!(find("Acme launches a $20 plan", "It costs $20 a month.").is_none());
        assert!(find("Vendor cuts price to $0.50 per million tokens", "Announced today.").is_none());
    }
}
