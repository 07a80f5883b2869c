//! All sources that are due: claimed a few at a time, one of each host, so that a slow host delays nobody else and
//! several processes share the work.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::Duration;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use super::Run;
use super::answer::Trouble;
use super::ask::Failure;
use super::host::origin;
use crate::model::{Report, Source};
use crate::store::claims;

/// How long a claimed source may take; a process that dies gives it back at once (see `store/leases.rs`).
const LEASE: Duration = Duration::hours(1);

/// Sources claimed at once for each that is asked at the same time.
const CLAIM: usize = 4;

/// When everything is tried again after our own network was down.
const OUR_FAULT: Duration = Duration::minutes(10);

/// Who answered since then proves that our network works; who answered before may be asked again politely.
const LATELY: Duration = Duration::hours(1);

/// Asks every source that is due.
///
/// # Errors
/// The database fails.
pub async fn ask_all(run: &Run<'_>, holder: &str, report: &mut Report) -> anyhow::Result<()> {
    let ctx = run.ctx;
    let parallel = ctx.settings.crawl.parallel.max(1);
    let work = ctx.progress.start("crawl", claims::count_due(&ctx.pool, ctx.clock.now()).await?);
    let crowded = crowded_hosts(run);
    let mut unreachable: Vec<(Source, Failure)> = Vec::new();
    let (mut n_asked, mut may_have_more) = (0, true);
    let mut queue = VecDeque::new();
    let mut asking = FuturesUnordered::new();
    loop {
        if queue.is_empty() && may_have_more && !ctx.cancel.is_cancelled() {
            let now = ctx.clock.now();
            let limit = i64::try_from(parallel * CLAIM).unwrap_or(i64::MAX);
            queue.extend(claims::claim_due(&ctx.pool, holder, (now, now + LEASE), limit).await?);
            may_have_more = !queue.is_empty();
        }
        while asking.len() < parallel
            && !ctx.cancel.is_cancelled()
            && let Some(source) = queue.pop_front()
        {
            asking.push(one(run, source));
        }
        let Some(asked) = asking.next().await else { break };
        let (source, outcome) = asked?;
        n_asked += 1;
        work.step();
        work.say(&source.name);
        may_have_more |= crowded.contains(&source.host);
        match outcome {
            Ok(one) => report.absorb(one),
            Err(failure) => unreachable.push((source, failure)),
        }
    }
    let left: Vec<_> = queue.iter().map(|source: &Source| source.id).collect();
    claims::give_back(&ctx.pool, &left, ctx.clock.now()).await?;
    judge_unreachable(run, holder, unreachable, n_asked, report).await?;
    work.finish(&format!("{} new items from {n_asked} sources", report.count("items")));
    report.add("sources", n_asked as u64);
    Ok(())
}

/// Asks, reads and stores one source; `Err`: it could not be reached, and whose fault that is will be judged when all
/// were asked.
async fn one(run: &Run<'_>, source: Source) -> anyhow::Result<(Source, Result<Report, Failure>)> {
    let ctx = run.ctx;
    let mut report = Report::default();
    if run.is_silent(&source.host) {
        // It would only hold up the others; one of its sources is asked again by the next run.
        claims::give_back(&ctx.pool, &[source.id], ctx.clock.now() + OUR_FAULT).await?;
        report.add("left_for_later", 1);
        return Ok((source, Ok(report)));
    }
    let asked = run.ask(&source).await;
    run.listen(&source.host, asked.as_ref().err().and_then(|failure| failure.trouble.as_ref()));
    let _permit = run.storing.acquire().await?;
    match asked {
        Err(failure) if matches!(failure.trouble, Some(Trouble::Connect(_))) => {
            // Given back for now, so that others of its host are asked: that host may be the only one.
            let next_at = ctx.clock.now() + OUR_FAULT;
            claims::not_reached(&ctx.pool, source.id, (&failure.message, next_at)).await?;
            return Ok((source, Err(failure)));
        }
        Err(failure) => run.fail(&source, &failure, &mut report).await?,
        Ok(read) => run.keep(&source, read, &mut report).await?,
    }
    Ok((source, Ok(report)))
}

/// Hosts of more than one source: only after one of them may there be more to claim.
fn crowded_hosts(run: &Run<'_>) -> HashSet<String> {
    let mut n_sources: HashMap<String, usize> = HashMap::new();
    for source in run.configured.values().filter(|source| source.enabled) {
        *n_sources.entry(origin(&source.url)).or_default() += 1;
    }
    n_sources.into_iter().filter(|(_, n)| *n > 1).map(|(host, _)| host).collect()
}

/// If nobody at all could be reached, our own network is down: no source is punished for that.
async fn judge_unreachable(
    run: &Run<'_>,
    holder: &str,
    unreachable: Vec<(Source, Failure)>,
    n_asked: usize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let is_everybody = n_asked > 0 && unreachable.len() == n_asked;
    if is_everybody && !somebody_answers(run, holder, report).await? {
        report.warnings.push(format!("none of {n_asked} sources could be reached: is this machine offline?"));
        report.add("failed", n_asked as u64);
        return Ok(());
    }
    for (source, failure) in unreachable {
        run.fail(&source, &failure, report).await?;
    }
    Ok(())
}

/// Those that happen to be due may all be dead while the network works: then another one answered lately, or does now.
async fn somebody_answers(run: &Run<'_>, holder: &str, report: &mut Report) -> anyhow::Result<bool> {
    let (pool, now) = (&run.ctx.pool, run.ctx.clock.now());
    if claims::last_answer(pool).await?.is_some_and(|last| last > now - LATELY) {
        return Ok(true);
    }
    let Some(witness) = claims::claim_witness(pool, holder, (now, now + LEASE)).await? else {
        return Ok(false);
    };
    match one(run, witness).await?.1 {
        Ok(asked) => {
            report.absorb(asked);
            Ok(true)
        }
        Err(_) => Ok(false),
    }
}
