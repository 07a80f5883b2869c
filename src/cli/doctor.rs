//! `headsup doctor`: looks for what is wrong on this machine and says what helps.

use std::net::ToSocketAddrs as _;
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use super::args_send::{DoctorArgs, DoctorWord};
use super::open::Surroundings;
use super::{doctor_mail, output};
use crate::config::{Loaded, MailTransport};
use crate::render::Templates;
use crate::store;

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    says: String,
}

/// Exit code 1 if anything is wrong.
pub async fn run(around: &Surroundings, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    if args.what == Some(DoctorWord::Mail) {
        return doctor_mail::run(around, args.resolver).await;
    }
    let mut findings = Vec::new();
    let settings = around.settings();
    findings.push(configuration("settings", settings.as_ref().err()));
    findings.push(configuration("sources", around.feeds().as_ref().err()));
    findings
        .push(finding("templates", Templates::load(around.global.templates.as_deref()).map(|_| "ok".into())));
    if let Ok(loaded) = &settings {
        findings.push(finding("state directory", writable(&loaded.settings.home)));
        findings.push(finding("archive", listen(loaded)));
        findings.push(finding("mail", mail(loaded)));
        let (model, embeddings) = (&loaded.settings.model, &loaded.settings.embeddings);
        let read = server("model", (&model.base_url, &model.name), "none: rules judge");
        findings.push(finding("model", read));
        let read = server("embeddings", (&embeddings.base_url, &embeddings.model), "none: words group");
        findings.push(finding("embeddings", read));
    }
    findings.push(finding("database", database(around).await));
    let all_ok = findings.iter().all(|finding| finding.ok);
    if around.global.json {
        output::json(&findings)?;
    } else {
        let mut table = output::table(&["", "what", "says"]);
        for finding in &findings {
            table.add_row([if finding.ok { "ok" } else { "BAD" }, finding.what, &finding.says]);
        }
        output::line(&table.to_string())?;
    }
    Ok(if all_ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn configuration(what: &'static str, error: Option<&crate::config::ConfigError>) -> Finding {
    Finding { what, ok: error.is_none(), says: error.map_or_else(|| "ok".to_owned(), ToString::to_string) }
}

fn finding(what: &'static str, outcome: anyhow::Result<String>) -> Finding {
    match outcome {
        Ok(says) => Finding { what, ok: true, says },
        Err(error) => Finding { what, ok: false, says: format!("{error:#}") },
    }
}

fn writable(folder: &Path) -> anyhow::Result<String> {
    let place = folder.display();
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    let outcome = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, "headsup"));
    let removed = std::fs::remove_file(&probe);
    outcome.map_err(|error| {
        anyhow::anyhow!("{place}: {error}: set HEADSUP_HOME to a folder you may write to")
    })?;
    removed?;
    Ok(place.to_string())
}

fn listen(loaded: &Loaded) -> anyhow::Result<String> {
    let place = &loaded.settings.site.listen;
    match std::net::TcpListener::bind(place.as_str()) {
        Ok(_) => Ok(format!("{place} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Ok(format!("{place} is in use (by a running headsup?)"))
        }
        Err(error) => anyhow::bail!("{place}: {error}: change [site] listen"),
    }
}

fn mail(loaded: &Loaded) -> anyhow::Result<String> {
    let mail = &loaded.settings.mail;
    if mail.transport == MailTransport::Outbox {
        let folder = mail.outbox.clone().unwrap_or_else(|| loaded.settings.home.join("outbox"));
        return writable(&folder).map(|place| format!("outbox folder {place}: no mail leaves this machine"));
    }
    let relay = url::Url::parse(&mail.relay)?;
    let (host, port) = (relay.host_str().unwrap_or_default(), relay.port().unwrap_or(587));
    let found = (host, port).to_socket_addrs().is_ok_and(|mut addresses| addresses.next().is_some());
    anyhow::ensure!(found, "the relay's name {host} has no address: check [mail] relay");
    let base = &loaded.settings.site.base_url;
    let is_local = base.contains("//127.0.0.1") || base.contains("//localhost");
    anyhow::ensure!(!is_local, "[site] base_url is {base}: readers could not open the links in their mails");
    Ok(format!("relay {host}:{port}"))
}

fn server(section: &str, (base_url, name): (&str, &str), without: &str) -> anyhow::Result<String> {
    if base_url.is_empty() {
        return Ok(without.to_owned());
    }
    let url = url::Url::parse(base_url)?;
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let found = (host, port).to_socket_addrs().is_ok_and(|mut addresses| addresses.next().is_some());
    anyhow::ensure!(found, "the server's name {host} has no address: check [{section}] base_url");
    Ok(format!("{name} at {host}:{port}"))
}

async fn database(around: &Surroundings) -> anyhow::Result<String> {
    let app = around.open().await?;
    let outcome = store::server_version(&app.ctx.pool).await.map_err(anyhow::Error::from);
    let version = app.close_after(outcome).await?;
    let whose = if around.database_url().is_some() { "DATABASE_URL" } else { "private server" };
    Ok(format!("PostgreSQL {version}, {whose}, schema up to date"))
}
