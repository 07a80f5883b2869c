//! Quarters of a year, in UTC: "2026-Q3".

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};

/// Years that are believed.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// A quarter of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    year: i32,
    /// From 0.
    index: u32,
}

impl Quarter {
    /// The one that `at` is in.
    pub fn of(at: DateTime<Utc>) -> Self {
        Self { year: at.year(), index: at.month0() / 3 }
    }

    /// The one before.
    pub fn before(self) -> Self {
        match self.index {
            0 => Self { year: self.year - 1, index: 3 },
            index => Self { index: index - 1, ..self },
        }
    }

    /// First moment.
    pub fn starts_at(self) -> DateTime<Utc> {
        let first = NaiveDate::from_ymd_opt(self.year, self.index * 3 + 1, 1).unwrap_or_default();
        first.and_time(NaiveTime::MIN).and_utc()
    }

    /// First moment after it.
    pub fn ends_at(self) -> DateTime<Utc> {
        match self.index {
            3 => Self { year: self.year + 1, index: 0 }.starts_at(),
            index => Self { index: index + 1, ..self }.starts_at(),
        }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.year, self.index + 1)
    }
}

impl FromStr for Quarter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not a quarter: write it like 2026-Q3");
        let (year, number) = text.split_once("-Q").ok_or_else(wrong)?;
        let year = year.parse().ok().filter(|year| YEARS.contains(year)).ok_or_else(wrong)?;
        let index = ["1", "2", "3", "4"].iter().position(|known| *known == number).ok_or_else(wrong)?;
        Ok(Self { year, index: u32::try_from(index).unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_follow_each_other_over_the_years() {
        let first = Quarter::of("2027-02-28T23:59:59Z".parse().unwrap());
        assert_eq!((first.to_string(), first.before().to_string()), ("2027-Q1".into(), "2026-Q4".into()));
        assert_eq!(first.before().ends_at(), first.starts_at());
        assert_eq!(first.ends_at().to_string(), "2027-04-01 00:00:00 UTC");
    }

    #[test]
    fn what_is_no_quarter_is_refused_with_an_example() {
        assert_eq!("2026-Q3".parse::<Quarter>().unwrap().to_string(), "2026-Q3");
        for bad in ["2026-Q0", "2026-Q5", "2026Q3", "26-Q1", "x", "2026-Q", "-5-Q1"] {
            let message = bad.parse::<Quarter>().unwrap_err();
            assert_eq!(message, format!("'{bad}' is not a quarter: write it like 2026-Q3"));
        }
    }
}
