//! The model's answer: booleans with quotes and two short summaries. Whatever comes back is parsed without trust.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::Lane;

/// What is asked of a model about one story. The order of the fields is the order of the schema.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Answer {
    /// The number of the story, copied.
    pub story: i64,
    /// Whether the news is about AI.
    pub about_ai: bool,
    /// What happened, in English.
    pub headline_en: String,
    /// What happened, in Chinese.
    pub headline_zh: String,
    /// At most two sentences in English.
    pub summary_en: String,
    /// At most two sentences in Chinese.
    pub summary_zh: String,
    /// What it is about.
    pub lane: Lane,
    /// A superlative that only the maker states.
    pub vendor_claim: Claim,
    /// Something to use or check now.
    pub artifact: Claim,
    /// Measured by somebody else than the maker.
    pub independent: Claim,
    /// Announced for later.
    pub future: Claim,
    /// Unnamed sources only.
    pub anonymous: Claim,
    /// The headline promises more than the text holds.
    pub sensational: Claim,
}

/// A yes or no with the words that show it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub struct Claim {
    /// Whether it holds.
    pub holds: bool,
    /// Word for word from an article, else empty.
    #[serde(default)]
    pub quote: String,
}

/// Reads an answer to the question about `story`: JSON, perhaps fenced or with prose around it.
///
/// # Errors
/// Why it is no answer, without repeating it: it is made of fetched text.
pub fn read(text: &str, story: i64) -> Result<Answer, String> {
    if text.trim().is_empty() {
        return Err("an empty answer".to_owned());
    }
    let start = text.find('{').ok_or("no JSON in the answer")?;
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
    let value = match values.next() {
        Some(Ok(value)) => value,
        Some(Err(error)) if error.is_eof() => return Err("the answer was cut".to_owned()),
        _ => return Err("the answer is not JSON".to_owned()),
    };
    let answer: Answer = serde_json::from_value(value)
        .map_err(|_| "the answer does not have the shape asked for".to_owned())?;
    if answer.story != story {
        return Err("the answer is about another story".to_owned());
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn good() -> String {
        let claim = serde_json::json!({ "holds": false, "quote": "" });
        serde_json::json!({
            "story": 7, "about_ai": true, "headline_en": "h", "headline_zh": "标题", "summary_en": "s", "summary_zh": "摘要",
            "lane": "company", "vendor_claim": claim, "artifact": claim, "independent": claim, "future": claim,
            "anonymous": claim, "sensational": claim
        })
        .to_string()
    }

    #[test]
    fn fences_prose_and_padding_do_no_harm() {
        for text in [
            good(),
            format!("```json\n{}\n```", good()),
            format!("Sure! {}\n\nHope it helps {{", good()),
            format!("  \n{}   ", good()),
        ] {
            assert!(read(&text, 7).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused_by_name() {
        assert_eq!(read("", 7).unwrap_err(), "an empty answer");
        assert_eq!(read("I cannot help with that.", 7).unwrap_err(), "no JSON in the answer");
        assert_eq!(read(&good()[..60], 7).unwrap_err(), "the answer was cut");
        assert_eq!(read("{\"story\": 7}", 7).unwrap_err(), "the answer does not have the shape asked for");
        assert_eq!(read(&good(), 8).unwrap_err(), "the answer is about another story");
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,200}") {
            let _ = read(&text, 1);
        }
    }
}
