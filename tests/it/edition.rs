//! Several editions: a team's daily beside the weekly issue, with numbers, ledger, readers, address and time of its own.

use headsup::config::{EditionSettings, Review};
use headsup::model::{Focus, Lane, Language, StoryId};
use headsup::publish::{self, Composed, Mode, Series};
use headsup::send;

use crate::app::TestApp;
use crate::config::headsup;
use crate::publish::{WEEK, add, at, count, seed, subscribe, week};

/// The day before the app's clock.
const DAY: &str = "2026-05-05";
const MORNING: &str = "2026-05-05T09:00:00Z";

fn edition(toml: &str) -> EditionSettings {
    toml::from_str(toml).unwrap()
}

/// headsup with these editions and three readers: of all, of the weekly issue, of the daily alone in Chinese.
async fn app(editions: &[&str]) -> TestApp {
    let editions: Vec<EditionSettings> = editions.iter().map(|toml| edition(toml)).collect();
    let app = TestApp::start_with(|settings| settings.editions = editions).await;
    for (name, language, weekly, own) in
        [("all", "en", true, true), ("week", "en", true, false), ("day", "zh", false, true)]
    {
        subscribe(&app, name, language, weekly, false).await;
        if own {
            sqlx::query("UPDATE subscribers SET editions = '{team}' WHERE email LIKE $1 || '@%'")
                .bind(name)
                .execute(&app.ctx.pool)
                .await
                .unwrap();
        }
    }
    app
}

/// A day with enough to tell.
async fn busy_day(app: &TestApp, day: &str) -> Vec<StoryId> {
    let mut ids = Vec::new();
    for (n, name) in ["Acme", "Borealis", "Cirrus", "Delta"].into_iter().enumerate() {
        let seed = seed(&format!("{name} {day}"), 9.0 - n as f32).with(|seed| {
            seed.happened_at = at(&format!("{day}T09:00:00Z"));
            seed.seen_at = seed.happened_at;
            if name == "Delta" {
                seed.verdict.lane = Lane::Research;
                seed.verdict.focus = vec![Focus::Privacy];
            }
        });
        ids.push(add(app, &seed).await);
    }
    ids
}

async fn team(app: &TestApp, period: &str) -> Option<Composed> {
    let series = Series::named("team", &app.ctx.settings).unwrap();
    publish::of_series(&app.ctx, &series, Some(period), Mode::Publish).await.unwrap()
}

fn told(issue: &Composed) -> Vec<StoryId> {
    let sections = issue.content.sections.iter().filter(|section| section.name != "dropped");
    let mut ids: Vec<StoryId> =
        sections.flat_map(|section| &section.stories).map(|story| story.story_id).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_daily_has_its_own_numbers_ledger_readers_and_address() {
    let app = app(&["slug = \"team\"\ntitle = \"Team <daily>\"\nperiod = \"daily\""]).await;
    let ids = busy_day(&app, DAY).await;
    let before = busy_day(&app, "2026-05-04").await;
    app.ctx.clock.set(at("2026-05-12T08:00:00Z"));
    let weekly = week(&app, "2026-W19").await;
    assert!(ids.iter().all(|id| told(&weekly).contains(id)), "the weekly issue tells of them");
    let first = team(&app, "2026-05-04").await.unwrap();
    let second = team(&app, DAY).await.unwrap();
    assert_eq!((first.content.number, second.content.number, weekly.content.number), (1, 2, 1));
    assert_eq!(
        (told(&first), told(&second)),
        (before, ids),
        "each day its own, although the weekly issue told them"
    );
    assert_eq!((weekly.n_queued, second.n_queued), (2, 2));
    assert!(team(&app, DAY).await.unwrap().already, "a second run changes nothing");
    let english = &second.renderings[&Language::En];
    assert!(english.body_text.contains("Team <daily> 2") && english.body_text.contains("5 May 2026"));
    assert!(english.body_html.contains("Team &lt;daily&gt; 2") && !english.body_html.contains("<daily>"));
    assert!(english.body_text.contains("/en/issues/team/2"), "{}", english.body_text);
    assert!(english.subject.ends_with("Team <daily> 2026-05-05"), "{}", english.subject);
    for period in ["2026-05-04", DAY] {
        let series = Series::named("team", &app.ctx.settings).unwrap();
        let replay = publish::replay(&app.ctx, &series, period).await.unwrap();
        assert!(replay.differences.is_empty(), "{:?}", replay.differences);
    }
    assert_eq!(send::run(&app.ctx).await.unwrap().count("sent"), 6);
    assert_eq!(count(&app, "SELECT count(DISTINCT message_id) FROM deliveries").await, 6);

    let base = app.serve().await;
    let browser = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |path: &str| {
        let answer = browser.get(format!("{base}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap().replace("&#x2f;", "/"))
    };
    for path in ["/en/issues/team/2", "/zh/issues/team/1/mail", "/en/issues/weekly/1", "/feed/team-zh.xml"] {
        assert_eq!(get(path).await.0, 200, "{path}");
    }
    for path in ["/en/issues/team/3", "/en/issues/daily/1", "/feed/other-en.xml"] {
        assert_eq!(get(path).await.0, 404, "{path}");
    }
    let list = get("/en/issues").await.1;
    assert!(list.contains("Team &lt;daily&gt;") && list.contains("/en/issues/team/1"), "{list}");
    assert!(get("/feed/en.xml").await.1.contains("/en/issues/team/2"));
    let own = get("/feed/team-en.xml").await.1;
    assert!(own.contains("/issues/team/2") && !own.contains("/issues/weekly/"), "{own}");
    assert!(get("/en").await.1.contains("/en/issues/weekly/1"), "the front page is the weekly issue");
}

#[tokio::test]
async fn an_event_is_told_once_in_an_edition_also_by_another_story() {
    let app = app(&["slug = \"team\"\nperiod = \"daily\"\nskip_quiet = false"]).await;
    let release = |name: &str, day: &str| {
        seed(name, 8.0).with(|seed| {
            seed.happened_at = at(&format!("{day}T09:00:00Z"));
            seed.seen_at = seed.happened_at;
            seed.verdict.funding = Some(headsup::model::Funding {
                company: "Gopher Labs".into(),
                round: Some("Series A".into()),
                amount: Some("$12 million".into()),
                ..Default::default()
            });
        })
    };
    let old = add(&app, &release("Sand", "2026-05-04")).await;
    add(&app, &release("Tern", DAY)).await;
    assert_eq!(told(&team(&app, "2026-05-04").await.unwrap()), [old]);
    assert_eq!(told(&team(&app, DAY).await.unwrap()), []);
}

#[tokio::test]
async fn a_quiet_day_is_skipped_and_its_stories_wait_or_it_says_so() {
    let app = app(&["slug = \"team\"\nperiod = \"daily\""]).await;
    busy_day(&app, "2026-05-02").await;
    assert_eq!(team(&app, "2026-05-02").await.unwrap().content.number, 1);
    let lone = add(
        &app,
        &seed("Lone", 9.0).with(|seed| {
            seed.happened_at = at("2026-05-03T09:00:00Z");
            seed.seen_at = seed.happened_at;
        }),
    )
    .await;
    assert!(team(&app, "2026-05-03").await.is_none());
    assert_eq!(count(&app, "SELECT count(*) FROM issues").await, 1);
    busy_day(&app, DAY).await;
    let next = team(&app, DAY).await.unwrap();
    assert!(told(&next).contains(&lone), "it waited for the next issue");
    assert_eq!((next.content.number, next.content.quiet), (2, false));

    let honest = self::app(&["slug = \"team\"\nperiod = \"daily\"\nskip_quiet = false"]).await;
    add(
        &honest,
        &seed("Lone", 9.0).with(|seed| {
            seed.happened_at = at(MORNING);
            seed.seen_at = seed.happened_at;
        }),
    )
    .await;
    let issue = team(&honest, DAY).await.unwrap();
    assert_eq!(issue.renderings[&Language::En].subject, "A quiet day: 1 story · team 2026-05-05");
    assert_eq!(issue.renderings[&Language::Zh].subject, "今天不多：1 件事 · team 2026-05-05");
    assert!(issue.renderings[&Language::En].body_text.contains("Nothing new today."));
}

#[tokio::test]
async fn an_edition_tells_of_its_topics_in_its_languages_and_no_more_than_it_may() {
    let app = app(&[
        "slug = \"team\"\nperiod = \"daily\"\ntopics = [\"research\", \"privacy\"]\nlanguages = [\"en\"]\nskip_quiet = false",
        "slug = \"short\"\nperiod = \"daily\"\nitems = 2\nskip_quiet = false",
    ])
    .await;
    let ids = busy_day(&app, DAY).await;
    let issue = team(&app, DAY).await.unwrap();
    assert_eq!(told(&issue), ids[3..], "of four stories one is of its topics");
    let languages: Vec<String> = sqlx::query_scalar("SELECT language FROM deliveries ORDER BY address")
        .fetch_all(&app.ctx.pool)
        .await
        .unwrap();
    assert_eq!(languages, ["en", "en"], "also the Chinese reader's");
    let short = Series::named("short", &app.ctx.settings).unwrap();
    let short = publish::of_series(&app.ctx, &short, Some(DAY), Mode::Publish).await.unwrap().unwrap();
    assert!(told(&short).len() <= 4 && short.n_queued == 0, "{:?}", told(&short));
}

#[tokio::test]
async fn each_edition_goes_out_at_its_own_time() {
    let app = app(&["slug = \"team\"\nperiod = \"daily\"\nschedule = \"30 18 * * *\""]).await;
    busy_day(&app, DAY).await;
    add(&app, &seed("Earlier", 9.0)).await;
    let report = publish::run(&app.ctx).await.unwrap();
    assert_eq!(report.count("issues"), 1, "at eight in the morning the weekly issue alone");
    app.ctx.clock.set(at("2026-05-06T18:30:00Z"));
    assert_eq!(publish::run(&app.ctx).await.unwrap().count("issues"), 1);
    assert_eq!(publish::run(&app.ctx).await.unwrap().count("issues"), 0);
    assert_eq!(
        count(&app, "SELECT count(*) FROM issues WHERE edition = 'team' AND period = '2026-05-05'").await,
        1
    );
    assert_eq!(count(&app, "SELECT count(*) FROM issues WHERE edition = 'weekly'").await, 1);
}

#[tokio::test]
async fn an_edition_waits_for_its_operator_as_the_weekly_issue_does() {
    let mut app = app(&["slug = \"team\"\nperiod = \"daily\""]).await;
    let mut settings = headsup::config::Settings::clone(&app.ctx.settings);
    settings.digest.review = Review::Hold;
    app.ctx.settings = std::sync::Arc::new(settings);
    busy_day(&app, DAY).await;
    let held = team(&app, DAY).await.unwrap();
    let id = held.draft.unwrap();
    let seen = headsup::press::open(&app.ctx, id).await.unwrap().unwrap().sha256;
    let done = headsup::press::approve(&app.ctx, id, &seen).await.unwrap();
    let headsup::press::Approval::Published(issue) = done else { panic!("{done:?}") };
    assert_eq!((issue.content.series(), issue.content.number, issue.n_queued), ("team", 1, 2));
    add(&app, &seed("Acme", 9.0)).await;
    assert!(week(&app, WEEK).await.draft.is_some(), "the weekly issue waits by itself");
    assert_eq!(count(&app, "SELECT count(*) FROM issues").await, 1);
}

#[test]
fn what_is_wrong_with_an_edition_is_said_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str, args: &[&str]| {
        std::fs::write(folder.path().join("headsup.toml"), text).unwrap();
        let output = headsup(folder.path(), args, &[]);
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let good = "[[edition]]\nslug = \"team\"\nperiod = \"daily\"\ntopics = [\"privacy\"]\nlanguages = [\"zh\"]\nitems = 5\n";
    assert_eq!(check(good, &["config", "check"]).0, 0);
    for (text, says) in [
        (
            "[[edition]]\nslug = \"team\"\ntopics = [\"privcy\"]\n",
            "headsup.toml:3: edition.team.topics[0]: \"privcy\" is not one of",
        ),
        (
            "[[edition]]\nslug = \"team\"\nshedule = \"x\"\n",
            "headsup.toml:3: edition.team.shedule: unknown key (did you mean \"schedule\"?)",
        ),
        ("[[edition]]\nslug = \"team\"\nperiod = \"dayly\"\n", "(did you mean \"daily\"?)"),
        (
            "[[edition]]\nslug = \"team\"\n[[edition]]\nslug = \"team\"\n",
            "headsup.toml:4: edition.team.slug: \"team\" is there twice",
        ),
        (
            "[[edition]]\nslug = \"weekly\"\n",
            "headsup.toml:2: edition.weekly.slug: the weekly issue has [digest]",
        ),
        ("[[edition]]\nslug = \"Team A\"\n", "headsup.toml:2: edition.Team A.slug: "),
        ("[[edition]]\nslug = \"t\"\nschedule = \"at noon\"\n", "headsup.toml:3: edition.t.schedule: "),
        (
            "[[edition]]\nslug = \"t\"\nitems = 0\nminutes = 61\n",
            "headsup.toml:4: edition.t.minutes: must be from 1 to 60",
        ),
        ("[[edition]]\ntitle = \"x\"\n", "the key \"slug\" is missing"),
        ("[edition]\nslug = \"x\"\n", "write [[edition]]"),
    ] {
        let (code, said) = check(text, &["config", "check"]);
        assert!(code == 2 && said.contains(says), "{text}\n{says}\n{said}");
    }
    let (code, said) = check(good, &["publish", "taem"]);
    assert!(code == 2 && said.contains("(did you mean \"team\"?): there are weekly, paper, team"), "{said}");
    let (code, said) = check(good, &["publish", "team", "--period", "2026-W18"]);
    assert!(code == 2 && said.contains("'2026-W18' is not a day: write it like 2026-11-25"), "{said}");
    let (code, said) = check(good, &["subscribers", "add", "a@example.org", "--edition", "teem"]);
    assert!(code == 2 && said.contains("(did you mean \"team\"?)"), "{said}");
}
