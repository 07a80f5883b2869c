//! What a worker did, and when it is time to take the fault for the relay's. Pure.

use std::collections::BTreeMap;

use super::outcome::{Outcome, advice};
use crate::model::{DeliveryState, Report};

/// Messages in a row that the relay did not take, after which the fault is the relay's and no longer the readers'.
const MISSES: u32 = 20;

/// What an uncertain message counts in such a row: it cannot be made good.
const UNCERTAIN_MISSES: u32 = 7;

/// Most different replies that become warnings.
const MAX_WARNINGS: usize = 10;

/// Counts of one worker, or of all.
#[derive(Debug, Default)]
pub struct Tally {
    counts: BTreeMap<DeliveryState, u64>,
    /// How often each reply came that was not "taken".
    replies: BTreeMap<(DeliveryState, String), u64>,
    /// Misses in a row.
    misses: u32,
    /// Why the relay serves nobody, once that is known.
    down: Option<String>,
}

impl Tally {
    /// Counts one outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        let state = outcome.state();
        self.misses += match outcome {
            Outcome::Uncertain(_) => UNCERTAIN_MISSES,
            _ => 1,
        };
        if state == DeliveryState::Sent {
            self.misses = 0;
        }
        if matches!(outcome, Outcome::Down(..)) {
            self.down = Some(format!("{}{}", answer(outcome), advice(outcome.code())));
        } else if self.misses >= MISSES {
            self.down = Some(format!("{} (and nothing else for many in a row)", answer(outcome)));
        }
        if state != DeliveryState::Queued {
            *self.counts.entry(state).or_default() += 1;
        }
        if !matches!(state, DeliveryState::Queued | DeliveryState::Sent) {
            *self.replies.entry((state, outcome.words().to_owned())).or_default() += 1;
        }
    }

    /// Whether the relay serves nobody: nothing more should be handed to it now.
    pub fn is_down(&self) -> bool {
        self.down.is_some()
    }

    /// Why it does not, if so; what comes now is another relay's.
    pub fn take_down(&mut self) -> Option<String> {
        self.misses = if self.down.is_some() { 0 } else { self.misses };
        self.down.take()
    }

    /// Adds what another worker did.
    pub fn merge(&mut self, other: Self) {
        for (state, n) in other.counts {
            *self.counts.entry(state).or_default() += n;
        }
        for (reply, n) in other.replies {
            *self.replies.entry(reply).or_default() += n;
        }
    }

    /// Counts by state, and one warning for each different reply.
    pub fn tell(self, report: &mut Report) {
        for (state, n) in self.counts {
            report.add(state.as_str(), n);
        }
        let n_more = self.replies.len().saturating_sub(MAX_WARNINGS);
        for ((state, words), n) in self.replies.into_iter().take(MAX_WARNINGS) {
            report.warnings.push(format!("{n} {state}: {words}"));
        }
        if n_more > 0 {
            report.warnings.push(format!("and {n_more} more kinds of reply"));
        }
    }
}

fn answer(outcome: &Outcome) -> String {
    match outcome.code() {
        Some(code) => format!("{code} {}", outcome.words()),
        None => outcome.words().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Outcome {
        Outcome::Refused(Some(550), "5.1.1 no such reader".into())
    }

    fn taken() -> Outcome {
        Outcome::Accepted(Some(250), "ok".into())
    }

    #[test]
    fn a_row_of_misses_is_the_relays_fault_unless_something_was_taken() {
        let mut tally = Tally::default();
        (1..MISSES).for_each(|_| tally.add(&refused()));
        tally.add(&taken());
        (1..MISSES).for_each(|_| tally.add(&refused()));
        assert!(!tally.is_down());
        tally.add(&refused());
        assert!(tally.take_down().is_some_and(|why| why.starts_with("550 5.1.1 no such reader")));
        tally.add(&refused());
        assert!(!tally.is_down(), "another relay has a row of its own");
    }

    #[test]
    fn three_uncertain_ones_are_enough() {
        let mut tally = Tally::default();
        let lost = Outcome::Uncertain("connection lost".into());
        tally.add(&lost);
        tally.add(&lost);
        assert!(!tally.is_down());
        tally.add(&lost);
        assert!(tally.is_down());
    }

    #[test]
    fn equal_replies_are_one_warning() {
        let (mut one, mut two) = (Tally::default(), Tally::default());
        one.add(&refused());
        one.add(&taken());
        two.add(&refused());
        two.add(&Outcome::Down(None, "gone".into()));
        one.merge(two);
        let mut report = Report::default();
        one.tell(&mut report);
        assert_eq!((report.count("failed"), report.count("sent"), report.count("queued")), (2, 1, 0));
        assert_eq!(report.warnings, ["2 failed: 5.1.1 no such reader"]);
    }
}
