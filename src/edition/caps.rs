//! Nobody floods an issue: how often an owner, a source, a company, a lane or a repository may stand in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::config::DigestSettings;
use crate::model::{Candidate, Judged, StoryId};

/// Most unconfirmed stories: they stand apart and stay few.
const RUMOURS: usize = 3;

/// What stands in the issue so far.
#[derive(Debug)]
pub struct Caps<'a> {
    rules: &'a DigestSettings,
    companies: &'a BTreeMap<StoryId, String>,
    by_name: HashMap<(Kind, &'a str), usize>,
    releases: HashSet<i64>,
    n_rumours: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Owner,
    Source,
    Company,
    Lane,
}

impl<'a> Caps<'a> {
    /// Of an empty issue.
    pub fn new(rules: &'a DigestSettings, companies: &'a BTreeMap<StoryId, String>) -> Self {
        Self { rules, companies, by_name: HashMap::new(), releases: HashSet::new(), n_rumours: 0 }
    }

    /// Rumours that stand in it.
    pub fn n_rumours(&self) -> usize {
        self.n_rumours
    }

    /// Whether one more story of this kind may enter.
    pub fn allow(&self, candidate: &'a Candidate, judged: &'a Judged) -> bool {
        self.names(candidate, judged).all(|(kind, name)| {
            self.by_name.get(&(kind, name)).copied().unwrap_or_default() < self.most(kind)
        }) && candidate.release_line.is_none_or(|line| !self.releases.contains(&line))
            && !(judged.rumour && self.n_rumours >= RUMOURS)
    }

    /// Counts a story that entered.
    pub fn enter(&mut self, candidate: &'a Candidate, judged: &'a Judged) {
        let names: Vec<_> = self.names(candidate, judged).collect();
        for name in names {
            *self.by_name.entry(name).or_default() += 1;
        }
        self.releases.extend(candidate.release_line);
        self.n_rumours += usize::from(judged.rumour);
    }

    fn names(
        &self,
        candidate: &'a Candidate,
        judged: &'a Judged,
    ) -> impl Iterator<Item = (Kind, &'a str)> + use<'a> {
        let company = self.companies.get(&candidate.id).map(String::as_str);
        let lane = (!judged.rumour).then_some(judged.lane.as_str());
        [
            (Kind::Owner, Some(candidate.owner.as_str())),
            (Kind::Source, Some(candidate.source.as_str())),
            (Kind::Company, company),
            (Kind::Lane, lane),
        ]
        .into_iter()
        .filter_map(|(kind, name)| Some((kind, name?)))
    }

    fn most(&self, kind: Kind) -> usize {
        match kind {
            Kind::Owner => self.rules.per_owner,
            Kind::Source => self.rules.per_source,
            Kind::Company => self.rules.per_company,
            Kind::Lane => self.rules.per_lane,
        }
    }
}
