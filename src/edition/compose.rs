//! Inputs become an issue: nothing twice, nothing that an earlier issue told unless there is news, and no more than there is
//! time to read.

use std::collections::{BTreeMap, HashSet};

use super::content::{self, Chosen};
use super::inputs::Inputs;
use super::select::{self, Selection, Wishes};
use super::{event, reading};
use crate::model::{IssueContent, Section, StoryId};

/// What came of composing.
#[derive(Debug)]
pub enum Composition {
    /// The issue.
    Whole(Box<IssueContent>),
    /// These stories would be told, and their texts are not among the inputs: load them and compose again.
    Missing(Vec<StoryId>),
}

/// The weekly issue that `inputs` make.
pub fn compose(inputs: &Inputs) -> Composition {
    let carries_on = |(id, story): (&StoryId, &crate::model::IssueStory)| story.earlier.as_ref().map(|_| *id);
    let followups: HashSet<StoryId> = inputs.stories.iter().filter_map(carries_on).collect();
    let excluded = event::excluded(inputs);
    let wishes = Wishes {
        rules: &inputs.rules,
        companies: &inputs.companies,
        excluded: &excluded,
        followups: &followups,
        edits: &inputs.edits,
    };
    let selection = select::select(&inputs.candidates, wishes);
    let missing = missing(&selection, inputs);
    if !missing.is_empty() {
        return Composition::Missing(missing);
    }
    let Selection { sections, quiet, n_stories, mut dropped_counts } = selection;
    let mut sections = content::sections(&sections, inputs);
    let n_cut = fit(&mut sections, inputs);
    if n_cut > 0 {
        *dropped_counts.entry("no-room".to_owned()).or_default() += n_cut;
    }
    let chosen = Chosen { sections, quiet, n_stories, dropped_counts };
    Composition::Whole(Box::new(content::content(inputs, chosen)))
}

fn missing(selection: &Selection, inputs: &Inputs) -> Vec<StoryId> {
    let ids = selection.sections.iter().flat_map(|(_, ids)| ids);
    ids.filter(|id| !inputs.stories.contains_key(id)).copied().collect()
}

/// Takes out the weakest until the rest can be read in time; leads and what the operator pinned or wrote stay.
fn fit(sections: &mut [Section], inputs: &Inputs) -> i64 {
    let most = u32::from(inputs.rules.minutes);
    let mut n_cut = 0;
    while reading::minutes(sections) > most {
        let Some((section, place)) = weakest(sections, inputs) else { break };
        sections[section].stories.remove(place);
        n_cut += 1;
    }
    n_cut
}

fn weakest(sections: &[Section], inputs: &Inputs) -> Option<(usize, usize)> {
    let scores: BTreeMap<StoryId, f32> = inputs
        .candidates
        .iter()
        .filter_map(|candidate| Some((candidate.id, candidate.judged.as_ref()?.score)))
        .collect();
    let is_open = |section: &Section| !["leads", "dropped"].contains(&section.name.as_str());
    let mut open = Vec::new();
    for (at, section) in sections.iter().enumerate().filter(|(_, section)| is_open(section)) {
        for (place, story) in section.stories.iter().enumerate() {
            let score = scores.get(&story.story_id).copied().unwrap_or_default();
            if !inputs.edits.order.contains(&story.story_id) && story.line.is_empty() {
                open.push((score, std::cmp::Reverse(story.story_id), (at, place)));
            }
        }
    }
    open.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    open.first().map(|(_, _, at)| *at)
}
