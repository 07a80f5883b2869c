//! The items' own pages: which are fetched, in which order, and when they are given up.

use headsup::config::{ArticleRules, Feeds, SourceConfig};
use headsup::model::SourceKind;
use headsup::{extract, group, judge};

use super::web::{Answer, Web, ok, status, told, typed};
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

#[tokio::test]
async fn a_hanging_host_keeps_its_pages_for_later_and_holds_up_nobody() {
    let (hangs, good) = (Web::start().await, Web::start().await);
    let many: Vec<(String, String)> =
        (0..8).map(|n| (format!("{}/{n}", hangs.base), format!("Page {n}"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(link, title)| (link.as_str(), title.as_str())).collect();
    good.put("/hanging", ok(rss(&many)));
    good.put("/feed", ok(rss(&[("/a", "Good")])));
    good.put("/a", typed("text/html", "<p>text"));
    for n in 0..8 {
        hangs.put(&format!("/{n}"), Answer::Stalls);
    }
    let mut app = TestApp::start_with(|settings| settings.crawl.timeout_seconds = 1).await;
    let sources = vec![
        with_pages("hanging", format!("{}/hanging", good.base)),
        with_pages("good", format!("{}/feed", good.base)),
    ];
    app.read(Feeds { block: Vec::new(), keep: Vec::new(), sources });
    crawl(&app).await;
    let states = states(&app).await;
    assert_eq!(states[0], "Good fetched");
    assert_eq!(states.iter().filter(|state| state.contains("no answer within")).count(), 2, "{states:?}");
    assert!(states[1..].iter().all(|state| state.contains("wanted")), "{states:?}");
}

#[tokio::test]
async fn two_processes_fetch_each_page_once() {
    let web = Web::start().await;
    let many: Vec<(String, String)> = (0..6).map(|n| (format!("/{n}"), format!("Page {n}"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(link, title)| (link.as_str(), title.as_str())).collect();
    web.put("/feed", ok(rss(&many)));
    for n in 0..6 {
        web.put(&format!("/{n}"), typed("text/html", "<p>text"));
    }
    let app = reading(vec![with_pages("one", format!("{}/feed", web.base))]).await;
    tokio::join!(crawl(&app), crawl(&app), crawl(&app));
    let pages: Vec<String> = web.take_paths().into_iter().filter(|path| path.len() == 2).collect();
    assert_eq!(pages, ["/0", "/1", "/2", "/3", "/4", "/5"]);
}

#[tokio::test]
async fn without_its_robots_txt_a_host_is_not_asked_for_pages() {
    for (answer, says) in [
        (status(503), "HTTP 503"),
        (Answer::Stalls, "no answer within 1 s"),
        (told(429, "retry-after", "7200"), "HTTP 429"),
    ] {
        let web = Web::with([("/feed", rss(&[("/a", "A")]))]).await;
        web.put("/a", typed("text/html", "<p>text"));
        web.put("/robots.txt", answer);
        let mut app = TestApp::start_with(|settings| settings.crawl.timeout_seconds = 1).await;
        let sources = vec![with_pages("one", format!("{}/feed", web.base))];
        app.read(Feeds { block: Vec::new(), keep: Vec::new(), sources });
        crawl(&app).await;
        assert_eq!(states(&app).await, [format!("A wanted its robots.txt cannot be had: {says}")]);
        assert!(!web.take_paths().contains(&"/a".to_owned()));
        let paused = column(&app, "SELECT host FROM hosts").await;
        assert_eq!(paused.len(), usize::from(says == "HTTP 429"));
    }
}

#[tokio::test]
async fn the_head_of_an_endless_robots_txt_is_heeded() {
    let web = Web::with([("/feed", rss(&[("/a", "A")]))]).await;
    web.put("/a", typed("text/html", "<p>text"));
    web.put("/robots.txt", ok(format!("User-agent: *\nDisallow: /a\n{}", "# more\n".repeat(200_000))));
    let app = reading(vec![with_pages("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    assert_eq!(states(&app).await, ["A failed robots.txt forbids it"]);
}

#[tokio::test]
async fn the_robots_txt_of_where_a_redirect_leads_is_obeyed() {
    let (here, there) = (Web::start().await, Web::start().await);
    here.put("/feed", ok(rss(&[("/a", "A"), ("/b", "B")])));
    for page in ["/a", "/b"] {
        here.put(page, told(302, "location", format!("{}{page}", there.base)));
        there.put(page, typed("text/html", "<p>text"));
    }
    there.put("/robots.txt", ok("User-agent: *\nDisallow: /b\n"));
    let app = reading(vec![with_pages("one", format!("{}/feed", here.base))]).await;
    crawl(&app).await;
    assert_eq!(states(&app).await, ["A fetched", "B failed robots.txt forbids it"]);
    assert_eq!(there.take_paths(), ["/a", "/robots.txt"]);
}
