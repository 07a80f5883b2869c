//! Dates as pages write them for machines: in attributes, in JSON-LD, in addresses.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

use super::day::written;

/// Before the web there were no pages.
const FIRST_YEAR: i32 = 1992;

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
    let of_clock = || {
        let digits = Some(text).filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?;
        let seconds = match digits.len() {
            10 => digits.parse().ok(),
            13 => digits.get(..10)?.parse().ok(),
            _ => None,
        };
        seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).map(|at| at.fixed_offset())
    };
    let found = zoned.ok().or_else(bare).or_else(of_clock).or_else(|| written(text)).or_else(compact);
    found.filter(believable)
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

/// Whether a page of the web can be of this day.
pub fn believable(at: &DateTime<FixedOffset>) -> bool {
    use chrono::Datelike as _;
    (FIRST_YEAR..2100).contains(&at.year())
}

/// The begin of a day of which no more is known.
pub fn midnight(day: NaiveDate) -> Option<DateTime<FixedOffset>> {
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().fixed_offset())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stated_time_keeps_its_zone() {
        assert_eq!(stated("2026-05-04T01:00:00+08:00").unwrap().to_rfc3339(), "2026-05-04T01:00:00+08:00");
        assert_eq!(
            stated("Mon, 04 May 2026 08:00:00 GMT").unwrap().to_rfc3339(),
            "2026-05-04T08:00:00+00:00"
        );
        assert_eq!(stated("20260504").unwrap().date_naive().to_string(), "2026-05-04");
        assert_eq!(stated("2026-05-04T08:00:00").unwrap().to_rfc3339(), "2026-05-04T08:00:00+00:00");
        assert_eq!(stated("1777881600").unwrap().to_rfc3339(), "2026-05-04T08:00:00+00:00");
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
