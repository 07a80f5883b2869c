//! The headline: what the page shows above its text, checked against what its head says.

use std::collections::HashSet;

use super::clean;
use super::jsonld::Described;
use super::meta::Head;
use super::tree::Tree;

/// What stands between a headline and the site's name.
const SEPARATORS: [&str; 10] = [" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", "_", "｜"];

/// A shown headline shares so many words with the stated one.
const ALIKE: f64 = 0.5;

/// The headline of the page, empty if there is none.
pub fn of(tree: &Tree, head: &Head<'_>, described: &Described, site: Option<&str>) -> String {
    let window = tree.named("title").map(|n| tree.line(n)).find(|line| !line.is_empty()).unwrap_or_default();
    let stated = head.get(&[
        "dc:title",
        "dcterm:title",
        "og:title",
        "weibo:article:title",
        "twitter:title",
        "dc.title",
        "parsely-title",
    ]);
    let described =
        described.title.as_deref().filter(|title| window.is_empty() || alike(title, &window) >= ALIKE);
    let stated = stated.or(described).map(clean::title).filter(|title| !title.is_empty());
    let base = stated.unwrap_or_else(|| window.clone());
    let short = without_site(&base, site, &window);
    match shown(tree, &base) {
        Some(shown) if short.is_empty() || fits(&shown, &short) => clean::title(&shown),
        _ => clean::title(&short),
    }
}

/// The one first-rank headline; of several, the one that the head says too.
fn shown(tree: &Tree, base: &str) -> Option<String> {
    let lines = tree.named("h1").map(|n| tree.line(n)).filter(|line| line.chars().count() >= 4);
    let lines: Vec<String> = lines.take(20).collect();
    let best = lines.iter().max_by(|a, b| alike(a, base).total_cmp(&alike(b, base)))?;
    Some(best.clone())
}

fn fits(shown: &str, stated: &str) -> bool {
    let n_chars = shown.chars().count();
    n_chars <= 300 && alike(shown, stated) >= ALIKE
}

/// Shared words of the shorter one.
fn alike(a: &str, b: &str) -> f64 {
    let (a, b) = (words(a), words(b));
    let shared = a.intersection(&b).count();
    shared as f64 / a.len().min(b.len()).max(1) as f64
}

fn words(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    let mut words = HashSet::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if word.chars().any(clean::is_han) {
            words.extend(word.chars().map(String::from));
        } else {
            words.insert(word.to_owned());
        }
    }
    words
}

/// The headline without the name of the site at either end.
fn without_site(title: &str, site: Option<&str>, window: &str) -> String {
    if let Some(before) = without_chinese_site(title) {
        return without_site(before, site, "");
    }
    let is_site = |part: &str| site.is_some_and(|site| alike(part, site) > 0.6 && part.chars().count() < 60);
    for separator in SEPARATORS {
        if let Some((before, after)) = title.rsplit_once(separator) {
            let is_short = after.split_whitespace().count() <= 4
                && before.split_whitespace().count() > after.split_whitespace().count();
            let is_own = is_site(after) || (title == window && is_short && separator != "_");
            if is_own && before.chars().count() >= 4 {
                return without_site(before.trim(), site, "");
            }
        }
        if let Some((before, after)) = title.split_once(separator)
            && is_site(before)
            && after.chars().count() >= 4
        {
            return after.trim().to_owned();
        }
    }
    title.to_owned()
}

/// Chinese sites put section and name behind the headline, without a space: "标题_科技_某某网".
fn without_chinese_site(title: &str) -> Option<&str> {
    let (before, after) = title.rsplit_once(['_', '-', '—', '|', '｜'])?;
    let (n_before, n_after) = (before.trim().chars().count(), after.trim().chars().count());
    let is_name = after.chars().any(clean::is_han) && !after.contains(['，', '。', '？', '！', '：']);
    (is_name && n_after <= 8 && n_before >= 2 * n_after).then(|| before.trim())
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::super::meta;
    use super::*;

    fn title(html: &str) -> String {
        meta::read(&Tree::of(&Document::from(html)), "https://a.example/x", 0..0, chrono::DateTime::default())
            .title
    }

    #[test]
    fn the_shown_headline_wins_if_it_is_about_the_same() {
        let html = "<title>Small model ships | Example Times</title><h1>Small model ships at last</h1>";
        assert_eq!(title(html), "Small model ships at last");
        let html = "<meta property=og:title content='Small model ships'><h1>Example Times</h1>";
        assert_eq!(title(html), "Small model ships");
    }

    #[test]
    fn the_site_is_no_part_of_it() {
        let html = "<meta property=og:site_name content='Example Times'><title>Small model ships - Example Times</title>";
        assert_eq!(title(html), "Small model ships");
        assert_eq!(
            title("<title>小模型开源了_示例网</title><meta property=og:site_name content=示例网>"),
            "小模型开源了"
        );
        assert_eq!(
            title("<title>Rust 2.0 - what comes next for the compiler</title>"),
            "Rust 2.0 - what comes next for the compiler"
        );
    }
}
