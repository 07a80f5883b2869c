//! Renders an issue for mail: subject, text and HTML in one language, small enough that no mail program clips it.

use anyhow::Context as _;

use super::clean::UNSUBSCRIBE;
use super::view::{self, Detail, Edition};
use super::wrap::wrap;
use super::{parts, subject};
use crate::ballot;
use crate::model::{IssueContent, IssueKind, Language, MailParts};
use crate::render::Templates;

/// Most bytes of the HTML: Gmail clips at about 102 KB, and `send` puts a longer link to leave in. The links to vote are
/// counted at their full length.
const MAX_HTML: usize = 90_000;

/// Columns of the text.
const COLUMNS: usize = 76;

/// What is tried until the HTML is small enough: how much of each story, and how many stories.
const SIZES: [(Detail, usize); 6] = [
    (Detail::Full, usize::MAX),
    (Detail::Short, usize::MAX),
    (Detail::Headline, usize::MAX),
    (Detail::Headline, 80),
    (Detail::Headline, 40),
    (Detail::Headline, 10),
];

/// An issue in one language, as it is mailed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// Subject.
    pub subject: String,
    /// Plain text, lines of at most 76 columns (a long link may stand over).
    pub body_text: String,
    /// A whole HTML document.
    pub body_html: String,
    /// What of both is about what.
    pub parts: MailParts,
}

/// The mail of `content` in one language.
///
/// # Errors
/// A template fails (an operator's own may), or does not hold the place for the reader's link exactly once.
pub fn render(templates: &Templates, content: &IssueContent, edition: Edition<'_>) -> anyhow::Result<Mail> {
    let folder = format!("mail/{}", content.kind);
    for (detail, most) in SIZES {
        let view = view::view(content, edition, detail, most);
        // The engine escapes "/" too, which needs no escape here and makes links look disguised to spam filters.
        let body_html = templates.render(&format!("{folder}/body.html.j2"), &view)?.replace("&#x2f;", "/");
        let in_html = || format!("template {folder}/body.html.j2");
        let (body_html, html) = parts::take(&body_html).with_context(in_html)?;
        let link = edition.base_url.len() + ballot::LONGEST_PATH;
        if body_html.len() + ballot::n_places(&body_html) * link > MAX_HTML {
            continue;
        }
        let in_text = || format!("template {folder}/body.txt.j2");
        let body_text = wrap(&templates.render(&format!("{folder}/body.txt.j2"), &view)?, COLUMNS);
        let (body_text, text) = parts::take(&body_text).with_context(in_text)?;
        let subject = templates.render(&format!("{folder}/subject.txt.j2"), &view)?;
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        hold_one_place(&body_html).with_context(in_html)?;
        hold_one_place(&body_text).with_context(in_text)?;
        let parts = MailParts { text, html, ..subject_parts(content, edition.language) };
        return Ok(Mail { subject, body_text, body_html, parts });
    }
    anyhow::bail!("template {folder}/body.html.j2 makes a mail of more than {MAX_HTML} bytes")
}

/// What the subject is about: the first story that is no rumour.
fn subject_parts(content: &IssueContent, language: Language) -> MailParts {
    let is_named = !content.quiet && content.kind == IssueKind::Weekly;
    let Some(first) = view::confirmed(content).next().filter(|_| is_named) else {
        return MailParts::default();
    };
    let subject = parts::topics(&first.verdict).into_iter().collect();
    MailParts { subject, subject_instead: subject::of_topics(content, language), ..MailParts::default() }
}

fn hold_one_place(body: &str) -> anyhow::Result<()> {
    let n_places = body.matches(UNSUBSCRIBE).count();
    anyhow::ensure!(n_places == 1, "{UNSUBSCRIBE} stands {n_places} times in it, must stand once");
    Ok(())
}
