//! The shape of feeds.toml.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Lane, Language, SourceKind, Tier};

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feeds {
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
    /// CSS selectors; required for kind "page", refused elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageRules>,
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
fn default_max_items() -> u32 {
    200
}
fn yes() -> bool {
    true
}
