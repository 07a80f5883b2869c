//! What an answer means for its source: its state, its message, when it is asked again.

use chrono::{DateTime, Duration, Utc};

use super::fetch::Trouble;
use crate::model::Entry;

/// Longest time between two polls, whatever the source wishes.
const LONGEST: Duration = Duration::days(1);
/// Longest pause that a `Retry-After` is granted.
const LONGEST_WISH: Duration = Duration::days(7);
/// A source whose newest entry is older is quiet.
const QUIET: Duration = Duration::days(60);
/// When a source that is gone is tried again, in case it is not.
const GONE: Duration = Duration::days(30);

/// State and message of a source whose feed was read.
pub fn state_of(entries: &[Entry], now: DateTime<Utc>) -> (&'static str, Option<String>) {
    let newest = entries.iter().filter_map(|entry| entry.published).max();
    match newest {
        _ if entries.is_empty() => ("empty", Some("the feed has no entries".to_owned())),
        None => ("undated", Some("no entry has a date: the time of discovery stands in".to_owned())),
        Some(newest) if newest < now - QUIET => {
            ("quiet", Some(format!("nothing new since {}", newest.format("%Y-%m-%d"))))
        }
        Some(_) => ("ok", None),
    }
}

/// State of a source that could not be read.
pub fn state_of_failure(message: &str, trouble: Option<&Trouble>) -> &'static str {
    match trouble {
        Some(Trouble::Status { status: 410, .. }) => "gone",
        Some(Trouble::Status { status: 401 | 403 | 429 | 451, .. }) => "blocked",
        None if message.contains("HTML instead") => "html-instead",
        None if message.contains("empty answer") => "empty",
        _ => "failing",
    }
}

/// When a source that answered is asked again: the longest of its configuration and its own wishes, at most a day,
/// plus up to a tenth by `chance` (0 to 1), so that sources do not come in step.
pub fn next_after_answer(every_minutes: u32, wishes: [Option<u32>; 2], chance: f64) -> Duration {
    let wished = wishes.into_iter().flatten().max().unwrap_or_default();
    let minutes = i64::from(every_minutes.max(wished));
    spread(Duration::minutes(minutes).min(LONGEST), chance)
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

fn spread(duration: Duration, chance: f64) -> Duration {
    duration + Duration::seconds((duration.num_seconds() as f64 * 0.1 * chance) as i64)
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
        let busy = Trouble::Status { status: 429, retry_after: Some(7200) };
        assert_eq!(next_after_failure(60, 1, Some(&busy), 0.0).num_minutes(), 120);
        assert_eq!(next_after_answer(60, [Some(180), None], 0.0).num_minutes(), 180);
        assert_eq!(next_after_answer(60, [None, Some(9_999_999)], 0.0), LONGEST);
    }

    #[test]
    fn states_are_told_apart() {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        let entry = |published: Option<&str>| Entry {
            published: published.map(|at| at.parse().unwrap()),
            ..Entry::default()
        };
        assert_eq!(state_of(&[], now).0, "empty");
        assert_eq!(state_of(&[entry(None)], now).0, "undated");
        assert_eq!(state_of(&[entry(Some("2026-01-01T00:00:00Z"))], now).0, "quiet");
        assert_eq!(state_of(&[entry(Some("2026-05-05T00:00:00Z"))], now), ("ok", None));
        assert_eq!(state_of_failure("x", Some(&Trouble::Status { status: 410, retry_after: None })), "gone");
        assert_eq!(state_of_failure("answers HTML instead of a feed", None), "html-instead");
    }
}
