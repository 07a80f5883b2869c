//! What a source says about one thing, before and after it is stored, and the readable text behind it.

use chrono::{DateTime, FixedOffset, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ItemId, Language, SignalKind, SourceId, Tongue, UnknownWord, words};

/// A link of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its words as they stand in the text; none on a picture or a button.
    pub text: String,
    /// Absolute `http(s)` URL.
    pub href: String,
}

/// What a source says about one thing, normalised and cleaned, not yet stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Entry {
    /// The publisher's id, else a stable one made from the link, else from title and date.
    #[serde(rename = "id")]
    pub guid: String,
    /// Plain text.
    pub title: String,
    /// Absolute `http(s)` URL.
    pub link: String,
    /// As the publisher says it; never in the future by more than a day.
    pub published: Option<DateTime<Utc>>,
    /// Last change, if stated.
    pub updated: Option<DateTime<Utc>>,
    /// Names as given.
    pub authors: Vec<String>,
    /// The short text, plain.
    pub summary: String,
    /// The feed's own full text, plain, empty if it has none.
    #[serde(skip)]
    pub content: String,
    /// Tags as given.
    #[serde(skip)]
    pub categories: Vec<String>,
    /// Where the summary and the full text lead, in their order.
    #[serde(skip)]
    pub links: Vec<Link>,
    /// Digital Object Identifier, if stated: "10.1145/…".
    #[serde(skip)]
    pub doi: Option<String>,
    /// Whether it says of itself that it is a later version of something announced before.
    #[serde(skip)]
    pub is_revision: bool,
    /// How popular it is, as its source counts.
    #[serde(skip)]
    pub signals: Vec<(SignalKind, i64)>,
}

/// An [`Entry`] with an id: unique in its source by guid and everywhere by canonical link.
#[derive(Clone, Debug)]
pub struct Item {
    /// Row id.
    pub id: ItemId,
    /// Where it was first seen.
    pub source_id: SourceId,
    /// As the publisher links it.
    pub link: String,
    /// Plain text.
    pub title: String,
    /// Plain text.
    pub summary: String,
    /// The feed's own full text, plain, may be empty.
    pub content: String,
    /// Names as given.
    pub authors: Vec<String>,
    /// Guessed from the text, else the source's.
    pub language: Language,
    /// The publisher's date, if it has a believable one.
    pub published_at: Option<DateTime<Utc>>,
    /// When we first saw it.
    pub first_seen_at: DateTime<Utc>,
}

words! {
    /// How an article's text was got.
    Origin {
        /// From the item's own page.
        Page = "page",
        /// From the feed's full text.
        Feed = "feed",
        /// The abstract or summary only.
        Abstract = "abstract",
        /// Nothing but the title could be read.
        Title = "title",
    }
}

/// The readable text of an item.
#[derive(Clone, Debug, Serialize)]
pub struct Article {
    /// Headline as the page (else the feed) has it.
    pub title: String,
    /// As stated.
    pub author: Option<String>,
    /// As the page states it, with its zone.
    pub date: Option<DateTime<FixedOffset>>,
    /// Of the text.
    pub language: Tongue,
    /// Name of the site.
    pub site: Option<String>,
    /// The address that the page calls its own.
    pub canonical: Option<String>,
    /// Address of the lead picture.
    pub image: Option<String>,
    /// What the picture shows, in its publisher's words.
    pub image_alt: Option<String>,
    /// The whole text of a paper, of which `text` is the abstract.
    pub paper: Option<String>,
    /// Links of the text to other sites.
    pub links: Vec<String>,
    /// Plain paragraphs, separated by an empty line.
    pub text: String,
    /// How it was got.
    pub how: Origin,
    /// Whether it is the whole text (false: cut, paywall, summary only).
    pub complete: bool,
}

impl Article {
    /// Of a text of which nothing else is known.
    pub fn of_text(title: String, text: String, language: Tongue, how: Origin) -> Self {
        Self {
            title,
            author: None,
            date: None,
            language,
            site: None,
            canonical: None,
            image: None,
            image_alt: None,
            paper: None,
            links: Vec::new(),
            text,
            how,
            complete: false,
        }
    }
}
