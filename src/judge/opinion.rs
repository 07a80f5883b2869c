//! A second opinion: what another editor (the rules, another model, another prompt) says of stories. No verdict is stored;
//! what a model answers is kept and booked as always, so that asking again costs nothing.

use super::desk::Desk;
use super::prompt::{self, Sheet};
use super::{BATCH, Bench, Judged, load};
use crate::context::Context;
use crate::model::{Report, StoryId, Verdict};

/// The verdicts of the editor that `ctx` configures, in the order of `ids`; the report counts as the stage's does. A story that
/// the model leaves has the rules' verdict, marked with the reason.
///
/// # Errors
/// The database fails, or a prompt does.
pub async fn opinions(ctx: &Context, ids: &[StoryId]) -> anyhow::Result<(Vec<Verdict>, Report)> {
    let bench = Bench::new(ctx);
    let mut desk = Desk::open(ctx).await?;
    let (mut verdicts, mut report) = (Vec::new(), Report::default());
    let work = ctx.progress.start("second editor", ids.len());
    for batch in ids.chunks(BATCH) {
        let stories = load(ctx, batch).await?;
        let judged: Vec<Judged> = stories.iter().map(|story| Judged::new(story, &bench.scale)).collect();
        let Some(desk) = &mut desk else {
            verdicts.extend(judged.into_iter().map(|judged| judged.rules));
            stories.iter().for_each(|_| work.step());
            continue;
        };
        let sheets: Vec<Sheet> = stories
            .iter()
            .zip(&judged)
            .map(|(story, judged)| Sheet::new(&ctx.settings.model, story, &judged.rules))
            .collect();
        for range in prompt::batches(&ctx.settings.model, &sheets) {
            anyhow::ensure!(
                !ctx.cancel.is_cancelled(),
                "stopped before the second editor had read everything"
            );
            let mut answers = desk.ask(&sheets[range.clone()]).await?;
            for index in range {
                let rules = judged[index].rules.clone();
                verdicts.push(bench.decide(&stories[index], rules, &mut answers, &mut report));
                work.step();
            }
        }
    }
    work.finish(&format!("{} stories", verdicts.len()));
    Ok((verdicts, report))
}
