//! How fast: limits a second, a minute and a day, and the first weeks of a new sender. Pure.
//!
//! A limit is exact: in no second or minute more than so many, whenever it begins; in no day of UTC more than so many.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::store::send_buckets::Level;

/// Part of a second's or minute's limit that may go at once.
const BURST: f64 = 0.1;

/// Messages on the first day of a new sender, the factor by which that has grown in the end, and how many days later.
const WARM_UP: (f64, f64, f64) = (200.0, 1000.0, 42.0);

/// For how long a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Any second.
    Second,
    /// Any minute.
    Minute,
    /// A day of UTC.
    Day,
}

/// Most messages within a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// For how long it counts.
    pub span: Span,
    /// How many; at least 1.
    pub most: u32,
}

impl Span {
    /// As the table has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Day => "day",
        }
    }

    fn seconds(self) -> f64 {
        match self {
            Self::Second => 1.0,
            Self::Minute => 60.0,
            Self::Day => 86_400.0,
        }
    }
}

impl Limit {
    /// The limits that are set; 0 is none.
    pub fn all(per_second: u32, per_minute: u32, per_day: u32) -> Vec<Self> {
        let all = [(Span::Second, per_second), (Span::Minute, per_minute), (Span::Day, per_day)];
        all.into_iter().filter(|(_, most)| *most > 0).map(|(span, most)| Self { span, most }).collect()
    }

    /// Of a bucket of `b` that is refilled by `r` a span, less than b + r go in a span: with r = most - b + 1 that is at
    /// most `most`.
    fn bucket(self) -> (f64, f64) {
        let most = f64::from(self.most);
        let burst = (most * BURST).floor().max(1.0);
        (burst, (most - burst + 1.0) / self.span.seconds())
    }

    /// The level brought up to `now`.
    pub fn refresh(self, level: Option<Level>, now: DateTime<Utc>) -> Level {
        if self.span == Span::Day {
            let is_today = |level: &Level| level.as_of.date_naive() == now.date_naive();
            return level.filter(is_today).unwrap_or(Level { level: 0.0, as_of: now });
        }
        let (burst, refill) = self.bucket();
        let Some(level) = level else { return Level { level: burst, as_of: now } };
        let passed = (now - level.as_of).as_seconds_f64().max(0.0);
        Level { level: (level.level + passed * refill).min(burst), as_of: now.max(level.as_of) }
    }

    /// How many may go now.
    pub fn available(self, level: Level) -> u32 {
        let left = if self.span == Span::Day { f64::from(self.most) - level.level } else { level.level };
        left.max(0.0).floor() as u32
    }

    /// The level after `n` went; negative: after so many came back.
    pub fn take(self, level: Level, n: i64) -> Level {
        let n = n as f64;
        let left = if self.span == Span::Day { (level.level + n).max(0.0) } else { level.level - n };
        Level { level: left, ..level }
    }

    /// When the next one may go.
    pub fn next(self, level: Level, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.available(level) > 0 {
            return now;
        }
        if self.span == Span::Day {
            let tomorrow = now.date_naive() + Days::new(1);
            return tomorrow.and_time(NaiveTime::MIN).and_utc();
        }
        let (_, refill) = self.bucket();
        now + TimeDelta::milliseconds(((1.0 - level.level) / refill * 1000.0).ceil() as i64)
    }
}

/// Most messages on `today` of a sender that began on `from`; `None`: the weeks of warming up are over.
pub fn warm_up(from: NaiveDate, today: NaiveDate) -> Option<u32> {
    let (first, growth, days) = WARM_UP;
    let day = (today - from).num_days().max(0) as f64;
    (day < days).then(|| (first * growth.powf(day / days)).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_780_000_000_000 + millis).unwrap()
    }

    /// Moments in milliseconds at which messages go, if somebody always wants to send.
    fn moments(limit: Limit, until: i64) -> Vec<i64> {
        let mut level = None;
        let mut gone = Vec::new();
        for now in (0..until).step_by(7) {
            let fresh = limit.refresh(level, at(now));
            let n = limit.available(fresh);
            gone.extend(std::iter::repeat_n(now, n as usize));
            level = Some(limit.take(fresh, i64::from(n)));
        }
        gone
    }

    #[test]
    fn in_no_span_go_more_than_so_many_and_in_the_long_run_nearly_so_many() {
        for (span, most) in [(Span::Second, 1), (Span::Second, 25), (Span::Minute, 1), (Span::Minute, 90)] {
            let limit = Limit { span, most };
            let millis = (span.seconds() * 1000.0) as i64;
            let gone = moments(limit, 10 * millis);
            let within = |from: &i64| gone.iter().filter(|at| (*from..from + millis).contains(*at)).count();
            assert!(gone.iter().all(|from| within(from) <= most as usize), "{limit:?}");
            assert!(gone.len() as f64 >= f64::from(most) * 10.0 * 0.89, "{limit:?}: {}", gone.len());
        }
    }

    #[test]
    fn a_day_ends_at_midnight() {
        let limit = Limit { span: Span::Day, most: 100 };
        let now: DateTime<Utc> = "2026-05-06T23:00:00Z".parse().unwrap();
        let level = limit.take(limit.refresh(None, now), 100);
        assert_eq!(limit.available(level), 0);
        assert_eq!(limit.next(level, now).to_string(), "2026-05-07 00:00:00 UTC");
        let tomorrow = now + TimeDelta::hours(1);
        assert_eq!(limit.available(limit.refresh(Some(level), tomorrow)), 100);
        assert_eq!(limit.available(limit.take(level, -3)), 3, "what was not used comes back");
    }

    #[test]
    fn the_next_one_goes_when_it_is_said_to() {
        let limit = Limit { span: Span::Minute, most: 60 };
        let level = limit.take(limit.refresh(None, at(0)), 6);
        let next = limit.next(level, at(0));
        assert!(next > at(0));
        assert_eq!(limit.available(limit.refresh(Some(level), next)), 1);
    }

    #[test]
    fn a_new_sender_grows_from_two_hundred_to_two_hundred_thousand() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let from = day("2026-05-01");
        let curve = ["2026-04-30", "2026-05-01", "2026-05-15", "2026-06-11", "2026-06-12"];
        let curve = curve.map(|today| warm_up(from, day(today)));
        assert_eq!(curve, [Some(200), Some(200), Some(2000), Some(169_669), None]);
    }
}
