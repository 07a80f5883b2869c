//! The issues as an Atom feed in each language: <https://www.rfc-editor.org/rfc/rfc4287>.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::page::Failure;
use super::{issues, words};
use crate::context::Context;
use crate::model::{IssueKind, Language};
use crate::store::issues as rows;

/// Issues in the feed.
const MAX: usize = 30;

/// `/feed/en.xml` and `/feed/zh.xml`.
pub async fn atom(State(ctx): State<Context>, Path(file): Path<String>) -> Result<Response, Failure> {
    let language = file.strip_suffix(".xml").and_then(|word| word.parse::<Language>().ok());
    let language = language.ok_or(Failure::Missing(Language::En))?;
    let mut newest = rows::list(&ctx.pool, IssueKind::Weekly).await?;
    newest.extend(rows::list(&ctx.pool, IssueKind::Paper).await?);
    newest.sort_by_key(|row| std::cmp::Reverse(row.published_at));
    let base = &ctx.settings.site.base_url;
    let mut entries: Vec<Value> = Vec::new();
    for row in newest.iter().take(MAX) {
        let Some(rendering) = rows::rendering(&ctx.pool, row.id, language).await? else { continue };
        entries.push(json!({
            "url": format!("{base}/{language}/issues/{}/{}", row.kind, row.number),
            "title": rendering.subject,
            "published": row.published_at.to_rfc3339(),
            "text": issues::public(&rendering.body_text, "–", base, language),
        }));
    }
    let updated = newest.first().map_or_else(|| ctx.clock.now(), |row| row.published_at).to_rfc3339();
    let data = json!({ "lang": language, "base": base, "title": words::word("brand", language),
                       "tagline": words::word("tagline", language), "updated": updated, "entries": entries });
    let xml = ctx.templates.render("web/feed.xml.j2", data)?;
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], xml).into_response())
}
