//! The database that headsup opens: with `DATABASE_URL` that one and nothing else; without it a private
//! Postgres that headsup starts and stops itself, from the server binaries installed on the machine.
//!
//! Any number of headsup processes share the private server: each holds a shared lock on `users.lock`, and
//! the one that can turn it into an exclusive lock when leaving is the last, and stops the server. The kernel
//! drops the lock of a killed process, so a server that outlived its headsup is simply used by the next one.

mod binaries;
mod place;
mod server;

use std::fs::File;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::store::trouble;
use place::Place;

/// The oldest Postgres that has everything the schema uses.
const MIN_VERSION: i32 = 14;

/// How many connections one process opens at most.
pub const CONNECTIONS: u32 = 20;

/// How long `DATABASE_URL` may take to answer.
const ANSWER: Duration = Duration::from_secs(15);

/// How long a process waits for another one that is starting or stopping the server.
const PATIENCE: Duration = Duration::from_secs(90);

/// An open database, and the private server behind it, if that is ours.
pub struct Database {
    /// Connections to the database; not yet migrated.
    pub pool: PgPool,
    embedded: Option<Embedded>,
}

/// Our share in the private server.
struct Embedded {
    place: Place,
    users_lock: File,
}

impl Database {
    /// Opens `url` (`DATABASE_URL`), or without one the private server in `home`, starting it if need be.
    ///
    /// # Errors
    /// A message that says what to do: no server installed, wrong version, no rights, full disk, socket path
    /// in use, database unreachable.
    pub async fn open(home: &Path, url: Option<String>) -> anyhow::Result<Self> {
        match url.filter(|url| !url.trim().is_empty()) {
            Some(url) => Ok(Self { pool: open_url(url.trim()).await?, embedded: None }),
            None => open_private(home).await,
        }
    }

    /// How to reach the same server under another database name (tests make many on one server).
    pub fn options(&self) -> PgConnectOptions {
        (*self.pool.connect_options()).clone()
    }

    /// Closes the pool, and stops the private server if no other headsup uses it.
    ///
    /// # Errors
    /// The server does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        self.pool.close().await;
        match self.embedded {
            Some(embedded) => embedded.leave().await,
            None => Ok(()),
        }
    }

    /// The process id of the private server, if that is what this is.
    pub fn server_pid(&self) -> Option<i32> {
        self.embedded.as_ref().and_then(|embedded| server::running(&embedded.place))
    }
}

async fn open_url(url: &str) -> anyhow::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| {
            anyhow::anyhow!(
                "DATABASE_URL is not a Postgres URL: write postgres://user:password@host:5432/database"
            )
        })?
        .application_name("headsup");
    let shown = trouble::where_is(&options);
    // A pool would try again and again: one connection first tells at once what is wrong.
    let probe = match tokio::time::timeout(ANSWER, options.connect()).await {
        Ok(Ok(conn)) => conn.close().await,
        Ok(Err(error)) => Err(error),
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    };
    if let Err(error) = probe {
        return Err(trouble::explain(error, &shown));
    }
    let pool = super::open(options, CONNECTIONS).await?;
    require_version(&pool).await?;
    Ok(pool)
}

async fn open_private(home: &Path) -> anyhow::Result<Database> {
    let place = Place::prepare(home)?;
    let start_lock = place.lock("start.lock", PATIENCE).await?;
    let options = server::ensure_running(&place, PATIENCE).await?;
    let users_lock = place.open_lock("users.lock")?;
    users_lock.lock_shared().context("cannot mark the private database as in use")?;
    let pool = super::open(options, CONNECTIONS).await?;
    drop(start_lock);
    Ok(Database { pool, embedded: Some(Embedded { place, users_lock }) })
}

impl Embedded {
    async fn leave(self) -> anyhow::Result<()> {
        // Whoever starts or stops does it alone; so a newcomer either finds the server up or starts it anew.
        let _start_lock = self.place.lock("start.lock", PATIENCE).await?;
        self.users_lock.unlock().context("cannot leave the private database")?;
        let last = self.place.open_lock("users.lock")?.try_lock().is_ok();
        if last {
            server::stop(&self.place, PATIENCE).await?;
        }
        Ok(())
    }
}

async fn require_version(pool: &PgPool) -> anyhow::Result<()> {
    let version = super::server_version(pool).await?;
    anyhow::ensure!(
        version >= MIN_VERSION,
        "DATABASE_URL is PostgreSQL {version}; headsup needs {MIN_VERSION} or newer: upgrade that server, \
         or unset DATABASE_URL to use a private one"
    );
    Ok(())
}
