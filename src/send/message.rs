//! A letter as bytes: headers and two parts. A second attempt has the same bytes, since its date is given. Pure.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};
use lettre::{Address, Message};
use sha2::{Digest as _, Sha256};

use super::dkim::Signer;
use crate::address;
use crate::ballot::{self, Ballot, Key};
use crate::config::MailSettings;
use crate::edition;
use crate::model::{IssueKind, Language};
use crate::store::deliveries::{Claimed, Letter};
use crate::store::operator_mails::OperatorMail;

/// Stands in frozen letters where the reader's own link goes.
const UNSUBSCRIBE: &str = "%%UNSUBSCRIBE%%";

/// Who sends, and where the archive is: the same for every letter of a run.
#[derive(Clone, Debug)]
pub struct Sender {
    /// From.
    pub from: Mailbox,
    /// Reply-To, if another.
    pub reply_to: Option<Mailbox>,
    /// Where mails that ask to leave are read, if anywhere but there.
    pub unsubscribe_to: Option<Address>,
    /// Public address of the archive, without a slash at the end.
    pub base_url: String,
    /// Signs the readers' links to vote.
    pub key: Key,
    /// Signs the messages.
    pub signer: Arc<Signer>,
}

impl Sender {
    /// Reads the operator's mailboxes.
    ///
    /// # Errors
    /// One of them is none.
    pub fn new(mail: &MailSettings, base_url: &str, key: Key) -> anyhow::Result<Self> {
        let unsubscribe_to = Some(&mail.unsubscribe_to).filter(|text| !text.is_empty());
        let leave = |text: &String| anyhow::Ok(mailbox(text, "unsubscribe_to")?.email);
        let from = mailbox(&mail.from, "from")?;
        Ok(Self {
            signer: Arc::new(Signer::new(mail, from.email.domain())?),
            from,
            reply_to: mail.reply_to.as_deref().map(|text| mailbox(text, "reply_to")).transpose()?,
            unsubscribe_to: unsubscribe_to.map(leave).transpose()?,
            base_url: base_url.trim_end_matches('/').to_owned(),
            key,
        })
    }

    /// The domain that letters and greetings come from.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }
}

/// A mailbox of the settings; a domain like 例子.中国 becomes what every relay understands.
fn mailbox(text: &str, key: &str) -> anyhow::Result<Mailbox> {
    let wrong = || format!("mail.{key} is not \"Name <address>\"");
    let mut mailbox: Mailbox = text.parse().with_context(wrong)?;
    if !mailbox.email.domain().is_ascii() {
        let ascii = address::check(mailbox.email.as_ref()).map_err(anyhow::Error::msg).with_context(wrong)?;
        mailbox.email = ascii.parse().with_context(wrong)?;
    }
    Ok(mailbox)
}

/// Builds the message of one delivery.
///
/// # Errors
/// The stored address or message id cannot stand in a header; the text does not repeat it.
pub fn build(
    sender: &Sender,
    delivery: &Claimed,
    letter: &Letter,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<u8>> {
    let to = address::check(&delivery.address)
        .map_err(|why| anyhow::anyhow!("the stored address is not one: {why}"))?;
    let to = to.parse().ok().context("the stored address is not one")?;
    let mut builder = Message::builder()
        .from(sender.from.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(letter.parts.subject_for(&letter.subject, &delivery.topics)))
        .date(now.into())
        .message_id(Some(message_id(&delivery.message_id)?));
    if let Some(reply_to) = &sender.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    for (name, value) in list_headers(sender, delivery) {
        builder =
            builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(&value)));
    }
    let message =
        builder.multipart(parts(sender, delivery, letter)).context("the message cannot be built")?;
    sender.signer.sign(message.formatted(), now)
}

/// The bare address of a mailbox of the settings.
///
/// # Errors
/// It is none.
pub fn address_of(text: &str) -> anyhow::Result<String> {
    Ok(mailbox(text, "operator")?.email.to_string())
}

/// Builds a plain mail to the operator.
///
/// # Errors
/// The configured address or the message id cannot stand in a header.
pub fn plain(sender: &Sender, to: &str, mail: &OperatorMail, now: DateTime<Utc>) -> anyhow::Result<Vec<u8>> {
    let message = Message::builder()
        .from(sender.from.clone())
        .to(mailbox(to, "operator")?)
        .subject(one_line(&mail.subject))
        .date(now.into())
        .message_id(Some(message_id(&mail.message_id)?))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".into(),
        ))
        .singlepart(SinglePart::plain(mail.body.clone()))
        .context("the message cannot be built")?;
    sender.signer.sign(message.formatted(), now)
}

/// What makes it a list that a reader leaves by one click. Auto-Submitted is not for lists (RFC 3834 asks it of answers).
fn list_headers(sender: &Sender, delivery: &Claimed) -> Vec<(&'static str, String)> {
    let Claimed { kind, number, series, .. } = delivery;
    let (base_url, language) = (&sender.base_url, delivery.language);
    let name = match kind {
        IssueKind::Weekly => format!("headsup {series}"),
        IssueKind::Paper => "headsup paper of the month".to_owned(),
    };
    let spoken = match language {
        Language::En => "en",
        Language::Zh => "zh-CN",
    };
    let mut headers = vec![
        ("List-Id", format!("{name} <{series}.{}>", sender.domain())),
        ("List-Unsubscribe", format!("<{}>, <{}>", leave(sender, delivery), leave_by_mail(sender, delivery))),
        ("List-Archive", format!("<{base_url}/>")),
        ("List-Help", format!("<{base_url}/{language}/about>")),
        ("Feedback-ID", format!("{number}:{series}:digest:headsup")),
        ("Content-Language", spoken.into()),
    ];
    // RFC 8058 has one click for https alone.
    if base_url.starts_with("https://") {
        headers.insert(2, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()));
    }
    headers
}

/// To a box that only reads such mails, whose address has room for the token; else to people, with the token in the subject.
fn leave_by_mail(sender: &Sender, delivery: &Claimed) -> String {
    match &sender.unsubscribe_to {
        Some(to) => format!("mailto:{}+{}@{}", to.user(), delivery.token, to.domain()),
        None => {
            let to = &sender.reply_to.as_ref().unwrap_or(&sender.from).email;
            format!("mailto:{to}?subject=unsubscribe%20{}", delivery.token)
        }
    }
}

fn leave(sender: &Sender, delivery: &Claimed) -> String {
    format!("{}/u/{}", sender.base_url, delivery.token)
}

/// The reader's own preferences; the same on every attempt.
fn preferences(sender: &Sender, delivery: &Claimed) -> String {
    let Claimed { subscriber_id, token, queued_at, language, .. } = delivery;
    let token = ballot::preferences_token(*subscriber_id, token, &sender.key, *queued_at);
    format!("{}{}", sender.base_url, ballot::preferences_path(*language, &token))
}

fn parts(sender: &Sender, delivery: &Claimed, letter: &Letter) -> MultiPart {
    let (link, own) = (leave(sender, delivery), preferences(sender, delivery));
    let text = edition::cut(&letter.body_text, &letter.parts.text, &delivery.topics);
    let text = with_votes(sender, delivery, &text, &sender.base_url).replace(UNSUBSCRIBE, &link);
    let text = text.replace(edition::PREFERENCES, &own);
    let html = edition::cut(&letter.body_html, &letter.parts.html, &delivery.topics);
    let html =
        with_votes(sender, delivery, &html, &escape(&sender.base_url)).replace(UNSUBSCRIBE, &escape(&link));
    let html = html.replace(edition::PREFERENCES, &escape(&own));
    MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(boundary(&delivery.message_id))
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html))
}

/// The reader's own links to vote, below the archive's address; the rest of them needs no escape in HTML.
fn with_votes(sender: &Sender, delivery: &Claimed, body: &str, base_url: &str) -> String {
    ballot::fill(body, |story, kind| {
        let ballot = Ballot::of_reader(story, delivery.subscriber_id, delivery.language, delivery.queued_at);
        format!("{base_url}{}", ballot::reader_path(&ballot.token(&sender.key), kind))
    })
}

/// Follows from the message id, so that a second attempt has the same bytes; "=_" stands in no encoded part.
fn boundary(message_id: &str) -> String {
    let hash = Sha256::digest(message_id);
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("=_headsup_{hex}")
}

/// In angle brackets, whether or not it was stored so.
fn message_id(stored: &str) -> anyhow::Result<String> {
    let id = stored.trim().trim_start_matches('<').trim_end_matches('>');
    let is_fine = |c: char| c.is_ascii_alphanumeric() || ".@!#$%&'*+-/=?^_`{|}~".contains(c);
    let ok = id.matches('@').count() == 1 && id.chars().all(is_fine);
    anyhow::ensure!(ok, "the stored message id cannot stand in a header");
    Ok(format!("<{id}>"))
}

/// A header's value ends where its line ends.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escape(link: &str) -> String {
    link.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeliveryId, IssueId, StoryId, SubscriberId, VoteKind};

    fn mail() -> MailSettings {
        MailSettings {
            from: "headsup 抬头 <news@example.org>".into(),
            reply_to: Some("Editor <editor@example.org>".into()),
            ..MailSettings::default()
        }
    }

    fn sender() -> Sender {
        Sender::new(&mail(), "https://h.example.org/", Key::new(&[7; 32])).unwrap()
    }

    fn delivery() -> Claimed {
        Claimed {
            id: DeliveryId(7),
            issue_id: IssueId(1),
            kind: IssueKind::Weekly,
            series: "weekly".into(),
            number: 12,
            address: "reader@example.com".into(),
            language: Language::En,
            topics: Vec::new(),
            message_id: "<weekly-12.7.abc@example.org>".into(),
            attempts: 0,
            token: "00ff00ff00ff00ff00ff00ff00ff00ff".into(),
            subscriber_id: SubscriberId(3),
            queued_at: "2026-05-06T07:00:00Z".parse().unwrap(),
            dated_at: None,
            domain_group: "example.com".into(),
            sent_before: None,
        }
    }

    fn letter() -> Letter {
        Letter {
            subject: "Weekly 12: a model that fits in 8 GB".into(),
            body_text: "Hello.\n\n.a line that begins with a dot\nLeave: %%UNSUBSCRIBE%%\n".into(),
            body_html: "<p>Hello.</p>\n<a href=\"%%UNSUBSCRIBE%%\">Leave</a>\n".into(),
            parts: sqlx::types::Json::default(),
        }
    }

    fn built(letter: &Letter) -> String {
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        String::from_utf8(build(&sender(), &delivery(), letter, now).unwrap()).unwrap()
    }

    #[test]
    fn a_letter_as_it_leaves() {
        insta::assert_snapshot!(built(&letter()).replace("\r\n", "\n"), @r#"
        From: =?utf-8?b?aGVhZHN1cCDmiqzlpLQ=?= <news@example.org>
        To: reader@example.com
        Subject: Weekly 12: a model that fits in 8 GB
        Date: Wed, 06 May 2026 08:00:00 +0000
        Message-ID: <weekly-12.7.abc@example.org>
        Reply-To: Editor <editor@example.org>
        List-Id: headsup weekly <weekly.example.org>
        List-Unsubscribe: <https://h.example.org/u/00ff00ff00ff00ff00ff00ff00ff00ff>,
         <mailto:editor@example.org?subject=unsubscribe%2000ff00ff00ff00ff00ff00ff00ff00ff>
        List-Unsubscribe-Post: List-Unsubscribe=One-Click
        List-Archive: <https://h.example.org/>
        List-Help: <https://h.example.org/en/about>
        Feedback-ID: 12:weekly:digest:headsup
        Content-Language: en
        MIME-Version: 1.0
        Content-Type: multipart/alternative;
         boundary="=_headsup_8cb40ba305231dcc68afee05"

        --=_headsup_8cb40ba305231dcc68afee05
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        Hello.

        .a line that begins with a dot
        Leave: https://h.example.org/u/00ff00ff00ff00ff00ff00ff00ff00ff

        --=_headsup_8cb40ba305231dcc68afee05
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <p>Hello.</p>
        <a href=3D"https://h.example.org/u/00ff00ff00ff00ff00ff00ff00ff00ff">Leave<=
        /a>

        --=_headsup_8cb40ba305231dcc68afee05--
        "#);
    }

    #[test]
    fn a_second_attempt_at_the_same_time_has_the_same_bytes() {
        assert_eq!(built(&letter()), built(&letter()));
    }

    #[test]
    fn each_reader_votes_by_a_link_of_their_own_that_a_second_attempt_repeats() {
        let letter = Letter {
            body_text: format!("hype? {}\n%%UNSUBSCRIBE%%\n", ballot::place(StoryId(5), None)),
            body_html: format!("<a href=\"{}\">", ballot::place(StoryId(5), Some(VoteKind::Wrong))),
            ..letter()
        };
        let links = |delivery: &Claimed, at: &str| {
            let message = build(&sender(), delivery, &letter, at.parse().unwrap()).unwrap();
            let message = String::from_utf8(message).unwrap().replace("=\r\n", "");
            assert!(!message.contains("%%") && message.contains("/wrong"), "{message}");
            let links = message.split("https://h.example.org/v/").skip(1);
            links.map(|rest| rest.split(['\r', '"', '/']).next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let mine = links(&delivery(), "2026-05-06T08:00:00Z");
        assert!(mine.len() == 2 && mine[0] == mine[1], "one ballot, two places: {mine:?}");
        let opened = Ballot::open(&mine[0], &sender().key, delivery().queued_at).unwrap();
        assert_eq!(opened.voter, crate::model::Voter::Reader(SubscriberId(3)));
        assert_eq!(links(&delivery(), "2026-05-09T08:00:00Z"), mine);
        let other = Claimed { subscriber_id: SubscriberId(4), ..delivery() };
        assert_ne!(links(&other, "2026-05-06T08:00:00Z"), mine);
    }

    #[test]
    fn chinese_survives_in_lines_that_every_relay_takes() {
        let long = "大模型推理成本又降了一半，".repeat(200);
        let letter = Letter {
            subject: "抬头周报 12：".to_owned() + &"推理成本又降了一半".repeat(12),
            body_text: format!("{long}\n%%UNSUBSCRIBE%%"),
            body_html: format!("<p>{long}</p><a href=\"%%UNSUBSCRIBE%%\">退订</a>"),
            ..letter()
        };
        let message = built(&letter);
        assert!(message.is_ascii());
        for line in message.split("\r\n") {
            assert!(line.len() <= 998 && !line.contains(['\r', '\n']), "{line:?}");
        }
        assert!(!message.contains("%%"), "a placeholder is left");
    }

    #[test]
    fn a_reader_leaves_by_click_or_by_mail() {
        let leave = |mail: MailSettings, base_url: &str| {
            let sender = Sender::new(&mail, base_url, Key::new(&[])).unwrap();
            let headers = list_headers(&sender, &delivery());
            let value = |name| headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone());
            (value("List-Unsubscribe").unwrap(), value("List-Unsubscribe-Post"))
        };
        let boxed = MailSettings { unsubscribe_to: "unsub@b.example.org".into(), ..mail() };
        let (ways, post) = leave(boxed, "https://h.example.org");
        let token = delivery().token;
        assert_eq!(ways, format!("<https://h.example.org/u/{token}>, <mailto:unsub+{token}@b.example.org>"));
        assert_eq!(post.as_deref(), Some("List-Unsubscribe=One-Click"));
        let unanswered = MailSettings { reply_to: None, ..mail() };
        let (ways, post) = leave(unanswered, "http://127.0.0.1:8080");
        assert!(
            ways.ends_with(&format!("<mailto:news@example.org?subject=unsubscribe%20{token}>")),
            "{ways}"
        );
        assert_eq!(post, None, "one click needs https");
    }

    #[test]
    fn the_operators_mailbox_is_understood_or_named() {
        let sender = |from: &str| {
            let mail = MailSettings { from: from.into(), ..mail() };
            Sender::new(&mail, "https://h.example.org", Key::new(&[]))
        };
        assert_eq!(sender("抬头 <news@例子.中国>").unwrap().domain(), "xn--fsqu00a.xn--fiqs8s");
        assert_eq!(sender("headsup@localhost").unwrap().domain(), "localhost");
        for wrong in ["", "nobody", "a@b.org\r\nBcc: c@d.org"] {
            let error = sender(wrong).unwrap_err().to_string();
            assert!(error.starts_with("mail.from is not"), "{error}");
        }
    }

    #[test]
    fn no_value_can_open_a_header_of_its_own() {
        let letter = Letter { subject: "Weekly\r\nBcc: all@example.org\n\nbody".into(), ..letter() };
        let message = built(&letter);
        assert!(message.contains("\r\nSubject: Weekly Bcc: all@example.org body\r\n"), "{message}");
        assert!(!message.contains("\nBcc:"));
        let now = "2026-05-06T08:00:00Z".parse().unwrap();
        for wrong in ["a@b>\r\nBcc: c@d", "no-at", "a b@c"] {
            let delivery = Claimed { message_id: wrong.into(), ..delivery() };
            assert!(build(&sender(), &delivery, &letter, now).is_err(), "{wrong:?}");
        }
        let delivery = Claimed { address: "secret@example.org\r\nBcc: c@d.org".into(), ..delivery() };
        let error = build(&sender(), &delivery, &letter, now).unwrap_err();
        assert!(!format!("{error:#}").contains("secret"), "{error:#}");
    }
}
