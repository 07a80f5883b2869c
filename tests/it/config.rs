//! The configuration as its writer meets it: through the real program.

use std::path::Path;
use std::process::{Command, Output};

use headsup::config::{Feeds, Settings, schema_of};
use serde_json::Value;

/// The schemas under `docs/` are what editors complete by. `HEADSUP_TEST_WRITE=1 cargo test schemas` writes them anew.
#[test]
fn the_schemas_in_docs_are_those_of_the_types() {
    let files = [
        ("docs/feeds.schema.json", schema_of::<Feeds>()),
        ("docs/headsup.schema.json", schema_of::<Settings>()),
    ];
    for (path, schema) in files {
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("HEADSUP_TEST_WRITE").is_some() {
            std::fs::create_dir_all("docs").unwrap();
            std::fs::write(path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap();
        assert!(kept == text, "{path} is out of date: HEADSUP_TEST_WRITE=1 cargo test schemas");
    }
}

#[test]
fn init_writes_two_files_that_are_in_order_and_replaces_none() {
    let folder = tempfile::tempdir().unwrap();
    assert!(headsup(folder.path(), &["init"], &[]).status.success());
    assert!(headsup(folder.path(), &["config", "check"], &[]).status.success());
    let mine = "# mine\n";
    std::fs::write(folder.path().join("feeds.toml"), mine).unwrap();
    let again = headsup(folder.path(), &["init"], &[]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(folder.path().join("feeds.toml")).unwrap(), mine);
}

#[test]
fn a_source_is_switched_off_and_on_and_the_rest_of_the_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feeds.toml");
    let text = "# mine\n[[source]] # first\nslug = \"one\"\nurl = \"https://a.example/feed\" # kept\nlane = \"company\"\n";
    std::fs::write(&path, text).unwrap();
    assert!(headsup(folder.path(), &["feeds", "disable", "one"], &[]).status.success());
    let off = std::fs::read_to_string(&path).unwrap();
    assert_eq!(off, format!("{text}enabled = false\n"));
    assert!(headsup(folder.path(), &["feeds", "enable", "one"], &[]).status.success());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let unknown = headsup(folder.path(), &["feeds", "disable", "onne"], &[]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean \"one\"?"));
    let broken = text.replace("lane", "lan");
    std::fs::write(&path, &broken).unwrap();
    assert_eq!(headsup(folder.path(), &["feeds", "disable", "one"], &[]).status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), broken);
}

#[test]
fn another_readers_list_is_taken_in_and_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feeds.toml");
    let text =
        "# mine\n[[source]]\nslug = \"one\"\nurl = \"https://a.example/feed\" # kept\nlane = \"company\"\n";
    std::fs::write(&path, text).unwrap();
    let list = "<opml version='2.0'><body><outline text='融资'><outline text='B &amp; C' xmlUrl='https://b.example/rss' language='zh'/>\
                <outline xmlUrl='http://a.example/feed/'/></outline><outline xmlUrl='https://b.example/two'/><outline xmlUrl='ftp://c'/></body></opml>";
    std::fs::write(folder.path().join("list.opml"), list).unwrap();
    let dry = headsup(folder.path(), &["feeds", "import", "list.opml", "--dry-run"], &[]);
    assert!(dry.status.success() && std::fs::read_to_string(&path).unwrap() == text);
    let done = headsup(folder.path(), &["feeds", "import", "list.opml"], &[]);
    assert!(String::from_utf8_lossy(&done.stdout).contains("2 of 4 feeds added"), "{done:?}");
    let now = std::fs::read_to_string(&path).unwrap();
    let funding = "slug = \"b-example\"\nname = \"B & C\"\nurl = \"https://b.example/rss\"\nlane = \"funding\"\nlanguage = \"zh\"";
    assert!(
        now.starts_with(text) && now.contains(funding) && now.contains("slug = \"b-example-2\""),
        "{now}"
    );
    let given = headsup(folder.path(), &["feeds", "export"], &[]);
    let given = String::from_utf8_lossy(&given.stdout).into_owned();
    assert!(
        given.contains("xmlUrl=\"https://b.example/rss\" language=\"zh\"")
            && given.contains("text=\"funding\""),
        "{given}"
    );
    for (name, bad) in [("broken", "<opml><body><outline text='"), ("page", "<html></html>")] {
        std::fs::write(folder.path().join(name), bad).unwrap();
        let refused = headsup(folder.path(), &["feeds", "import", name], &[]);
        assert!(
            refused.status.code() == Some(2) && String::from_utf8_lossy(&refused.stderr).contains(name),
            "{refused:?}"
        );
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), now);
}

#[test]
fn a_period_that_is_none_is_bad_usage() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, period) in [("weekly", "nonsense"), ("weekly", "2026-W99"), ("paper", "2026-13")] {
        let output = headsup(folder.path(), &["publish", kind, "--period", period], &[]);
        assert_eq!(output.status.code(), Some(2), "{kind} {period}");
    }
}

#[test]
fn a_second_editor_that_cannot_be_is_bad_usage() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = [
        (&["--with", "model="][..], "must be model=NAME"),
        (&["--with", "colour=red"], "must be model=NAME"),
        (&["--with", "model=m"], "no model is configured"),
        (&["--with", "prompt=nowhere.j2"], "cannot read the prompt nowhere.j2"),
        (&["--with", "model=rules", "--with", "model=m"], "give --with model=rules alone"),
        (&["--with", "model=rules", "--replay", "--period", "2026-W18"], "cannot be used with"),
    ];
    for (with, why) in wrong {
        let output = headsup(folder.path(), &[&["publish", "weekly"][..], with].concat(), &[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains(why), "{with:?}: {said}");
    }
    let output = headsup(folder.path(), &["publish", "paper", "--with", "model=rules"], &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn every_command_ends_with_2_and_the_line_when_a_key_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("headsup.toml"), "[mail]\nrelai = \"smtp://a:25\"\n").unwrap();
    for command in [&["run"][..], &["config", "check"], &["config", "show"], &["status"], &["send"]] {
        let output = headsup(folder.path(), command, &[]);
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("headsup.toml:2: mail.relai: unknown key (did you mean \"relay\"?)"), "{said}");
    }
}

#[test]
fn secrets_are_shown_as_stars() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[model]\nbase_url = \"http://127.0.0.1:9/v1\"\nname = \"m\"\napi_key_env = \"THE_KEY\"\n";
    std::fs::write(folder.path().join("headsup.toml"), text).unwrap();
    let secrets = [("THE_KEY", "sk-very-secret"), ("DATABASE_URL", "postgres://me:pass-word@127.0.0.1:1/x")];
    for flags in [&["config", "show"][..], &["config", "show", "--json"]] {
        let output = headsup(folder.path(), flags, &secrets);
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("********") && said.contains("THE_KEY"), "{said}");
        assert!(!said.contains("very-secret") && !said.contains("pass-word"), "{said}");
    }
}

#[test]
fn show_says_where_each_value_came_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("headsup.toml"), "[digest]\nmax_stories = 7\n").unwrap();
    let output = headsup(folder.path(), &["config", "show", "--json"], &[("HEADSUP_CRAWL_PARALLEL", "3")]);
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let row = |key: &str| rows.iter().find(|row| row["key"] == key).unwrap();
    assert_eq!(row("digest.max_stories")["value"], "7");
    assert_eq!(row("digest.max_stories")["origin"], "headsup.toml:2");
    assert_eq!(row("crawl.parallel")["origin"], "HEADSUP_CRAWL_PARALLEL");
    assert_eq!(row("site.listen")["origin"], "default");
}

#[test]
fn an_unreachable_database_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = [("DATABASE_URL", "postgres://me:pass-word@127.0.0.1:1/news")];
    let output = headsup(folder.path(), &["migrate"], &url);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("127.0.0.1:1/news") && said.contains("nothing listens there"), "{said}");
    assert!(!said.contains("pass-word"), "{said}");
}

/// Runs the program in `folder` with nothing of the tester's own configuration.
pub fn headsup(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headsup"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("HEADSUP_") || name == "DATABASE_URL" {
            command.env_remove(name);
        }
    }
    command.env("HEADSUP_HOME", folder).env("XDG_CONFIG_HOME", folder.join("none"));
    command.args(args).envs(variables.iter().copied()).current_dir(folder).output().unwrap()
}

/// Exit code and all that the command says on the database at `url`.
pub fn headsup_on(folder: &Path, url: &str, args: &[&str]) -> (i32, String) {
    let output = headsup(folder, args, &[("DATABASE_URL", url)]);
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), said)
}
