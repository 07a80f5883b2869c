//! robots.txt for pages (feeds are published to be read by programs). RFC 9309.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use texting_robots::{Robot, get_robots_url};
use tokio::sync::{Mutex, OnceCell};

use super::Run;
use super::answer::{Fetched, Trouble};
use super::fetch::Ask;
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
    /// Its robots.txt cannot be had: for now nothing.
    Unknown(String),
}

/// Whether an address may be asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Given,
    /// It may not.
    Refused,
    /// Not before the rules can be read, and why they cannot.
    Unknown(String),
}

impl Run<'_> {
    /// Whether `url` may be asked for. `turn` is the right to ask its host.
    pub async fn may_ask(&self, url: &str, open: bool, turn: &mut Turn) -> Permission {
        let cell = self.robots.hosts.lock().await.entry(origin(url)).or_default().clone();
        let is_first = !cell.initialized();
        let rule = cell.get_or_init(|| self.ask_rules(url, open)).await;
        if let Rule::Some(robot) = rule
            && let Some(delay) = robot.delay
        {
            turn.want_delay(Duration::from_secs_f32(delay.clamp(0.0, MAX_DELAY)));
        }
        if is_first {
            turn.rest().await;
        }
        match rule {
            Rule::All => Permission::Given,
            Rule::Some(robot) if robot.allowed(url) => Permission::Given,
            Rule::Some(_) => Permission::Refused,
            Rule::Unknown(why) => Permission::Unknown(format!("its robots.txt cannot be had: {why}")),
        }
    }

    /// "Unavailable" (4xx) allows everything, "unreachable" (5xx, no answer) nothing: RFC 9309, 2.3.1. A host that asks
    /// for a pause gets it.
    async fn ask_rules(&self, url: &str, open: bool) -> Rule {
        let Ok(place) = get_robots_url(url) else { return Rule::All };
        let ask = Ask { url: &place, open, may_cut: true, ..Ask::default() };
        // In a box: a redirect of a page leads here from the fetcher itself.
        match Box::pin(self.fetcher.get(ask)).await {
            Ok(Fetched::Body(body)) => {
                let rules = for_products(&String::from_utf8_lossy(&body.bytes));
                Robot::new(AGENT, rules.as_bytes()).map_or(Rule::All, |robot| Rule::Some(Box::new(robot)))
            }
            Ok(Fetched::NotModified(_)) | Err(Trouble::Redirects) => Rule::All,
            Err(Trouble::Status { status, .. }) if status < 500 && status != 429 => Rule::All,
            Err(trouble) => {
                let _ = self.pause_host(Some(&trouble)).await;
                Rule::Unknown(trouble.to_string())
            }
        }
    }
}

/// A rule is for the product, whatever version stands behind it: "HeadsUp/1.0" is "HeadsUp". RFC 9309, 2.2.1.
fn for_products(rules: &str) -> String {
    let mut read = String::with_capacity(rules.len());
    for line in rules.lines() {
        let is_agent = line.trim_start().get(..11).is_some_and(|key| key.eq_ignore_ascii_case("user-agent:"));
        let product = if is_agent { line.split('/').next().unwrap_or(line) } else { line };
        read.push_str(product);
        read.push('\n');
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_behind_the_product_changes_nothing() {
        let rules = for_products("User-Agent: HeadsUp/1.0\nDisallow: /a/b\n");
        assert_eq!(rules, "User-Agent: HeadsUp\nDisallow: /a/b\n");
    }
}
