//! Where the relay is and how the way there is kept secret, read from `mail.relay`. Pure.

use std::fmt;

use anyhow::{Context as _, bail, ensure};
use url::Url;

/// Port of a relay that takes mail from programs (RFC 6409).
const SUBMISSION: u16 = 587;

/// The same with TLS from the first byte (RFC 8314).
const SUBMISSIONS: u16 = 465;

/// How TLS is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS where it is offered.
    Opportunistic,
    /// STARTTLS, or nothing is sent.
    Required,
    /// TLS from the first byte.
    Implicit,
}

/// A relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// How TLS is used.
    pub security: Security,
    /// Name or address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl Target {
    /// Reads "smtp://host:port", "smtp+starttls://host:port" or "smtps://host:port".
    ///
    /// # Errors
    /// Another scheme, no host, or a user and password, which belong elsewhere (and are not repeated).
    pub fn parse(relay: &str) -> anyhow::Result<Self> {
        let url = Url::parse(relay).context("mail.relay is not an address like smtp://host:587")?;
        let is_bare = url.username().is_empty() && url.password().is_none();
        ensure!(
            is_bare,
            "mail.relay holds a user: put it into mail.user, and the password into a file or variable"
        );
        let (security, port) = match url.scheme() {
            "smtp" => (Security::Opportunistic, SUBMISSION),
            "smtp+starttls" => (Security::Required, SUBMISSION),
            "smtps" => (Security::Implicit, SUBMISSIONS),
            other => bail!("mail.relay begins with {other}://; known are smtp, smtp+starttls and smtps"),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).context("mail.relay names no host")?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { security, host, port: url.port().unwrap_or(port) })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_has_its_security_and_port() {
        for (relay, security, shown) in [
            ("smtp://mail.example.org", Security::Opportunistic, "mail.example.org:587"),
            ("smtp://127.0.0.1:25", Security::Opportunistic, "127.0.0.1:25"),
            ("smtp+starttls://mail.example.org:2525", Security::Required, "mail.example.org:2525"),
            ("smtps://mail.example.org/", Security::Implicit, "mail.example.org:465"),
            ("smtps://[::1]:4650", Security::Implicit, "::1:4650"),
        ] {
            let target = Target::parse(relay).unwrap();
            assert_eq!((target.security, target.to_string().as_str()), (security, shown), "{relay}");
        }
    }

    #[test]
    fn what_is_no_relay_is_refused_and_secrets_are_not_repeated() {
        for relay in [
            "",
            "mail.example.org:25",
            "http://mail.example.org",
            "smtp://",
            "smtp://me:hunter2@mail.example.org",
        ] {
            let error = format!("{:#}", Target::parse(relay).unwrap_err());
            assert!(error.starts_with("mail.relay") && !error.contains("hunter2"), "{error}");
        }
    }
}
