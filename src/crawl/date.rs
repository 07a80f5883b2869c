//! Dates as publishers write them.

use std::sync::LazyLock;

use chrono::{
    DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeZone as _, Utc,
};
use regex::Regex;

/// A date further in the future than this is a mistake: it is dropped, never shown.
const MAX_AHEAD: Duration = Duration::days(1);

/// Hours east of Greenwich of the named zones that feeds use. CST is China's in a Chinese source: see `zone`.
const ZONES: [(&str, i32); 16] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("Z", 0),
    ("EST", -5),
    ("EDT", -4),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
    ("BST", 1),
    ("CET", 1),
    ("MET", 1),
    ("CEST", 2),
    ("JST", 9),
];

/// Layouts without a zone, most exact first.
const LAYOUTS: [&str; 12] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%b %d %Y %H:%M:%S",
    "%b %d %Y %H:%M",
    "%b %d %H:%M:%S %Y",
    "%d %b %y %H:%M:%S",
];

/// Layouts of a day.
const DAYS: [&str; 8] =
    ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%b %d %Y", "%d/%m/%Y", "%Y%m%d", "%d.%m.%Y"];

/// The moment that `text` names; a day without a time is its noon in the zone, so that it stays the same day nearly
/// everywhere. `default_zone` is in hours east, for texts without a zone.
pub fn parse(text: &str, default_zone: i32) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > 80 {
        return None;
    }
    let plain = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    // chrono reads CST as America's; that is 14 hours wrong for a Chinese source.
    if let Some(at) = plain.ok().filter(|_| !text.ends_with("CST")) {
        return Some(at.to_utc());
    }
    if let Some(at) = epoch(text) {
        return Some(at);
    }
    let (rest, zone) = split_zone(&simplify(text), default_zone);
    let rest = rest.trim();
    let with_time = LAYOUTS.iter().find_map(|layout| NaiveDateTime::parse_from_str(rest, layout).ok());
    let noon = NaiveTime::from_hms_opt(12, 0, 0)?;
    let day = || DAYS.iter().find_map(|layout| NaiveDate::parse_from_str(rest, layout).ok());
    let naive = with_time.or_else(|| day().map(|day| day.and_time(noon)))?;
    let at = zone.from_local_datetime(&naive).single()?.to_utc();
    (at.timestamp() > 0).then_some(at)
}

/// The date unless it lies in the future.
pub fn believable(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    at.filter(|at| *at <= now + MAX_AHEAD && at.timestamp() > 0)
}

/// Seconds or milliseconds since 1970.
fn epoch(text: &str) -> Option<DateTime<Utc>> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        9 | 10 => DateTime::from_timestamp(text.parse().ok()?, 0),
        13 => DateTime::from_timestamp_millis(text.parse().ok()?),
        _ => None,
    }
}

/// "Tuesday, 21st of May, 2024" → "21 May 2024"; "2024年5月21日 上午10:00" → "2024-5-21 10:00".
fn simplify(text: &str) -> String {
    static WEEKDAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b[,.]?|星期.|周[一二三四五六日]").ok()
    });
    static MONTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?").ok()
    });
    static ORDINAL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\b(\d{1,2})(?:st|nd|rd|th)\b").ok());
    let (Some(weekday), Some(month), Some(ordinal)) = (&*WEEKDAY, &*MONTH, &*ORDINAL) else {
        return text.to_owned();
    };
    let text = weekday.replace_all(text, " ");
    let text = month.replace_all(&text, " $1 ");
    let text = ordinal.replace_all(&text, "$1");
    let text =
        text.replace(['年', '月'], "-").replace(['日', ','], " ").replace(" of ", " ").replace(" at ", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes the zone off the end: "+08:00", "GMT+8", "EST", "Z".
fn split_zone(text: &str, default_zone: i32) -> (String, FixedOffset) {
    static NUMBER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(.*\d)\s*(?:GMT|UTC)?\s*([+-])(\d{1,2}):?(\d{2})?$").ok());
    let found =
        NUMBER.as_ref().and_then(|pattern| pattern.captures(text)).filter(|found| found[1].contains(':'));
    if let Some(found) = found {
        let hours: i32 = found[3].parse().unwrap_or_default();
        let minutes: i32 = found.get(4).and_then(|text| text.as_str().parse().ok()).unwrap_or_default();
        let sign = if &found[2] == "-" { -1 } else { 1 };
        return (found[1].to_owned(), offset(sign * (hours * 60 + minutes)));
    }
    let word: String = text.chars().rev().take_while(char::is_ascii_alphabetic).collect();
    let word: String = word.chars().rev().collect::<String>().to_uppercase();
    let zone = match word.as_str() {
        // America's if the source is American, China's if it is Chinese.
        "CST" => Some(if default_zone == 8 { 8 } else { -6 }),
        _ => ZONES.iter().find(|(name, _)| *name == word).map(|(_, hours)| *hours),
    };
    match zone {
        Some(hours) => (text[..text.len() - word.len()].to_owned(), offset(hours * 60)),
        None => (text.to_owned(), offset(default_zone * 60)),
    }
}

fn offset(minutes: i32) -> FixedOffset {
    FixedOffset::east_opt(minutes * 60).unwrap_or_else(|| Utc.fix())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, zone: i32, want: &str) {
        let at = parse(text, zone).map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        assert_eq!(at.as_deref(), (!want.is_empty()).then_some(want), "{text}");
    }

    #[test]
    fn the_forms_that_feeds_use() {
        check("Tue, 21 May 2024 10:00:00 +0800", 0, "2024-05-21T02:00:00Z");
        check("2024-05-21T10:00:00Z", 0, "2024-05-21T10:00:00Z");
        check("2024-05-21T10:00Z", 0, "2024-05-21T10:00:00Z");
        check("2024-05-21 10:00:00", 8, "2024-05-21T02:00:00Z");
        check("2024-05-21 10:00:00 +0800", 0, "2024-05-21T02:00:00Z");
        check("Tue, 21 May 2024 10:00:00 CST", 8, "2024-05-21T02:00:00Z");
        check("Tue, 21 May 2024 10:00:00 EST", 0, "2024-05-21T15:00:00Z");
        check("Tuesday, 21 May 2024 10:00:00 GMT+8", 0, "2024-05-21T02:00:00Z");
        check("1716285600", 0, "2024-05-21T10:00:00Z");
        check("1716285600000", 0, "2024-05-21T10:00:00Z");
        check("Tue May 21 10:00:00 2024", 0, "2024-05-21T10:00:00Z");
        check("2024年5月21日 10:00", 8, "2024-05-21T02:00:00Z");
    }

    #[test]
    fn a_day_is_its_noon() {
        check("2024-05-21", 0, "2024-05-21T12:00:00Z");
        check("2024年5月21日", 8, "2024-05-21T04:00:00Z");
        check("May 21st, 2024", 0, "2024-05-21T12:00:00Z");
        check("21 May 2024", 0, "2024-05-21T12:00:00Z");
        check("September 3, 2025", 0, "2025-09-03T12:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "yesterday", "99/99/9999", "12", "v1.2.3"] {
            check(text, 0, "");
        }
    }

    #[test]
    fn the_future_is_not_believed() {
        let now = parse("2024-05-21", 0).unwrap();
        assert_eq!(believable(parse("2024-06-21", 0), now), None);
        assert!(believable(parse("2024-05-22T10:00:00Z", 0), now).is_some());
    }
}
