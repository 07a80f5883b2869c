//! Sentences of an issue with what changes in them, in both languages.

use chrono::{Datelike as _, NaiveDate};

use super::words::{flag, word};
use crate::model::{IssueContent, IssueKind, Language};

/// "16–22 November 2026", "2026年11月16日—22日".
pub fn days((first, last): (NaiveDate, NaiveDate), language: Language) -> String {
    let same_month = (first.year(), first.month()) == (last.year(), last.month());
    let month = |day: NaiveDate| day.format("%B");
    match language {
        Language::En if first == last => format!("{} {} {}", last.day(), month(last), last.year()),
        Language::Zh if first == last => format!("{}年{}月{}日", last.year(), last.month(), last.day()),
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
        // Stories of days before, which came too late for their own issue, have no items of these days.
        (Language::En, IssueKind::Weekly) if content.n_stories > items => format!(
            "Read {} from {}; with those of earlier days {} were looked at, {} of them screened out.",
            count(items, "item"),
            count(sources, "source"),
            stories(content.n_stories),
            number(n_dropped)
        ),
        (Language::Zh, IssueKind::Weekly) if content.n_stories > items => format!(
            "读了 {} 个来源的 {} 条内容；连同前几天的共看了 {} 件事，筛掉 {} 件。",
            number(sources),
            number(items),
            number(content.n_stories),
            number(n_dropped)
        ),
        (Language::En, IssueKind::Weekly) => format!(
            "Read {} from {}: {}; {} screened out.",
            count(items, "item"),
            count(sources, "source"),
            stories(content.n_stories),
            number(n_dropped)
        ),
        (Language::En, IssueKind::Paper) => format!(
            "{} {}; read {} from {}.",
            if content.quiet { "Looked at" } else { "Chosen from" },
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
            "{} {} 篇论文{}；读了 {} 个来源的 {} 条内容。",
            if content.quiet { "看过" } else { "从" },
            number(content.n_stories),
            if content.quiet { "" } else { "中选出" },
            number(sources),
            number(items)
        ),
    }
}

/// Honest words for a week, or a day, in which little happened.
pub fn quiet(n_told: usize, is_daily: bool, language: Language) -> String {
    let n = i64::try_from(n_told).unwrap_or(i64::MAX);
    let time = match (language, is_daily) {
        (Language::En, false) => "week",
        (Language::En, true) => "day",
        (Language::Zh, false) => "本周",
        (Language::Zh, true) => "今天",
    };
    match (language, n) {
        (Language::En, 0) => format!("A quiet {time}: nothing worth your time"),
        (Language::En, _) => format!("A quiet {time}: {}", stories(n)),
        (Language::Zh, 0) => format!("{time}平静：没有值得占用你时间的事"),
        (Language::Zh, _) => format!("{time}不多：{n} 件事"),
    }
}

/// Honest words for a month whose papers are not worth an evening.
pub fn no_paper(n_papers: i64, language: Language) -> String {
    let n = number(n_papers);
    match language {
        Language::En if n_papers == 1 => "No paper this month: the one that we looked at is too thin.".into(),
        Language::En => {
            format!("No paper this month: of the {n} that we looked at, none is worth your evening.")
        }
        Language::Zh if n_papers == 1 => "本月没有值得推荐的论文：看过的一篇内容太单薄。".into(),
        Language::Zh => format!("本月没有值得推荐的论文：看过的 {n} 篇都不值得占用你一个晚上。"),
    }
}

/// What was left out, by reason, the largest first.
pub fn left_out(content: &IssueContent, language: Language) -> String {
    let mut reasons: Vec<_> = content.dropped_counts.iter().collect();
    reasons.sort_by_key(|(reason, n)| (-**n, reason.as_str()));
    let part = |(reason, n): &(&String, &i64)| match language {
        Language::En => format!("{} ({})", flag(reason, language), number(**n)),
        Language::Zh => format!("{} {} 件", flag(reason, language), number(**n)),
    };
    let parts: Vec<_> = reasons.iter().map(part).collect();
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
    let cost = content.cost_micros as f64 / 1e6;
    match language {
        Language::En => format!(
            "{} checked against the articles, {} withheld, {} paid{}.{}{}",
            count(facts, "fact"),
            count(withheld, "sentence"),
            count(tokens, "token"),
            if cost > 0.0 { format!(" ({cost:.2} at the configured prices)") } else { String::new() },
            if judges.is_empty() { String::new() } else { format!(" Judged by {}.", judges.join(" and ")) },
            if content.edited { " Edited by the operator." } else { "" }
        ),
        Language::Zh => format!(
            "对照原文核对了 {} 处事实，隐去 {} 句，花费 {} 个 token{}。{}{}",
            number(facts),
            number(withheld),
            number(tokens),
            if cost > 0.0 { format!("（按所设价格计 {cost:.2}）") } else { String::new() },
            if judges.is_empty() { String::new() } else { format!("评审：{}。", judges.join("、")) },
            if content.edited { "经运营者编辑。" } else { "" }
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

/// "1 source", "4 independent sources".
pub fn sources(n_owners: usize, language: Language) -> String {
    match (language, n_owners) {
        (Language::En, 0 | 1) => "1 source".to_owned(),
        (Language::Zh, 0 | 1) => "单一来源".to_owned(),
        _ => told_by(n_owners, language),
    }
}

/// What an earlier issue wrote.
pub fn earlier(issue: i32, headline: &str, language: Language) -> String {
    match language {
        Language::En => format!("In no. {issue} we wrote: “{headline}”"),
        Language::Zh => format!("第 {issue} 期写过：“{headline}”"),
    }
}

/// Stories of a long-term question that stand in other sections.
pub fn also_here(headlines: &[String], n: usize, language: Language) -> String {
    let more = n - headlines.len();
    match language {
        Language::En if more > 0 => format!("Also here: {}; {more} more.", headlines.join("; ")),
        Language::En => format!("Also here: {}.", headlines.join("; ")),
        Language::Zh if more > 0 => format!("本期另见：{}；还有 {more} 条。", headlines.join("；")),
        Language::Zh => format!("本期另见：{}。", headlines.join("；")),
    }
}

/// What a week's rounds come to.
#[derive(Debug)]
pub struct FundingTotal<'a> {
    /// Rounds with a known sum.
    pub n: usize,
    /// Their sum.
    pub total: String,
    /// The largest of them.
    pub largest: String,
    /// Who raised that.
    pub company: String,
    /// Rounds without a known sum.
    pub unknown: usize,
    /// The day of the rates that were used.
    pub rate: Option<&'a str>,
}

/// The note below the table of money.
pub fn funding_total(note: &FundingTotal<'_>, language: Language) -> String {
    let FundingTotal { n, total, largest, company, unknown, rate } = note;
    match language {
        Language::En => {
            let rounds = count(i64::try_from(*n).unwrap_or(i64::MAX), "round");
            let unknown =
                if *unknown > 0 { format!("; {unknown} more without a sum") } else { String::new() };
            let rate = rate.map(|day| format!(" Exchange rates of {day}.")).unwrap_or_default();
            format!("{total} in {rounds}{unknown}; the largest: {company}, {largest}.{rate}")
        }
        Language::Zh => {
            let unknown =
                if *unknown > 0 { format!("，另有 {unknown} 笔未披露金额") } else { String::new() };
            let rate = rate.map(|day| format!("按 {day} 汇率折算。")).unwrap_or_default();
            format!("{n} 笔合计 {total}{unknown}；最大一笔：{company}，{largest}。{rate}")
        }
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
}
