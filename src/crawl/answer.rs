//! What an answer is, and what its headers say of the next request.

use chrono::{DateTime, Utc};

use super::date;
use super::guard::{MAX_REDIRECTS, REFUSED};
use super::robots::FORBIDDEN;

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
    /// Why the end is missing, if it is: what arrived may still be read, but says nothing of what was not.
    pub broke_off: Option<String>,
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
        /// "host:port" of who said it, which after a redirect is not who was asked.
        host: String,
    },
    /// A redirect leads to where programs are not wanted.
    #[error("{FORBIDDEN}")]
    Forbidden,
    /// The host, perhaps one that a redirect leads to, asked for a pause.
    #[error("{0} asked for a pause")]
    Paused(String),
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

/// What the headers say; `header` reads one by its name in lower case.
pub fn head(header: impl Fn(&str) -> Option<String>, moved_to: Option<String>) -> Head {
    Head {
        // "*" stands for any state: whoever is told it may answer "not modified" for ever.
        etag: header("etag").filter(|etag| etag.trim() != "*"),
        last_modified: header("last-modified"),
        max_age_minutes: header("cache-control").as_deref().and_then(max_age),
        moved_to,
    }
}

fn max_age(cache_control: &str) -> Option<u32> {
    let lower = cache_control.to_ascii_lowercase();
    let mut parts = lower.split(',');
    let seconds = parts.find_map(|part| part.trim().strip_prefix("max-age="))?.trim_matches('"');
    let is_number = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    // More than any number can hold is as long as can be.
    is_number.then(|| seconds.parse().map_or(u32::MAX, |seconds: u32| seconds / 60))
}

/// `Retry-After`, in seconds: as such, or a date, then relative to the answer's own `Date`, else to `now`. RFC 9110, 10.2.3.
pub fn retry_after(header: impl Fn(&str) -> Option<String>, now: DateTime<Utc>) -> Option<u64> {
    let value = header("retry-after")?;
    if let Ok(seconds) = value.trim().parse() {
        return Some(seconds);
    }
    let asked = header("date").and_then(|date| date::parse(&date, 0)).unwrap_or(now);
    u64::try_from((date::parse(&value, 0)? - asked).num_seconds()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&str, &str)]) -> Option<u64> {
        let header = |name: &str| {
            let found = headers.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        retry_after(header, "2026-05-06T08:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_pause_is_read_in_seconds_and_as_a_date() {
        let nine = ("retry-after", "Wed, 06 May 2026 09:00:00 GMT");
        assert_eq!(wait(&[("retry-after", " 120 ")]), Some(120));
        assert_eq!(wait(&[nine, ("date", "Wed, 06 May 2026 08:30:00 GMT")]), Some(1800));
        assert_eq!(wait(&[nine]), Some(3600), "by our own clock where the answer does not tell the time");
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn a_lifetime_is_read_however_it_is_written() {
        let minutes =
            ["max-age=3600", "Public, Max-Age=18000", "max-age=99999999999", "no-cache", "max-age=-1"]
                .map(max_age);
        assert_eq!(minutes, [Some(60), Some(300), Some(u32::MAX), None, None]);
    }

    #[test]
    fn a_validator_that_fits_everything_is_none() {
        let says = |etag: &'static str| move |name: &str| (name == "etag").then(|| etag.to_owned());
        assert_eq!(head(says("*"), None).etag, None);
        assert_eq!(head(says("W/\"7*\""), None).etag.as_deref(), Some("W/\"7*\""));
    }
}
