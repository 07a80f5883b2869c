//! The shape of feeds.toml.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Lane, Language, SourceKind, Tier};

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feeds {
    /// For all sources: entries that fit one of these regular expressions are not taken in (see `source.block`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<String>,
    /// For all sources: if there are any, only entries that fit one are taken in (see `source.keep`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// The sources, in the order of the file.
    #[serde(default, rename = "source")]
    pub sources: Vec<SourceConfig>,
}

/// One `[[source]]`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// Short unique name: lower-case letters, digits and hyphens.
    pub slug: String,
    /// Name for readers; the slug if absent.
    #[serde(default)]
    pub name: String,
    /// How it is read.
    #[serde(default = "default_kind")]
    pub kind: SourceKind,
    /// What is fetched: an http or https URL.
    pub url: String,
    /// Lane of its items unless their text says otherwise.
    pub lane: Lane,
    /// Language of its items unless their text says otherwise.
    #[serde(default = "default_language")]
    pub language: Language,
    /// How near it stands to events.
    #[serde(default = "default_tier")]
    pub tier: Tier,
    /// Which company or outlet speaks; the name if absent. Corroboration counts owners.
    #[serde(default)]
    pub owner: String,
    /// Least minutes between two polls (at least 60; the source's own hints may lengthen it).
    #[serde(default = "default_every")]
    pub every_minutes: u32,
    /// Most minutes between two polls, 60 to 10080, whatever the source's rhythm and hints say.
    #[serde(default = "default_longest")]
    pub longest_minutes: u32,
    /// Whether a pause that its host asked of another source holds for this one too (429, 503).
    #[serde(default = "yes")]
    pub heed_host_pause: bool,
    /// Most items taken from one answer, newest first.
    #[serde(default = "default_max_items")]
    pub max_items: u32,
    /// Whether the item's own page is fetched for its text.
    #[serde(default = "yes")]
    pub fetch_pages: bool,
    /// Whether a private or loopback address is allowed (an intranet feed).
    #[serde(default)]
    pub allow_private: bool,
    /// False: known, but not read.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Only pages whose path begins with it; for kind "sitemap".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_prefix: Option<String>,
    /// Regular expressions: an entry that fits one is not taken in. "title:", "link:", "author:", "category:" or "text:"
    /// in front says where to look; title and text otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<String>,
    /// The same: if there are any, only an entry that fits one is taken in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// CSS selectors; required for kind "page", refused elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageRules>,
    /// CSS selectors for the pages of its items, where the reading by rule fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<ArticleRules>,
}

/// How the page of an item is read: CSS selectors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticleRules {
    /// What holds the text; where it finds nothing, the page is read by rule.
    #[serde(default)]
    pub content: Option<String>,
    /// What is taken out of the page before.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// How a list page is read: CSS selectors, `item` against the page, the others inside the item.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageRules {
    /// One element per item.
    pub item: String,
    /// The element whose `href` is the item's address; the item itself or its first link if absent.
    #[serde(default)]
    pub link: Option<String>,
    /// The title; the link's text if absent.
    #[serde(default)]
    pub title: Option<String>,
    /// The date, from `datetime` or text.
    #[serde(default)]
    pub date: Option<String>,
    /// The short text.
    #[serde(default)]
    pub summary: Option<String>,
}

impl SourceConfig {
    /// A source of which only the address is known, read as a feed.
    pub fn of_url(url: &str) -> Self {
        Self {
            slug: String::new(),
            name: url.to_owned(),
            kind: default_kind(),
            url: url.to_owned(),
            lane: Lane::Industry,
            language: default_language(),
            tier: default_tier(),
            owner: url.to_owned(),
            every_minutes: default_every(),
            longest_minutes: default_longest(),
            heed_host_pause: true,
            max_items: default_max_items(),
            fetch_pages: true,
            allow_private: false,
            enabled: true,
            path_prefix: None,
            block: Vec::new(),
            keep: Vec::new(),
            page: None,
            article: None,
        }
    }
}

fn default_kind() -> SourceKind {
    SourceKind::Feed
}
fn default_language() -> Language {
    Language::En
}
fn default_tier() -> Tier {
    Tier::Press
}
fn default_every() -> u32 {
    120
}
fn default_longest() -> u32 {
    1440
}
fn default_max_items() -> u32 {
    200
}
fn yes() -> bool {
    true
}
