//! Which item of a story speaks for it.

use std::collections::HashSet;

use super::fingerprint::Document;
use super::words;
use crate::model::Language;

/// A text of fewer characters behind its title tells nothing; Chinese needs fewer.
const LEAST_TEXT: (usize, usize) = (40, 14);

/// The lead of `items`: nearest to the event, then the whole text, then the earliest. A bare headline that hardly names
/// what the others tell leads only if nothing else is there.
pub fn choose<'a>(items: impl IntoIterator<Item = &'a Document>) -> Option<&'a Document> {
    let items: Vec<&Document> = items.into_iter().collect();
    let is_aside = |item: &Document| items.len() > 1 && is_bare(item) && !names_it(item, &items);
    items
        .iter()
        .copied()
        .min_by_key(|item| (is_aside(item), item.tier, !item.complete, item.at, item.item_id))
}

fn is_bare(item: &Document) -> bool {
    let text = item.text.trim();
    let text = text.strip_prefix(item.title.trim()).unwrap_or(text);
    let least = if item.language == Language::Zh { LEAST_TEXT.1 } else { LEAST_TEXT.0 };
    text.trim().chars().take(least).count() < least
}

/// Whether most of what a title names stands in the title of another item too.
fn names_it(item: &Document, items: &[&Document]) -> bool {
    let names = |item: &Document| said(&item.title);
    let own = names(item);
    let is_named = |other: &&&Document| {
        other.item_id != item.item_id && 2 * names(other).intersection(&own).count() > own.len()
    };
    own.is_empty() || items.iter().any(|other| is_named(&other))
}

/// Latin words that are more than glue, and numbers; of a title without any, the words that its translations share.
fn said(title: &str) -> HashSet<String> {
    let lower = title.to_lowercase();
    let latin = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let words = latin.filter(|word| word.len() >= 4 || word.bytes().any(|byte| byte.is_ascii_digit()));
    let said: HashSet<String> = words.map(str::to_owned).collect();
    if said.is_empty() { words::bridges(title).into_iter().collect() } else { said }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::{ItemId, Lane, Language, SourceId, SourceKind, Tier};

    fn item(id: i64, tier: Tier, complete: bool, seconds: i64) -> Document {
        Document {
            item_id: ItemId(id),
            source_id: SourceId(id),
            tier,
            kind: SourceKind::Feed,
            lane: Lane::Company,
            language: Language::En.into(),
            link: String::new(),
            title: String::new(),
            text: String::new(),
            complete,
            at: DateTime::from_timestamp(seconds, 0).unwrap(),
            story_id: None,
        }
    }

    #[test]
    fn who_it_concerns_speaks_before_the_press_and_the_press_before_the_forum() {
        let forum = item(1, Tier::Community, true, 0);
        let teaser = item(2, Tier::Press, false, 1);
        let late = item(3, Tier::Press, true, 9);
        let early = item(4, Tier::Press, true, 5);
        let own = item(5, Tier::Primary, false, 20);
        let lead = |items: &[&Document]| choose(items.iter().copied()).unwrap().item_id.0;
        assert_eq!(lead(&[&forum, &teaser, &late, &early, &own]), 5);
        assert_eq!(lead(&[&forum, &teaser, &late, &early]), 4);
        assert_eq!(lead(&[&forum, &teaser]), 2);
    }

    #[test]
    fn a_bare_note_on_much_else_does_not_speak_for_the_story() {
        let mut note = item(1, Tier::Primary, true, 0);
        "Tamarind 4 and more from the lab this spring".clone_into(&mut note.title);
        let mut news = item(2, Tier::Press, true, 5);
        "Okapi Labs releases Tamarind 4".clone_into(&mut news.title);
        "The model answers in half the time and costs as much as the one before.".clone_into(&mut news.text);
        let lead = |items: &[&Document]| choose(items.iter().copied()).unwrap().item_id.0;
        assert_eq!(lead(&[&note, &news]), 2);
        assert_eq!(lead(&[&note]), 1);
        "Introducing Tamarind 4".clone_into(&mut note.title);
        assert_eq!(lead(&[&note, &news]), 1, "a headline that says it all needs no text");
    }
}
