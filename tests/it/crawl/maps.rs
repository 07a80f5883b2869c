//! Indexes of sitemaps.

use headsup::config::SourceConfig;
use headsup::model::SourceKind;

use super::web::{Web, ok, status};
use super::{crawl, crawl_later, minutes_to_next, reading, source, state, titles};
use crate::app::TestApp;

fn index(maps: &[(&str, &str)]) -> String {
    let map = |(path, lastmod): &(&str, &str)| format!("<sitemap><loc>{path}</loc>{lastmod}</sitemap>");
    format!("<sitemapindex>{}</sitemapindex>", maps.iter().map(map).collect::<String>())
}

fn map(pages: &[&str]) -> String {
    let page = |path: &&str| format!("<url><loc>{path}</loc><lastmod>2026-05-05</lastmod></url>");
    format!("<urlset>{}</urlset>", pages.iter().map(page).collect::<String>())
}

async fn following(web: &Web) -> TestApp {
    let url = format!("{}/map.xml", web.base);
    reading(vec![SourceConfig { kind: SourceKind::Sitemap, ..source("map", url) }]).await
}

#[tokio::test]
async fn an_index_of_sitemaps_is_followed_only_when_it_says_something_new() {
    const DAYS: [&str; 2] = ["<lastmod>2026-05-04</lastmod>", "<lastmod>2026-05-05</lastmod>"];
    let web = Web::with([
        ("/map.xml", index(&[("/old.xml", DAYS[0]), ("/new.xml", DAYS[1])])),
        ("/old.xml", map(&["/news/larks"])),
        ("/new.xml", map(&["/news/owls"])),
    ])
    .await;
    web.put("/robots.txt", ok("User-agent: *\nDisallow: /hidden\n"));
    let app = following(&web).await;
    assert_eq!(crawl(&app).await.count("items"), 2);
    assert_eq!(titles(&app).await, ["Larks", "Owls"]);
    assert_eq!(web.take_paths(), ["/map.xml", "/new.xml", "/old.xml", "/robots.txt"]);
    crawl_later(&app, 30).await;
    assert_eq!(
        web.take_paths(),
        ["/map.xml", "/robots.txt"],
        "the index is the same, and so are its sitemaps"
    );
    web.put("/map.xml", ok(index(&[("/old.xml", DAYS[0]), ("/hidden.xml", DAYS[1])])));
    web.put("/hidden.xml", ok(map(&["/news/hidden"])));
    crawl_later(&app, 30).await;
    assert_eq!(web.take_paths(), ["/map.xml", "/old.xml", "/robots.txt"]);
    assert!(state(&app, "map").await.1.contains("/hidden.xml cannot be read: robots.txt forbids it"));
}

#[tokio::test]
async fn sitemaps_that_their_index_does_not_date_are_asked_once_a_day() {
    let web = Web::with([("/map.xml", index(&[("/a.xml", ""), ("/b.xml", "")]))]).await;
    web.put("/a.xml", ok(map(&["/news/larks"])));
    web.put("/b.xml", ok(map(&["/news/owls"])));
    let app = following(&web).await;
    assert_eq!(crawl(&app).await.count("items"), 2);
    assert!(minutes_to_next(&app, "map").await >= 1440);
    assert_eq!(crawl_later(&app, 30).await.count("not_modified"), 1, "no byte of them changed");
    web.put("/b.xml", ok(map(&["/news/owls", "/news/wrens"])));
    assert_eq!(crawl_later(&app, 30).await.count("items"), 1, "the index is the same, what it names is not");
    web.put("/b.xml", status(404));
    crawl_later(&app, 30).await;
    assert!(state(&app, "map").await.1.ends_with("/b.xml cannot be read: HTTP 404"));
    web.put("/a.xml", status(404));
    crawl_later(&app, 30).await;
    assert_eq!(state(&app, "map").await.0, "failing");
}

#[tokio::test]
async fn whoever_tries_an_index_sees_what_its_sitemaps_list() {
    let web = Web::with([("/map.xml", index(&[("/a.xml", ""), ("/b.xml", "")]))]).await;
    web.put("/a.xml", ok(map(&["/news/larks"])));
    web.put("/b.xml", ok(map(&["/jobs/x"])));
    let news = SourceConfig {
        kind: SourceKind::Sitemap,
        path_prefix: Some("/news/".into()),
        ..source("map", format!("{}/map.xml", web.base))
    };
    let app = reading(Vec::new()).await;
    let try_it = || headsup::crawl::try_source(&app.ctx.settings.crawl, &news, app.ctx.clock.now());
    let tried = try_it().await.unwrap();
    assert_eq!(tried.entries.iter().map(|entry| &*entry.title).collect::<Vec<_>>(), ["Larks"]);
    web.put("/b.xml", status(404));
    assert!(try_it().await.unwrap_err().error.ends_with("/b.xml cannot be read: HTTP 404"));
}
