//! What a model costs and how it answers, on a corpus: grouped, judged by rules and chosen by the code of the stages.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike as _;
use serde::Serialize;

use super::gold::{self, Line};
use super::group;
use crate::config::{ModelSettings, Settings};
use crate::judge::ask::Asker;
use crate::judge::cascade::{Ranked, choose};
use crate::judge::ground::Sources;
use crate::judge::prompt::{self, ANSWER_TOKENS, Sheet};
use crate::judge::score::Scale;
use crate::judge::{merge, rules};
use crate::model::{Language, Story, StoryId, StoryItem, Verdict};
use crate::render::Templates;

/// Characters of an article that the stage reads, and that sending everything would send.
const MAX_CHARS: usize = 12_000;

/// Tokens of an answer as models give them: less than the most that is allowed.
const USUAL_ANSWER: u32 = ANSWER_TOKENS / 2;

/// A corpus as the stages see it.
pub struct Corpus {
    /// The stories with their verdicts by rules.
    pub judged: Vec<(Story, Verdict)>,
    /// The ones that a model would read, best first, by their place in `judged`.
    pub chosen: Vec<usize>,
    n_items: usize,
}

/// What a corpus costs.
#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    /// Items of the corpus.
    pub items: usize,
    /// Stories that they tell.
    pub stories: usize,
    /// Stories that the model reads.
    pub read: usize,
    /// Tokens if every item were sent once, alone and whole.
    pub tokens_of_all: u64,
    /// Tokens of the cascade.
    pub tokens: u64,
    /// `tokens` as a part of `tokens_of_all`.
    pub share: f64,
    /// Stories of the weekly issues: the best of each week by the rules.
    pub in_issues: usize,
    /// How many of them the model has read.
    pub in_issues_read: usize,
}

/// How a model answered.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Answered {
    /// Stories that it was asked about.
    pub asked: usize,
    /// Of them with a valid answer.
    pub valid: usize,
    /// Of them left to the rules, by reason.
    pub unscored: BTreeMap<String, usize>,
    /// Yes-answers of the model.
    pub said: usize,
    /// Of them with a quote that stands in the story's articles; only these count.
    pub verified: usize,
    /// Quotes in the verdicts that stand in no article: always 0, or something is broken.
    pub unverified_in_verdicts: usize,
    /// Facts of its sentences that were looked up.
    pub facts_checked: u32,
    /// Sentences withheld because of a fact that stands nowhere.
    pub withheld: u32,
    /// Tokens as the server counted.
    pub tokens: u64,
    /// Seconds in all.
    pub seconds: f64,
}

impl Corpus {
    /// Groups and judges `lines`.
    pub fn new(lines: &[Line], settings: &Settings) -> Self {
        let cutoffs = crate::group::cutoffs(&settings.embeddings);
        let groups = group::groups(lines, Vec::new(), cutoffs);
        let mut stories: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (line, story) in groups.into_iter().enumerate() {
            stories.entry(story).or_default().push(line);
        }
        let scale = Scale::new(&settings.score);
        let judged: Vec<(Story, Verdict)> = stories
            .iter()
            .map(|(number, members)| {
                let story = story(*number, members.iter().map(|line| &lines[*line]));
                let verdict = rules::judge(&story, &scale);
                (story, verdict)
            })
            .collect();
        let ranked: Vec<Ranked> = judged
            .iter()
            .map(|(story, verdict)| Ranked::of(verdict, story.happened_at, settings.digest.floor))
            .collect();
        let place: BTreeMap<StoryId, usize> =
            judged.iter().enumerate().map(|(place, (story, _))| (story.id, place)).collect();
        let chosen = choose(&ranked, settings.model.stories_per_week)
            .iter()
            .filter_map(|id| place.get(id).copied())
            .collect();
        Self { judged, chosen, n_items: lines.len() }
    }

    /// Counts tokens, without asking anybody.
    ///
    /// # Errors
    /// The template of the question is missing.
    pub fn cost(&self, settings: &Settings, templates: &Templates) -> anyhow::Result<Cost> {
        let sheets = self.sheets(&settings.model);
        let mut tokens = 0;
        for range in prompt::batches(&settings.model, &sheets) {
            let n_stories = range.len() as u32;
            let question = prompt::question(templates, &sheets[range])?;
            tokens += u64::from(prompt::estimate(&question) + USUAL_ANSWER * n_stories);
        }
        let whole =
            ModelSettings { story_tokens: u32::MAX, context_tokens: u32::MAX, ..settings.model.clone() };
        let mut tokens_of_all = 0;
        for (story, verdict) in &self.judged {
            for item in &story.items {
                let alone = Story { items: vec![item.clone()], ..story.clone() };
                let question = prompt::question(templates, &[Sheet::new(&whole, &alone, verdict)])?;
                tokens_of_all += u64::from(prompt::estimate(&question) + USUAL_ANSWER);
            }
        }
        let read: BTreeSet<usize> = self.chosen.iter().copied().collect();
        let issues = self.issues(settings);
        Ok(Cost {
            items: self.n_items,
            stories: self.judged.len(),
            read: self.chosen.len(),
            tokens_of_all,
            tokens,
            share: tokens as f64 / tokens_of_all.max(1) as f64,
            in_issues: issues.len(),
            in_issues_read: issues.iter().filter(|place| read.contains(place)).count(),
        })
    }

    /// Asks the model about the best `limit` stories.
    ///
    /// # Errors
    /// The template of the question is missing, or the client cannot be made.
    pub async fn ask(
        &self,
        settings: &Settings,
        templates: &Templates,
        limit: usize,
    ) -> anyhow::Result<Answered> {
        let mut asker = Asker::new(&settings.model, templates)?;
        let scale = Scale::new(&settings.score);
        let mut sheets = self.sheets(&settings.model);
        sheets.truncate(limit);
        let mut told = Answered { asked: sheets.len(), ..Answered::default() };
        for range in prompt::batches(&settings.model, &sheets) {
            let outcome = asker.ask(&sheets[range.clone()]).await?;
            for call in &outcome.calls {
                told.tokens += u64::from(call.prompt_tokens + call.completion_tokens);
                told.seconds += call.millis as f64 / 1000.0;
            }
            for index in range {
                let (story, verdict) = &self.judged[self.chosen[index]];
                match outcome.answers.get(&story.id) {
                    Some(Ok(answer)) => {
                        told.valid += 1;
                        let merged =
                            merge::merge(story, verdict.clone(), answer, (&settings.model.name, &scale));
                        told.count(story, answer, &merged);
                    }
                    Some(Err(why)) => *told.unscored.entry(why.clone()).or_default() += 1,
                    None => *told.unscored.entry("it was not asked".to_owned()).or_default() += 1,
                }
            }
        }
        Ok(told)
    }

    fn sheets(&self, settings: &ModelSettings) -> Vec<Sheet> {
        let sheet = |place: &usize| {
            let (story, verdict) = &self.judged[*place];
            Sheet::new(settings, story, verdict)
        };
        self.chosen.iter().map(sheet).collect()
    }

    /// The best of each week by the rules: what its issue would tell.
    fn issues(&self, settings: &Settings) -> Vec<usize> {
        let mut weeks: BTreeMap<(i32, u32), Vec<usize>> = BTreeMap::new();
        for (place, (story, verdict)) in self.judged.iter().enumerate() {
            if verdict.dropped.is_none() && verdict.score >= settings.digest.floor {
                let week = story.happened_at.iso_week();
                weeks.entry((week.year(), week.week())).or_default().push(place);
            }
        }
        let score = |place: &usize| self.judged[*place].1.score;
        let best = weeks.into_values().flat_map(|mut places| {
            places.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
            places.truncate(settings.digest.max_stories);
            places
        });
        best.collect()
    }
}

impl Answered {
    fn count(&mut self, story: &Story, answer: &crate::judge::answer::Answer, merged: &Verdict) {
        let claims = [
            &answer.vendor_claim,
            &answer.artifact,
            &answer.independent,
            &answer.future,
            &answer.anonymous,
            &answer.sensational,
        ];
        let sources = Sources::of(story);
        self.said += claims.iter().filter(|claim| claim.holds).count();
        self.verified += claims.iter().filter(|claim| claim.holds && sources.quotes(&claim.quote)).count();
        self.unverified_in_verdicts +=
            merged.parts.iter().filter(|part| !part.quote.is_empty() && !stands(story, &part.quote)).count();
        self.facts_checked += merged.facts_checked;
        self.withheld += merged.sentences_withheld;
    }
}

/// Whether the words stand in the story, but for white space and a mark that they were cut.
fn stands(story: &Story, quote: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let quote = plain(quote.trim_end_matches('…'));
    story.items.iter().any(|item| plain(&item.title).contains(&quote) || plain(&item.text).contains(&quote))
        || Sources::of(story).quotes(&quote)
}

fn story<'l>(number: usize, lines: impl Iterator<Item = &'l Line>) -> Story {
    let lines: Vec<Line> = lines.cloned().collect();
    let items: Vec<StoryItem> = gold::documents(&lines)
        .into_iter()
        .zip(&lines)
        .map(|(document, line)| StoryItem {
            item_id: document.item_id,
            link: document.link,
            title: document.title,
            text: document.text.chars().take(MAX_CHARS).collect(),
            language: document.language,
            source: line.source.clone(),
            source_slug: line.source.clone(),
            owner: if line.source.is_empty() { line.url.clone() } else { line.source.clone() },
            tier: document.tier,
            kind: document.kind,
            lane: document.lane,
            published_at: document.at,
            reason: String::new(),
            links: Vec::new(),
        })
        .collect();
    let mut owners: Vec<String> = items.iter().map(|item| item.owner.clone()).collect();
    owners.sort_unstable();
    owners.dedup();
    let lead = items.first();
    Story {
        id: StoryId(i64::try_from(number).unwrap_or_default() + 1),
        title: lead.map(|item| item.title.clone()).unwrap_or_default(),
        language: lead.map_or_else(|| Language::En.into(), |item| item.language.clone()),
        lane: crate::model::Lane::Industry,
        happened_at: items.iter().map(|item| item.published_at).min().unwrap_or_default(),
        items,
        owners,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cascade_costs_a_part_and_reads_what_the_issues_tell() {
        let line = |n: usize| {
            Line {
            url: format!("https://x.example/{n}"),
            title: format!("Lab {n} releases model number {n} with open weights"),
            text: format!("Lab {n} released model number {n}. Weights are available under Apache 2.0. It is {n} % faster. ").repeat(1 + n % 7),
            published: chrono::DateTime::from_timestamp(1_780_000_000 + 20_000 * n as i64, 0),
            ..Line::default()
        }
        };
        let lines: Vec<Line> = (0..120).map(line).collect();
        let mut settings = Settings::default();
        settings.model.stories_per_week = 25;
        let corpus = Corpus::new(&lines, &settings);
        let cost = corpus.cost(&settings, &Templates::load(None).unwrap()).unwrap();
        assert_eq!(cost.items, 120);
        assert!(cost.tokens < cost.tokens_of_all && cost.read < cost.stories, "{cost:?}");
        assert!(cost.in_issues > 0 && cost.in_issues_read <= cost.in_issues, "{cost:?}");
    }
}
