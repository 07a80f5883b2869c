//! Which items are compared at all: those that share one of their rarest terms, or mean nearly the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidate::{BARE_NUMBER, Candidate};
use super::fingerprint::Fingerprint;
use super::rarity::{Rarity, key};
use super::similarity::{Cutoffs, Relation, compare};
use crate::model::StoryId;

/// A term that more than this share of all items has finds nobody…
const COMMON: f32 = 0.05;

/// …and each item looks for others by so many of its rarest terms of the title…
const TITLE_PROBES: usize = 10;

/// …of the text that other items have too, and that none has yet…
const TEXT_PROBES: (usize, usize) = (6, 2);

/// …of which many more are looked up among the items that are loaded…
const IN_MEMORY: (usize, usize) = (24, 0);

/// …and of what both languages write alike in the title.
const BRIDGE_PROBES: usize = 4;

/// …and pairs whose meanings come this near to the cut-off are compared without a common term.
const ALIKE: f32 = 0.04;

/// A new item is bound to a story by a bond of this strength…
const BOUND: f32 = 0.2;

/// …and to no more stories than this.
const MOST_BOUND: usize = 6;

/// What is known of pairs, the earlier item first.
pub type Relations = BTreeMap<(usize, usize), Relation>;

/// Compares each new item with those that share a probe with it, and stories with each other only where a new item
/// belongs to both: what was decided before is not thought over without new evidence.
pub fn of(candidates: &[Candidate], rarity: &Rarity, cutoffs: Cutoffs) -> Relations {
    let mut index: HashMap<i64, Vec<usize>> = HashMap::new();
    let mut new_index: HashMap<i64, Vec<usize>> = HashMap::new();
    let mut relations = Relations::new();
    for (n, candidate) in candidates.iter().enumerate() {
        let is_new = candidate.document.story_id.is_none();
        let probes = probes_of(&candidate.print, rarity, IN_MEMORY);
        // An old item looks only for new ones.
        let places = if is_new { &index } else { &new_index };
        let mut near: BTreeSet<usize> =
            probes.iter().filter_map(|probe| places.get(probe)).flatten().copied().collect();
        near.extend(alike(candidates, n, cutoffs));
        for other in near {
            add(&mut relations, candidates, (other, n), (rarity, cutoffs));
        }
        for probe in probes {
            index.entry(probe).or_default().push(n);
            if is_new {
                new_index.entry(probe).or_default().push(n);
            }
        }
    }
    for (a, b) in bridged(candidates, &relations) {
        add(&mut relations, candidates, (a, b), (rarity, cutoffs));
    }
    relations
}

fn add(
    relations: &mut Relations,
    candidates: &[Candidate],
    (a, b): (usize, usize),
    (rarity, cutoffs): (&Rarity, Cutoffs),
) {
    let relation = compare(&candidates[a], &candidates[b], rarity, cutoffs);
    if relation != Relation::None {
        relations.insert((a, b), relation);
    }
}

/// The pairs of items of two stories to which one new item is bound.
fn bridged(candidates: &[Candidate], relations: &Relations) -> BTreeSet<(usize, usize)> {
    let mut of_story: HashMap<StoryId, Vec<usize>> = HashMap::new();
    for (n, candidate) in candidates.iter().enumerate() {
        if let Some(story) = candidate.document.story_id {
            of_story.entry(story).or_default().push(n);
        }
    }
    let mut bound: BTreeMap<usize, BTreeSet<StoryId>> = BTreeMap::new();
    for ((a, b), relation) in relations {
        let Relation::Bond(bond) = relation else { continue };
        for (new, old) in [(*a, *b), (*b, *a)] {
            let story = candidates[old].document.story_id;
            if let (None, Some(story), true) =
                (candidates[new].document.story_id, story, bond.strength >= BOUND)
            {
                bound.entry(new).or_default().insert(story);
            }
        }
    }
    let mut pairs = BTreeSet::new();
    for stories in bound.values() {
        let stories: Vec<&StoryId> = stories.iter().take(MOST_BOUND).collect();
        for (n, one) in stories.iter().enumerate() {
            for other in &stories[n + 1..] {
                let of = |a: &usize| {
                    of_story[*other].iter().map(move |b| (*a.min(b), *a.max(b))).collect::<Vec<_>>()
                };
                pairs.extend(of_story[*one].iter().flat_map(of));
            }
        }
    }
    pairs
}

/// Earlier items whose meaning is near: what two languages say of one event may share no word.
fn alike(candidates: &[Candidate], n: usize, cutoffs: Cutoffs) -> impl Iterator<Item = usize> {
    let of = &candidates[n];
    let is_near = move |other: &usize| {
        let other = &candidates[*other];
        let cutoff =
            if other.document.language == of.document.language { cutoffs.same } else { cutoffs.across };
        other.meaning_cosine(of).is_some_and(|cosine| cosine >= cutoff - ALIKE)
    };
    // Two old items are not compared here.
    let is_new = |n: usize| candidates[n].document.story_id.is_none();
    let one_is_new = move |other: &usize| is_new(n) || is_new(*other);
    (0..n).filter(one_is_new).filter(is_near)
}

/// The keys of the rarest terms of an item, of its own language and of both, and of the paper that it is about.
pub fn probes(print: &Fingerprint, rarity: &Rarity) -> BTreeSet<i64> {
    probes_of(print, rarity, TEXT_PROBES)
}

fn probes_of(print: &Fingerprint, rarity: &Rarity, (n_known, n_alone): (usize, usize)) -> BTreeSet<i64> {
    let titles = rarest(print.title.iter(), rarity).into_iter().take(TITLE_PROBES);
    let bridges = print.bridges.iter().filter(|(_, in_title)| **in_title).map(|(term, _)| term);
    let bridges = rarest(bridges, rarity).into_iter().take(BRIDGE_PROBES);
    let texts = rarest(print.terms.keys(), rarity);
    let (alone, known): (Vec<_>, Vec<_>) = texts.into_iter().partition(|term| rarity.count(term) <= 1.0);
    let texts = known.into_iter().take(n_known).chain(alone.into_iter().take(n_alone));
    let all = titles.chain(bridges).chain(texts).map(String::as_str);
    all.chain(print.paper.as_deref()).map(key).collect()
}

/// The telling ones of `terms`, rarest first.
fn rarest<'a>(terms: impl Iterator<Item = &'a String>, rarity: &Rarity) -> Vec<&'a String> {
    let is_telling = |term: &&String| !term.starts_with(BARE_NUMBER) && rarity.share(term) <= COMMON;
    let mut terms: Vec<(f32, &String)> =
        terms.filter(is_telling).map(|term| (rarity.count(term), term)).collect();
    terms.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    terms.into_iter().map(|(_, term)| term).collect()
}
