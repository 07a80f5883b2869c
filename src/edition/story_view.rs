//! A story of an issue in one language.

use serde::Serialize;

use super::clean::{language_of, plain, web_address};
use super::view::{Detail, Edition, other};
use super::{evidence, money, parts, phrases, rounds, words, wrap};
use crate::ballot;
use crate::model::{
    Funding, IssueContent, IssueLink, IssueStory, Language, LineKind, StoryId, Summary, Verdict, VoteKind,
};

/// Most further sources that are named.
const ALSO: usize = 4;

/// Most lead investors that are named.
const LEADS: usize = 3;

/// Columns of a line at the top; a longer sentence gives way to the headline.
const LINE_COLUMNS: usize = 150;

/// A story, every text cleaned. Empty: not shown.
#[derive(Debug, Default, Serialize)]
pub struct StoryView {
    /// Its number.
    pub id: i64,
    /// Headline.
    pub headline: String,
    /// "en", "zh-CN": of the headline.
    pub headline_lang: &'static str,
    /// The same, of what stands below it.
    pub lang: &'static str,
    /// The mark of a headline that the operator wrote.
    pub headline_edited: &'static str,
    /// "(in Chinese)" if it is not in the reader's language.
    pub foreign: &'static str,
    /// Lead link, http or https.
    pub url: String,
    /// Name of the lead's source.
    pub source: String,
    /// One to three sentences; empty where `parts` says them.
    pub summary: String,
    /// What happened, what is new, why it matters: leads only.
    pub parts: Vec<PartView>,
    /// What its articles leave open, in a line; leads only.
    pub unknown: String,
    /// The mark of a summary that the operator wrote.
    pub edited: &'static str,
    /// What an earlier issue wrote, if this carries it on.
    pub earlier: String,
    /// That story's page.
    pub earlier_url: String,
    /// The round of funding in a line.
    pub funding: String,
    /// Further sources in a line.
    pub also: String,
    /// Those sources with their links.
    pub others: Vec<SourceView>,
    /// Number of independent sources, if more than one.
    pub told_by: String,
    /// What can be touched and who says it, in a line; leads only.
    pub proof: String,
    /// What speaks for it.
    pub evidence: String,
    /// What speaks against it.
    pub caution: String,
    /// Why it was left out.
    pub dropped: String,
    /// Its page in the archive, with all parts of its score.
    pub why_url: String,
    /// The places of the reader's own links to vote: hype, wrong, either.
    pub votes: Option<[String; 3]>,
    /// The mark of its part of a mail.
    pub begin: String,
}

/// A sentence with what it answers.
#[derive(Debug, Serialize)]
pub struct PartView {
    /// Which of them.
    pub kind: LineKind,
    /// "What happened".
    pub label: &'static str,
    /// The sentence.
    pub text: String,
    /// The mark of a sentence that the operator wrote.
    pub edited: &'static str,
}

/// Another source of a story.
#[derive(Debug, Serialize)]
pub struct SourceView {
    /// Its name.
    pub name: String,
    /// http or https.
    pub url: String,
}

/// A row of the table of money.
#[derive(Debug, Serialize)]
pub struct RoundView {
    /// The story's number.
    pub id: i64,
    /// Who raised.
    pub company: String,
    /// The story's page in the archive.
    pub url: String,
    /// "Series B"; empty: not known.
    pub round: String,
    /// As it was stated.
    pub amount: String,
    /// In dollars, where it was stated in something else.
    pub dollars: String,
    /// Lead investors.
    pub leads: String,
    /// As it was stated.
    pub valuation: String,
    /// Announced or reported.
    pub state: String,
    /// Where it is told.
    pub source: String,
    /// That address.
    pub source_url: String,
    /// The mark of its part of a mail.
    pub begin: String,
}

/// The story as a section shows it.
pub fn view(story: &IssueStory, section: &str, (edition, detail): (Edition<'_>, Detail)) -> StoryView {
    // An issue that is too large for anything but headlines leaves voting to the stories' pages.
    let is_open = detail != Detail::Headline;
    let detail = if section == "dropped" { Detail::Headline } else { detail };
    let (language, verdict) = (edition.language, &story.verdict);
    let is_whole = section == "leads" && detail == Detail::Full;
    let headline = headline(story, language);
    let text = text(story, language, (detail, is_whole));
    let parts = if is_whole { parts(story, language) } else { Vec::new() };
    let read = if text.is_empty() { &headline } else { &text };
    let why_url = page(story.story_id, edition);
    let lead = lead(story, &headline);
    let is_short = detail == Detail::Headline;
    let tags = |which: fn(&Verdict, Language) -> String| {
        if is_short { String::new() } else { which(verdict, language) }
    };
    let mark = |kind: LineKind| {
        let is_own = story.own(language, kind).is_some();
        if is_own { words::edited(language) } else { "" }
    };
    StoryView {
        id: story.story_id.0,
        headline_edited: mark(LineKind::Headline),
        headline_lang: words::html_lang(language_of(&headline)),
        lang: words::html_lang(language_of(read)),
        foreign: if language_of(read) == language { "" } else { words::foreign(language) },
        url: lead.and_then(|link| web_address(&link.url)).unwrap_or_else(|| why_url.clone()),
        source: lead.map(|link| plain(&link.source)).unwrap_or_default(),
        edited: if is_short { "" } else { mark(LineKind::Summary) },
        earlier: earlier(story, language),
        earlier_url: story.earlier.as_ref().map(|told| page(told.story_id, edition)).unwrap_or_default(),
        funding: verdict.funding.as_ref().map(|round| funding(round, language)).unwrap_or_default(),
        also: if is_short { String::new() } else { also(story, lead, language) },
        others: others(story, lead),
        unknown: if is_whole { unknown(verdict, language) } else { String::new() },
        told_by: if story.n_owners > 1 { phrases::told_by(story.n_owners, language) } else { String::new() },
        proof: if is_whole { evidence::proof(story, language) } else { String::new() },
        evidence: tags(evidence::speaks_for),
        caution: tags(evidence::speaks_against),
        // The operator may tell what the judge left out.
        dropped: verdict
            .dropped
            .as_deref()
            .filter(|_| section == "dropped")
            .map(|key| plain(words::flag(key, language)))
            .unwrap_or_default(),
        summary: if parts.is_empty() { text } else { String::new() },
        parts,
        headline,
        why_url,
        votes: is_open.then(|| places(story.story_id)),
        begin: if section == "dropped" {
            parts::begin_always()
        } else {
            parts::begin(&parts::topics(verdict))
        },
    }
}

/// The page of a story in the archive.
pub fn page(story: StoryId, edition: Edition<'_>) -> String {
    format!("{}/{}/story/{story}", edition.base_url, edition.language)
}

/// The story in one line: what happened if that is short, names somebody and is in the reader's language, else its headline.
pub fn line(story: &IssueStory, language: Language) -> String {
    let own = [LineKind::Summary, LineKind::Happened].into_iter().find_map(|kind| story.own(language, kind));
    if let Some(own) = own.map(plain).filter(|own| wrap::width(own) <= LINE_COLUMNS) {
        return format!("{own}{}", words::edited(language));
    }
    let quoted = summary(&story.verdict, language, |summary| &summary.short);
    let said = quoted.trim_matches(['“', '”']);
    // A sentence that names nobody says nothing without its headline.
    let mut names = story
        .verdict
        .entities
        .iter()
        .flat_map(|entity| [Some(&entity.name), entity.en.as_ref(), entity.zh.as_ref()]);
    let stands_alone = names.any(|name| name.is_some_and(|name| said.contains(name.as_str())));
    let fits = stands_alone && wrap::width(said) <= LINE_COLUMNS && language_of(said) == language;
    // What the operator replaced is not said again.
    if fits && own.is_none() {
        return said.to_owned();
    }
    let mark = story.own(language, LineKind::Headline).map(|_| words::edited(language)).unwrap_or_default();
    format!("{}{mark}", headline(story, language))
}

/// The operator's, else in the reader's language, else in the other, else as published.
pub fn headline(story: &IssueStory, language: Language) -> String {
    if let Some(own) = story.own(language, LineKind::Headline) {
        return plain(own);
    }
    let own =
        [language, other(language)].into_iter().filter_map(|language| story.verdict.headline.get(&language));
    let published = story.links.first().map(|link| &link.title);
    let mut known = own.chain(published).map(|text| plain(text)).filter(|text| !text.is_empty());
    known.next().unwrap_or_else(|| story.story_id.to_string())
}

/// The row of a story's round; `None`: it has none.
pub fn round(content: &IssueContent, story: &IssueStory, edition: Edition<'_>) -> Option<RoundView> {
    let (language, round) = (edition.language, story.verdict.funding.as_ref()?);
    let is_dollars = round.currency.as_deref() == Some("USD") || round.usd_millions.is_some();
    let dollars = money::dollars(round, content.rates.as_ref()).filter(|_| !is_dollars);
    let lead = story.links.first();
    let url = page(story.story_id, edition);
    Some(RoundView {
        id: story.story_id.0,
        company: plain(&round.company),
        round: round.round.as_deref().map(|name| rounds::name(name, language)).unwrap_or_default(),
        amount: rounds::amount(round, language),
        dollars: dollars.map(|sum| money::said(sum, language)).unwrap_or_default(),
        leads: leads(round, language),
        valuation: round.valuation.as_deref().map(plain).unwrap_or_default(),
        state: words::funding(state(round), "", language),
        source: lead.map(|link| plain(&link.source)).unwrap_or_default(),
        source_url: lead.and_then(|link| web_address(&link.url)).unwrap_or_else(|| url.clone()),
        url,
        begin: parts::begin(&parts::topics(&story.verdict)),
    })
}

/// The article whose headline is shown, in the reader's language if there is one.
fn lead<'a>(story: &'a IssueStory, headline: &str) -> Option<&'a IssueLink> {
    story.links.iter().find(|link| plain(&link.title) == headline).or(story.links.first())
}

/// What is said below the headline; a headline is not said twice.
fn text(story: &IssueStory, language: Language, (detail, is_whole): (Detail, bool)) -> String {
    if detail == Detail::Headline {
        return String::new();
    }
    if let Some(own) = story.own(language, LineKind::Summary) {
        return plain(own);
    }
    let which: fn(&Summary) -> &str =
        if is_whole { |summary| &summary.long } else { |summary| &summary.short };
    let text = summary(&story.verdict, language, which);
    let is_headline = story.links.iter().any(|link| text.trim_matches(['“', '”']) == plain(&link.title));
    if is_headline { String::new() } else { text }
}

/// The sentences of a summary that knows what each of them answers, unless the operator wrote one text instead.
fn parts(story: &IssueStory, language: Language) -> Vec<PartView> {
    let summary = story.verdict.summary.get(&language).filter(|summary| !summary.long.is_empty());
    let Some(summary) = summary.filter(|_| story.own(language, LineKind::Summary).is_none()) else {
        return Vec::new();
    };
    let said = [
        (LineKind::Happened, &summary.happened),
        (LineKind::New, &summary.new),
        (LineKind::Matters, &summary.matters),
    ];
    let known: Vec<_> = said.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
    // One answer alone is no outline.
    if known.len() < 2 {
        return Vec::new();
    }
    let quoted = |text: &str| if summary.extracted { format!("“{}”", plain(text)) } else { plain(text) };
    let part = |(kind, text): (LineKind, &String)| {
        let own = story.own(language, kind);
        PartView {
            kind,
            label: words::part(kind.as_str(), language),
            text: own.map_or_else(|| quoted(text), plain),
            edited: own.map(|_| words::edited(language)).unwrap_or_default(),
        }
    };
    known.into_iter().map(part).collect()
}

/// What of a story can be edited where it stands: kind, label, and how it reads without the operator's own words.
pub fn lines(story: &IssueStory, section: &str, language: Language) -> Vec<(LineKind, &'static str, String)> {
    let story = IssueStory { line: Default::default(), ..story.clone() };
    let is_whole = section == "leads";
    let mut lines = vec![(LineKind::Headline, "", headline(&story, language))];
    let parts = if is_whole { parts(&story, language) } else { Vec::new() };
    if parts.is_empty() {
        lines.push((LineKind::Summary, "", text(&story, language, (Detail::Full, is_whole))));
    }
    lines.extend(parts.into_iter().map(|part| (part.kind, part.label, part.text)));
    lines
}

fn summary(verdict: &Verdict, language: Language, which: fn(&Summary) -> &str) -> String {
    let known = [language, other(language)].into_iter().filter_map(|language| verdict.summary.get(&language));
    let mut texts = known.map(|summary| (plain(which(summary)), summary.extracted));
    match texts.find(|(text, _)| !text.is_empty()) {
        Some((text, true)) => format!("“{text}”"),
        Some((text, false)) => text,
        None => String::new(),
    }
}

fn unknown(verdict: &Verdict, language: Language) -> String {
    let keys = verdict.summary.values().map(|summary| &summary.unknown).find(|keys| !keys.is_empty());
    keys.map(|keys| words::open(keys, language)).unwrap_or_default()
}

fn earlier(story: &IssueStory, language: Language) -> String {
    let Some(told) = &story.earlier else { return String::new() };
    let headline = told.headline.get(&language).or_else(|| told.headline.get(&other(language)));
    phrases::earlier(told.issue, &headline.map(|text| plain(text)).unwrap_or_default(), language)
}

fn state(round: &Funding) -> &'static str {
    if round.announced { "announced" } else { "reported" }
}

fn funding(round: &Funding, language: Language) -> String {
    let parts = [
        Some(plain(&round.company)),
        round.round.as_deref().map(|name| rounds::name(name, language)),
        Some(rounds::amount(round, language)),
        (!round.leads.is_empty()).then(|| words::funding("lead", &leads(round, language), language)),
        round.valuation.as_deref().map(|sum| words::funding("valuation", &plain(sum), language)),
        Some(words::funding(state(round), "", language)),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

fn leads(round: &Funding, language: Language) -> String {
    let leads: Vec<String> = round.leads.iter().take(LEADS).map(|lead| plain(lead)).collect();
    let more =
        if round.leads.len() > LEADS { format!(" +{}", round.leads.len() - LEADS) } else { String::new() };
    format!("{}{more}", leads.join(words::between(language)))
}

/// The links that are not the lead.
fn beside<'a>(story: &'a IssueStory, lead: Option<&IssueLink>) -> impl Iterator<Item = &'a IssueLink> {
    let lead = lead.map(|lead| lead.url.clone());
    story.links.iter().filter(move |link| lead.as_ref() != Some(&link.url))
}

fn others(story: &IssueStory, lead: Option<&IssueLink>) -> Vec<SourceView> {
    beside(story, lead)
        .filter_map(|link| Some(SourceView { name: plain(&link.source), url: web_address(&link.url)? }))
        .collect()
}

fn also(story: &IssueStory, lead: Option<&IssueLink>, language: Language) -> String {
    let names: Vec<_> = beside(story, lead).map(|link| plain(&link.source)).collect();
    let shown = names.iter().take(ALSO).cloned().collect::<Vec<_>>().join(words::between(language));
    match names.len().saturating_sub(ALSO) {
        0 => shown,
        more => format!("{shown} +{more}"),
    }
}

fn places(story: StoryId) -> [String; 3] {
    [Some(VoteKind::Hype), Some(VoteKind::Wrong), None].map(|kind| ballot::place(story, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_funding_line_has_what_is_known_and_no_holes() {
        let round = Funding { company: "Acme".into(), amount: Some("15亿元".into()), ..Funding::default() };
        assert_eq!(funding(&round, Language::En), "Acme · 15亿元 · reported, not announced");
        let round = Funding { announced: true, leads: vec!["Tall Trees".into(), "Reed".into()], ..round };
        assert_eq!(funding(&round, Language::Zh), "Acme · 15亿元 · Tall Trees、Reed 领投 · 官方公布");
    }
}
