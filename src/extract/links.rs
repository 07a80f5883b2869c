//! Where a text leads: the links of its own sentences to other sites. Judged later for what they lead to.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::tree::Tree;

/// Most links of one article, and the longest.
const MOST: usize = 40;
const LONGEST: usize = 400;

static HREF: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)<a\s[^>]{0,400}?href\s*=\s*["']?([^"'\s>]{4,400})"#).ok());

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

/// The links among the nodes `shown` of the page at `url`, whose addresses are read against `base`.
pub fn of_page(tree: &Tree, shown: Range<usize>, base: &str, url: &str) -> Vec<String> {
    let anchors = shown.clone().filter(|n| tree.nodes.get(*n).is_some_and(|node| node.is(&["a"])));
    let own = anchors.filter(|n| !is_of_others(tree, *n, shown.start));
    gather(own.filter_map(|n| tree.nodes[n].attr("href")), base, url)
}

/// Whether the anchor stands in a block or a list that tells what else there is to read.
fn is_of_others(tree: &Tree, anchor: usize, begin: usize) -> bool {
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

/// The links of a feed's own HTML.
pub fn of_feed(html: &str, url: &str) -> Vec<String> {
    let own = own_blocks(html);
    let found = HREF.iter().flat_map(|href| href.captures_iter(&own));
    let hrefs: Vec<String> = found.map(|found| found[1].replace("&amp;", "&")).collect();
    gather(hrefs.iter().map(String::as_str), url, url)
}

/// `html` without the blocks that lead to other texts, and without what follows on their label.
fn own_blocks(html: &str) -> String {
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

fn gather<'t>(hrefs: impl Iterator<Item = &'t str>, base: &str, url: &str) -> Vec<String> {
    let base = Url::parse(base).ok();
    let own = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let mut links: Vec<String> = Vec::new();
    for href in hrefs {
        let read = Url::parse(href.trim()).ok().or_else(|| base.as_ref()?.join(href.trim()).ok());
        let Some(mut link) = read.filter(|link| ["http", "https"].contains(&link.scheme())) else { continue };
        let is_elsewhere = link.host_str().map(str::to_owned) != own && link.path().len() > 1;
        link.set_fragment(None);
        let link = String::from(link);
        if is_elsewhere && link.len() <= LONGEST && !links.contains(&link) {
            links.push(link);
        }
        if links.len() == MOST {
            break;
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_html(html: &str) -> Vec<String> {
        let tree = Tree::of(&dom_query::Document::from(html));
        let all = 0..tree.nodes.len();
        of_page(&tree, all, "https://lab.example/post", "https://lab.example/post")
    }

    #[test]
    fn what_else_there_is_to_read_is_not_this_texts_own() {
        let own = "<p>The <a href='https://code.example/lumen/aurora'>code</a> is out.</p>";
        let other = "<a href='https://code.example/other/tool'>a tool</a>";
        for rest in [
            format!("<p>See also: {other} by others.</p>"),
            format!("<p>相关阅读：{other}</p>"),
            format!("<p>Related posts</p><ul><li>{other}</li><li>{other}</li></ul>"),
            format!("<h3>延伸阅读</h3><ul><li>{other}</li></ul>"),
        ] {
            let html = format!("<div>{own}{rest}</div>");
            assert_eq!(of_html(&html), ["https://code.example/lumen/aurora"], "{html}");
            assert_eq!(
                of_feed(&html, "https://lab.example/post"),
                ["https://code.example/lumen/aurora"],
                "{html}"
            );
        }
        let boxed = format!("<div>{own}<div>Further reading: {other}</div></div>");
        assert_eq!(of_html(&boxed).len(), 1);
        let kept = format!("<div>{own}<p>Related work of ours, {other}, was slower.</p></div>");
        assert_eq!(of_html(&kept).len(), 2);
        assert_eq!(of_feed(&kept, "https://lab.example/post").len(), 2);
        // A list of links under another word is the text's own: a release ends with one.
        let own_list = format!("<div>{own}<p>相关链接：</p><ul><li>{other}</li></ul></div>");
        assert_eq!(of_html(&own_list).len(), 2);
    }

    #[test]
    fn links_of_a_feed_lead_elsewhere_once() {
        let html = r#"<p><a class="x" href="https://code.example/lumen/aurora#readme">code</a> <a href='/about'>us</a>
            <a href="https://code.example/lumen/aurora">again</a> <a href="javascript:alert(1)">no</a></p>"#;
        assert_eq!(of_feed(html, "https://lab.example/post"), ["https://code.example/lumen/aurora"]);
    }
}
