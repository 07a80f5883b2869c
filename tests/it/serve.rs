//! The archive as a browser meets it: over HTTP, with the sample internet's stories, and with nothing at all.

use std::collections::BTreeSet;

use headsup::demo::run;
use headsup::pipeline;
use headsup::store::subscribers;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};

use crate::app::TestApp;

/// Pages that exist in each language, also when nothing ran yet.
const PAGES: [&str; 13] = [
    "",
    "/",
    "/issues",
    "/papers",
    "/learn",
    "/learn/build",
    "/dropped",
    "/hindsight",
    "/search",
    "/search?q=KV",
    "/sources",
    "/status",
    "/about",
];

struct Archive {
    app: TestApp,
    base: String,
    client: Client,
}

impl Archive {
    async fn empty() -> Self {
        let app = TestApp::start().await;
        let base = app.serve().await;
        Self { app, base, client: client() }
    }

    /// The demo's four issues and its paper.
    async fn full() -> Self {
        let app = TestApp::start().await;
        let demo = run::prepare(&app.ctx, 0).await.unwrap();
        let base = demo.report.archive.clone();
        tokio::spawn(demo.serve());
        Self { app, base, client: client() }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn page(&self, path: &str) -> String {
        let (status, text) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        text
    }
}

fn client() -> Client {
    Client::builder().no_proxy().redirect(Policy::none()).build().unwrap()
}

/// Paths on our own site that a page links to.
fn links(page: &str) -> BTreeSet<String> {
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let plain = hrefs.map(|href| href.replace("&#x2f;", "/").replace("&amp;", "&"));
    plain.filter(|href| href.starts_with('/')).collect()
}

#[tokio::test]
async fn an_archive_without_anything_says_so_in_both_languages() {
    let archive = Archive::empty().await;
    for language in ["en", "zh"] {
        for page in PAGES {
            archive.page(&format!("/{language}{page}")).await;
        }
    }
    assert!(archive.page("/en").await.contains("headsup run"));
    assert_eq!(archive.page("/healthz").await, "ok\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_of_the_archive_leads_somewhere_and_no_address_is_shown() {
    let archive = Archive::full().await;
    let mut known: BTreeSet<String> = ["/en", "/zh"].map(str::to_owned).into();
    let mut open: Vec<String> = known.iter().cloned().collect();
    while let Some(path) = open.pop() {
        let page = archive.page(&path).await;
        assert!(!page.contains("<script") || path.ends_with("/mail"), "{path}");
        for address in ["reader@example.org", "duzhe@example.org", "%%UNSUBSCRIBE%%"] {
            assert!(!page.contains(address), "{path} shows {address}");
        }
        for link in links(&page).into_iter().filter(|link| !link.starts_with("/assets/")) {
            if known.insert(link.clone()) {
                open.push(link);
            }
        }
    }
    assert!(known.len() > 100, "{} pages", known.len());
    assert!(known.contains("/en/issues/weekly/4") && known.contains("/zh/issues/paper/1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_finds_both_languages_and_the_feed_can_be_read() {
    let archive = Archive::full().await;
    assert!(archive.page("/zh/search?q=%E5%A4%9A%E6%A8%A1%E6%80%81").await.contains("Qinghe-VL"));
    assert!(archive.page("/en/search?q=nosuchword%25_").await.contains("Nothing found"));
    for language in ["en", "zh"] {
        let xml = archive.page(&format!("/feed/{language}.xml")).await;
        let feed = feed_rs::parser::parse(xml.as_bytes()).unwrap();
        assert_eq!(feed.entries.len(), 5);
    }
}

#[tokio::test]
async fn what_a_source_says_is_said_in_the_readers_language() {
    let mut archive = Archive::empty().await;
    let at = |slug: &str, url: &str| headsup::config::SourceConfig {
        slug: slug.into(),
        allow_private: true,
        ..headsup::config::SourceConfig::of_url(url)
    };
    // One that answers, since if none did the network would be to blame.
    let own = at("own", &format!("{}/feed/en.xml", archive.base));
    let sources = vec![at("broken-blog", "http://127.0.0.1:1/feed"), own];
    archive.app.read(headsup::config::Feeds { sources, ..Default::default() });
    pipeline::run_stages(&archive.app.ctx, &[pipeline::Stage::Crawl]).await.unwrap();
    assert!(archive.page("/en/sources").await.contains("cannot connect: Connection refused"));
    for page in ["/zh/sources", "/zh/status"] {
        let page = archive.page(page).await;
        assert!(page.contains("无法连接：连接被拒绝") && !page.contains("cannot connect"), "{page}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_a_friendly_404() {
    let archive = Archive::empty().await;
    for path in [
        "/nope",
        "/fr",
        "/en/story/99",
        "/en/story/x",
        "/zh/issues/weekly/9",
        "/en/issues/daily/1",
        "/u/unknown",
        "/assets/x.css",
    ] {
        let status = archive.get(path).await.0;
        assert!(status == StatusCode::NOT_FOUND || status == StatusCode::BAD_REQUEST, "{path}: {status}");
    }
}

#[tokio::test]
async fn leaving_takes_a_post_and_works_twice() {
    let archive = Archive::empty().await;
    let ctx = &archive.app.ctx;
    let language = headsup::model::Language::Zh;
    subscribers::add(&ctx.pool, "one@example.org", language, ctx.clock.now()).await.unwrap();
    let reader = subscribers::list(&ctx.pool).await.unwrap().remove(0);
    let path = format!("/u/{}", reader.token);
    assert!(archive.page(&path).await.contains("<button>退订</button>"));
    let has_left = || async { subscribers::list(&ctx.pool).await.unwrap()[0].left_at.is_some() };
    assert!(!has_left().await, "GET changes nothing");
    for _ in 0..2 {
        let post = archive.client.post(format!("{}{path}", archive.base)).body("List-Unsubscribe=One-Click");
        assert_eq!(post.send().await.unwrap().status(), StatusCode::OK);
        assert!(has_left().await);
    }
}

#[tokio::test]
async fn pages_forbid_what_they_do_not_need() {
    let archive = Archive::empty().await;
    let answer = archive.client.get(format!("{}/en", archive.base)).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let root = archive.client.get(&archive.base).header("accept-language", "zh-CN").send().await.unwrap();
    assert_eq!(root.headers()["location"], "/zh");
}
