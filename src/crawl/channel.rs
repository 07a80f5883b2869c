//! What a feed says of itself, beside its entries: how often it wants to be asked, and what it took back.

use memchr::memmem;

use super::feed::MAX_ENTRIES;
use super::{tags, text};

/// RSS's `skipHours` (24 is midnight in old feeds) and `skipDays`, <https://www.rssboard.org/rss-specification>.
pub fn skipped(decoded: &str) -> (Vec<u8>, Vec<u8>) {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let texts = |outer: &str, inner: &str| -> Vec<String> {
        let Some(list) = head(decoded).split_once(&format!("<{outer}>")).map(|(_, rest)| rest) else {
            return Vec::new();
        };
        let list = list.split("</").take_while(|part| part.contains(&format!("<{inner}>")));
        let text = |part: &str| part.rsplit('>').next().unwrap_or_default().trim().to_lowercase();
        list.map(text).take(24).collect()
    };
    let hours = texts("skipHours", "hour").into_iter().filter_map(|text| text.parse::<u8>().ok());
    let day = |text: String| DAYS.iter().position(|day| text.starts_with(day)).map(|n| n as u8);
    (
        hours.filter(|hour| *hour <= 24).map(|hour| hour % 24).collect(),
        texts("skipDays", "day").into_iter().filter_map(day).collect(),
    )
}

/// `<at:deleted-entry ref="…"/>` of the Atom tombstones, RFC 6721.
pub fn withdrawn(decoded: &str) -> Vec<String> {
    let tags = memmem::find_iter(decoded.as_bytes(), b"deleted-entry")
        .filter_map(|at| tags::next(decoded, decoded[..at].rfind('<')?));
    let opens = tags.filter(|tag| tag.kind != tags::Kind::Close && tag.name.ends_with("deleted-entry"));
    let ids = opens.filter_map(|tag| tags::attribute(tag.attributes, "ref").map(text::squeeze));
    ids.take(MAX_ENTRIES).collect()
}

/// What stands before the first entry: where a channel speaks of itself.
fn head(decoded: &str) -> &str {
    let text = decoded.as_bytes();
    let end = memmem::find(text, b"<item").or_else(|| memmem::find(text, b"<entry"));
    &decoded[..end.unwrap_or(decoded.len())]
}

/// Minutes between two updates by RSS 1.0's syndication module (`sy:updatePeriod`, `sy:updateFrequency`),
/// <https://web.resource.org/rss/1.0/modules/syndication/>.
pub fn syndication(decoded: &str) -> Option<u32> {
    let head = head(decoded);
    let inner = |name: &str| {
        let start = head.find(&format!("<sy:{name}>"))? + name.len() + 5;
        Some(head[start..].split('<').next()?.trim())
    };
    let period = match inner("updatePeriod")? {
        "hourly" => 60,
        "daily" => 1440,
        "weekly" => 7 * 1440,
        "monthly" => 30 * 1440,
        "yearly" => 365 * 1440,
        _ => return None,
    };
    let frequency: u32 = inner("updateFrequency").and_then(|text| text.parse().ok()).unwrap_or(1);
    Some(period / frequency.max(1))
}
