//! Loads what composing asks for, story by story, until the issue is whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::context::Context;
use crate::edition::{self, Composition, Inputs, Told};
use crate::model::{Candidate, IssueContent, IssueStory, Story, StoryId, Verdict};
use crate::store;

/// Times that more stories are loaded because those that were had to give way.
const ROUNDS: usize = 50;

/// The issue that `inputs` make, with the stories that it tells.
///
/// # Errors
/// The database fails.
pub async fn complete(ctx: &Context, inputs: &mut Inputs) -> anyhow::Result<IssueContent> {
    let content = complete_by(ctx, inputs, &BTreeMap::new()).await?;
    let told: Vec<StoryId> = inputs.stories.keys().copied().collect();
    inputs.prompts = store::issues::prompts(&ctx.pool, &told).await?;
    Ok(content)
}

/// The same with the verdicts of a second editor, where there are some.
///
/// # Errors
/// The database fails.
pub async fn complete_by(
    ctx: &Context,
    inputs: &mut Inputs,
    second: &BTreeMap<StoryId, Verdict>,
) -> anyhow::Result<IssueContent> {
    for _ in 0..ROUNDS {
        match edition::compose(inputs) {
            Composition::Whole(content) => return Ok(*content),
            Composition::Missing(ids) => add_by(ctx, inputs, &ids, second).await?,
        }
    }
    anyhow::bail!("the stories of {} tell each other's events: composing does not end", inputs.period.name)
}

/// Loads stories. One that cannot be loaded waits for its judge, as if it had no verdict.
///
/// # Errors
/// The database fails.
pub async fn add(ctx: &Context, inputs: &mut Inputs, ids: &[StoryId]) -> anyhow::Result<()> {
    add_by(ctx, inputs, ids, &BTreeMap::new()).await
}

/// The same with the verdicts of a second editor, where there are some.
///
/// # Errors
/// The database fails.
pub async fn add_by(
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
    let told = store::issue_inputs::told_events(&ctx.pool, (inputs.series(), inputs.number), &keys).await?;
    inputs.told.extend(told.into_iter().map(|(key, story_id, issue)| (key, Told { story_id, issue })));
    let mut earlier = store::issue_inputs::earlier(&ctx.pool, (inputs.series(), inputs.number), ids).await?;
    let frozen = freeze_all(loaded, &inputs.candidates, edition::freeze);
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
pub fn freeze_all(
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
///
/// # Errors
/// The database fails.
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
