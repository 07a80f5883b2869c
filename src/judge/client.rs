//! The only door of the judge to the network: any OpenAI-compatible server.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::ModelSettings;

/// Longest time for a connection alone.
const CONNECT: Duration = Duration::from_secs(10);

/// The ways to ask for JSON, from the strictest down; a server that refuses one is asked by the next from then on.
const LADDER: usize = 3;

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

/// A client of one server.
pub struct Model {
    client: Client<OpenAIConfig>,
    name: String,
    timeout: Duration,
    rung: AtomicUsize,
}

/// Only what is read: unknown words of good answers must not break it.
#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

impl Model {
    /// A client by these settings.
    ///
    /// # Errors
    /// The TLS stack cannot be set up.
    pub fn new(settings: &ModelSettings) -> anyhow::Result<Self> {
        let timeout = Duration::from_secs(settings.timeout_seconds);
        let http = reqwest::Client::builder().no_proxy().timeout(timeout).connect_timeout(CONNECT).build()?;
        let key = settings.api_key.as_ref().map(|key| key.expose_secret().to_owned()).unwrap_or_default();
        // All set, also when empty: the crate would take what is missing from OPENAI_… variables and send a key meant
        // for one company to another's server.
        let config = OpenAIConfig::new()
            .with_api_base(settings.base_url.trim_end_matches('/'))
            .with_api_key(key)
            .with_org_id("")
            .with_project_id("");
        Ok(Self {
            client: Client::with_config(config).with_http_client(http),
            name: settings.name.clone(),
            timeout,
            rung: AtomicUsize::new(0),
        })
    }

    /// Asks once for an answer of the shape `schema`.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn ask(&self, prompt: &str, schema: &Value, max_tokens: u32) -> Result<Said, NoAnswer> {
        loop {
            let rung = self.rung.load(Ordering::Relaxed);
            match self.ask_by(rung, prompt, schema, max_tokens).await {
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
        schema: &Value,
        max_tokens: u32,
    ) -> Result<Said, NoAnswer> {
        let mut prompt = prompt.to_owned();
        if rung > 0 {
            prompt.push_str(&format!("\nAnswer with one JSON object of this schema:\n{schema}\n"));
        }
        let mut request = json!({
            "model": self.name,
            "messages": [{ "role": "user", "content": prompt }],
            "temperature": 0,
            "max_tokens": max_tokens,
        });
        match rung {
            0 => {
                let format = json!({ "name": "answer", "strict": true, "schema": schema });
                request["response_format"] = json!({ "type": "json_schema", "json_schema": format });
            }
            1 => request["response_format"] = json!({ "type": "json_object" }),
            _ => {}
        }
        let asked = self.client.chat();
        let answer = asked.create_byot::<Value, Completion>(request);
        // The crate obeys a Retry-After of any length: our own limit stands around it.
        match tokio::time::timeout(self.timeout, answer).await {
            Err(_) => Err(NoAnswer::Timeout(self.timeout.as_secs())),
            Ok(Err(error)) => Err(self.name_error(&error)),
            Ok(Ok(completion)) => said(completion),
        }
    }

    fn name_error(&self, error: &OpenAIError) -> NoAnswer {
        match error {
            OpenAIError::Reqwest(error) if error.is_timeout() && !error.is_connect() => {
                NoAnswer::Timeout(self.timeout.as_secs())
            }
            OpenAIError::Reqwest(error) if error.is_connect() => {
                NoAnswer::Down("it does not accept connections".to_owned())
            }
            OpenAIError::Reqwest(_) => NoAnswer::Busy("the connection broke".to_owned()),
            OpenAIError::ApiError(answer) => {
                let status = answer.status_code.as_u16();
                by_status(status, &answer.api_error.message.to_lowercase())
            }
            // An error in a shape of the server's own: llama.cpp writes its code as a number.
            OpenAIError::JSONDeserialize(_, body) => by_body(body),
            _ => NoAnswer::Failed("its answer cannot be read".to_owned()),
        }
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

fn by_body(body: &str) -> NoAnswer {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    let code = value["error"]["code"].as_u64().and_then(|code| u16::try_from(code).ok());
    let message =
        value["error"]["message"].as_str().or(value["error"].as_str()).unwrap_or_default().to_lowercase();
    match code {
        Some(code) => by_status(code, &message),
        None if message.is_empty() => NoAnswer::Rubbish("not the shape of a completion".to_owned()),
        None => by_status(400, &message),
    }
}

fn said(completion: Completion) -> Result<Said, NoAnswer> {
    let usage =
        completion.usage.map(|usage| (usage.prompt_tokens, usage.completion_tokens)).unwrap_or_default();
    let choice =
        completion.choices.into_iter().next().ok_or(NoAnswer::Rubbish("no choice in it".to_owned()))?;
    // What was cut, or is nothing, was paid for all the same: the reader of the text says what is wrong with it.
    let text = choice.message.content.unwrap_or_default();
    Ok(Said { text, prompt_tokens: usage.0, completion_tokens: usage.1 })
}
