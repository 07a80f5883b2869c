//! Takes what is due from the queue, as much as the limits of relay and provider allow. The counts stand in the
//! database: several senders share them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::PgConnection;

use super::pace::{Limit, Span, warm_up};
use super::worker::{Route, Run};
use crate::store::deliveries::{self, Claimed, Wish};
use crate::store::send_buckets::{self, Level};
use crate::store::{ledger, send_holds};

/// Rows that a worker claims at a time.
const BATCH: u32 = 50;

/// How long a worker may keep rows without beginning to send them; after a kill they wait no longer.
const CLAIM_LEASE: TimeDelta = TimeDelta::minutes(5);

/// What a worker may send now.
pub struct Batch {
    /// The rows.
    pub rows: Vec<Claimed>,
    /// By which of the run's routes.
    pub route: usize,
    /// If there are none: when some may be.
    pub next: Option<DateTime<Utc>>,
}

/// Takes a batch for one worker, to whom the routes `avoid` are closed. `None`: nothing is due, or there is no way.
///
/// # Errors
/// The database fails.
pub async fn claim(run: &Run, avoid: &BTreeSet<usize>) -> sqlx::Result<Option<Batch>> {
    let now = run.ctx.clock.now();
    let holds = send_holds::active(&run.ctx.pool, now).await?;
    let is_held = |scope: &str| holds.iter().any(|hold| hold.scope == scope);
    if is_held(send_holds::ALL) {
        return Ok(None);
    }
    let wanted = take_up(run);
    if wanted == 0 {
        return Ok(None);
    }
    for (route, way) in run.routes.iter().enumerate() {
        let scope = send_holds::relay(&way.name());
        if avoid.contains(&route) || is_held(&scope) {
            continue;
        }
        let mut tx = run.ctx.pool.begin().await?;
        let limits = limits(way, run.warm_up_from, now);
        let (granted, next) = grant(&mut tx, (&scope, &limits), wanted, now).await?;
        if granted == 0 {
            tx.commit().await?;
            if limits.iter().all(|limit| limit.span != Span::Day) || next - now < TimeDelta::minutes(1) {
                put_back(run, wanted);
                return Ok(Some(Batch { rows: Vec::new(), route, next: Some(next) }));
            }
            // The day is over for this relay; another may still have room.
            let mut conn = run.ctx.pool.acquire().await?;
            send_holds::set(&mut conn, &scope, "its limit of the day is reached", now, next).await?;
            continue;
        }
        let wish = Wish { owner: &run.owner, limit: i64::from(granted), lease_until: now + CLAIM_LEASE };
        let rows = deliveries::claim(&mut tx, wish, now).await?;
        let rows = within_domains(run, &mut tx, rows, now).await?;
        let unused = i64::from(granted) - rows.len() as i64;
        give_back(&mut tx, (&scope, &limits), unused, now).await?;
        tx.commit().await?;
        put_back(run, wanted - u32::try_from(rows.len()).unwrap_or(wanted).min(wanted));
        let next = if rows.is_empty() { send_holds::first_domain(&run.ctx.pool, now).await? } else { None };
        let is_over = rows.is_empty() && next.is_none();
        return Ok((!is_over).then_some(Batch { rows, route, next }));
    }
    put_back(run, wanted);
    Ok(None)
}

/// A batch of what the run may still send.
fn take_up(run: &Run) -> u32 {
    let take = |left: u32| Some(left - left.min(BATCH));
    run.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).map_or(0, |left| left.min(BATCH))
}

fn put_back(run: &Run, n: u32) {
    let put = |left: u32| Some(left.saturating_add(n));
    let _ = run.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, put);
}

fn limits(way: &Route, warm_up_from: Option<NaiveDate>, now: DateTime<Utc>) -> Vec<Limit> {
    let Route::Smtp(_, limits) = way else { return Vec::new() };
    let mut limits = limits.clone();
    if let Some(most) = warm_up_from.and_then(|from| warm_up(from, now.date_naive())) {
        match limits.iter_mut().find(|limit| limit.span == Span::Day) {
            Some(day) => day.most = day.most.min(most),
            None => limits.push(Limit { span: Span::Day, most }),
        }
    }
    limits
}

/// Takes up to `wanted` from all limits of a scope, the same from each; and when the next may go if none may now.
async fn grant(
    conn: &mut PgConnection,
    (scope, limits): (&str, &[Limit]),
    wanted: u32,
    now: DateTime<Utc>,
) -> sqlx::Result<(u32, DateTime<Utc>)> {
    let mut levels: Vec<(Limit, Level)> = Vec::new();
    for limit in limits {
        let level = send_buckets::lock(conn, scope, limit.span.as_str()).await?;
        levels.push((*limit, limit.refresh(level, now)));
    }
    let granted = levels.iter().fold(wanted, |n, (limit, level)| n.min(limit.available(*level)));
    let next = levels.iter().map(|(limit, level)| limit.next(*level, now)).max().unwrap_or(now);
    for (limit, level) in levels {
        let left = limit.take(level, i64::from(granted));
        send_buckets::save(conn, scope, limit.span.as_str(), left).await?;
    }
    Ok((granted, next))
}

async fn give_back(
    conn: &mut PgConnection,
    (scope, limits): (&str, &[Limit]),
    unused: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    for limit in limits.iter().filter(|_| unused > 0) {
        let level = send_buckets::lock(conn, scope, limit.span.as_str()).await?;
        let left = limit.take(limit.refresh(level, now), -unused);
        send_buckets::save(conn, scope, limit.span.as_str(), left).await?;
    }
    Ok(())
}

/// What the providers' own limits leave; the rest goes back, and its provider waits.
async fn within_domains(
    run: &Run,
    conn: &mut PgConnection,
    rows: Vec<Claimed>,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Claimed>> {
    let per_minute = &run.ctx.settings.mail.domain_per_minute;
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for row in &rows {
        if per_minute.contains_key(&row.domain_group) {
            *counts.entry(row.domain_group.clone()).or_default() += 1;
        }
    }
    let mut left: BTreeMap<String, u32> = BTreeMap::new();
    for (group, wanted) in counts {
        let limit = Limit { span: Span::Minute, most: per_minute[&group] };
        let scope = send_holds::domain(&group);
        let (granted, _) = grant(conn, (&scope, &[limit]), wanted, now).await?;
        if granted < wanted {
            let level = send_buckets::lock(conn, &scope, limit.span.as_str()).await?;
            let next = limit.next(limit.refresh(level, now), now);
            send_holds::set(&mut *conn, &scope, "its limit of the minute is reached", now, next).await?;
        }
        left.insert(group, granted);
    }
    let mut over = Vec::new();
    let mut kept = Vec::new();
    for row in rows {
        match left.get_mut(&row.domain_group) {
            Some(0) => over.push(row.id),
            Some(n) => {
                *n -= 1;
                kept.push(row);
            }
            None => kept.push(row),
        }
    }
    if !over.is_empty() {
        ledger::release(&mut *conn, &run.owner, &over).await?;
    }
    Ok(kept)
}
