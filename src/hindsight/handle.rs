//! By what a story is found again: the link that is looked at, and the name and number that later texts call it by.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Verdict;

/// Hosts of what can be used, the best first; a story's own page comes after them.
const TOUCHABLE: [&str; 9] = [
    "github.com",
    "huggingface.co",
    "gitlab.com",
    "modelscope.cn",
    "gitee.com",
    "pypi.org",
    "crates.io",
    "npmjs.com",
    "arxiv.org",
];

/// Shortest name that is looked for.
const SHORTEST: usize = 2;

static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"https?://[^\s"'<>()（）「」，。；]+"#).ok());
static OWN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^(.*?[^\d\s.-])[ -]?v?(\d+(?:\.\d+)*)$").ok());
static SUM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d+(?:\.\d+)?").ok());

/// A name with its version ("Kestrel", "3.1") or sum ("Acme", "180").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// As written.
    pub name: String,
    /// Digits and dots; empty where the name says enough.
    pub number: String,
}

impl Handle {
    /// What a text holds, as a pattern of SQL's LIKE: cheap, and sure to let no mention slip.
    pub fn like(&self) -> String {
        let plain = |text: &str| text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        format!("%{}%{}%", plain(&self.name), plain(&self.number))
    }

    /// What a text holds, as a regular expression that Postgres and this program both know, without regard to case:
    /// the name as a word, and the number whole, near behind it.
    pub fn pattern(&self) -> String {
        const ENDS: &str = "($|[^a-z0-9.]|[.]($|[^0-9]))";
        let (name, number) = (regex::escape(&self.name), regex::escape(&self.number));
        if number.is_empty() {
            return format!("(^|[^a-z0-9]){name}{ENDS}");
        }
        let ends = ENDS.replacen("a-z", "", 1);
        format!("(^|[^a-z0-9]){name}([^a-z0-9].{{0,40}}[^0-9.]|[ -]?v?){number}{ends}")
    }
}

/// The first of the verdict's names that its headline writes with a version, else the first that holds one itself
/// ("Tern-VL2"), else the company with the sum it raised.
pub fn handle(verdict: &Verdict) -> Option<Handle> {
    let names = || {
        let entities = verdict.entities.iter().map(|entity| entity.name.trim());
        entities.filter(|entity| entity.chars().count() >= SHORTEST)
    };
    let mut beside =
        names().flat_map(|name| verdict.headline.values().filter_map(move |title| beside(title, name)));
    let telling =
        |name: &str| name.chars().any(|c| c.is_alphabetic()) && name.chars().any(|c| c.is_ascii_digit());
    beside.next().or_else(|| names().find(|name| telling(name)).map(own)).or_else(|| round(verdict))
}

/// "Tern" in "Kestrel ships Tern 3.1".
fn beside(title: &str, name: &str) -> Option<Handle> {
    let pattern = format!(r"(?i)(?:^|[^a-z0-9]){}[ -]?v?(\d+(?:\.\d+)*)", regex::escape(name));
    let number = Regex::new(&pattern).ok()?.captures(title)?[1].to_owned();
    Some(Handle { name: name.to_owned(), number })
}

/// "Tern-5.1" is Tern in its version 5.1, "Tern5-VL" a name of its own.
fn own(name: &str) -> Handle {
    let parts = OWN.as_ref().and_then(|own| own.captures(name));
    match parts {
        Some(parts) => Handle { name: parts[1].trim().to_owned(), number: parts[2].to_owned() },
        None => Handle { name: name.to_owned(), number: String::new() },
    }
}

fn round(verdict: &Verdict) -> Option<Handle> {
    let funding = verdict.funding.as_ref()?;
    let number = SUM.as_ref()?.find(funding.amount.as_deref()?)?.as_str().to_owned();
    let name = funding.company.trim().to_owned();
    (name.chars().count() >= SHORTEST).then_some(Handle { name, number })
}

/// What is looked at: what can be used, among the links and in the words that earned "artifact"; else the lead's page.
pub fn link<'a>(links: impl IntoIterator<Item = &'a str>, verdict: &Verdict) -> Option<String> {
    let links: Vec<&str> = links.into_iter().filter(|link| link.starts_with("http")).collect();
    let quotes = verdict.parts.iter().filter(|part| part.flag == "artifact").map(|part| part.quote.as_str());
    let quoted = quotes.flat_map(|quote| ADDRESS.iter().flat_map(move |address| address.find_iter(quote)));
    let quoted = quoted.map(|found| found.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?']));
    let offered = verdict.artifacts.iter().filter_map(|artifact| artifact.link.as_deref());
    let known: Vec<&str> = offered.chain(quoted).chain(links.iter().copied()).collect();
    let best = TOUCHABLE.iter().find_map(|host| known.iter().find(|link| is_on(link, host)));
    best.or(links.first()).map(|link| (*link).to_owned())
}

fn is_on(link: &str, host: &str) -> bool {
    let rest = link.split_once("://").map_or("", |(_, rest)| rest);
    let name = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    name == host || name.strip_suffix(host).is_some_and(|sub| sub.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entity, EntityKind, Funding, Language, ScorePart, StoryId};

    fn verdict(title: &str, entities: &[&str]) -> Verdict {
        Verdict {
            story_id: StoryId(1),
            judge: "rules".into(),
            headline: [(Language::En, title.to_owned())].into(),
            summary: Default::default(),
            lane: crate::model::Lane::Company,
            focus: Vec::new(),
            entities: entities
                .iter()
                .map(|name| Entity { name: (*name).to_owned(), kind: EntityKind::Other, en: None, zh: None })
                .collect(),
            dates: Vec::new(),
            versions: Vec::new(),
            funding: None,
            artifacts: Vec::new(),
            claims: Vec::new(),
            rumour: false,
            score: 1.0,
            parts: Vec::new(),
            dropped: None,
            facts_checked: 0,
            sentences_withheld: 0,
            tokens: 0,
            unscored: None,
        }
    }

    fn named(title: &str, entities: &[&str]) -> Option<(String, String)> {
        handle(&verdict(title, entities)).map(|handle| (handle.name, handle.number))
    }

    fn finds(handle: &Handle, text: &str) -> bool {
        Regex::new(&format!("(?i){}", handle.pattern())).unwrap().is_match(text)
    }

    #[test]
    fn a_story_is_called_by_its_name_and_version() {
        let is = |name: &str, number: &str| Some((name.to_owned(), number.to_owned()));
        assert_eq!(named("Kestrel Labs ships Tern 3.1", &["Kestrel Labs", "Tern"]), is("Tern", "3.1"));
        assert_eq!(named("Tern-5 is out", &["Tern-5"]), is("Tern", "5"));
        assert_eq!(named("青禾发布 Qinghe-VL2", &["Qinghe-VL2"]), is("Qinghe-VL", "2"));
        assert_eq!(
            named("Kestrel Labs hires a chef", &["Kestrel Labs"]),
            None,
            "a company alone is no story"
        );
    }

    #[test]
    fn a_name_with_a_number_inside_stands_for_itself() {
        assert_eq!(
            named("青禾发布新模型", &["青禾", "Qinghe3-VL"]),
            Some(("Qinghe3-VL".into(), String::new()))
        );
        let own = Handle { name: "Qinghe3-VL".into(), number: String::new() };
        assert!(finds(&own, "实测Qinghe3-VL，效果如何") && finds(&own, "All about Qinghe3-VL."));
        assert!(!finds(&own, "Qinghe3-VL2 is out") && !finds(&own, "Qinghe3 is out"));
        assert_eq!(named("Studio4 ships Tern 3", &["Studio4", "Tern"]), Some(("Tern".into(), "3".into())));
    }

    #[test]
    fn a_round_is_called_by_company_and_sum() {
        let funding =
            Funding { company: "Harbor".into(), amount: Some("$180 million".into()), ..Funding::default() };
        let told = Verdict { funding: Some(funding), ..verdict("Harbor raises $180 million", &["Harbor"]) };
        let handle = handle(&told).unwrap();
        assert!(finds(&handle, "After Harbor raised $180M, a rival folds"));
        assert!(!finds(&handle, "Harbor hires 1800 people"));
    }

    #[test]
    fn another_version_is_another_story() {
        let tern = Handle { name: "Tern".into(), number: "3".into() };
        for same in ["We moved to Tern 3.", "tern-3 in production", "为什么用 Tern 3？", "Tern v3 on a phone"]
        {
            assert!(finds(&tern, same), "{same}");
        }
        for other in ["Tern 3.1 is out", "Tern 35", "Lantern 3", "Tern 2"] {
            assert!(!finds(&tern, other), "{other}");
        }
        assert_eq!(Handle { name: "a_b".into(), number: "1".into() }.like(), "%a\\_b%1%");
    }

    #[test]
    fn what_can_be_used_is_looked_at_before_the_article() {
        let links = ["https://tern.example/news", "https://sub.github.com/x", "https://notgithub.com/y"];
        let mut told = verdict("Tern 3", &[]);
        assert_eq!(link(links, &told).unwrap(), "https://sub.github.com/x");
        assert_eq!(link(["https://tern.example/news"], &told).unwrap(), "https://tern.example/news");
        let quote = "The code is at https://github.com/tern/tern.".to_owned();
        told.parts.push(ScorePart { flag: "artifact".into(), points: 2.0, quote });
        assert_eq!(link(["https://tern.example/news"], &told).unwrap(), "https://github.com/tern/tern");
        assert_eq!(link(["mailto:x"], &verdict("", &[])), None);
    }
}
