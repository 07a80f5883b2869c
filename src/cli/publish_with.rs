//! `headsup publish weekly --with model=…|prompt=…`: one week by two editors.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

use super::args::PublishArgs;
use super::open::Surroundings;
use super::{UsageError, output};
use crate::config::{Settings, WEEKLY};
use crate::context::Context;
use crate::judge;
use crate::model::Report;
use crate::publish::{self, OneView, TwoEditors};

/// The template that is replaced.
const PROMPT: &str = "prompts/judge.j2";

/// The name that stands for no model.
const RULES: &str = "rules";

/// Stories that the rules read: they cost nothing.
const BY_RULES: usize = 200;

/// What is other about the second editor.
#[derive(Clone, Debug)]
pub enum With {
    /// Another model of the configured server, or "rules".
    Model(String),
    /// Another prompt, from a file.
    Prompt(PathBuf),
}

/// Reads `model=NAME` or `prompt=FILE`.
pub fn parse(text: &str) -> Result<With, String> {
    match text.split_once('=') {
        Some(("model", name)) if !name.trim().is_empty() => Ok(With::Model(name.trim().to_owned())),
        Some(("prompt", file)) if !file.is_empty() => Ok(With::Prompt(PathBuf::from(file))),
        _ => Err("must be model=NAME (a model of the configured server, or rules) or prompt=FILE".to_owned()),
    }
}

/// Judges the week's best stories a second time and shows what that would change. Nothing of it is published.
pub async fn run(around: &Surroundings, args: &PublishArgs) -> anyhow::Result<ExitCode> {
    if args.series != WEEKLY {
        return Err(UsageError("two editors can be compared on weekly issues only".into()).into());
    }
    let texts = args.with.iter().map(text_of).collect::<anyhow::Result<Vec<_>>>()?;
    check(&args.with, &around.settings()?.settings)?;
    let app = around.open().await?;
    let outcome = compare(&app.ctx, args, &texts).await;
    let (two, report) = app.close_after(outcome).await?;
    if around.global.json {
        output::json(&serde_json::json!({ "editors": two, "tokens": report.count("tokens") }))?;
    } else {
        show(&two, &report)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Of a prompt's file: before anything is opened.
fn text_of(with: &With) -> anyhow::Result<Option<String>> {
    match with {
        With::Model(_) => Ok(None),
        With::Prompt(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| UsageError(format!("cannot read the prompt {}: {error}", path.display())))?;
            Ok(Some(text))
        }
    }
}

fn check(with: &[With], settings: &Settings) -> anyhow::Result<()> {
    let is_rules = with.iter().any(|with| matches!(with, With::Model(name) if name == RULES));
    if is_rules && with.len() > 1 {
        return Err(UsageError(
            "the rules have no prompt and no second model: give --with model=rules alone".into(),
        )
        .into());
    }
    if !is_rules && settings.model.base_url.is_empty() {
        return Err(UsageError("no model is configured: set [model] base_url and name, or HEADSUP_MODEL_BASE_URL and HEADSUP_MODEL_NAME; --with model=rules needs none".into()).into());
    }
    Ok(())
}

async fn compare(
    ctx: &Context,
    args: &PublishArgs,
    texts: &[Option<String>],
) -> anyhow::Result<(TwoEditors, Report)> {
    let first = publish::first_editor(ctx, args.period.as_deref()).await?;
    let second = second(ctx, &args.with, texts)?;
    let has_model = !second.settings.model.base_url.is_empty();
    let most = if has_model { second.settings.model.stories_per_week } else { BY_RULES };
    let (verdicts, report) = judge::opinions(&second, &first.worth_reading(most)).await?;
    Ok((publish::second_editor(ctx, first, verdicts, args.language).await?, report))
}

/// The same surroundings with the other model or prompt.
fn second(ctx: &Context, with: &[With], texts: &[Option<String>]) -> anyhow::Result<Context> {
    let mut settings = Settings::clone(&ctx.settings);
    let mut templates = Arc::clone(&ctx.templates);
    for (with, text) in with.iter().zip(texts) {
        match (with, text) {
            (With::Model(name), _) if name == RULES => settings.model.base_url.clear(),
            (With::Model(name), _) => settings.model.name.clone_from(name),
            (With::Prompt(path), Some(text)) => {
                let replaced = templates.replacing(PROMPT, text);
                let named = replaced.with_context(|| format!("the prompt {}", path.display()));
                templates = Arc::new(named.map_err(|error| UsageError(format!("{error:#}")))?);
            }
            (With::Prompt(_), None) => {}
        }
    }
    Ok(Context { settings: Arc::new(settings), templates, ..ctx.clone() })
}

fn show(two: &TwoEditors, report: &Report) -> anyhow::Result<()> {
    let first = if two.published { "as published" } else { "as it would be now" };
    output::line(&format!(
        "{}: {first}, and by the second editor, who judged {} stories again ({} tokens, {} left to the rules); {} told alike",
        two.period,
        two.n_judged,
        report.count("tokens"),
        report.count("unscored"),
        two.n_same
    ))?;
    if two.stories.is_empty() {
        return output::line("no difference: the second editor would make the same issue");
    }
    let mut table = output::table(&["story", "first", "score", "second", "score", "weighed otherwise"]);
    for story in &two.stories {
        let section =
            |view: &Option<OneView>| view.as_ref().map_or("–".to_owned(), |view| view.section.clone());
        let score = |view: &Option<OneView>| {
            view.as_ref().map(|view| format!("{:.1}", view.score)).unwrap_or_default()
        };
        let [a, b] = &story.views;
        let weights = story.weights.iter().map(|(flag, a, b)| format!("{flag} {a:+.1} → {b:+.1}"));
        table.add_row([
            story.story_id.to_string(),
            section(a),
            score(a),
            section(b),
            score(b),
            weights.collect::<Vec<_>>().join(", "),
        ]);
    }
    output::line(&table.to_string())?;
    for story in &two.stories {
        let [a, b] = &story.views;
        let told = |view: &OneView| format!("{}: {}", view.headline, view.summary);
        let (a, b) = (a.as_ref().map(told), b.as_ref().map(told));
        if a == b {
            continue;
        }
        output::line(&format!("\nstory {}", story.story_id))?;
        output::line(&format!(
            "- {}\n+ {}",
            a.as_deref().unwrap_or("not told"),
            b.as_deref().unwrap_or("not told")
        ))?;
    }
    Ok(())
}
