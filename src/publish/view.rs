//! An issue in one language, ready for its templates: every choice of words and length is made here, none there.

use std::collections::BTreeMap;

use serde::Serialize;

use super::clean::{UNSUBSCRIBE, language_of, plain, web_address};
use super::errata::{self, ErratumView};
use super::hindsight_view::{self, HindsightView};
use super::{words, wrap};
use crate::ballot;
use crate::model::{
    Focus, Funding, IssueContent, IssueKind, IssueLink, IssueStory, Language, ScorePart, Section, StoryId,
    Summary, Verdict, VoteKind,
};

/// Columns of a headline in the subject.
const SUBJECT_COLUMNS: usize = 72;

/// Most further sources that are named.
const ALSO: usize = 4;

/// Most tags of a kind.
const TAGS: usize = 3;

/// How much of each story is shown: an issue too large for mail programs is shown shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Leads with up to three sentences, the others with one.
    Full,
    /// One sentence.
    Short,
    /// The headline alone.
    Headline,
}

/// Where and for whom an issue is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Edition<'a> {
    /// The reader's language.
    pub language: Language,
    /// The archive's address, without a slash at the end.
    pub base_url: &'a str,
    /// First and last day of the period.
    pub days: (chrono::NaiveDate, chrono::NaiveDate),
}

/// What a mail template knows.
#[derive(Debug, Serialize)]
pub struct View {
    /// Fixed words by key.
    pub w: BTreeMap<&'static str, &'static str>,
    /// "en", "zh-CN".
    pub html_lang: &'static str,
    /// Of the mail.
    pub subject: String,
    /// Shown beside the subject in the list of mails.
    pub preheader: String,
    /// Counts from 1.
    pub number: i32,
    /// "2026-W47".
    pub period: String,
    /// The period in words.
    pub days: String,
    /// Time to read, in words.
    pub minutes: String,
    /// What was read, in words.
    pub counts: String,
    /// Words for a quiet week, else empty.
    pub quiet: String,
    /// In order of reading.
    pub sections: Vec<SectionView>,
    /// Reasons for the paper.
    pub reasons: Vec<ReasonView>,
    /// Errors of earlier issues.
    pub errata: Vec<ErratumView>,
    /// Once a month: what became of earlier stories.
    pub hindsight: Option<HindsightView>,
    /// What was left out, by reason.
    pub left_out: String,
    /// Facts checked, tokens paid, judges.
    pub honesty: String,
    /// Whether some sentences are quoted from the publishers.
    pub has_quotes: bool,
    /// Whether stories are missing for lack of room.
    pub is_cut: bool,
    /// This issue in the archive.
    pub web_url: String,
    /// The same in the other language.
    pub other_url: String,
    /// All issues.
    pub archive_url: String,
    /// [`UNSUBSCRIBE`].
    pub unsubscribe_url: &'static str,
}

/// A section with its stories.
#[derive(Debug, Serialize)]
pub struct SectionView {
    /// Its key.
    pub key: String,
    /// Its name.
    pub title: String,
    /// In order.
    pub stories: Vec<StoryView>,
}

/// A story, every text cleaned. Empty: not shown.
#[derive(Debug, Serialize)]
pub struct StoryView {
    /// Headline.
    pub headline: String,
    /// "(in Chinese)" if it is not in the reader's language.
    pub foreign: &'static str,
    /// Lead link, http or https.
    pub url: String,
    /// Name of the lead's source.
    pub source: String,
    /// One to three sentences.
    pub summary: String,
    /// What its articles leave open, in a line; leads only.
    pub unknown: String,
    /// The round of funding in a line.
    pub funding: String,
    /// Further sources in a line.
    pub also: String,
    /// Number of independent sources, if more than one.
    pub told_by: String,
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
}

/// A reason for the paper of the month.
#[derive(Debug, Serialize)]
pub struct ReasonView {
    /// In words.
    pub what: String,
    /// The words or the number behind it.
    pub quote: String,
    /// "+3.0".
    pub points: String,
}

/// The view of `content` for an edition.
pub fn view(content: &IssueContent, edition: Edition<'_>, detail: Detail, most: usize) -> View {
    let language = edition.language;
    let mut sections: Vec<_> =
        content.sections.iter().map(|section| section_view(section, edition, detail)).collect();
    if content.kind == IssueKind::Paper {
        // One paper and those it won against: their titles are not the digest's.
        for section in sections.iter_mut().filter(|section| section.key == "research") {
            section.title = words::word("runners-up", language).to_owned();
        }
    }
    let is_cut = keep(&mut sections, most);
    let n_told = told_stories(content).count();
    let quiet = if content.quiet { words::quiet(n_told, language) } else { String::new() };
    let page = |language: Language| {
        format!("{}/{language}/issues/{}/{}", edition.base_url, content.kind, content.number)
    };
    View {
        w: words::all(language),
        html_lang: match language {
            Language::En => "en",
            Language::Zh => "zh-CN",
        },
        subject: subject(content, &sections, &quiet, language),
        preheader: preheader(&sections, &words::counts(content, language)),
        number: content.number,
        period: content.period.clone(),
        days: words::days(edition.days, language),
        minutes: words::minutes(content.minutes, language),
        counts: words::counts(content, language),
        quiet,
        reasons: content.reasons.iter().map(|reason| reason_view(reason, language)).collect(),
        errata: content.errata.iter().map(|erratum| errata::view(erratum, edition)).collect(),
        hindsight: content.hindsight.as_ref().map(|note| hindsight_view::view(note, edition)),
        left_out: plain(&words::left_out(content, language)),
        honesty: plain(&words::honesty(content, language)),
        has_quotes: told_stories(content)
            .any(|story| story.verdict.summary.values().any(|summary| summary.extracted)),
        is_cut,
        sections,
        web_url: page(language),
        other_url: page(other(language)),
        archive_url: format!("{}/{language}", edition.base_url),
        unsubscribe_url: UNSUBSCRIBE,
    }
}

/// The stories that an issue tells, without those that it names as left out.
pub fn told_stories(content: &IssueContent) -> impl Iterator<Item = &IssueStory> {
    content.sections.iter().filter(|section| section.name != "dropped").flat_map(|section| &section.stories)
}

fn section_view(section: &Section, edition: Edition<'_>, detail: Detail) -> SectionView {
    // An issue that is too large for anything but headlines leaves voting to the stories' pages.
    let is_open = detail != Detail::Headline;
    let detail = match (section.name.as_str(), detail) {
        ("dropped", _) => Detail::Headline,
        _ => detail,
    };
    let is_lead = section.name == "leads";
    let votes = |story: &IssueStory| is_open.then(|| places(story.story_id));
    let story = |story| StoryView { votes: votes(story), ..story_view(story, edition, detail, is_lead) };
    SectionView {
        key: section.name.clone(),
        title: plain(words::word(&section.name, edition.language)),
        stories: section.stories.iter().map(story).collect(),
    }
}

fn places(story: StoryId) -> [String; 3] {
    [Some(VoteKind::Hype), Some(VoteKind::Wrong), None].map(|kind| ballot::place(story, kind))
}

fn story_view(story: &IssueStory, edition: Edition<'_>, detail: Detail, is_lead: bool) -> StoryView {
    let (language, verdict) = (edition.language, &story.verdict);
    let headline = headline(story, language);
    let summary = match (detail, is_lead) {
        (Detail::Full, true) => summary(verdict, language, |summary| &summary.long),
        (Detail::Full | Detail::Short, _) => summary(verdict, language, |summary| &summary.short),
        (Detail::Headline, _) => String::new(),
    };
    // A headline is not said twice.
    let says_more =
        |text: &String| !story.links.iter().any(|link| text.trim_matches(['“', '”']) == plain(&link.title));
    let summary = Some(summary).filter(says_more).unwrap_or_default();
    let read = if summary.is_empty() { &headline } else { &summary };
    let why_url = format!("{}/{language}/story/{}", edition.base_url, story.story_id);
    // The article whose headline is shown, in the reader's language if there is one.
    let own = story.links.iter().find(|link| plain(&link.title) == headline);
    let lead = own.or(story.links.first());
    let tags = |is_wanted: fn(&ScorePart) -> bool| match detail {
        Detail::Headline => String::new(),
        _ => tags(verdict, is_wanted, language),
    };
    StoryView {
        foreign: if language_of(read) == language { "" } else { words::foreign(language) },
        url: lead.and_then(|link| web_address(&link.url)).unwrap_or_else(|| why_url.clone()),
        source: lead.map(|link| plain(&link.source)).unwrap_or_default(),
        funding: verdict.funding.as_ref().map(|round| funding(round, language)).unwrap_or_default(),
        also: if detail == Detail::Headline { String::new() } else { also(story, lead, language) },
        unknown: if is_lead && detail == Detail::Full { unknown(verdict, language) } else { String::new() },
        told_by: if story.n_owners > 1 { words::told_by(story.n_owners, language) } else { String::new() },
        evidence: tags(|part| part.points > 0.0),
        caution: tags(|part| part.points < 0.0),
        dropped: verdict.dropped.as_deref().map(|key| plain(words::flag(key, language))).unwrap_or_default(),
        headline,
        summary,
        why_url,
        votes: None,
    }
}

/// In the reader's language, else in the other, else as published.
fn headline(story: &IssueStory, language: Language) -> String {
    let own =
        [language, other(language)].into_iter().filter_map(|language| story.verdict.headline.get(&language));
    let published = story.links.first().map(|link| &link.title);
    let mut known = own.chain(published).map(|text| plain(text)).filter(|text| !text.is_empty());
    known.next().unwrap_or_else(|| story.story_id.to_string())
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

fn funding(round: &Funding, language: Language) -> String {
    let state = if round.announced { "announced" } else { "reported" };
    let parts = [
        Some(plain(&round.company)),
        round.round.as_deref().map(plain),
        round.amount.as_deref().map(plain),
        (!round.leads.is_empty()).then(|| words::funding("lead", &leads(round, language), language)),
        round.valuation.as_deref().map(|sum| words::funding("valuation", &plain(sum), language)),
        Some(words::funding(state, "", language)),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

fn leads(round: &Funding, language: Language) -> String {
    let leads: Vec<String> = round.leads.iter().map(|lead| plain(lead)).collect();
    leads.join(if language == Language::Zh { "、" } else { ", " })
}

fn also(story: &IssueStory, lead: Option<&IssueLink>, language: Language) -> String {
    let is_lead = |link: &&IssueLink| lead.is_some_and(|lead| lead.url == link.url);
    let others = story.links.iter().filter(|link| !is_lead(link));
    let names: Vec<_> = others.map(|link| plain(&link.source)).collect();
    let between = match language {
        Language::En => ", ",
        Language::Zh => "、",
    };
    let shown = names.iter().take(ALSO).cloned().collect::<Vec<_>>().join(between);
    match names.len().saturating_sub(ALSO) {
        0 => shown,
        more => format!("{shown} +{more}"),
    }
}

/// The weightiest parts of a score, each flag once.
fn tags(verdict: &Verdict, is_wanted: fn(&ScorePart) -> bool, language: Language) -> String {
    let mut wanted: Vec<_> = verdict.parts.iter().filter(|part| is_wanted(part)).collect();
    wanted.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()));
    let mut names: Vec<String> = Vec::new();
    for part in wanted {
        let name = match part.flag.as_str() {
            "focus" if !verdict.focus.is_empty() => focus_names(&verdict.focus, language),
            flag => plain(words::flag(flag, language)),
        };
        if !names.contains(&name) && names.len() < TAGS {
            names.push(name);
        }
    }
    names.join(" · ")
}

fn focus_names(focus: &[Focus], language: Language) -> String {
    let names = focus.iter().map(|focus| words::flag(focus.as_str(), language));
    names.collect::<Vec<_>>().join(" · ")
}

fn reason_view(reason: &ScorePart, language: Language) -> ReasonView {
    let quote = match reason.flag.as_str() {
        "focus" => {
            let names = reason.quote.split(' ').map(|key| words::flag(key, language));
            names.collect::<Vec<_>>().join(" · ")
        }
        "code" | "numbers" => format!("“{}”", plain(&reason.quote)),
        "corroborated" => words::others(&plain(&reason.quote), language),
        "evidence" => plain(&reason.quote),
        _ => String::new(),
    };
    ReasonView {
        what: plain(words::flag(&reason.flag, language)),
        quote,
        points: format!("{:+.1}", reason.points),
    }
}

/// The first headline; a rumour is never announced as news.
fn subject(content: &IssueContent, sections: &[SectionView], quiet: &str, language: Language) -> String {
    let told = sections.iter().filter(|section| !["rumours", "dropped"].contains(&section.key.as_str()));
    let first = told.flat_map(|section| &section.stories).next().map(|story| story.headline.as_str());
    let about = match (first, content.kind) {
        (Some(headline), IssueKind::Weekly) if quiet.is_empty() => wrap::cut(headline, SUBJECT_COLUMNS),
        (Some(headline), IssueKind::Paper) => {
            let kind = words::word("paper", language);
            wrap::cut(&format!("{kind}{}{headline}", words::word("colon", language)), SUBJECT_COLUMNS)
        }
        _ => words::quiet(told_stories(content).count(), language),
    };
    format!("{about} · headsup {}", content.period)
}

/// The next headlines, else what was read.
fn preheader(sections: &[SectionView], counts: &str) -> String {
    let told =
        sections.iter().filter(|section| section.key != "dropped").flat_map(|section| &section.stories);
    let next: Vec<_> =
        told.skip(1).take(2).map(|story| wrap::cut(&story.headline, SUBJECT_COLUMNS)).collect();
    if next.is_empty() { counts.to_owned() } else { next.join(" · ") }
}

/// Keeps the first `most` stories; true if some had to go.
fn keep(sections: &mut Vec<SectionView>, most: usize) -> bool {
    let mut room = most;
    let mut is_cut = false;
    for section in sections.iter_mut() {
        is_cut |= section.stories.len() > room;
        section.stories.truncate(room);
        room -= section.stories.len();
    }
    sections.retain(|section| !section.stories.is_empty());
    is_cut
}

pub(super) fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Zh,
        Language::Zh => Language::En,
    }
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

    #[test]
    fn what_is_too_much_is_cut_from_the_end() {
        let story = |n: i64| StoryView {
            headline: n.to_string(),
            foreign: "",
            url: String::new(),
            source: String::new(),
            summary: String::new(),
            unknown: String::new(),
            funding: String::new(),
            also: String::new(),
            told_by: String::new(),
            evidence: String::new(),
            caution: String::new(),
            dropped: String::new(),
            why_url: String::new(),
            votes: None,
        };
        let section = |n| SectionView {
            key: String::new(),
            title: String::new(),
            stories: (0..n).map(story).collect(),
        };
        let mut sections = vec![section(3), section(3), section(3)];
        assert!(keep(&mut sections, 4));
        assert_eq!(sections.iter().map(|section| section.stories.len()).collect::<Vec<_>>(), [3, 1]);
        assert!(!keep(&mut sections, 4));
    }
}
