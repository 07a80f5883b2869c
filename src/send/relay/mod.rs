//! The only folder that speaks SMTP. It knows in which phase a message failed, which decides whether it may be sent again.
//!
//! The connection is taken out for each transaction, so a time limit or a cancelled future drops the socket: a
//! connection that stands half-way in a dialogue is never used again.

mod dial;

use std::error::Error as _;
use std::fmt::Display;
use std::time::Duration;

use anyhow::Context as _;
use futures::FutureExt as _;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::response::Response;
use secrecy::SecretString;
use tokio::time::{Instant, timeout};

use super::outcome::{CLOSING, Outcome, Phase, of_reply, of_silence};
use super::target::Target;
use dial::connect;

/// The answer to the final dot may take this many times as long as a step (RFC 5321: 10 minutes).
pub const DOT_STEPS: u32 = 10;

/// User and password at the relay.
#[derive(Clone)]
pub struct Login {
    /// As the relay knows us.
    pub user: String,
    /// Never in a log.
    pub password: SecretString,
}

/// What a connection needs to know.
#[derive(Clone)]
pub struct Settings {
    /// Where to.
    pub target: Target,
    /// A further authority whose certificates count.
    pub authority: Option<Certificate>,
    /// Absent: no AUTH.
    pub login: Option<Login>,
    /// Envelope sender; its domain is our name in the greeting.
    pub from: Address,
    /// Limit of one step of the dialogue.
    pub step: Duration,
}

/// Reads a PEM certificate.
///
/// # Errors
/// It is none.
pub fn authority(pem: &[u8]) -> anyhow::Result<Certificate> {
    Certificate::from_pem(pem).context("mail.ca_file holds no PEM certificate")
}

/// Messages after which a connection is opened anew: relays close long ones at a moment of their own.
const MESSAGES_PER_CONNECTION: usize = 500;

/// A connection that was silent for so long is not trusted any more (RFC 5321 lets a relay close after 5 minutes; many
/// do so earlier). So no NOOP is ever needed: one RSET after a refusal is the only command that carries no message.
const MAX_IDLE: Duration = Duration::from_secs(30);

/// How long a goodbye may take; its answer changes nothing.
const GOODBYE: Duration = Duration::from_secs(2);

/// One connection to the relay, opened when needed and used for many messages.
pub struct Relay {
    settings: Settings,
    connection: Option<AsyncSmtpConnection>,
    /// Messages that it has carried.
    n_carried: usize,
    used_at: Instant,
}

impl Relay {
    /// Not yet connected.
    pub fn new(settings: Settings) -> Self {
        Self { settings, connection: None, n_carried: 0, used_at: Instant::now() }
    }

    /// Connects, unless it is connected and the connection can be trusted.
    ///
    /// # Errors
    /// `Outcome::Down`: the relay serves nobody.
    pub async fn ready(&mut self) -> Result<(), Outcome> {
        if let Some(mut connection) = self.connection.take() {
            let is_worn = self.n_carried >= MESSAGES_PER_CONNECTION || self.used_at.elapsed() >= MAX_IDLE;
            if !is_quiet(&mut connection) {
                // Hung up, or an answer that nobody asked for: the next one would be taken for another's.
                drop(connection);
            } else if is_worn {
                say_goodbye(connection).await;
            } else {
                self.connection = Some(connection);
                return Ok(());
            }
        }
        self.connection = Some(connect(&self.settings).await?);
        self.n_carried = 0;
        self.used_at = Instant::now();
        Ok(())
    }

    /// Hands one message over. A connection that the relay closed since the last message is opened once anew; that is
    /// only done while the text was not on the wire.
    pub async fn send(&mut self, to: &str, message: &[u8]) -> Outcome {
        let Ok(to) = to.parse() else {
            return Outcome::Refused(None, "the stored address is not one".into());
        };
        if let Err(down) = self.ready().await {
            return down;
        }
        let was_fresh = self.n_carried == 0;
        let outcome = self.attempt(&to, message).await;
        let may_be_stale = matches!(outcome, Outcome::Down(None | Some(421), _) | Outcome::Deferred(None, _));
        if was_fresh || !may_be_stale {
            return outcome;
        }
        match self.ready().await {
            Ok(()) => self.attempt(&to, message).await,
            Err(down) => down,
        }
    }

    async fn attempt(&mut self, to: &Address, message: &[u8]) -> Outcome {
        let Some(mut connection) = self.connection.take() else {
            return of_silence(Phase::Connect, "not connected");
        };
        self.n_carried += 1;
        let outcome = transaction(&mut connection, &self.settings, to, message).await;
        let is_usable = match &outcome {
            Outcome::Accepted(..) => true,
            Outcome::Deferred(Some(CLOSING), _) => false,
            Outcome::Deferred(Some(_), _) | Outcome::Refused(..) => self.reset(&mut connection).await,
            Outcome::Deferred(None, _) | Outcome::Uncertain(_) | Outcome::Down(..) => false,
        };
        self.used_at = Instant::now();
        self.connection = is_usable.then_some(connection);
        outcome
    }

    async fn reset(&self, connection: &mut AsyncSmtpConnection) -> bool {
        matches!(timeout(self.settings.step, connection.command(Rset)).await, Ok(Ok(_)))
    }

    /// Says goodbye, if it is connected.
    pub async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            say_goodbye(connection).await;
        }
    }
}

async fn say_goodbye(mut connection: AsyncSmtpConnection) {
    let _ = timeout(GOODBYE, connection.quit()).await;
}

/// Whether nothing has come that nobody asked for. Looks once and does not wait; what such a look takes out of the
/// stream is never missed, because the connection is dropped then.
fn is_quiet(connection: &mut AsyncSmtpConnection) -> bool {
    connection.read_response().now_or_never().is_none()
}

async fn transaction(
    connection: &mut AsyncSmtpConnection,
    settings: &Settings,
    to: &Address,
    message: &[u8],
) -> Outcome {
    match envelope(connection, settings, to).await {
        Err(outcome) => outcome,
        Ok(()) => body(connection, settings.step * DOT_STEPS, message).await,
    }
}

/// Whatever goes wrong here, nothing has been delivered.
async fn envelope(
    connection: &mut AsyncSmtpConnection,
    settings: &Settings,
    to: &Address,
) -> Result<(), Outcome> {
    let Settings { step, from, .. } = settings;
    command(connection, *step, Phase::Mail, Mail::new(Some(from.clone()), vec![])).await?;
    command(connection, *step, Phase::Rcpt, Rcpt::new(to.clone(), vec![])).await?;
    let answer = command(connection, *step, Phase::Data, Data).await?;
    if !answer.has_code(354) {
        return Err(of_silence(Phase::Data, &format!("DATA was answered with {}", answer.code())));
    }
    // A second answer would be taken for the one to the final dot.
    if !is_quiet(connection) {
        return Err(of_silence(Phase::Data, "the relay answers before it is asked"));
    }
    Ok(())
}

async fn command(
    connection: &mut AsyncSmtpConnection,
    step: Duration,
    phase: Phase,
    what: impl Display,
) -> Result<Response, Outcome> {
    match timeout(step, connection.command(what)).await {
        Ok(answer) => answer.map_err(|error| classify(phase, &error)),
        Err(_) => Err(of_silence(phase, "no answer in time")),
    }
}

/// As long as the text itself is not written whole, its final dot cannot be, and nothing has been delivered.
async fn body(connection: &mut AsyncSmtpConnection, limit: Duration, message: &[u8]) -> Outcome {
    let mut text = Some(message);
    let mut is_whole = false;
    // lettre asks for a next part once the last one is written, and only then writes the dot.
    let parts = std::iter::from_fn(|| {
        is_whole = text.is_none();
        text.take()
    });
    let answer = timeout(limit, connection.message_iter(parts)).await;
    let phase = if is_whole { Phase::Dot } else { Phase::Data };
    match answer {
        Err(_) => of_silence(phase, "no answer to the text in time"),
        Ok(Err(error)) => classify(phase, &error),
        Ok(Ok(answer)) => {
            let words = answer.message().collect::<Vec<_>>().join(" ");
            of_reply(phase, number(answer.code()), &words)
        }
    }
}

/// lettre's error is an answer with a code, or the lack of one.
fn classify(phase: Phase, error: &Error) -> Outcome {
    match error.status() {
        Some(code) => {
            let words = error.source().map_or_else(String::new, ToString::to_string);
            of_reply(phase, number(code), &words)
        }
        None => of_silence(phase, &plain(error)),
    }
}

/// lettre's words for what a person would say otherwise.
fn plain(error: &Error) -> String {
    let words = error.to_string();
    match words.as_str() {
        "response error: incomplete response" => "the relay hung up without an answer".into(),
        _ if error.is_response() => format!("the relay's answer cannot be read ({words})"),
        _ if words.contains("certificate") => format!("{words} (the relay's certificate: see mail.ca_file)"),
        _ => words,
    }
}

fn number(code: impl Display) -> u16 {
    code.to_string().parse().unwrap_or(0)
}
