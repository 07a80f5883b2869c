//! What stands in the list of mails before a mail is opened: facts, no adjectives, and a quiet week says so.

use super::clean::plain;
use super::view::{SectionView, is_daily, told_stories};
use super::{phrases, words, wrap};
use crate::model::{IssueContent, IssueKind, Language};

/// Columns of a headline in the subject.
const SUBJECT_COLUMNS: usize = 72;

/// The first headline; a rumour is never announced as news.
pub fn subject(content: &IssueContent, sections: &[SectionView], quiet: &str, language: Language) -> String {
    let told = sections.iter().filter(|section| !["rumours", "dropped"].contains(&section.key.as_str()));
    let first = told.flat_map(|section| &section.stories).next().map(|story| story.headline.as_str());
    let about = match (first, content.kind) {
        (Some(headline), IssueKind::Weekly) if quiet.is_empty() => {
            wrap::cut(headline.trim_end_matches(['!', '！']), SUBJECT_COLUMNS)
        }
        (_, IssueKind::Paper) if !quiet.is_empty() => words::word("no-paper", language).to_owned(),
        (Some(headline), IssueKind::Paper) => {
            let headline = content.guide.as_ref().map_or(headline.to_owned(), |guide| plain(&guide.title));
            let kind = format!("{}{}", words::word("paper", language), words::word("colon", language));
            let room = SUBJECT_COLUMNS.saturating_sub(wrap::width(&kind));
            format!("{kind}{}", wrap::cut(&headline, room))
        }
        _ => phrases::quiet(told_stories(content).count(), is_daily(content), language),
    };
    format!("{about} · {}", from(content, language))
}

/// The same for a reader whose topics leave the first story out.
pub fn of_topics(content: &IssueContent, language: Language) -> String {
    format!("{} · {}", words::word("topics-subject", language), from(content, language))
}

fn from(content: &IssueContent, language: Language) -> String {
    let own = content.edition.as_ref().map(|edition| plain(&edition.title));
    let name = own.unwrap_or_else(|| words::word("name", language).to_owned());
    format!("{name} {}", content.period)
}

/// The next headlines, else what was read.
pub fn preheader(sections: &[SectionView], counts: &str) -> String {
    let told =
        sections.iter().filter(|section| section.key != "dropped").flat_map(|section| &section.stories);
    let next: Vec<_> =
        told.skip(1).take(2).map(|story| wrap::cut(&story.headline, SUBJECT_COLUMNS)).collect();
    if next.is_empty() { counts.to_owned() } else { next.join(" · ") }
}
