//! The links of a feed's own text, kept beside it: the text is made plain, and a reader wants to touch what is told.

use super::plain::{self, Plain};
use super::{link, text};
use crate::model::Link;

/// Most links of one entry, and anchors of it that are looked at.
const MAX_LINKS: usize = 100;
const MAX_ANCHORS: usize = 1_000;
/// A longer address is a tracker's or an attack.
const MAX_HREF: usize = 400;
/// Longest words of a link, in characters.
const MAX_WORDS: usize = 200;

/// One line as [`text::line`] reads it, and where it leads; `base` completes what is relative.
pub fn line(html: &str, max_chars: usize, base: &str) -> (String, Vec<Link>) {
    let plain = plain::read(html, max_chars);
    (text::cap(&text::squeeze(&plain.text), max_chars), links(&plain, base))
}

/// Plain paragraphs as [`text::paragraphs`] parts them, and where they lead.
pub fn paragraphs(html: &str, max_chars: usize, base: &str) -> (String, Vec<Link>) {
    let plain = plain::read(html, max_chars);
    (text::paragraphs(&plain.text, max_chars), links(&plain, base))
}

/// The links of two texts that say the same, each address once.
pub fn joined(mut links: Vec<Link>, more: Vec<Link>) -> Vec<Link> {
    for link in more {
        add(&mut links, link);
    }
    links
}

fn links(plain: &Plain, base: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (at, href) in plain.anchors.iter().take(MAX_ANCHORS) {
        // The character 0 is nothing that a database holds.
        let href = href.replace('\0', "");
        let Some(href) = link::absolute(&href, base).filter(|href| href.len() <= MAX_HREF) else { continue };
        let words = plain.text.get(at.clone()).unwrap_or_default();
        let text = text::squeeze(words).chars().take(MAX_WORDS).collect();
        add(&mut links, Link { text, href });
    }
    links
}

/// A picture and the words below it lead to one page: the words tell of it.
fn add(links: &mut Vec<Link>, link: Link) {
    let n_links = links.len();
    if let Some(known) = links.iter_mut().find(|known| known.href == link.href) {
        if known.text.is_empty() {
            known.text = link.text;
        }
    } else if n_links < MAX_LINKS {
        links.push(link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(html: &str) -> Vec<(String, String)> {
        let (_, links) = paragraphs(html, 1_000, "https://lab.example/posts/1");
        links.into_iter().map(|link| (link.text, link.href)).collect()
    }

    #[test]
    fn a_text_keeps_where_its_words_lead() {
        let html = "<p>The <a href='https://code.example/lumen/aurora'>code and\n <b>weights</b></a> are out, see <a href=../about>us</a>.</p>\
            <a href='javascript:alert(1)'>no</a><a href='mailto:a@b.example'>no</a><a name=x>no</a><a href='data:text/html,x'>no</a>";
        assert_eq!(
            links(html),
            [
                ("code and weights".to_owned(), "https://code.example/lumen/aurora".to_owned()),
                ("us".to_owned(), "https://lab.example/about".to_owned())
            ]
        );
    }

    #[test]
    fn paragraphs_stay_apart() {
        let text = paragraphs("<p>One\nline</p><p>Two<br>Three</p>", 99, "").0;
        assert_eq!(text, "One line\n\nTwo\n\nThree");
    }

    #[test]
    fn what_was_escaped_twice_leads_somewhere_too() {
        assert_eq!(
            links("&lt;p&gt;&lt;a href=\"https://a.example/x?a=1&amp;amp;b=2\"&gt;one&lt;/a&gt;")[0].1,
            "https://a.example/x?a=1&b=2"
        );
    }

    #[test]
    fn links_are_few_short_and_each_there_once() {
        let many: String = (0..500).map(|n| format!("<a href=https://a.example/{n}>x</a>")).collect();
        assert_eq!(links(&many).len(), MAX_LINKS);
        assert_eq!(links(&format!("<a href='https://a.example/{}'>x</a>", "y".repeat(500))), []);
        let twice = "<a href=https://a.example/1><img src=p></a> <a href=https://a.example/1>words</a>";
        assert_eq!(links(twice), [("words".to_owned(), "https://a.example/1".to_owned())]);
        assert_eq!(
            links(&format!("<a href=https://a.example/1>{}</a>", "字".repeat(500)))[0].0.chars().count(),
            MAX_WORDS
        );
    }
}
