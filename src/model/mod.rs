//! The types that travel between the stages, in the order in which they come to be.
//! This folder uses nothing of the crate: whoever knows it can read every stage.

mod issue;
mod verdict;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A closed set of words: one spelling in files, in the database and on pages.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in files, database and URLs.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.as_str()) }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
                    .ok_or_else(|| UnknownWord(word.to_owned()))
            }
        }
    };
}
pub(crate) use words;

pub use issue::{
    Erratum, HindsightNote, HindsightStory, IssueContent, IssueKind, IssueLink, IssueStory, Section,
};
pub use verdict::{Artifact, ArtifactKind, Claim, Entity, EntityKind, Funding, ScorePart, Summary, Verdict};

/// A word that is not in its closed set.
#[derive(Debug, thiserror::Error)]
#[error("unknown word {0:?}")]
pub struct UnknownWord(pub String);

/// An id that cannot be confused with another table's.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )+ };
}

ids! {
    /// Row of `sources`.
    SourceId,
    /// Row of `items`.
    ItemId,
    /// Row of `stories`.
    StoryId,
    /// Row of `verdicts`.
    VerdictId,
    /// Row of `issues`.
    IssueId,
    /// Row of `subscribers`.
    SubscriberId,
    /// Row of `deliveries`.
    DeliveryId,
    /// Row of `votes`.
    VoteId,
    /// Row of `errata`.
    ErratumId,
}

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
    /// What a story is about, at the coarsest: also the sections of the issue.
    Lane {
        /// Companies, models and products.
        Company = "company",
        /// Money raised.
        Funding = "funding",
        /// Papers.
        Research = "research",
        /// Open-source releases, community, challengers.
        OpenSource = "open-source",
        /// Everything else about the industry: policy, courts, opinion.
        Industry = "industry",
    }
}
words! {
    /// The three long-term questions that every issue follows.
    Focus {
        /// Text with images, sound, video.
        Multimodal = "multimodal",
        /// Cheaper training and inference.
        Efficiency = "efficiency",
        /// Data privacy and private deployment.
        Privacy = "privacy",
    }
}
words! {
    /// A language of sources, texts and readers.
    Language {
        /// English.
        En = "en",
        /// 简体中文.
        Zh = "zh",
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

/// The language of a text, as its code in BCP 47: of the world's languages two are the readers' ([`Language`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tongue(String);

impl Tongue {
    /// Of a code like "ja" or "de-CH"; the region is left out.
    pub fn new(code: &str) -> Self {
        let primary = code.trim().split(['-', '_']).next().unwrap_or_default();
        Self(primary.to_ascii_lowercase())
    }

    /// Its code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text in it is written without spaces between its words.
    pub fn is_unspaced(&self) -> bool {
        ["zh", "ja", "th"].contains(&self.as_str())
    }

    /// The same where readers read it.
    pub fn reader(&self) -> Option<Language> {
        self.0.parse().ok()
    }
}

impl PartialEq<Language> for Tongue {
    fn eq(&self, other: &Language) -> bool {
        self.0 == other.as_str()
    }
}

impl From<Language> for Tongue {
    fn from(language: Language) -> Self {
        Self(language.as_str().to_owned())
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

words! {
    /// What a reader says about a story.
    VoteKind {
        /// More hype than substance.
        Hype = "hype",
        /// Not hype: worth the time.
        Solid = "solid",
        /// Something in it is not true.
        Wrong = "wrong",
    }
}

/// Who votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voter {
    /// A reader, by the link in the mail.
    Reader(SubscriberId),
    /// A visitor of the archive: a random number.
    Visitor(u128),
}

impl std::fmt::Display for Voter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reader(id) => write!(f, "r{id}"),
            Self::Visitor(number) => write!(f, "v{number:032x}"),
        }
    }
}

impl std::str::FromStr for Voter {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord(word.to_owned());
        if let Some(id) = word.strip_prefix('r') {
            return Ok(Self::Reader(SubscriberId(id.parse().map_err(|_| unknown())?)));
        }
        let number = word.strip_prefix('v').ok_or_else(unknown)?;
        u128::from_str_radix(number, 16).map(Self::Visitor).map_err(|_| unknown())
    }
}

words! {
    /// Where a delivery stands (findings: queued → claimed → sending → one of the rest).
    DeliveryState {
        /// Waits for its time.
        Queued = "queued",
        /// A sender holds it; nothing was sent.
        Claimed = "claimed",
        /// The message may be on the wire.
        Sending = "sending",
        /// The relay took it.
        Sent = "sent",
        /// Refused for now.
        Deferred = "deferred",
        /// Refused for good.
        Failed = "failed",
        /// Cannot be known; never resent by itself.
        Uncertain = "uncertain",
        /// The reader left in the meantime.
        Skipped = "skipped",
        /// Too late to be news.
        Expired = "expired",
    }
}

/// What one run of one stage did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Counts by name, in the words of the stage ("items", "failed", …).
    pub counts: BTreeMap<String, u64>,
    /// What a person should know; one line each, no secrets, no addresses.
    pub warnings: Vec<String>,
}

impl Report {
    /// Adds `n` to the count `name`.
    pub fn add(&mut self, name: &str, n: u64) {
        *self.counts.entry(name.to_owned()).or_default() += n;
    }

    /// Adds what another part of the same stage did.
    pub fn absorb(&mut self, other: Self) {
        for (name, n) in other.counts {
            *self.counts.entry(name).or_default() += n;
        }
        self.warnings.extend(other.warnings);
    }

    /// The count `name`, 0 if it was never added to.
    pub fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or_default()
    }
}
