//! Signs messages (DKIM, RFC 6376 and RFC 8463): relaxed/relaxed, by RSA and Ed25519 at once. Pure.
//!
//! A signer of our own, because the one of lettre canonicalises headers as "simple" by default, which breaks on the way,
//! cannot cover the Content-Type of a message in parts, and has room for one signature.

mod canonical;
mod key;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::config::MailSettings;
use canonical::{body, header, headers};
pub use key::{Key, new_ed25519};

/// What is signed where it is present. Those with `true` are named once more than they occur, so that nobody can add
/// another on the way.
const SIGNED: [(&str, bool); 16] = [
    ("From", true),
    ("To", true),
    ("Cc", true),
    ("Subject", true),
    ("Date", true),
    ("Message-ID", true),
    ("Reply-To", true),
    ("MIME-Version", true),
    ("Content-Type", true),
    ("List-Id", false),
    ("List-Unsubscribe", true),
    ("List-Unsubscribe-Post", true),
    ("List-Archive", false),
    ("List-Help", false),
    ("Feedback-ID", false),
    ("Auto-Submitted", false),
];

/// Longest line of a signature's header.
const WIDTH: usize = 76;

/// A key and the name under which its public half stands in the DNS.
#[derive(Debug)]
pub struct Named {
    /// As in `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// Both halves.
    pub key: Key,
}

/// Signs for one domain.
#[derive(Debug)]
pub struct Signer {
    /// The domain of From.
    pub domain: String,
    /// One signature each.
    pub keys: Vec<Named>,
}

/// What is to be published.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Record {
    /// Where.
    pub name: String,
    /// The text of the TXT record.
    pub text: String,
}

impl Signer {
    /// A signer with the keys of the settings, maybe none.
    ///
    /// # Errors
    /// A key file holds no key of its kind, or one that is too short.
    pub fn new(mail: &MailSettings, domain: &str) -> anyhow::Result<Self> {
        type Read = fn(&str) -> anyhow::Result<Key>;
        let both: [(&Option<SecretString>, &String, Read, &str); 2] = [
            (&mail.dkim_ed25519, &mail.dkim_ed25519_selector, Key::ed25519, "mail.dkim_ed25519_file"),
            (&mail.dkim_rsa, &mail.dkim_rsa_selector, Key::rsa, "mail.dkim_rsa_file"),
        ];
        let mut keys = Vec::new();
        for (pem, selector, read, name) in both {
            if let Some(pem) = pem {
                let key = read(pem.expose_secret()).map_err(|error| error.context(name))?;
                keys.push(Named { selector: selector.clone(), key });
            }
        }
        Ok(Self { domain: domain.to_owned(), keys })
    }

    /// The message with its signatures on top. Without keys it is as it was.
    ///
    /// # Errors
    /// There is no message in these bytes, or the machine has no randomness.
    pub fn sign(&self, message: Vec<u8>, at: DateTime<Utc>) -> anyhow::Result<Vec<u8>> {
        if self.keys.is_empty() {
            return Ok(message);
        }
        let (head, text) = headers(&message)?;
        let body_hash = STANDARD.encode(Sha256::digest(body(text)));
        let (names, signed) = chosen(&head);
        let mut top = String::new();
        for Named { selector, key } in &self.keys {
            let algorithm = key.algorithm();
            let tags = [
                format!("v=1; a={algorithm}; c=relaxed/relaxed;"),
                format!("d={}; s={selector}; t={};", self.domain, at.timestamp()),
                format!("h={names};"),
                format!("bh={body_hash};"),
            ];
            let unsigned = format!("{}\r\n b=", tags.join("\r\n "));
            let to_sign = format!("{signed}{}", header("DKIM-Signature", &unsigned).trim_end());
            let signature = STANDARD.encode(key.sign(to_sign.as_bytes())?);
            top.push_str(&format!("DKIM-Signature: {unsigned}{}\r\n", folded(&signature)));
        }
        let mut whole = top.into_bytes();
        whole.extend_from_slice(&message);
        Ok(whole)
    }

    /// The records that receivers look for.
    pub fn records(&self) -> Vec<Record> {
        let one = |Named { selector, key }: &Named| Record {
            name: format!("{selector}._domainkey.{}", self.domain),
            text: format!("v=DKIM1; k={}; p={}", key.kind(), STANDARD.encode(key.public())),
        };
        self.keys.iter().map(one).collect()
    }
}

/// The names for `h=`, folded, and the signed headers in canonical form, the last of a name first.
fn chosen(head: &[(&str, &str)]) -> (String, String) {
    let (mut names, mut signed) = (Vec::new(), String::new());
    for (name, once_more) in SIGNED {
        for (own, value) in head.iter().rev().filter(|(own, _)| own.eq_ignore_ascii_case(name)) {
            names.push(name);
            signed.push_str(&header(own, value));
        }
        if once_more {
            names.push(name);
        }
    }
    let mut lines = String::new();
    let mut width = 3;
    for name in names {
        if width + name.len() + 1 > WIDTH {
            lines.push_str("\r\n  ");
            width = 2;
        }
        lines.push_str(name);
        lines.push(':');
        width += name.len() + 1;
    }
    (lines.trim_end_matches(':').to_owned(), signed)
}

fn folded(signature: &str) -> String {
    let mut lines = String::new();
    for (n, c) in signature.chars().enumerate() {
        if n > 0 && n % (WIDTH - 2) == 0 {
            lines.push_str("\r\n  ");
        }
        lines.push(c);
    }
    lines
}

#[cfg(test)]
mod tests;
