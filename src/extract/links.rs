//! Where a text leads: the links of its own sentences to other sites. Judged later for what they lead to.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::tree::Tree;
use super::{elsewhere, meta};
use crate::model::Link;

/// Most links of one article, and the longest.
const MOST: usize = 40;
const LONGEST: usize = 400;

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

/// The links of a feed's own plain `text`: those `kept` beside it, and those that are written out.
pub fn of_feed(kept: &[Link], text: &str, url: &str) -> Vec<String> {
    let paragraphs = elsewhere::paragraphs(text, kept);
    let (mut at, mut said): (usize, Vec<&str>) = (0, Vec::new());
    for link in kept.iter().take(MOST_ANCHORS) {
        let holds = |(_, (text, _)): &(usize, &(String, bool))| text.contains(&link.text);
        // They stand in their order; one of a second text, which says the same, is found from the begin again.
        let later = paragraphs.iter().enumerate().skip(at).find(holds);
        let found = later.or_else(|| paragraphs.iter().enumerate().find(holds));
        let is_own = match found {
            _ if link.text.is_empty() => leads_to_matter(&link.href),
            Some((n, (_, is_own))) => {
                at = n;
                *is_own
            }
            None => leads_to_matter(&link.href),
        };
        said.extend(is_own.then_some(link.href.as_str()));
    }
    let own: Vec<&str> =
        paragraphs.iter().filter(|(_, is_own)| *is_own).map(|(text, _)| text.as_str()).collect();
    let written = own.iter().flat_map(|text| WRITTEN.iter().flat_map(|link| link.find_iter(text)));
    let written =
        written.map(|link| link.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?'])).take(MOST_ANCHORS);
    gather(said.into_iter().chain(written), url, url)
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

    fn kept(links: &[(&str, &str)]) -> Vec<Link> {
        links.iter().map(|(text, href)| Link { text: (*text).into(), href: (*href).into() }).collect()
    }

    #[test]
    fn links_of_a_feed_lead_elsewhere_once() {
        let kept = kept(&[
            ("code", "https://code.example/lumen/aurora#readme"),
            ("us", "https://lab.example/about"),
            ("again", "https://code.example/lumen/aurora"),
            ("", "https://github.com/lumen/aurora"),
            ("", "https://shop.example/pictures/1"),
        ]);
        assert_eq!(
            of_feed(&kept, "The code by us, again.", "https://lab.example/post"),
            ["https://code.example/lumen/aurora", "https://github.com/lumen/aurora"]
        );
    }

    #[test]
    fn links_written_out_in_a_plain_text_count() {
        let text = "Code: https://code.example/lumen/aurora. 论文（https://papers.example/a/1）已公开。";
        assert_eq!(
            of_feed(&[], text, "https://lab.example/post"),
            ["https://code.example/lumen/aurora", "https://papers.example/a/1"]
        );
    }

    #[test]
    fn of_a_feed_too_what_else_there_is_to_read_is_not_its_own() {
        let kept = kept(&[
            ("code", "https://code.example/lumen/aurora"),
            ("a tool", "https://code.example/other/tool"),
            ("a bench", "https://code.example/other/bench"),
        ]);
        let of =
            |rest: &str| of_feed(&kept, &format!("The code is out.\n\n{rest}"), "https://lab.example/post");
        for rest in [
            "See also: a tool and a bench by others.",
            "相关阅读：a tool、a bench",
            "Related posts\n\na tool\n\na bench",
            "延伸阅读\n\n• a tool\n\n• a bench",
        ] {
            assert_eq!(of(rest), ["https://code.example/lumen/aurora"], "{rest}");
        }
        assert_eq!(of("Related work of ours, a tool, was slower than a bench.").len(), 3);
        assert_eq!(of("相关链接：\n\na tool\n\na bench").len(), 3);
        assert_eq!(of("Related posts\n\na tool\n\nIt beats a bench.").len(), 2);
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
        }
        let boxed = format!("<div>{own}<div>Further reading: {other}</div></div>");
        assert_eq!(of_html(&boxed).len(), 1);
        let kept = format!("<div>{own}<p>Related work of ours, {other}, was slower.</p></div>");
        assert_eq!(of_html(&kept).len(), 2);
        // A list of links under another word is the text's own: a release ends with one.
        let own_list = format!("<div>{own}<p>相关链接：</p><ul><li>{other}</li></ul></div>");
        assert_eq!(of_html(&own_list).len(), 2);
    }
}
