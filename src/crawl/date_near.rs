//! Dates on list pages, which are written for readers: near the present ("3 days ago", 昨天), without a year, with a word
//! in front. Feeds are written for programs, and nothing of this holds for them.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use regex::{Captures, Regex};

use super::date;

/// A pattern that is compiled when it is first needed.
type Pattern = LazyLock<Option<Regex>>;

/// Years back in which a day without a year is looked for: 29 February comes every fourth.
const YEARS: i32 = 4;

/// The moment that `text` names, read at `now`. `zone` is in hours east.
pub fn parse(text: &str, zone: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let today = (now + Duration::hours(i64::from(zone))).date_naive();
    if let Some(near) = ago(text, now, today).or_else(|| named_day(text, zone, today)) {
        return full_date(text, zone).or(Some(near));
    }
    date::parse(text, zone)
        .or_else(|| date::parse(after_label(text)?, zone))
        .or_else(|| full_date(text, zone))
        .or_else(|| without_year(text, zone, today))
}

/// "3 days ago", "an hour ago", "2h ago", "3天前", "两个月前", "刚刚".
fn ago(text: &str, now: DateTime<Utc>, today: NaiveDate) -> Option<DateTime<Utc>> {
    static ENGLISH: Pattern = LazyLock::new(|| {
        Regex::new(r"(?i)(?:^|\W)(\d{1,3}|an?|one)\s*(s|sec|m|min|h|hr?|hour|d|day|w|wk|week|mo|mth|month|y|yr|year|minute|second)s?\.?\s+ago\b").ok()
    });
    static CHINESE: Pattern = LazyLock::new(|| {
        Regex::new(r"(\d{1,3}|[半一二两三四五六七八九十])\s*个?\s*(秒|分钟?|小时|天|日|周|星期|月|年)钟?\s*(?:以|之)?前").ok()
    });
    if ["just now", "moments ago", "刚刚", "刚才"].iter().any(|word| text.to_lowercase().contains(word)) {
        return Some(now);
    }
    let found = [&ENGLISH, &CHINESE].into_iter().find_map(|pattern| pattern.as_ref()?.captures(text))?;
    let n = number(&found[1])?;
    let unit = found[2].to_lowercase();
    let days = match unit.as_str() {
        "s" | "sec" | "second" | "秒" => return Some(now - Duration::seconds(n)),
        "m" | "min" | "minute" | "分" | "分钟" => return Some(now - Duration::minutes(n)),
        "h" | "hr" | "hour" | "小时" => return Some(now - Duration::hours(n)),
        "w" | "wk" | "week" | "周" | "星期" => n * 7,
        "mo" | "mth" | "month" | "月" => n * 30,
        "y" | "yr" | "year" | "年" => n * 365,
        _ => n,
    };
    midnight(today - Duration::days(days))
}

fn number(word: &str) -> Option<i64> {
    const CHINESE: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let of_chinese =
        || CHINESE.iter().position(|name| *name == word).and_then(|at| i64::try_from(at + 1).ok());
    match word.to_lowercase().as_str() {
        "a" | "an" | "one" => Some(1),
        "两" => Some(2),
        // Half an hour, half a year: less than one counts as none.
        "半" => Some(0),
        digits => digits.parse().ok().or_else(of_chinese),
    }
}

/// "Yesterday", "today at 2:30 pm", "昨天 14:30".
fn named_day(text: &str, zone: i32, today: NaiveDate) -> Option<DateTime<Utc>> {
    const DAYS: [(&str, i64); 8] = [
        ("day before yesterday", 2),
        ("yesterday", 1),
        ("today", 0),
        ("前天", 2),
        ("昨天", 1),
        ("昨日", 1),
        ("今天", 0),
        ("今日", 0),
    ];
    let text = text.to_lowercase();
    let (word, days) = DAYS.iter().find(|(word, _)| text.contains(word))?;
    let day = today - Duration::days(*days);
    let (_, rest) = text.split_once(word)?;
    date::parse(&format!("{day} {}", rest.trim()), zone).or_else(|| midnight(day))
}

/// What stands behind "Published:", "发布时间：".
fn after_label(text: &str) -> Option<&str> {
    let (label, rest) = text.split_once([':', '：'])?;
    (!label.contains(|c: char| c.is_ascii_digit())).then(|| rest.trim())
}

/// A whole date among other words.
fn full_date(text: &str, zone: i32) -> Option<DateTime<Utc>> {
    static WHOLE: Pattern = LazyLock::new(|| {
        let time = r"(?:日|号)?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?";
        let numbers = format!(r"20\d\d\s?[-/.年]\s?\d{{1,2}}\s?[-/.月]\s?\d{{1,2}}{time}");
        let english = r"\b[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? 20\d\d\b";
        let european = r"\b\d{1,2}(?:st|nd|rd|th)?\.? [A-Z][a-z]{2,8}\.?,? 20\d\d\b";
        Regex::new(&format!("{numbers}|{english}|{european}")).ok()
    });
    date::parse(WHOLE.as_ref()?.find(text)?.as_str(), zone)
}

/// "11月12日", "11-12", "Nov 9", "9 Nov": the latest such day that is not after today, with its time if there is one.
fn without_year(text: &str, zone: i32, today: NaiveDate) -> Option<DateTime<Utc>> {
    static CHINESE: Pattern = LazyLock::new(|| {
        Regex::new(r"(?:^|[^\d年])(1[0-2]|0?[1-9])\s?月\s?(\d{1,2})\s?[日号]?(\s+\d{1,2}:\d{2})?").ok()
    });
    static NUMBERS: Pattern =
        LazyLock::new(|| Regex::new(r"^(1[0-2]|0?[1-9])[-/](\d{1,2})(\s+\d{1,2}:\d{2})?$").ok());
    static ENGLISH: Pattern = LazyLock::new(|| {
        Regex::new(r"\b([A-Z][a-z]{2,8})\.? (\d{1,2})(?:st|nd|rd|th)?\b(,? (?:at )?\d{1,2}:\d{2}(?: ?[AaPp]\.?[Mm])?)?").ok()
    });
    static EUROPEAN: Pattern =
        LazyLock::new(|| Regex::new(r"\b(\d{1,2})(?:st|nd|rd|th)?\.? ([A-Z][a-z]{2,8})\b").ok());
    let in_numbers = |found: &Captures<'_>, year: i32| {
        format!("{year}-{}-{}{}", &found[1], &found[2], found.get(3).map_or("", |time| time.as_str()))
    };
    let in_words = |found: &Captures<'_>, year: i32| {
        let time = found.get(3).map_or("", |time| time.as_str().trim_start_matches(','));
        format!("{} {} {year}{}", &found[1], &found[2], time.replace(" at", ""))
    };
    let captures = |pattern: &'static Pattern| pattern.as_ref()?.captures(text);
    let spelt: Box<dyn Fn(i32) -> String + '_> = if let Some(found) = captures(&CHINESE) {
        Box::new(move |year| in_numbers(&found, year))
    } else if let Some(found) = captures(&NUMBERS).filter(|_| zone == 8) {
        Box::new(move |year| in_numbers(&found, year))
    } else if let Some(found) = captures(&ENGLISH).or_else(|| captures(&EUROPEAN)) {
        Box::new(move |year| in_words(&found, year))
    } else {
        return None;
    };
    let is_past = |at: &DateTime<Utc>| (*at + Duration::hours(i64::from(zone))).date_naive() <= today;
    let years = (0..=YEARS).map(|back| today.year() - back);
    years.filter_map(|year| date::parse(&spelt(year), zone)).find(is_past)
}

fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_hms_opt(0, 0, 0)?.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, zone: i32, want: &str) {
        // In China it is already the 7th.
        let now = "2026-05-06T17:30:00Z".parse().unwrap();
        let at = parse(text, zone, now).map(|at| at.format("%Y-%m-%d %H:%M").to_string());
        assert_eq!(at.as_deref(), (!want.is_empty()).then_some(want), "{text}");
    }

    #[test]
    fn what_a_feed_would_say_is_read_too() {
        check("2026-05-01T10:00:00+08:00", 0, "2026-05-01 02:00");
        check("May 1, 2026", 0, "2026-05-01 00:00");
        check("2026年5月1日 10:00", 8, "2026-05-01 02:00");
    }

    #[test]
    fn a_word_may_stand_in_front() {
        check("Published: May 1, 2026", 0, "2026-05-01 00:00");
        check("Last updated on: 1 May 2026", 0, "2026-05-01 00:00");
        check("发布日期: 2026-05-01", 8, "2026-05-01 00:00");
        check("发布时间：2026-05-01 10:00 来源：某网", 8, "2026-05-01 02:00");
        check("By Ann: 7 min read | May 1, 2026", 0, "2026-05-01 00:00");
    }

    #[test]
    fn how_long_ago_is_counted_from_now() {
        check("3 days ago", 0, "2026-05-03 00:00");
        check("Updated 2 hours ago", 0, "2026-05-06 15:30");
        check("2h ago", 0, "2026-05-06 15:30");
        check("a week ago", 0, "2026-04-29 00:00");
        check("5 days 12 hours ago", 0, "2026-05-06 05:30");
        check("3天前", 8, "2026-05-04 00:00");
        check("2小时前", 8, "2026-05-06 15:30");
        check("15 分钟前", 8, "2026-05-06 17:15");
        check("两周前", 8, "2026-04-23 00:00");
        check("刚刚", 8, "2026-05-06 17:30");
        check("3 days ago, on May 2, 2026", 0, "2026-05-02 00:00");
    }

    #[test]
    fn days_have_names() {
        check("Yesterday", 0, "2026-05-05 00:00");
        check("today at 2:30 pm", 0, "2026-05-06 14:30");
        check("昨天", 8, "2026-05-06 00:00");
        check("昨天 14:30", 8, "2026-05-06 06:30");
        check("前天", 8, "2026-05-05 00:00");
    }

    #[test]
    fn a_day_without_a_year_is_the_latest_such_day() {
        check("5月2日", 8, "2026-05-02 00:00");
        check("11月12日", 8, "2025-11-12 00:00");
        check("5月7日", 8, "2026-05-07 00:00");
        check("05-02 10:00", 8, "2026-05-02 02:00");
        check("May 2", 0, "2026-05-02 00:00");
        check("Nov 9", 0, "2025-11-09 00:00");
        check("Posted on 9 Nov", 0, "2025-11-09 00:00");
        check("May 2, 10:15 AM", 0, "2026-05-02 10:15");
        check("Feb 29", 0, "2024-02-29 00:00");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "News", "5 min read", "Page 3", "Chapter 12", "Version 4.5", "阅读 3 分钟", "Top 10"]
        {
            check(text, 0, "");
            check(text, 8, "");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "([0-9]{1,3}|[a-z]{1,5}|[ :/.-]|天|前|月|日|ago|May|昨天|年){0,12}") {
            let _ = parse(&text, 8, "2026-05-06T17:30:00Z".parse().unwrap());
        }
    }
}
