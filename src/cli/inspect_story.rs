//! `headsup inspect story`: everything that grouping decided about a story, and why.

use std::process::ExitCode;

use serde_json::{Value as Json, json};

use super::open::Surroundings;
use super::{UsageError, output};
use crate::context::Context;
use crate::model::{Story, StoryId};
use crate::store::story_decisions::{self, Decided};
use crate::store::{archive, story_view};

/// Characters of an article that are loaded: none is shown.
const NO_TEXT: i32 = 1;

/// Prints each story, as tables or as JSON. A merged one is shown as what it became.
pub async fn run(around: &Surroundings, numbers: &[String]) -> anyhow::Result<ExitCode> {
    let ids: Result<Vec<i64>, _> = numbers.iter().map(|number| number.parse()).collect();
    let ids =
        ids.map_err(|_| UsageError("name stories by their numbers, as in the archive's addresses".into()))?;
    if ids.is_empty() {
        return Err(UsageError("name a story by its number, as in the archive's addresses".into()).into());
    }
    let app = around.open().await?;
    let outcome = show_all(around, &app.ctx, &ids).await;
    app.close_after(outcome).await
}

/// One JSON line for each of `numbers`; one that names no story is a line too.
pub async fn batch(around: &Surroundings, numbers: Vec<String>) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = async {
        for number in &numbers {
            let line = match number.trim().parse::<i64>() {
                Ok(asked) => found(&app.ctx, asked).await?.map(|found| found.as_json(asked)),
                Err(_) => Some(json!({ "asked": number, "error": "that is no number of a story" })),
            };
            let missing = || json!({ "asked": number.trim(), "error": "there is no such story" });
            output::line(&line.unwrap_or_else(missing).to_string())?;
        }
        Ok(ExitCode::SUCCESS)
    };
    let outcome = outcome.await;
    app.close_after(outcome).await
}

/// A story with all that is known of it.
struct Found {
    story: Story,
    decisions: Vec<Decided>,
    thread: Vec<(StoryId, String, bool)>,
}

async fn found(ctx: &Context, asked: i64) -> anyhow::Result<Option<Found>> {
    let id = archive::merged_into(&ctx.pool, StoryId(asked)).await?.unwrap_or(StoryId(asked));
    let Some(story) = story_view::load(&ctx.pool, &[id], NO_TEXT).await?.pop() else { return Ok(None) };
    let decisions = story_decisions::of_story(&ctx.pool, id).await?;
    let thread = archive::thread(&ctx.pool, id).await?;
    Ok(Some(Found { story, decisions, thread }))
}

async fn show_all(around: &Surroundings, ctx: &Context, ids: &[i64]) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for asked in ids {
        let Some(found) = found(ctx, *asked).await? else {
            eprintln!("headsup: there is no story {asked}");
            code = ExitCode::FAILURE;
            continue;
        };
        if around.global.json {
            output::json(&found.as_json(*asked))?;
        } else {
            show(*asked, &found)?;
        }
    }
    Ok(code)
}

impl Found {
    fn as_json(&self, asked: i64) -> Json {
        let Self { story, decisions, thread } = self;
        let items: Vec<Json> = story
            .items
            .iter()
            .map(|item| {
                json!({ "id": item.item_id.0, "title": item.title, "link": item.link, "source": item.source,
                        "owner": item.owner, "tier": item.tier.as_str(), "published_at": item.published_at, "reason": item.reason })
            })
            .collect();
        let thread = thread.iter().map(|(id, title, is_earlier)| {
            json!({ "id": id.0, "title": title, "which": if *is_earlier { "follows" } else { "followed-by" } })
        });
        json!({ "asked": asked, "id": story.id.0, "title": story.title, "happened_at": story.happened_at,
                "owners": story.owners, "items": items, "thread": thread.collect::<Vec<_>>(), "decisions": decisions })
    }
}

fn show(asked: i64, Found { story, decisions, thread }: &Found) -> anyhow::Result<()> {
    if asked != story.id.0 {
        output::line(&format!("story {asked} was merged into {}", story.id))?;
    }
    output::line(&format!("story {}: {}", story.id, story.title))?;
    output::line(&format!("told independently by {}: {}", story.owners.len(), story.owners.join(", ")))?;
    for (id, title, is_earlier) in thread {
        let word = if *is_earlier { "goes on from" } else { "went on with" };
        output::line(&format!("{word} story {id}: {title}"))?;
    }
    let mut table = output::table(&["item", "published (UTC)", "source", "tier", "title", "why it is here"]);
    for item in &story.items {
        table.add_row([
            item.item_id.0.to_string(),
            output::time(Some(item.published_at)),
            item.source.clone(),
            item.tier.to_string(),
            item.title.clone(),
            item.reason.clone(),
        ]);
    }
    output::line(&table.to_string())?;
    let mut table = output::table(&["decided (UTC)", "what", "item", "story", "why"]);
    for one in decisions {
        let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        table.add_row([
            output::time(Some(one.decided_at)),
            one.kind.clone(),
            number(one.item_id),
            number(one.other_story_id),
            one.reason.clone(),
        ]);
    }
    output::line(&table.to_string())
}
