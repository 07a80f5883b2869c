//! From whatever text a page or a feed gave to clean paragraphs, and to the language they are in.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::render::{Block, Kind};

/// Most characters of an article's text.
pub const MOST_CHARS: usize = 200_000;

/// Most characters of a title or a name.
pub const MOST_TITLE_CHARS: usize = 500;

/// A paragraph longer than this is never taken for a button or a caption.
const BOILERPLATE_CHARS: usize = 160;

/// Whole paragraphs that belong to the site, not to the article.
static BOILERPLATE: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"^(share|tweet|print|email|save|reply|comments?|like|follow us|copy link|listen|menu|search|close|next|previous|home)( (this|on|to|article|story|post|via)\b.{0,40})?[.!]?$",
        r"^(share|follow|find|join) (this|us|me)\b.{0,80}$",
        r"^(click|tap) here to .{0,80}$",
        r"^(subscribe|sign ?up|sign ?in|log ?in|register|create (a|an) (free )?account)\b.{0,120}$",
        r"^(advertisement|sponsored|promoted|ad|continue reading|read more|learn more|see also|skip to (main )?content)\b.{0,60}$",
        r"^(recommended|related|popular|trending|latest|more)( (articles?|stor(y|ies)|posts?|reading|videos?|news|from|on|topics?))\b.{0,80}$",
        r"^(©|\(c\)|copyright\b).{0,120}$",
        r"^.{0,80}all rights reserved\.?$",
        r"^(we use|this (web)?site uses) cookies.{0,140}$",
        r"^(accept|reject|manage) (all )?(cookies|preferences).{0,60}$",
        r"^(image|photo|picture)( credits?)?( by)?\s*[:：].{0,120}$",
        r"^\d+ (min(ute)?s?|comments?|shares?|likes?|views?)( read)?$",
        r"^(分享|转发|收藏|点赞|评论|关注|打印|举报|返回顶部|上一篇|下一篇|首页|登录|注册|广告)(到|至|本文|我们)?.{0,12}$",
        r"^(扫码|扫一扫|长按|微信扫|关注(我们|公众号|官方)|点击(关注|订阅|下载|查看|阅读)|欢迎(关注|订阅|投稿|加入)).{0,60}$",
        r"^(责任编辑|责编|编辑|校对|审核|排版|来源|作者|文章来源|图片来源|本文来源|原标题)\s*[:：|｜/].{0,60}$",
        r"^(相关(阅读|文章|推荐|新闻)|延伸阅读|推荐阅读|热门(文章|推荐|新闻)|更多(精彩|内容|文章|资讯)|猜你喜欢|阅读原文|阅读更多|展开全文).{0,40}$",
        r"^(版权声明|免责声明|本文(为|由|系|转载|来自|首发)|未经(授权|许可)|转载请).{0,120}$",
        r"^[\p{P}\p{S}\s\d]*$",
    ])
});

/// A short paragraph that opens the list of other articles below one.
static TAIL: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"^(related|recommended|popular|trending|more) (articles?|stor(y|ies)|posts?|reading|news|from\b.{0,40}|coverage)[:：]?$",
        r"^(read (next|more)|see also|you (may|might) also (like|enjoy)|further reading|about the authors?)[:：]?$",
        r"^(相关(阅读|文章|推荐|新闻)|延伸阅读|推荐阅读|热门(文章|推荐)|猜你喜欢)[:：]?$",
    ])
});

static SPACE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\s\u{a0}\u{3000}]+").ok());

fn set(patterns: &[&str]) -> RegexSet {
    let folded = patterns.iter().map(|pattern| format!("(?i){pattern}"));
    RegexSet::new(folded).unwrap_or_else(|_| RegexSet::empty())
}

/// Plain paragraphs separated by an empty line: control characters, repeated paragraphs and the site's own
/// words dropped, capped to [`MOST_CHARS`]. The flag says whether the cap cut.
pub fn paragraphs(text: &str) -> (String, bool) {
    let mut kept: Vec<String> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let lines: Vec<String> = text.split('\n').map(line).filter(|line| !line.is_empty()).collect();
    let last_third = lines.len() - lines.len() / 3;
    for (n, line) in lines.into_iter().enumerate() {
        let is_short = line.chars().count() <= BOILERPLATE_CHARS;
        if is_short && n >= last_third && TAIL.is_match(&line) {
            break;
        }
        let is_again = kept.last() == Some(&line) || (!is_short && !seen.insert(line.clone()));
        if !is_again && !is_the_site(&line) {
            kept.push(line);
        }
    }
    capped(&kept.join("\n\n"), MOST_CHARS)
}

/// Blocks of a page to plain text: the site's own words dropped, code as it stands, capped to [`MOST_CHARS`].
pub fn assemble(blocks: &[Block]) -> (String, bool) {
    let texts = blocks.iter().map(|block| match block.kind {
        Kind::Code => code(&block.text),
        Kind::Table => lines(&block.text, |_| true).join("\n"),
        Kind::Heading => line(&block.text),
        Kind::Text | Kind::Item => lines(&block.text, |line| !is_the_site(line)).join("\n\n"),
    });
    let led = texts.zip(blocks).filter(|(text, _)| !text.is_empty());
    let kept: Vec<String> = led.map(|(text, block)| block.lead.clone() + &text).collect();
    capped(&kept.join("\n\n"), MOST_CHARS)
}

fn lines(text: &str, keep: impl Fn(&str) -> bool) -> Vec<String> {
    text.split('\n').map(line).filter(|line| !line.is_empty() && keep(line)).collect()
}

/// Whether a whole paragraph belongs to the site, not to the article.
fn is_the_site(line: &str) -> bool {
    line.chars().count() <= BOILERPLATE_CHARS && BOILERPLATE.is_match(line)
}

/// Terminals that colour by HTML are shown by scripts, which we do not run.
static COLOURS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"</?(?:font|span|u|b|i)(?: [a-z]+=[^<>]*)?>").ok());

fn code(text: &str) -> String {
    let plain = COLOURS.as_ref().filter(|_| text.contains("<font color="));
    let text = plain.map_or_else(|| text.into(), |colours| colours.replace_all(text, ""));
    let rows: Vec<String> = text
        .split('\n')
        .map(|row| row.chars().filter(|c| !is_invisible(*c)).collect::<String>().trim_end().to_owned())
        .collect();
    let first = rows.iter().position(|row| !row.is_empty()).unwrap_or(0);
    let last = rows.iter().rposition(|row| !row.is_empty()).map_or(0, |n| n + 1);
    rows.get(first..last).map(|rows| rows.join("\n")).unwrap_or_default()
}

/// The text itself where its writer has written `&amp;` once too often.
pub fn decoded(text: &str) -> std::borrow::Cow<'_, str> {
    let is_encoded = text.split_once('&').is_some_and(|(_, rest)| rest.chars().take(10).any(|c| c == ';'));
    if !is_encoded || text.contains('<') {
        return text.into();
    }
    dom_query::Document::fragment(text).text().to_string().into()
}

/// One line: no control characters, single spaces, at most [`MOST_TITLE_CHARS`].
pub fn title(text: &str) -> String {
    capped(&line(&decoded(text)), MOST_TITLE_CHARS).0
}

/// Length in Latin characters: a Chinese one says about as much as two.
pub fn weight(text: &str) -> usize {
    text.chars().map(|c| if is_han(c) { 2 } else { 1 }).sum()
}

/// The same of a text with the space of its source: many in a row are one.
pub fn spaced_weight(text: &str) -> usize {
    let mut after_space = true;
    let mut weight = 0;
    for c in text.chars() {
        let is_space = c.is_whitespace();
        weight += if is_space && after_space {
            0
        } else if is_han(c) {
            2
        } else {
            1
        };
        after_space = is_space;
    }
    weight - usize::from(after_space && weight > 0)
}

/// Whether `c` is a Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Whether `c` is a Japanese syllable.
pub fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}')
}

/// One line: no control characters, single spaces.
pub fn line(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let spaced = SPACE.as_ref().map_or(plain.clone(), |space| space.replace_all(&plain, " ").into_owned());
    spaced.trim().to_owned()
}

fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// Cut at the end of a paragraph, else of a character.
fn capped(text: &str, most: usize) -> (String, bool) {
    let Some((end, _)) = text.char_indices().nth(most) else { return (text.to_owned(), false) };
    let head = &text[..end];
    let end = head.rfind("\n\n").filter(|at| *at > end / 2).unwrap_or(end);
    (head[..end].trim_end().to_owned(), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_is_taken_out_of_the_article() {
        let text = "Share this article\n\nThe lab shipped a model.\n\nAdvertisement\n\nIt runs on a laptop.\nSubscribe to our newsletter\n\
            © 2026 Example Media. All rights reserved.";
        assert_eq!(paragraphs(text).0, "The lab shipped a model.\n\nIt runs on a laptop.");
        let text = "公司发布了新模型。\n责任编辑：张三\n它可以在笔记本上运行。\n扫码关注我们的公众号\n未经授权不得转载";
        assert_eq!(paragraphs(text).0, "公司发布了新模型。\n\n它可以在笔记本上运行。");
    }

    #[test]
    fn a_list_of_other_articles_ends_the_text() {
        let text = "One.\n\nTwo.\n\nThree.\n\nFour.\n\nRelated articles\n\nAnother story of the site";
        assert_eq!(paragraphs(text).0, "One.\n\nTwo.\n\nThree.\n\nFour.");
    }

    #[test]
    fn sentences_that_begin_like_a_button_stay() {
        let text = "Share prices fell by a tenth after the company said that it would spend more on chips.\n\n\
            Sign language models are the team's next goal, and the data for them is public already, which is new for the field and its people.";
        assert_eq!(paragraphs(text).0, text);
    }

    #[test]
    fn text_is_capped_and_free_of_control_characters() {
        let (text, cut) = paragraphs(&"a\u{0} sentence\u{202e}.\n\n".repeat(3));
        assert_eq!((text.as_str(), cut), ("a sentence.", false));
        let long: String = (0..20_000).map(|n| format!("Line {n} of it.\n\n")).collect();
        let (text, cut) = paragraphs(&long);
        assert!(cut && text.chars().count() <= MOST_CHARS && text.ends_with('.'));
    }

    fn shown(html: &str) -> String {
        let tree = super::super::tree::Tree::of(&dom_query::Document::from(html));
        assemble(&super::super::render::blocks(&tree, 0..tree.nodes.len(), &|_| true)).0
    }

    #[test]
    fn ordered_lists_keep_their_numbers() {
        assert_eq!(
            shown(
                "<p>Do this:</p><ol><li>Install it.</li><li><p>Run it.</p><p>It waits.</p></li><li></li><li>Stop it.</li></ol><p>Done.</p>"
            ),
            "Do this:\n\n1. Install it.\n\n2. Run it.\n\nIt waits.\n\n4. Stop it.\n\nDone."
        );
        assert_eq!(
            shown("<ol start=5><li>five</li><li value=9>nine</li><li>ten</li></ol>"),
            "5. five\n\n9. nine\n\n10. ten"
        );
        assert_eq!(
            shown("<ol reversed><li>three</li><li>two</li><li>one</li></ol>"),
            "3. three\n\n2. two\n\n1. one"
        );
        assert_eq!(
            shown("<ol type=a><li>one</li></ol><ol type=I start=4><li>four</li></ol>"),
            "a. one\n\nIV. four"
        );
        assert_eq!(
            shown("<ol><li>1. One.</li><li>二、两个。</li><li>①第三</li></ol>"),
            "1. One.\n\n二、两个。\n\n①第三"
        );
        assert_eq!(shown("<ol start=99999999999><li>x</li></ol><ul><li>y</li></ul>"), "1. x\n\ny");
    }

    #[test]
    fn items_that_are_no_steps_get_no_number() {
        let list = "<ol><li><h3><a href=/a>Another story</a></h3></li><li><article>One more</article></li><li>^ A footnote.</li></ol>";
        assert_eq!(shown(list), "Another story\n\nOne more\n\n^ A footnote.");
    }

    #[test]
    fn a_list_in_a_list_is_set_in() {
        let html = "<ol><li>Get it<ul><li>by hand</li><li>by mail<ol><li>ask</li><li>wait</li></ol></li></ul>and rest</li><li>Use it</li></ol>";
        assert_eq!(
            shown(html),
            "1. Get it\n\n  by hand\n\n  by mail\n\n    1. ask\n\n    2. wait\n\nand rest\n\n2. Use it"
        );
    }
}
