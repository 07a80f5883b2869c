//! Weights of a sum of signs from labelled examples: ridge regression, each example against the others of its document.

/// Holds the weights of rare signs small.
const RIDGE: f64 = 5.0;

/// The signs of one, and how good it is.
pub type Example = (Vec<f64>, f64);
/// The examples of one document.
pub type Examples = Vec<Example>;

/// One weight for each sign; none if nothing can be learned.
pub fn fit(documents: &[Examples]) -> Vec<f64> {
    let n = documents.iter().flatten().map(|(signs, _)| signs.len()).max().unwrap_or(0);
    let mut rows = vec![vec![0.0; n + 1]; n];
    // A document in another language has other signs.
    for examples in documents.iter().filter(|examples| examples.iter().all(|(signs, _)| signs.len() == n)) {
        let mean = |value: &dyn Fn(&Example) -> f64| {
            examples.iter().map(value).sum::<f64>() / examples.len().max(1) as f64
        };
        let middle: Vec<f64> = (0..n).map(|at| mean(&|one| one.0[at])).collect();
        let good = mean(&|one| one.1);
        for (signs, value) in examples {
            let signs: Vec<f64> = signs.iter().zip(&middle).map(|(sign, middle)| sign - middle).collect();
            for (row, own) in rows.iter_mut().zip(&signs) {
                for (cell, other) in row.iter_mut().zip(&signs) {
                    *cell += own * other;
                }
                row[n] += own * (value - good);
            }
        }
    }
    for (at, row) in rows.iter_mut().enumerate() {
        row[at] += RIDGE;
    }
    solve(rows)
}

/// Gauss: the matrix is positive by its ridge, so no pivot is nought.
fn solve(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let n = rows.len();
    for at in 0..n {
        let pivot = rows[at].clone();
        for (other, row) in rows.iter_mut().enumerate() {
            if other != at {
                let factor = row[at] / pivot[at];
                for (cell, value) in row.iter_mut().zip(&pivot) {
                    *cell -= factor * value;
                }
            }
        }
    }
    (0..n).map(|at| rows[at][n] / rows[at][at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_of_the_good_ones_gets_the_weight() {
        let document = vec![(vec![1.0, 0.0], 1.0), (vec![0.0, 1.0], 0.2), (vec![0.0, 0.0], 0.2)];
        let weights = fit(&vec![document; 50]);
        assert!(weights[0] > 0.5 && weights[0] > weights[1] + 0.5, "{weights:?}");
        assert!(fit(&[]).is_empty());
    }
}
