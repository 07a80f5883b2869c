//! `headsup config check` and `headsup config show`.

use std::process::ExitCode;

use serde_json::json;

use super::args::{ConfigArgs, ConfigCommand};
use super::open::Surroundings;
use super::output;
use crate::config::{ConfigError, Loaded};

/// Shown in place of a secret.
const MASK: &str = "********";

/// Runs the subcommand.
pub fn run(around: &Surroundings, args: &ConfigArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        ConfigCommand::Check => check(around),
        ConfigCommand::Show => show(around),
    }
}

fn check(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let (settings, feeds) = (around.settings(), around.feeds());
    let problems: Vec<_> = [settings.as_ref().err(), feeds.as_ref().err()]
        .into_iter()
        .flatten()
        .flat_map(|error| error.0.clone())
        .collect();
    if around.global.json {
        let rows = problems.iter().map(|problem| {
            json!({ "file": problem.file, "line": problem.line, "key": problem.key, "message": problem.message })
        });
        output::json(&json!({ "ok": problems.is_empty(), "problems": rows.collect::<Vec<_>>() }))?;
        return Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(super::USAGE) });
    }
    if !problems.is_empty() {
        return Err(ConfigError(problems).into());
    }
    let name = |path: Option<std::path::PathBuf>, none: &str| {
        path.map_or_else(|| none.to_owned(), |path| path.display().to_string())
    };
    let n_enabled =
        feeds.map(|feeds| feeds.sources.iter().filter(|source| source.enabled).count()).unwrap_or_default();
    output::line(&format!(
        "settings: {}: ok",
        name(around.settings_path(), "defaults only, no headsup.toml")
    ))?;
    let feeds = name(around.feeds_path(), "the built-in catalogue, no feeds.toml");
    output::line(&format!("sources:  {feeds}: ok, {n_enabled} enabled"))?;
    Ok(ExitCode::SUCCESS)
}

fn show(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let loaded = around.settings()?;
    let values = serde_json::to_value(&loaded.settings)?;
    let mut rows: Vec<[String; 3]> = loaded
        .origins
        .iter()
        .map(|(key, origin)| {
            let (section, name) = key.split_once('.').unwrap_or((key, ""));
            [key.clone(), plain(&values[section][name]), origin.to_string()]
        })
        .collect();
    for edition in &loaded.settings.editions {
        let (key, value) = (format!("edition.{}", edition.slug), serde_json::to_value(edition)?);
        rows.push([key, plain(&value), "headsup.toml".into()]);
    }
    rows.extend(outside(around, &loaded));
    if around.global.json {
        let rows =
            rows.iter().map(|[key, value, origin]| json!({ "key": key, "value": value, "origin": origin }));
        output::json(&rows.collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["key", "value", "from"]);
    for row in rows {
        table.add_row(row);
    }
    output::line(&table.to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// What is in force without standing in a file.
fn outside(around: &Surroundings, loaded: &Loaded) -> Vec<[String; 3]> {
    let mask = |is_there: bool| if is_there { MASK } else { "none" }.to_owned();
    let home_origin =
        if around.environment.contains_key("HEADSUP_HOME") { "HEADSUP_HOME" } else { "default" };
    let (database, origin) = match around.database_url() {
        Some(_) => (MASK, "DATABASE_URL"),
        None => ("private server", "default"),
    };
    let (model, mail) = (&loaded.settings.model, &loaded.settings.mail);
    vec![
        ["home".into(), loaded.settings.home.display().to_string(), home_origin.into()],
        ["database".into(), database.into(), origin.into()],
        ["model key".into(), mask(model.api_key.is_some()), model.api_key_env.clone()],
        ["mail password".into(), mask(mail.password.is_some()), mail.password_env.clone()],
    ]
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}
