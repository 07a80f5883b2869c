//! Late evidence the other way: an article that was read again and turns out to tell something else leaves its story.

use anyhow::Context as _;
use sqlx::PgConnection;

use super::arrange::Print;
use super::candidate::Candidate;
use super::rarity::Rarity;
use super::{MOST_CHARS, document, lead, veto};
use crate::context::Context;
use crate::model::{ItemId, Report};
use crate::store::group_index;
use crate::store::stories::{self, StoryRow};
use crate::store::story_decisions::{self as decisions, Decision as Note};

/// Items looked at in one run.
const MOST: i64 = 500;

/// Other items of a story that are looked at.
const PER_STORY: i64 = 40;

/// Takes out of their stories the items of which a new reading says that they cannot belong there. They are new again.
///
/// # Errors
/// The database fails.
pub async fn run(ctx: &Context, report: &mut Report) -> anyhow::Result<()> {
    let mut transaction = ctx.pool.begin().await?;
    stories::lock(&mut transaction).await?;
    for (item_id, story_id) in stories::reread(&mut transaction, MOST).await? {
        if let Some((reason, rest)) = misplaced(&mut transaction, item_id).await? {
            let now = ctx.clock.now();
            stories::leave(&mut transaction, item_id)
                .await
                .context("cannot take an item out of its story")?;
            stories::refresh(&mut transaction, story_id, &rest, now)
                .await
                .context("cannot update a story")?;
            let note = Note { kind: "left", item_id: Some(item_id), other: None, reason: &reason };
            decisions::note(&mut transaction, story_id, note, now).await?;
            report.add("left", 1);
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// Why an item cannot be in its story, and what the story is without it.
async fn misplaced(conn: &mut PgConnection, item_id: ItemId) -> anyhow::Result<Option<(String, StoryRow)>> {
    let rows = group_index::with_mates(conn, &[item_id.0], PER_STORY, MOST_CHARS).await?;
    let prints: Vec<Print> = rows.into_iter().map(|row| Print::of(document(row), None)).collect();
    let rarity = Rarity::of(prints.iter().map(|one| &one.print));
    let candidates: Vec<Candidate> =
        prints.into_iter().map(|one| Candidate::new(one.document, one.print, None, &rarity)).collect();
    let Some(own) = candidates.iter().find(|one| one.document.item_id == item_id) else { return Ok(None) };
    let others: Vec<&Candidate> = candidates.iter().filter(|one| one.document.item_id != item_id).collect();
    let Some(lead) = lead::choose(others.iter().map(|one| &one.document)) else { return Ok(None) };
    let vetoes =
        others.iter().filter_map(|other| veto::why(own, other).map(|why| (why, &other.document.title)));
    let vetoes: Vec<(&str, &String)> = vetoes.collect();
    let Some((why, title)) = vetoes.first().filter(|_| vetoes.len() * 2 > others.len()) else {
        return Ok(None);
    };
    let reason = format!("read again: {why}, beside “{title}”");
    let row = StoryRow {
        lead_item_id: lead.item_id,
        title: lead.title.clone(),
        language: lead.language,
        lane: lead.lane,
    };
    Ok(Some((reason, row)))
}
