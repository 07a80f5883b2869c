//! Makes a verdict of each story: rules always; a model too, where one is configured, for the stories that could enter an
//! issue. What a model says counts only as far as the stored articles carry it; a model that fails leaves the rules'
//! verdict, marked with the reason.

mod amount;
pub(crate) mod answer;
mod artifacts;
pub(crate) mod ask;
pub mod cascade;
mod claims;
pub mod classify;
mod client;
mod compare;
mod denial;
mod desk;
mod entities;
pub mod facts;
pub mod funding;
pub mod gist;
pub mod ground;
mod hype;
mod lane;
mod lexicon;
pub(crate) mod merge;
mod opinion;
pub(crate) mod orders;
pub(crate) mod prompt;
mod quotes;
mod rounds;
pub(crate) mod rules;
pub mod score;
mod sentences;
pub mod summary;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};

use crate::context::Context;
use crate::model::{Report, Story, StoryId, Verdict};
use crate::store::verdicts::{self, Basis};
use crate::store::{jobs, story_view};
use cascade::Ranked;
use compare::Rival;
use desk::{Answered, Answers, Desk};
use ground::Sources;
use prompt::Sheet;
use score::Scale;

pub use opinion::opinions;

/// Name of the lock under which a model is asked.
const READING: &str = "judge: the model";

/// Stories that are loaded at once.
const BATCH: usize = 50;

/// Characters of an article that are read.
const MAX_CHARS: i32 = 12_000;

/// Goes up when the rules change: young stories are judged anew.
const RULES: &str = "2";

/// So old a story is not judged anew because the rules or their weights changed.
const YOUNG: Duration = Duration::days(60);

/// So old a story enters no weekly issue any more, and no model reads it.
const NEWS: Duration = Duration::days(14);

/// Runs the stage once.
///
/// # Errors
/// Only what stops the whole stage: the database, or a missing prompt.
pub async fn run(ctx: &Context) -> anyhow::Result<Report> {
    let mut desk = Desk::open(ctx).await?;
    let bench = Bench::new(ctx);
    let due = verdicts::due(&ctx.pool, &bench.rules_hash, ctx.clock.now() - YOUNG).await?;
    let mut report = Report::default();
    let work = ctx.progress.start("judge", due.len());
    let mut waiting = Vec::new();
    for batch in due.chunks(BATCH) {
        for story in load(ctx, batch).await? {
            if ctx.cancel.is_cancelled() {
                break;
            }
            let judged = Judged::new(&story, &bench.scale);
            let ranked = bench.rank(&judged.rules, story.happened_at);
            if desk.is_some() && ranked.may_enter && story.happened_at >= bench.news_since {
                waiting.push((ranked, judged));
            } else {
                bench.leave(judged, &mut report).await?;
            }
            work.step();
        }
    }
    if let Some(desk) = &mut desk {
        // Two processes would pay twice for the same answers. The lock goes with its connection.
        let mut turn = ctx.pool.acquire().await?.detach();
        if jobs::try_lock(&mut turn, READING).await? {
            bench.read(desk, waiting, &mut report).await?;
            bench.compare(desk, &mut report).await?;
        } else {
            let message =
                "another process reads with the model at this moment: what waits is judged by the next run";
            report.warnings.push(message.to_owned());
        }
    }
    work.finish(&format!("{} stories, {} screened out", report.count("stories"), report.count("dropped")));
    Ok(report)
}

async fn load(ctx: &Context, ids: &[StoryId]) -> sqlx::Result<Vec<Story>> {
    story_view::load(&ctx.pool, ids, MAX_CHARS).await
}

/// The settings of a run.
struct Bench<'a> {
    ctx: &'a Context,
    scale: Scale,
    rules_hash: String,
    news_since: DateTime<Utc>,
}

/// A story as the rules judge it: once a run, whoever judges it after them.
struct Judged {
    rules: Verdict,
    /// Hash of what the story says.
    input_hash: String,
    n_owners: usize,
}

impl Judged {
    fn new(story: &Story, scale: &Scale) -> Self {
        let rules = rules::judge(story, scale);
        Self { rules, input_hash: input_hash(story), n_owners: story.owners.len() }
    }
}

impl<'a> Bench<'a> {
    fn new(ctx: &'a Context) -> Self {
        let scale = Scale::new(&ctx.settings.score);
        let rules_hash = prompt::hash([RULES, env!("CARGO_PKG_VERSION"), scale.key().as_str()]);
        Self { ctx, scale, rules_hash, news_since: ctx.clock.now() - NEWS }
    }

    fn rank(&self, verdict: &Verdict, happened_at: DateTime<Utc>) -> Ranked {
        Ranked::of(verdict, happened_at, self.ctx.settings.digest.floor)
    }

    /// Lets the model read the best of the stories that wait or were left unread before; the others keep the rules'
    /// verdict.
    async fn read(
        &self,
        desk: &mut Desk<'_>,
        waiting: Vec<(Ranked, Judged)>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let model = self.ctx.settings.model.name.as_str();
        let mut standing = BTreeMap::new();
        let mut unread: BTreeSet<StoryId> = waiting.iter().map(|(ranked, _)| ranked.id).collect();
        // Each competes with the seven days before it.
        for known in verdicts::standings(&self.ctx.pool, self.news_since - Duration::days(7)).await? {
            let may_enter =
                known.may_enter && known.rules_score >= cascade::least(self.ctx.settings.digest.floor);
            let ranked = Ranked {
                id: known.story_id,
                happened_at: known.happened_at,
                score: known.rules_score,
                may_enter: may_enter || known.judge == model,
            };
            standing.insert(known.story_id, ranked);
            if known.judge != model && may_enter && known.happened_at >= self.news_since {
                unread.insert(known.story_id);
            }
        }
        standing.extend(waiting.iter().map(|(ranked, _)| (ranked.id, *ranked)));
        let ranked: Vec<Ranked> = standing.into_values().collect();
        let mut chosen = cascade::choose(&ranked, self.ctx.settings.model.stories_per_week);
        chosen.retain(|id| unread.contains(id));
        let is_chosen: BTreeSet<StoryId> = chosen.iter().copied().collect();
        let mut known = BTreeMap::new();
        for (ranked, judged) in waiting {
            if is_chosen.contains(&ranked.id) {
                known.insert(ranked.id, judged);
            } else {
                self.leave(judged, report).await?;
            }
        }
        self.ask(desk, &chosen, known, report).await
    }

    /// Asks the model about the chosen stories, the best first: a budget that ends, ends with the least.
    async fn ask(
        &self,
        desk: &mut Desk<'_>,
        chosen: &[StoryId],
        mut known: BTreeMap<StoryId, Judged>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let work = self.ctx.progress.start("read by the model", chosen.len());
        let mut troubles = BTreeSet::new();
        for batch in chosen.chunks(BATCH) {
            let stories = load(self.ctx, batch).await?;
            let judged =
                |story: &Story| known.remove(&story.id).unwrap_or_else(|| Judged::new(story, &self.scale));
            let judged: Vec<Judged> = stories.iter().map(judged).collect();
            let sheet = |(story, judged): (&Story, &Judged)| {
                Sheet::new(&self.ctx.settings.model, story, &judged.rules)
            };
            let sheets: Vec<Sheet> = stories.iter().zip(&judged).map(sheet).collect();
            for range in prompt::batches(&self.ctx.settings.model, &sheets) {
                // What waited is saved all the same: the rules' verdict, to be read in another run.
                let stopped = || "stopped before its turn".to_owned();
                let mut answers = if self.ctx.cancel.is_cancelled() {
                    sheets[range.clone()].iter().map(|sheet| (sheet.number, Err(stopped()))).collect()
                } else {
                    desk.ask(&sheets[range.clone()]).await?
                };
                for index in range {
                    let (story, judged) = (&stories[index], &judged[index]);
                    let verdict = self.decide(story, judged.rules.clone(), &mut answers, report);
                    troubles.extend(verdict.unscored.clone());
                    self.save(judged, &verdict, Some(desk.prompt_hash()), report).await?;
                    work.step();
                }
            }
        }
        report
            .warnings
            .extend(troubles.into_iter().map(|why| format!("rules judged instead of the model: {why}")));
        work.finish(&format!(
            "{} read, {} left to the rules",
            report.count("by_model"),
            report.count("unscored")
        ));
        Ok(())
    }

    fn decide(&self, story: &Story, rules: Verdict, answers: &mut Answers, report: &mut Report) -> Verdict {
        let answer = answers.remove(&story.id).unwrap_or_else(|| Err("the model was not asked".to_owned()));
        match answer {
            Ok(Answered { answer, tokens, cached }) => {
                let by = (self.ctx.settings.model.name.as_str(), &self.scale);
                report.add("tokens", u64::from(tokens));
                report.add("cached", u64::from(cached));
                Verdict { tokens, ..merge::merge(story, rules, &answer, by) }
            }
            Err(why) => {
                report.add("unscored", 1);
                Verdict { unscored: Some(why), ..rules }
            }
        }
    }

    /// Lets the model choose between the stories around the last place of an issue of the last seven days.
    async fn compare(&self, desk: &mut Desk<'_>, report: &mut Report) -> anyhow::Result<()> {
        let since = self.ctx.clock.now() - Duration::days(7);
        let known = verdicts::by_judge(&self.ctx.pool, since, &self.ctx.settings.model.name).await?;
        let rivals = known.iter().map(|verdict| Rival::new(verdict.story_id, &verdict.parts)).collect();
        let mut known: BTreeMap<StoryId, Verdict> =
            known.into_iter().map(|verdict| (verdict.story_id, verdict)).collect();
        for (a, b) in compare::pairs(rivals, self.ctx.settings.digest.max_stories) {
            if self.ctx.cancel.is_cancelled() {
                break;
            }
            let stories = load(self.ctx, &[a, b]).await?;
            let [x, y] = stories.as_slice() else { continue };
            let sheet = |story: &Story| {
                let rules = rules::judge(story, &self.scale);
                Sheet::new(&self.ctx.settings.model, story, &rules)
            };
            let preferred = desk.prefer(&sheet(x), &sheet(y)).await?;
            for story in [x, y] {
                let Some(verdict) = known.get_mut(&story.id) else { continue };
                let won = preferred.as_ref().filter(|preferred| preferred.better == story.id.0);
                let quote = won.map(|won| won.quote.trim()).filter(|quote| Sources::of(story).quotes(quote));
                let mut part = [score::part(
                    compare::FLAG,
                    f32::from(u8::from(quote.is_some())),
                    quote.unwrap_or_default(),
                )];
                self.scale.weigh(&mut part);
                verdict.parts.extend(part);
                verdict.score = score::sum(&verdict.parts);
                verdicts::amend(&self.ctx.pool, verdict).await?;
                report.add("compared", 1);
            }
        }
        Ok(())
    }

    /// Leaves a story to the rules; what a model has read in these very words stays, weighed anew, and costs nothing.
    async fn leave(&self, judged: Judged, report: &mut Report) -> anyhow::Result<()> {
        let id = judged.rules.story_id;
        match verdicts::read_by_model(&self.ctx.pool, id, &judged.input_hash).await? {
            Some((read, prompt_hash)) => {
                let verdict = merge::renew(read, judged.rules.clone(), judged.n_owners, &self.scale);
                report.add("weighed_anew", 1);
                self.save(&judged, &verdict, prompt_hash.as_deref(), report).await
            }
            None => self.save(&judged, &judged.rules, None, report).await,
        }
    }

    async fn save(
        &self,
        judged: &Judged,
        verdict: &Verdict,
        prompt_hash: Option<&str>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let basis = Basis {
            input_hash: &judged.input_hash,
            prompt_hash,
            rules_hash: &self.rules_hash,
            rules_score: judged.rules.score,
            rules_dropped: judged.rules.dropped.as_deref(),
        };
        let is_new = verdicts::save(&self.ctx.pool, verdict, basis, self.ctx.clock.now()).await?;
        report.add("stories", u64::from(is_new));
        report.add(if verdict.judge == rules::NAME { "by_rules" } else { "by_model" }, 1);
        report.add("dropped", u64::from(verdict.dropped.is_some()));
        Ok(())
    }
}

/// Hash of what a story says, for knowing whether a verdict is of this text.
fn input_hash(story: &Story) -> String {
    let id = story.id.to_string();
    let texts = story.items.iter().flat_map(|item| [item.title.as_str(), item.text.as_str()]);
    prompt::hash(std::iter::once(id.as_str()).chain(texts))
}
