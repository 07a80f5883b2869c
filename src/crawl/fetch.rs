//! The only door of the crawl to the network: capped, timed, guarded, and polite about what it has seen already.

use std::error::Error as _;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use futures::StreamExt as _;
use reqwest::header::{ACCEPT, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy, Proxy, Response, StatusCode};
use tokio::time::Instant;
use url::Url;

use super::answer::{self, Body, Fetched, Trouble};
use super::guard::{self, MAX_REDIRECTS, PublicOnly, REFUSED};
use super::host::{self, Turn};
use super::manners::Manners;
use crate::clock::Clock;
use crate::config::CrawlSettings;

/// Longest time for a connection alone.
const CONNECT: Duration = Duration::from_secs(10);

/// Never asked through a proxy: the operator's own machines.
const LOCAL: &str = "localhost,127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,fe80::/10";

/// How a gzip file begins. RFC 1952.
const GZIP: [u8; 2] = [0x1f, 0x8b];

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
    clock: Clock,
}

/// One hop of a request.
enum Step {
    Done(Box<Fetched>),
    /// Where it leads, and whether for good.
    To(Url, bool),
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
    /// Whether too much is cut instead of refused.
    pub may_cut: bool,
    /// Whether the answer alone is wanted, nothing of its body. (Not every host answers HEAD as it answers GET.)
    pub only_head: bool,
}

impl Fetcher {
    /// Two clients by these settings.
    ///
    /// # Errors
    /// The TLS stack cannot be set up.
    pub fn new(settings: &CrawlSettings, clock: &Clock) -> anyhow::Result<Self> {
        let timeout = Duration::from_secs(settings.timeout_seconds);
        let agent = format!("headsup/{} ({})", env!("CARGO_PKG_VERSION"), settings.contact);
        let proxies = proxies(settings)?;
        let is_proxied = !proxies.is_empty();
        let builder = || {
            let builder = Client::builder()
                .user_agent(&agent)
                .no_proxy()
                .referer(false)
                // Browsers and curl read on where a header is odd.
                .http1_allow_spaces_after_header_name_in_responses(true)
                .http1_allow_obsolete_multiline_headers_in_responses(true)
                .http1_ignore_invalid_headers_in_responses(true)
                // Followed by hand: the guard looks at every hop, and permanent ones are remembered.
                .redirect(Policy::none())
                .timeout(timeout)
                .connect_timeout(CONNECT.min(timeout));
            proxies.iter().cloned().fold(builder, reqwest::ClientBuilder::proxy)
        };
        // A proxy resolves names itself, and its own name may well be a private one: see `check_name`.
        let guarded = if is_proxied { builder() } else { builder().dns_resolver(Arc::new(PublicOnly)) };
        let (guarded, open) = (guarded.build()?, builder().build()?);
        Ok(Self { guarded, open, is_proxied, max_bytes: settings.max_bytes, timeout, clock: clock.clone() })
    }

    /// Asks once, all redirects and the body included within the time that one request may take.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn get(&self, ask: Ask<'_>) -> Result<Fetched, Trouble> {
        self.follow(ask, None).await
    }

    /// The same in `turn`; where a redirect leads, a turn is waited for too, in time that does not count.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn get_in_turn(
        &self,
        ask: Ask<'_>,
        turn: Turn,
        manners: &Manners<'_>,
    ) -> Result<Fetched, Trouble> {
        self.follow(ask, Some((turn, manners))).await
    }

    /// Asks once as [`Fetcher::get`] does, and gives the answer whatever its status: for a person who watches.
    ///
    /// # Errors
    /// See [`Trouble`]; never [`Trouble::Status`].
    pub async fn look(&self, ask: Ask<'_>) -> Result<(u16, Body), Trouble> {
        let mut url =
            Url::parse(ask.url).map_err(|error| Trouble::Other(format!("not an address: {error}")))?;
        let looking = async {
            for _ in 0..=MAX_REDIRECTS {
                let response = self.send(&url, ask).await?;
                match redirect(&response) {
                    Some(next) => url = next,
                    None => {
                        return Ok((response.status().as_u16(), self.body(response, None, ask).await?));
                    }
                }
            }
            Err(Trouble::Redirects)
        };
        let looked = tokio::time::timeout(self.timeout, looking).await;
        looked.unwrap_or(Err(Trouble::Timeout(self.timeout.as_secs())))
    }

    async fn follow(&self, ask: Ask<'_>, mut held: Option<(Turn, &Manners<'_>)>) -> Result<Fetched, Trouble> {
        let mut url =
            Url::parse(ask.url).map_err(|error| Trouble::Other(format!("not an address: {error}")))?;
        let (mut is_permanent, mut left) = (true, self.timeout);
        for hop in 0..=MAX_REDIRECTS {
            let began = Instant::now();
            let moved_to = (hop > 0 && is_permanent).then(|| url.to_string());
            let step = tokio::time::timeout(left, self.step(&url, ask, moved_to));
            match step.await.unwrap_or(Err(Trouble::Timeout(self.timeout.as_secs())))? {
                Step::Done(fetched) => return Ok(*fetched),
                Step::To(next, forever) => (url, is_permanent) = (next, is_permanent && forever),
            }
            left = left.saturating_sub(began.elapsed());
            if let Some((turn, manners)) = held.take() {
                // Given back first: two that wait for each other's host would wait for ever.
                drop(turn);
                held = Some((manners.turn(&url).await?, manners));
            }
        }
        Err(Trouble::Redirects)
    }

    async fn step(&self, url: &Url, ask: Ask<'_>, moved_to: Option<String>) -> Result<Step, Trouble> {
        let response = self.send(url, ask).await?;
        if let Some(next) = redirect(&response) {
            return Ok(Step::To(next, [301, 308].contains(&response.status().as_u16())));
        }
        let fetched = match response.status() {
            StatusCode::NOT_MODIFIED => {
                Fetched::NotModified(answer::head(|name| header(&response, name), moved_to))
            }
            status if status.is_success() => Fetched::Body(self.body(response, moved_to, ask).await?),
            status => {
                let wait = answer::retry_after(|name| header(&response, name), self.clock.now());
                let (status, host) = (status.as_u16(), host::origin(url.as_str()));
                return Err(Trouble::Status { status, retry_after: wait, host });
            }
        };
        Ok(Step::Done(Box::new(fetched)))
    }

    async fn send(&self, url: &Url, ask: Ask<'_>) -> Result<Response, Trouble> {
        if !ask.open && (!guard::allows(url) || self.is_proxied && !guard::resolves_publicly(url).await) {
            return Err(Trouble::Private);
        }
        let client = if ask.open { &self.open } else { &self.guarded };
        let mut request = client.get(url.clone()).header(ACCEPT, ACCEPTED);
        for (name, value) in [(IF_NONE_MATCH, ask.etag), (IF_MODIFIED_SINCE, ask.last_modified)] {
            if let Some(value) = value.and_then(as_sent) {
                request = request.header(name, value);
            }
        }
        request.send().await.map_err(|error| self.name(&error))
    }

    async fn body(
        &self,
        response: Response,
        moved_to: Option<String>,
        ask: Ask<'_>,
    ) -> Result<Body, Trouble> {
        let mut body = Body {
            content_type: header(&response, "content-type"),
            head: answer::head(|name| header(&response, name), moved_to),
            final_url: response.url().to_string(),
            ..Body::default()
        };
        if ask.only_head {
            return Ok(body);
        }
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            match chunk {
                Ok(chunk) if body.bytes.len() + chunk.len() > self.max_bytes => {
                    if ask.may_cut {
                        break;
                    }
                    return Err(Trouble::TooLarge(self.max_bytes));
                }
                Ok(chunk) => body.bytes.extend_from_slice(&chunk),
                Err(error) => match self.name(&error) {
                    Trouble::Other(why) if !body.bytes.is_empty() => {
                        body.broke_off = Some(why);
                        break;
                    }
                    trouble => return Err(trouble),
                },
            }
        }
        self.unpack(body)
    }

    /// A file that is compressed as it lies there (`sitemap.xml.gz`), of which no header speaks.
    fn unpack(&self, mut body: Body) -> Result<Body, Trouble> {
        if !body.bytes.starts_with(&GZIP) {
            return Ok(body);
        }
        let mut plain = Vec::new();
        let most = u64::try_from(self.max_bytes).unwrap_or(u64::MAX).saturating_add(1);
        let unpacked = MultiGzDecoder::new(body.bytes.as_slice()).take(most).read_to_end(&mut plain);
        if plain.len() > self.max_bytes {
            return Err(Trouble::TooLarge(self.max_bytes));
        }
        if let Err(error) = unpacked {
            body.broke_off = body.broke_off.or_else(|| Some(error.to_string()));
        }
        Ok(Body { bytes: plain, ..body })
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
        } else if error.is_timeout() && error.is_connect() {
            Trouble::Connect(format!("no connection within {} s", CONNECT.min(self.timeout).as_secs()))
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
    let target = response.headers().get(LOCATION).filter(|_| is_redirect)?;
    // Some write the address as readers see it.
    response.url().join(String::from_utf8_lossy(target.as_bytes()).trim()).ok()
}

/// A header's bytes, each as the character of that number: so any of them can be sent back as it came.
fn header(response: &Response, name: &str) -> Option<String> {
    let text =
        |value: &HeaderValue| value.as_bytes().iter().map(|byte| char::from(*byte)).collect::<String>();
    let mut values = response.headers().get_all(name).iter().map(text);
    let first = values.next()?;
    // A list may come in several headers; anything else is said once.
    Some(if name == "cache-control" {
        values.fold(first, |list, value| format!("{list}, {value}"))
    } else {
        first
    })
}

/// The header of which [`header`] made this text.
fn as_sent(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}
