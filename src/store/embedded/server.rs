//! Starts, finds and stops the private server.

use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _};

use super::binaries;
use super::place::{Place, SOCKET};

/// Name of the role and of the database.
const NAME: &str = "headsup";

/// Given on the command line, so that a hand-edited postgresql.conf cannot open the server to the network.
const OPTIONS: [&str; 9] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=on",
    "max_connections=100",
    "shared_buffers=64MB",
    "timezone=UTC",
    "log_timezone=UTC",
    "jit=off",
    "max_wal_size=256MB",
];

const POLL: Duration = Duration::from_millis(20);

/// How long the backends of a killed server may hold its shared memory.
const REMAINS: Duration = Duration::from_secs(15);

/// Why a start failed, and whether it may succeed in a moment.
struct Failed {
    error: anyhow::Error,
    passing: bool,
}

impl<E: Into<anyhow::Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self { error: error.into(), passing: false }
    }
}

/// Connects to the server of `place`, starting it (and making its data) if it does not run.
/// The caller holds the start lock.
///
/// # Errors
/// The server cannot be started: the message says why and what to do.
pub async fn ensure_running(place: &Place, patience: Duration) -> anyhow::Result<PgConnectOptions> {
    let began = Instant::now();
    while !(answers(place).await || wait_for_other(place, patience).await?) {
        make_data(place)?;
        match start(place, patience).await {
            Ok(()) => break,
            Err(Failed { passing: true, .. }) if began.elapsed() < REMAINS => {
                tokio::time::sleep(POLL * 10).await
            }
            Err(failed) => return Err(failed.error),
        }
    }
    create_database(place).await?;
    Ok(options(place, NAME))
}

/// The process id of the live server of this data directory.
pub fn running(place: &Place) -> Option<i32> {
    let text = fs::read_to_string(place.data.join("postmaster.pid")).ok()?;
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    is_postgres(pid).then_some(pid)
}

/// Stops the server: sessions are ended, nothing committed is lost.
///
/// # Errors
/// It does not stop within `patience`.
pub async fn stop(place: &Place, patience: Duration) -> anyhow::Result<()> {
    let Some(pid) = running(place) else { return Ok(()) };
    let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
    let began = Instant::now();
    while running(place).is_some() {
        anyhow::ensure!(began.elapsed() < patience, "the private Postgres (process {pid}) does not stop");
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// A server that is starting or shutting down holds postmaster.pid: waits until it serves (true) or is gone.
async fn wait_for_other(place: &Place, patience: Duration) -> anyhow::Result<bool> {
    let began = Instant::now();
    while let Some(pid) = running(place) {
        if answers(place).await {
            return Ok(true);
        }
        anyhow::ensure!(
            began.elapsed() < patience,
            "a Postgres (process {pid}) holds {} but does not answer: stop it with kill -INT {pid} and try again; its log is {}",
            place.data.display(),
            place.log().display()
        );
        tokio::time::sleep(POLL * 5).await;
    }
    Ok(false)
}

/// Runs initdb once, into a folder beside, which is then renamed: a kill in the middle leaves no half cluster.
fn make_data(place: &Place) -> anyhow::Result<()> {
    if place.data.join("PG_VERSION").exists() {
        return Ok(());
    }
    let fresh = place.folder.join("data.new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("cannot remove {}", fresh.display()))?;
    }
    fs::create_dir(&fresh).with_context(|| format!("cannot make {}", fresh.display()))?;
    place.give(&fresh)?;
    let folder = binaries::find(&place.data)?;
    // C.UTF-8: pg_trgm finds nothing in Chinese under the locale C.
    let output = command(place, &folder.join("initdb"))
        .args(["-U", NAME, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--data-checksums", "-D"])
        .arg(&fresh)
        .output()
        .context("cannot run initdb")?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let _ = fs::remove_dir_all(&fresh);
        return Err(explain(&text, place));
    }
    fs::rename(&fresh, &place.data).with_context(|| format!("cannot rename {}", fresh.display()))
}

async fn start(place: &Place, patience: Duration) -> Result<(), Failed> {
    let folder = binaries::find(&place.data)?;
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(place.log())
        .context("cannot open the database's log")?;
    let log_start = log.metadata().map(|about| about.len()).unwrap_or_default();
    let mut server = command(place, &folder.join("postgres"));
    server.arg("-D").arg(&place.data).arg("-k").arg(&place.socket);
    for option in OPTIONS {
        server.args(["-c", option]);
    }
    // A process group of its own: Ctrl-C ends headsup, which then stops the server in good order.
    server.stdout(log.try_clone()?).stderr(log).process_group(0);
    let mut child = server.spawn().context("cannot start postgres")?;
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            let text = fs::read_to_string(place.log()).unwrap_or_default();
            let fresh = text.get(usize::try_from(log_start)?..).unwrap_or(&text);
            let passing = fresh.contains("pre-existing shared memory block")
                || fresh.contains("lock file \"postmaster.pid\"");
            let error =
                explain(fresh, place).context(format!("the private Postgres ended at once ({status})"));
            return Err(Failed { error, passing });
        }
        if answers(place).await {
            break;
        }
        if began.elapsed() > patience {
            let log = place.log();
            return Err(anyhow::anyhow!(
                "the private Postgres does not answer; its log is {}",
                log.display()
            )
            .into());
        }
        tokio::time::sleep(POLL).await;
    }
    // Whenever it ends, its entry in the process table must go: Postgres takes a zombie for a living server.
    std::thread::spawn(move || child.wait());
    Ok(())
}

/// What the server's or initdb's own words mean for the person who reads them.
fn explain(text: &str, place: &Place) -> anyhow::Error {
    let has = |words: &str| text.contains(words);
    let shown = place.folder.display();
    let advice = match () {
        () if has("No space left on device") || has("Disk quota exceeded") => {
            format!("the disk is full: free some space, or set HEADSUP_HOME to another disk (now {shown})")
        }
        () if has("incompatible with") => {
            "the data was made by another major version of PostgreSQL: install that version".to_owned()
        }
        () if has("Permission denied") || has("could not access directory") => {
            format!(
                "the database's user has no right to {shown}: set HEADSUP_HOME to a folder that it can enter"
            )
        }
        () if has("Address already in use") || has("is already in use") || has("lock file") => format!(
            "the socket {} is in use by another server: stop it, or set HEADSUP_HOME to another folder",
            place.socket.join(SOCKET).display()
        ),
        () if has("shared memory") => {
            "no shared memory left: stop other servers, or raise the kernel's limit".to_owned()
        }
        () => format!("see {}", place.log().display()),
    };
    let last = text
        .lines()
        .rev()
        .find(|line| ["FATAL", "PANIC", "error:", "ERROR"].iter().any(|word| line.contains(word)));
    anyhow::anyhow!("{advice}\n  {}", last.unwrap_or_default().trim())
}

fn command(place: &Place, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    command.current_dir("/").stdin(Stdio::null());
    if let Some((uid, gid)) = place.run_as {
        command.gid(gid).uid(uid);
    }
    command
}

/// Every field is set: the default of each would be read from PG… variables of the environment.
fn options(place: &Place, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(&place.socket)
        .port(5432)
        .username(NAME)
        .password("")
        .database(database)
        .ssl_mode(PgSslMode::Disable)
        .application_name(NAME)
}

async fn answers(place: &Place) -> bool {
    if !place.socket.join(SOCKET).exists() {
        return false;
    }
    let options = options(place, "postgres");
    match tokio::time::timeout(Duration::from_secs(2), options.connect()).await {
        Ok(Ok(connection)) => connection.close().await.is_ok(),
        _ => false,
    }
}

async fn create_database(place: &Place) -> anyhow::Result<()> {
    let mut connection =
        options(place, "postgres").connect().await.context("cannot reach the private Postgres")?;
    super::super::create_if_missing(&mut connection, NAME).await?;
    connection.close().await?;
    Ok(())
}

/// A process id may be another program's after a crash. Where there is no /proc, a live process is believed.
fn is_postgres(pid: i32) -> bool {
    let comm = Path::new("/proc").join(pid.to_string()).join("comm");
    if Path::new("/proc/self/comm").exists() {
        // A zombie is no server; its command line is empty.
        let alive = fs::read(Path::new("/proc").join(pid.to_string()).join("cmdline"))
            .is_ok_and(|line| !line.is_empty());
        return alive && fs::read_to_string(comm).is_ok_and(|name| name.trim().starts_with("postgres"));
    }
    !matches!(kill(Pid::from_raw(pid), None), Err(nix::errno::Errno::ESRCH))
}
