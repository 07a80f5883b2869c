//! Inputs become an issue: nothing twice, nothing that an earlier issue told unless there is news, and no more than there is
//! time to read.

use std::collections::{HashMap, HashSet};

use super::content::{self, Chosen};
use super::inputs::Inputs;
use super::select::{self, Selection, Wishes};
use super::{event, reading};
use crate::model::{IssueContent, IssueStory, Section, StoryId, Topic};

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
    let carries_on = |(id, story): (&StoryId, &IssueStory)| story.earlier.as_ref().map(|_| *id);
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
    sections.retain(|section| !section.stories.is_empty() || is_asked(section, inputs));
    let n_cut = fit(&mut sections, inputs);
    if n_cut > 0 {
        *dropped_counts.entry("no-room".to_owned()).or_default() += n_cut;
    }
    let chosen = Chosen { sections, quiet, n_stories, dropped_counts };
    Composition::Whole(Box::new(content::content(inputs, chosen)))
}

/// A story that is not in the issue and could be.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The story.
    pub id: StoryId,
    /// Its score.
    pub score: f32,
    /// Why it is not in.
    pub reason: String,
}

/// What the operator left out, then the best `most` of the others that could come in.
pub fn waiting(inputs: &Inputs, content: &IssueContent, most: usize) -> Vec<Waiting> {
    let is_full = super::view::told_stories(content).count() >= inputs.rules.max_stories;
    let excluded = event::excluded(inputs);
    // What the issue names as left out stands in it already.
    let named = content.sections.iter().flat_map(|section| &section.stories).map(|story| story.story_id);
    let named: HashSet<StoryId> = named.collect();
    let outside = inputs.candidates.iter().filter(|candidate| !named.contains(&candidate.id));
    let mut outside: Vec<Waiting> = outside
        .filter_map(|candidate| {
            let judged = candidate.judged.as_ref()?;
            let is_out = inputs.edits.dropped.contains(&candidate.id);
            let rule = || select::reason((candidate, judged), (inputs.rules.floor, &excluded, is_full));
            let reason = if is_out { "operator" } else { rule() };
            Some(Waiting { id: candidate.id, score: judged.score, reason: reason.to_owned() })
        })
        .collect();
    let is_other = |waiting: &Waiting| waiting.reason != "operator";
    outside.sort_by(|a, b| {
        is_other(a).cmp(&is_other(b)).then(b.score.total_cmp(&a.score)).then(a.id.cmp(&b.id))
    });
    outside.truncate(inputs.edits.dropped.len() + most);
    outside
}

/// An edition says that nothing happened only of what it looks at.
fn is_asked(section: &Section, inputs: &Inputs) -> bool {
    let topics = inputs.edition.as_ref().map(|edition| edition.topics.as_slice()).unwrap_or_default();
    let focus = section.name.strip_prefix("focus-").and_then(|word| word.parse::<Topic>().ok());
    topics.is_empty() || focus.is_none_or(|focus| topics.contains(&focus))
}

fn missing(selection: &Selection, inputs: &Inputs) -> Vec<StoryId> {
    let ids = selection.sections.iter().flat_map(|(_, ids)| ids);
    ids.filter(|id| !inputs.stories.contains_key(id)).copied().collect()
}

/// Takes out the weakest until the rest can be read in time; leads and what the operator moved or wrote stay.
fn fit(sections: &mut [Section], inputs: &Inputs) -> i64 {
    let most = u32::from(inputs.rules.minutes);
    let mut n_cut = 0;
    for id in weakest_first(sections, inputs) {
        if reading::minutes(sections) <= most {
            break;
        }
        for section in sections.iter_mut() {
            section.stories.retain(|story| story.story_id != id);
        }
        n_cut += 1;
    }
    n_cut
}

/// The stories that may give way.
fn weakest_first(sections: &[Section], inputs: &Inputs) -> Vec<StoryId> {
    let scores: HashMap<StoryId, f32> = inputs
        .candidates
        .iter()
        .filter_map(|candidate| Some((candidate.id, candidate.judged.as_ref()?.score)))
        .collect();
    let score = |id: &StoryId| scores.get(id).copied().unwrap_or_default();
    let is_open = |section: &&Section| !["leads", "dropped"].contains(&section.name.as_str());
    let stories = sections.iter().filter(is_open).flat_map(|section| &section.stories);
    let gives_way =
        |story: &&IssueStory| !inputs.edits.order.contains(&story.story_id) && story.line.is_empty();
    let mut open: Vec<StoryId> = stories.filter(gives_way).map(|story| story.story_id).collect();
    open.sort_by(|a, b| score(a).total_cmp(&score(b)).then(b.cmp(a)));
    open
}
