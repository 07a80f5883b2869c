//! How near a partition of items comes to the labelled one.

use std::collections::HashMap;

use serde::Serialize;

/// Agreement of two partitions; each figure between 0 and 1.
///
/// B-cubed is that of Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing Using the Vector Space Model" (1998).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Items compared.
    pub items: usize,
    /// Of the pairs put together, the share that belongs together.
    pub pair_precision: f64,
    /// Of the pairs that belong together, the share put together.
    pub pair_recall: f64,
    /// Harmonic mean of the two.
    pub pair_f1: f64,
    /// Mean over the items: the share of its group that belongs to it.
    pub b3_precision: f64,
    /// Mean over the items: the share of its labelled group that is with it.
    pub b3_recall: f64,
    /// Harmonic mean of the two.
    pub b3_f1: f64,
}

/// Compares the labels of the same items: `gold[n]` and `found[n]` are of item `n`.
pub fn compare(gold: &[String], found: &[usize]) -> Scores {
    let mut both: HashMap<(&str, usize), f64> = HashMap::new();
    let mut of_gold: HashMap<&str, f64> = HashMap::new();
    let mut of_found: HashMap<usize, f64> = HashMap::new();
    for (gold, found) in gold.iter().zip(found) {
        *both.entry((gold, *found)).or_default() += 1.0;
        *of_gold.entry(gold).or_default() += 1.0;
        *of_found.entry(*found).or_default() += 1.0;
    }
    let pairs = |sizes: &mut dyn Iterator<Item = f64>| sizes.map(|n| n * (n - 1.0) / 2.0).sum::<f64>();
    let right = pairs(&mut both.values().copied());
    let pair_precision = share(right, pairs(&mut of_found.values().copied()));
    let pair_recall = share(right, pairs(&mut of_gold.values().copied()));
    let n = gold.len() as f64;
    let b3_precision = share(both.iter().map(|((_, found), n)| n * n / of_found[found]).sum(), n);
    let b3_recall = share(both.iter().map(|((gold, _), n)| n * n / of_gold[gold]).sum(), n);
    Scores {
        items: gold.len(),
        pair_precision,
        pair_recall,
        pair_f1: harmonic(pair_precision, pair_recall),
        b3_precision,
        b3_recall,
        b3_f1: harmonic(b3_precision, b3_recall),
    }
}

/// Nothing of nothing is all of it.
fn share(part: f64, all: f64) -> f64 {
    if all > 0.0 { part / all } else { 1.0 }
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(gold: &[&str], found: &[usize]) -> Scores {
        compare(&gold.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>(), found)
    }

    #[test]
    fn the_same_partition_under_other_names_is_perfect() {
        let scores = of(&["a", "a", "b"], &[7, 7, 3]);
        assert_eq!((scores.pair_f1, scores.b3_f1), (1.0, 1.0));
    }

    #[test]
    fn a_group_too_large_costs_precision_and_one_too_small_recall() {
        let joined = of(&["a", "a", "b"], &[1, 1, 1]);
        assert!((joined.pair_precision - 1.0 / 3.0).abs() < 1e-9);
        assert!((joined.b3_precision - 5.0 / 9.0).abs() < 1e-9);
        assert_eq!((joined.pair_recall, joined.b3_recall), (1.0, 1.0));
        let split = of(&["a", "a", "b"], &[1, 2, 3]);
        assert_eq!((split.pair_precision, split.pair_recall), (1.0, 0.0));
        assert!((split.b3_recall - 2.0 / 3.0).abs() < 1e-9);
    }
}
