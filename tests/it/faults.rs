//! What becomes of readers when the relay fails at one step: never twice, nobody in silence.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use headsup::model::DeliveryState;
use headsup::send;
use headsup::store::deliveries;

use crate::app::TestApp;
use crate::relay::{Act, Fault, Relay, Step};
use crate::send::{queue_issue, to_relay};

const READERS: usize = 4;

/// Readers, and a relay for each script.
struct World(TestApp);

impl World {
    async fn new() -> Self {
        let app = TestApp::start_with(|settings| {
            to_relay(settings, "smtp://127.0.0.1:1");
            settings.mail.connections = 1;
        });
        Self(app.await)
    }

    /// One run over one connection against `script`: how many rows stand in each state.
    async fn after(&mut self, script: &[Fault]) -> (BTreeMap<DeliveryState, i64>, Relay) {
        let (relay, app) = (Relay::start(script).await, &mut self.0);
        let mut settings = (*app.ctx.settings).clone();
        settings.mail.relay = format!("smtp://{}", relay.addr);
        app.ctx.settings = Arc::new(settings);
        sqlx::query("TRUNCATE issues CASCADE").execute(&app.ctx.pool).await.unwrap();
        queue_issue(app, 1, READERS).await;
        send::run(&app.ctx).await.unwrap();
        let states = deliveries::counts(&app.ctx.pool).await.unwrap();
        (states.into_iter().collect(), relay)
    }
}

fn twice(relay: &Relay) -> usize {
    let kept = relay.kept();
    let mut ids: Vec<&str> = kept.iter().map(|one| one.header("Message-ID")).collect();
    ids.sort_unstable();
    ids.len() - {
        ids.dedup();
        ids.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_ends_in_the_state_that_is_true() {
    use DeliveryState::{Deferred, Failed, Queued, Sent, Uncertain};
    let late = Act::Delay(Duration::from_millis(400));
    let cases: &[(Fault, &[(DeliveryState, i64)])] = &[
        (Fault(Step::Connect, 0, Act::Say("421 4.3.2 too busy")), &[(Queued, 4)]),
        (Fault(Step::Connect, 0, Act::Stall), &[(Queued, 4)]),
        (Fault(Step::Ehlo, 0, Act::Drop), &[(Queued, 4)]),
        (Fault(Step::Mail, 2, Act::Say("451 4.7.1 slow down")), &[(Queued, 3), (Sent, 1)]),
        (Fault(Step::Mail, 2, Act::Say("421 4.3.2 closing")), &[(Sent, 4)]),
        (Fault(Step::Mail, 2, Act::Drop), &[(Sent, 4)]),
        (Fault(Step::Mail, 2, late), &[(Sent, 4)]),
        (Fault(Step::Rcpt, 2, Act::Say("450 4.2.1 busy")), &[(Deferred, 1), (Sent, 3)]),
        (Fault(Step::Rcpt, 2, Act::Say("550 5.1.1 no such reader")), &[(Failed, 1), (Sent, 3)]),
        (Fault(Step::Rcpt, 2, Act::Say("552 5.2.2 mailbox full")), &[(Failed, 1), (Sent, 3)]),
        (Fault(Step::Rcpt, 2, Act::Drop), &[(Sent, 4)]),
        (Fault(Step::Data, 2, Act::Say("554 5.5.1 no")), &[(Failed, 1), (Sent, 3)]),
        (Fault(Step::Data, 2, Act::Say("299 odd")), &[(Sent, 4)]),
        (Fault(Step::Data, 2, Act::Twice), &[(Sent, 4)]),
        (Fault(Step::Data, 2, Act::Stall), &[(Sent, 4)]),
        // A short text is on the wire whole before anybody can know that nobody reads it.
        (Fault(Step::Body, 2, Act::Drop), &[(Sent, 3), (Uncertain, 1)]),
        (Fault(Step::Dot, 2, Act::Say("554 5.6.0 refused")), &[(Failed, 1), (Sent, 3)]),
        (Fault(Step::Dot, 2, Act::Say("451 4.3.0 later")), &[(Deferred, 1), (Sent, 3)]),
        (Fault(Step::Dot, 2, Act::Say("421 4.3.0 closing")), &[(Deferred, 1), (Sent, 3)]),
        (Fault(Step::Dot, 2, Act::Say("299 odd")), &[(Sent, 3), (Uncertain, 1)]),
        (Fault(Step::Dot, 2, Act::Drop), &[(Sent, 3), (Uncertain, 1)]),
        (Fault(Step::Dot, 2, Act::Lose), &[(Sent, 3), (Uncertain, 1)]),
        (Fault(Step::Dot, 2, late), &[(Sent, 4)]),
        (Fault(Step::Dot, 2, Act::Twice), &[(Sent, 4)]),
        (Fault(Step::Mail, 2, Act::Twice), &[(Sent, 4)]),
        (Fault(Step::Rcpt, 2, Act::Twice), &[(Sent, 4)]),
    ];
    let mut world = World::new().await;
    for (fault, expected) in cases {
        let (states, relay) = world.after(&[*fault]).await;
        let expected: BTreeMap<_, _> = expected.iter().copied().collect();
        assert_eq!(states, expected, "{fault:?}");
        assert_eq!(twice(&relay), 0, "{fault:?}");
        assert!(relay.most_open() <= 2, "{fault:?}: the old connection is closed before a new one is used");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_is_never_taken_for_the_next_messages() {
    let script = [
        Fault(Step::Dot, 2, Act::Delay(Duration::from_secs(15))),
        Fault(Step::Dot, 3, Act::Say("554 5.7.1 spam")),
    ];
    let (states, _relay) = World::new().await.after(&script).await;
    let expected = [(DeliveryState::Failed, 1), (DeliveryState::Sent, 2), (DeliveryState::Uncertain, 1)];
    assert_eq!(states, expected.into_iter().collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_sent_is_sent_later_and_nothing_else() {
    let mut world = World::new().await;
    let (_, relay) = world
        .after(&[Fault(Step::Dot, 2, Act::Say("451 4.3.0 later")), Fault(Step::Dot, 3, Act::Drop)])
        .await;
    relay.follow(&[]);
    let app = &world.0;
    for _ in 0..4 {
        app.ctx.clock.set(app.ctx.clock.now() + TimeDelta::hours(1));
        send::run(&app.ctx).await.unwrap();
    }
    let states = deliveries::counts(&app.ctx.pool).await.unwrap();
    assert_eq!(states, [(DeliveryState::Sent, 3), (DeliveryState::Uncertain, 1)]);
    assert_eq!((relay.kept().len(), twice(&relay)), (READERS, 0));
}
