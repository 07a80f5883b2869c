//! What an answer means for its source: its state, its message, when it is asked again.

use chrono::{DateTime, Duration, Utc};

use super::answer::Trouble;
use super::rhythm::spread;
use super::robots::FORBIDDEN;
use crate::model::Rhythm;

/// Longest time between two polls, whatever the source wishes.
const LONGEST: Duration = Duration::days(1);
/// Longest pause that a `Retry-After` is granted.
pub const LONGEST_WISH: Duration = Duration::days(7);
/// A source that was silent for less is never quiet…
const LEAST_QUIET: Duration = Duration::days(14);
/// …or for less than this, if it publishes several times a day…
const LEAST_QUIET_OF_BUSY: Duration = Duration::days(3);
/// …and one that was silent for longer always is, whatever its rhythm.
const MOST_QUIET: Duration = Duration::days(365);
/// A silence this many times as long as the usual one is out of rhythm.
const OUT_OF_RHYTHM: f64 = 4.0;
/// A feed whose every byte stayed the same for so long is perhaps no longer written by anybody…
const FROZEN: Duration = Duration::weeks(6);
/// …and then this many times the usual silence is enough.
const OUT_OF_FROZEN_RHYTHM: f64 = 1.5;
/// Silence that is usual where too few dates tell.
const USUAL: Duration = Duration::days(10);
/// A source that failed so often and was never read has never worked.
const NEVER: i32 = 3;
/// When a source that is gone is tried again, in case it is not.
const GONE: Duration = Duration::days(30);

/// State and message of a source that answered, by what its last feed told: a 304 does not make it less quiet.
pub fn state_of(rhythm: &Rhythm, now: DateTime<Utc>) -> (&'static str, Option<String>) {
    match rhythm.newest_at {
        _ if rhythm.n_entries == 0 => ("empty", Some("the feed has no entries".to_owned())),
        None => ("undated", Some("no entry has a date: the time of discovery stands in".to_owned())),
        Some(newest) if now - newest > longest_silence(rhythm, now) => {
            ("quiet", Some(format!("nothing new since {}", newest.format("%Y-%m-%d"))))
        }
        Some(_) => ("ok", None),
    }
}

/// The longest silence that the source's own rhythm explains: some times the median gap between its entries.
fn longest_silence(rhythm: &Rhythm, now: DateTime<Utc>) -> Duration {
    let usual = rhythm.gap_minutes.map_or(USUAL, Duration::minutes);
    let is_frozen = rhythm.changed_at.is_some_and(|changed| now - changed >= FROZEN);
    let times = if is_frozen { OUT_OF_FROZEN_RHYTHM } else { OUT_OF_RHYTHM };
    let minutes = usual.num_minutes() as f64 * times;
    let least = if usual < Duration::hours(12) { LEAST_QUIET_OF_BUSY } else { LEAST_QUIET };
    Duration::minutes(minutes as i64).clamp(least, MOST_QUIET)
}

/// State of a source that could not be read, for the `n_failures`-th time in a row.
pub fn state_of_failure(
    message: &str,
    trouble: Option<&Trouble>,
    (was_read, n_failures): (bool, i32),
) -> &'static str {
    match trouble {
        Some(Trouble::Status { status: 410, .. }) => "gone",
        _ if !was_read && n_failures >= NEVER => "never-worked",
        Some(Trouble::Status { status: 401 | 403 | 429 | 451, .. }) => "blocked",
        Some(Trouble::Forbidden) => "blocked",
        None if message == FORBIDDEN => "blocked",
        None if message.contains("HTML instead") => "html-instead",
        None if message.contains("empty answer") => "empty",
        _ => "failing",
    }
}

/// What stands on the row of a source that could not be read.
pub fn message_of_failure(message: &str, trouble: Option<&Trouble>) -> String {
    match trouble {
        Some(Trouble::Status { status: 410, .. }) => {
            format!("{message}: its publisher took it down; tried again after {} days", GONE.num_days())
        }
        _ => message.to_owned(),
    }
}

/// When a source that failed for the `n_failures`-th time in a row is asked again: twice as long each time, at most
/// a day, never earlier than it asked for.
pub fn next_after_failure(
    every_minutes: u32,
    n_failures: i32,
    trouble: Option<&Trouble>,
    chance: f64,
) -> Duration {
    match trouble {
        Some(Trouble::Status { status: 410, .. }) => return GONE,
        Some(Trouble::Status { retry_after: Some(seconds), .. }) => {
            let wished =
                Duration::seconds(i64::try_from(*seconds).unwrap_or(i64::MAX / 2_000)).min(LONGEST_WISH);
            return wished.max(Duration::minutes(i64::from(every_minutes)));
        }
        _ => {}
    }
    let doublings = u32::try_from(n_failures.clamp(1, 12) - 1).unwrap_or_default();
    let minutes = i64::from(every_minutes) * (1_i64 << doublings);
    spread(Duration::minutes(minutes).min(LONGEST), chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_asked_again_later_and_later_but_every_day() {
        let wait = |n| next_after_failure(60, n, None, 0.0).num_minutes();
        assert_eq!([wait(1), wait(2), wait(3), wait(9)], [60, 120, 240, 1440]);
    }

    #[test]
    fn a_source_gets_the_pause_it_asks_for() {
        let busy = Trouble::Status { status: 429, retry_after: Some(7200), host: String::new() };
        assert_eq!(next_after_failure(60, 1, Some(&busy), 0.0).num_minutes(), 120);
    }

    #[test]
    fn states_are_told_apart() {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let newest = |at: Option<&str>| Rhythm {
            n_entries: 1,
            newest_at: at.map(|at| at.parse().unwrap()),
            ..Rhythm::default()
        };
        assert_eq!(state_of(&Rhythm::default(), now).0, "empty");
        assert_eq!(state_of(&newest(None), now).0, "undated");
        assert_eq!(state_of(&newest(Some("2026-01-01T00:00:00Z")), now).0, "quiet");
        assert_eq!(state_of(&newest(Some("2026-05-05T00:00:00Z")), now), ("ok", None));
        let gone = Trouble::Status { status: 410, retry_after: None, host: String::new() };
        assert_eq!(state_of_failure("x", Some(&gone), (false, 9)), "gone");
        assert_eq!(state_of_failure("answers HTML instead of a feed", None, (true, 9)), "html-instead");
        assert_eq!(state_of_failure("answers HTML instead of a feed", None, (false, 1)), "html-instead");
        assert_eq!(state_of_failure("answers HTML instead of a feed", None, (false, 3)), "never-worked");
    }

    #[test]
    fn a_source_is_quiet_by_its_own_rhythm() {
        let now: DateTime<Utc> = "2026-05-06T08:00:00Z".parse().unwrap();
        let every = |gap: i64, silent: i64| {
            let newest_at = Some(now - Duration::days(silent));
            let rhythm =
                Rhythm { n_entries: 6, newest_at, gap_minutes: Some(gap * 1440), ..Rhythm::default() };
            state_of(&rhythm, now).0
        };
        assert_eq!([every(1, 3), every(1, 13), every(1, 16)], ["ok", "ok", "quiet"], "a daily one");
        assert_eq!([every(14, 40), every(14, 70)], ["ok", "quiet"], "one of every second week");
        assert_eq!([every(150, 300), every(300, 370)], ["ok", "quiet"], "a year is too long for any");
        assert_eq!([every(0, 2), every(0, 4)], ["ok", "quiet"], "one of every few minutes");
    }

    #[test]
    fn a_feed_that_nobody_writes_any_more_is_quiet_sooner() {
        let now: DateTime<Utc> = "2026-05-06T08:00:00Z".parse().unwrap();
        let unchanged = |days: i64| {
            let rhythm = Rhythm {
                n_entries: 6,
                newest_at: Some(now - Duration::days(50)),
                changed_at: Some(now - Duration::days(days)),
                gap_minutes: Some(20 * 1440),
                ..Rhythm::default()
            };
            state_of(&rhythm, now).0
        };
        assert_eq!([unchanged(10), unchanged(45)], ["ok", "quiet"]);
    }
}
