//! What sounds alike and is not one event; what follows from one; and whose text is another's.

use super::arrange::{Print, arrange};
use super::events_tests::{item, stories};
use super::rarity::Rarity;
use super::{Cutoffs, Document};
use crate::model::{ItemId, StoryId, Tier};

/// The stories of `pairs` of headline and text, four hours apart.
fn told(pairs: &[(&str, &str)]) -> Vec<Vec<i64>> {
    let items = (1..).zip(pairs).map(|(n, (title, text))| item(n, n * 4, title, text));
    stories(items.collect())
}

#[test]
fn the_same_kind_of_event_of_two_companies_is_two_events() {
    let fines = [
        (
            "EU fines Tamarind €80 million over default settings",
            "The European Commission fined Tamarind €80 million on Monday, as officials said of its settings.",
        ),
        (
            "EU fines Wexcombe €310 million over default settings",
            "The European Commission fined Wexcombe €310 million on Monday, as officials said of its settings.",
        ),
    ];
    assert_eq!(told(&fines), [[1], [2]]);
    let results = [
        (
            "Tamarind beats estimates as quarterly revenue rises 21%",
            "Shares rose after Tamarind reported quarterly revenue of $1.4 billion, up 21%.",
        ),
        (
            "Wexcombe beats estimates as quarterly revenue rises 37%",
            "Shares rose after Wexcombe reported quarterly revenue of $2.6 billion, up 37%.",
        ),
    ];
    assert_eq!(told(&results), [[1], [2]]);
}

#[test]
fn two_purchases_of_one_buyer_are_two_events() {
    let deals = [
        (
            "Okapi to acquire Brindle Robotics for $700 million",
            "The chip maker Okapi said that it will acquire Brindle Robotics for $700 million in cash.",
        ),
        (
            "Okapi to acquire Fenwick Data for $240 million",
            "The chip maker Okapi said that it will acquire Fenwick Data for $240 million in cash.",
        ),
    ];
    assert_eq!(told(&deals), [[1], [2]]);
}

#[test]
fn a_tier_before_the_number_is_a_model_of_its_own() {
    let text = "The lab says that the model is faster, cheaper and better at long tasks.";
    let tiers = [("Lab introduces Ibis Opus 3.5", text), ("Lab introduces Ibis Sonnet 3.5", text)];
    assert_eq!(told(&tiers), [[1], [2]]);
    let short = [
        ("Ibis Opus 3.5 is out", "The lab released Ibis Opus 3.5 today."),
        ("Introducing Opus 3.5", "Opus 3.5 of the Ibis family is here today."),
    ];
    assert_eq!(told(&short), [[1, 2]]);
}

#[test]
fn two_sums_within_a_day_are_two_rounds() {
    let rounds = [
        ("Quokka raises $20 million", "Quokka raised $20 million for pruning models."),
        ("Quokka raises $65 million Series B", "Quokka raised $65 million for pruning models."),
    ];
    assert_eq!(told(&rounds), [[1], [2]]);
    let again = [
        ("Quokka raises $20 million", "Quokka raised $20 million for pruning models."),
        ("Quokka raises $20 million more", "Quokka raised $20 million more for pruning models."),
    ];
    assert_eq!(told(&again), [[1], [2]]);
}

#[test]
fn a_count_alone_proves_nothing() {
    let counts = [
        ("Ferry lines carried 30 million in spring", "The operators of ferries count their guests."),
        ("30 million downloads: a terminal emulator’s birthday", "Its author looks back."),
    ];
    assert_eq!(told(&counts), [[1], [2]]);
}

#[test]
fn a_meaning_alone_proves_nothing() {
    let pair = [
        item(1, 0, "Judge delays Tamarind trial", "The trial waits until spring."),
        item(2, 2, "Bakery robots knead dough", "A shop in the valley bakes by machine."),
    ];
    let same = pair.map(|document| (document, Some(vec![1.0, 0.0])));
    assert_eq!(super::events(same.to_vec(), Cutoffs { same: 0.9, across: 0.86 }).len(), 2);
}

const WIRE: &str = "A new report says that the water used by the halls of computers in the valley has doubled within three \
    years, and that farmers nearby have begun to drill deeper wells, which the county wants to limit by a rule of its own.";

fn copies(documents: Vec<Document>) -> Vec<Option<i64>> {
    let prints: Vec<Print> = documents.into_iter().map(|document| Print::of(document, None)).collect();
    let rarity = Rarity::of(prints.iter().map(|one| &one.print));
    let plan = arrange(prints, &rarity, Cutoffs { same: 0.9, across: 0.86 });
    assert_eq!(plan.groups.len(), 1);
    let mut copies = plan.groups[0].copies.clone();
    copies.sort_unstable();
    copies.into_iter().map(|(_, original)| original.map(|id| id.0)).collect()
}

#[test]
fn a_wire_text_is_one_voice_under_any_headline_and_behind_any_intro() {
    let intro = format!("Our readers in the valley know it well, and we have asked for years. {WIRE}");
    let pieces = vec![
        item(1, 0, "Water use of computer halls in the valley doubles", WIRE),
        item(2, 2, "Thirsty computer halls: valley drills deeper wells", WIRE),
        item(3, 4, "Water use of computer halls in the valley doubles, report says", &intro),
    ];
    assert_eq!(copies(pieces), [None, Some(1), Some(1)]);
    let short = "Water use in the valley has doubled.";
    let pieces = vec![
        item(1, 0, "Computer halls drink double", short),
        item(2, 2, "Computer halls drink double", short),
    ];
    assert_eq!(copies(pieces), [None, Some(1)]);
}

#[test]
fn what_was_printed_before_its_original_came_is_a_copy_from_then_on() {
    let mut printed = item(1, 3, "Water use of computer halls in the valley doubles", WIRE);
    printed.story_id = Some(StoryId(7));
    let mut original = item(2, 0, "Water use of computer halls in the valley doubles", WIRE);
    original.tier = Tier::Primary;
    assert_eq!(copies(vec![printed, original]), [Some(2), None]);
}

#[test]
fn what_follows_from_an_event_is_told_apart_and_linked() {
    let suit = item(1, 0, "Tamarind sued over training data", "Three publishers sued Tamarind over books.");
    let later =
        item(2, 20, "Tamarind chief resigns after suit over training data", "The chief of Tamarind leaves.");
    assert_eq!(stories(vec![suit.clone(), later.clone()]), [[1], [2]]);
    let prints = [suit, later].map(|document| Print::of(document, None)).to_vec();
    let rarity = Rarity::of(prints.iter().map(|one| &one.print));
    let plan = arrange(prints, &rarity, Cutoffs { same: 0.9, across: 0.86 });
    let follows: Vec<Option<ItemId>> =
        plan.groups.iter().map(|group| group.follows.as_ref().map(|(item, _)| *item)).collect();
    assert_eq!(follows, [None, Some(ItemId(1))]);
}

#[test]
fn the_reason_of_a_newcomer_names_what_was_there() {
    let mut first = item(1, 0, "Quokka raises $20 million", "Quokka raised $20 million for pruning models.");
    first.story_id = Some(StoryId(3));
    let second = item(2, 2, "Quokka lands $20 million", "The startup Quokka has landed $20 million.");
    let third = item(3, 3, "Quokka lands $20 million", "The startup Quokka has landed $20 million, it said.");
    let prints = [first, second, third].map(|document| Print::of(document, None)).to_vec();
    let rarity = Rarity::of(prints.iter().map(|one| &one.print));
    let plan = arrange(prints, &rarity, Cutoffs { same: 0.9, across: 0.86 });
    let reasons: Vec<&str> = plan.groups[0].joining.iter().map(|one| one.reason.as_str()).collect();
    assert!(reasons.iter().any(|reason| reason.contains("“Quokka raises $20 million”")), "{reasons:?}");
}
