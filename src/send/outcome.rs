//! What an answer of the relay means for a delivery. Pure: phase, code and words in, one of five outcomes out.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use regex::Regex;

use crate::model::{DeliveryState, Report};

/// Pauses in minutes after the first, second, … failed attempt; the last one repeats until the issue expires.
const PAUSES: [i64; 5] = [5, 15, 60, 240, 720];

/// Most characters of a relay's words that are kept.
const MAX_REPLY: usize = 200;

/// "The relay wants a login": never one reader's fault.
const LOGIN_WANTED: [u16; 4] = [530, 534, 535, 538];

/// "I am closing this connection."
pub const CLOSING: u16 = 421;

/// What some say who mean "you are too fast".
const TOO_FAST: u16 = 454;

static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"[^\s<>()\[\]:;,"']+@[^\s<>()\]:;,"']+"#).ok());

/// How far a message had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Connection, greeting, TLS, login.
    Connect,
    /// The sender's address.
    Mail,
    /// The reader's address.
    Rcpt,
    /// "May I send?"
    Data,
    /// The text is, or may be, on the wire with its final dot.
    Dot,
}

/// What is known about a message after its attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The relay took it.
    Accepted(Option<u16>, String),
    /// Not now; nothing was delivered.
    Deferred(Option<u16>, String),
    /// Never, for this reader.
    Refused(Option<u16>, String),
    /// It may have been delivered.
    Uncertain(String),
    /// The relay serves nobody at the moment; nothing was delivered.
    Down(Option<u16>, String),
}

/// What an answer with `code` in `phase` means.
pub fn of_reply(phase: Phase, code: u16, words: &str) -> Outcome {
    let text = clean(words);
    match (phase, code) {
        (Phase::Dot, 250) => Outcome::Accepted(Some(code), text),
        // A refusal after the dot is an answer too: the relay declines responsibility. Any other code is not.
        (Phase::Dot, ..400 | 600..) => {
            Outcome::Uncertain(format!("the final dot was answered with {code} {text}"))
        }
        (Phase::Dot, CLOSING) => Outcome::Deferred(Some(code), text),
        (Phase::Connect | Phase::Mail, _) | (_, CLOSING) => Outcome::Down(Some(code), text),
        (_, code) if LOGIN_WANTED.contains(&code) => Outcome::Down(Some(code), text),
        (phase, 500..600) if is_policy(phase, words) => Outcome::Deferred(Some(code), text),
        (_, 500..600) => Outcome::Refused(Some(code), text),
        (_, code) => Outcome::Deferred(Some(code), text),
    }
}

/// What it means that no usable answer came in `phase`.
pub fn of_silence(phase: Phase, why: &str) -> Outcome {
    let text = clean(why);
    match phase {
        Phase::Connect | Phase::Mail => Outcome::Down(None, text),
        Phase::Rcpt | Phase::Data => Outcome::Deferred(None, text),
        Phase::Dot => Outcome::Uncertain(text),
    }
}

/// Refusals by policy (5.7.x: login, relaying, reputation) say nothing about the reader, and the operator can mend
/// their cause. Only a relay that took the reader and has now read the text means the text by 5.7.0 and 5.7.1.
fn is_policy(phase: Phase, words: &str) -> bool {
    let Some(rest) = words.trim_start().strip_prefix("5.7.") else { return false };
    let detail: String = rest.chars().take_while(char::is_ascii_digit).collect();
    phase != Phase::Dot || !matches!(detail.as_str(), "0" | "1")
}

/// One line without control characters and addresses, cut to length.
pub fn clean(words: &str) -> String {
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let line =
        ADDRESS.as_ref().map_or_else(String::new, |regex| regex.replace_all(&line, "(address)").into_owned());
    line.chars().take(MAX_REPLY).collect()
}

impl Outcome {
    /// The state of a mail that is no delivery, `what`, with a warning in the report where it was not sent.
    pub fn told(&self, what: &str, report: &mut Report) -> DeliveryState {
        let state = match self.state() {
            // The relay serves nobody: as if it had not been tried.
            DeliveryState::Queued => DeliveryState::Deferred,
            state => state,
        };
        if state != DeliveryState::Sent {
            report.warnings.push(format!("{what}: {state}: {}", self.words()));
        }
        state
    }

    /// The delivery's state after it.
    pub fn state(&self) -> DeliveryState {
        match self {
            Self::Accepted(..) => DeliveryState::Sent,
            Self::Deferred(..) => DeliveryState::Deferred,
            Self::Refused(..) => DeliveryState::Failed,
            Self::Uncertain(..) => DeliveryState::Uncertain,
            Self::Down(..) => DeliveryState::Queued,
        }
    }

    /// Whether the answer is about us and not about the reader: too fast, not authenticated, of bad reputation. Then the
    /// provider should be left alone for a while, not the reader.
    pub fn blames_sender(&self) -> bool {
        let Self::Deferred(Some(code), text) = self else { return false };
        *code == TOO_FAST || text.starts_with("4.7.") || text.starts_with("5.7.")
    }

    /// The relay's code, if it answered.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Accepted(code, _)
            | Self::Deferred(code, _)
            | Self::Refused(code, _)
            | Self::Down(code, _) => *code,
            Self::Uncertain(_) => None,
        }
    }

    /// The relay's words, or what we saw instead; clean.
    pub fn words(&self) -> &str {
        match self {
            Self::Accepted(_, text)
            | Self::Deferred(_, text)
            | Self::Refused(_, text)
            | Self::Uncertain(text)
            | Self::Down(_, text) => text,
        }
    }
}

/// What the operator can do about a relay that answered with `code`.
pub fn advice(code: Option<u16>) -> &'static str {
    match code {
        Some(534 | 535) => " (check mail.user and its password)",
        Some(530) => " (it wants a login, or TLS: see mail.user and mail.relay)",
        Some(538) => " (it wants TLS before the login: smtp+starttls:// or smtps:// in mail.relay)",
        Some(550..=559) => " (it does not take mail from mail.from)",
        _ => "",
    }
}

/// When a delivery is tried again that has now failed `attempts` times (from 1).
pub fn next_attempt(now: DateTime<Utc>, attempts: i32) -> DateTime<Utc> {
    let at = usize::try_from(attempts - 1).unwrap_or(0).min(PAUSES.len() - 1);
    now + TimeDelta::minutes(PAUSES[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_250_after_the_dot_is_sent() {
        assert_eq!(of_reply(Phase::Dot, 250, "queued as 1").state(), DeliveryState::Sent);
        for code in [200, 251, 354] {
            assert_eq!(of_reply(Phase::Dot, code, "?").state(), DeliveryState::Uncertain, "{code}");
        }
    }

    #[test]
    fn a_reader_is_refused_only_by_an_answer_about_the_reader() {
        use DeliveryState::{Deferred, Failed, Queued};
        for (phase, code, words, state) in [
            (Phase::Rcpt, 550, "5.1.1 no such user", Failed),
            (Phase::Rcpt, 452, "4.2.2 mailbox full", Deferred),
            (Phase::Rcpt, 554, "5.7.1 relay access denied", Deferred),
            (Phase::Rcpt, 530, "5.7.0 authentication required", Queued),
            (Phase::Rcpt, 421, "4.3.2 closing", Queued),
            (Phase::Mail, 550, "5.1.8 sender refused", Queued),
            (Phase::Mail, 451, "4.7.1 too fast", Queued),
            (Phase::Connect, 535, "5.7.8 bad password", Queued),
            (Phase::Data, 554, "no valid recipients", Failed),
            (Phase::Dot, 554, "5.6.0 message refused", Failed),
            (Phase::Dot, 550, "5.7.26 unauthenticated", Deferred),
            (Phase::Dot, 554, "5.7.1 spam", Failed),
            (Phase::Dot, 421, "closing", Deferred),
            (Phase::Dot, 451, "try later", Deferred),
        ] {
            assert_eq!(of_reply(phase, code, words).state(), state, "{phase:?} {code} {words}");
        }
    }

    #[test]
    fn silence_is_uncertain_only_after_the_dot() {
        use DeliveryState::{Deferred, Queued, Uncertain};
        let states = [Phase::Connect, Phase::Mail, Phase::Rcpt, Phase::Data, Phase::Dot]
            .map(|phase| of_silence(phase, "connection lost").state());
        assert_eq!(states, [Queued, Queued, Deferred, Deferred, Uncertain]);
    }

    #[test]
    fn what_is_kept_of_a_reply_names_nobody() {
        let reply = "5.1.1 <Ada.L@example.org>: Recipient\r\naddress rejected (bob@example.com)\u{7}";
        assert_eq!(clean(reply), "5.1.1 <(address)>: Recipient address rejected ((address))");
        assert_eq!(clean(&"长".repeat(500)).chars().count(), MAX_REPLY);
    }

    #[test]
    fn who_is_too_fast_is_blamed_not_the_reader() {
        for (phase, code, words, is_ours) in [
            (Phase::Rcpt, 450, "4.7.1 greylisted", true),
            (Phase::Rcpt, 454, "throttled", true),
            (Phase::Dot, 421, "4.3.0 closing", false),
            (Phase::Dot, 550, "5.7.26 unauthenticated", true),
            (Phase::Rcpt, 452, "4.2.2 mailbox full", false),
            (Phase::Rcpt, 550, "5.1.1 no such user", false),
        ] {
            assert_eq!(of_reply(phase, code, words).blames_sender(), is_ours, "{code} {words}");
        }
        assert!(!of_silence(Phase::Data, "connection lost").blames_sender());
    }

    #[test]
    fn pauses_grow_to_half_a_day() {
        let now: DateTime<Utc> = "2026-05-06T08:00:00Z".parse().unwrap();
        let minutes = [1, 2, 3, 4, 5, 6, 99].map(|n| (next_attempt(now, n) - now).num_minutes());
        assert_eq!(minutes, [5, 15, 60, 240, 720, 720, 720]);
    }
}
