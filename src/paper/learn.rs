//! Logistic regression over weighted features by dual coordinate ascent, for `headsup train paper`. The same set in the
//! same order gives the same weights to the bit.

/// Rounds over all examples; the weights hardly move after them.
const ROUNDS: usize = 30;
/// Halvings of the interval in which the best value of one example lies.
const HALVINGS: usize = 40;

/// A text as places and values, whether it was picked, and what an error on it costs.
#[derive(Clone, Debug)]
pub struct Example {
    /// Places in the table, with values.
    pub parts: Vec<(usize, f64)>,
    /// Picked.
    pub holds: bool,
    /// More follows the example more closely.
    pub cost: f64,
}

/// A weight for each of `n` places.
pub fn train(examples: &[Example], n: usize) -> Vec<f64> {
    let mut weights = vec![0.0; n];
    let mut duals: Vec<f64> = examples.iter().map(|example| example.cost * 1e-4).collect();
    for (example, dual) in examples.iter().zip(&duals) {
        add(&mut weights, example, *dual);
    }
    for round in 0..ROUNDS {
        for at in 0..examples.len() {
            let place = order(at, round, examples.len());
            let example = &examples[place];
            let moved = solve(duals[place], example, sign(example) * dot(&weights, example));
            add(&mut weights, example, moved - duals[place]);
            duals[place] = moved;
        }
    }
    weights
}

/// Another order each round, without chance: a stride that has no divisor in common with the length.
fn order(at: usize, round: usize, n: usize) -> usize {
    let mut stride = 7919 + 104 * round;
    while divisor(stride, n) > 1 {
        stride += 1;
    }
    (at * stride + round) % n.max(1)
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

fn sign(example: &Example) -> f64 {
    if example.holds { 1.0 } else { -1.0 }
}

fn dot(weights: &[f64], example: &Example) -> f64 {
    example.parts.iter().map(|(slot, value)| weights[*slot] * value).sum()
}

fn add(weights: &mut [f64], example: &Example, amount: f64) {
    for (slot, value) in &example.parts {
        weights[*slot] += amount * sign(example) * value;
    }
}

/// The best dual value of one example, the others fixed: where the slope, which only rises, is zero.
fn solve(old: f64, example: &Example, margin: f64) -> f64 {
    let length: f64 = example.parts.iter().map(|(_, value)| value * value).sum();
    let (mut low, mut high) = (0.0, example.cost);
    for _ in 0..HALVINGS {
        let z = 0.5 * (low + high);
        let slope = length * (z - old) + margin + (z / (example.cost - z)).ln();
        if slope > 0.0 { high = z } else { low = z }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_with_a_pick_weighs_for_it_and_the_second_run_is_the_same() {
        let example = |parts: &[usize], holds| Example {
            parts: parts.iter().map(|slot| (*slot, 0.7)).collect(),
            holds,
            cost: 5.0,
        };
        let set: Vec<Example> =
            (1..4).flat_map(|n| [example(&[0, n], true), example(&[4, n], false)]).collect();
        let weights = train(&set, 6);
        assert!(weights[0] > 1.0 && weights[4] < -1.0 && weights[1].abs() < 0.2, "{weights:?}");
        assert_eq!(weights, train(&set, 6));
    }
}
