//! Readers brought from another list, in one transaction: all of them or none.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;

use super::consents::{self, Consent};
use super::sign_ups::Wish;
use super::{subscribers, suppressions};

/// One reader of the list.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Address and wishes.
    pub wish: Wish,
    /// What shows that the reader agreed.
    pub consent: Consent,
}

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New readers.
    pub added: usize,
    /// Readers already; nothing of them was changed.
    pub known: usize,
    /// Had left; nobody but themselves brings them back.
    pub left: usize,
    /// Asked to be forgotten, or are not to be written to.
    pub suppressed: usize,
}

/// Adds who is new.
///
/// # Errors
/// The database fails; then nobody was added.
pub async fn import(pool: &PgPool, rows: &[Imported], now: DateTime<Utc>) -> sqlx::Result<Counts> {
    run(pool, rows, now, Sqlx::commit).await
}

/// Says what [`import`] would do, and does nothing.
///
/// # Errors
/// The database fails.
pub async fn rehearse(pool: &PgPool, rows: &[Imported], now: DateTime<Utc>) -> sqlx::Result<Counts> {
    run(pool, rows, now, Sqlx::rollback).await
}

type Sqlx<'a> = sqlx::Transaction<'a, sqlx::Postgres>;

async fn run<'a, F>(
    pool: &'a PgPool,
    rows: &[Imported],
    now: DateTime<Utc>,
    end: impl FnOnce(Sqlx<'a>) -> F,
) -> sqlx::Result<Counts>
where
    F: Future<Output = sqlx::Result<()>>,
{
    let mut counts = Counts::default();
    let mut tx = pool.begin().await?;
    for row in rows {
        let email = &row.wish.email;
        let known = sqlx::query!("SELECT left_at FROM subscribers WHERE lower(email) = lower($1)", email)
            .fetch_optional(&mut *tx)
            .await?;
        if suppressions::of(&mut tx, email).await?.is_some() {
            counts.suppressed += 1;
        } else if let Some(known) = known {
            let place = if known.left_at.is_some() { &mut counts.left } else { &mut counts.known };
            *place += 1;
        } else {
            let reader = subscribers::welcome(&mut tx, &row.wish, now).await?;
            consents::note(&mut tx, reader, &row.consent).await?;
            counts.added += 1;
        }
    }
    end(tx).await?;
    Ok(counts)
}
