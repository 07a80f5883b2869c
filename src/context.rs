//! What every stage is given: database, configuration, clock, templates, and the wish to stop.

use std::sync::Arc;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{Feeds, LiveFeeds, Settings};
use crate::progress::Progress;
use crate::render::Templates;

/// The surroundings of a run. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The database, migrated.
    pub pool: PgPool,
    /// headsup.toml with its defaults and the environment's overrides.
    pub settings: Arc<Settings>,
    /// feeds.toml as it was when the run began.
    pub feeds: Arc<Feeds>,
    /// Where to look for a newer one; `None`: nowhere (the built-in catalogue, the demo).
    pub live_feeds: Option<Arc<LiveFeeds>>,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Templates for mail, web and prompts.
    pub templates: Arc<Templates>,
    /// Set by Ctrl-C: stop at the next safe point.
    pub cancel: CancellationToken,
    /// How long work is shown.
    pub progress: Progress,
}

impl Context {
    /// The same with the sources as feeds.toml lists them now, and why a changed file was not taken up.
    pub fn with_newest_feeds(&self) -> (Self, Option<String>) {
        let Some(live) = &self.live_feeds else { return (self.clone(), None) };
        let (feeds, trouble) = live.newest();
        (Self { feeds, ..self.clone() }, trouble)
    }
}
