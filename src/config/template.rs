//! The commented headsup.toml that `headsup init` writes: made from the types, so that it is never out of date.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::document::{resolve, schema_of, words};
use super::settings::Settings;

/// Top of the file.
const HEAD: &str = "\
# headsup.toml: settings of headsup 抬头. Every key is optional; what is commented out shows the default.
# HEADSUP_<SECTION>_<KEY> in the environment overrides a key, as in HEADSUP_MAIL_RELAY.
# `headsup config check` tells what is wrong, `headsup config show` what is in force and why.
#:schema docs/headsup.schema.json
";

/// The file, every key with its meaning and default, commented out.
pub fn settings_file() -> String {
    let schema = schema_of::<Settings>();
    let defaults = toml::Table::try_from(Settings::default()).unwrap_or_default();
    let mut text = HEAD.to_owned();
    for (section, described) in schema["properties"].as_object().into_iter().flatten() {
        let inner = resolve(&schema, described);
        if inner["type"] == "array" {
            list(&mut text, section, described, resolve(&schema, &inner["items"]));
            continue;
        }
        let _ = write!(text, "\n# {}\n[{section}]\n", one_line(inner));
        for (key, value) in inner["properties"].as_object().into_iter().flatten() {
            let choices = words(resolve(&schema, value));
            let _ = writeln!(text, "# {}", one_line(value));
            if !choices.is_empty() {
                let _ = writeln!(text, "# One of: {}.", choices.join(", "));
            }
            let default = defaults.get(section).and_then(|table| table.get(key));
            let shown = default.map_or_else(|| "\"\"".to_owned(), toml::Value::to_string);
            let _ = writeln!(text, "# {key} = {shown}");
        }
    }
    text
}

/// A list of tables: none is there, so all of it is commented out.
fn list(text: &mut String, name: &str, described: &Json, inner: &Json) {
    let _ = write!(text, "\n# {} One or more of:\n# [[{name}]]\n", one_line(described));
    for (key, value) in inner["properties"].as_object().into_iter().flatten() {
        let _ = writeln!(text, "#   {key}: {}", one_line(value));
    }
}

fn one_line(schema: &Json) -> String {
    schema["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::{Document, Environment};
    use super::*;

    #[test]
    fn the_file_names_every_key_and_is_valid_also_with_all_keys_set() {
        let file = settings_file();
        let all_set: Vec<&str> = file
            .lines()
            .filter(|line| {
                !line.contains("= \"\"")
                    || !line.contains("_file")
                        && !line.contains("outbox")
                        && !line.contains("reply_to")
                        && !line.contains("operator")
            })
            .map(|line| {
                let rest = line.trim_start_matches("# ");
                let is_key = rest
                    .split_once(" = ")
                    .is_some_and(|(key, _)| key.chars().all(|c| c == '_' || c.is_ascii_lowercase()));
                if is_key { rest } else { line }
            })
            .collect();
        for text in [file.clone(), all_set.join("\n")] {
            let document = Document::new("headsup.toml", text);
            if let Err(error) = Settings::parse(&document, &Environment::new()) {
                panic!("{error}");
            }
        }
        assert!(all_set.iter().any(|line| line.starts_with("time_zone = \"UTC\"")));
    }
}
