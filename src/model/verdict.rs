//! The judgement of a story, and what stands in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Focus, Lane, Language, StoryId, UnknownWord, words};

/// One part of a score: a documented flag, what it weighs, and the words that earned it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorePart {
    /// Name of the flag, as in `judge/score.rs`.
    pub flag: String,
    /// Points, negative for hype.
    pub points: f32,
    /// Verbatim words of a stored text, empty where the flag is a count.
    pub quote: String,
}

/// A round of funding as the articles state it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Funding {
    /// Who raised.
    pub company: String,
    /// As stated, with its unit and currency ("$180 million", "15亿元").
    pub amount: Option<String>,
    /// The number that it states, of a range the upper end; `None` for "数亿元".
    #[serde(default)]
    pub amount_value: Option<f64>,
    /// ISO code of the currency that it names.
    #[serde(default)]
    pub currency: Option<String>,
    /// In millions of US dollars where the statement is in dollars.
    pub usd_millions: Option<f64>,
    /// In one form: "Seed", "Series B", "A轮" …
    pub round: Option<String>,
    /// Lead investors. Older verdicts have one, as `lead`.
    #[serde(default, alias = "lead", deserialize_with = "one_or_many")]
    pub leads: Vec<String>,
    /// As stated.
    pub valuation: Option<String>,
    /// The number that it states.
    #[serde(default)]
    pub valuation_value: Option<f64>,
    /// False: reported by others, or planned; not announced by company or investor.
    pub announced: bool,
    /// The sentence that carries each field, verbatim.
    #[serde(default)]
    pub quotes: BTreeMap<String, String>,
}

/// A list, or what older verdicts hold: one word, or nothing.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Words {
        None(()),
        One(String),
        Many(Vec<String>),
    }
    Ok(match Words::deserialize(deserializer)? {
        Words::None(()) => Vec::new(),
        Words::One(word) => vec![word],
        Words::Many(words) => words,
    })
}

words! {
    /// What a reader can touch.
    ArtifactKind {
        /// A paper or a technical report.
        Paper = "paper",
        /// Source code or a package.
        Code = "code",
        /// A model or data to download.
        Weights = "weights",
        /// An interface to call.
        Api = "api",
        /// What it costs.
        Price = "price",
    }
}

/// Something that a story lets its readers touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// What it is.
    pub kind: ArtifactKind,
    /// Where it is, as an article links it.
    pub link: Option<String>,
    /// The sentence that offers it, where there is no link.
    pub quote: String,
}

/// A statement about quality, speed, price or size, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// "maker", "independent", "unnamed", or "press" where nobody is named.
    pub by: String,
    /// Verbatim.
    pub quote: String,
}

/// A one-sentence and a three-sentence summary in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// One sentence.
    pub short: String,
    /// Up to three sentences.
    pub long: String,
    /// True: the publisher's own sentences, quoted; they may be in the article's language.
    pub extracted: bool,
    /// Of the sentences above: what happened. Empty where the reader of the articles could not tell.
    #[serde(default)]
    pub happened: String,
    /// What is new: numbers, something to touch, a comparison.
    #[serde(default)]
    pub new: String,
    /// Why it matters to a programmer: price, licence, access, speed, change.
    #[serde(default)]
    pub matters: String,
    /// Keys of what the articles leave open, as `judge/unknown.rs` explains them.
    #[serde(default)]
    pub unknown: Vec<String>,
}

words! {
    /// What a name stands for.
    EntityKind {
        /// A company, lab, fund or medium.
        Company = "company",
        /// A model.
        Model = "model",
        /// Anything that people use or build with.
        Product = "product",
        /// A person.
        Person = "person",
        /// Not known: verdicts of older versions have bare names.
        Other = "other",
    }
}

/// Somebody or something that a story is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredEntity")]
pub struct Entity {
    /// As the articles have it.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Its English name, if it has one of its own.
    pub en: Option<String>,
    /// Its Chinese name.
    pub zh: Option<String>,
}

/// Both forms in which an entity may be stored.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredEntity {
    Bare(String),
    Full { name: String, kind: EntityKind, en: Option<String>, zh: Option<String> },
}

impl From<StoredEntity> for Entity {
    fn from(stored: StoredEntity) -> Self {
        match stored {
            StoredEntity::Bare(name) => Self { name, kind: EntityKind::Other, en: None, zh: None },
            StoredEntity::Full { name, kind, en, zh } => Self { name, kind, en, zh },
        }
    }
}

impl Entity {
    /// Its name for readers of `language`.
    pub fn name_in(&self, language: Language) -> &str {
        let own = match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        };
        own.as_deref().unwrap_or(&self.name)
    }
}

/// The judgement of a story. `judge` says who made it; nothing in it is without a source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// What it judges.
    pub story_id: StoryId,
    /// "rules", or the configured name of the model.
    pub judge: String,
    /// Headline for readers, per language.
    pub headline: BTreeMap<Language, String>,
    /// Summary for readers, per language.
    pub summary: BTreeMap<Language, Summary>,
    /// Where it belongs.
    pub lane: Lane,
    /// Long-term questions it touches.
    pub focus: Vec<Focus>,
    /// Companies, models, products, people.
    pub entities: Vec<Entity>,
    /// Dates as the articles state them.
    #[serde(default)]
    pub dates: Vec<String>,
    /// Names with their versions as the articles state them.
    #[serde(default)]
    pub versions: Vec<String>,
    /// The round, if money was raised.
    pub funding: Option<Funding>,
    /// What a reader can touch.
    #[serde(default)]
    pub artifacts: Vec<Artifact>,
    /// The strongest statements of its articles, at most three.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// Not confirmed by whom it concerns.
    pub rumour: bool,
    /// Sum of `parts`.
    pub score: f32,
    /// Evidence and hype, each with its quote.
    pub parts: Vec<ScorePart>,
    /// `None`: may enter an issue. Else the reason, one of the words in `judge/score.rs`.
    pub dropped: Option<String>,
    /// Facts (numbers, names, dates) of the summaries that were held against the articles.
    pub facts_checked: u32,
    /// Sentences withheld because a fact in them stands in no article.
    pub sentences_withheld: u32,
    /// Tokens paid for it (0 for rules and for cached answers).
    pub tokens: u32,
    /// Why the configured model did not judge, if so.
    pub unscored: Option<String>,
}
