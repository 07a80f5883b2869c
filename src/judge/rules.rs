//! The judgement by rules: always there, instant, the same every time, and unable to invent anything.

use std::collections::BTreeMap;

use super::classify::news;
use super::score::Scale;
use super::{
    artifacts, claims, denial, entities, funding, hype, lane, lexicon, orders, score, sentences, summary,
    unknown,
};
use crate::model::{
    Artifact, Focus, Funding, Lane, Language, ScorePart, SourceKind, Story, StoryItem, Summary, Tier, Verdict,
};

/// Name of this judge.
pub const NAME: &str = "rules";

/// So much of a text is searched for flags, in characters.
const READ: usize = 6_000;
/// Longest quote, in characters.
pub(super) const MAX_QUOTE: usize = 200;
/// Log-odds from which a headline alone makes a rumour.
const SURE: f32 = 0.5;

/// Judges a story; `scale` is what its flags weigh. Paragraphs that give orders to their reader are not read.
pub fn judge(story: &Story, scale: &Scale) -> Verdict {
    let (cleaned, order) = orders::without(story.clone());
    // Prompts that an article shows are left out and do not make it thin.
    let shows_prompts =
        order.is_none() && cleaned.items.iter().zip(&story.items).any(|(a, b)| a.text != b.text);
    let story = &cleaned;
    let reading = Reading::new(story);
    let funding = story.items.iter().find_map(|item| funding::find(&item.title, &item.text));
    let rumour = reading.is_rumour(funding.as_ref());
    let artifacts = artifacts::find(story);
    let (focus, mut parts) = evidence(&reading, artifacts.first());
    parts.extend(hype::flags(&reading, &parts));
    parts.retain(|part| part.flag != "thin" || !shows_prompts);
    parts.extend(order.map(|order| score::part("injection", 1.0, &order)));
    scale.weigh(&mut parts);
    let situation = score::Situation { on_topic: reading.on_topic(), rumour, n_owners: story.owners.len() };
    let lane = lane::of(story, funding.as_ref(), &artifacts);
    let (headline, summary) = words(story, &open_questions(story, lane, funding.as_ref()));
    let stated = entities::read(story, funding.as_ref());
    Verdict {
        story_id: story.id,
        judge: NAME.to_owned(),
        headline,
        summary,
        lane,
        focus,
        entities: stated.entities,
        dates: stated.dates,
        versions: stated.versions,
        funding,
        artifacts,
        claims: claims::find(story),
        rumour,
        score: score::sum(&parts),
        dropped: score::dropped(&parts, situation).map(str::to_owned),
        parts,
        facts_checked: 0,
        sentences_withheld: 0,
        tokens: 0,
        unscored: None,
    }
}

/// A story as the rules read it.
pub(super) struct Reading<'a> {
    pub story: &'a Story,
    pub lead: &'a str,
    /// Title and head of the text of each item.
    pub texts: Vec<String>,
}

impl<'a> Reading<'a> {
    pub fn new(story: &'a Story) -> Self {
        let head = |item: &StoryItem| {
            format!("{}\n{}", item.title, item.text.chars().take(READ).collect::<String>())
        };
        let lead = story.items.first().map_or(story.title.as_str(), |item| item.title.as_str());
        Self { story, lead, texts: story.items.iter().map(head).collect() }
    }

    /// The sentence around the first match in any item, verbatim.
    pub fn quote(&self, pattern: &lexicon::Pattern) -> Option<String> {
        self.quote_where(&|sentence| lexicon::find(pattern, sentence).is_some())
    }

    /// The first sentence of any item for which `holds`, verbatim.
    pub fn quote_where(&self, holds: &dyn Fn(&str) -> bool) -> Option<String> {
        self.texts.iter().find_map(|text| quote_in(text, holds))
    }

    fn has_tier(&self, tier: Tier) -> bool {
        self.story.items.iter().any(|item| item.tier == tier)
    }

    /// A primary source of the catalogue is about AI by being there; anybody else must say so, in the headline or as
    /// often as the length of the text makes likely: a passing mention does not make a long text one about AI.
    fn on_topic(&self) -> bool {
        let says = |text: &String| {
            let wanted = (1 + text.chars().count() / 600).min(3);
            lexicon::count(&lexicon::ABOUT_AI, text, wanted) >= wanted
        };
        let titles =
            self.story.items.iter().any(|item| lexicon::find(&lexicon::ABOUT_AI, &item.title).is_some());
        titles || self.has_tier(Tier::Primary) || self.texts.iter().any(says)
    }

    /// Nobody whom it concerns has said it, and those who tell it have it from hearsay.
    fn is_rumour(&self, funding: Option<&Funding>) -> bool {
        let twice = |text: &String| {
            let heard = sentences::split(text).into_iter().filter(|sentence| denial::is_hearsay(sentence));
            heard.map(|sentence| lexicon::count(&lexicon::ANONYMOUS, sentence, 2)).sum::<usize>() >= 2
        };
        let heard =
            denial::is_hearsay(self.lead) || self.texts.iter().all(twice) || self.sounds_like_hearsay();
        !self.has_tier(Tier::Primary) && (heard || funding.is_some_and(|funding| !funding.announced))
    }

    /// Chinese headlines alone: the editor from whom it was learnt writes in Chinese.
    fn sounds_like_hearsay(&self) -> bool {
        let sounds = |item: &StoryItem| {
            item.language.reader() == Some(Language::Zh) && news::read(&item.title, &item.link).rumour > SURE
        };
        !self.story.items.is_empty() && self.story.items.iter().all(sounds)
    }
}

fn evidence(reading: &Reading<'_>, touch: Option<&Artifact>) -> (Vec<Focus>, Vec<ScorePart>) {
    let story = reading.story;
    let mut parts = Vec::new();
    if reading.has_tier(Tier::Primary) {
        parts.push(score::part("primary", 1.0, ""));
    }
    let is_artifact = |item: &StoryItem| matches!(item.kind, SourceKind::Arxiv | SourceKind::Github);
    // By the words of who offers it or the link to it: that a paper is mentioned is no paper.
    let shown = |artifact: &Artifact| match &artifact.link {
        Some(link) if artifact.quote.is_empty() => link.clone(),
        _ => artifact.quote.clone(),
    };
    let itself = story.items.iter().find(|item| is_artifact(item));
    let quote = itself.map(|item| summary::cut(&item.title, MAX_QUOTE)).or_else(|| touch.map(shown));
    parts.extend(quote.map(|quote| score::part("artifact", 1.0, &quote)));
    let n_further = story.owners.len().saturating_sub(1).min(3);
    if n_further > 0 {
        parts.push(score::part("corroborated", n_further as f32, ""));
    }
    // A number that stands in the headline alone shows nothing.
    let lost = hype::lost_number(reading);
    for (flag, pattern) in [
        ("numbers", &lexicon::MEASURED),
        ("benchmark", &lexicon::BENCHMARK),
        ("independent", &lexicon::INDEPENDENT),
    ] {
        let quote = reading.quote_where(&|sentence| {
            lexicon::find(pattern, sentence).is_some()
                && !lost.is_some_and(|number| sentence.contains(number))
        });
        parts.extend(quote.map(|quote| score::part(flag, 1.0, &quote)));
    }
    let mut focus = Vec::new();
    for (question, pattern) in lexicon::FOCUS.iter() {
        let found =
            reading.texts.iter().find_map(|text| quote_in(text, |sentence| pattern.is_match(sentence)));
        if let Some(quote) = found.filter(|_| is_central(pattern, reading)) {
            if focus.len() < 2 {
                parts.push(score::part("focus", 1.0, &quote));
            }
            focus.push(*question);
        }
    }
    if lexicon::find(&lexicon::BIG, reading.lead).is_some() {
        parts.push(score::part("big-company", 1.0, &summary::cut(reading.lead, MAX_QUOTE)));
    }
    (focus, parts)
}

/// In a headline, or more than once in a text: a passing word is no theme.
fn is_central(pattern: &regex::Regex, reading: &Reading<'_>) -> bool {
    let in_title = reading.story.items.iter().any(|item| pattern.is_match(&item.title));
    in_title || reading.texts.iter().any(|text| pattern.find_iter(text).take(2).count() >= 2)
}

/// The first sentence of `text` for which `holds`, verbatim up to its length.
fn quote_in(text: &str, holds: impl Fn(&str) -> bool) -> Option<String> {
    let sentence = sentences::split(text).into_iter().find(|sentence| holds(sentence))?;
    Some(match sentence.char_indices().nth(MAX_QUOTE) {
        Some((at, _)) => sentence[..at].trim_end().to_owned(),
        None => sentence.to_owned(),
    })
}

/// Headline and summary for readers of each language: from an item in it, else the lead's own.
fn words(story: &Story, open: &[String]) -> (BTreeMap<Language, String>, BTreeMap<Language, Summary>) {
    let (mut headlines, mut summaries) = (BTreeMap::new(), BTreeMap::new());
    for language in Language::ALL {
        let own = story
            .items
            .iter()
            .find(|item| item.language.reader() == Some(*language) && !item.text.trim().is_empty());
        let Some(item) = own.or(story.items.first()) else { continue };
        headlines.insert(*language, headline(item));
        let summarise = if lane::is_paper(item) { summary::of_paper } else { summary::extract };
        let summary = Summary { unknown: open.to_vec(), ..summarise(&item.title, &item.text) };
        summaries.insert(*language, summary);
    }
    (headlines, summaries)
}

fn open_questions(story: &Story, lane: Lane, funding: Option<&Funding>) -> Vec<String> {
    let texts: Vec<&str> =
        story.items.iter().flat_map(|item| [item.title.as_str(), item.text.as_str()]).collect();
    unknown::unknown(lane, funding, &texts)
}

/// The title; a bare version number says nothing without whose it is.
fn headline(item: &StoryItem) -> String {
    let bare = item.title.trim_start_matches(['v', 'V']);
    let is_version =
        bare.starts_with(|c: char| c.is_ascii_digit()) && !bare.contains(' ') && bare.contains('.');
    if is_version { format!("{} {}", item.source, item.title) } else { item.title.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::hype::tests::story;

    fn flags(title: &str, text: &str) -> Vec<String> {
        let verdict = judge(&story(title, text, Tier::Press), &Scale::default());
        verdict.parts.into_iter().map(|part| part.flag).collect()
    }

    #[test]
    fn there_is_none_is_nothing_to_touch() {
        for text in [
            "The lab gave no weights, no licence and no paper.",
            "There is no paper. Code will not be released.",
            "公司表示不会开源，也没有论文。",
        ] {
            assert!(!flags("Quokka shows a new AI model", text).contains(&"artifact".to_owned()), "{text}");
        }
        let given = flags("Quokka shows a new AI model", "Its weights are available under MIT.");
        assert!(given.contains(&"artifact".to_owned()));
    }
}
