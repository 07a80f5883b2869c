//! Weeks of real feeds, served over loopback, run through the whole pipeline with the clock set to each week.
//! Used only where the corpus lies beside the checkout. `HEADSUP_REPLAY_WEEKS=8 cargo test --test it replay -- --nocapture`
//! replays eight weeks and writes every issue to `target/replay`, for a person to read.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use headsup::config::{Feeds, SourceConfig};
use headsup::model::{Lane, Language, SourceKind, Tier};
use headsup::pipeline::{self, Stage};
use headsup::{publish, store};

use crate::app::TestApp;

const ARCHIVE: &str = "../shared/corpus/feeds/feeds-to-2026-06.tar.xz";

/// Sundays on which copies were taken; the issue of the week that ends there is composed the day after.
const FIRST: &str = "2026-03-15";

/// Path of a feed → this week's copy and its content's id.
type Copies = Arc<Mutex<HashMap<String, (PathBuf, String)>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weeks_of_real_feeds_become_issues() {
    if !Path::new(ARCHIVE).exists() {
        println!("skipped: no corpus beside the checkout");
        return;
    }
    let n_weeks: usize = std::env::var("HEADSUP_REPLAY_WEEKS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let root = unpack();
    let weeks = weeks(&root);
    let copies = Copies::default();
    let base = serve(copies.clone()).await;
    let mut app = TestApp::start().await;
    store::subscribers::add(&app.ctx.pool, "reader@example.org", Language::En, app.ctx.clock.now())
        .await
        .unwrap();
    for (date, files) in weeks.iter().filter(|(date, _)| date.as_str() >= FIRST).take(n_weeks) {
        copies.lock().unwrap().extend(files.clone());
        app.read(feeds(&copies.lock().unwrap(), &base));
        app.ctx.clock.set(format!("{date}T23:30:00Z").parse().unwrap());
        let mut reports = pipeline::run_stages(&app.ctx, &Stage::READING).await.unwrap();
        app.ctx.clock.set(app.ctx.clock.now() + chrono::Duration::hours(9));
        reports.extend(pipeline::run_stages(&app.ctx, &[Stage::Publish, Stage::Send]).await.unwrap());
        println!("== week to {date}");
        for (stage, report) in &reports {
            println!("{stage}: {:?} {:?}", report.counts, report.warnings);
        }
        assert!(reports[0].1.count("items") > 0, "a week of real feeds brings items");
    }
    write_issues(&app).await;
    let second = pipeline::run_stages(&app.ctx, &Stage::READING).await.unwrap();
    assert_eq!(second[0].1.count("items"), 0, "reading twice brings nothing new");
    assert_eq!(second[2].1.count("stories"), 0, "grouping twice makes nothing new");
    assert!(publish::weekly(&app.ctx, Some("not a week"), publish::Mode::DryRun).await.is_err());
}

async fn write_issues(app: &TestApp) {
    let folder = Path::new("target/replay");
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
    for outcome in std::fs::read_dir(app.ctx.settings.home.join("outbox")).into_iter().flatten().flatten() {
        std::fs::copy(outcome.path(), folder.join(outcome.file_name())).unwrap();
    }
    println!("{:?}", store::totals::count(&app.ctx.pool).await.unwrap());
}

fn unpack() -> PathBuf {
    let folder = Path::new("target/replay-feeds");
    if !folder.join("feeds").exists() {
        std::fs::create_dir_all(folder).unwrap();
        let done = Command::new("tar").arg("xf").arg(ARCHIVE).arg("-C").arg(folder).status().unwrap();
        assert!(done.success(), "cannot unpack the corpus");
    }
    folder.join("feeds")
}

/// Date → feeds whose copy changed on it.
fn weeks(root: &Path) -> BTreeMap<String, HashMap<String, (PathBuf, String)>> {
    let mut weeks: BTreeMap<String, HashMap<String, (PathBuf, String)>> = BTreeMap::new();
    for set in std::fs::read_dir(root).unwrap() {
        let set = set.unwrap().path();
        let text = std::fs::read_to_string(set.join("manifest.json")).unwrap();
        let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let name = set.file_name().unwrap().to_string_lossy().into_owned();
        for row in rows {
            let (Some(date), Some(file), Some(sha)) =
                (row["date"].as_str(), row["file"].as_str(), row["sha"].as_str())
            else {
                continue;
            };
            let feed = Path::new(file).file_name().unwrap().to_string_lossy().into_owned();
            let copy = (set.join(file), sha.to_owned());
            weeks.entry(date.to_owned()).or_default().insert(format!("/{name}/{feed}"), copy);
        }
    }
    weeks
}

fn feeds(copies: &HashMap<String, (PathBuf, String)>, base: &str) -> Feeds {
    let mut sources: Vec<SourceConfig> = copies.keys().map(|path| source(path, base)).collect();
    sources.sort_by(|a, b| a.slug.cmp(&b.slug));
    Feeds { block: Vec::new(), keep: Vec::new(), sources }
}

fn source(path: &str, base: &str) -> SourceConfig {
    let stem = path.trim_start_matches('/').rsplit_once('.').unwrap().0;
    let slug: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let set = stem.split('/').next().unwrap();
    let file = stem.split('/').nth(1).unwrap().trim_start_matches("feed_");
    let owner = file.split(['_', '-', '.']).next().unwrap_or(file).to_owned();
    let press = ["zirnhelt", "juya"].contains(&set);
    SourceConfig {
        slug: slug.clone(),
        name: file.to_owned(),
        kind: SourceKind::Feed,
        url: format!("{base}{path}"),
        lane: if press { Lane::Industry } else { Lane::Company },
        language: if set == "juya" { Language::Zh } else { Language::En },
        tier: if press { Tier::Press } else { Tier::Primary },
        owner,
        every_minutes: 60,
        longest_minutes: 1440,
        heed_host_pause: true,
        max_items: 200,
        fetch_pages: false,
        allow_private: true,
        enabled: true,
        path_prefix: None,
        block: Vec::new(),
        keep: Vec::new(),
        page: None,
        article: None,
    }
}

async fn serve(copies: Copies) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(copies);
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

async fn answer(State(copies): State<Copies>, uri: Uri, headers: HeaderMap) -> Response {
    let Some((file, sha)) = copies.lock().unwrap().get(uri.path()).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{sha}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(header::ETAG, etag)], std::fs::read(file).unwrap()).into_response()
}
