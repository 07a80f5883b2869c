//! An issue as a pure function: from what was gathered to what it says, and from that to how it reads in one language, as
//! mail and as page. The same inputs always make the same bytes, so an issue can be rebuilt and a draft shown while it is
//! edited. No database, no network, no clock.

mod caps;
mod clean;
mod compose;
mod content;
mod edits;
mod errata;
mod event;
mod evidence;
mod hindsight_view;
mod inputs;
mod mail;
mod money;
mod paper;
mod parts;
mod phrases;
mod reading;
mod rounds;
mod select;
#[cfg(test)]
mod select_tests;
mod story_view;
mod subject;
mod view;
mod words;
mod wrap;

pub use self::clean::{PREFERENCES, UNSUBSCRIBE, language_of, plain, web_address};
pub use self::compose::{Composition, Waiting, compose, waiting};
pub use self::content::freeze;
pub use self::edits::{Change, Refusal, apply};
pub use self::event::keys;
pub use self::inputs::{Counts, Inputs, Period, Told};
pub use self::mail::{Mail, render};
pub use self::paper::paper;
pub use self::parts::cut;
pub use self::select::{best, company_of};
pub use self::story_view::{headline, lines};
pub use self::view::{Detail, Edition, SectionView, View, told_stories, view};
pub use self::words::{flag, open};
