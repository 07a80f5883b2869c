//! What speaks for a story and what against it, in a few words.

use super::clean::plain;
use super::view::ReasonView;
use super::{phrases, words};
use crate::model::{ArtifactKind, IssueStory, Language, ScorePart, Verdict};

/// Most tags of a kind.
const TAGS: usize = 3;

/// What a reader can touch, and how many say it: "paper · code · 1 source".
pub fn proof(story: &IssueStory, language: Language) -> String {
    let verdict = &story.verdict;
    let has = |kind: ArtifactKind| verdict.artifacts.iter().any(|artifact| artifact.kind == kind);
    let mut tags: Vec<&str> = Vec::new();
    for kind in ArtifactKind::ALL {
        if has(*kind) {
            tags.push(words::artifact(*kind, language));
        }
    }
    let sources = phrases::sources(story.n_owners, language);
    tags.push(&sources);
    tags.join(" · ")
}

/// The weightiest parts of a score that are for it.
pub fn speaks_for(verdict: &Verdict, language: Language) -> String {
    // A long-term question is why it is told, and proves nothing.
    tags(verdict, |part| part.points > 0.0 && part.flag != "focus", language)
}

/// The weightiest parts of a score that are against it.
pub fn speaks_against(verdict: &Verdict, language: Language) -> String {
    tags(verdict, |part| part.points < 0.0, language)
}

/// A reason for the paper of the month.
pub fn reason(reason: &ScorePart, language: Language) -> ReasonView {
    let quote = match reason.flag.as_str() {
        "focus" => {
            let names = reason.quote.split(' ').map(|key| words::flag(key, language));
            names.collect::<Vec<_>>().join(" · ")
        }
        "code" | "numbers" => format!("“{}”", plain(&reason.quote)),
        "corroborated" => phrases::others(&plain(&reason.quote), language),
        "evidence" => plain(&reason.quote),
        _ => String::new(),
    };
    ReasonView {
        what: plain(words::flag(&reason.flag, language)),
        quote,
        points: format!("{:+.1}", reason.points),
    }
}

/// Each flag once, the weightiest first.
fn tags(verdict: &Verdict, is_wanted: fn(&ScorePart) -> bool, language: Language) -> String {
    let mut wanted: Vec<_> = verdict.parts.iter().filter(|part| is_wanted(part)).collect();
    wanted.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()));
    let mut names: Vec<String> = Vec::new();
    for part in wanted {
        let name = plain(words::flag(&part.flag, language));
        if !names.contains(&name) && names.len() < TAGS {
            names.push(name);
        }
    }
    names.join(" · ")
}
