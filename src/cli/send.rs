//! `headsup send`: mails what is queued; `send status|pause|resume`, `send --test`, and `headsup deliveries reconcile`.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use super::args_send::{DeliveriesArgs, DeliveriesCommand, SendArgs, SendCommand};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::address;
use crate::context::Context;
use crate::model::DeliveryState;
use crate::pipeline::{self, Stage};
use crate::send;
use crate::store::delivery_report::{self, IssueDeliveries, Line};
use crate::store::send_holds::{self, Hold};

/// Issues that `send status` shows.
const ISSUES: i64 = 5;

/// Runs the subcommand.
pub async fn run(around: &Surroundings, args: SendArgs) -> anyhow::Result<ExitCode> {
    let test = args.test.as_deref().map(address::check).transpose().map_err(UsageError)?;
    let app = around.open().await?;
    let ctx = &app.ctx;
    let outcome = match (&args.command, test) {
        (Some(SendCommand::Status { retry_failed, send_late, limit }), _) => {
            let again = [(*retry_failed, DeliveryState::Failed), (*send_late, DeliveryState::Expired)];
            status(around, ctx, again, i64::from(*limit)).await
        }
        (Some(SendCommand::Pause { reason }), _) => pause(ctx, reason).await,
        (Some(SendCommand::Resume { all }), _) => resume(ctx, *all).await,
        (None, Some(to)) => match send::test_letter(ctx, &to, args.language).await {
            Ok(words) => output::line(&format!("sent: {words}")),
            Err(error) => Err(error),
        },
        (None, None) => now(around, ctx, args.limit).await,
    };
    app.close_after(outcome).await?;
    Ok(ExitCode::SUCCESS)
}

async fn now(around: &Surroundings, ctx: &Context, limit: Option<u32>) -> anyhow::Result<()> {
    let reports = match limit {
        None => pipeline::run_stages(ctx, &[Stage::Send]).await?,
        Some(_) => vec![("send".to_owned(), send::run_some(ctx, limit).await?)],
    };
    if !around.global.quiet || around.global.json {
        output::reports(&reports, around.global.json)?;
    }
    Ok(())
}

async fn pause(ctx: &Context, reason: &str) -> anyhow::Result<()> {
    let mut conn = ctx.pool.acquire().await?;
    let until = send_holds::FOR_EVER.parse()?;
    send_holds::set(&mut conn, send_holds::ALL, reason, ctx.clock.now(), until).await?;
    output::line("paused: what is on the wire now is the last. Go on with: headsup send resume")
}

async fn resume(ctx: &Context, all: bool) -> anyhow::Result<()> {
    let was_paused = send_holds::clear(&ctx.pool, send_holds::ALL).await?;
    if all {
        for hold in send_holds::active(&ctx.pool, ctx.clock.now()).await? {
            send_holds::clear(&ctx.pool, &hold.scope).await?;
        }
    }
    output::line(if was_paused { "sending goes on: headsup send" } else { "it was not paused" })
}

async fn status(
    around: &Surroundings,
    ctx: &Context,
    again: [(bool, DeliveryState); 2],
    limit: i64,
) -> anyhow::Result<()> {
    for (_, state) in again.into_iter().filter(|(wished, _)| *wished) {
        let n = delivery_report::queue_again(&ctx.pool, state, ctx.clock.now()).await?;
        if !around.global.json {
            output::line(&format!("{n} {state} deliveries are queued again: headsup send"))?;
        }
    }
    let issues = delivery_report::issues(&ctx.pool, ISSUES).await?;
    let lines = delivery_report::lines(&ctx.pool, limit).await?;
    let holds = send_holds::active(&ctx.pool, ctx.clock.now()).await?;
    if around.global.json {
        return output::json(&serde_json::json!({ "issues": issues, "not_arrived": lines, "pauses": holds }));
    }
    tell_issues(&issues)?;
    tell_holds(&holds)?;
    tell_lines(&lines)
}

fn tell_issues(issues: &[IssueDeliveries]) -> anyhow::Result<()> {
    if issues.is_empty() {
        return output::line("no issue is published yet");
    }
    let heads =
        ["issue", "period", "readers", "sent", "waiting", "failed", "uncertain", "skipped", "expired"];
    let mut table = output::table(&heads);
    for issue in issues {
        let name = format!("{} {}", issue.kind, issue.number);
        let numbers = [
            i64::from(issue.n_recipients),
            issue.n_sent,
            issue.n_waiting,
            issue.n_failed,
            issue.n_uncertain,
            issue.n_skipped,
            issue.n_expired,
        ];
        let cells = [name, issue.period.clone()].into_iter();
        table.add_row(cells.chain(numbers.map(|number| number.to_string())));
    }
    output::line(&table.to_string())?;
    for issue in issues.iter().filter(|issue| issue.n_rows != i64::from(issue.n_recipients)) {
        output::line(&format!(
            "{} {}: {} readers, but {} deliveries: this should not be",
            issue.kind, issue.number, issue.n_recipients, issue.n_rows
        ))?;
    }
    Ok(())
}

fn tell_holds(holds: &[Hold]) -> anyhow::Result<()> {
    for hold in holds {
        let until = match hold.scope.as_str() {
            send_holds::ALL => "until headsup send resume".to_owned(),
            _ => format!("until {} UTC", output::time(Some(hold.until))),
        };
        output::line(&format!("paused: {} {until}: {}", hold.scope, hold.reason))?;
    }
    Ok(())
}

fn tell_lines(lines: &[Line]) -> anyhow::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut table = output::table(&["issue", "reader", "state", "tries", "again (UTC)", "why"]);
    for line in lines {
        let code = line.smtp_code.map(|code| format!("{code} ")).unwrap_or_default();
        table.add_row([
            format!("{} {}", line.kind, line.number),
            line.subscriber_id.to_string(),
            line.state.clone(),
            line.attempts.to_string(),
            output::time(line.next_at),
            format!("{code}{}", line.reply.clone().unwrap_or_default()),
        ]);
    }
    output::line(&table.to_string())
}

/// `headsup deliveries`.
pub async fn deliveries(around: &Surroundings, args: DeliveriesArgs) -> anyhow::Result<ExitCode> {
    let DeliveriesCommand::Reconcile { file } = args.command;
    let log = read(&file)?;
    let app = around.open().await?;
    let outcome = send::reconcile(&app.ctx, &log).await;
    let done = app.close_after(outcome).await?;
    if around.global.json {
        output::json(&done)?;
    } else {
        output::line(&format!(
            "{} were sent, {} came back, {} are uncertain still",
            done.sent, done.failed, done.uncertain
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        bytes = std::fs::read(file)
            .map_err(|error| UsageError(format!("cannot read {}: {error}", file.display())))?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
