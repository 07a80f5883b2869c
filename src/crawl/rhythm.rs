//! A source's own rhythm: how often it publishes, when it wants to be left alone, and so when it is asked again.

use chrono::{DateTime, Datelike as _, Duration, Timelike as _, Utc};

use super::feed::Parsed;
use crate::config::SourceConfig;
use crate::model::{Entry, Rhythm, SourceKind};

/// A source that was silent for so long is asked at most as often as its longest interval divided by that.
const IDLE: [(i64, i64); 3] = [(30, 1), (14, 2), (7, 4)];

/// Hours that are looked through for one that is not skipped: a week.
const MOST_HOURS: usize = 7 * 24;

/// So many of the latest gaps tell the rhythm: a source that was livelier years ago is not that source any more.
const LATEST: usize = 20;

/// So many entries of one and the same moment: that is when a program wrote them down.
const ALIKE: usize = 5;

/// Whether all entries have the same date, which then says nothing of any of them. arXiv's do: it announces in batches.
pub fn is_dated_alike(kind: SourceKind, entries: &[Entry]) -> bool {
    if kind == SourceKind::Arxiv {
        return false;
    }
    let first = entries.first().and_then(|entry| entry.published);
    entries.len() >= ALIKE && first.is_some() && entries.iter().all(|entry| entry.published == first)
}

/// What an answer tells that was given at `now`.
pub fn of(parsed: &Parsed, kind: SourceKind, now: DateTime<Utc>) -> Rhythm {
    let dated = if is_dated_alike(kind, &parsed.entries) { &[] } else { parsed.entries.as_slice() };
    let mut times: Vec<DateTime<Utc>> = dated.iter().filter_map(|entry| entry.published).collect();
    times.sort_unstable();
    times.dedup();
    let mut gaps: Vec<i64> = times.windows(2).map(|pair| (pair[1] - pair[0]).num_minutes()).collect();
    gaps.drain(..gaps.len().saturating_sub(LATEST));
    gaps.sort_unstable();
    Rhythm {
        n_entries: parsed.entries.len(),
        newest_at: times.last().copied(),
        changed_at: Some(now),
        gap_minutes: gaps.get(gaps.len() / 2).copied(),
        ttl_minutes: parsed.ttl_minutes,
        skip_hours: parsed.skip_hours.clone(),
        skip_days: parsed.skip_days.clone(),
    }
}

/// When a source that answered is asked again: half its usual gap between two entries, less often when it fell silent,
/// never more often than its configuration and its own wishes (`ttl`, `sy:`, `max-age`) say, at least once in its
/// longest interval, and not in the hours and days that it skips. Up to a tenth later by `chance` (0 to 1), so that
/// sources do not come in step.
pub fn next_poll(
    (least, longest): (u32, u32),
    rhythm: &Rhythm,
    max_age_minutes: Option<u32>,
    now: DateTime<Utc>,
    chance: f64,
) -> DateTime<Utc> {
    let (least, longest) = (i64::from(least), i64::from(longest.max(least)));
    let wished = [rhythm.ttl_minutes, max_age_minutes].into_iter().flatten().max().unwrap_or_default();
    let own = rhythm.gap_minutes.map_or(0, |gap| gap / 2).max(idle(rhythm, longest, now));
    let minutes = least.max(i64::from(wished)).max(own).min(longest);
    after_skipped(now + spread(Duration::minutes(minutes), chance).min(Duration::minutes(longest)), rhythm)
}

/// A pause, up to a tenth longer by `chance`.
pub fn spread(duration: Duration, chance: f64) -> Duration {
    duration + Duration::seconds((duration.num_seconds() as f64 * 0.1 * chance) as i64)
}

/// Least and longest minutes between two polls of a source, also of one that is no longer configured.
pub fn limits(config: Option<&SourceConfig>) -> (u32, u32) {
    config.map_or((120, 1440), |source| (source.every_minutes, source.longest_minutes))
}

/// What is asked of a source that brought nothing for a week, two, or a month.
fn idle(rhythm: &Rhythm, longest: i64, now: DateTime<Utc>) -> i64 {
    let days = rhythm.newest_at.map_or(0, |newest| (now - newest).num_days());
    IDLE.iter().find(|(silent, _)| days >= *silent).map_or(0, |(_, part)| longest / part)
}

/// The first moment from `at` on that the source does not skip; one that skips every hour is not believed.
fn after_skipped(at: DateTime<Utc>, rhythm: &Rhythm) -> DateTime<Utc> {
    let is_skipped = |at: &DateTime<Utc>| {
        let (hour, day) = (at.hour(), at.weekday().num_days_from_monday());
        rhythm.skip_hours.iter().any(|skipped| u32::from(*skipped) == hour)
            || rhythm.skip_days.iter().any(|skipped| u32::from(*skipped) == day)
    };
    if !is_skipped(&at) {
        return at;
    }
    let past_hour = i64::from(at.minute() * 60 + at.second());
    let hours = (1..MOST_HOURS as i64).map(|n| at + Duration::hours(n) - Duration::seconds(past_hour));
    hours.into_iter().find(|hour| !is_skipped(hour)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-05-06T08:00:00Z".parse().unwrap()
    }

    fn wait(rhythm: &Rhythm, max_age: Option<u32>) -> i64 {
        (next_poll((60, 1440), rhythm, max_age, now(), 0.0) - now()).num_minutes()
    }

    #[test]
    fn a_source_is_asked_in_its_own_rhythm_within_limits() {
        let every = |hours: i64| Rhythm { gap_minutes: Some(hours * 60), ..Rhythm::default() };
        assert_eq!([wait(&Rhythm::default(), None), wait(&every(1), None)], [60, 60]);
        assert_eq!([wait(&every(10), None), wait(&every(240), None)], [300, 1440]);
    }

    #[test]
    fn its_wishes_are_heeded() {
        let ttl = Rhythm { ttl_minutes: Some(180), ..Rhythm::default() };
        assert_eq!([wait(&ttl, None), wait(&ttl, Some(240)), wait(&ttl, Some(9_999_999))], [180, 240, 1440]);
    }

    #[test]
    fn a_silent_source_is_asked_less_often() {
        let silent = |days| Rhythm { newest_at: Some(now() - Duration::days(days)), ..Rhythm::default() };
        assert_eq!([6, 8, 15, 40].map(|days| wait(&silent(days), None)), [60, 360, 720, 1440]);
    }

    #[test]
    fn hours_and_days_that_it_skips_are_left_out() {
        // 2026-05-06 is a Wednesday.
        let hours = Rhythm { skip_hours: vec![9, 10], ..Rhythm::default() };
        assert_eq!(wait(&hours, None), 180);
        let day = Rhythm { skip_days: vec![2], ..Rhythm::default() };
        assert_eq!(wait(&day, None), 16 * 60);
        let all = Rhythm { skip_hours: (0..24).collect(), ..Rhythm::default() };
        assert_eq!(wait(&all, None), 60, "a source that skips every hour cannot mean it");
    }
}
