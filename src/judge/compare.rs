//! Which of two borderline stories a model prefers. Asked in pairs, since a scale piles up at the threshold; asked in both
//! orders, since models prefer what they read first; and only about the stories around the last place of an issue.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::Schemas;
use super::prompt::Sheet;
use crate::model::{ScorePart, StoryId};
use crate::openai;

/// The template of the question.
pub const TEMPLATE: &str = "prompts/compare.j2";

/// Most tokens of the answer.
pub const ANSWER_TOKENS: u32 = 120;

/// So many stories on either side of the last place are borderline.
const AROUND: usize = 3;

/// The flag in `score.rs`; a story that has it, won or not, was compared and is not again.
pub const FLAG: &str = "compared";

/// What the model answers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Preference {
    /// The number of the better story; 0: it cannot tell.
    pub better: i64,
    /// Words of that story.
    #[serde(default)]
    pub quote: String,
}

/// A story that competes for an issue.
#[derive(Clone, Debug)]
pub struct Rival {
    /// The story.
    pub id: StoryId,
    /// Its score without what comparisons gave it, so that they do not change who is borderline.
    pub score: f32,
    /// Whether it was compared before.
    pub compared: bool,
}

impl Rival {
    /// Of a judged story.
    pub fn new(id: StoryId, parts: &[ScorePart]) -> Self {
        let own = parts.iter().filter(|part| part.flag != FLAG);
        let compared = parts.iter().any(|part| part.flag == FLAG);
        Self { id, score: own.map(|part| part.points).sum(), compared }
    }
}

/// Neighbours around place `last` that were not compared yet, no story twice.
pub fn pairs(mut rivals: Vec<Rival>, last: usize) -> Vec<(StoryId, StoryId)> {
    if rivals.len() <= last {
        return Vec::new();
    }
    rivals.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    let from = last.saturating_sub(AROUND);
    let around = &rivals[from..rivals.len().min(last + AROUND)];
    let fresh = around.chunks_exact(2).filter(|pair| pair.iter().all(|rival| !rival.compared));
    fresh.map(|pair| (pair[0].id, pair[1].id)).collect()
}

/// The shape of the answer about these two.
pub fn schemas(sheets: &[Sheet]) -> Schemas {
    let mut numbers: Vec<i64> = sheets.iter().map(|sheet| sheet.number.0).collect();
    numbers.push(0);
    let schema = |better: Value, quote: Value| {
        json!({ "type": "object", "properties": { "better": better, "quote": quote }, "required": ["better", "quote"],
                "additionalProperties": false })
    };
    Schemas {
        limited: schema(
            json!({ "type": "integer", "enum": numbers }),
            json!({ "type": "string", "maxLength": 200 }),
        ),
        plain: schema(json!({ "type": "integer" }), json!({ "type": "string" })),
    }
}

/// Reads an answer.
pub fn read(text: &str) -> Option<Preference> {
    openai::first_json(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rival(id: i64, score: f32) -> Rival {
        Rival { id: StoryId(id), score, compared: false }
    }

    #[test]
    fn only_neighbours_around_the_last_place_are_compared_and_none_twice() {
        let mut rivals: Vec<Rival> = (1..=12).map(|id| rival(id, 20.0 - id as f32)).collect();
        let pair = |a: i64, b: i64| (StoryId(a), StoryId(b));
        assert_eq!(pairs(rivals.clone(), 6), [pair(4, 5), pair(6, 7), pair(8, 9)]);
        assert_eq!(pairs(rivals.clone(), 12), [], "all of them have a place");
        rivals[4].compared = true;
        assert_eq!(pairs(rivals, 6), [pair(6, 7), pair(8, 9)]);
    }

    #[test]
    fn an_answer_is_read_behind_thoughts_and_fences() {
        let text = "<think>{}</think>```json\n{\"better\": 7, \"quote\": \"runs on a laptop\"}\n```";
        assert_eq!(read(text).unwrap().better, 7);
        assert!(read("the first").is_none());
    }
}
