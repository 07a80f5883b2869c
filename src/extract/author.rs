//! Who wrote it: names without the words, dates and addresses around them.

use std::sync::LazyLock;

use regex::Regex;

use super::clean;
use super::names::{self, Noise};
use super::tree::Tree;

/// A byline longer than this holds more than names.
const LONGEST_BYLINE: usize = 90;

/// Elements looked at for a byline.
const MOST_BYLINES: usize = 40;

/// Nodes around the headline and the begin of the text.
const NEAR: usize = 60;

/// A pattern, none if it cannot be compiled.
type Pattern = LazyLock<Option<Regex>>;

/// What stands before a name.
static BEFORE: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[\s,|·•–—:-]*((written|posted|published|reviewed|reported|edited|words|text|story|article|interview|guest post|a post)\s+by\b|by\b|author\s*[:：|]|authors\s*[:：]|von\s|par\s|por\s|autor(en|in|a|es)?\s*[:：]|di\s|(文|撰文|作者|记者|编辑|来源)\s*[:：/／|｜])[\s:：]*",
    )
    .ok()
});

/// What stands behind it: a day, a time of reading, a title, an address.
static BEHIND: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)(\s*[,|·•–—-]?\s*((on|updated|published|posted|last updated|am|le|el)\b:?\s+)?((jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*\.?\s+\d{1,2}\b|\d{1,2}\.?\s+\p{L}{3,9}\.?,?\s+(19|20)\d\d|(19|20)\d\d[-/年.]\d{1,2}|\d{1,2}[./]\d{1,2}[./](19|20)\d\d|\d+\s+min(ute)?s?\b).*|\s*[|·•]\s*\S.*|\s+(posted|published|updated|last updated|follow|view (all|profile)|read more|see (all|more))\b.*|\s*\(?https?://.*|\s*<.*)$",
    )
    .ok()
});

/// Names that nobody has.
static NOBODY: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(admin(istrator)?|author|authors?:?|by:?|staff|editor(ial)?|editors?|guest|webmaster|root|user|none|null|n/?a|unknown|anonymous|contributor|www\..*|.*https?:.*|\w+\.\w+\.\S+|about( the authors?)?|\S+@\S+\.\w+|view more.*|share|home|follow|view profile|管理员|佚名|匿名|小编|编辑|作者)$",
    )
    .ok()
});

/// What a person is, behind the name.
static ROLE: Pattern = LazyLock::new(|| {
    let rank = r"(senior|junior|chief|staff|contributing|managing|deputy|associate|assistant|executive|freelance|guest|news|science|technology|tech|business|political|editorial|ai|lead)";
    let role = r"(writer|reporter|editor(-in-chief)?|correspondent|contributor|journalist|columnist|producer|analyst|blogger)";
    Regex::new(&format!(r"(?i)\s*[,|·–—(-]\s*({rank}\s+)*{role}\b.*$|\s+[(]?({rank}\s+)+{role}\b.*$|\s+(编辑|责编|责任编辑|校对|审核|图|摄影|来源|排版)\s*[:：|｜/].*$")).ok()
});

/// The same of Chinese newspapers: in front of each name.
static TITLE: Pattern = LazyLock::new(|| {
    Regex::new(r"(^|\s+|[,，、])(本报|本网|特约|特派|首席)?(实习|见习)?(记者|编辑|通讯员|作者|撰稿人?|撰文|文)[\s:：|｜/]+").ok()
});

/// A signature in the middle of a line.
static INLINE: Pattern = LazyLock::new(|| {
    Regex::new(r"(?:作者|撰文|记者|文)\s*[:：|｜/]\s*(?<name>[\p{Han}·]{2,8}|[A-Z][\w.]+( [A-Z][\w.]+){1,2})(?:\s|$|[|｜，,])").ok()
});

/// A name, or names, freed of what stands around them; none if no name is left.
pub fn name(text: &str) -> Option<String> {
    let line = clean::title(clean::decoded(text).trim().trim_matches(['[', ']', '"', '\'']));
    let mut rest = line.as_str();
    if let Some(found) = BEFORE.as_ref().and_then(|before| before.find(rest)) {
        rest = &rest[found.end()..];
    }
    if let Some(found) = BEHIND.as_ref().and_then(|behind| behind.find(rest)) {
        rest = &rest[..found.start()];
    }
    let rest = ROLE.as_ref().map_or(rest.into(), |role| role.replace(rest, ""));
    let rest = TITLE
        .as_ref()
        .filter(|_| rest.chars().any(clean::is_han))
        .map_or(rest.clone(), |title| title.replace_all(&rest, ", "));
    let rest = rest.trim_matches([' ', ',', ';', ':', '|', '-', '–', '—', '·', '•', '/', '@', '.']);
    let n_chars = rest.chars().count();
    let is_nobody = NOBODY.as_ref().is_some_and(|nobody| nobody.is_match(rest));
    let has_letter = rest.chars().any(char::is_alphabetic);
    (has_letter && !is_nobody && (2..=LONGEST_BYLINE).contains(&n_chars)).then(|| rest.to_owned())
}

/// Several names in one line.
pub fn joined(all: &[String]) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for name in all.iter().filter_map(|text| name(text)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// The name in the page's own byline.
pub fn of_byline(tree: &Tree) -> Option<String> {
    let bylines = (0..tree.nodes.len()).filter(|n| is_byline(tree, *n)).take(MOST_BYLINES);
    let candidates: Vec<usize> = bylines.collect();
    let stated: Vec<usize> = candidates.iter().copied().filter(|n| is_stated(tree, *n)).collect();
    let named = candidates.iter().filter(|n| !is_stated(tree, **n));
    let first = stated.iter().find_map(|n| Some((*n, of_element(tree, *n)?)));
    // Several who wrote it together stand side by side.
    let Some((first, name)) = first else { return named.into_iter().find_map(|n| of_element(tree, *n)) };
    let beside = stated.iter().filter(|n| **n > first && tree.nodes[**n].parent == tree.nodes[first].parent);
    let others = beside.filter_map(|n| of_element(tree, *n));
    joined(&std::iter::once(name).chain(others).collect::<Vec<_>>())
}

/// A name that no class betrays: a link to a person near the headline, or a short line that begins with "By".
pub fn near_headline(tree: &Tree, begin: usize) -> Option<String> {
    let title = tree.named("h1").take_while(|n| *n <= begin).last().unwrap_or(begin);
    let near = title.saturating_sub(NEAR)..(begin + NEAR).min(tree.nodes.len());
    let links: Vec<String> =
        near.clone().filter(|n| is_person(tree, *n)).map(|n| tree.line(n)).take(5).collect();
    let by = || {
        let lines = tree.texts(near).filter(|n| tree.weight(*n) <= LONGEST_BYLINE);
        lines
            .map(|n| tree.line(tree.nodes[n].parent))
            .find_map(|line| signed(&line).or_else(|| inline(&line)))
    };
    joined(&links).or_else(by)
}

/// The name behind 作者 in a line that begins with something else.
fn inline(line: &str) -> Option<String> {
    let found = INLINE.as_ref().filter(|_| line.chars().count() <= LONGEST_BYLINE)?.captures(line)?;
    name(found.name("name")?.as_str())
}

/// The name of a line that begins with "By".
fn signed(line: &str) -> Option<String> {
    let before = BEFORE.as_ref()?.find(line)?;
    let rest = &line[before.end()..];
    let is_name = rest.starts_with(|c: char| c.is_uppercase() || clean::is_han(c));
    let found = name(rest).filter(|_| is_name)?;
    (found.split_whitespace().count() <= 8).then_some(found)
}

/// Whether a link leads to the page of a person.
fn is_person(tree: &Tree, index: usize) -> bool {
    const WAYS: [&str; 8] =
        ["/author", "/people/", "/profile", "/by/", "/contributor", "/staff/", "/writer", "/team/"];
    let node = &tree.nodes[index];
    let leads = |href: &str| WAYS.iter().any(|part| href.contains(part));
    &*node.name == "a" && node.attr("href").is_some_and(leads) && tree.weight(index) > 1
}

/// Marked for machines.
fn is_stated(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    let is_author = |value: &str| value.split_whitespace().any(|word| word.eq_ignore_ascii_case("author"));
    node.attr("rel").is_some_and(is_author) || node.attr("itemprop").is_some_and(is_author)
}

fn is_byline(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    if node.is_text() || node.is(&["link", "meta", "script", "img", "body", "article", "main", "html"]) {
        return false;
    }
    let weight = tree.weight(index);
    let is_named = || {
        const NAMES: [&str; 12] = [
            " author ",
            " byline ",
            "author-name",
            "-byline",
            "byline-",
            " author-",
            "-author ",
            " writer ",
            "posted-by",
            " auteur ",
            " autor ",
            " contributor",
        ];
        NAMES.iter().any(|name| node.marks.contains(name)) && !node.marks.contains("comment")
    };
    weight > 1 && weight <= 3 * LONGEST_BYLINE && (is_stated(tree, index) || is_named())
}

/// The element itself if it is short, else the link in it that leads to a person.
fn of_element(tree: &Tree, index: usize) -> Option<String> {
    let is_in_comments =
        || tree.ancestors(index).any(|n| names::noise(&tree.nodes[n].marks) == Some(Noise::Aside));
    if is_in_comments() {
        return None;
    }
    let is_name = |n: &usize| tree.nodes[*n].attr("itemprop") == Some("name") && tree.weight(*n) > 1;
    if let Some(inner) = tree.below(index).find(is_name) {
        return name(&tree.line(inner));
    }
    let links: Vec<String> =
        tree.below(index).filter(|n| is_person(tree, *n)).map(|n| tree.line(n)).collect();
    joined(&links).or_else(|| name(&tree.line(index)).filter(|found| found.chars().count() <= LONGEST_BYLINE))
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;

    #[test]
    fn a_name_is_freed_of_what_stands_around_it() {
        for (text, expected) in [
            ("By Mei Lin", "Mei Lin"),
            ("by: Jo Park | May 4, 2026", "Jo Park"),
            ("Written by Jo Park on May 4, 2026", "Jo Park"),
            ("[\"Jo Park\"]", "Jo Park"),
            ("作者：王小明", "王小明"),
            ("Jo Park · 5 min read", "Jo Park"),
            ("Byron Lane", "Byron Lane"),
            ("Jo Park, Senior Staff Writer", "Jo Park"),
            ("Jo Park (AI Reporter)", "Jo Park"),
            ("Mei Lin, Jo Park", "Mei Lin, Jo Park"),
            ("文｜王小明 编辑｜李小红", "王小明"),
            ("记者 王小明 实习记者 李小红", "王小明, 李小红"),
            ("Maya Diaz and Jo Park", "Maya Diaz and Jo Park"),
        ] {
            assert_eq!(name(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["By", "admin", "jo@a.example", "https://a.example/jo", "", "2026"] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn the_byline_is_found_and_not_the_commenter_s() {
        let html = "<div class='comment'><span class=author>Troll</span></div>\
            <div class='article-byline'>By <a href='/author/mei'>Mei Lin</a>, who writes about chips and the people who design them</div>";
        let tree = Tree::of(&Document::from(html));
        assert_eq!(of_byline(&tree).as_deref(), Some("Mei Lin"));
    }

    #[test]
    fn all_who_signed_together_are_named() {
        let html = "<p>By <a rel=author href=/m>Mei Lin</a> and <a rel=author href=/j>Jo Park</a></p>";
        assert_eq!(of_byline(&Tree::of(&Document::from(html))).as_deref(), Some("Mei Lin, Jo Park"));
    }

    #[test]
    fn a_signature_may_stand_in_the_middle_of_a_line() {
        let near =
            |line: &str| near_headline(&Tree::of(&Document::from(format!("<h1>News</h1><p>{line}</p>"))), 0);
        assert_eq!(near("2026-05-04 08:00 来源：示例网 作者：王小明").as_deref(), Some("王小明"));
        assert_eq!(near("By Mei Lin | May 4, 2026 | 7 min read").as_deref(), Some("Mei Lin"));
    }
}
