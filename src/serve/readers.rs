//! The unsubscribe link: GET shows a button, POST leaves at once, as RFC 8058 wants it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::page::{self, Failure};
use crate::context::Context;
use crate::model::Language;
use crate::store::subscribers;

/// Whose link it is, and a button.
pub async fn ask(State(ctx): State<Context>, Path(token): Path<String>) -> Result<Response, Failure> {
    let Some(reader) = subscribers::by_token(&ctx.pool, &token).await? else { return unknown(&ctx) };
    let data = json!({ "token": token, "left": reader.left_at.is_some(), "known": true });
    page::render(&ctx, "web/leave.html.j2", reader.language, "", data)
}

/// Leaves. A second time changes nothing, and a mail program that asks for an unknown reader has nothing to repeat: both are
/// answered with 200. The body (`List-Unsubscribe=One-Click`, in either form) is not needed.
pub async fn leave(State(ctx): State<Context>, Path(token): Path<String>) -> Result<Response, Failure> {
    let Some(reader) = subscribers::by_token(&ctx.pool, &token).await? else {
        let data = json!({ "token": "", "left": false, "known": false });
        return page::render(&ctx, "web/leave.html.j2", Language::En, "", data);
    };
    subscribers::leave_by_token(&ctx.pool, &token, ctx.clock.now()).await?;
    let data = json!({ "token": token, "left": true, "known": true });
    page::render(&ctx, "web/leave.html.j2", reader.language, "", data)
}

fn unknown(ctx: &Context) -> Result<Response, Failure> {
    let data = json!({ "token": "", "left": false, "known": false });
    let shown = page::render(ctx, "web/leave.html.j2", Language::En, "", data)?;
    Ok((StatusCode::NOT_FOUND, shown).into_response())
}
