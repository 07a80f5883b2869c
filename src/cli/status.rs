//! `headsup status`: what ran, what is queued, what needs a hand.

use std::process::ExitCode;

use chrono::Duration;
use serde::Serialize;

use super::open::Surroundings;
use super::output;
use crate::context::Context;
use crate::model::Report;
use crate::store;
use crate::store::sources::SourceRow;
use crate::store::totals::Totals;

/// Problems of deliveries that are listed.
const MAX_PROBLEMS: i64 = 20;

/// Everything on one page.
#[derive(Serialize)]
struct Status {
    totals: Totals,
    runs: Vec<store::runs::Run>,
    jobs: Vec<store::jobs::Job>,
    sources_in_trouble: Vec<SourceRow>,
    drafts: Vec<store::drafts::DraftRow>,
    deliveries: Vec<(crate::model::DeliveryState, i64)>,
    delivery_problems: Vec<store::deliveries::Problem>,
    model_seven_days: store::model_calls::ModelTotals,
}

/// Prints it as tables or JSON.
pub async fn run(around: &Surroundings) -> anyhow::Result<ExitCode> {
    let app = around.open().await?;
    let outcome = collect(&app.ctx).await;
    let status = app.close_after(outcome).await?;
    if around.global.json {
        output::json(&status)?;
    } else {
        tell(&status)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn collect(ctx: &Context) -> anyhow::Result<Status> {
    let pool = &ctx.pool;
    let sources = store::sources::list(pool).await?;
    // A source that fell silent or moved works, and still somebody should look at it.
    let is_fine = |state: &str| ["ok", "new"].contains(&state);
    Ok(Status {
        totals: store::totals::count(pool).await?,
        runs: store::runs::latest(pool).await?,
        jobs: store::jobs::all(pool).await?,
        sources_in_trouble: sources
            .into_iter()
            .filter(|row| row.enabled && (!is_fine(&row.state) || row.last_error.is_some()))
            .collect(),
        drafts: store::drafts::held(pool).await?,
        deliveries: store::deliveries::counts(pool).await?,
        delivery_problems: store::deliveries::problems(pool, MAX_PROBLEMS).await?,
        model_seven_days: store::model_calls::totals(pool, ctx.clock.now() - Duration::days(7)).await?,
    })
}

fn tell(status: &Status) -> anyhow::Result<()> {
    let totals = &status.totals;
    output::line(&format!(
        "{} sources, {} items, {} stories ({} screened out), {} issues, {} mails",
        totals.sources, totals.items, totals.stories, totals.dropped, totals.issues, totals.mails
    ))?;
    for draft in &status.drafts {
        let since = output::time(Some(draft.made_at));
        output::line(&format!(
            "needs a hand: the draft of {} waits since {since} (UTC): headsup draft show {}",
            draft.name(),
            draft.options()
        ))?;
    }
    runs(status)?;
    sources(status)?;
    deliveries(status)?;
    let model = &status.model_seven_days;
    if model.calls > 0 {
        let tokens = model.prompt_tokens + model.completion_tokens;
        output::line(&format!(
            "model, 7 days: {} calls, {} failed, {tokens} tokens",
            model.calls, model.failed
        ))?;
    }
    Ok(())
}

fn runs(status: &Status) -> anyhow::Result<()> {
    if status.runs.is_empty() {
        return output::line("nothing ran yet: headsup run, or headsup up");
    }
    let mut table = output::table(&["stage", "last run (UTC)", "did"]);
    let mut warnings = Vec::new();
    for run in &status.runs {
        let report: Option<Report> =
            run.report.clone().and_then(|report| serde_json::from_value(report).ok());
        let did = match (&run.error, &report, run.ended_at) {
            (Some(error), _, _) => format!("FAILED: {error}"),
            (None, Some(report), _) => output::counts(report),
            (None, None, Some(_)) => "ended".to_owned(),
            (None, None, None) => "runs, or was killed".to_owned(),
        };
        let lines = report.iter().flat_map(|report| &report.warnings);
        warnings.extend(lines.map(|warning| format!("{}: {warning}", run.stage)));
        table.add_row([run.stage.clone(), output::time(Some(run.started_at)), did]);
    }
    output::line(&table.to_string())?;
    warnings.iter().try_for_each(|warning| output::line(warning))?;
    if !status.jobs.is_empty() {
        let mut table = output::table(&["job", "next (UTC)", "last (UTC)", "last error"]);
        for job in &status.jobs {
            let error = job.last_error.clone().unwrap_or_default();
            table.add_row([
                job.name.clone(),
                output::time(Some(job.next_run_at)),
                output::time(job.last_run_at),
                error,
            ]);
        }
        output::line(&table.to_string())?;
    }
    Ok(())
}

fn sources(status: &Status) -> anyhow::Result<()> {
    if status.sources_in_trouble.is_empty() {
        return Ok(());
    }
    let mut table = output::table(&TROUBLE);
    for row in &status.sources_in_trouble {
        table.add_row(trouble(row));
    }
    output::line(&table.to_string())
}

/// What is told of a source in trouble; its times are in UTC.
const TROUBLE: [&str; 7] = ["source", "state", "failures", "since", "last ok", "next try", "says"];

fn trouble(row: &SourceRow) -> [String; TROUBLE.len()] {
    [
        row.slug.clone(),
        row.state.clone(),
        row.n_failures.to_string(),
        output::time(row.failing_since),
        output::time(row.last_ok_at),
        output::time(Some(row.next_at)),
        row.last_error.clone().unwrap_or_default(),
    ]
}

fn deliveries(status: &Status) -> anyhow::Result<()> {
    let counts: Vec<String> = status.deliveries.iter().map(|(state, n)| format!("{n} {state}")).collect();
    if !counts.is_empty() {
        output::line(&format!("deliveries: {}", counts.join(", ")))?;
    }
    if status.delivery_problems.is_empty() {
        return Ok(());
    }
    let mut table = output::table(&["issue", "reader", "state", "attempts", "answer"]);
    for problem in &status.delivery_problems {
        table.add_row([
            format!("{} {}", problem.kind, problem.number),
            problem.subscriber_id.to_string(),
            problem.state.clone(),
            problem.attempts.to_string(),
            problem.reply.clone().unwrap_or_default(),
        ]);
    }
    output::line(&table.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_source_in_trouble_it_is_told_since_when_and_when_it_is_tried_again() {
        let at = |text: &str| format!("{text}T08:00:00Z").parse().unwrap();
        let word = || "x".to_owned();
        let row = SourceRow {
            slug: "owls".into(),
            name: word(),
            kind: word(),
            url: word(),
            lane: word(),
            language: word(),
            tier: word(),
            owner: word(),
            enabled: true,
            state: "failing".into(),
            last_fetch_at: None,
            last_ok_at: Some(at("2026-05-01")),
            last_status: Some(500),
            last_error: Some("HTTP 500".into()),
            n_failures: 3,
            n_entries: 0,
            repairs: Vec::new(),
            next_at: at("2026-05-07"),
            moved_to: None,
            failing_since: Some(at("2026-05-02")),
        };
        let told: Vec<(&str, String)> = TROUBLE.into_iter().zip(trouble(&row)).collect();
        assert!(told.contains(&("since", "2026-05-02 08:00".to_owned())), "{told:?}");
        assert!(told.contains(&("next try", "2026-05-07 08:00".to_owned())), "{told:?}");
    }
}
