//! What an editor of AI news would make of an item by its title and link: how weighty it is, whether it is a rumour, and
//! which section it belongs to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::learn::{self, Example, Plan};
use super::subject::{self, Subject};
use super::tokens::{self, Token};
use super::{Feature, Weights, feature, slots, softmax};

/// Names of the outputs; those of sections follow [`SECTION`].
const TOP: &str = "top";
const RUMOUR: &str = "rumour";
const SECTION: &str = "section ";
/// A section with fewer items cannot be learnt.
const FEWEST: usize = 5;
/// Above these log-odds an item is called a rumour.
pub const HEARSAY: f32 = 0.0;
/// Above these log-odds an item is called top news.
pub const WEIGHTY: f32 = 0.6;
/// What an error costs when the weightiest are learnt: little, for the editor is hard to foresee.
const TOP_COST: f64 = 1.0;
/// And when rumours are.
const RUMOUR_COST: f64 = 10.0;
/// The table has 2^`BITS` weights an output.
const BITS: u8 = 15;

static SHIPPED: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_bytes!("../weights/news.bin")).unwrap_or_default());

/// Who publishes: press that tells what others will not say yet, a person, code, a paper.
static PLACES: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    subject::compile(&[
        (
            "press",
            r"reuters|bloomberg|wsj\.|ft\.com|nytimes|theinformation|thein\.fo|cnbc|axios|fortune|wired|techcrunch|theverge|businessinsider|the-decoder|testingcatalog|ithome|36kr|sina|caixin|latepost|zhidx",
        ),
        ("person", r"^(?:x|twitter|weibo|threads)\.com/|linux\.do|v2ex|reddit"),
        ("code", r"github\.com|huggingface\.co|modelscope|gitee"),
        ("paper", r"arxiv|openreview|\.pdf$"),
        ("documents", r"^(?:docs|developers?|help|support|platform|api-docs)\.|/docs?/|changelog|release"),
    ])
});

/// An item as an editor placed it.
#[derive(Clone, Debug)]
pub struct Placed {
    /// As published.
    pub title: String,
    /// Its link; may be empty.
    pub link: String,
    /// The editor's section.
    pub section: String,
}

/// What two kinds of sections are called in a set.
#[derive(Clone, Debug)]
pub struct Names {
    /// Sections that hold the weightiest news.
    pub top: Vec<String>,
    /// The section of what is not confirmed.
    pub rumour: String,
}

/// What an item looks like to the editor from whom the weights were learnt.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Log-odds that it is among the day's weightiest.
    pub top: f32,
    /// Log-odds that it is a rumour.
    pub rumour: f32,
    /// The likeliest section.
    pub section: String,
}

/// Reads a title and its link by the weights that ship.
pub fn read(title: &str, link: &str) -> Reading {
    read_by(&SHIPPED, title, link)
}

/// Reads a title and its link by `weights`.
pub fn read_by(weights: &Weights, title: &str, link: &str) -> Reading {
    let features = features(title, link);
    let sections = weights.names().enumerate().filter_map(|(n, name)| Some((n, name.strip_prefix(SECTION)?)));
    let likeliest =
        sections.map(|(n, name)| (weights.margin(n, &features), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    Reading {
        top: weights.margin_of(TOP, &features),
        rumour: weights.margin_of(RUMOUR, &features),
        section: likeliest.map_or_else(String::new, |(_, name)| name.to_owned()),
    }
}

/// Trains on what an editor placed. All sections of the weightiest are one: its name changed, not its meaning.
pub fn train(set: &[Placed], names: &Names) -> Weights {
    let texts: Vec<Vec<u32>> = set.iter().map(|one| slots(&features(&one.title, &one.link), BITS)).collect();
    let yes_or_no = |holds: &dyn Fn(&Placed) -> bool, cost: f64| {
        let labelled = texts.iter().zip(set);
        let examples: Vec<Example<'_>> =
            labelled.map(|(slots, one)| Example { slots, holds: holds(one) }).collect();
        learn::train(&examples, Plan { bits: BITS, cost, balanced: true })
    };
    let is_top = |one: &Placed| names.top.contains(&one.section);
    let mut outputs = vec![
        (TOP.to_owned(), yes_or_no(&is_top, TOP_COST)),
        (RUMOUR.to_owned(), yes_or_no(&|one| one.section == names.rumour, RUMOUR_COST)),
    ];
    let section = |one: &'_ Placed| match names.top.first() {
        Some(top) if is_top(one) => top.clone(),
        _ => one.section.clone(),
    };
    let placed: Vec<String> = set.iter().map(section).collect();
    let mut n_of: BTreeMap<&str, usize> = BTreeMap::new();
    for section in &placed {
        *n_of.entry(section).or_default() += 1;
    }
    let known: Vec<&str> = n_of.iter().filter(|(_, n)| **n >= FEWEST).map(|(section, _)| *section).collect();
    let classes: Vec<Option<usize>> =
        placed.iter().map(|section| known.iter().position(|one| one == section)).collect();
    let tables = softmax::train(&texts, &classes, known.len(), BITS);
    outputs.extend(known.iter().map(|section| format!("{SECTION}{section}")).zip(tables));
    Weights::pack(BITS, &outputs)
}

fn features(title: &str, link: &str) -> Vec<Feature> {
    let tokens = tokens::split(title);
    let mut found = vec![
        feature("bias", "", (0, 0)),
        feature("length", &(title.chars().count() / 5).min(8).to_string(), (0, 0)),
    ];
    found.extend(words(&tokens));
    let subject = subject::of(&title.to_lowercase());
    found.extend(subject.features());
    found.extend(link_parts(link, &subject));
    found
}

/// Words and pairs of words of Latin script, one to three Chinese characters in a row, and what comes first.
fn words(tokens: &[Token]) -> Vec<Feature> {
    let mut found: Vec<Feature> = Vec::new();
    let word = |token: &Token| feature("w", &without_digits(&token.text), token.span);
    found.extend(tokens.iter().filter(|token| token.is_word() || token.text.starts_with('#')).map(word));
    for length in 1..=3 {
        for run in tokens.windows(length).filter(|run| run.iter().all(Token::is_han)) {
            let text: String = run.iter().map(|token| token.text.as_str()).collect();
            found.push(feature("c", &text, (run[0].span.0, run[length - 1].span.1)));
        }
    }
    let latin: Vec<&Token> = tokens.iter().filter(|token| !token.is_han() && !token.is_mark()).collect();
    for pair in latin.windows(2) {
        let text = format!("{} {}", without_digits(&pair[0].text), without_digits(&pair[1].text));
        found.push(feature("b", &text, (pair[0].span.0, pair[1].span.1)));
    }
    found.extend(tokens.first().map(|token| feature("first", &without_digits(&token.text), token.span)));
    found
}

/// Versions pass, names stay.
fn without_digits(word: &str) -> String {
    word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// Host, its registered part, the first two folders, and who publishes this kind of news.
fn link_parts(link: &str, subject: &Subject) -> Vec<Feature> {
    let bare = link.split_once("://").map_or(link, |(_, rest)| rest);
    let mut parts = bare.split(['?', '#']).next().unwrap_or_default().split('/');
    let host = parts.next().unwrap_or_default().trim_start_matches("www.").to_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let domain = labels[labels.len().saturating_sub(2)..].join(".");
    let mut found = vec![feature("host", &host, (0, 0)), feature("domain", &domain, (0, 0))];
    let bare = bare.trim_start_matches("www.").to_lowercase();
    let place = PLACES.iter().find(|(_, pattern)| pattern.is_match(&bare)).map_or("other", |(name, _)| name);
    let place = if bare.is_empty() { "none" } else { place };
    found.push(feature("place", place, (0, 0)));
    found.push(feature("place-class", &format!("{place} {}", subject.class), (0, 0)));
    found.push(feature("place-sure", &format!("{place} {}", subject.certainty()), (0, 0)));
    found.extend(subject.acts.iter().map(|act| feature("place-act", &format!("{place} {act}"), (0, 0))));
    let folders = parts.filter(|part| !part.is_empty()).take(2);
    found.extend(folders.map(|part| feature("folder", &without_digits(&part.to_lowercase()), (0, 0))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hearsay_is_told_from_a_release() {
        let heard = read("据传某巨头拟收购芯片初创公司", "");
        let there = read("Qwen 开源新一代语音模型", "https://qwen.ai/blog/voice");
        assert!(heard.rumour > 0.0 && there.rumour < 0.0, "{} {}", heard.rumour, there.rumour);
    }

    #[test]
    fn a_release_of_a_maker_that_all_use_weighs_more_than_a_small_tool() {
        let great = read("OpenAI 正式发布新一代旗舰模型", "https://openai.com/index/flagship/");
        let small = read("某团队更新命令行待办工具", "https://github.com/someone/todo");
        assert!(great.top > small.top);
    }

    #[test]
    fn whatever_stands_in_title_and_link_can_be_read() {
        for (title, link) in
            [("", ""), ("？", "https://"), ("a", "not a link"), ("智谱", "https://x.example/a/b/c?d#e")]
        {
            assert!(read(title, link).top.is_finite());
        }
    }

    #[test]
    fn a_section_too_small_to_learn_is_left_out() {
        let placed = |n: usize| Placed {
            title: format!("模型 {n}"),
            link: String::new(),
            section: if n == 0 { "rare".to_owned() } else { "models".to_owned() },
        };
        let set: Vec<Placed> = (0..8).map(placed).collect();
        let names = Names { top: vec!["none".to_owned()], rumour: "none".to_owned() };
        let weights = train(&set, &names);
        assert_eq!(weights.names().collect::<Vec<_>>(), ["top", "rumour", "section models"]);
    }
}
