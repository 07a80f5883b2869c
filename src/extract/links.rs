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

/// The links among the nodes `shown` of the page at `url`, whose addresses are read against `base`.
pub fn of_page(tree: &Tree, shown: Range<usize>, base: &str, url: &str) -> Vec<String> {
    let anchors = shown.filter(|n| tree.nodes.get(*n).is_some_and(|node| node.is(&["a"])));
    gather(anchors.filter_map(|n| tree.nodes[n].attr("href")), base, url)
}

/// The links of a feed's own HTML.
pub fn of_feed(html: &str, url: &str) -> Vec<String> {
    let found = HREF.iter().flat_map(|href| href.captures_iter(html));
    let hrefs: Vec<String> = found.map(|found| found[1].replace("&amp;", "&")).collect();
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

    #[test]
    fn links_of_a_feed_lead_elsewhere_once() {
        let html = r#"<p><a class="x" href="https://code.example/lumen/aurora#readme">code</a> <a href='/about'>us</a>
            <a href="https://code.example/lumen/aurora">again</a> <a href="javascript:alert(1)">no</a></p>"#;
        assert_eq!(of_feed(html, "https://lab.example/post"), ["https://code.example/lumen/aurora"]);
    }
}
