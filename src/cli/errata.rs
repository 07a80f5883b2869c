//! `headsup errata add|edit|remove|list`: confirmed errors, told in the next weekly issue and on the story's page.

use std::process::ExitCode;

use super::args::{ErrataArgs, ErrataCommand, ErratumTexts};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::context::Context;
use crate::model::{ErratumId, StoryId, VoteId};
use crate::store;
use crate::store::errata::{self, Changed};

/// Runs the subcommand.
pub async fn run(around: &Surroundings, args: ErrataArgs) -> anyhow::Result<ExitCode> {
    if let ErrataCommand::Add { texts, .. } | ErrataCommand::Edit { texts, .. } = &args.command {
        check(texts)?;
    }
    let app = around.open().await?;
    let outcome = match &args.command {
        ErrataCommand::Add { story, texts } => add(&app.ctx, StoryId(*story), None, texts).await,
        ErrataCommand::Edit { erratum, texts } => edit(&app.ctx, ErratumId(*erratum), texts).await,
        ErrataCommand::Remove { erratum } => remove(&app.ctx, ErratumId(*erratum)).await,
        ErrataCommand::List => list(around, &app.ctx).await,
    };
    app.close_after(outcome).await
}

/// Before the database is opened: both texts are there and short.
pub fn check(texts: &ErratumTexts) -> Result<(), UsageError> {
    for (name, text) in [("--en", &texts.en), ("--zh", &texts.zh)] {
        let n_chars = text.trim().chars().count();
        if n_chars == 0 || n_chars > errata::MAX_CHARS {
            let most = errata::MAX_CHARS;
            return Err(UsageError(format!("{name} has {n_chars} characters, must have 1 to {most}")));
        }
    }
    Ok(())
}

/// Gives an erratum other words.
pub async fn edit(ctx: &Context, id: ErratumId, texts: &ErratumTexts) -> anyhow::Result<ExitCode> {
    let (en, zh) = (texts.en.trim(), texts.zh.trim());
    said(id, errata::edit(&ctx.pool, id, en, zh).await?, "has these words now")
}

async fn remove(ctx: &Context, id: ErratumId) -> anyhow::Result<ExitCode> {
    said(id, errata::remove(&ctx.pool, id).await?, "is taken back")
}

/// What an issue has told is frozen with it: a further erratum corrects it.
fn said(id: ErratumId, changed: Changed, done: &str) -> anyhow::Result<ExitCode> {
    let why = match changed {
        Changed::Done => {
            output::line(&format!("erratum {id} {done}"))?;
            return Ok(ExitCode::SUCCESS);
        }
        Changed::Missing => format!("there is no erratum {id}"),
        Changed::Told(number) => {
            format!(
                "weekly {number} has told erratum {id}, and an issue does not change: add another erratum"
            )
        }
        Changed::Doubled => format!("the story of erratum {id} has another one with these English words"),
    };
    Err(UsageError(why).into())
}

/// Enters an erratum; the same once more changes nothing.
pub async fn add(
    ctx: &Context,
    story: StoryId,
    vote: Option<VoteId>,
    texts: &ErratumTexts,
) -> anyhow::Result<ExitCode> {
    if store::votes::story(&ctx.pool, story).await?.is_none() {
        return Err(UsageError(format!("there is no story {story}")).into());
    }
    let new = errata::New { story_id: story, vote_id: vote, en: texts.en.trim(), zh: texts.zh.trim() };
    output::line(&match errata::add(&ctx.pool, new, ctx.clock.now()).await? {
        Some(id) => {
            format!("erratum {id}: stands on the page of story {story} now, and in the next weekly issue")
        }
        None => {
            "known already by its English words: nothing was changed (`headsup errata edit` changes them)"
                .to_owned()
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list(around: &Surroundings, ctx: &Context) -> anyhow::Result<ExitCode> {
    let errata = errata::list(&ctx.pool).await?;
    if around.global.json {
        output::json(&errata)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["id", "noted (UTC)", "told in", "story", "headline", "English", "中文"]);
    for erratum in errata {
        table.add_row([
            erratum.id.to_string(),
            output::time(Some(erratum.noted_at)),
            erratum.told_in.map_or_else(|| "the next issue".to_owned(), |number| format!("weekly {number}")),
            erratum.story_id.to_string(),
            erratum.title,
            erratum.text_en,
            erratum.text_zh,
        ]);
    }
    output::line(&table.to_string())?;
    Ok(ExitCode::SUCCESS)
}
