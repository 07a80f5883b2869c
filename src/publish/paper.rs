//! Which paper a programmer should read this month, with the reasons: they are stored, shown, and add up.

use std::collections::BTreeMap;

use crate::edition;
use crate::model::{Candidate, IssueStory, Lane, ScorePart, Story, StoryId, Verdict};

/// Papers whose abstracts are read: the best by the judge's score.
const SHORTLIST: usize = 60;

/// Runners-up that are named beside the paper.
const RUNNERS_UP: usize = 5;

/// Abstracts of this many characters say enough and are read to the end.
const READABLE: std::ops::RangeInclusive<usize> = 400..=2400;

/// Most points for others telling about the paper.
const MOST_FOR_OTHERS: f32 = 4.0;

/// Words that say that there is something to run.
const CODE: [&str; 9] = [
    "github.com/",
    "gitlab.com/",
    "huggingface.co/",
    "code is available",
    "code are available",
    "open-source",
    "open source",
    "开源",
    "代码",
];

/// A paper with its points.
#[derive(Debug, PartialEq)]
pub struct Ranked {
    /// The story that tells it.
    pub id: StoryId,
    /// Sum of the reasons.
    pub points: f32,
    /// Why, each with its words.
    pub reasons: Vec<ScorePart>,
}

/// The papers worth a closer look, best score first; empty if the month brought none.
pub fn shortlist(candidates: &[Candidate]) -> Vec<StoryId> {
    let mut papers: Vec<_> =
        candidates.iter().filter_map(|candidate| Some((eligible(candidate)?, candidate))).collect();
    papers.sort_by(|(score_a, a), (score_b, b)| {
        score_b.total_cmp(score_a).then(b.n_owners.cmp(&a.n_owners)).then(a.id.cmp(&b.id))
    });
    papers.into_iter().take(SHORTLIST).map(|(_, candidate)| candidate.id).collect()
}

/// The papers of the month, and those that were screened out, by reason.
pub fn count(candidates: &[Candidate]) -> (i64, BTreeMap<String, i64>) {
    let mut dropped: BTreeMap<String, i64> = BTreeMap::new();
    let papers = candidates.iter().filter(|candidate| is_paper(candidate));
    let reasons = papers.clone().filter_map(|candidate| candidate.judged.as_ref()?.dropped.clone());
    reasons.for_each(|reason| *dropped.entry(reason).or_default() += 1);
    (i64::try_from(papers.count()).unwrap_or(i64::MAX), dropped)
}

/// Freezes a paper: its own page leads, what others write about it follows.
pub fn story(story: &Story, verdict: Verdict) -> IssueStory {
    let mut frozen = edition::freeze(story, verdict);
    frozen.links.sort_by_key(|link| !is_paper_url(&link.url));
    frozen
}

fn is_paper(candidate: &Candidate) -> bool {
    candidate.paper && candidate.judged.as_ref().is_some_and(|judged| judged.lane == Lane::Research)
}

/// The paper first, then the runners-up.
pub fn rank(stories: &[(Story, Verdict)]) -> Vec<Ranked> {
    let mut ranked: Vec<_> =
        stories.iter().map(|(story, verdict)| (weigh(story, verdict), story.owners.len())).collect();
    ranked.sort_by(|(a, a_owners), (b, b_owners)| {
        b.points.total_cmp(&a.points).then(b_owners.cmp(a_owners)).then(a.id.cmp(&b.id))
    });
    ranked.into_iter().take(1 + RUNNERS_UP).map(|(paper, _)| paper).collect()
}

/// Whether `url` leads to a paper rather than to somebody's words about it.
fn is_paper_url(url: &str) -> bool {
    const HOSTS: [&str; 4] = ["arxiv.org", "openreview.net", "aclanthology.org", "proceedings.mlr.press"];
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    HOSTS.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|sub| sub.ends_with('.')))
}

fn eligible(candidate: &Candidate) -> Option<f32> {
    let judged = candidate.judged.as_ref().filter(|judged| judged.dropped.is_none())?;
    is_paper(candidate).then_some(judged.score)
}

fn weigh(story: &Story, verdict: &Verdict) -> Ranked {
    let text = abstract_of(story);
    let sentences = sentences(text);
    let first = |test: fn(&str) -> bool| sentences.iter().find(|sentence| test(sentence)).copied();
    let mut reasons =
        vec![part("evidence", (verdict.score * 0.5).clamp(0.0, 5.0), &format!("{:.1}", verdict.score))];
    if let Some(sentence) = first(names_code) {
        reasons.push(part("code", 3.0, sentence));
    }
    if let Some(sentence) = first(has_measure) {
        reasons.push(part("numbers", 2.0, sentence));
    }
    if !verdict.focus.is_empty() {
        let names: Vec<_> = verdict.focus.iter().map(|focus| focus.as_str()).collect();
        reasons.push(part("focus", 1.5, &names.join(" ")));
    }
    let n_chars = text.chars().count();
    if READABLE.contains(&n_chars) && !is_formula_heavy(text) {
        reasons.push(part("readable", 1.0, &n_chars.to_string()));
    }
    let n_others = story.owners.len().saturating_sub(1);
    if n_others > 0 {
        let points = (1.5 * n_others as f32).min(MOST_FOR_OTHERS);
        reasons.push(part("corroborated", points, &n_others.to_string()));
    }
    reasons.retain(|reason| reason.points > 0.0);
    Ranked { id: story.id, points: reasons.iter().map(|reason| reason.points).sum(), reasons }
}

fn part(flag: &str, points: f32, quote: &str) -> ScorePart {
    ScorePart { flag: flag.to_owned(), points, quote: quote.trim().to_owned() }
}

/// The paper's own words, not those of a blog about it.
fn abstract_of(story: &Story) -> &str {
    let own = story.items.iter().find(|item| is_paper_url(&item.link)).or(story.items.first());
    own.map(|item| item.text.as_str()).unwrap_or_default()
}

/// Parts that end with a full stop and a space, or with 。！？
fn sentences(text: &str) -> Vec<&str> {
    let ends = |(at, c): (usize, char)| match c {
        '。' | '！' | '？' | '\n' => Some(at + c.len_utf8()),
        '.' | '!' | '?' if text[at + 1..].starts_with([' ', '\n']) => Some(at + 1),
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

fn names_code(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    CODE.iter().any(|word| lower.contains(word))
}

/// "37%", "2.5×", "3x", "3倍": a figure against something.
fn has_measure(sentence: &str) -> bool {
    sentence.char_indices().any(|(at, c)| {
        let rest = sentence[at + c.len_utf8()..].trim_start();
        let is_times = rest.starts_with('x') && !rest[1..].starts_with(char::is_alphanumeric);
        c.is_ascii_digit() && (is_times || rest.starts_with(['%', '×', '倍']) || rest.starts_with("\\%"))
    })
}

/// More than one LaTeX mark in a hundred characters.
fn is_formula_heavy(text: &str) -> bool {
    let n_marks = text.chars().filter(|c| matches!(c, '$' | '\\' | '^' | '_')).count();
    n_marks * 100 > text.chars().count()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::{Focus, ItemId, Language, SourceKind, StoryItem, Tier};
    use crate::model::{Judged, VerdictId};

    const PLAIN: &str = "We study a thing that many people study and say at length what is known about it. ";

    fn candidate(id: i64, score: f32) -> Candidate {
        Candidate {
            id: StoryId(id),
            owner: "arXiv".into(),
            n_owners: 1,
            n_items: 1,
            source: "arxiv".into(),
            release_line: None,
            follows: None,
            paper: true,
            judged: Some(Judged {
                id: VerdictId(id),
                lane: Lane::Research,
                focus: Vec::new(),
                rumour: false,
                score,
                dropped: None,
            }),
        }
    }

    fn told(id: i64, links: &[(&str, &str)], focus: Vec<Focus>) -> (Story, Verdict) {
        let item = |(n, (link, text)): (usize, &(&str, &str))| StoryItem {
            item_id: ItemId(n as i64),
            link: (*link).into(),
            title: "title".into(),
            text: (*text).into(),
            language: Language::En.into(),
            source: format!("source {n}"),
            source_slug: format!("source-{n}"),
            owner: format!("owner {n}"),
            tier: Tier::Primary,
            kind: SourceKind::Feed,
            lane: Lane::Research,
            published_at: DateTime::UNIX_EPOCH,
            reason: String::new(),
            links: Vec::new(),
        };
        let story = Story {
            id: StoryId(id),
            title: "title".into(),
            language: Language::En.into(),
            lane: Lane::Research,
            happened_at: DateTime::UNIX_EPOCH,
            items: links.iter().enumerate().map(item).collect(),
            owners: (0..links.len()).map(|n| format!("owner {n}")).collect(),
        };
        (story, verdict(id, focus))
    }

    fn verdict(id: i64, focus: Vec<Focus>) -> Verdict {
        Verdict {
            story_id: StoryId(id),
            judge: "rules".into(),
            headline: BTreeMap::new(),
            summary: BTreeMap::new(),
            lane: Lane::Research,
            focus,
            entities: Vec::new(),
            dates: Vec::new(),
            versions: Vec::new(),
            funding: None,
            artifacts: Vec::new(),
            claims: Vec::new(),
            rumour: false,
            score: 4.0,
            parts: Vec::new(),
            dropped: None,
            facts_checked: 0,
            sentences_withheld: 0,
            tokens: 0,
            unscored: None,
        }
    }

    fn flags(paper: &Ranked) -> Vec<&str> {
        paper.reasons.iter().map(|reason| reason.flag.as_str()).collect()
    }

    #[test]
    fn only_research_that_passed_the_judge_and_is_a_paper_is_read() {
        let blog = Candidate { paper: false, ..candidate(1, 9.0) };
        let mut hype = candidate(2, 9.0);
        hype.judged.as_mut().unwrap().dropped = Some("hype".into());
        let mut product = candidate(3, 9.0);
        product.judged.as_mut().unwrap().lane = Lane::Company;
        let waiting = Candidate { judged: None, ..candidate(4, 9.0) };
        let candidates = [blog, hype, product, waiting, candidate(5, 1.0), candidate(6, 2.0)];
        assert_eq!(shortlist(&candidates), [StoryId(6), StoryId(5)]);
        assert_eq!(count(&candidates), (3, [("hype".to_owned(), 1)].into()));
    }

    #[test]
    fn code_figures_and_other_voices_beat_a_bare_abstract() {
        let bare = told(1, &[("https://arxiv.org/abs/1", &PLAIN.repeat(6))], Vec::new());
        let text = format!("{} It is 2.5x faster. The code is at https://github.com/a/b.", PLAIN.repeat(6));
        let links = [("https://arxiv.org/abs/2", text.as_str()), ("https://blog.example/", "Others agree.")];
        let strong = told(2, &links, vec![Focus::Efficiency]);
        let ranked = rank(&[bare, strong]);
        assert_eq!(ranked[0].id, StoryId(2));
        assert_eq!(flags(&ranked[0]), ["evidence", "code", "numbers", "focus", "readable", "corroborated"]);
        assert_eq!(ranked[0].reasons[2].quote, "It is 2.5x faster.");
        assert_eq!(flags(&ranked[1]), ["evidence", "readable"]);
        let sum: f32 = ranked[0].reasons.iter().map(|reason| reason.points).sum();
        assert_eq!(ranked[0].points, sum, "the reasons add up");
    }

    #[test]
    fn a_blog_cannot_speak_for_the_paper() {
        let links = [
            ("https://blog.example/", "The code is on github.com/x/y."),
            ("https://arxiv.org/abs/1", "We prove it."),
        ];
        let story = told(1, &links, Vec::new());
        assert_eq!(flags(&rank(std::slice::from_ref(&story))[0]), ["evidence", "corroborated"]);
        let frozen = super::story(&story.0, story.1);
        assert_eq!(frozen.links[0].url, "https://arxiv.org/abs/1", "the paper leads");
    }

    #[test]
    fn equal_papers_are_ordered_by_age() {
        let stories: Vec<_> =
            (1..=9).rev().map(|id| told(id, &[("https://arxiv.org/abs/1", PLAIN)], Vec::new())).collect();
        let ids: Vec<_> = rank(&stories).iter().map(|paper| paper.id.0).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_measure_is_a_figure_against_something() {
        for yes in
            ["saves 37% of it", "37 % less", "2.5× faster", "3x", "runs 3x faster", "提升3倍", "37\\% less"]
        {
            assert!(has_measure(yes), "{yes}");
        }
        for no in ["2026", "GPT-4", "4xyz", "x86", "version 3.5", ""] {
            assert!(!has_measure(no), "{no}");
        }
    }

    #[test]
    fn only_the_host_makes_a_paper() {
        assert!(is_paper_url("https://arxiv.org/abs/1") && is_paper_url("http://export.arxiv.org/abs/1"));
        assert!(
            !is_paper_url("https://blog.example/arxiv.org/") && !is_paper_url("https://notarxiv.org/abs/1")
        );
    }
}
