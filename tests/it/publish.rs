//! Issues: composed by rule, frozen, told once, queued for every reader, safe against hostile texts.

use chrono::{DateTime, Duration, Utc};
use headsup::model::{
    Entity, EntityKind, Focus, Funding, IssueKind, Lane, Language, ScorePart, StoryId, Summary, Verdict,
};
use headsup::publish::{self, Composed, Mode};
use headsup::store;

use crate::app::TestApp;

/// The week before the app's clock (a Wednesday in W19), and a moment in it.
pub const WEEK: &str = "2026-W18";
const TUESDAY: &str = "2026-04-28T09:00:00Z";

/// A judged story as the stages before leave it.
#[derive(Clone)]
pub struct Seed {
    pub title: String,
    pub link: String,
    pub happened_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    pub kind: &'static str,
    pub owners: Vec<String>,
    pub text: String,
    pub verdict: Verdict,
}

pub fn seed(name: &str, score: f32) -> Seed {
    let summary = |short: &str, long: &str| Summary {
        short: short.into(),
        long: long.into(),
        extracted: false,
        ..Summary::default()
    };
    Seed {
        title: format!("{name} ships a model"),
        link: format!("https://{}.example/news", name.to_lowercase().replace(' ', "-")),
        happened_at: at(TUESDAY),
        seen_at: at(TUESDAY),
        kind: "feed",
        owners: vec![name.into()],
        text: format!("{name} ships a model of 7B parameters."),
        verdict: Verdict {
            story_id: StoryId(0),
            judge: "rules".into(),
            headline: [
                (Language::En, format!("{name} ships a model")),
                (Language::Zh, format!("{name} 发布模型")),
            ]
            .into(),
            summary: [
                (Language::En, summary("It has 7B parameters.", "It has 7B parameters. Weights are public.")),
                (Language::Zh, summary("参数量 70 亿。", "参数量 70 亿。权重已公开。")),
            ]
            .into(),
            lane: Lane::Company,
            focus: Vec::new(),
            entities: vec![Entity { name: name.into(), kind: EntityKind::Company, en: None, zh: None }],
            dates: Vec::new(),
            versions: Vec::new(),
            funding: None,
            artifacts: Vec::new(),
            claims: Vec::new(),
            rumour: false,
            score,
            parts: vec![
                ScorePart { flag: "artifact".into(), points: 3.0, quote: "Weights are public.".into() },
                ScorePart { flag: "vendor-claim".into(), points: -1.0, quote: String::new() },
            ],
            dropped: None,
            facts_checked: 2,
            sentences_withheld: 1,
            tokens: 10,
            unscored: None,
        },
    }
}

impl Seed {
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Stores a story with one item of each owner and its verdict.
pub async fn add(app: &TestApp, seed: &Seed) -> StoryId {
    let mut story = None;
    for (n, owner) in seed.owners.iter().enumerate() {
        let source = source(app, owner, seed.kind).await;
        let link = if n == 0 { seed.link.clone() } else { format!("{}?via={n}", seed.link) };
        let item: i64 = sqlx::query_scalar(
            "INSERT INTO items (source_id, guid, link, canonical_link, title, summary, language, published_at, first_seen_at, content_sha256)
             VALUES ($1, $2, $2, $2, $3, $4, 'en', $5, $6, '') RETURNING id",
        )
        .bind(source).bind(&link).bind(&seed.title).bind(&seed.text).bind(seed.happened_at).bind(seed.seen_at)
        .fetch_one(&app.ctx.pool).await.unwrap();
        let id: i64 = match story {
            Some(id) => id,
            None => sqlx::query_scalar(
                "INSERT INTO stories (lead_item_id, title, language, lane, happened_at, first_seen_at, last_seen_at, n_items, n_owners, changed_at)
                 VALUES ($1, $2, 'en', $3, $4, $5, $5, $6, $6, $5) RETURNING id",
            )
            .bind(item).bind(&seed.title).bind(seed.verdict.lane.as_str()).bind(seed.happened_at).bind(seed.seen_at)
            .bind(seed.owners.len() as i32)
            .fetch_one(&app.ctx.pool).await.unwrap(),
        };
        sqlx::query(
            "INSERT INTO story_items (item_id, story_id, reason, joined_at) VALUES ($1, $2, 'test', $3)",
        )
        .bind(item)
        .bind(id)
        .bind(seed.seen_at)
        .execute(&app.ctx.pool)
        .await
        .unwrap();
        story = Some(id);
    }
    let id = StoryId(story.unwrap());
    judge(app, id, &seed.verdict).await;
    id
}

async fn source(app: &TestApp, owner: &str, kind: &str) -> i64 {
    sqlx::query_scalar(
        "INSERT INTO sources (slug, name, kind, url, lane, language, tier, owner, next_at)
         VALUES ($1, $1, $2, $1, 'company', 'en', 'primary', $1, now())
         ON CONFLICT (slug) DO UPDATE SET name = excluded.name RETURNING id",
    )
    .bind(owner)
    .bind(kind)
    .fetch_one(&app.ctx.pool)
    .await
    .unwrap()
}

async fn judge(app: &TestApp, id: StoryId, verdict: &Verdict) {
    let verdict = Verdict { story_id: id, ..verdict.clone() };
    let focus: Vec<&str> = verdict.focus.iter().map(|focus| focus.as_str()).collect();
    sqlx::query(
        "INSERT INTO verdicts (story_id, judged_at, judge, input_hash, lane, focus, rumour, score, dropped, verdict)
         VALUES ($1, now(), 'rules', '', $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.0).bind(verdict.lane.as_str()).bind(focus).bind(verdict.rumour).bind(verdict.score)
    .bind(&verdict.dropped).bind(sqlx::types::Json(&verdict))
    .execute(&app.ctx.pool).await.unwrap();
}

pub async fn subscribe(app: &TestApp, name: &str, language: &str, weekly: bool, monthly: bool) {
    sqlx::query(
        "INSERT INTO subscribers (email, language, weekly, monthly, token, created_at)
         VALUES ($1 || '@example.org', $2, $3, $4, 'token of ' || $1, now())",
    )
    .bind(name)
    .bind(language)
    .bind(weekly)
    .bind(monthly)
    .execute(&app.ctx.pool)
    .await
    .unwrap();
}

pub async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&app.ctx.pool).await.unwrap()
}

pub async fn week(app: &TestApp, name: &str) -> Composed {
    publish::weekly(&app.ctx, Some(name), Mode::Publish).await.unwrap()
}

pub fn section(composed: &Composed, name: &str) -> Vec<StoryId> {
    let found = composed.content.sections.iter().find(|section| section.name == name);
    found.map(|section| section.stories.iter().map(|story| story.story_id).collect()).unwrap_or_default()
}

/// A week with something in every section.
pub async fn full_week(app: &TestApp) {
    let lanes = [
        ("Acme", Lane::Company, 9.0),
        ("Borealis", Lane::Company, 8.0),
        ("Cirrus", Lane::OpenSource, 7.0),
        ("Delta", Lane::Company, 6.0),
        ("Epsilon", Lane::Research, 5.5),
        ("Gamma", Lane::OpenSource, 5.0),
        ("Helios", Lane::Industry, 4.5),
    ];
    for (name, lane, score) in lanes {
        add(app, &seed(name, score).with(|seed| seed.verdict.lane = lane)).await;
    }
    add(
        app,
        &seed("Foxtrot", 5.2).with(|seed| {
            seed.verdict.lane = Lane::Funding;
            seed.owners = vec!["Foxtrot".into(), "Press One".into(), "Press Two".into()];
            seed.verdict.funding = Some(Funding {
                company: "Foxtrot".into(),
                amount: Some("$180 million".into()),
                usd_millions: Some(180.0),
                round: Some("Series B".into()),
                leads: vec!["Tall Trees".into()],
                ..Funding::default()
            });
        }),
    )
    .await;
    add(
        app,
        &seed("Iota", 4.0).with(|seed| {
            seed.verdict.rumour = true;
            seed.verdict.headline.remove(&Language::Zh);
            seed.verdict.summary.remove(&Language::Zh);
        }),
    )
    .await;
    add(
        app,
        &seed("Juno", 3.0).with(|seed| {
            seed.verdict.dropped = Some("hype".into());
            seed.owners = (1..=4).map(|n| format!("Juno echo {n}")).collect();
        }),
    )
    .await;
    add(app, &seed("Kilo", 0.5)).await;
    add(app, &in_chinese()).await;
}

/// A story that only a Chinese outlet tells, in its own words, and that touches a long-term question.
pub fn in_chinese() -> Seed {
    let text = "团队称，新的推理引擎把每百万 token 的成本降低了 37%，并已在 GitHub 开放源代码。";
    seed("Lima", 3.9).with(|seed| {
        let quoted = Summary { short: text.into(), long: text.into(), extracted: true, ..Summary::default() };
        seed.title = "推理引擎开源：成本降低 37%".into();
        seed.verdict.headline =
            [(Language::En, seed.title.clone()), (Language::Zh, seed.title.clone())].into();
        seed.verdict.summary = [(Language::En, quoted.clone()), (Language::Zh, quoted)].into();
        seed.verdict.lane = Lane::OpenSource;
        seed.verdict.focus = vec![Focus::Efficiency];
        seed.verdict.parts.push(ScorePart { flag: "focus".into(), points: 1.0, quote: "成本".into() });
    })
}

#[tokio::test]
async fn an_issue_is_frozen_and_a_second_run_changes_nothing() {
    let app = TestApp::start().await;
    subscribe(&app, "mei", "zh", true, false).await;
    subscribe(&app, "joe", "en", true, true).await;
    subscribe(&app, "ann", "en", false, true).await;
    full_week(&app).await;
    let first = week(&app, WEEK).await;
    assert_eq!((first.already, first.n_queued, first.content.number), (false, 2, 1));

    add(&app, &seed("Latecomer", 99.0)).await;
    let second = week(&app, WEEK).await;
    assert!(second.already);
    assert_eq!(second.renderings, first.renderings);
    assert_eq!(
        serde_json::to_string(&second.content).unwrap(),
        serde_json::to_string(&first.content).unwrap()
    );
    let report = publish::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("issues"), report.count("deliveries")), (0, 0));
    assert_eq!(count(&app, "SELECT count(*) FROM deliveries").await, 2);
    assert_eq!(count(&app, "SELECT count(*) FROM issues WHERE n_recipients = 2").await, 1);
}

#[tokio::test]
async fn processes_that_publish_at_once_make_one_issue_for_each_week() {
    let app = TestApp::start().await;
    subscribe(&app, "joe", "en", true, true).await;
    full_week(&app).await;
    add(&app, &seed("Before", 5.0).with(|seed| seed.happened_at = at("2026-04-21T09:00:00Z"))).await;
    let (a, b, c) = tokio::join!(week(&app, WEEK), week(&app, "2026-W17"), week(&app, WEEK));
    assert_eq!(a.issue_id, c.issue_id);
    assert!(a.already != c.already, "one of the two made it");
    assert_eq!(a.content.number + b.content.number, 3, "numbers have no gap");
    assert_eq!(count(&app, "SELECT count(*) FROM deliveries").await, 2);
    let stories: i64 = count(&app, "SELECT count(*) - count(DISTINCT story_id) FROM issue_stories").await;
    assert_eq!(stories, 0, "no story is told twice");
}

#[tokio::test]
async fn an_issue_that_cannot_be_queued_is_not_published_at_all() {
    let app = TestApp::start().await;
    subscribe(&app, "joe", "en", true, true).await;
    add(&app, &seed("Acme", 9.0)).await;
    sqlx::query("ALTER TABLE deliveries ADD CONSTRAINT broken CHECK (state <> 'queued')")
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    assert!(publish::weekly(&app.ctx, Some(WEEK), Mode::Publish).await.is_err());
    for table in ["issues", "issue_renderings", "issue_stories"] {
        let n: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&app.ctx.pool)
            .await
            .unwrap();
        assert_eq!(n, 0, "{table}");
    }
}

#[tokio::test]
async fn an_own_template_without_a_way_out_is_refused() {
    let mut app = TestApp::start().await;
    add(&app, &seed("Acme", 9.0)).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("mail/shared")).unwrap();
    std::fs::write(folder.path().join("mail/shared/foot.txt.j2"), "Goodbye.").unwrap();
    app.ctx.templates = std::sync::Arc::new(headsup::render::Templates::load(Some(folder.path())).unwrap());
    let error = publish::weekly(&app.ctx, Some(WEEK), Mode::Publish).await.unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains("mail/weekly/body.txt.j2") && text.contains("%%UNSUBSCRIBE%%"), "{text}");
    assert_eq!(count(&app, "SELECT count(*) FROM issues").await, 0);
}

#[tokio::test]
async fn a_rumour_is_never_the_subject() {
    let app = TestApp::start_with(|settings| settings.digest.max_stories = 4).await;
    for name in ["Acme", "Borealis"] {
        add(&app, &seed(name, 9.0).with(|seed| seed.verdict.rumour = true)).await;
    }
    let issue = week(&app, WEEK).await;
    assert!(issue.content.quiet, "rumours do not make a week loud");
    assert_eq!(issue.renderings[&Language::En].subject, "A quiet week: 2 stories · headsup 2026-W18");
}

#[tokio::test]
async fn what_is_stored_matches_its_checksum() {
    use sha2::Digest as _;
    let app = TestApp::start().await;
    full_week(&app).await;
    week(&app, WEEK).await;
    let issue = store::issues::latest(&app.ctx.pool, IssueKind::Weekly).await.unwrap().unwrap();
    let json = serde_json::to_string(&issue.content).unwrap();
    let hex: String = sha2::Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(issue.sha256, hex);
}

#[tokio::test]
async fn every_reader_has_a_message_id_of_their_own() {
    let app = TestApp::start().await;
    subscribe(&app, "mei", "zh", true, true).await;
    subscribe(&app, "joe", "en", true, true).await;
    add(&app, &seed("Acme", 9.0)).await;
    week(&app, WEEK).await;
    let ids: Vec<String> = sqlx::query_scalar("SELECT message_id FROM deliveries ORDER BY id")
        .fetch_all(&app.ctx.pool)
        .await
        .unwrap();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    for id in ids {
        assert!(id.starts_with("<weekly-2026-W18.") && id.ends_with("@localhost.localdomain>"), "{id}");
        assert!(!id.contains("token"), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_get_it_in_their_own_morning() {
    let app = TestApp::start_with(|settings| {
        settings.mail.morning = "07:30".into();
        settings.schedule.time_zone = "Europe/Berlin".into();
    })
    .await;
    full_week(&app).await;
    for (name, zone) in [
        ("here", None),
        ("far", Some("Asia/Shanghai")),
        ("west", Some("America/New_York")),
        ("odd", Some("Mars")),
    ] {
        subscribe(&app, name, "en", true, true).await;
        sqlx::query("UPDATE subscribers SET time_zone = $1 WHERE email LIKE $2 || '%'")
            .bind(zone)
            .bind(name)
            .execute(&app.ctx.pool)
            .await
            .unwrap();
    }
    app.ctx.clock.set(at("2026-05-04T05:00:00Z"));
    week(&app, "2026-W18").await;
    let rows: Vec<(String, DateTime<Utc>)> =
        sqlx::query_as("SELECT split_part(address, '@', 1), next_at FROM deliveries ORDER BY address")
            .fetch_all(&app.ctx.pool)
            .await
            .unwrap();
    let when: Vec<(&str, String)> =
        rows.iter().map(|(name, at)| (name.as_str(), at.format("%m-%d %H:%M").to_string())).collect();
    let expected =
        [("far", "05-04 23:30"), ("here", "05-04 05:30"), ("odd", "05-04 05:30"), ("west", "05-04 11:30")];
    assert_eq!(when, expected.map(|(name, at)| (name, at.to_owned())));
}

#[tokio::test]
async fn who_left_gets_nothing() {
    let app = TestApp::start().await;
    subscribe(&app, "mei", "zh", true, true).await;
    sqlx::query("UPDATE subscribers SET state = 'left', left_at = now()")
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    add(&app, &seed("Acme", 9.0)).await;
    assert_eq!(week(&app, WEEK).await.n_queued, 0);
}

#[tokio::test]
async fn a_story_is_told_once_and_a_late_one_is_not_lost() {
    let app = TestApp::start().await;
    let told = add(&app, &seed("Acme", 9.0)).await;
    let weak = add(&app, &seed("Borealis", 1.0)).await;
    let late = add(
        &app,
        &seed("Cirrus", 8.0).with(|seed| {
            seed.happened_at = at("2026-04-25T09:00:00Z"); // a Saturday, seen on Tuesday
        }),
    )
    .await;
    add(&app, &seed("Delta", 8.0).with(|seed| seed.happened_at = at("2026-04-10T09:00:00Z"))).await;
    let issue = week(&app, WEEK).await;
    assert_eq!(section(&issue, "leads"), [told, late]);
    assert_eq!(issue.content.n_stories, 3, "what is older than a week is no news");

    // A week on, the told one is seen again under a new story that it was merged into.
    let next = seed("Acme again", 9.0).with(|seed| seed.happened_at = at("2026-05-05T09:00:00Z"));
    let merged = add(&app, &next).await;
    sqlx::query("UPDATE stories SET merged_into = $2 WHERE id = $1")
        .bind(told.0)
        .bind(merged.0)
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    sqlx::query("UPDATE verdicts SET score = 9 WHERE story_id = $1")
        .bind(weak.0)
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    app.ctx.clock.set(at("2026-05-11T08:00:00Z"));
    let issue = week(&app, "2026-W19").await;
    let told = headsup::edition::told_stories(&issue.content).count();
    assert_eq!(told, 0, "{:?}", issue.content.sections);
    assert_eq!(issue.content.number, 2);
}

#[tokio::test]
async fn four_past_weeks_in_a_row_have_their_own_stories_and_mails() {
    let app = TestApp::start().await;
    subscribe(&app, "joe", "en", true, true).await;
    let now = app.ctx.clock.now();
    for back in 1..=4 {
        for name in ["Acme", "Borealis", "Cirrus", "Delta", "Epsilon", "Foxtrot"] {
            add(
                &app,
                &seed(&format!("{name} {back}"), 5.0).with(|seed| {
                    seed.happened_at = now - Duration::weeks(back);
                    seed.seen_at = now;
                }),
            )
            .await;
        }
    }
    for (number, name) in (1..).zip(["2026-W15", "2026-W16", "2026-W17", "2026-W18"]) {
        let issue = week(&app, name).await;
        assert_eq!((issue.content.number, issue.n_queued), (number, 1));
        assert_eq!(issue.content.n_stories, 6, "{name}");
        assert!(!issue.content.quiet);
    }
    assert_eq!(publish::run(&app.ctx).await.unwrap().count("issues"), 0);
    let known: Vec<i32> = store::issues::list(&app.ctx.pool, IssueKind::Weekly)
        .await
        .unwrap()
        .iter()
        .map(|issue| issue.number)
        .collect();
    assert_eq!(known, [4, 3, 2, 1]);
}

#[tokio::test]
async fn a_quiet_week_says_so_and_a_week_without_reading_makes_no_issue() {
    let app = TestApp::start().await;
    let report = publish::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("issues"), report.warnings.len()), (0, 0));

    add(&app, &seed("Acme", 4.0)).await;
    add(&app, &seed("Borealis", 0.1)).await;
    let report = publish::run(&app.ctx).await.unwrap();
    assert_eq!((report.count("issues"), report.count("stories")), (1, 1));
    assert_eq!(report.warnings.len(), 1, "the month had items, but no paper: {:?}", report.warnings);
    let issue = week(&app, WEEK).await;
    assert_eq!(issue.renderings[&Language::En].subject, "A quiet week: 1 story · headsup 2026-W18");
    assert_eq!(issue.renderings[&Language::Zh].subject, "本周不多：1 件事 · 抬头 2026-W18");
}

#[tokio::test]
async fn periods_that_cannot_be_are_refused() {
    let app = TestApp::start().await;
    let refused =
        async |name, mode| publish::weekly(&app.ctx, Some(name), mode).await.unwrap_err().to_string();
    assert_eq!(refused("x", Mode::Publish).await, "'x' is not a week: write it like 2026-W47");
    assert!(refused("2026-W19", Mode::Publish).await.contains("not over yet"));
    assert!(refused("2019-W03", Mode::Publish).await.contains("nothing was read in 2019-W03"));
    let early = publish::weekly(&app.ctx, Some("2026-W19"), Mode::DryRun).await.unwrap();
    assert_eq!((early.issue_id, early.already), (None, false));
    assert_eq!(count(&app, "SELECT count(*) FROM issues").await, 0);
    let error = publish::paper(&app.ctx, Some("2026-04"), Mode::Publish).await.unwrap_err().to_string();
    assert!(error.contains("no paper of the month for 2026-04"), "{error}");
}

#[tokio::test]
async fn fetched_text_cannot_speak_for_the_mail() {
    let app = TestApp::start().await;
    let evil = "<script>alert(1)</script>\" onmouseover=\"x %%UNSUBSCRIBE%% {{ 7*7 }}\r\nBcc: all@example.org \u{202E}gnp";
    add(
        &app,
        &seed("Acme", 9.0).with(|seed| {
            seed.title = evil.into();
            seed.link = "javascript:alert(1)".into();
            seed.owners = vec!["<b>Acme</b>".into()];
            seed.verdict.headline = [(Language::En, evil.to_owned())].into();
            let summary =
                Summary { short: evil.into(), long: evil.into(), extracted: true, ..Summary::default() };
            seed.verdict.summary = [(Language::En, summary)].into();
            seed.verdict.parts[0].flag = evil.into();
            seed.verdict.judge = evil.into();
            seed.verdict.funding = Some(Funding { company: evil.into(), ..Funding::default() });
        }),
    )
    .await;
    for rendering in week(&app, WEEK).await.renderings.values() {
        let html = &rendering.body_html;
        assert!(
            !html.contains("<script") && !html.contains("<b>Acme") && !html.contains("\" onmouseover"),
            "{html}"
        );
        assert!(!html.contains("javascript:") && !rendering.body_text.contains("javascript:"));
        assert!(!html.contains('\u{202E}') && !rendering.body_text.contains('\u{202E}'));
        assert_eq!(html.matches("%%UNSUBSCRIBE%%").count(), 1);
        assert_eq!(rendering.body_text.matches("%%UNSUBSCRIBE%%").count(), 1);
        assert!(!rendering.subject.contains(['\r', '\n']));
        assert!(html.contains("{{ 7*7 }}"), "text is text");
    }
}

#[tokio::test]
async fn a_huge_issue_stays_below_the_size_that_mail_programs_clip() {
    let app = TestApp::start_with(|settings| {
        settings.digest.max_stories = 500;
        settings.digest.per_lane = 500;
        settings.digest.minutes = 255;
    })
    .await;
    for n in 0..300 {
        add(
            &app,
            &seed(&format!("Vendor {n}"), 5.0).with(|seed| {
                let long = "A very long sentence about nothing. ".repeat(30);
                let summary = Summary { short: long.clone(), long, extracted: false, ..Summary::default() };
                seed.verdict.summary.insert(Language::En, summary);
            }),
        )
        .await;
    }
    let issue = week(&app, WEEK).await;
    for rendering in issue.renderings.values() {
        assert!(rendering.body_html.len() <= 90_000, "{}", rendering.body_html.len());
    }
    assert!(issue.renderings[&Language::En].body_text.contains("More stories are in the web edition."));
}

#[tokio::test]
async fn the_weekly_mail_reads_well_in_both_languages() {
    let app = TestApp::start().await;
    full_week(&app).await;
    let issue = week(&app, WEEK).await;
    for (language, rendering) in &issue.renderings {
        write_sample(&format!("weekly-{language}"), rendering);
        insta::assert_snapshot!(format!("weekly_{language}_text"), with_subject(rendering));
        assert_eq!(wide_lines(&rendering.body_text), [] as [&str; 0]);
    }
    insta::assert_snapshot!("weekly_en_html", issue.renderings[&Language::En].body_html);
}

pub fn with_subject(rendering: &publish::Rendering) -> String {
    format!("Subject: {}\n\n{}", rendering.subject, rendering.body_text)
}

pub fn wide_lines(text: &str) -> Vec<&str> {
    let columns = |line: &str| line.chars().map(|c| if c as u32 >= 0x2E80 { 2 } else { 1 }).sum::<usize>();
    text.lines().filter(|line| columns(line) > 76).collect()
}

/// For a person to look at.
pub fn write_sample(name: &str, rendering: &publish::Rendering) {
    std::fs::create_dir_all("target/mail").unwrap();
    std::fs::write(format!("target/mail/{name}.html"), &rendering.body_html).unwrap();
    std::fs::write(format!("target/mail/{name}.txt"), &rendering.body_text).unwrap();
}

/// The text of the issue in English.
fn english(issue: &Composed) -> &str {
    &issue.renderings[&Language::En].body_text
}

#[tokio::test]
async fn an_event_that_grouping_left_as_two_stories_is_told_once() {
    let app = TestApp::start().await;
    let round = |name: &str, company: &str, score| {
        seed(name, score).with(|seed| {
            seed.verdict.lane = Lane::Funding;
            seed.verdict.funding = Some(Funding {
                company: company.into(),
                round: Some("Series B".into()),
                amount: Some("$40 million".into()),
                ..Funding::default()
            });
        })
    };
    for name in ["Borealis", "Cirrus", "Delta"] {
        add(&app, &seed(name, 9.0)).await;
    }
    let better = add(&app, &round("Press One", "Fox-Trot AI", 5.0)).await;
    add(&app, &round("Press Two", "Foxtrot AI", 4.0)).await;
    let issue = week(&app, WEEK).await;
    assert_eq!(section(&issue, "funding"), [better]);
    assert_eq!(issue.content.dropped_counts["same-event"], 1);

    // A week later a third outlet notices, and another round is news.
    let next = |seed: Seed| seed.with(|seed| (seed.happened_at, seed.seen_at) = (at(MAY), at(MAY)));
    add(&app, &next(round("Press Three", "FoxTrot AI", 9.0))).await;
    let other = next(round("Press Four", "Foxtrot AI", 8.0))
        .with(|seed| seed.verdict.funding.as_mut().unwrap().round = Some("Series C".into()));
    let other = add(&app, &other).await;
    app.ctx.clock.set(at("2026-05-11T08:00:00Z"));
    let issue = week(&app, "2026-W19").await;
    let told: Vec<StoryId> =
        headsup::edition::told_stories(&issue.content).map(|story| story.story_id).collect();
    assert_eq!(told, [other]);
    assert_eq!(issue.content.dropped_counts["told-before"], 1);
}

/// A moment in the week after [`WEEK`].
const MAY: &str = "2026-05-05T09:00:00Z";

#[tokio::test]
async fn a_follow_up_says_what_was_written_before() {
    let app = TestApp::start().await;
    let first = add(&app, &seed("Acme", 9.0)).await;
    week(&app, WEEK).await;
    let later = |name: &str, score| {
        seed(name, score).with(|seed| (seed.happened_at, seed.seen_at) = (at(MAY), at(MAY)))
    };
    for name in ["Borealis", "Cirrus", "Delta"] {
        add(&app, &later(name, 9.0)).await;
    }
    let update = add(&app, &later("Acme again", 4.0)).await;
    sqlx::query("UPDATE stories SET follows = $1 WHERE id = $2")
        .bind(first.0)
        .bind(update.0)
        .execute(&app.ctx.pool)
        .await
        .unwrap();
    app.ctx.clock.set(at("2026-05-11T08:00:00Z"));
    let issue = week(&app, "2026-W19").await;
    assert_eq!(section(&issue, "followups"), [update]);
    assert!(english(&issue).contains("In no. 1 we wrote: “Acme ships a model”"), "{}", english(&issue));
    let chinese = &issue.renderings[&Language::Zh];
    assert!(chinese.body_text.contains("第 1 期写过：“Acme 发布模型”"), "{}", chinese.body_text);
    assert!(chinese.body_html.contains(&format!("/zh/story/{first}")));
}

#[tokio::test]
async fn the_table_of_money_adds_up_in_dollars_and_says_whose_rates() {
    let app = TestApp::start().await;
    for name in ["Borealis", "Cirrus", "Delta"] {
        add(&app, &seed(name, 9.0)).await;
    }
    let sums = [
        ("Foxtrot", "$180 million", Some(180.0), 180e6, "USD"),
        ("星野智能", "14.33亿元", None, 1.433e9, "CNY"),
        ("Quiet", "数亿元", None, 0.0, "CNY"),
    ];
    for (company, amount, usd_millions, value, currency) in sums {
        let round = Funding {
            company: company.into(),
            amount: Some(amount.into()),
            usd_millions,
            amount_value: (value > 0.0).then_some(value),
            currency: Some(currency.into()),
            round: Some(format!("Round of {company}")),
            ..Funding::default()
        };
        let one = seed(&format!("Outlet {company}"), 4.0).with(|seed| {
            seed.verdict.lane = Lane::Funding;
            seed.verdict.funding = Some(round);
        });
        add(&app, &one).await;
    }
    let issue = week(&app, WEEK).await;
    let text = english(&issue);
    for words in [
        "RMB 1.43 billion (≈ $200 million)",
        "$380 million in 2 rounds; 1 more without a sum; the largest: 星野智能, $200 million.",
        "Exchange rates of 2025-06-30.",
    ] {
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{words}: {text}");
    }
    let chinese = &issue.renderings[&Language::Zh].body_html;
    assert!(chinese.contains("≈ 2 亿美元") && chinese.contains("2 笔合计 3.8 亿美元"), "{chinese}");
}

#[tokio::test]
async fn an_issue_takes_no_longer_to_read_than_it_may() {
    let app = TestApp::start_with(|settings| settings.digest.per_lane = 20).await;
    for n in 0..20u8 {
        let long = seed(&format!("Vendor {n}"), 9.0 - f32::from(n) / 10.0).with(|seed| {
            let text = "One more word about it. ".repeat(20);
            let summary = Summary { short: text.clone(), long: text, ..Summary::default() };
            seed.verdict.summary.insert(Language::En, summary);
        });
        add(&app, &long).await;
    }
    let issue = week(&app, WEEK).await;
    let told: Vec<i64> =
        headsup::edition::told_stories(&issue.content).map(|story| story.story_id.0).collect();
    assert!(issue.content.minutes <= 5 && (8..15).contains(&told.len()), "{told:?}");
    assert_eq!(told, (1..=told.len() as i64).collect::<Vec<_>>(), "the weakest give way");
    assert_eq!(issue.content.dropped_counts["no-room"], 20 - told.len() as i64);
}

#[tokio::test]
async fn a_published_issue_can_be_made_again_byte_for_byte_whatever_came_later() {
    let app = TestApp::start().await;
    full_week(&app).await;
    week(&app, WEEK).await;
    sqlx::query(
        "UPDATE verdicts SET score = score - 3, verdict = jsonb_set(verdict, '{headline,en}', '\"other\"')",
    )
    .execute(&app.ctx.pool)
    .await
    .unwrap();
    sqlx::query("UPDATE items SET title = 'changed'").execute(&app.ctx.pool).await.unwrap();
    add(&app, &seed("Latecomer", 99.0)).await;
    let replay = publish::replay(&app.ctx, &publish::Series::Weekly, WEEK).await.unwrap();
    assert!(replay.differences.is_empty(), "{:?}", replay.differences);

    sqlx::query(
        "UPDATE issue_renderings SET body_text = replace(body_text, 'Acme', 'Acne') WHERE language = 'en'",
    )
    .execute(&app.ctx.pool)
    .await
    .unwrap();
    let replay = publish::replay(&app.ctx, &publish::Series::Weekly, WEEK).await.unwrap();
    let parts: Vec<_> = replay.differences.iter().map(|difference| difference.part.as_str()).collect();
    assert_eq!(parts, ["text en"], "what was tampered with is found");
    assert!(
        publish::replay(&app.ctx, &publish::Series::Weekly, "2026-W19")
            .await
            .unwrap_err()
            .to_string()
            .contains("no issue")
    );
}
