//! One source: asked, read, stored, noted.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::answer::{Body, Fetched, Head, Trouble};
use super::arxiv;
use super::feed::{Hints, Parsed};
use super::fetch::Ask;
use super::host::{Turn, origin};
use super::robots::{FORBIDDEN, Permission};
use super::{Rules, Run, outcome, read_as, rhythm};
use crate::deadline;
use crate::model::{Source, SourceKind};
use crate::store::sources::Answer;

/// Bytes from which on a body is parsed when few others are.
const LARGE: usize = 1 << 20;

/// Why a source could not be read.
pub struct Failure {
    pub message: String,
    pub trouble: Option<Trouble>,
}

/// A source that answered.
pub struct Read {
    /// For its row.
    pub answer: Answer,
    /// `None`: nothing changed.
    pub parsed: Option<Parsed>,
    /// Its `Cache-Control`.
    pub max_age_minutes: Option<u32>,
    /// The address that answered, if only permanent redirects led to it.
    pub moved_to: Option<String>,
    /// What is wrong with it although it answered.
    complaint: Option<String>,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self { message: trouble.to_string(), trouble: Some(trouble) }
    }
}

impl Failure {
    pub fn says(message: impl Into<String>) -> Self {
        Self { message: message.into(), trouble: None }
    }
}

impl Run<'_> {
    /// Asks and reads one source; where arXiv's announcements fail or are old, its API stands in.
    pub async fn ask(&self, source: &Source) -> Result<Read, Failure> {
        let read = self.ask_itself(source).await;
        let Some(api) = arxiv::api_for(&source.url).filter(|_| source.kind == SourceKind::Arxiv) else {
            return read;
        };
        let Some(complaint) = self.complaint(source, &read) else { return read };
        match (self.ask_api(source, &api).await, read) {
            (Ok(parsed), read) => Ok(stand_in(parsed, read, &complaint)),
            (Err(failure), Ok(read)) => {
                let complaint = format!("{complaint}; the API fails too: {}", failure.message);
                Ok(Read { complaint: Some(complaint), ..read })
            }
            (Err(_), Err(first)) => Err(first),
        }
    }

    async fn ask_itself(&self, source: &Source) -> Result<Read, Failure> {
        let (url, open) = (source.address(), self.open(&source.slug));
        let mut turn = self.turn(source, url).await;
        // Feeds and APIs are made for programs; pages and sitemaps are made for others.
        let is_site = matches!(source.kind, SourceKind::Page | SourceKind::Sitemap);
        if is_site {
            match self.may_ask(url, open, &mut turn).await {
                Permission::Given => {}
                Permission::Refused => return Err(Failure::says(FORBIDDEN)),
                Permission::Unknown(why) => return Err(Failure::says(why)),
            }
        }
        let (etag, last_modified) = (source.etag.as_deref(), source.last_modified.as_deref());
        let ask = Ask { url, open, etag, last_modified, ..Ask::default() };
        let fetched = if is_site {
            self.visit(ask, turn, &source.slug).await?
        } else {
            self.fetch(ask, turn, &source.slug).await?
        };
        let body = match fetched {
            // Of what was never read nothing can be unchanged; taken for good, it would be so for ever.
            Fetched::NotModified(_) if source.rhythm.is_none() => {
                return Err(Failure::says("HTTP 304 although nobody asked for changes"));
            }
            Fetched::NotModified(head) => return Ok(unchanged(head, false)),
            Fetched::Body(body) => body,
        };
        if let Some(why) = body.broke_off.clone() {
            return self.read_what_arrived(source, body, why).await;
        }
        let sha256 = Sha256::digest(&body.bytes).to_vec();
        if source.body_sha256.as_ref() == Some(&sha256) && source.rhythm.is_some() {
            return Ok(unchanged(body.head, true));
        }
        let whole = self.read_whole(source, body, sha256).await?;
        let mut read = Read { complaint: whole.complaint, ..unchanged(whole.head, true) };
        read.answer.body_sha256 = whole.sha256;
        if let Some(parsed) = &whole.parsed {
            read.answer.n_entries = i32::try_from(parsed.entries.len()).ok();
            read.answer.repairs = Some(parsed.repairs.clone());
            read.answer.rhythm = Some(rhythm::of(parsed, source.kind, self.ctx.clock.now()));
        }
        Ok(Read { parsed: whole.parsed, ..read })
    }

    /// An answer without its end may be stored, but must not pass for the whole: no validators, nothing of its rhythm.
    async fn read_what_arrived(&self, source: &Source, body: Body, why: String) -> Result<Read, Failure> {
        let parsed =
            self.parse(source, body).await.map_err(|_| Failure::from(Trouble::Other(why.clone())))?;
        let complaint = Some(format!("{why}; what arrived of it was read"));
        Ok(Read { parsed: Some(parsed), complaint, ..unchanged(Head::default(), true) })
    }

    /// arXiv's interfaces want more time between two questions than a host usually does.
    async fn turn(&self, source: &Source, url: &str) -> Turn {
        if source.kind == SourceKind::Arxiv && url.contains("/api/query") {
            return self.api_turn(url).await;
        }
        self.hosts.turn(url).await
    }

    /// The right to ask one of arXiv's interfaces.
    pub async fn api_turn(&self, url: &str) -> Turn {
        let mut turn = self.hosts.turn_of(format!("{} interface", origin(url))).await;
        turn.want_delay(arxiv::API_PAUSE);
        turn
    }

    async fn ask_api(&self, source: &Source, api: &str) -> Result<Parsed, Failure> {
        let turn = self.api_turn(api).await;
        let ask = Ask { url: api, open: self.open(&source.slug), ..Ask::default() };
        match self.fetch(ask, turn, &source.slug).await? {
            Fetched::Body(body) => {
                let parsed = self.parse(source, body).await?;
                if parsed.entries.is_empty() { Err(Failure::says("no entries")) } else { Ok(parsed) }
            }
            Fetched::NotModified(_) => Err(Failure::says("HTTP 304 although nobody asked for changes")),
        }
    }

    /// What is wrong with arXiv's announcements, if anything is.
    fn complaint(&self, source: &Source, read: &Result<Read, Failure>) -> Option<String> {
        let now = self.ctx.clock.now();
        let read = match read {
            Ok(read) => read,
            Err(failure) => return Some(format!("the feed fails ({})", failure.message)),
        };
        let rhythm = read.answer.rhythm.as_ref().or(source.rhythm.as_ref())?;
        match rhythm.newest_at {
            None if rhythm.n_entries == 0 && !arxiv::is_day_off(now) => {
                Some("the feed has no entries".to_owned())
            }
            None => None,
            Some(newest) => arxiv::stale_batch(newest, now),
        }
    }

    /// Parsing is pure and may be long: not on the runtime's own threads.
    pub async fn parse(&self, source: &Source, body: Body) -> Result<Parsed, Failure> {
        let now = self.ctx.clock.now();
        let (kind, language) = (source.kind, source.language);
        let rules =
            self.configured.get(source.slug.as_str()).map(|config| Rules::of(config)).unwrap_or_default();
        let is_large = body.bytes.len() > LARGE;
        let _permit = if is_large { self.parsing.acquire().await.ok() } else { None };
        let parsing = deadline::within(move || {
            let hints =
                Hints { content_type: body.content_type.as_deref(), base: &body.final_url, language, now };
            read_as(kind, &body.bytes, &rules, &hints)
        });
        let parsed = parsing.await.unwrap_or_else(|overrun| Err(overrun.to_string()));
        parsed.map_err(Failure::says)
    }
}

fn unchanged(head: Head, is_full: bool) -> Read {
    let Head { etag, last_modified, max_age_minutes, moved_to } = head;
    let answer = Answer { is_full, etag, last_modified, ..Answer::default() };
    Read { answer, parsed: None, max_age_minutes, moved_to, complaint: None }
}

/// The API's entries with those of the announcements, if there are any; the rhythm stays that of the announcements,
/// so that their standing still goes on being noticed.
fn stand_in(parsed: Parsed, read: Result<Read, Failure>, complaint: &str) -> Read {
    let complaint = Some(format!("{complaint}; the API stands in"));
    let mut read = read.unwrap_or_else(|_| unchanged(Head::default(), false));
    let announced = read.parsed.take().map(|own| own.entries).unwrap_or_default();
    let entries = announced.into_iter().chain(parsed.entries).collect();
    Read { parsed: Some(Parsed { entries, ..parsed }), complaint, ..read }
}

/// Permanent redirects are counted; anything else between two of them starts the count anew.
pub fn sighted(source: &Source, moved_to: Option<String>) -> (Option<String>, i32) {
    match moved_to {
        _ if source.has_moved() => (source.moved_to.clone(), source.n_moved),
        Some(to) if source.moved_to.as_ref() == Some(&to) => (Some(to), source.n_moved + 1),
        Some(to) => (Some(to), 1),
        None => (None, 0),
    }
}

/// Where a source is asked: its new address once that is sure.
pub fn address<'a>(source: &'a Source, (moved_to, n_moved): &'a (Option<String>, i32)) -> &'a str {
    let has_moved = Source::is_sure(*n_moved);
    moved_to.as_deref().filter(|_| has_moved).unwrap_or(&source.url)
}

impl Read {
    /// State and message of a source that gave this answer.
    pub fn state(&self, source: &Source, now: DateTime<Utc>) -> (&'static str, Option<String>) {
        let rhythm = self.answer.rhythm.as_ref().or(source.rhythm.as_ref());
        let (state, message) = rhythm.map_or(("ok", None), |rhythm| outcome::state_of(rhythm, now));
        if let Some(complaint) = &self.complaint {
            return ("quiet", Some(complaint.clone()));
        }
        // arXiv announces nothing at weekends.
        let rests = state == "empty" && source.kind == SourceKind::Arxiv && arxiv::is_day_off(now);
        let state = if rests { "ok" } else { state };
        let moved = sighted(source, self.moved_to.clone());
        let new = address(source, &moved);
        if state == "ok" && new != source.url {
            return (
                "moved",
                Some(format!("has moved to {new} and is read there: put that into feeds.toml")),
            );
        }
        (state, message.filter(|_| state != "ok"))
    }
}
