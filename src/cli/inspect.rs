//! `headsup inspect`: what the parser or the extractor makes of a file or URL. No database is opened.

use std::io::BufRead as _;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};

use super::args::{InspectArgs, InspectWord};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::clock::Clock;
use crate::config::ArticleRules;
use crate::{crawl, deadline, extract};

/// Address that relative links of a page in a file are read against.
const NOWHERE: &str = "https://example.org/";

/// Paths worked on at the same time in a batch; the lines still come in order.
const PARALLEL: usize = 4;

/// Prints one JSON document for each file; in a batch one line each, and a bad one is a line too.
pub async fn run(around: &Surroundings, args: InspectArgs) -> anyhow::Result<ExitCode> {
    if matches!(args.kind, InspectWord::Story) {
        return match args.batch {
            true => super::inspect_story::batch(around, stdin_lines()).await,
            false => super::inspect_story::run(around, &args.files).await,
        };
    }
    let how = How { kind: args.kind, rules: rules(around, args.source.as_deref())? };
    if args.batch {
        return batch(around, &how).await;
    }
    if args.files.is_empty() {
        return Err(
            UsageError("name a file or URL, or use --batch and give paths on standard input".into()).into()
        );
    }
    let mut code = ExitCode::SUCCESS;
    for file in &args.files {
        let inspected = inspect(around, &how, file).await;
        if inspected.get("error").is_some() {
            code = ExitCode::FAILURE;
        }
        output::json(&inspected)?;
    }
    Ok(code)
}

/// How the input is read.
#[derive(Clone)]
struct How {
    kind: InspectWord,
    rules: ArticleRules,
}

/// The selectors of the source named `slug`.
fn rules(around: &Surroundings, slug: Option<&str>) -> anyhow::Result<ArticleRules> {
    let Some(slug) = slug else { return Ok(ArticleRules::default()) };
    let source = around.feeds()?.sources.into_iter().find(|source| source.slug == slug);
    let source = source.ok_or_else(|| UsageError(format!("feeds.toml has no source {slug:?}")))?;
    Ok(source.article.unwrap_or_default())
}

/// The lines of standard input. One that is not UTF-8 ends nothing: it becomes a path that does not exist.
fn stdin_lines() -> Vec<String> {
    let lines = std::io::stdin().lock().lines();
    lines.map(|line| line.unwrap_or_else(|error| error.to_string())).filter(|line| !line.is_empty()).collect()
}

async fn batch(around: &Surroundings, how: &How) -> anyhow::Result<ExitCode> {
    use futures::StreamExt as _;
    let paths = stdin_lines();
    let mut results = futures::stream::iter(&paths).map(|path| inspect(around, how, path)).buffered(PARALLEL);
    while let Some(inspected) = results.next().await {
        output::line(&inspected.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn inspect(around: &Surroundings, how: &How, file: &str) -> Json {
    let outcome = match read(around, file).await {
        Ok(input) => {
            let now = Clock::System.now();
            // The parsers are pure and may be slow on a hostile file: not on the runtime's own threads.
            let how = how.clone();
            deadline::within(move || parse(&how, &input, now))
                .await
                .unwrap_or_else(|overrun| Err(overrun.to_string()))
        }
        Err(message) => Err(message),
    };
    let mut line = Map::from_iter([("file".to_owned(), json!(file))]);
    match outcome {
        Ok(Json::Object(fields)) => line.extend(fields),
        Ok(other) => drop(line.insert("value".into(), other)),
        Err(message) => drop(line.insert("error".into(), json!(message))),
    }
    Json::Object(line)
}

struct Input {
    bytes: Vec<u8>,
    content_type: Option<String>,
    /// Of a file nobody knows it.
    url: Option<String>,
}

async fn read(around: &Surroundings, file: &str) -> Result<Input, String> {
    if file.starts_with("http://") || file.starts_with("https://") {
        let settings = around.settings().map_err(|error| error.to_string())?.settings;
        let fetched = crawl::inspect::get(&settings.crawl, file).await;
        let (bytes, content_type, url) = fetched.map_err(|error| format!("{error:#}"))?;
        return Ok(Input { bytes, content_type, url: Some(url) });
    }
    let bytes = tokio::fs::read(file).await.map_err(|error| error.to_string())?;
    Ok(Input { bytes, content_type: None, url: None })
}

fn parse(how: &How, input: &Input, now: DateTime<Utc>) -> Result<Json, String> {
    let content_type = input.content_type.as_deref();
    match how.kind {
        // Stories are in the database, not in files: see inspect_story.rs.
        InspectWord::Story => Err("a story is no file".to_owned()),
        InspectWord::Feed => {
            let inspected = crawl::inspect::feed(&input.bytes, content_type, input.url.as_deref(), now)?;
            serde_json::to_value(inspected).map_err(|error| error.to_string())
        }
        InspectWord::Page => {
            let url = input.url.as_deref().unwrap_or(NOWHERE);
            let article = extract::inspect::page(&input.bytes, content_type, url, &how.rules, now)?;
            serde_json::to_value(article).map_err(|error| error.to_string())
        }
    }
}

/// The text of the PDF on standard input: the stage extract runs this in a process of its own.
pub fn read_pdf() -> anyhow::Result<ExitCode> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    output::line(&extract::pdf::answer(&bytes))?;
    Ok(ExitCode::SUCCESS)
}
