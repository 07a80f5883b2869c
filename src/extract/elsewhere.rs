//! Blocks of a text that lead to other texts than its own: "Read also", 相关阅读.

use std::sync::LazyLock;

use regex::Regex;

use super::tree::Tree;

/// What begins a block that leads to other texts than this one's own.
static ELSEWHERE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\W*(?:(?:read|see) (?:also|next)\b|also (?:read|see)\b|related\b(?: (?:\w+ )?(?:articles?|posts?|stories|reading|news|coverage))?\s*(?:[:：—–]|$)|further reading|more (?:from|stories|news)\b|you (?:may|might) also|recommended(?: (?:reading|articles?|posts?|stories|for you))?\s*(?:[:：]|$)|previously\s*:|in other news|(?:相关|延伸|推荐|扩展|更多)(?:阅读|文章|报道|新闻|推荐)|另请参[阅见]|往期|上一篇|下一篇|猜你喜欢|你可能)").ok()
});
/// Tags at which a feed's own HTML begins or ends a block.
static BLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)</?(?:p|div|ul|ol|section|aside|h[1-6]|blockquote|table|tr|article|footer|nav|br)\b[^>]*>",
    )
    .ok()
});
static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<[^>]*>").ok());
/// Elements that hold a block of text.
const BLOCKS: [&str; 8] = ["p", "li", "dd", "blockquote", "figcaption", "td", "div", "section"];
/// A heading that stands alone, or the words before a list, are no longer.
const LABEL: usize = 40;
/// A box around one paragraph is no heavier; a heavier one is the article.
const PARAGRAPH: usize = 400;

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

/// `html` without the blocks that lead to other texts, and without what follows on their label.
pub fn own_blocks(html: &str) -> String {
    let (Some(block), Some(tag)) = (BLOCK.as_ref(), TAG.as_ref()) else { return html.to_owned() };
    let (mut own, mut after_label) = (String::new(), false);
    for part in block.split(html) {
        let text = tag.replace_all(part, "");
        if text.trim().is_empty() {
            continue;
        }
        let leads_away = is_elsewhere(&text);
        if !leads_away && !after_label {
            own.push_str(part);
        }
        // A label alone speaks of the one block after it: a list is one block.
        after_label = leads_away && text.trim().chars().count() <= LABEL && !part.contains("href");
    }
    own
}
