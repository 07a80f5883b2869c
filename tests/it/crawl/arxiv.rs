//! arXiv: announcements, what stands in for them, and days of the past.

use headsup::config::SourceConfig;
use headsup::crawl::backfill;
use headsup::model::SourceKind;

use super::web::{Web, ok, status, told};
use super::{column, crawl, crawl_later, reading, source, state, titles};

fn arxiv(web: &Web) -> SourceConfig {
    SourceConfig { kind: SourceKind::Arxiv, ..source("cl", format!("{}/rss/cs.CL", web.base)) }
}

/// An announcement feed of `(id with version, announce type, title)`, of this day of May 2026.
fn announced(day: u32, papers: &[(&str, &str, &str)]) -> String {
    let item = |(id, announce, title): &(&str, &str, &str)| {
        format!(
            "<item><title>{title}</title><link>https://arxiv.org/abs/{id}</link><guid isPermaLink='false'>oai:arXiv.org:{id}</guid>\
             <description>arXiv:{id} Announce Type: {announce}\nAbstract: About {title}.</description><category>cs.LG</category>\
             <category>cs.CL</category><arxiv:primary_category term='cs.CL'/><arxiv:DOI>10.1000/x{id}</arxiv:DOI>\
             <arxiv:announce_type>{announce}</arxiv:announce_type><pubDate>{day:02} May 2026 00:00:00 -0400</pubDate></item>"
        )
    };
    let items: String = papers.iter().map(item).collect();
    format!(
        "<rss version='2.0' xmlns:arxiv='http://arxiv.org/schemas/atom'><channel><title>cs.CL</title>\
         <skipDays><day>Sunday</day><day>Saturday</day></skipDays>{items}</channel></rss>"
    )
}

const API: &str =
    "/api/query?search_query=cat:cs.CL&sortBy=submittedDate&sortOrder=descending&max_results=200";

fn from_api(id: &str, title: &str) -> String {
    format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>http://arxiv.org/abs/{id}</id><title>{title}</title>\
         <published>2026-05-06T06:00:00Z</published><updated>2026-05-06T06:00:00Z</updated><summary>We do.</summary>\
         <link href='http://arxiv.org/abs/{id}' rel='alternate'/></entry></feed>"
    )
}

#[tokio::test]
async fn a_new_version_is_a_revision_and_not_news() {
    let web = Web::start().await;
    web.put(
        "/rss/cs.CL",
        ok(announced(
            6,
            &[
                ("2605.00001v1", "new", "One"),
                ("2401.00002v4", "replace", "Old"),
                ("2605.00003v1", "cross", "Three"),
            ],
        )),
    );
    let app = reading(vec![arxiv(&web)]).await;
    let report = crawl(&app).await;
    assert_eq!(
        (titles(&app).await, report.count("old_versions")),
        (vec!["One".to_owned(), "Three".to_owned()], 1)
    );
    let about = "SELECT categories[1] || ' ' || doi FROM items ORDER BY title";
    assert_eq!(column(&app, about).await, ["cs.CL 10.1000/x2605.00001v1", "cs.CL 10.1000/x2605.00003v1"]);

    web.put("/rss/cs.CL", ok(announced(7, &[("2605.00001v2", "replace", "One, corrected")])));
    let report = crawl_later(&app, 24).await;
    assert_eq!((report.count("items"), report.count("revised")), (0, 1));
    assert_eq!(titles(&app).await, ["One, corrected", "Three"]);
    assert_eq!(column(&app, "SELECT title FROM item_revisions").await, ["One"]);
}

#[tokio::test]
async fn yesterdays_announcements_are_noticed_and_the_api_stands_in() {
    let web = Web::start().await;
    let batch: Vec<(String, String)> =
        (2..8).map(|n| (format!("2605.0000{n}v1"), format!("Paper {n}"))).collect();
    let mut papers = vec![("2605.00001v1", "new", "One")];
    papers.extend(batch.iter().map(|(id, title)| (id.as_str(), "cross", title.as_str())));
    web.put("/rss/cs.CL", ok(announced(6, &papers)));
    web.put(API, ok(from_api("2605.00009v1", "Nine")));
    let app = reading(vec![arxiv(&web)]).await;
    crawl(&app).await;
    assert_eq!(state(&app, "cl").await, ("ok".to_owned(), String::new()));
    assert_eq!(web.take_paths(), ["/rss/cs.CL"], "the API is left alone while the announcements are good");
    for asked_before in [false, true] {
        if asked_before {
            web.put("/rss/cs.CL", status(304));
        }
        crawl_later(&app, 31 - 6 * i64::from(asked_before)).await;
        let (word, message) = state(&app, "cl").await;
        assert_eq!(word, "quiet");
        assert!(
            message.contains("announcements of 2026-05-06") && message.contains("API stands in"),
            "{message}"
        );
    }
    let papers = |titles: Vec<String>| titles.into_iter().filter(|title| !title.starts_with("Paper"));
    assert_eq!(papers(titles(&app).await).collect::<Vec<_>>(), ["Nine", "One"]);

    web.put("/rss/cs.CL", status(500));
    web.put(API, ok(from_api("2605.00010v1", "Ten")));
    crawl_later(&app, 24).await;
    assert!(state(&app, "cl").await.1.contains("HTTP 500"));
    assert_eq!(papers(titles(&app).await).collect::<Vec<_>>(), ["Nine", "One", "Ten"]);
    web.put(API, status(500));
    // It wants to be left alone until Monday.
    crawl_later(&app, 60).await;
    assert_eq!(state(&app, "cl").await.0, "failing", "without either it is broken");
}

#[tokio::test]
async fn a_weekend_without_announcements_is_no_fault() {
    let web = Web::start().await;
    web.put("/rss/cs.CL", ok(announced(8, &[])));
    let app = reading(vec![arxiv(&web)]).await;
    // From Wednesday to Saturday.
    crawl_later(&app, 75).await;
    assert_eq!(state(&app, "cl").await, ("ok".to_owned(), String::new()));
    assert_eq!(web.take_paths(), ["/rss/cs.CL"]);
}

#[tokio::test]
async fn days_of_the_past_are_filled_in_page_by_page() {
    let record = |id: &str, created: &str, title: &str| {
        format!(
            "<record><header><datestamp>2026-04-20</datestamp></header><metadata><arXiv><id>{id}</id><created>{created}</created>\
             <title>{title}</title><categories>cs.CL</categories><abstract>We do.</abstract></arXiv></metadata></record>"
        )
    };
    let page = |records: String, token: &str| {
        format!(
            "<OAI-PMH><ListRecords>{records}<resumptionToken>{token}</resumptionToken></ListRecords></OAI-PMH>"
        )
    };
    let web = Web::start().await;
    let first = "/oai?verb=ListRecords&metadataPrefix=arXiv&set=cs:cs:CL&from=2026-04-01";
    web.put(
        first,
        ok(page(
            record("2604.00001", "2026-04-20", "One") + &record("1999.00002", "2019-01-01", "Old"),
            "a|1",
        )),
    );
    web.put(
        "/oai?verb=ListRecords&resumptionToken=a%7C1",
        ok(page(record("2604.00003", "2026-04-30", "Three"), "")),
    );
    let app = reading(vec![arxiv(&web), source("blog", format!("{}/feed", web.base))]).await;
    let range = || ("2026-04-01".parse().unwrap(), "2026-04-30".parse().unwrap());
    let report = backfill(&app.ctx, "cl", range()).await.unwrap();
    assert_eq!((report.count("entries"), report.count("items")), (3, 2));
    assert_eq!(titles(&app).await, ["One", "Three"], "what only changed in these days is not of these days");
    let again = backfill(&app.ctx, "cl", range()).await.unwrap();
    assert_eq!(again.count("items"), 0);
    let refused = backfill(&app.ctx, "blog", range()).await.unwrap_err();
    assert!(refused.to_string().contains("arxiv"), "{refused}");
    web.put(first, told(503, "retry-after", "0"));
    let refused = backfill(&app.ctx, "cl", range()).await.unwrap_err();
    assert!(refused.to_string().contains("pause"), "{refused}");
}
