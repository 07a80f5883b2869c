//! Sentences of a paper, and what can be seen in one.

use std::sync::LazyLock;

use regex::Regex;

/// A pattern that is known to be right; one that is not matches nothing.
pub fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|_| Regex::new("$^").unwrap_or_else(|_| unreachable!("an empty pattern")))
}

static MEASURE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\d\s*(?:%|\\%|×|x\b|倍|times\b|points?\b|fold\b|ms\b|hours\b|percent\b)"));
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)github\.com/|gitlab\.com/|huggingface\.co/|open[- ]sourc|(?:code|weights|models?|data(?:set)?|kernels|traces|configurations|implementation|patch|head)\b[^.]{0,60}\b(?:available|released|public|open|github|release)|we (?:release|publish|open-source|provide)\b|代码|开源",
    )
});
static LIMIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\blimitations?\b|\blimited to\b|does not (?:hold|cover|help|generali)|do not (?:cover|test|know)|we (?:only|did not|do not|cannot)\b|fails? (?:on|to|when)|\bat (?:the|a) (?:cost|loss)\b|with a loss of|only on\b|future work|remains? (?:open|unclear|unanswered)|stay unanswered|局限",
    )
});
static HARDWARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:[ABH][1-9]00s?|RTX|TPUs?|GPUs?|GPU hours|accelerators?|laptop|smartphone|phone|CPU cores?|gigabytes? of memory|\d+ ?GB)\b",
    )
});

/// A figure against something: "37%", "2.5×", "3 times".
pub fn has_measure(sentence: &str) -> bool {
    MEASURE.is_match(sentence)
}

/// Says that there is something to run.
pub fn names_code(sentence: &str) -> bool {
    CODE.is_match(sentence)
}

/// Says what it does not do.
pub fn names_limit(sentence: &str) -> bool {
    LIMIT.is_match(sentence)
}

/// Says what it ran on.
pub fn names_hardware(sentence: &str) -> bool {
    HARDWARE.is_match(sentence)
}

/// More than one LaTeX mark in a hundred characters.
pub fn is_formula_heavy(text: &str) -> bool {
    let n_marks = text.chars().filter(|c| matches!(c, '$' | '\\' | '^' | '_')).count();
    n_marks * 100 > text.chars().count()
}

/// Parts that end with a full stop and a space, or with 。！？; "e.g. this" and "et al. that" are not ends.
pub fn sentences(text: &str) -> Vec<&str> {
    const NO_END: [&str; 9] = ["e.g.", "i.e.", "al.", "Fig.", "Sec.", "vs.", "cf.", "Eq.", "resp."];
    let ends = |(at, c): (usize, char)| match c {
        '。' | '！' | '？' | '\n' => Some(at + c.len_utf8()),
        '.' | '!' | '?' if text[at + 1..].starts_with([' ', '\n']) => {
            (!NO_END.iter().any(|word| text[..=at].ends_with(word))).then_some(at + 1)
        }
        _ => None,
    };
    let mut sentences = Vec::new();
    let mut start = 0;
    for end in text.char_indices().filter_map(ends).chain([text.len()]) {
        let sentence = text[start..end].trim();
        if !sentence.is_empty() {
            sentences.push(sentence);
        }
        start = end;
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_a_figure_against_something() {
        for yes in ["saves 37% of it", "2.5× faster", "runs 3x faster", "提升3倍", "37\\% less", "2.4 times"]
        {
            assert!(has_measure(yes), "{yes}");
        }
        for no in ["2026", "GPT-4", "x86", "version 3.5", ""] {
            assert!(!has_measure(no), "{no}");
        }
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        assert_eq!(
            sentences("We prune, e.g. heads. It works (see Fig. 2). 很好。真的"),
            ["We prune, e.g. heads.", "It works (see Fig. 2).", "很好。", "真的"]
        );
    }

    #[test]
    fn code_limits_and_hardware_are_seen() {
        assert!(names_code("Weights and head are available.") && names_code("We release all traces."));
        assert!(!names_code("We compare with the code of others."));
        assert!(names_limit("The method fails on long tables.") && !names_limit("It is limitless."));
        assert!(names_hardware("Training took 300 GPU hours.") && !names_hardware("We train a model."));
    }
}
