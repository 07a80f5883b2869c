//! Rules about the source tree that the compiler cannot check.

use std::fs;
use std::path::{Path, PathBuf};

/// What every stage may use from the crate. The stages stand in flow order; none names another.
const STAGE: &str = "clock config context deadline hindsight markup model ordinal progress store";

/// What each module may use from the crate.
const MAY_USE: &[(&str, &str)] = &[
    ("model", ""),
    ("deadline", ""),
    ("hindsight", "model"),
    ("markup", ""),
    ("ordinal", ""),
    ("address", ""),
    ("ballot", "model"),
    ("clock", ""),
    ("progress", ""),
    ("openai", ""),
    ("paper", "model"),
    ("config", "model"),
    ("render", "model"),
    ("edition", "ballot config model paper render"),
    ("store", "hindsight model paper"),
    ("context", "clock config model progress render store"),
    ("crawl", STAGE),
    ("extract", STAGE),
    ("group", "clock config context model openai progress store"),
    ("judge", "clock config context model openai progress render store"),
    ("press", "clock config context edition model render store"),
    ("publish", "clock config context edition hindsight model openai paper press progress render store"),
    ("send", "address ballot clock config context edition model progress render store"),
    (
        "serve",
        "address ballot clock config context edition hindsight model paper press progress render store",
    ),
    ("pipeline", "clock config context model store crawl extract group judge publish send"),
    ("eval", "clock config group judge model paper render"),
    ("bench", "clock config context crawl extract group model publish send store"),
    ("schedule", "clock config context model store pipeline send"),
];

/// Words of the outside world, and the only places where they may stand.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx::query", &["src/store"]),
    ("query_as!", &["src/store"]),
    ("query_scalar!", &["src/store"]),
    ("raw_sql", &["src/store"]),
    ("reqwest::", &["src/crawl/fetch.rs", "src/crawl/guard.rs", "src/openai.rs"]),
    ("async_openai::", &["src/openai.rs"]),
    ("TcpStream", &["src/send/relay", "src/demo/sink.rs"]),
    ("lettre::transport", &["src/send/relay"]),
    ("UdpSocket", &["src/send/dns.rs"]),
    ("axum::serve", &["src/serve", "src/demo", "src/bench"]),
    ("Utc::now", &["src/clock.rs"]),
];

/// Most lines of code in a source file, tests included; comments may be as long as they need.
const LONGEST_FILE: usize = 450;

#[test]
fn modules_use_only_what_they_may() {
    for (module, allowed) in MAY_USE {
        let may_use = |name: &str| allowed.split(' ').any(|other| other == name);
        let folder = Path::new("src").join(module);
        let lone_file = rust_file(folder.with_extension("rs"));
        for (path, text) in rust_files(&folder).into_iter().chain(lone_file) {
            let file = path.display();
            assert!(!text.contains("super::super::super"), "{file}: write crate::…");
            for used in names_after("crate::", &text) {
                let ok = used == *module || may_use(used);
                assert!(ok, "{file}: `crate::{used}` is not in MAY_USE");
            }
        }
    }
}

#[test]
fn the_outside_world_stands_only_at_its_door() {
    for (path, text) in rust_files(Path::new("src")) {
        for (word, places) in ONLY_IN {
            let is_door = places.iter().any(|place| path.starts_with(place));
            let ok = is_door || !code(&text).any(|line| line.contains(word));
            assert!(ok, "{path:?}: `{word}` may stand only in {places:?}");
        }
    }
}

#[test]
fn documents_name_paths_that_exist() {
    const ROOTS: [&str; 6] = ["src/", "tests/", "templates/", "migrations/", "docs/", "benches/"];
    for document in ["README.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(document).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = ROOTS.iter().any(|root| word.starts_with(root));
            let ok = !is_path || Path::new(word).exists();
            assert!(ok, "{document} names `{word}`, which does not exist");
        }
    }
}

#[test]
fn the_readme_stays_short() {
    let n_lines = fs::read_to_string("README.md").unwrap().lines().count();
    assert!(n_lines <= 100, "README.md has {n_lines} lines");
}

#[test]
fn files_stay_readable() {
    for (path, text) in rust_files(Path::new("src")) {
        let n_lines = code(&text).count();
        assert!(n_lines <= LONGEST_FILE, "{path:?} has {n_lines} lines: two rooms in one?");
    }
}

#[test]
fn every_migration_opens_with_why() {
    for entry in fs::read_dir("migrations").unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("-- Why: "), "{path:?} does not say why");
    }
}

#[test]
fn documentation_speaks_for_the_commands_that_exist() {
    let readme = fs::read_to_string("README.md").unwrap();
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_headsup")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for line in readme.lines().filter(|line| line.starts_with("| `headsup ")) {
        let command = line.trim_start_matches("| `headsup ").split([' ', '`']).next().unwrap();
        assert!(
            help.contains(&format!("  {command} ")),
            "README.md names the command {command:?}, which --help lacks"
        );
    }
}

/// The name after each `prefix`. A group (`crate::{…}`) gives an empty name, which no list allows.
fn names_after<'a>(prefix: &'a str, text: &'a str) -> impl Iterator<Item = &'a str> {
    let rests = code(text).flat_map(move |line| line.split(prefix).skip(1));
    let ends = |c: char| c != '_' && !c.is_alphanumeric();
    rests.map(move |rest| rest.split(ends).next().unwrap_or_default())
}

fn code(text: &str) -> impl Iterator<Item = &str> {
    let is_comment = |line: &str| line.trim_start().starts_with("//");
    text.lines().filter(move |line| !is_comment(line))
}

fn rust_files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        files.extend(rust_files(&path)); // none in a file
        files.extend(rust_file(path));
    }
    files
}

fn rust_file(path: PathBuf) -> Option<(PathBuf, String)> {
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    let text = is_rust.then(|| fs::read_to_string(&path).ok())??;
    Some((path, text))
}
