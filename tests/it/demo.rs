//! `headsup demo`, as a new user runs it: the real binary, the real pipeline, nothing configured.

use std::path::Path;
use std::process::{Command, Output};

use crate::app::open_folder;

#[test]
fn the_demo_runs_from_the_sources_to_the_last_mail() {
    let home = open_folder();
    let output = demo(home.path());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |name: &str| report[name].as_i64().unwrap_or_else(|| panic!("no {name} in {report}"));
    assert!(count("sources") >= 12, "{report}");
    assert!(count("items") >= 120, "{report}");
    assert!(count("stories") < count("items"), "several outlets tell one event: {report}");
    assert!(count("dropped") > 0, "hype is screened out: {report}");
    assert_eq!(count("issues"), 5, "four weeks and a paper: {report}");
    assert_eq!(count("mails"), 10, "each issue for each of the two readers: {report}");

    let mails = mails(home.path());
    assert_eq!(mails.len(), 10);
    for mail in &mails {
        for header in ["From: ", "To: ", "Subject: ", "Message-ID: ", "List-Unsubscribe: ", "List-Id: "] {
            assert!(
                mail.contains(&format!("\r\n{header}")) || mail.starts_with(header),
                "{header} is missing"
            );
        }
        assert!(!mail.contains("%%UNSUBSCRIBE%%"), "a placeholder is left");
    }
}

#[test]
fn a_second_demo_starts_afresh() {
    let home = open_folder();
    let first: serde_json::Value = serde_json::from_slice(&demo(home.path()).stdout).unwrap();
    let second: serde_json::Value = serde_json::from_slice(&demo(home.path()).stdout).unwrap();
    for name in ["sources", "items", "stories", "dropped", "issues", "mails"] {
        assert_eq!(first[name], second[name], "{name} of the two demos");
    }
}

fn demo(home: &Path) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_headsup"))
        .args(["demo", "--exit", "--json", "--port", "0"])
        .env("HEADSUP_HOME", home)
        .current_dir(home)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn mails(home: &Path) -> Vec<String> {
    let folder = std::fs::read_dir(home.join("demo/outbox")).unwrap();
    folder
        .map(|entry| String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()).into_owned())
        .collect()
}
