//! Which stories an issue tells, and in which section. By rule, from the verdicts alone: the same candidates
//! always make the same issue.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::config::DigestSettings;
use crate::model::{Focus, Lane, StoryId};
use crate::store::issues::{Candidate, Judged};

/// Stories at the top.
const LEADS: usize = 3;

/// Most unconfirmed stories: they stand apart and stay few.
const RUMOURS: usize = 3;

/// Stories of each long-term question beyond those that the sections above tell already.
const PER_FOCUS: usize = 2;

/// Room that the ranking leaves to the long-term questions, as a part of an issue: a seventh.
const FOCUS_SHARE: usize = 7;

/// Left-out stories that are named.
const DROPPED: usize = 5;

/// A quiet week fills less than this part of an issue, rumours not counted: a quarter.
const QUIET_SHARE: usize = 4;

/// Reasons for which a story is left out without being named: it is no news of this industry.
const UNNAMED: [&str; 1] = ["off-topic"];

/// What an issue tells, by id.
#[derive(Debug, Default, PartialEq)]
pub struct Selection {
    /// Section key and its stories, in order of reading; none is empty.
    pub sections: Vec<(String, Vec<StoryId>)>,
    /// Little happened.
    pub quiet: bool,
    /// Stories that were considered.
    pub n_stories: i64,
    /// Considered, but not told, by reason ("no-room": good enough, but the issue was full; "one-voice": its
    /// owner has enough stories in it already).
    pub dropped_counts: BTreeMap<String, i64>,
}

/// Chooses. The order of `candidates` does not matter.
pub fn select(candidates: &[Candidate], rules: &DigestSettings) -> Selection {
    let ranked = ranked(candidates, rules.floor);
    let mut issue = Issue {
        rules,
        shown: HashSet::new(),
        by_owner: HashMap::new(),
        releases: HashSet::new(),
        n_rumours: 0,
    };
    let leads = issue.take(&ranked, LEADS, |other, judged| !judged.rumour && other.is_first_of_its_owner);
    // Every lane has its best story in the issue before any lane has its second.
    for lane in Lane::ALL {
        issue.take(&ranked, 1, |_, judged| judged.lane == *lane && !judged.rumour);
    }
    let for_focus = rules.max_stories / FOCUS_SHARE;
    issue.take(&ranked, rules.max_stories.saturating_sub(issue.shown.len() + for_focus), |_, _| true);
    let focus: Vec<_> = Focus::ALL
        .iter()
        .map(|focus| {
            let best = |_: &Ranked, judged: &Judged| judged.focus.contains(focus) && !judged.rumour;
            (format!("focus-{focus}"), issue.take(&ranked, PER_FOCUS, best))
        })
        .collect();
    issue.take(&ranked, rules.max_stories, |_, _| true);
    let sections = sections(&ranked, &issue.shown, leads, focus);
    let n_confirmed = issue.shown.len() - issue.n_rumours;
    let quiet = n_confirmed * QUIET_SHARE < rules.max_stories;
    Selection { quiet, ..with_dropped(candidates, rules, &issue.shown, sections) }
}

/// Good enough to be told; the best first.
fn ranked(candidates: &[Candidate], floor: f32) -> Vec<Ranked<'_>> {
    let good = candidates.iter().filter_map(|candidate| {
        let judged = candidate.judged.as_ref()?;
        (judged.dropped.is_none() && judged.score >= floor).then_some((candidate, judged))
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

struct Ranked<'a> {
    candidate: &'a Candidate,
    judged: &'a Judged,
    is_first_of_its_owner: bool,
}

/// The issue while it fills.
struct Issue<'a> {
    rules: &'a DigestSettings,
    shown: HashSet<StoryId>,
    by_owner: HashMap<&'a str, usize>,
    releases: HashSet<i64>,
    n_rumours: usize,
}

impl<'a> Issue<'a> {
    /// Takes the best `n` that are `wanted`, not yet shown and within the caps.
    fn take(
        &mut self,
        ranked: &[Ranked<'a>],
        n: usize,
        wanted: impl Fn(&Ranked<'a>, &Judged) -> bool,
    ) -> Vec<StoryId> {
        let mut taken = Vec::new();
        for story in ranked {
            if taken.len() == n || self.shown.len() >= self.rules.max_stories {
                break;
            }
            if wanted(story, story.judged) && self.has_room_for(story) {
                self.shown.insert(story.candidate.id);
                *self.by_owner.entry(&story.candidate.owner).or_default() += 1;
                self.releases.extend(story.candidate.release_line);
                self.n_rumours += usize::from(story.judged.rumour);
                taken.push(story.candidate.id);
            }
        }
        taken
    }

    fn has_room_for(&self, story: &Ranked<'_>) -> bool {
        let of_owner = self.by_owner.get(story.candidate.owner.as_str()).copied().unwrap_or_default();
        !self.shown.contains(&story.candidate.id)
            && of_owner < self.rules.per_owner
            && story.candidate.release_line.is_none_or(|line| !self.releases.contains(&line))
            && !(story.judged.rumour && self.n_rumours >= RUMOURS)
    }
}

/// Puts each shown story into one section.
fn sections(
    ranked: &[Ranked<'_>],
    shown: &HashSet<StoryId>,
    leads: Vec<StoryId>,
    focus: Vec<(String, Vec<StoryId>)>,
) -> Vec<(String, Vec<StoryId>)> {
    let placed: HashSet<StoryId> =
        leads.iter().chain(focus.iter().flat_map(|(_, ids)| ids)).copied().collect();
    let rest = |wanted: &dyn Fn(&Judged) -> bool| -> Vec<StoryId> {
        let stays = |story: &&Ranked<'_>| {
            shown.contains(&story.candidate.id)
                && !placed.contains(&story.candidate.id)
                && wanted(story.judged)
        };
        ranked.iter().filter(stays).map(|story| story.candidate.id).collect()
    };
    let mut sections = vec![("leads".to_owned(), leads)];
    for lane in Lane::ALL {
        sections.push((lane.to_string(), rest(&|judged| judged.lane == *lane && !judged.rumour)));
    }
    sections.extend(focus);
    sections.push(("rumours".to_owned(), rest(&|judged| judged.rumour)));
    sections
}

/// Adds what was left out: the loudest by name, all by number.
fn with_dropped(
    candidates: &[Candidate],
    rules: &DigestSettings,
    shown: &HashSet<StoryId>,
    mut sections: Vec<(String, Vec<StoryId>)>,
) -> Selection {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| !shown.contains(&candidate.id)) {
        if let Some(judged) = &candidate.judged {
            let is_full = shown.len() >= rules.max_stories;
            *counts.entry(reason(judged, rules.floor, is_full).to_owned()).or_default() += 1;
        }
    }
    sections.push(("dropped".to_owned(), loudest(candidates)));
    sections.retain(|(_, ids)| !ids.is_empty());
    Selection {
        sections,
        quiet: false,
        n_stories: i64::try_from(candidates.len()).unwrap_or(i64::MAX),
        dropped_counts: counts,
    }
}

/// Why a judged story that is not shown is not shown.
fn reason(judged: &Judged, floor: f32, is_full: bool) -> &str {
    match &judged.dropped {
        Some(reason) => reason,
        None if judged.score < floor => "low-score",
        None if is_full => "no-room",
        // A cap held it back: enough of its owner, another release of the same repository, or enough rumours.
        None => "one-voice",
    }
}

/// Screened out although many told it.
fn loudest(candidates: &[Candidate]) -> Vec<StoryId> {
    let named = |candidate: &&Candidate| {
        let dropped = candidate.judged.as_ref().and_then(|judged| judged.dropped.as_deref());
        dropped.is_some_and(|reason| !UNNAMED.contains(&reason))
    };
    let mut loud: Vec<_> = candidates.iter().filter(named).collect();
    loud.sort_by_key(|candidate| {
        (std::cmp::Reverse(candidate.n_owners), std::cmp::Reverse(candidate.n_items), candidate.id)
    });
    loud.into_iter().take(DROPPED).map(|candidate| candidate.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(id: i64, lane: Lane, score: f32) -> Candidate {
        Candidate {
            id: StoryId(id),
            owner: format!("owner {id}"),
            n_owners: 1,
            n_items: 1,
            paper: false,
            release_line: None,
            judged: Some(Judged { lane, focus: Vec::new(), rumour: false, score, dropped: None }),
        }
    }

    fn with(mut candidate: Candidate, change: impl FnOnce(&mut Judged)) -> Candidate {
        change(candidate.judged.as_mut().unwrap());
        candidate
    }

    fn rules(max_stories: usize) -> DigestSettings {
        DigestSettings { max_stories, floor: 2.0, per_owner: 3 }
    }

    fn section(selection: &Selection, name: &str) -> Vec<i64> {
        let found = selection.sections.iter().find(|(key, _)| key == name);
        found.map(|(_, ids)| ids.iter().map(|id| id.0).collect()).unwrap_or_default()
    }

    fn n_told(selection: &Selection) -> usize {
        selection.sections.iter().filter(|(name, _)| name != "dropped").map(|(_, ids)| ids.len()).sum()
    }

    #[test]
    fn the_three_best_lead_and_the_rest_stand_by_lane() {
        let candidates: Vec<_> =
            (1..=8).map(|id| story(id, Lane::ALL[id as usize % 5], id as f32 + 2.0)).collect();
        let selection = select(&candidates, &rules(20));
        assert_eq!(section(&selection, "leads"), [8, 7, 6]);
        let names: Vec<_> = selection.sections.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["leads", "company", "funding", "research", "open-source", "industry"]);
        assert_eq!(n_told(&selection), 8);
    }

    #[test]
    fn of_a_repositorys_releases_the_best_is_told() {
        let release = |id, line, score| Candidate {
            owner: "one".into(),
            release_line: Some(line),
            ..story(id, Lane::OpenSource, score)
        };
        let all = [release(1, 7, 4.0), release(2, 7, 5.0), release(3, 8, 3.0), release(4, 7, 4.5)];
        let selection = select(&all, &rules(20));
        let told: HashSet<i64> =
            ["leads", "open-source"].iter().flat_map(|name| section(&selection, name)).collect();
        assert_eq!(told, HashSet::from([2, 3]));
        assert_eq!(selection.dropped_counts["one-voice"], 2);
    }

    #[test]
    fn a_quiet_week_gets_no_filler() {
        let candidates =
            [story(1, Lane::Company, 5.0), story(2, Lane::Company, 1.9), story(3, Lane::Research, -3.0)];
        let selection = select(&candidates, &rules(20));
        assert!(selection.quiet);
        assert_eq!(section(&selection, "leads"), [1]);
        assert_eq!(n_told(&selection), 1);
        assert_eq!(selection.dropped_counts["low-score"], 2);
    }

    #[test]
    fn nothing_at_all_is_quiet_too() {
        let selection = select(&[], &rules(20));
        assert!(selection.quiet && selection.sections.is_empty());
    }

    #[test]
    fn one_vendor_cannot_flood_the_issue() {
        let mut candidates: Vec<_> = (1..=10).map(|id| story(id, Lane::Company, 9.0)).collect();
        candidates.iter_mut().for_each(|candidate| candidate.owner = "Loud Inc".into());
        candidates.push(story(11, Lane::Company, 3.0));
        let selection = select(&candidates, &rules(20));
        assert_eq!(n_told(&selection), 4);
        assert_eq!(section(&selection, "leads"), [1, 11], "one lead for each owner");
        assert_eq!(selection.dropped_counts["one-voice"], 7);
    }

    #[test]
    fn a_crowded_lane_leaves_a_seat_to_every_other() {
        let mut candidates: Vec<_> = (1..=40).map(|id| story(id, Lane::Company, 9.0)).collect();
        candidates.push(story(50, Lane::Funding, 2.5));
        candidates.push(story(51, Lane::Research, 2.5));
        let selection = select(&candidates, &rules(10));
        assert_eq!(n_told(&selection), 10);
        assert_eq!((section(&selection, "funding"), section(&selection, "research")), (vec![50], vec![51]));
    }

    #[test]
    fn the_long_term_questions_keep_their_room_and_repeat_nothing() {
        let mut candidates: Vec<_> = (1..=40).map(|id| story(id, Lane::Company, 9.0)).collect();
        candidates.push(with(story(50, Lane::Company, 3.0), |judged| judged.focus = vec![Focus::Privacy]));
        candidates[0].judged.as_mut().unwrap().focus = vec![Focus::Efficiency];
        let selection = select(&candidates, &rules(14));
        assert_eq!(section(&selection, "focus-privacy"), [50]);
        assert_eq!(section(&selection, "focus-efficiency"), [] as [i64; 0], "it leads already");
        assert_eq!(n_told(&selection), 14);
    }

    #[test]
    fn rumours_stand_apart_and_never_lead() {
        let rumour = |id| with(story(id, Lane::Company, 9.0), |judged| judged.rumour = true);
        let mut candidates: Vec<_> = (1..=5).map(rumour).collect();
        candidates.push(story(6, Lane::Company, 3.0));
        let selection = select(&candidates, &rules(20));
        assert_eq!(section(&selection, "leads"), [6]);
        assert_eq!(section(&selection, "rumours"), [1, 2, 3]);
    }

    #[test]
    fn the_loudest_of_what_was_left_out_is_named() {
        let mut candidates: Vec<_> = (1..=8)
            .map(|id| with(story(id, Lane::Company, 9.0), |judged| judged.dropped = Some("hype".into())))
            .collect();
        candidates[6].n_owners = 9;
        candidates
            .push(with(story(9, Lane::Company, 9.0), |judged| judged.dropped = Some("off-topic".into())));
        candidates[8].n_owners = 20;
        let selection = select(&candidates, &rules(20));
        assert_eq!(section(&selection, "dropped"), [7, 1, 2, 3, 4]);
        assert_eq!((selection.dropped_counts["hype"], selection.dropped_counts["off-topic"]), (8, 1));
    }

    #[test]
    fn equal_scores_are_ordered_by_owners_then_age_whatever_the_input_order() {
        let mut candidates: Vec<_> = (1..=30).map(|id| story(id, Lane::Company, 7.0)).collect();
        candidates[20].n_owners = 4;
        let selection = select(&candidates, &rules(10));
        assert_eq!(section(&selection, "leads"), [21, 1, 2]);
        candidates.reverse();
        assert_eq!(select(&candidates, &rules(10)), selection);
    }

    #[test]
    fn a_story_that_waits_for_its_judge_is_counted_but_not_told() {
        let waiting = Candidate { judged: None, ..story(1, Lane::Company, 0.0) };
        let selection = select(&[waiting], &rules(20));
        assert_eq!((n_told(&selection), selection.n_stories), (0, 1));
        assert!(selection.dropped_counts.is_empty());
    }
}
