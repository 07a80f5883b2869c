//! Whom and what a story is about: by the gazetteer in both scripts, and by shape (a name with a version is a model).

mod shapes;

use chrono::{DateTime, Utc};

use crate::judge::facts::gazetteer::{self, Kind};
use crate::judge::facts::quantity::Quantity;
use crate::judge::facts::{self, is_han, names::Token, ordinary};
use crate::model::{Entity, EntityKind, Funding, Story};

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

/// Reads the headlines, then the heads of the texts; who raised `funding` stands first.
pub fn read(story: &Story, funding: Option<&Funding>) -> Stated {
    let mut stated = Stated::default();
    for item in &story.items {
        add(&mut stated, &item.title, item.published_at, Part::Title);
    }
    for item in &story.items {
        let head: String = item.text.chars().take(HEAD).collect();
        let head = head.lines().filter(|line| !is_furniture(line)).collect::<Vec<_>>().join("\n");
        add(&mut stated, &head, item.published_at, Part::Text);
    }
    if let Some(funding) = funding {
        put_first(&mut stated.entities, company(&funding.company));
    }
    stated.entities.truncate(MAX_ENTITIES);
    stated.dates.truncate(MAX_STATED);
    stated.versions.truncate(MAX_STATED);
    stated
}

/// Lines that lead elsewhere: their names are not what the story is about.
fn is_furniture(line: &str) -> bool {
    const OPENINGS: [&str; 8] =
        ["share", "follow us", "read also", "read next", "read more", "see also", "相关阅读", "延伸阅读"];
    let line = line.trim().to_lowercase();
    OPENINGS.iter().any(|opening| line.starts_with(opening))
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
    for (n, date) in reading.dates.iter().enumerate().filter(|(_, date)| !date.text.is_empty()) {
        // "last year" says nothing to who reads it next year.
        let day = reading.dates.get(n + 1).filter(|next| next.derived && date.weekday.is_some());
        keep(
            &mut stated.dates,
            match day.unwrap_or(date).resolved(&date.text) {
                Some(resolved) => format!("{} ({resolved})", date.text),
                None => date.text.clone(),
            },
        );
    }
    // Not the year of a name: "Quokka Cup 2031".
    const BEFORE: [&str; 12] =
        ["in", "by", "since", "until", "from", "before", "after", "during", "of", "early", "late", "mid"];
    let is_dated = |year: &&Quantity| {
        let before = reading.plain[..year.at.start].trim_end_matches([' ', '-']).to_lowercase();
        year.is_year() && BEFORE.contains(&before.rsplit(' ').next().unwrap_or_default())
    };
    for year in reading.quantities.iter().filter(is_dated) {
        keep(&mut stated.dates, year.text.clone());
    }
    for token in reading.tokens.iter().filter(|token| token.is_versioned && is_version(token)) {
        keep(&mut stated.versions, token.text.clone());
    }
    let hits = gazetteer::find(&reading.plain);
    let versioned = reading.tokens.iter().filter(|token| token.is_versioned && is_version(token));
    let mut found: Vec<(usize, Entity)> =
        versioned.filter_map(|token| Some((token.at.start, of_version(token, &reading.plain)?))).collect();
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
            .filter(|token| !token.is_versioned && is_shaped(&token.text) && !shapes::is_outlet(&token.text))
            .filter(is_free);
        found.extend(shaped.map(|token| (token.at.start, bare(&token.text, EntityKind::Product))));
        let named = shapes::named(&reading.plain).into_iter();
        found.extend(named.map(|(at, name, kind)| (at, bare(name, kind))));
    }
    found.sort_by_key(|(at, _)| *at);
    for (_, entity) in found {
        if !stated.entities.iter().any(|known| is_same(known, &entity)) {
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
    let zh = name.usual.map(str::to_owned);
    let en = first(&name.latin);
    // What nobody writes is not shown as it stands there.
    let is_unusual = zh.is_none() && spelled.contains(is_han);
    let shown = en.clone().filter(|_| is_unusual).unwrap_or_else(|| spelled.to_owned());
    Some(Entity { name: shown, kind, en, zh })
}

/// Who raised the round, as the gazetteer knows it or as it stands there.
fn company(name: &str) -> Entity {
    let hit = gazetteer::find(name).into_iter().find(|hit| hit.at == (0..name.len()));
    let known = hit.and_then(|hit| of_name(hit.id, name)).filter(|known| known.kind == EntityKind::Company);
    known.unwrap_or_else(|| bare(name, EntityKind::Company))
}

fn put_first(entities: &mut Vec<Entity>, one: Entity) {
    entities.retain(|known| !is_same(known, &one));
    entities.insert(0, one);
}

fn is_same(a: &Entity, b: &Entity) -> bool {
    a.name.eq_ignore_ascii_case(&b.name) || a.en.is_some() && a.en == b.en
}

/// A name with its number: a model, unless it is known as something else; bare codes are nothing.
fn of_version(token: &Token, plain: &str) -> Option<Entity> {
    let known = gazetteer::find(&token.text).into_iter().find(|hit| hit.at.start == 0);
    let kind = match known.map(|hit| gazetteer::names()[hit.id].kind) {
        Some(Kind::Product) => EntityKind::Product,
        Some(Kind::Model) => EntityKind::Model,
        // "Nimbo 2.5" may be a model of Nimbo, "Nimbo 131" counts something.
        Some(Kind::Company) if !shapes::counts(&token.text) => EntityKind::Model,
        Some(_) => return None,
        None if shapes::is_code(&token.text) || shapes::is_counted(&token.text) => return None,
        None if shapes::is_software(&token.text, &plain[..token.at.start], &plain[token.at.end..]) => {
            EntityKind::Product
        }
        None => EntityKind::Model,
    };
    Some(bare(&token.text, kind))
}

fn bare(name: &str, kind: EntityKind) -> Entity {
    Entity { name: name.to_owned(), kind, en: None, zh: None }
}

/// "Falcon 3", "o1": not "F1" in capitals alone, "top-10", "3D".
fn is_version(token: &Token) -> bool {
    let starts = token.text.starts_with(|c: char| c.is_alphabetic());
    // "B2" of a Series B2.
    if matches!(token.text.as_bytes(), [b'A'..=b'K', b'1'..=b'9']) {
        return false;
    }
    let first = token.text.split([' ', '-']).next().unwrap_or_default().to_lowercase();
    starts && token.text.len() >= 2 && !ordinary::is_ordinary(&first) && !LICENCES.contains(&first.as_str())
}

/// A capital inside, as in vLLM and FlashAttention.
fn is_shaped(word: &str) -> bool {
    let inner = word.chars().skip(1).any(|c| c.is_uppercase());
    // Neither "INST" nor "Long-Horizon".
    let is_acronym = !word.trim_end_matches('s').contains(|c: char| c.is_lowercase());
    let is_plain = |part: &str| {
        !part.chars().skip(1).any(|c| c.is_uppercase()) || ordinary::is_ordinary(&part.to_lowercase())
    };
    let has_digit = word.contains(|c: char| c.is_ascii_digit());
    let is_compound = word.contains('-') && word.split('-').all(is_plain);
    inner
        && word.len() >= 3
        && !is_acronym
        && !is_compound
        && !has_digit
        && !word.contains(is_han)
        && !ordinary::is_ordinary(&word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tier;
    use chrono::TimeZone;

    fn read_title(title: &str) -> Vec<(String, EntityKind)> {
        let mut stated = Stated::default();
        let day = Utc.with_ymd_and_hms(2026, 6, 1, 0, 0, 0).single().unwrap_or_default();
        add(&mut stated, title, day, Part::Title);
        stated.entities.into_iter().map(|entity| (entity.en.unwrap_or(entity.name), entity.kind)).collect()
    }

    fn told(title: &str, text: &str) -> Story {
        crate::judge::hype::tests::story(title, text, Tier::Press)
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
    fn versions_of_software_codes_and_ordinary_words_are_no_models() {
        for title in [
            "Support for Python 3.12 and Ubuntu 24.04",
            "Fixes in v2.7.1",
            "Series C3 closes, with the code SAVE25",
            "Long-Horizon Planning and Market-Leading Recall",
            "AI-generated and LLM-Made text, Sub-2B",
            "Week 12, Task 3: how Nvidia 140 and someuser42 did it on x86",
            "What [SYS] means",
            "Harness v2.0.0-rc2 is out",
        ] {
            let found = read_title(title);
            assert!(found.iter().all(|(_, kind)| *kind == EntityKind::Product), "{title}: {found:?}");
            assert!(found.iter().all(|(name, _)| name.contains(['.', ' '])), "{title}: {found:?}");
        }
        assert_eq!(read_title("Zorble Serve 2.0 engine is out")[0].1, EntityKind::Product);
        assert_eq!(read_title("PlumKit 2.0 is out")[0].1, EntityKind::Product);
        assert!(read_title("Quokka lands in TechCrunch and VentureBeat").is_empty());
        let share = "Quokka shows a robot arm.\nShare: Twitter";
        assert!(read(&told("Quokka shows an arm", share), None).entities.is_empty());
    }

    #[test]
    fn names_with_numbers_in_a_headline_are_found() {
        assert_eq!(read_title("某实验室开源岚图模型霜峰-4"), [("霜峰-4".to_owned(), EntityKind::Model)]);
        assert_eq!(read_title("quillmodel 3.2 is out"), [("quillmodel 3.2".to_owned(), EntityKind::Model)]);
        assert_eq!(
            read_title("Released: testbench 1.9.3"),
            [("testbench 1.9.3".to_owned(), EntityKind::Product)]
        );
        assert_eq!(read_title("cost fell by 3.2 percent"), []);
    }

    #[test]
    fn a_chinese_page_prints_what_chinese_readers_say() {
        let zh = |text: &str| {
            let hit = &gazetteer::find(text)[0];
            of_name(hit.id, &text[hit.at.clone()]).map(|entity| (entity.name, entity.zh))
        };
        assert_eq!(zh("Claude"), Some(("Claude".to_owned(), None)));
        assert_eq!(zh("克劳德"), Some(("Claude".to_owned(), None)));
        assert_eq!(zh("Nvidia"), Some(("Nvidia".to_owned(), Some("英伟达".to_owned()))));
    }

    #[test]
    fn who_raised_is_named() {
        let funding = Funding { company: "Zorble".to_owned(), ..Funding::default() };
        let stated =
            read(&told("Zorble raises $40M Series B", "The round was led by Moss Capital."), Some(&funding));
        assert_eq!(
            (stated.entities[0].name.as_str(), stated.entities[0].kind),
            ("Zorble", EntityKind::Company)
        );
    }

    #[test]
    fn dates_say_which_day_or_year_they_mean() {
        let mut stated = Stated::default();
        // A Wednesday.
        let day = Utc.with_ymd_and_hms(2026, 6, 3, 0, 0, 0).single().unwrap_or_default();
        let text = "On Monday Quokka said that it lost money last year, and will not by 2028, at the Quokka Cup 2031.";
        add(&mut stated, text, day, Part::Text);
        stated.dates.sort();
        assert_eq!(stated.dates, ["2028", "Monday (2026-06-01)", "last year (2025)"]);
    }

    #[test]
    fn a_stored_name_without_its_kind_is_still_read() {
        let old: Vec<Entity> = serde_json::from_str(r#"["Acme"]"#).unwrap();
        assert_eq!((old[0].name.as_str(), old[0].kind), ("Acme", EntityKind::Other));
        let again: Vec<Entity> = serde_json::from_str(&serde_json::to_string(&old).unwrap()).unwrap();
        assert_eq!(again, old);
    }
}
