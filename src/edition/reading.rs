//! How long an issue takes to read, as it is shown: leads with all that is said of them, the others with a sentence.

use super::clean::language_of;
use crate::model::{IssueStory, Language, LineKind, Section, Summary};

/// English words read in a minute.
const WORDS_A_MINUTE: usize = 220;

/// Chinese characters read in a minute.
const HAN_A_MINUTE: usize = 400;

/// Seconds for a row of the table of money.
const ROW: usize = 4;

/// Minutes, at least 1: of the slower language.
pub fn minutes(sections: &[Section]) -> u32 {
    let in_language = |language: &Language| -> usize {
        let section = |section: &Section| -> usize {
            section.stories.iter().map(|story| of_story(story, &section.name, *language)).sum()
        };
        sections.iter().map(section).sum()
    };
    let slowest = Language::ALL.iter().map(in_language).max().unwrap_or_default();
    u32::try_from(slowest.div_ceil(60)).unwrap_or(u32::MAX).max(1)
}

fn of_story(story: &IssueStory, section: &str, language: Language) -> usize {
    let verdict = &story.verdict;
    let headline = verdict.headline.get(&language).or_else(|| verdict.headline.values().next());
    let headline = story.own(language, LineKind::Headline).or(headline.map(String::as_str));
    let headline = headline.map(seconds).unwrap_or_default();
    let summary = |which: fn(&Summary) -> &str| {
        let known = verdict.summary.get(&language).or_else(|| verdict.summary.values().next());
        let own = story.own(language, LineKind::Summary);
        own.or(known.map(which)).map(seconds).unwrap_or_default()
    };
    headline
        + match section {
            "dropped" => 0,
            "funding" => ROW,
            // What is said in three lines at the top is said again below.
            "leads" => summary(|summary| &summary.long) + headline,
            _ => summary(|summary| &summary.short),
        }
}

fn seconds(text: &str) -> usize {
    match language_of(text) {
        Language::En => text.split_whitespace().count() * 60 / WORDS_A_MINUTE,
        Language::Zh => text.chars().count() * 60 / HAN_A_MINUTE,
    }
}
