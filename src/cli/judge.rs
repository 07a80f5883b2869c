//! `headsup judge`: the stage, or what its flags mean, or why a story was judged as it was.

use std::process::ExitCode;

use serde_json::json;

use super::args::JudgeArgs;
use super::open::{App, Surroundings};
use super::{UsageError, output, run};
use crate::judge::score::{DROP_REASONS, FLAGS, Scale, key};
use crate::model::{StoryId, Verdict};
use crate::pipeline::Stage;
use crate::store::archive;

/// Runs the stage, prints the table of flags, or explains a story.
pub async fn run(around: &Surroundings, args: &JudgeArgs) -> anyhow::Result<ExitCode> {
    if args.flags {
        return flags(around);
    }
    let Some(number) = args.explain else { return run::one(around, Stage::Judge).await };
    let app = around.open().await?;
    let outcome = explain(around, &app, number).await;
    app.close_after(outcome).await
}

/// Every flag with the points in force and where they are changed.
fn flags(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let scale = Scale::new(&around.settings()?.settings.score);
    if around.global.json {
        let rows = FLAGS.iter().map(|flag| {
            json!({ "flag": flag.name, "key": format!("score.{}", key(flag.name)), "points": scale.points(flag),
                    "default": flag.points, "meaning": flag.meaning })
        });
        output::json(&rows.collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        output::table(&["flag", "points", "by default", "[score] key", "holds when the story has"]);
    for flag in &FLAGS {
        let (now, own) = (scale.points(flag), flag.points);
        table.add_row([
            flag.name,
            &format!("{now:+.1}"),
            &format!("{own:+.1}"),
            &key(flag.name),
            flag.meaning,
        ]);
    }
    output::line(&table.to_string())?;
    Ok(ExitCode::SUCCESS)
}

async fn explain(around: &Surroundings, app: &App, number: i64) -> anyhow::Result<ExitCode> {
    let pool = &app.ctx.pool;
    let id = archive::merged_into(pool, StoryId(number)).await?.unwrap_or(StoryId(number));
    let Some(verdict) = archive::verdict(pool, id).await? else {
        return Err(UsageError(format!(
            "there is no judged story {number}: the archive's addresses end with the number"
        ))
        .into());
    };
    if around.global.json {
        output::json(&verdict)?;
    } else {
        show(&verdict, app.ctx.settings.digest.floor)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(verdict: &Verdict, floor: f32) -> anyhow::Result<()> {
    let headline = verdict.headline.values().next().map(String::as_str).unwrap_or_default();
    output::line(&format!("story {}: {headline}", verdict.story_id))?;
    let decision = match &verdict.dropped {
        None if verdict.score < floor => format!("below the floor of an issue ({floor:.1})"),
        None => "may enter an issue".to_owned(),
        Some(reason) => {
            let meaning =
                DROP_REASONS.iter().find(|(name, _)| name == reason).map_or("", |(_, meaning)| meaning);
            format!("screened out: {reason} ({meaning})")
        }
    };
    output::line(&format!("score {:.1}, {decision}; judged by {}", verdict.score, verdict.judge))?;
    let mut table = output::table(&["points", "flag", "holds when the story has", "in these words"]);
    for part in &verdict.parts {
        let meaning = FLAGS.iter().find(|flag| flag.name == part.flag).map_or("", |flag| flag.meaning);
        table.add_row([&format!("{:+.1}", part.points), &part.flag, meaning, &part.quote]);
    }
    output::line(&table.to_string())?;
    let focus: Vec<&str> = verdict.focus.iter().map(|focus| focus.as_str()).collect();
    output::line(&format!(
        "lane {}; focus {}",
        verdict.lane,
        if focus.is_empty() { "none".to_owned() } else { focus.join(", ") }
    ))?;
    if verdict.rumour {
        output::line("a rumour: nobody whom it concerns has confirmed it")?;
    }
    if let Some(why) = &verdict.unscored {
        output::line(&format!("the model did not judge: {why}"))?;
    }
    output::line(&format!(
        "{} facts held against the articles, {} sentences withheld, {} tokens",
        verdict.facts_checked, verdict.sentences_withheld, verdict.tokens
    ))
}
