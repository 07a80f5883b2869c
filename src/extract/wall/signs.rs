//! What a page shows of a wall besides its text.

use url::Url;

use super::super::names;
use super::super::tree::Tree;
use super::words::TITLE_RULES;
use super::{LONGEST_GATED, clean, is_stop};

/// Headlines looked at.
const MOST_HEADLINES: usize = 2;

/// Words of a headline; what is shorter may be a site's name. A Chinese word has two characters.
const HEADLINE: usize = 4;

/// A line of a gate is not longer than this.
const LONGEST_GATE: usize = 300;

/// Stands in the address or in the names of what asks for a proof of being human.
const CHALLENGES: [&str; 16] = [
    "challenge-platform",
    "cf-turnstile",
    "cf-challenge",
    "hcaptcha",
    "recaptcha",
    "geetest",
    "captcha-delivery",
    "px-captcha",
    "_incapsula_resource",
    "tencentcaptcha",
    "tcaptcha",
    "awswaf",
    "aws-waf",
    "anubis",
    "ddos-guard",
    "nocaptcha",
];

/// Names of boxes that stop readers.
const GATES: [&str; 8] = [
    "paywall",
    "pay-wall",
    "regwall",
    "subscriber-only",
    "subscribers-only",
    "premium-gate",
    "piano",
    "gate",
];

/// What a page shows of a wall besides its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signs {
    /// Of the window, and its first headlines.
    pub titles: Vec<String>,
    /// Names of the site: its own, and its host's.
    pub sites: Vec<String>,
    /// Whether a script or a box wants proof of being human.
    pub asks_for_proof: bool,
    /// Whether there is a field for a password.
    pub asks_for_password: bool,
    /// Whether the page leads elsewhere by itself.
    pub leads_away: bool,
    /// Whether a box says that the rest costs money.
    pub has_gate: bool,
}

impl Signs {
    /// Those of `tree`, the page at `url`. Gates are looked for apart.
    pub fn of(tree: &Tree, url: &str, site: Option<&str>) -> Self {
        let windows = tree.named("title").take(1);
        let titles = windows.chain(tree.named("h1").take(MOST_HEADLINES)).map(|n| tree.line(n));
        let host =
            Url::parse(url).ok().and_then(|url| Some(url.host_str()?.trim_start_matches("www.").to_owned()));
        let is_refresh = |n: usize| {
            let is = |name: &str, value: &str| {
                tree.nodes[n].attr(name).is_some_and(|own| own.to_ascii_lowercase().contains(value))
            };
            is("http-equiv", "refresh") && is("content", "url")
        };
        Self {
            titles: titles.filter(|line| !line.is_empty()).collect(),
            sites: site.map(str::to_owned).into_iter().chain(host).collect(),
            asks_for_proof: tree.nodes.iter().any(|node| {
                let names = ["src", "id", "class"].iter().filter_map(|name| node.attr(name));
                node.is(&["script", "iframe", "div", "form"])
                    && names
                        .map(str::to_ascii_lowercase)
                        .any(|own| CHALLENGES.iter().any(|part| own.contains(part)))
            }),
            asks_for_password: tree.named("input").any(|n| tree.nodes[n].attr("type") == Some("password")),
            leads_away: tree.named("meta").any(is_refresh),
            has_gate: false,
        }
    }

    /// The same, with the gates behind the node `begin` where a text of `weight` begins: below a long one they mean nothing.
    pub fn with_gate(self, tree: &Tree, begin: usize, weight: usize) -> Self {
        let has_gate = weight < LONGEST_GATED && (begin..tree.nodes.len()).any(|n| is_gate(tree, n));
        Self { has_gate, ..self }
    }

    /// The kind of wall that a title names, and whether that alone is enough.
    pub fn title_kind(&self) -> Option<(&'static str, bool)> {
        let kind = |sure: bool| {
            let rules = &TITLE_RULES[usize::from(!sure)];
            self.titles.iter().find_map(|title| self.whole(title, &|part| rules.kind(part)))
        };
        kind(true).map(|kind| (kind, true)).or_else(|| kind(false).map(|kind| (kind, false)))
    }

    /// What `kind` says of the title, or of its one part beside which there is nothing but the site's name.
    fn whole(&self, title: &str, kind: &dyn Fn(&str) -> Option<&'static str>) -> Option<&'static str> {
        if let Some(kind) = kind(title) {
            return Some(kind);
        }
        let mut parts = vec![title];
        for separator in [" | ", " - ", " – ", " — ", " · ", " :: ", " › ", " » ", "｜", "_", "|"] {
            parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
        }
        let parts: Vec<&str> = parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect();
        let found = parts.iter().find_map(|part| kind(part));
        found.filter(|_| parts.iter().all(|part| kind(part).is_some() || self.is_site(part)))
    }

    /// Whether `part` of a title can be a site's name.
    fn is_site(&self, part: &str) -> bool {
        let is_known = self.sites.iter().any(|site| site.eq_ignore_ascii_case(part));
        let begins_small = part.starts_with(char::is_lowercase) && !part.contains('.');
        is_known || (n_words(part) <= HEADLINE && !begins_small)
    }

    /// Whether the page has a title that can only be a headline.
    pub fn has_headline(&self) -> bool {
        let kind = |part: &str| TITLE_RULES[0].kind(part).or_else(|| TITLE_RULES[1].kind(part));
        let is_own = |title: &&String| {
            n_words(title) >= HEADLINE
                && !self.sites.iter().any(|site| site.eq_ignore_ascii_case(title))
                && self.whole(title, &kind).is_none()
        };
        self.titles.iter().any(|title| is_own(&title))
    }

    /// What a page is that says next to nothing.
    pub fn bare_kind(&self, text: &str) -> Option<&'static str> {
        let says_wait = || TITLE_RULES[1].kind(text).filter(|kind| *kind == "no page");
        if self.asks_for_proof {
            Some("captcha")
        } else if self.asks_for_password {
            Some("login wall")
        } else if self.leads_away {
            Some("no page")
        } else {
            says_wait().map(|_| "JavaScript needed")
        }
    }
}

fn n_words(text: &str) -> usize {
    let n_han = text.chars().filter(|c| clean::is_han(*c) || clean::is_kana(*c)).count();
    let latin = text.split(|c: char| !c.is_alphanumeric() || clean::is_han(c) || clean::is_kana(c));
    latin.filter(|word| !word.is_empty()).count() + n_han / 2
}

/// Whether the element is a shown box, or a line of the text, that says that the rest costs money.
fn is_gate(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    let weight = tree.weight(index);
    if node.is_text()
        || !(8..=LONGEST_GATE).contains(&weight)
        || !node.is(&["p", "div", "section", "h2", "h3", "h4", "span", "strong", "a"])
    {
        return false;
    }
    is_stop(&tree.line(index)) && !is_beside(tree, index)
}

/// Whether it stands in what the site says on each of its pages, or is not shown.
fn is_beside(tree: &Tree, index: usize) -> bool {
    let is_box = |n: usize| GATES.iter().any(|gate| tree.nodes[n].marks.contains(gate));
    let around: Vec<usize> = std::iter::once(index).chain(tree.ancestors(index)).collect();
    let is_hidden = |n: usize| {
        let node = &tree.nodes[n];
        let style = node.attr("style").map(|style| style.replace(' ', "").to_ascii_lowercase());
        node.is(&["template", "noscript", "script", "style"])
            || node.attr("hidden").is_some()
            || node.attr("aria-hidden") == Some("true")
            || style.is_some_and(|style| style.contains("display:none"))
    };
    if around.iter().any(|n| is_hidden(*n)) {
        return true;
    }
    let is_site = |n: usize| {
        tree.nodes[n].is(&["nav", "header", "footer", "aside", "button", "form", "dialog"])
            || names::noise(&tree.nodes[n].marks).is_some()
    };
    !around.iter().any(|n| is_box(*n)) && around.iter().any(|n| is_site(*n))
}
