//! A link to vote: which story, who votes, until when, signed, so that nobody votes as somebody else; and the operator's
//! link to a draft. Pure.
//!
//! A reader's link stands in the mail, where a frozen issue has a place for it that `send` fills. A visitor of the archive
//! is a random number in a signed cookie. Neither link nor cookie shows an address.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::model::{DraftId, Language, StoryId, SubscriberId, VoteKind, Voter};

/// More bytes than any path of a link has.
pub const LONGEST_PATH: usize = 90;

/// Days that a reader's link works after the issue was queued.
const READER_DAYS: i64 = 180;

/// Days that a visitor's form works.
const VISITOR_DAYS: i64 = 2;

/// Where a link of the mail begins and ends in a frozen issue. Fetched text never holds two of these signs in a row.
const PLACE: &str = "%%VOTE:";
const PLACE_END: &str = "%%";

/// Bytes of a signature: half of the hash, as RFC 2104 allows.
const SIGNATURE: usize = 16;

/// Bytes of a key: HMAC fills a shorter one with zeros.
const BLOCK: usize = 64;

const SECONDS_A_DAY: i64 = 86_400;

/// What signs. Never in a log.
#[derive(Clone)]
pub struct Key([u8; BLOCK]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// Who may vote on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// On this story.
    pub story: StoryId,
    /// Only this one.
    pub voter: Voter,
    /// Of the page.
    pub language: Language,
    /// Last day, counted from 1970-01-01.
    last_day: i64,
}

/// Why a link is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// We did not make it, or a part of it is lost.
    Forged,
    /// We made it too long ago.
    Expired,
}

impl Key {
    /// The secret of the database.
    pub fn new(secret: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        block.iter_mut().zip(secret).for_each(|(place, byte)| *place = *byte);
        Self(block)
    }

    /// `what` keeps signatures of one use from being good for another.
    fn sign(&self, what: &str, text: &str) -> String {
        let tag = self.mac(what, text).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(&tag[..SIGNATURE])
    }

    /// In constant time.
    fn is_ours(&self, what: &str, text: &str, signature: &str) -> bool {
        let Ok(tag) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        tag.len() == SIGNATURE && self.mac(what, text).verify_truncated_left(&tag).is_ok()
    }

    fn mac(&self, what: &str, text: &str) -> Hmac<Sha256> {
        Hmac::<Sha256>::new(&self.0.into()).chain_update(what).chain_update([0]).chain_update(text)
    }
}

impl Ballot {
    /// The link of a mail that was queued then: the same on every attempt to send it.
    pub fn of_reader(
        story: StoryId,
        reader: SubscriberId,
        language: Language,
        queued_at: DateTime<Utc>,
    ) -> Self {
        Self { story, voter: Voter::Reader(reader), language, last_day: day(queued_at) + READER_DAYS }
    }

    /// The form of the archive.
    pub fn of_visitor(story: StoryId, visitor: u128, language: Language, now: DateTime<Utc>) -> Self {
        Self { story, voter: Voter::Visitor(visitor), language, last_day: day(now) + VISITOR_DAYS }
    }

    /// As it stands in a link.
    pub fn token(&self, key: &Key) -> String {
        let text = format!("{}.{}.{}.{}", self.story, self.voter, self.language, self.last_day);
        let signature = key.sign("vote", &text);
        format!("{text}.{signature}")
    }

    /// Reads a link.
    ///
    /// # Errors
    /// It is not ours, or too old.
    pub fn open(token: &str, key: &Key, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let (text, signature) = token.rsplit_once('.').ok_or(Refusal::Forged)?;
        if !key.is_ours("vote", text, signature) {
            return Err(Refusal::Forged);
        }
        let ballot = parse(text).ok_or(Refusal::Forged)?;
        if ballot.last_day < day(now) { Err(Refusal::Expired) } else { Ok(ballot) }
    }
}

/// The language that a link claims, whoever made it: only what a refusal is worded in.
pub fn claimed_language(token: &str) -> Language {
    token.split('.').nth(2).and_then(|word| word.parse().ok()).unwrap_or(Language::En)
}

fn parse(text: &str) -> Option<Ballot> {
    let mut parts = text.split('.');
    let story = StoryId(parts.next()?.parse().ok()?);
    let voter = parts.next()?.parse().ok()?;
    let language = parts.next()?.parse().ok()?;
    let last_day = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some(Ballot { story, voter, language, last_day })
}

fn day(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(SECONDS_A_DAY)
}

/// A draft as it stands in the operator's link: whoever has the link edits and approves. It is good as long as the draft
/// is held.
pub fn draft_token(draft: DraftId, key: &Key) -> String {
    let signature = key.sign("draft", &draft.to_string());
    format!("{draft}.{signature}")
}

/// The draft of an operator's link; `None`: we did not make it.
pub fn open_draft(token: &str, key: &Key) -> Option<DraftId> {
    let (number, signature) = token.split_once('.')?;
    let is_ours = key.is_ours("draft", number, signature);
    if is_ours { number.parse().ok().map(DraftId) } else { None }
}

/// Where an operator's link leads, below the archive's address.
pub fn draft_path(language: Language, token: &str) -> String {
    format!("/{language}/draft/{token}")
}

/// Days that a reader's link to the preferences works after it was mailed: a mail may be passed on.
const PREFERENCES_DAYS: i64 = 60;

/// A reader's link to the preferences, in a mail that was queued then. `secret` is the reader's own, so that a new one
/// ends all links before it.
pub fn preferences_token(reader: SubscriberId, secret: &str, key: &Key, queued_at: DateTime<Utc>) -> String {
    let text = format!("{reader}.{}", day(queued_at) + PREFERENCES_DAYS);
    let signature = key.sign("preferences", &format!("{text}.{secret}"));
    format!("{text}.{signature}")
}

/// Whose link to the preferences it claims to be: [`check_preferences`] says whether it is.
pub fn claimed_reader(token: &str) -> Option<SubscriberId> {
    token.split('.').next()?.parse().ok().map(SubscriberId)
}

/// Whether a link to the preferences is good for the reader with this secret.
///
/// # Errors
/// It is not ours, or too old.
pub fn check_preferences(token: &str, secret: &str, key: &Key, now: DateTime<Utc>) -> Result<(), Refusal> {
    let (text, signature) = token.rsplit_once('.').ok_or(Refusal::Forged)?;
    if !key.is_ours("preferences", &format!("{text}.{secret}"), signature) {
        return Err(Refusal::Forged);
    }
    let last_day: i64 = text.split('.').nth(1).and_then(|day| day.parse().ok()).ok_or(Refusal::Forged)?;
    if last_day < day(now) { Err(Refusal::Expired) } else { Ok(()) }
}

/// Where a reader's link to the preferences leads, below the archive's address.
pub fn preferences_path(language: Language, token: &str) -> String {
    format!("/{language}/me/{token}")
}

/// What the archive's cookie holds.
pub fn cookie(visitor: u128, key: &Key) -> String {
    let number = format!("{visitor:032x}");
    let signature = key.sign("visitor", &number);
    format!("{number}.{signature}")
}

/// The visitor of a cookie; `None`: we did not make it.
pub fn visitor(cookie: &str, key: &Key) -> Option<u128> {
    let (number, signature) = cookie.split_once('.')?;
    let is_ours = number.len() == 32 && key.is_ours("visitor", number, signature);
    if is_ours { u128::from_str_radix(number, 16).ok() } else { None }
}

/// The place in a frozen issue where a reader's own link to vote goes; without a kind the page asks for it.
pub fn place(story: StoryId, kind: Option<VoteKind>) -> String {
    match kind {
        Some(kind) => format!("{PLACE}{story}:{kind}{PLACE_END}"),
        None => format!("{PLACE}{story}{PLACE_END}"),
    }
}

/// How many places are in a text.
pub fn n_places(text: &str) -> usize {
    text.matches(PLACE).count()
}

/// The text with a link in each place.
pub fn fill(text: &str, link: impl Fn(StoryId, Option<VoteKind>) -> String) -> String {
    let mut out = String::with_capacity(text.len() + n_places(text) * LONGEST_PATH);
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(PLACE) {
        out.push_str(before);
        match from.split_once(PLACE_END).and_then(|(inside, after)| Some((asked(inside)?, after))) {
            Some(((story, kind), after)) => {
                out.push_str(&link(story, kind));
                rest = after;
            }
            None => {
                out.push_str(PLACE);
                rest = from;
            }
        }
    }
    out.push_str(rest);
    out
}

fn asked(inside: &str) -> Option<(StoryId, Option<VoteKind>)> {
    let (story, kind) = match inside.split_once(':') {
        Some((story, kind)) => (story, Some(kind.parse().ok()?)),
        None => (inside, None),
    };
    Some((StoryId(story.parse().ok()?), kind))
}

/// Where a reader's link leads, below the archive's address.
pub fn reader_path(token: &str, kind: Option<VoteKind>) -> String {
    match kind {
        Some(kind) => format!("/v/{token}/{kind}"),
        None => format!("/v/{token}"),
    }
}

/// Where a visitor of the archive begins.
pub fn visitor_path(language: Language, story: StoryId, kind: Option<VoteKind>) -> String {
    let kind = kind.unwrap_or(VoteKind::Hype);
    format!("/v/story/{language}/{story}/{kind}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> Key {
        Key::new(&[7; 32])
    }

    fn now() -> DateTime<Utc> {
        "2026-05-06T08:00:00Z".parse().unwrap()
    }

    fn ballot() -> Ballot {
        Ballot::of_reader(StoryId(345), SubscriberId(12), Language::Zh, now())
    }

    #[test]
    fn a_link_says_who_votes_on_what_and_is_short() {
        let token = ballot().token(&key());
        assert!(token.starts_with("345.r12.zh.20759."), "{token}");
        assert_eq!(Ballot::open(&token, &key(), now()), Ok(ballot()));
        let longest = Ballot::of_reader(StoryId(i64::MAX), SubscriberId(i64::MAX), Language::Zh, now());
        let path = reader_path(&longest.token(&key()), Some(VoteKind::Solid));
        assert!(path.len() <= LONGEST_PATH, "{}", path.len());
    }

    #[test]
    fn a_changed_link_is_refused_whatever_was_changed() {
        let token = ballot().token(&key());
        for (at, c) in token.char_indices() {
            let other = if c == '1' { '2' } else { '1' };
            let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            // The last character of a signature carries bits that say nothing; they must be zero all the same.
            assert_eq!(Ballot::open(&changed, &key(), now()), Err(Refusal::Forged), "{changed}");
        }
        assert_eq!(Ballot::open(&token, &Key::new(&[8; 32]), now()), Err(Refusal::Forged));
        for wrong in ["", ".", "345", "345.r12.zh.20759.", "345.r12.zh.20759.AAAA", "a.b.c.d.e.f"] {
            assert_eq!(Ballot::open(wrong, &key(), now()), Err(Refusal::Forged), "{wrong}");
        }
    }

    #[test]
    fn a_link_of_last_year_is_too_old() {
        let token = ballot().token(&key());
        assert!(Ballot::open(&token, &key(), now() + chrono::TimeDelta::days(180)).is_ok());
        let late = now() + chrono::TimeDelta::days(181);
        assert_eq!(Ballot::open(&token, &key(), late), Err(Refusal::Expired));
    }

    #[test]
    fn a_cookie_is_no_ballot_and_a_ballot_no_cookie() {
        let mine = cookie(0x99, &key());
        assert_eq!(visitor(&mine, &key()), Some(0x99));
        assert_eq!(visitor(&mine.replacen("99", "98", 1), &key()), None);
        assert_eq!(visitor(&ballot().token(&key()), &key()), None);
        assert_eq!(Ballot::open(&mine, &key(), now()), Err(Refusal::Forged));
    }

    #[test]
    fn a_draft_is_opened_by_its_own_link_alone() {
        let token = draft_token(DraftId(12), &key());
        assert_eq!(open_draft(&token, &key()), Some(DraftId(12)));
        assert_eq!(open_draft(&token, &Key::new(&[8; 32])), None);
        assert_eq!(open_draft(&token.replacen("12", "13", 1), &key()), None);
        assert_eq!(open_draft(&ballot().token(&key()), &key()), None);
        assert_eq!(open_draft(&cookie(12, &key()), &key()), None);
        assert_eq!(open_draft("12.", &key()), None);
    }

    #[test]
    fn preferences_open_by_the_reader_s_own_link_until_it_is_old_or_the_reader_moved() {
        let token = preferences_token(SubscriberId(12), "secret", &key(), now());
        assert_eq!(claimed_reader(&token), Some(SubscriberId(12)));
        assert_eq!(check_preferences(&token, "secret", &key(), now()), Ok(()));
        let moved = check_preferences(&token, "other", &key(), now());
        let other = check_preferences(&token.replacen("12", "13", 1), "secret", &key(), now());
        assert_eq!((moved, other), (Err(Refusal::Forged), Err(Refusal::Forged)));
        let late = now() + chrono::TimeDelta::days(61);
        assert_eq!(check_preferences(&token, "secret", &key(), late), Err(Refusal::Expired));
        assert_eq!(check_preferences("12.99999.", "secret", &key(), now()), Err(Refusal::Forged));
    }

    #[test]
    fn each_place_gets_its_own_link_and_nothing_else_changes() {
        let text = format!(
            "a {} b {} c %%UNSUBSCRIBE%% %%VOTE:x%% 100%",
            place(StoryId(1), Some(VoteKind::Hype)),
            place(StoryId(2), None)
        );
        assert_eq!(n_places(&text), 3);
        let filled = fill(&text, |story, kind| format!("<{story} {kind:?}>"));
        assert_eq!(filled, "a <1 Some(Hype)> b <2 None> c %%UNSUBSCRIBE%% %%VOTE:x%% 100%");
    }

    proptest! {
        #[test]
        fn no_text_is_a_link(token in any::<String>(), cookie in any::<String>()) {
            prop_assert_eq!(Ballot::open(&token, &key(), now()), Err(Refusal::Forged));
            prop_assert_eq!(visitor(&cookie, &key()), None);
            prop_assert_eq!(fill(&token.replace('%', ""), |_, _| String::new()), token.replace('%', ""));
        }
    }
}
