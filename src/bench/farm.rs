//! Feeds on loopback, in a process of their own so that their cost is not counted as ours: some of everything that
//! feeds are, the same at every run.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Hosts that share the feeds; a host is asked one thing at a time.
const HOSTS: usize = 250;

/// Of so many feeds one gets a new entry at each bump.
const CHANGED: usize = 10;

/// When the newest entry of every feed is dated.
pub const NEWEST: &str = "2026-05-06T06:00:00Z";

/// What the farm grows.
#[derive(Clone, Copy, Debug)]
pub struct Farm {
    /// How many feeds.
    pub feeds: usize,
    /// Entries of each.
    pub items: usize,
    /// Milliseconds before each answer.
    pub latency_ms: u64,
}

#[derive(Clone)]
struct Ground {
    farm: Farm,
    n_bumps: Arc<AtomicUsize>,
}

/// Serves until standard input ends. Prints the hosts' addresses as one line, and an empty line for each line it reads,
/// after which one in ten feeds has a new entry.
///
/// # Errors
/// No port is free, or standard input breaks.
pub async fn serve(farm: Farm) -> anyhow::Result<()> {
    let ground = Ground { farm, n_bumps: Arc::default() };
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for _ in 0..HOSTS.min(farm.feeds.max(1)) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        addresses.push(listener.local_addr()?);
        let router = Router::new().route("/f/{n}", axum::routing::get(answer)).with_state(ground.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    let addresses: Vec<String> = addresses.iter().map(|address| format!("http://{address}")).collect();
    println!("{}", addresses.join(" "));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while lines.next_line().await?.is_some() {
        ground.n_bumps.fetch_add(1, Ordering::SeqCst);
        println!();
    }
    Ok(())
}

async fn answer(State(ground): State<Ground>, Path(n): Path<usize>, headers: HeaderMap) -> Response {
    tokio::time::sleep(Duration::from_millis(ground.farm.latency_ms)).await;
    let version = version(n, ground.n_bumps.load(Ordering::SeqCst));
    let etag = format!("W/\"{n}-{version}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let body = feed(n, version, ground.farm.items);
    ([(header::ETAG, etag), (header::CONTENT_TYPE, "text/xml".to_owned())], body).into_response()
}

/// How many entries a feed has gained.
fn version(n: usize, n_bumps: usize) -> usize {
    if n.is_multiple_of(CHANGED) { n_bumps } else { 0 }
}

/// Every second feed is Atom, every third is Chinese, some are written carelessly.
pub fn feed(n: usize, version: usize, n_items: usize) -> String {
    let newest: DateTime<Utc> = NEWEST.parse().unwrap_or_default();
    let is_atom = n.is_multiple_of(2);
    let items: String = (0..n_items + version)
        .rev()
        .map(|k| {
            let age = i64::try_from(n_items.saturating_sub(k)).unwrap_or_default();
            item(n, k, newest - TimeDelta::hours(age * 5), is_atom)
        })
        .collect();
    // A stray & and an entity that XML does not know, as they occur.
    let title = if n.is_multiple_of(7) { "R&D&nbsp;notes" } else { "Notes" };
    if is_atom {
        format!(
            "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{title} {n}</title>{items}</feed>"
        )
    } else {
        format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{title} {n}</title>{items}</channel></rss>"
        )
    }
}

fn item(n: usize, k: usize, at: DateTime<Utc>, is_atom: bool) -> String {
    let (title, words) = if n.is_multiple_of(3) {
        (
            format!("第 {n} 号实验室发布模型 {k}"),
            "该模型在本地显卡上运行，推理成本下降，权重已经公开。".repeat(24),
        )
    } else {
        (
            format!("Lab {n} releases model {k}"),
            "The model runs on one card, costs less to serve, and its weights are open. ".repeat(24),
        )
    };
    let text = format!("&lt;p&gt;{words}&lt;/p&gt;&lt;p&gt;&lt;a href=\"/more\"&gt;More&lt;/a&gt;&lt;/p&gt;");
    let link = format!("https://lab-{n}.example/posts/{k}");
    if is_atom {
        format!(
            "<entry><id>{link}</id><title>{title}</title><link href=\"{link}\"/><updated>{}</updated><content type=\"html\">{text}</content></entry>",
            at.to_rfc3339()
        )
    } else {
        format!(
            "<item><guid>{link}</guid><title>{title}</title><link>{link}</link><pubDate>{}</pubDate><description>{text}</description></item>",
            at.to_rfc2822()
        )
    }
}
