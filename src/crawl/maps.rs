//! An index of sitemaps, followed one level: <https://www.sitemaps.org/protocol.html#index>. Its sitemaps are asked like
//! any source's own address: in turn, by leave of robots.txt, and only when the index says something new.

use chrono::Duration;
use sha2::{Digest as _, Sha256};

use super::Run;
use super::answer::{Body, Fetched, Head, Trouble};
use super::ask::Failure;
use super::feed::{Hints, Parsed};
use super::fetch::Ask;
use super::robots::{FORBIDDEN, Permission};
use super::sitemap::{self, Index};
use crate::deadline;
use crate::model::{Source, SourceKind};

/// Where the index does not tell which of its sitemaps changed, all are asked anew: not more often than this.
const UNDATED: Duration = Duration::days(1);

/// What a source's answer comes to, with the sitemaps that it names.
pub struct Whole {
    /// `None`: nothing changed.
    pub parsed: Option<Parsed>,
    /// Tells an unchanged answer the next time; `None`: it must be read again.
    pub sha256: Option<Vec<u8>>,
    /// For the next request.
    pub head: Head,
    /// What of it could not be read.
    pub complaint: Option<String>,
}

impl Run<'_> {
    /// Parses a body; where it is an index of sitemaps, what these list.
    pub async fn read_whole(&self, source: &Source, body: Body, sha256: Vec<u8>) -> Result<Whole, Failure> {
        let index = (source.kind == SourceKind::Sitemap).then(|| sitemap::index(&body, self.prefix(source)));
        match index.flatten() {
            Some(index) => self.read_maps(source, index, (body.head, sha256)).await,
            None => {
                let head = body.head.clone();
                let parsed = Some(self.parse(source, body).await?);
                Ok(Whole { parsed, sha256: Some(sha256), head, complaint: None })
            }
        }
    }

    fn prefix(&self, source: &Source) -> &str {
        let config = self.configured.get(source.slug.as_str());
        config.map_or("/", |config| sitemap::prefix(config))
    }

    async fn read_maps(
        &self,
        source: &Source,
        index: Index,
        (mut head, mut sha256): (Head, Vec<u8>),
    ) -> Result<Whole, Failure> {
        let (mut all, mut hash, mut failed) = (Vec::new(), Sha256::new(), None);
        for map in &index.maps {
            match self.read_map(source, map, &mut hash).await {
                Ok(parsed) => all.push(parsed),
                Err(failure) => {
                    let _ = self.pause_host(failure.trouble.as_ref()).await;
                    let is_its_own =
                        matches!(failure.trouble, None | Some(Trouble::Status { status: 400..=428, .. }));
                    failed = Some((map, failure));
                    if !is_its_own {
                        break; // The others are on the same host.
                    }
                }
            }
        }
        match failed {
            Some((_, failure)) if all.is_empty() => return Err(failure),
            Some((map, failure)) => {
                let complaint = Some(format!("its sitemap {map} cannot be read: {}", failure.message));
                let (parsed, head) = (sitemap::join(all, self.prefix(source)).ok(), Head::default());
                return Ok(Whole { parsed, sha256: None, head, complaint });
            }
            None => {}
        }
        if !index.is_dated {
            let least = u32::try_from(UNDATED.num_minutes()).ok();
            sha256 = hash.finalize().to_vec();
            head = Head {
                max_age_minutes: head.max_age_minutes.max(least),
                moved_to: head.moved_to,
                ..Head::default()
            };
        }
        if source.body_sha256.as_ref() == Some(&sha256) && source.rhythm.is_some() {
            return Ok(Whole { parsed: None, sha256: Some(sha256), head, complaint: None });
        }
        let parsed = sitemap::join(all, self.prefix(source)).map_err(said)?;
        Ok(Whole { parsed: Some(parsed), sha256: Some(sha256), head, complaint: None })
    }

    async fn read_map(&self, source: &Source, url: &str, hash: &mut Sha256) -> Result<Parsed, Failure> {
        let open = self.open(&source.slug);
        let mut turn = self.hosts.turn(url).await;
        match self.may_ask(url, open, &mut turn).await {
            Permission::Given => {}
            Permission::Refused => return Err(said(FORBIDDEN.to_owned())),
            Permission::Unknown(message) => return Err(said(message)),
        }
        let body = match self.visit(Ask { url, open, ..Ask::default() }, turn, &source.slug).await? {
            Fetched::Body(Body { broke_off: Some(why), .. }) => return Err(Trouble::Other(why).into()),
            Fetched::Body(body) => body,
            Fetched::NotModified(_) => {
                return Err(said("HTTP 304 although nobody asked for changes".to_owned()));
            }
        };
        hash.update(&body.bytes);
        let (prefix, language, now) = (self.prefix(source).to_owned(), source.language, self.ctx.clock.now());
        let _permit = self.parsing.acquire().await.ok();
        let parsing = deadline::within(move || {
            let hints =
                Hints { content_type: body.content_type.as_deref(), base: &body.final_url, language, now };
            sitemap::pages(&body.bytes, &prefix, &hints)
        });
        parsing.await.unwrap_or_else(|overrun| Err(overrun.to_string())).map_err(said)
    }
}

fn said(message: String) -> Failure {
    Failure { message, trouble: None }
}
