//! `headsup db run`: a command with `DATABASE_URL` set to the migrated private database (for describing queries).

use std::process::ExitCode;

use anyhow::Context as _;
use sqlx::postgres::PgConnectOptions;

use super::args::{DbArgs, DbCommand};
use super::open::Surroundings;
use crate::context::Context;

/// Opens, migrates, runs, closes; the exit code is the command's.
pub async fn run(around: &Surroundings, args: DbArgs) -> anyhow::Result<ExitCode> {
    let DbCommand::Run { command } = args.command;
    let app = around.open().await?;
    let outcome = child(&app.ctx, &command).await;
    app.close_after(outcome).await
}

async fn child(ctx: &Context, command: &[String]) -> anyhow::Result<ExitCode> {
    let (program, rest) = command.split_first().context("a command is missing")?;
    let url = url(&ctx.pool.connect_options());
    let status = tokio::process::Command::new(program).args(rest).env("DATABASE_URL", url).status().await;
    let status = status.with_context(|| format!("cannot run {program}"))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The address of the private server, which has no password.
fn url(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or("headsup");
    let user = options.get_username();
    let socket = options.get_socket().map(|path| path.display().to_string()).unwrap_or_default();
    let host: String = url::form_urlencoded::byte_serialize(socket.as_bytes()).collect();
    format!("postgres://{user}@localhost:{}/{database}?host={host}", options.get_port())
}
