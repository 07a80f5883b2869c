//! Pages that answer but do not speak: a captcha, a login, a paywall, a consent dialogue, an error with status 200.
//!
//! No single sign makes a wall, for articles are written about all of these. Signs must agree: a title that is a wall's
//! and nothing else, sentences in a wall's own words that are neither quoted nor reported, a form or a script that asks
//! for proof, and how little is said besides.

mod signs;
mod words;

#[cfg(test)]
mod tests;

pub use signs::Signs;

use super::clean;
use words::{CUT_RULES, DIALOGUE_RULE, PHRASE_RULES, Rules, STOP_RULE};

/// A text longer than this is an article even if it speaks of captchas (a Chinese character is two).
const LONGEST_WALL: usize = 1500;

/// Beside a wall's title there is less to read than this.
const LITTLE: usize = 300;

/// So short a text is a page's only if nothing asks for a password or a proof.
const BARE: usize = 200;

/// So much of an article is shown before a paywall that it says no more than its summary.
const LONGEST_STUB: usize = 500;

/// A gate below a text longer than this is there for the next one: the text was free.
const LONGEST_GATED: usize = 2000;

/// How far into a page its consent dialogue begins.
const BEGIN: usize = 300;

/// How much of the end of a text may say that it goes on elsewhere.
const END: usize = 400;

/// A sentence is heavier than this; what is lighter are buttons.
const SENTENCE: usize = 40;

/// A quotation is not longer than this.
const LONGEST_QUOTE: usize = 200;

/// Why a page of these signs and this text is no article, if it is none.
pub fn found(signs: &Signs, text: &str) -> Option<&'static str> {
    let title = signs.title_kind();
    if let Some((kind, true)) = title {
        return Some(kind);
    }
    let begin: String = text.chars().take(BEGIN).collect();
    if says(&DIALOGUE_RULE, &begin) {
        return Some("consent dialogue");
    }
    let weight = clean::weight(text);
    if weight > LONGEST_WALL {
        return None;
    }
    let said = Said::of(text);
    let asks = signs.asks_for_proof || signs.asks_for_password;
    // A page with a headline of its own may hide a dialogue with another.
    let agrees = if signs.has_headline() {
        said.prose < LITTLE && (said.kind.is_some() || weight <= BARE)
    } else {
        said.prose < LITTLE || said.kind.is_some() || asks
    };
    if let Some((kind, _)) = title.filter(|_| agrees) {
        return Some(kind);
    }
    if (said.kind == Some("paywall") || signs.has_gate) && weight <= LONGEST_STUB {
        return Some("paywall");
    }
    // Under a headline of its own an article may say such a sentence once.
    let share = if signs.has_headline() { 1 } else { 3 };
    if let Some(kind) = said.kind.filter(|kind| *kind != "paywall" && said.wall * share >= said.prose) {
        return Some(kind);
    }
    signs.bare_kind(text).filter(|_| weight <= BARE && said.prose == 0)
}

/// Whether `text` ends where a paywall, a teaser or a cut begins.
pub fn is_cut(signs: &Signs, text: &str) -> bool {
    (signs.has_gate && clean::weight(text) < LONGEST_GATED) || ends_early(text)
}

/// The same of a text without its page.
pub fn ends_early(text: &str) -> bool {
    let text = text.trim_end();
    let tail: String = text.chars().rev().take(END).collect::<Vec<_>>().into_iter().rev().collect();
    let ends = ["…", "...", "[…]", "[...]", "(more…)", "……", "阅读全文", "查看全文"];
    ends.iter().any(|end| text.ends_with(end)) || says(&CUT_RULES, &tail)
}

/// Whether a sentence of `text` is a paywall's.
fn is_stop(text: &str) -> bool {
    says(&STOP_RULE, text)
}

fn says(rules: &Rules, text: &str) -> bool {
    let plain = without_quotes(text);
    sentences(&plain).any(|sentence| rules.kind(sentence).is_some() && !words::is_report(sentence))
}

/// What a text says, weighed.
#[derive(Debug, Default)]
struct Said {
    /// The kind of the first sentence that is a wall's.
    kind: Option<&'static str>,
    /// Weight of the sentences that are a wall's.
    wall: usize,
    /// Weight of the others; what is said to the visitor may belong to either.
    prose: usize,
}

impl Said {
    fn of(text: &str) -> Self {
        let mut said = Self::default();
        let plain = without_quotes(text);
        for sentence in sentences(&plain) {
            let weight = clean::weight(sentence);
            match PHRASE_RULES.kind(sentence).filter(|_| !words::is_report(sentence)) {
                Some(kind) => {
                    said.kind = said.kind.or(Some(kind));
                    said.wall += weight;
                }
                None if weight < SENTENCE => {}
                None if words::is_to_visitor(sentence) => said.prose += weight / 2,
                None => said.prose += weight,
            }
        }
        said
    }
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let is_stop = |c: char| matches!(c, '\n' | '!' | '?' | '…' | '。' | '！' | '？');
    let pieces = text.split_inclusive(is_stop).flat_map(|piece| piece.split_inclusive(". "));
    pieces.map(str::trim).filter(|sentence| !sentence.is_empty())
}

/// The text without what others are quoted with.
fn without_quotes(text: &str) -> String {
    const MARKS: [(char, &[char]); 6] = [
        ('“', &['”', '“']),
        ('„', &['“', '”']),
        ('"', &['"']),
        ('«', &['»']),
        ('「', &['」']),
        ('『', &['』']),
    ];
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c| MARKS.iter().any(|(open, _)| *open == c)) {
        plain.push_str(&rest[..at]);
        let open = rest[at..].chars().next().unwrap_or('"');
        rest = &rest[at + open.len_utf8()..];
        let closes = MARKS.iter().find(|(mark, _)| *mark == open).map_or(&[][..], |(_, closes)| closes);
        let mut ahead = rest.char_indices().take(LONGEST_QUOTE).take_while(|(_, c)| *c != '\n');
        match ahead.find(|(_, c)| closes.contains(c)) {
            Some((end, close)) => rest = &rest[end + close.len_utf8()..],
            None => plain.push(open),
        }
    }
    plain.push_str(rest);
    plain
}
