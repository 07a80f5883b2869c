//! The shape of a headline beside its words: how it begins and ends, and whether its text carries it.

use std::collections::HashSet;

use super::tokens::Token;
use super::{Feature, feature};
use crate::judge::sentences::is_han;

/// The head of a body, in characters: where news says what the headline says.
const HEAD: usize = 300;

/// Words that carry the way of speaking and not the subject.
const SMALL_WORDS: &str = " a an the this that these those to of in on for and or but at by with from as into about after \
    before over under is are was were be been being am do does did has have had can could will would should may might must \
    not no i you he she it we they me him her us them my your his its our their who what when where why how which if than \
    then so just only all every most more very really actually probably ever never there here's it's you're that's don't \
    can't won't i'm we're they're doesn't didn't isn't ";

/// How a headline is built: length, beginning, end, and in English the order of its small words.
pub fn of(title: &str, tokens: &[Token], chinese: bool) -> Vec<Feature> {
    let mut found = vec![
        feature("bias", "", (0, 0)),
        feature("length", &(tokens.len() / if chinese { 4 } else { 2 }).min(12).to_string(), (0, 0)),
    ];
    let mut mark = |name: &str, holds: bool| {
        if holds {
            found.push(feature("shape", name, (0, 0)));
        }
    };
    mark("number-first", title.starts_with(|c: char| c.is_ascii_digit()));
    mark("question", title.contains(['?', '？']));
    mark("exclamation", title.contains(['!', '！']));
    mark("quotation", title.contains(['“', '"', '「']));
    mark("colon", title.contains(['：', ':']));
    let n_numbers = tokens.iter().filter(|token| token.text.starts_with('#')).count().min(3);
    found.push(feature("numbers", &n_numbers.to_string(), (0, 0)));
    if !chinese {
        found.extend(skeleton(tokens));
    }
    found
}

/// "These * you * never": small words in their order, all else a star.
fn skeleton(tokens: &[Token]) -> Vec<Feature> {
    let is_small = |token: &Token| SMALL_WORDS.contains(&format!(" {} ", token.text));
    let n_small = tokens.iter().filter(|token| is_small(token)).count();
    let bare =
        |token: &Token| if token.is_word() && !is_small(token) { "*".to_owned() } else { token.text.clone() };
    let words: Vec<String> =
        ["^".to_owned()].into_iter().chain(tokens.iter().map(bare)).chain(["$".to_owned()]).collect();
    let end = tokens.last().map_or(0, |token| token.span.1);
    let place = |n: usize| n.checked_sub(1).and_then(|n| tokens.get(n)).map(|token| token.span);
    let mut found = vec![feature("small", &(10 * n_small / tokens.len().max(1)).to_string(), (0, 0))];
    for length in 3..=5 {
        for (n, window) in words.windows(length).enumerate() {
            let from = place(n).map_or(0, |span| span.0);
            let to = place(n + length - 1).map_or(end, |span| span.1);
            found.push(feature("order", &window.join(" "), (from, to)));
        }
    }
    found
}

/// How far `body` says what a Chinese headline says: pairs of characters, in its head and in all of it, and numbers.
pub fn carried(title: &str, body: &str) -> Vec<Feature> {
    if body.trim().is_empty() {
        return Vec::new();
    }
    let head: String = body.chars().take(HEAD).collect();
    let pairs = pairs(title);
    let share = |text: &str| {
        let there = self::pairs(text);
        (5 * pairs.iter().filter(|pair| there.contains(*pair)).count() / pairs.len().max(1)).to_string()
    };
    let numbers: Vec<&str> =
        title.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).collect();
    let kept = match numbers.iter().all(|digits| body.contains(digits)) {
        _ if numbers.is_empty() => "none",
        true => "all",
        false => "lost",
    };
    vec![
        feature("carried-head", &share(&head), (0, 0)),
        feature("carried", &share(body), (0, 0)),
        feature("carried-numbers", kept, (0, 0)),
    ]
}

fn pairs(text: &str) -> HashSet<(char, char)> {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(2).filter(|pair| pair.iter().all(|c| is_han(*c))).map(|pair| (pair[0], pair[1])).collect()
}
