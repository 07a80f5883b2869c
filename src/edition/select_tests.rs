//! Choosing, told in the words of the issue.

use std::collections::{BTreeMap, HashSet};

use super::select::{self, Selection, Wishes};
use crate::config::DigestSettings;
use crate::model::{Candidate, Edits, Focus, Judged, Lane, StoryId, VerdictId};

fn story(id: i64, lane: Lane, score: f32) -> Candidate {
    Candidate {
        id: StoryId(id),
        owner: format!("owner {id}"),
        source: format!("source {id}"),
        follows: None,
        n_owners: 1,
        n_items: 1,
        paper: false,
        release_line: None,
        judged: Some(Judged {
            id: VerdictId(id),
            lane,
            focus: Vec::new(),
            rumour: false,
            score,
            dropped: None,
        }),
    }
}

fn with(mut candidate: Candidate, change: impl FnOnce(&mut Judged)) -> Candidate {
    change(candidate.judged.as_mut().unwrap());
    candidate
}

fn rules(max_stories: usize) -> DigestSettings {
    DigestSettings { max_stories, per_lane: 100, ..DigestSettings::default() }
}

/// Chooses by the rules alone.
fn select(candidates: &[Candidate], rules: &DigestSettings) -> Selection {
    select_with(candidates, rules, &More::default())
}

/// What is known beside the candidates.
#[derive(Default)]
struct More {
    companies: BTreeMap<StoryId, String>,
    followups: HashSet<StoryId>,
    edits: Edits,
}

fn select_with(candidates: &[Candidate], rules: &DigestSettings, more: &More) -> Selection {
    let More { companies, followups, edits } = more;
    select::select(candidates, Wishes { rules, companies, excluded: &BTreeMap::new(), followups, edits })
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
    let lanes = ["leads", "company", "funding", "research", "open-source", "industry"];
    let focus = ["focus-multimodal", "focus-efficiency", "focus-privacy"];
    assert_eq!(names, [&lanes[..], &focus[..]].concat(), "a long-term question without news is named too");
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
    assert!(selection.quiet && n_told(&selection) == 0);
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
    candidates.push(with(story(9, Lane::Company, 9.0), |judged| judged.dropped = Some("off-topic".into())));
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

#[test]
fn three_of_one_lane_do_not_lead_and_a_fourth_leads_if_it_is_as_good() {
    let mut candidates: Vec<_> = (1..=4).map(|id| story(id, Lane::Company, 9.0)).collect();
    candidates.push(story(5, Lane::Research, 8.5));
    assert_eq!(section(&select(&candidates, &rules(20)), "leads"), [1, 2, 5]);
    candidates.push(story(6, Lane::OpenSource, 8.4));
    assert_eq!(section(&select(&candidates, &rules(20)), "leads"), [1, 2, 5, 6]);
    candidates.last_mut().unwrap().judged.as_mut().unwrap().score = 5.0;
    assert_eq!(section(&select(&candidates, &rules(20)), "leads"), [1, 2, 5]);
}

#[test]
fn a_company_a_source_and_a_lane_have_their_caps() {
    let candidates: Vec<_> = (1..=12).map(|id| story(id, Lane::Company, 9.0)).collect();
    let rules = DigestSettings { per_company: 2, per_source: 2, per_lane: 5, ..rules(20) };
    let of_lane = select(&candidates, &rules);
    assert_eq!((n_told(&of_lane), of_lane.dropped_counts["one-voice"]), (5, 7));
    let companies = (1..=12).map(|id| (StoryId(id), "acme".to_owned())).collect();
    let more = More { companies, ..More::default() };
    assert_eq!(n_told(&select_with(&candidates, &rules, &more)), 2);
    let mut one_source = candidates.clone();
    one_source.iter_mut().for_each(|candidate| candidate.source = "list".into());
    assert_eq!(n_told(&select(&one_source, &rules)), 2);
}

#[test]
fn what_the_operator_pins_leads_and_what_is_moved_stands_first() {
    let mut candidates: Vec<_> = (1..=9).map(|id| story(id, Lane::Company, 9.0)).collect();
    candidates.push(with(story(20, Lane::Research, 0.5), |judged| judged.dropped = Some("hype".into())));
    let pinned = vec![StoryId(20), StoryId(7)];
    let edits = Edits { pinned, order: vec![StoryId(9), StoryId(5)], ..Edits::default() };
    let selection = select_with(&candidates, &rules(20), &More { edits, ..More::default() });
    assert_eq!(section(&selection, "leads"), [20, 7, 1]);
    assert_eq!(section(&selection, "company"), [9, 5, 2, 3, 4, 6, 8]);
}

#[test]
fn a_follow_up_stands_with_the_follow_ups() {
    let candidates: Vec<_> = (1..=6).map(|id| story(id, Lane::Company, 9.0)).collect();
    let more = More { followups: HashSet::from([StoryId(1), StoryId(5)]), ..More::default() };
    let selection = select_with(&candidates, &rules(20), &more);
    assert_eq!(section(&selection, "followups"), [5], "the first one leads");
}
