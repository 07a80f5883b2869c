//! `headsup model usage|forget`: what went to which server, what it cost, and what is left of the budgets; or take back
//! what a model said.

use std::process::ExitCode;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::args::{ModelArgs, ModelCommand};
use super::open::{App, Surroundings};
use super::output;
use crate::store::model_calls::{self, Spent, Usage};
use crate::store::verdicts;

/// Spans that the budgets know, in days.
const SPANS: [(&str, i64); 2] = [("seven days", 7), ("thirty days", 30)];

/// Prints the ledger and the budgets.
pub async fn run(around: &Surroundings, args: &ModelArgs) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = match &args.command {
        ModelCommand::Usage { days } => usage(around, &app, *days).await,
        ModelCommand::Forget { name } => forget(&app, name).await,
    };
    app.close_after(outcome).await
}

async fn forget(app: &App, name: &str) -> anyhow::Result<ExitCode> {
    let n = verdicts::forget(&app.ctx.pool, name).await?;
    output::line(&match n {
        0 => format!("no story stands as {name:?} judged it: nothing was changed"),
        n => format!(
            "{n} stories are judged anew by the next run of `headsup judge`; what {name:?} answered is gone"
        ),
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn usage(around: &Surroundings, app: &App, days: u32) -> anyhow::Result<ExitCode> {
    let (pool, now) = (&app.ctx.pool, app.ctx.clock.now());
    let rows = model_calls::usage(pool, now - Duration::days(i64::from(days))).await?;
    let mut spent = Vec::new();
    for (name, days) in SPANS {
        spent.push((name, model_calls::spent(pool, "judge", now - Duration::days(days)).await?));
    }
    if around.global.json {
        let budgets: Vec<_> =
            spent.iter().map(|(name, spent)| json!({ "span": name, "spent": spent })).collect();
        output::json(&json!({ "days": days, "calls": rows, "budgets": budgets }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if rows.is_empty() {
        output::line(&format!("no model was asked in {days} days: nothing left this machine for one"))?;
    } else {
        table(&rows)?;
    }
    budgets(app, &spent)?;
    Ok(ExitCode::SUCCESS)
}

fn table(rows: &[Usage]) -> anyhow::Result<()> {
    let heads = [
        "for",
        "server",
        "model",
        "sent",
        "texts",
        "calls",
        "failed",
        "tokens sent",
        "answered",
        "cost",
        "last (UTC)",
    ];
    let mut table = output::table(&heads);
    for row in rows {
        table.add_row([
            row.purpose.clone(),
            row.host.clone(),
            row.model.clone(),
            row.sent.clone(),
            row.n_stories.to_string(),
            row.calls.to_string(),
            row.failed.to_string(),
            row.prompt_tokens.to_string(),
            row.completion_tokens.to_string(),
            money(row.cost_micros),
            output::time(Some::<DateTime<Utc>>(row.last_at)),
        ]);
    }
    output::line(&table.to_string())?;
    for row in rows {
        if let Some(error) = &row.last_error {
            output::line(&format!(
                "{} by {} at {}: last failure: {error}",
                row.purpose, row.model, row.host
            ))?;
        }
    }
    Ok(())
}

fn budgets(app: &App, spent: &[(&str, Spent)]) -> anyhow::Result<()> {
    let model = &app.ctx.settings.model;
    let limits =
        [(model.tokens_per_week, model.cost_per_week), (model.tokens_per_month, model.cost_per_month)];
    let mut table = output::table(&["budget of the judge", "tokens spent", "of", "cost", "of"]);
    table.add_row(["one run", "", &model.tokens_per_run.to_string(), "", &limit(model.cost_per_run)]);
    for ((name, spent), (tokens, cost)) in spent.iter().zip(limits) {
        let cells = [spent.tokens.to_string(), tokens.to_string(), money(spent.cost_micros), limit(cost)];
        table.add_row(std::iter::once((*name).to_owned()).chain(cells));
    }
    output::line(&table.to_string())
}

fn limit(cost: f64) -> String {
    if cost > 0.0 { cost.to_string() } else { "no limit".to_owned() }
}

fn money(micros: i64) -> String {
    format!("{:.4}", micros as f64 / 1e6)
}
