//! Opens a connection: TCP, TLS, greeting, login. Each step has its time limit.

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::io::{AsyncRead as _, AsyncWrite as _};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
#[expect(
    deprecated,
    reason = "lettre offers no other way to implicit TLS over a socket with TCP_NODELAY"
)]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::outcome::{Outcome, Phase, of_silence};
use super::super::target::{Security, Target};
use super::{Login, Settings, classify};

/// A connection on which mail may be handed over.
///
/// # Errors
/// `Outcome::Down`: the relay serves nobody.
pub(super) async fn connect(settings: &Settings) -> Result<AsyncSmtpConnection, Outcome> {
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

/// A step of opening a connection.
async fn step_of<T>(step: Duration, future: impl Future<Output = T>) -> Result<T, Outcome> {
    timeout(step, future).await.map_err(|_| of_silence(Phase::Connect, "the relay does not answer in time"))
}

fn down(target: &Target, error: &dyn Display) -> Outcome {
    of_silence(Phase::Connect, &format!("cannot reach the relay {target}: {error}"))
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
