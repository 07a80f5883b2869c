//! One door to any OpenAI-compatible server, for what judges and for what reads meanings: a key, a time limit, and the
//! crate's errors in fewer words. What is asked and what an answer means is the caller's.

use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Longest time for a connection alone.
const CONNECT: Duration = Duration::from_secs(10);

/// Why a server gave no answer. No fetched text and no key stands in it but for what the server said itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody listens.
    NoConnection,
    /// The connection broke.
    Broken,
    /// Not within so many seconds.
    Timeout(u64),
    /// An HTTP error, with the server's words in small letters; 400 if a server of its own ways told only words.
    Status(u16, String),
    /// The crate keeps the status of an error to itself if its body is of another shape: JSON that is no answer is that.
    Refused,
    /// No JSON of the expected shape.
    Unreadable,
}

/// A chat completion, as far as it is read: unknown words of good answers must not break it.
#[derive(Debug, Deserialize)]
pub struct Completion {
    /// Of which the first counts.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Absent: the server does not count.
    #[serde(default)]
    pub usage: Option<Usage>,
}

/// One of the answers.
#[derive(Debug, Deserialize)]
pub struct Choice {
    /// What was said.
    pub message: Message,
}

/// What was said.
#[derive(Debug, Deserialize)]
pub struct Message {
    /// Absent: nothing.
    pub content: Option<String>,
}

/// Tokens, as the server counts them.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Usage {
    /// Of the question.
    #[serde(default)]
    pub prompt_tokens: u32,
    /// Of the answer.
    #[serde(default)]
    pub completion_tokens: u32,
}

/// The first JSON value in an answer, after what a model that reasons aloud wrote before it.
pub fn first_json<A: DeserializeOwned>(text: &str) -> Option<A> {
    let text = text.rsplit_once("</think>").map_or(text, |(_, answer)| answer);
    let mut values = serde_json::Deserializer::from_str(&text[text.find('{')?..]).into_iter::<A>();
    values.next()?.ok()
}

/// "host:port" of a base address, without a name and password that it may hold: what the ledger writes down.
pub fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).rsplit('@').next().unwrap_or(rest)
}

/// A client of one server.
pub struct Server {
    client: Client<OpenAIConfig>,
    timeout: Duration,
}

impl Server {
    /// A client of the server at `base_url`.
    ///
    /// # Errors
    /// The TLS stack cannot be set up.
    pub fn new(base_url: &str, key: Option<&SecretString>, timeout_seconds: u64) -> anyhow::Result<Self> {
        let timeout = Duration::from_secs(timeout_seconds);
        let http = reqwest::Client::builder().no_proxy().timeout(timeout).connect_timeout(CONNECT).build()?;
        let key = key.map(|key| key.expose_secret().to_owned()).unwrap_or_default();
        // All set, also when empty: the crate would take what is missing from OPENAI_… variables and send a key meant
        // for one company to another's server.
        let config = OpenAIConfig::new()
            .with_api_base(base_url.trim_end_matches('/'))
            .with_api_key(key)
            .with_org_id("")
            .with_project_id("");
        Ok(Self { client: Client::with_config(config).with_http_client(http), timeout })
    }

    /// Asks for a chat completion.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn chat<A: DeserializeOwned>(&self, request: Value) -> Result<A, Fault> {
        let asked = self.client.chat();
        self.in_time(asked.create_byot::<Value, A>(request)).await
    }

    /// Asks for embeddings.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn embeddings<A: DeserializeOwned>(&self, request: Value) -> Result<A, Fault> {
        let asked = self.client.embeddings();
        self.in_time(asked.create_byot::<Value, A>(request)).await
    }

    /// The crate obeys a Retry-After of any length: our own limit stands around it.
    async fn in_time<A>(&self, answer: impl Future<Output = Result<A, OpenAIError>>) -> Result<A, Fault> {
        let late = Fault::Timeout(self.timeout.as_secs());
        match tokio::time::timeout(self.timeout, answer).await {
            Err(_) => Err(late),
            Ok(Err(OpenAIError::Reqwest(error))) if error.is_timeout() && !error.is_connect() => Err(late),
            Ok(answer) => answer.map_err(|error| named(&error)),
        }
    }
}

fn named(error: &OpenAIError) -> Fault {
    match error {
        OpenAIError::Reqwest(error) if error.is_connect() => Fault::NoConnection,
        OpenAIError::Reqwest(_) => Fault::Broken,
        OpenAIError::ApiError(answer) => {
            Fault::Status(answer.status_code.as_u16(), answer.api_error.message.to_lowercase())
        }
        OpenAIError::JSONDeserialize(_, body) => by_body(body),
        _ => Fault::Unreadable,
    }
}

/// An error in a shape of the server's own: llama.cpp writes its code as a number, others only words.
fn by_body(body: &str) -> Fault {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    let error = &value["error"];
    let code = error["code"].as_u64().and_then(|code| u16::try_from(code).ok());
    let words = error["message"].as_str().or(error.as_str()).unwrap_or_default().to_lowercase();
    let is_answer = value.get("data").is_some() || value.get("choices").is_some();
    match code {
        Some(code) => Fault::Status(code, words),
        None if !words.is_empty() => Fault::Status(400, words),
        None if value.is_object() && !is_answer => Fault::Refused,
        None => Fault::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_every_servers_shape_are_understood() {
        let said = |status, words: &str| Fault::Status(status, words.to_owned());
        assert_eq!(by_body(r#"{"error":{"code":503,"message":"Loading"}}"#), said(503, "loading"));
        assert_eq!(by_body(r#"{"error":"Bad schema"}"#), said(400, "bad schema"));
        assert_eq!(by_body("{}"), Fault::Refused);
        assert_eq!(by_body(r#"{"data":7}"#), Fault::Unreadable);
        assert_eq!(by_body("<html>"), Fault::Unreadable);
    }
}
