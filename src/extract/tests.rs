//! Whole pages, as sites make them: what a reader would call the article, and nothing else.

use chrono::{DateTime, Utc};

use super::inspect;
use crate::config::ArticleRules;
use crate::model::{Article, Language};

const SENTENCE: &str =
    "The lab pruned the model to a tenth of its size, and it still answers on a laptop without a network.";

fn read(html: &str) -> Article {
    inspect::page(
        html.as_bytes(),
        Some("text/html"),
        "https://lab.example/post",
        &ArticleRules::default(),
        now(),
    )
    .unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn paragraphs(n: usize) -> String {
    (0..n).map(|n| format!("<p>{n}. {SENTENCE} {SENTENCE}</p>")).collect()
}

#[test]
fn furniture_is_left_out_and_structure_is_kept() {
    let html = format!(
        "<html><head><title>Pruned model | Example Lab</title></head><body>\
         <header class=site-header><nav><ul><li><a href=/>Home</a></li><li><a href=/blog>Blog</a></li></ul></nav></header>\
         <main><h1>Pruned model</h1><p class=lead>What it takes to run a large model where there is little memory.</p>\
         <div class=post-content>{}<h2>How to run it</h2><ul><li>fetch the weights</li><li>start the server</li></ul>\
         <pre><code>lab fetch small\n  --quantized\nlab serve</code></pre>\
         <table><tr><th>Model</th><th>GB</th></tr><tr><td>small</td><td>4</td></tr></table>\
         <figure><img src=a.png><figcaption>Photo: Example Agency</figcaption></figure>{}\
         <div class=share-buttons><a href=x>Post it</a></div>\
         <h3>Related posts</h3><ul><li><a href=/o>Another model entirely</a></li></ul></div>\
         <section class=comments><p>{SENTENCE} I tried, says a reader, and it did not.</p></section></main>\
         <footer><p>Example Lab, a company with an address and a long legal notice that nobody reads to its end.</p></footer></body></html>",
        paragraphs(4),
        paragraphs(2)
    );
    let article = read(&html);
    for kept in [
        "What it takes to run",
        "How to run it\n\nfetch the weights\n\nstart the server",
        "lab fetch small\n  --quantized\nlab serve",
        "Model | GB\nsmall | 4",
    ] {
        assert!(article.text.contains(kept), "{kept:?} is missing in\n{}", article.text);
    }
    for dropped in [
        "Home",
        "Example Agency",
        "Post it",
        "Related posts",
        "Another model",
        "says a reader",
        "legal notice",
    ] {
        assert!(!article.text.contains(dropped), "{dropped:?} stands in\n{}", article.text);
    }
    assert_eq!((article.title.as_str(), article.complete), ("Pruned model", true));
}

#[test]
fn rows_of_teasers_are_not_the_article() {
    let teaser = |n: usize| {
        format!(
            "<div class=tile><h3><a href=/{n}>Another story of the day {n}</a></h3><p>It has two lines about it.</p></div>"
        )
    };
    let teasers: String = (0..6).map(teaser).collect();
    let html = format!(
        "<body><div id=page><div>{}</div><div class=grid>{teasers}</div></div></body>",
        paragraphs(5)
    );
    let article = read(&html);
    assert!(
        article.text.contains("4. The lab") && !article.text.contains("Another story"),
        "{}",
        article.text
    );
}

#[test]
fn an_article_in_several_boxes_is_read_to_its_end() {
    let boxes: String =
        (0..5).map(|n| format!("<section><h2>Part {n}</h2><div>{}</div></section>", paragraphs(2))).collect();
    let article = read(&format!("<body><nav>Menu</nav><main>{boxes}</main></body>"));
    for n in 0..5 {
        assert!(article.text.contains(&format!("Part {n}\n\n0. The lab")), "{}", article.text);
    }
}

#[test]
fn what_a_page_says_of_itself_is_read() {
    let html = format!(
        "<html><head><title>Pruned model - Example Lab</title><link rel=canonical href=/clean>\
         <meta property=og:site_name content='Example Lab'><meta property=og:image content=/lead.png>\
         <meta property=og:image:alt content='A laptop on a desk'></head><body><article><h1>Pruned model</h1>\
         <div class=byline>By <a rel=author href=/people/mei>Mei Lin</a></div><time datetime='2026-05-04T09:00:00+08:00'>4 May</time>\
         {}</article></body></html>",
        paragraphs(5)
    );
    let article = read(&html);
    assert_eq!(article.author.as_deref(), Some("Mei Lin"));
    assert_eq!(article.date.unwrap().to_rfc3339(), "2026-05-04T09:00:00+08:00");
    assert_eq!(article.site.as_deref(), Some("Example Lab"));
    assert_eq!(article.canonical.as_deref(), Some("https://lab.example/clean"));
    assert_eq!(article.image.as_deref(), Some("https://lab.example/lead.png"));
    assert_eq!(article.image_alt.as_deref(), Some("A laptop on a desk"));
}

#[test]
fn chinese_and_japanese_pages_are_read() {
    let chinese = "这家实验室把模型剪枝到十分之一，在没有网络的笔记本上仍能回答问题。研究人员公布了权重、脚本和评测数据。";
    let html = format!(
        "<html><head><title>剪枝模型在笔记本上运行_科技_示例网</title></head><body><div class=nav><a href=/>首页</a></div><div class=article-content>\
         <h1>剪枝模型在笔记本上运行</h1><p class=info>2026年05月04日 08:00 来源：示例网</p>{}<p>责任编辑：王小明</p></div>\
         <div class=recommend-list><a href=/x>猜你喜欢：别的新闻</a></div></body></html>",
        format!("<p>{chinese}</p>").repeat(5)
    );
    let article = read(&html);
    assert_eq!((article.title.as_str(), article.language), ("剪枝模型在笔记本上运行", Language::Zh.into()));
    assert_eq!(article.date.unwrap().date_naive().to_string(), "2026-05-04");
    assert!(article.text.starts_with(chinese), "{}", article.text);
    assert!(!article.text.contains("责任编辑") && !article.text.contains("猜你喜欢"), "{}", article.text);

    let japanese =
        "研究所はモデルを十分の一に縮小し、ネットワークのないノートパソコンでも質問に答えられるようにした。";
    let html = format!(
        "<body><nav><a href=/>ホーム</a></nav><article><h1>小さなモデル</h1>{}</article></body>",
        format!("<p>{japanese}</p>").repeat(5)
    );
    let article = read(&html);
    assert!(article.text.starts_with(japanese) && !article.text.contains("ホーム"), "{}", article.text);
}

#[test]
fn a_formula_does_not_break_its_sentence() {
    let html = format!(
        "<article><h1>Loss</h1><p>A loss of <mjx-container><mjx-math>x</mjx-math></mjx-container> is enough, the authors write in their new report.</p>{}</article>",
        paragraphs(4)
    );
    assert!(read(&html).text.contains("A loss of x is enough"));
}

#[test]
fn code_is_read_without_the_numbers_of_its_lines() {
    let html = format!(
        "<article><h1>Run it</h1>{}<pre><span class=ln>1</span><span>lab fetch</span>\n<span class=ln>2</span><span>lab serve 8080</span></pre>\
         <table><tr><td class=gutter><pre>1\n2</pre></td><td class=code><pre>open door\nclose door</pre></td></tr></table>{}</article>",
        paragraphs(3),
        paragraphs(3)
    );
    let text = read(&html).text;
    assert!(text.contains("lab fetch\nlab serve 8080") && text.contains("open door\nclose door"), "{text}");
    assert!(!text.contains("1lab") && !text.contains("1\n2"), "{text}");
}

#[test]
fn the_lead_picture_is_found_where_the_head_names_none() {
    let body = format!("<h1>Desk</h1><img src=img/desk.jpg alt='A desk'>{}", paragraphs(4));
    let article =
        read(&format!("<head><base href='https://cdn.example/a/'></head><article>{body}</article>"));
    assert_eq!(article.image.as_deref(), Some("https://cdn.example/a/img/desk.jpg"));
    assert_eq!(article.image_alt.as_deref(), Some("A desk"));
    let head = "<meta property=og:image content='http://[no'><meta name=twitter:image content=/good.png><link rel=canonical href=''><meta property=og:url content=/own>";
    let article = read(&format!("<head>{head}</head><article>{body}</article>"));
    assert_eq!(article.image.as_deref(), Some("https://lab.example/good.png"));
    assert_eq!(article.canonical.as_deref(), Some("https://lab.example/own"));
}

#[test]
fn a_description_of_another_story_is_not_the_page_s() {
    let head = r#"<title>Desk for two</title><script type="application/ld+json">[{"@type":"NewsArticle","headline":"Other story","author":"Jo Park","datePublished":"2020-01-01"},
        {"@type":"NewsArticle","headline":"Desk for two","author":{"name":"Mei Lin"},"datePublished":"2026-05-04",}]</script>"#;
    let article =
        read(&format!("<head>{head}</head><article><h1>Desk for two</h1>{}</article>", paragraphs(4)));
    assert_eq!(article.author.as_deref(), Some("Mei Lin"));
    assert_eq!(article.date.unwrap().date_naive().to_string(), "2026-05-04");
}

#[test]
fn a_day_to_come_is_no_day_of_publication() {
    let read = |head: &str| {
        let html = format!("<head>{head}</head><article><h1>Pruned model</h1>{}</article>", paragraphs(3));
        self::read(&html).date.map(|at| at.date_naive().to_string())
    };
    let described = "<script type='application/ld+json'>{\"@type\":\"Article\",\"datePublished\":\"2090-01-01\"}</script>";
    assert_eq!(read(described), None);
    let stated = "<meta property=article:published_time content=2026-05-04T08:00:00Z>";
    assert_eq!(read(&format!("{described}{stated}")).as_deref(), Some("2026-05-04"));
    let changed = "<meta property=article:modified_time content=2026-05-20T08:00:00Z>";
    assert_eq!(read(changed).as_deref(), Some("2026-05-20"));
}

#[test]
fn a_site_s_front_page_is_not_the_address_of_its_articles() {
    let canonical = |href: &str| {
        let head = format!("<title>Pruned model</title><link rel=canonical href='{href}'>");
        read(&format!("<head>{head}</head><article><h1>Pruned model</h1>{}</article>", paragraphs(4)))
            .canonical
    };
    assert_eq!(canonical("https://lab.example/"), None);
    assert_eq!(canonical("https://lab.example"), None);
    assert_eq!(canonical("https://other.example/post"), Some("https://other.example/post".into()));
    assert_eq!(canonical("/?p=7"), Some("https://lab.example/?p=7".into()));
}

#[test]
fn a_page_that_says_its_title_alone_is_no_article() {
    let html = b"<title>Pruned model</title><article><h1>Pruned model</h1></article>";
    let read = inspect::page(html, None, "https://lab.example/post", &ArticleRules::default(), now());
    assert_eq!(read.unwrap_err(), "no text in the page");
}
