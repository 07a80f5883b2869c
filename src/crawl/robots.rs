//! robots.txt for pages (feeds are published to be read by programs). RFC 9309.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use texting_robots::{Robot, get_robots_url};
use tokio::sync::{Mutex, OnceCell};

use super::answer::{Fetched, Trouble};
use super::fetch::{Ask, Fetcher};
use super::host::{Turn, origin};

/// Our name in robots.txt.
const AGENT: &str = "headsup";

/// Longest `Crawl-delay` that is obeyed.
const MAX_DELAY: f32 = 10.0;

/// Said on an item whose page may not be asked for.
pub const FORBIDDEN: &str = "robots.txt forbids it";

/// The rules of all hosts, each asked once per run.
#[derive(Default)]
pub struct Rules {
    hosts: Mutex<HashMap<String, Arc<OnceCell<Rule>>>>,
}

/// What a host allows.
enum Rule {
    All,
    Some(Box<Robot>),
    /// Its robots.txt fails: for now nothing.
    Nothing,
}

impl Rules {
    /// Whether `url` may be asked for. `turn` is the right to ask its host.
    pub async fn allow(&self, fetcher: &Fetcher, url: &str, open: bool, turn: &mut Turn) -> bool {
        let cell = self.hosts.lock().await.entry(origin(url)).or_default().clone();
        let rule = cell.get_or_init(|| ask(fetcher, url, open)).await;
        match rule {
            Rule::All => true,
            Rule::Nothing => false,
            Rule::Some(robot) => {
                if let Some(delay) = robot.delay {
                    turn.want_delay(Duration::from_secs_f32(delay.clamp(0.0, MAX_DELAY)));
                }
                robot.allowed(url)
            }
        }
    }
}

async fn ask(fetcher: &Fetcher, url: &str, open: bool) -> Rule {
    let Ok(place) = get_robots_url(url) else { return Rule::All };
    match fetcher.get(Ask { url: &place, open, ..Ask::default() }).await {
        Ok(Fetched::Body(body)) => {
            Robot::new(AGENT, &body.bytes).map_or(Rule::All, |robot| Rule::Some(Box::new(robot)))
        }
        Ok(Fetched::NotModified(_)) => Rule::All,
        // "Unavailable" (4xx) allows everything, "unreachable" (5xx) nothing: RFC 9309, 2.3.1.
        Err(Trouble::Status { status, .. }) if status >= 500 => Rule::Nothing,
        Err(_) => Rule::All,
    }
}
