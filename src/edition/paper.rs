//! Inputs become the paper of the month, or a short word that no paper was worth it.

use super::content::{self, Chosen};
use super::inputs::Inputs;
use crate::model::{IssueContent, StoryId};
use crate::paper::choose::Placed;
use crate::paper::guide;

/// Runners-up that the issue shows as stories.
const RUNNERS_UP: usize = 5;
/// Papers that came nearest, where none was worth it.
const NEAREST: usize = 3;

/// The issue that `inputs` make; `None`: there was no paper to choose from.
pub fn paper(inputs: &Inputs) -> Option<IssueContent> {
    let own = inputs.paper.as_deref()?;
    let placed = own.placed();
    let story =
        |one: &Placed| own.papers.get(one.weighed.at)?.story_id.filter(|id| inputs.stories.contains_key(id));
    let guide = own.guide(&placed);
    let (leads, others): (Vec<StoryId>, Vec<StoryId>) = match guide {
        Some(_) => {
            let lead = story(placed.first()?)?;
            (vec![lead], placed[1..].iter().filter_map(story).take(RUNNERS_UP).collect())
        }
        None => (Vec::new(), placed.iter().filter_map(story).take(NEAREST).collect()),
    };
    if leads.is_empty() && others.is_empty() {
        return None;
    }
    let sections = content::sections(&[("leads".to_owned(), leads), ("research".to_owned(), others)], inputs);
    let n_weighed = i64::try_from(own.n_candidates).unwrap_or(i64::MAX);
    let chosen = Chosen {
        sections: content::without_empty(sections),
        quiet: guide.is_none(),
        n_stories: n_weighed + own.dropped.values().sum::<i64>(),
        dropped_counts: own.dropped.clone(),
    };
    let content = content::content(inputs, chosen);
    Some(match guide {
        Some(guide) => IssueContent {
            reasons: placed[0].weighed.reasons.clone(),
            minutes: guide::minutes(&guide),
            guide: Some(Box::new(guide)),
            ..content
        },
        None => content,
    })
}
