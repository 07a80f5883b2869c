//! Writes down what was decided: items into stories, stories into one another, and each reason.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::arrange::{Decision, Plan};
use super::fingerprint::Document;
use crate::model::{ItemId, Report, StoryId, Tier};
use crate::store::stories::{self, Joining, StoryRow};
use crate::store::story_decisions::{self as decisions, Decision as Note};

/// Does what `plan` says.
///
/// # Errors
/// The database fails.
pub async fn save(
    conn: &mut PgConnection,
    plan: &Plan,
    now: DateTime<Utc>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut story_of: HashMap<ItemId, StoryId> = HashMap::new();
    for decision in &plan.groups {
        if let Some(story_id) = save_one(conn, decision, now, report).await? {
            story_of.extend(decision.items.iter().map(|item| (*item, story_id)));
        }
    }
    for decision in &plan.groups {
        let Some((earlier, reason)) = &decision.follows else { continue };
        let Some(story_id) = decision.items.first().and_then(|item| story_of.get(item)) else { continue };
        let earlier = match story_of.get(earlier) {
            Some(story_id) => Some(*story_id),
            None => stories::of_item(conn, *earlier).await?,
        };
        if let Some(earlier) = earlier
            && stories::follow(conn, *story_id, earlier).await.context("cannot link an update")?
        {
            let note = Note { kind: "follows", item_id: None, other: Some(earlier), reason };
            decisions::note(conn, *story_id, note, now).await?;
            report.add("updates", 1);
        }
    }
    Ok(())
}

async fn save_one(
    conn: &mut PgConnection,
    decision: &Decision,
    now: DateTime<Utc>,
    report: &mut Report,
) -> anyhow::Result<Option<StoryId>> {
    let Some(lead) = &decision.lead else { return Ok(None) };
    let row = StoryRow {
        lead_item_id: lead.item_id,
        title: lead.title.clone(),
        language: lead.language.clone(),
        lane: lead.lane,
    };
    let known = merged(conn, decision, now, report).await?;
    let story_id = match known {
        Some(story_id) => story_id,
        None => stories::open(conn, &row, now).await.context("cannot open a story")?,
    };
    for joining in &decision.joining {
        let opens = known.is_none() && joining.item_id == lead.item_id;
        let with =
            Joining { item_id: joining.item_id, reason: &joining.reason, similarity: joining.similarity };
        stories::join(conn, story_id, with, now).await.context("cannot add an item to a story")?;
        let kind = if opens { "opened" } else { "joined" };
        let note = Note { kind, item_id: Some(joining.item_id), other: None, reason: &joining.reason };
        decisions::note(conn, story_id, note, now).await?;
    }
    report.add("stories", u64::from(known.is_none()));
    report.add("joined", decision.joining.len() as u64 - u64::from(known.is_none()));
    if known.is_none() && decision.items.len() == 1 {
        // It opens with the times and counts of its lead.
        return Ok(Some(story_id));
    }
    let n_copies = stories::set_copies(conn, &decision.copies).await.context("cannot mark copies")?;
    report.add("copies", n_copies);
    if known.is_some() && stories::lead(conn, story_id).await? != lead.item_id {
        let note = Note { kind: "lead", item_id: Some(lead.item_id), other: None, reason: why_lead(lead) };
        decisions::note(conn, story_id, note, now).await?;
    }
    stories::refresh(conn, story_id, &row, now).await.context("cannot update a story")?;
    Ok(Some(story_id))
}

/// The one story that the stories of `decision` become: one that readers know, else the oldest. Its address stays, the
/// others' lead to it.
async fn merged(
    conn: &mut PgConnection,
    decision: &Decision,
    now: DateTime<Utc>,
    report: &mut Report,
) -> anyhow::Result<Option<StoryId>> {
    if decision.stories.len() < 2 {
        return Ok(decision.stories.first().copied());
    }
    let told = stories::told(conn, &decision.stories).await?;
    let Some(into) = decision.stories.iter().copied().min_by_key(|id| (!told.contains(id), *id)) else {
        return Ok(None);
    };
    for gone in decision.stories.iter().copied().filter(|id| *id != into) {
        stories::merge(conn, gone, into, now).await.context("cannot merge two stories")?;
        let of_either = decision.merge_reasons.get(&gone).or_else(|| decision.merge_reasons.get(&into));
        let reason = of_either.map_or("one event", String::as_str);
        let note = Note { kind: "merged", item_id: None, other: Some(gone), reason };
        decisions::note(conn, into, note, now).await?;
        report.add("merged", 1);
    }
    Ok(Some(into))
}

fn why_lead(lead: &Document) -> &'static str {
    match (lead.tier, lead.complete) {
        (Tier::Primary, _) => "speaks for the story: the primary source",
        (_, true) => "speaks for the story: the whole text, the nearest source and the earliest of these",
        (_, false) => "speaks for the story: the nearest source and the earliest",
    }
}
