//! Dates as publishers write them: RFC 3339 and 2822, and what else stands in feeds and on pages.

use std::sync::LazyLock;

use chrono::{
    DateTime, Datelike as _, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc,
};
use chrono_tz::{TZ_VARIANTS, Tz};
use regex::{Captures, Regex};

use super::date_words::{fold, month, weekday, zone};

/// A date further in the future than this is a mistake: it is dropped, never shown.
const MAX_AHEAD: Duration = Duration::days(1);

/// The world's zones, in minutes east; what is stated beyond them is a mistake and counts as none.
const OFFSETS: std::ops::RangeInclusive<i32> = -12 * 60..=14 * 60;

/// A year that no date of a feed means.
const FAR: i32 = 2200;

/// Longest text that may be a date.
const MAX_LENGTH: usize = 100;

/// The moment that `text` names. A day without a time is its midnight in GMT, which is the same day in China too.
/// `default_zone` is in hours east, for texts without a zone.
pub fn parse(text: &str, default_zone: i32) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_LENGTH {
        return None;
    }
    let plain = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    // chrono reads CST as America's, which is 14 hours wrong for a Chinese source; and years of two digits its own way.
    let is_sure = |at: &DateTime<FixedOffset>| {
        !text.ends_with("CST") && OFFSETS.contains(&(at.offset().local_minus_utc() / 60))
    };
    let at = match plain.ok().filter(is_sure) {
        Some(at) => at.to_utc(),
        None => epoch(text).or_else(|| loose(text, default_zone))?,
    };
    (at.timestamp() > 0 && at.year() < FAR).then_some(at)
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

/// Takes time and zone out of the text; what is left is the day.
fn loose(text: &str, default_zone: i32) -> Option<DateTime<Utc>> {
    static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\st])(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s*([ap])\.?m\b\.?)?").ok()
    });
    let folded = plain_words(text);
    let Some(found) = TIME.as_ref()?.captures(&folded) else {
        // A day alone; a time that is none makes the whole no date.
        return day(&folded).filter(|_| !folded.contains(':')).and_then(midnight);
    };
    let whole = found.get(0)?;
    let (before, after) = (&folded[..whole.start()], &folded[whole.end()..]);
    let time = time(&found)?;
    let (minutes, rest) = take_zone(after, before);
    if rest.contains(':') {
        return None;
    }
    let naive = day(&format!("{before} {rest}"))?.and_time(time);
    in_zone(naive, minutes, home_of(text, default_zone))
}

fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

/// A zone as it is stated.
enum Zone {
    Offset(i32),
    Named(Tz),
    /// China's in a Chinese source, America's elsewhere.
    Cst,
    None,
}

fn in_zone(naive: NaiveDateTime, zone: Zone, home: i32) -> Option<DateTime<Utc>> {
    let minutes = match zone {
        Zone::Named(zone) => return Some(zone.from_local_datetime(&naive).earliest()?.to_utc()),
        Zone::Offset(minutes) if OFFSETS.contains(&minutes) => minutes,
        Zone::Offset(_) => 0,
        Zone::Cst if home == 8 => 8 * 60,
        Zone::Cst => -6 * 60,
        Zone::None => home * 60,
    };
    Some(FixedOffset::east_opt(minutes * 60)?.from_local_datetime(&naive).single()?.to_utc())
}

/// Hours east where such a text is written.
fn home_of(text: &str, default_zone: i32) -> i32 {
    let is_hangul = |c: char| ('\u{ac00}'..='\u{d7a3}').contains(&c);
    match default_zone {
        0 if text.contains(is_hangul) => 9,
        0 if text.contains(['年', '月', '午']) => 8,
        zone => zone,
    }
}

/// "2024年5月21日 上午10:00" → "2024-5-21 am 10:00"; small letters; what stands in brackets is dropped.
fn plain_words(text: &str) -> String {
    static HALF: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(上午|下午|晚上|中午|凌晨|早上|오전|오후)\s*([\d:]+)").ok());
    let text = text.split('(').next().unwrap_or_default();
    let text = text.replace(['日', '号', '일', ',', '|'], " ");
    let text = match text.contains(['年', '月', '년', '월']) {
        true => text.replace(['年', '月', '년', '월'], "-").replace("- ", "-"),
        false => text,
    };
    let english = |found: &Captures<'_>| {
        let is_late = ["下午", "晚上", "中午", "오후"].contains(&&found[1]);
        format!(" {} {}", &found[2], if is_late { "pm" } else { "am" })
    };
    let text = match &*HALF {
        Some(half) => half.replace_all(&text, english).into_owned(),
        None => text,
    };
    fold(&text)
}

fn time(found: &Captures<'_>) -> Option<NaiveTime> {
    let number = |n: usize| found.get(n).map_or(Some(0), |text| text.as_str().parse::<u32>().ok());
    let (hour, minute, second) = (number(1)?, number(2)?, number(3)?);
    let hour = match found.get(4).map(|half| half.as_str()) {
        Some("p") if hour < 12 => hour + 12,
        Some("a") if hour == 12 => 0,
        _ => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// The zone behind the time (or, in words, before it), and what is left behind the time without it.
fn take_zone(after: &str, before: &str) -> (Zone, String) {
    static OFFSET: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^\s*(?:gmt|utc|ut)?\s*([+-])(\d{1,2}):?(\d{2})?z?(?:\s|$)").ok());
    static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*([a-z]+/[a-z_/+-]+)").ok());
    if let Some(found) = OFFSET.as_ref().and_then(|pattern| pattern.captures(after)) {
        let number = |n: usize| found.get(n).and_then(|text| text.as_str().parse::<i32>().ok()).unwrap_or(0);
        let minutes = number(2) * 60 + number(3);
        let sign = if &found[1] == "-" { -1 } else { 1 };
        return (Zone::Offset(sign * minutes), after[found[0].len()..].to_owned());
    }
    if let Some(found) = PLACE.as_ref().and_then(|pattern| pattern.captures(after))
        && let Some(zone) = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&found[1]))
    {
        return (Zone::Named(*zone), after[found[0].len()..].to_owned());
    }
    let words = |text: &str| text.split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect::<Vec<_>>();
    let stated = words(after).into_iter().chain(words(before)).find_map(|word| match word.as_str() {
        "cst" => Some(Zone::Cst),
        // "at" before a time is a word, not the Atlantic.
        "at" if !after.contains(&word) => None,
        word => zone(word).map(Zone::Offset),
    });
    (stated.unwrap_or(Zone::None), after.to_owned())
}

/// The day that is left when time and zone are gone.
fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    compact(text).or_else(|| with_month_name(text)).or_else(|| in_numbers(text))
}

/// ISO 8601 in its shortest forms: "20031231", "031231", "03335", "2003-12", "-0312", "2003".
fn compact(text: &str) -> Option<NaiveDate> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit() || c == '-') {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i32>().ok();
    let date =
        |y: i32, m: i32, d: i32| NaiveDate::from_ymd_opt(y, u32::try_from(m).ok()?, u32::try_from(d).ok()?);
    let hyphens = text.matches('-').count();
    match (digits.len(), hyphens) {
        (8, 0) => date(part(0, 4)?, part(4, 6)?, part(6, 8)?),
        (6, 0) => date(full_year(part(0, 2)?), part(2, 4)?, part(4, 6)?),
        (5, 0) => NaiveDate::from_yo_opt(full_year(part(0, 2)?), u32::try_from(part(2, 5)?).ok()?),
        (6, 1) => date(part(0, 4)?, part(4, 6)?, 1),
        (4, 1 | 2) if text.starts_with('-') => date(full_year(part(0, 2)?), part(2, 4)?, 1),
        (4, 0) => {
            Some(part(0, 4)?).filter(|year| (1970..2100).contains(year)).and_then(|year| date(year, 1, 1))
        }
        _ => None,
    }
}

fn with_month_name(text: &str) -> Option<NaiveDate> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // French Tuesday ("mar., 01 déc.") looks like March: the last one counts.
    let named = |word: &&str| word.starts_with(|c: char| c.is_alphabetic()).then(|| month(word)).flatten();
    let month = words.iter().rev().find_map(named)?;
    let numbers: Vec<&str> = words.iter().filter_map(|word| number(word)).collect();
    let (day, year) = match numbers[..] {
        [year] if year.len() == 4 => ("1", year),
        [year, day, ..] if year.len() == 4 => (day, year),
        [day, year, ..] => (day, year),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year_of(year)?, month, day.parse().ok().filter(|_| day.len() <= 2)?)
}

/// "21st" → "21".
fn number(word: &str) -> Option<&str> {
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let is_plain = ["", "st", "nd", "rd", "th", "t"].contains(&&word[end..]);
    (end > 0 && is_plain).then(|| &word[..end])
}

/// "2024-05-21", "5/21/2024", "21.05.24": what comes first is told by the year, the weekday, what is possible, the sign.
fn in_numbers(text: &str) -> Option<NaiveDate> {
    static NUMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^\d.])(\d{1,4})([-/. ])(\d{1,3})[-/. ](\d{1,4})(?:$|[^\d.-])").ok()
    });
    let found = NUMBERS.as_ref()?.captures(text)?;
    let (first, second, third) = (&found[1], &found[3], &found[4]);
    let date = |year: &str, month: &str, day: &str| {
        NaiveDate::from_ymd_opt(year_of(year)?, month.parse().ok()?, day.parse().ok()?)
    };
    if first.len() == 4 {
        return date(first, second, third);
    }
    let (american, european) = (date(third, first, second), date(third, second, first));
    let stated = text.split(|c: char| !c.is_alphabetic()).find_map(weekday);
    let fits = |day: &NaiveDate| stated.is_none_or(|stated| day.weekday().num_days_from_monday() == stated);
    let mut readings = if &found[2] == "/" { [american, european] } else { [european, american] };
    if &found[2] == "-" && third.len() == 2 {
        readings = [date(first, second, third), european];
    }
    let any = || readings.iter().flatten().next().copied();
    readings.iter().flatten().copied().find(fits).or_else(any)
}

fn year_of(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(full_year(year)),
        _ => None,
    }
}

/// RFC 2822, 4.3: 00 to 49 is this century.
fn full_year(year: i32) -> i32 {
    if year < 50 { 2000 + year } else { 1900 + year }
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
    fn a_day_is_its_midnight_in_gmt() {
        check("2024-05-21", 0, "2024-05-21T00:00:00Z");
        check("2024年5月21日", 8, "2024-05-21T00:00:00Z");
        check("May 21st, 2024", 0, "2024-05-21T00:00:00Z");
        check("21 May 2024", 0, "2024-05-21T00:00:00Z");
        check("September 3, 2025", 0, "2025-09-03T00:00:00Z");
        check("Nov. 2020", 0, "2020-11-01T00:00:00Z");
    }

    #[test]
    fn months_in_other_languages() {
        check("Mi, 6 Mär 2024 10:00:00 +0100", 0, "2024-03-06T09:00:00Z");
        check("mar., 03 déc. 2024 10:00:00 +0000", 0, "2024-12-03T10:00:00Z");
        check("mercredi 3 juillet 2024 - 15:30", 0, "2024-07-03T15:30:00Z");
        check("3 de agosto de 2024", 0, "2024-08-03T00:00:00Z");
        check("5 июня 2024 12:30 MSK", 0, "2024-06-05T09:30:00Z");
        check("2024年5月21日 下午3:05", 8, "2024-05-21T07:05:00Z");
        check("2024년 05월 21일 09:30", 0, "2024-05-21T00:30:00Z");
    }

    #[test]
    fn halves_of_the_day_and_zones_by_name() {
        check("May 21, 2024 at 1:05 p.m.", 0, "2024-05-21T13:05:00Z");
        check("Tue, 21 May 2024 12:05 AM EDT", 0, "2024-05-21T04:05:00Z");
        check("Tue, 21 May 2024 10:00:00 America/New_York", 0, "2024-05-21T14:00:00Z");
        check("Tue May 21 2024 10:00:00 GMT+0200 (Central European Summer Time)", 0, "2024-05-21T08:00:00Z");
        check("2024-05-21T10:00:00-05:00Z", 0, "2024-05-21T15:00:00Z");
        check("2024-05-21 10:00:00+15:00", 0, "2024-05-21T10:00:00Z");
        check("Tue, 21 May 2024 10:00:00 CST", 0, "2024-05-21T16:00:00Z");
    }

    #[test]
    fn numbers_are_read_as_the_weekday_and_the_possible_say() {
        check("05/21/2024 4:20 pm", 0, "2024-05-21T16:20:00Z");
        check("21/05/2024", 0, "2024-05-21T00:00:00Z");
        check("21.05.24", 0, "2024-05-21T00:00:00Z");
        check("Sat, 04/05/2024", 0, "2024-05-04T00:00:00Z");
        check("Fri, 04/05/2024", 0, "2024-04-05T00:00:00Z");
        check("240521", 0, "2024-05-21T00:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "99/99/9999",
            "12",
            "v1.2.3",
            "1:2:3:4",
            "16 Dec 2012 25:00",
            "16 zzz 2012 11:47",
            "16 Dec zz",
            "99 Jun 2009",
        ] {
            check(text, 0, "");
        }
    }

    #[test]
    fn the_future_is_not_believed() {
        let now = parse("2024-05-21", 0).unwrap();
        assert_eq!(believable(parse("2024-06-21", 0), now), None);
        assert!(believable(parse("2024-05-21T20:00:00Z", 0), now).is_some());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[0-9a-zA-Z:/. ,+年月日午오-]{0,40}", zone in -12..14) {
            let _ = parse(&text, zone);
        }

        #[test]
        fn what_is_written_by_the_rules_is_read_back(seconds in 1_i64..4_000_000_000) {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            proptest::prop_assert_eq!(parse(&at.to_rfc2822(), 8), Some(at));
            proptest::prop_assert_eq!(parse(&at.to_rfc3339(), 8), Some(at));
            proptest::prop_assert_eq!(parse(&at.format("%a, %d %b %Y %I:%M:%S %p GMT").to_string(), 8), Some(at));
        }
    }
}
