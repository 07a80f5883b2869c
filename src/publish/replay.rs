//! An issue made again from what it was made from, and held against what was published, byte for byte.

use anyhow::Context as _;

use super::{Series, zone};
use crate::context::Context;
use crate::edition::{self, Composition, Inputs, Period};
use crate::model::{IssueContent, IssueKind, Language};
use crate::press;
use crate::store;
use crate::store::issues::{IssueRow, Rendering};

/// What came of it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Replay {
    /// Weekly or paper.
    pub kind: IssueKind,
    /// Number of the issue.
    pub number: i32,
    /// "2026-W47".
    pub period: String,
    /// Version of the program that published it.
    pub published_by: String,
    /// Where the new bytes differ from the published ones; empty: nowhere.
    pub differences: Vec<Difference>,
}

/// A part of an issue that came out otherwise.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Difference {
    /// "content", "subject en", "text zh", "html en".
    pub part: String,
    /// The first line that differs, as published.
    pub published: String,
    /// The same line now.
    pub now: String,
}

/// Makes the issue of `name`, a week or a month, again. Nothing is stored, and no model is asked.
///
/// # Errors
/// `name` is no such period or has no issue, its inputs were not kept, or the database or a template fails.
pub async fn replay(ctx: &Context, series: &Series, name: &str) -> anyhow::Result<Replay> {
    let period = series.period(name, zone(ctx)?)?;
    let kept = kept(ctx, series, &period).await?;
    let (issue, inputs) = kept.with_context(|| format!("no issue of {name} was published"))?;
    let content = again(&inputs).context("this version would tell what the issue's inputs do not hold")?;
    let mut differences = Vec::new();
    // Both: what is stored may have been altered, and what is made now may differ.
    let is_stored = press::content_digest(&issue.content)? == issue.sha256;
    if !is_stored || press::content_digest(&content)? != issue.sha256 {
        let pretty = serde_json::to_string_pretty::<IssueContent>;
        differences.extend(first("content", (&pretty(&issue.content)?, &pretty(&content)?)));
    }
    for (language, now) in press::render(ctx, &inputs, &content)? {
        let published = store::issues::rendering(&ctx.pool, issue.id, language).await?.unwrap_or_default();
        differences.extend(compare(&published, &now, language));
    }
    Ok(Replay {
        kind: series.kind(),
        number: issue.number,
        period: period.name,
        published_by: inputs.code,
        differences,
    })
}

/// The published issue of a period, and what it was made from.
///
/// # Errors
/// Its inputs were not kept, or the database fails.
pub async fn kept(
    ctx: &Context,
    series: &Series,
    period: &Period,
) -> anyhow::Result<Option<(IssueRow, Inputs)>> {
    let mut conn = ctx.pool.acquire().await?;
    let issue = store::issues::by_period(&mut conn, series.slug(), &period.name).await?;
    drop(conn);
    let Some(issue) = issue else { return Ok(None) };
    let kept = store::issue_inputs::read(&ctx.pool, issue.id).await?;
    let kept =
        kept.with_context(|| format!("the issue of {} is older than the keeping of inputs", period.name))?;
    let inputs = serde_json::from_value(kept).context("cannot read the inputs of the issue")?;
    Ok(Some((issue, inputs)))
}

fn again(inputs: &Inputs) -> Option<IssueContent> {
    match inputs.kind {
        IssueKind::Paper => edition::paper(inputs),
        IssueKind::Weekly => match edition::compose(inputs) {
            Composition::Whole(content) => Some(*content),
            Composition::Missing(_) => None,
        },
    }
}

fn compare(published: &Rendering, now: &Rendering, language: Language) -> Vec<Difference> {
    let parts = [
        ("subject", &published.subject, &now.subject),
        ("text", &published.body_text, &now.body_text),
        ("html", &published.body_html, &now.body_html),
    ];
    let differ = parts
        .into_iter()
        .filter_map(|(part, published, now)| first(&format!("{part} {language}"), (published, now)));
    differ.collect()
}

/// The first line in which two texts differ.
fn first(part: &str, (published, now): (&str, &str)) -> Option<Difference> {
    if published == now {
        return None;
    }
    let (mut a, mut b) = (published.lines(), now.lines());
    loop {
        let (published, now) = (a.next(), b.next());
        if published != now || published.is_none() {
            let line = |line: Option<&str>| line.unwrap_or_default().to_owned();
            return Some(Difference { part: part.to_owned(), published: line(published), now: line(now) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_shown() {
        assert!(first("text", ("a\nb", "a\nb")).is_none());
        let difference = first("text", ("a\nb\nc", "a\nB\nc")).unwrap();
        assert_eq!((difference.published.as_str(), difference.now.as_str()), ("b", "B"));
        assert_eq!(first("text", ("a", "a\nmore")).unwrap().now, "more");
    }
}
