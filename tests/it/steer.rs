//! How an operator steers sending: pause, limits, several relays, resending, and what the relay's log proves.

use std::sync::Arc;

use chrono::TimeDelta;
use headsup::config::{MailSettings, OnUncertain, RelaySettings};
use headsup::model::{DeliveryState, Language, Report};
use headsup::send;
use headsup::store::{deliveries, delivery_report, send_holds};

use crate::app::TestApp;
use crate::relay::{Act, Fault, Relay, Step};
use crate::send::{queue_issue, to_relay};

/// Readers with an issue, and a relay.
struct World {
    app: TestApp,
    relay: Relay,
}

impl World {
    async fn new(n: usize, script: &[Fault], change: impl FnOnce(&mut MailSettings)) -> Self {
        let relay = Relay::start(script).await;
        let address = format!("smtp://{}", relay.addr);
        let app = TestApp::start_with(|settings| {
            to_relay(settings, &address);
            settings.mail.connections = 1;
            change(&mut settings.mail);
        })
        .await;
        queue_issue(&app, 1, n).await;
        Self { app, relay }
    }

    async fn send(&self) -> Report {
        send::run(&self.app.ctx).await.unwrap()
    }

    fn later(&self, time: TimeDelta) {
        self.app.ctx.clock.set(self.app.ctx.clock.now() + time);
    }

    async fn count(&self, state: DeliveryState) -> i64 {
        let counts = deliveries::counts(&self.app.ctx.pool).await.unwrap();
        counts.into_iter().find(|(own, _)| *own == state).map_or(0, |(_, n)| n)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_stops_everything_until_the_operator_says_so() {
    let world = World::new(5, &[], |_| ()).await;
    let (pool, now) = (&world.app.ctx.pool, world.app.ctx.clock.now());
    let mut conn = pool.acquire().await.unwrap();
    let for_ever = send_holds::FOR_EVER.parse().unwrap();
    send_holds::set(&mut conn, send_holds::ALL, "a wrong link", now, for_ever).await.unwrap();
    let report = world.send().await;
    assert_eq!(report.count("sent"), 0);
    assert!(report.warnings[0].starts_with("paused: a wrong link; 5 deliveries wait"), "{report:?}");
    assert!(!send::is_wanted(&world.app.ctx).await.unwrap());
    assert!(send_holds::clear(pool, send_holds::ALL).await.unwrap());
    assert_eq!(world.send().await.count("sent"), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_acts_within_one_message_of_each_connection() {
    let slow = Act::Delay(std::time::Duration::from_millis(300));
    let world = World::new(10, &[Fault(Step::Dot, 3, slow)], |_| ()).await;
    let ctx = world.app.ctx.clone();
    let running = tokio::spawn(async move { send::run(&ctx).await.unwrap() });
    world.relay.reached(Step::Dot, 3).await;
    let (pool, now) = (&world.app.ctx.pool, world.app.ctx.clock.now());
    let mut conn = pool.acquire().await.unwrap();
    send_holds::set(&mut conn, send_holds::ALL, "stop", now, send_holds::FOR_EVER.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(running.await.unwrap().count("sent"), 3);
    assert_eq!(world.count(DeliveryState::Queued).await, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_the_day_holds_and_the_next_day_goes_on() {
    let world = World::new(12, &[], |mail| mail.per_day = 5).await;
    let report = world.send().await;
    assert_eq!(report.count("sent"), 5);
    assert!(report.warnings[0].contains("limit of the day"), "{report:?}");
    assert_eq!(world.send().await.count("sent"), 0);
    world.later(TimeDelta::days(1));
    assert_eq!(world.send().await.count("sent"), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_gets_no_more_in_a_minute_than_it_may_and_others_do_not_wait() {
    let world = World::new(8, &[], |mail| {
        mail.domain_per_minute = [("gmail".to_owned(), 20)].into();
    })
    .await;
    let sql = "UPDATE deliveries SET address = 'r' || id || '@googlemail.com' WHERE subscriber_id <= 5";
    sqlx::query(sql).execute(&world.app.ctx.pool).await.unwrap();
    assert_eq!(world.send().await.count("sent"), 3 + 2, "a tenth of a minute's limit may go at once");
    assert_eq!(world.send().await.count("sent"), 0);
    world.later(TimeDelta::seconds(10));
    assert_eq!(world.send().await.count("sent"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_sender_begins_with_two_hundred() {
    let world = World::new(230, &[], |mail| mail.warm_up_from = "2026-05-06".into()).await;
    assert_eq!(world.send().await.count("sent"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_relay_is_down_the_next_one_serves() {
    let second = Relay::start(&[]).await;
    let address = format!("smtp://{}", second.addr);
    let refusing = Fault(Step::Connect, 0, Act::Say("421 4.3.2 no"));
    let world = World::new(6, &[refusing], |mail| {
        mail.relays = vec![RelaySettings { relay: address, ..RelaySettings::default() }];
        mail.connections = 2;
    })
    .await;
    let report = world.send().await;
    assert_eq!((report.count("sent"), report.warnings), (6, vec![]));
    assert_eq!((second.kept().len(), world.relay.kept().len()), (6, 0));

    world.relay.follow(&[]);
    let tried = world.relay.most_open();
    queue_issue(&world.app, 2, 0).await;
    world.send().await;
    assert_eq!(
        (second.kept().len(), world.relay.most_open()),
        (12, tried),
        "the breaker is open for a while"
    );
    world.later(TimeDelta::minutes(6));
    queue_issue(&world.app, 3, 0).await;
    world.send().await;
    assert_eq!((second.kept().len(), world.relay.kept().len()), (12, 6), "the first serves again");
    let holds = send_holds::active(&world.app.ctx.pool, world.app.ctx.clock.now()).await.unwrap();
    assert!(holds.is_empty(), "{holds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_finds_us_too_fast_is_left_alone_and_no_reader_pays() {
    let world = World::new(6, &[Fault(Step::Rcpt, 3, Act::Say("454 4.7.0 too fast"))], |_| ()).await;
    let report = world.send().await;
    assert_eq!((report.count("sent"), report.count("deferred"), report.count("failed")), (2, 1, 0));
    assert!(report.warnings.iter().any(|line| line.starts_with("domain example.org waits")), "{report:?}");
    world.later(TimeDelta::minutes(6));
    assert_eq!(world.send().await.count("sent"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_uncertain_is_sent_once_more_with_the_same_bytes_if_the_operator_wishes() {
    let world = World::new(1, &[Fault(Step::Dot, 1, Act::Drop), Fault(Step::Dot, 2, Act::Drop)], |mail| {
        mail.on_uncertain = OnUncertain::ResendOnceAfter;
        mail.dkim_rsa = Some(include_str!("../fixtures/dkim/rsa.pem").into());
        mail.dkim_ed25519 = Some(include_str!("../fixtures/dkim/ed25519.pem").into());
    })
    .await;
    world.send().await;
    world.later(TimeDelta::hours(5));
    world.send().await;
    assert_eq!(world.relay.kept().len(), 1, "too early");
    world.later(TimeDelta::hours(1));
    world.send().await;
    let kept = world.relay.kept();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0].text, kept[1].text);
    assert_eq!(kept[0].text.matches("DKIM-Signature: v=1; a=").count(), 2);
    world.later(TimeDelta::hours(7));
    world.send().await;
    assert_eq!((world.relay.kept().len(), world.count(DeliveryState::Uncertain).await), (2, 1), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_message_is_never_sent_in_the_place_of_an_uncertain_one() {
    let mut world = World::new(1, &[Fault(Step::Dot, 1, Act::Drop)], |mail| {
        mail.on_uncertain = OnUncertain::ResendOnceAfter;
    })
    .await;
    world.send().await;
    let mut settings = (*world.app.ctx.settings).clone();
    settings.site.base_url = "https://moved.example.org".into();
    world.app.ctx.settings = Arc::new(settings);
    world.later(TimeDelta::hours(6));
    world.send().await;
    assert_eq!((world.relay.kept().len(), world.count(DeliveryState::Uncertain).await), (1, 1));
    let lines = delivery_report::lines(&world.app.ctx.pool, 10).await.unwrap();
    assert!(lines[0].reply.as_deref().is_some_and(|reply| reply.contains("not be the same")), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relays_log_settles_what_is_uncertain() {
    let script = [1, 2, 3].map(|n| Fault(Step::Dot, n, Act::Drop));
    let world = World::new(3, &script[..2], |_| ()).await;
    world.send().await;
    let pool = &world.app.ctx.pool;
    let ids: Vec<String> =
        delivery_report::lines(pool, 10).await.unwrap().into_iter().map(|line| line.message_id).collect();
    assert_eq!(ids.len(), 2);
    let log = format!(
        "Nov 1 1:1:1 mx postfix/cleanup[1]: AAAAAA1: message-id=<{}>\n\
         Nov 1 1:1:1 mx postfix/qmgr[1]: AAAAAA1: from=<x>, size=1, nrcpt=1 (queue active)\n\
         Nov 1 1:1:1 mx postfix/cleanup[1]: AAAAAA2: message-id=<weekly-9.unknown@example.org>\n",
        ids[0].trim_matches(['<', '>'])
    );
    let done = send::reconcile(&world.app.ctx, &log).await.unwrap();
    assert_eq!((done.sent, done.failed, done.uncertain), (1, 0, 1));
    assert_eq!(world.count(DeliveryState::Sent).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_failed_and_the_late_are_sent_again_when_the_operator_says_so() {
    let world = World::new(3, &[Fault(Step::Rcpt, 2, Act::Say("550 5.1.1 no"))], |_| ()).await;
    let (pool, clock) = (&world.app.ctx.pool, &world.app.ctx.clock);
    world.send().await;
    let [issue] = delivery_report::issues(pool, 5).await.unwrap().try_into().unwrap();
    assert_eq!((issue.n_recipients, issue.n_rows, issue.n_sent, issue.n_failed), (3, 3, 2, 1));
    assert_eq!(delivery_report::queue_again(pool, DeliveryState::Failed, clock.now()).await.unwrap(), 1);
    assert_eq!(world.send().await.count("sent"), 1);

    queue_issue(&world.app, 2, 0).await;
    world.later(TimeDelta::days(4));
    assert_eq!(world.send().await.count("expired"), 3);
    assert_eq!(delivery_report::queue_again(pool, DeliveryState::Expired, clock.now()).await.unwrap(), 3);
    assert_eq!(world.send().await.count("sent"), 3);
    let uncertain = delivery_report::queue_again(pool, DeliveryState::Uncertain, clock.now()).await.unwrap();
    assert_eq!(uncertain, 0, "what may have arrived is not among them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_letter_goes_to_one_address_outside_the_ledger() {
    let world = World::new(2, &[], |_| ()).await;
    send::test_letter(&world.app.ctx, "me@example.net", Language::En).await.unwrap();
    let [kept] = world.relay.kept().try_into().unwrap();
    assert_eq!((kept.to.as_str(), kept.header("Subject")), ("me@example.net", "[test] Weekly"));
    assert_eq!(world.count(DeliveryState::Queued).await, 2);
    let refusing = World::new(1, &[Fault(Step::Rcpt, 0, Act::Say("550 5.1.1 no"))], |_| ()).await;
    let error = send::test_letter(&refusing.app.ctx, "me@example.net", Language::En).await.unwrap_err();
    assert_eq!(error.to_string(), "failed: 5.1.1 no");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_may_be_told_how_many_it_sends() {
    let world = World::new(7, &[], |mail| mail.connections = 3).await;
    let report = send::run_some(&world.app.ctx, Some(4)).await.unwrap();
    assert_eq!(report.count("sent"), 4);
    assert_eq!(world.send().await.count("sent"), 3);
}
