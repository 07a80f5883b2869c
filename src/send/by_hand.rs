//! What an operator does by hand: one letter as a test, and the relay's log as evidence.

use anyhow::Context as _;

use super::maillog::{self, Fate};
use super::message::build;
use super::outcome::Outcome;
use super::relay::Relay;
use super::routes::routes;
use super::sender;
use super::worker::Route;
use crate::address;
use crate::context::Context;
use crate::model::{DeliveryId, DeliveryState, Language, SubscriberId};
use crate::store::deliveries::{self, Claimed};
use crate::store::delivery_report;

/// What a log settled.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Reconciled {
    /// Uncertain ones that the relay had taken.
    pub sent: u64,
    /// Uncertain ones that came back to the relay.
    pub failed: u64,
    /// Still uncertain: the log does not speak of them.
    pub uncertain: i64,
}

/// Settles what is uncertain by the log of a Postfix relay.
///
/// # Errors
/// The database fails.
pub async fn reconcile(ctx: &Context, log: &str) -> anyhow::Result<Reconciled> {
    let mut done = Reconciled::default();
    for (id, fate) in maillog::read(log.lines()) {
        let (state, words) = match &fate {
            Fate::Taken(words) => (DeliveryState::Sent, words),
            Fate::Bounced(words) => (DeliveryState::Failed, words),
        };
        let words = format!("by the relay's log: {words}");
        let now = ctx.clock.now();
        if delivery_report::settle_uncertain(&ctx.pool, &id, (state, &words), now).await? {
            match fate {
                Fate::Taken(_) => done.sent += 1,
                Fate::Bounced(_) => done.failed += 1,
            }
        }
    }
    done.uncertain = delivery_report::n_uncertain(&ctx.pool).await?;
    Ok(done)
}

/// Mails the newest issue once to `to`, outside the ledger, marked in its subject. Gives the relay's words.
///
/// # Errors
/// There is no issue, or the relay does not take it.
pub async fn test_letter(ctx: &Context, to: &str, language: Language) -> anyhow::Result<String> {
    let newest = delivery_report::newest(&ctx.pool).await?;
    let (issue_id, kind, number) = newest.context("no issue is published yet: headsup publish weekly")?;
    let letter = deliveries::letter(&ctx.pool, issue_id, language).await?;
    let mut letter = letter.context("the issue has no text")?;
    letter.subject = format!("[test] {}", letter.subject);
    let sender = sender(ctx).await?;
    let now = ctx.clock.now();
    let delivery = Claimed {
        id: DeliveryId(0),
        issue_id,
        kind,
        series: kind.to_string(),
        number,
        address: to.to_owned(),
        language,
        topics: Vec::new(),
        message_id: format!("test-{:032x}@{}", rand::random::<u128>(), sender.domain()),
        attempts: 0,
        // Nobody's: its links show how they look and change nothing.
        token: "0".repeat(32),
        subscriber_id: SubscriberId(0),
        queued_at: now,
        dated_at: None,
        domain_group: address::check(to).unwrap_or_default(),
        sent_before: None,
    };
    let message = build(&sender, &delivery, &letter, now)?;
    let routes = routes(ctx, &sender)?;
    let outcome = match routes.first().context("there is no relay")? {
        Route::Outbox(outbox) => {
            outbox.put_as(format!("test-{kind}-{number}-{language}.eml"), &message).await
        }
        Route::Smtp(settings, _) => {
            let mut relay = Relay::new(settings.clone());
            let outcome = relay.send(to, &message).await;
            relay.close().await;
            outcome
        }
    };
    match outcome {
        Outcome::Accepted(_, words) => Ok(words),
        other => anyhow::bail!("{}: {}", other.state(), other.words()),
    }
}
