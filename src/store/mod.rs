//! Postgres: the shelf that all stages stand on, and the only place with SQL. One file per table;
//! free functions on a connection or pool, so that the caller owns the transaction.

pub mod archive;
pub mod articles;
pub mod claims;
pub mod consents;
pub mod deliveries;
pub mod delivery_report;
pub mod drafts;
pub mod embedded;
pub mod embeddings;
pub mod errata;
pub mod facts;
pub mod fan_out;
pub mod group_index;
pub mod hindsight;
pub mod hindsight_view;
pub mod hosts;
mod identity;
pub mod import;
pub mod issue_inputs;
pub mod issues;
pub mod items;
pub mod jobs;
pub mod leases;
pub mod ledger;
pub mod letters;
pub mod model_calls;
pub mod operator_mails;
pub mod pages;
pub mod papers;
pub mod preferences;
pub mod runs;
pub mod scratch;
pub mod send_buckets;
pub mod send_holds;
pub mod sign_ups;
mod signals;
pub mod sources;
pub mod stories;
pub mod story_decisions;
pub mod story_view;
pub mod subscribers;
pub mod suppressions;
pub mod synthetic;
pub mod synthetic_mail;
pub mod synthetic_week;
pub mod totals;
pub mod trouble;
pub mod verdicts;
pub mod votes;

use anyhow::Context as _;
use sqlx::PgConnection;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// The schema's history, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Opens a pool of at most `n_connections`.
///
/// # Errors
/// The database cannot be reached or refuses us; the message names the host, never the password.
pub async fn open(options: PgConnectOptions, n_connections: u32) -> anyhow::Result<PgPool> {
    // A generic plan of a prepared statement can be a thousand times slower on a skewed table.
    let options = options.options([("plan_cache_mode", "force_custom_plan")]);
    PgPoolOptions::new()
        .max_connections(n_connections)
        .connect_with(options)
        .await
        .context("cannot reach the database")
}

/// Brings the schema up to date. Safe from several processes at once: sqlx takes an advisory lock.
///
/// # Errors
/// A migration fails, or the schema is newer than this program.
pub async fn migrate(pool: &PgPool) -> anyhow::Result<()> {
    MIGRATIONS.run(pool).await.context("cannot migrate the database")
}

/// Major version of the server.
///
/// # Errors
/// The database fails.
pub async fn server_version(pool: &PgPool) -> sqlx::Result<i32> {
    let number = sqlx::query_scalar!(r#"SELECT current_setting('server_version_num')::int AS "number!""#);
    Ok(number.fetch_one(pool).await? / 10_000)
}

/// Creates the database `name` unless it is there. `name` is ours, never a reader's.
pub(crate) async fn create_if_missing(conn: &mut PgConnection, name: &str) -> sqlx::Result<()> {
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS "known!""#,
        name
    );
    if !known.fetch_one(&mut *conn).await? {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(r#"CREATE DATABASE "{name}""#))).execute(conn).await?;
    }
    Ok(())
}

/// Whether the same again may work: two processes got in each other's way.
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>, class 40.
pub fn is_passing(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| ["40001", "40P01"].contains(&code.as_ref()))
}

/// Whether the same again may work a little later: the server was restarted, or does not take connections yet. Classes 08
/// and 57P of the same list.
pub fn is_away(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let is_shut = code.is_some_and(|code| code.starts_with("08") || code.starts_with("57P"));
    is_shut
        || matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::Protocol(_)
                | sqlx::Error::WorkerCrashed
        )
}

/// Why the database does not take these data, in its own words; `None`: it is not the data (no connection, no space, no
/// rights).
pub fn refusal(error: &sqlx::Error) -> Option<String> {
    let error = error.as_database_error()?;
    let code = error.code()?;
    // Data (22), constraints (23), limits of a row or an index (54), what two processes did (40).
    ["22", "23", "40", "54"].contains(&code.get(..2)?).then(|| error.message().to_owned())
}
