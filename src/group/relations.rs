//! Which items are compared at all: those that share one of their rarest terms, or mean nearly the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidate::{BARE_NUMBER, Candidate};
use super::fingerprint::Fingerprint;
use super::rarity::{Rarity, key};
use super::similarity::{Cutoffs, Relation, compare};

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

/// What is known of pairs, the earlier item first.
pub type Relations = BTreeMap<(usize, usize), Relation>;

/// Compares the pairs that share a probe. Of two items of one story nothing needs to be known.
pub fn of(candidates: &[Candidate], rarity: &Rarity, cutoffs: Cutoffs) -> Relations {
    let mut index: HashMap<i64, Vec<usize>> = HashMap::new();
    let mut relations = Relations::new();
    for (n, candidate) in candidates.iter().enumerate() {
        let probes = probes_of(&candidate.print, rarity, IN_MEMORY);
        let found = probes.iter().filter_map(|probe| index.get(probe)).flatten().copied();
        let mut near: BTreeSet<usize> = found.collect();
        near.extend(alike(candidates, n, cutoffs));
        for other in near {
            let (story, others) = (candidate.document.story_id, candidates[other].document.story_id);
            if story.is_some() && story == others {
                continue;
            }
            let relation = compare(&candidates[other], candidate, rarity, cutoffs);
            if relation != Relation::None {
                relations.insert((other, n), relation);
            }
        }
        for probe in probes {
            index.entry(probe).or_default().push(n);
        }
    }
    relations
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
    (0..n).filter(is_near)
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
