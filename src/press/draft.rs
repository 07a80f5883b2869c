//! A draft: what an issue will be made from, held until its operator approves it.
//!
//! What it was gathered from stays; what other issues told meanwhile is looked up each time it is opened. So it is always
//! shown as it would be published now, and no two drafts tell one event, whichever is approved first.

use std::collections::HashSet;

use anyhow::Context as _;

use super::fill::complete;
use super::freeze::{Composed, content_digest, freeze};
use crate::context::Context;
use crate::edition::{self, Change, Inputs, Refusal, Told};
use crate::model::{DraftId, Edits, IssueContent, StoryId};
use crate::store;
use crate::store::drafts::{DraftRow, Stuff};

/// Changes that can be undone.
const MOST_UNDO: usize = 100;

/// Times that an approved issue is composed anew because another was published meanwhile.
const TRIES: usize = 5;

/// A held draft as it would be published now.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its row.
    pub row: DraftRow,
    /// What it is made from.
    pub inputs: Inputs,
    /// What it says.
    pub content: IssueContent,
    /// SHA-256 of what it says: who approves says what was seen.
    pub sha256: String,
    /// Earlier edits, the newest last.
    pub undo: Vec<Edits>,
}

/// What came of a change.
#[derive(Clone, Debug)]
pub enum Saved {
    /// It stands.
    Done,
    /// Somebody else changed the draft since it was looked at.
    Stale,
    /// The draft is closed.
    Closed,
    /// It cannot be made.
    Refused(Refusal),
}

/// What came of an approval.
#[derive(Clone, Debug)]
pub enum Approval {
    /// The issue is published, its mails are queued.
    Published(Box<Composed>),
    /// The draft is not what was looked at any more.
    Stale,
    /// The draft is closed.
    Closed,
}

/// Keeps `inputs` as the draft of their period; `None`: the period has one that is held.
///
/// # Errors
/// The database fails.
pub async fn hold(ctx: &Context, inputs: &Inputs) -> anyhow::Result<Option<DraftId>> {
    let mut conn = ctx.pool.acquire().await?;
    let (period, json) = (&inputs.period, serde_json::to_value(inputs)?);
    let (place, times) = ((inputs.series(), period.name.as_str()), (period.starts_at, period.ends_at));
    Ok(store::drafts::insert(&mut conn, place, times, &json, ctx.clock.now()).await?)
}

/// The draft as it would be published now; `None`: it is closed, or there is no such draft. Changes nothing.
///
/// # Errors
/// The database fails, or the draft is of another version and cannot be read.
pub async fn open(ctx: &Context, id: DraftId) -> anyhow::Result<Option<Draft>> {
    let Some(row) = store::drafts::by_id(&ctx.pool, id).await?.filter(DraftRow::is_held) else {
        return Ok(None);
    };
    let Some(Stuff { inputs, undo }) = store::drafts::stuff(&ctx.pool, id).await? else { return Ok(None) };
    let mut inputs: Inputs = serde_json::from_value(inputs).context("cannot read the draft's inputs")?;
    refresh(ctx, &mut inputs).await?;
    let content = complete(ctx, &mut inputs).await?;
    let sha256 = content_digest(&content)?;
    Ok(Some(Draft { row, inputs, content, sha256, undo }))
}

/// What may have changed since the draft was composed: numbers, what other issues told, errata.
async fn refresh(ctx: &Context, inputs: &mut Inputs) -> anyhow::Result<()> {
    let (pool, series) = (&ctx.pool, inputs.series().to_owned());
    let mut conn = pool.acquire().await?;
    inputs.number = store::issues::next_number(&mut conn, &series).await?;
    drop(conn);
    let ids: Vec<StoryId> = inputs.candidates.iter().map(|candidate| candidate.id).collect();
    let gone: HashSet<StoryId> = store::drafts::gone(pool, &series, &ids).await?.into_iter().collect();
    inputs.candidates.retain(|candidate| !gone.contains(&candidate.id));
    let keys: HashSet<String> = inputs.events.values().flatten().cloned().collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let told = store::issue_inputs::told_events(pool, (series.as_str(), inputs.number), &keys).await?;
    inputs.told = told.into_iter().map(|(key, story_id, issue)| (key, Told { story_id, issue })).collect();
    let loaded: Vec<StoryId> = inputs.stories.keys().copied().collect();
    let mut earlier = store::issue_inputs::earlier(pool, (series.as_str(), inputs.number), &loaded).await?;
    for (id, story) in &mut inputs.stories {
        story.earlier = earlier.remove(id);
    }
    // Errors are corrected in the weekly issue alone.
    if inputs.edition.is_none() {
        inputs.errata = store::errata::to_tell(pool, inputs.period.ends_at).await?;
    }
    Ok(())
}

/// Makes a change to the draft as it stood at `revision`.
///
/// # Errors
/// The database fails.
pub async fn change(ctx: &Context, id: DraftId, revision: i32, change: &Change) -> anyhow::Result<Saved> {
    let Some(mut draft) = open(ctx, id).await? else { return Ok(Saved::Closed) };
    if draft.row.revision != revision {
        return Ok(Saved::Stale);
    }
    let edits = match edition::apply(&draft.inputs, &draft.content, change) {
        Ok(edits) => edits,
        Err(refusal) => return Ok(Saved::Refused(refusal)),
    };
    draft.undo.push(std::mem::replace(&mut draft.inputs.edits, edits));
    let too_old = draft.undo.len().saturating_sub(MOST_UNDO);
    draft.undo.drain(..too_old);
    save(ctx, draft).await
}

/// Takes the last change back.
///
/// # Errors
/// The database fails.
pub async fn undo(ctx: &Context, id: DraftId, revision: i32) -> anyhow::Result<Saved> {
    let Some(mut draft) = open(ctx, id).await? else { return Ok(Saved::Closed) };
    if draft.row.revision != revision {
        return Ok(Saved::Stale);
    }
    let Some(before) = draft.undo.pop() else { return Ok(Saved::Done) };
    draft.inputs.edits = before;
    save(ctx, draft).await
}

/// With the stories that come in by the change: nothing is to be loaded again when the draft is looked at.
async fn save(ctx: &Context, mut draft: Draft) -> anyhow::Result<Saved> {
    complete(ctx, &mut draft.inputs).await?;
    let stuff = Stuff { inputs: serde_json::to_value(&draft.inputs)?, undo: draft.undo };
    let mut conn = ctx.pool.acquire().await?;
    let place = (draft.row.id, draft.row.revision);
    let is_saved = store::drafts::save(&mut conn, place, &stuff, ctx.clock.now()).await?;
    Ok(if is_saved { Saved::Done } else { Saved::Stale })
}

/// Throws the draft away: its period gets no issue unless somebody publishes it by hand.
///
/// # Errors
/// The database fails.
pub async fn discard(ctx: &Context, id: DraftId, revision: i32) -> anyhow::Result<Saved> {
    let mut conn = ctx.pool.acquire().await?;
    if store::drafts::close(&mut conn, (id, revision), None, ctx.clock.now()).await? {
        return Ok(Saved::Done);
    }
    drop(conn);
    let is_held = store::drafts::by_id(&ctx.pool, id).await?.is_some_and(|row| row.is_held());
    Ok(if is_held { Saved::Stale } else { Saved::Closed })
}

/// Publishes the draft if it still says what `seen` says: issue, ledgers, deliveries and the draft's end in one transaction.
///
/// # Errors
/// The database or a template fails; nothing is published then.
pub async fn approve(ctx: &Context, id: DraftId, seen: &str) -> anyhow::Result<Approval> {
    for _ in 0..TRIES {
        let Some(draft) = open(ctx, id).await? else { return Ok(Approval::Closed) };
        if draft.sha256 != seen {
            return Ok(Approval::Stale);
        }
        let mut composed = Composed::new(ctx, draft.inputs, draft.content)?;
        let mut tx = ctx.pool.begin().await?;
        store::issues::lock(&mut tx).await?;
        if !freeze(&mut tx, ctx, &mut composed).await? {
            continue;
        }
        let place = (id, draft.row.revision);
        if !store::drafts::close(&mut tx, place, composed.issue_id, ctx.clock.now()).await? {
            continue;
        }
        tx.commit().await.context("cannot publish the issue")?;
        return Ok(Approval::Published(Box::new(composed)));
    }
    anyhow::bail!("other processes keep publishing: try again")
}
