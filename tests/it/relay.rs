//! A relay that follows a script: it fails at exactly the step, and for exactly the message, that a test wants.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

/// Where the dialogue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The greeting.
    Connect,
    /// EHLO.
    Ehlo,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA.
    Data,
    /// The first line of the text has come.
    Body,
    /// The final dot has come, and the message is kept.
    Dot,
    /// RSET.
    Rset,
}

/// What happens there.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// This answer instead of the right one.
    Say(&'static str),
    /// Hangs up. A message whose dot has come is kept.
    Drop,
    /// Hangs up and forgets the message whose dot has come.
    Lose,
    /// Never answers.
    Stall,
    /// Answers right, but late.
    Delay(Duration),
    /// Answers right, twice.
    Twice,
}

/// One line of the script: at the `nth` time (from 1; 0: always) that `step` is reached.
#[derive(Clone, Copy, Debug)]
pub struct Fault(pub Step, pub usize, pub Act);

/// A message that the relay took responsibility for, or kept and did not say so.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Envelope.
    pub to: String,
    /// As it came.
    pub text: String,
}

impl Kept {
    /// The value of a header.
    pub fn header(&self, name: &str) -> &str {
        let line = self.text.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default()
    }
}

#[derive(Default)]
struct State {
    script: Mutex<Vec<Fault>>,
    reached: Mutex<BTreeMap<Step, usize>>,
    news: Notify,
    kept: Mutex<Vec<Kept>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

/// A running relay; dropping it closes its port and its connections.
pub struct Relay {
    pub addr: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Listens on a port of its own.
    pub async fn start(script: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let state = Arc::new(State { script: Mutex::new(script.to_vec()), ..State::default() });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                sessions.spawn(async move {
                    let n_open = state.open.fetch_add(1, Ordering::SeqCst) + 1;
                    state.most_open.fetch_max(n_open, Ordering::SeqCst);
                    let _ = serve(stream, &state).await;
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
                while sessions.try_join_next().is_some() {}
            }
        });
        Self { addr, state, task }
    }

    /// From now on it follows another script.
    pub fn follow(&self, script: &[Fault]) {
        *self.state.script.lock().unwrap() = script.to_vec();
    }

    /// Waits until `step` was reached `n` times.
    pub async fn reached(&self, step: Step, n: usize) {
        let enough = async {
            loop {
                let news = self.state.news.notified();
                if self.state.reached.lock().unwrap().get(&step).copied().unwrap_or_default() >= n {
                    return;
                }
                news.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), enough).await.expect("the step is never reached");
    }

    /// What it keeps, in the order of coming.
    pub fn kept(&self) -> Vec<Kept> {
        self.state.kept.lock().unwrap().clone()
    }

    /// The most connections that were open at a time.
    pub fn most_open(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the dialogue of one connection knows.
struct Session<'a> {
    stream: BufReader<TcpStream>,
    state: &'a State,
    to: String,
}

async fn serve(stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut session = Session { stream: BufReader::new(stream), state, to: String::new() };
    session.at(Step::Connect, "220 relay").await?;
    while let Some(line) = session.line().await? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "EHLO" => session.at(Step::Ehlo, "250-relay\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME").await?,
            "AUTH" => session.say("235 2.7.0 welcome").await?,
            "MAIL" => session.at(Step::Mail, "250 2.1.0 ok").await?,
            "RCPT" => {
                session.to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                session.at(Step::Rcpt, "250 2.1.5 ok").await?;
            }
            "DATA" => {
                if session.at_data().await? {
                    session.text().await?;
                }
            }
            "RSET" => session.at(Step::Rset, "250 2.0.0 ok").await?,
            "QUIT" => return session.say("221 2.0.0 bye").await,
            _ => session.say("502 5.5.2 not known here").await?,
        }
    }
    Ok(())
}

impl Session<'_> {
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        Ok(line.ends_with('\n').then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await
    }

    /// Counts the step, and what the script wants there.
    fn act(&self, step: Step) -> Option<Act> {
        let n = {
            let mut reached = self.state.reached.lock().unwrap();
            let n = reached.entry(step).or_default();
            *n += 1;
            *n
        };
        self.state.news.notify_waiters();
        let script = self.state.script.lock().unwrap();
        script.iter().find(|fault| fault.0 == step && (fault.1 == 0 || fault.1 == n)).map(|fault| fault.2)
    }

    async fn at(&mut self, step: Step, right: &str) -> io::Result<()> {
        let act = self.act(step);
        self.answer(act, right).await
    }

    async fn answer(&mut self, act: Option<Act>, right: &str) -> io::Result<()> {
        match act {
            None => self.say(right).await,
            Some(Act::Say(text)) => {
                self.say(text).await?;
                if text.starts_with("421") { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
            }
            Some(Act::Drop | Act::Lose) => Err(io::ErrorKind::ConnectionAborted.into()),
            Some(Act::Stall) => std::future::pending().await,
            Some(Act::Delay(time)) => {
                tokio::time::sleep(time).await;
                self.say(right).await
            }
            Some(Act::Twice) => {
                let doubled = format!("{right}\r\n{right}");
                self.say(&doubled).await
            }
        }
    }

    /// Whether the text may come.
    async fn at_data(&mut self) -> io::Result<bool> {
        let act = self.act(Step::Data);
        self.answer(act, "354 go on").await?;
        Ok(!matches!(act, Some(Act::Say(text)) if !text.starts_with("354")))
    }

    async fn text(&mut self) -> io::Result<()> {
        let mut text = String::new();
        let mut is_first = true;
        while let Some(line) = self.line().await? {
            if std::mem::take(&mut is_first)
                && let Some(act) = self.act(Step::Body)
            {
                self.answer(Some(act), "").await?;
            }
            if line == "." {
                return self.dot(text).await;
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push_str("\r\n");
        }
        Ok(())
    }

    async fn dot(&mut self, text: String) -> io::Result<()> {
        let act = self.act(Step::Dot);
        let is_taken = match act {
            Some(Act::Lose) => false,
            Some(Act::Say(answer)) => answer.starts_with('2'),
            _ => true,
        };
        if is_taken {
            self.state.kept.lock().unwrap().push(Kept { to: self.to.clone(), text });
        }
        self.answer(act, "250 2.0.0 queued as X1").await
    }
}
