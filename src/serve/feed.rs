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

/// `/feed/en.xml` and `/feed/zh.xml`: all issues. `/feed/SLUG-en.xml`: those of one edition.
pub async fn atom(State(ctx): State<Context>, Path(file): Path<String>) -> Result<Response, Failure> {
    let name = file.strip_suffix(".xml").ok_or(Failure::Missing(Language::En))?;
    let (slug, word) = name.rsplit_once('-').map_or((None, name), |(slug, word)| (Some(slug), word));
    let language = word.parse::<Language>().map_err(|_| Failure::Missing(Language::En))?;
    let mut newest = match slug {
        Some(slug) => rows::list(&ctx.pool, slug).await?,
        None => all(&ctx).await?,
    };
    if slug.is_some() && newest.is_empty() {
        return Err(Failure::Missing(language));
    }
    newest.sort_by_key(|row| std::cmp::Reverse(row.published_at));
    let base = &ctx.settings.site.base_url;
    let mut entries: Vec<Value> = Vec::new();
    for row in newest.iter().take(MAX) {
        let Some(rendering) = rows::rendering(&ctx.pool, row.id, language).await? else { continue };
        entries.push(json!({
            "url": format!("{base}/{language}/issues/{}/{}", row.edition, row.number),
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

async fn all(ctx: &Context) -> sqlx::Result<Vec<rows::IssueRow>> {
    let mut all = rows::list(&ctx.pool, IssueKind::Weekly).await?;
    all.extend(rows::list(&ctx.pool, IssueKind::Paper).await?);
    all.extend(rows::of_editions(&ctx.pool).await?);
    Ok(all)
}
