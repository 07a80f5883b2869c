//! Politeness towards a host: one request at a time, a pause between two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;
use url::Url;

/// The turns of all hosts.
pub struct Hosts {
    gap: Duration,
    lines: SyncMutex<HashMap<String, Arc<Mutex<Line>>>>,
}

/// When a host was asked last, and how long it wants to be left alone.
#[derive(Default)]
struct Line {
    last: Option<Instant>,
    delay: Duration,
}

/// The right to ask one host, until dropped.
pub struct Turn {
    line: OwnedMutexGuard<Line>,
    gap: Duration,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.line.last = Some(Instant::now());
    }
}

impl Turn {
    /// The host's own wish (`Crawl-delay`) from now on.
    pub fn want_delay(&mut self, delay: Duration) {
        self.line.delay = delay;
    }

    /// Waits between two requests in one turn.
    pub async fn rest(&self) {
        tokio::time::sleep(self.gap.max(self.line.delay)).await;
    }
}

impl Hosts {
    /// At least `gap` between two requests to one host.
    pub fn new(gap: Duration) -> Self {
        Self { gap, lines: SyncMutex::default() }
    }

    /// Waits until the host of `url` may be asked.
    pub async fn turn(&self, url: &str) -> Turn {
        self.turn_of(origin(url)).await
    }

    /// Waits for a turn among those of the same name.
    pub async fn turn_of(&self, name: String) -> Turn {
        let line = {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.entry(name).or_default().clone()
        };
        let line = line.lock_owned().await;
        if let Some(last) = line.last {
            tokio::time::sleep_until(last + self.gap.max(line.delay)).await;
        }
        Turn { line, gap: self.gap }
    }
}

/// "host:port", the unit of politeness.
pub fn origin(url: &str) -> String {
    let url = Url::parse(url).ok();
    let port = url.as_ref().and_then(Url::port_or_known_default).unwrap_or_default();
    format!("{}:{port}", url.as_ref().and_then(Url::host_str).unwrap_or_default())
}
