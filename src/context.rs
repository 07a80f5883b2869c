//! What every stage is given: database, configuration, clock, templates, and the wish to stop.

use std::sync::Arc;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{Feeds, Settings};
use crate::progress::Progress;
use crate::render::Templates;

/// The surroundings of a run. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The database, migrated.
    pub pool: PgPool,
    /// headsup.toml with its defaults and the environment's overrides.
    pub settings: Arc<Settings>,
    /// feeds.toml.
    pub feeds: Arc<Feeds>,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Templates for mail, web and prompts.
    pub templates: Arc<Templates>,
    /// Set by Ctrl-C: stop at the next safe point.
    pub cancel: CancellationToken,
    /// How long work is shown.
    pub progress: Progress,
}
