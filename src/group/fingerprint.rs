//! What of an item is compared with others: its terms, its names and numbers, and what it is mainly about.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use regex::Regex;

use super::candidate::BARE_NUMBER;
use super::{glossary, headline, numbers, words};
use crate::model::{ItemId, Lane, Language, SourceId, SourceKind, StoryId, Tier, Tongue};

/// Words of the text behind the title that are compared: news says what happened first.
const LEAD_WORDS: usize = 80;

/// The same for Chinese, in characters.
const LEAD_HAN: usize = 220;

/// A term of the title counts as this many of the text.
const TITLE_WEIGHT: f32 = 2.0;

/// An item with its article, as the database gives it.
#[derive(Clone, Debug)]
pub struct Document {
    /// Row id.
    pub item_id: ItemId,
    /// Its source.
    pub source_id: SourceId,
    /// How near the source stands.
    pub tier: Tier,
    /// Kind of the source.
    pub kind: SourceKind,
    /// Lane of the source.
    pub lane: Lane,
    /// Of the text.
    pub language: Tongue,
    /// As published.
    pub link: String,
    /// As published.
    pub title: String,
    /// The beginning of the article.
    pub text: String,
    /// Whether the article is the whole text.
    pub complete: bool,
    /// Publisher's time, else when it was first seen.
    pub at: DateTime<Utc>,
    /// The story it is in, if it is in one.
    pub story_id: Option<StoryId>,
}

/// A product and its version: ("gpt", "5.1", "mini").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Lower case.
    pub name: String,
    /// Digits and dots, without ".0" at the end: "2.0" and "v2.0.0" are one version.
    pub number: String,
    /// "pro", "flash" … or empty.
    pub variant: String,
}

/// Money raised, as the title says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The name (or names) before the verb, lower case.
    pub company: BTreeSet<String>,
    /// Sums, as canonical words.
    pub sums: HashSet<String>,
    /// "b", "seed" …
    pub round: Option<String>,
    /// "raises $30 million more".
    pub is_further: bool,
}

/// An item as the comparison sees it.
#[derive(Clone, Debug)]
pub struct Fingerprint {
    /// Weight of each term; of its own language.
    pub terms: HashMap<String, f32>,
    /// Terms that its title or text writes with a small letter.
    pub small: HashSet<String>,
    /// Terms of the title.
    pub title: HashSet<String>,
    /// Names, glossary words and numbers; of both languages. True: it stands in the title.
    pub bridges: HashMap<String, bool>,
    /// Products with versions in the title.
    pub versions: BTreeSet<Version>,
    /// Those of them whose coming out is what the title tells.
    pub launched: BTreeSet<Version>,
    /// The name that the title of a paper gives to its subject ("LongLedger: Finding …"), as a term.
    pub coined: Option<String>,
    /// The paper it is about.
    pub paper: Option<String>,
    /// The repository it is about.
    pub repository: Option<String>,
    /// Whom and what the title is about, as its writer's capitals show: names, without places and who judges.
    pub subjects: HashSet<String>,
    /// The round it tells of.
    pub round: Option<Round>,
    /// Advice, a trial or a comparison: it tells no event.
    pub is_guide: bool,
    /// Thoughts about what happened, or a look back at it: it tells no event of its own.
    pub is_comment: bool,
    /// A list of many events: it belongs to no one of them.
    pub is_roundup: bool,
}

static ARXIV: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:arxiv\.org/(?:abs|pdf|html)/|huggingface\.co/papers/|hf\.co/papers/|alphaxiv\.org/(?:abs|overview)/|arxiv:\s?)(\d{4}\.\d{4,5})").ok()
});
static REPOSITORY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)github\.com/([a-z0-9][a-z0-9-]{0,38}/[a-z0-9._-]{1,100})").ok());
static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)([a-z][a-z]+)(?:[ -]?v|[ -])?(\d{1,3}(?:\.\d{1,4}){0,3})(?:[ -](pro|flash|mini|nano|ultra|max|lite|turbo|opus|sonnet|haiku|large|small|medium|plus|air|coder|vision|omni|thinking|instant|codex|image|audio|vl)\b)?").ok()
});
static PLAIN_VERSION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:^|[^a-z0-9.])[vb](\d{1,5}(?:\.\d{1,4}){0,3})\b").ok());
static NAMELESS_VERSION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[^a-zA-Z0-9. -])\s?(\d{1,2}(?:\.\d{1,3}){1,2})\s?版").ok());
static ROUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(.{2,80}?)\s*(?:has )?(?:rais(?:es|ed|ing)|secur(?:es|ed)|closes|closed|lands|landed|nabs|bags|snags|scores|完成|获得?|宣布|融资|拿下)").ok()
});
static ROUND_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\bseries[ -]([a-h])\b|([a-h])\+?\s?轮|\b((?:pre-)?seed)\b|(种子|天使)轮").ok()
});
static FURTHER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(another|additional|further)\s+[$€£¥\d]|\b(million|billion)\s+more\b|追加").ok()
});
static FUNDING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(rais(es|ed|ing)|funding|series [a-h]|seed round|valuation|financing)\b|融资|[a-h]\+?\s?轮|领投|估值").ok()
});

/// "Introducing Pharos 2", "Lab releases Pharos 2", "Pharos 2 is out", "Pharos v2.0.0", "Pharos 2.0: …", "发布 Pharos 2".
static LAUNCH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?ix)
        \b(introduc(es|ing)|announc(es|ing)|releas(es|ed|ing)|launch(es|ed|ing)|unveil(s|ed)|debuts|ships|open-?sourc(es|ed)|rolls\sout|drops)\b
        | \b(is\s(out|here|available)|(now|generally)\savailable)\b
        | (发布|推出|开源|上线|问世|亮相|面世)
        | ^\s*([\w.-]+/)?[a-z][a-z._-]*[\s-]?v?\d+(\.\d+)*\s*([:：—–]|$)
    ").ok()
});

/// What happens to a thing that is out already.
static AFTERWARDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(hours?\s(of|after)|despite|because|why|misses|pulls|pulled|reseller)\b|[遭被]").ok()
});

/// Sizes of a family's models that stand before the number too: "Opus 4.5".
const TIERS: [&str; 14] = [
    "pro", "flash", "mini", "nano", "ultra", "max", "lite", "turbo", "opus", "sonnet", "haiku", "coder",
    "omni", "codex",
];

/// Names before a digit that are no products.
const NO_PRODUCTS: [&str; 36] = [
    "in", "of", "by", "to", "for", "at", "on", "with", "from", "the", "top", "and", "over", "after", "under",
    "about", "than", "series", "is", "as", "day", "part", "chapter", "raises", "or", "may", "version",
    "release", "model", "phase", "gen", "web", "level", "top", "fp", "int",
];

/// What stands behind a number that is an amount, not a version.
const AMOUNTS: [&str; 12] =
    ["%", "percent", "million", "billion", "trillion", "m ", "b ", "bn", "k ", "亿", "万", "倍"];

impl Version {
    /// Whether both are of one product: "Opus 4.5" and "Claude Opus 4.1" are.
    pub fn is_kin_of(&self, other: &Self) -> bool {
        let is_short = self.name.is_empty() || other.name.is_empty();
        self.name == other.name || (is_short && !self.variant.is_empty() && self.variant == other.variant)
    }
}

impl Fingerprint {
    /// Every term of it once: what is counted to know how rare terms are.
    pub fn all_terms(&self) -> HashSet<&String> {
        self.terms.keys().chain(self.bridges.keys()).collect()
    }
}

/// The fingerprint of `document`.
pub fn of(document: &Document) -> Fingerprint {
    let title = &document.title;
    let lead = lead(&document.text, title, &document.language);
    let body = format!("{} {} {}", document.link, title, document.text);
    let versions = versions(title, document);
    Fingerprint {
        terms: weighted(title, &lead),
        // A title that writes every word with a capital says nothing here; one that does not says much.
        small: [title.as_str(), &lead].into_iter().flat_map(words::written_small).collect(),
        title: all_terms(title).into_iter().collect(),
        bridges: bridged(title, &lead),
        coined: coined(document),
        launched: launched(title, &versions),
        versions,
        paper: only(&ARXIV, &document.link, &body),
        repository: only(&REPOSITORY, &document.link, &body).map(|name| name.to_lowercase()),
        subjects: subjects(title, &lead, &document.language),
        round: round(title),
        is_guide: headline::is_guide(title),
        is_comment: headline::is_comment(title),
        is_roundup: headline::is_roundup(title),
    }
}

/// The first words of the text, without the title that some texts repeat.
fn lead(text: &str, title: &str, language: &Tongue) -> String {
    let text = text.trim_start().strip_prefix(title.trim()).unwrap_or(text);
    if language.is_unspaced() {
        text.chars().take(LEAD_HAN).collect()
    } else {
        text.split_whitespace().take(LEAD_WORDS).collect::<Vec<_>>().join(" ")
    }
}

fn all_terms(text: &str) -> Vec<String> {
    let mut terms = words::terms(text);
    terms.extend(numbers::numbers(text));
    terms
}

fn weighted(title: &str, lead: &str) -> HashMap<String, f32> {
    let mut counts: HashMap<String, f32> = HashMap::new();
    for term in all_terms(title) {
        *counts.entry(term).or_default() += TITLE_WEIGHT;
    }
    for term in all_terms(lead) {
        *counts.entry(term).or_default() += 1.0;
    }
    // Scores, ages and dates tell twins apart in the cosine; they open no search and are nobody's name.
    for (text, weight) in [(title, TITLE_WEIGHT), (lead, 1.0)] {
        for number in numbers::bare(text) {
            *counts.entry(format!("{BARE_NUMBER}{number}")).or_default() += weight;
        }
    }
    counts.into_iter().map(|(term, n)| (term, 1.0 + n.ln())).collect()
}

fn bridged(title: &str, lead: &str) -> HashMap<String, bool> {
    let mut bridges = HashMap::new();
    for (text, is_title) in [(lead, false), (title, true)] {
        for term in words::bridges(text).into_iter().chain(numbers::numbers(text)) {
            bridges.insert(term, is_title);
        }
    }
    bridges
}

/// A headline may write every word with a capital, so the name must stand so within a sentence too, of it or of the text.
fn subjects(title: &str, lead: &str, language: &Tongue) -> HashSet<String> {
    if !headline::is_one(title) {
        return HashSet::new();
    }
    let proper: HashSet<String> =
        [title, lead].into_iter().flat_map(|text| words::written_large(text, language)).collect();
    let small: HashSet<String> = words::written_small(lead).into_iter().collect();
    let names =
        words::bridges(title).into_iter().filter(|name| proper.contains(name) && !small.contains(name));
    names.filter(|name| !glossary::is_stage(name)).collect()
}

/// What the link names, else what the text names if it names only one.
fn only(pattern: &LazyLock<Option<Regex>>, link: &str, text: &str) -> Option<String> {
    let pattern = pattern.as_ref()?;
    let name = |text: &str| {
        let found = pattern.captures_iter(text).filter_map(|found| found.get(1));
        found.map(|name| name.as_str().trim_end_matches('.').to_owned()).collect::<BTreeSet<_>>()
    };
    name(link).into_iter().next().or_else(|| {
        let all = name(text);
        all.into_iter().next().filter(|_| name(text).len() == 1)
    })
}

fn versions(title: &str, document: &Document) -> BTreeSet<Version> {
    let lower = title.to_lowercase().replace(['‑', '–', '‐'], "-");
    let mut versions = BTreeSet::new();
    for found in VERSION.iter().flat_map(|pattern| pattern.captures_iter(&lower)) {
        let part = |n: usize| found.get(n).map_or("", |part| part.as_str()).to_owned();
        let is_year = part(2).parse::<u32>().is_ok_and(|number| number >= 100);
        let rest = lower[found.get(0).map_or(0, |all| all.end())..].trim_start();
        let is_amount = AMOUNTS.iter().any(|unit| rest.starts_with(unit));
        if NO_PRODUCTS.contains(&part(1).as_str()) || is_year || is_amount {
            continue;
        }
        let before = &lower[..found.get(0).map_or(0, |all| all.start())];
        let (name, variant) = match TIERS.contains(&part(1).as_str()) {
            true => (family(before), part(1)),
            false => (part(1), part(3)),
        };
        versions.insert(Version { name, number: short(&part(2)), variant });
    }
    for found in PLAIN_VERSION.iter().flat_map(|pattern| pattern.captures_iter(&lower)) {
        let number = short(found.get(1).map_or("", |part| part.as_str()));
        let name = only(&REPOSITORY, &document.link, "").unwrap_or_default().to_lowercase();
        // "Pharos v2.0.0" is found already, with its name.
        if versions.iter().any(|version: &Version| version.number == number) {
            continue;
        }
        versions.insert(Version { name, number, variant: String::new() });
    }
    versions.extend(nameless(title, &versions));
    versions
}

/// "Weaver 换代：某公司推出 2.1 版": a version of what else the title names, whichever of the names that is.
fn nameless(title: &str, known: &BTreeSet<Version>) -> Vec<Version> {
    let found = NAMELESS_VERSION.iter().filter_map(|pattern| pattern.captures(title)?.get(1)).next();
    let Some(number) = found.map(|number| short(number.as_str())) else { return Vec::new() };
    if known.iter().any(|version| version.number == number) {
        return Vec::new();
    }
    let names = words::written_large(title, &Language::Zh.into())
        .into_iter()
        .filter(|name| !glossary::is_stage(name));
    // The names of versions are whole words, and those of a text are stems.
    let lower = title.to_lowercase();
    let whole = |stem: String| {
        let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
        words.find(|word| !stem.is_empty() && word.starts_with(&stem)).map_or(stem.clone(), str::to_owned)
    };
    names.map(|name| Version { name: whole(name), number: number.clone(), variant: String::new() }).collect()
}

/// The name before a tier: "claude" of "Claude Opus 4.5", none of "Introducing Opus 4.5".
fn family(before: &str) -> String {
    let word = before.trim_end().rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let terms = words::bridges(word);
    let is_name = terms.first().is_some_and(|term| !glossary::is_common(term) && !glossary::is_deed(term));
    if is_name { word.to_owned() } else { String::new() }
}

fn coined(document: &Document) -> Option<String> {
    let (name, _) = document.title.split_once([':', '：'])?;
    let n_capitals = name.chars().filter(|c| c.is_uppercase() || c.is_ascii_digit()).count();
    let is_coined = n_capitals > 1 && !name.trim().contains(char::is_whitespace);
    let terms = words::bridges(name);
    (document.kind == SourceKind::Arxiv && is_coined).then(|| terms.last().cloned()).flatten()
}

/// "2.0.0" is "2", "1.10" stays.
fn short(number: &str) -> String {
    let mut number = number;
    while let Some(rest) = number.strip_suffix(".0") {
        number = rest;
    }
    number.to_owned()
}

/// The one version of a title that tells of nothing but its coming out ("Lab/Pharos v2.0.0", "Pharos 2: what is new",
/// "Lab releases Pharos 2"): not what happened to it afterwards.
fn launched(title: &str, versions: &BTreeSet<Version>) -> BTreeSet<Version> {
    let fits =
        |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|regex| regex.is_match(title));
    let tells_a_blow = || words::bridges(title).iter().any(|word| glossary::is_blow(word));
    let says_so = versions.len() == 1 && fits(&LAUNCH) && !fits(&AFTERWARDS) && !tells_a_blow();
    if says_so { versions.clone() } else { BTreeSet::new() }
}

fn round(title: &str) -> Option<Round> {
    FUNDING.as_ref()?.is_match(title).then_some(())?;
    let before = ROUND.as_ref()?.captures(title)?.get(1)?.as_str();
    let names = words::bridges(before).into_iter().filter(|name| !glossary::is_common(name));
    let company: BTreeSet<String> = names.collect();
    let name = ROUND_NAME.as_ref().and_then(|pattern| pattern.captures(title));
    let name =
        name.and_then(|found| found.iter().skip(1).flatten().next().map(|m| m.as_str().to_lowercase()));
    let round = name.map(|name| if name == "种子" { "seed".into() } else { name });
    let is_further = FURTHER.as_ref().is_some_and(|pattern| pattern.is_match(title));
    let sums = numbers::money(title).into_iter().collect();
    (!company.is_empty()).then(|| Round { company, sums, round, is_further })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Language;

    fn titled(title: &str, text: &str, language: Language) -> Fingerprint {
        of(&Document {
            item_id: ItemId(1),
            source_id: SourceId(1),
            tier: Tier::Press,
            kind: SourceKind::Feed,
            lane: Lane::Company,
            language: language.into(),
            link: "https://e.example/".into(),
            title: title.into(),
            text: text.into(),
            complete: true,
            at: DateTime::default(),
            story_id: None,
        })
    }

    #[test]
    fn lists_and_newsletters_are_known_by_their_titles() {
        for title in [
            "The Batch weekly: models",
            "Import AI 431",
            "10 tools for prompts",
            "Last Week in AI #300",
            "AI 早报：模型开源",
            "第 12 期 周刊",
        ] {
            assert!(titled(title, "", Language::En).is_roundup, "{title}");
        }
        for title in ["Lab ships a 10B model", "一家公司发布新模型", "Startup raises $10 million"] {
            assert!(!titled(title, "", Language::En).is_roundup, "{title}");
        }
    }

    #[test]
    fn a_title_names_its_products_versions() {
        let names = |title: &str| -> Vec<String> {
            let print = titled(title, "", Language::En);
            print.versions.iter().map(|v| format!("{}/{}/{}", v.name, v.number, v.variant)).collect()
        };
        assert_eq!(names("Pharos-5.1 Mini beats Llama 4"), ["llama/4/", "pharos/5.1/mini"]);
        assert_eq!(names("Pharos 换代：Lumen 推出 2.1 版"), ["lumen/2.1/", "pharos/2.1/"]);
        assert_eq!(names("Prices fall 30% in 2026 for 5 million users"), Vec::<String>::new());
    }

    #[test]
    fn a_funding_title_names_who_raised() {
        let round =
            titled("AI chip startup Quokka raises $1.2 billion in Series C", "", Language::En).round.unwrap();
        assert_eq!(round.company, BTreeSet::from(["quokka".to_owned()]));
        assert_eq!(round.round.as_deref(), Some("c"));
        assert_eq!(round.sums, HashSet::from(["n1.20e9".to_owned()]));
        let round = titled("Quokka完成12亿美元C轮融资", "", Language::Zh).round.unwrap();
        assert_eq!((round.round.as_deref(), round.company.contains("quokka")), (Some("c"), true));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(title in "\\PC{0,60}", text in "[\\PC0-9.,$%亿万BMk -]{0,200}") {
            titled(&title, &text, Language::En);
            titled(&text, &title, Language::Zh);
        }
    }
}
