//! `headsup dkim new|records`: keys that sign the mail.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, ensure};

use super::args_send::{DkimArgs, DkimCommand};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::config::{MailSettings, Settings};
use crate::send::dkim::{Record, Signer, new_ed25519};

/// Only its owner may read a key.
const MODE: u32 = 0o600;

/// Most characters of one string in a TXT record.
const MAX_STRING: usize = 255;

/// Runs the subcommand.
pub fn run(around: &Surroundings, args: &DkimArgs) -> anyhow::Result<ExitCode> {
    let settings = around.settings()?.settings;
    match &args.command {
        DkimCommand::Records => show(around, &signer(&settings.mail)?.records())?,
        DkimCommand::New { folder } => {
            let folder = folder.clone().unwrap_or_else(|| settings.home.join("dkim"));
            new(around, &settings, &folder)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The signer of the settings, for the domain of From.
pub fn signer(mail: &MailSettings) -> anyhow::Result<Signer> {
    Signer::new(mail, &domain(mail)?)
}

/// The domain of From, in ASCII.
pub fn domain(mail: &MailSettings) -> anyhow::Result<String> {
    let address =
        mail.from.rsplit_once('<').map_or(mail.from.as_str(), |(_, rest)| rest).trim_end_matches('>');
    let (_, domain) = address.rsplit_once('@').context("mail.from has no domain")?;
    match url::Host::parse(domain.trim())? {
        url::Host::Domain(domain) => Ok(domain),
        _ => anyhow::bail!("mail.from has no domain"),
    }
}

fn new(around: &Surroundings, settings: &Settings, folder: &Path) -> anyhow::Result<()> {
    let mail = &settings.mail;
    let files = [&mail.dkim_rsa_selector, &mail.dkim_ed25519_selector]
        .map(|selector| folder.join(format!("{selector}.pem")));
    if let Some(taken) = files.iter().find(|file| file.exists()) {
        let message = format!("{} is there already: nothing was written", taken.display());
        return Err(UsageError(message).into());
    }
    let (rsa, ed25519) = (new_rsa()?, new_ed25519()?);
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    write(&files[0], &rsa)?;
    write(&files[1], &ed25519)?;
    let mail =
        MailSettings { dkim_rsa: Some(rsa.into()), dkim_ed25519: Some(ed25519.into()), ..mail.clone() };
    if !around.global.json {
        output::line("Put into headsup.toml:\n\n[mail]")?;
        for (key, file) in [("dkim_rsa_file", &files[0]), ("dkim_ed25519_file", &files[1])] {
            output::line(&format!("{key} = {:?}", absolute(file)))?;
        }
        output::line("\nPublish, then look with `headsup doctor mail`:\n")?;
    }
    show(around, &signer(&mail)?.records())
}

/// By openssl, which everybody trusts with primes; a crate that makes them would be there for this alone.
fn new_rsa() -> anyhow::Result<String> {
    let made = Command::new("openssl")
        .args(["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output();
    // Older ones do not know -quiet.
    let made = match made {
        Ok(made) if !made.status.success() => Command::new("openssl")
            .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
            .output(),
        other => other,
    };
    let made =
        made.context("cannot run openssl, which makes the RSA key: install it (apt install openssl)")?;
    ensure!(made.status.success(), "openssl made no key: {}", String::from_utf8_lossy(&made.stderr).trim());
    String::from_utf8(made.stdout).context("openssl made no PEM file")
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(MODE).open(file);
    opened
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))
}

fn absolute(file: &Path) -> PathBuf {
    std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned())
}

fn show(around: &Surroundings, records: &[Record]) -> anyhow::Result<()> {
    if around.global.json {
        return output::json(&records);
    }
    if records.is_empty() {
        return output::line("no keys are configured: headsup dkim new");
    }
    for record in records {
        output::line(&format!("{}.  IN TXT  {}", record.name, quoted(&record.text)))?;
    }
    Ok(())
}

/// As a zone file has it: a long text is several strings.
fn quoted(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let strings: Vec<String> =
        chars.chunks(MAX_STRING).map(|chunk| format!("\"{}\"", chunk.iter().collect::<String>())).collect();
    strings.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_of_from_is_found() {
        let of = |from: &str| domain(&MailSettings { from: from.into(), ..MailSettings::default() }).ok();
        assert_eq!(of("headsup <a@news.Example.org>").as_deref(), Some("news.example.org"));
        assert_eq!(of("a@例子.中国").as_deref(), Some("xn--fsqu00a.xn--fiqs8s"));
        assert_eq!(of("nobody"), None);
    }

    #[test]
    fn a_long_record_is_cut_into_strings() {
        let text = quoted(&"a".repeat(300));
        assert_eq!(text.len(), 300 + 5);
        assert!(text.contains("\" \""));
    }
}
