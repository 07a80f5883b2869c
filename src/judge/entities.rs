//! Whom and what a story is about: by the gazetteer in both scripts, and by shape (a name with a version is a model).

use chrono::{DateTime, Utc};

use super::facts::gazetteer::{self, Kind};
use super::facts::{self, is_han, names::Token, ordinary};
use crate::model::{Entity, EntityKind, Story};

/// Most entities that are kept.
const MAX_ENTITIES: usize = 8;
/// Most dates and versions that are kept.
const MAX_STATED: usize = 12;
/// So much of a text is read, in characters.
const HEAD: usize = 600;

/// What the articles of a story state.
#[derive(Debug, Default)]
pub struct Stated {
    /// Of the headlines first.
    pub entities: Vec<Entity>,
    /// In the articles' words.
    pub dates: Vec<String>,
    /// Names with their numbers.
    pub versions: Vec<String>,
}

/// Reads the headlines, then the heads of the texts.
pub fn read(story: &Story) -> Stated {
    let mut stated = Stated::default();
    for item in &story.items {
        add(&mut stated, &item.title, item.published_at, Part::Title);
    }
    for item in &story.items {
        let head: String = item.text.chars().take(HEAD).collect();
        add(&mut stated, &head, item.published_at, Part::Text);
    }
    stated.entities.truncate(MAX_ENTITIES);
    stated.dates.truncate(MAX_STATED);
    stated.versions.truncate(MAX_STATED);
    stated
}

/// First words of names with numbers that are no models but licences and standards.
const LICENCES: [&str; 16] = [
    "agpl", "apache", "bsd", "cc", "creative", "epl", "eupl", "gpl", "iso", "lgpl", "mit", "mpl", "rfc",
    "soc", "usb", "wi-fi",
];

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Title,
    Text,
}

fn add(stated: &mut Stated, text: &str, day: DateTime<Utc>, part: Part) {
    let reading = facts::read(text, Some(day));
    for date in reading.dates.iter().filter(|date| !date.derived && !date.text.is_empty()) {
        keep(&mut stated.dates, date.text.clone());
    }
    for token in reading.tokens.iter().filter(|token| token.is_versioned && is_version(token)) {
        keep(&mut stated.versions, token.text.clone());
    }
    let hits = gazetteer::find(&reading.plain);
    let versioned = reading.tokens.iter().filter(|token| token.is_versioned && is_version(token));
    let mut found: Vec<(usize, Entity)> =
        versioned.map(|token| (token.at.start, of_version(token))).collect();
    let is_in_version =
        |at: usize| reading.tokens.iter().any(|token| token.is_versioned && token.at.contains(&at));
    for hit in hits.iter().filter(|hit| !is_in_version(hit.at.start)) {
        found.extend(of_name(hit.id, &reading.plain[hit.at.clone()]).map(|entity| (hit.at.start, entity)));
    }
    if part == Part::Title {
        let is_free = |token: &&Token| {
            !hits.iter().any(|hit| hit.at.start < token.at.end && token.at.start < hit.at.end)
        };
        let shaped = reading
            .tokens
            .iter()
            .filter(|token| !token.is_versioned && is_shaped(&token.text))
            .filter(is_free);
        found.extend(shaped.map(|token| (token.at.start, bare(&token.text, EntityKind::Product))));
    }
    found.sort_by_key(|(at, _)| *at);
    for (_, entity) in found {
        let is_known = |known: &Entity| {
            known.name.eq_ignore_ascii_case(&entity.name) || known.en.is_some() && known.en == entity.en
        };
        if !stated.entities.iter().any(is_known) {
            stated.entities.push(entity);
        }
    }
}

fn keep(all: &mut Vec<String>, one: String) {
    if !all.contains(&one) {
        all.push(one);
    }
}

/// A company, model, product or person of the gazetteer.
fn of_name(id: usize, spelled: &str) -> Option<Entity> {
    let name = &gazetteer::names()[id];
    let kind = match name.kind {
        Kind::Company => EntityKind::Company,
        Kind::Model => EntityKind::Model,
        Kind::Product => EntityKind::Product,
        Kind::Person => EntityKind::Person,
        Kind::Place | Kind::Authority | Kind::School => return None,
    };
    let first = |spellings: &[&str]| spellings.first().map(|spelling| (*spelling).to_owned());
    Some(Entity { name: spelled.to_owned(), kind, en: first(&name.latin), zh: first(&name.han) })
}

/// A name with its number: a model, unless the gazetteer knows the name as something else.
fn of_version(token: &Token) -> Entity {
    let known = gazetteer::find(&token.text).into_iter().find(|hit| hit.at.start == 0);
    let kind = match known.map(|hit| gazetteer::names()[hit.id].kind) {
        Some(Kind::Product) => EntityKind::Product,
        _ => EntityKind::Model,
    };
    bare(&token.text, kind)
}

fn bare(name: &str, kind: EntityKind) -> Entity {
    Entity { name: name.to_owned(), kind, en: None, zh: None }
}

/// "Falcon 3", "o1": not "F1" in capitals alone, "top-10", "3D".
fn is_version(token: &Token) -> bool {
    let starts = token.text.starts_with(|c: char| c.is_alphabetic());
    let first = token.text.split([' ', '-']).next().unwrap_or_default().to_lowercase();
    starts && token.text.len() >= 2 && !ordinary::is_ordinary(&first) && !LICENCES.contains(&first.as_str())
}

/// A capital inside, as in vLLM and FlashAttention.
fn is_shaped(word: &str) -> bool {
    let inner = word.chars().skip(1).any(|c| c.is_uppercase());
    inner && word.len() >= 3 && !word.contains(is_han) && !ordinary::is_ordinary(&word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn read_title(title: &str) -> Vec<(String, EntityKind)> {
        let mut stated = Stated::default();
        let day = Utc.with_ymd_and_hms(2026, 6, 1, 0, 0, 0).single().unwrap_or_default();
        add(&mut stated, title, day, Part::Title);
        stated.entities.into_iter().map(|entity| (entity.en.unwrap_or(entity.name), entity.kind)).collect()
    }

    #[test]
    fn names_are_known_in_both_scripts() {
        let english = read_title("Nvidia and Elon Musk talk about Codex");
        assert_eq!(english, read_title("英伟达与马斯克谈 Codex"));
        assert_eq!(english[0], ("Nvidia".to_owned(), EntityKind::Company));
        assert_eq!(english[1].1, EntityKind::Person);
    }

    #[test]
    fn a_name_with_a_version_is_a_model() {
        assert_eq!(read_title("Acme releases Falcon 3.1"), [("Falcon 3.1".to_owned(), EntityKind::Model)]);
        assert_eq!(read_title("Why vLLM is fast"), [("vLLM".to_owned(), EntityKind::Product)]);
    }

    #[test]
    fn a_stored_name_without_its_kind_is_still_read() {
        let old: Vec<Entity> = serde_json::from_str(r#"["Acme"]"#).unwrap();
        assert_eq!((old[0].name.as_str(), old[0].kind), ("Acme", EntityKind::Other));
        let again: Vec<Entity> = serde_json::from_str(&serde_json::to_string(&old).unwrap()).unwrap();
        assert_eq!(again, old);
    }
}
