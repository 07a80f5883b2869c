//! What an answer means for its source: its state, its message, when it is asked again.

use chrono::{DateTime, Duration, Utc};

use super::fetch::Trouble;
use crate::model::Entry;

/// Longest time between two polls, whatever the source wishes.
const LONGEST: Duration = Duration::days(1);
/// Longest pause that a `Retry-After` is granted.
const LONGEST_WISH: Duration = Duration::days(7);
/// A source that was silent for less is never quiet…
const LEAST_QUIET: Duration = Duration::days(14);
/// …and one that was silent for longer always is, whatever its rhythm.
const MOST_QUIET: Duration = Duration::days(120);
/// A silence this many times as long as the usual one is out of rhythm.
const OUT_OF_RHYTHM: i32 = 6;
/// Silence that is usual where too few dates tell.
const USUAL: Duration = Duration::days(10);
/// A source that failed so often and was never read has never worked.
const NEVER: i32 = 3;
/// When a source that is gone is tried again, in case it is not.
const GONE: Duration = Duration::days(30);

/// State and message of a source whose feed was read.
pub fn state_of(entries: &[Entry], now: DateTime<Utc>) -> (&'static str, Option<String>) {
    let newest = entries.iter().filter_map(|entry| entry.published).max();
    match newest {
        _ if entries.is_empty() => ("empty", Some("the feed has no entries".to_owned())),
        None => ("undated", Some("no entry has a date: the time of discovery stands in".to_owned())),
        Some(newest) if now - newest > longest_silence(entries) => {
            ("quiet", Some(format!("nothing new since {}", newest.format("%Y-%m-%d"))))
        }
        Some(_) => ("ok", None),
    }
}

/// The longest silence that the source's own rhythm explains: some times the median gap between its entries.
fn longest_silence(entries: &[Entry]) -> Duration {
    let mut times: Vec<DateTime<Utc>> = entries.iter().filter_map(|entry| entry.published).collect();
    times.sort_unstable();
    let mut gaps: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(USUAL);
    (usual * OUT_OF_RHYTHM).clamp(LEAST_QUIET, MOST_QUIET)
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
        let gone = Trouble::Status { status: 410, retry_after: None };
        assert_eq!(state_of_failure("x", Some(&gone), (false, 9)), "gone");
        assert_eq!(state_of_failure("answers HTML instead of a feed", None, (true, 9)), "html-instead");
        assert_eq!(state_of_failure("answers HTML instead of a feed", None, (false, 1)), "html-instead");
        assert_eq!(state_of_failure("answers HTML instead of a feed", None, (false, 3)), "never-worked");
    }

    #[test]
    fn a_source_is_quiet_by_its_own_rhythm() {
        let now: DateTime<Utc> = "2026-05-06T08:00:00Z".parse().unwrap();
        let every = |gap: i64, silent: i64| {
            let at = |n: i64| Some(now - Duration::days(silent + n * gap));
            let entries: Vec<Entry> =
                (0..6).map(|n| Entry { published: at(n), ..Entry::default() }).collect();
            state_of(&entries, now).0
        };
        assert_eq!([every(1, 3), every(1, 13), every(1, 16)], ["ok", "ok", "quiet"], "a daily one");
        assert_eq!([every(14, 40), every(14, 90)], ["ok", "quiet"], "one of every second week");
        assert_eq!(every(300, 130), "quiet");
    }
}
