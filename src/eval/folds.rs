//! Parts of a labelled set, each judged by what was learnt from the others: figures of a set on which the shipped
//! weights were trained would flatter.

use std::collections::BTreeMap;

use crate::judge::classify::learn::Dice;

/// The part of each item, below `n_parts`; items of one group (a day, say) stay together.
pub fn parts<K: Ord>(groups: &[K], n_parts: usize) -> Vec<usize> {
    let mut part_of: BTreeMap<&K, usize> = groups.iter().map(|group| (group, 0)).collect();
    let mut order: Vec<usize> = (0..part_of.len()).collect();
    Dice(11).shuffle(&mut order);
    for (part, place) in part_of.values_mut().zip(order) {
        *part = place % n_parts.max(1);
    }
    groups.iter().map(|group| part_of[group]).collect()
}

/// The part of each item, in the order of time: the first is only learnt from.
pub fn blocks<K: Ord>(groups: &[K], n_parts: usize) -> Vec<usize> {
    let mut sorted: Vec<&K> = groups.iter().collect();
    sorted.sort();
    sorted.dedup();
    let place = |group: &K| sorted.binary_search(&group).unwrap_or_default();
    groups.iter().map(|group| place(group) * n_parts.max(1) / sorted.len().max(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_of_a_size_and_keep_a_day_together() {
        let days: Vec<usize> = (0..100).map(|n| n / 5).collect();
        let parts = parts(&days, 4);
        for part in 0..4 {
            assert_eq!(parts.iter().filter(|one| **one == part).count(), 25);
        }
        assert!((0..100).all(|n| parts[n] == parts[n / 5 * 5]));
        assert_eq!(blocks(&days, 4)[..26].iter().max(), Some(&1));
        assert_eq!(blocks(&days, 4).iter().filter(|one| **one == 3).count(), 25);
    }
}
