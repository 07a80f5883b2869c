//! "Was this hype?", "was this wrong?": a page with a form behind each link, since scanners follow links. GET shows the
//! form, POST votes.
//!
//! A reader's link is signed for this reader and story; whoever has it votes as that reader, as with the link to leave. A
//! visitor of the archive is a random number in a signed cookie of these pages alone, set when the form is first shown, and
//! the form holds the same number, signed too: another site cannot vote in a visitor's name, and the archive's other pages
//! stay without a cookie. Who deletes the cookie may vote again; `store::votes` caps how many such votes are new.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::page::{self, Failure, minute, private};
use super::stories::link_language;
use super::words;
use crate::ballot::{self, Ballot, Key, Refusal};
use crate::context::Context;
use crate::model::{Language, StoryId, VoteKind, Voter};
use crate::store::archive;
use crate::store::votes::{self, Cast, Own, Said};

/// Longest comment, in characters, as the table has it.
const MAX_COMMENT: usize = 500;

/// The visitors' cookie, and how many seconds it lives: as long as a reader's link.
const COOKIE: &str = "voter";
const COOKIE_SECONDS: u32 = 180 * 86_400;

/// Seconds that a visitor is asked to wait when too many vote.
const WAIT: &str = "60";

type Answer = Result<Response, Failure>;

/// The form's fields.
#[derive(Deserialize)]
pub struct Filled {
    /// A kind of vote, or [`BACK`].
    kind: String,
    #[serde(default)]
    comment: String,
}

/// Stands for a kind where a vote is taken back.
const BACK: &str = "none";

/// Why nothing can be voted here.
#[derive(Clone, Copy, Debug)]
enum Refused {
    Link(Refusal),
    /// The form was made for another browser, or this one keeps no cookie.
    Cookie,
    Form,
    Gone,
    TooMany,
}

/// Where a visitor of the archive begins: the form, and a cookie if there is none.
pub async fn enter(
    State(ctx): State<Context>,
    Path((lang, id, kind)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Answer {
    let language = page::language(&lang)?;
    let kind: VoteKind = kind.parse().map_err(|_| Failure::Missing(language))?;
    let id = id.parse().map(StoryId).map_err(|_| Failure::Missing(language))?;
    let (story, _) = votes::story(&ctx.pool, id).await?.ok_or(Failure::Missing(language))?;
    let key = key(&ctx).await?;
    let known = visitor(&headers, &key);
    let number = known.unwrap_or_else(rand::random);
    let ballot = Ballot::of_visitor(story, number, language, ctx.clock.now());
    let mut response = form(&ctx, &ballot, &key, Some(kind)).await?;
    if known.is_none() {
        response.headers_mut().insert(header::SET_COOKIE, set_cookie(&ctx, &ballot::cookie(number, &key))?);
    }
    Ok(response)
}

/// The form behind a signed link.
pub async fn ask(State(ctx): State<Context>, Path(token): Path<String>, headers: HeaderMap) -> Answer {
    show(&ctx, &token, None, &headers).await
}

/// The same with a choice made.
pub async fn ask_kind(
    State(ctx): State<Context>,
    Path((token, kind)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    show(&ctx, &token, kind.parse().ok(), &headers).await
}

async fn show(ctx: &Context, token: &str, kind: Option<VoteKind>, headers: &HeaderMap) -> Answer {
    let key = key(ctx).await?;
    match open(ctx, token, &key, headers) {
        Ok(ballot) => form(ctx, &ballot, &key, kind).await,
        Err(refused) => refuse(ctx, token, refused),
    }
}

/// Votes, or takes the vote back. The page that follows shows what stands.
pub async fn vote(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    headers: HeaderMap,
    filled: Result<Form<Filled>, FormRejection>,
) -> Answer {
    let key = key(&ctx).await?;
    let ballot = match open(&ctx, &token, &key, &headers) {
        Ok(ballot) => ballot,
        Err(refused) => return refuse(&ctx, &token, refused),
    };
    let Ok(Form(filled)) = filled else { return refuse(&ctx, &token, Refused::Form) };
    let now = ctx.clock.now();
    if filled.kind == BACK {
        votes::take_back(&ctx.pool, ballot.story, ballot.voter, now).await?;
        return Ok(see(&token));
    }
    let Ok(kind) = filled.kind.parse::<VoteKind>() else { return refuse(&ctx, &token, Refused::Form) };
    let comment = clean(&filled.comment);
    let said = Said { kind, comment: &comment };
    match votes::cast(&ctx.pool, ballot.story, ballot.voter, said, now).await? {
        Cast::Counted => Ok(see(&token)),
        Cast::Gone => refuse(&ctx, &token, Refused::Gone),
        Cast::TooMany => refuse(&ctx, &token, Refused::TooMany),
    }
}

fn see(token: &str) -> Response {
    private(Redirect::to(&ballot::reader_path(token, None)).into_response())
}

async fn key(ctx: &Context) -> sqlx::Result<Key> {
    Ok(Key::new(&votes::secret(&ctx.pool).await?))
}

/// A visitor's link is good only in the browser that it was made for.
fn open(ctx: &Context, token: &str, key: &Key, headers: &HeaderMap) -> Result<Ballot, Refused> {
    let ballot = Ballot::open(token, key, ctx.clock.now()).map_err(Refused::Link)?;
    match ballot.voter {
        Voter::Visitor(number) if visitor(headers, key) != Some(number) => Err(Refused::Cookie),
        _ => Ok(ballot),
    }
}

fn visitor(headers: &HeaderMap, key: &Key) -> Option<u128> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| if name == COOKIE { ballot::visitor(value, key) } else { None })
}

fn set_cookie(ctx: &Context, value: &str) -> anyhow::Result<HeaderValue> {
    let secure = if ctx.settings.site.base_url.starts_with("https://") { "; Secure" } else { "" };
    let text =
        format!("{COOKIE}={value}; Path=/v/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}");
    Ok(HeaderValue::from_str(&text)?)
}

async fn form(ctx: &Context, ballot: &Ballot, key: &Key, chosen: Option<VoteKind>) -> Answer {
    let language = ballot.language;
    let found = votes::story(&ctx.pool, ballot.story).await?;
    let Some((story, title)) = found else { return refuse(ctx, &ballot.token(key), Refused::Gone) };
    let verdict = archive::verdict(&ctx.pool, story).await?;
    let headline = verdict.and_then(|verdict| verdict.headline.get(&language).cloned()).unwrap_or(title);
    let own = votes::own(&ctx.pool, story, ballot.voter).await?;
    let chosen = chosen.or(own.as_ref().map(|own| own.kind));
    let data = json!({
        "token": ballot.token(key),
        "story_url": format!("/{language}/story/{story}"),
        "headline": headline,
        "headline_lang": link_language(&headline),
        "kinds": VoteKind::ALL.iter().map(|kind| choice(*kind, chosen, language)).collect::<Vec<_>>(),
        "own": own.as_ref().map(|own| said(ctx, own, language)),
        "comment": own.map(|own| own.comment),
        "max": MAX_COMMENT,
        "by_cookie": matches!(ballot.voter, Voter::Visitor(_)),
    });
    Ok(private(page::render(ctx, "web/vote.html.j2", language, &format!("/story/{story}"), data)?))
}

fn choice(kind: VoteKind, chosen: Option<VoteKind>, language: Language) -> Value {
    json!({ "kind": kind, "checked": chosen == Some(kind), "word": words::word(&format!("vote_{kind}"), language),
            "hint": words::word(&format!("vote_{kind}_hint"), language) })
}

fn said(ctx: &Context, own: &Own, language: Language) -> Value {
    json!({ "word": words::word(&format!("vote_{}", own.kind), language), "at": minute(ctx, Some(own.voted_at)) })
}

/// In both languages, that of the link first: a link that is none says nothing sure about its reader.
fn refuse(ctx: &Context, token: &str, refused: Refused) -> Answer {
    let language = ballot::claimed_language(token);
    let (status, word) = match refused {
        Refused::Link(Refusal::Forged) => (StatusCode::FORBIDDEN, "vote_forged"),
        Refused::Link(Refusal::Expired) => (StatusCode::GONE, "vote_expired"),
        Refused::Cookie => (StatusCode::FORBIDDEN, "vote_cookie"),
        Refused::Form => (StatusCode::BAD_REQUEST, "vote_form"),
        Refused::Gone => (StatusCode::GONE, "vote_gone"),
        Refused::TooMany => (StatusCode::TOO_MANY_REQUESTS, "vote_too_many"),
    };
    let says = |language: &Language| {
        json!({ "lang": if *language == Language::Zh { "zh-CN" } else { "en" },
                "title": words::word("vote_refused", *language), "text": words::word(word, *language) })
    };
    let others = Language::ALL.iter().filter(|other| **other != language);
    let data = json!({ "says": std::iter::once(&language).chain(others).map(says).collect::<Vec<_>>() });
    let shown = page::render(ctx, "web/vote_refused.html.j2", language, "", data)?;
    let mut response = (status, private(shown)).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(WAIT));
    }
    Ok(response)
}

/// One line of at most [`MAX_COMMENT`] characters, without marks that turn the direction of what follows.
fn clean(text: &str) -> String {
    let is_turn = |c: &char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    let spaced: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_turn(c)).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(MAX_COMMENT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_becomes_one_short_line_of_text() {
        assert_eq!(clean("  It has 7B,\r\nnot 70B\0 \u{202E}parameters. "), "It has 7B, not 70B parameters.");
        assert_eq!(clean("<b>参数</b> 是 7B"), "<b>参数</b> 是 7B", "escaped where it is shown");
        assert_eq!(clean(&"错".repeat(9000)).chars().count(), MAX_COMMENT);
        assert_eq!(clean("\u{FEFF}\n\t"), "");
    }
}
