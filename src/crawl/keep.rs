//! Stores what the question to a source came to.

use chrono::Duration;
use sqlx::PgConnection;

use super::answer::Trouble;
use super::ask::{Failure, Read, address, sighted};
use super::filter::Filter;
use super::host::origin;
use super::{Run, items, outcome, rhythm};
use crate::model::{Report, Rhythm, Source};
use crate::store::items::{self as item_rows, NewItem};
use crate::store::sources::{self, Answer, Asked};
use crate::store::{self, hosts};

/// So many failures at a new address, and the configured one is asked again.
const GIVEN_BACK: i32 = 3;

/// So often a source is stored that another process got in the way of.
const MAX_TRIES: u32 = 4;

/// What is stored of an answer.
struct Prepared {
    items: Vec<NewItem>,
    most: usize,
    withdrawn: Vec<String>,
    n_entries: usize,
    n_filtered: usize,
}

impl Run<'_> {
    /// Stores what a source brought, and when it is asked again. What the database refuses of it is this source's
    /// failure; that there is no database is everybody's.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn keep(&self, source: &Source, mut read: Read, report: &mut Report) -> anyhow::Result<()> {
        let asked = self.asked(source, &read);
        let prepared = read.parsed.take().map(|parsed| self.prepare(source, parsed));
        let mut n_tries = 1;
        loop {
            let mut stored = Report::default();
            match self.save(source, (&asked, &read.answer), prepared.as_ref(), &mut stored).await {
                Ok(()) => {
                    report.absorb(stored);
                    return Ok(());
                }
                Err(error) if store::is_passing(&error) && n_tries < MAX_TRIES => n_tries += 1,
                Err(error) => {
                    let Some(why) = store::refusal(&error) else { return Err(error.into()) };
                    let failure = Failure::says(format!("cannot be stored: {why}"));
                    return self.fail(source, &failure, report).await;
                }
            }
        }
    }

    fn asked(&self, source: &Source, read: &Read) -> Asked {
        let now = self.ctx.clock.now();
        let known = Rhythm::default();
        let rhythm = read.answer.rhythm.as_ref().or(source.rhythm.as_ref()).unwrap_or(&known);
        let limits = rhythm::limits(self.configured.get(source.slug.as_str()).copied());
        let moved = sighted(source, read.moved_to.clone());
        let (state, error) = read.state(source, now);
        Asked {
            at: now,
            next_at: rhythm::next_poll(limits, rhythm, read.max_age_minutes, now, rand::random()),
            state,
            status: Some(if read.answer.is_full { 200 } else { 304 }),
            error,
            n_failures: 0,
            host: origin(address(source, &moved)),
            moved,
        }
    }

    fn prepare(&self, source: &Source, parsed: super::feed::Parsed) -> Prepared {
        let config = self.configured.get(source.slug.as_str()).copied();
        let filter = Filter::new(&self.ctx.feeds.block, &self.ctx.feeds.keep, config);
        let n_entries = parsed.entries.len();
        let wanted: Vec<_> = parsed.entries.into_iter().filter(|entry| filter.takes(entry)).collect();
        Prepared {
            n_entries,
            n_filtered: n_entries - wanted.len(),
            items: items::prepare(source, config, wanted, self.ctx.clock.now()),
            most: items::most(config),
            withdrawn: parsed.withdrawn,
        }
    }

    async fn save(
        &self,
        source: &Source,
        (asked, answer): (&Asked, &Answer),
        prepared: Option<&Prepared>,
        report: &mut Report,
    ) -> sqlx::Result<()> {
        let mut tx = self.ctx.pool.begin().await?;
        match prepared {
            None => report.add("not_modified", 1),
            Some(prepared) => self.store(&mut tx, source, prepared, report).await?,
        }
        sources::note(&mut tx, source.id, asked, answer).await?;
        tx.commit().await
    }

    async fn store(
        &self,
        conn: &mut PgConnection,
        source: &Source,
        prepared: &Prepared,
        report: &mut Report,
    ) -> sqlx::Result<()> {
        let now = self.ctx.clock.now();
        report.add("fetched", 1);
        report.add("entries", prepared.n_entries as u64);
        report.add("filtered", prepared.n_filtered as u64);
        let stored = item_rows::store(conn, source.id, &prepared.items, (prepared.most, now)).await?;
        report.add("items", stored.new);
        report.add("revised", stored.revised);
        report.add("sightings", stored.sightings);
        report.add("signals", stored.signals);
        if stored.old_versions > 0 {
            report.add("old_versions", stored.old_versions);
        }
        let withdrawn = item_rows::withdraw(conn, source.id, &prepared.withdrawn, now).await?;
        if withdrawn > 0 {
            report.add("withdrawn", withdrawn);
        }
        Ok(())
    }

    /// Notes why a source could not be read, and when it is tried again.
    pub async fn fail(&self, source: &Source, failure: &Failure, report: &mut Report) -> anyhow::Result<()> {
        let now = self.ctx.clock.now();
        let (every, _) = rhythm::limits(self.configured.get(source.slug.as_str()).copied());
        let n_failures = source.n_failures.saturating_add(1);
        let trouble = failure.trouble.as_ref();
        let wait = outcome::next_after_failure(every, n_failures, trouble, rand::random());
        self.pause_host(trouble).await?;
        let status = match trouble {
            Some(Trouble::Status { status, .. }) => Some(i32::from(*status)),
            _ => None,
        };
        let was_read = source.body_sha256.is_some();
        let moved = if source.has_moved() && n_failures >= GIVEN_BACK {
            (None, 0)
        } else {
            (source.moved_to.clone(), source.n_moved)
        };
        let asked = Asked {
            at: now,
            next_at: now + wait,
            state: outcome::state_of_failure(&failure.message, trouble, (was_read, n_failures)),
            status,
            error: Some(outcome::message_of_failure(&failure.message, trouble)),
            n_failures,
            host: origin(address(source, &moved)),
            moved,
        };
        report.add("failed", 1);
        report.warnings.push(format!("{}: {}", source.slug, failure.message));
        let mut conn = self.ctx.pool.acquire().await?;
        sources::note(&mut conn, source.id, &asked, &Answer::default()).await?;
        Ok(())
    }

    /// A host that says "later" says it to all who ask for us.
    pub async fn pause_host(&self, trouble: Option<&Trouble>) -> sqlx::Result<()> {
        let Some(Trouble::Status { status: 429 | 503, retry_after: Some(seconds), host }) = trouble else {
            return Ok(());
        };
        let pause = Duration::seconds(i64::try_from(*seconds).unwrap_or(i64::MAX / 2_000));
        let until = self.ctx.clock.now() + pause.min(outcome::LONGEST_WISH);
        hosts::pause(&self.ctx.pool, host, until).await?;
        self.paused().insert(host.clone());
        Ok(())
    }
}
