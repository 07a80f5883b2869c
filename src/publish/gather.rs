//! What an issue is made from, out of the database; what is made of it is in [`crate::edition`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{hindsight, paper, zone};
use crate::context::Context;
use crate::edition::{self, Composition, Counts, Inputs, Period, Told};
use crate::model::{Candidate, Edits, IssueContent, IssueKind, IssueStory, Story, StoryId, Verdict};
use crate::store;

/// Of so many of the best stories it is known which company they are about.
const KNOWN: usize = 200;

/// So many of the best stories are loaded at first.
const FIRST: usize = 40;

/// Times that more stories are loaded because those that were had to give way.
const ROUNDS: usize = 50;

/// What the issue says, and from what; `None`: the month has no paper.
pub async fn issue(
    ctx: &Context,
    kind: IssueKind,
    period: &Period,
    number: i32,
) -> anyhow::Result<Option<(Inputs, IssueContent)>> {
    let inputs = begin(ctx, kind, period, number).await?;
    match kind {
        IssueKind::Weekly => Ok(Some(weekly(ctx, inputs).await?)),
        IssueKind::Paper => paper::issue(ctx, inputs).await,
    }
}

async fn begin(ctx: &Context, kind: IssueKind, period: &Period, number: i32) -> anyhow::Result<Inputs> {
    let (starts_at, ends_at) = (period.starts_at, period.ends_at);
    let candidates = store::issues::candidates(&ctx.pool, kind, starts_at, ends_at).await?;
    let (n_items, n_sources) = store::issues::reading(&ctx.pool, starts_at, ends_at).await?;
    let since = store::issues::last_published(&ctx.pool, kind).await?.unwrap_or(starts_at);
    let spent = store::model_calls::spent_between(&ctx.pool, since, ctx.clock.now()).await?;
    Ok(Inputs {
        code: env!("CARGO_PKG_VERSION").to_owned(),
        kind,
        number,
        period: period.clone(),
        base_url: ctx.settings.site.base_url.trim_end_matches('/').to_owned(),
        rules: ctx.settings.digest.clone(),
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

async fn weekly(ctx: &Context, mut inputs: Inputs) -> anyhow::Result<(Inputs, IssueContent)> {
    inputs.errata = store::errata::to_tell(&ctx.pool, inputs.period.ends_at).await?;
    inputs.hindsight = hindsight::note(ctx, inputs.period.ends_at, zone(ctx)?).await?;
    let best = edition::best(&inputs.candidates, &inputs.rules, KNOWN);
    let verdicts = store::issues::verdicts(&ctx.pool, &best).await?;
    let company = |(id, verdict): (&StoryId, &Verdict)| Some((*id, edition::company_of(verdict)?));
    inputs.companies = verdicts.iter().filter_map(company).collect();
    let second = BTreeMap::new();
    add(ctx, &mut inputs, &best[..best.len().min(FIRST)], &second).await?;
    let content = compose(ctx, &mut inputs, &second).await?;
    let told: Vec<StoryId> = inputs.stories.keys().copied().collect();
    inputs.prompts = store::issues::prompts(&ctx.pool, &told).await?;
    Ok((inputs, content))
}

/// Composes, and loads what is told until nothing is missing.
pub async fn compose(
    ctx: &Context,
    inputs: &mut Inputs,
    second: &BTreeMap<StoryId, Verdict>,
) -> anyhow::Result<IssueContent> {
    for _ in 0..ROUNDS {
        match edition::compose(inputs) {
            Composition::Whole(content) => return Ok(*content),
            Composition::Missing(ids) => add(ctx, inputs, &ids, second).await?,
        }
    }
    anyhow::bail!("the stories of {} tell each other's events: composing does not end", inputs.period.name)
}

/// Loads stories, with the verdicts of a second editor where there are some. One that cannot be loaded waits for its judge,
/// as if it had no verdict.
pub async fn add(
    ctx: &Context,
    inputs: &mut Inputs,
    ids: &[StoryId],
    second: &BTreeMap<StoryId, Verdict>,
) -> anyhow::Result<()> {
    let mut loaded = load(ctx, ids, 0).await?;
    for (story, verdict) in &mut loaded {
        if let Some(second) = second.get(&story.id) {
            *verdict = second.clone();
        }
    }
    let mut keys = BTreeSet::new();
    for (story, verdict) in &loaded {
        let events = edition::keys(story, verdict);
        keys.extend(events.iter().cloned());
        inputs.events.insert(story.id, events);
    }
    let keys: Vec<String> = keys.into_iter().collect();
    let told = store::issue_inputs::told_events(&ctx.pool, (inputs.kind, inputs.number), &keys).await?;
    inputs.told.extend(told.into_iter().map(|(key, story_id, issue)| (key, Told { story_id, issue })));
    let mut earlier = store::issue_inputs::earlier(&ctx.pool, (inputs.kind, inputs.number), ids).await?;
    let frozen = freeze(loaded, &inputs.candidates, edition::freeze);
    inputs.stories.extend(frozen.into_iter().map(|(id, story)| {
        let earlier = earlier.remove(&id);
        (id, IssueStory { earlier, ..story })
    }));
    let is_lost = |id: &StoryId| ids.contains(id) && !inputs.stories.contains_key(id);
    for candidate in inputs.candidates.iter_mut().filter(|candidate| is_lost(&candidate.id)) {
        candidate.judged = None;
    }
    Ok(())
}

/// By id. Owners count as `group` counted them: a source that only listed the same link has no item to show.
fn freeze(
    loaded: Vec<(Story, Verdict)>,
    candidates: &[Candidate],
    freeze: fn(&Story, Verdict) -> IssueStory,
) -> BTreeMap<StoryId, IssueStory> {
    let owners =
        |candidate: &Candidate| (candidate.id, usize::try_from(candidate.n_owners).unwrap_or_default());
    let n_owners: HashMap<StoryId, usize> = candidates.iter().map(owners).collect();
    let frozen = loaded.into_iter().map(|(story, verdict)| {
        let frozen = freeze(&story, verdict);
        let counted = n_owners.get(&story.id).copied().unwrap_or_default();
        (story.id, IssueStory { n_owners: frozen.n_owners.max(counted), ..frozen })
    });
    frozen.collect()
}

/// Stories with their current verdicts, in the order of `ids`. A verdict that cannot be read costs its story only.
pub async fn load(ctx: &Context, ids: &[StoryId], max_chars: i32) -> anyhow::Result<Vec<(Story, Verdict)>> {
    let mut verdicts = store::issues::verdicts(&ctx.pool, ids).await?;
    if verdicts.len() < ids.len() {
        tracing::warn!(n_stories = ids.len(), n_verdicts = verdicts.len(), "some verdicts cannot be read");
    }
    let stories = store::story_view::load(&ctx.pool, ids, max_chars).await?;
    let judged = |story: Story| {
        let verdict = verdicts.remove(&story.id)?;
        Some((story, verdict))
    };
    Ok(stories.into_iter().filter_map(judged).collect())
}
