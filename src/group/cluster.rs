//! Puts items together, surest pairs first, so that the order in which they arrived decides nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::similarity::{Bond, Candidate, Rarity, Relation, compare};

/// Two groups become one if their items' pairs are this sure on average.
const LEAST_MEAN: f32 = 0.5;

/// A term that more items have than this finds no candidates…
const COMMON: f32 = 60.0;

/// …and each item looks for candidates by so many of its rarest terms.
const PROBES: usize = 24;

/// Groups of the indices of `candidates`, and the bond by which each item that joined came in (with whom).
#[derive(Debug, Default)]
pub struct Clusters {
    /// Each in ascending order; the groups by their first item.
    pub groups: Vec<Vec<usize>>,
    /// For items that are not the first of their group: the partner and the bond.
    pub bonds: HashMap<usize, (usize, Bond)>,
}

/// Groups of one event each. `candidates` are in order of time; those that are in a story already stay in it,
/// and two stories are never made one here.
pub fn cluster(candidates: &[Candidate], rarity: &Rarity) -> Clusters {
    let relations = relations(candidates, rarity);
    let mut state = State::new(candidates, &relations);
    while let Some((a, b)) = state.surest() {
        state.merge(a, b);
    }
    let mut groups: Vec<Vec<usize>> = state.members.into_values().collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    let bonds = groups.iter().flat_map(|group| explained(group, &relations)).collect();
    Clusters { groups, bonds }
}

type Relations = BTreeMap<(usize, usize), Relation>;

/// Compares only items that share a rare term, found over an inverted index.
fn relations(candidates: &[Candidate], rarity: &Rarity) -> Relations {
    let mut index: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut relations = Relations::new();
    for (n, candidate) in candidates.iter().enumerate() {
        let probes = probes(candidate, rarity);
        let near: BTreeSet<usize> =
            probes.iter().filter_map(|term| index.get(term)).flatten().copied().collect();
        for other in near {
            let relation = compare(&candidates[other], candidate, rarity);
            if relation != Relation::None {
                relations.insert((other, n), relation);
            }
        }
        for term in probes {
            index.entry(term).or_default().push(n);
        }
    }
    relations
}

/// The rarest terms of an item, of its own language and of both.
fn probes<'a>(candidate: &'a Candidate, rarity: &Rarity) -> BTreeSet<&'a str> {
    let print = &candidate.print;
    let rarest = |terms: Vec<&'a String>| {
        let mut terms: Vec<&String> = terms.into_iter().filter(|term| rarity.count(term) <= COMMON).collect();
        terms.sort_by(|a, b| rarity.count(a).total_cmp(&rarity.count(b)).then(a.cmp(b)));
        // A term of this item alone finds nobody.
        terms.into_iter().filter(|term| rarity.count(term) > 1.0).take(PROBES).collect::<Vec<_>>()
    };
    let titles = print.title.iter().collect();
    let bridges = print.bridges.iter().filter(|(_, in_title)| **in_title).map(|(term, _)| term).collect();
    let anchors = print.paper.iter();
    let all = rarest(titles).into_iter().chain(rarest(print.terms.keys().collect())).chain(rarest(bridges));
    all.chain(anchors).map(String::as_str).collect()
}

/// Why each item but the first of a group is in it: its surest bond within.
fn explained(group: &[usize], relations: &Relations) -> Vec<(usize, (usize, Bond))> {
    let bond = |a: usize, b: usize| match relations.get(&(a.min(b), a.max(b))) {
        Some(Relation::Bond(bond)) => Some(bond),
        _ => None,
    };
    let surest = |item: usize| {
        let others = group.iter().filter(|other| **other != item);
        let bonds = others.filter_map(|other| bond(item, *other).map(|bond| (*other, bond.clone())));
        bonds.max_by(|a, b| a.1.strength.total_cmp(&b.1.strength).then(b.0.cmp(&a.0)))
    };
    group.iter().filter_map(|item| surest(*item).map(|bond| (*item, bond))).collect()
}

/// Groups under way, by a number of their own.
struct State {
    members: BTreeMap<usize, Vec<usize>>,
    /// Whether a group holds an existing story.
    has_story: BTreeMap<usize, bool>,
    /// Sum of the strengths between two groups; `None`: they must not meet.
    sums: BTreeMap<(usize, usize), Option<f32>>,
}

impl State {
    fn new(candidates: &[Candidate], relations: &Relations) -> Self {
        let mut group_of: Vec<usize> = (0..candidates.len()).collect();
        let mut first_of = HashMap::new();
        for (n, candidate) in candidates.iter().enumerate() {
            if let Some(story) = candidate.document.story_id {
                group_of[n] = *first_of.entry(story).or_insert(n);
            }
        }
        let mut state = Self { members: BTreeMap::new(), has_story: BTreeMap::new(), sums: BTreeMap::new() };
        for (n, group) in group_of.iter().enumerate() {
            state.members.entry(*group).or_default().push(n);
            state.has_story.insert(*group, candidates[n].document.story_id.is_some());
        }
        for ((a, b), relation) in relations {
            let pair = ordered(group_of[*a], group_of[*b]);
            if pair.0 != pair.1 {
                let strength = match relation {
                    Relation::Bond(bond) => Some(bond.strength.min(1.0)),
                    Relation::Forbidden | Relation::None => None,
                };
                state.add(pair, strength);
            }
        }
        state
    }

    fn add(&mut self, pair: (usize, usize), strength: Option<f32>) {
        let sum = self.sums.entry(pair).or_insert(Some(0.0));
        *sum = sum.zip(strength).map(|(sum, strength)| sum + strength);
    }

    /// The surest pair of groups that may become one; the earlier one of two equal.
    fn surest(&self) -> Option<(usize, usize)> {
        let mut best: Option<((usize, usize), f32)> = None;
        for (pair, sum) in &self.sums {
            let Some(sum) = sum else { continue };
            if self.has_story[&pair.0] && self.has_story[&pair.1] {
                continue;
            }
            let mean = sum / (self.members[&pair.0].len() * self.members[&pair.1].len()) as f32;
            if mean >= LEAST_MEAN && best.is_none_or(|(_, most)| mean > most) {
                best = Some((*pair, mean));
            }
        }
        best.map(|(pair, _)| pair)
    }

    fn merge(&mut self, a: usize, b: usize) {
        let moved = self.members.remove(&b).unwrap_or_default();
        self.members.entry(a).or_default().extend(moved);
        let has_story = self.has_story.remove(&b).unwrap_or(false) || self.has_story[&a];
        self.has_story.insert(a, has_story);
        self.sums.remove(&ordered(a, b));
        let of_b: Vec<(usize, usize)> =
            self.sums.keys().filter(|pair| pair.0 == b || pair.1 == b).copied().collect();
        for pair in of_b {
            let sum = self.sums.remove(&pair).flatten();
            let other = if pair.0 == b { pair.1 } else { pair.0 };
            self.add(ordered(a, other), sum);
        }
    }
}

fn ordered(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}
