//! Names of the industry in both scripts, so that 谷歌 in one text and Google in another are one name.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// What bears a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Companies, labs, funds and media.
    Company,
    /// Families of models.
    Model,
    /// What people use or build with.
    Product,
    /// People.
    Person,
    /// Countries, states, cities.
    Place,
    /// Authorities.
    Authority,
    /// Universities.
    School,
}

/// A name with its spellings; the first of each script is the one to show.
#[derive(Debug)]
pub struct Name {
    /// What bears it.
    pub kind: Kind,
    /// Spellings in Latin letters.
    pub latin: Vec<&'static str>,
    /// Spellings in Chinese characters.
    pub han: Vec<&'static str>,
    /// The Chinese spelling that Chinese readers know it by; often they write it in Latin letters.
    pub usual: Option<&'static str>,
}

/// A name where it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index into [`names`].
    pub id: usize,
    /// Its bytes.
    pub at: Range<usize>,
}

struct Gazetteer {
    names: Vec<Name>,
    /// Spellings by their first character, longest first.
    by_first: HashMap<char, Vec<Spelling>>,
}

/// A spelling, what may not stand before it, and the name.
type Spelling = (&'static str, Option<char>, usize);

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| read(include_str!("gazetteer.txt")));

/// All names.
pub fn names() -> &'static [Name] {
    &GAZETTEER.names
}

/// The names of `text`, of several at one place the longest.
pub fn find(text: &str) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for hit in all(text) {
        if hits.last().is_none_or(|last| hit.at.start >= last.at.end) {
            hits.push(hit);
        }
    }
    hits
}

/// Every name of `text`, also those inside longer ones; longest first at each place.
pub fn all(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut before = None;
    for (at, first) in text.char_indices() {
        for (spelling, not_after, id) in GAZETTEER.by_first.get(&first).into_iter().flatten() {
            let end = at + spelling.len();
            if stands(text, at, spelling, before) && (not_after.is_none() || *not_after != before) {
                hits.push(Hit { id: *id, at: at..end });
            }
        }
        before = Some(first);
    }
    hits
}

/// Latin spellings are whole words; Chinese has no blanks, and "16字节" are bytes.
fn stands(text: &str, at: usize, spelling: &str, before: Option<char>) -> bool {
    let Some(rest) = text[at..].strip_prefix(spelling) else { return false };
    let joins = |edge: Option<char>, next: Option<char>| {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        is_word(edge) && is_word(next)
    };
    let is_unit = spelling == "字节" && before.is_some_and(|c| c.is_ascii_digit() || "个 KMG".contains(c));
    // "US$" is a currency.
    let is_sign = spelling.ends_with(|c: char| c.is_ascii_uppercase()) && rest.starts_with('$');
    !is_sign
        && !joins(spelling.chars().next(), before)
        && !joins(spelling.chars().next_back(), rest.chars().next())
        && !is_unit
}

fn read(table: &'static str) -> Gazetteer {
    let mut gazetteer = Gazetteer { names: Vec::new(), by_first: HashMap::new() };
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('|').map(str::trim);
        let (Some(kind), Some(latin), han) = (cells.next().and_then(kind), cells.next(), cells.next()) else {
            continue;
        };
        let id = gazetteer.names.len();
        let mut name = Name { kind, latin: Vec::new(), han: Vec::new(), usual: None };
        for cell in latin.split(';').chain(han.unwrap_or_default().split(';')).map(str::trim) {
            let (spelling, not_after) = match cell.split_once('!') {
                Some((spelling, mark)) => (spelling, mark.chars().next()),
                None => (cell, None),
            };
            let is_unusual = spelling.starts_with('~');
            let spelling = spelling.trim_start_matches('~');
            let Some(first) = spelling.chars().next() else { continue };
            if !is_unusual && name.usual.is_none() && spelling.chars().any(super::is_han) {
                name.usual = Some(spelling);
            }
            let side = if spelling.chars().any(super::is_han) { &mut name.han } else { &mut name.latin };
            side.push(spelling);
            gazetteer.by_first.entry(first).or_default().push((spelling, not_after, id));
        }
        gazetteer.names.push(name);
    }
    for spellings in gazetteer.by_first.values_mut() {
        spellings.sort_by_key(|(spelling, ..)| std::cmp::Reverse(spelling.len()));
    }
    gazetteer
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "company" => Kind::Company,
        "model" => Kind::Model,
        "product" => Kind::Product,
        "person" => Kind::Person,
        "place" => Kind::Place,
        "org" => Kind::Authority,
        "school" => Kind::School,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&'static str> {
        find(text).iter().map(|hit| names()[hit.id].latin[0]).collect()
    }

    #[test]
    fn a_name_is_one_in_both_scripts() {
        assert_eq!(found("谷歌与英伟达合作"), found("Google works with NVIDIA"));
        assert_eq!(found("马斯克说"), found("Elon Musk says"));
        assert_eq!(found("SK海力士供货"), ["SK Hynix"]);
    }

    #[test]
    fn a_word_that_holds_a_name_is_none() {
        assert_eq!(found("提高通过率，今日本站"), Vec::<&str>::new());
        assert_eq!(found("Metadata and pineapples of 16字节"), Vec::<&str>::new());
        assert_eq!(found("印度尼西亚"), ["Indonesia"]);
    }

    #[test]
    fn the_table_is_sound() {
        let n_lines = include_str!("gazetteer.txt").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(names().len(), n_lines, "a line is not kind | Latin | Chinese");
        for name in names() {
            assert!(!name.latin.is_empty(), "{name:?} has no Latin spelling");
            let spellings: Vec<&&str> = name.latin.iter().chain(&name.han).collect();
            for (n, spelling) in spellings.iter().enumerate() {
                assert!(!spellings[..n].contains(spelling), "{name:?} repeats {spelling}");
            }
        }
    }
}
