//! What forbids that two items tell one event, however alike they sound: another version, paper, round or release.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::candidate::Candidate;
use super::fingerprint::{Fingerprint, Round, Version};
use super::glossary;
use crate::model::SourceKind;

/// Two sums that a company is said to have raised are two rounds if this much time lies between the news.
const ROUNDS_APART: TimeDelta = TimeDelta::days(3);

/// Why the two cannot tell one event, or `None`.
pub fn why(a: &Candidate, b: &Candidate) -> Option<&'static str> {
    let (x, y) = (&a.print, &b.print);
    let both = |kind: SourceKind| a.document.kind == kind && b.document.kind == kind;
    let apart = (a.document.at - b.document.at).abs();
    if x.is_roundup || y.is_roundup {
        return Some("a list of many events");
    }
    if both(SourceKind::Arxiv) || matches!((&x.paper, &y.paper), (Some(p), Some(q)) if p != q) {
        return Some("two papers");
    }
    if matches!((&x.round, &y.round), (Some(p), Some(q)) if rounds_differ(p, q, apart)) {
        return Some("two rounds of funding");
    }
    if both(SourceKind::Github) && x.repository != y.repository {
        return Some("two repositories");
    }
    if versions_differ(&x.versions, &y.versions) {
        return Some("two versions");
    }
    let is_other_deed = |out: &Fingerprint, other: &Fingerprint| {
        let same = out.launched.iter().any(|v| other.versions.iter().any(|w| v.name == w.name));
        same && glossary::blow_is_untold(&other.bridges, &out.bridges)
    };
    (is_other_deed(x, y) || is_other_deed(y, x)).then_some("it came out, and something befell it")
}

fn rounds_differ(a: &Round, b: &Round, apart: TimeDelta) -> bool {
    let names_differ = matches!((&a.round, &b.round), (Some(p), Some(q)) if p != q);
    let sums_differ = !a.sums.is_empty() && !b.sums.is_empty() && a.sums.is_disjoint(&b.sums);
    a.company.is_disjoint(&b.company) || names_differ || (sums_differ && apart > ROUNDS_APART)
}

/// One product named in both titles, but in no common version.
fn versions_differ(a: &BTreeSet<Version>, b: &BTreeSet<Version>) -> bool {
    let agree = |v: &Version, w: &Version| {
        v.number == w.number && (v.variant == w.variant || v.variant.is_empty() || w.variant.is_empty())
    };
    let named: Vec<(&Version, &Version)> =
        a.iter().flat_map(|v| b.iter().filter(move |w| v.name == w.name).map(move |w| (v, w))).collect();
    !named.is_empty() && !named.iter().any(|(v, w)| agree(v, w))
}
