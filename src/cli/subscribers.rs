//! `headsup subscribers add|list|remove`.

use std::process::ExitCode;

use super::args_subscribers::{SubscribersArgs, SubscribersCommand, Topics};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::config::{Settings, suggest};
use crate::context::Context;
use crate::model::Language;
use crate::send::address;
use crate::store::subscribers::{self, Added};

/// Runs the subcommand.
pub async fn run(around: &Surroundings, args: SubscribersArgs) -> anyhow::Result<ExitCode> {
    // Before the database is opened: a misspelt address is bad usage.
    let email = match &args.command {
        SubscribersCommand::Add { email, .. } | SubscribersCommand::Remove { email } => {
            Some(address::check(email).map_err(UsageError)?)
        }
        SubscribersCommand::List => None,
    };
    if let SubscribersCommand::Add { editions, .. } = &args.command {
        check(editions, &around.settings()?.settings)?;
    }
    let app = around.open().await?;
    let outcome = match (&args.command, email) {
        (SubscribersCommand::Add { language, topics, editions, .. }, Some(email)) => {
            add(&app.ctx, &email, (*language, topics.as_ref(), editions)).await
        }
        (SubscribersCommand::Remove { .. }, Some(email)) => remove(&app.ctx, &email).await,
        _ => list(around, &app.ctx).await,
    };
    app.close_after(outcome).await
}

/// Every reader has the weekly issue; the others must be configured.
fn check(editions: &[String], settings: &Settings) -> Result<(), UsageError> {
    let known = || settings.editions.iter().map(|edition| edition.slug.as_str());
    match editions.iter().find(|slug| !known().any(|known| known == *slug)) {
        Some(slug) => {
            let guess = suggest(slug, known());
            Err(UsageError(format!("headsup.toml has no [[edition]] of the slug {slug:?}{guess}")))
        }
        None => Ok(()),
    }
}

async fn add(
    ctx: &Context,
    email: &str,
    (language, topics, editions): (Language, Option<&Topics>, &[String]),
) -> anyhow::Result<ExitCode> {
    let added = subscribers::add(&ctx.pool, email, language, ctx.clock.now()).await?;
    if let Some(topics) = topics {
        subscribers::choose_topics(&ctx.pool, email, &topics.0).await?;
    }
    if !editions.is_empty() {
        subscribers::choose_editions(&ctx.pool, email, editions).await?;
    }
    output::line(match added {
        Added::New => "added: the next issue goes there too",
        Added::Back => "was a reader once and is one again",
        Added::Known => "reads already",
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn remove(ctx: &Context, email: &str) -> anyhow::Result<ExitCode> {
    let known = subscribers::leave_by_email(&ctx.pool, email, ctx.clock.now()).await?;
    anyhow::ensure!(known, "no reader has this address");
    output::line("removed: queued mails will be skipped")?;
    Ok(ExitCode::SUCCESS)
}

async fn list(around: &Surroundings, ctx: &Context) -> anyhow::Result<ExitCode> {
    let readers = subscribers::list(&ctx.pool).await?;
    if around.global.json {
        let rows = readers.iter().map(|reader| {
            serde_json::json!({ "id": reader.id, "email": reader.email, "language": reader.language,
                                "topics": reader.topics, "editions": reader.editions,
                                "state": state(reader), "since": reader.created_at })
        });
        output::json(&rows.collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["id", "address", "language", "topics", "state", "since (UTC)"]);
    for reader in &readers {
        table.add_row([
            reader.id.to_string(),
            reader.email.clone(),
            reader.language.to_string(),
            topics(reader),
            state(reader).to_owned(),
            output::time(Some(reader.created_at)),
        ]);
    }
    output::line(&table.to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn state(reader: &subscribers::Subscriber) -> &'static str {
    if reader.left_at.is_some() { "left" } else { "reads" }
}

fn topics(reader: &subscribers::Subscriber) -> String {
    if reader.topics.is_empty() {
        return "all".to_owned();
    }
    reader.topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(", ")
}
