//! Dates in both languages: absolute ones, and those that only the day of publication makes one ("last year", 周三).

use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate};
use regex::{Captures, Regex};

use super::{Mask, numerals};

/// A date as far as it is stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Date {
    /// The words.
    pub text: String,
    /// Year.
    pub year: Option<i32>,
    /// 1 to 12.
    pub month: Option<u32>,
    /// 1 to 31.
    pub day: Option<u32>,
    /// 1 to 4.
    pub quarter: Option<u32>,
    /// 1 or 2.
    pub half: Option<u32>,
    /// 1 (Monday) to 7.
    pub weekday: Option<u32>,
    /// The day follows from a weekday and the day of publication.
    pub derived: bool,
}

impl Date {
    /// Whether `self`, stated in a summary, is no more and nothing else than what `source` says.
    pub fn agrees(&self, source: &Self, published: Option<NaiveDate>) -> bool {
        let same = |a: Option<u32>, b: Option<u32>| a.is_none() || a == b;
        let finer = self.day.is_some() || self.weekday.is_some();
        if source.derived && !finer {
            return false;
        }
        let quarter = source.quarter.or(source.month.map(|month| month.div_ceil(3)));
        let half = source.half.or(quarter.map(|quarter| quarter.div_ceil(2)));
        // Far from the day of publication nobody counts in weekdays.
        let near = source.exact(published).filter(|day| {
            published.is_none_or(|published| day.signed_duration_since(published).num_days().abs() <= 10)
        });
        let weekday = source.weekday.or_else(|| near.map(|day| day.weekday().number_from_monday()));
        same(self.month, source.month)
            && same(self.day, source.day)
            && same(self.quarter, quarter)
            && same(self.half, half)
            && same(self.weekday, weekday)
            && self.year_agrees(source, published)
    }

    /// A source's date without a year is of the year of publication or of one beside it.
    fn year_agrees(&self, source: &Self, published: Option<NaiveDate>) -> bool {
        let Some(year) = self.year else { return true };
        match (source.year, published) {
            (Some(stated), _) => year == stated,
            (None, Some(day))
                if source.weekday.is_none() && (self.month.or(self.quarter).or(self.half).is_some()) =>
            {
                let gap = |year: i32| {
                    let month =
                        source.month.or(source.quarter.map(|quarter| quarter * 3)).unwrap_or(day.month());
                    (year - day.year()) * 12 + i32::try_from(month).unwrap_or(1)
                        - i32::try_from(day.month()).unwrap_or(1)
                };
                (-11..=11).contains(&gap(year))
            }
            _ => false,
        }
    }

    /// What words without a year or day point at, as far as the day of publication tells: "2025" for "last year".
    pub fn resolved(&self, words: &str) -> Option<String> {
        let year = self.year.filter(|year| !words.contains(&year.to_string()))?;
        Some(match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{year}-{month:02}-{day:02}"),
            (Some(month), None) => format!("{year}-{month:02}"),
            (None, _) => year.to_string(),
        })
    }

    fn exact(&self, published: Option<NaiveDate>) -> Option<NaiveDate> {
        let year = self.year.or(published.map(|day| day.year()))?;
        NaiveDate::from_ymd_opt(year, self.month?, self.day?)
    }

    fn is_possible(&self) -> bool {
        self.month.is_none_or(|month| (1..=12).contains(&month))
            && self.day.is_none_or(|day| (1..=31).contains(&day))
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The patterns, most telling first: each hides what it has read.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const MONTH: &str = r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?";
    const HAN: &str = r"[一二三四五六七八九十]{1,3}";
    let patterns = [
        r"(?-u:\b)(?P<year>(?:19|20)\d\d)[-/.](?P<nmonth>\d{1,2})[-/.](?P<day>\d{1,2})(?-u:\b)".to_owned(),
        format!(r"(?-u:\b){MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*(?:-|–|—|to|and|through)\s*(?P<last>\d{{1,2}})(?:st|nd|rd|th)?)?(?:,?\s+(?P<year>(?:19|20)\d\d))?(?-u:\b)"),
        format!(r"(?-u:\b)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}(?:,?\s+(?P<year>(?:19|20)\d\d))?(?-u:\b)"),
        format!(r"(?-u:\b){MONTH},?\s+(?:of\s+)?(?P<year>(?:19|20)\d\d|last year|this year|next year)(?-u:\b)"),
        format!(r"(?P<year>(?:19|20)\d\d|去|今|明|前)\s*年\s*的?(?:(?P<nmonth>\d{{1,2}}|{HAN})\s*月(?:份)?(?:\s*(?P<day>\d{{1,2}}|{HAN})\s*[日号](?:\s*(?:-|–|—|至|到|和|、)\s*(?P<last>\d{{1,2}})\s*[日号])?)?|第?(?P<quarter>[一二三四1-4])\s*季度?|(?P<half>[上下])半年)"),
        format!(r"(?P<nmonth>\d{{1,2}}|{HAN})\s*月\s*(?P<day>\d{{1,2}}|{HAN})\s*[日号](?:\s*(?:-|–|—|至|到|和|、)\s*(?P<last>\d{{1,2}})\s*[日号])?"),
        format!(r"(?P<nmonth>\d{{1,2}}|{HAN})\s*月(?:份|底|初|末|中旬|上旬|下旬)?"),
        r"(?-u:\b)Q(?P<quarter>[1-4])(?-u:\b)(?:\s*(?:of\s*)?(?P<year>20\d\d))?".to_owned(),
        r"(?i)(?-u:\b)(?P<wquarter>first|second|third|fourth|1st|2nd|3rd|4th)[-\s]+quarter(?-u:\b)(?:\s*(?:of\s*)?(?P<year>20\d\d))?".to_owned(),
        r"第?(?P<quarter>[一二三四1-4])\s*季度".to_owned(),
        r"(?i)(?-u:\b)(?P<whalf>first|second)[-\s]+half(?-u:\b)(?:\s*(?:of\s*)?(?P<year>20\d\d))?".to_owned(),
        r"(?P<half>[上下])半年".to_owned(),
        r"(?-u:\b)(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?-u:\b)".to_owned(),
        r"(?:^|[^每一])(?P<weekday>(?:周|星期|礼拜)[一二三四五六日天])(?:[^次个年天]|$)".to_owned(),
        r"(?i)(?-u:\b)(?P<relative>last|this|next|previous) (?P<unit>year|month)(?-u:\b)".to_owned(),
        r"(?P<hrelative>去|今|明|前|后)年".to_owned(),
        r"(?P<hmonth>上个?|本|这个|下个?)月".to_owned(),
        r"(?i)(?-u:\b)(?P<near>yesterday|today|tomorrow|tonight)(?-u:\b)".to_owned(),
        r"(?P<near>昨[天日晚]|今[天日晚]|明[天日晚])".to_owned(),
        format!(r"(?:(?-u:\b)(?:in|by|since|until|from|during|early|late|mid|of|last|next|through|to|and|before|after|In|By|Since|Until|From|Early|Late)[\s-]+){MONTH}(?-u:\b)"),
        format!(r"(?-u:\b){MONTH}(?-u:\b)"),
        r"(?P<year>(?:19|20)\d\d)\s*(?:年|财年)".to_owned(),
        r"(?P<day>\d{1,2})\s*日".to_owned(),
    ];
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// The dates of what is left of a text; they are hidden in it.
pub fn find(rest: &mut Mask, published: Option<NaiveDate>) -> Vec<Date> {
    let mut dates = Vec::new();
    for (n, pattern) in PATTERNS.iter().enumerate() {
        // A bare "May" may be a verb.
        let is_bare_month = n == PATTERNS.len() - 3;
        let mut read = Vec::new();
        for found in pattern.captures_iter(rest.text()) {
            let whole = found.name("weekday").or(found.get(0)).map(|found| found.range());
            let Some(at) = whole.filter(|at| !(is_bare_month && rest.text()[at.clone()].starts_with("Ma")))
            else {
                continue;
            };
            let of_one = dates_of(&found, published);
            if !of_one.is_empty() && of_one.iter().all(Date::is_possible) {
                dates.extend(of_one);
                read.push(at);
            }
        }
        for at in read {
            rest.hide(at);
        }
    }
    dates
}

fn dates_of(found: &Captures<'_>, published: Option<NaiveDate>) -> Vec<Date> {
    let text = |name: &str| found.name(name).map(|found| found.as_str());
    let number = |name: &str| text(name).and_then(numerals::small);
    let words = found.get(0).map_or("", |found| found.as_str());
    let mut date = Date {
        text: words.trim_matches(super::HIDDEN).trim().to_owned(),
        year: text("year").and_then(|year| year_of(year, published)),
        month: number("nmonth").or_else(|| text("month").and_then(month_of)),
        day: number("day"),
        quarter: number("quarter").or_else(|| text("wquarter").and_then(rank)),
        half: text("half")
            .map(|half| if half == "上" { 1 } else { 2 })
            .or_else(|| text("whalf").and_then(rank)),
        ..Date::default()
    };
    if let Some(near) = text("near") {
        let offset = match near.to_lowercase().as_str() {
            "yesterday" | "昨天" | "昨日" | "昨晚" => -1,
            "tomorrow" | "明天" | "明日" | "明晚" => 1,
            _ => 0,
        };
        return published
            .and_then(|day| day.checked_add_signed(chrono::Duration::days(offset)))
            .map(of_day)
            .into_iter()
            .collect();
    }
    if let Some(unit) = text("unit") {
        let offset = offset(text("relative").unwrap_or_default());
        return published.map(|day| shifted(day, offset, unit == "year", &date)).into_iter().collect();
    }
    if let Some(which) = text("hrelative") {
        return published.map(|day| shifted(day, offset(which), true, &date)).into_iter().collect();
    }
    if let Some(which) = text("hmonth") {
        return published.map(|day| shifted(day, offset(which), false, &date)).into_iter().collect();
    }
    if let Some(weekday) = weekday_of(words, text("weekday")) {
        date.weekday = Some(weekday);
        let derived = published.into_iter().flat_map(|day| around(day, weekday)).map(of_day);
        return std::iter::once(date).chain(derived).collect();
    }
    let last = number("last").map(|day| Date { day: Some(day), ..date.clone() });
    let is_empty = Date { text: String::new(), ..date.clone() } == Date::default();
    if is_empty { Vec::new() } else { std::iter::once(date).chain(last).collect() }
}

/// A day that the words only point at.
fn of_day(day: NaiveDate) -> Date {
    Date {
        year: Some(day.year()),
        month: Some(day.month()),
        day: Some(day.day()),
        weekday: Some(day.weekday().number_from_monday()),
        derived: true,
        ..Date::default()
    }
}

/// The last day of that name up to `day`.
fn around(day: NaiveDate, weekday: u32) -> Option<NaiveDate> {
    let back = (day.weekday().number_from_monday() + 7 - weekday) % 7;
    day.checked_sub_days(Days::new(u64::from(back)))
}

fn shifted(day: NaiveDate, offset: i32, by_year: bool, date: &Date) -> Date {
    let months = day.year() * 12
        + i32::try_from(day.month0()).unwrap_or_default()
        + if by_year { 12 * offset } else { offset };
    let month = u32::try_from(months.rem_euclid(12) + 1).ok();
    Date { year: Some(months.div_euclid(12)), month: month.filter(|_| !by_year), ..date.clone() }
}

fn offset(word: &str) -> i32 {
    match word.to_lowercase().as_str() {
        "last" | "previous" | "去" | "上" | "上个" => -1,
        "next" | "明" | "下" | "下个" => 1,
        "前" => -2,
        "后" => 2,
        _ => 0,
    }
}

fn year_of(word: &str, published: Option<NaiveDate>) -> Option<i32> {
    let relative = word.split(' ').next().unwrap_or(word);
    word.parse().ok().or_else(|| Some(published?.year() + offset(relative)))
}

fn month_of(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    let n = MONTHS.iter().position(|month| lower.starts_with(month))?;
    u32::try_from(n + 1).ok()
}

fn rank(word: &str) -> Option<u32> {
    let ranks = [["first", "1st"], ["second", "2nd"], ["third", "3rd"], ["fourth", "4th"]];
    let n = ranks.iter().position(|names| names.contains(&word.to_lowercase().as_str()))?;
    u32::try_from(n + 1).ok()
}

fn weekday_of(words: &str, chinese: Option<&str>) -> Option<u32> {
    let n = match chinese {
        Some(word) => "一二三四五六日天".chars().position(|c| word.ends_with(c))?.min(6),
        None if words.ends_with("day") => {
            DAYS.iter().position(|day| words.to_lowercase().starts_with(day))?
        }
        None => return None,
    };
    u32::try_from(n + 1).ok()
}
