//! The only door of the crawl to the network: capped, timed, guarded, and polite about what it has seen already.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::date;
use super::guard::{self, MAX_REDIRECTS, PublicOnly, REFUSED};
use crate::config::CrawlSettings;

/// Longest time for a connection alone.
const CONNECT: Duration = Duration::from_secs(10);

/// What feeds and pages are asked for as.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5";

/// Two clients: one that reaches public addresses only, one for sources that the operator trusts.
#[derive(Clone)]
pub struct Fetcher {
    guarded: Client,
    open: Client,
    max_bytes: usize,
    timeout: Duration,
}

/// One request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask<'a> {
    /// What is asked for.
    pub url: &'a str,
    /// Whether private addresses are allowed.
    pub open: bool,
    /// Validator of the last answer, byte for byte.
    pub etag: Option<&'a str>,
    /// Validator of the last answer, byte for byte.
    pub last_modified: Option<&'a str>,
}

/// The answer of one request.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// 304: nothing new. New validators, if it sent any.
    NotModified(Validators),
    /// 200.
    Body(Body),
}

/// What to send with the next request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`
    pub etag: Option<String>,
    /// `Last-Modified`
    pub last_modified: Option<String>,
}

/// A body and what was said about it.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Decompressed.
    pub bytes: Vec<u8>,
    /// As sent.
    pub content_type: Option<String>,
    /// For the next request.
    pub validators: Validators,
    /// After redirects.
    pub final_url: String,
    /// `Cache-Control: max-age`, in minutes.
    pub max_age_minutes: Option<u32>,
}

/// Why there is no body, in the operator's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Another status than 2xx and 304.
    #[error("HTTP {status}")]
    Status {
        /// The status.
        status: u16,
        /// `Retry-After`, in seconds.
        retry_after: Option<u64>,
    },
    /// The guard refused the address or a redirect to it.
    #[error("{REFUSED}")]
    Private,
    /// More decoded bytes than allowed.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
    /// No complete answer in time.
    #[error("no answer within {0} s")]
    Timeout(u64),
    /// No connection: name unknown, refused, no route.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// Redirects without end.
    #[error("more than {MAX_REDIRECTS} redirects")]
    Redirects,
    /// Anything else: broken TLS, broken encoding, a connection cut in the middle.
    #[error("{0}")]
    Other(String),
}

impl Fetcher {
    /// Two clients by these settings.
    ///
    /// # Errors
    /// The TLS stack cannot be set up.
    pub fn new(settings: &CrawlSettings) -> anyhow::Result<Self> {
        let timeout = Duration::from_secs(settings.timeout_seconds);
        let agent = format!("headsup/{} ({})", env!("CARGO_PKG_VERSION"), settings.contact);
        let builder = || {
            Client::builder()
                .user_agent(&agent)
                .no_proxy()
                .timeout(timeout)
                .connect_timeout(CONNECT.min(timeout))
        };
        let guarded = builder().dns_resolver(Arc::new(PublicOnly)).redirect(redirects(false)).build()?;
        let open = builder().redirect(redirects(true)).build()?;
        Ok(Self { guarded, open, max_bytes: settings.max_bytes, timeout })
    }

    /// Asks once.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn get(&self, ask: Ask<'_>) -> Result<Fetched, Trouble> {
        let url = Url::parse(ask.url).map_err(|error| Trouble::Other(format!("not an address: {error}")))?;
        if !ask.open && !guard::allows(&url) {
            return Err(Trouble::Private);
        }
        let client = if ask.open { &self.open } else { &self.guarded };
        let mut request = client.get(url).header(ACCEPT, ACCEPTED);
        if let Some(etag) = ask.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = ask.last_modified {
            request = request.header(IF_MODIFIED_SINCE, date);
        }
        let response = request.send().await.map_err(|error| self.name(&error))?;
        match response.status() {
            StatusCode::NOT_MODIFIED => Ok(Fetched::NotModified(validators(&response))),
            status if status.is_success() => self.body(response).await.map(Fetched::Body),
            status => Err(Trouble::Status { status: status.as_u16(), retry_after: retry_after(&response) }),
        }
    }

    async fn body(&self, response: Response) -> Result<Body, Trouble> {
        let mut body = Body {
            bytes: Vec::new(),
            content_type: header(&response, CONTENT_TYPE.as_str()),
            validators: validators(&response),
            final_url: response.url().to_string(),
            max_age_minutes: max_age(&response),
        };
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| self.name(&error))?;
            if body.bytes.len() + chunk.len() > self.max_bytes {
                return Err(Trouble::TooLarge(self.max_bytes));
            }
            body.bytes.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn name(&self, error: &reqwest::Error) -> Trouble {
        let mut causes = Vec::new();
        let mut cause = error.source();
        while let Some(inner) = cause {
            causes.push(inner.to_string());
            cause = inner.source();
        }
        let last = causes.last().cloned().unwrap_or_else(|| "the connection failed".to_owned());
        if causes.iter().any(|text| text.contains(REFUSED)) {
            Trouble::Private
        } else if error.is_redirect() {
            Trouble::Redirects
        } else if error.is_timeout() {
            Trouble::Timeout(self.timeout.as_secs())
        } else if error.is_connect() {
            Trouble::Connect(last)
        } else {
            Trouble::Other(format!("the answer broke off: {last}"))
        }
    }
}

/// Literal addresses are checked at every hop; names are checked by the resolver.
fn redirects(open: bool) -> Policy {
    Policy::custom(move |attempt| {
        if attempt.previous().len() > MAX_REDIRECTS {
            attempt.error("too many redirects")
        } else if !open && !guard::allows(attempt.url()) {
            attempt.error(REFUSED)
        } else {
            attempt.follow()
        }
    })
}

fn header(response: &Response, name: &str) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

fn validators(response: &Response) -> Validators {
    Validators {
        etag: header(response, ETAG.as_str()),
        last_modified: header(response, LAST_MODIFIED.as_str()),
    }
}

fn max_age(response: &Response) -> Option<u32> {
    let value = header(response, CACHE_CONTROL.as_str())?;
    let seconds: u32 =
        value.split(',').find_map(|part| part.trim().strip_prefix("max-age="))?.parse().ok()?;
    Some(seconds / 60)
}

/// Seconds, or a date (then relative to the answer's own `Date`).
fn retry_after(response: &Response) -> Option<u64> {
    let value = header(response, RETRY_AFTER.as_str())?;
    if let Ok(seconds) = value.trim().parse() {
        return Some(seconds);
    }
    let (then, now) = (date::parse(&value, 0)?, date::parse(&header(response, "date")?, 0)?);
    u64::try_from((then - now).num_seconds()).ok()
}
