//! The items that tell one event.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ItemId, Lane, SourceKind, StoryId, Tier, Tongue};

/// One item inside a story, with what is needed to judge and to show it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoryItem {
    /// Row id.
    pub item_id: ItemId,
    /// Where a reader finds it.
    pub link: String,
    /// As published.
    pub title: String,
    /// The article's text (may be cut by the caller's limit).
    pub text: String,
    /// Of the text.
    pub language: Tongue,
    /// Name of its source.
    pub source: String,
    /// Slug of its source.
    pub source_slug: String,
    /// Who speaks.
    pub owner: String,
    /// How near the source stands.
    pub tier: Tier,
    /// Kind of the source.
    pub kind: SourceKind,
    /// Lane of the source.
    pub lane: Lane,
    /// Publisher's time, else when we first saw it.
    pub published_at: DateTime<Utc>,
    /// Why it is in this story.
    pub reason: String,
    /// Links of its text to other sites.
    #[serde(default)]
    pub links: Vec<String>,
}

/// The items that tell one event. The lead stands first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Story {
    /// Row id.
    pub id: StoryId,
    /// Headline of the lead item.
    pub title: String,
    /// Language of the lead item.
    pub language: Tongue,
    /// Lane of the lead's source.
    pub lane: Lane,
    /// Earliest believable time of its items.
    pub happened_at: DateTime<Utc>,
    /// Lead first, then by time.
    pub items: Vec<StoryItem>,
    /// Independent owners that tell it.
    pub owners: Vec<String>,
}
