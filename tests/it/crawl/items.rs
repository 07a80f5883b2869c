//! What is stored of the entries: each thing once, its changes, and who else listed it.

use headsup::config::{PageRules, SourceConfig};
use headsup::model::{Language, SourceKind};

use super::web::{Web, ok};
use super::{column, crawl, crawl_later, reading, row, rss, source, titles};

async fn count(app: &crate::app::TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&app.ctx.pool).await.unwrap()
}

#[tokio::test]
async fn an_article_that_two_sources_list_is_one_item_with_a_sighting() {
    let web = Web::start().await;
    let other = Web::start().await;
    web.put("/feed", ok(rss(&[("https://example.org/post?utm_source=rss", "Alpha")])));
    other.put(
        "/feed",
        ok(rss(&[("http://www.example.org/post/#top", "Alpha, says Example"), ("/own", "Own")])),
    );
    let url = |web: &Web| format!("{}/feed", web.base);
    let mut app = reading(vec![source("one", url(&web))]).await;
    crawl(&app).await;
    app.read(headsup::config::Feeds {
        block: Vec::new(),
        keep: Vec::new(),
        sources: vec![source("one", url(&web)), source("two", url(&other))],
    });
    let report = crawl_later(&app, 3).await;
    assert_eq!((report.count("items"), report.count("sightings")), (1, 1), "{report:?}");
    assert_eq!(titles(&app).await, ["Alpha", "Own"]);
    let seen = column(
        &app,
        "SELECT s.slug || ' ' || i.title FROM sightings x JOIN items i ON i.id = x.item_id JOIN sources s ON s.id = x.source_id",
    );
    assert_eq!(seen.await, ["two Alpha"]);
    other.put(
        "/feed",
        ok(rss(&[("http://www.example.org/post/#top", "Alpha, says Example!"), ("/own", "Own")])),
    );
    let again = crawl_later(&app, 3).await;
    assert_eq!(
        (again.count("sightings"), again.count("revised")),
        (0, 0),
        "another's wording changes nothing"
    );
}

#[tokio::test]
async fn a_changed_text_replaces_the_old_one_which_is_kept() {
    let web = Web::with([("/feed", rss(&[("/a", "Raises $10 million"), ("/b", "Beta")]))]).await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    web.put("/feed", ok(rss(&[("/a", "Raises $12 million"), ("/b", "Beta")])));
    let report = crawl_later(&app, 3).await;
    assert_eq!((report.count("items"), report.count("revised")), (0, 1), "{report:?}");
    assert_eq!(titles(&app).await, ["Beta", "Raises $12 million"]);
    assert_eq!(column(&app, "SELECT title FROM item_revisions").await, ["Raises $10 million"]);
}

#[tokio::test]
async fn an_archive_that_is_listed_again_is_not_news() {
    let web = Web::start().await;
    let all: Vec<(String, String)> = (0..8).map(|n| (format!("/{n}"), format!("Title {n}"))).collect();
    let all: Vec<(&str, &str)> = all.iter().map(|(link, title)| (link.as_str(), title.as_str())).collect();
    web.put("/feed", ok(rss(&all[2..])));
    let mut only = source("one", format!("{}/feed", web.base));
    only.max_items = 6;
    let app = reading(vec![only]).await;
    assert_eq!(crawl(&app).await.count("items"), 6);
    web.put("/feed", ok(rss(&all)));
    assert_eq!(crawl_later(&app, 3).await.count("items"), 2);
    assert_eq!(row(&app, "one").await.n_entries, 8);
}

#[tokio::test]
async fn versions_that_share_one_page_are_items_of_their_own() {
    let web = Web::start().await;
    let log = |entries: &[(&str, &str, &str)]| {
        let item = |(guid, title, day): &(&str, &str, &str)| {
            format!(
                "<item><title>{title}</title><link>/changelog#{guid}</link><guid isPermaLink='false'>{guid}</guid>\
                 <pubDate>{day} May 2026 10:00:00 GMT</pubDate><description>{title} of {day}</description></item>"
            )
        };
        format!(
            "<rss version='2.0'><channel>{}</channel></rss>",
            entries.iter().map(item).collect::<String>()
        )
    };
    web.put("/feed", ok(log(&[("1.1", "Version 1.1", "2"), ("1.0", "Version 1.0", "1")])));
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    assert_eq!(crawl(&app).await.count("items"), 2);
    // A patch under the same id as its version is another entry all the same.
    let newer = [("1.1", "Version 1.1", "4"), ("1.1", "Version 1.1", "2"), ("1.0", "Version 1.0", "1")];
    web.put("/feed", ok(log(&newer)));
    let second = crawl_later(&app, 30).await;
    assert_eq!((second.count("items"), second.count("revised")), (1, 0), "{second:?}");
    web.put("/feed", ok(log(&newer) + "\n"));
    let third = crawl_later(&app, 30).await;
    assert_eq!((third.count("items"), third.count("revised")), (0, 0), "{third:?}");
    assert_eq!(
        column(&app, "SELECT summary FROM items ORDER BY summary").await,
        ["Version 1.0 of 1", "Version 1.1 of 2", "Version 1.1 of 4"]
    );
}

#[tokio::test]
async fn an_entry_listed_twice_is_one_item_and_never_a_revision() {
    let web = Web::start().await;
    let twice = rss(&[("/a", "Alpha"), ("/b", "Beta"), ("/a", "Alpha")]);
    web.put("/feed", ok(twice.clone()));
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    assert_eq!(crawl(&app).await.count("items"), 2);
    for n in 1..3 {
        web.put("/feed", ok(format!("{twice}{}", "\n".repeat(n))));
        let again = crawl_later(&app, 3).await;
        assert_eq!(
            (again.count("fetched"), again.count("items"), again.count("revised")),
            (1, 0, 0),
            "{again:?}"
        );
    }
    assert_eq!(count(&app, "SELECT count(*) FROM items").await, 2);
}

#[tokio::test]
async fn versions_of_a_paper_are_one_item_without_a_page() {
    let web = Web::start().await;
    let feed = |version: u8| {
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>http://arxiv.org/abs/2605.01234v{version}</id>\
             <title>We train\n  less</title><summary>  An abstract\n of v{version}. </summary>\
             <published>2026-05-05T10:00:00Z</published><author><name>A. Author</name></author>\
             <link href=\"http://arxiv.org/abs/2605.01234v{version}\"/></entry></feed>"
        )
    };
    web.put("/api", ok(feed(1)));
    let mut papers = source("papers", format!("{}/api", web.base));
    papers.kind = SourceKind::Arxiv;
    papers.fetch_pages = true;
    let app = reading(vec![papers]).await;
    assert_eq!(crawl(&app).await.count("items"), 1);
    web.put("/api", ok(feed(2)));
    let second = crawl_later(&app, 3).await;
    assert_eq!((second.count("items"), second.count("revised")), (0, 1), "{second:?}");
    assert_eq!(
        column(&app, "SELECT guid || ' ' || title || ' ' || page_state FROM items").await,
        ["arXiv:2605.01234 We train less not-needed"]
    );
    assert_eq!(column(&app, "SELECT unnest(authors) FROM items").await, ["A. Author"]);
}

#[tokio::test]
async fn a_page_without_a_feed_is_read_by_its_selectors() {
    let web = Web::with([(
        "/blog",
        "<html><body><div class=post><a href=/blog/one>The first post</a><time>2026年5月1日</time></div></body></html>".into(),
    )])
    .await;
    let mut page = source("blog", format!("{}/blog", web.base));
    (page.kind, page.language) = (SourceKind::Page, Language::Zh);
    page.page = Some(PageRules {
        item: "div.post".into(),
        link: None,
        title: None,
        date: Some("time".into()),
        summary: None,
    });
    let app = reading(vec![page]).await;
    assert_eq!(crawl(&app).await.count("items"), 1);
    assert_eq!(
        column(&app, "SELECT title || ' ' || (published_at AT TIME ZONE 'UTC')::date FROM items").await,
        ["The first post 2026-05-01"]
    );
}

#[tokio::test]
async fn what_a_rule_blocks_is_not_taken_in() {
    let web =
        Web::with([("/feed", rss(&[("/a", "Webinar: agents"), ("/b", "A model"), ("/c", "Jobs")]))]).await;
    let one = headsup::config::SourceConfig {
        block: vec!["title:^jobs$".into()],
        ..source("one", format!("{}/feed", web.base))
    };
    let mut app = reading(Vec::new()).await;
    app.read(headsup::config::Feeds { block: vec!["webinar".into()], keep: Vec::new(), sources: vec![one] });
    let report = crawl(&app).await;
    assert_eq!((report.count("items"), report.count("filtered")), (1, 2), "{report:?}");
    assert_eq!(titles(&app).await, ["A model"]);
}

#[tokio::test]
async fn a_sitemap_and_two_apis_are_read_like_feeds() {
    let map = "<urlset><url><loc>/news/owl-weights</loc><lastmod>2026-05-05</lastmod></url><url><loc>/jobs/x</loc></url></urlset>";
    let hits = r#"{"hits":[{"objectID":"7","title":"A card for small models","url":"https://b.example/card","created_at":"2026-05-05T10:00:00Z"}]}"#;
    let papers = r#"[{"publishedAt":"2026-05-05T00:00:00Z","paper":{"id":"2605.01234","title":"Owls","summary":"We ask owls."}}]"#;
    let web =
        Web::with([("/map.xml", map.to_owned()), ("/hn", hits.to_owned()), ("/hf", papers.to_owned())]).await;
    let of = |slug: &str, kind, path: &str| headsup::config::SourceConfig {
        kind,
        path_prefix: (kind == SourceKind::Sitemap).then(|| "/news/".to_owned()),
        ..source(slug, format!("{}{path}", web.base))
    };
    let sources = vec![
        of("map", SourceKind::Sitemap, "/map.xml"),
        of("hn", SourceKind::HackerNews, "/hn"),
        of("hf", SourceKind::HuggingFace, "/hf"),
    ];
    let app = reading(sources).await;
    crawl(&app).await;
    assert_eq!(titles(&app).await, ["A card for small models", "Owl weights", "Owls"]);
    assert_eq!(crawl_later(&app, 3).await.count("items"), 0, "a second reading brings nothing");
}

/// An entry of [`feed`]: guid, link, title, day of May; an empty link is none, day 0 no date.
type Told<'a> = (&'a str, &'a str, &'a str, u32);

fn feed(entries: &[Told<'_>]) -> String {
    let item = |(guid, link, title, day): &Told<'_>| {
        let link = if link.is_empty() { String::new() } else { format!("<link>{link}</link>") };
        let date = if *day == 0 {
            String::new()
        } else {
            format!("<pubDate>{day:02} May 2026 06:00:00 GMT</pubDate>")
        };
        format!(
            "<item><guid isPermaLink='false'>{guid}</guid>{link}<title>{title}</title>{date}\
             <description>About {title}.</description></item>"
        )
    };
    let items: String = entries.iter().map(item).collect();
    format!("<rss version='2.0'><channel><title>f</title>{items}</channel></rss>")
}

/// Title and path of every item after these answers, one after the other.
async fn after(answers: &[&[Told<'_>]]) -> Vec<String> {
    let web = Web::start().await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    for answer in answers {
        web.put("/feed", ok(feed(answer)));
        crawl_later(&app, 7).await;
    }
    column(&app, "SELECT title || ' ' || regexp_replace(link, '^https?://[^/]+', '') FROM items ORDER BY 1")
        .await
}

#[tokio::test]
async fn one_guid_for_several_things_never_writes_one_over_the_other() {
    let [a, b, c] = [("same", "/a", "Alpha", 1), ("same", "/b", "Beta", 2), ("same", "/c", "Gamma", 3)];
    assert_eq!(after(&[&[b, a], &[c, b], &[c]]).await, ["Alpha /a", "Beta /b", "Gamma /c"]);
    assert_eq!(after(&[&[a], &[b], &[c], &[a]]).await, ["Alpha /a", "Beta /b", "Gamma /c"]);
}

#[tokio::test]
async fn one_page_for_several_things_tells_each_of_them() {
    let [a, b, c] = [("1", "/log", "Ver 1", 1), ("2", "/log", "Ver 2", 2), ("3", "/log", "Ver 3", 3)];
    assert_eq!(after(&[&[a], &[b], &[c], &[c]]).await, ["Ver 1 /log", "Ver 2 /log", "Ver 3 /log"]);
}

#[tokio::test]
async fn a_new_guid_at_each_poll_makes_no_new_item() {
    for links in [["", "", ""], ["/home", "/home", "/home"], ["/1", "/2", "/3"]] {
        let poll = |guids: [&'static str; 3]| {
            [0, 1, 2].map(|n| (guids[n], links[n], ["Alpha", "Beta", "Gamma"][n], 0))
        };
        let polls = [poll(["a1", "a2", "a3"]), poll(["b1", "b2", "b3"]), poll(["c1", "c2", "c3"])];
        let items = after(&[&polls[0], &polls[1], &polls[2]]).await;
        assert_eq!(items.len(), 3, "{links:?}: {items:?}");
    }
}

#[tokio::test]
async fn a_corrected_address_is_taken_over() {
    let [wrong, right] = [("7", "/typo", "Seven", 1), ("7", "/seven", "Seven", 1)];
    assert_eq!(after(&[&[wrong], &[right], &[right]]).await, ["Seven /seven"]);
}

#[tokio::test]
async fn an_archive_without_dates_brings_only_what_is_added_in_whatever_order() {
    let web = Web::start().await;
    let list = |order: Vec<usize>| {
        let posts: Vec<_> = order.iter().map(|n| (format!("g{n}"), format!("Post number {n}"))).collect();
        let entries: Vec<_> = posts.iter().map(|(guid, title)| (&**guid, "", &**title, 0)).collect();
        ok(feed(&entries))
    };
    let small = SourceConfig { max_items: 10, ..source("one", format!("{}/feed", web.base)) };
    let app = reading(vec![small]).await;
    web.put("/feed", list((0..25).collect()));
    assert_eq!(crawl(&app).await.count("items"), 10);
    web.put("/feed", list((0..25).rev().collect()));
    assert_eq!(crawl_later(&app, 7).await.count("items"), 0);
    web.put("/feed", list((0..26).collect()));
    crawl_later(&app, 7).await;
    assert!(titles(&app).await.contains(&"Post number 25".to_owned()));
}

#[tokio::test]
async fn a_count_of_views_is_a_revision_once_a_day() {
    let web = Web::start().await;
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    let says = |words: &str| ok(feed(&[("1", "/a", "Alpha", 1)]).replace("About Alpha.", words));
    let mut revised = Vec::new();
    for n in 0..5 {
        web.put("/feed", says(&format!("Read {n} times.")));
        revised.push(crawl_later(&app, 4).await.count("revised"));
    }
    assert_eq!(revised, [0, 1, 0, 0, 0]);
    web.put("/feed", says("Corrected."));
    assert_eq!(crawl_later(&app, 4).await.count("revised"), 1, "other words are a revision at once");
}

#[tokio::test]
async fn a_source_that_the_database_refuses_fails_alone() {
    let web = Web::start().await;
    let long = "模".repeat(990);
    web.put(
        "/long",
        ok(feed(&[(&long, "/a", "Long", 1), (&format!("{long}2"), &format!("/{long}"), "Longer", 2)])),
    );
    web.put("/zero", ok(r#"{"version":"https://jsonfeed.org/version/1.1","title":"z","items":[{"id":"1\u0000","url":"/z","title":"Ze\u0000ro"}]}"#));
    web.put("/good", ok(rss(&[("/g", "Good")])));
    let of = |slug: &str| source(slug, format!("{}/{slug}", web.base));
    let app = reading(vec![of("long"), of("zero"), of("good")]).await;
    crawl(&app).await;
    assert_eq!(titles(&app).await, ["Good", "Long", "Longer", "Zero"]);
    sqlx::query("ALTER TABLE items ADD CONSTRAINT no_evil CHECK (title <> 'Evil')")
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    web.put("/long", ok(feed(&[("x", "/x", "Evil", 1)])));
    web.put("/good", ok(rss(&[("/h", "Better")])));
    crawl_later(&app, 30).await;
    assert!(titles(&app).await.contains(&"Better".to_owned()));
    let evil = row(&app, "long").await;
    assert!(evil.state == "failing" && evil.last_error.unwrap().contains("cannot be stored"));
}

#[tokio::test]
async fn two_sources_that_list_the_same_in_opposite_order_are_both_heard() {
    let web = Web::start().await;
    let posts: Vec<String> = (0..150).map(|n| format!("{}/p{n}", web.base)).collect();
    let mut posts: Vec<Told<'_>> = posts.iter().map(|link| (&**link, &**link, &**link, 1)).collect();
    web.put("/one", ok(feed(&posts)));
    posts.reverse();
    let other = Web::with([("/two", feed(&posts))]).await;
    let one = source("one", format!("{}/one", web.base));
    let app = reading(vec![one, source("two", format!("{}/two", other.base))]).await;
    let report = crawl(&app).await;
    assert_eq!((report.count("items"), report.count("sightings"), report.count("failed")), (150, 150, 0));
}

#[tokio::test]
async fn a_page_that_its_sitemap_says_has_changed_is_revised_and_fetched_again() {
    let map = |day: u8| {
        format!(
            "<urlset><url><loc>/news/owls</loc><lastmod>2026-05-0{day}</lastmod></url>\
             <url><loc>/news/larks</loc><lastmod>2026-05-03</lastmod></url></urlset>"
        )
    };
    let web = Web::with([("/map.xml", map(1))]).await;
    let page = |text: &str| super::web::typed("text/html", format!("<p>{text}"));
    web.put("/news/owls", page("first"));
    web.put("/news/larks", page("larks"));
    let news = headsup::config::SourceConfig {
        kind: SourceKind::Sitemap,
        fetch_pages: true,
        ..source("map", format!("{}/map.xml", web.base))
    };
    let app = reading(vec![news]).await;
    assert_eq!(crawl(&app).await.count("pages"), 2);
    web.put("/map.xml", ok(map(5)));
    web.put("/news/owls", page("second"));
    let report = crawl_later(&app, 30).await;
    assert_eq!(
        (report.count("items"), report.count("revised"), report.count("pages")),
        (0, 1, 1),
        "{report:?}"
    );
    let bodies = column(&app, "SELECT convert_from(body, 'UTF8') FROM pages ORDER BY 1");
    assert_eq!(bodies.await, ["<p>larks", "<p>second"]);
}

#[tokio::test]
async fn what_a_new_source_lists_without_dates_is_no_news_and_what_it_adds_is() {
    let web = Web::start().await;
    let post = |n: u32, day: u32| (format!("g{n}"), format!("/p{n}"), format!("Lumen ships part {n}"), day);
    let list = |posts: &[(String, String, String, u32)]| {
        let entries: Vec<Told<'_>> = posts.iter().map(|(g, l, t, day)| (&**g, &**l, &**t, *day)).collect();
        ok(feed(&entries))
    };
    web.put("/feed", list(&[post(1, 0), post(2, 0), post(3, 5)]));
    let app = reading(vec![source("one", format!("{}/feed", web.base))]).await;
    crawl(&app).await;
    web.put("/feed", list(&[post(4, 0), post(1, 0), post(2, 0), post(3, 5)]));
    crawl_later(&app, 30).await;
    let backlog = column(&app, "SELECT title FROM items WHERE is_backlog ORDER BY title").await;
    assert_eq!(backlog, ["Lumen ships part 1", "Lumen ships part 2"]);
}

#[tokio::test]
async fn a_text_in_a_feed_leads_to_what_was_released() {
    let body =
        "The lab released Aurora-2, a language model with nine billion parameters that runs on a laptop. "
            .repeat(6);
    let feed = |last: &str| {
        format!(
            "<rss version='2.0'><channel><title>Lab</title><item><title>Lab releases Aurora-2, an open model</title><link>https://lab.example/aurora</link>\
             <guid>1</guid><pubDate>Wed, 06 May 2026 07:00:00 GMT</pubDate><content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[\
             <p>{body}</p><p>Get the <a href='https://github.com/lab/aurora'>code</a> and the <a href='https://huggingface.co/lab/aurora-2'>weights</a>, \
             read the <a href='https://arxiv.org/abs/2605.01234'>paper</a>.</p><p>Related posts</p><ul><li><a href='https://github.com/lab/old'>Aurora-1</a></li></ul>\
             <p>{last}</p>]]></content:encoded></item></channel></rss>"
        )
    };
    let web = Web::with([("/feed", feed("The team will tell more."))]).await;
    let mut lab = source("lab", format!("{}/feed", web.base));
    lab.tier = headsup::model::Tier::Primary;
    let app = reading(vec![lab]).await;
    crawl(&app).await;
    let app = &app;
    let links = async || -> Vec<String> {
        headsup::extract::run(&app.ctx).await.unwrap();
        sqlx::query_scalar("SELECT links FROM articles").fetch_one(&app.ctx.pool).await.unwrap()
    };
    let released = [
        "https://github.com/lab/aurora",
        "https://huggingface.co/lab/aurora-2",
        "https://arxiv.org/abs/2605.01234",
    ];
    assert_eq!(links().await, released);

    headsup::group::run(&app.ctx).await.unwrap();
    headsup::judge::run(&app.ctx).await.unwrap();
    let artifacts =
        "SELECT jsonb_path_query(verdict, '$.artifacts[*].link') #>> '{}' FROM verdicts WHERE current";
    let artifacts = column(app, artifacts).await;
    assert!(released.iter().all(|link| artifacts.iter().any(|found| found == link)), "{artifacts:?}");

    web.put("/feed", ok(feed("See the <a href='https://huggingface.co/datasets/lab/hours'>data</a>.")));
    crawl_later(app, 3).await;
    assert_eq!(links().await[3..], ["https://huggingface.co/datasets/lab/hours"]);
}
