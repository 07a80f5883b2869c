//! A small SMTP server on loopback that keeps what it gets as files: the demo's readers, and the tests' bad relays.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Longest line that is read.
const MAX_LINE: u64 = 2000;

/// Most bytes of one message.
const MAX_MESSAGE: usize = 20_000_000;

/// What a bad relay does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// "No such reader."
    RefuseRcpt,
    /// "I take nothing from you."
    RefuseMail,
    /// Keeps the message and hangs up without an answer.
    DropAfterDot,
    /// "Not now."
    Defer,
    /// Reads the message and never answers.
    HangAfterData,
    /// Speaks something else than SMTP.
    GarbageGreeting,
    /// Serves no further message on this connection.
    CloseBeforeMail,
}

/// A running sink; dropping it closes its port and its connections.
#[derive(Debug)]
pub struct Sink {
    /// Where it listens.
    pub addr: SocketAddr,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    folder: PathBuf,
    fault: Option<Fault>,
    on_nth: usize,
    n_begun: AtomicUsize,
    n_kept: AtomicUsize,
}

/// What one connection knows of the message it is told.
#[derive(Default)]
struct Session {
    fault: Option<Fault>,
    has_sender: bool,
    n_readers: usize,
}

/// Whether the dialogue goes on.
enum Next {
    Go,
    HangUp,
}

/// A sink that takes everything, one file a message in `folder`.
///
/// # Errors
/// No port is free.
pub async fn start(folder: PathBuf) -> anyhow::Result<Sink> {
    listen(State::new(folder, None, 0)).await
}

/// A sink that fails at the message `on_nth`, counted from 1 over all connections; 0: at every one.
///
/// # Errors
/// No port is free.
pub async fn start_with(folder: PathBuf, fault: Fault, on_nth: usize) -> anyhow::Result<Sink> {
    listen(State::new(folder, Some(fault), on_nth)).await
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(state: State) -> anyhow::Result<Sink> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for the mail sink")?;
    let addr = listener.local_addr()?;
    let state = Arc::new(state);
    let task = tokio::spawn(async move {
        let mut sessions = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let state = Arc::clone(&state);
            // A client that hangs up in the middle is no fault of the sink.
            sessions.spawn(async move { serve(stream, &state).await.unwrap_or_default() });
            while sessions.try_join_next().is_some() {}
        }
    });
    Ok(Sink { addr, task })
}

async fn serve(stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let greeting = match state.fault {
        Some(Fault::GarbageGreeting) => "I am a teapot",
        _ => "220 sink ready",
    };
    say(&mut stream, greeting).await?;
    let mut session = Session::default();
    while let Some(line) = read_line(&mut stream).await? {
        if let Next::HangUp = answer(&mut stream, state, &mut session, &line).await? {
            break;
        }
    }
    Ok(())
}

async fn answer(
    stream: &mut BufReader<TcpStream>,
    state: &State,
    session: &mut Session,
    line: &[u8],
) -> io::Result<Next> {
    let line = String::from_utf8_lossy(line).trim_end().to_ascii_uppercase();
    let reply = match line.as_str() {
        "QUIT" => {
            say(stream, "221 2.0.0 bye").await?;
            return Ok(Next::HangUp);
        }
        "DATA" if session.n_readers > 0 => {
            say(stream, "354 go on").await?;
            return take(stream, state, session).await;
        }
        "DATA" => "503 5.5.1 no reader yet",
        "NOOP" => "250 2.0.0 ok",
        "RSET" => {
            *session = Session::default();
            "250 2.0.0 ok"
        }
        _ if line.starts_with("EHLO") => "250-sink\r\n250 8BITMIME",
        _ if line.starts_with("HELO") => "250 sink",
        _ if line.starts_with("MAIL FROM:") => {
            *session = Session { fault: state.fault_of_next(), has_sender: true, n_readers: 0 };
            match session.fault {
                Some(Fault::CloseBeforeMail) => return Ok(Next::HangUp),
                Some(Fault::RefuseMail) => "550 5.1.8 sender refused",
                _ => "250 2.1.0 ok",
            }
        }
        _ if line.starts_with("RCPT TO:") => rcpt(session),
        _ => "502 5.5.2 not known here",
    };
    say(stream, reply).await?;
    Ok(Next::Go)
}

fn rcpt(session: &mut Session) -> &'static str {
    match session.fault {
        _ if !session.has_sender => "503 5.5.1 no sender yet",
        Some(Fault::RefuseRcpt) => "550 5.1.1 no such reader",
        Some(Fault::Defer) => "451 4.3.0 try again later",
        _ => {
            session.n_readers += 1;
            "250 2.1.5 ok"
        }
    }
}

/// Reads a message up to its final dot, keeps it, and answers as the fault wants.
async fn take(stream: &mut BufReader<TcpStream>, state: &State, session: &mut Session) -> io::Result<Next> {
    let Some(message) = read_message(stream).await? else { return Ok(Next::HangUp) };
    let fault = std::mem::take(session).fault;
    if fault == Some(Fault::HangAfterData) {
        std::future::pending::<()>().await;
    }
    let kept = state.keep(&message).await;
    let reply = match (fault, kept) {
        (Some(Fault::DropAfterDot), _) => return Ok(Next::HangUp),
        (_, Ok(number)) => format!("250 2.0.0 kept as {number}"),
        (_, Err(_)) => "452 4.3.1 the sink cannot write".into(),
    };
    say(stream, &reply).await?;
    Ok(Next::Go)
}

/// `None`: the client hung up, or sent too much.
async fn read_message(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    while let Some(line) = read_line(stream).await? {
        if line == b".\r\n" {
            return Ok(Some(message));
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        if message.len() > MAX_MESSAGE {
            break;
        }
    }
    Ok(None)
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    stream.take(MAX_LINE).read_until(b'\n', &mut line).await?;
    Ok(line.ends_with(b"\n").then_some(line))
}

async fn say(stream: &mut BufReader<TcpStream>, reply: &str) -> io::Result<()> {
    stream.write_all(format!("{reply}\r\n").as_bytes()).await
}

impl State {
    fn new(folder: PathBuf, fault: Option<Fault>, on_nth: usize) -> Self {
        Self { folder, fault, on_nth, n_begun: AtomicUsize::new(0), n_kept: AtomicUsize::new(0) }
    }

    fn fault_of_next(&self) -> Option<Fault> {
        let number = self.n_begun.fetch_add(1, Ordering::SeqCst) + 1;
        self.fault.filter(|_| self.on_nth == 0 || self.on_nth == number)
    }

    async fn keep(&self, message: &[u8]) -> io::Result<usize> {
        let number = self.n_kept.fetch_add(1, Ordering::SeqCst) + 1;
        let name = format!("{number:04}-{}.eml", slug(message));
        tokio::fs::write(self.folder.join(name), message).await?;
        Ok(number)
    }
}

/// Which list the message belongs to, from its List-Id ("weekly"): a name for people, without an address.
fn slug(message: &[u8]) -> String {
    let head = message.split(|byte| *byte == b'\n').take_while(|line| line.len() > 1);
    let list =
        head.filter_map(|line| std::str::from_utf8(line).ok()).find_map(|line| line.strip_prefix("List-Id:"));
    let id = list.and_then(|list| list.split(['<', '.']).nth(1)).unwrap_or("mail");
    let slug: String = id.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    if slug.is_empty() { "mail".into() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_list() {
        assert_eq!(slug(b"To: a@b\r\nList-Id: headsup weekly <weekly.example.org>\r\n\r\n"), "weekly");
        assert_eq!(slug(b"To: a@b\r\n\r\nList-Id: x <paper.example.org>"), "mail");
        assert_eq!(slug(b"List-Id: <../../etc>\r\n"), "mail");
    }

    #[tokio::test]
    async fn a_message_is_kept_as_it_was_before_the_dots_were_doubled() {
        let folder = tempfile::tempdir().unwrap();
        let sink = start(folder.path().to_owned()).await.unwrap();
        let mut client = BufReader::new(TcpStream::connect(sink.addr).await.unwrap());
        let dialogue = "EHLO me\r\nMAIL FROM:<a@b.org>\r\nRCPT TO:<c@d.org>\r\nDATA\r\n\
                        Subject: x\r\n\r\n..one\r\ntwo\r\n.\r\nQUIT\r\n";
        client.write_all(dialogue.as_bytes()).await.unwrap();
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.unwrap();
        assert!(answers.contains("250 2.0.0 kept as 1") && answers.ends_with("bye\r\n"), "{answers}");
        let kept = std::fs::read_to_string(folder.path().join("0001-mail.eml")).unwrap();
        assert_eq!(kept, "Subject: x\r\n\r\n.one\r\ntwo\r\n");
    }
}
