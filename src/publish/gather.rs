//! What an issue is made from, out of the database; what is made of it is in [`crate::edition`].

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::{Series, hindsight, paper, zone};
use crate::context::Context;
use crate::edition::{self, Counts, Inputs, Period};
use crate::model::{Edits, IssueContent, IssueKind, StoryId, Verdict};
use crate::press;
use crate::store;

/// Of so many of the best stories it is known which company they are about.
const KNOWN: usize = 200;

/// So many of the best stories are loaded at first.
const FIRST: usize = 40;

/// So long the stories of a quiet time wait.
const LONGEST_WAIT: Duration = Duration::days(7);

/// What the issue says, and from what; `None`: the month has no paper.
pub async fn issue(
    ctx: &Context,
    series: &Series,
    period: &Period,
    number: i32,
) -> anyhow::Result<Option<(Inputs, IssueContent)>> {
    let inputs = begin(ctx, series, period, number).await?;
    match series.kind() {
        IssueKind::Weekly => Ok(Some(digest(ctx, inputs).await?)),
        IssueKind::Paper => paper::issue(ctx, inputs).await,
    }
}

async fn begin(ctx: &Context, series: &Series, period: &Period, number: i32) -> anyhow::Result<Inputs> {
    let (starts_at, ends_at) = (period.starts_at, period.ends_at);
    let since = since(ctx, series, period).await?;
    let mut candidates = store::issues::candidates(&ctx.pool, series.slug(), since, ends_at).await?;
    candidates.retain(|candidate| series.is_about(candidate));
    let (n_items, n_sources) = store::issues::reading(&ctx.pool, starts_at, ends_at).await?;
    let since = store::issues::last_published(&ctx.pool, series.slug()).await?.unwrap_or(starts_at);
    let spent = store::model_calls::spent_between(&ctx.pool, since, ctx.clock.now()).await?;
    Ok(Inputs {
        code: env!("CARGO_PKG_VERSION").to_owned(),
        kind: series.kind(),
        edition: series.name(),
        number,
        period: period.clone(),
        base_url: ctx.settings.site.base_url.trim_end_matches('/').to_owned(),
        rules: series.rules(&ctx.settings.digest),
        rates: ctx.settings.rates.clone(),
        counts: Counts {
            n_items,
            n_sources,
            tokens: u64::try_from(spent.tokens).unwrap_or_default(),
            cost_micros: spent.cost_micros,
        },
        candidates,
        companies: BTreeMap::new(),
        events: BTreeMap::new(),
        told: BTreeMap::new(),
        stories: BTreeMap::new(),
        prompts: Vec::new(),
        errata: Vec::new(),
        hindsight: None,
        edits: Edits::default(),
        paper: None,
    })
}

/// Where an edition skips quiet times, their stories wait for its next issue, a week at most.
async fn since(ctx: &Context, series: &Series, period: &Period) -> sqlx::Result<DateTime<Utc>> {
    if !series.skips_quiet() {
        return Ok(period.starts_at);
    }
    let last = store::issues::latest(&ctx.pool, series.slug()).await?.map(|issue| issue.ends_at);
    let since = last.unwrap_or(period.starts_at).max(period.starts_at - LONGEST_WAIT);
    Ok(since.min(period.starts_at))
}

async fn digest(ctx: &Context, mut inputs: Inputs) -> anyhow::Result<(Inputs, IssueContent)> {
    // Errors and hindsight are told once, in the issue that every reader has.
    if inputs.edition.is_none() {
        inputs.errata = store::errata::to_tell(&ctx.pool, inputs.period.ends_at).await?;
        inputs.hindsight = hindsight::note(ctx, inputs.period.ends_at, zone(ctx)?).await?;
    }
    let best = edition::best(&inputs.candidates, &inputs.rules, KNOWN);
    let verdicts = store::issues::verdicts(&ctx.pool, &best).await?;
    let company = |(id, verdict): (&StoryId, &Verdict)| Some((*id, edition::company_of(verdict)?));
    inputs.companies = verdicts.iter().filter_map(company).collect();
    press::add(ctx, &mut inputs, &best[..best.len().min(FIRST)]).await?;
    let content = press::complete(ctx, &mut inputs).await?;
    Ok((inputs, content))
}
