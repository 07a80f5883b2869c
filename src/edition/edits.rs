//! What an operator does to a draft, as a pure function: a change becomes edits, and edits are among the inputs.

use std::collections::BTreeMap;

use super::clean::plain;
use super::inputs::Inputs;
use super::story_view;
use crate::model::{Edits, IssueContent, Language, LineKind, Section, StoryId};

/// Most stories that an operator can put at the top.
const MOST_PINNED: usize = 6;

/// Most characters of the operator's own headline, and of any other line.
const LONGEST: (usize, usize) = (200, 500);

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Lead the issue with a story.
    Pin(StoryId),
    /// Let the rules place it again.
    Unpin(StoryId),
    /// Leave a story out; the next best comes in.
    Drop(StoryId),
    /// Let a story that was left out take part again.
    Restore(StoryId),
    /// One place up in its section.
    Up(StoryId),
    /// One place down in its section.
    Down(StoryId),
    /// Own words in one language; an empty text, or the story's own, takes them back.
    Lines(StoryId, Language, BTreeMap<LineKind, String>),
}

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such story took part.
    #[error("story {0} is not one of this draft's stories")]
    Unknown(StoryId),
    /// It stands in no section that is told.
    #[error("story {0} is not in the issue: pin it first")]
    NotTold(StoryId),
    /// It is not judged yet, so nothing can be told of it.
    #[error("story {0} is not judged yet")]
    NotJudged(StoryId),
    /// Nothing would change.
    #[error("nothing to change: story {0} is so already")]
    Nothing(StoryId),
    /// There are enough at the top.
    #[error("at most {MOST_PINNED} stories can be pinned: unpin one first")]
    TooMany,
    /// Own words of more than so many characters.
    #[error("the {0} is too long: {1} characters, at most {2}")]
    TooLong(LineKind, usize, usize),
    /// The story has no such line where it stands.
    #[error("story {0} has no {1} of its own where it stands")]
    NoLine(StoryId, LineKind),
}

impl Change {
    /// Which story it is about.
    pub fn story(&self) -> StoryId {
        match self {
            Self::Pin(id)
            | Self::Unpin(id)
            | Self::Drop(id)
            | Self::Restore(id)
            | Self::Up(id)
            | Self::Down(id)
            | Self::Lines(id, ..) => *id,
        }
    }
}

/// The edits after `change` to the draft that `inputs` make and that reads as `content`.
///
/// # Errors
/// The change cannot be made, or would change nothing.
pub fn apply(inputs: &Inputs, content: &IssueContent, change: &Change) -> Result<Edits, Refusal> {
    let id = change.story();
    let candidate = inputs.candidates.iter().find(|candidate| candidate.id == id);
    let candidate = candidate.ok_or(Refusal::Unknown(id))?;
    let mut edits = inputs.edits.clone();
    match change {
        Change::Pin(_) if candidate.judged.is_none() => return Err(Refusal::NotJudged(id)),
        Change::Pin(_) if !edits.pinned.contains(&id) && edits.pinned.len() >= MOST_PINNED => {
            return Err(Refusal::TooMany);
        }
        Change::Pin(_) => {
            edits.dropped.retain(|other| *other != id);
            if !edits.pinned.contains(&id) {
                edits.pinned.push(id);
            }
        }
        Change::Unpin(_) => edits.pinned.retain(|other| *other != id),
        Change::Drop(_) => {
            place(content, id)?;
            edits.pinned.retain(|other| *other != id);
            edits.order.retain(|other| *other != id);
            edits.dropped.push(id);
        }
        Change::Restore(_) => edits.dropped.retain(|other| *other != id),
        Change::Up(_) => shift(&mut edits, place(content, id)?, -1),
        Change::Down(_) => shift(&mut edits, place(content, id)?, 1),
        Change::Lines(_, language, texts) => {
            write(&mut edits, place(content, id)?, (*language, texts))?;
        }
    }
    if edits == inputs.edits { Err(Refusal::Nothing(id)) } else { Ok(edits) }
}

/// Where a story stands among those that are told.
fn place(content: &IssueContent, id: StoryId) -> Result<(&Section, usize), Refusal> {
    let told = content.sections.iter().filter(|section| section.name != "dropped");
    let mut places = told.filter_map(|section| {
        Some((section, section.stories.iter().position(|story| story.story_id == id)?))
    });
    places.next().ok_or(Refusal::NotTold(id))
}

/// At the end of its section a story stays where it is.
fn shift(edits: &mut Edits, (section, from): (&Section, usize), by: isize) {
    let mut ids: Vec<StoryId> = section.stories.iter().map(|story| story.story_id).collect();
    let Some(to) = from.checked_add_signed(by).filter(|to| *to < ids.len()) else { return };
    ids.swap(from, to);
    if section.name == "leads" {
        // Which ones lead follows from the rules only as long as nobody orders them.
        edits.pinned = ids;
        return;
    }
    // No more of the section than is needed: what the operator placed does not give way when the issue is too long.
    let n_placed = ids.iter().rposition(|id| edits.order.contains(id)).map_or(0, |last| last + 1);
    ids.truncate(n_placed.max(from.min(to) + 1));
    edits.order.retain(|id| !section.stories.iter().any(|story| story.story_id == *id));
    edits.order.extend(ids);
}

fn write(
    edits: &mut Edits,
    (section, at): (&Section, usize),
    (language, texts): (Language, &BTreeMap<LineKind, String>),
) -> Result<(), Refusal> {
    let Some(story) = section.stories.get(at) else { return Ok(()) };
    let is_row = section.name == "funding" && story.verdict.funding.is_some();
    let known = if is_row { Vec::new() } else { story_view::lines(story, &section.name, language) };
    let lines = edits.lines.entry(story.story_id).or_default();
    let own = lines.entry(language).or_default();
    for (kind, text) in texts {
        let found = known.iter().find(|(known, ..)| known == kind);
        let (_, _, original) = found.ok_or(Refusal::NoLine(story.story_id, *kind))?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let n_chars = text.chars().count();
        let most = if *kind == LineKind::Headline { LONGEST.0 } else { LONGEST.1 };
        if text.is_empty() || text == *original {
            own.remove(kind);
        } else if n_chars > most {
            return Err(Refusal::TooLong(*kind, n_chars, most));
        } else {
            own.insert(*kind, plain(&text));
        }
    }
    lines.retain(|_, own| !own.is_empty());
    edits.lines.retain(|_, own| !own.is_empty());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{IssueStory, Verdict};

    fn section(ids: &[i64]) -> Section {
        let story = |id: &i64| IssueStory {
            story_id: StoryId(*id),
            verdict: verdict(*id),
            links: Vec::new(),
            n_owners: 1,
            happened_at: chrono::DateTime::UNIX_EPOCH,
            earlier: None,
            line: BTreeMap::new(),
        };
        Section { name: "company".into(), stories: ids.iter().map(story).collect() }
    }

    fn verdict(id: i64) -> Verdict {
        serde_json::from_value(serde_json::json!({
            "story_id": id, "judge": "rules", "lane": "company", "score": 5.0, "summary": {}, "focus": [],
            "headline": { "en": "Acme ships a model", "zh": "Acme 发布模型" }, "entities": [], "rumour": false,
            "parts": [], "facts_checked": 0, "sentences_withheld": 0, "tokens": 0,
        }))
        .unwrap()
    }

    fn order(edits: &Edits) -> Vec<i64> {
        edits.order.iter().map(|id| id.0).collect()
    }

    #[test]
    fn what_is_moved_takes_no_more_along_than_it_must() {
        let mut edits = Edits::default();
        shift(&mut edits, (&section(&[1, 2, 3, 4]), 1), -1);
        assert_eq!(order(&edits), [2]);
        shift(&mut edits, (&section(&[2, 1, 3, 4]), 3), -1);
        assert_eq!(order(&edits), [2, 1, 4]);
        shift(&mut edits, (&section(&[2, 1, 4, 3]), 3), 1);
        assert_eq!(order(&edits), [2, 1, 4], "the last one stays");
    }

    #[test]
    fn own_words_are_short_one_line_and_can_be_taken_back() {
        let mut edits = Edits::default();
        let section = section(&[1]);
        let mut say = |text: &str| {
            let texts = [(LineKind::Headline, text.to_owned())].into();
            let outcome = write(&mut edits, (&section, 0), (Language::En, &texts));
            outcome.map(|()| {
                edits.lines.values().next().map(|own| own[&Language::En][&LineKind::Headline].clone())
            })
        };
        assert_eq!(say(" Acme \r\n ships %%UNSUBSCRIBE%% "), Ok(Some("Acme ships %UNSUBSCRIBE%".into())));
        assert_eq!(say(&"错".repeat(201)), Err(Refusal::TooLong(LineKind::Headline, 201, 200)));
        assert_eq!(say("Acme ships a model"), Ok(None), "its own words again");
        assert!(say("Borealis").is_ok());
        assert_eq!(say(""), Ok(None));
        let texts = [(LineKind::Matters, "x".to_owned())].into();
        let refused = write(&mut Edits::default(), (&section, 0), (Language::En, &texts));
        assert_eq!(refused, Err(Refusal::NoLine(StoryId(1), LineKind::Matters)));
    }
}
