//! The press: inputs become a whole issue, and an issue becomes paper. Between the pure [`crate::edition`] and the stages:
//! `publish` prints with it, `serve` and the command line let the operator work on a draft with it.

mod draft;
mod fill;
mod freeze;

pub use self::draft::{Approval, Draft, Saved, approve, change, discard, hold, open, undo};
pub use self::fill::{add, add_by, complete, complete_by, freeze_all, load};
pub use self::freeze::{Composed, content_digest, freeze, render};
