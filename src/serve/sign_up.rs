//! The way in: a form, the same by JSON, and the page behind the link of the question. Nobody learns here who reads: the
//! answer is the same for all, nothing known of an address is looked at, and mail is only queued. GET confirms nothing, since
//! scanners follow links.

use std::net::SocketAddr;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::page::{self, Failure, private};
use super::wish::{Typed, Wrong, ZONES};
use super::{client, words};
use crate::context::Context;
use crate::model::{Language, Topic};
use crate::store::sign_ups::{self, Confirmed, Evidence, Wish};

/// Version of the words that who signs up agrees to: `sign_up_consent` in `reader_words.rs`. A change there is a new one here.
pub const WORDING: &str = "sign-up 2026-11";

/// Seconds that a client is asked to wait who asked too often.
const WAIT: &str = "3600";

type Answer = Result<Response, Failure>;

/// The form.
pub async fn form(State(ctx): State<Context>, Path(lang): Path<String>) -> Answer {
    let language = page::language(&lang)?;
    if !ctx.settings.site.sign_up {
        return Err(Failure::Missing(language));
    }
    let typed = Typed { language: language.to_string(), weekly: true, monthly: true, ..Typed::default() };
    show(&ctx, language, &typed, None)
}

/// Notes the wish, and queues the question whether it is one.
pub async fn ask(
    State(ctx): State<Context>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    if !ctx.settings.site.sign_up {
        return Err(Failure::Missing(Language::En));
    }
    let is_json = media_type(&headers) == "application/json";
    let typed = if is_json {
        match Typed::of_json(&body) {
            Ok(typed) => typed,
            Err(why) => return Ok((StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response()),
        }
    } else {
        Typed::of_form(&body)
    };
    let language = typed.language.parse().unwrap_or(Language::En);
    let wish = match typed.address().and_then(|email| Ok((email, typed.choice()?))) {
        Ok((email, choice)) => Wish { email, choice },
        Err(wrong) if is_json => {
            let error = words::word(wrong, language);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": error }))).into_response());
        }
        Err(wrong) => return show(&ctx, language, &typed, Some(wrong)),
    };
    let client = client::address(peer.ip(), &headers, &ctx.settings.site.proxies);
    let now = ctx.clock.now();
    let is_taken = sign_ups::count_client(&ctx.pool, &client::bucket(client), now).await? && {
        let evidence = Evidence { from: &client.to_string(), wording: WORDING };
        sign_ups::ask(&ctx.pool, &wish, evidence, now).await?
    };
    said(&ctx, language, is_json, is_taken)
}

/// The same for a reader, for a stranger, and for an address that gets no mail.
fn said(ctx: &Context, language: Language, is_json: bool, is_taken: bool) -> Answer {
    let (status, key) = if is_taken {
        (StatusCode::ACCEPTED, "sign_up_look")
    } else {
        (StatusCode::TOO_MANY_REQUESTS, "sign_up_too_many")
    };
    let shown = if is_json {
        let key_of = if is_taken { "status" } else { "error" };
        Json(json!({ key_of: words::word(key, language) })).into_response()
    } else {
        note(ctx, language, if is_taken { "sign_up_look_title" } else { "sign_up_title" }, key)?
    };
    let mut response = (status, shown).into_response();
    if !is_taken {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(WAIT));
    }
    Ok(response)
}

/// What a link of the question asks, and a button.
pub async fn look(State(ctx): State<Context>, Path((lang, token)): Path<(String, String)>) -> Answer {
    let language = page::language(&lang)?;
    let found = sign_ups::by_token(&ctx.pool, &token, ctx.clock.now()).await?;
    let Some(sign_up) = found else { return gone(&ctx, language, "confirm_unknown") };
    if sign_up.confirmed_at.is_some() {
        let key = if sign_up.subscriber_id.is_some() { "confirm_moved" } else { "confirm_done" };
        return note(&ctx, language, "confirm_done_title", key);
    }
    let Wish { email, choice } = &sign_up.wish;
    let data = json!({
        "token": token, "email": email, "moves": sign_up.subscriber_id.is_some(),
        "topics": choice.topics.iter().map(|topic| words::word(&topic_key(*topic), language)).collect::<Vec<_>>(),
        "weekly": choice.weekly, "monthly": choice.monthly, "time_zone": choice.time_zone,
        "mail_language": words::word(&format!("mail_{}", choice.language), language),
    });
    Ok(private(page::render(&ctx, "web/confirm.html.j2", language, &format!("/confirm/{token}"), data)?))
}

/// The owner of the address says yes.
pub async fn confirm(
    State(ctx): State<Context>,
    Path((lang, token)): Path<(String, String)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Answer {
    let language = page::language(&lang)?;
    let from = client::address(peer.ip(), &headers, &ctx.settings.site.proxies).to_string();
    match sign_ups::confirm(&ctx.pool, &token, &from, ctx.clock.now()).await? {
        Confirmed::Done => note(&ctx, language, "confirm_done_title", "confirm_done"),
        Confirmed::Moved => note(&ctx, language, "confirm_done_title", "confirm_moved"),
        Confirmed::Taken => gone(&ctx, language, "confirm_taken"),
        Confirmed::Unknown => gone(&ctx, language, "confirm_unknown"),
    }
}

fn gone(ctx: &Context, language: Language, key: &str) -> Answer {
    Ok((StatusCode::GONE, note(ctx, language, "confirm_title", key)?).into_response())
}

/// A page of one title and one paragraph.
pub fn note(ctx: &Context, language: Language, title: &str, text: &str) -> Answer {
    let data = json!({ "title": words::word(title, language), "text": words::word(text, language) });
    Ok(private(page::render(ctx, "web/note.html.j2", language, "", data)?))
}

fn show(ctx: &Context, language: Language, typed: &Typed, wrong: Option<Wrong>) -> Answer {
    let mut data = fields(typed, language);
    data["wrong"] = json!(wrong.map(|key| words::word(key, language)));
    data["email"] = json!(typed.email);
    let shown = page::render(ctx, "web/sign_up.html.j2", language, "/subscribe", data)?;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, shown).into_response())
}

/// What the form of signing up and that of the preferences have in common.
pub fn fields(typed: &Typed, language: Language) -> Value {
    let topic = |topic: &Topic| {
        json!({ "topic": topic, "word": words::word(&topic_key(*topic), language),
                "checked": typed.topics.iter().any(|word| word == topic.as_str()) })
    };
    let mails = |one: &Language| {
        json!({ "language": one, "word": words::word(&format!("mail_{one}"), language),
                "checked": typed.language == one.as_str() })
    };
    json!({
        "topics": Topic::ALL.iter().map(topic).collect::<Vec<_>>(),
        "mail_languages": Language::ALL.iter().map(mails).collect::<Vec<_>>(),
        "weekly": typed.weekly, "monthly": typed.monthly, "time_zone": typed.time_zone, "zones": ZONES,
    })
}

fn topic_key(topic: Topic) -> String {
    format!("topic_{topic}")
}

/// Without parameters such as the charset.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
