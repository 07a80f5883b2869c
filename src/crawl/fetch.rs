//! The only door of the crawl to the network: capped, timed, guarded, and polite about what it has seen already.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
    RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy, Proxy, Response, StatusCode};
use url::Url;

use super::date;
use super::guard::{self, MAX_REDIRECTS, PublicOnly, REFUSED};
use crate::config::CrawlSettings;

/// Longest time for a connection alone.
const CONNECT: Duration = Duration::from_secs(10);

/// Never asked through a proxy: the operator's own machines.
const LOCAL: &str = "localhost,127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,fe80::/10";

/// What feeds and pages are asked for as.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5";

/// Two clients: one that reaches public addresses only, one for sources that the operator trusts.
#[derive(Clone)]
pub struct Fetcher {
    guarded: Client,
    open: Client,
    is_proxied: bool,
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
    /// 304: nothing new.
    NotModified(Head),
    /// 200.
    Body(Body),
}

/// What an answer says of the next request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `ETag`, to be sent back byte for byte.
    pub etag: Option<String>,
    /// `Last-Modified`, to be sent back byte for byte.
    pub last_modified: Option<String>,
    /// `Cache-Control: max-age`, in minutes.
    pub max_age_minutes: Option<u32>,
    /// The address that answered, if only permanent redirects (301, 308) led to it.
    pub moved_to: Option<String>,
}

/// A body and what was said about it.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Decompressed.
    pub bytes: Vec<u8>,
    /// As sent.
    pub content_type: Option<String>,
    /// For the next request.
    pub head: Head,
    /// After redirects.
    pub final_url: String,
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
        let proxies = proxies(settings)?;
        let is_proxied = !proxies.is_empty();
        let builder = || {
            let builder = Client::builder()
                .user_agent(&agent)
                .no_proxy()
                .referer(false)
                // Followed by hand: the guard looks at every hop, and permanent ones are remembered.
                .redirect(Policy::none())
                .timeout(timeout)
                .connect_timeout(CONNECT.min(timeout));
            proxies.iter().cloned().fold(builder, reqwest::ClientBuilder::proxy)
        };
        // A proxy resolves names itself, and its own name may well be a private one: see `check_name`.
        let guarded = if is_proxied { builder() } else { builder().dns_resolver(Arc::new(PublicOnly)) };
        let (guarded, open) = (guarded.build()?, builder().build()?);
        Ok(Self { guarded, open, is_proxied, max_bytes: settings.max_bytes, timeout })
    }

    /// Asks once, all redirects and the body included within the time that one request may take.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn get(&self, ask: Ask<'_>) -> Result<Fetched, Trouble> {
        let seconds = self.timeout.as_secs();
        tokio::time::timeout(self.timeout, self.follow(ask)).await.unwrap_or(Err(Trouble::Timeout(seconds)))
    }

    async fn follow(&self, ask: Ask<'_>) -> Result<Fetched, Trouble> {
        let mut url =
            Url::parse(ask.url).map_err(|error| Trouble::Other(format!("not an address: {error}")))?;
        let mut is_permanent = true;
        for hop in 0..=MAX_REDIRECTS {
            let response = self.send(&url, ask).await?;
            let Some(next) = redirect(&response) else {
                let moved_to = (hop > 0 && is_permanent).then(|| url.to_string());
                return self.read(response, moved_to).await;
            };
            is_permanent &= [301, 308].contains(&response.status().as_u16());
            url = next;
        }
        Err(Trouble::Redirects)
    }

    async fn send(&self, url: &Url, ask: Ask<'_>) -> Result<Response, Trouble> {
        if !ask.open && (!guard::allows(url) || self.is_proxied && !guard::resolves_publicly(url).await) {
            return Err(Trouble::Private);
        }
        let client = if ask.open { &self.open } else { &self.guarded };
        let mut request = client.get(url.clone()).header(ACCEPT, ACCEPTED);
        if let Some(etag) = ask.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = ask.last_modified {
            request = request.header(IF_MODIFIED_SINCE, date);
        }
        request.send().await.map_err(|error| self.name(&error))
    }

    async fn read(&self, response: Response, moved_to: Option<String>) -> Result<Fetched, Trouble> {
        match response.status() {
            StatusCode::NOT_MODIFIED => Ok(Fetched::NotModified(head(&response, moved_to))),
            status if status.is_success() => self.body(response, moved_to).await.map(Fetched::Body),
            status => Err(Trouble::Status { status: status.as_u16(), retry_after: retry_after(&response) }),
        }
    }

    async fn body(&self, response: Response, moved_to: Option<String>) -> Result<Body, Trouble> {
        let mut body = Body {
            bytes: Vec::new(),
            content_type: header(&response, CONTENT_TYPE.as_str()),
            head: head(&response, moved_to),
            final_url: response.url().to_string(),
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
        } else if error.is_timeout() {
            Trouble::Timeout(self.timeout.as_secs())
        } else if error.is_connect() {
            Trouble::Connect(last)
        } else {
            Trouble::Other(format!("the answer broke off: {last}"))
        }
    }
}

/// As the environment says (`HTTPS_PROXY` and its like), never for the operator's own machines.
fn proxies(settings: &CrawlSettings) -> reqwest::Result<Vec<Proxy>> {
    let never = [LOCAL, settings.proxies.never.as_str()].join(",");
    let of = |proxy: reqwest::Result<Proxy>| Ok(proxy?.no_proxy(NoProxy::from_string(&never)));
    let http = settings.proxies.http.as_deref().map(|url| of(Proxy::http(url)));
    let https = settings.proxies.https.as_deref().map(|url| of(Proxy::https(url)));
    http.into_iter().chain(https).collect()
}

/// Where a redirect leads; `None`: it is none, or leads nowhere.
fn redirect(response: &Response) -> Option<Url> {
    let is_redirect = [301, 302, 303, 307, 308].contains(&response.status().as_u16());
    let target = header(response, LOCATION.as_str()).filter(|_| is_redirect)?;
    response.url().join(target.trim()).ok()
}

fn header(response: &Response, name: &str) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

fn head(response: &Response, moved_to: Option<String>) -> Head {
    Head {
        etag: header(response, ETAG.as_str()),
        last_modified: header(response, LAST_MODIFIED.as_str()),
        max_age_minutes: max_age(response),
        moved_to,
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
