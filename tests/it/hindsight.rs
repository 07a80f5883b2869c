//! What became of earlier stories, over two hundred days of a clock that is set: others come back to them or nobody does,
//! links stay or go, the network fails, runs come late.

use chrono::{DateTime, Duration, Utc};
use headsup::hindsight::{Followed, Outcome, Quarter};
use headsup::model::{Entity, EntityKind, IssueKind, Lane, Language, Report, ScorePart, StoryId, Verdict};
use headsup::pipeline::{self, Stage};
use headsup::publish::{self, Mode};
use headsup::store;
use headsup::store::{hindsight_view, issues};

use crate::app::TestApp;
use crate::crawl::web::{Answer, Web, ok, status, told};

/// In the week before the app's clock.
const TUESDAY: &str = "2026-04-28T09:00:00Z";

/// A story as the stages before leave it.
struct Seed<'a> {
    title: &'a str,
    link: String,
    owner: &'a str,
    score: f32,
    dropped: Option<&'a str>,
    happened_at: DateTime<Utc>,
}

fn seed<'a>(title: &'a str, link: &str, score: f32) -> Seed<'a> {
    let owner = title.split(' ').next().unwrap();
    Seed { title, link: link.to_owned(), owner, score, dropped: None, happened_at: at(TUESDAY) }
}

fn dropped<'a>(title: &'a str, link: &str, score: f32) -> Seed<'a> {
    Seed { dropped: Some("hype"), ..seed(title, link, score) }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(n: i64) -> DateTime<Utc> {
    at(TUESDAY) + Duration::days(n)
}

fn entity(name: &str) -> Entity {
    Entity { name: name.to_owned(), kind: EntityKind::Other, en: None, zh: None }
}

/// "Kestrel ships Tern 3.1" is about Kestrel, and about Tern.
fn verdict(seed: &Seed<'_>) -> Verdict {
    Verdict {
        story_id: StoryId(0),
        judge: "rules".into(),
        headline: Language::ALL.iter().map(|language| (*language, seed.title.to_owned())).collect(),
        summary: Default::default(),
        lane: Lane::Company,
        focus: Vec::new(),
        entities: seed.title.split(' ').filter(|word| *word != "ships").map(entity).collect(),
        dates: Vec::new(),
        versions: Vec::new(),
        artifacts: Vec::new(),
        claims: Vec::new(),
        funding: None,
        rumour: false,
        score: seed.score,
        parts: vec![ScorePart { flag: "primary".into(), points: seed.score, quote: String::new() }],
        dropped: seed.dropped.map(str::to_owned),
        facts_checked: 0,
        sentences_withheld: 0,
        tokens: 0,
        unscored: None,
    }
}

async fn add(app: &TestApp, seed: &Seed<'_>) -> StoryId {
    let item = item(app, seed.owner, seed.title, &seed.link, seed.happened_at).await;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO stories (lead_item_id, title, language, lane, happened_at, first_seen_at, last_seen_at, changed_at)
         VALUES ($1, $2, 'en', 'company', $3, $3, $3, $3) RETURNING id",
    )
    .bind(item).bind(seed.title).bind(seed.happened_at)
    .fetch_one(&app.ctx.pool).await.unwrap();
    join(app, item, StoryId(id), seed.happened_at).await;
    let verdict = Verdict { story_id: StoryId(id), ..verdict(seed) };
    judge(app, &verdict, seed.happened_at + Duration::hours(1)).await;
    StoryId(id)
}

async fn judge(app: &TestApp, verdict: &Verdict, at: DateTime<Utc>) {
    let basis = store::verdicts::Basis {
        input_hash: "",
        prompt_hash: None,
        rules_hash: "",
        rules_score: verdict.score,
        rules_dropped: None,
    };
    store::verdicts::save(&app.ctx.pool, verdict, basis, at).await.unwrap();
}

async fn item(app: &TestApp, owner: &str, title: &str, link: &str, at: DateTime<Utc>) -> i64 {
    let source = source(app, owner).await;
    sqlx::query_scalar(
        "INSERT INTO items (source_id, guid, link, canonical_link, title, summary, language, published_at, first_seen_at, content_sha256)
         VALUES ($1, $2, $3, $2, $4, '', 'en', $5, $5, '') RETURNING id",
    )
    .bind(source).bind(format!("{link} {title} {owner}")).bind(link).bind(title).bind(at)
    .fetch_one(&app.ctx.pool).await.unwrap()
}

async fn source(app: &TestApp, owner: &str) -> i64 {
    sqlx::query_scalar(
        "INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at)
         VALUES ($1, $1, 'feed', $1, 'company', 'en', 'press', $1, now())
         ON CONFLICT (slug) DO UPDATE SET name = excluded.name RETURNING id",
    )
    .bind(owner)
    .fetch_one(&app.ctx.pool)
    .await
    .unwrap()
}

async fn join(app: &TestApp, item: i64, story: StoryId, at: DateTime<Utc>) {
    sqlx::query("INSERT INTO story_items (item_id, story_id, reason, joined_at) VALUES ($1, $2, 'test', $3)")
        .bind(item)
        .bind(story.0)
        .bind(at)
        .execute(&app.ctx.pool)
        .await
        .unwrap();
}

/// Somebody writes on that day.
async fn writes(app: &TestApp, n: i64, owner: &str, title: &str) -> i64 {
    item(app, owner, title, &format!("https://{owner}.example/{n}"), day(n)).await
}

/// The issue of the week, published on the Wednesday after it.
async fn publish(app: &TestApp) {
    publish::weekly(&app.ctx, Some("2026-W18"), Mode::Publish).await.unwrap();
}

async fn look_back(app: &TestApp, now: DateTime<Utc>) -> Report {
    app.ctx.clock.set(now);
    pipeline::run_stage(&app.ctx, Stage::Hindsight).await.unwrap()
}

async fn rows(app: &TestApp, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(&app.ctx.pool).await.unwrap()
}

/// Title, age, counts, link and fate of each look.
async fn lives(app: &TestApp) -> Vec<String> {
    rows(
        app,
        "SELECT s.title || ' @' || l.age_days || ': ' || l.n_owners || ' owners, ' || l.n_mentions || ' items, '
                || l.n_late_owners || ' late, ' || l.n_updates || ' updates, ' || coalesce(l.artifact, 'no link') || ', ' || l.outcome
         FROM afterlives l JOIN stories s ON s.id = l.story_id ORDER BY l.story_id, l.age_days",
    )
    .await
}

#[tokio::test]
async fn what_others_come_back_to_lasts_and_the_rest_was_noise() {
    let web = Web::with([("/tern", "there".to_owned()), ("/owl", "there".to_owned())]).await;
    web.put("/robin", status(404));
    let app = TestApp::start().await;
    let tern = add(&app, &seed("Kestrel ships Tern 3.1", &format!("{}/tern", web.base), 6.0)).await;
    add(&app, &seed("Magpie ships Robin 2", &format!("{}/robin", web.base), 5.0)).await;
    add(&app, &dropped("Crow ships Owl 4", &format!("{}/owl", web.base), -4.0)).await;
    publish(&app).await;
    assert_eq!(look_back(&app, day(8)).await.count("followed"), 3);
    assert_eq!(
        rows(&app, "SELECT why || coalesce(' ' || place, '') || coalesce(' ' || dropped, '') || ' ' || score FROM watched ORDER BY story_id").await,
        ["told 1 6", "told 2 5", "named hype -4"]
    );
    // The echo of the first days, the company itself, a copy, and another version say nothing.
    writes(&app, 2, "Echo", "Tern 3.1 is out").await;
    writes(&app, 40, "Kestrel", "Tern 3.1 in numbers").await;
    writes(&app, 41, "Wren", "Tern 3 compared").await;
    let copy = writes(&app, 42, "Mirror", "Tern 3.1 again").await;
    join(&app, copy, tern, day(42)).await;
    sqlx::query("UPDATE story_items SET copy_of = (SELECT lead_item_id FROM stories WHERE id = $1) WHERE item_id = $2")
        .bind(tern.0).bind(copy).execute(&app.ctx.pool).await.unwrap();
    // One joins the story, one calls it by its name, one lists its page, one tells what goes on from it.
    let joined = writes(&app, 20, "Heron", "What the new bird does").await;
    join(&app, joined, tern, day(20)).await;
    writes(&app, 50, "Finch", "Why we run Tern-3.1 at home").await;
    writes(&app, 51, "Finch", "Tern 3.1, a week later").await;
    let forum = source(&app, "Forum").await;
    sqlx::query("INSERT INTO sightings (item_id, source_id, seen_at) SELECT lead_item_id, $2, $3 FROM stories WHERE id = $1")
        .bind(tern.0).bind(forum).bind(day(70)).execute(&app.ctx.pool).await.unwrap();
    let update = Seed {
        happened_at: day(80),
        owner: "Heron",
        ..seed("Heron measures the bird", "https://heron.example/80", 3.0)
    };
    let update = add(&app, &update).await;
    sqlx::query("UPDATE stories SET follows = $1 WHERE id = $2")
        .bind(tern.0)
        .bind(update.0)
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    for n in [31, 91, 150, 181, 200] {
        look_back(&app, day(n)).await;
    }
    assert_eq!(
        lives(&app).await,
        [
            "Kestrel ships Tern 3.1 @30: 1 owners, 1 items, 1 late, 0 updates, alive, early",
            "Kestrel ships Tern 3.1 @90: 3 owners, 5 items, 3 late, 1 updates, alive, lasted",
            "Kestrel ships Tern 3.1 @180: 3 owners, 5 items, 0 late, 1 updates, alive, lasted",
            "Magpie ships Robin 2 @30: 0 owners, 0 items, 0 late, 0 updates, gone, faded",
            "Magpie ships Robin 2 @90: 0 owners, 0 items, 0 late, 0 updates, gone, faded",
            "Magpie ships Robin 2 @180: 0 owners, 0 items, 0 late, 0 updates, gone, faded",
            "Crow ships Owl 4 @30: 0 owners, 0 items, 0 late, 0 updates, alive, faded",
            "Crow ships Owl 4 @90: 0 owners, 0 items, 0 late, 0 updates, alive, faded",
            "Crow ships Owl 4 @180: 0 owners, 0 items, 0 late, 0 updates, alive, faded",
        ]
    );
    let asked = web.take_paths().into_iter().filter(|path| path == "/tern").count();
    assert_eq!(asked, 3, "once for each age");
    let again = look_back(&app, day(200)).await;
    assert!(again.counts.is_empty() && web.take_seen().is_empty(), "{again:?}");
}

#[tokio::test]
async fn a_link_is_gone_only_if_its_host_says_so() {
    let web = Web::with([("/there", "x".to_owned()), ("/", "front".to_owned())]).await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    web.put("/404", status(404));
    web.put("/410", status(410));
    web.put("/500", status(500));
    web.put("/403", status(403));
    web.put("/moved", told(301, "location", "/there"));
    web.put("/front", told(302, "location", "/"));
    web.put("/endless", Answer::Stalls);
    web.put("/closed/x", ok("x"));
    web.put("/robots.txt", ok("User-agent: *\nDisallow: /closed/\n"));
    let app = TestApp::start_with(|settings| settings.crawl.timeout_seconds = 1).await;
    let paths = ["/there", "/404", "/410", "/500", "/403", "/moved", "/front", "/endless", "/closed/x"];
    for (n, path) in paths.iter().enumerate() {
        add(&app, &seed(&format!("Bird{n} ships {path}"), &format!("{}{path}", web.base), 5.0)).await;
    }
    let nobody = format!("http://{}/silent", silent.local_addr().unwrap());
    add(&app, &seed("Bird10 ships /silent", &nobody, 5.0)).await;
    add(&app, &seed("Bird11 ships /refused", "http://127.0.0.1:1/refused", 5.0)).await;
    publish(&app).await;
    for n in [31, 32, 33, 34] {
        look_back(&app, day(n)).await;
    }
    let states = "SELECT substr(s.title, position('/' in s.title)) || ' ' || l.artifact FROM afterlives l JOIN stories s ON s.id = l.story_id ORDER BY s.id";
    assert_eq!(
        rows(&app, states).await,
        [
            "/there alive",
            "/404 gone",
            "/410 gone",
            "/500 unknown",
            "/403 unknown",
            "/moved alive",
            "/front unknown",
            "/endless alive",
            "/closed/x unknown",
            "/silent unknown",
            "/refused unknown"
        ]
    );
    let n_asked = |path: &str, seen: &[String]| seen.iter().filter(|own| *own == path).count();
    let seen = web.take_paths();
    assert_eq!(
        (n_asked("/500", &seen), n_asked("/404", &seen), n_asked("/closed/x", &seen)),
        (3, 1, 0),
        "{seen:?}"
    );
}

#[tokio::test]
async fn a_private_address_is_never_asked() {
    let web = Web::with([("/inside", "secret".to_owned())]).await;
    let app = TestApp::start_with(|settings| settings.crawl.allow_private = false).await;
    add(&app, &seed("Kestrel ships Tern 3.1", &format!("{}/inside", web.base), 5.0)).await;
    publish(&app).await;
    look_back(&app, day(31)).await;
    assert!(web.take_seen().is_empty());
    let says = rows(&app, "SELECT artifact || ': ' || artifact_says FROM afterlives").await;
    assert!(says[0].starts_with("unknown: "), "{says:?}");
}

#[tokio::test]
async fn a_late_run_writes_what_can_still_be_known_and_says_how_late_it_is() {
    let web = Web::with([("/tern", "there".to_owned())]).await;
    let app = TestApp::start().await;
    let id = add(&app, &seed("Kestrel ships Tern 3.1", &format!("{}/tern", web.base), 5.0)).await;
    publish(&app).await;
    for (n, owner) in [(10, "Heron"), (12, "Finch"), (60, "Wren")] {
        writes(&app, n, owner, "On Tern 3.1").await;
    }
    // The judgement of today is not the one that the issue was made from.
    let harsher = Verdict { story_id: id, score: -9.0, ..verdict(&seed("Kestrel ships Tern 3.1", "", 5.0)) };
    judge(&app, &harsher, day(20)).await;
    look_back(&app, day(100)).await;
    let lines = "SELECT age_days || ' at ' || real_age_days || ': ' || l.n_owners || ' ' || artifact || ' ' || w.score
                 FROM afterlives l JOIN watched w USING (story_id) ORDER BY age_days";
    assert_eq!(rows(&app, lines).await, ["30 at 100: 2 alive 5", "90 at 100: 3 alive 5"]);
    assert_eq!(web.take_paths(), ["/robots.txt", "/tern"], "one look serves both ages");
}

#[tokio::test]
async fn of_what_was_left_out_the_loudest_and_a_fixed_sample_are_followed() {
    let app = TestApp::start().await;
    add(&app, &seed("Kestrel ships Tern 3.1", "https://kestrel.example/tern", 5.0)).await;
    for n in 0..120 {
        let title = format!("Bird{n} ships Egg {n}");
        add(&app, &dropped(&title, &format!("https://bird{n}.example/egg"), -4.0)).await;
    }
    for n in 0..50 {
        let title = format!("Fish{n} ships Roe {n}");
        let off =
            Seed { dropped: Some("off-topic"), ..seed(&title, &format!("https://fish{n}.example/roe"), 0.0) };
        add(&app, &off).await;
    }
    publish(&app).await;
    look_back(&app, day(8)).await;
    let counts = "SELECT why || ' ' || count(*) FROM watched GROUP BY why ORDER BY why";
    assert_eq!(rows(&app, counts).await, ["loud 20", "named 5", "sample 20", "told 1"]);
    let loud = "SELECT DISTINCT dropped FROM watched WHERE why = 'loud'";
    assert_eq!(rows(&app, loud).await, ["hype"]);
    let first = rows(&app, "SELECT story_id || why FROM watched ORDER BY 1").await;
    sqlx::query("DELETE FROM watched").execute(&app.ctx.pool).await.unwrap();
    look_back(&app, day(9)).await;
    assert_eq!(
        rows(&app, "SELECT story_id || why FROM watched ORDER BY 1").await,
        first,
        "the same lot each time"
    );
}

#[tokio::test]
async fn popularity_is_what_sources_counted_until_that_age() {
    let app = TestApp::start().await;
    let id = add(&app, &seed("Kestrel ships Tern 3.1", "https://kestrel.example/tern", 5.0)).await;
    let forum = source(&app, "Forum").await;
    for (n, stars) in [(1, 300), (6, 400), (60, 900), (120, 2000)] {
        sqlx::query(
            "INSERT INTO signals (item_id, source_id, kind, value, read_at, age_minutes)
             SELECT lead_item_id, $2, 'stars', $3, $4, 0 FROM stories WHERE id = $1",
        )
        .bind(id.0)
        .bind(forum)
        .bind(i64::from(stars))
        .bind(day(n))
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    }
    sqlx::query("UPDATE watched SET link = NULL").execute(&app.ctx.pool).await.unwrap();
    publish(&app).await;
    look_back(&app, day(8)).await;
    sqlx::query("UPDATE watched SET link = NULL").execute(&app.ctx.pool).await.unwrap();
    look_back(&app, day(91)).await;
    let lives = hindsight_view::of_story(&app.ctx.pool, id).await.unwrap();
    let read: Vec<_> = lives
        .iter()
        .map(|life| {
            (life.age_days, life.popularity[0].first, life.popularity[0].last, life.popularity[0].day)
        })
        .collect();
    assert_eq!(read, [(30, Some(400), 400, 6), (90, Some(400), 900, 60)]);
    assert!(lives[1].reasons.iter().any(|reason| reason.sign == "grew"));
    assert_eq!(lives[1].artifact, None);
}

/// An archive with a quarter of stories: the better scored ones last.
async fn with_a_quarter() -> (TestApp, Vec<Followed>) {
    let app = TestApp::start_with(|settings| {
        let digest = &mut settings.digest;
        (digest.per_source, digest.per_company, digest.per_lane) = (100, 100, 100);
    })
    .await;
    let name = |n: u8| char::from(b'a' + n);
    let title = |n: u8| format!("Bird{0} ships Egg{0} {1}", name(n), n + 1);
    let scored: Vec<(String, f32)> = (0..24).map(|n| (title(n), f32::from(n) / 4.0 - 1.0)).collect();
    for (n, (title, score)) in scored.iter().enumerate() {
        let link = format!("https://bird{n}.example/egg");
        let one = if *score < 0.0 { dropped(title, &link, *score) } else { seed(title, &link, *score) };
        add(&app, &one).await;
        // One good score was wrong, and so was one bad one.
        if (n >= 12 && n != 20) || n == 1 {
            for (day, owner) in [(10, "Heron"), (50, "Finch"), (80, "Wren")] {
                writes(
                    &app,
                    day,
                    &format!("{owner}{n}"),
                    &title.split_once("ships").unwrap().1.replacen(' ', "On ", 1),
                )
                .await;
            }
        }
    }
    publish(&app).await;
    look_back(&app, day(8)).await;
    sqlx::query("UPDATE watched SET link = NULL").execute(&app.ctx.pool).await.unwrap();
    look_back(&app, day(95)).await;
    let stories = hindsight_view::followed(&app.ctx.pool, Quarter::of(day(0))).await.unwrap();
    (app, stories)
}

#[tokio::test]
async fn a_quarter_shows_what_lasted_what_was_missed_and_how_well_the_score_foresaw_it() {
    let (app, stories) = with_a_quarter().await;
    let summary = headsup::hindsight::summary(&stories);
    assert_eq!(
        (summary.told.lasted + summary.left_out.lasted, summary.told.n() + summary.left_out.n()),
        (12, 24)
    );
    assert_eq!(summary.left_out.lasted, 1, "our miss");
    let foresight = summary.foresight.unwrap();
    assert!((0.8..0.95).contains(&foresight.auc), "{foresight:?}");
    let base = app.serve().await;
    let page = |path: String| {
        let url = format!("{base}{path}");
        async move {
            reqwest::Client::builder()
                .no_proxy()
                .build()
                .unwrap()
                .get(url)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
        }
    };
    let english = page("/en/hindsight".into()).await;
    for words in
        ["2026-Q2", "what we missed", "<svg", "mentioned by 3 other owners", "Birdu ships", "100 pairs"]
    {
        assert!(english.contains(words), "{words}");
    }
    let chinese = page("/zh/hindsight?quarter=2026-Q2".into()).await;
    for words in ["我们的遗漏", "72 小时之后又有 3 家提到", "随机为 50%"] {
        assert!(chinese.contains(words), "{words}");
    }
    assert!(page("/en/hindsight?quarter=2019-Q1".into()).await.contains("Nothing has been followed"));
    assert!(page("/en/hindsight?quarter=<b>".into()).await.contains("no such page"));
    let lasted = stories.iter().find(|story| story.outcome() == Outcome::Lasted).unwrap();
    let story = page(format!("/en/story/{}", lasted.story_id)).await;
    assert!(story.contains("90 days later: mentioned by 3 other owners. It lasted."), "{story}");
}

#[tokio::test]
async fn the_first_issue_of_a_month_looks_back_once_and_stays_as_it_is() {
    let (app, _) = with_a_quarter().await;
    // Two weeks of August, of which something was read: the first ends on the 3rd, the second on the 10th.
    for (period, moment) in [("2026-W31", "2026-07-30T09:00:00Z"), ("2026-W32", "2026-08-06T09:00:00Z")] {
        let title = format!("Kestrel ships Tern {period}");
        let news = Seed {
            happened_at: at(moment),
            ..seed(&title, &format!("https://kestrel.example/{period}"), 4.0)
        };
        add(&app, &news).await;
        app.ctx.clock.set(at(moment) + Duration::days(7));
        publish::weekly(&app.ctx, Some(period), Mode::Publish).await.unwrap();
    }
    let all = issues::list(&app.ctx.pool, IssueKind::Weekly).await.unwrap();
    let notes: Vec<_> =
        all.iter().map(|issue| (issue.period.as_str(), issue.content.hindsight.is_some())).collect();
    assert_eq!(notes, [("2026-W32", false), ("2026-W31", true), ("2026-W18", false)]);
    let first = &all[1];
    let note = first.content.hindsight.as_ref().unwrap();
    assert_eq!((note.quarter.as_str(), note.left_out.0, note.stories.len()), ("2026-Q2", 1, 5));
    for (language, words) in
        [(Language::En, "We left it out, and it lasted"), (Language::Zh, "没有收录，却站住了")]
    {
        let mail = issues::rendering(&app.ctx.pool, first.id, language).await.unwrap().unwrap();
        assert!(mail.body_text.contains(words) && mail.body_html.contains(words), "{}", mail.body_text);
    }
    look_back(&app, at("2026-11-20T08:00:00Z")).await;
    let again = publish::weekly(&app.ctx, Some("2026-W31"), Mode::Publish).await.unwrap();
    assert!(again.already);
    assert_eq!(again.content.hindsight.as_ref(), Some(note));
}
