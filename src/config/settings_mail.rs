//! The section `[mail]`: how mail leaves, how fast, and how it is signed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// How mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MailTransport {
    /// A folder of .eml files.
    Outbox,
    /// A relay.
    Smtp,
}

/// What becomes of a message of which nobody knows whether it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnUncertain {
    /// It stays so until somebody settles it: `headsup deliveries reconcile`.
    Hold,
    /// The same bytes are sent once more, `resend_after_hours` later.
    ResendOnceAfter,
}

/// `[mail]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// "outbox" (a folder of .eml files) or "smtp".
    pub transport: MailTransport,
    /// From, as `Name <name@example.org>`.
    pub from: String,
    /// Reply-To, if another than From.
    pub reply_to: Option<String>,
    /// Where mails that ask to leave are read, as `unsubscribe@example.org`; the reader's token goes before the @, after
    /// a plus. Empty: they go to Reply-To or From with the token in the subject.
    pub unsubscribe_to: String,
    /// Who gets a weekly mail about what broke, as `name@example.org`; absent: nobody.
    pub operator: Option<String>,
    /// Folder of the outbox; absent: `outbox` in headsup's home.
    pub outbox: Option<PathBuf>,
    /// Relay: "smtp://host:587" (STARTTLS where offered), "smtps://host:465", "smtp+starttls://host:587" (required).
    pub relay: String,
    /// PEM file with the certificate of a private authority that signed the relay's, beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// User at the relay; empty: no AUTH.
    pub user: String,
    /// Environment variable that holds the password.
    pub password_env: String,
    /// File that holds the password, instead of the environment.
    pub password_file: Option<PathBuf>,
    /// The password itself, read at the door from the two above.
    #[serde(skip)]
    pub password: Option<SecretString>,
    /// Further relays, as `[[mail.relays]]`: each is used while those before it are down or at their limit.
    pub relays: Vec<RelaySettings>,
    /// Connections to the relay at the same time, of one headsup.
    pub connections: usize,
    /// Seconds for each step of the SMTP dialogue.
    pub step_seconds: u64,
    /// Most messages that the relay gets in a second; 0: no limit. All limits are shared by all senders on one database.
    pub per_second: u32,
    /// Most messages in a minute; 0: no limit.
    pub per_minute: u32,
    /// Most messages in a day (UTC); 0: no limit.
    pub per_day: u32,
    /// Most messages in a minute to the readers at one provider or domain, such as `{ gmail = 100, "example.org" = 5 }`.
    /// gmail, outlook, yahoo, icloud, qq, netease and sina stand for all domains of theirs.
    pub domain_per_minute: BTreeMap<String, u32>,
    /// First day of a new sender, such as "2026-11-20": 200 messages on that day, growing to 200,000 within 42 days. Empty:
    /// no such limit.
    pub warm_up_from: String,
    /// When readers get an issue, by the clock where they live, such as "07:00": the next such time after it is out. Empty:
    /// at once.
    pub morning: String,
    /// Hours after which an unsent issue is too late to be news.
    pub expire_hours: i64,
    /// What becomes of a message of which nobody knows whether it arrived.
    pub on_uncertain: OnUncertain,
    /// Hours before `resend_once_after` sends it again.
    pub resend_after_hours: i64,
    /// PEM file with the RSA key that signs (DKIM); `headsup dkim new` makes one. Absent: not signed by it.
    pub dkim_rsa_file: Option<PathBuf>,
    /// Selector under which its public half stands in the DNS.
    pub dkim_rsa_selector: String,
    /// PEM file with the Ed25519 key of a second signature.
    pub dkim_ed25519_file: Option<PathBuf>,
    /// Selector of that one.
    pub dkim_ed25519_selector: String,
    /// The two keys, read at the door.
    #[serde(skip)]
    pub dkim_rsa: Option<SecretString>,
    /// See above.
    #[serde(skip)]
    pub dkim_ed25519: Option<SecretString>,
}

/// One `[[mail.relays]]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RelaySettings {
    /// As `relay` of `[mail]`.
    pub relay: String,
    /// PEM file of a private authority.
    pub ca_file: Option<PathBuf>,
    /// User at the relay; empty: no AUTH.
    pub user: String,
    /// Environment variable that holds the password.
    pub password_env: String,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// The password itself, read at the door.
    #[serde(skip)]
    pub password: Option<SecretString>,
    /// Most messages in a second; 0: no limit.
    pub per_second: u32,
    /// Most messages in a minute; 0: no limit.
    pub per_minute: u32,
    /// Most messages in a day; 0: no limit.
    pub per_day: u32,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            transport: MailTransport::Outbox,
            from: "headsup 抬头 <headsup@localhost.localdomain>".into(),
            reply_to: None,
            unsubscribe_to: String::new(),
            operator: None,
            outbox: None,
            relay: "smtp://127.0.0.1:25".into(),
            ca_file: None,
            user: String::new(),
            password_env: String::new(),
            password_file: None,
            password: None,
            relays: Vec::new(),
            connections: 4,
            step_seconds: 60,
            per_second: 0,
            per_minute: 0,
            per_day: 0,
            domain_per_minute: BTreeMap::new(),
            warm_up_from: String::new(),
            morning: String::new(),
            expire_hours: 72,
            on_uncertain: OnUncertain::Hold,
            resend_after_hours: 6,
            dkim_rsa_file: None,
            dkim_rsa_selector: "headsup-rsa".into(),
            dkim_ed25519_file: None,
            dkim_ed25519_selector: "headsup-ed".into(),
            dkim_rsa: None,
            dkim_ed25519: None,
        }
    }
}

impl MailSettings {
    /// All relays in the order in which they are tried, the one of `[mail]` itself first.
    pub fn all_relays(&self) -> Vec<RelaySettings> {
        let first = RelaySettings {
            relay: self.relay.clone(),
            ca_file: self.ca_file.clone(),
            user: self.user.clone(),
            password_env: self.password_env.clone(),
            password_file: self.password_file.clone(),
            password: self.password.clone(),
            per_second: self.per_second,
            per_minute: self.per_minute,
            per_day: self.per_day,
        };
        std::iter::once(first).chain(self.relays.iter().cloned()).collect()
    }
}
