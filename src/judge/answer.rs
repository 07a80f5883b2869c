//! What a model is asked to answer about each story of a question, and how its text is read. It answers yes or no, each
//! with words copied from the article; numbers that rank are ours. An answer belongs to the story whose number it carries,
//! never to a place in a list.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::client::Schemas;
use crate::config::schema_of;
use crate::model::{Lane, StoryId};

/// What is asked of a model about one story.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Answer {
    /// The number of the story, copied.
    #[serde(deserialize_with = "number")]
    pub story: i64,
    /// Whether the news is about AI.
    pub about_ai: bool,
    /// In English.
    pub en: Words,
    /// In Chinese.
    pub zh: Words,
    /// What it is about; a word that is none of ours says nothing.
    #[serde(deserialize_with = "lane")]
    #[schemars(with = "Lane")]
    pub lane: Option<Lane>,
    /// What the articles themselves claim, the strongest first, at most three.
    #[serde(default)]
    pub claims: Vec<Said>,
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

/// What a reader is told, in one language.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub struct Words {
    /// What happened, at most 15 words.
    pub headline: String,
    /// What happened, one sentence.
    pub happened: String,
    /// What is new about it, one sentence.
    #[serde(default)]
    pub new: String,
    /// Why it matters to a programmer, one sentence.
    #[serde(default)]
    pub matters: String,
}

/// A claim and whose it is.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub struct Said {
    /// Who says it: "maker", "independent" or "unnamed".
    pub by: String,
    /// Word for word from an article.
    pub quote: String,
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

/// A number, also where it was answered as a text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let text = value.as_str().and_then(|text| text.trim().parse().ok());
    value.as_i64().or(text).ok_or_else(|| D::Error::custom("not a number"))
}

fn lane<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Lane>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|word| word.trim().to_lowercase().parse().ok()))
}

/// The schema of the answer about `asked`. Strict servers want every key, and no other; those with a grammar also keep to
/// lengths and numbers, without which a small model never ends.
pub fn schemas(asked: &[StoryId]) -> Schemas {
    let mut one = schema_of::<Answer>();
    let definitions = one.as_object_mut().and_then(|one| one.remove("$defs")).unwrap_or_default();
    let mut plain = json!({
        "type": "object",
        "properties": { "answers": { "type": "array", "items": one } },
        "$defs": definitions,
    });
    make_strict(&mut plain);
    let mut limited = plain.clone();
    let n = asked.len();
    let numbers: Vec<i64> = asked.iter().map(|id| id.0).collect();
    limited["properties"]["answers"]["minItems"] = json!(n);
    limited["properties"]["answers"]["maxItems"] = json!(n);
    let one = &mut limited["properties"]["answers"]["items"]["properties"];
    one["story"]["enum"] = json!(numbers);
    one["claims"]["maxItems"] = json!(3);
    // A Chinese character says as much as three letters.
    let mut words = limited["$defs"]["Words"].clone();
    limit(
        &mut limited["$defs"]["Words"],
        &[("headline", 120), ("happened", 260), ("new", 260), ("matters", 260)],
    );
    limit(&mut words, &[("headline", 50), ("happened", 90), ("new", 90), ("matters", 90)]);
    limited["properties"]["answers"]["items"]["properties"]["zh"] = words;
    limit(&mut limited["$defs"]["Claim"], &[("quote", 200)]);
    limit(&mut limited["$defs"]["Said"], &[("quote", 200), ("by", 12)]);
    Schemas { limited, plain }
}

fn limit(schema: &mut Value, lengths: &[(&str, u32)]) {
    for (key, length) in lengths {
        schema["properties"][*key]["maxLength"] = json!(length);
    }
}

fn make_strict(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            // A closed set of words: as a list of them, which every server understands.
            let words: Option<Vec<Value>> = map
                .get("oneOf")
                .and_then(Value::as_array)
                .and_then(|variants| variants.iter().map(|variant| variant.get("const").cloned()).collect());
            if let Some(words) = words {
                map.remove("oneOf");
                map.insert("type".to_owned(), json!("string"));
                map.insert("enum".to_owned(), Value::Array(words));
            }
            for word in ["$schema", "title", "description", "default", "format", "minimum", "maximum"] {
                // A property may be called so: then it holds a schema.
                if map.get(word).is_some_and(|value| !value.is_object()) {
                    map.remove(word);
                }
            }
            let keys: Option<Vec<Value>> = map
                .get("properties")
                .and_then(Value::as_object)
                .map(|properties| properties.keys().map(|key| json!(key)).collect());
            if let Some(keys) = keys {
                map.insert("required".to_owned(), Value::Array(keys));
                map.insert("additionalProperties".to_owned(), json!(false));
            }
            map.values_mut().for_each(make_strict);
        }
        Value::Array(list) => list.iter_mut().for_each(make_strict),
        _ => {}
    }
}

/// The answers to a question about `asked`, by story. Stories that nobody asked about are ignored, and one that is answered
/// twice keeps its first answer; what is missing is for the caller to see.
///
/// # Errors
/// Why none of it is an answer, without repeating it: it is made of fetched text.
pub fn read(text: &str, asked: &[StoryId]) -> Result<BTreeMap<StoryId, Answer>, String> {
    let text = without_thoughts(text);
    if text.trim().is_empty() {
        return Err("an empty answer".to_owned());
    }
    let mut why = None;
    // Prose before the answer may hold braces of its own: each brace may begin it.
    for (start, _) in text.match_indices('{').take(MAX_STARTS) {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => match answers(value, asked) {
                Ok(found) => return Ok(found),
                Err(problem) => why = why.or(Some(problem)),
            },
            Some(Err(error)) if error.is_eof() => {
                // The first brace of a cut answer is its own; inner ones would find pieces of it.
                return pieces(&text[start..], asked);
            }
            _ => why = why.or(Some("the answer is not JSON".to_owned())),
        }
    }
    Err(why.unwrap_or_else(|| "no JSON in the answer".to_owned()))
}

/// So many braces are tried as the beginning of an answer.
const MAX_STARTS: usize = 8;

/// What a model that reasons aloud writes before its answer.
fn without_thoughts(text: &str) -> &str {
    const ENDS: [&str; 4] = ["</think>", "</thinking>", "</reasoning>", "<|channel|>final<|message|>"];
    ENDS.iter()
        .filter_map(|end| text.rfind(end).map(|at| &text[at + end.len()..]))
        .min_by_key(|rest| rest.len())
        .unwrap_or(text)
}

fn answers(value: Value, asked: &[StoryId]) -> Result<BTreeMap<StoryId, Answer>, String> {
    let list = match value {
        Value::Object(mut map) => match map.remove("answers") {
            Some(Value::Array(list)) => list,
            Some(_) => Vec::new(),
            // One story is often answered without the list.
            None => vec![Value::Object(map)],
        },
        _ => Vec::new(),
    };
    keep(list, asked)
}

/// The whole answers in a list that was cut.
fn pieces(text: &str, asked: &[StoryId]) -> Result<BTreeMap<StoryId, Answer>, String> {
    let cut = "the answer was cut".to_owned();
    let inside = text.find('[').map(|at| &text[at + 1..]).ok_or_else(|| cut.clone())?;
    let mut whole = Vec::new();
    let mut rest = inside.trim_start();
    while rest.starts_with('{') {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let Some(Ok(value)) = values.next() else { break };
        rest = rest[values.byte_offset()..].trim_start_matches([',', ' ', '\n', '\r', '\t']);
        whole.push(value);
    }
    keep(whole, asked).map_err(|_| cut)
}

fn keep(list: Vec<Value>, asked: &[StoryId]) -> Result<BTreeMap<StoryId, Answer>, String> {
    let mut found = BTreeMap::new();
    let mut why = "the answer does not have the shape asked for".to_owned();
    for value in list {
        match serde_json::from_value::<Answer>(value) {
            Ok(answer) if asked.contains(&StoryId(answer.story)) => {
                found.entry(StoryId(answer.story)).or_insert(answer);
            }
            Ok(_) => why = "the answer is about another story".to_owned(),
            Err(_) => {}
        }
    }
    if found.is_empty() { Err(why) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(story: i64) -> Value {
        let claim = json!({ "holds": false, "quote": "" });
        let words = json!({ "headline": "h", "happened": "s", "new": "", "matters": "" });
        json!({ "story": story, "about_ai": true, "en": words, "zh": words, "lane": "company", "claims": [],
            "vendor_claim": claim, "artifact": claim, "independent": claim, "future": claim, "anonymous": claim, "sensational": claim })
    }

    fn good() -> String {
        json!({ "answers": [one(7), one(9)] }).to_string()
    }

    const ASKED: [StoryId; 2] = [StoryId(7), StoryId(9)];

    #[test]
    fn fences_prose_thoughts_and_padding_do_no_harm() {
        for text in [
            good(),
            format!("```json\n{}\n```", good()),
            format!("Sure! {}\n\nHope it helps {{", good()),
            format!("  \n{}   ", good()),
            format!("<think>The set {{a, b}} has {{\"story\": 7}} in it.</think>\n{}", good()),
            format!("In {{braces}}: {}", good()),
        ] {
            assert_eq!(read(&text, &ASKED).unwrap().len(), 2, "{text}");
        }
        assert_eq!(read(&one(7).to_string(), &ASKED).unwrap().len(), 1, "one without a list");
    }

    #[test]
    fn small_slips_of_form_are_forgiven() {
        let mut odd = one(7);
        odd["story"] = json!("7");
        odd["lane"] = json!("gadgets");
        let found = read(&json!({ "answers": [odd] }).to_string(), &ASKED).unwrap();
        assert_eq!(found[&StoryId(7)].lane, None);
    }

    #[test]
    fn answers_go_by_number_and_never_by_place() {
        let text = json!({ "answers": [one(9), one(8), one(9)] }).to_string();
        let found = read(&text, &ASKED).unwrap();
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [StoryId(9)]);
    }

    #[test]
    fn a_bad_answer_costs_its_own_story_only_also_where_the_text_is_cut() {
        let text = json!({ "answers": [{ "story": 7 }, one(9)] }).to_string();
        assert_eq!(read(&text, &ASKED).unwrap().keys().copied().collect::<Vec<_>>(), [StoryId(9)]);
        let cut = &good()[..good().len() - 40];
        assert_eq!(read(cut, &ASKED).unwrap().keys().copied().collect::<Vec<_>>(), [StoryId(7)]);
    }

    #[test]
    fn what_is_no_answer_is_refused_by_name() {
        assert_eq!(read("", &ASKED).unwrap_err(), "an empty answer");
        assert_eq!(read("<think>{}</think>", &ASKED).unwrap_err(), "an empty answer");
        assert_eq!(read("I cannot help with that.", &ASKED).unwrap_err(), "no JSON in the answer");
        assert_eq!(read(&good()[..60], &ASKED).unwrap_err(), "the answer was cut");
        assert_eq!(
            read("{\"story\": 7}", &ASKED).unwrap_err(),
            "the answer does not have the shape asked for"
        );
        assert_eq!(read(&one(8).to_string(), &ASKED).unwrap_err(), "the answer is about another story");
    }

    #[test]
    fn the_schema_is_strict_all_the_way_down() {
        fn check(schema: &Value) {
            if let Some(properties) = schema["properties"].as_object() {
                assert_eq!(schema["required"].as_array().map(Vec::len), Some(properties.len()), "{schema}");
                assert_eq!(schema["additionalProperties"], false);
            }
            match schema {
                Value::Object(map) => map.values().for_each(check),
                Value::Array(list) => list.iter().for_each(check),
                _ => {}
            }
        }
        let schemas = schemas(&ASKED);
        check(&schemas.plain);
        check(&schemas.limited);
        let story = |schema: &Value| schema["properties"]["answers"]["items"]["properties"]["story"].clone();
        assert!(story(&schemas.plain).is_object(), "{}", schemas.plain);
        assert_eq!(story(&schemas.limited)["enum"], json!([7, 9]));
        assert!(schemas.limited["$defs"].is_object(), "{}", schemas.limited);
        assert!(!schemas.plain.to_string().contains("oneOf"), "{}", schemas.plain);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,200}") {
            let _ = read(&text, &ASKED);
        }
    }
}
