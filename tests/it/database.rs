//! The private database: started once, shared, taken over after a kill, explained when it cannot be.

use headsup::store;
use headsup::store::embedded::Database;
use headsup::store::leases::{self, Holder};

use crate::app::{TestApp, open_folder};

#[tokio::test]
async fn each_test_has_an_empty_migrated_database() {
    let app = TestApp::start().await;
    assert!(store::runs::latest(&app.ctx.pool).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_private_server_stops_when_the_last_user_leaves() {
    let home = open_folder();
    let first = Database::open(home.path(), None).await.unwrap();
    let second = Database::open(home.path(), None).await.unwrap();
    assert_eq!(first.server_pid(), second.server_pid());
    store::migrate(&second.pool).await.unwrap();
    first.close().await.unwrap();
    store::runs::begin(&second.pool, "crawl", chrono::DateTime::UNIX_EPOCH).await.unwrap();
    assert!(second.server_pid().is_some());
    second.close().await.unwrap();
    assert!(!home.path().join("postgres/data/postmaster.pid").exists());

    let again = Database::open(home.path(), None).await.unwrap();
    assert_eq!(store::runs::latest(&again.pool).await.unwrap().len(), 1, "what was written is still there");
    again.close().await.unwrap();
}

#[tokio::test]
async fn a_killed_server_is_started_again_with_all_it_had() {
    let home = open_folder();
    let database = Database::open(home.path(), None).await.unwrap();
    store::migrate(&database.pool).await.unwrap();
    store::runs::begin(&database.pool, "crawl", chrono::DateTime::UNIX_EPOCH).await.unwrap();
    let pid = nix::unistd::Pid::from_raw(database.server_pid().unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    drop(database);

    let again = Database::open(home.path(), None).await.unwrap();
    assert_eq!(store::runs::latest(&again.pool).await.unwrap().len(), 1);
    again.close().await.unwrap();
}

#[tokio::test]
async fn data_of_another_major_version_is_refused_by_name() {
    let home = open_folder();
    let data = home.path().join("postgres/data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    let text = refused(home.path(), None).await;
    assert!(text.contains("PostgreSQL 9") && text.contains("install"), "{text}");
}

#[tokio::test]
async fn a_database_url_that_leads_nowhere_is_explained_without_its_password() {
    let home = open_folder();
    let text = refused(home.path(), Some("postgres://me:geheim@127.0.0.1:1/news")).await;
    assert!(text.contains("127.0.0.1:1/news") && text.contains("nothing listens there"), "{text}");
    assert!(!text.contains("geheim"), "{text}");
    let text = refused(home.path(), Some("not a url")).await;
    assert!(text.contains("postgres://"), "{text}");
}

async fn refused(home: &std::path::Path, url: Option<&str>) -> String {
    match Database::open(home, url.map(str::to_owned)).await {
        Ok(_) => panic!("this must be refused"),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test]
async fn the_claims_of_a_dead_process_are_free_at_once() {
    let app = TestApp::start().await;
    let pool = &app.ctx.pool;
    let now = app.ctx.clock.now();
    let (dead, alive) = (Holder::enter(pool, 7).await.unwrap(), Holder::enter(pool, -8).await.unwrap());
    for (slug, owner) in [("a", &dead.name), ("b", &alive.name)] {
        sqlx::query(
            "INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at, lease_owner, lease_until)
             VALUES ($1, '', 'feed', '', 'company', 'en', 'press', '', $2, $3, $2 + interval '1 hour')",
        )
        .bind(slug)
        .bind(now)
        .bind(owner)
        .execute(pool)
        .await
        .unwrap();
    }
    dead.leave().await.unwrap();
    leases::end_dead(pool, now).await.unwrap();
    let held: Vec<String> = sqlx::query_scalar("SELECT slug FROM sources WHERE lease_until > $1")
        .bind(now)
        .fetch_all(pool)
        .await
        .unwrap();
    assert_eq!(held, ["b"]);
    alive.leave().await.unwrap();
}
