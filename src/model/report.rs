//! What a run did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What one run of one stage did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Counts by name, in the words of the stage ("items", "failed", …).
    pub counts: BTreeMap<String, u64>,
    /// What a person should know; one line each, no secrets, no addresses.
    pub warnings: Vec<String>,
}

impl Report {
    /// Adds `n` to the count `name`.
    pub fn add(&mut self, name: &str, n: u64) {
        *self.counts.entry(name.to_owned()).or_default() += n;
    }

    /// Adds what another part of the same stage did.
    pub fn absorb(&mut self, other: Self) {
        for (name, n) in other.counts {
            *self.counts.entry(name).or_default() += n;
        }
        self.warnings.extend(other.warnings);
    }

    /// The count `name`, 0 if it was never added to.
    pub fn count(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or_default()
    }
}
