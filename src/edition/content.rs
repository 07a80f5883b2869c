//! What an issue says, put together from what was chosen. Language-neutral; the renderings are made from it alone.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::inputs::Inputs;
use super::{money, reading};
use crate::model::{Edits, IssueContent, IssueLink, IssueStory, Section, Story, StoryId, Verdict};

/// Most links of one story: a large event has hundreds.
const LINKS: usize = 12;

/// What an issue tells.
#[derive(Debug, Default)]
pub struct Chosen {
    /// In order of reading.
    pub sections: Vec<Section>,
    /// Little happened.
    pub quiet: bool,
    /// Stories considered.
    pub n_stories: i64,
    /// Considered but not told, by reason.
    pub dropped_counts: BTreeMap<String, i64>,
}

/// The issue.
pub fn content(inputs: &Inputs, chosen: Chosen) -> IssueContent {
    let sections = chosen.sections;
    let told =
        || sections.iter().filter(|section| section.name != "dropped").flat_map(|section| &section.stories);
    let judges: BTreeSet<_> = told().map(|story| story.verdict.judge.clone()).collect();
    IssueContent {
        kind: inputs.kind,
        edition: inputs.edition.clone(),
        number: inputs.number,
        period: inputs.period.name.clone(),
        starts_at: inputs.period.starts_at,
        ends_at: inputs.period.ends_at,
        quiet: chosen.quiet,
        n_sources: inputs.counts.n_sources,
        n_items: inputs.counts.n_items,
        n_stories: chosen.n_stories,
        dropped_counts: chosen.dropped_counts,
        minutes: reading::minutes(&sections),
        facts_checked: told().map(|story| story.verdict.facts_checked).sum(),
        sentences_withheld: told().map(|story| story.verdict.sentences_withheld).sum(),
        tokens: inputs.counts.tokens,
        cost_micros: inputs.counts.cost_micros,
        rates: money::needed(told(), &inputs.rates),
        edited: inputs.edits != Edits::default(),
        judges: judges.into_iter().collect(),
        reasons: Vec::new(),
        errata: inputs.errata.clone(),
        hindsight: inputs.hindsight.clone(),
        guide: None,
        sections,
    }
}

/// Fills the sections with what was loaded, with the operator's lines where there are some.
pub fn sections(chosen: &[(String, Vec<StoryId>)], inputs: &Inputs) -> Vec<Section> {
    let story = |id: &StoryId| {
        let story = inputs.stories.get(id)?.clone();
        Some(match inputs.edits.lines.get(id) {
            Some(line) => IssueStory { line: line.clone(), ..story },
            None => story,
        })
    };
    let filled = chosen
        .iter()
        .map(|(name, ids)| Section { name: name.clone(), stories: ids.iter().filter_map(story).collect() });
    filled.collect()
}

/// The same without what has no story.
pub fn without_empty(mut sections: Vec<Section>) -> Vec<Section> {
    sections.retain(|section| !section.stories.is_empty());
    sections
}

/// Freezes a story with its verdict: one link for each source, the lead first.
pub fn freeze(story: &Story, verdict: Verdict) -> IssueStory {
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
        earlier: None,
        line: BTreeMap::new(),
        verdict,
    }
}
