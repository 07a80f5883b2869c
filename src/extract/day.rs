//! Days as pages write them for people: in figures, in words, in Chinese and Japanese, with the hour if there is one.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use regex::{Captures, Regex};

use super::clean;
use super::date::{believable, midnight};

/// Days looked at in one line.
const MOST_DAYS: usize = 4;

/// The hour of China, and of Japan, in whose words a day is written.
const CHINA: i32 = 8 * 3600;
const JAPAN: i32 = 9 * 3600;

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

/// Zones by the names that newsrooms give them, in hours east.
const ZONES: [(&str, i32); 15] = [
    ("EST", -5),
    ("EDT", -4),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
    ("BST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("HKT", 8),
    ("SGT", 8),
    ("JST", 9),
    ("KST", 9),
    ("AEST", 10),
];

/// A pattern, none if it cannot be compiled.
type Pattern = LazyLock<Option<Regex>>;

static ISO: Pattern =
    LazyLock::new(|| Regex::new(r"\b(?<y>(?:19|20)\d\d)[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})\b").ok());
static CHINESE: Pattern =
    LazyLock::new(|| Regex::new(r"(?<y>(?:19|20)\d\d)\s*年\s*(?<m>\d{1,2})\s*月\s*(?<d>\d{1,2})\s*日").ok());
/// Japan's eras.
static ERA: Pattern = LazyLock::new(|| {
    Regex::new(r"(?:(?<heisei>平成)|令和)\s*(?<r>\d{1,2}|元)\s*年\s*(?<m>\d{1,2})\s*月\s*(?<d>\d{1,2})\s*日")
        .ok()
});
static SHORT: Pattern =
    LazyLock::new(|| Regex::new(r"(?:^|[^\d/])(?<a>\d{1,2})/(?<b>\d{1,2})/(?<s>\d\d)(?:$|[^\d/])").ok());
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

/// The hour behind a day.
static HOUR: Pattern = LazyLock::new(|| {
    Regex::new(r"^\s*日?(?:\s*[（(].{1,3}[）)])?[T\s,，|·]*(?:at\s+|um\s+|à\s+)?(?<h>\d{1,2})\s?(?:[:：]|時|时|点)(?<min>\d{2})(?:(?:[:：]|分)(?<sec>\d{2}))?\s*(?<half>(?i)[ap]\.?m\b\.?)?\s*(?<zone>UTC|GMT|Z\b|[+-]\d\d:?\d\d|[A-Z]{3,4}\b)?").ok()
});

/// Words before the day of publication, and before that of a change.
static PUBLISHED: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)publish|posted|created|first|issued|发布|发表|刊登|公開|掲載|投稿|veröffentlicht|erstellt|publié|publicado|pubblicato").ok()
});
static CHANGED: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)updated|modified|edited|reviewed|revised|changed|更新|修改|修正|aktualisiert|geändert|mis à jour|modifié|actualizado|aggiornato").ok()
});

/// What a site says of itself.
static SITE: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)©|\(c\)|copyright|all rights|\bdeploy|\bbuild\b|\bversion\b|版权|备案").ok()
});

/// The day of publication among those that are written out in `text`, else the first that is not a change's.
pub fn written(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = in_figures(&narrow(text));
    let days = days(&text);
    let label = |n: usize| {
        let begin = if n == 0 { 0 } else { days[n - 1].end };
        text.get(begin..days[n].start).unwrap_or_default()
    };
    let is =
        |pattern: &Pattern, n: &usize| pattern.as_ref().is_some_and(|pattern| pattern.is_match(label(*n)));
    let all = || 0..days.len();
    let best =
        all().find(|n| is(&PUBLISHED, n) && !is(&CHANGED, n)).or_else(|| all().find(|n| !is(&CHANGED, n)));
    let day = &days[best.or_else(|| all().next())?];
    moment(day, &text).filter(believable)
}

/// Whether a line says when the site was made, not when its article was.
pub fn is_of_site(text: &str) -> bool {
    SITE.as_ref().is_some_and(|site| site.is_match(text))
}

struct Day {
    start: usize,
    end: usize,
    date: NaiveDate,
    /// Hours of those in whose words it is written.
    east: i32,
}

/// The days in `text` in their order.
fn days(text: &str) -> Vec<Day> {
    let patterns = [&ISO, &CHINESE, &ERA, &MONTH_FIRST, &DAY_FIRST, &DOTTED, &SLASHED, &SHORT];
    let mut days: Vec<Day> = Vec::new();
    for (n, pattern) in patterns.iter().enumerate() {
        let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(text)).take(MOST_DAYS);
        let east = match n {
            0 if text.contains(clean::is_kana) || text.contains("公開") => JAPAN,
            0 if text.contains(clean::is_han) => CHINA,
            1 if text.contains(['時', '（']) => JAPAN,
            1 => CHINA,
            2 => JAPAN,
            _ => 0,
        };
        days.extend(found.filter_map(|found| {
            let all = found.get(0)?;
            Some(Day { start: all.start(), end: all.end(), date: day(&found)?, east })
        }));
    }
    days.sort_by_key(|day| day.start);
    days
}

fn moment(day: &Day, text: &str) -> Option<DateTime<FixedOffset>> {
    let at = HOUR.as_ref().and_then(|hour| hour.captures(text.get(day.end..)?)).and_then(|found| {
        let number = |name: &str| found.name(name).and_then(|part| part.as_str().parse::<u32>().ok());
        let half = found.name("half").map(|half| half.as_str().to_ascii_lowercase());
        let hour = match (number("h")?, half.as_deref().map(|half| half.starts_with('p'))) {
            (12, Some(false)) => 0,
            (hour @ 1..=11, Some(true)) => hour + 12,
            (hour, _) => hour,
        };
        let time = NaiveTime::from_hms_opt(hour, number("min")?, number("sec").unwrap_or(0))?;
        let zone = found.name("zone").map(|zone| zone.as_str());
        zoned(day.date.and_time(time), zone, day.east)
    });
    at.or_else(|| midnight(day.date))
}

fn zoned(at: NaiveDateTime, zone: Option<&str>, east: i32) -> Option<DateTime<FixedOffset>> {
    let seconds = match zone {
        None => east,
        Some(zone) if zone.starts_with(['+', '-']) => {
            let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
            let number: i32 = digits.parse().ok()?;
            let seconds = (number / 100) * 3600 + (number % 100) * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
        Some("UTC" | "GMT" | "Z") => 0,
        Some(zone) => ZONES.iter().find(|(name, _)| *name == zone).map_or(east, |(_, hours)| hours * 3600),
    };
    FixedOffset::east_opt(seconds)?.from_local_datetime(&at).single()
}

/// A day in Chinese words of numbers, as solemn pages write it.
static IN_WORDS: Pattern = LazyLock::new(|| {
    Regex::new(r"(?<y>[一二][〇零○一二三四五六七八九]{3})年(?<m>[一二三四五六七八九十]{1,2})月(?<d>[一二三四五六七八九十]{1,3})日").ok()
});

/// The same day in figures.
fn in_figures(text: &str) -> String {
    let Some(pattern) = IN_WORDS.as_ref().filter(|_| text.contains('年')) else { return text.to_owned() };
    let in_figures = |found: &Captures<'_>| {
        let year: String = found["y"].chars().filter_map(figure).map(|n| n.to_string()).collect();
        format!("{year}年{}月{}日", below_hundred(&found["m"]), below_hundred(&found["d"]))
    };
    pattern.replace_all(text, in_figures).into_owned()
}

fn figure(c: char) -> Option<usize> {
    if c == '〇' || c == '○' {
        Some(0)
    } else {
        "零一二三四五六七八九".chars().position(|known| known == c)
    }
}

/// Of 十, 十一, 二十, 二十四.
fn below_hundred(words: &str) -> usize {
    let (tens, ones) = words.split_once('十').map_or((None, words), |(tens, ones)| (Some(tens), ones));
    let number = |part: &str| part.chars().next().and_then(figure);
    tens.map_or(0, |tens| number(tens).unwrap_or(1) * 10) + number(ones).unwrap_or(0)
}

/// Figures of Chinese width as those of ours.
fn narrow(text: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        '／' => '/',
        _ => c,
    };
    text.chars().map(narrow).collect()
}

fn day(found: &Captures<'_>) -> Option<NaiveDate> {
    let number = |name: &str| found.name(name).and_then(|part| part.as_str().parse::<u32>().ok());
    let full = || found.name("y").and_then(|year| year.as_str().parse::<i32>().ok());
    let of_era = || {
        let begin = if found.name("heisei").is_some() { 1988 } else { 2018 };
        let first = found.name("r").filter(|year| year.as_str() == "元").map(|_| 1);
        first.or_else(|| number("r")).and_then(|year| i32::try_from(begin + year).ok())
    };
    let short = || number("s").and_then(|year| i32::try_from(2000 + year).ok());
    let year = full().or_else(of_era).or_else(short)?;
    if let (Some(a), Some(b)) = (number("a"), number("b")) {
        // America puts the month first; a number over 12 decides.
        // Of three short numbers nobody knows which is which unless one cannot be a month.
        if found.name("s").is_some() && a <= 12 && b <= 12 {
            return None;
        }
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
    fn the_day_of_publication_is_told_from_that_of_a_change() {
        for (text, day) in [
            ("Updated: May 6, 2026 | Published: May 4, 2026", "2026-05-04"),
            ("Published May 4, 2026, last updated May 6, 2026", "2026-05-04"),
            ("更新：2026-05-06 发布：2026-05-04", "2026-05-04"),
            ("Last updated May 6, 2026", "2026-05-06"),
            ("5/24/26", "2026-05-24"),
            ("令和8年5月4日", "2026-05-04"),
            ("２０２６年５月４日", "2026-05-04"),
            ("二〇二六年五月四日", "2026-05-04"),
            ("二零二五年十二月三十一日发布", "2025-12-31"),
            ("二○二五年十月二十日", "2025-10-20"),
        ] {
            assert_eq!(written(text).unwrap().date_naive().to_string(), day, "{text}");
        }
        assert_eq!(written("5/4/26"), None);
    }

    #[test]
    fn the_hour_is_kept() {
        for (text, at) in [
            ("2026-05-04 15:30:10", "2026-05-04T15:30:10+00:00"),
            ("2026-05-04 15:30 +0200", "2026-05-04T15:30:00+02:00"),
            ("2026年5月4日 15:30 来源：示例网", "2026-05-04T15:30:00+08:00"),
            ("2026年5月4日（月） 10時00分", "2026-05-04T10:00:00+09:00"),
            ("发布时间：2026-05-04 15:30", "2026-05-04T15:30:00+08:00"),
            ("公開日 2026/05/04 15:30", "2026-05-04T15:30:00+09:00"),
            ("平成30年5月4日 9時30分", "2018-05-04T09:30:00+09:00"),
            ("令和元年5月4日", "2019-05-04T00:00:00+00:00"),
            ("May 4, 2026, 9:30 p.m. PDT", "2026-05-04T21:30:00-07:00"),
            ("4 May 2026 15:30 CEST", "2026-05-04T15:30:00+02:00"),
            ("May 4, 2026 at 3:30 pm", "2026-05-04T15:30:00+00:00"),
            ("May 4, 2026 12 comments", "2026-05-04T00:00:00+00:00"),
        ] {
            assert_eq!(written(text).unwrap().to_rfc3339(), at, "{text}");
        }
    }
}
