//! What the judge asks of any OpenAI-compatible server, and what an answer is worth.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::config::ModelSettings;
use crate::openai::{Completion, Fault, Server, Usage};

/// The ways to ask for JSON, from the strictest down; a server that refuses one is asked by the next from then on.
const LADDER: usize = 4;

/// Why there is no answer. The words are for the operator; they never repeat fetched text or the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Nobody listens, or the server is still loading: the model is left alone for this run.
    #[error("the model server is not there: {0}")]
    Down(String),
    /// The key, the quota or the model's name is refused: asking again does not help in this run.
    #[error("the model server refuses: {0}")]
    Refused(String),
    /// It has too much to do, or broke down on the way: another try may go well.
    #[error("the model server is busy or broken: {0}")]
    Busy(String),
    /// Not within the time limit.
    #[error("the model did not answer within {0} s")]
    Timeout(u64),
    /// The server failed on this question.
    #[error("the model server failed: {0}")]
    Failed(String),
    /// It answered, but not what was asked.
    #[error("the model's answer is of no use: {0}")]
    Rubbish(String),
}

impl NoAnswer {
    /// The word in the ledger.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Down(_) => "down",
            Self::Refused(_) => "refused",
            Self::Busy(_) => "busy",
            Self::Timeout(_) => "timeout",
            Self::Failed(_) => "failed",
            Self::Rubbish(_) => "rubbish",
        }
    }

    /// Whether the next story would fare the same.
    pub fn stops_the_run(&self) -> bool {
        matches!(self, Self::Down(_) | Self::Refused(_))
    }
}

/// Text and tokens of an answer.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The message.
    pub text: String,
    /// As the server counted; 0 if it does not say.
    pub prompt_tokens: u32,
    /// As the server counted; 0 if it does not say.
    pub completion_tokens: u32,
}

/// The shape of an answer in two dialects.
#[derive(Clone, Debug)]
pub struct Schemas {
    /// With the lengths and numbers that servers with a grammar keep to, and others refuse.
    pub limited: Value,
    /// In the dialect of strict servers.
    pub plain: Value,
}

/// A client of one server.
pub struct Model {
    server: Server,
    name: String,
    rung: AtomicUsize,
}

impl Model {
    /// A client by these settings.
    ///
    /// # Errors
    /// The TLS stack cannot be set up.
    pub fn new(settings: &ModelSettings) -> anyhow::Result<Self> {
        let server = Server::new(&settings.base_url, settings.api_key.as_ref(), settings.timeout_seconds)?;
        Ok(Self { server, name: settings.name.clone(), rung: AtomicUsize::new(0) })
    }

    /// Asks once for an answer of the shape of `schemas`.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn ask(&self, prompt: &str, schemas: &Schemas, max_tokens: u32) -> Result<Said, NoAnswer> {
        loop {
            let rung = self.rung.load(Ordering::Relaxed);
            match self.ask_by(rung, prompt, schemas, max_tokens).await {
                Err(NoAnswer::Failed(why)) if why.starts_with(FORMAT_REFUSED) && rung + 1 < LADDER => {
                    self.rung.store(rung + 1, Ordering::Relaxed);
                }
                outcome => return outcome,
            }
        }
    }

    async fn ask_by(
        &self,
        rung: usize,
        prompt: &str,
        schemas: &Schemas,
        max_tokens: u32,
    ) -> Result<Said, NoAnswer> {
        let mut prompt = prompt.to_owned();
        if rung > 1 {
            let schema = &schemas.plain;
            prompt.push_str(&format!("\nAnswer with one JSON object of this schema:\n{schema}\n"));
        }
        let mut request = json!({
            "model": self.name,
            "messages": [{ "role": "user", "content": prompt }],
            "temperature": 0,
            "max_tokens": max_tokens,
        });
        match rung {
            0 | 1 => {
                let schema = if rung == 0 { &schemas.limited } else { &schemas.plain };
                let format = json!({ "name": "answer", "strict": true, "schema": schema });
                request["response_format"] = json!({ "type": "json_schema", "json_schema": format });
            }
            2 => request["response_format"] = json!({ "type": "json_object" }),
            _ => {}
        }
        said(self.server.chat::<Completion>(request).await.map_err(no_answer)?)
    }
}

fn no_answer(fault: Fault) -> NoAnswer {
    match fault {
        Fault::Timeout(seconds) => NoAnswer::Timeout(seconds),
        Fault::NoConnection => NoAnswer::Down("it does not accept connections".to_owned()),
        Fault::Broken => NoAnswer::Busy("the connection broke".to_owned()),
        Fault::Status(status, words) => by_status(status, &words),
        Fault::Refused | Fault::Unreadable => NoAnswer::Rubbish("not the shape of a completion".to_owned()),
    }
}

/// Begins the reason of a refused `response_format`.
const FORMAT_REFUSED: &str = "HTTP 400 on the response format";

fn by_status(status: u16, message: &str) -> NoAnswer {
    match status {
        401 | 403 => NoAnswer::Refused(format!("HTTP {status}: check the key")),
        402 => NoAnswer::Refused("HTTP 402: it wants to be paid".to_owned()),
        404 => NoAnswer::Refused("HTTP 404: check base_url and the model's name".to_owned()),
        429 if ["quota", "billing", "credit", "balance", "insufficient"]
            .iter()
            .any(|word| message.contains(word)) =>
        {
            NoAnswer::Refused("HTTP 429: the quota is used up".to_owned())
        }
        429 => NoAnswer::Busy("HTTP 429: too many questions".to_owned()),
        503 => NoAnswer::Busy("HTTP 503: not ready".to_owned()),
        500..=599 => NoAnswer::Busy(format!("HTTP {status}")),
        400 if message.contains("response_format")
            || message.contains("schema")
            || message.contains("json") =>
        {
            NoAnswer::Failed(FORMAT_REFUSED.to_owned())
        }
        400 if message.contains("context") => {
            NoAnswer::Failed("HTTP 400: longer than its context: lower context_tokens".to_owned())
        }
        other => NoAnswer::Failed(format!("HTTP {other}")),
    }
}

fn said(completion: Completion) -> Result<Said, NoAnswer> {
    let Usage { prompt_tokens, completion_tokens } = completion.usage.unwrap_or_default();
    let choice =
        completion.choices.into_iter().next().ok_or(NoAnswer::Rubbish("no choice in it".to_owned()))?;
    // What was cut, or is nothing, was paid for all the same: the reader of the text says what is wrong with it.
    let text = choice.message.content.unwrap_or_default();
    Ok(Said { text, prompt_tokens, completion_tokens })
}
