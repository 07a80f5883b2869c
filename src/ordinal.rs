//! The numbers that stand before the items of a list, for the stages that write the words of HTML.

/// Digits that a number in a text may have to be one of a list.
const MOST_DIGITS: usize = 3;

/// Whether an item's text brings a number of its own, "1. ", "2)", "三、", or `number`, which it would have got, or is
/// the footnote to one, "^ ".
pub fn stands_before(text: &str, number: &str) -> bool {
    let is_circled = |c: char| ('①'..='⑳').contains(&c);
    let is_digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c) || is_circled(c);
    let text = text.trim_start().trim_start_matches(['(', '（', '[']);
    let rest = text.trim_start_matches(is_digit);
    let digits = &text[..text.len() - rest.len()];
    let is_short = (1..=MOST_DIGITS).contains(&digits.chars().count());
    let is_closed = || rest.starts_with(['.', ')', '、', '．', '）', ']']);
    let is_same = || digits == number && rest.starts_with(char::is_whitespace);
    text.starts_with(['^', '↑']) || (is_short && (is_closed() || is_same() || text.starts_with(is_circled)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_with_a_number_needs_no_other() {
        for text in [
            "1. Run it.",
            "(2) Stop.",
            "[3] Someone",
            " 三、装好",
            "①第一",
            "^ A note",
            "7 Method",
            "1.2 Data",
        ] {
            assert!(stands_before(text, "7"), "{text}");
        }
        for text in ["Run it.", "3 models are free.", "2026. It ends.", "7B", ""] {
            assert!(!stands_before(text, "7"), "{text}");
        }
    }
}
