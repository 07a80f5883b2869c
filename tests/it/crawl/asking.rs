//! How sources are asked, and what is made of their answers.

use headsup::config::{Feeds, SourceConfig};
use headsup::store::{claims, sources};

use super::web::{Answer, Web, ok, status, told, typed};
use super::{crawl, crawl_later, minutes_to_next, reading, row, rss, source, state, titles};
use crate::app::TestApp;

#[tokio::test]
async fn a_sources_entries_become_items_once() {
    let web = Web::with([("/feed", rss(&[("/b", "Beta"), ("/a", "Alpha")]))]).await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    let report = crawl(&app).await;
    assert_eq!((report.count("fetched"), report.count("items")), (1, 2), "{report:?}");
    assert_eq!(titles(&app).await, ["Alpha", "Beta"]);
    let link: String = sqlx::query_scalar("SELECT link FROM items WHERE title = 'Alpha'")
        .fetch_one(&app.ctx.pool)
        .await
        .unwrap();
    assert_eq!(link, format!("{}/a", web.base));
    let one = row(&app, "one").await;
    assert_eq!((one.state.as_str(), one.n_entries, one.last_error), ("ok", 2, None));

    assert_eq!(crawl(&app).await.count("sources"), 0, "not due");
    let second = crawl_later(&app, 3).await;
    assert_eq!(
        (second.count("not_modified"), second.count("items")),
        (1, 0),
        "the same bytes are nothing new"
    );
}

#[tokio::test]
async fn a_bad_source_fails_alone_and_says_why() {
    let web =
        Web::with([("/good", rss(&[("/a", "Alpha")])), ("/html", "<html><body>Please log in".into())]).await;
    web.put("/nothing", ok(""));
    web.put("/huge", Answer::Endless(50_000_000));
    web.put("/500", status(500));
    web.put("/403", status(403));
    web.put("/gone", status(410));
    web.put("/stalls", Answer::Stalls);
    web.put("/rubbish", ok("\u{0}\u{1}<<<>&"));
    web.put("/round", told(302, "location", "/round"));
    web.put("/none", ok(rss(&[])));
    let wrong = [
        ("html", "html-instead", "answers HTML instead of a feed"),
        ("nothing", "empty", "empty answer"),
        ("huge", "failing", "larger than 1000000 bytes"),
        ("500", "failing", "HTTP 500"),
        ("403", "blocked", "HTTP 403"),
        ("gone", "gone", "HTTP 410: its publisher took it down; tried again after 30 days"),
        ("stalls", "failing", "no answer within 3 s"),
        ("rubbish", "failing", "not readable as a feed"),
        ("round", "failing", "more than 5 redirects"),
        ("none", "empty", "the feed has no entries"),
    ];
    let mut app = TestApp::start_with(|settings| {
        settings.crawl.timeout_seconds = 3;
        settings.crawl.max_bytes = 1_000_000;
    })
    .await;
    let slugs = wrong.iter().map(|(slug, _, _)| *slug).chain(["good"]);
    app.read(Feeds {
        block: Vec::new(),
        keep: Vec::new(),
        sources: slugs.map(|slug| source(slug, format!("{}/{slug}", web.base))).collect(),
    });
    let report = crawl(&app).await;
    assert_eq!(
        (report.count("sources"), report.count("fetched"), report.count("failed")),
        (11, 2, 9),
        "{report:?}"
    );
    assert_eq!(titles(&app).await, ["Alpha"]);
    assert_eq!(state(&app, "good").await, ("ok".to_owned(), String::new()));
    for (slug, want, complaint) in wrong {
        let (state, error) = state(&app, slug).await;
        assert_eq!(state, want, "{slug}: {error}");
        assert!(error.contains(complaint), "{slug}: {error}");
    }
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    let web = Web::with([("/feed", rss(&[("/a", "Alpha")]))]).await;
    let port = web.base.rsplit_once(':').unwrap().1;
    let mut app = TestApp::start_with(|settings| settings.crawl.allow_private = false).await;
    let hosts = ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"];
    let mut all: Vec<_> = hosts
        .iter()
        .enumerate()
        .map(|(n, host)| {
            let mut closed = source(&format!("closed-{n}"), format!("http://{host}:{port}/feed"));
            closed.allow_private = false;
            closed
        })
        .collect();
    all.push(source("open", format!("{}/feed", web.base)));
    app.read(Feeds { block: Vec::new(), keep: Vec::new(), sources: all });
    crawl(&app).await;
    for (n, host) in hosts.iter().enumerate() {
        let (_, error) = state(&app, &format!("closed-{n}")).await;
        assert!(error.contains("private address refused"), "{host}: {error}");
    }
    assert_eq!(web.take_paths(), ["/feed"], "only the trusted source was asked");
}

#[tokio::test]
async fn a_source_is_asked_for_changes_in_its_own_words() {
    let web = Web::start().await;
    let etag = "W/\"a,b\\\"--gzip\"";
    let feed = rss(&[("/a", "Alpha")]);
    let headers =
        vec![("etag", etag.to_owned()), ("last-modified", "Tue, 5 May 2026 0:00:00 +0000".to_owned())];
    web.put("/feed", Answer::Says(200, headers, feed.into()));
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    let first = web.take_seen().remove(0);
    assert!(first.headers.get("if-none-match").is_none());
    let agent = first.headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("headsup/") && agent.contains('('), "{agent}");
    assert!(first.headers.get("cookie").is_none() && first.headers.get("referer").is_none());

    web.put("/feed", told(304, "etag", "\"new\""));
    let report = crawl_later(&app, 3).await;
    let second = web.take_seen().remove(0);
    assert_eq!(second.headers["if-none-match"], etag);
    assert_eq!(second.headers["if-modified-since"], "Tue, 5 May 2026 0:00:00 +0000");
    assert_eq!((report.count("not_modified"), report.count("failed")), (1, 0));

    crawl_later(&app, 3).await;
    assert_eq!(web.take_seen()[0].headers["if-none-match"], "\"new\"", "a 304 may bring a new tag");
    assert_eq!(row(&app, "one").await.n_entries, 1, "304 keeps what was known");
}

#[tokio::test]
async fn compressed_and_chinese_answers_are_read() {
    let web = Web::start().await;
    let feed = rss(&[("/a", "大模型推理成本下降"), ("/b", "国内厂商发布新版本"), ("/c", &"长".repeat(300))]);
    let gbk = encoding_rs::GBK.encode(&feed).0.into_owned();
    web.put("/header", typed("text/xml; charset=gb2312", gbk.clone()));
    web.put("/declared", ok([b"<?xml version='1.0' encoding='gbk'?>".as_slice(), &gbk].concat()));
    web.put("/silent", ok(gbk));
    for path in ["header", "declared", "silent"] {
        let app = reading(vec![source(path, format!("{}/{path}", web.base))]).await;
        assert_eq!(crawl(&app).await.count("items"), 3, "{path}");
        assert!(titles(&app).await.contains(&"大模型推理成本下降".to_owned()), "{path}");
        let languages = super::column(&app, "SELECT DISTINCT language FROM items").await;
        assert_eq!(languages, ["zh"], "{path}");
    }
    let asked = web.take_seen().remove(0);
    assert!(asked.headers["accept-encoding"].to_str().unwrap().contains("gzip"));
}

#[tokio::test]
async fn a_source_that_asks_for_a_pause_gets_it() {
    let web = Web::start().await;
    web.put("/429", told(429, "retry-after", "10800"));
    web.put(
        "/503",
        Answer::Says(
            503,
            vec![
                ("retry-after", "Wed, 06 May 2026 14:00:00 GMT".into()),
                ("date", "Wed, 06 May 2026 08:00:00 GMT".into()),
            ],
            Vec::new(),
        ),
    );
    web.put("/ttl", ok(rss(&[("/a", "Alpha")]).replace("<title>Some", "<ttl>240</ttl><title>Some")));
    web.put(
        "/age",
        Answer::Says(
            200,
            vec![("cache-control", "public, max-age=18000".into())],
            rss(&[("/b", "B")]).into(),
        ),
    );
    web.put("/plain", ok(rss(&[("/c", "C")])));
    let slugs = ["429", "503", "ttl", "age", "plain"];
    // Each on its own: what a host says to one it says to all (see `manners`).
    let own = |slug| SourceConfig { heed_host_pause: false, ..source(slug, format!("{}/{slug}", web.base)) };
    let app = reading(slugs.map(own).to_vec()).await;
    crawl(&app).await;
    // Up to a tenth later, so that sources do not come in step.
    for (slug, least) in [("429", 180), ("503", 360), ("ttl", 240), ("age", 300), ("plain", 60)] {
        let minutes = minutes_to_next(&app, slug).await;
        assert!((least..=least + least / 10).contains(&minutes), "{slug}: {minutes}");
    }
}

#[tokio::test]
async fn failures_are_asked_again_later_and_later_and_forgiven_at_once() {
    let web = Web::start().await;
    web.put("/feed", status(500));
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    let mut waits = Vec::new();
    for _ in 0..8 {
        crawl_later(&app, 30).await;
        waits.push(minutes_to_next(&app, "one").await);
    }
    assert!(waits.windows(2).take(4).all(|pair| pair[0] < pair[1]), "{waits:?}");
    assert!(waits.iter().all(|minutes| *minutes <= 24 * 60 * 11 / 10), "never given up: {waits:?}");
    assert_eq!(row(&app, "one").await.n_failures, 8);
    web.put("/feed", ok(rss(&[("/a", "Alpha")])));
    crawl_later(&app, 30).await;
    let one = row(&app, "one").await;
    assert_eq!((one.state.as_str(), one.n_failures, one.last_error), ("ok", 0, None));
}

#[tokio::test]
async fn nobody_is_punished_when_our_own_network_is_down() {
    let nowhere = |port: u16| format!("http://127.0.0.1:{port}/feed");
    let app = reading((1..=4).map(|n| source(&format!("s{n}"), nowhere(n))).collect()).await;
    let report = crawl(&app).await;
    assert!(report.warnings.iter().any(|line| line.contains("offline")), "{report:?}");
    for row in sources::list(&app.ctx.pool).await.unwrap() {
        assert_eq!((row.n_failures, row.state.as_str()), (0, "new"), "{}", row.slug);
        assert!(row.next_at - app.ctx.clock.now() <= chrono::TimeDelta::minutes(15));
    }
}

#[tokio::test]
async fn one_unreachable_source_among_others_is_its_own_fault() {
    let web = Web::with([("/feed", rss(&[("/a", "Alpha")]))]).await;
    let good = source("good", format!("{}/feed", web.base));
    let app = reading(vec![good, source("down", "http://127.0.0.1:1/feed")]).await;
    crawl(&app).await;
    let down = row(&app, "down").await;
    assert_eq!((down.n_failures, down.state.as_str()), (1, "failing"));
    assert!(down.last_error.unwrap().starts_with("cannot connect"));
}

#[tokio::test]
async fn a_host_is_asked_one_thing_at_a_time_with_pauses() {
    let web = Web::start().await;
    let mut app = TestApp::start_with(|settings| settings.crawl.host_gap_ms = 40).await;
    let paths: Vec<String> = (0..4).map(|n| format!("/{n}")).collect();
    for path in &paths {
        web.put(path, ok(rss(&[(&format!("/item{path}"), "Title")])));
    }
    let sources =
        paths.iter().enumerate().map(|(n, path)| source(&format!("s{n}"), format!("{}{path}", web.base)));
    app.read(Feeds { block: Vec::new(), keep: Vec::new(), sources: sources.collect() });
    let began = std::time::Instant::now();
    crawl(&app).await;
    assert_eq!(web.most_at_once(), 1);
    assert!(began.elapsed().as_millis() >= 120, "three pauses between four questions");
}

#[tokio::test]
async fn two_processes_ask_each_source_once() {
    let web = Web::start().await;
    let paths: Vec<String> = (0..6).map(|n| format!("/{n}")).collect();
    for path in &paths {
        web.put(path, ok(rss(&[(&format!("/item{path}"), "Title")])));
    }
    let sources =
        paths.iter().enumerate().map(|(n, path)| source(&format!("s{n}"), format!("{}{path}", web.base)));
    let app = reading(sources.collect()).await;
    let (one, two) = tokio::join!(crawl(&app), crawl(&app));
    assert_eq!(one.count("items") + two.count("items"), 6);
    assert_eq!(web.take_paths(), paths);
}

#[tokio::test]
async fn what_a_killed_process_held_is_asked_at_once() {
    let web = Web::with([("/feed", rss(&[("/a", "Alpha")]))]).await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    app.ctx.cancel.cancel();
    crawl(&app).await;
    let mut app = app;
    app.ctx.cancel = Default::default();
    let now = app.ctx.clock.now();
    let held =
        claims::claim_due(&app.ctx.pool, "123", (now, now + chrono::TimeDelta::hours(1)), 9).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(crawl(&app).await.count("items"), 1);
}

#[tokio::test]
async fn a_stopped_run_asks_nothing_and_keeps_nothing_back() {
    let web = Web::with([("/feed", rss(&[("/a", "Alpha")]))]).await;
    let mut app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    app.ctx.cancel.cancel();
    crawl(&app).await;
    assert!(web.take_seen().is_empty());
    app.ctx.cancel = Default::default();
    assert_eq!(crawl(&app).await.count("items"), 1);
}

#[tokio::test]
async fn feeds_toml_decides_which_sources_are_asked() {
    let web = Web::start().await;
    web.put("/old", Answer::Tagged("\"v1\"", rss(&[("/a", "Alpha")]).into()));
    web.put("/new", Answer::Tagged("\"v1\"", rss(&[("/b", "Beta")]).into()));
    web.put("/two", ok(rss(&[("/c", "Gamma")])));
    let (one, two) = (source("one", format!("{}/old", web.base)), source("two", format!("{}/two", web.base)));
    let mut app = reading(vec![one, two.clone()]).await;
    crawl(&app).await;
    web.take_seen();

    app.read(Feeds {
        block: Vec::new(),
        keep: Vec::new(),
        sources: vec![source("one", format!("{}/new", web.base))],
    });
    let report = crawl(&app).await;
    assert_eq!(report.count("items"), 1, "the new address is asked at once, without the old one's tag");
    assert_eq!(web.take_paths(), ["/new"]);
    assert!(!row(&app, "two").await.enabled);
    crawl_later(&app, 30).await;
    assert_eq!(web.take_paths(), ["/new"]);
    assert_eq!(titles(&app).await, ["Alpha", "Beta", "Gamma"], "what a source said stays");

    app.read(Feeds { block: Vec::new(), keep: Vec::new(), sources: vec![two] });
    crawl_later(&app, 30).await;
    assert_eq!(web.take_paths(), ["/two"], "a source may come back");
}

#[tokio::test]
async fn a_moved_feed_is_followed_and_its_links_are_read_there() {
    let web = Web::with([("/new/feed", rss(&[("post", "Alpha")]))]).await;
    web.put("/feed", told(301, "location", "/new/feed"));
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    let links = super::column(&app, "SELECT link FROM items").await;
    assert_eq!(links, [format!("{}/new/post", web.base)]);
}

#[tokio::test]
async fn checking_asks_everybody_and_stores_nothing() {
    let web = Web::with([("/good", rss(&[("/a", "Alpha")]).replace("Alpha", "R&D"))]).await;
    let url = |path: &str| format!("{}/{path}", web.base);
    let app = reading(vec![source("good", url("good")), source("bad", url("bad"))]).await;
    let checked = crawl::check(&app.ctx).await.unwrap();
    let [good, bad] = checked.as_slice() else { panic!("{checked:?}") };
    assert!(good.ok && good.entries == 1 && good.newest.is_some(), "{good:?}");
    assert_eq!(good.repairs, ["entities mended"]);
    assert_eq!((bad.ok, bad.message.as_str()), (false, "HTTP 404"));
    assert!(sources::list(&app.ctx.pool).await.unwrap().is_empty());
}
