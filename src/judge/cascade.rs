//! Which stories a model reads: tokens cost money, and most stories could enter no issue whatever was read in them.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{StoryId, Verdict};

/// A story competes with those of so many days before it, so that its rank does not change with later news.
const WINDOW: TimeDelta = TimeDelta::days(7);

/// A story so many points below the floor of an issue may still rise above it by what a model reads in it.
const MARGIN: f32 = 1.0;

/// The least score by rules of a story that is read, where an issue begins at `floor`.
pub fn least(floor: f32) -> f32 {
    floor - MARGIN
}

/// A story as the rules rank it.
#[derive(Clone, Copy, Debug)]
pub struct Ranked {
    /// The story.
    pub id: StoryId,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// The rules' score.
    pub score: f32,
    /// Whether the rules let it into an issue.
    pub may_enter: bool,
}

impl Ranked {
    /// Of a verdict by rules.
    pub fn of(verdict: &Verdict, happened_at: DateTime<Utc>, floor: f32) -> Self {
        let may_enter = verdict.dropped.is_none() && verdict.score >= least(floor);
        Self { id: verdict.story_id, happened_at, score: verdict.score, may_enter }
    }
}

/// The stories worth a reading, best first: each among the best `per_week` of the seven days that end with it.
pub fn choose(stories: &[Ranked], per_week: usize) -> Vec<StoryId> {
    let mut by_score: Vec<&Ranked> = stories.iter().collect();
    // Of equals the earlier one: it was ranked first, and stays.
    by_score.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then(a.happened_at.cmp(&b.happened_at)).then(a.id.cmp(&b.id))
    });
    let mut better: Vec<DateTime<Utc>> = Vec::with_capacity(stories.len());
    let mut chosen = Vec::new();
    for story in by_score.into_iter().filter(|story| story.may_enter) {
        let from = better.partition_point(|at| *at <= story.happened_at - WINDOW);
        let until = better.partition_point(|at| *at <= story.happened_at);
        if until - from < per_week {
            chosen.push(story.id);
        }
        better.insert(until, story.happened_at);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(id: i64, day: u32, score: f32) -> Ranked {
        let happened_at = chrono::NaiveDate::from_ymd_opt(2026, 3, day)
            .and_then(|day| day.and_hms_opt(12, 0, 0))
            .unwrap()
            .and_utc();
        Ranked { id: StoryId(id), happened_at, score, may_enter: true }
    }

    #[test]
    fn the_best_of_seven_days_are_read() {
        let stories = [story(1, 1, 3.0), story(2, 2, 5.0), story(3, 3, 4.0), story(4, 12, 1.0)];
        assert_eq!(choose(&stories, 2), [StoryId(2), StoryId(3), StoryId(1), StoryId(4)]);
        assert_eq!(choose(&stories, 1), [StoryId(2), StoryId(1), StoryId(4)], "each when it came");
        assert_eq!(choose(&stories, 0), []);
    }

    #[test]
    fn later_news_takes_no_reading_away() {
        let early = story(1, 1, 3.0);
        let all: Vec<Ranked> =
            std::iter::once(early).chain((2..9).map(|day| story(i64::from(day), day, 9.0))).collect();
        assert!(choose(&all, 1).contains(&StoryId(1)));
    }

    #[test]
    fn what_cannot_enter_an_issue_is_not_read() {
        let out = Ranked { may_enter: false, ..story(1, 1, 9.0) };
        assert_eq!(choose(&[out, story(2, 1, 1.0)], 1), [StoryId(2)]);
    }
}
