//! The operator's page of a draft, behind a signed link. GET shows it and changes nothing, since scanners follow links; each
//! change is a form that is POSTed. The link is the right to change: no cookie is read, so no other site can act for anybody.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::draft_view::{self, Notice};
use super::issues::{MAIL_POLICY, public};
use super::page::{self, Failure};
use super::words;
use crate::ballot::{self, Key};
use crate::context::Context;
use crate::edition::{Change, Refusal};
use crate::model::{DraftId, Language, LineKind, StoryId};
use crate::press::{self, Approval, Draft, Saved};
use crate::store::{drafts, issues, votes};

type Answer = Result<Response, Failure>;

/// The forms' fields.
#[derive(Deserialize)]
pub struct Filled {
    /// Which button.
    #[serde(rename = "do")]
    button: String,
    /// Of the draft as it was looked at.
    #[serde(default)]
    revision: i32,
    /// The same of its content.
    #[serde(default)]
    sha256: String,
    story: Option<i64>,
    headline: Option<String>,
    summary: Option<String>,
    happened: Option<String>,
    new: Option<String>,
    matters: Option<String>,
}

impl Filled {
    fn texts(&self) -> impl Iterator<Item = (LineKind, String)> {
        let all = [
            (LineKind::Headline, &self.headline),
            (LineKind::Summary, &self.summary),
            (LineKind::Happened, &self.happened),
            (LineKind::New, &self.new),
            (LineKind::Matters, &self.matters),
        ];
        all.into_iter().filter_map(|(kind, text)| Some((kind, text.clone()?)))
    }

    /// The change that it asks for; `None`: none that we know.
    fn change(&self, language: Language) -> Option<Change> {
        let story = StoryId(self.story?);
        Some(match self.button.as_str() {
            "pin" => Change::Pin(story),
            "unpin" => Change::Unpin(story),
            "drop" => Change::Drop(story),
            "restore" => Change::Restore(story),
            "up" => Change::Up(story),
            "down" => Change::Down(story),
            "lines" => Change::Lines(story, language, self.texts().collect()),
            _ => return None,
        })
    }
}

/// The draft as it would be published now.
pub async fn look(State(ctx): State<Context>, Path((lang, token)): Path<(String, String)>) -> Answer {
    let language = page::language(&lang)?;
    let Some(id) = opened(&ctx, &token).await? else { return forged(&ctx, language) };
    show(&ctx, (id, &token), language, None).await
}

/// The HTML part as it would be mailed.
pub async fn mail(State(ctx): State<Context>, Path((lang, token)): Path<(String, String)>) -> Answer {
    let language = page::language(&lang)?;
    let Some(draft) = held(&ctx, &token).await? else { return Err(Failure::Missing(language)) };
    let mut renderings = press::render(&ctx, &draft.inputs, &draft.content)?;
    let body = renderings.remove(&language).unwrap_or_default().body_html;
    let html = Html(public(&body, "#", "", language));
    Ok(private(([(header::CONTENT_SECURITY_POLICY, MAIL_POLICY)], html).into_response()))
}

/// The text part as it would be mailed.
pub async fn text(State(ctx): State<Context>, Path((lang, token)): Path<(String, String)>) -> Answer {
    let language = page::language(&lang)?;
    let Some(draft) = held(&ctx, &token).await? else { return Err(Failure::Missing(language)) };
    let mut renderings = press::render(&ctx, &draft.inputs, &draft.content)?;
    let body = renderings.remove(&language).unwrap_or_default().body_text;
    let text = public(&body, "–", &ctx.settings.site.base_url, language);
    Ok(private(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()))
}

/// One change, an approval, or the end of the draft.
pub async fn act(
    State(ctx): State<Context>,
    Path((lang, token)): Path<(String, String)>,
    filled: Result<Form<Filled>, FormRejection>,
) -> Answer {
    let language = page::language(&lang)?;
    let Some(id) = opened(&ctx, &token).await? else { return forged(&ctx, language) };
    let here = (id, token.as_str());
    let Ok(Form(filled)) = filled else {
        return show(&ctx, here, language, Some(Notice::form(language))).await;
    };
    let saved = match filled.button.as_str() {
        "approve" => match press::approve(&ctx, id, &filled.sha256).await? {
            Approval::Published(_) => Saved::Done,
            Approval::Stale => Saved::Stale,
            Approval::Closed => Saved::Closed,
        },
        "discard" => press::discard(&ctx, id, filled.revision).await?,
        "undo" => press::undo(&ctx, id, filled.revision).await?,
        _ => match filled.change(language) {
            Some(change) => press::change(&ctx, id, filled.revision, &change).await?,
            None => return show(&ctx, here, language, Some(Notice::form(language))).await,
        },
    };
    let typed = filled.texts().collect();
    match saved {
        Saved::Done | Saved::Refused(Refusal::Nothing(_)) => {
            let place = filled.story.map(|story| format!("#s{story}")).unwrap_or_default();
            let path = format!("{}{place}", ballot::draft_path(language, &token));
            Ok(private(Redirect::to(&path).into_response()))
        }
        Saved::Closed => show(&ctx, here, language, None).await,
        Saved::Stale => show(&ctx, here, language, Some(Notice::stale(language, typed))).await,
        Saved::Refused(refusal) => {
            show(&ctx, here, language, Some(Notice::refused(language, &refusal, typed))).await
        }
    }
}

/// The draft that the link was signed for; `None`: the link is none of ours.
async fn opened(ctx: &Context, token: &str) -> sqlx::Result<Option<DraftId>> {
    let key = Key::new(&votes::secret(&ctx.pool).await?);
    Ok(ballot::open_draft(token, &key))
}

async fn held(ctx: &Context, token: &str) -> anyhow::Result<Option<Draft>> {
    match opened(ctx, token).await? {
        Some(id) => press::open(ctx, id).await,
        None => Ok(None),
    }
}

async fn show(
    ctx: &Context,
    (id, token): (DraftId, &str),
    language: Language,
    notice: Option<Notice>,
) -> Answer {
    let Some(draft) = press::open(ctx, id).await? else { return closed(ctx, id, language).await };
    let status = notice.as_ref().map_or(StatusCode::OK, |notice| notice.status);
    let data = draft_view::page(ctx, &draft, (token, language), notice).await?;
    let page = page::render(ctx, "web/draft.html.j2", language, &format!("/draft/{token}"), data)?;
    Ok((status, private(page)).into_response())
}

/// The link has ended with the draft.
async fn closed(ctx: &Context, id: DraftId, language: Language) -> Answer {
    let row = drafts::by_id(&ctx.pool, id).await?.ok_or(Failure::Missing(language))?;
    let issue = match row.number {
        Some(number) => Some(format!("/{language}/issues/{}/{number}", row.edition)),
        None => None,
    };
    let key = if issue.is_some() { "draft_published" } else { "draft_discarded" };
    let n_readers = match row.number {
        Some(number) => issues::by_number(&ctx.pool, &row.edition, number).await?.map(|row| row.n_recipients),
        None => None,
    };
    let data = json!({ "period": row.period, "says": words::word(key, language), "issue": issue,
                       "number": row.number, "n_readers": n_readers });
    let page = page::render(ctx, "web/draft_closed.html.j2", language, "", data)?;
    Ok((StatusCode::GONE, private(page)).into_response())
}

fn forged(ctx: &Context, language: Language) -> Answer {
    let data = json!({ "period": null, "says": words::word("draft_forged", language), "issue": null,
                       "number": null, "n_readers": null });
    let page = page::render(ctx, "web/draft_closed.html.j2", language, "", data)?;
    Ok((StatusCode::FORBIDDEN, private(page)).into_response())
}

/// Neither kept by anybody between us and the operator, nor found by a search engine.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response
}
