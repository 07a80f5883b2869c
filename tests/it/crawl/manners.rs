//! When and where a source is asked again: pauses of its host, its own rhythm, a moved address, and the published rules
//! for feed readers.

use std::collections::HashMap;

use chrono::{TimeDelta, Utc};
use headsup::config::SourceConfig;

use super::web::{Answer, Seen, Web, ok, status, told};
use super::{column, crawl, crawl_later, minutes_to_next, reading, row, rss, source, state, titles};
use crate::app::TestApp;

#[tokio::test]
async fn what_a_host_asks_of_one_source_holds_for_all_that_heed_it() {
    let web = Web::with([("/b", rss(&[("/1", "Beta")])), ("/c", rss(&[("/2", "Gamma")]))]).await;
    web.put("/a", told(429, "retry-after", "10800"));
    let of = |slug: &str| source(slug, format!("{}/{slug}", web.base));
    let own = SourceConfig { heed_host_pause: false, ..of("c") };
    let app = reading(vec![of("a"), of("b"), own]).await;
    let report = crawl(&app).await;
    assert_eq!(web.take_paths(), ["/a", "/c"], "b waits with its host, c has an exception");
    assert_eq!((report.count("failed"), titles(&app).await), (1, vec!["Gamma".to_owned()]));
    crawl_later(&app, 1).await;
    assert!(!web.take_paths().contains(&"/b".to_owned()), "the pause outlives the run");
    assert_eq!(row(&app, "b").await.n_failures, 0, "and is nobody's failure");
    crawl_later(&app, 3).await;
    assert_eq!(titles(&app).await, ["Beta", "Gamma"]);
}

#[tokio::test]
async fn a_permanent_redirect_is_adopted_at_the_third_sighting_and_both_addresses_are_kept() {
    let web = Web::with([("/new", rss(&[("/1", "Alpha")]))]).await;
    web.put("/old", told(301, "location", "/new"));
    let (old, new) = (format!("{}/old", web.base), format!("{}/new", web.base));
    let app = reading(vec![source("one", old.clone())]).await;
    for _ in 0..2 {
        crawl_later(&app, 30).await;
    }
    web.put("/old", told(302, "location", "/new"));
    crawl_later(&app, 30).await;
    web.put("/old", told(301, "location", "/new"));
    for _ in 0..2 {
        crawl_later(&app, 30).await;
        assert_eq!(state(&app, "one").await.0, "ok", "a passing redirect between them starts the count anew");
    }
    crawl_later(&app, 30).await;
    let (word, message) = state(&app, "one").await;
    assert!(word == "moved" && message.contains(&new), "{word} {message}");
    let one = row(&app, "one").await;
    assert_eq!((one.url, one.moved_to), (old, Some(new)));
    web.take_paths();
    crawl_later(&app, 30).await;
    assert_eq!(web.take_paths(), ["/new"], "the old address is left alone");
    web.put("/new", status(404));
    for _ in 0..3 {
        crawl_later(&app, 30).await;
    }
    web.take_paths();
    crawl_later(&app, 30).await;
    assert!(web.take_paths().contains(&"/old".to_owned()), "and asked again when the new one fails");
}

#[tokio::test]
async fn a_chain_with_one_passing_redirect_is_not_permanent() {
    let web = Web::with([("/new", rss(&[("/1", "Alpha")]))]).await;
    web.put("/old", told(301, "location", "/between"));
    web.put("/between", told(307, "location", "/new"));
    let app = reading(vec![source("one", format!("{}/old", web.base))]).await;
    for _ in 0..4 {
        crawl_later(&app, 30).await;
    }
    assert_eq!((state(&app, "one").await.0.as_str(), row(&app, "one").await.moved_to), ("ok", None));
    web.put("/old", told(302, "location", "/old"));
    crawl_later(&app, 30).await;
    assert!(state(&app, "one").await.1.contains("redirects"), "round and round is an error");
}

#[tokio::test]
async fn a_source_is_asked_in_its_own_rhythm() {
    let dated = |hours: &[i64]| {
        let start = "2026-05-06T07:00:00Z".parse::<chrono::DateTime<Utc>>().unwrap();
        let item = |h: &i64| {
            let at = (start - TimeDelta::hours(*h)).to_rfc2822();
            format!("<item><title>Of {h}</title><link>/{h}</link><pubDate>{at}</pubDate></item>")
        };
        let items: String = hours.iter().map(item).collect();
        format!("<rss version='2.0'><channel><title>f</title>{items}</channel></rss>")
    };
    let skips = dated(&[0])
        .replace("</title><item>", "</title><skipHours><hour>9</hour><hour>10</hour></skipHours><item>");
    let web = Web::with([
        ("/daily", dated(&[0, 24, 48, 72])),
        ("/monthly", dated(&[0, 700, 1400])),
        ("/silent", dated(&[24 * 15, 24 * 15 + 1])),
        ("/skips", skips),
    ])
    .await;
    let of = |slug: &str| source(slug, format!("{}/{slug}", web.base));
    let seldom = SourceConfig { longest_minutes: 4000, ..of("monthly") };
    let app = reading(vec![of("daily"), seldom, of("silent"), of("skips")]).await;
    crawl(&app).await;
    for (slug, least) in [("daily", 720), ("monthly", 4000), ("silent", 720), ("skips", 180)] {
        let minutes = minutes_to_next(&app, slug).await;
        assert!((least..=least + least / 10).contains(&minutes), "{slug}: {minutes}");
    }
    web.put("/daily", status(304));
    crawl_later(&app, 24).await;
    let minutes = minutes_to_next(&app, "daily").await;
    assert!((720..=792).contains(&minutes), "a 304 changes nothing about its rhythm: {minutes}");
}

#[tokio::test]
async fn a_source_that_answers_304_for_weeks_falls_quiet() {
    let web = Web::with([("/feed", rss(&[("/1", "Alpha"), ("/2", "Beta")]))]).await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    web.put("/feed", status(304));
    crawl_later(&app, 24).await;
    assert_eq!(state(&app, "one").await.0, "ok");
    crawl_later(&app, 24 * 20).await;
    let (word, message) = state(&app, "one").await;
    assert!(word == "quiet" && message.contains("2026-05-06"), "{word} {message}");
}

#[tokio::test]
async fn validators_that_are_no_longer_sent_are_no_longer_echoed() {
    let web = Web::start().await;
    let feed = rss(&[("/1", "Alpha")]);
    web.put("/feed", Answer::Says(200, vec![("etag", "\"a\"".into())], feed.clone().into()));
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    web.put("/feed", Answer::Says(200, vec![("last-modified", "yesterday".into())], feed.into()));
    crawl_later(&app, 30).await;
    crawl_later(&app, 30).await;
    let last = web.take_seen().pop().unwrap();
    assert_eq!(
        (last.headers.get("if-none-match"), &last.headers["if-modified-since"]),
        (None, &"yesterday".parse().unwrap())
    );
}

#[tokio::test]
async fn lists_and_sitemaps_are_asked_as_robots_txt_allows() {
    let map = "<urlset><url><loc>/blog/a</loc><lastmod>2026-05-06</lastmod></url></urlset>";
    let web = Web::with([
        ("/map.xml", map.to_owned()),
        ("/robots.txt", "User-agent: *\nDisallow: /map.xml".into()),
    ])
    .await;
    let map = SourceConfig {
        kind: headsup::model::SourceKind::Sitemap,
        ..source("map", format!("{}/map.xml", web.base))
    };
    let app = reading(vec![map]).await;
    crawl(&app).await;
    assert_eq!(web.take_paths(), ["/robots.txt"]);
    let (word, message) = state(&app, "map").await;
    assert!(word == "blocked" && message.contains("robots.txt"), "{word} {message}");
}

/// The rules of <https://rachelbythebay.com/w/2024/06/11/fsr/>: never unconditional after the first answer, validators
/// echoed exactly and each updated when it changes, at least an hour between two polls also after a restart, 429 obeyed.
#[tokio::test]
async fn the_published_rules_for_feed_readers_are_kept() {
    const DAYS: i64 = 4;
    let web = Web::start().await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    let start = app.ctx.clock.now();
    let mut polls: Vec<(i64, Seen)> = Vec::new();
    let mut sent: (Option<String>, Option<String>) = (None, None);
    let mut busy_until = 0;
    // A run every ten minutes, each as if after a restart: nothing but the database remembers.
    for minute in (0..DAYS * 1440).step_by(10) {
        app.ctx.clock.set(start + TimeDelta::minutes(minute));
        let (etag, date) = validators(minute);
        let is_busy = (1500..1700).contains(&minute);
        let answer = if is_busy {
            told(429, "retry-after", "14400")
        } else if sent == (Some(etag.clone()), Some(date.clone())) {
            Answer::Says(304, vec![("etag", etag.clone()), ("last-modified", date.clone())], Vec::new())
        } else {
            let body = rss(&[("/1", &format!("Alpha of {}", minute / 1440))]).into();
            Answer::Says(200, vec![("etag", etag.clone()), ("last-modified", date.clone())], body)
        };
        web.put("/feed", answer);
        crawl(&app).await;
        for seen in web.take_seen() {
            assert_eq!(seen.path, "/feed", "nothing is added to the address");
            assert!(minute >= busy_until, "asked at {minute} although it is to wait until {busy_until}");
            let header = |name: &str| seen.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!((header("if-none-match"), header("if-modified-since")), sent, "at minute {minute}");
            let shown: Vec<&str> =
                ["cookie", "referer"].into_iter().filter(|name| header(name).is_some()).collect();
            assert!(shown.is_empty(), "{shown:?}");
            if is_busy {
                busy_until = minute + 240;
            } else {
                sent = (Some(etag.clone()), Some(date.clone()));
            }
            polls.push((minute, seen));
        }
    }
    let gaps: Vec<i64> = polls.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(gaps.iter().all(|gap| *gap >= 60), "{gaps:?}");
    assert!(polls.len() > 20, "a reader that never asks keeps every rule: {}", polls.len());
    let n_changes: HashMap<_, usize> = polls.iter().fold(HashMap::new(), |mut n, (_, seen)| {
        *n.entry(seen.headers.get("if-none-match").cloned()).or_default() += 1;
        n
    });
    assert!(n_changes.len() > 3, "the validators did change: {n_changes:?}");
}

/// They change at different times, and one of them looks odd.
fn validators(minute: i64) -> (String, String) {
    (
        format!("W/\"{}--gzip;\\x\"", minute / 1440),
        format!("Thu, 0{} Jan 1970 0:0:0 +0000", 1 + minute / 2000),
    )
}

#[tokio::test]
async fn readings_of_popularity_are_a_series_with_ages() {
    let hits = |points: i64| {
        format!(
            r#"{{"hits":[{{"objectID":"7","title":"A small model","url":"https://a.example/small","points":{points},
               "num_comments":4,"created_at":"2026-05-06T02:00:00Z"}}]}}"#
        )
    };
    let web =
        Web::with([("/hn", hits(100)), ("/feed", rss(&[("https://a.example/small", "A small model")]))])
            .await;
    let hn = SourceConfig {
        kind: headsup::model::SourceKind::HackerNews,
        ..source("hn", format!("{}/hn", web.base))
    };
    let app = reading(vec![source("blog", format!("{}/feed", web.base)), hn]).await;
    crawl(&app).await;
    web.put("/hn", ok(hits(180)));
    crawl_later(&app, 30).await;
    web.put("/hn", ok(hits(180) + " "));
    crawl_later(&app, 30).await;
    let series = "SELECT s.kind || ' ' || s.value || ' at ' || s.age_minutes / 60 FROM signals s JOIN items i ON i.id = s.item_id
                  WHERE i.canonical_link = 'https://a.example/small' ORDER BY s.kind, s.read_at";
    let [comments, first, second]: [String; 3] = column(&app, series).await.try_into().unwrap();
    assert!(comments.starts_with("comments 4 at "), "{comments}");
    assert!(first.starts_with("points 100 at ") && second.starts_with("points 180 at "), "{first} {second}");
    let age = |text: &str| text.rsplit(' ').next().unwrap().parse::<i64>().unwrap();
    assert_eq!(age(&second) - age(&first), 30);
    assert_eq!(n_items(&app).await, 1, "it is the blog's item, however many list it");
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back() {
    let web = Web::with([
        ("/feed", rss(&[("/1", "Alpha"), ("/2", "Beta")])),
        ("/copy", rss(&[("/1", "Alpha again")])),
    ])
    .await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    sqlx::query("DELETE FROM items WHERE title = 'Alpha'").execute(&app.ctx.pool).await.unwrap();
    web.put("/feed", ok(rss(&[("/1", "Alpha"), ("/2", "Beta"), ("/3", "Gamma")])));
    crawl_later(&app, 30).await;
    assert_eq!(titles(&app).await, ["Beta", "Gamma"]);
    let withdrawn = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'>\
        <at:deleted-entry ref='/2' when='2026-05-06T00:00:00Z'/><entry><id>/4</id><title>Delta</title><link href='/4'/>\
        <updated>2026-05-06T00:00:00Z</updated></entry></feed>";
    web.put("/feed", ok(withdrawn));
    crawl_later(&app, 30).await;
    assert_eq!(titles(&app).await, ["Delta", "Gamma"], "its publisher took it back");
    web.put("/feed", ok(rss(&[("/2", "Beta")])));
    crawl_later(&app, 30).await;
    assert_eq!(titles(&app).await, ["Delta", "Gamma"]);
}

async fn n_items(app: &TestApp) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM items").fetch_one(&app.ctx.pool).await.unwrap()
}

#[tokio::test]
async fn sources_are_asked_through_the_environments_proxy_but_private_ones_never_are() {
    let proxy = Web::with([("/feed", rss(&[("/1", "Behind the proxy")]))]).await;
    let intranet = Web::with([("/own", rss(&[("/2", "Of the house")]))]).await;
    let mut app = TestApp::start_with(|settings| {
        settings.crawl.proxies.http = Some(proxy.base.clone());
        settings.crawl.allow_private = false;
    })
    .await;
    let outside =
        SourceConfig { allow_private: false, ..source("outside", "http://feeds.headsup-test.example/feed") };
    let hidden = SourceConfig { allow_private: false, ..source("hidden", "http://10.0.0.1/feed") };
    let sources = vec![outside, hidden, source("own", format!("{}/own", intranet.base))];
    app.read(headsup::config::Feeds { sources, ..Default::default() });
    crawl(&app).await;
    assert_eq!(titles(&app).await, ["Behind the proxy", "Of the house"]);
    assert_eq!(
        (proxy.take_paths(), intranet.take_paths()),
        (vec!["/feed".to_owned()], vec!["/own".to_owned()])
    );
    assert!(state(&app, "hidden").await.1.contains("private address refused"));
}

#[tokio::test]
async fn sources_that_are_dead_while_others_live_are_not_our_network() {
    let web = Web::with([("/feed", rss(&[("/a", "Alpha")]))]).await;
    let dead = |n: u16| source(&format!("dead{n}"), format!("http://127.0.0.1:{n}/feed"));
    let live = SourceConfig { every_minutes: 1440, ..source("live", format!("{}/feed", web.base)) };
    let app = reading(vec![dead(1), dead(2), dead(3), live]).await;
    crawl(&app).await;
    for _ in 0..3 {
        // Before the living one is due: it is asked as a witness.
        crawl_later(&app, 5).await;
    }
    let dead = row(&app, "dead1").await;
    assert!(dead.n_failures >= 3 && dead.state == "never-worked", "{dead:?}");
    assert!(minutes_to_next(&app, "dead1").await >= 60, "later and later");
}

#[tokio::test]
async fn a_single_source_is_not_blamed_for_our_network() {
    let app = reading(vec![source("one", "http://127.0.0.1:1/feed")]).await;
    let report = crawl(&app).await;
    assert!(report.warnings.iter().any(|line| line.contains("offline")), "{report:?}");
    assert_eq!(row(&app, "one").await.n_failures, 0);
}

#[tokio::test]
async fn a_redirect_keeps_to_the_manners_of_the_host_it_leads_to() {
    let (here, there) = (Web::start().await, Web::start().await);
    here.put("/feed", told(302, "location", format!("{}/busy", there.base)));
    there.put("/busy", told(429, "retry-after", "7200"));
    there.put("/feed", ok(rss(&[("/a", "Alpha")])));
    let app = reading(vec![source("one", format!("{}/feed", here.base))]).await;
    crawl(&app).await;
    let host = there.base.trim_start_matches("http://").to_owned();
    assert_eq!(column(&app, "SELECT host FROM hosts").await, [host], "who asked for the pause gets it");
    there.take_seen();
    let mut app = app;
    app.read(headsup::config::Feeds {
        block: Vec::new(),
        keep: Vec::new(),
        sources: vec![source("two", format!("{}/feed", here.base))],
    });
    crawl(&app).await;
    assert!(there.take_seen().is_empty());
    assert!(row(&app, "two").await.last_error.unwrap().contains("asked for a pause"));
}

#[tokio::test]
async fn validators_are_echoed_byte_for_byte_whatever_the_bytes() {
    let web = Web::start().await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    web.put(
        "/feed",
        Answer::Says(200, vec![("etag", "\"caf\u{e9}\"".to_owned())], rss(&[("/a", "Alpha")]).into()),
    );
    crawl(&app).await;
    web.take_seen();
    crawl_later(&app, 5).await;
    let seen = web.take_seen();
    assert_eq!(seen[0].headers.get("if-none-match").unwrap().as_bytes(), "\"caf\u{e9}\"".as_bytes());
}

#[tokio::test]
async fn a_file_that_lies_there_compressed_is_read() {
    use std::io::Write as _;
    let web = Web::start().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(rss(&[("/a", "Alpha")]).as_bytes()).unwrap();
    let kind = vec![("content-type", "application/x-gzip".to_owned())];
    web.put("/feed.gz", Answer::Says(200, kind, packed.finish().unwrap()));
    let app = reading(vec![source("one", format!("{}/feed.gz", web.base))]).await;
    assert_eq!(crawl(&app).await.count("items"), 1);
}

#[tokio::test]
async fn an_unconditional_304_is_no_answer() {
    let web = Web::start().await;
    web.put("/feed", status(304));
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    assert_eq!(state(&app, "one").await.0, "failing");
}

#[tokio::test]
async fn what_was_taken_back_is_told_no_more_also_where_a_story_tells_it() {
    let entry = |id: &str, title: &str| {
        format!(
            "<entry><id>{id}</id><title>{title}</title><link href='/{id}'/><updated>2026-05-06T06:00:00Z</updated></entry>"
        )
    };
    let feed = |inside: String| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'>{inside}</feed>"
        )
    };
    let web = Web::with([(
        "/feed",
        feed(entry("1", "Lumen opens its weights") + &entry("2", "Orbit lowers prices")),
    )])
    .await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    headsup::pipeline::run_stages(&app.ctx, &headsup::pipeline::Stage::READING).await.unwrap();
    let told = || async {
        let start = app.ctx.clock.now() - TimeDelta::days(30);
        let end = app.ctx.clock.now() + TimeDelta::days(30);
        let kind = headsup::model::IssueKind::Weekly;
        headsup::store::issues::candidates(&app.ctx.pool, kind, start, end).await.unwrap().len()
    };
    assert_eq!(told().await, 2);
    web.put(
        "/feed",
        ok(feed(
            "<at:deleted-entry ref='1' when='2026-05-06T07:00:00Z'/>".to_owned()
                + &entry("2", "Orbit lowers prices"),
        )),
    );
    crawl_later(&app, 5).await;
    assert_eq!(told().await, 1);
    assert_eq!(column(&app, "SELECT guid FROM tombstones").await, ["1"]);
}

#[tokio::test]
async fn an_edited_rule_is_applied_to_an_answer_that_did_not_change() {
    let feed = rss(&[("/1", "Alpha"), ("/2", "Beta")]);
    let web = Web::start().await;
    web.put("/feed", Answer::Tagged("\"v1\"", feed.into()));
    let blocking = |words: &[&str]| SourceConfig {
        block: words.iter().map(|word| (*word).to_owned()).collect(),
        ..source("one", format!("{}/feed", web.base))
    };
    let mut app = reading(vec![blocking(&["Alpha"])]).await;
    crawl(&app).await;
    assert_eq!(titles(&app).await, ["Beta"]);
    app.read(headsup::config::Feeds { sources: vec![blocking(&[])], ..Default::default() });
    crawl_later(&app, 5).await;
    assert_eq!(titles(&app).await, ["Alpha", "Beta"]);
}
