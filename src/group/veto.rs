//! What forbids that two items tell one event, however alike they sound: another version, paper, round or release.

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;

use super::candidate::Candidate;
use super::fingerprint::{Fingerprint, Round, Version};
use super::{glossary, numbers};
use crate::model::SourceKind;

/// Two sums that a company is said to have raised are two rounds if this much time lies between the news.
const ROUNDS_APART: TimeDelta = TimeDelta::days(3);

/// The larger of two sums of one round is no more than this many times the other: currencies, and what is counted in.
const SAME_SUM: f64 = 1.25;

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
    if matches!((&x.round, &y.round), (Some(p), Some(q)) if rounds_differ(p, q, apart) || sums_are_untold((p, x), (q, y)))
    {
        return Some("two rounds of funding");
    }
    if both(SourceKind::Github) && x.repository != y.repository {
        return Some("two repositories");
    }
    if versions_differ(&x.versions, &y.versions) {
        return Some("two versions");
    }
    let is_other_deed = |out: &Fingerprint, other: &Fingerprint| {
        let same = out.launched.iter().any(|v| other.versions.iter().any(|w| v.is_kin_of(w)));
        same && glossary::blow_is_untold(&other.bridges, &out.bridges)
    };
    (is_other_deed(x, y) || is_other_deed(y, x)).then_some("it came out, and something befell it")
}

fn rounds_differ(a: &Round, b: &Round, apart: TimeDelta) -> bool {
    let names_differ = matches!((&a.round, &b.round), (Some(p), Some(q)) if p != q);
    let sums_differ = !a.sums.is_empty() && !b.sums.is_empty() && a.sums.is_disjoint(&b.sums);
    a.company.is_disjoint(&b.company) || names_differ || (sums_differ && apart > ROUNDS_APART)
}

/// Each names a sum that the other says nothing of, and one is much larger; or one tells of money that came on top.
fn sums_are_untold((a, x): (&Round, &Fingerprint), (b, y): (&Round, &Fingerprint)) -> bool {
    let untold = |sums: &HashSet<String>, other: &Fingerprint| {
        !sums.is_empty() && !sums.iter().any(|sum| other.bridges.contains_key(sum))
    };
    let largest =
        |sums: &HashSet<String>| sums.iter().filter_map(|sum| numbers::value(sum)).fold(0.0, f64::max);
    let (p, q) = (largest(&a.sums), largest(&b.sums));
    let is_other_sum = untold(&a.sums, y) && untold(&b.sums, x) && p.max(q) > SAME_SUM * p.min(q);
    is_other_sum || a.is_further != b.is_further
}

/// Each headline names only subjects of which the other item says nothing; or, beside a common one, each has a name and a
/// sum of money of its own.
pub fn subjects_differ(a: &Candidate, b: &Candidate) -> bool {
    let untold = |from: &Candidate, to: &Candidate| {
        let (all, n) =
            (from.print.subjects.len(), from.print.subjects.iter().filter(|name| !to.says(name)).count());
        (n > 0 && n == all, n > 0)
    };
    let other_sum = |from: &Candidate, to: &Candidate| {
        let sums = numbers::money(&from.document.title);
        !sums.is_empty() && !sums.iter().any(|sum| to.print.bridges.contains_key(sum))
    };
    let ((all_of_a, some_of_a), (all_of_b, some_of_b)) = (untold(a, b), untold(b, a));
    (all_of_a && all_of_b) || (some_of_a && some_of_b && other_sum(a, b) && other_sum(b, a))
}

/// One product named in both titles, but in no common version.
fn versions_differ(a: &BTreeSet<Version>, b: &BTreeSet<Version>) -> bool {
    let agree = |v: &Version, w: &Version| {
        v.number == w.number && (v.variant == w.variant || v.variant.is_empty() || w.variant.is_empty())
    };
    let named: Vec<(&Version, &Version)> =
        a.iter().flat_map(|v| b.iter().filter(move |w| v.is_kin_of(w)).map(move |w| (v, w))).collect();
    !named.is_empty() && !named.iter().any(|(v, w)| agree(v, w))
}
