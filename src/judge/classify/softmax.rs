//! One of several classes by linear functions: multinomial logistic regression by accelerated gradient steps, after
//! Nesterov. No chance, one order: the same set gives the same weights to the bit.

use std::collections::BTreeMap;

/// Steps; the answers hardly change after them.
const ROUNDS: usize = 250;
/// Length of a step: texts have length 1, so the loss curves by no more than a half.
const STEP: f64 = 2.0;
/// What an error costs beside the size of the weights.
const COST: f64 = 5.0;
/// How far a rare class is made up for: 0 not at all, 1 wholly.
const BALANCE: f64 = 0.7;

/// A table of 2^`bits` weights for each of `n_classes`, which tell the texts apart; `None` belongs to no class.
pub fn train(texts: &[Vec<u32>], classes: &[Option<usize>], n_classes: usize, bits: u8) -> Vec<Vec<f32>> {
    let labelled: Vec<(&[u32], usize)> =
        texts.iter().zip(classes).filter_map(|(slots, class)| Some((slots.as_slice(), (*class)?))).collect();
    // Few of the places are in use, and only those are moved.
    let used: BTreeMap<u32, usize> =
        labelled.iter().flat_map(|(slots, _)| slots.iter().map(|slot| (*slot, 0))).collect();
    let places: Vec<u32> = used.into_keys().collect();
    let dense: Vec<Vec<usize>> = labelled
        .iter()
        .map(|(slots, _)| slots.iter().filter_map(|slot| places.binary_search(slot).ok()).collect())
        .collect();
    let answers: Vec<usize> = labelled.iter().map(|(_, class)| *class).collect();
    let weights = descend(&dense, &answers, n_classes, places.len());
    let mut tables = vec![vec![0.0_f32; 1 << bits]; n_classes];
    for (at, place) in places.iter().enumerate() {
        for (class, table) in tables.iter_mut().enumerate() {
            table[*place as usize] = weights[at * n_classes + class] as f32;
        }
    }
    tables
}

fn descend(texts: &[Vec<usize>], answers: &[usize], n_classes: usize, n_places: usize) -> Vec<f64> {
    let shares = shares(answers, n_classes);
    let ridge = 1.0 / (COST * texts.len().max(1) as f64);
    let mut weights = vec![0.0_f64; n_places * n_classes];
    let mut ahead = weights.clone();
    let mut pace = 1.0_f64;
    for _ in 0..ROUNDS {
        let mut slope: Vec<f64> = ahead.iter().map(|weight| ridge * weight).collect();
        for (slots, answer) in texts.iter().zip(answers) {
            let scale = 1.0 / (slots.len().max(1) as f64).sqrt();
            let wrong = wrong(&ahead, slots, scale, (*answer, n_classes));
            for slot in slots {
                let row = &mut slope[slot * n_classes..(slot + 1) * n_classes];
                for (cell, wrong) in row.iter_mut().zip(&wrong) {
                    *cell += shares[*answer] * scale * wrong;
                }
            }
        }
        let next = (1.0 + (1.0 + 4.0 * pace * pace).sqrt()) / 2.0;
        let carry = (pace - 1.0) / next;
        pace = next;
        for ((weight, ahead), slope) in weights.iter_mut().zip(&mut ahead).zip(&slope) {
            let moved = *ahead - STEP * slope;
            *ahead = moved + carry * (moved - *weight);
            *weight = moved;
        }
    }
    weights
}

/// How much too likely each class is held for a text.
fn wrong(weights: &[f64], slots: &[usize], scale: f64, (answer, n_classes): (usize, usize)) -> Vec<f64> {
    let mut odds = vec![0.0_f64; n_classes];
    for slot in slots {
        for (odd, weight) in odds.iter_mut().zip(&weights[slot * n_classes..(slot + 1) * n_classes]) {
            *odd += scale * weight;
        }
    }
    let most = odds.iter().copied().fold(f64::MIN, f64::max);
    let mut likely: Vec<f64> = odds.iter().map(|odd| (odd - most).exp()).collect();
    let sum: f64 = likely.iter().sum();
    likely.iter_mut().for_each(|one| *one /= sum);
    likely[answer] -= 1.0;
    likely
}

/// What a text of each class counts; all texts together count 1.
fn shares(answers: &[usize], n_classes: usize) -> Vec<f64> {
    let mut n_of = vec![0.0_f64; n_classes];
    answers.iter().for_each(|answer| n_of[*answer] += 1.0);
    let raw: Vec<f64> = n_of.iter().map(|n| n.max(1.0).powf(-BALANCE)).collect();
    let sum: f64 = raw.iter().zip(&n_of).map(|(raw, n)| raw * n).sum();
    raw.into_iter().map(|raw| raw / sum.max(f64::MIN_POSITIVE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_gets_the_weight_of_its_sign_and_the_second_run_is_the_same() {
        let texts: Vec<Vec<u32>> = (0..12).map(|n| vec![n % 3, 7]).collect();
        let classes: Vec<Option<usize>> = (0..12).map(|n| Some(n % 3)).collect();
        let tables = train(&texts, &classes, 3, 3);
        for (class, table) in tables.iter().enumerate() {
            assert!((0..3).all(|sign| (table[sign] > 0.5) == (sign == class)), "{tables:?}");
            assert!(table[7].abs() < 0.1 && table[5] == 0.0);
        }
        assert_eq!(tables, train(&texts, &classes, 3, 3));
    }

    #[test]
    fn nothing_to_learn_from_gives_no_weights() {
        assert!(train(&[], &[], 2, 3).iter().flatten().all(|weight| *weight == 0.0));
    }
}
