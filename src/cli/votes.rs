//! `headsup votes list|confirm`: what readers say about stories.

use std::process::ExitCode;

use super::args::{ErratumTexts, VotesArgs, VotesCommand};
use super::open::Surroundings;
use super::{UsageError, errata, output};
use crate::context::Context;
use crate::model::{StoryId, VoteId};
use crate::store;

/// Runs the subcommand.
pub async fn run(around: &Surroundings, args: VotesArgs) -> anyhow::Result<ExitCode> {
    if let VotesCommand::Confirm { texts, .. } = &args.command {
        errata::check(texts)?;
    }
    let app = around.open().await?;
    let outcome = match &args.command {
        VotesCommand::List { story, limit } => list(around, &app.ctx, story.map(StoryId), *limit).await,
        VotesCommand::Confirm { vote, texts } => confirm(&app.ctx, VoteId(*vote), texts).await,
    };
    app.close_after(outcome).await
}

async fn list(
    around: &Surroundings,
    ctx: &Context,
    story: Option<StoryId>,
    limit: u32,
) -> anyhow::Result<ExitCode> {
    let votes = store::votes::list(&ctx.pool, story, None, i64::from(limit)).await?;
    if around.global.json {
        output::json(&votes)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        output::table(&["vote", "when (UTC)", "by", "says", "comment", "story", "headline", "erratum"]);
    for vote in votes {
        table.add_row([
            vote.id.to_string(),
            output::time(Some(vote.voted_at)),
            vote.voter,
            vote.kind,
            vote.comment,
            vote.story_id.to_string(),
            vote.title,
            vote.erratum_id.map_or_else(String::new, |id| id.to_string()),
        ]);
    }
    output::line(&table.to_string())?;
    Ok(ExitCode::SUCCESS)
}

async fn confirm(ctx: &Context, vote: VoteId, texts: &ErratumTexts) -> anyhow::Result<ExitCode> {
    let story = store::errata::story_of_vote(&ctx.pool, vote).await?;
    let story = story.ok_or_else(|| UsageError(format!("no vote {vote} says that something is wrong")))?;
    if let Some(known) = store::errata::of_vote(&ctx.pool, vote).await? {
        if (known.text_en.as_str(), known.text_zh.as_str()) == (texts.en.trim(), texts.zh.trim()) {
            output::line(&format!("known already as erratum {}: nothing was changed", known.id))?;
            return Ok(ExitCode::SUCCESS);
        }
        return errata::edit(ctx, known.id, texts).await;
    }
    errata::add(ctx, story, Some(vote), texts).await
}
