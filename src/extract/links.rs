//! Where a text leads: the links of its own sentences to other sites. Judged later for what they lead to.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::tree::Tree;
use super::{elsewhere, meta};

/// Most links of one article, and the longest.
const MOST: usize = 40;
const LONGEST: usize = 400;

static HREF: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)<a\s[^>]{0,400}?href\s*=\s*["']?([^"'\s>]{4,400})"#).ok());

/// Anchors of one page that are looked at.
const MOST_ANCHORS: usize = 1_000;

/// Sites of code, papers, models: what leads there is the matter itself, also from a row of buttons.
const MATTER: [&str; 12] = [
    "github.com",
    "gitlab.com",
    "gitee.com",
    "huggingface.co",
    "modelscope.cn",
    "arxiv.org",
    "openreview.net",
    "doi.org",
    "aclanthology.org",
    "zenodo.org",
    "kaggle.com",
    "pypi.org",
];

/// Addresses that pass a page on.
static SHARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)/sharer?\b|/share(article|r)?[/?.]|/intent/|[?&](url|u|link)=https?(:|%3a)|//t\.me/share|/submit\?").ok()
});

/// The links of `text` among the nodes `shown` of the page at `url`.
pub fn of_page(tree: &Tree, shown: Range<usize>, text: &str, url: &str) -> Vec<String> {
    let (base, begin) = (meta::base(tree, url), shown.start);
    let anchors = shown.filter(|n| tree.nodes.get(*n).is_some_and(|node| node.is(&["a"]))).take(MOST_ANCHORS);
    let hrefs = anchors.filter_map(|n| {
        let href = tree.nodes[n].attr("href")?;
        let words = tree.line(n);
        let is_said = !words.is_empty() && text.contains(&words);
        let is_own = !meta::is_elsewhere(tree, n) && !elsewhere::is_of_others(tree, n, begin);
        ((is_said || leads_to_matter(href)) && is_own).then_some(href)
    });
    gather(hrefs, &base, url)
}

/// Whether `href` names a thing at a site of such, not only an account there.
fn leads_to_matter(href: &str) -> bool {
    let Ok(link) = Url::parse(href.trim()) else { return false };
    let host = link.host_str().unwrap_or_default();
    let is_there = MATTER
        .iter()
        .any(|site| host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    is_there && link.path_segments().is_some_and(|parts| parts.filter(|part| !part.is_empty()).count() >= 2)
}

/// Those that are written out in a text.
static WRITTEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"https?://[^\s<>"'”’（）()，。、；\[\]]{4,400}"#).ok());

/// The links of a feed's own text, of which the markup may be gone.
pub fn of_feed(text: &str, url: &str) -> Vec<String> {
    let own = elsewhere::own_blocks(text);
    let found = HREF.iter().flat_map(|href| href.captures_iter(&own));
    let hrefs = found.map(|found| found[1].replace("&amp;", "&"));
    let written = WRITTEN.iter().flat_map(|link| link.find_iter(&own));
    let written = written
        .map(|link| link.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?']).replace("&amp;", "&"));
    let hrefs: Vec<String> = hrefs.chain(written).take(MOST_ANCHORS).collect();
    gather(hrefs.iter().map(String::as_str), url, url)
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
        let is_share = SHARE.as_ref().is_some_and(|share| share.is_match(&link));
        if is_elsewhere && !is_share && link.len() <= LONGEST && !links.contains(&link) {
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
    use dom_query::Document;

    use super::*;

    #[test]
    fn links_of_a_feed_lead_elsewhere_once() {
        let html = r#"<p><a class="x" href="https://code.example/lumen/aurora#readme">code</a> <a href='/about'>us</a>
            <a href="https://code.example/lumen/aurora">again</a> <a href="javascript:alert(1)">no</a></p>"#;
        assert_eq!(of_feed(html, "https://lab.example/post"), ["https://code.example/lumen/aurora"]);
    }

    #[test]
    fn links_written_out_in_a_plain_text_count() {
        let text = "Code: https://code.example/lumen/aurora. 论文（https://papers.example/a/1）已公开。";
        assert_eq!(
            of_feed(text, "https://lab.example/post"),
            ["https://code.example/lumen/aurora", "https://papers.example/a/1"]
        );
    }

    fn links(html: &str, text: &str) -> Vec<String> {
        let tree = Tree::of(&Document::from(html));
        of_page(&tree, 0..tree.nodes.len(), text, "https://lab.example/post")
    }

    #[test]
    fn of_a_page_only_the_text_s_own_links_count_and_those_to_the_matter() {
        let html = "<nav><a href=https://sister.example/a>weights</a></nav><article>\
            <div class=buttons><a href=https://github.com/lumen/aurora>Code</a> <a href=https://github.com/lumen>Us</a></div>\
            <p>The <a href=https://store.example/weights>weights</a> are out.</p>\
            <div><a href='https://x.example/intent/post?url=1'>weights</a> <a href='https://f.example/p?u=https%3A%2F%2Flab'>weights</a>\
            <a href=https://other.example/story>Another story</a></div></article>\
            <footer><a href=https://github.com/lumen/site>weights</a></footer>";
        assert_eq!(
            links(html, "The weights are out."),
            ["https://github.com/lumen/aurora", "https://store.example/weights"]
        );
    }

    #[test]
    fn links_are_few() {
        let html: String = (0..3_000).map(|n| format!("<a href=https://o.example/{n}>one</a> ")).collect();
        assert_eq!(links(&format!("<p>{html}"), "one").len(), MOST);
    }

    fn of_html(html: &str) -> Vec<String> {
        links(html, "The code is out. a tool")
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
}
