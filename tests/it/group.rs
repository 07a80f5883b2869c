//! One event is one story, across outlets, languages and runs; each item is in exactly one, with the reason.

use chrono::Duration;
use headsup::group;
use headsup::model::StoryId;
use headsup::store::stories as store;

use crate::app::TestApp;

/// Title, text, language, tier and hours before now; each from a source and owner of its own.
type Piece<'a> = (&'a str, &'a str, &'a str, &'a str, i64);

const ROUND_EN: Piece<'_> = (
    "Quokka raises $120 million Series B to shrink language models",
    "Quokka, which prunes models for laptops, raised $120 million in a Series B led by Harbor Capital.",
    "en",
    "press",
    20,
);
const ROUND_ZH: Piece<'_> = (
    "Quokka 完成1.2亿美元B轮融资，专注模型压缩",
    "模型压缩公司 Quokka 宣布完成1.2亿美元B轮融资，由 Harbor Capital 领投。",
    "zh",
    "press",
    12,
);
const ROUND_OWN: Piece<'_> = (
    "Quokka secures $120 million in Series B",
    "We have raised $120 million in a Series B led by Harbor Capital to prune language models.",
    "en",
    "primary",
    10,
);
const OTHER: Piece<'_> = (
    "Regulator opens inquiry into voice cloning",
    "The regulator asks makers of voices for their records.",
    "en",
    "press",
    11,
);

async fn publish(app: &TestApp, (title, text, language, tier, hours): Piece<'_>) -> i64 {
    let at = app.ctx.clock.now() - Duration::hours(hours);
    let source: i64 = sqlx::query_scalar(
        "INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at)
         VALUES (md5($1), md5($1), 'feed', 'https://e.example', 'funding', $2, $3, md5($1), now()) RETURNING id",
    )
    .bind(title)
    .bind(language)
    .bind(tier)
    .fetch_one(&app.ctx.pool)
    .await
    .unwrap();
    let item: i64 = sqlx::query_scalar(
        "INSERT INTO items (source_id, guid, link, canonical_link, title, language, published_at, first_seen_at,
                            content_sha256, page_state)
         VALUES ($1, $2, 'https://e.example/' || md5($2), md5($2), $2, $3, $4, $4, '', 'not-needed') RETURNING id",
    )
    .bind(source)
    .bind(title)
    .bind(language)
    .bind(at)
    .fetch_one(&app.ctx.pool)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO articles (item_id, title, language, body, how, complete, n_chars, extracted_at)
         VALUES ($1, $2, $3, $4, 'page', true, 100, $5)",
    )
    .bind(item)
    .bind(title)
    .bind(language)
    .bind(text)
    .bind(app.ctx.clock.now())
    .execute(&app.ctx.pool)
    .await
    .unwrap();
    item
}

/// The source says something else of `item` an hour later, or takes it back.
async fn change(app: &TestApp, item: i64, to: Option<(&str, &str)>) {
    app.ctx.clock.set(app.ctx.clock.now() + Duration::hours(1));
    let (title, text) = to.unzip();
    sqlx::query(
        "WITH i AS (UPDATE items SET title = coalesce($2, title),
                                     withdrawn_at = CASE WHEN $2::text IS NULL THEN $4::timestamptz END WHERE id = $1)
         UPDATE articles SET title = coalesce($2, title), body = coalesce($3, body), extracted_at = $4 WHERE item_id = $1",
    )
    .bind(item)
    .bind(title)
    .bind(text)
    .bind(app.ctx.clock.now())
    .execute(&app.ctx.pool)
    .await
    .unwrap();
}

async fn story_of(app: &TestApp, item: i64) -> StoryId {
    let mut conn = app.ctx.pool.acquire().await.unwrap();
    store::of_item(&mut conn, headsup::model::ItemId(item)).await.unwrap().unwrap()
}

async fn followed(app: &TestApp, story: StoryId) -> Option<i64> {
    sqlx::query_scalar("SELECT follows FROM stories WHERE id = $1")
        .bind(story.0)
        .fetch_one(&app.ctx.pool)
        .await
        .unwrap()
}

/// Reasons of all decisions of a kind.
async fn reasons(app: &TestApp, kind: &str) -> Vec<String> {
    sqlx::query_scalar("SELECT reason FROM story_decisions WHERE kind = $1 ORDER BY id")
        .bind(kind)
        .fetch_all(&app.ctx.pool)
        .await
        .unwrap()
}

/// Title, number of items and number of owners of each story, in the order of time.
async fn stories(app: &TestApp) -> Vec<(String, i32, i32)> {
    sqlx::query_as("SELECT title, n_items, n_owners FROM stories ORDER BY happened_at, id")
        .fetch_all(&app.ctx.pool)
        .await
        .unwrap()
}

/// Everything that the stage wrote, as text.
async fn snapshot(app: &TestApp) -> String {
    sqlx::query_scalar(
        "SELECT (SELECT string_agg(s::text, chr(10) ORDER BY s.id) FROM stories s)
             || (SELECT string_agg(si::text, chr(10) ORDER BY si.item_id) FROM story_items si)",
    )
    .fetch_one(&app.ctx.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn one_event_in_two_languages_is_one_story_led_by_who_it_concerns() {
    let app = TestApp::start().await;
    for piece in [ROUND_EN, ROUND_ZH, ROUND_OWN, OTHER] {
        publish(&app, piece).await;
    }
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("items"), report.count("stories"), report.count("joined")), (4, 2, 2));
    assert_eq!(stories(&app).await, [(ROUND_OWN.0.to_owned(), 3, 3), (OTHER.0.to_owned(), 1, 1)]);
    let reasons: Vec<String> = sqlx::query_scalar(
        "SELECT reason FROM story_items WHERE similarity < 1 OR reason <> 'opens the story'",
    )
    .fetch_all(&app.ctx.pool)
    .await
    .unwrap();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.iter().all(|reason| reason.contains("Quokka")), "{reasons:?}");
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let app = TestApp::start().await;
    for piece in [ROUND_EN, ROUND_ZH, OTHER] {
        publish(&app, piece).await;
    }
    group::run(&app.ctx).await.unwrap();
    let before = snapshot(&app).await;
    app.ctx.clock.set(app.ctx.clock.now() + Duration::hours(1));
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!(report.count("items"), 0);
    assert_eq!(snapshot(&app).await, before);
}

#[tokio::test]
async fn a_late_item_joins_the_story_and_marks_it_changed() {
    let app = TestApp::start().await;
    publish(&app, ROUND_EN).await;
    publish(&app, OTHER).await;
    group::run(&app.ctx).await.unwrap();
    app.ctx.clock.set(app.ctx.clock.now() + Duration::hours(5));
    publish(&app, ROUND_ZH).await;
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("stories"), report.count("joined")), (0, 1));
    assert_eq!(stories(&app).await[0].1, 2);
    let changed: i64 = sqlx::query_scalar("SELECT count(*) FROM stories WHERE changed_at = $1")
        .bind(app.ctx.clock.now())
        .fetch_one(&app.ctx.pool)
        .await
        .unwrap();
    assert_eq!(changed, 1);
}

#[tokio::test]
async fn two_runs_at_once_group_each_item_once() {
    let app = TestApp::start().await;
    for piece in [ROUND_EN, ROUND_ZH, ROUND_OWN, OTHER] {
        publish(&app, piece).await;
    }
    let (one, two) = tokio::join!(group::run(&app.ctx), group::run(&app.ctx));
    assert_eq!(one.unwrap().count("items") + two.unwrap().count("items"), 4);
    assert_eq!(stories(&app).await.len(), 2);
}

#[tokio::test]
async fn arriving_one_by_one_or_all_at_once_makes_the_same_stories() {
    let pieces = [ROUND_EN, OTHER, ROUND_ZH, ROUND_OWN];
    let (together, apart) = (TestApp::start().await, TestApp::start().await);
    for piece in pieces {
        publish(&together, piece).await;
    }
    group::run(&together.ctx).await.unwrap();
    for piece in pieces {
        publish(&apart, piece).await;
        group::run(&apart.ctx).await.unwrap();
    }
    assert_eq!(stories(&apart).await, stories(&together).await);
    let decisions: i64 = sqlx::query_scalar("SELECT count(*) FROM story_decisions WHERE kind = 'lead'")
        .fetch_one(&apart.ctx.pool)
        .await
        .unwrap();
    assert_eq!(decisions, 1, "the primary source came last and speaks for the story from then on");
}

#[tokio::test]
async fn what_was_grouped_before_there_was_an_index_is_found_all_the_same() {
    let app = TestApp::start().await;
    publish(&app, ROUND_EN).await;
    group::run(&app.ctx).await.unwrap();
    for sql in ["DELETE FROM item_terms", "DELETE FROM term_counts", "UPDATE story_items SET indexed = false"]
    {
        sqlx::query(sql).execute(&app.ctx.pool).await.unwrap();
    }
    publish(&app, ROUND_OWN).await;
    group::run(&app.ctx).await.unwrap();
    assert_eq!(stories(&app).await, [(ROUND_OWN.0.to_owned(), 2, 2)]);
}

#[tokio::test]
async fn what_its_source_took_back_speaks_and_counts_no_more() {
    let app = TestApp::start().await;
    publish(&app, ROUND_EN).await;
    publish(&app, ROUND_ZH).await;
    let own = publish(&app, ROUND_OWN).await;
    group::run(&app.ctx).await.unwrap();
    assert_eq!(stories(&app).await, [(ROUND_OWN.0.to_owned(), 3, 3)]);
    change(&app, own, None).await;
    group::run(&app.ctx).await.unwrap();
    assert_eq!(stories(&app).await, [(ROUND_EN.0.to_owned(), 2, 2)]);
    let why = reasons(&app, "lead").await;
    assert!(why.iter().any(|why| why.contains("taken back")), "{why:?}");
    let story = story_of(&app, own).await;
    let shown = headsup::store::story_view::load(&app.ctx.pool, &[story], 100).await.unwrap().remove(0);
    let taken = shown.items.iter().find(|item| item.item_id.0 == own).unwrap();
    assert!(taken.reason.starts_with("taken back by its source") && taken.text.is_empty(), "{taken:?}");
    assert_eq!(shown.owners.len(), 2);
}

#[tokio::test]
async fn an_article_without_a_bond_to_its_story_is_new_again() {
    let app = TestApp::start().await;
    publish(&app, ROUND_EN).await;
    let other = publish(&app, ROUND_OWN).await;
    group::run(&app.ctx).await.unwrap();
    assert_eq!(stories(&app).await.len(), 1);
    change(
        &app,
        other,
        Some(("Bakery opens its tenth shop", "The bread of the valley is sold in the town now.")),
    )
    .await;
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("left"), report.count("stories")), (1, 1), "{report:?}");
    let why = reasons(&app, "left").await;
    assert!(why[0].contains("nothing in common"), "{why:?}");
    assert_eq!(stories(&app).await.iter().map(|story| story.1).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn what_follows_days_later_in_the_other_language_is_linked() {
    let app = TestApp::start().await;
    let sued = (
        "Publishers sue Quokka over books in the training data of Marsupial",
        "Three publishers sued Quokka in New York over books in the training data of its Marsupial models.",
        "en",
        "press",
        24 * 4,
    );
    let settled = (
        "Quokka 就 Marsupial 训练数据诉讼达成和解，赔偿 4000 万美元",
        "Quokka 宣布与出版商就 Marsupial 模型的训练数据诉讼达成和解，赔偿 4000 万美元。",
        "zh",
        "press",
        1,
    );
    let earlier = publish(&app, sued).await;
    group::run(&app.ctx).await.unwrap();
    let later = publish(&app, settled).await;
    let report = group::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("stories"), report.count("updates")), (1, 1), "{report:?}");
    assert_eq!(followed(&app, story_of(&app, later).await).await, Some(story_of(&app, earlier).await.0));
}

#[tokio::test]
async fn a_merge_keeps_what_was_followed_and_makes_no_circle() {
    let app = TestApp::start().await;
    let pieces = ["Owls nest in a bell tower", "Ferries stop for the storm", "A bakery bakes by machine"];
    let mut ids = Vec::new();
    for (n, title) in (0..).zip(pieces) {
        let item = publish(&app, (title, title, "en", "press", 30 - n)).await;
        group::run(&app.ctx).await.unwrap();
        ids.push(story_of(&app, item).await);
    }
    let [first, second, third] = ids[..] else { panic!("{ids:?}") };
    let mut conn = app.ctx.pool.acquire().await.unwrap();
    let now = app.ctx.clock.now();
    assert!(store::follow(&mut conn, second, first).await.unwrap());
    assert!(store::follow(&mut conn, third, second).await.unwrap());
    assert!(!store::follow(&mut conn, first, third).await.unwrap(), "that would be a circle");
    store::merge(&mut conn, first, third, now).await.unwrap();
    assert_eq!((followed(&app, second).await, followed(&app, third).await), (None, Some(second.0)));

    let item = publish(&app, ("A library lends its maps", "The maps are old.", "en", "press", 9)).await;
    group::run(&app.ctx).await.unwrap();
    let fourth = story_of(&app, item).await;
    store::merge(&mut conn, third, fourth, now).await.unwrap();
    assert_eq!(followed(&app, fourth).await, Some(second.0), "what the merged story went on from is kept");
}
