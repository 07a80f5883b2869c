//! The article pages, in layouts as different as real ones: navigation, banners, sidebars, comments, footers.

use super::data::Sample;
use super::sites::Site;
use super::{Answer, escape, missing};
use crate::model::{Language, SourceKind};

/// Listed in a feed, but taken down.
const GONE: [&str; 1] = ["bakery-software"];
/// Behind a question whether the reader is human.
const GUARDED: [&str; 1] = ["dianfei-zhangdan"];
/// Cut for those who do not pay.
const PAID: [&str; 1] = ["small-models-table"];

/// The page of an item.
pub fn page(site: &Site, item: &Sample) -> Answer {
    let slug = item.slug.as_str();
    if GONE.contains(&slug) {
        return missing();
    }
    let body = match () {
        () if GUARDED.contains(&slug) => guarded(),
        () if site.kind == SourceKind::Arxiv => paper(item),
        () if site.kind == SourceKind::Page => corporate(site, item),
        () if site.language == Language::Zh => chinese(site, item),
        () => press(site, item),
    };
    Answer { status: 200, content_type: "text/html; charset=utf-8", body: body.into_bytes() }
}

/// A paper's abstract, or as HTML with its sections, captions and limits where we have written them.
pub fn paper_page(site: &Site, item: &Sample, is_whole: bool) -> Answer {
    if !is_whole {
        return page(site, item);
    }
    let Some(text) = whole(&item.slug) else { return missing() };
    let body =
        text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(block).collect::<String>();
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><nav class=\"ltx_page_navbar\"><a href=\"/\">List of papers</a></nav>\
         <div class=\"ltx_page_main\"><article class=\"ltx_document\"><h1 class=\"ltx_title ltx_title_document\">{title}</h1>\
         <div class=\"ltx_authors\">{author}</div><div class=\"ltx_abstract\"><p>{summary}</p></div>{body}\
         <section class=\"ltx_bibliography\"><h2>References</h2><ul><li>[1] An earlier report.</li></ul></section></article></div></body></html>",
        title = escape(&item.title),
        author = escape(&item.author),
        summary = escape(&item.paragraphs.join(" ")),
    );
    Answer { status: 200, content_type: "text/html; charset=utf-8", body: html.into_bytes() }
}

/// "= slug" and then the text: a line "# 1 Title" heads a section, "Figure 1: …" is a caption.
fn whole(slug: &str) -> Option<&'static str> {
    let texts = include_str!("data/paper_texts.txt").split("\n= ");
    texts
        .filter_map(|piece| piece.trim_start_matches("= ").split_once('\n'))
        .find(|(name, _)| *name == slug)
        .map(|(_, text)| text)
}

fn block(text: &str) -> String {
    match (text.strip_prefix("# "), text.starts_with("Figure ")) {
        (Some(title), _) => format!("<h2 class=\"ltx_title ltx_title_section\">{}</h2>\n", escape(title)),
        (None, true) => {
            format!("<figure><figcaption class=\"ltx_caption\">{}</figcaption></figure>\n", escape(text))
        }
        (None, false) => format!("<div class=\"ltx_para\"><p class=\"ltx_p\">{}</p></div>\n", escape(text)),
    }
}

fn guarded() -> String {
    "<!doctype html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>\
     <p>Please complete the captcha to continue. Enable JavaScript and cookies.</p></body></html>"
        .to_owned()
}

fn paper(item: &Sample) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><h1 class=\"title\">{title}</h1><p class=\"authors\">{author}</p>\
         <blockquote class=\"abstract\">{text}</blockquote><p>Submitted on {date}</p></body></html>",
        title = escape(&item.title),
        author = escape(&item.author),
        text = escape(&item.paragraphs.join(" ")),
        date = item.at.format("%d %B %Y"),
    )
}

fn corporate(site: &Site, item: &Sample) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>{title} | {name}</title><meta property=\"article:published_time\" content=\"{at}\"></head>\
         <body><header><nav><ul><li><a href=\"/\">Platform</a></li><li><a href=\"/\">Customers</a></li><li><a href=\"/\">Book a demo</a></li></ul></nav></header>\
         <main><div class=\"hero\"><h1>{title}</h1><p class=\"byline\">By the {name} team</p></div><div class=\"body\">{text}</div></main>\
         <section class=\"cta\"><h2>See it in your own data centre</h2><a href=\"/\">Contact sales</a></section>\
         <footer><p>© {name}. All rights reserved. Privacy policy. Terms.</p></footer></body></html>",
        title = escape(&item.title),
        name = escape(site.name),
        at = item.at.to_rfc3339(),
        text = paragraphs(item),
    )
}

fn press(site: &Site, item: &Sample) -> String {
    let text = if PAID.contains(&item.slug.as_str()) {
        let first = escape(item.teaser());
        format!(
            "<p>{first}</p><div class=\"paywall\"><p>Subscribe to continue reading. Already a subscriber? Sign in.</p></div>"
        )
    } else {
        paragraphs(item)
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><title>{title} – {name}</title><meta property=\"og:title\" content=\"{title}\">\
         <meta property=\"article:published_time\" content=\"{at}\"></head><body>\
         <div id=\"cookie-banner\"><p>We and our 840 partners use cookies. <button>Accept all</button></p></div>\
         <div class=\"menu\"><a href=\"/\">Home</a> <a href=\"/\">Latest</a> <a href=\"/\">Newsletters</a></div>\
         <article><h1>{title}</h1><div class=\"meta\"><time datetime=\"{at}\">{date}</time></div>\
         <div class=\"share\"><a href=\"#\">Share</a> <a href=\"#\">Mail</a></div>{text}</article>\
         <aside><h3>Most read</h3><ul><li><a href=\"/\">Ten photographs of the week</a></li><li><a href=\"/\">The crossword</a></li></ul></aside>\
         <section class=\"comments\"><h3>Comments</h3><p>First! Great read.</p><p>Does anybody know more?</p></section>\
         <footer>© {name}. Imprint. Privacy policy.</footer></body></html>",
        title = escape(&item.plain_title()),
        name = escape(site.name),
        at = item.at.to_rfc3339(),
        date = item.at.format("%B %d, %Y"),
    )
}

fn chinese(site: &Site, item: &Sample) -> String {
    let title = item.title.replace("<b>", "").replace("</b>", "");
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><title>{title}_{name}</title></head><body>\
         <div class=\"top\"><a href=\"/\">首页</a><a href=\"/\">快讯</a><a href=\"/\">专栏</a><a href=\"/\">登录</a></div>\
         <div class=\"wrap\"><div class=\"main\"><h1>{heading}</h1><div class=\"info\">来源：{name} {date}</div>\
         <div class=\"content\">{text}</div><div class=\"tip\">本文为{name}原创，转载请注明出处。</div></div>\
         <div class=\"side\"><h4>热门文章</h4><ul><li><a href=\"/\">本周天气</a></li><li><a href=\"/\">周末去哪儿</a></li></ul></div></div>\
         <div class=\"foot\">京ICP备00000000号 关于我们 联系我们</div></body></html>",
        title = escape(&title),
        heading = item.title,
        name = escape(site.name),
        date = item.at.format("%Y年%m月%d日 %H:%M"),
        text = paragraphs(item),
    )
}

fn paragraphs(item: &Sample) -> String {
    item.paragraphs.iter().map(|text| format!("<p>{}</p>\n", escape(text))).collect()
}
