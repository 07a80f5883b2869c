//! `headsup doctor mail`: what receivers see of the domain that mail comes from.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use super::open::Surroundings;
use super::{dkim, output};
use crate::config::MailSettings;
use crate::send::dns::{Kind, Resolver, reverse};
use crate::send::posture::{self, Seen};

/// Where the system's name servers stand.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// One line of the report.
#[derive(Serialize)]
struct Row {
    what: String,
    #[serde(flatten)]
    seen: Seen,
}

/// Exit code 1 if anything is wrong.
pub async fn run(around: &Surroundings, resolver: Option<SocketAddr>) -> anyhow::Result<ExitCode> {
    let mail = around.settings()?.settings.mail;
    let resolver = resolver.map(Resolver::at).or_else(|| Resolver::of_file(Path::new(RESOLV_CONF)));
    let rows = match resolver {
        Some(resolver) => look(&mail, resolver).await?,
        None => {
            let says = format!("no name server in {RESOLV_CONF}: name one with --resolver");
            vec![Row { what: "name server".into(), seen: Seen { ok: false, says } }]
        }
    };
    let all_ok = rows.iter().all(|row| row.seen.ok);
    if around.global.json {
        output::json(&rows)?;
    } else {
        let mut table = output::table(&["", "what", "says"]);
        for row in &rows {
            table.add_row([if row.seen.ok { "ok" } else { "BAD" }, &row.what, &row.seen.says]);
        }
        output::line(&table.to_string())?;
    }
    Ok(if all_ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn look(mail: &MailSettings, resolver: Resolver) -> anyhow::Result<Vec<Row>> {
    let domain = dkim::domain(mail)?;
    let mut rows = Vec::new();
    let mut add = |what: String, seen: Seen| rows.push(Row { what, seen });
    let seen = asked(resolver.ask(&domain, Kind::Txt).await, |texts| posture::spf(&domain, texts));
    add(format!("SPF of {domain}"), seen);
    let signer = dkim::signer(mail)?;
    for record in signer.records() {
        let seen = asked(resolver.ask(&record.name, Kind::Txt).await, |texts| posture::dkim(&record, texts));
        add(format!("DKIM {}", record.name), seen);
    }
    if signer.keys.is_empty() {
        let says = "not signed here: headsup dkim new, unless your relay signs".to_owned();
        add("DKIM".into(), Seen { ok: false, says });
    }
    let seen = asked(dmarc(&domain, resolver).await, |texts| posture::dmarc(&domain, texts));
    add(format!("DMARC of {domain}"), seen);
    let seen = asked(resolver.ask(&domain, Kind::Mx).await, |records| posture::mx(&domain, records));
    add(format!("MX of {domain}"), seen);
    if let Some(ip) = relay_address(mail) {
        add("reverse DNS of the relay".into(), reversed(ip, resolver).await);
    }
    Ok(rows)
}

fn asked(answer: anyhow::Result<Vec<String>>, judge: impl FnOnce(&[String]) -> Seen) -> Seen {
    match answer {
        Ok(records) => judge(&records),
        Err(error) => Seen { ok: false, says: format!("{error:#}") },
    }
}

/// The record of the domain, else of the next domain above that has one.
async fn dmarc(domain: &str, resolver: Resolver) -> anyhow::Result<Vec<String>> {
    let mut name = domain;
    loop {
        let texts = resolver.ask(&format!("_dmarc.{name}"), Kind::Txt).await?;
        match name.split_once('.') {
            Some((_, above)) if texts.is_empty() && above.contains('.') => name = above,
            _ => return Ok(texts),
        }
    }
}

/// The relay's public address: a relay on this machine sends from one that only it knows.
fn relay_address(mail: &MailSettings) -> Option<IpAddr> {
    let url = url::Url::parse(&mail.relay).ok()?;
    let mut found = (url.host_str()?, url.port().unwrap_or(587)).to_socket_addrs().ok()?;
    let ip = found.next()?.ip();
    let is_public = match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_private(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unique_local(),
    };
    is_public.then_some(ip)
}

async fn reversed(ip: IpAddr, resolver: Resolver) -> Seen {
    let names = match resolver.ask(&reverse(ip), Kind::Ptr).await {
        Ok(names) => names,
        Err(error) => return Seen { ok: false, says: format!("{error:#}") },
    };
    let addresses = match names.first() {
        Some(name) => resolver.ask(name, Kind::Address).await.unwrap_or_default(),
        None => Vec::new(),
    };
    posture::reverse(&ip.to_string(), &names, &addresses)
}
