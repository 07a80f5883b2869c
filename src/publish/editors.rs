//! Two editors of one week: what the issue would be if somebody else had judged its stories. Nothing is stored.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde::Serialize;

use super::{Mode, Series, period, replay, zone};
use crate::context::Context;
use crate::edition::{self, Inputs};
use crate::model::{Candidate, IssueContent, IssueStory, Judged, Language, StoryId, Verdict};
use crate::press;

/// The week as the first editor made it.
#[derive(Clone, Debug)]
pub struct FirstEditor {
    inputs: Inputs,
    content: IssueContent,
    published: bool,
}

/// One week by two editors.
#[derive(Clone, Debug, Serialize)]
pub struct TwoEditors {
    /// "2026-W47".
    pub period: String,
    /// Whether the first is the published issue; else it is what would be published now.
    pub published: bool,
    /// Stories that the second editor judged.
    pub n_judged: usize,
    /// Stories that both tell in the same section, with the same words.
    pub n_same: usize,
    /// The others, in the order of the first issue, then of the second.
    pub stories: Vec<TwoViews>,
}

/// A story on which the editors do not agree.
#[derive(Clone, Debug, Serialize)]
pub struct TwoViews {
    /// The story.
    pub story_id: StoryId,
    /// By the first editor and by the second; `None`: not in the issue.
    pub views: [Option<OneView>; 2],
    /// What each let it weigh: flags with their points where they are not the same.
    pub weights: Vec<(String, f32, f32)>,
}

/// How an editor tells a story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OneView {
    /// Section.
    pub section: String,
    /// Who judged.
    pub judge: String,
    /// Score.
    pub score: f32,
    /// Headline.
    pub headline: String,
    /// One to three sentences.
    pub summary: String,
}

/// The published issue of the week, or what would be published now.
///
/// # Errors
/// `name` is no week, nothing was read in it, or the database fails.
pub async fn first_editor(ctx: &Context, name: Option<&str>) -> anyhow::Result<FirstEditor> {
    let period = match name {
        Some(name) => period::week(name, zone(ctx)?)?,
        None => super::last_period(ctx, &Series::Weekly)?,
    };
    if let Some((issue, inputs)) = replay::kept(ctx, &Series::Weekly, &period).await? {
        return Ok(FirstEditor { inputs, content: issue.content, published: true });
    }
    let composed = super::weekly(ctx, Some(&period.name), Mode::DryRun).await?;
    let inputs = composed.inputs.context("the week was published meanwhile: try again")?;
    Ok(FirstEditor { inputs, content: composed.content, published: false })
}

impl FirstEditor {
    /// The stories that a second editor should judge: those that the issue tells, then the best of the others.
    pub fn worth_reading(&self, most: usize) -> Vec<StoryId> {
        let told = edition::told_stories(&self.content).map(|story| story.story_id);
        let best = edition::best(&self.inputs.candidates, &self.inputs.rules, most);
        let mut seen = BTreeSet::new();
        told.chain(best).filter(|id| seen.insert(*id)).take(most).collect()
    }
}

/// The issue with `verdicts` in place of the first editor's, held against his.
///
/// # Errors
/// The database fails.
pub async fn second_editor(
    ctx: &Context,
    first: FirstEditor,
    verdicts: Vec<Verdict>,
    language: Language,
) -> anyhow::Result<TwoEditors> {
    let FirstEditor { mut inputs, content, published } = first;
    let second: BTreeMap<StoryId, Verdict> =
        verdicts.into_iter().map(|verdict| (verdict.story_id, verdict)).collect();
    let ids: Vec<StoryId> = second.keys().copied().collect();
    for candidate in &mut inputs.candidates {
        judge_again(candidate, second.get(&candidate.id));
    }
    for (id, verdict) in &second {
        match edition::company_of(verdict) {
            Some(company) => inputs.companies.insert(*id, company),
            None => inputs.companies.remove(id),
        };
        inputs.stories.remove(id);
    }
    press::add_by(ctx, &mut inputs, &ids, &second).await?;
    let other = press::complete_by(ctx, &mut inputs, &second).await?;
    let period = content.period.clone();
    let (stories, n_same) = compare(&content, &other, language);
    Ok(TwoEditors { period, published, n_judged: second.len(), n_same, stories })
}

fn judge_again(candidate: &mut Candidate, verdict: Option<&Verdict>) {
    if let (Some(judged), Some(verdict)) = (&candidate.judged, verdict) {
        candidate.judged = Some(Judged {
            id: judged.id,
            lane: verdict.lane,
            focus: verdict.focus.clone(),
            rumour: verdict.rumour,
            score: verdict.score,
            dropped: verdict.dropped.clone(),
        });
    }
}

/// The stories that the two tell in other sections or other words, and how many they tell alike.
fn compare(a: &IssueContent, b: &IssueContent, language: Language) -> (Vec<TwoViews>, usize) {
    let (first, second) = (told(a), told(b));
    let view = |told: &[(String, &IssueStory)], id: StoryId| {
        told.iter()
            .find(|(_, story)| story.story_id == id)
            .map(|(section, story)| one(section, story, language))
    };
    let mut seen = BTreeSet::new();
    let ids = first.iter().chain(&second).map(|(_, story)| story.story_id).filter(|id| seen.insert(*id));
    let (mut stories, mut n_same) = (Vec::new(), 0);
    for id in ids.collect::<Vec<_>>() {
        let views = [view(&first, id), view(&second, id)];
        let is_same = matches!(&views, [Some(a), Some(b)] if is_alike(a, b));
        n_same += usize::from(is_same);
        if !is_same {
            stories.push(TwoViews { story_id: id, weights: weights(&first, &second, id), views });
        }
    }
    (stories, n_same)
}

fn is_alike(a: &OneView, b: &OneView) -> bool {
    (&a.section, &a.headline, &a.summary) == (&b.section, &b.headline, &b.summary)
}

fn told(content: &IssueContent) -> Vec<(String, &IssueStory)> {
    let told = content.sections.iter().filter(|section| section.name != "dropped");
    told.flat_map(|section| section.stories.iter().map(|story| (section.name.clone(), story))).collect()
}

fn one(section: &str, story: &IssueStory, language: Language) -> OneView {
    let verdict = &story.verdict;
    let published = || story.links.first().map(|link| link.title.clone()).unwrap_or_default();
    OneView {
        section: section.to_owned(),
        judge: verdict.judge.clone(),
        score: verdict.score,
        headline: verdict.headline.get(&language).cloned().unwrap_or_else(published),
        summary: verdict.summary.get(&language).map(|summary| summary.long.clone()).unwrap_or_default(),
    }
}

/// Where both tell the story: the flags that they weigh otherwise.
fn weights(
    first: &[(String, &IssueStory)],
    second: &[(String, &IssueStory)],
    id: StoryId,
) -> Vec<(String, f32, f32)> {
    let points = |told: &[(String, &IssueStory)]| -> Option<BTreeMap<String, f32>> {
        let (_, story) = told.iter().find(|(_, story)| story.story_id == id)?;
        let mut points = BTreeMap::new();
        for part in &story.verdict.parts {
            *points.entry(part.flag.clone()).or_default() += part.points;
        }
        Some(points)
    };
    let (Some(a), Some(b)) = (points(first), points(second)) else { return Vec::new() };
    let flags: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let of = |points: &BTreeMap<String, f32>, flag: &str| points.get(flag).copied().unwrap_or_default();
    let both = flags.into_iter().map(|flag| (flag.clone(), of(&a, flag), of(&b, flag)));
    both.filter(|(_, a, b)| (a - b).abs() > f32::EPSILON).collect()
}
