//! A guide in one language, ready for mail and page: every choice of words is made here.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{terms, words};
use crate::model::{Artifact, Language, PaperGuide, RunnerUp, ScorePart};

/// Runners-up that are named.
const RUNNERS_UP: usize = 5;
/// Reasons that are given for each of them, and those that say little.
const REASONS: usize = 2;
const QUIET: [&str; 4] = ["taste", "readable", "evidence", "listed"];
/// Of percentiles, what is no reason to read a paper.
const MIDDLE: f32 = 50.0;

/// What templates know of a guide.
#[derive(Clone, Debug, Serialize)]
pub struct GuideView {
    /// Fixed words by key.
    pub w: BTreeMap<&'static str, String>,
    /// Of the paper.
    pub title: String,
    /// Its address, or empty.
    pub link: String,
    /// Of its sentences: "en", "zh-CN".
    pub lang: &'static str,
    /// "build with it".
    pub step: String,
    /// Of the learning path.
    pub step_url: String,
    /// Who wrote it, in a line.
    pub authors: String,
    /// How it was chosen, in a sentence.
    pub choice: String,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// Role and sentence.
    pub says: Vec<(String, String)>,
    /// Terms to know.
    pub terms: Vec<TermView>,
    /// Title, minutes, why.
    pub sections: Vec<(String, String, String)>,
    /// All of them together; empty if none is known.
    pub total: String,
    /// Caption.
    pub figure: String,
    /// What there is to try.
    pub tries: Vec<TryView>,
    /// What it ran on.
    pub hardware: String,
    /// Our words, and the paper's.
    pub doubts: Vec<(String, String)>,
    /// The others.
    pub runners_up: Vec<RunnerView>,
    /// The pick before.
    pub last: Option<LastView>,
}

/// A term to know.
#[derive(Clone, Debug, Serialize)]
pub struct TermView {
    /// Its place in the glossary.
    pub url: String,
    /// Its name.
    pub name: String,
    /// One or two sentences.
    pub text: String,
    /// Headline and address of an earlier story.
    pub earlier: Option<(String, String)>,
}

/// Something to try.
#[derive(Clone, Debug, Serialize)]
pub struct TryView {
    /// "code".
    pub what: String,
    /// Its address, or empty.
    pub link: String,
    /// The sentence that offers it, or empty.
    pub quote: String,
}

/// A paper that was nearly chosen.
#[derive(Clone, Debug, Serialize)]
pub struct RunnerView {
    /// Its title.
    pub title: String,
    /// Its address, or empty.
    pub link: String,
    /// Its page in the archive.
    pub why_url: String,
    /// A sentence of its own.
    pub line: String,
    /// How it fared and what spoke for it.
    pub fate: String,
}

/// The pick before.
#[derive(Clone, Debug, Serialize)]
pub struct LastView {
    /// Its headline.
    pub headline: String,
    /// Its issue.
    pub url: String,
    /// What became of it.
    pub fate: String,
}

/// The view of `guide`, with the reasons of its issue.
pub fn view(guide: &PaperGuide, reasons: &[ScorePart], language: Language, base_url: &str) -> GuideView {
    let word = |key: &str| words::word(key, language).to_owned();
    let total: u32 = guide.sections.iter().map(|section| section.minutes).sum();
    GuideView {
        w: KEYS.iter().map(|key| (*key, word(key))).collect(),
        title: plain(&guide.title),
        link: web_address(&guide.link).unwrap_or_default(),
        lang: lang(&guide.says),
        step: words::step(guide.step, language).to_owned(),
        step_url: format!("{base_url}/{language}/learn/{}", guide.step),
        authors: authors(&guide.authors, language),
        choice: words::choice(guide.n_candidates, guide.n_short, &guide.judge, language),
        reasons: reasons
            .iter()
            .filter(tells)
            .map(|part| words::reason(&part.flag, &part.quote, language))
            .collect(),
        says: guide.says.iter().map(|(role, text)| (word(role), plain(text))).collect(),
        terms: guide.terms.iter().filter_map(|key| term(guide, key, language, base_url)).collect(),
        sections: guide
            .sections
            .iter()
            .map(|part| (plain(&part.title), words::minutes(part.minutes, language), word(&part.why)))
            .collect(),
        total: match guide.sections.len() {
            0 | 1 => String::new(),
            _ => format!("{} {}", word("together"), words::minutes(total, language)),
        },
        figure: guide.figure.as_deref().map(plain).unwrap_or_default(),
        tries: guide.tries.iter().map(|artifact| tried(artifact, language)).collect(),
        hardware: guide.hardware.as_deref().map(plain).unwrap_or_default(),
        doubts: guide.doubts.iter().map(|(key, quote)| (word(key), plain(quote))).collect(),
        runners_up: guide
            .runners_up
            .iter()
            .take(RUNNERS_UP)
            .map(|other| runner(other, guide.n_short, language, base_url))
            .collect(),
        last: guide.last.as_ref().map(|last| LastView {
            headline: in_language(&last.headline, language),
            url: format!("{base_url}/{language}/issues/paper/{}", last.number),
            fate: words::hindsight(last.n_owners.0, last.n_owners.1, last.n_updates, language),
        }),
    }
}

/// Whether a reader takes it for a reason: to be voted on less than most is none.
fn tells(part: &&ScorePart) -> bool {
    part.flag != "popular" || part.quote.parse().is_ok_and(|n: f32| n > MIDDLE)
}

fn tried(artifact: &Artifact, language: Language) -> TryView {
    TryView {
        // A sentence that offers something seldom says what.
        what: match artifact.link {
            Some(_) => words::artifact(artifact.kind, language).to_owned(),
            None => words::word("offered", language).to_owned(),
        },
        link: artifact.link.as_deref().and_then(web_address).unwrap_or_default(),
        quote: plain(&artifact.quote),
    }
}

fn runner(other: &RunnerUp, n_short: usize, language: Language, base_url: &str) -> RunnerView {
    let mut told: Vec<&ScorePart> =
        other.reasons.iter().filter(tells).filter(|part| !QUIET.contains(&part.flag.as_str())).collect();
    told.sort_by(|a, b| b.points.total_cmp(&a.points));
    let why_not = (other.why_not != "beaten").then(|| words::word(&other.why_not, language).to_owned());
    let said = told.into_iter().take(REASONS).map(|part| words::reason(&part.flag, &part.quote, language));
    let fate = [words::won(other.n_won, n_short, language)].into_iter().chain(why_not).chain(said);
    RunnerView {
        title: plain(&other.title),
        link: web_address(&other.link).unwrap_or_default(),
        why_url: format!("{base_url}/{language}/story/{}", other.story_id),
        line: plain(&other.line),
        fate: fate.collect::<Vec<_>>().join(if language == Language::En { "; " } else { "；" }),
    }
}

/// Words that templates look up.
const KEYS: [&str; 17] = [
    "why-this",
    "says",
    "before",
    "earlier",
    "read",
    "figure",
    "try",
    "doubt",
    "runners-up",
    "last",
    "step",
    "read-paper",
    "hardware",
    "no-hardware",
    "nothing-to-try",
    "shortlist",
    "publisher-words",
];

fn term(guide: &PaperGuide, key: &str, language: Language, base_url: &str) -> Option<TermView> {
    let term = terms::by_key(key)?;
    let earlier = guide.earlier.iter().find(|earlier| earlier.term == key);
    Some(TermView {
        url: format!("{base_url}/{language}/learn#term-{key}"),
        name: term.name(language).to_owned(),
        text: term.text(language).to_owned(),
        earlier: earlier.map(|earlier| {
            let url = format!("{base_url}/{language}/story/{}", earlier.story_id);
            (in_language(&earlier.headline, language), url)
        }),
    })
}

fn lang(says: &[(String, String)]) -> &'static str {
    let text: String = says.iter().map(|(_, text)| text.as_str()).collect();
    let n_han = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    if n_han * 5 > text.chars().count() { "zh-CN" } else { "en" }
}

/// Five names, and how many more.
fn authors(names: &[String], language: Language) -> String {
    let shown: Vec<String> = names.iter().take(5).map(|name| plain(name)).collect();
    let all = shown.join(if language == Language::En { ", " } else { "、" });
    match (names.len().saturating_sub(5), language) {
        (0, _) => all,
        (more, Language::En) => format!("{all} and {more} more"),
        (more, Language::Zh) => format!("{all} 等 {} 人", more + 5),
    }
}

fn in_language(headline: &BTreeMap<Language, String>, language: Language) -> String {
    headline.get(&language).or_else(|| headline.values().next()).map(|text| plain(text)).unwrap_or_default()
}

/// One line, without what steers a terminal or turns text around.
fn plain(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    let clean: String = text.chars().map(|c| if is_odd(c) { ' ' } else { c }).collect();
    let mut line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    // A mail has places for a reader's own links; no fetched text may look like one.
    while line.contains("%%") {
        line = line.replace("%%", "%");
    }
    line
}

/// The address if a reader may be sent there.
fn web_address(url: &str) -> Option<String> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_clean = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '"' | '<' | '>');
    (is_web && url.chars().all(is_clean)).then(|| url.replace("%%", "%25%25"))
}
