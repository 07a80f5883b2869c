//! The reading guide of a chosen paper: what it says in its own sentences, what to know first, what to read, what to try
//! and what to doubt. Nothing here is written for the paper but keys; every sentence is quoted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::choose::Placed;
use super::parts::{self, Part};
use super::signals::Paper;
use super::step;
use super::terms::{self, Term};
use super::text::{has_measure, names_code, names_hardware, names_limit, pattern, sentences};
use crate::model::{Artifact, ArtifactKind, EarlierTerm, Language, LastPick, PaperGuide, RunnerUp, StoryId};

/// Sentences that tell a paper.
const SAYS: usize = 5;
/// Longest sentence that is quoted, in characters.
const LONGEST: usize = 420;
/// Of the guide itself.
const WORDS_A_MINUTE: usize = 220;
/// Lines that every guide has, reasons among them, and words on a line.
const HEADINGS: usize = 14;
const WORDS_A_LINE: usize = 8;
/// Runners-up that are shown.
const RUNNERS_UP: usize = 5;
/// Doubts of a kind.
const LIMITS: usize = 2;

/// A story that an issue told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    /// The story.
    pub story_id: StoryId,
    /// Its headline.
    pub headline: BTreeMap<Language, String>,
}

/// What a guide is made of.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// The papers of the shortlist.
    pub papers: &'a [Paper],
    /// The shortlist, the chosen one first.
    pub placed: &'a [Placed],
    /// Papers that were weighed.
    pub n_candidates: usize,
    /// The whole text of the chosen one, if it could be had.
    pub whole: Option<&'a str>,
    /// Stories of earlier issues, the latest first.
    pub told: &'a [Told],
    /// The pick before.
    pub last: Option<&'a LastPick>,
    /// Who compared.
    pub judge: &'a str,
}

/// What reading the guide takes.
pub fn minutes(guide: &PaperGuide) -> u32 {
    let terms = guide.terms.iter().filter_map(|key| terms::by_key(key)).map(|term| term.text(Language::En));
    let said = guide.says.iter().chain(&guide.doubts).map(|(_, text)| text.as_str());
    let others = guide.runners_up.iter().take(RUNNERS_UP).flat_map(|other| [&other.title, &other.line]);
    let own = guide.figure.iter().chain(&guide.hardware).chain(others).map(String::as_str);
    let n_words: usize = terms.chain(said).chain(own).map(|text| text.split_whitespace().count()).sum();
    // Our own words: a heading, a reason, a time.
    let n_lines =
        HEADINGS + guide.sections.len() + guide.doubts.len() + guide.runners_up.len().min(RUNNERS_UP);
    u32::try_from((n_words + n_lines * WORDS_A_LINE).div_ceil(WORDS_A_MINUTE)).unwrap_or(u32::MAX)
}

/// The guide of the first on the shortlist; `None`: there is none.
pub fn guide(material: Material<'_>) -> Option<PaperGuide> {
    let first = material.placed.first()?;
    let paper = material.papers.get(first.weighed.at)?;
    let whole = material.whole.unwrap_or_default();
    let sections = parts::sections(whole);
    let terms = terms::needed(&paper.title, &paper.text);
    Some(PaperGuide {
        paper: paper.key.clone(),
        title: paper.title.clone(),
        link: paper.link.clone(),
        authors: paper.authors.clone(),
        step: step::of_text(&paper.title, &paper.text),
        says: says(paper, &sections),
        earlier: earlier(&terms, paper, material.told),
        terms: terms.iter().map(|term| term.key.to_owned()).collect(),
        sections: parts::plan(&sections),
        figure: parts::figure(whole),
        tries: tries(paper),
        hardware: hardware(paper, &sections),
        doubts: doubts(paper, &sections),
        runners_up: material.placed[1..]
            .iter()
            .filter_map(|placed| runner_up(material.papers.get(placed.weighed.at)?, placed))
            .collect(),
        last: material.last.cloned(),
        n_won: first.n_won,
        n_candidates: material.n_candidates,
        n_short: material.placed.len(),
        judge: material.judge.to_owned(),
    })
}

/// Up to five sentences in the paper's own order, each with its role: problem, idea, how, result, offer, limit.
fn says(paper: &Paper, sections: &[Part<'_>]) -> Vec<(String, String)> {
    let own: Vec<&str> =
        sentences(&paper.text).into_iter().filter(|text| text.chars().count() <= LONGEST).collect();
    let begins = pattern(
        r"(?i)^(?:in this (?:paper|work|report),? )?(?:we|this (?:paper|work|report)|our|here,? we)\b",
    );
    let idea = own.iter().position(|text| begins.is_match(text)).unwrap_or_default();
    let result = own.iter().rposition(|text| has_measure(text)).filter(|at| *at != idea);
    let mut says: Vec<(usize, &str, &str)> = Vec::new();
    for (at, text) in own.iter().enumerate() {
        let role = match at {
            at if at == idea => "idea",
            at if Some(at) == result => "result",
            at if at < idea => "problem",
            _ if names_code(text) && at + 1 == own.len() => "offer",
            _ if names_limit(text) => "limit",
            _ if has_measure(text) => "result",
            _ => "how",
        };
        says.push((at, role, text));
    }
    let more = limits(sections).chain(conclusions(sections));
    let more = more.filter(|(_, text)| !own.contains(text));
    says.extend(more.enumerate().map(|(n, (role, text))| (own.len() + n, role, text)));
    shorten(says).into_iter().map(|(role, text)| (role.to_owned(), text.to_owned())).collect()
}

/// Of each role the first, then what is left in order, until there are five; told in the paper's order.
fn shorten<'a>(says: Vec<(usize, &'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    let mut kept: Vec<(usize, &str, &str)> = Vec::new();
    for role in ["idea", "result", "problem", "limit", "how", "offer"] {
        kept.extend(says.iter().find(|(_, own, _)| *own == role).copied());
    }
    kept.truncate(SAYS);
    for one in &says {
        if kept.len() < SAYS && !kept.iter().any(|(at, ..)| *at == one.0) {
            kept.push(*one);
        }
    }
    kept.sort_by_key(|(at, ..)| *at);
    kept.into_iter().map(|(_, role, text)| (role, text)).collect()
}

fn limits<'a>(sections: &'a [Part<'a>]) -> impl Iterator<Item = (&'static str, &'a str)> {
    let told = sections.iter().filter(|part| part.kind == "limits").flat_map(|part| &part.text);
    let told = told.flat_map(|text| sentences(text)).filter(|text| is_quotable(text) && names_limit(text));
    told.map(|text| ("limit", text))
}

fn conclusions<'a>(sections: &'a [Part<'a>]) -> impl Iterator<Item = (&'static str, &'a str)> {
    let told = sections.iter().filter(|part| part.kind == "limits" || part.kind == "evidence");
    let told = told.flat_map(|part| &part.text).flat_map(|text| sentences(text));
    told.filter(|text| is_quotable(text) && has_measure(text)).map(|text| ("result", text))
}

/// A whole sentence, not a row of a table or a caption.
fn is_quotable(text: &str) -> bool {
    let n = text.chars().count();
    let ends = text.ends_with(['.', '。', '!', '！']);
    (30..=LONGEST).contains(&n)
        && ends
        && !text.contains(" | ")
        && !text.starts_with(['F', 'T']) | !text.contains(':')
}

/// For each term the latest story that has it in its headline; no story twice, and not the paper itself.
fn earlier(terms: &[&'static Term], paper: &Paper, told: &[Told]) -> Vec<EarlierTerm> {
    let mut found: Vec<EarlierTerm> = Vec::new();
    for term in terms {
        let speaks = |told: &&Told| {
            Some(told.story_id) != paper.story_id
                && !found.iter().any(|earlier| earlier.story_id == told.story_id)
                && told.headline.values().any(|headline| term.is_in(headline))
        };
        if let Some(story) = told.iter().find(speaks) {
            let headline = story.headline.clone();
            found.push(EarlierTerm { term: term.key.to_owned(), story_id: story.story_id, headline });
        }
    }
    found
}

/// Code and weights with their links, else the sentence that offers them.
fn tries(paper: &Paper) -> Vec<Artifact> {
    let is_own = |artifact: &&Artifact| {
        matches!(artifact.kind, ArtifactKind::Code | ArtifactKind::Weights | ArtifactKind::Api)
    };
    let mut tries: Vec<Artifact> = paper.artifacts.iter().filter(is_own).cloned().collect();
    tries.sort_by_key(|artifact| artifact.link.is_none());
    let mut seen: Vec<(ArtifactKind, bool)> = Vec::new();
    tries.retain(|artifact| {
        let is_new =
            !seen.iter().any(|(kind, linked)| *kind == artifact.kind && (*linked || artifact.link.is_none()));
        seen.push((artifact.kind, artifact.link.is_some()));
        is_new
    });
    if tries.is_empty() {
        let offer = sentences(&paper.text).into_iter().find(|text| names_code(text));
        tries.extend(offer.map(|text| Artifact {
            kind: ArtifactKind::Code,
            link: None,
            quote: text.to_owned(),
        }));
    }
    tries
}

fn hardware(paper: &Paper, sections: &[Part<'_>]) -> Option<String> {
    let own = sentences(&paper.text).into_iter();
    let told = sections.iter().filter(|part| part.kind != "skip").flat_map(|part| &part.text);
    let told = told.flat_map(|text| sentences(text)).filter(|text| is_quotable(text));
    let ran = pattern(
        r"(?i)\b(?:run|runs|ran|train|trained|training|took|takes|need|needs|require|requires|fits?|use|used|costs?|card|machine)\b",
    );
    let mut all = told.chain(own).filter(|text| names_hardware(text) && text.chars().count() <= LONGEST);
    all.find(|text| ran.is_match(text)).map(str::to_owned)
}

/// What a careful reader asks: is there code, do others say so, does it name its limits, was it reviewed.
fn doubts(paper: &Paper, sections: &[Part<'_>]) -> Vec<(String, String)> {
    let mut doubts: Vec<(String, String)> = Vec::new();
    let mut add = |key: &str, quote: &str| doubts.push((key.to_owned(), quote.to_owned()));
    let own = sentences(&paper.text).into_iter().filter(|text| names_limit(text)).map(|text| ("limit", text));
    let mut quoted: Vec<&str> = Vec::new();
    for (_, text) in limits(sections).chain(own) {
        if quoted.len() < LIMITS && !quoted.contains(&text) {
            quoted.push(text);
            add("limit", text);
        }
    }
    if quoted.is_empty() {
        add(if sections.is_empty() { "limits-unread" } else { "no-limits" }, "");
    }
    if tries(paper).is_empty() {
        add("no-code", "");
    } else if paper.artifacts.iter().all(|artifact| artifact.link.is_none()) {
        add("no-link", "");
    }
    if paper.n_others.unwrap_or_default() == 0 {
        add("own-claims", "");
    }
    if !sentences(&paper.text).iter().any(|text| has_measure(text)) {
        add("no-numbers", "");
    }
    add("preprint", "");
    doubts
}

fn runner_up(paper: &Paper, placed: &Placed) -> Option<RunnerUp> {
    let own = sentences(&paper.text);
    let line = own.iter().find(|text| has_measure(text)).or(own.first()).copied().unwrap_or_default();
    Some(RunnerUp {
        paper: paper.key.clone(),
        title: paper.title.clone(),
        link: paper.link.clone(),
        story_id: paper.story_id?,
        n_won: placed.n_won,
        reasons: placed.weighed.reasons.clone(),
        why_not: placed.outcome.to_owned(),
        line: line.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::signals::weigh;
    use crate::paper::taste::Taste;

    const WHOLE: &str = "1 Introduction\n\nServing is dear.\n\n2 Design\n\nWe trained on 8 H100 GPUs for two days.\n\n\
        Figure 1: Overview of the cache.\n\n3 Limitations\n\nThe cache fails on prompts that change every second. It is young.";

    fn paper() -> Paper {
        Paper {
            key: "2605.00001".into(),
            story_id: Some(StoryId(7)),
            title: "A KV cache that shrinks".into(),
            text: "Caches grow with every token. We present a cache that shrinks. A ring of pages forgets the oldest. \
                   Memory falls by 41% at equal quality. Code is available."
                .into(),
            authors: vec!["Ann".into()],
            ..Paper::default()
        }
    }

    fn made(whole: Option<&str>) -> PaperGuide {
        let papers = [paper()];
        let weighed = weigh(&papers, &Taste::default()).remove(0);
        let placed = [Placed { weighed, n_won: 0, outcome: "chosen" }];
        let headline = BTreeMap::from([(Language::En, "A server with a smaller KV cache".to_owned())]);
        let told = [Told { story_id: StoryId(3), headline }];
        guide(Material {
            papers: &papers,
            placed: &placed,
            n_candidates: 1,
            whole,
            told: &told,
            last: None,
            judge: "rules",
        })
        .unwrap()
    }

    #[test]
    fn five_sentences_of_its_own_with_their_roles_in_its_order() {
        let guide = made(Some(WHOLE));
        let roles: Vec<&str> = guide.says.iter().map(|(role, _)| role.as_str()).collect();
        assert_eq!(roles, ["problem", "idea", "how", "result", "limit"]);
        let all = format!("{}{WHOLE}", paper().text);
        assert!(guide.says.iter().all(|(_, text)| all.contains(text.as_str())), "verbatim");
    }

    #[test]
    fn the_guide_says_what_to_know_read_try_and_doubt() {
        let guide = made(Some(WHOLE));
        assert!(guide.terms.contains(&"kv-cache".to_owned()), "{:?}", guide.terms);
        assert_eq!(guide.earlier[0].story_id, StoryId(3));
        let titles: Vec<&str> = guide.sections.iter().map(|section| section.title.as_str()).collect();
        assert_eq!(titles, ["1 Introduction", "3 Limitations", "2 Design"]);
        assert_eq!(guide.figure.as_deref(), Some("Figure 1: Overview of the cache."));
        assert_eq!(guide.hardware.as_deref(), Some("We trained on 8 H100 GPUs for two days."));
        let keys: Vec<&str> = guide.doubts.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["limit", "no-link", "own-claims", "preprint"]);
    }

    #[test]
    fn without_the_whole_text_it_says_so_and_leaves_out_what_it_does_not_know() {
        let guide = made(None);
        assert!(guide.sections.is_empty() && guide.figure.is_none() && guide.hardware.is_none());
        assert_eq!(guide.doubts[0].0, "limits-unread");
        assert_eq!(guide.says.len(), 5);
    }
}
