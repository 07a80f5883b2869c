//! ROUGE: how many words, pairs of words and words in order a summary shares with one written by a person (C.-Y. Lin, 2004).

use std::collections::HashMap;

use super::porter;

/// The F measures of ROUGE-1, ROUGE-2 and ROUGE-L.
pub type Rouge = [f64; 3];

/// English: stems of words of ASCII letters and digits.
pub fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| if word.len() > 3 { porter::stem(word) } else { word.to_owned() })
        .collect()
}

/// Chinese: every character counts.
pub fn characters(text: &str) -> Vec<String> {
    text.chars().map(String::from).collect()
}

/// How near `summary` comes to `reference`.
pub fn rouge(summary: &[String], reference: &[String]) -> Rouge {
    [
        n_grams(summary, reference, 1),
        n_grams(summary, reference, 2),
        f_measure(common(summary, reference), summary.len(), reference.len()),
    ]
}

/// The best of each measure over several references.
pub fn best(summary: &[String], references: &[Vec<String>]) -> Rouge {
    references.iter().fold([0.0; 3], |best, reference| {
        let one = rouge(summary, reference);
        [best[0].max(one[0]), best[1].max(one[1]), best[2].max(one[2])]
    })
}

fn n_grams(a: &[String], b: &[String], n: usize) -> f64 {
    let mut counts: HashMap<&[String], usize> = HashMap::new();
    for gram in b.windows(n) {
        *counts.entry(gram).or_default() += 1;
    }
    let mut shared = 0;
    for gram in a.windows(n) {
        if let Some(left) = counts.get_mut(gram).filter(|left| **left > 0) {
            *left -= 1;
            shared += 1;
        }
    }
    f_measure(shared, (a.len() + 1).saturating_sub(n), (b.len() + 1).saturating_sub(n))
}

/// Length of the longest common subsequence.
fn common(a: &[String], b: &[String]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

fn f_measure(shared: usize, n_summary: usize, n_reference: usize) -> f64 {
    if shared == 0 {
        return 0.0;
    }
    let (precision, recall) = (shared as f64 / n_summary as f64, shared as f64 / n_reference as f64);
    2.0 * precision * recall / (precision + recall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_pairs_and_order_count() {
        let (summary, reference) =
            (words("The model answers quickly."), words("The model answered late, quickly"));
        let [one, two, order] = rouge(&summary, &reference);
        assert!((one - 8.0 / 9.0).abs() < 1e-9, "{one}");
        assert!((two - 4.0 / 7.0).abs() < 1e-9, "{two}");
        assert!((order - 8.0 / 9.0).abs() < 1e-9, "{order}");
        assert_eq!(rouge(&[], &reference), [0.0; 3]);
    }

    #[test]
    fn chinese_is_counted_by_character() {
        assert_eq!(rouge(&characters("小模型"), &characters("小模型")), [1.0; 3]);
        assert_eq!(rouge(&characters("小模型"), &characters("大语言")), [0.0; 3]);
    }

    #[test]
    fn the_best_reference_of_each_measure_counts() {
        let references = [words("cheap training"), words("training made cheap at last")];
        assert_eq!(best(&words("cheap training"), &references), [1.0; 3]);
    }
}
