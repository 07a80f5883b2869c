//! Decides, for a batch of new items and what stands near them, which stories they tell. Pure: nothing is stored.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::candidate::Candidate;
use super::cluster::{self, Group};
use super::copies::Body;
pub use super::fingerprint::Document;
use super::fingerprint::{self, Fingerprint};
use super::lead;
use super::rarity::Rarity;
use super::similarity::{Bond, Cutoffs, WINDOW};
use crate::model::{ItemId, StoryId};

/// How far around new items is looked: the time and the memory that an item costs do not grow with the archive.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time before an item in which an earlier one may lie: events are joined within [`WINDOW`], updates follow later.
    pub before: TimeDelta,
    /// The same after it, for items that come late.
    pub after: TimeDelta,
    /// Latest items taken by one probe.
    pub per_probe: usize,
    /// Items taken for one new one: those that share most probes.
    pub per_item: usize,
    /// Items loaded of one story.
    pub per_story: usize,
}

/// Those of the stage.
pub const LIMITS: Limits =
    Limits { before: TimeDelta::days(30), after: WINDOW, per_probe: 24, per_item: 24, per_story: 12 };

/// An item with its fingerprint.
#[derive(Clone, Debug)]
pub struct Print {
    /// The item.
    pub document: Document,
    /// What is compared.
    pub print: Fingerprint,
    /// Its meaning, if a model gave one.
    pub meaning: Option<Vec<f32>>,
}

impl Print {
    /// Reads `document`.
    pub fn of(document: Document, meaning: Option<Vec<f32>>) -> Self {
        Self { print: fingerprint::of(&document), document, meaning }
    }
}

/// A new item of a story and why it is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Joining {
    /// The item.
    pub item_id: ItemId,
    /// For people.
    pub reason: String,
    /// As shown.
    pub similarity: f32,
}

/// What becomes of one story.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The stories that it was; none: it is new; more than one: they become the first.
    pub stories: Vec<StoryId>,
    /// All items that are known here.
    pub items: Vec<ItemId>,
    /// Its new items.
    pub joining: Vec<Joining>,
    /// The item that speaks for it, of those known here.
    pub lead: Option<Document>,
    /// Of each of its items that is known here the one whose text it repeats: it is no voice of its own.
    pub copies: Vec<(ItemId, Option<ItemId>)>,
    /// Why each of several stories is one with the others.
    pub merge_reasons: BTreeMap<StoryId, String>,
    /// The earlier item of another story that it goes on from, and why.
    pub follows: Option<(ItemId, String)>,
}

/// What becomes of a batch.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Only stories that change.
    pub groups: Vec<Decision>,
}

/// Arranges what is `near` and new by how surely it tells one event.
pub fn arrange(mut prints: Vec<Print>, rarity: &Rarity, cutoffs: Cutoffs) -> Plan {
    prints.sort_by_key(|print| (print.document.at, print.document.item_id));
    let candidates: Vec<Candidate> =
        prints.into_iter().map(|one| Candidate::new(one.document, one.print, one.meaning, rarity)).collect();
    let clusters = cluster::cluster(&candidates, rarity, cutoffs);
    let is_new = |n: &usize| candidates[*n].document.story_id.is_none();
    let changed = clusters.groups.iter().filter(|group| group.items.iter().any(is_new));
    let groups = changed.map(|group| decision(group, &candidates, &clusters)).collect();
    Plan { groups }
}

fn decision(group: &Group, candidates: &[Candidate], clusters: &cluster::Clusters) -> Decision {
    let document = |n: usize| &candidates[n].document;
    let lead = lead::choose(group.items.iter().map(|n| document(*n))).cloned();
    let joining = |n: &usize| {
        let opens = group.stories.is_empty()
            && lead.as_ref().is_some_and(|lead| lead.item_id == document(*n).item_id);
        let (reason, similarity) = match clusters.bonds.get(n) {
            Some((partner, bond)) if !opens => (sentence(bond, document(*partner)), bond.similarity),
            _ => ("opens the story".to_owned(), 1.0),
        };
        Joining { item_id: document(*n).item_id, reason, similarity }
    };
    let new = group.items.iter().filter(|n| document(**n).story_id.is_none());
    let crossing = |(story, (own, partner, bond)): (&StoryId, &(usize, usize, Bond))| {
        (*story, format!("“{}”: {}", document(*own).title, sentence(bond, document(*partner))))
    };
    let documents: Vec<&Document> = group.items.iter().map(|n| document(*n)).collect();
    Decision {
        stories: group.stories.clone(),
        items: documents.iter().map(|one| one.item_id).collect(),
        joining: new.map(joining).collect(),
        copies: copies(&documents),
        merge_reasons: group.crossings.iter().map(crossing).collect(),
        follows: group
            .follows
            .as_ref()
            .map(|(earlier, _, bond)| (document(*earlier).item_id, sentence(bond, document(*earlier)))),
        lead,
    }
}

fn sentence(bond: &Bond, partner: &Document) -> String {
    format!(
        "{} “{}” ({:.2}; {:.0} % sure)",
        bond.reason,
        partner.title,
        bond.similarity,
        bond.strength * 100.0
    )
}

/// Of each the original whose text it repeats: the one nearest to the event, then the earliest.
fn copies(documents: &[&Document]) -> Vec<(ItemId, Option<ItemId>)> {
    if documents.len() < 2 {
        return documents.iter().map(|one| (one.item_id, None)).collect();
    }
    let mut ranked: Vec<(&Document, Body)> = documents.iter().map(|one| (*one, Body::of(one))).collect();
    ranked.sort_by_key(|(one, _)| (one.tier, one.at, one.item_id));
    let original = |n: usize| {
        let (own, body) = &ranked[n];
        let earlier = ranked[..n].iter().filter(|(one, _)| one.language == own.language);
        earlier.into_iter().find(|(_, other)| body.repeats(other)).map(|(one, _)| one.item_id)
    };
    (0..ranked.len()).map(|n| (ranked[n].0.item_id, original(n))).collect()
}
