//! The command line: one file per command. Exit codes: 0 ok, 1 failed, 2 usage or configuration, 130 stopped hard.

mod args;
mod args_bench;
mod args_draft;
mod args_eval;
mod args_judge;
mod args_paper;
mod args_send;
mod args_subscribers;
mod bench;
mod config;
mod db;
mod demo;
mod dkim;
mod doctor;
mod doctor_mail;
mod draft;
mod errata;
mod eval;
mod eval_editor;
mod eval_faithful;
mod eval_feedback;
mod eval_funding;
mod eval_hype;
mod eval_judge;
mod eval_paper;
mod eval_summary;
mod feeds;
mod feeds_edit;
mod feeds_file;
mod feeds_opml;
mod feeds_try;
mod hindsight;
mod init;
mod inspect;
mod inspect_story;
mod judge;
mod model;
mod open;
mod output;
mod publish;
mod publish_with;
mod run;
mod send;
mod status;
mod subscribers;
mod subscribers_file;
mod train;
mod up;
mod votes;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::config::ConfigError;
use args::{Cli, Command};
use open::Surroundings;

/// The exit code for bad usage and bad configuration.
const USAGE: u8 = 2;

/// Bad input on the command line that clap cannot see; exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Parses the command line and runs the command.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if is_help { ExitCode::SUCCESS } else { ExitCode::from(USAGE) };
        }
    };
    open::start_log(&cli.global);
    // One TLS stack for reqwest, sqlx and lettre; a second call cannot happen in this program.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&anyhow::Error::new(error).context("cannot start the runtime")),
    };
    let outcome = runtime.block_on(dispatch(cli));
    // Blocking work that is still running (a parse, a file) is not waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(code) => code,
        Err(error) => report(&error),
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let around = Surroundings::new(cli.global);
    open::listen_to_signals(around.cancel.clone());
    match cli.command {
        Command::Init(args) => init::run(&args),
        Command::Up => up::up(&around).await,
        Command::Serve => up::serve(&around).await,
        Command::Run => run::all(&around).await,
        Command::Crawl { all: false, .. } => run::one(&around, crate::pipeline::Stage::Crawl).await,
        Command::Crawl { all: true, .. } => run::crawl_all(&around).await,
        Command::Extract => run::one(&around, crate::pipeline::Stage::Extract).await,
        Command::Group => run::one(&around, crate::pipeline::Stage::Group).await,
        Command::Judge(args) => judge::run(&around, &args).await,
        Command::Model(args) => model::run(&around, &args).await,
        Command::Draft(args) => draft::run(&around, args).await,
        Command::Send(args) => send::run(&around, args).await,
        Command::Deliveries(args) => send::deliveries(&around, args).await,
        Command::Dkim(args) => dkim::run(&around, &args),
        Command::Publish(args) => publish::run(&around, &args).await,
        Command::Hindsight(args) => hindsight::run(&around, &args).await,
        Command::Status => status::run(&around).await,
        Command::Inspect(args) => inspect::run(&around, args).await,
        Command::Feeds(args) => feeds::run(&around, args).await,
        Command::Subscribers(args) => subscribers::run(&around, args).await,
        Command::Votes(args) => votes::run(&around, args).await,
        Command::Errata(args) => errata::run(&around, args).await,
        Command::Config(args) => config::run(&around, &args),
        Command::Migrate => run::migrate(&around).await,
        Command::Demo(args) => demo::run(&around, &args).await,
        Command::Doctor(args) => doctor::run(&around, &args).await,
        Command::Eval(args) => eval::run(&around, args).await,
        Command::Train(args) => train::run(&args),
        Command::Bench(args) => bench::run(&around, args).await,
        Command::ReadPdf => inspect::read_pdf(),
        Command::Db(args) => db::run(&around, args).await,
    }
}

/// The one place where an error reaches the user.
fn report(error: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(error) {
        return ExitCode::SUCCESS;
    }
    eprintln!("headsup: {error:#}");
    let is_usage = error.is::<UsageError>() || error.is::<ConfigError>();
    if is_usage { ExitCode::from(USAGE) } else { ExitCode::FAILURE }
}

/// `headsup feeds list | head` is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}
