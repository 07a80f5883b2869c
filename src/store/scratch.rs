//! A schema of its own inside the database, emptied at each start: the demo never touches real data.

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool, Postgres};

use crate::store;

/// How many scratch schemas of one name may be in use at the same time.
const MOST: usize = 8;

/// An empty, migrated schema, ours for as long as this lives.
pub struct Scratch {
    /// Connections that see only this schema.
    pub pool: PgPool,
    /// Its name.
    pub schema: String,
    _lock: PoolConnection<Postgres>,
}

/// Empties and migrates the first schema `name`, `name_2` … that no other process uses.
///
/// # Errors
/// The database fails, refuses CREATE SCHEMA, or all are in use.
pub async fn open(pool: &PgPool, name: &str) -> anyhow::Result<Scratch> {
    let mut conn = pool.acquire().await?;
    for number in 1..=MOST {
        let schema = if number == 1 { name.to_owned() } else { format!("{name}_{number}") };
        if store::jobs::try_lock(&mut conn, &schema).await? {
            let sql = format!(r#"DROP SCHEMA IF EXISTS "{schema}" CASCADE; CREATE SCHEMA "{schema}""#);
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
            let options = (*pool.connect_options()).clone().options([("search_path", schema.as_str())]);
            let inner = PgPoolOptions::new()
                .max_connections(store::embedded::CONNECTIONS)
                .connect_with(options)
                .await?;
            store::migrate(&inner).await?;
            return Ok(Scratch { pool: inner, schema, _lock: conn });
        }
    }
    anyhow::bail!("{MOST} demos run on this database already: stop one of them")
}
