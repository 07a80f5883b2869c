//! Where letters go, from the settings.

use std::time::Duration;

use anyhow::Context as _;

use super::message::Sender;
use super::outbox::Outbox;
use super::pace::Limit;
use super::relay::{self, Login};
use super::target::Target;
use super::worker::Route;
use crate::config::{MailTransport, RelaySettings};
use crate::context::Context;

/// The outbox, or all relays in the order in which they are tried.
///
/// # Errors
/// An address, a certificate or a login that is none.
pub fn routes(ctx: &Context, sender: &Sender) -> anyhow::Result<Vec<Route>> {
    let mail = &ctx.settings.mail;
    if mail.transport == MailTransport::Outbox {
        let folder = mail.outbox.clone().unwrap_or_else(|| ctx.settings.home.join("outbox"));
        return Ok(vec![Route::Outbox(Outbox::new(folder))]);
    }
    let step = Duration::from_secs(mail.step_seconds.max(1));
    mail.all_relays().iter().map(|relay| smtp(relay, sender, step)).collect()
}

fn smtp(relay: &RelaySettings, sender: &Sender, step: Duration) -> anyhow::Result<Route> {
    let target = Target::parse(&relay.relay)?;
    let login = match (&relay.user, &relay.password) {
        (user, Some(password)) if !user.is_empty() => {
            Some(Login { user: user.clone(), password: password.clone() })
        }
        (user, None) if !user.is_empty() => {
            anyhow::bail!("the relay {target} has a user, but there is no password for it")
        }
        _ => None,
    };
    let authority = match &relay.ca_file {
        Some(path) => {
            let pem = std::fs::read(path)
                .with_context(|| format!("cannot read mail.ca_file {}", path.display()))?;
            Some(relay::authority(&pem)?)
        }
        None => None,
    };
    let limits = Limit::all(relay.per_second, relay.per_minute, relay.per_day);
    let settings = relay::Settings { target, authority, login, from: sender.from.email.clone(), step };
    Ok(Route::Smtp(settings, limits))
}
