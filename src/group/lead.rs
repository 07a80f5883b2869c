//! Which item of a story speaks for it.

use super::fingerprint::Document;

/// The lead of `items`: nearest to the event, then the whole text, then the earliest.
pub fn choose<'a>(items: impl IntoIterator<Item = &'a Document>) -> Option<&'a Document> {
    items.into_iter().min_by_key(|item| (item.tier, !item.complete, item.at, item.item_id))
}
