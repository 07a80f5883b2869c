//! `kill -9` at each phase of `headsup send`, several senders at once, and a database that goes away: nobody gets an
//! issue twice, nobody is left out in silence, and what nobody can know is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use headsup::clock::Clock;
use sqlx::PgPool;
use tempfile::TempDir;

use crate::app::{self, open_folder};
use crate::relay::{Act, Fault, Relay, Step};
use crate::send::queue_issue_at;

const READERS: usize = 30;
const CONNECTIONS: usize = 2;

/// A relay, and the real program with a database of its own in which an issue is queued.
struct World {
    folder: TempDir,
    url: String,
    pool: PgPool,
    relay: Relay,
}

impl World {
    async fn start(script: &[Fault]) -> Self {
        let folder = open_folder();
        std::fs::write(folder.path().join("feeds.toml"), "").unwrap();
        let (pool, url) = app::fresh_database_with_url().await;
        headsup::store::migrate(&pool).await.unwrap();
        queue_issue_at(&pool, Clock::System.now(), 1, READERS).await;
        Self { folder, url, pool, relay: Relay::start(script).await }
    }

    fn sender(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_headsup"))
            .arg("send")
            .current_dir(self.folder.path())
            .env("DATABASE_URL", &self.url)
            .env("HEADSUP_HOME", self.folder.path())
            .env("HEADSUP_MAIL_TRANSPORT", "smtp")
            .env("HEADSUP_MAIL_RELAY", format!("smtp://{}", self.relay.addr))
            .env("HEADSUP_MAIL_CONNECTIONS", CONNECTIONS.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Sends what is left, with nothing in the way. True: the program ended well.
    async fn send(&self) -> bool {
        let child = self.sender();
        let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
        output.status.success()
    }

    async fn states(&self) -> BTreeMap<String, String> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT address, state FROM deliveries").fetch_all(&self.pool).await.unwrap();
        rows.into_iter().collect()
    }

    /// After everything: each reader once, or listed. `n_killed` senders died.
    async fn is_true(&self, n_killed: usize, what: &str) {
        let kept = self.relay.kept();
        let ids: BTreeSet<&str> = kept.iter().map(|one| one.header("Message-ID")).collect();
        assert_eq!(ids.len(), kept.len(), "{what}: somebody got it twice");
        let got: BTreeSet<&str> = kept.iter().map(|one| one.to.as_str()).collect();
        let states = self.states().await;
        assert_eq!(states.len(), READERS);
        let n_uncertain = states.values().filter(|state| *state == "uncertain").count();
        assert!(n_uncertain <= n_killed * CONNECTIONS, "{what}: {n_uncertain} uncertain");
        for (address, state) in &states {
            match state.as_str() {
                "sent" => assert!(got.contains(address.as_str()), "{what}: marked as sent, and was not"),
                "uncertain" => {}
                other => panic!("{what}: a reader is left in the state {other}"),
            }
        }
    }
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_step_of_the_dialogue() {
    for step in [Step::Connect, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data, Step::Body, Step::Dot] {
        // The greeting comes once for each connection, all else for each message.
        let nth = if step <= Step::Ehlo { 1 } else { 5 };
        let world = World::start(&[Fault(step, nth, Act::Stall)]).await;
        let sender = world.sender();
        world.relay.reached(step, nth).await;
        kill(sender);
        world.relay.follow(&[]);
        assert!(world.send().await);
        assert!(world.send().await);
        world.is_true(1, &format!("{step:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_once_after_an_answer_before_it_is_written_down() {
    for nth in [1, 7, 20] {
        let world = World::start(&[]).await;
        let sender = world.sender();
        world.relay.reached(Step::Dot, nth).await;
        kill(sender);
        assert!(world.send().await);
        world.is_true(1, &format!("after {nth}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_claims_or_writes_its_intent() {
    // Nobody can change the table meanwhile: at 0 the claim waits, later the intent of the next message.
    for nth in [0, 4] {
        let world = World::start(&[]).await;
        let lock = async || {
            let mut tx = world.pool.begin().await.unwrap();
            sqlx::query("LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE").execute(&mut *tx).await.unwrap();
            tx
        };
        let early = if nth == 0 { Some(lock().await) } else { None };
        let sender = world.sender();
        let tx = match early {
            Some(tx) => tx,
            None => {
                world.relay.reached(Step::Dot, nth).await;
                lock().await
            }
        };
        tokio::time::sleep(Duration::from_millis(700)).await;
        kill(sender);
        tx.rollback().await.unwrap();
        assert!(world.send().await);
        world.is_true(1, &format!("in the ledger at {nth}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_senders_share_the_work_and_one_is_killed() {
    let world = World::start(&[Fault(Step::Data, 0, Act::Delay(Duration::from_millis(20)))]).await;
    let senders = [world.sender(), world.sender(), world.sender()];
    world.relay.reached(Step::Dot, 4).await;
    let [first, others @ ..] = senders;
    kill(first);
    for child in others {
        let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(world.send().await);
    world.is_true(1, "three at once").await;
    assert!(world.relay.most_open() <= 3 * CONNECTIONS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_up_again_and_again_costs_time_alone() {
    let world = World::start(&[Fault(Step::Data, 0, Act::Delay(Duration::from_millis(30)))]).await;
    let sender = world.sender();
    world.relay.reached(Step::Dot, 2).await;
    for _ in 0..4 {
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .execute(&world.pool)
        .await
        .unwrap();
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let output = tokio::task::spawn_blocking(|| sender.wait_with_output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(world.send().await);
    world.is_true(0, "without a database").await;
}
