//! A reader's preferences, behind the signed link of each mail: no password. GET shows them and changes nothing, since scanners
//! follow links; each change is a form that is POSTed. The link is the right to change: no cookie is read, so no other site can
//! act for anybody.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::json;

use super::page::{self, Failure, private};
use super::wish::{Typed, Wrong};
use super::{client, sign_up, words};
use crate::ballot::{self, Key, Refusal};
use crate::context::Context;
use crate::model::Language;
use crate::store::preferences::{self, Choice};
use crate::store::sign_ups::Evidence;
use crate::store::subscribers::{self, Subscriber};
use crate::store::{letters, votes};

/// Longest pause; who wants none for longer leaves.
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(366);

type Answer = Result<Response, Failure>;

/// A reader who is let in, or what is shown in place.
enum Door {
    Open(Box<Subscriber>),
    /// A link of ours that is too old, or was made before a move.
    Old,
    Forged,
}

/// The forms' fields that the wish has not.
#[derive(Default)]
struct Filled {
    button: String,
    until: String,
    is_sure: bool,
}

impl Filled {
    fn of(body: &[u8]) -> Self {
        let mut filled = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            match name.as_ref() {
                "do" => filled.button = value.into_owned(),
                "until" => filled.until = value.into_owned(),
                "sure" => filled.is_sure = true,
                _ => {}
            }
        }
        filled
    }
}

/// The preferences as they stand; after a change with what was done.
pub async fn look(
    State(ctx): State<Context>,
    Path((lang, token)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let language = page::language(&lang)?;
    let done = match query.as_deref() {
        Some("done=me_saved") => Some("me_saved"),
        Some("done=me_asked") => Some("me_asked"),
        _ => None,
    };
    match knock(&ctx, &token).await? {
        Door::Open(reader) => show(&ctx, &reader, (language, &token), done.map(Ok)),
        door => turn_away(&ctx, language, &token, &door),
    }
}

/// All that is stored about the reader, as a file.
pub async fn export(State(ctx): State<Context>, Path((lang, token)): Path<(String, String)>) -> Answer {
    let language = page::language(&lang)?;
    match knock(&ctx, &token).await? {
        Door::Open(reader) => {
            let stored = preferences::stored(&ctx.pool, &reader).await?;
            let headers = [
                (header::CONTENT_TYPE, "application/json; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"headsup.json\""),
            ];
            Ok(private((headers, serde_json::to_string_pretty(&stored)?).into_response()))
        }
        door => turn_away(&ctx, language, &token, &door),
    }
}

/// One change.
pub async fn act(
    State(ctx): State<Context>,
    Path((lang, token)): Path<(String, String)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let language = page::language(&lang)?;
    let filled = Filled::of(&body);
    let reader = match knock(&ctx, &token).await? {
        Door::Open(reader) => reader,
        Door::Old if filled.button == "link" => return send_link(&ctx, language, &token).await,
        door => return turn_away(&ctx, language, &token, &door),
    };
    let from = client::address(peer.ip(), &headers, &ctx.settings.site.proxies).to_string();
    let done = match filled.button.as_str() {
        "save" => save(&ctx, &reader, &Typed::of_form(&body)).await?,
        "pause" => pause(&ctx, &reader, &filled.until).await?,
        "resume" => {
            preferences::pause(&ctx.pool, reader.id, None).await?;
            Ok("me_saved")
        }
        "move" => move_to(&ctx, &reader, &Typed::of_form(&body), &from).await?,
        "erase" if filled.is_sure => {
            preferences::erase(&ctx.pool, reader.id, ctx.clock.now()).await?;
            return sign_up::note(&ctx, language, "me_erased_title", "me_erased");
        }
        "erase" => Err("me_not_sure"),
        _ => Err("me_form"),
    };
    match done {
        Ok(key) => {
            let path = ballot::preferences_path(language, &token);
            Ok(private(Redirect::to(&format!("{path}?done={key}")).into_response()))
        }
        Err(wrong) => show(&ctx, &reader, (language, &token), Some(Err(wrong))),
    }
}

type Done = Result<&'static str, Wrong>;

async fn save(ctx: &Context, reader: &Subscriber, typed: &Typed) -> sqlx::Result<Done> {
    let choice: Choice = match typed.choice() {
        Ok(choice) => choice,
        Err(wrong) => return Ok(Err(wrong)),
    };
    preferences::save(&ctx.pool, reader.id, &choice).await?;
    Ok(Ok("me_saved"))
}

async fn pause(ctx: &Context, reader: &Subscriber, until: &str) -> sqlx::Result<Done> {
    let now = ctx.clock.now();
    let until = until.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let is_fine = |until: &DateTime<Utc>| *until > now && *until <= now + LONGEST_PAUSE;
    let Some(until) = until.filter(is_fine) else { return Ok(Err("me_wrong_day")) };
    preferences::pause(&ctx.pool, reader.id, Some(until)).await?;
    Ok(Ok("me_saved"))
}

/// The new address is asked; until it says yes nothing changes. The answer does not tell whether it is a reader's.
async fn move_to(ctx: &Context, reader: &Subscriber, typed: &Typed, from: &str) -> sqlx::Result<Done> {
    let email = match typed.address() {
        Ok(email) => email,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let evidence = Evidence { from, wording: sign_up::WORDING };
    let is_taken = preferences::ask_to_move(&ctx.pool, reader, &email, evidence, ctx.clock.now()).await?;
    Ok(if is_taken { Ok("me_asked") } else { Err("sign_up_too_many") })
}

async fn knock(ctx: &Context, token: &str) -> sqlx::Result<Door> {
    let Some(claimed) = ballot::claimed_reader(token) else { return Ok(Door::Forged) };
    let Some(reader) = subscribers::by_id(&ctx.pool, claimed).await? else { return Ok(Door::Forged) };
    let key = Key::new(&votes::secret(&ctx.pool).await?);
    Ok(match ballot::check_preferences(token, &reader.token, &key, ctx.clock.now()) {
        Ok(()) => Door::Open(Box::new(reader)),
        Err(Refusal::Expired) => Door::Old,
        Err(Refusal::Forged) => Door::Forged,
    })
}

/// To the reader's address, whoever asks for it.
async fn send_link(ctx: &Context, language: Language, token: &str) -> Answer {
    if let Some(claimed) = ballot::claimed_reader(token)
        && let Some(reader) = subscribers::by_id(&ctx.pool, claimed).await?
    {
        letters::queue_link(&ctx.pool, reader.id, &reader.email, ctx.clock.now()).await?;
    }
    sign_up::note(ctx, language, "sign_up_look_title", "me_link_sent")
}

fn turn_away(ctx: &Context, language: Language, token: &str, door: &Door) -> Answer {
    let is_old = matches!(door, Door::Old);
    let key = if is_old { "me_old" } else { "me_forged" };
    let data = json!({ "text": words::word(key, language), "token": token, "is_old": is_old });
    let shown = page::render(ctx, "web/me_closed.html.j2", language, "", data)?;
    Ok((if is_old { StatusCode::GONE } else { StatusCode::FORBIDDEN }, private(shown)).into_response())
}

fn show(
    ctx: &Context,
    reader: &Subscriber,
    (language, token): (Language, &str),
    done: Option<Done>,
) -> Answer {
    let typed = Typed {
        language: reader.language.to_string(),
        topics: reader.topics.iter().map(ToString::to_string).collect(),
        weekly: reader.weekly,
        monthly: reader.monthly,
        time_zone: reader.time_zone.clone().unwrap_or_default(),
        ..Typed::default()
    };
    let now = ctx.clock.now();
    let paused = reader.paused_until.filter(|until| *until > now);
    let mut data = sign_up::fields(&typed, language);
    data["token"] = json!(token);
    data["email"] = json!(reader.email);
    data["leave"] = json!(format!("/u/{}", reader.token));
    data["has_left"] = json!(reader.left_at.is_some());
    data["paused_until"] = json!(paused.map(|until| until.format("%Y-%m-%d").to_string()));
    data["first_day"] = json!((now + TimeDelta::days(1)).format("%Y-%m-%d").to_string());
    data["last_day"] = json!((now + LONGEST_PAUSE).format("%Y-%m-%d").to_string());
    let wrong = done.and_then(Result::err);
    data["wrong"] = json!(wrong.map(|key| words::word(key, language)));
    data["done"] = json!(done.and_then(Result::ok).map(|key| words::word(key, language)));
    let shown = page::render(ctx, "web/me.html.j2", language, &format!("/me/{token}"), data)?;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, private(shown)).into_response())
}
