//! Dates as pages write them: for machines, in words, in Chinese.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use regex::{Captures, Regex};

/// Before the web there were no pages.
const FIRST_YEAR: i32 = 1992;

/// Months by the begin of their names, in the languages whose names differ.
const MONTHS: [(&str, u32); 52] = [
    ("january", 1),
    ("jan", 1),
    ("januar", 1),
    ("janvier", 1),
    ("enero", 1),
    ("ene", 1),
    ("gennaio", 1),
    ("janeiro", 1),
    ("february", 2),
    ("feb", 2),
    ("februar", 2),
    ("février", 2),
    ("febrero", 2),
    ("febbraio", 2),
    ("fevereiro", 2),
    ("march", 3),
    ("mar", 3),
    ("märz", 3),
    ("mars", 3),
    ("marzo", 3),
    ("março", 3),
    ("april", 4),
    ("apr", 4),
    ("avril", 4),
    ("abril", 4),
    ("aprile", 4),
    ("may", 5),
    ("mai", 5),
    ("mayo", 5),
    ("maggio", 5),
    ("maio", 5),
    ("june", 6),
    ("juni", 6),
    ("juin", 6),
    ("junio", 6),
    ("giugno", 6),
    ("july", 7),
    ("juli", 7),
    ("juillet", 7),
    ("julio", 7),
    ("luglio", 7),
    ("august", 8),
    ("aug", 8),
    ("août", 8),
    ("agosto", 8),
    ("sept", 9),
    ("oct", 10),
    ("okt", 10),
    ("ott", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
];

/// A pattern, none if it cannot be compiled.
type Pattern = LazyLock<Option<Regex>>;

static ISO: Pattern =
    LazyLock::new(|| Regex::new(r"\b(?<y>(?:19|20)\d\d)[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})\b").ok());
static CHINESE: Pattern =
    LazyLock::new(|| Regex::new(r"(?<y>(?:19|20)\d\d)\s*年\s*(?<m>\d{1,2})\s*月\s*(?<d>\d{1,2})\s*日").ok());
static MONTH_FIRST: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?<w>\p{L}{3,10})\.?\s+(?<d>\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(?<y>(?:19|20)\d\d)\b")
        .ok()
});
static DAY_FIRST: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?<d>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:de\s+|of\s+)?(?<w>\p{L}{3,10})\.?,?\s+(?:de\s+)?(?<y>(?:19|20)\d\d)\b").ok()
});
static DOTTED: Pattern =
    LazyLock::new(|| Regex::new(r"\b(?<d>\d{1,2})\.\s?(?<m>\d{1,2})\.\s?(?<y>(?:19|20)\d\d)\b").ok());
static SLASHED: Pattern =
    LazyLock::new(|| Regex::new(r"\b(?<a>\d{1,2})/(?<b>\d{1,2})/(?<y>(?:19|20)\d\d)\b").ok());

/// The time that a machine was told: in an attribute, in JSON-LD. A time without zone is UTC's.
pub fn stated(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.trim();
    let zoned = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    let zoned = zoned.or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    let zoned = zoned.or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z"));
    let zoned = zoned.or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"));
    let bare = || {
        let forms = [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
            "%Y/%m/%d %H:%M",
        ];
        forms
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .map(|at| at.and_utc().fixed_offset())
    };
    let compact = || {
        let day = text.get(..8).filter(|day| day.bytes().all(|b| b.is_ascii_digit()));
        day.and_then(|day| NaiveDate::parse_from_str(day, "%Y%m%d").ok()).and_then(midnight)
    };
    zoned.ok().or_else(bare).or_else(|| written(text)).or_else(compact).filter(believable)
}

/// The first day that is written out in `text`.
pub fn written(text: &str) -> Option<DateTime<FixedOffset>> {
    let captured = |pattern: &Pattern| {
        pattern
            .as_ref()
            .and_then(|pattern| pattern.captures(text))
            .map(|found| (found.get(0).map_or(0, |all| all.start()), day(&found)))
    };
    let patterns = [&ISO, &CHINESE, &MONTH_FIRST, &DAY_FIRST, &DOTTED, &SLASHED];
    let found =
        patterns.iter().filter_map(|pattern| captured(pattern)).filter_map(|(at, day)| Some((at, day?)));
    found.min_by_key(|(at, _)| *at).and_then(|(_, day)| midnight(day)).filter(believable)
}

/// The day in the path of an address, as blogs put it there.
pub fn of_address(url: &str) -> Option<DateTime<FixedOffset>> {
    let mut parts = url.split('/').skip(3);
    while let Some(part) = parts.next() {
        let is_year = part.len() == 4 && part.starts_with("20") && part.bytes().all(|b| b.is_ascii_digit());
        if is_year {
            let (month, day) = (parts.next()?, parts.next()?);
            let date = NaiveDate::from_ymd_opt(part.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
            return midnight(date).filter(believable);
        }
        if let Some(found) = part.get(..10).and_then(|head| NaiveDate::parse_from_str(head, "%Y-%m-%d").ok())
        {
            return midnight(found).filter(believable);
        }
    }
    None
}

fn believable(at: &DateTime<FixedOffset>) -> bool {
    use chrono::Datelike as _;
    (FIRST_YEAR..2100).contains(&at.year())
}

fn midnight(day: NaiveDate) -> Option<DateTime<FixedOffset>> {
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().fixed_offset())
}

fn day(found: &Captures<'_>) -> Option<NaiveDate> {
    let number = |name: &str| found.name(name).and_then(|part| part.as_str().parse::<u32>().ok());
    let year = found.name("y")?.as_str().parse().ok()?;
    if let (Some(a), Some(b)) = (number("a"), number("b")) {
        // America puts the month first; a number over 12 decides.
        let (month, day) = if a > 12 { (b, a) } else { (a, b) };
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let month = number("m").or_else(|| found.name("w").and_then(|word| month(word.as_str())))?;
    NaiveDate::from_ymd_opt(year, month, number("d")?)
}

fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let exact = MONTHS.iter().find(|(name, _)| *name == word);
    let longer = || MONTHS.iter().find(|(name, number)| *number >= 9 && word.starts_with(&name[..3]));
    exact.or_else(longer).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_found_however_it_is_written() {
        for text in [
            "Posted on May 4, 2026 by Jo",
            "4 May 2026",
            "2026-05-04",
            "2026/5/4 10:30",
            "2026年05月04日 08:00 来源",
            "4. Mai 2026",
            "4 de mayo de 2026",
            "04.05.2026",
            "May 4th, 2026",
            "05/04/2026",
            "Updated: Monday, 4 May, 2026",
        ] {
            assert_eq!(written(text).unwrap().date_naive().to_string(), "2026-05-04", "{text}");
        }
        assert_eq!(written("13 Sept. 2025").unwrap().date_naive().to_string(), "2025-09-13");
        for text in ["yesterday", "Model 4 beats 2026 rivals", "99/99/2026", "version 2026.13.40"] {
            assert_eq!(written(text), None, "{text}");
        }
    }

    #[test]
    fn a_stated_time_keeps_its_zone() {
        assert_eq!(stated("2026-05-04T01:00:00+08:00").unwrap().to_rfc3339(), "2026-05-04T01:00:00+08:00");
        assert_eq!(
            stated("Mon, 04 May 2026 08:00:00 GMT").unwrap().to_rfc3339(),
            "2026-05-04T08:00:00+00:00"
        );
        assert_eq!(stated("20260504").unwrap().date_naive().to_string(), "2026-05-04");
        assert_eq!(stated("2026-05-04T08:00:00").unwrap().to_rfc3339(), "2026-05-04T08:00:00+00:00");
        assert_eq!(stated("0001-01-01T00:00:00Z"), None);
    }

    #[test]
    fn an_address_may_hold_the_day() {
        assert_eq!(
            of_address("https://a.example/2026/05/04/model").unwrap().date_naive().to_string(),
            "2026-05-04"
        );
        assert_eq!(
            of_address("https://a.example/blog/2026-05-04-model").unwrap().date_naive().to_string(),
            "2026-05-04"
        );
        assert_eq!(of_address("https://a.example/2026/model"), None);
    }
}
