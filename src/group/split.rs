//! Late evidence the other way: an article that was read again and turns out to tell something else leaves its story.

use anyhow::Context as _;
use sqlx::PgConnection;

use super::arrange::Print;
use super::candidate::Candidate;
use super::rarity::Rarity;
use super::similarity::{Cutoffs, Relation, compare};
use super::{MOST_CHARS, cutoffs, document, lead, meanings, veto, with_stored};
use crate::context::Context;
use crate::model::{ItemId, Report};
use crate::store::group_index;
use crate::store::stories::{self, Reread, StoryRow};
use crate::store::story_decisions::{self as decisions, Decision as Note};

/// Items looked at in one run.
const MOST: i64 = 500;

/// Other items of a story that are looked at.
const PER_STORY: i64 = 40;

/// Below this no bond holds an item that was read again: far less than it takes to come in, for bonds were measured otherwise then.
const LEAST_HOLD: f32 = 0.05;

/// What is left of a story without one of its items.
struct Rest {
    /// Why the item cannot stay, if it cannot.
    reason: Option<String>,
    /// The story.
    row: StoryRow,
}

/// Takes out of their stories the items of which a new reading says that they cannot belong there: they are new again.
/// What its source took back stays, but speaks for the story no more.
///
/// # Errors
/// The database fails.
pub async fn run(ctx: &Context, report: &mut Report) -> anyhow::Result<()> {
    let mut transaction = ctx.pool.begin().await?;
    stories::lock(&mut transaction).await?;
    for reread in stories::reread(&mut transaction, MOST).await? {
        let Some(rest) = without(ctx, &mut transaction, reread.item_id).await? else { continue };
        let now = ctx.clock.now();
        let Reread { item_id, story_id, is_withdrawn } = reread;
        let note = match rest.reason {
            _ if is_withdrawn => {
                let is_lead = stories::lead(&mut transaction, story_id).await? == item_id;
                stories::orphan_copies(&mut transaction, item_id).await?;
                let reason = "speaks for the story: the former lead was taken back by its source";
                is_lead.then(|| ("lead", rest.row.lead_item_id, reason.to_owned()))
            }
            Some(reason) => {
                stories::leave(&mut transaction, item_id)
                    .await
                    .context("cannot take an item out of its story")?;
                report.add("left", 1);
                Some(("left", item_id, reason))
            }
            None => continue,
        };
        stories::refresh(&mut transaction, story_id, &rest.row, now)
            .await
            .context("cannot update a story")?;
        if let Some((kind, item_id, reason)) = note {
            let note = Note { kind, item_id: Some(item_id), other: None, reason: &reason };
            decisions::note(&mut transaction, story_id, note, now).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// What the story of an item is without it; `None` if nothing is left.
async fn without(ctx: &Context, conn: &mut PgConnection, item_id: ItemId) -> anyhow::Result<Option<Rest>> {
    let rows = group_index::with_mates(conn, &[item_id.0], PER_STORY, MOST_CHARS).await?;
    let ids: Vec<ItemId> = vec![item_id];
    let meanings = meanings(ctx, conn, &ids, &rows).await?;
    let prints: Vec<Print> = rows.into_iter().map(|row| Print::of(document(row), None)).collect();
    let rarity = with_stored(conn, &Rarity::default(), &prints).await?;
    let candidates: Vec<Candidate> = prints
        .into_iter()
        .map(|one| {
            let meaning = meanings.get(&one.document.item_id).cloned();
            Candidate::new(one.document, one.print, meaning, &rarity)
        })
        .collect();
    let (own, others): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.iter().partition(|one| one.document.item_id == item_id);
    let Some(lead) = lead::choose(others.iter().map(|one| &one.document)) else { return Ok(None) };
    let row = StoryRow {
        lead_item_id: lead.item_id,
        title: lead.title.clone(),
        language: lead.language.clone(),
        lane: lead.lane,
    };
    let cutoffs = cutoffs(&ctx.settings.embeddings);
    let reason = own.first().and_then(|own| misplaced(own, &others, &rarity, cutoffs));
    Ok(Some(Rest { reason, row }))
}

/// Why an item cannot be in the story of `others`.
fn misplaced(own: &Candidate, others: &[&Candidate], rarity: &Rarity, cutoffs: Cutoffs) -> Option<String> {
    let vetoes =
        others.iter().filter_map(|other| veto::why(own, other).map(|why| (why, &other.document.title)));
    let vetoes: Vec<(&str, &String)> = vetoes.collect();
    if let Some((why, title)) = vetoes.first().filter(|_| vetoes.len() * 2 > others.len()) {
        return Some(format!("read again: {why}, beside “{title}”"));
    }
    let holds = |other: &&&Candidate| match compare(own, other, rarity, cutoffs) {
        Relation::Bond(bond) | Relation::Update(bond) => bond.strength >= LEAST_HOLD,
        Relation::Forbidden | Relation::None => false,
    };
    let is_held = others.iter().any(|other| holds(&other));
    (!is_held).then(|| "read again: it has nothing in common with any other item of the story".to_owned())
}
