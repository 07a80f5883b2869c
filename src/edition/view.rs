//! An issue in one language, ready for its templates: every choice of words and length is made here, none there. Mail and
//! archive show the same view.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::clean::{PREFERENCES, UNSUBSCRIBE, plain};
use super::errata::{self, ErratumView};
use super::hindsight_view::{self, HindsightView};
use super::story_view::{self, RoundView, StoryView};
use super::{evidence, money, parts, phrases, subject, words};
use crate::model::{Focus, IssueContent, IssueKind, IssueStory, Language, Section, Topic};
use crate::paper;
use crate::paper::view::GuideView;

/// Lines at the top.
const LINES: usize = 3;

/// Headlines of a long-term question that stand further up.
const ABOVE: usize = 4;

/// How much of each story is shown: an issue too large for mail programs is shown shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Leads with all that is said of them, the others with one sentence.
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
    /// The archive's address, without a slash at the end; empty for pages of the archive itself.
    pub base_url: &'a str,
    /// First and last day of the period.
    pub days: (chrono::NaiveDate, chrono::NaiveDate),
}

/// What a template knows.
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
    /// What kind of issue: "Weekly", or the edition's own title.
    pub title: String,
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
    /// The issue in three lines.
    pub lines: Vec<LineView>,
    /// In order of reading.
    pub sections: Vec<SectionView>,
    /// Reasons for the paper.
    pub reasons: Vec<ReasonView>,
    /// With a paper: how to read it.
    pub guide: Option<GuideView>,
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
    /// [`PREFERENCES`].
    pub preferences_url: &'static str,
    /// Marks of parts.
    pub marks: Marks,
}

/// Marks of the parts of a mail: a reader with topics gets those that are about them.
#[derive(Debug, Serialize)]
pub struct Marks {
    /// Begins what is about anything that the issue tells.
    pub any: String,
    /// Begins what is about the lines at the top.
    pub lines: String,
    /// Begins what only readers without topics get.
    pub whole: String,
    /// Begins what readers with other topics get instead.
    pub instead: &'static str,
    /// Ends a part.
    pub end: &'static str,
}

/// One of the lines at the top.
#[derive(Debug, Serialize)]
pub struct LineView {
    /// What happened.
    pub text: String,
    /// How many independent sources tell it.
    pub told_by: String,
    /// Its page in the archive.
    pub url: String,
    /// The mark of its part.
    pub begin: String,
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
    /// Rounds of funding, if it is the section of money.
    pub rounds: Vec<RoundView>,
    /// What is to be said of the section as a whole: that nothing happened, what stands further up, the week's total.
    pub note: String,
    /// The mark of its part.
    pub begin: String,
    /// The mark of the part with its rounds.
    pub begin_rounds: String,
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

/// The view of `content` for an edition, with at most `most` stories.
pub fn view(content: &IssueContent, edition: Edition<'_>, detail: Detail, most: usize) -> View {
    let language = edition.language;
    let mut sections: Vec<_> =
        content.sections.iter().map(|section| section_view(content, section, (edition, detail))).collect();
    if content.kind == IssueKind::Paper {
        // One paper and those it won against: their titles are not the digest's.
        for section in sections.iter_mut().filter(|section| section.key == "research") {
            let title = if content.quiet { "nearest" } else { "runners-up" };
            section.title = words::word(title, language).to_owned();
        }
    }
    let is_cut = keep(&mut sections, most);
    let has_lines = !content.quiet && content.kind != IssueKind::Paper;
    let lines: Vec<_> = confirmed(content).take(if has_lines { LINES } else { 0 }).collect();
    let n_told = told_stories(content).count();
    let quiet = match (content.quiet, content.kind) {
        (true, IssueKind::Weekly) => phrases::quiet(n_told, is_daily(content), language),
        (true, IssueKind::Paper) => phrases::no_paper(content.n_stories, language),
        (false, _) => String::new(),
    };
    let page = |language: Language| {
        format!("{}/{language}/issues/{}/{}", edition.base_url, content.series(), content.number)
    };
    View {
        w: words::all(language),
        html_lang: words::html_lang(language),
        subject: subject::subject(content, &sections, &quiet, language),
        preheader: subject::preheader(&sections, &phrases::counts(content, language)),
        title: match &content.edition {
            Some(edition) => plain(&edition.title),
            None => words::word(content.kind.as_str(), language).to_owned(),
        },
        number: content.number,
        period: content.period.clone(),
        days: phrases::days(edition.days, language),
        minutes: phrases::minutes(content.minutes, language),
        counts: phrases::counts(content, language),
        lines: lines.iter().map(|story| line(story, edition)).collect(),
        marks: marks(content, &lines),
        quiet,
        reasons: content.reasons.iter().map(|reason| evidence::reason(reason, language)).collect(),
        guide: guide(content, edition),
        errata: content.errata.iter().map(|erratum| errata::view(erratum, edition)).collect(),
        hindsight: content.hindsight.as_ref().map(|note| hindsight_view::view(note, edition)),
        left_out: plain(&phrases::left_out(content, language)),
        honesty: plain(&phrases::honesty(content, language)),
        has_quotes: told_stories(content)
            .any(|story| story.verdict.summary.values().any(|summary| summary.extracted)),
        is_cut,
        sections,
        web_url: page(language),
        other_url: page(other(language)),
        archive_url: format!("{}/{language}", edition.base_url),
        unsubscribe_url: UNSUBSCRIBE,
        preferences_url: PREFERENCES,
    }
}

/// The stories that an issue tells, without those that it names as left out.
pub fn told_stories(content: &IssueContent) -> impl Iterator<Item = &IssueStory> {
    content.sections.iter().filter(|section| section.name != "dropped").flat_map(|section| &section.stories)
}

/// Of a day, not of a week.
pub(super) fn is_daily(content: &IssueContent) -> bool {
    content.edition.as_ref().is_some_and(|edition| edition.daily)
}

fn guide(content: &IssueContent, edition: Edition<'_>) -> Option<GuideView> {
    let guide = content.guide.as_ref()?;
    Some(paper::view::view(guide, &content.reasons, edition.language, edition.base_url))
}

/// The other of the two.
pub(super) fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Zh,
        Language::Zh => Language::En,
    }
}

/// The stories that an issue tells as news, without its rumours.
pub fn confirmed(content: &IssueContent) -> impl Iterator<Item = &IssueStory> {
    let sections = content.sections.iter();
    let is_news = |section: &&Section| !["rumours", "dropped"].contains(&section.name.as_str());
    sections.filter(is_news).flat_map(|section| &section.stories)
}

fn line(story: &IssueStory, edition: Edition<'_>) -> LineView {
    LineView {
        text: story_view::line(story, edition.language),
        told_by: phrases::sources(story.n_owners, edition.language),
        url: story_view::page(story.story_id, edition),
        begin: parts::begin(&parts::topics(&story.verdict)),
    }
}

fn marks(content: &IssueContent, lines: &[&IssueStory]) -> Marks {
    let told = told_stories(content).flat_map(|story| parts::topics(&story.verdict));
    let lines = lines.iter().flat_map(|story| parts::topics(&story.verdict));
    Marks {
        any: parts::begin(&told.collect()),
        lines: parts::begin(&lines.collect()),
        whole: parts::begin(&BTreeSet::new()),
        instead: parts::INSTEAD,
        end: parts::END,
    }
}

/// What a section is about; what was left out is for everybody.
fn section_mark(section: &Section, focus: Option<Focus>) -> String {
    if section.name == "dropped" {
        return parts::begin_always();
    }
    let told = section.stories.iter().flat_map(|story| parts::topics(&story.verdict));
    parts::begin(&told.chain(focus.map(Topic::from)).collect())
}

fn section_view(
    content: &IssueContent,
    section: &Section,
    (edition, detail): (Edition<'_>, Detail),
) -> SectionView {
    let language = edition.language;
    let is_money = section.name == "funding";
    let rounds = section.stories.iter().filter(|_| is_money);
    let rounds: Vec<_> = rounds.filter_map(|story| story_view::round(content, story, edition)).collect();
    let about = section.stories.iter().filter(|story| story.verdict.funding.is_some());
    let about_rounds = about.flat_map(|story| parts::topics(&story.verdict)).collect();
    // What has a row in the table is told by it.
    let has_row = |story: &&IssueStory| is_money && story.verdict.funding.is_some();
    let stories = section.stories.iter().filter(|story| !has_row(story));
    let focus = section.name.strip_prefix("focus-").and_then(|focus| focus.parse().ok());
    let note = match focus {
        Some(focus) => focus_note(content, section, (focus, language)),
        None if is_money => money_note(content, language),
        None => String::new(),
    };
    SectionView {
        key: section.name.clone(),
        title: plain(words::word(&section.name, language)),
        stories: stories.map(|story| story_view::view(story, &section.name, (edition, detail))).collect(),
        rounds,
        note,
        begin: section_mark(section, focus),
        begin_rounds: parts::begin(&about_rounds),
    }
}

/// What of a long-term question stands further up, or that nothing happened.
fn focus_note(content: &IssueContent, section: &Section, (focus, language): (Focus, Language)) -> String {
    let above: Vec<String> = content
        .sections
        .iter()
        .filter(|other| other.name != "dropped" && !other.name.starts_with("focus-"))
        .flat_map(|other| &other.stories)
        .filter(|story| story.verdict.focus.contains(&focus))
        .map(|story| story_view::headline(story, language))
        .collect();
    match (above.is_empty(), section.stories.is_empty()) {
        (true, true) if is_daily(content) => words::word("nothing-today", language).to_owned(),
        (true, true) => words::word("nothing", language).to_owned(),
        (true, false) => String::new(),
        (false, _) => phrases::also_here(&above[..above.len().min(ABOVE)], above.len(), language),
    }
}

/// The week's total and its largest round, of all rounds that the issue tells.
fn money_note(content: &IssueContent, language: Language) -> String {
    let rounds = told_stories(content).filter(|story| !story.verdict.rumour);
    let rounds: Vec<_> = rounds.filter_map(|story| story.verdict.funding.as_ref()).collect();
    let sums = rounds
        .iter()
        .filter_map(|round| Some((money::dollars(round, content.rates.as_ref())?, round.company.as_str())));
    let mut sums: Vec<_> = sums.collect();
    sums.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let total: f64 = sums.iter().map(|(sum, _)| sum).sum();
    let Some((largest, company)) = sums.first() else { return String::new() };
    let unknown = rounds.len() - sums.len();
    let rate = content.rates.as_ref().map(|rates| rates.day.as_str());
    let note = phrases::FundingTotal {
        n: sums.len(),
        total: money::said(total, language),
        largest: money::said(*largest, language),
        company: plain(company),
        unknown,
        rate,
    };
    plain(&phrases::funding_total(&note, language))
}

/// Keeps the first `most` stories; true if some had to go. Sections that say something without a story stay.
fn keep(sections: &mut Vec<SectionView>, most: usize) -> bool {
    let mut room = most;
    let mut is_cut = false;
    for section in sections.iter_mut() {
        is_cut |= section.stories.len() > room;
        section.stories.truncate(room);
        room -= section.stories.len();
    }
    sections.retain(|section| {
        !section.stories.is_empty() || !section.rounds.is_empty() || !section.note.is_empty()
    });
    is_cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_cut_from_the_end() {
        let section = |n| SectionView {
            key: String::new(),
            title: String::new(),
            stories: (0..n).map(|_| StoryView::default()).collect(),
            rounds: Vec::new(),
            note: String::new(),
            begin: String::new(),
            begin_rounds: String::new(),
        };
        let mut sections = vec![section(3), section(3), section(3)];
        assert!(keep(&mut sections, 4));
        assert_eq!(sections.iter().map(|section| section.stories.len()).collect::<Vec<_>>(), [3, 1]);
        assert!(!keep(&mut sections, 4));
    }
}
