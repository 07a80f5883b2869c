//! The pipeline by the clock. tokio-cron-scheduler only ticks once a minute; when a job is due stands in the
//! table `jobs`, computed in the configured time zone (the crate itself freezes the zone's offset at start).

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, SubsecRound as _, Utc};
use chrono_tz::Tz;
use croner::Cron;
use tokio::sync::Mutex;
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::context::Context;
use crate::pipeline::{self, Stage};
use crate::send;
use crate::store;

/// Six fields with seconds first: at second 0 of every minute, in UTC.
const TICK: &str = "0 * * * * *";

/// How long a finished schedule waits for a running job at Ctrl-C.
const LAST_WORDS: Duration = Duration::from_secs(30);

/// The job that reads the sources.
const READING: &str = "reading";

/// The job that looks back at earlier stories, and when: once a day, before the weekly issue may be due.
const HINDSIGHT: (&str, &str) = ("hindsight", "35 5 * * *");

/// A periodic job: name, its line in `[schedule]`, what it runs.
struct Periodic {
    name: String,
    cron: String,
    stages: &'static [Stage],
}

/// Runs the jobs until `ctx.cancel`. A run missed while the machine was off is made up at once, one time.
///
/// # Errors
/// A cron line or time zone that does not parse (configuration checks them first), or the database fails.
pub async fn run(ctx: &Context) -> anyhow::Result<()> {
    enter_jobs(ctx).await?;
    let one_at_a_time = Arc::new(Mutex::new(()));
    let mailing = Arc::new(Mutex::new(()));
    run_due(ctx, &one_at_a_time).await;
    let mut ticker = JobScheduler::new().await.context("cannot start the scheduler")?;
    let (tick_ctx, tick_lock) = (ctx.clone(), one_at_a_time.clone());
    let tick = Job::new_async(TICK, move |_, _| {
        let (ctx, lock) = (tick_ctx.clone(), tick_lock.clone());
        Box::pin(async move { run_due(&ctx, &lock).await })
    });
    ticker.add(tick.context("cannot add the tick")?).await.context("cannot add the tick")?;
    // Mail has a tick of its own: a reader's morning does not wait for a long crawl.
    let (mail_ctx, mail_lock) = (ctx.clone(), mailing.clone());
    let tick = Job::new_async(TICK, move |_, _| {
        let (ctx, lock) = (mail_ctx.clone(), mail_lock.clone());
        Box::pin(async move { send_due(&ctx, &lock).await })
    });
    ticker.add(tick.context("cannot add the tick")?).await.context("cannot add the tick")?;
    ticker.start().await.context("cannot start the scheduler")?;
    ctx.cancel.cancelled().await;
    ticker.shutdown().await.context("cannot stop the scheduler")?;
    // shutdown() returns at once; a job that runs stops at its next safe point.
    let _ = tokio::time::timeout(LAST_WORDS, one_at_a_time.lock()).await;
    let _ = tokio::time::timeout(LAST_WORDS, mailing.lock()).await;
    Ok(())
}

/// The first time after `after` at which `cron` (five fields) fires in the zone `time_zone`.
///
/// # Errors
/// The line or the zone does not parse, or never fires.
pub fn next_time(cron: &str, time_zone: &str, after: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
    let zone: Tz = time_zone.parse().map_err(|_| anyhow::anyhow!("unknown time zone {time_zone:?}"))?;
    let line: Cron = cron.parse().with_context(|| format!("cannot read the cron line {cron:?}"))?;
    let next = line.find_next_occurrence(&after.with_timezone(&zone), false);
    Ok(next.with_context(|| format!("the cron line {cron:?} never fires"))?.with_timezone(&Utc))
}

async fn enter_jobs(ctx: &Context) -> anyhow::Result<()> {
    let zone = &ctx.settings.schedule.time_zone;
    for job in jobs(ctx) {
        // By the whole second, as cron lines go: the tick of that second is not to come a moment too early.
        let now = ctx.clock.now().trunc_subsecs(0);
        // A new installation reads at once: nobody wants to look at an empty archive for hours.
        let next = if job.name == READING { now } else { next_time(&job.cron, zone, now)? };
        store::jobs::enter(&ctx.pool, &job.name, &job.cron, zone, next).await?;
    }
    Ok(())
}

/// Runs what is due, one job after the other. While a job runs, later ticks leave at once.
async fn run_due(ctx: &Context, one_at_a_time: &Mutex<()>) {
    let Ok(_running) = one_at_a_time.try_lock() else { return };
    for job in jobs(ctx) {
        if ctx.cancel.is_cancelled() {
            return;
        }
        if let Err(error) = run_if_due(ctx, &job).await {
            tracing::error!(job = job.name, error = format!("{error:#}"), "job failed");
        }
    }
}

/// Sends what has become due since: an approved draft, deferred mails, readers' mornings, what a limit held back, mails to
/// the operator.
async fn send_due(ctx: &Context, mailing: &Mutex<()>) {
    let Ok(_running) = mailing.try_lock() else { return };
    let outcome = match send::is_wanted(ctx).await {
        Ok(true) => pipeline::run_stage(ctx, Stage::Send).await.map(drop),
        Ok(false) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        tracing::error!(error = format!("{error:#}"), "sending failed");
    }
}

async fn run_if_due(ctx: &Context, job: &Periodic) -> anyhow::Result<()> {
    let now = ctx.clock.now();
    let next = next_time(&job.cron, &ctx.settings.schedule.time_zone, now.trunc_subsecs(0))?;
    if !store::jobs::take_if_due(&ctx.pool, &job.name, now, next).await? {
        return Ok(());
    }
    let outcome = run_alone(ctx, job).await;
    let text = outcome.as_ref().err().map(|error| format!("{error:#}"));
    store::jobs::note(&ctx.pool, &job.name, text.as_deref()).await?;
    outcome
}

/// Holds the job's advisory lock on a connection of its own: a process that dies gives it up.
async fn run_alone(ctx: &Context, job: &Periodic) -> anyhow::Result<()> {
    let mut conn = ctx.pool.acquire().await?;
    if !store::jobs::try_lock(&mut conn, &job.name).await? {
        tracing::info!(job = job.name, "another process runs this job");
        return Ok(());
    }
    tracing::info!(job = job.name, "job starts");
    let (ctx, trouble) = ctx.with_newest_feeds();
    if let Some(trouble) = &trouble {
        tracing::warn!("feeds.toml was changed, the sources stay as they were: {trouble}");
    }
    let outcome = pipeline::run_stages(&ctx, job.stages).await;
    store::jobs::unlock(&mut conn, &job.name).await?;
    outcome?;
    // The job's row says it too, where the operator looks.
    trouble.map_or(Ok(()), |trouble| Err(anyhow::anyhow!("feeds.toml was not taken up: {trouble}")))
}

fn jobs(ctx: &Context) -> Vec<Periodic> {
    let lines = &ctx.settings.schedule;
    let job = |name: &str, cron: &str, stages| Periodic { name: name.into(), cron: cron.into(), stages };
    let editions = ctx.settings.editions.iter();
    let editions = editions
        .map(|edition| job(&format!("edition {}", edition.slug), edition.schedule(), &Stage::ALL[..]));
    [
        job(READING, &lines.crawl, &Stage::READING),
        job(HINDSIGHT.0, HINDSIGHT.1, &Stage::LOOKING_BACK),
        job("weekly", &lines.weekly, &Stage::ALL),
        job("paper", &lines.paper, &Stage::ALL),
    ]
    .into_iter()
    .chain(editions)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next_three(cron: &str, zone: &str, after: &str) -> Vec<String> {
        let mut at: DateTime<Utc> = after.parse().unwrap();
        (0..3)
            .map(|_| {
                at = next_time(cron, zone, at).unwrap();
                at.format("%m-%d %H:%M:%S").to_string()
            })
            .collect()
    }

    #[test]
    fn the_default_lines_fire_when_they_say() {
        let lines = crate::config::ScheduleSettings::default();
        let after = "2026-05-06T08:20:00Z";
        assert_eq!(
            next_three(&lines.crawl, "UTC", after),
            ["05-06 10:15:00", "05-06 12:15:00", "05-06 14:15:00"]
        );
        assert_eq!(
            next_three(&lines.weekly, "UTC", after),
            ["05-11 07:00:00", "05-18 07:00:00", "05-25 07:00:00"]
        );
        assert_eq!(
            next_three(&lines.paper, "UTC", after),
            ["06-01 07:00:00", "07-01 07:00:00", "08-01 07:00:00"]
        );
        assert_eq!(
            next_three(HINDSIGHT.1, "UTC", after),
            ["05-07 05:35:00", "05-08 05:35:00", "05-09 05:35:00"]
        );
    }

    #[test]
    fn seven_in_the_morning_stays_seven_over_a_clock_change() {
        let fired = next_three("0 7 * * *", "Europe/Berlin", "2026-10-23T12:00:00Z");
        assert_eq!(fired, ["10-24 05:00:00", "10-25 06:00:00", "10-26 06:00:00"]);
    }

    #[test]
    fn a_line_that_does_not_parse_is_named() {
        assert!(
            next_time("every day", "UTC", DateTime::UNIX_EPOCH)
                .unwrap_err()
                .to_string()
                .contains("every day")
        );
        assert!(
            next_time("0 7 * * *", "Mars", DateTime::UNIX_EPOCH).unwrap_err().to_string().contains("Mars")
        );
    }
}
