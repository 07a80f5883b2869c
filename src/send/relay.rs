//! The only file that speaks SMTP. It knows in which phase a message failed, which decides whether it may be sent again.
//!
//! The connection is taken out for each transaction, so a time limit or a cancelled future drops the socket: a
//! connection that stands half-way in a dialogue is never used again.

use std::error::Error as _;
use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Context as _;
use futures::io::{AsyncRead as _, AsyncWrite as _};
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
#[expect(
    deprecated,
    reason = "lettre offers no other way to implicit TLS over a socket with TCP_NODELAY"
)]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::outcome::{Outcome, Phase, of_reply, of_silence};
use super::target::{Security, Target};

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

/// One connection to the relay, opened when needed and used for many messages.
pub struct Relay {
    settings: Settings,
    connection: Option<AsyncSmtpConnection>,
    is_fresh: bool,
}

impl Relay {
    /// Not yet connected.
    pub fn new(settings: Settings) -> Self {
        Self { settings, connection: None, is_fresh: false }
    }

    /// Connects, unless it is connected.
    ///
    /// # Errors
    /// `Outcome::Down`: the relay serves nobody.
    pub async fn ready(&mut self) -> Result<(), Outcome> {
        if self.connection.is_none() {
            self.connection = Some(connect(&self.settings).await?);
            self.is_fresh = true;
        }
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
        let was_fresh = self.is_fresh;
        let outcome = self.attempt(&to, message).await;
        let may_be_stale = matches!(outcome, Outcome::Down(None | Some(421), _) | Outcome::Deferred(None, _));
        if was_fresh || !may_be_stale {
            return outcome;
        }
        self.connection = None;
        match self.ready().await {
            Ok(()) => self.attempt(&to, message).await,
            Err(down) => down,
        }
    }

    async fn attempt(&mut self, to: &Address, message: &[u8]) -> Outcome {
        let Some(mut connection) = self.connection.take() else {
            return of_silence(Phase::Connect, "not connected");
        };
        self.is_fresh = false;
        let outcome = transaction(&mut connection, &self.settings, to, message).await;
        let is_usable = match &outcome {
            Outcome::Accepted(..) => true,
            Outcome::Deferred(Some(_), _) | Outcome::Refused(..) => self.reset(&mut connection).await,
            Outcome::Deferred(None, _) | Outcome::Uncertain(_) | Outcome::Down(..) => false,
        };
        self.connection = is_usable.then_some(connection);
        outcome
    }

    async fn reset(&self, connection: &mut AsyncSmtpConnection) -> bool {
        matches!(timeout(self.settings.step, connection.command(Rset)).await, Ok(Ok(_)))
    }

    /// Says goodbye. The answer changes nothing, so it is not waited for long.
    pub async fn close(mut self) {
        if let Some(mut connection) = self.connection.take() {
            let _ = timeout(Duration::from_secs(2), connection.quit()).await;
        }
    }
}

async fn connect(settings: &Settings) -> Result<AsyncSmtpConnection, Outcome> {
    let Settings { target, step, .. } = settings;
    let address = (target.host.as_str(), target.port);
    let stream = step_of(*step, TcpStream::connect(address)).await?.map_err(|error| down(target, &error))?;
    // Body and final dot are two writes: without this, each message waits 40 ms for a delayed ACK.
    stream.set_nodelay(true).map_err(|error| down(target, &error))?;
    let is_loopback = stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
    let tls = tls(settings, is_loopback).map_err(|error| down(target, &error))?;
    let hello = ClientId::Domain(settings.from.domain().to_owned());
    let mut is_secret = target.security == Security::Implicit;
    let stream: Box<dyn AsyncTokioStream> =
        if is_secret { wrap(stream, tls.clone(), *step).await? } else { Box::new(stream) };
    let opened = AsyncSmtpConnection::connect_with_transport(stream, &hello);
    let mut connection = step_of(*step, opened).await?.map_err(|error| classify(Phase::Connect, &error))?;
    let wants_tls = target.security == Security::Required || connection.can_starttls();
    if !is_secret && wants_tls {
        let upgraded = step_of(*step, connection.starttls(tls, &hello)).await?;
        upgraded.map_err(|error| classify(Phase::Connect, &error))?;
        is_secret = true;
    }
    if let Some(login) = &settings.login {
        if !is_secret && !is_loopback {
            return Err(of_silence(
                Phase::Connect,
                "the relay offers no TLS, and the password is not sent without",
            ));
        }
        log_in(&mut connection, login, *step).await?;
    }
    Ok(connection)
}

/// A certificate is verified where something depends on it: TLS was demanded, or a password goes through it. The
/// machine itself needs none.
fn tls(settings: &Settings, is_loopback: bool) -> Result<TlsParameters, Error> {
    let is_demanded = settings.target.security != Security::Opportunistic;
    let verify = is_demanded || (settings.login.is_some() && !is_loopback);
    let mut builder =
        TlsParameters::builder(settings.target.host.clone()).dangerous_accept_invalid_certs(!verify);
    if let Some(authority) = &settings.authority {
        builder = builder.add_root_certificate(authority.clone());
    }
    builder.build()
}

async fn log_in(connection: &mut AsyncSmtpConnection, login: &Login, step: Duration) -> Result<(), Outcome> {
    let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
    let answer = step_of(step, connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await?;
    answer.map(|_| ()).map_err(|error| classify(Phase::Connect, &error))
}

/// TLS from the first byte.
#[expect(deprecated, reason = "see the import")]
async fn wrap(
    stream: TcpStream,
    tls: TlsParameters,
    step: Duration,
) -> Result<Box<dyn AsyncTokioStream>, Outcome> {
    let mut stream = AsyncNetworkStream::use_existing_tokio1(Box::new(stream));
    let upgraded = step_of(step, stream.upgrade_tls(tls)).await?;
    upgraded.map_err(|error| classify(Phase::Connect, &error))?;
    Ok(Box::new(Secret(stream)))
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
    if answer.has_code(354) {
        return Ok(());
    }
    Err(of_silence(Phase::Data, &format!("DATA was answered with {}", answer.code())))
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

/// A step of opening a connection.
async fn step_of<T>(step: Duration, future: impl Future<Output = T>) -> Result<T, Outcome> {
    timeout(step, future).await.map_err(|_| of_silence(Phase::Connect, "the relay does not answer in time"))
}

fn down(target: &Target, error: &dyn Display) -> Outcome {
    of_silence(Phase::Connect, &format!("cannot reach the relay {target}: {error}"))
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

/// lettre's TLS stream, dressed as what its own connection is opened on.
#[derive(Debug)]
#[expect(deprecated, reason = "see the import")]
struct Secret(AsyncNetworkStream);

impl AsyncTokioStream for Secret {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
}

impl AsyncRead for Secret {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.0).poll_read(cx, buf.initialize_unfilled());
        polled.map_ok(|n| buf.advance(n))
    }
}

impl AsyncWrite for Secret {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(cx)
    }
}
