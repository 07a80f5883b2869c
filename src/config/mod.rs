//! feeds.toml and headsup.toml: parsed once, at the door. Inside, nobody asks again.

mod feeds;
mod settings;

pub use feeds::{Feeds, PageRules, SourceConfig};
pub use settings::{
    CrawlSettings, DigestSettings, MailSettings, MailTransport, ModelSettings, RetentionSettings,
    ScheduleSettings, SendScope, Settings, SiteSettings,
};
