//! The items' own pages: which are fetched, in which order, and when they are given up.

use headsup::config::{ArticleRules, Feeds, SourceConfig};
use headsup::model::SourceKind;
use headsup::{extract, group, judge};

use super::web::{Web, ok, status, typed};
use super::{column, crawl, crawl_later, reading, rss, source};
use crate::app::TestApp;

/// A source whose items' pages are fetched.
fn with_pages(slug: &str, url: String) -> SourceConfig {
    SourceConfig { fetch_pages: true, ..source(slug, url) }
}

async fn states(app: &TestApp) -> Vec<String> {
    column(
        app,
        "SELECT title || ' ' || page_state || coalesce(' ' || page_error, '') FROM items ORDER BY title",
    )
    .await
}

#[tokio::test]
async fn pages_are_fetched_once_and_a_bad_one_fails_alone() {
    let web = Web::with([("/feed", rss(&[("/a", "A"), ("/b", "B"), ("/c", "C"), ("/d", "D")]))]).await;
    web.put("/a", typed("text/html; charset=utf-8", "<p>The text of A"));
    web.put("/b", typed("application/pdf", "%PDF"));
    web.put("/c", status(404));
    web.put("/d", status(503));
    let app = reading(vec![with_pages("one", format!("{}/feed", web.base))]).await;
    let report = crawl(&app).await;
    assert_eq!((report.count("pages"), report.count("pages_failed")), (1, 3), "{report:?}");
    assert_eq!(
        states(&app).await,
        [
            "A fetched",
            "B failed is application/pdf, not a web page",
            "C failed HTTP 404",
            "D wanted HTTP 503"
        ]
    );
    assert_eq!(column(&app, "SELECT convert_from(body, 'UTF8') FROM pages").await, ["<p>The text of A"]);
    web.take_seen();
    crawl(&app).await;
    assert!(web.take_seen().is_empty(), "what failed for now is not asked again at once");
    for _ in 0..4 {
        crawl_later(&app, 30).await;
    }
    let asked: Vec<String> = web.take_paths().into_iter().filter(|path| path == "/d").collect();
    assert_eq!(asked.len(), 2, "tried three times in all, then given up");
    assert_eq!(states(&app).await[3], "D failed HTTP 503");
}

#[tokio::test]
async fn robots_txt_is_obeyed_for_pages_and_asked_once() {
    let web = Web::with([("/feed", rss(&[("/open/a", "A"), ("/closed/b", "B"), ("/open/c", "C")]))]).await;
    web.put("/robots.txt", ok("User-agent: *\nDisallow: /feed\nDisallow: /closed/\n"));
    web.put("/open/a", typed("text/html", "<p>A"));
    web.put("/open/c", typed("text/html", "<p>C"));
    web.put("/closed/b", typed("text/html", "<p>B"));
    let app = reading(vec![with_pages("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    assert_eq!(states(&app).await, ["A fetched", "B failed robots.txt forbids it", "C fetched"]);
    assert_eq!(
        web.take_paths(),
        ["/feed", "/open/a", "/open/c", "/robots.txt"],
        "a feed is there to be read"
    );
}

#[tokio::test]
async fn the_newest_pages_come_first_and_no_source_takes_all() {
    let (busy, calm) = (Web::start().await, Web::start().await);
    let many: Vec<(String, String)> = (0..6).map(|n| (format!("/{n}"), format!("Busy {n}"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(link, title)| (link.as_str(), title.as_str())).collect();
    busy.put("/feed", ok(rss(&many)));
    calm.put("/feed", ok(rss(&[("/0", "Calm 0")])));
    for n in 0..6 {
        busy.put(&format!("/{n}"), typed("text/html", "<p>text"));
    }
    calm.put("/0", typed("text/html", "<p>text"));
    let mut app = TestApp::start_with(|settings| settings.crawl.pages_per_run = 3).await;
    let sources = vec![
        with_pages("busy", format!("{}/feed", busy.base)),
        with_pages("calm", format!("{}/feed", calm.base)),
    ];
    app.read(Feeds { block: Vec::new(), keep: Vec::new(), sources });
    assert_eq!(crawl(&app).await.count("pages"), 3);
    let fetched = column(&app, "SELECT title FROM items WHERE page_state = 'fetched' ORDER BY title").await;
    assert_eq!(fetched, ["Busy 0", "Busy 1", "Calm 0"]);
}

#[tokio::test]
async fn a_source_that_needs_no_pages_costs_none() {
    let web = Web::with([("/feed", rss(&[("/a", "A")]))]).await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    assert_eq!(states(&app).await, ["A not-needed"]);
    assert_eq!(web.take_paths(), ["/feed"]);
}

#[tokio::test]
async fn the_best_papers_are_read_as_a_whole_and_keep_their_abstracts() {
    let web = Web::start().await;
    let entry = |id: &str, title: &str| {
        format!(
            "<entry><id>{0}/abs/{id}</id><title>{title}</title><published>2026-05-06T06:00:00Z</published>\
             <updated>2026-05-06T06:00:00Z</updated><summary>We prune a large language model to 1.2B parameters: inference costs 62% less on a laptop, and accuracy on MMLU falls by 0.4 points. Code and weights: https://github.com/example/small</summary>\
             <link href='{0}/abs/{id}' rel='alternate'/></entry>",
            web.base
        )
    };
    let feed = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'>{}{}</feed>",
        entry("2605.00001v1", "Small models on laptops"),
        entry("2605.00002v1", "Attention without tables")
    );
    web.put("/api/query", ok(feed));
    let paper = "<article class='ltx_document'><h1 class=ltx_title_document>Small models on laptops</h1>\
        <section><h2>1 Introduction</h2><p>Laptops have little memory.</p></section>\
        <section class=ltx_bibliography><h2>References</h2><p>[1] Someone.</p></section></article>";
    web.put("/html/2605.00001v1", typed("text/html", paper));
    web.put("/html/2605.00002v1", status(404));
    let source = SourceConfig { kind: SourceKind::Arxiv, ..source("cl", format!("{}/api/query", web.base)) };
    let mut source = source;
    source.lane = headsup::model::Lane::Research;
    let app = reading(vec![source]).await;
    crawl(&app).await;
    assert!(!web.take_paths().iter().any(|path| path.starts_with("/html")), "nobody has judged it yet");
    for _ in 0..2 {
        extract::run(&app.ctx).await.unwrap();
        group::run(&app.ctx).await.unwrap();
        judge::run(&app.ctx).await.unwrap();
        crawl_later(&app, 1).await;
    }
    app.ctx.clock.set(app.ctx.clock.now() + chrono::TimeDelta::hours(1));
    extract::run(&app.ctx).await.unwrap();
    let verdicts = column(&app, "SELECT concat_ws(' ', lane, dropped) FROM verdicts WHERE current").await;
    assert_eq!(verdicts, ["research", "research"]);
    let articles =
        column(&app, "SELECT title || ': ' || how || ': ' || coalesce(paper, '-') FROM articles ORDER BY 1")
            .await;
    assert_eq!(
        articles,
        [
            "Attention without tables: abstract: -",
            "Small models on laptops: abstract: 1 Introduction\n\nLaptops have little memory."
        ]
    );
    let bodies = column(&app, "SELECT body FROM articles").await;
    assert!(bodies.iter().all(|body| body.starts_with("We prune a large")), "{bodies:?}");
}

#[tokio::test]
async fn a_source_s_selectors_decide_what_its_pages_say() {
    let web = Web::with([("/feed", rss(&[("/a", "A")]))]).await;
    let text = "The lab measured the pruned model on a laptop, and it answered in half the time. ".repeat(8);
    let page = format!(
        "<html><head><link rel=canonical href='/a?clean'><meta property=og:site_name content='Example Lab'>\
         <meta property=og:image content='/i.png'></head><body><div class=story><p>{text}</p><p class=promo>Buy our book now.</p></div></body></html>"
    );
    web.put("/a", typed("text/html", page));
    let rules = ArticleRules { content: Some(".story".into()), remove: vec![".promo".into()] };
    let one = SourceConfig { article: Some(rules), ..with_pages("one", format!("{}/feed", web.base)) };
    let app = reading(vec![one]).await;
    crawl(&app).await;
    app.ctx.clock.set(app.ctx.clock.now() + chrono::TimeDelta::minutes(1));
    extract::run(&app.ctx).await.unwrap();
    assert_eq!(column(&app, "SELECT body FROM articles").await, [text.trim()]);
    let facts = column(&app, "SELECT concat_ws(' ', site, canonical_link, image) FROM articles").await;
    assert_eq!(facts, [format!("Example Lab {0}/a?clean {0}/i.png", web.base)]);
}
