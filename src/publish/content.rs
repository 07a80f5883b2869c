//! What an issue says, put together from what was chosen. Language-neutral; the renderings are made from it alone.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::clean::language_of;
use super::period::Period;
use crate::model::{
    IssueContent, IssueKind, IssueLink, IssueStory, Language, Section, Story, StoryId, Verdict,
};

/// Most links of one story: a large event has hundreds.
const LINKS: usize = 12;

/// English words read in a minute.
const WORDS_A_MINUTE: usize = 220;

/// Chinese characters read in a minute.
const HAN_A_MINUTE: usize = 400;

/// Counts for the masthead that only the database knows.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Items read in the period.
    pub n_items: i64,
    /// Sources that brought them.
    pub n_sources: i64,
    /// Stories considered.
    pub n_stories: i64,
    /// Considered but not told, by reason.
    pub dropped: BTreeMap<String, i64>,
}

/// An issue without its reasons and its `quiet` mark; the number is what stands in `number` now.
pub fn issue(
    kind: IssueKind,
    number: i32,
    period: &Period,
    counts: Counts,
    sections: Vec<Section>,
) -> IssueContent {
    let told =
        || sections.iter().filter(|section| section.name != "dropped").flat_map(|section| &section.stories);
    IssueContent {
        kind,
        number,
        period: period.name.clone(),
        starts_at: period.starts_at,
        ends_at: period.ends_at,
        quiet: false,
        n_sources: counts.n_sources,
        n_items: counts.n_items,
        n_stories: counts.n_stories,
        dropped_counts: counts.dropped,
        minutes: minutes(told()),
        facts_checked: told().map(|story| story.verdict.facts_checked).sum(),
        sentences_withheld: told().map(|story| story.verdict.sentences_withheld).sum(),
        tokens: told().map(|story| u64::from(story.verdict.tokens)).sum(),
        judges: told()
            .map(|story| story.verdict.judge.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        reasons: Vec::new(),
        errata: Vec::new(),
        hindsight: None,
        sections,
    }
}

/// Fills the sections with what was loaded; a story that could not be loaded is left out, and so is an empty section.
pub fn sections(chosen: &[(String, Vec<StoryId>)], stories: &BTreeMap<StoryId, IssueStory>) -> Vec<Section> {
    let filled = chosen.iter().map(|(name, ids)| Section {
        name: name.clone(),
        stories: ids.iter().filter_map(|id| stories.get(id).cloned()).collect(),
    });
    filled.filter(|section| !section.stories.is_empty()).collect()
}

/// Freezes a story with its verdict: one link for each source, the lead first.
pub fn story(story: &Story, verdict: Verdict) -> IssueStory {
    let mut seen = HashSet::new();
    let once = story.items.iter().filter(|item| seen.insert(&item.source_slug));
    IssueStory {
        story_id: story.id,
        links: once
            .take(LINKS)
            .map(|item| IssueLink {
                url: item.link.clone(),
                source: item.source.clone(),
                title: item.title.clone(),
                language: item.language.clone(),
            })
            .collect(),
        n_owners: story.owners.len(),
        happened_at: story.happened_at,
        verdict,
    }
}

/// Time for reading headlines and summaries, in whichever language there is.
fn minutes<'a>(stories: impl Iterator<Item = &'a IssueStory>) -> u32 {
    let seconds: usize = stories
        .filter_map(|story| {
            let language = *story.verdict.summary.keys().next()?;
            let text = &story.verdict.summary[&language].long;
            let headline = story.verdict.headline.get(&language).map(String::as_str).unwrap_or_default();
            Some(seconds(headline) + seconds(text))
        })
        .sum();
    u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX).max(1)
}

fn seconds(text: &str) -> usize {
    match language_of(text) {
        Language::En => text.split_whitespace().count() * 60 / WORDS_A_MINUTE,
        Language::Zh => text.chars().count() * 60 / HAN_A_MINUTE,
    }
}
