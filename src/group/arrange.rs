//! Decides, for a batch of new items and what stands near them, which stories they tell. Pure: nothing is stored.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::candidate::Candidate;
use super::cluster::{self, Group};
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
    /// The item of the story whose text this one repeats: it is no voice of its own.
    pub copy_of: Option<ItemId>,
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
    /// Why stories became one.
    pub merge_reason: String,
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
        Joining { item_id: document(*n).item_id, reason, similarity, copy_of: copied(*n, group, candidates) }
    };
    let new = group.items.iter().filter(|n| document(**n).story_id.is_none());
    let bridge = new
        .clone()
        .find_map(|n| clusters.bonds.get(n).map(|(partner, bond)| sentence(bond, document(*partner))));
    Decision {
        stories: group.stories.clone(),
        items: group.items.iter().map(|n| document(*n).item_id).collect(),
        joining: new.map(joining).collect(),
        merge_reason: bridge.unwrap_or_default(),
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

/// The original of item `n` within its group: the one nearest to the event among those of the same words.
fn copied(n: usize, group: &Group, candidates: &[Candidate]) -> Option<ItemId> {
    let rank =
        |n: usize| (candidates[n].document.tier, candidates[n].document.at, candidates[n].document.item_id);
    let originals: BTreeSet<_> = group
        .items
        .iter()
        .filter(|other| rank(**other) < rank(n) && candidates[n].repeats(&candidates[**other]))
        .map(|other| rank(*other))
        .collect();
    originals.into_iter().next().map(|(_, _, item_id)| item_id)
}
