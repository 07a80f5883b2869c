//! Logistic regression by dual coordinate ascent, after Yu, Huang and Lin, "Dual coordinate descent methods for logistic
//! regression and maximum entropy models" (2011). One seed, one order: the same set gives the same weights to the bit.

use super::Weights;

/// Rounds over all examples; the weights hardly move after them.
const ROUNDS: usize = 40;
/// Newton steps within one example, at most.
const STEPS: usize = 20;

/// A text, as the places of its features, and whether the output holds for it.
#[derive(Clone, Debug)]
pub struct Example<'a> {
    /// Places in the table, each once.
    pub slots: &'a [u32],
    /// The label.
    pub holds: bool,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The table has 2^`bits` weights.
    pub bits: u8,
    /// What an error costs beside the size of the weights: more follows the examples more closely.
    pub cost: f64,
    /// Whether both classes cost the same in all, however rare one is.
    pub balanced: bool,
}

/// The weights that tell the examples apart.
pub fn train(examples: &[Example<'_>], plan: Plan) -> Vec<f32> {
    let mut weights = vec![0.0_f64; 1 << plan.bits];
    let n_true = examples.iter().filter(|example| example.holds).count();
    let cost = |holds: bool| {
        let n = if holds { n_true } else { examples.len() - n_true };
        let share = if plan.balanced { examples.len() as f64 / (2.0 * n.max(1) as f64) } else { 1.0 };
        plan.cost * share
    };
    let mut duals: Vec<f64> =
        examples.iter().map(|example| (0.001 * cost(example.holds)).min(1e-8)).collect();
    for (example, dual) in examples.iter().zip(&duals) {
        add(&mut weights, example, *dual);
    }
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut dice = Dice(7);
    for _ in 0..ROUNDS {
        dice.shuffle(&mut order);
        for n in &order {
            let example = &examples[*n];
            let moved = solve(duals[*n], cost(example.holds), sign(example) * dot(&weights, example));
            add(&mut weights, example, moved - duals[*n]);
            duals[*n] = moved;
        }
    }
    weights.into_iter().map(|weight| weight as f32).collect()
}

/// Packs one output for each of `labels`: a name, and for which of the texts it holds.
pub fn pack(texts: &[Vec<u32>], labels: &[(String, Vec<bool>)], plans: impl Fn(&str) -> Plan) -> Weights {
    let trained = labels.iter().map(|(name, holds)| {
        let examples: Vec<Example<'_>> =
            texts.iter().zip(holds).map(|(slots, holds)| Example { slots, holds: *holds }).collect();
        (name.clone(), train(&examples, plans(name)))
    });
    let outputs: Vec<(String, Vec<f32>)> = trained.collect();
    Weights::pack(labels.first().map_or(0, |(name, _)| plans(name).bits), &outputs)
}

fn sign(example: &Example<'_>) -> f64 {
    if example.holds { 1.0 } else { -1.0 }
}

/// Each text has length 1, however many features it has.
fn scale(example: &Example<'_>) -> f64 {
    1.0 / (example.slots.len().max(1) as f64).sqrt()
}

fn dot(weights: &[f64], example: &Example<'_>) -> f64 {
    example.slots.iter().map(|slot| weights[*slot as usize]).sum::<f64>() * scale(example)
}

fn add(weights: &mut [f64], example: &Example<'_>, amount: f64) {
    let step = amount * sign(example) * scale(example);
    for slot in example.slots {
        weights[*slot as usize] += step;
    }
}

/// The best dual value of one example, the others fixed: Newton's method from the side that is safe.
fn solve(old: f64, cost: f64, margin: f64) -> f64 {
    // Of the two values that add up to `cost`, the smaller is found, where the logarithm is exact.
    let flipped = 0.5 * (cost - 2.0 * old) + margin < 0.0;
    let (start, b) = if flipped { (cost - old, -margin) } else { (old, margin) };
    let mut z = if cost - start < 0.5 * cost { 0.1 * start } else { start };
    for _ in 0..STEPS {
        let slope = (z - start) + b + (z / (cost - z)).ln();
        if slope.abs() < 1e-6 {
            break;
        }
        let next = z - slope / (1.0 + cost / ((cost - z) * z));
        z = if next <= 0.0 { z * 0.1 } else { next };
    }
    if flipped { cost - z } else { z }
}

/// SplitMix64: enough for an order, and the same everywhere.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Puts `all` into a random order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for n in (1..all.len()).rev() {
            let other = self.next() % (n as u64 + 1);
            all.swap(n, usize::try_from(other).unwrap_or(n));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { bits: 3, cost: 10.0, balanced: false };

    #[test]
    fn what_goes_with_a_label_weighs_for_it_and_the_second_run_is_the_same() {
        let texts: [(&[u32], bool); 6] = [
            (&[0, 1], true),
            (&[0, 2], true),
            (&[0, 3], true),
            (&[4, 1], false),
            (&[4, 2], false),
            (&[4, 3], false),
        ];
        let examples: Vec<Example<'_>> =
            texts.iter().map(|(slots, holds)| Example { slots, holds: *holds }).collect();
        let weights = train(&examples, PLAN);
        assert!(weights[0] > 1.0 && weights[4] < -1.0, "{weights:?}");
        assert!(weights[1].abs() < 0.1 && weights[7] == 0.0, "{weights:?}");
        assert_eq!(weights, train(&examples, PLAN));
    }

    #[test]
    fn a_rare_class_counts_as_much_as_a_frequent_one_if_asked() {
        let mut texts: Vec<(Vec<u32>, bool)> = vec![(vec![0], false); 30];
        texts.extend(vec![(vec![0], true); 5]);
        let examples: Vec<Example<'_>> =
            texts.iter().map(|(slots, holds)| Example { slots, holds: *holds }).collect();
        assert!(train(&examples, PLAN)[0] < -1.0);
        assert!(train(&examples, Plan { balanced: true, ..PLAN })[0].abs() < 0.05);
    }
}
