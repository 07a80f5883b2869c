//! `headsup subscribers`.

use std::process::ExitCode;

use super::args_subscribers::{SubscribersArgs, SubscribersCommand, Topics};
use super::open::Surroundings;
use super::{UsageError, output, subscribers_file};
use crate::address;
use crate::config::{Settings, suggest};
use crate::context::Context;
use crate::model::Language;
use crate::store::consents::{self, Consent};
use crate::store::subscribers::{self, Added, Subscriber};
use crate::store::suppressions::{self, Suppression};
use crate::store::{preferences, sign_ups};

/// Runs the subcommand.
pub async fn run(around: &Surroundings, args: SubscribersArgs) -> anyhow::Result<ExitCode> {
    // Before the database is opened: a misspelt address or a broken file is bad usage.
    let email = match &args.command {
        SubscribersCommand::Add { email, .. }
        | SubscribersCommand::Show { email }
        | SubscribersCommand::Suppress { email, .. }
        | SubscribersCommand::Erase { email }
        | SubscribersCommand::Remove { email } => address::check(email).map_err(UsageError)?,
        _ => String::new(),
    };
    let rows = match &args.command {
        SubscribersCommand::Import { file, .. } => subscribers_file::read(file)?,
        _ => Vec::new(),
    };
    if let SubscribersCommand::Add { editions, .. } = &args.command {
        check(editions, &around.settings()?.settings)?;
    }
    let app = around.open().await?;
    let ctx = &app.ctx;
    let outcome = match &args.command {
        SubscribersCommand::Add { language, topics, editions, .. } => {
            add(ctx, &email, (*language, topics.as_ref(), editions)).await
        }
        SubscribersCommand::List => list(around, ctx).await,
        SubscribersCommand::Show { .. } => show(ctx, &email).await,
        SubscribersCommand::Remove { .. } => remove(ctx, &email).await,
        SubscribersCommand::Import { dry_run, .. } => subscribers_file::import(ctx, &rows, *dry_run).await,
        SubscribersCommand::Export { format } => subscribers_file::export(ctx, *format).await,
        SubscribersCommand::Suppress { lift, .. } => suppress(ctx, &email, *lift).await,
        SubscribersCommand::Erase { .. } => erase(ctx, &email).await,
    };
    app.close_after(outcome.map(|()| ExitCode::SUCCESS)).await
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
) -> anyhow::Result<()> {
    let now = ctx.clock.now();
    let mut conn = ctx.pool.acquire().await?;
    if let Some(reason) = suppressions::of(&mut conn, email).await? {
        anyhow::bail!(
            "the address is suppressed ({reason}): `headsup subscribers suppress --lift` first, if its owner wishes it"
        );
    }
    let added = subscribers::add(&ctx.pool, email, language, now).await?;
    if let Some(topics) = topics {
        subscribers::choose_topics(&ctx.pool, email, &topics.0).await?;
    }
    if !editions.is_empty() {
        subscribers::choose_editions(&ctx.pool, email, editions).await?;
    }
    if added != Added::Known {
        let reader = find(ctx, email).await?;
        let consent = Consent {
            how: "operator".to_owned(),
            asked_at: now,
            asked_from: "headsup subscribers add".to_owned(),
            wording: String::new(),
            confirmed_at: None,
            confirmed_from: None,
        };
        consents::note(&mut conn, reader.id, &consent).await?;
    }
    output::line(match added {
        Added::New => "added: the next issue goes there too",
        Added::Back => "was a reader once and is one again",
        Added::Known => "reads already",
    })
}

async fn find(ctx: &Context, email: &str) -> anyhow::Result<Subscriber> {
    let reader = subscribers::by_email(&ctx.pool, email).await?;
    reader.ok_or_else(|| anyhow::anyhow!("no reader has this address"))
}

async fn show(ctx: &Context, email: &str) -> anyhow::Result<()> {
    let reader = find(ctx, email).await?;
    output::json(&preferences::stored(&ctx.pool, &reader).await?)
}

async fn remove(ctx: &Context, email: &str) -> anyhow::Result<()> {
    let known = subscribers::leave_by_email(&ctx.pool, email, ctx.clock.now()).await?;
    anyhow::ensure!(known, "no reader has this address");
    output::line("removed: queued mails will be skipped")
}

async fn suppress(ctx: &Context, email: &str, lift: bool) -> anyhow::Result<()> {
    if lift {
        let was = suppressions::lift(&ctx.pool, email).await?;
        return output::line(if was { "may be signed up again" } else { "was not suppressed" });
    }
    let mut conn = ctx.pool.acquire().await?;
    suppressions::suppress(&mut conn, email, Suppression::Operator, ctx.clock.now()).await?;
    output::line("suppressed: nothing is sent there any more")
}

async fn erase(ctx: &Context, email: &str) -> anyhow::Result<()> {
    let reader = find(ctx, email).await?;
    preferences::erase(&ctx.pool, reader.id, ctx.clock.now()).await?;
    output::line("erased: a count of deliveries and a salted hash of the address are left")
}

async fn list(around: &Surroundings, ctx: &Context) -> anyhow::Result<()> {
    let readers = subscribers::list(&ctx.pool).await?;
    let n_waiting = sign_ups::n_waiting(&ctx.pool, ctx.clock.now()).await?;
    if around.global.json {
        let rows = readers.iter().map(|reader| {
            serde_json::json!({ "id": reader.id, "email": reader.email, "language": reader.language,
                                "topics": reader.topics, "editions": reader.editions, "weekly": reader.weekly, "monthly": reader.monthly,
                                "time_zone": reader.time_zone, "paused_until": reader.paused_until,
                                "state": state(reader), "since": reader.created_at })
        });
        return output::json(&rows.collect::<Vec<_>>());
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
    if n_waiting > 0 {
        output::line(&format!("{n_waiting} more signed up and have not confirmed it yet"))?;
    }
    Ok(())
}

fn state(reader: &Subscriber) -> &'static str {
    match reader {
        Subscriber { erased_at: Some(_), .. } => "erased",
        Subscriber { left_at: Some(_), .. } => "left",
        _ => "reads",
    }
}

fn topics(reader: &Subscriber) -> String {
    if reader.topics.is_empty() {
        return "all".to_owned();
    }
    reader.topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(", ")
}
