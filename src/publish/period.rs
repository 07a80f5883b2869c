//! Weeks and months as people write them, and as moments in the configured time zone.

use chrono::{DateTime, Datelike as _, Days, Duration, Months, NaiveDate, TimeZone as _, Utc, Weekday};
use chrono_tz::Tz;

use crate::edition::Period;

/// Hours that the search for the first moment of a day goes on: no zone skips more than a day.
const LONGEST_GAP: i64 = 24;

/// The ISO week `name`; it begins on Monday 00:00 in `zone`.
///
/// # Errors
/// `name` is not an ISO week.
pub fn week(name: &str, zone: Tz) -> anyhow::Result<Period> {
    let monday =
        parse(name, "-W").and_then(|(year, week)| NaiveDate::from_isoywd_opt(year, week, Weekday::Mon));
    match monday {
        Some(monday) => Ok(week_of(monday, zone)),
        None => anyhow::bail!("'{name}' is not a week: write it like 2026-W47"),
    }
}

/// The month `name`; it begins on the 1st, 00:00 in `zone`.
///
/// # Errors
/// `name` is not a month.
pub fn month(name: &str, zone: Tz) -> anyhow::Result<Period> {
    let first = parse(name, "-").and_then(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1));
    match first {
        Some(first) => Ok(month_of(first, zone)),
        None => anyhow::bail!("'{name}' is not a month: write it like 2026-11"),
    }
}

/// The day `name`; it begins at 00:00 in `zone`.
///
/// # Errors
/// `name` is not a day.
pub fn day(name: &str, zone: Tz) -> anyhow::Result<Period> {
    // The parser alone would take "2026-5-6" too.
    match name.parse::<NaiveDate>() {
        Ok(day) if day.to_string() == name => Ok(day_of(day, zone)),
        _ => anyhow::bail!("'{name}' is not a day: write it like 2026-11-25"),
    }
}

/// The last day that is over at `now`.
pub fn last_day(now: DateTime<Utc>, zone: Tz) -> Period {
    day_of(now.with_timezone(&zone).date_naive() - Days::new(1), zone)
}

fn day_of(day: NaiveDate, zone: Tz) -> Period {
    period(day.to_string(), (day, day + Days::new(1)), zone)
}

/// The last week that is over at `now`.
pub fn last_week(now: DateTime<Utc>, zone: Tz) -> Period {
    week_of(now.with_timezone(&zone).date_naive() - Days::new(7), zone)
}

/// The last month that is over at `now`.
pub fn last_month(now: DateTime<Utc>, zone: Tz) -> Period {
    let today = now.with_timezone(&zone).date_naive();
    month_of(today.with_day(1).unwrap_or(today) - Months::new(1), zone)
}

/// The month that `now` is in.
pub fn this_month(now: DateTime<Utc>, zone: Tz) -> Period {
    let today = now.with_timezone(&zone).date_naive();
    month_of(today.with_day(1).unwrap_or(today), zone)
}

/// First and last day, as a calendar in `zone` shows them.
fn days(starts_at: DateTime<Utc>, ends_at: DateTime<Utc>, zone: Tz) -> (NaiveDate, NaiveDate) {
    let last_moment = ends_at - Duration::seconds(1);
    (starts_at.with_timezone(&zone).date_naive(), last_moment.with_timezone(&zone).date_naive())
}

fn week_of(day: NaiveDate, zone: Tz) -> Period {
    let monday = day.week(Weekday::Mon).first_day();
    let iso = monday.iso_week();
    period(format!("{:04}-W{:02}", iso.year(), iso.week()), (monday, monday + Days::new(7)), zone)
}

fn period(name: String, (first, after): (NaiveDate, NaiveDate), zone: Tz) -> Period {
    let (starts_at, ends_at) = (first_moment(first, zone), first_moment(after, zone));
    Period { name, starts_at, ends_at, days: days(starts_at, ends_at, zone) }
}

fn month_of(first: NaiveDate, zone: Tz) -> Period {
    period(format!("{:04}-{:02}", first.year(), first.month()), (first, first + Months::new(1)), zone)
}

/// Midnight, or what comes next where summer time begins at midnight.
fn first_moment(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    (0..=LONGEST_GAP)
        .find_map(|hours| zone.from_local_datetime(&(midnight + Duration::hours(hours))).earliest())
        .map_or_else(|| midnight.and_utc(), |moment| moment.with_timezone(&Utc))
}

/// "2026" + `between` + two digits.
fn parse(name: &str, between: &str) -> Option<(i32, u32)> {
    let (year, number) = name.split_once(between)?;
    let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(year, 4) && digits(number, 2)).then_some(())?;
    Some((year.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_begins_on_monday_in_the_configured_zone() {
        let shanghai = week("2026-W47", Tz::Asia__Shanghai).unwrap();
        assert_eq!(shanghai.starts_at, at("2026-11-15T16:00:00Z"));
        assert_eq!(shanghai.ends_at, at("2026-11-22T16:00:00Z"));
    }

    #[test]
    fn the_week_in_which_summer_time_ends_is_an_hour_longer() {
        let berlin = week("2026-W43", Tz::Europe__Berlin).unwrap();
        assert_eq!(berlin.ends_at - berlin.starts_at, Duration::hours(169));
    }

    #[test]
    fn a_day_without_midnight_begins_when_its_first_hour_does() {
        // Summer time began in São Paulo at midnight of Sunday 2018-11-04; the month before ends then at no other time.
        assert_eq!(
            first_moment(NaiveDate::from_ymd_opt(2018, 11, 4).unwrap(), Tz::America__Sao_Paulo),
            at("2018-11-04T03:00:00Z")
        );
    }

    #[test]
    fn a_day_is_written_in_one_way_and_ends_at_midnight_of_its_zone() {
        let shanghai = day("2026-11-25", Tz::Asia__Shanghai).unwrap();
        assert_eq!(
            (shanghai.starts_at, shanghai.ends_at),
            (at("2026-11-24T16:00:00Z"), at("2026-11-25T16:00:00Z"))
        );
        assert_eq!(shanghai.days.0, shanghai.days.1);
        assert_eq!(last_day(at("2026-11-25T15:59:00Z"), Tz::Asia__Shanghai).name, "2026-11-24");
        for bad in ["2026-11-31", "2026-5-6", "2026-W47", "today"] {
            let message = day(bad, Tz::UTC).unwrap_err().to_string();
            assert_eq!(message, format!("'{bad}' is not a day: write it like 2026-11-25"));
        }
    }

    #[test]
    fn the_last_week_is_the_one_that_is_over() {
        let name = |now: &str, zone| last_week(at(now), zone).name;
        assert_eq!(name("2026-11-22T23:00:00Z", Tz::UTC), "2026-W46");
        assert_eq!(name("2026-11-22T23:00:00Z", Tz::Asia__Shanghai), "2026-W47");
        assert_eq!(name("2027-01-05T00:00:00Z", Tz::UTC), "2026-W53");
    }

    #[test]
    fn the_last_month_is_the_one_that_is_over() {
        assert_eq!(last_month(at("2026-01-31T12:00:00Z"), Tz::UTC).name, "2025-12");
        assert_eq!(last_month(at("2026-10-31T20:00:00Z"), Tz::Asia__Shanghai).name, "2026-10");
    }

    #[test]
    fn what_is_no_period_is_refused_with_an_example() {
        for bad in
            ["", "2026", "2026-47", "2026-W54", "2026-W00", "2026-W7", "26-W07", "2026-w47", "+026-W47", "x"]
        {
            let message = week(bad, Tz::UTC).unwrap_err().to_string();
            assert_eq!(message, format!("'{bad}' is not a week: write it like 2026-W47"));
        }
        for bad in ["2026-13", "2026-W11", "2026-1", "2026-00", "november"] {
            let message = month(bad, Tz::UTC).unwrap_err().to_string();
            assert_eq!(message, format!("'{bad}' is not a month: write it like 2026-11"));
        }
    }
}
