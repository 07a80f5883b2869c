//! `TestApp`: headsup with a database of its own, a clock that stands, and verbs of the product.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use headsup::clock::Clock;
use headsup::config::{Feeds, Settings};
use headsup::context::Context;
use headsup::progress::Progress;
use headsup::render::Templates;
use headsup::store;
use headsup::store::embedded::Database;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Now, in every test that does not move the clock: a Wednesday.
pub const NOW: &str = "2026-05-06T08:00:00Z";

static SERVER: OnceCell<Server> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// One server for all tests of this process, with a migrated template database.
struct Server {
    options: PgConnectOptions,
    template: String,
    _database: Database,
    _guardian: Option<Child>,
}

/// A running headsup without its command line.
pub struct TestApp {
    /// Given to every stage.
    pub ctx: Context,
    /// The state directory, removed with the app.
    _home: TempDir,
}

impl TestApp {
    /// An empty database, default settings, the clock at [`NOW`], loopback allowed, no pauses.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Serves the archive on loopback until the test ends, and gives its address.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(headsup::serve::run(self.ctx.clone(), listener));
        base
    }

    /// The same with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        install_tls();
        let home = tempfile::tempdir().unwrap();
        let mut settings = Settings { home: home.path().to_owned(), ..Settings::default() };
        settings.crawl.allow_private = true;
        settings.crawl.host_gap_ms = 0;
        change(&mut settings);
        let ctx = Context {
            pool: fresh_database().await,
            settings: Arc::new(settings),
            feeds: Arc::new(Feeds::default()),
            live_feeds: None,
            clock: Clock::fixed(NOW.parse::<DateTime<Utc>>().unwrap()),
            templates: Arc::new(Templates::load(None).unwrap()),
            cancel: Default::default(),
            progress: Progress::Quiet,
        };
        Self { ctx, _home: home }
    }

    /// Reads these sources from now on.
    pub fn read(&mut self, feeds: Feeds) {
        self.ctx.feeds = Arc::new(feeds);
    }
}

/// A folder that the database's user can enter also when the tests run as root.
pub fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

/// One TLS provider for the process; a second call changes nothing.
pub fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A fresh, empty database, and how another process reaches it.
pub async fn fresh_database_with_url() -> (sqlx::PgPool, String) {
    install_tls();
    let pool = fresh_database().await;
    let options = pool.connect_options();
    let name = options.get_database().unwrap().to_owned();
    if let Ok(url) = std::env::var("DATABASE_URL") {
        let mut url = url::Url::parse(&url).unwrap();
        url.set_path(&name);
        return (pool, url.to_string());
    }
    let socket = options.get_socket().unwrap().display().to_string();
    let host: String = url::form_urlencoded::byte_serialize(socket.as_bytes()).collect();
    let url =
        format!("postgres://{}@localhost:{}/{name}?host={host}", options.get_username(), options.get_port());
    (pool, url)
}

async fn fresh_database() -> sqlx::PgPool {
    let server = SERVER.get_or_init(start_server).await;
    let name = format!("headsup_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let mut conn = server.options.clone().database("postgres").connect().await.unwrap();
    execute(&mut conn, format!(r#"CREATE DATABASE "{name}" TEMPLATE "{}""#, server.template)).await;
    conn.close().await.unwrap();
    let options = server.options.clone().database(&name);
    PgPoolOptions::new().max_connections(8).connect_with(options).await.unwrap()
}

async fn start_server() -> Server {
    install_tls();
    let url = std::env::var("DATABASE_URL").ok();
    let home = std::env::temp_dir().join(format!("headsup-test-{}", nix::unistd::geteuid()));
    let database = Database::open(&home, url).await.unwrap();
    let guardian = database.server_pid().map(|pid| stop_with_us(&home, pid));
    let options = database.options();
    let mut conn = options.clone().database("postgres").connect().await.unwrap();
    drop_old_databases(&mut conn).await;
    let template = format!("headsup_test_{}_template", std::process::id());
    execute(&mut conn, format!(r#"CREATE DATABASE "{template}""#)).await;
    conn.close().await.unwrap();
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone().database(&template))
        .await
        .unwrap();
    store::migrate(&pool).await.unwrap();
    pool.close().await;
    Server { options, template, _database: database, _guardian: guardian }
}

/// Databases of test runs whose process is gone.
async fn drop_old_databases(conn: &mut sqlx::PgConnection) {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname LIKE 'headsup\\_test\\_%'")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let names: BTreeSet<String> = names.into_iter().collect();
    for name in names {
        let pid = name.split('_').nth(2).unwrap_or_default();
        let alive = Path::new("/proc").join(pid).exists() || !PathBuf::from("/proc").exists();
        if !alive {
            execute(&mut *conn, format!(r#"DROP DATABASE IF EXISTS "{name}""#)).await;
        }
    }
}

async fn execute(conn: &mut sqlx::PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.unwrap();
}

/// The test harness never runs destructors of statics: a shell that waits for our end of its pipe to close
/// stops the server, unless another test process still uses it.
fn stop_with_us(home: &Path, pid: i32) -> Child {
    let lock = home.join("postgres/users.lock");
    let script = format!("cat >/dev/null; flock -n -x '{}' kill -INT {pid}", lock.display());
    let mut child = Command::new("sh").arg("-c").arg(script).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.as_mut().unwrap().flush().unwrap();
    child
}
