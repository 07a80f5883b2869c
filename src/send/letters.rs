//! Letters to one person: "is this your wish?", the way to the preferences, a welcome. They are written when they are sent,
//! so the token of a question exists in the letter alone; the database has its hash.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::message::Sender;
use super::operator::hand_over;
use super::outcome::next_attempt;
use super::worker::Route;
use crate::ballot;
use crate::context::Context;
use crate::model::{DeliveryState, IssueKind, Language, Report};
use crate::store::letters::{self, Letter, Reader};
use crate::store::operator_mails::OperatorMail;
use crate::store::{issues, sign_ups};

/// Forgets requests that nobody confirmed, then sends what is due.
///
/// # Errors
/// The database or a template fails; a relay that does not take a letter is only noted.
pub async fn run(ctx: &Context, sender: &Sender, route: &Route, report: &mut Report) -> anyhow::Result<()> {
    let n_forgotten = sign_ups::purge(&ctx.pool, ctx.clock.now()).await?;
    report.add("forgotten_sign_ups", u64::try_from(n_forgotten).unwrap_or_default());
    while !ctx.cancel.is_cancelled() {
        let token = format!("{:032x}", rand::random::<u128>());
        let now = ctx.clock.now();
        let Some(letter) = letters::take(&ctx.pool, &sign_ups::hash(&token), now).await? else { break };
        let Some((to, mail)) = compose(ctx, sender, &letter, &token).await? else {
            letters::settle(&ctx.pool, letter.id, DeliveryState::Skipped, ("nobody waits for it", now))
                .await?;
            continue;
        };
        let outcome = hand_over(ctx, sender, route, (&to, &mail, "letter")).await;
        let state = outcome.told(&format!("letter {} ({})", letter.id, letter.kind), report);
        let again = next_attempt(now, letter.attempts);
        letters::settle(&ctx.pool, letter.id, state, (outcome.words(), again)).await?;
        report.add("letters", u64::from(state == DeliveryState::Sent));
    }
    Ok(())
}

/// To whom, and what; none: its reason is gone.
async fn compose(
    ctx: &Context,
    sender: &Sender,
    letter: &Letter,
    token: &str,
) -> anyhow::Result<Option<(String, OperatorMail)>> {
    if letter.suppressed {
        return Ok(None);
    }
    let (to, subject, body) = match (letter.kind.as_str(), &letter.asked, &letter.reader) {
        ("welcome", _, Some(reader)) => welcome(ctx, sender, letter, reader).await?,
        // Who reads already and signs up again gets the way to the preferences: the page says the same to all.
        (_, _, Some(reader)) => link(ctx, sender, letter, reader)?,
        ("confirm", Some((email, language, at)), None) => {
            question(ctx, sender, (email, *language, *at), token)?
        }
        _ => return Ok(None),
    };
    let id = letter.id;
    let message_id = format!("letter-{id}-{:016x}@{}", rand::random::<u64>(), sender.domain());
    let mail = OperatorMail { period: id.to_string(), message_id, subject, body, attempts: letter.attempts };
    Ok(Some((to, mail)))
}

type Written = (String, String, String);

fn question(
    ctx: &Context,
    sender: &Sender,
    (email, language, asked_at): (&str, Language, DateTime<Utc>),
    token: &str,
) -> anyhow::Result<Written> {
    let url = |language: Language| format!("{}/{language}/confirm/{token}", sender.base_url);
    let data = json!({
        "zh_first": language == Language::Zh, "en_url": url(Language::En), "zh_url": url(Language::Zh),
        "at": asked_at.format("%Y-%m-%d %H:%M UTC").to_string(), "base_url": sender.base_url,
    });
    let subject = match language {
        Language::En => "Please confirm: headsup, once a week · 请确认订阅",
        Language::Zh => "请确认订阅：抬头周报 · Please confirm",
    };
    Ok((email.to_owned(), subject.to_owned(), ctx.templates.render("mail/confirm.txt.j2", data)?))
}

fn link(ctx: &Context, sender: &Sender, letter: &Letter, reader: &Reader) -> anyhow::Result<Written> {
    let mut data = links(sender, letter, reader);
    data["asked"] = json!(letter.kind == "confirm");
    let subject = match reader.language {
        Language::En => "headsup: the link to your preferences",
        Language::Zh => "抬头：你的订阅设置链接",
    };
    Ok((reader.email.clone(), subject.to_owned(), ctx.templates.render("mail/link.txt.j2", data)?))
}

async fn welcome(
    ctx: &Context,
    sender: &Sender,
    letter: &Letter,
    reader: &Reader,
) -> anyhow::Result<Written> {
    let language = reader.language;
    let mut data = links(sender, letter, reader);
    data["latest"] = match issues::latest(&ctx.pool, IssueKind::Weekly).await? {
        Some(issue) => {
            let rendering = issues::rendering(&ctx.pool, issue.id, language).await?;
            json!({ "subject": rendering.map(|rendering| rendering.subject),
                    "url": format!("{}/{language}/issues/weekly/{}", sender.base_url, issue.number) })
        }
        None => Value::Null,
    };
    let subject = match language {
        Language::En => "Welcome to headsup",
        Language::Zh => "欢迎订阅抬头",
    };
    Ok((reader.email.clone(), subject.to_owned(), ctx.templates.render("mail/welcome.txt.j2", data)?))
}

fn links(sender: &Sender, letter: &Letter, reader: &Reader) -> Value {
    let token = ballot::preferences_token(reader.id, &reader.token, &sender.key, letter.queued_at);
    json!({
        "zh": reader.language == Language::Zh,
        "preferences_url": format!("{}{}", sender.base_url, ballot::preferences_path(reader.language, &token)),
        "unsubscribe_url": format!("{}/u/{}", sender.base_url, reader.token),
    })
}
