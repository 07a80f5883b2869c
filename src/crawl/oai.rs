//! arXiv's OAI-PMH: a range of days, page after page. Protocol: <https://www.openarchives.org/OAI/openarchivesprotocol.html>;
//! arXiv's part: <https://info.arxiv.org/help/oa/index.html>.

use chrono::NaiveDate;
use url::Url;

use super::feed::{Hints, MAX_SUMMARY, MAX_TITLE};
use super::{arxiv, date, tags, text};
use crate::model::Entry;

/// One page of an answer.
#[derive(Debug, Default)]
pub struct Page {
    /// Papers, whenever they were first submitted.
    pub entries: Vec<Entry>,
    /// What to ask for next; `None`: that was all.
    pub token: Option<String>,
}

/// The addresses of the first pages: one for each category that the source's address names. The interface goes by the
/// last change, so only `from` can be asked for: a paper of that day may have been changed at any time since.
pub fn first_pages(source_url: &str, from: NaiveDate) -> Vec<String> {
    let Ok(url) = Url::parse(source_url) else { return Vec::new() };
    let base = base(&url);
    let categories = arxiv::categories(source_url);
    let set = |category: &String| {
        // "cs.CL" is the set "cs:cs:CL"; an archive without parts is a set of physics, and so are three with parts.
        match category.split_once('.') {
            Some((archive @ ("astro-ph" | "cond-mat" | "nlin"), part)) => {
                format!("physics:{archive}:{part}")
            }
            Some((archive, part)) => format!("{archive}:{archive}:{part}"),
            None => format!("physics:{category}"),
        }
    };
    let address = |set| format!("{base}?verb=ListRecords&metadataPrefix=arXiv&set={set}&from={from}");
    categories.iter().map(set).map(address).collect()
}

/// The address of the page that a token stands for.
pub fn next_page(source_url: &str, token: &str) -> Option<String> {
    let base = base(&Url::parse(source_url).ok()?);
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("resumptionToken", token).finish();
    Some(format!("{base}?verb=ListRecords&{query}"))
}

fn base(url: &Url) -> String {
    format!("{}/oai", arxiv::interface(url, "oaipmh"))
}

/// Reads one page.
///
/// # Errors
/// One line for the operator: an error of the protocol, or no answer of it.
pub fn parse(bytes: &[u8], hints: &Hints<'_>) -> Result<Page, String> {
    let (decoded, _) = super::decode::decode(bytes, hints.content_type);
    if let Some(error) = child(&decoded, "error") {
        // Days without papers are no mistake.
        let is_empty = error.0.contains("noRecordsMatch");
        let says = text::line(error.1, 200);
        return if is_empty { Ok(Page::default()) } else { Err(format!("the interface says: {says}")) };
    }
    if !decoded.contains("<ListRecords") {
        return Err("answers nothing of OAI-PMH".to_owned());
    }
    let records = elements(&decoded, "record").into_iter().filter_map(|record| paper(record, hints));
    let token = child(&decoded, "resumptionToken").map(|(_, token)| text::line(token, 500));
    Ok(Page { entries: records.collect(), token: token.filter(|token| !token.is_empty()) })
}

fn paper(record: &str, hints: &Hints<'_>) -> Option<Entry> {
    let (_, metadata) = child(record, "arXiv")?;
    let of = |name: &str| child(metadata, name).map(|(_, inner)| inner).unwrap_or_default();
    let id = text::line(of("id"), 100);
    if id.is_empty() {
        return None;
    }
    let author = |author: &str| {
        let name = |part: &str| child(author, part).map(|(_, name)| name).unwrap_or_default().to_owned();
        text::line(&format!("{} {}", name("forenames"), name("keyname")), 100)
    };
    let summary = text::line(of("abstract"), MAX_SUMMARY);
    let at = |name: &str| date::believable(date::parse(of(name), 0), hints.now);
    let doi = text::line(of("doi"), 200);
    Some(Entry {
        guid: format!("arXiv:{id}"),
        title: text::line(of("title"), MAX_TITLE),
        link: format!("https://arxiv.org/abs/{id}"),
        published: at("created"),
        updated: at("updated"),
        authors: elements(of("authors"), "author").into_iter().map(author).take(50).collect(),
        categories: of("categories").split_whitespace().map(str::to_owned).take(20).collect(),
        doi: (!doi.is_empty()).then_some(doi),
        summary,
        ..Entry::default()
    })
}

/// Attributes and content of the first element of this name.
fn child<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    while let Some(tag) = tags::next(text, from) {
        from = tag.end;
        if tag.name == name && tag.kind == tags::Kind::Open {
            let close = tags::end_of(text, &tag)?;
            return Some((tag.attributes, &text[tag.end..close.start]));
        }
    }
    None
}

/// Contents of all elements of this name.
fn elements<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(tag) = tags::next(text, from) {
        from = tag.end;
        if tag.name == name
            && tag.kind == tags::Kind::Open
            && let Some(close) = tags::end_of(text, &tag)
        {
            found.push(&text[tag.end..close.start]);
            from = close.end;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn hints() -> Hints<'static> {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        Hints { content_type: None, base: "https://oaipmh.arxiv.org/oai", language: Language::En, now }
    }

    #[test]
    fn a_page_of_papers() {
        let answer = r#"<?xml version="1.0"?><OAI-PMH><ListRecords><record><header><identifier>oai:arXiv.org:2605.01234</identifier>
            <datestamp>2026-05-05</datestamp></header><metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2605.01234</id>
            <created>2026-05-04</created><authors><author><keyname>Lee</keyname><forenames>Ann</forenames></author></authors>
            <title>Small &amp; fast</title><categories>cs.CL cs.LG</categories><doi>10.1/x</doi><abstract> We train
            less. </abstract></arXiv></metadata></record><resumptionToken cursor="0">678|1001</resumptionToken></ListRecords></OAI-PMH>"#;
        let page = parse(answer.as_bytes(), &hints()).unwrap();
        let [entry] = page.entries.try_into().unwrap();
        assert_eq!((entry.title.as_str(), entry.summary.as_str()), ("Small & fast", "We train less."));
        assert_eq!(
            (entry.authors, entry.categories),
            (vec!["Ann Lee".to_owned()], vec!["cs.CL".into(), "cs.LG".into()])
        );
        assert_eq!((entry.guid.as_str(), entry.doi.as_deref()), ("arXiv:2605.01234", Some("10.1/x")));
        assert_eq!(page.token.as_deref(), Some("678|1001"));
    }

    #[test]
    fn nothing_found_is_no_error_and_other_errors_are() {
        let says = |code: &str| format!("<OAI-PMH><error code=\"{code}\">a word</error></OAI-PMH>");
        assert!(parse(says("noRecordsMatch").as_bytes(), &hints()).unwrap().entries.is_empty());
        assert!(parse(says("badArgument").as_bytes(), &hints()).unwrap_err().contains("a word"));
        assert!(parse(b"<html>", &hints()).is_err());
    }

    #[test]
    fn ranges_and_tokens_have_addresses() {
        let day = |text: &str| text.parse().unwrap();
        let source = "https://rss.arxiv.org/atom/cs.CL+hep-th";
        assert_eq!(
            first_pages(source, day("2026-04-01")),
            [
                "https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXiv&set=cs:cs:CL&from=2026-04-01",
                "https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXiv&set=physics:hep-th&from=2026-04-01",
            ]
        );
        assert_eq!(
            next_page(source, "678|1001").as_deref(),
            Some("https://oaipmh.arxiv.org/oai?verb=ListRecords&resumptionToken=678%7C1001")
        );
    }
}
