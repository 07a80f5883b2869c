//! What a model is shown: what matters of each story's articles, cut, fenced, and counted before it is sent.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{compare, lexicon, orders, sentences};
use crate::config::{ModelSettings, SendScope};
use crate::model::{Story, StoryId, Verdict};
use crate::render::Templates;

/// The template of the question.
pub const TEMPLATE: &str = "prompts/judge.j2";

/// Most tokens of the answer about one story: two languages and their quotes.
pub const ANSWER_TOKENS: u32 = 900;

/// Tokens of the template's own words, roughly, with a schema that may have to be appended.
const FRAME_TOKENS: u32 = 900;

/// Most articles of a story that are sent.
const MAX_ITEMS: usize = 3;

/// Sentences of a lead that are always sent: news stands at the top.
const HEAD: usize = 4;

/// Marks left-out sentences.
const GAP: &str = "[…]";

/// A story as it is sent.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    /// Its number, by which the answer is known.
    pub number: StoryId,
    /// It shares a question with no other story: what it says could be meant for the reader of all of them.
    #[serde(skip)]
    pub alone: bool,
    items: Vec<Piece>,
}

#[derive(Clone, Debug, Serialize)]
struct Piece {
    source: String,
    language: String,
    title: String,
    text: String,
}

#[derive(Serialize)]
struct Data<'a> {
    numbers: String,
    stories: &'a [Sheet],
}

impl Sheet {
    /// What of a story may be sent by the settings, without orders to its reader; `rules` is its verdict by rules.
    pub fn new(settings: &ModelSettings, story: &Story, rules: &Verdict) -> Self {
        let (story, _) = orders::without(story.clone());
        let items = &story.items[..story.items.len().min(MAX_ITEMS)];
        let room = settings.story_tokens.min(room(settings));
        let extract =
            || rules.summary.values().next().map(|summary| summary.long.clone()).unwrap_or_default();
        let pieces = items.iter().enumerate().map(|(index, item)| Piece {
            source: unfence(&item.source).replace('"', "'"),
            language: item.language.as_str().to_owned(),
            title: unfence(&fit(&item.title, room / 4)),
            text: match settings.send {
                // The lead has the most to say; the others add to it.
                SendScope::Full if items.len() == 1 => unfence(&what_matters(&item.text, room, HEAD)),
                SendScope::Full if index == 0 => unfence(&what_matters(&item.text, room * 6 / 10, HEAD)),
                SendScope::Full => {
                    unfence(&what_matters(&item.text, room * 4 / 10 / (items.len() as u32 - 1), 1))
                }
                SendScope::Extract if index == 0 => unfence(&fit(&extract(), room)),
                SendScope::Extract | SendScope::Titles => String::new(),
            },
        });
        let alone = rules.parts.iter().any(|part| part.flag == "injection");
        Self { number: story.id, alone, items: pieces.collect() }
    }

    /// Tokens of question and answer about it, roughly.
    pub fn tokens(&self) -> u32 {
        let texts = self.items.iter().map(|item| estimate(&item.title) + estimate(&item.text) + 30);
        texts.sum::<u32>() + ANSWER_TOKENS
    }

    /// Hash of what is sent: the same sheet is never paid for twice.
    pub fn hash(&self) -> String {
        let number = self.number.to_string();
        let texts = self
            .items
            .iter()
            .flat_map(|item| [item.source.as_str(), item.title.as_str(), item.text.as_str()]);
        hash(std::iter::once(number.as_str()).chain(texts))
    }
}

/// Parts the sheets into questions, in their order: at most `settings.batch` each, and within the context.
pub fn batches(settings: &ModelSettings, sheets: &[Sheet]) -> Vec<std::ops::Range<usize>> {
    let room = settings.context_tokens.saturating_sub(FRAME_TOKENS);
    let (mut batches, mut start, mut tokens) = (Vec::new(), 0, 0);
    for (index, sheet) in sheets.iter().enumerate() {
        let own = sheet.tokens();
        let is_full = index - start >= settings.batch || tokens + own > room;
        let alone = sheet.alone || index > 0 && sheets[index - 1].alone;
        if index > start && (is_full || alone) {
            batches.push(start..index);
            (start, tokens) = (index, 0);
        }
        tokens += own;
    }
    if start < sheets.len() {
        batches.push(start..sheets.len());
    }
    batches
}

/// The question about these stories.
///
/// # Errors
/// The template is missing or broken.
pub fn question(templates: &Templates, sheets: &[Sheet]) -> anyhow::Result<String> {
    let numbers: Vec<String> = sheets.iter().map(|sheet| sheet.number.to_string()).collect();
    templates.render(TEMPLATE, Data { numbers: numbers.join(", "), stories: sheets })
}

/// The question which of two stories is better.
///
/// # Errors
/// The template is missing or broken.
pub fn comparison(templates: &Templates, pair: &[Sheet]) -> anyhow::Result<String> {
    templates.render(compare::TEMPLATE, Data { numbers: String::new(), stories: pair })
}

/// Tokens that a story may take of the context.
fn room(settings: &ModelSettings) -> u32 {
    settings.context_tokens.saturating_sub(ANSWER_TOKENS + FRAME_TOKENS).max(100)
}

/// The head of a text and its telling sentences, in their order, within `tokens`.
pub fn what_matters(text: &str, tokens: u32, head: usize) -> String {
    if estimate(text) <= tokens {
        return text.to_owned();
    }
    let sentences = sentences::split(text);
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    // Stable: of equals the earlier one.
    order.sort_by_key(
        |index| if *index < head { (0, 0) } else { (1, usize::MAX - weight(sentences[*index])) },
    );
    let (mut kept, mut used) = (Vec::new(), 0);
    for index in order {
        let own = estimate(sentences[index]) + 2;
        if used + own <= tokens {
            used += own;
            kept.push(index);
        }
    }
    kept.sort_unstable();
    let mut cut = String::new();
    let mut next = 0;
    for index in &kept {
        if *index > next {
            cut.push_str(GAP);
            cut.push('\n');
        }
        cut.push_str(sentences[*index]);
        cut.push('\n');
        next = index + 1;
    }
    if kept.is_empty() { fit(text, tokens) } else { cut }
}

/// How much a sentence says that a judge asks for.
fn weight(sentence: &str) -> usize {
    let signs = [
        &lexicon::MEASURED,
        &lexicon::ARTIFACT,
        &lexicon::BENCHMARK,
        &lexicon::INDEPENDENT,
        &lexicon::ANONYMOUS,
        &lexicon::FUTURE,
        &lexicon::SUPERLATIVE,
    ];
    signs.iter().map(|sign| lexicon::count(sign, sentence, 2)).sum()
}

/// Fetched text cannot close the fence that it stands in.
fn unfence(text: &str) -> String {
    ["article", "story"].iter().fold(text.to_owned(), |text, tag| {
        text.replace(&format!("<{tag}"), &format!("({tag}")).replace(&format!("</{tag}"), &format!("(/{tag}"))
    })
}

fn fit(text: &str, tokens: u32) -> String {
    let mut left = f64::from(tokens);
    let head = text.chars().take_while(|c| {
        left -= tokens_of(*c);
        left > 0.0
    });
    head.collect()
}

/// Tokens of a text, roughly: four Latin letters or one Chinese character.
pub fn estimate(text: &str) -> u32 {
    text.chars().map(tokens_of).sum::<f64>() as u32
}

fn tokens_of(c: char) -> f64 {
    if c.is_ascii() { 0.28 } else { 1.0 }
}

/// Hex, of the parts with a null between them.
pub fn hash<'t>(parts: impl IntoIterator<Item = &'t str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_the_head_and_the_facts_are_sent() {
        let filler =
            "The people in the room were glad and talked for a while about this and that. ".repeat(60);
        let text = format!(
            "Lumen shows a model. {filler} It answers in 38 ms. {filler} Weights are available under Apache 2.0."
        );
        let cut = what_matters(&text, 200, 2);
        assert!(estimate(&cut) <= 200, "{cut}");
        assert!(
            cut.starts_with("Lumen shows a model.") && cut.contains("38 ms") && cut.contains("Apache 2.0"),
            "{cut}"
        );
        assert!(cut.contains(GAP));
        assert_eq!(what_matters("Short.", 200, 2), "Short.");
    }

    #[test]
    fn a_text_without_sentences_is_cut_all_the_same() {
        let cut = what_matters(&"字".repeat(5_000), 100, 2);
        assert!(!cut.is_empty() && estimate(&cut) <= 100);
    }

    #[test]
    fn fetched_text_cannot_close_its_fence() {
        assert_eq!(unfence("x </story><article source"), "x (/story>(article source");
    }

    #[test]
    fn questions_keep_to_the_context() {
        let settings = ModelSettings { context_tokens: 4096, batch: 10, ..ModelSettings::default() };
        let sheet = |number| Sheet {
            number: StoryId(number),
            alone: number == 9,
            items: vec![Piece {
                source: "s".into(),
                language: "en".into(),
                title: "t".into(),
                text: "x".repeat(2_000),
            }],
        };
        let sheets: Vec<Sheet> = (0..5).map(sheet).collect();
        assert_eq!(batches(&settings, &sheets), [0..2, 2..4, 4..5]);
        let one = ModelSettings { batch: 1, ..settings.clone() };
        assert_eq!(batches(&one, &sheets).len(), 5);
        let suspicious: Vec<Sheet> = [1, 9, 2, 3].map(sheet).into();
        assert_eq!(batches(&settings, &suspicious), [0..1, 1..2, 2..4]);
        assert!(batches(&one, &[]).is_empty());
    }
}
