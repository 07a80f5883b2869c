//! arXiv's entries: one guid for all versions of a paper, an abstract without its line breaks and announcement head.
//! API: <https://info.arxiv.org/help/api/user-manual.html>.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::link;
use crate::model::Entry;

/// Turns a feed's entry into the paper it announces; an entry that is no paper stays as it is.
pub fn paper(mut entry: Entry) -> Entry {
    static HEAD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?s)^arXiv:\S+\s+Announce Type:.*?Abstract:\s*").ok());
    let id = [&entry.link, &entry.guid]
        .into_iter()
        .find_map(|text| Url::parse(text).ok().as_ref().and_then(link::arxiv_id));
    let id = id.or_else(|| oai_id(&entry.guid));
    if let Some(id) = id {
        entry.link = format!("https://arxiv.org/abs/{id}");
        entry.guid = format!("arXiv:{id}");
    }
    if let Some(head) = &*HEAD {
        entry.summary = head.replace(&entry.summary, "").into_owned();
    }
    entry.content = String::new();
    entry
}

/// "oai:arXiv.org:2605.01234v1" → "2605.01234".
fn oai_id(guid: &str) -> Option<String> {
    let id = guid.rsplit_once("arXiv.org:")?.1;
    Some(id.split('v').next().unwrap_or(id).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_versions_are_one_paper() {
        let entry = |link: &str, guid: &str| {
            paper(Entry { link: link.into(), guid: guid.into(), ..Entry::default() })
        };
        assert_eq!(
            entry("http://arxiv.org/abs/2605.01234v1", "http://arxiv.org/abs/2605.01234v1").guid,
            "arXiv:2605.01234"
        );
        assert_eq!(entry("http://arxiv.org/abs/2605.01234v2", "x").guid, "arXiv:2605.01234");
        assert_eq!(entry("", "oai:arXiv.org:2605.01234v3").link, "https://arxiv.org/abs/2605.01234");
    }

    #[test]
    fn the_announcement_is_not_the_abstract() {
        let summary = "arXiv:2605.01234v1 Announce Type: new Abstract: We train less.".to_owned();
        assert_eq!(paper(Entry { summary, ..Entry::default() }).summary, "We train less.");
    }
}
