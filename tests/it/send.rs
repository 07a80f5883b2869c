//! Sending, against a relay on loopback that takes everything or misbehaves: never twice, nobody silently left out.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use headsup::config::{MailTransport, Settings};
use headsup::demo::sink::{self, Fault, Sink};
use headsup::model::{DeliveryId, DeliveryState, Language, Report};
use headsup::store::subscribers::{self, Added};
use headsup::store::{deliveries, facts, ledger};
use headsup::{pipeline, send};
use sqlx::PgPool;
use tempfile::TempDir;

use crate::app::{NOW, TestApp};

/// An issue is queued for some readers, and a relay stands ready.
struct Post {
    app: TestApp,
    folder: TempDir,
    _sink: Option<Sink>,
}

impl Post {
    /// A relay that takes everything.
    async fn with_readers(n: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sink = sink::start(folder.path().to_owned()).await.unwrap();
        Self::over(folder, sink, n, |_| ()).await
    }

    /// A relay that fails at message `on_nth` (0: always).
    async fn with_fault(n: usize, fault: Fault, on_nth: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sink = sink::start_with(folder.path().to_owned(), fault, on_nth).await.unwrap();
        Self::over(folder, sink, n, |settings| settings.mail.connections = 1).await
    }

    async fn over(folder: TempDir, sink: Sink, n: usize, change: impl FnOnce(&mut Settings)) -> Self {
        let relay = format!("smtp://{}", sink.addr);
        let app = TestApp::start_with(|settings| {
            to_relay(settings, &relay);
            change(settings);
        })
        .await;
        queue_issue(&app, 1, n).await;
        Self { app, folder, _sink: Some(sink) }
    }

    async fn send(&self) -> Report {
        send::run(&self.app.ctx).await.unwrap()
    }

    fn mails(&self) -> Vec<String> {
        mails(self.folder.path())
    }

    async fn states(&self) -> Vec<(DeliveryState, i64)> {
        deliveries::counts(&self.app.ctx.pool).await.unwrap()
    }

    fn later(&self, minutes: i64) {
        let clock = &self.app.ctx.clock;
        clock.set(clock.now() + TimeDelta::minutes(minutes));
    }

    /// Puts the row of reader `n` (from 1) where a killed sender left it.
    async fn leave_as(&self, n: i64, state: &str, lease_minutes: i64) {
        let until = self.app.ctx.clock.now() + TimeDelta::minutes(lease_minutes);
        sqlx::query(
            "UPDATE deliveries SET state = $1, lease_owner = 'killed', lease_until = $2 WHERE subscriber_id = $3",
        )
        .bind(state)
        .bind(until)
        .bind(n)
        .execute(&self.app.ctx.pool)
        .await
        .unwrap();
    }
}

pub fn to_relay(settings: &mut Settings, relay: &str) {
    settings.mail.transport = MailTransport::Smtp;
    settings.mail.relay = relay.to_owned();
    settings.mail.step_seconds = 1;
}

/// Readers `r1@example.org`, …, every second one Chinese, each with a queued delivery of one issue.
pub async fn queue_issue(app: &TestApp, number: i32, n_readers: usize) {
    queue_issue_at(&app.ctx.pool, NOW.parse().unwrap(), number, n_readers).await;
}

/// The same in any database at any time.
pub async fn queue_issue_at(pool: &PgPool, now: DateTime<Utc>, number: i32, n_readers: usize) {
    let issue: i64 = sqlx::query_scalar(
        "INSERT INTO issues (kind, number, period, starts_at, ends_at, published_at, content, sha256, n_recipients)
         VALUES ('weekly', $1, '2026-W' || $1, $2, $2, $2, '{}', '', $3) RETURNING id",
    )
    .bind(number)
    .bind(now)
    .bind(i32::try_from(n_readers).unwrap())
    .fetch_one(pool)
    .await
    .unwrap();
    for (language, subject) in [("en", "Weekly"), ("zh", "抬头周报")] {
        sqlx::query("INSERT INTO issue_renderings VALUES ($1, $2, $3, $4, $5, '')")
            .bind(issue)
            .bind(language)
            .bind(subject)
            .bind(".Dots first\nLeave: %%UNSUBSCRIBE%%\n")
            .bind("<p>Hello 你好</p><a href=\"%%UNSUBSCRIBE%%\">x</a>")
            .execute(pool)
            .await
            .unwrap();
    }
    for n in 1..=n_readers {
        let language = if n % 2 == 0 { Language::Zh } else { Language::En };
        subscribers::add(pool, &format!("r{n}@example.org"), language, now).await.unwrap();
    }
    sqlx::query(
        "INSERT INTO deliveries (issue_id, subscriber_id, address, language, message_id, queued_at, next_at)
         SELECT $1, id, email, language, $1 || '.' || id || '@example.org', $2, $2 FROM subscribers",
    )
    .bind(issue)
    .bind(now)
    .execute(pool)
    .await
    .unwrap();
}

fn mails(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| String::from_utf8(std::fs::read(file.unwrap().path()).unwrap()).unwrap()).collect()
}

fn header(mail: &str, name: &str) -> String {
    let line = mail.split("\r\n").find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim_start_matches(':').trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reader_gets_the_issue_once() {
    let post = Post::with_readers(120).await;
    assert_eq!(post.send().await.count("sent"), 120);
    let to: BTreeSet<String> = post.mails().iter().map(|mail| header(mail, "To")).collect();
    assert_eq!(to.len(), 120);
    assert_eq!(post.mails().len(), 120);
    assert_eq!(post.states().await, [(DeliveryState::Sent, 120)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_sends_nothing() {
    let post = Post::with_readers(3).await;
    let first = post.send().await;
    assert_eq!((first.count("sent"), first.warnings), (3, vec![]));
    assert_eq!(post.send().await.count("sent"), 0);
    assert_eq!(post.mails().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_senders_at_once_share_the_work() {
    let post = Post::with_readers(130).await;
    let (one, two) = tokio::join!(post.send(), post.send());
    assert_eq!(one.count("sent") + two.count("sent"), 130);
    assert_eq!(post.mails().len(), 130);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_arrives_as_it_was_written() {
    let post = Post::with_readers(2).await;
    post.send().await;
    let mails = post.mails();
    let english = mails.iter().find(|mail| header(mail, "To") == "r1@example.org").unwrap();
    assert_eq!(header(english, "Subject"), "Weekly");
    let chinese = mails.iter().find(|mail| header(mail, "To") == "r2@example.org").unwrap();
    assert!(header(chinese, "Subject").starts_with("=?utf-8?b?"));
    let token = subscribers::list(&post.app.ctx.pool).await.unwrap()[0].token.clone();
    let link = format!("http://127.0.0.1:8080/u/{token}");
    assert!(header(english, "List-Unsubscribe").starts_with(&format!("<{link}>,")), "{english}");
    assert!(english.contains(&format!("\r\n.Dots first\r\nLeave: {link}\r\n")), "{english}");
    assert!(!english.contains("%%"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_nobody_gets_it_twice_and_nobody_is_forgotten() {
    let post = Post::with_readers(4).await;
    post.leave_as(1, "claimed", -1).await;
    post.leave_as(2, "sending", -1).await;
    post.leave_as(3, "claimed", 1).await;
    post.leave_as(4, "sending", 1).await;
    let report = post.send().await;
    assert_eq!((report.count("sent"), report.count("uncertain")), (1, 1), "{report:?}");
    assert_eq!(header(&post.mails()[0], "To"), "r1@example.org");

    post.later(2);
    let report = post.send().await;
    assert_eq!((report.count("sent"), report.count("uncertain")), (1, 1), "{report:?}");
    post.later(60);
    post.send().await;
    assert_eq!(post.states().await, [(DeliveryState::Sent, 2), (DeliveryState::Uncertain, 2)]);
    assert_eq!(post.mails().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_only_slept_may_still_say_how_it_went() {
    let post = Post::with_readers(1).await;
    let pool = &post.app.ctx.pool;
    let now = post.app.ctx.clock.now();
    let until = now + TimeDelta::minutes(1);
    let mut conn = ledger::durable(pool).await.unwrap();
    let wish = deliveries::Wish { owner: "sleeper", limit: 1, lease_until: until };
    let held = deliveries::claim(&mut conn, wish, now).await.unwrap().remove(0);
    let intent = ledger::Intent { id: held.id, dated_at: now, sha256: "00".into(), lease_until: until };
    let intent = [intent];
    let nobody: [DeliveryId; 0] = [];
    assert_eq!(ledger::commit(&mut conn, "another", &[], &intent, now).await.unwrap(), nobody);
    assert_eq!(
        ledger::commit(&mut conn, "sleeper", &[], &intent, until).await.unwrap(),
        nobody,
        "its lease is over"
    );
    assert_eq!(ledger::commit(&mut conn, "sleeper", &[], &intent, now).await.unwrap(), [held.id]);
    assert_eq!(
        ledger::commit(&mut conn, "sleeper", &[], &intent, now).await.unwrap(),
        [held.id],
        "its answer was lost"
    );
    assert_eq!(ledger::recover(pool, until).await.unwrap().uncertain, 1);
    let end = ledger::Settlement {
        id: held.id,
        state: DeliveryState::Sent,
        code: Some(250),
        reply: "ok".into(),
        relay: "relay:25".into(),
        next_at: None,
    };
    let end = [end];
    ledger::commit(&mut conn, "another", &end, &[], until).await.unwrap();
    assert_eq!(post.states().await, [(DeliveryState::Uncertain, 1)]);
    ledger::commit(&mut conn, "sleeper", &end, &[], until).await.unwrap();
    assert_eq!(post.states().await, [(DeliveryState::Sent, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_is_never_sent_again() {
    let post = Post::with_fault(3, Fault::DropAfterDot, 2).await;
    let report = post.send().await;
    assert_eq!((report.count("sent"), report.count("uncertain")), (2, 1), "{report:?}");
    post.later(24 * 60);
    assert_eq!(post.send().await.count("sent"), 0);
    assert_eq!(post.mails().len(), 3, "the sink kept it before it hung up");
    let problems = deliveries::problems(&post.app.ctx.pool, 10).await.unwrap();
    assert_eq!((problems.len(), problems[0].state.as_str()), (1, "uncertain"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_never_answers_the_dot_leaves_uncertain() {
    let post = Post::with_fault(1, Fault::HangAfterData, 0).await;
    assert_eq!(post.send().await.count("uncertain"), 1);
    assert!(post.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_reader_fails_alone() {
    let post = Post::with_fault(3, Fault::RefuseRcpt, 2).await;
    let report = post.send().await;
    assert_eq!((report.count("sent"), report.count("failed")), (2, 1), "{report:?}");
    let problems = deliveries::problems(&post.app.ctx.pool, 10).await.unwrap();
    assert_eq!(problems[0].reply.as_deref(), Some("5.1.1 no such reader"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_reader_is_tried_again_after_a_pause() {
    let post = Post::with_fault(2, Fault::Defer, 1).await;
    let report = post.send().await;
    assert_eq!((report.count("sent"), report.count("deferred")), (1, 1), "{report:?}");
    post.later(4);
    assert_eq!(post.send().await.count("sent"), 0, "too early");
    post.later(1);
    assert_eq!(post.send().await.count("sent"), 1);
    assert_eq!(post.mails().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_refuses_the_sender_costs_no_reader() {
    let post = Post::with_fault(3, Fault::RefuseMail, 0).await;
    let report = post.send().await;
    assert_eq!(post.states().await, [(DeliveryState::Queued, 3)]);
    assert!(
        report.warnings[0].contains("sender refused") && report.warnings[0].contains("3 deliveries wait")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_down_or_is_none_costs_nothing_but_time() {
    let garbage = Post::with_fault(2, Fault::GarbageGreeting, 0).await;
    garbage.send().await;
    assert_eq!(garbage.states().await, [(DeliveryState::Queued, 2)]);

    let mut post = Post::with_readers(2).await;
    post._sink = None; // nothing listens any more
    let report = post.send().await;
    assert_eq!(post.states().await, [(DeliveryState::Queued, 2)]);
    assert!(report.warnings[0].contains("cannot reach the relay"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_the_relay_closed_is_opened_again() {
    let post = Post::with_fault(4, Fault::CloseBeforeMail, 3).await;
    let report = post.send().await;
    assert_eq!((report.count("sent"), report.warnings), (4, vec![]));
    assert_eq!(post.mails().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_refuses_everybody_is_stopped_early() {
    let post = Post::with_fault(60, Fault::RefuseRcpt, 0).await;
    let report = post.send().await;
    assert!(report.count("failed") <= 20, "{report:?}");
    assert!(report.warnings.iter().any(|line| line.starts_with("stopped: ")), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_gets_nothing_and_who_came_back_does() {
    let post = Post::with_readers(3).await;
    let pool = &post.app.ctx.pool;
    let now = post.app.ctx.clock.now();
    let token = subscribers::list(pool).await.unwrap()[0].token.clone();
    assert!(subscribers::leave_by_token(pool, &token, now).await.unwrap());
    assert!(subscribers::leave_by_token(pool, &token, now).await.unwrap(), "a link works for ever");
    assert!(!subscribers::leave_by_token(pool, "0", now).await.unwrap());
    assert!(subscribers::leave_by_email(pool, "R2@Example.org", now).await.unwrap());
    assert_eq!(subscribers::add(pool, "r2@EXAMPLE.org", Language::En, now).await.unwrap(), Added::Back);
    assert_eq!(subscribers::add(pool, "R3@example.org", Language::En, now).await.unwrap(), Added::Known);
    let report = post.send().await;
    assert_eq!((report.count("sent"), report.count("skipped")), (2, 1), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_news_is_not_sent() {
    let post = Post::with_readers(2).await;
    post.later(72 * 60);
    assert_eq!(post.send().await.count("expired"), 2);
    assert!(post.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_configured_mails_are_files() {
    let app = TestApp::start().await;
    queue_issue(&app, 1, 3).await;
    assert_eq!(send::run(&app.ctx).await.unwrap().count("sent"), 3);
    assert_eq!(send::run(&app.ctx).await.unwrap().count("sent"), 0);
    let outbox = app.ctx.settings.home.join("outbox");
    assert_eq!(mails(&outbox).len(), 3);
    let names: Vec<_> = std::fs::read_dir(outbox).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("example")), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outbox_that_cannot_be_written_defers_until_it_can() {
    let app = TestApp::start().await;
    queue_issue(&app, 1, 2).await;
    let outbox = app.ctx.settings.home.join("outbox");
    std::fs::write(&outbox, "a file in the way").unwrap();
    let report = send::run(&app.ctx).await.unwrap();
    assert_eq!(report.count("deferred"), 2, "{report:?}");
    assert!(report.warnings[0].contains("cannot write to the outbox"), "{report:?}");

    std::fs::remove_file(&outbox).unwrap();
    app.ctx.clock.set(app.ctx.clock.now() + TimeDelta::minutes(5));
    assert_eq!(send::run(&app.ctx).await.unwrap().count("sent"), 2);
    assert_eq!(mails(&outbox).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_run_gives_everything_back() {
    let post = Post::with_readers(5).await;
    post.app.ctx.cancel.cancel();
    assert_eq!(post.send().await.count("sent"), 0);
    assert_eq!(post.states().await, [(DeliveryState::Queued, 5)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_reports_nor_problems_name_a_reader() {
    let post = Post::with_fault(3, Fault::RefuseRcpt, 0).await;
    pipeline::run_stage(&post.app.ctx, pipeline::Stage::Send).await.unwrap();
    let problems = deliveries::problems(&post.app.ctx.pool, 10).await.unwrap();
    let runs = headsup::store::runs::latest(&post.app.ctx.pool).await.unwrap();
    let shown = serde_json::to_string(&(problems, runs)).unwrap();
    assert!(shown.contains("no such reader") && !shown.contains("example.org"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_are_remembered() {
    let app = TestApp::start().await;
    let pool = &app.ctx.pool;
    assert_eq!(facts::get(pool, "key").await.unwrap(), None);
    assert_eq!(facts::get_or_set(pool, "key", "one").await.unwrap(), "one");
    assert_eq!(facts::get_or_set(pool, "key", "two").await.unwrap(), "one");
    facts::set(pool, "key", "three").await.unwrap();
    assert_eq!(facts::get(pool, "key").await.unwrap().as_deref(), Some("three"));
}

#[tokio::test]
async fn the_operator_hears_once_a_week_what_broke() {
    let folder = tempfile::tempdir().unwrap();
    let sink = sink::start(folder.path().to_owned()).await.unwrap();
    let relay = format!("smtp://{}", sink.addr);
    let mut app = TestApp::start_with(|settings| {
        to_relay(settings, &relay);
        settings.mail.operator = Some("Op <op@example.org>".into());
    })
    .await;
    send::run(&app.ctx).await.unwrap();
    assert!(mails(folder.path()).is_empty(), "nothing ran yet, so there is nothing to tell");

    let nowhere = headsup::config::SourceConfig {
        slug: "broken-blog".into(),
        allow_private: true,
        ..headsup::config::SourceConfig::of_url("http://127.0.0.1:1/feed")
    };
    app.read(headsup::config::Feeds { sources: vec![nowhere], ..Default::default() });
    pipeline::run_stages(&app.ctx, &[pipeline::Stage::Crawl]).await.unwrap();
    app.ctx.clock.set(app.ctx.clock.now() + TimeDelta::days(7));
    for _ in 0..2 {
        send::run(&app.ctx).await.unwrap();
    }
    let [mail] = mails(folder.path()).try_into().unwrap();
    for part in [
        "To: Op <op@example.org>",
        "1 of 1 sources cannot be read",
        "broken-blog: out of reach",
        "cannot connect",
        "Auto-Submitted",
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    app.ctx.clock.set(app.ctx.clock.now() + TimeDelta::days(7));
    send::run(&app.ctx).await.unwrap();
    assert_eq!(mails(folder.path()).len(), 2, "and the next week again");
}

#[tokio::test]
async fn without_a_relay_the_operators_mail_is_a_file_in_the_archives_language() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let app = TestApp::start_with(|settings| {
        settings.mail.operator = Some("op@example.org".into());
        settings.mail.outbox = Some(outbox.clone());
        settings.site.language = Language::Zh;
    })
    .await;
    pipeline::run_stages(&app.ctx, &[pipeline::Stage::Group]).await.unwrap();
    app.ctx.clock.set(app.ctx.clock.now() + TimeDelta::days(7));
    let report = send::run(&app.ctx).await.unwrap();
    assert_eq!(report.count("operator_mails"), 1);
    let mail = std::fs::read_to_string(outbox.join("operator-2026-W19.eml")).unwrap();
    assert!(
        mail.contains("Content-Transfer-Encoding: base64") || mail.contains("quoted-printable"),
        "{mail}"
    );
}
