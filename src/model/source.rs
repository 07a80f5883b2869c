//! Where news comes from, and what its answers tell.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Lane, Language, SourceId, UnknownWord, words};

words! {
    /// How a source is read.
    SourceKind {
        /// RSS, RDF, Atom or JSON Feed.
        Feed = "feed",
        /// arXiv's Atom API or its announcement feed.
        Arxiv = "arxiv",
        /// A list page without a feed, by CSS selectors.
        Page = "page",
        /// A repository's `releases.atom`.
        Github = "github",
        /// The pages of a sitemap under a path.
        Sitemap = "sitemap",
        /// A search on Hacker News, by Algolia's API.
        HackerNews = "hackernews",
        /// Daily papers or models of the Hugging Face Hub.
        HuggingFace = "huggingface",
    }
}
words! {
    /// What a source counts of an item.
    SignalKind {
        /// Votes of Hacker News and its like.
        Points = "points",
        /// Votes of the Hugging Face Hub's papers.
        Upvotes = "upvotes",
        /// Likes of the Hugging Face Hub's models.
        Likes = "likes",
        /// Stars of a repository.
        Stars = "stars",
        /// Comments.
        Comments = "comments",
        /// Downloads, of the last month where the source says so.
        Downloads = "downloads",
    }
}
words! {
    /// How near a source stands to the event.
    Tier {
        /// Speaks about itself: company blog, paper, release.
        Primary = "primary",
        /// Journalism with an editor.
        Press = "press",
        /// Forums, aggregators, personal blogs.
        Community = "community",
    }
}

/// A configured origin as the crawl meets it: the row in the database beside its entry in feeds.toml.
#[derive(Clone, Debug)]
pub struct Source {
    /// Row id.
    pub id: SourceId,
    /// Short unique name, `[a-z0-9-]`.
    pub slug: String,
    /// Name for readers.
    pub name: String,
    /// How it is read.
    pub kind: SourceKind,
    /// What is fetched.
    pub url: String,
    /// Lane of its items unless their text says otherwise.
    pub lane: Lane,
    /// Language of its items unless their text says otherwise.
    pub language: Language,
    /// How near it stands to events.
    pub tier: Tier,
    /// Which company or outlet speaks: corroboration counts owners, not URLs.
    pub owner: String,
    /// `ETag` of the last answer, byte for byte.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer, byte for byte.
    pub last_modified: Option<String>,
    /// SHA-256 of the last body.
    pub body_sha256: Option<Vec<u8>>,
    /// Failures in a row.
    pub n_failures: i32,
    /// "host:port" of what is asked: one request at a time.
    pub host: String,
    /// Where its permanent redirects lead.
    pub moved_to: Option<String>,
    /// How often in a row they were seen.
    pub n_moved: i32,
    /// What its last readable answer told of its rhythm; `None` before the first.
    pub rhythm: Option<Rhythm>,
}

/// A permanent redirect is believed at this sighting.
const SURELY_MOVED: i32 = 3;

impl Source {
    /// Whether so many sightings of a permanent redirect are enough to believe it.
    pub fn is_sure(n_moved: i32) -> bool {
        n_moved >= SURELY_MOVED
    }

    /// Whether its permanent redirect was seen often enough to ask the new address.
    pub fn has_moved(&self) -> bool {
        Self::is_sure(self.n_moved) && self.moved_to.is_some()
    }

    /// What is asked: the configured address, or the one it has moved to.
    pub fn address(&self) -> &str {
        self.moved_to.as_deref().filter(|_| self.has_moved()).unwrap_or(&self.url)
    }
}

/// What a source's own answer tells of when to come again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// Entries of the answer.
    pub n_entries: usize,
    /// Date of the newest entry.
    pub newest_at: Option<DateTime<Utc>>,
    /// When its answer last was another one than before.
    pub changed_at: Option<DateTime<Utc>>,
    /// Median time between two of its latest entries, in minutes.
    pub gap_minutes: Option<i64>,
    /// `ttl` or `sy:updatePeriod`, in minutes.
    pub ttl_minutes: Option<u32>,
    /// `skipHours`: hours of the day in GMT, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// `skipDays`: days of the week in GMT, 0 is Monday.
    pub skip_days: Vec<u8>,
}
