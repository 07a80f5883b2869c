//! Which parts of a mail are about what: a reader with topics gets the frozen mail with the other parts taken out, and never a
//! text that was written for them.
//!
//! Templates mark the parts with control characters, which no cleaned text holds ([`super::plain`]). Rendering takes the
//! marks out and keeps where they stood.

use std::collections::BTreeSet;

use crate::model::{MailPart, Topic, Verdict};

/// Begins a part; the topics follow, with commas between them.
const BEGIN: char = '\u{1e}';
/// Stands between the topics and the part.
const THEN: char = '\u{1d}';
/// Stands between the part and what a reader with other topics gets instead.
pub(super) const INSTEAD: &str = "\u{1c}";
/// Ends a part.
pub(super) const END: &str = "\u{1f}";
/// Stands for the topics of a part that everybody gets.
const EVERYBODY: &str = "*";

/// The mark that begins a part about `topics`. None: a part for readers without topics only.
pub(super) fn begin(topics: &BTreeSet<Topic>) -> String {
    let words: Vec<&str> = topics.iter().map(|topic| topic.as_str()).collect();
    format!("{BEGIN}{}{THEN}", words.join(","))
}

/// The mark that begins a part for everybody.
pub(super) fn begin_always() -> String {
    format!("{BEGIN}{EVERYBODY}{THEN}")
}

/// What a story is about.
pub(super) fn topics(verdict: &Verdict) -> BTreeSet<Topic> {
    let focus = verdict.focus.iter().map(|focus| Topic::from(*focus));
    std::iter::once(Topic::from(verdict.lane)).chain(focus).collect()
}

/// A part that is not ended yet.
struct Open {
    start: usize,
    /// `None`: for everybody.
    topics: Option<Vec<Topic>>,
    /// Where the text instead begins.
    instead: Option<usize>,
}

/// Takes the marks out: the text as readers without topics get it, and its parts by their beginnings.
///
/// # Errors
/// The marks of the template (an operator's own may be wrong) are not closed in the order in which they were opened.
pub(super) fn take(marked: &str) -> anyhow::Result<(String, Vec<MailPart>)> {
    let (mut text, mut parts, mut open) = (String::with_capacity(marked.len()), Vec::new(), Vec::new());
    let mut rest = marked;
    while let Some(at) = rest.find(|c: char| ('\u{1c}'..='\u{1f}').contains(&c)) {
        text.push_str(&rest[..at]);
        let (mark, after) = rest[at..].split_at(1);
        rest = after;
        match mark {
            "\u{1e}" => {
                let (topics, after) = after.split_once(THEN).ok_or_else(unbalanced)?;
                let is_for_all = topics == EVERYBODY;
                let topics = topics.split(',').filter_map(|word| word.parse().ok()).collect();
                open.push(Open { start: text.len(), topics: (!is_for_all).then_some(topics), instead: None });
                rest = after;
            }
            INSTEAD => open.last_mut().ok_or_else(unbalanced)?.instead = Some(text.len()),
            END => close(open.pop().ok_or_else(unbalanced)?, &mut text, &mut parts),
            _ => return Err(unbalanced()),
        }
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    anyhow::ensure!(open.is_empty(), unbalanced());
    text.push_str(rest);
    parts.sort_by_key(|part: &MailPart| (part.start, std::cmp::Reverse(part.end)));
    Ok((text, parts))
}

fn close(open: Open, text: &mut String, parts: &mut Vec<MailPart>) {
    let end = open.instead.unwrap_or(text.len());
    let instead = text.split_off(end);
    if let Some(topics) = open.topics {
        parts.push(MailPart { start: open.start, end, topics, instead });
    }
}

fn unbalanced() -> anyhow::Error {
    anyhow::anyhow!("its marks of parts are not closed in the order in which they were opened")
}

/// The text for a reader with `topics`; without any it is whole. So it is where the parts do not fit the text.
pub fn cut(text: &str, parts: &[MailPart], topics: &[Topic]) -> String {
    if topics.is_empty() {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for part in parts {
        if part.start < at || part.topics.iter().any(|topic| topics.contains(topic)) {
            continue;
        }
        let Some(before) = text.get(at..part.start).filter(|_| text.is_char_boundary(part.end)) else {
            return text.to_owned();
        };
        kept.push_str(before);
        kept.push_str(&part.instead);
        at = part.end;
    }
    kept.push_str(&text[at..]);
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mark(topics: &[Topic]) -> String {
        begin(&topics.iter().copied().collect())
    }

    fn marked() -> String {
        let (money, private, whole) =
            (mark(&[Topic::Funding]), mark(&[Topic::Privacy, Topic::Research]), mark(&[]));
        let all = mark(&[Topic::Funding, Topic::Privacy, Topic::Research]);
        format!(
            "{whole}5 minutes\n{INSTEAD}cut\n{END}{all}\n{money}\nround\n{END}\n{private}\npaper\n{END}{INSTEAD}\nnothing\n{END}\nleave\n"
        )
    }

    #[test]
    fn a_reader_gets_the_parts_about_their_topics() {
        let (text, parts) = take(&marked()).unwrap();
        assert_eq!(text, "5 minutes\nround\npaper\nleave\n");
        assert_eq!(cut(&text, &parts, &[]), text);
        assert_eq!(cut(&text, &parts, &[Topic::Funding]), "cut\nround\nleave\n");
        assert_eq!(cut(&text, &parts, &[Topic::Research, Topic::Company]), "cut\npaper\nleave\n");
        assert_eq!(cut(&text, &parts, &[Topic::Multimodal]), "cut\nnothing\nleave\n");
    }

    #[test]
    fn a_part_for_everybody_leaves_no_trace() {
        let (text, parts) = take(&format!("a{}b{END}c", begin_always())).unwrap();
        assert_eq!((text.as_str(), parts.len()), ("abc", 0));
    }

    #[test]
    fn marks_that_do_not_close_are_an_error() {
        for wrong in ["\u{1f}", "\u{1e}funding\u{1d}", "\u{1e}funding", "\u{1c}", "\u{1d}"] {
            assert!(take(wrong).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_stands_in_the_whole_mail(texts in proptest::collection::vec("[a-zé中\n]{0,9}", 1..9), wanted in 0..8usize) {
            let marked: String = texts
                .iter()
                .enumerate()
                .map(|(n, text)| format!("{}{text}{END}", mark(&[Topic::ALL[n % Topic::ALL.len()]])))
                .collect();
            let (text, parts) = take(&marked).unwrap();
            let kept = cut(&text, &parts, &[Topic::ALL[wanted]]);
            let mut letters = text.chars();
            prop_assert!(kept.chars().all(|c| letters.any(|other| other == c)));
        }
    }
}
