//! The model's answer into the rules' verdict: a claim counts with its quote, a sentence with its facts.

use super::answer::{Answer, Claim};
use super::ground::Sources;
use super::{score, sentences};
use crate::model::{Lane, Language, ScorePart, SourceKind, Story, Summary, Verdict};

/// Longest headline of a model, in characters.
const MAX_HEADLINE: usize = 160;

/// Judges by both: the rules' counts stay, what can be read is the model's, held against the articles.
pub fn merge(story: &Story, rules: Verdict, answer: &Answer, model: &str) -> Verdict {
    let sources = Sources::of(story);
    let mut verdict = Verdict { judge: model.to_owned(), ..rules };
    words(&mut verdict, answer, &sources);
    verdict.parts = parts(&verdict.parts, answer, &sources);
    verdict.score = score::sum(&verdict.parts);
    verdict.rumour = verdict.rumour || (has(&verdict.parts, "anonymous") && !has(&verdict.parts, "primary"));
    let fixed = story.items.iter().any(|item| matches!(item.kind, SourceKind::Arxiv | SourceKind::Github));
    if !fixed && verdict.funding.is_none() && answer.lane != Lane::Funding {
        verdict.lane = answer.lane;
    }
    let on_topic = verdict.dropped.as_deref() != Some("off-topic") && answer.about_ai;
    let situation = score::Situation { on_topic, rumour: verdict.rumour, n_owners: story.owners.len() };
    verdict.dropped = score::dropped(&verdict.parts, situation).map(str::to_owned);
    verdict
}

/// Headlines and summaries whose every fact stands in the articles replace the extracts.
fn words(verdict: &mut Verdict, answer: &Answer, sources: &Sources) {
    for (language, headline, summary) in [
        (Language::En, &answer.headline_en, &answer.summary_en),
        (Language::Zh, &answer.headline_zh, &answer.summary_zh),
    ] {
        let headline = headline.trim();
        let fits =
            !headline.is_empty() && headline.chars().count() <= MAX_HEADLINE && is_in(language, headline);
        if fits && sources.hold(headline).missing == 0 {
            verdict.headline.insert(language, headline.to_owned());
        }
        let mut kept = Vec::new();
        for sentence in sentences::split(summary) {
            let held = sources.hold(sentence);
            verdict.facts_checked += held.checked;
            if held.missing > 0 || !is_in(language, sentence) {
                verdict.sentences_withheld += 1;
            } else {
                kept.push(sentence);
            }
        }
        // Nothing left: the publisher's own sentence stays, marked as such.
        if let Some(first) = kept.first() {
            let glue = if language == Language::Zh { "" } else { " " };
            let summary = Summary { short: (*first).to_owned(), long: kept.join(glue), extracted: false };
            verdict.summary.insert(language, summary);
        }
    }
}

/// Asked for Chinese, small models write English, and the other way round.
fn is_in(language: Language, text: &str) -> bool {
    let n_han = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    match language {
        Language::Zh => n_han >= 4,
        Language::En => n_han * 10 <= text.chars().count(),
    }
}

/// The flags that reading decides: the model's, each with a quote that stands in the articles; else the rules'.
fn parts(rules: &[ScorePart], answer: &Answer, sources: &Sources) -> Vec<ScorePart> {
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
        if claim.holds && !has(&parts, flag) && sources.quotes(&claim.quote) {
            parts.push(score::part(flag, 1.0, claim.quote.trim()));
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
