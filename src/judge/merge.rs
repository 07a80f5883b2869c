//! The model's answer into the rules' verdict: a claim counts with its quote, a sentence with its facts.

use super::answer::{Answer, Claim, Said, Words};
use super::ground::Sources;
use super::score::Scale;
use super::{compare, lexicon, orders, score, sentences};
use crate::model::{Lane, Language, ScorePart, SourceKind, Story, StoryItem, Summary, Verdict};

/// Longest headline of a model, in characters.
const MAX_HEADLINE: usize = 160;
/// Longest sentence of a model, in characters; most sentences for each question of the summary.
const MAX_SENTENCE: usize = 400;
const MAX_SENTENCES: usize = 2;
/// Flags that a model sets: by reading, and by comparing.
const READ: [&str; 7] =
    ["vendor-claim", "artifact", "independent", "future", "anonymous", "sensational", compare::FLAG];

/// Judges by both: the rules' counts stay, what can be read is the model's, held against the articles.
pub fn merge(story: &Story, rules: Verdict, answer: &Answer, by: (&str, &Scale)) -> Verdict {
    let (story, _) = orders::without(story.clone());
    let (model, scale) = by;
    let sources = Sources::of(&story);
    let mut verdict = Verdict { judge: model.to_owned(), ..rules };
    words(&mut verdict, answer, &sources);
    verdict.parts = parts(&verdict.parts, answer, &Readings::of(&story), scale);
    let said = answer.claims.iter().take(3).filter(|said| sources.quotes(&said.quote));
    let claim = |said: &Said| crate::model::Claim {
        by: if ["maker", "independent", "unnamed"].contains(&said.by.as_str()) {
            said.by.clone()
        } else {
            "press".to_owned()
        },
        quote: said.quote.trim().to_owned(),
    };
    let claims: Vec<crate::model::Claim> = said.map(claim).collect();
    if !claims.is_empty() {
        verdict.claims = claims;
    }
    verdict.score = score::sum(&verdict.parts);
    verdict.rumour = verdict.rumour || (has(&verdict.parts, "anonymous") && !has(&verdict.parts, "primary"));
    let fixed = story.items.iter().any(|item| matches!(item.kind, SourceKind::Arxiv | SourceKind::Github));
    let read = answer.lane.filter(|lane| *lane != Lane::Funding);
    if let Some(lane) = read.filter(|_| !fixed && verdict.funding.is_none()) {
        verdict.lane = lane;
    }
    // A "no" has no words that could show it: against a headline that speaks of AI it does not count.
    let says_so = story.items.iter().any(|item| lexicon::find(&lexicon::ABOUT_AI, &item.title).is_some());
    let on_topic = verdict.dropped.as_deref() != Some("off-topic") && (answer.about_ai || says_so);
    let situation = score::Situation { on_topic, rumour: verdict.rumour, n_owners: story.owners.len() };
    verdict.dropped = score::dropped(&verdict.parts, situation).map(str::to_owned);
    verdict
}

/// What a model has read, beside what the rules say now: its words and its flags stay, and all weighs as it does now.
pub fn renew(read: Verdict, rules: Verdict, n_owners: usize, scale: &Scale) -> Verdict {
    let is_model_s = |part: &&ScorePart| READ.contains(&part.flag.as_str()) && !has(&rules.parts, &part.flag);
    let kept = read.parts.iter().filter(is_model_s);
    let mut kept: Vec<ScorePart> = kept
        .map(|part| score::part(&part.flag, f32::from(u8::from(part.points != 0.0)), &part.quote))
        .collect();
    scale.weigh(&mut kept);
    let mut parts = rules.parts.clone();
    parts.extend(kept);
    if has(&parts, "artifact") {
        parts.retain(|part| part.flag != "no-artifact");
    }
    let rumour = rules.rumour || (has(&parts, "anonymous") && !has(&parts, "primary"));
    let on_topic = [&rules, &read].iter().all(|verdict| verdict.dropped.as_deref() != Some("off-topic"));
    let situation = score::Situation { on_topic, rumour, n_owners };
    Verdict {
        score: score::sum(&parts),
        dropped: score::dropped(&parts, situation).map(str::to_owned),
        parts,
        rumour,
        focus: rules.focus,
        entities: rules.entities,
        dates: rules.dates,
        versions: rules.versions,
        funding: rules.funding,
        artifacts: rules.artifacts,
        ..read
    }
}

/// Headlines and summaries whose every fact stands in the articles replace the extracts.
fn words(verdict: &mut Verdict, answer: &Answer, sources: &Sources) {
    for (language, words) in [(Language::En, &answer.en), (Language::Zh, &answer.zh)] {
        let headline = words.headline.trim();
        let fits =
            !headline.is_empty() && headline.chars().count() <= MAX_HEADLINE && is_in(language, headline);
        if fits && sources.hold(headline).missing == 0 {
            verdict.headline.insert(language, headline.to_owned());
        }
        let Words { happened, new, matters, .. } = words;
        let roles = [happened, new, matters].map(|text| held(verdict, language, text, sources));
        // Nothing left of what happened: the publisher's own sentence stays, marked as such.
        if roles[0].is_empty() {
            continue;
        }
        let glue = if language == Language::Zh { "" } else { " " };
        let told: Vec<&str> = roles.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        let long = told.join(glue);
        // What the articles leave open is counted by rules.
        let unknown = verdict.summary.remove(&language).map(|summary| summary.unknown).unwrap_or_default();
        let [happened, new, matters] = roles;
        let summary =
            Summary { short: happened.clone(), long, extracted: false, happened, new, matters, unknown };
        verdict.summary.insert(language, summary);
    }
}

/// The sentences of `text` whose every fact stands in the articles; the others are counted.
fn held(verdict: &mut Verdict, language: Language, text: &str, sources: &Sources) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for sentence in sentences::split(text) {
        let held = sources.hold(sentence);
        verdict.facts_checked += held.checked;
        if held.missing > 0 || !is_in(language, sentence) {
            verdict.sentences_withheld += 1;
        } else if sentence.chars().count() <= MAX_SENTENCE {
            kept.push(sentence);
        }
    }
    kept.truncate(MAX_SENTENCES);
    kept.join(if language == Language::Zh { "" } else { " " })
}

/// Asked for Chinese, small models write English, and the other way round.
fn is_in(language: Language, text: &str) -> bool {
    let n_han = text.chars().filter(|c| sentences::is_han(*c)).count();
    match language {
        Language::Zh => n_han >= 4,
        Language::En => n_han * 10 <= text.chars().count(),
    }
}

/// Where a quote must stand.
struct Readings {
    all: Sources,
    titles: Sources,
}

impl Readings {
    fn of(story: &Story) -> Self {
        let bare = |item: &StoryItem| StoryItem { text: String::new(), ..item.clone() };
        let titles = Story { items: story.items.iter().map(bare).collect(), ..story.clone() };
        Self { all: Sources::of(story), titles: Sources::of(&titles) }
    }
}

/// The flags that reading decides: the model's, each with a quote that stands in the articles; else the rules'.
fn parts(rules: &[ScorePart], answer: &Answer, readings: &Readings, scale: &Scale) -> Vec<ScorePart> {
    let read: [(&str, &Claim); 6] = [
        ("vendor-claim", &answer.vendor_claim),
        ("artifact", &answer.artifact),
        ("independent", &answer.independent),
        ("future", &answer.future),
        ("anonymous", &answer.anonymous),
        ("sensational", &answer.sensational),
    ];
    let mut parts = rules.to_vec();
    for (flag, claim) in read {
        // A shout is a matter of headlines.
        let place = if flag == "sensational" { &readings.titles } else { &readings.all };
        if claim.holds && !has(&parts, flag) && place.quotes(&claim.quote) {
            let mut part = [score::part(flag, 1.0, claim.quote.trim())];
            scale.weigh(&mut part);
            parts.extend(part);
        }
    }
    if has(&parts, "artifact") {
        parts.retain(|part| part.flag != "no-artifact");
    }
    parts
}

fn has(parts: &[ScorePart], flag: &str) -> bool {
    parts.iter().any(|part| part.flag == flag)
}
