//! The event behind a story, as keys that two stories of one event share: the ledger that keeps an issue from telling twice
//! what grouping left as two stories.

use std::collections::{BTreeMap, HashMap};

use super::inputs::Inputs;
use crate::model::{Funding, Lane, Story, StoryId, Verdict};

/// Letters and figures of a headline that says enough to know it again; a Chinese character counts for three.
const TELLING: usize = 30;

/// Most characters of a key.
const LONGEST: usize = 200;

/// The keys of what `story` tells: the round, the paper, the release, the wording of its headline. May be empty.
pub fn keys(story: &Story, verdict: &Verdict) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(round) = &verdict.funding {
        keys.extend(money(round));
    }
    if verdict.lane == Lane::Research {
        keys.extend(story.items.iter().filter_map(|item| paper(&item.link)));
    }
    keys.extend(story.items.first().and_then(|lead| release(&lead.link)));
    keys.extend(headline(&story.title));
    keys.sort();
    keys.dedup();
    keys.into_iter().map(|key| key.chars().take(LONGEST).collect()).collect()
}

/// Stories that may not be told: an earlier issue told the event and this is no update of it, or a better story of this
/// issue tells it, or the operator left them out.
pub fn excluded(inputs: &Inputs) -> BTreeMap<StoryId, &'static str> {
    let mut excluded: BTreeMap<StoryId, &'static str> =
        inputs.edits.dropped.iter().map(|id| (*id, "operator")).collect();
    let mut here: HashMap<&str, StoryId> = HashMap::new();
    for id in select_order(inputs) {
        let Some(keys) = inputs.events.get(&id) else { continue };
        let has_news = inputs.stories.get(&id).is_some_and(|story| story.earlier.is_some());
        let was_told = |key: &String| inputs.told.get(key).is_some_and(|told| told.story_id != id);
        if !has_news && keys.iter().any(was_told) {
            excluded.entry(id).or_insert("told-before");
        } else if keys.iter().any(|key| here.contains_key(key.as_str())) {
            excluded.entry(id).or_insert("same-event");
        } else {
            here.extend(keys.iter().map(|key| (key.as_str(), id)));
        }
    }
    excluded
}

/// Stories that could be told, the best first: the worse of two tellings goes.
fn select_order(inputs: &Inputs) -> Vec<StoryId> {
    let dropped = &inputs.edits.dropped;
    let best = super::select::best(&inputs.candidates, &inputs.rules, usize::MAX);
    let pinned = inputs.edits.pinned.iter().copied();
    pinned.chain(best).filter(|id| !dropped.contains(id)).fold(Vec::new(), |mut ids, id| {
        if inputs.events.contains_key(&id) && !ids.contains(&id) {
            ids.push(id);
        }
        ids
    })
}

fn money(round: &Funding) -> Option<String> {
    let what = round.round.as_deref().or(round.amount.as_deref())?;
    let (company, what) = (letters(&round.company), letters(what));
    (!company.is_empty() && !what.is_empty()).then(|| format!("money {company} {what}"))
}

/// The arXiv number without its version.
fn paper(link: &str) -> Option<String> {
    let (_, rest) = link.split_once("arxiv.org/")?;
    let (_, id) = rest.split_once('/')?;
    let id: String = id.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let (year, number) = id.split_once('.')?;
    (year.len() == 4 && number.len() >= 4).then(|| format!("paper {}", id.trim_end_matches('.')))
}

fn release(link: &str) -> Option<String> {
    let (_, rest) = link.split_once("github.com/")?;
    let (repository, tag) = rest.split_once("/releases/tag/")?;
    Some(format!("release {} {tag}", repository.to_lowercase()))
}

fn headline(title: &str) -> Option<String> {
    let letters = letters(title);
    let weight: usize = letters.chars().map(|c| if c.is_ascii() { 1 } else { 3 }).sum();
    (weight >= TELLING).then(|| format!("title {letters}"))
}

/// In small letters and figures only.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_one_event_however_its_company_is_written() {
        let round = |company: &str, round: Option<&str>, amount: &str| Funding {
            company: company.into(),
            round: round.map(str::to_owned),
            amount: Some(amount.into()),
            ..Funding::default()
        };
        assert_eq!(
            money(&round("Fox-Trot AI", Some("Series B"), "$180m")),
            money(&round("Foxtrot AI", Some("series B"), "$180 million"))
        );
        assert_ne!(
            money(&round("Foxtrot", Some("Series B"), "x")),
            money(&round("Foxtrot", Some("Series C"), "x"))
        );
        assert_eq!(money(&Funding { company: "Foxtrot".into(), ..Funding::default() }), None);
    }

    #[test]
    fn a_paper_is_known_without_its_version() {
        assert_eq!(paper("https://arxiv.org/abs/2604.01234v3"), Some("paper 2604.01234".into()));
        assert_eq!(paper("http://www.arxiv.org/pdf/2604.01234.pdf"), Some("paper 2604.01234".into()));
        assert_eq!(paper("https://arxiv.org/list/cs.AI/recent"), None);
    }

    #[test]
    fn only_a_telling_headline_is_a_key() {
        assert_eq!(headline("Weekly links"), None);
        assert_eq!(headline("推理引擎开源：成本降低 37%"), Some("title 推理引擎开源成本降低37".into()));
        assert_eq!(
            headline("Acme ships Kestrel 2.0, an open model"),
            headline("ACME ships ‘Kestrel 2.0’ — an open model")
        );
    }
}
