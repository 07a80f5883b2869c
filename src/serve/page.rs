//! What all pages share: language, layout, stylesheet, and the pages for what went wrong.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{redirect, words};
use crate::context::Context;
use crate::model::Language;

/// The one stylesheet.
const STYLE: &str = "web/style.css.j2";

/// Why there is no page.
pub enum Failure {
    /// No such thing, in this language.
    Missing(Language),
    /// A fault of ours or the database's; logged, not shown.
    Broken(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Missing(language) => plain(StatusCode::NOT_FOUND, language, "missing"),
            Self::Broken(error) => {
                tracing::error!(error = format!("{error:#}"), "a page failed");
                plain(StatusCode::INTERNAL_SERVER_ERROR, Language::En, "broken")
            }
        }
    }
}

/// A page without template: it must work when templates or database do not.
fn plain(status: StatusCode, language: Language, key: &str) -> Response {
    let (title, back) = (words::word(key, language), words::word("home", language));
    let html = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>headsup 抬头</title><h1>{title}</h1><p><a href=\"/{language}\">{back}</a></p></html>"
    );
    (status, Html(html)).into_response()
}

/// The language of a path, or the page that says that there is none.
///
/// # Errors
/// The first part of the path is no language.
pub fn language(word: &str) -> Result<Language, Failure> {
    word.parse().map_err(|_| Failure::Missing(Language::En))
}

/// `/`: the browser's language, else the site's.
pub async fn choose_language(State(ctx): State<Context>, headers: HeaderMap) -> Response {
    let wished =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    redirect(&format!("/{}", preferred(wished).unwrap_or(ctx.settings.site.language)))
}

/// The first of our languages in `Accept-Language`; browsers list the best first.
fn preferred(wished: &str) -> Option<Language> {
    let mut tags = wished.split(',').map(|tag| tag.trim().to_lowercase());
    tags.find_map(|tag| match tag.get(..2) {
        Some("zh") => Some(Language::Zh),
        Some("en") => Some(Language::En),
        _ => None,
    })
}

/// Everything that has no route.
pub async fn no_such_page(uri: Uri) -> Response {
    let first = uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    plain(StatusCode::NOT_FOUND, first.parse().unwrap_or(Language::En), "missing")
}

/// The stylesheet under its hashed name: kept for ever by browsers.
pub async fn stylesheet(State(ctx): State<Context>, Path(file): Path<String>) -> Result<Response, Failure> {
    let css = ctx.templates.source(STYLE)?;
    if file != style_name(&css) {
        return Err(Failure::Missing(Language::En));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, css).into_response())
}

fn style_name(css: &str) -> String {
    let hash: String = Sha256::digest(css).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("style-{hash}.css")
}

/// Renders `template` in the layout. `path` is the page's own without the language: its twin has the same.
///
/// # Errors
/// A template fails.
pub fn render(
    ctx: &Context,
    template: &str,
    language: Language,
    path: &str,
    data: Value,
) -> Result<Response, Failure> {
    let other = if language == Language::En { Language::Zh } else { Language::En };
    let css = ctx.templates.source(STYLE)?;
    let mut all = json!({
        "lang": language,
        "html_lang": if language == Language::Zh { "zh-CN" } else { "en" },
        "other": format!("/{other}{path}"),
        "here": path,
        "css": format!("/assets/{}", style_name(&css)),
        "w": words::all(language),
        "signs_up": ctx.settings.site.sign_up,
    });
    if let (Some(all), Value::Object(data)) = (all.as_object_mut(), data) {
        all.extend(data);
    }
    let html = ctx.templates.render(template, all)?;
    Ok((StatusCode::OK, Html(html)).into_response())
}

/// Neither kept by anybody between us and the reader, nor found by a search engine.
pub fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response
}

/// A day in the configured zone.
pub fn date(ctx: &Context, at: DateTime<Utc>) -> chrono::NaiveDate {
    at.with_timezone(&zone(ctx)).date_naive()
}

/// A day in the configured zone, as "2026-11-24".
pub fn day(ctx: &Context, at: DateTime<Utc>) -> String {
    at.with_timezone(&zone(ctx)).format("%Y-%m-%d").to_string()
}

/// A minute in the configured zone, or a dash.
pub fn minute(ctx: &Context, at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| at.with_timezone(&zone(ctx)).format("%Y-%m-%d %H:%M").to_string())
}

fn zone(ctx: &Context) -> Tz {
    ctx.settings.schedule.time_zone.parse().unwrap_or(Tz::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_first_language_that_we_have() {
        assert_eq!(preferred("zh-CN,zh;q=0.9,en;q=0.8"), Some(Language::Zh));
        assert_eq!(preferred("de-DE, en-US;q=0.7"), Some(Language::En));
        assert_eq!(preferred("fr"), None);
    }
}
