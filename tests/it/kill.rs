//! `kill -9` at any moment of `headsup run` and `headsup send`: nothing is lost, nothing comes twice.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use headsup::clock::Clock;
use headsup::demo::{internet, sink};
use sqlx::PgPool;
use tempfile::TempDir;

use crate::app::{self, open_folder};

/// Readers: enough that sending takes a while.
const READERS: usize = 40;

/// The sample internet, a relay, and the real program with a database of its own.
struct World {
    folder: TempDir,
    mails: TempDir,
    url: String,
    pool: PgPool,
    _internet: internet::Internet,
    sink: sink::Sink,
}

impl World {
    async fn start() -> Self {
        let (folder, mails) = (open_folder(), open_folder());
        let now = Clock::System.now();
        let internet = internet::start(now).await.unwrap();
        let sink = sink::start(mails.path().to_owned()).await.unwrap();
        let feeds = toml::to_string(&internet::feeds(&internet.base)).unwrap();
        std::fs::write(folder.path().join("feeds.toml"), feeds).unwrap();
        let (pool, url) = app::fresh_database_with_url().await;
        headsup::store::migrate(&pool).await.unwrap();
        for n in 0..READERS {
            let email = format!("reader{n}@example.org");
            headsup::store::subscribers::add(&pool, &email, headsup::model::Language::En, now).await.unwrap();
        }
        Self { folder, mails, url, pool, _internet: internet, sink }
    }

    fn headsup(&self, command: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_headsup"))
            .arg(command)
            .current_dir(self.folder.path())
            .env("DATABASE_URL", &self.url)
            .env("HEADSUP_HOME", self.folder.path())
            .env("HEADSUP_CRAWL_ALLOW_PRIVATE", "true")
            .env("HEADSUP_CRAWL_HOST_GAP_MS", "0")
            .env("HEADSUP_MAIL_TRANSPORT", "smtp")
            .env("HEADSUP_MAIL_RELAY", format!("smtp://{}", self.sink.addr))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    async fn run_to_the_end(&self, command: &str) {
        let child = self.headsup(command);
        let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    async fn kill_after(&self, command: &str, millis: u64) {
        let mut child = self.headsup(command);
        tokio::time::sleep(Duration::from_millis(millis)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    /// Message-IDs of all mails that the relay took.
    fn message_ids(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.mails.path()).unwrap();
        let texts = files
            .map(|file| String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned());
        texts
            .map(|text| text.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned())
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_reads_and_sends_everything_once() {
    let world = World::start().await;
    for millis in [120, 350, 600, 900, 1300, 1800, 2400, 3000] {
        world.kill_after("run", millis).await;
    }
    for millis in [60, 90, 120, 160, 220] {
        world.kill_after("send", millis).await;
    }
    world.run_to_the_end("run").await;

    let whole = World::start().await;
    whole.run_to_the_end("run").await;
    for sql in [
        "SELECT count(*) FROM items",
        "SELECT count(*) FROM articles",
        "SELECT count(*) FROM story_items",
        "SELECT count(*) FROM issues",
    ] {
        assert_eq!(world.count(sql).await, whole.count(sql).await, "{sql}");
    }
    let n_issues = world.count("SELECT count(*) FROM issues").await;
    let n_deliveries = world.count("SELECT count(*) FROM deliveries").await;
    assert_eq!(n_deliveries, n_issues * READERS as i64);
    let sent = world.count("SELECT count(*) FROM deliveries WHERE state = 'sent'").await;
    let uncertain = world.count("SELECT count(*) FROM deliveries WHERE state = 'uncertain'").await;
    assert_eq!(sent + uncertain, n_deliveries, "nobody is skipped in silence");

    let ids = world.message_ids();
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "nobody gets an issue twice");
    assert!(ids.len() as i64 >= sent, "whatever is marked as sent was taken: {} of {sent}", ids.len());
}
