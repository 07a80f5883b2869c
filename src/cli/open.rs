//! What every command needs before it can begin: log, configuration, database, the wish to stop.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::args::Global;
use crate::clock::Clock;
use crate::config::{self, ConfigError, Environment, Feeds, LiveFeeds, Loaded, Settings};
use crate::context::Context;
use crate::progress::Progress;
use crate::render::Templates;
use crate::store;
use crate::store::embedded::Database;

/// Never logged: the client of the model may print keys and texts.
const SILENT: &str = ",async_openai=off,html5ever=off,selectors=off";

/// Exit code after a second Ctrl-C, as shells have it.
const KILLED: i32 = 130;

/// The command line's options and the environment.
pub struct Surroundings {
    /// Options of every command.
    pub global: Global,
    /// The process's variables.
    pub environment: Environment,
    /// Set by Ctrl-C.
    pub cancel: CancellationToken,
}

/// An open headsup: close it, so that the private server stops.
pub struct App {
    /// Given to the stages.
    pub ctx: Context,
    database: Database,
}

impl Surroundings {
    /// Reads the environment.
    pub fn new(global: Global) -> Self {
        // A variable that is not UTF-8 can be none of ours.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { global, environment, cancel: CancellationToken::new() }
    }

    /// The settings file in use.
    pub fn settings_path(&self) -> Option<PathBuf> {
        self.global.config.clone().or_else(|| config::find("headsup.toml", &self.environment))
    }

    /// The sources file in use; `None`: the built-in catalogue.
    pub fn feeds_path(&self) -> Option<PathBuf> {
        self.global.feeds.clone().or_else(|| config::find("feeds.toml", &self.environment))
    }

    /// The settings; warnings go to standard error.
    pub fn settings(&self) -> Result<Loaded, ConfigError> {
        let loaded = Settings::load(self.settings_path().as_deref(), &self.environment)?;
        for warning in &loaded.warnings {
            eprintln!("headsup: {warning}");
        }
        Ok(loaded)
    }

    /// The sources.
    pub fn feeds(&self) -> Result<Feeds, ConfigError> {
        Feeds::load(self.feeds_path().as_deref())
    }

    /// `DATABASE_URL`, if it is set to something.
    pub fn database_url(&self) -> Option<String> {
        self.environment.get("DATABASE_URL").filter(|url| !url.trim().is_empty()).cloned()
    }

    /// How long work is shown.
    pub fn progress(&self) -> Progress {
        match (self.global.quiet || self.global.json, std::io::stderr().is_terminal()) {
            (true, _) => Progress::Quiet,
            (false, true) => Progress::Bar,
            (false, false) => Progress::Lines,
        }
    }

    /// Reads both files, opens the database and migrates it.
    pub async fn open(&self) -> anyhow::Result<App> {
        let (settings, feeds) = match (self.settings(), self.feeds()) {
            (Ok(loaded), Ok(feeds)) => (loaded.settings, Arc::new(feeds)),
            (settings, feeds) => {
                let errors = [settings.err(), feeds.err()];
                return Err(
                    ConfigError(errors.into_iter().flatten().flat_map(|error| error.0).collect()).into()
                );
            }
        };
        let templates = Templates::load(self.global.templates.as_deref())?;
        let database = Database::open(&settings.home, self.database_url()).await?;
        let ctx = Context {
            pool: database.pool.clone(),
            settings: Arc::new(settings),
            live_feeds: self.feeds_path().map(|path| Arc::new(LiveFeeds::new(path, Arc::clone(&feeds)))),
            feeds,
            clock: Clock::System,
            templates: Arc::new(templates),
            cancel: self.cancel.clone(),
            progress: self.progress(),
        };
        let app = App { ctx, database };
        if let Err(error) = store::migrate(&app.ctx.pool).await {
            app.close().await?;
            return Err(error);
        }
        Ok(app)
    }
}

impl App {
    /// Ends the connections; stops the private server if nobody else uses it.
    pub async fn close(self) -> anyhow::Result<()> {
        self.database.close().await
    }

    /// Closes after a command, whatever became of it; the command's error comes first.
    pub async fn close_after<T>(self, outcome: anyhow::Result<T>) -> anyhow::Result<T> {
        let closed = self.close().await;
        let value = outcome?;
        closed?;
        Ok(value)
    }
}

/// Log lines go to standard error: warnings by default. `HEADSUP_LOG` takes a filter such as "headsup=debug".
pub fn start_log(global: &Global) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "headsup=info,warn",
        (false, _) => "headsup=debug,info",
    };
    let wished = std::env::var("HEADSUP_LOG").unwrap_or_else(|_| level.to_owned());
    let filter = EnvFilter::builder().parse_lossy(format!("{wished}{SILENT}"));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
    // Only a second start in one process can fail, and then a log is there.
    drop(started);
}

/// The first Ctrl-C (or SIGTERM) asks to stop at the next safe point, the second ends the program.
pub fn listen_to_signals(cancel: CancellationToken) {
    tokio::spawn(async move {
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        loop {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            if cancel.is_cancelled() {
                std::process::exit(KILLED);
            }
            eprintln!("\nheadsup: stopping at the next safe point (once more: at once)");
            cancel.cancel();
        }
    });
}
