//! What the page of a draft shows: the issue as it would be, and beside each story what can be done with it.

use std::collections::{BTreeMap, HashMap};

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::page::minute;
use super::stories::link_language;
use super::words;
use crate::context::Context;
use crate::edition::{self, Detail, Edition, Refusal, SectionView};
use crate::model::{IssueStory, Language, LineKind, Section, StoryId};
use crate::press::Draft;
use crate::store::drafts;

/// Stories that could come in.
const WAITING: usize = 15;

/// Why the page is shown again instead of a change.
pub struct Notice {
    /// Of the answer.
    pub status: StatusCode,
    says: String,
    /// What was written, so that nothing is lost.
    typed: Vec<(LineKind, String)>,
}

impl Notice {
    /// Nothing that the page has.
    pub fn form(language: Language) -> Self {
        Self { status: StatusCode::BAD_REQUEST, says: words::word("draft_form", language), typed: Vec::new() }
    }

    /// Somebody was first.
    pub fn stale(language: Language, typed: Vec<(LineKind, String)>) -> Self {
        Self { status: StatusCode::CONFLICT, says: words::word("draft_stale", language), typed }
    }

    /// It cannot be made.
    pub fn refused(language: Language, refusal: &Refusal, typed: Vec<(LineKind, String)>) -> Self {
        let says = format!("{} {}", words::word("draft_refused", language), why(refusal, language));
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, says, typed }
    }
}

fn why(refusal: &Refusal, language: Language) -> String {
    let (key, more) = match refusal {
        Refusal::Unknown(_) => ("draft_unknown", String::new()),
        Refusal::NotTold(_) | Refusal::Nothing(_) => ("draft_not_told", String::new()),
        Refusal::NotJudged(_) => ("draft_not_judged", String::new()),
        Refusal::TooMany => ("draft_too_many", String::new()),
        Refusal::TooLong(_, n, most) => ("draft_too_long", format!(" {n} / {most}")),
        Refusal::NoLine(..) => ("draft_no_line", String::new()),
    };
    format!("{}{more}", words::word(key, language))
}

/// All that the template needs.
///
/// # Errors
/// The database fails.
pub async fn page(
    ctx: &Context,
    draft: &Draft,
    (token, language): (&str, Language),
    notice: Option<Notice>,
) -> sqlx::Result<Value> {
    let (content, days) = (&draft.content, draft.inputs.period.days);
    let view = edition::view(content, Edition { language, base_url: "", days }, Detail::Full, usize::MAX);
    let sections: Vec<Value> = view.sections.iter().map(|shown| section(draft, shown, language)).collect();
    let older = drafts::held(&ctx.pool)
        .await?
        .into_iter()
        .find(|row| row.edition == draft.row.edition && row.period < draft.row.period);
    let notice = notice.map(|notice| {
        let typed: Vec<Value> = notice
            .typed
            .iter()
            .map(|(kind, text)| json!({ "label": label(*kind, "", language), "text": text }))
            .collect();
        json!({ "says": notice.says, "typed": typed })
    });
    Ok(json!({
        "token": token, "revision": draft.row.revision, "sha256": draft.sha256, "notice": notice,
        "period": draft.row.period, "will_be": words::word("draft_will_be", language).replace("{}", &content.number.to_string()),
         "made_at": minute(ctx, Some(draft.row.made_at)),
        "older": older.map(|row| row.period), "n_undo": draft.undo.len(),
        "view": { "w": view.w, "days": view.days, "minutes": view.minutes, "counts": view.counts,
                  "subject": view.subject, "quiet": view.quiet, "lines": view.lines, "left_out": view.left_out },
        "sections": sections,
        "waiting": waiting(ctx, draft, language).await?,
    }))
}

fn section(draft: &Draft, shown: &SectionView, language: Language) -> Value {
    let own = draft.content.sections.iter().find(|section| section.name == shown.key);
    let tools = |id: i64| own.and_then(|section| tools(draft, section, StoryId(id), language));
    let stories: Vec<Value> = shown.stories.iter().map(|story| joined(story, tools(story.id))).collect();
    let rounds: Vec<Value> = shown.rounds.iter().map(|round| joined(round, tools(round.id))).collect();
    json!({ "key": shown.key, "title": shown.title, "note": shown.note, "stories": stories, "rounds": rounds })
}

fn joined(view: &impl Serialize, tools: Option<Value>) -> Value {
    let mut value = serde_json::to_value(view).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.insert("tools".to_owned(), tools.unwrap_or_default());
    }
    value
}

/// What can be done with a story where it stands.
fn tools(draft: &Draft, section: &Section, id: StoryId, language: Language) -> Option<Value> {
    let at = section.stories.iter().position(|story| story.story_id == id)?;
    let story = section.stories.get(at)?;
    let edits = &draft.inputs.edits;
    let is_told = section.name != "dropped";
    let is_row = section.name == "funding" && story.verdict.funding.is_some();
    Some(json!({
        "told": is_told,
        "pinned": edits.pinned.contains(&id),
        "mine": edits.pinned.contains(&id) || edits.order.contains(&id) || edits.lines.contains_key(&id),
        "up": is_told && at > 0, "down": is_told && at + 1 < section.stories.len(),
        "lines": if is_told && !is_row { lines(story, section, language) } else { Vec::new() },
    }))
}

fn lines(story: &IssueStory, section: &Section, language: Language) -> Vec<Value> {
    edition::lines(story, &section.name, language)
        .into_iter()
        .map(|(kind, name, original)| {
            let own = story.own(language, kind);
            json!({
                "kind": kind, "label": label(kind, name, language), "text": own.unwrap_or(&original),
                "original": own.map(|_| &original), "lang": link_language(own.unwrap_or(&original)),
                "rows": if kind == LineKind::Headline { 2 } else { 4 },
            })
        })
        .collect()
}

fn label(kind: LineKind, name: &str, language: Language) -> String {
    let key = match kind {
        LineKind::Headline => "draft_headline",
        LineKind::Summary => "draft_summary",
        LineKind::Happened => "happened",
        LineKind::New => "is_new",
        LineKind::Matters => "matters",
    };
    if name.is_empty() { words::word(key, language) } else { name.to_owned() }
}

async fn waiting(ctx: &Context, draft: &Draft, language: Language) -> sqlx::Result<Vec<Value>> {
    let waiting = edition::waiting(&draft.inputs, &draft.content, WAITING);
    let ids: Vec<StoryId> = waiting.iter().map(|story| story.id).collect();
    let titles: HashMap<StoryId, String> = drafts::titles(&ctx.pool, &ids).await?.into_iter().collect();
    let loaded: BTreeMap<StoryId, &IssueStory> =
        draft.inputs.stories.iter().map(|(id, story)| (*id, story)).collect();
    let row = |story: &edition::Waiting| {
        let known = loaded.get(&story.id).map(|story| edition::headline(story, language));
        let headline = known.or_else(|| titles.get(&story.id).map(|title| edition::plain(title)));
        let headline = headline.unwrap_or_else(|| story.id.to_string());
        json!({
            "id": story.id, "lang": link_language(&headline), "headline": headline,
            "score": format!("{:.1}", story.score), "reason": words::flag(&story.reason, language),
            "dropped": story.reason == "operator", "url": format!("/{language}/story/{}", story.id),
        })
    };
    Ok(waiting.iter().map(row).collect())
}
