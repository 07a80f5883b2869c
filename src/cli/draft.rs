//! `headsup draft`: what the page of a draft does, without a browser.

use std::process::ExitCode;

use super::args_draft::{DraftArgs, DraftCommand, MoveWord, StoryOfDraft, WhichDraft};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::ballot::{self, Key};
use crate::config::suggest;
use crate::context::Context;
use crate::edition::{self, Change, Refusal};
use crate::model::{Language, LineKind, StoryId};
use crate::press::{self, Approval, Draft, Saved};
use crate::store::drafts::{self, DraftRow};
use crate::store::votes;

/// Stories outside the issue that are shown.
const WAITING: usize = 15;

/// Runs the subcommand.
pub async fn run(around: &Surroundings, args: DraftArgs) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = call(around, &app.ctx, args.command).await;
    app.close_after(outcome).await?;
    Ok(ExitCode::SUCCESS)
}

async fn call(around: &Surroundings, ctx: &Context, command: DraftCommand) -> anyhow::Result<()> {
    let one = |of: StoryOfDraft, change: fn(StoryId) -> Change| (of.which, change(StoryId(of.story)));
    let (which, change) = match command {
        DraftCommand::List => return list(around, ctx).await,
        DraftCommand::Show { which, language } => return show(around, ctx, &which, language).await,
        DraftCommand::Undo(which) => return undo(ctx, &which).await,
        DraftCommand::Approve(which) => return approve(ctx, &which).await,
        DraftCommand::Discard(which) => return discard(ctx, &which).await,
        DraftCommand::Pin(of) => one(of, Change::Pin),
        DraftCommand::Unpin(of) => one(of, Change::Unpin),
        DraftCommand::Drop(of) => one(of, Change::Drop),
        DraftCommand::Restore(of) => one(of, Change::Restore),
        DraftCommand::Move { story, to: MoveWord::Up, which } => (which, Change::Up(StoryId(story))),
        DraftCommand::Move { story, to: MoveWord::Down, which } => (which, Change::Down(StoryId(story))),
        DraftCommand::Line { story, text, language, part, which } => {
            let texts = [(kind(&part)?, text)].into();
            (which, Change::Lines(StoryId(story), language, texts))
        }
    };
    edit(ctx, &which, &change).await
}

fn kind(part: &str) -> Result<LineKind, UsageError> {
    let known = || LineKind::ALL.iter().map(|kind| kind.as_str());
    part.parse().map_err(|_| {
        let all = known().collect::<Vec<_>>().join(", ");
        UsageError(format!("--part {part:?} is none of: {all}{}", suggest(part, known())))
    })
}

async fn list(around: &Surroundings, ctx: &Context) -> anyhow::Result<()> {
    let rows = drafts::list(&ctx.pool).await?;
    if around.global.json {
        return output::json(&rows);
    }
    if rows.is_empty() {
        return output::line(
            "no drafts: with `[digest] review = \"hold\"` the next weekly issue becomes one",
        );
    }
    let mut table = output::table(&["period", "state", "made (UTC)", "changed (UTC)", "changes", "mails"]);
    for row in rows {
        let state = match (row.state.as_str(), row.number) {
            ("held", _) => "waits for you".to_owned(),
            (_, Some(number)) => format!("published as {} {number}", row.edition),
            (state, None) => state.to_owned(),
        };
        table.add_row([
            row.name(),
            state,
            output::time(Some(row.made_at)),
            output::time(Some(row.changed_at)),
            (row.revision - 1).to_string(),
            row.n_mails.to_string(),
        ]);
    }
    output::line(&table.to_string())
}

/// The draft that is meant: of the period and edition, else the one that waits.
async fn find(ctx: &Context, which: &WhichDraft) -> anyhow::Result<DraftRow> {
    let WhichDraft { period, edition } = which;
    let is_meant = |row: &DraftRow| {
        period.as_ref().is_none_or(|period| row.period == *period)
            && edition.as_ref().is_none_or(|edition| row.edition == *edition)
    };
    let all = drafts::list(&ctx.pool).await?;
    let held: Vec<&DraftRow> = all.iter().filter(|row| row.is_held()).collect();
    let meant: Vec<&&DraftRow> = held.iter().filter(|row| is_meant(row)).collect();
    let why = match meant.as_slice() {
        [row] => return Ok((**row).clone()),
        [] if period.is_none() && edition.is_none() => "no draft waits: headsup draft list".to_owned(),
        [] => match all.iter().rfind(|row| is_meant(row)) {
            Some(row) => closed_words(row),
            None => not_there(which, &held),
        },
        several => {
            let names: Vec<String> = several.iter().map(|row| row.options()).collect();
            format!("{} drafts wait, say which one: {}", several.len(), names.join(", or "))
        }
    };
    Err(UsageError(why).into())
}

fn not_there(WhichDraft { period, edition }: &WhichDraft, held: &[&DraftRow]) -> String {
    let guess = match (period, edition) {
        (Some(period), _) => suggest(period, held.iter().map(|row| row.period.as_str())),
        (None, Some(edition)) => suggest(edition, held.iter().map(|row| row.edition.as_str())),
        (None, None) => String::new(),
    };
    let named = [edition, period].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    format!("there is no draft of {named}{guess}")
}

fn closed_words(row: &DraftRow) -> String {
    match row.number {
        Some(number) => format!(
            "the draft of {} was published as {} {number}, and an issue does not change",
            row.name(),
            row.edition
        ),
        None => format!(
            "the draft of {} was thrown away: `headsup publish {} --period {}` makes a new one",
            row.name(),
            row.edition,
            row.period
        ),
    }
}

async fn open(ctx: &Context, which: &WhichDraft) -> anyhow::Result<Draft> {
    let row = find(ctx, which).await?;
    let draft = press::open(ctx, row.id).await?;
    draft.ok_or_else(|| UsageError(format!("the draft of {} was just closed", row.period)).into())
}

async fn show(
    around: &Surroundings,
    ctx: &Context,
    which: &WhichDraft,
    language: Language,
) -> anyhow::Result<()> {
    let draft = open(ctx, which).await?;
    if around.global.json {
        return output::json(&draft.content);
    }
    let (content, edits) = (&draft.content, &draft.inputs.edits);
    output::line(&format!(
        "draft of {} ({} stories, {} changes), would be {} {}",
        content.period,
        edition::told_stories(content).count(),
        draft.row.revision - 1,
        content.series(),
        content.number
    ))?;
    for section in &content.sections {
        output::line(&format!("\n{}", section.name))?;
        for story in &section.stories {
            let mut marks = Vec::new();
            if edits.pinned.contains(&story.story_id) {
                marks.push("pinned");
            }
            if edits.lines.contains_key(&story.story_id) {
                marks.push("edited");
            }
            let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
            let headline = edition::headline(story, language);
            output::line(&format!("{:>7}  {headline}{marks}", story.story_id))?;
        }
    }
    waiting(ctx, &draft).await?;
    let key = Key::new(&votes::secret(&ctx.pool).await?);
    let path = ballot::draft_path(language, &ballot::draft_token(draft.row.id, &key));
    output::line(&format!("\nits page: {}{path}", ctx.settings.site.base_url))
}

async fn waiting(ctx: &Context, draft: &Draft) -> anyhow::Result<()> {
    let waiting = edition::waiting(&draft.inputs, &draft.content, WAITING);
    let ids: Vec<StoryId> = waiting.iter().map(|story| story.id).collect();
    let titles = drafts::titles(&ctx.pool, &ids).await?;
    output::line("\nnot in the issue")?;
    for story in waiting {
        let title = titles.iter().find(|(id, _)| *id == story.id).map(|(_, title)| edition::plain(title));
        let title = title.unwrap_or_default();
        output::line(&format!("{:>7}  {title} ({:.1}, {})", story.id, story.score, story.reason))?;
    }
    Ok(())
}

async fn edit(ctx: &Context, which: &WhichDraft, change: &Change) -> anyhow::Result<()> {
    let row = find(ctx, which).await?;
    let saved = press::change(ctx, row.id, row.revision, change).await?;
    if let Saved::Refused(refusal) = &saved {
        return Err(UsageError(refused(ctx, &row, refusal).await?).into());
    }
    said(&row, &saved, "changed")
}

/// With the story that may have been meant.
async fn refused(ctx: &Context, row: &DraftRow, refusal: &Refusal) -> anyhow::Result<String> {
    let Refusal::Unknown(id) = refusal else { return Ok(refusal.to_string()) };
    let guess = match press::open(ctx, row.id).await? {
        Some(draft) => {
            let told = edition::told_stories(&draft.content).map(|story| story.story_id.to_string());
            let told: Vec<String> = told.collect();
            let guess = suggest(&id.to_string(), told.iter().map(String::as_str));
            if guess.is_empty() { ": `headsup draft show` lists them".to_owned() } else { guess }
        }
        None => String::new(),
    };
    Ok(format!("{refusal}{guess}"))
}

fn said(row: &DraftRow, saved: &Saved, done: &str) -> anyhow::Result<()> {
    match saved {
        Saved::Done => output::line(&format!("draft of {}: {done}", row.period)),
        Saved::Stale => {
            anyhow::bail!("somebody else changed the draft of {} just now: try again", row.period)
        }
        Saved::Closed => anyhow::bail!("the draft of {} was just closed", row.period),
        Saved::Refused(refusal) => Err(UsageError(refusal.to_string()).into()),
    }
}

async fn undo(ctx: &Context, which: &WhichDraft) -> anyhow::Result<()> {
    let row = find(ctx, which).await?;
    let saved = press::undo(ctx, row.id, row.revision).await?;
    said(&row, &saved, "the last change is taken back")
}

async fn approve(ctx: &Context, which: &WhichDraft) -> anyhow::Result<()> {
    let draft = open(ctx, which).await?;
    match press::approve(ctx, draft.row.id, &draft.sha256).await? {
        Approval::Published(composed) => output::line(&format!(
            "{} {} ({}): published, {} mails queued",
            composed.content.series(),
            composed.content.number,
            composed.content.period,
            composed.n_queued
        )),
        Approval::Stale => anyhow::bail!("the draft of {} changed just now: look again", draft.row.period),
        Approval::Closed => anyhow::bail!("the draft of {} was just closed", draft.row.period),
    }
}

async fn discard(ctx: &Context, which: &WhichDraft) -> anyhow::Result<()> {
    let row = find(ctx, which).await?;
    let saved = press::discard(ctx, row.id, row.revision).await?;
    said(&row, &saved, "thrown away")
}
