//! Puts items together, surest pairs first, so that the order in which they arrived decides nothing.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use super::candidate::Candidate;
use super::lead;
use super::rarity::Rarity;
use super::relations::{self, Relations};
use super::similarity::{Bond, Cutoffs, Relation};
use crate::model::StoryId;

/// Two groups become one if their items' pairs are this sure on average.
const LEAST_MEAN: f32 = 0.27;

/// The same for two stories that stand already: late evidence must be better.
const LEAST_MERGE: f32 = 0.40;

/// A pair of two languages that shares nothing weighs this much of a pair of one: the words that could be shared are few.
const SILENT_PAIR: f32 = 0.25;

/// Two groups of at least so many items are twins, and not one event, if each has names of its own…
const LEAST_TWIN: usize = 5;

/// …that this share of its items says…
const TWIN_SAYS: f32 = 0.5;

/// …and no more than this share of the other's.
const TWIN_OTHER: f32 = 0.1;

/// Items of one event.
#[derive(Debug, Default)]
pub struct Group {
    /// Indices of the candidates, ascending.
    pub items: Vec<usize>,
    /// Stories that some of them are in; more than one: they are to be merged.
    pub stories: Vec<StoryId>,
    /// The earlier item that this group goes on from, with its own item and the bond between.
    pub follows: Option<(usize, usize, Bond)>,
    /// Of each of several stories: its item, another's, and the surest bond that leads out of it.
    pub crossings: BTreeMap<StoryId, (usize, usize, Bond)>,
}

/// Groups, and the bond by which each item that joined came in (with whom).
#[derive(Debug, Default)]
pub struct Clusters {
    /// By their first item.
    pub groups: Vec<Group>,
    /// For items that are not the first of their group: the partner and the bond.
    pub bonds: HashMap<usize, (usize, Bond)>,
}

/// Groups of one event each. `candidates` are in order of time; those that are in a story already stay in it, and two
/// stories become one only by a new item that belongs to both.
pub fn cluster(candidates: &[Candidate], rarity: &Rarity, cutoffs: Cutoffs) -> Clusters {
    let relations = relations::of(candidates, rarity, cutoffs);
    let mut state = State::new(candidates, &relations);
    while let Some((a, b)) = state.surest() {
        state.merge(a, b);
    }
    let parts: Vec<Part> = state.parts.into_values().collect();
    let mut group_of = vec![0; candidates.len()];
    for (n, part) in parts.iter().enumerate() {
        part.items.iter().for_each(|item| group_of[*item] = n);
    }
    let updates: Vec<Update<'_>> = relations
        .iter()
        .filter_map(|((a, b), relation)| match relation {
            Relation::Update(bond) => Some((*a, *b, bond)),
            _ => None,
        })
        .collect();
    let mut groups: Vec<Group> = parts
        .into_iter()
        .map(|part| Group {
            follows: followed(&part, &group_of, &updates),
            crossings: crossings(&part, candidates, &relations),
            items: part.items.into_iter().collect(),
            stories: part.stories.into_iter().collect(),
        })
        .collect();
    groups.sort_by(|a, b| a.items.cmp(&b.items));
    let bonds = groups.iter().flat_map(|group| explained(&group.items, candidates, &relations)).collect();
    Clusters { groups, bonds }
}

/// The bond between two items, if there is one.
fn bond(relations: &Relations, a: usize, b: usize) -> Option<&Bond> {
    match relations.get(&ordered(a, b)) {
        Some(Relation::Bond(bond)) => Some(bond),
        _ => None,
    }
}

/// The surest bond from one of `outside` to one of `inside`, the outer item first.
fn surest(relations: &Relations, outside: &[usize], inside: &[usize]) -> Option<(usize, usize, Bond)> {
    let pairs = outside.iter().flat_map(|out| inside.iter().map(move |one| (*out, *one)));
    let bonds = pairs.filter_map(|(out, one)| bond(relations, out, one).map(|bond| (out, one, bond)));
    let best = bonds.max_by(|a, b| a.2.strength.total_cmp(&b.2.strength).then((b.0, b.1).cmp(&(a.0, a.1))));
    best.map(|(out, one, bond)| (out, one, bond.clone()))
}

/// Why each item came in: from those that were there, else from the lead, the surest next, by its bond to one that is in.
fn explained(
    group: &[usize],
    candidates: &[Candidate],
    relations: &Relations,
) -> Vec<(usize, (usize, Bond))> {
    let document = |n: usize| &candidates[n].document;
    let lead = lead::choose(group.iter().map(|n| document(*n))).map(|lead| lead.item_id);
    let is_old = |n: &usize| document(*n).story_id.is_some();
    let has_old = group.iter().any(is_old);
    let starts = |n: &usize| if has_old { is_old(n) } else { Some(document(*n).item_id) == lead };
    let (mut inside, mut outside): (Vec<usize>, Vec<usize>) = group.iter().copied().partition(starts);
    let mut found = Vec::new();
    while let Some((item, partner, bond)) = surest(relations, &outside, &inside) {
        found.push((item, (partner, bond)));
        outside.retain(|other| *other != item);
        inside.push(item);
    }
    found
}

/// Why each of several stories is one with the others.
fn crossings(
    part: &Part,
    candidates: &[Candidate],
    relations: &Relations,
) -> BTreeMap<StoryId, (usize, usize, Bond)> {
    if part.stories.len() < 2 {
        return BTreeMap::new();
    }
    let of_story = |story: &StoryId| {
        let is_own = |n: &usize| candidates[*n].document.story_id == Some(*story);
        let (own, rest): (Vec<usize>, Vec<usize>) = part.items.iter().copied().partition(is_own);
        surest(relations, &own, &rest).map(|bond| (*story, bond))
    };
    part.stories.iter().filter_map(of_story).collect()
}

/// The surest update by which a part goes on from an item of another that is earlier than all of it.
fn followed(part: &Part, group_of: &[usize], updates: &[Update<'_>]) -> Option<(usize, usize, Bond)> {
    let first = part.items.first().copied().unwrap_or_default();
    let outside = updates.iter().filter(|(earlier, item, _)| {
        *earlier < first && part.items.contains(item) && group_of[*earlier] != group_of[*item]
    });
    let best = outside.max_by(|a, b| a.2.strength.total_cmp(&b.2.strength).then(a.0.cmp(&b.0)));
    best.map(|(earlier, item, bond)| (*earlier, *item, (*bond).clone()))
}

/// An earlier item, one that goes on from it, and how surely.
type Update<'a> = (usize, usize, &'a Bond);

/// A group under way.
#[derive(Default)]
struct Part {
    items: BTreeSet<usize>,
    /// How many of them are English and Chinese.
    languages: (f32, f32),
    stories: BTreeSet<StoryId>,
    has_new: bool,
    /// How many of them say a name, by its key.
    called: HashMap<i64, f32>,
    /// Grows with each merge: what was measured before is out of date.
    age: u32,
}

/// What lies between two parts.
#[derive(Clone, Copy)]
struct Link {
    sum: f32,
    /// Bonds across languages.
    n_crossing: f32,
}

/// Two parts that may become one, as they were measured.
#[derive(PartialEq)]
struct Offer {
    mean: f32,
    pair: (usize, usize),
    ages: (u32, u32),
}

impl Eq for Offer {}

impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Offer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.mean.total_cmp(&other.mean).then(Reverse(self.pair).cmp(&Reverse(other.pair)))
    }
}

/// Parts by the number of one of their items, links between them (`None`: they must not meet), and the offers.
struct State {
    parts: BTreeMap<usize, Part>,
    links: BTreeMap<usize, BTreeMap<usize, Option<Link>>>,
    offers: BinaryHeap<Offer>,
}

impl State {
    fn new(candidates: &[Candidate], relations: &Relations) -> Self {
        let mut state = Self { parts: BTreeMap::new(), links: BTreeMap::new(), offers: BinaryHeap::new() };
        let mut part_of: Vec<usize> = (0..candidates.len()).collect();
        let mut first_of = HashMap::new();
        for (n, candidate) in candidates.iter().enumerate() {
            if let Some(story) = candidate.document.story_id {
                part_of[n] = *first_of.entry(story).or_insert(n);
            }
            state.parts.entry(part_of[n]).or_default().take(n, candidate);
        }
        for ((a, b), relation) in relations {
            let link = match relation {
                Relation::Bond(bond) => {
                    let is_unspaced = |n: &usize| candidates[*n].document.language.is_unspaced();
                    let crosses = is_unspaced(a) != is_unspaced(b);
                    Some(Link { sum: bond.strength, n_crossing: f32::from(u8::from(crosses)) })
                }
                Relation::Forbidden => None,
                Relation::Update(_) | Relation::None => continue,
            };
            if part_of[*a] != part_of[*b] {
                state.link((part_of[*a], part_of[*b]), link);
            }
        }
        let pairs: Vec<(usize, usize)> = state
            .links
            .iter()
            .flat_map(|(a, others)| others.keys().filter(move |b| a < b).map(move |b| (*a, *b)))
            .collect();
        pairs.into_iter().for_each(|pair| state.offer(pair));
        state
    }

    fn link(&mut self, (a, b): (usize, usize), more: Option<Link>) {
        for (from, to) in [(a, b), (b, a)] {
            let none = Link { sum: 0.0, n_crossing: 0.0 };
            let link = self.links.entry(from).or_default().entry(to).or_insert(Some(none));
            *link = link.zip(more).map(|(link, more)| Link {
                sum: link.sum + more.sum,
                n_crossing: link.n_crossing + more.n_crossing,
            });
        }
    }

    /// Measures the pair as it is now.
    fn offer(&mut self, (a, b): (usize, usize)) {
        let Some(link) = self.links.get(&a).and_then(|others| others.get(&b)).copied().flatten() else {
            return;
        };
        let (part, other) = (&self.parts[&a], &self.parts[&b]);
        let ((en, zh), (other_en, other_zh)) = (part.languages, other.languages);
        let silent = (en * other_zh + zh * other_en - link.n_crossing).max(0.0);
        let n_pairs = en * other_en + zh * other_zh + link.n_crossing + SILENT_PAIR * silent;
        let mean = link.sum / n_pairs;
        let are_stories = !part.stories.is_empty() && !other.stories.is_empty();
        let least = if are_stories { LEAST_MERGE } else { LEAST_MEAN };
        if mean >= least && (!are_stories || part.has_new || other.has_new) {
            self.offers.push(Offer {
                mean,
                pair: ordered(a, b),
                ages: (self.age(a.min(b)), self.age(a.max(b))),
            });
        }
    }

    fn age(&self, part: usize) -> u32 {
        self.parts.get(&part).map_or(u32::MAX, |part| part.age)
    }

    /// The surest pair of parts that may become one; the earlier one of two equal.
    fn surest(&mut self) -> Option<(usize, usize)> {
        while let Some(offer) = self.offers.pop() {
            let (a, b) = offer.pair;
            if offer.ages != (self.age(a), self.age(b)) {
                continue;
            }
            if self.parts[&a].is_twin_of(&self.parts[&b]) {
                self.link(offer.pair, None);
                continue;
            }
            return Some(offer.pair);
        }
        None
    }

    fn merge(&mut self, a: usize, b: usize) {
        let Some(moved) = self.parts.remove(&b) else { return };
        self.parts.entry(a).or_default().absorb(moved);
        let links = self.links.remove(&b).unwrap_or_default();
        self.links.entry(a).or_default().remove(&b);
        for (other, link) in links.into_iter().filter(|(other, _)| *other != a) {
            self.links.entry(other).or_default().remove(&b);
            self.link((a, other), link);
        }
        let others: Vec<usize> = self.links.get(&a).into_iter().flat_map(BTreeMap::keys).copied().collect();
        others.into_iter().for_each(|other| self.offer((a, other)));
    }
}

impl Part {
    fn take(&mut self, n: usize, candidate: &Candidate) {
        self.items.insert(n);
        // Two kinds of writing, between which few words can be shared.
        if candidate.document.language.is_unspaced() {
            self.languages.1 += 1.0;
        } else {
            self.languages.0 += 1.0;
        }
        self.has_new |= candidate.document.story_id.is_none();
        self.stories.extend(candidate.document.story_id);
        for name in &candidate.called {
            *self.called.entry(*name).or_default() += 1.0;
        }
    }

    fn absorb(&mut self, other: Self) {
        self.items.extend(other.items);
        self.languages = (self.languages.0 + other.languages.0, self.languages.1 + other.languages.1);
        self.has_new |= other.has_new;
        self.stories.extend(other.stories);
        for (name, n) in other.called {
            *self.called.entry(name).or_default() += n;
        }
        self.age += 1;
    }

    /// Each says names that the other hardly ever says: the same kind of event with other people, places or products.
    fn is_twin_of(&self, other: &Self) -> bool {
        let is_large = |part: &Self| part.items.len() >= LEAST_TWIN;
        let has_own = |one: &Self, two: &Self| {
            let (n, m) = (one.items.len() as f32, two.items.len() as f32);
            let least = (TWIN_SAYS * n).max(LEAST_TWIN as f32);
            let own = |(name, says): (&i64, &f32)| {
                *says >= least && two.called.get(name).copied().unwrap_or(0.0) <= TWIN_OTHER * m
            };
            one.called.iter().any(own)
        };
        is_large(self) && is_large(other) && has_own(self, other) && has_own(other, self)
    }
}

fn ordered(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}
