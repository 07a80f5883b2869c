//! feeds.toml and headsup.toml: parsed once, at the door. Inside, nobody asks again.

mod check_mail;
mod check_settings;
mod document;
mod editions;
mod feeds;
mod live;
mod load_feeds;
mod load_settings;
mod opml;
mod place;
mod problem;
mod rates;
mod rule;
mod settings;
mod settings_mail;
mod template;

pub use document::{Document, schema_of};
pub use editions::{EditionPeriod, EditionSettings, WEEKLY};
pub use feeds::{ArticleRules, Feeds, PageRules, SourceConfig};
pub use live::LiveFeeds;
pub use load_feeds::CATALOGUE;
pub use load_settings::{Environment, Loaded, Origin};
pub use opml::{Outline, read as read_opml, web_address, write as write_opml};
pub use place::{find, home};
pub use problem::{ConfigError, Problem, suggest};
pub use rule::{Field, Rule};
pub use settings::{
    CrawlSettings, DigestSettings, EmbeddingSettings, ModelSettings, Proxies, RetentionSettings, Review,
    ScheduleSettings, ScoreSettings, SendScope, Settings, SiteSettings,
};
pub use settings_mail::{MailSettings, MailTransport, OnUncertain, RelaySettings};
pub use template::settings_file;
