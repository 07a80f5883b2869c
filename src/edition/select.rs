//! Which stories an issue tells, and in which section. By rule, from the verdicts alone: the same candidates
//! always make the same issue.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::caps::Caps;
use crate::config::DigestSettings;
use crate::model::{Candidate, Edits, Entity, EntityKind, Focus, Judged, Lane, Language, StoryId, Verdict};

/// Stories at the top, if there are as many; one more if it is nearly as good and of another lane.
const LEADS: usize = 3;

/// Most of them that tell of one lane, if another lane has a story that is nearly as good.
const LEADS_OF_A_LANE: usize = 2;

/// Nearly as good: at least this part of the third best score.
const NEARLY: f32 = 0.9;

/// Stories of each long-term question beyond those that the sections above tell already.
const PER_FOCUS: usize = 2;

/// Room that the ranking leaves to the long-term questions, as a part of an issue: a seventh.
const FOCUS_SHARE: usize = 7;

/// Left-out stories that are named.
const DROPPED: usize = 5;

/// A quiet week fills less than this part of an issue, rumours not counted: a quarter.
const QUIET_SHARE: usize = 4;

/// Reasons for which a story is left out without being named: it is no news of this industry, or an earlier issue told it.
const UNNAMED: [&str; 3] = ["off-topic", "told-before", "same-event"];

/// What an issue tells, by id.
#[derive(Debug, Default, PartialEq)]
pub struct Selection {
    /// Section key and its stories, in order of reading; of the empty ones only the long-term questions are there.
    pub sections: Vec<(String, Vec<StoryId>)>,
    /// Little happened.
    pub quiet: bool,
    /// Stories that were considered.
    pub n_stories: i64,
    /// Considered, but not told, by reason ("no-room": good enough, but the issue was full; "one-voice": its owner, source
    /// or company has enough stories in it already).
    pub dropped_counts: BTreeMap<String, i64>,
}

/// What choosing goes by, beside the candidates.
#[derive(Clone, Copy, Debug)]
pub struct Wishes<'a> {
    /// The operator's rules.
    pub rules: &'a DigestSettings,
    /// Which company a story is about.
    pub companies: &'a BTreeMap<StoryId, String>,
    /// Stories that may not enter, with the reason.
    pub excluded: &'a BTreeMap<StoryId, &'static str>,
    /// Stories that carry on what an earlier issue told.
    pub followups: &'a HashSet<StoryId>,
    /// What the operator changed.
    pub edits: &'a Edits,
}

/// Chooses. The order of `candidates` does not matter.
pub fn select(candidates: &[Candidate], wishes: Wishes<'_>) -> Selection {
    let rules = wishes.rules;
    let ranked = ranked(candidates, rules.floor, (wishes.excluded, &wishes.edits.pinned));
    let mut issue = Issue { rules, shown: HashSet::new(), caps: Caps::new(rules, wishes.companies) };
    let leads = leads(&mut issue, &ranked, wishes.edits);
    // Every lane has its best story in the issue before any lane has its second.
    for lane in Lane::ALL {
        issue.take(&ranked, 1, |_, judged| judged.lane == *lane && !judged.rumour);
    }
    let for_focus = rules.max_stories / FOCUS_SHARE;
    issue.take(&ranked, rules.max_stories.saturating_sub(issue.shown.len() + for_focus), |_, _| true);
    let focus: Vec<_> = Focus::ALL
        .iter()
        .map(|focus| {
            let best = |story: &Ranked<'_>, judged: &Judged| {
                judged.focus.contains(focus)
                    && !judged.rumour
                    && judged.lane != Lane::Funding
                    && !wishes.followups.contains(&story.candidate.id)
            };
            (format!("focus-{focus}"), issue.take(&ranked, PER_FOCUS, best))
        })
        .collect();
    issue.take(&ranked, rules.max_stories, |_, _| true);
    let n_confirmed = issue.shown.len() - issue.caps.n_rumours();
    let quiet = n_confirmed * QUIET_SHARE < rules.max_stories;
    let mut sections = sections(&ranked, &issue.shown, (leads, focus), wishes);
    sections.push(("dropped".to_owned(), loudest(candidates, wishes.edits)));
    sections.retain(|(name, ids)| !ids.is_empty() || name.starts_with("focus-"));
    Selection {
        sections,
        quiet,
        n_stories: i64::try_from(candidates.len()).unwrap_or(i64::MAX),
        dropped_counts: count_dropped(candidates, wishes, &issue.shown),
    }
}

/// The best `n` that an issue could tell: their texts are worth loading.
pub fn best(candidates: &[Candidate], rules: &DigestSettings, n: usize) -> Vec<StoryId> {
    ranked(candidates, rules.floor, (&BTreeMap::new(), &[]))
        .into_iter()
        .take(n)
        .map(|story| story.candidate.id)
        .collect()
}

/// The company that a story is about: the first that its headline names, else its only one.
pub fn company_of(verdict: &Verdict) -> Option<String> {
    let companies = || verdict.entities.iter().filter(|entity| entity.kind == EntityKind::Company);
    let names = |headline: &str| {
        let at = |entity: &&Entity| {
            let forms = [Some(&entity.name), entity.en.as_ref(), entity.zh.as_ref()];
            forms.into_iter().flatten().filter_map(|form| headline.find(form.as_str())).min()
        };
        companies().filter_map(|entity| Some((at(&entity)?, entity))).min_by_key(|(at, _)| *at)
    };
    let headlines = Language::ALL.iter().filter_map(|language| verdict.headline.get(language));
    let named = headlines.filter_map(|headline| names(headline)).map(|(_, entity)| entity).next();
    let only = || companies().next().filter(|_| companies().count() == 1);
    named.or_else(only).map(|entity| entity.en.as_ref().unwrap_or(&entity.name).to_lowercase())
}

/// Good enough to be told and not excluded, or pinned; the best first.
fn ranked<'a>(
    candidates: &'a [Candidate],
    floor: f32,
    (excluded, pinned): (&BTreeMap<StoryId, &'static str>, &[StoryId]),
) -> Vec<Ranked<'a>> {
    let good = candidates.iter().filter_map(|candidate| {
        let judged = candidate.judged.as_ref()?;
        let is_good =
            judged.dropped.is_none() && judged.score >= floor && !excluded.contains_key(&candidate.id);
        (is_good || pinned.contains(&candidate.id)).then_some((candidate, judged))
    });
    let mut good: Vec<_> = good.collect();
    good.sort_by(|a, b| before(*a, *b));
    let mut owners = HashSet::new();
    good.into_iter()
        .map(|(candidate, judged)| Ranked {
            candidate,
            judged,
            is_first_of_its_owner: owners.insert(candidate.owner.as_str()),
        })
        .collect()
}

/// Score, then owners, then id: no two stories are equal.
fn before(a: (&Candidate, &Judged), b: (&Candidate, &Judged)) -> Ordering {
    b.1.score.total_cmp(&a.1.score).then(b.0.n_owners.cmp(&a.0.n_owners)).then(a.0.id.cmp(&b.0.id))
}

#[derive(Clone, Copy)]
struct Ranked<'a> {
    candidate: &'a Candidate,
    judged: &'a Judged,
    is_first_of_its_owner: bool,
}

/// The issue while it fills.
struct Issue<'a> {
    rules: &'a DigestSettings,
    shown: HashSet<StoryId>,
    caps: Caps<'a>,
}

impl<'a> Issue<'a> {
    /// Takes the best `n` that are `wanted`, not yet shown and within the caps.
    fn take(
        &mut self,
        ranked: &[Ranked<'a>],
        n: usize,
        mut wanted: impl FnMut(&Ranked<'a>, &Judged) -> bool,
    ) -> Vec<StoryId> {
        let mut taken = Vec::new();
        for story in ranked {
            if taken.len() == n || self.shown.len() >= self.rules.max_stories {
                break;
            }
            let is_free = !self.shown.contains(&story.candidate.id);
            if is_free && self.caps.allow(story.candidate, story.judged) && wanted(story, story.judged) {
                self.enter(story);
                taken.push(story.candidate.id);
            }
        }
        taken
    }

    fn enter(&mut self, story: &Ranked<'a>) {
        self.shown.insert(story.candidate.id);
        self.caps.enter(story.candidate, story.judged);
    }
}

/// What the operator pinned, else the best: one of each owner, not all of one lane.
fn leads<'a>(issue: &mut Issue<'a>, ranked: &[Ranked<'a>], edits: &Edits) -> Vec<StoryId> {
    let mut leads = Vec::new();
    for id in &edits.pinned {
        if let Some(story) = ranked.iter().find(|story| story.candidate.id == *id && !leads.contains(id)) {
            issue.enter(story);
            leads.push(*id);
        }
    }
    let may_lead = |story: &Ranked<'_>| !story.judged.rumour && story.is_first_of_its_owner;
    let third = ranked.iter().filter(|story| may_lead(story)).nth(LEADS - 1);
    let bar = third.map_or(f32::MAX, |story| story.judged.score * NEARLY);
    let mut of_lane: HashMap<Lane, usize> = HashMap::new();
    let mut other_lanes = |story: &Ranked<'_>, most: usize| {
        let n = of_lane.entry(story.judged.lane).or_default();
        let fits = may_lead(story) && story.judged.score >= bar && *n < most;
        *n += usize::from(fits);
        fits
    };
    let room = LEADS.saturating_sub(leads.len());
    leads.extend(issue.take(ranked, room, |story, _| other_lanes(story, LEADS_OF_A_LANE)));
    let room = LEADS.saturating_sub(leads.len());
    leads.extend(issue.take(ranked, room, |story, _| may_lead(story)));
    if edits.pinned.is_empty() {
        leads.extend(issue.take(ranked, 1, |story, _| other_lanes(story, 1)));
    }
    leads
}

/// Puts each shown story into one section.
fn sections(
    ranked: &[Ranked<'_>],
    shown: &HashSet<StoryId>,
    (leads, focus): (Vec<StoryId>, Vec<(String, Vec<StoryId>)>),
    wishes: Wishes<'_>,
) -> Vec<(String, Vec<StoryId>)> {
    let placed: HashSet<StoryId> =
        leads.iter().chain(focus.iter().flat_map(|(_, ids)| ids)).copied().collect();
    let rest = |wanted: &dyn Fn(&Judged, bool) -> bool| -> Vec<StoryId> {
        let stays = |story: &&Ranked<'_>| {
            let id = story.candidate.id;
            shown.contains(&id)
                && !placed.contains(&id)
                && wanted(story.judged, wishes.followups.contains(&id))
        };
        ranked.iter().filter(stays).map(|story| story.candidate.id).collect()
    };
    let mut sections = vec![("leads".to_owned(), leads)];
    for lane in Lane::ALL {
        // A round stands in the table of money, also if it is one of several of the same company.
        let here = |judged: &Judged, follows: bool| {
            judged.lane == *lane && !judged.rumour && (!follows || *lane == Lane::Funding)
        };
        sections.push((lane.to_string(), rest(&here)));
    }
    sections.extend(focus);
    sections.push(("rumours".to_owned(), rest(&|judged, _| judged.rumour)));
    let carries_on = |judged: &Judged, follows| follows && !judged.rumour && judged.lane != Lane::Funding;
    sections.push(("followups".to_owned(), rest(&carries_on)));
    for (_, ids) in sections.iter_mut().skip(1) {
        ids.sort_by_key(|id| wishes.edits.order.iter().position(|wanted| wanted == id).unwrap_or(usize::MAX));
    }
    sections
}

fn count_dropped(
    candidates: &[Candidate],
    wishes: Wishes<'_>,
    shown: &HashSet<StoryId>,
) -> BTreeMap<String, i64> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    let is_full = shown.len() >= wishes.rules.max_stories;
    for candidate in candidates.iter().filter(|candidate| !shown.contains(&candidate.id)) {
        if let Some(judged) = &candidate.judged {
            let reason = reason((candidate, judged), (wishes.rules.floor, wishes.excluded, is_full));
            *counts.entry(reason.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// Why a judged story that is not shown is not shown.
pub fn reason<'a>(
    (candidate, judged): (&Candidate, &'a Judged),
    (floor, excluded, is_full): (f32, &BTreeMap<StoryId, &'static str>, bool),
) -> &'a str {
    match &judged.dropped {
        Some(reason) => reason,
        None if judged.score < floor => "low-score",
        None => match excluded.get(&candidate.id) {
            Some(reason) => reason,
            None if is_full => "no-room",
            // A cap held it back: enough of its owner, another release of the same repository, or enough rumours.
            None => "one-voice",
        },
    }
}

/// Screened out although many told it.
fn loudest(candidates: &[Candidate], edits: &Edits) -> Vec<StoryId> {
    let named = |candidate: &&Candidate| {
        let dropped = candidate.judged.as_ref().and_then(|judged| judged.dropped.as_deref());
        dropped.is_some_and(|reason| !UNNAMED.contains(&reason)) && !edits.pinned.contains(&candidate.id)
    };
    let mut loud: Vec<_> = candidates.iter().filter(named).collect();
    loud.sort_by_key(|candidate| {
        (std::cmp::Reverse(candidate.n_owners), std::cmp::Reverse(candidate.n_items), candidate.id)
    });
    loud.into_iter().take(DROPPED).map(|candidate| candidate.id).collect()
}
