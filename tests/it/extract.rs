//! Every item gets an article: from its page, else from its feed; a wall is never taken for one.

use chrono::{DateTime, Duration, Utc};
use headsup::extract;

use crate::app::TestApp;

const PARAGRAPH: &str = "The team trained the pruned model on a single machine and published its weights on Tuesday, \
    together with the scripts, so that everybody can repeat the measurement at home.";

async fn source(app: &TestApp, slug: &str, kind: &str) -> i64 {
    sqlx::query_scalar(
        "INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at)
         VALUES ($1, $1, $2, 'https://' || $1 || '.example/feed', 'company', 'en', 'press', $1, now()) RETURNING id",
    )
    .bind(slug)
    .bind(kind)
    .fetch_one(&app.ctx.pool)
    .await
    .unwrap()
}

/// An item that a feed listed with a title and a summary.
async fn item(app: &TestApp, source: i64, title: &str, page_state: &str) -> i64 {
    sqlx::query_scalar(
        "INSERT INTO items (source_id, guid, link, canonical_link, title, summary, language, published_at,
                            first_seen_at, content_sha256, page_state)
         VALUES ($1, $2, 'https://e.example/' || md5($2), 'https://e.example/' || md5($2), $2,
                 'A short summary of it.', 'en', $3, $3, '', $4) RETURNING id",
    )
    .bind(source)
    .bind(title)
    .bind(app.ctx.clock.now())
    .bind(page_state)
    .fetch_one(&app.ctx.pool)
    .await
    .unwrap()
}

async fn page(app: &TestApp, item: i64, html: &[u8], fetched_at: DateTime<Utc>) {
    sqlx::query(
        "INSERT INTO pages (item_id, final_url, content_type, body, fetched_at)
         VALUES ($1, 'https://e.example/p', 'text/html', $2, $3)",
    )
    .bind(item)
    .bind(html)
    .bind(fetched_at)
    .execute(&app.ctx.pool)
    .await
    .unwrap();
}

fn html(title: &str) -> String {
    let body = format!("<p>{PARAGRAPH}</p><p>In {title}, {PARAGRAPH}</p><p>Third: {PARAGRAPH}</p>");
    format!(
        "<html><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>"
    )
}

/// How an item's article was got, its text, and the note.
async fn article(app: &TestApp, item: i64) -> (String, String, Option<String>) {
    sqlx::query_as("SELECT how, body, note FROM articles WHERE item_id = $1")
        .bind(item)
        .fetch_one(&app.ctx.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn every_item_gets_an_article_and_walls_give_none() {
    let app = TestApp::start().await;
    let now = app.ctx.clock.now();
    let news = source(&app, "news", "feed").await;
    let good = item(&app, news, "Pruned model ships on Tuesday", "fetched").await;
    page(&app, good, html("Pruned model ships on Tuesday").as_bytes(), now - Duration::minutes(1)).await;
    let walled = item(&app, news, "Another lab measures its model", "fetched").await;
    let wall = b"<html><title>Just a moment...</title><body><p>Verify you are human</p></body></html>";
    page(&app, walled, wall, now - Duration::minutes(1)).await;
    let failed = item(&app, news, "A page that never came", "failed").await;

    let report = extract::run(&app.ctx).await.unwrap();

    assert_eq!(report.count("articles"), 3);
    assert_eq!(report.count("rejected_pages"), 1);
    let (how, text, _) = article(&app, good).await;
    assert_eq!(how, "page");
    assert!(text.contains("single machine") && !text.contains("Home"), "{text}");
    let (how, text, note) = article(&app, walled).await;
    assert_eq!((how.as_str(), text.as_str()), ("abstract", "A short summary of it."));
    assert_eq!(note.unwrap(), "not an article: captcha");
    assert_eq!(article(&app, failed).await.0, "abstract");
    let again = extract::run(&app.ctx).await.unwrap();
    assert_eq!(again.count("articles"), 0);
}

#[tokio::test]
async fn an_item_waits_for_its_page_but_not_for_ever() {
    let app = TestApp::start().await;
    let news = source(&app, "news", "feed").await;
    let title = "Pruned model ships on Tuesday";
    let waiting = item(&app, news, title, "wanted").await;
    assert_eq!(extract::run(&app.ctx).await.unwrap().count("articles"), 0);

    app.ctx.clock.set(app.ctx.clock.now() + Duration::hours(7));
    extract::run(&app.ctx).await.unwrap();
    assert_eq!(article(&app, waiting).await.0, "abstract");

    app.ctx.clock.set(app.ctx.clock.now() + Duration::hours(1));
    page(&app, waiting, html(title).as_bytes(), app.ctx.clock.now()).await;
    app.ctx.clock.set(app.ctx.clock.now() + Duration::minutes(1));
    extract::run(&app.ctx).await.unwrap();
    assert_eq!(article(&app, waiting).await.0, "page");
}

#[tokio::test]
async fn papers_and_releases_keep_the_text_of_their_feed() {
    let app = TestApp::start().await;
    let papers = source(&app, "papers", "arxiv").await;
    let paper = item(&app, papers, "Pruned model ships on Tuesday", "fetched").await;
    let html = html("Pruned model ships on Tuesday");
    page(&app, paper, html.as_bytes(), app.ctx.clock.now() - Duration::minutes(1)).await;
    extract::run(&app.ctx).await.unwrap();
    let (how, text, _) = article(&app, paper).await;
    assert_eq!((how.as_str(), text.as_str()), ("abstract", "A short summary of it."));
}

#[tokio::test]
async fn a_page_is_forgotten_once_it_was_read_long_ago() {
    let app = TestApp::start().await;
    let news = source(&app, "news", "feed").await;
    let item = item(&app, news, "Pruned model ships on Tuesday", "fetched").await;
    page(&app, item, html("Pruned model ships on Tuesday").as_bytes(), app.ctx.clock.now()).await;
    extract::run(&app.ctx).await.unwrap();
    let count = || async {
        let pages: i64 =
            sqlx::query_scalar("SELECT count(*) FROM pages").fetch_one(&app.ctx.pool).await.unwrap();
        pages
    };
    assert_eq!(count().await, 1);
    app.ctx.clock.set(app.ctx.clock.now() + Duration::days(8));
    extract::run(&app.ctx).await.unwrap();
    assert_eq!(count().await, 0);
    assert_eq!(article(&app, item).await.0, "page");
}

/// A PDF of one page with these lines.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let text: String = lines.iter().map(|line| format!("({line}) Tj 0 -40 Td ")).collect();
    let content = format!("BT /F1 12 Tf 72 720 Td {text}ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).bytes());
    }
    let table = file.len();
    let rows: String = places.iter().map(|place| format!("{place:010} 00000 n \n")).collect();
    file.extend(format!("xref\n0 6\n0000000000 65535 f \n{rows}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes());
    file
}

#[tokio::test]
async fn a_pdf_is_read_by_a_process_of_its_own() {
    let headsup = std::path::Path::new(env!("CARGO_BIN_EXE_headsup"));
    let paper = pdf(&[
        "Small models run on laptops.",
        "We prune one and measure it.",
        "References",
        "Someone else, 2026.",
    ]);
    let text = extract::pdf::text(headsup, &paper).await.unwrap();
    assert!(text.contains("Small models run on laptops.") && text.contains("measure it"), "{text}");
    assert!(!text.contains("Someone else"), "{text}");
    let mut broken = paper.clone();
    broken.truncate(200);
    assert_eq!(extract::pdf::text(headsup, &broken).await.unwrap_err(), "the PDF gives no text");
    let other = std::path::Path::new("/bin/echo");
    assert_eq!(extract::pdf::text(other, &paper).await.unwrap_err(), "the PDF gives no text");
}
