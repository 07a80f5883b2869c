//! A round of funding as an article states it. Two grammars read it, one per language; each field is verbatim, with the
//! sentence it stands in.

#[cfg(test)]
mod articles;
mod denied;
mod en;
mod en_about;
mod en_role;
mod en_who;
mod money;
mod names;
mod round;
pub(super) mod words;
mod zh;
mod zh_who;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::judge::sentences;
use crate::judge::sentences::is_han;
use crate::model::Funding;
use words::{Pattern, Reading, compile, matches};

/// So much of an article is read, in characters.
const READ: usize = 9_000;
/// Longest quote, in characters.
const MAX_QUOTE: usize = 400;

/// The round that `title` and `text` tell of, or `None` where money is raised only by the way, or not at all.
pub fn find(title: &str, text: &str) -> Option<Funding> {
    let head = match text.char_indices().nth(READ) {
        Some((at, _)) => &text[..at],
        None => text,
    };
    let plain = |line: &str| line.trim_matches(['#', '*', ' ']).to_lowercase();
    let sentences: Vec<&str> = sentences::split(head)
        .into_iter()
        .map(|sentence| sentence.trim_start_matches(['#', '*', ' ', '\u{a0}']))
        .filter(|sentence| plain(sentence) != plain(title))
        .collect();
    let reading = if is_chinese(title) { zh::read(title, &sentences)? } else { en::read(title, &sentences)? };
    Some(funding(&reading, yen_or_yuan(title, head)))
}

/// Whose currency "¥" is here; `None` where an English article names both countries, or none.
fn yen_or_yuan(title: &str, text: &str) -> Option<&'static str> {
    static JAPAN: Pattern = LazyLock::new(|| {
        compile(
            r"(?i)\b(?:japan\w*|tokyo|osaka|kyoto|nagoya|fukuoka|yokohama|kobe|sapporo|yen)\b|日本|东京|大阪|京都|日元",
        )
    });
    static CHINA: Pattern = LazyLock::new(|| {
        compile(
            r"(?i)\b(?:china|chinese|beijing|shanghai|shenzhen|hangzhou|guangzhou|suzhou|nanjing|hefei|chengdu|wuhan|yuan|rmb|cny|renminbi)\b",
        )
    });
    let says = |pattern: &Pattern| matches(pattern, title) || matches(pattern, text);
    if is_chinese(title) {
        return Some(if matches(&JAPAN, title) { "JPY" } else { "CNY" });
    }
    match (says(&JAPAN), says(&CHINA)) {
        (true, false) => Some("JPY"),
        (false, true) => Some("CNY"),
        _ => None,
    }
}

fn funding(reading: &Reading<'_>, of_sign: Option<&str>) -> Funding {
    let mut quotes = BTreeMap::new();
    let mut quote = |field: &str, quote: &str| {
        quotes.insert(field.to_owned(), quote.chars().take(MAX_QUOTE).collect::<String>());
    };
    quote("company", reading.company.quote);
    let amount = reading.amount.as_ref().map(|said| &said.what);
    let valuation = reading.valuation.as_ref().map(|said| &said.what);
    reading.amount.iter().for_each(|said| quote("amount", said.quote));
    reading.valuation.iter().for_each(|said| quote("valuation", said.quote));
    reading.round.iter().for_each(|said| quote("round", said.quote));
    reading.leads.iter().for_each(|said| quote("leads", said.quote));
    let value = amount.and_then(|money| money.value);
    let signed = amount.is_some_and(|money| money.text.contains(['¥', '￥']));
    let currency = amount.and_then(|money| money.currency).or(of_sign.filter(|_| signed));
    Funding {
        company: reading.company.what.to_owned(),
        amount: amount.map(|money| money.text.to_owned()),
        amount_value: value,
        currency: currency.map(str::to_owned),
        // An exchange rate would be a fact without a source.
        usd_millions: value.filter(|_| currency == Some("USD")).map(|value| value / 1e6),
        round: reading.round.as_ref().map(|said| said.what.clone()),
        leads: reading.leads.iter().flat_map(|said| &said.what).map(|name| (*name).to_owned()).collect(),
        valuation: valuation.map(|money| money.text.to_owned()),
        valuation_value: valuation.and_then(|money| money.value),
        announced: reading.announced,
        quotes,
    }
}

/// Latin names and sums are common in Chinese headlines; more than a few Han characters are rare in English ones.
fn is_chinese(title: &str) -> bool {
    title.chars().filter(|c| is_han(*c)).count() >= 4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn read(title: &str, text: &str) -> Funding {
        find(title, text).unwrap()
    }

    #[test]
    fn an_english_round_with_traps() {
        let funding = read(
            "Robot maker Zorble hits $1.2B valuation a year after its seed round",
            "Zorble Labs, the robot maker founded in 2021 by Ada Byrne, has raised a $180 million Series B at a \
             $1.2 billion valuation, the company said. The round was led by Moss Capital and existing backer Tarn, \
             with participation from Reed. Zorble previously raised $20 million in Series A funding led by Hill \
             Partners. It has $50 million in annual revenue and has raised $215 million to date.",
        );
        assert_eq!((funding.amount.as_deref(), funding.usd_millions), (Some("$180 million"), Some(180.0)));
        assert_eq!((funding.company.as_str(), funding.round.as_deref()), ("Zorble Labs", Some("Series B")));
        assert_eq!(funding.leads, ["Moss Capital", "Tarn"]);
        assert_eq!((funding.valuation.as_deref(), funding.valuation_value), (Some("$1.2B"), Some(1.2e9)));
        assert!(funding.announced);
        assert!(funding.quotes["leads"].starts_with("The round was led by"));
    }

    #[test]
    fn a_chinese_round() {
        let funding = read(
            "36号线首发｜具身智能公司「灵图智能」完成1.5亿元A轮融资",
            "灵图智能近日宣布完成1.5亿元A轮融资，由北辰资本、云上创投联合领投，老股东跟投。投后估值达10亿元。\
             公司曾于2023年完成3000万元天使轮融资。",
        );
        assert_eq!((funding.company.as_str(), funding.amount.as_deref()), ("灵图智能", Some("1.5亿元")));
        assert_eq!((funding.currency.as_deref(), funding.usd_millions), (Some("CNY"), None));
        assert_eq!((funding.round.as_deref(), funding.valuation_value), (Some("A轮"), Some(1e9)));
        assert_eq!(funding.leads, ["北辰资本", "云上创投"]);
        assert!(funding.announced);
        let vague = read("青禾机器人获数亿元战略融资", "本轮由峰谷资本领投。");
        assert_eq!((vague.amount.as_deref(), vague.amount_value), (Some("数亿元"), None));
        assert_eq!(vague.round.as_deref(), Some("战略融资"));
    }

    #[test]
    fn hearsay_is_reported_and_not_announced() {
        for (title, text) in [
            ("Zorble in talks to raise $2 billion, sources say", ""),
            (
                "Zorble to raise $90M at $1B valuation",
                "Zorble is reportedly close to raising a new $90M round.",
            ),
            ("据传灵图智能正洽谈新一轮融资，估值或达20亿美元", "知情人士称，融资规模约3亿美元。"),
        ] {
            assert!(!read(title, text).announced, "{title}");
        }
        assert!(
            read("Zorble confirms $90M raise", "Zorble announced a new $90 million funding round.").announced
        );
    }

    #[test]
    fn other_news_of_money_is_no_round() {
        for (title, text) in [
            ("Zorble launches a $20 plan", "It costs $20 a month."),
            ("Zorble raises prices by $5", "The plan now costs $25."),
            (
                "Moss Capital raises $300M fund",
                "The venture firm raised a $300 million fund for seed startups.",
            ),
            ("Zorble raises $2B in its IPO", "Zorble sold shares at $20."),
            ("Giant buys Zorble for $90M", "Zorble had raised $8 million in seed funding."),
            ("Zorble secures $60M loan to build data centers", "The debt facility is from a bank."),
            ("Giant invests $100M in Zorble", "The giant said it has invested $100 million."),
            ("Zorble wins $5M grant", "The grant is from a ministry."),
            ("Every robot startup that raised over $100M", "Zorble raised $200 million."),
            (
                "Zorble releases Model 3",
                "It has 30 billion parameters. Zorble raised $40M in a Series A last year.",
            ),
            ("灵图智能发布新模型", "该公司去年完成1亿元A轮融资。"),
            ("北辰资本完成50亿元新基金募集", "基金将投向早期项目。"),
            ("灵图智能拟赴港上市，募资10亿港元", "招股书显示，公司年营收3亿元。"),
        ] {
            assert_eq!(find(title, text), None, "{title}");
        }
    }

    #[test]
    fn a_person_or_an_investor_in_the_headline_is_not_who_raised() {
        let funding = read(
            "Ex-Tarn engineer raises $42M to build robots",
            "He left Tarn to start a company called Nimbo Parts. The startup announced it has raised $42 million in a \
             Series A led by Moss Capital.",
        );
        assert_eq!(funding.company, "Nimbo Parts");
        assert_eq!(
            read("Moss Capital backs chip startup Zorble in $31M funding round", "").company,
            "Zorble"
        );
    }

    #[test]
    fn what_did_not_happen_is_no_round() {
        for (title, text) in [
            ("Zorble denies it is raising $800 million", "The robot maker says no round is planned."),
            ("Zorble did not raise $70 million, founder says", "Zorble did not raise $70 million."),
            ("Nimbo Parts calls off its $45 million Series B led by Moss Capital", ""),
            ("Nimbo Parts' $45 million Series B falls through", "Moss Capital was to lead the round."),
            ("Zorble and its $90M round", "Reports that Zorble has raised $90 million are false, it said."),
            ("A year ago: Zorble raises $40M Series A", "Zorble raised a $40 million Series A led by Moss."),
            (
                "Two years ago Zorble raised $40M",
                "Zorble raised $40 million in a Series A. It closed in May.",
            ),
            ("灵图智能否认正洽谈2亿美元融资", "公司称没有融资计划。"),
            ("灵图智能辟谣：完成6亿元B轮融资系假消息", "网传灵图智能完成6亿元B轮融资。"),
            ("青禾机器人取消8000万元A轮融资", "该轮原由峰谷资本领投。"),
            ("灵图智能3亿元B轮融资告吹", "原定由峰谷资本领投。"),
            ("两年前：灵图智能完成3亿元A轮融资", "灵图智能宣布完成3亿元A轮融资，由峰谷资本领投。"),
            ("灵图智能去年完成3亿元融资，如今停止运营", "灵图智能完成3亿元融资，由峰谷资本领投。"),
        ] {
            assert_eq!(find(title, text), None, "{title}");
        }
    }

    #[test]
    fn a_denial_in_the_text_makes_it_hearsay() {
        let denied = read("Zorble raises $90M", "Zorble raised $90 million. Its founder denied the report.");
        assert!(!denied.announced);
        let denied = read("灵图智能完成6亿元B轮融资", "媒体称其完成6亿元B轮融资。公司回应称该消息不实。");
        assert!(!denied.announced);
        assert_eq!(read("灵图智能回应2亿美元融资传闻", "").company, "灵图智能");
        for title in ["Zorble raises $30M to fight denied claims", "灵图智能获1亿元融资，降低部署失败率"]
        {
            assert!(read(title, "").announced, "{title}");
        }
    }

    #[test]
    fn debt_beside_equity_is_not_part_of_the_round() {
        for (title, text) in [
            (
                "Zorble raises $50M, of which $20M is debt",
                "It raised a $30 million Series B and $20 million in debt.",
            ),
            (
                "Zorble raises $50M",
                "The sum is a $30 million Series B led by Moss and a $20 million loan from a bank.",
            ),
            ("Robot maker Zorble raises $50M: $30 million in equity and $20M in debt", ""),
        ] {
            let funding = read(title, text);
            assert_eq!(funding.amount.as_deref(), Some("$30 million"), "{title}");
            assert!(format!("{title} {text}").contains(&funding.quotes["amount"]));
        }
    }

    #[test]
    fn the_yen_sign_is_told_by_the_place() {
        let currency = |title: &str, text: &str| read(title, text).currency;
        let told = "The round was led by Moss Capital.";
        assert_eq!(currency("Osaka-based Zorble raises ¥3.1 billion", told).as_deref(), Some("JPY"));
        assert_eq!(currency("Hangzhou-based Zorble raises ¥3.1 billion", told).as_deref(), Some("CNY"));
        assert_eq!(currency("Zorble raises ¥3.1 billion", told), None);
        assert_eq!(currency("灵图智能完成¥3亿A轮融资", "").as_deref(), Some("CNY"));
        let yen = read("Zorble raises 3.1 bn yen", told);
        assert_eq!((yen.currency.as_deref(), yen.amount_value), (Some("JPY"), Some(3.1e9)));
    }

    #[test]
    fn a_verdict_of_before_has_one_lead() {
        let old = r#"{"company":"Zorble","amount":"$5M","usd_millions":5.0,"round":null,"lead":"Moss","valuation":null,"announced":true}"#;
        let funding: Funding = serde_json::from_str(old).unwrap();
        assert_eq!(funding.leads, ["Moss"]);
        let none: Funding = serde_json::from_str(&old.replace("\"Moss\"", "null")).unwrap();
        assert!(none.leads.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(
            title in r"([A-Z][a-z]{1,6} |raises |\$[0-9]{1,3}[MB]? |led by |, |valuation |完成|亿元|轮融资|由|领投|「|」|’s |é|— ){0,12}",
            text in r"([A-Z][a-z]{1,6} |has raised |\$5 million |Series B |after |ago|\. |and |前|，|此前|估值|与|、|（|\PC){0,30}",
        ) {
            let all = format!("{title}\n{text}");
            if let Some(funding) = find(&title, &text) {
                prop_assert!(all.contains(&funding.company));
                prop_assert!(funding.amount.is_none_or(|amount| all.contains(&amount)));
                prop_assert!(funding.leads.iter().all(|lead| all.contains(lead.as_str())));
            }
        }
    }
}
