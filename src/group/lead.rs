//! Which item of a story speaks for it.

use super::fingerprint::Document;

/// The lead of `items`: nearest to the event, then the whole text, then the earliest.
pub fn choose<'a>(items: impl IntoIterator<Item = &'a Document>) -> Option<&'a Document> {
    items.into_iter().min_by_key(|item| (item.tier, !item.complete, item.at, item.item_id))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::{ItemId, Lane, Language, SourceId, SourceKind, Tier};

    fn item(id: i64, tier: Tier, complete: bool, seconds: i64) -> Document {
        Document {
            item_id: ItemId(id),
            source_id: SourceId(id),
            tier,
            kind: SourceKind::Feed,
            lane: Lane::Company,
            language: Language::En.into(),
            link: String::new(),
            title: String::new(),
            text: String::new(),
            complete,
            at: DateTime::from_timestamp(seconds, 0).unwrap(),
            story_id: None,
        }
    }

    #[test]
    fn who_it_concerns_speaks_before_the_press_and_the_press_before_the_forum() {
        let forum = item(1, Tier::Community, true, 0);
        let teaser = item(2, Tier::Press, false, 1);
        let late = item(3, Tier::Press, true, 9);
        let early = item(4, Tier::Press, true, 5);
        let own = item(5, Tier::Primary, false, 20);
        let lead = |items: &[&Document]| choose(items.iter().copied()).unwrap().item_id.0;
        assert_eq!(lead(&[&forum, &teaser, &late, &early, &own]), 5);
        assert_eq!(lead(&[&forum, &teaser, &late, &early]), 4);
        assert_eq!(lead(&[&forum, &teaser]), 2);
    }
}
