//! Blocks of a text that lead to other texts than its own: "Read also", 相关阅读.

use std::sync::LazyLock;

use regex::Regex;

use super::clean;
use super::tree::Tree;
use crate::model::Link;

/// What begins a block that leads to other texts than this one's own.
static ELSEWHERE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\W*(?:(?:read|see) (?:also|next)\b|also (?:read|see)\b|related\b(?: (?:\w+ )?(?:articles?|posts?|stories|reading|news|coverage))?\s*(?:[:：—–]|$)|further reading|more (?:from|stories|news)\b|you (?:may|might) also|recommended(?: (?:reading|articles?|posts?|stories|for you))?\s*(?:[:：]|$)|previously\s*:|in other news|(?:相关|延伸|推荐|扩展|更多)(?:阅读|文章|报道|新闻|推荐)|另请参[阅见]|往期|上一篇|下一篇|猜你喜欢|你可能)").ok()
});
/// Elements that hold a block of text.
const BLOCKS: [&str; 8] = ["p", "li", "dd", "blockquote", "figcaption", "td", "div", "section"];
/// A heading that stands alone, or the words before a list, are no longer.
const LABEL: usize = 40;
/// A box around one paragraph is no heavier; a heavier one is the article.
const PARAGRAPH: usize = 400;
/// What stands before the words of a list's line.
const BULLETS: [char; 7] = ['-', '*', '•', '·', '–', '.', ' '];

/// Whether the anchor stands in a block or a list that tells what else there is to read.
pub fn is_of_others(tree: &Tree, anchor: usize, begin: usize) -> bool {
    let Some(block) = tree.ancestors(anchor).find(|n| tree.nodes[*n].is(&BLOCKS)) else { return false };
    if tree.weight(block) <= PARAGRAPH && is_elsewhere(&tree.line(block)) {
        return true;
    }
    let list = tree.ancestors(anchor).find(|n| tree.nodes[*n].is(&["ul", "ol"]));
    list.or(Some(block))
        .filter(|n| *n > begin)
        .is_some_and(|n| before(tree, n).is_some_and(|text| is_elsewhere(&text)))
}

/// The short text that stands right before `index` under the same element: the label of a list.
fn before(tree: &Tree, index: usize) -> Option<String> {
    let parent = tree.nodes[index].parent;
    let earlier: Vec<usize> = tree.children(parent).take_while(|n| *n < index).collect();
    let label = earlier.into_iter().rev().find(|n| tree.weight(*n) > 0)?;
    let is_text = tree.nodes[label].is_text();
    let text = if is_text { tree.nodes[label].text.trim().to_owned() } else { tree.line(label) };
    Some(text).filter(|text| text.chars().count() <= LABEL)
}

fn is_elsewhere(text: &str) -> bool {
    ELSEWHERE.as_ref().is_some_and(|words| words.is_match(text))
}

/// What the paragraph before says of the next one.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Own,
    /// A label alone speaks of the one block after it.
    Label,
    /// A list is one block.
    List,
}

/// The paragraphs of a plain text, its lines, and whether each is its own: what leads to other texts is not, nor what
/// follows on its label, a paragraph or a list of `links`.
pub fn paragraphs(text: &str, links: &[Link]) -> Vec<(String, bool)> {
    let mut before = Before::Own;
    let lines = text.split('\n').map(clean::line).filter(|line| !line.is_empty());
    let judged = lines.map(|line| {
        let words = line.trim_start_matches(|c: char| BULLETS.contains(&c) || c.is_ascii_digit());
        let is_link = links.iter().any(|link| link.text == words);
        let holds_link = links.iter().any(|link| !link.text.is_empty() && line.contains(&link.text));
        let leads_away = is_elsewhere(&line);
        let is_others = match before {
            Before::Own => leads_away,
            Before::Label => true,
            Before::List => leads_away || is_link,
        };
        before = match (leads_away, is_others && is_link) {
            (true, _) if line.chars().count() <= LABEL && !holds_link => Before::Label,
            (_, true) => Before::List,
            _ => Before::Own,
        };
        (line, !is_others)
    });
    judged.collect()
}
