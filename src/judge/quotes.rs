//! Whether words stand in a text as quoted: blanks, marks of quotation, widths and emphasis may differ, nothing else.
//! A quote that leaves something out ("…") stands nowhere and so is none.

use super::facts::is_han;

/// A quote must weigh this much: a Chinese character is two, anything else one.
const LEAST: usize = 8;

/// A text prepared for many questions.
#[derive(Debug)]
pub struct Quotable(String);

impl Quotable {
    /// Prepares `text`.
    pub fn new(text: &str) -> Self {
        Self(normal(text))
    }

    /// Whether `quote` stands in the text, not cut inside a word or number.
    pub fn holds(&self, quote: &str) -> bool {
        let quote = normal(quote);
        let wanted = quote.trim_matches(['\'', ' ']);
        let weight: usize = wanted.chars().map(|c| if is_han(c) { 2 } else { 1 }).sum();
        weight >= LEAST && self.0.match_indices(wanted).any(|(at, _)| self.is_whole(at, at + wanted.len()))
    }

    fn is_whole(&self, start: usize, end: usize) -> bool {
        !joins(self.0[..start].chars().rev(), self.0[start..].chars())
            && !joins(self.0[end..].chars(), self.0[..end].chars().rev())
    }
}

/// Whether what lies outside goes on with the word or number that begins inside.
fn joins(mut outside: impl Iterator<Item = char>, mut inside: impl Iterator<Item = char>) -> bool {
    let (Some(out), Some(first)) = (outside.next(), inside.next()) else { return false };
    let goes_on = |c: char| c.is_alphanumeric() && !is_han(c);
    let is_number = first.is_ascii_digit()
        && matches!(out, '.' | ',')
        && outside.next().is_some_and(|c| c.is_ascii_digit());
    goes_on(out) && goes_on(first) || is_number
}

/// Lower case, one form of each mark, blanks single and none beside Chinese.
fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut is_blank = false;
    for c in super::facts::plain(text).chars().flat_map(char::to_lowercase) {
        let c = match c {
            '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」' | '『' | '』' | '"' | '\'' | '＂' | '＇' => {
                '\''
            }
            '–' | '—' | '−' | '‒' | '―' => '-',
            '。' => '.',
            '、' => ',',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '_' => continue,
            c => c,
        };
        if c.is_whitespace() {
            is_blank = true;
            continue;
        }
        let is_beside_han = normal.ends_with(|c: char| is_han(c) || is_chinese_mark(c)) || is_han(c);
        if is_blank && !normal.is_empty() && !is_beside_han {
            normal.push(' ');
        }
        is_blank = false;
        normal.push(c);
    }
    normal
}

/// Marks after which Chinese writes no blank; normalised ones cannot be told from Latin ones.
fn is_chinese_mark(c: char) -> bool {
    matches!(c, '《' | '》' | '【' | '】' | '〈' | '〉')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str =
        "Acme’s “Falcon” model runs 1.5 million requests — a record.\nThe team said: “we are surprised”.";
    const CHINESE: &str = "灵图智能表示，新模型的推理成本下降 38%，“远超预期”。首批用户超过 1.2 万。";

    #[test]
    fn a_quote_may_differ_in_its_marks() {
        let text = Quotable::new(TEXT);
        for quote in [
            "Acme's \"Falcon\" model",
            "ACME’S  “FALCON”\nMODEL",
            "1.5 million requests - a record",
            "\"we are surprised\"",
            "**model** runs 1.5 _million_",
        ] {
            assert!(text.holds(quote), "{quote}");
        }
        let text = Quotable::new(CHINESE);
        for quote in [
            "推理成本下降38%",
            "推理成本下降 38％",
            "「远超预期」",
            "首批用户超过1.2万",
            "表示,新模型的推理成本",
        ] {
            assert!(text.holds(quote), "{quote}");
        }
    }

    #[test]
    fn a_changed_cut_or_short_quote_is_none() {
        let text = Quotable::new(TEXT);
        for quote in [
            "",
            "a",
            "model",
            "5 million requests",
            "runs 1.5 billion requests",
            "Falcon … requests",
            "Falcon ... a record",
            "alcon model runs",
            "the team says: we are",
        ] {
            assert!(!text.holds(quote), "{quote}");
        }
        let text = Quotable::new(CHINESE);
        for quote in ["推理", "推理成本下降83%", "推理成本……远超预期", "2万。首批"] {
            assert!(!text.holds(quote), "{quote}");
        }
    }

    /// Words of both languages and their marks.
    fn words() -> impl Strategy<Value = Vec<String>> {
        let word = prop_oneof![
            "[a-zA-Z]{1,8}",
            "[0-9]{1,4}(\\.[0-9])?%?",
            "[推理成本下降模型发布开源]{1,6}",
            "“[a-z]{2,6}”"
        ];
        prop::collection::vec(word, 6..24)
    }

    proptest! {
        #[test]
        fn a_part_of_the_text_always_stands_in_it(words in words(), from in 0_usize..6, n in 6_usize..18, glue in "[ \\t\\n]{1,3}") {
            let part = &words[from.min(words.len() - 1)..(from + n).min(words.len())];
            let quote = part.join(&glue);
            let weight: usize = part.iter().flat_map(|word| word.chars()).map(|c| if is_han(c) { 2 } else { 1 }).sum();
            prop_assume!(weight >= 12);
            prop_assert!(Quotable::new(&words.join(" ")).holds(&quote), "{quote:?}");
        }

        #[test]
        fn a_changed_part_never_does(words in words(), at in 0_usize..24, other in "[qxz]{9}") {
            let mut changed = words.clone();
            let n = changed.len();
            changed[at % n] = other;
            prop_assert!(!Quotable::new(&words.join(" ")).holds(&changed.join(" ")));
        }
    }
}
