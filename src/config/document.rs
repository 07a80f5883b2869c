//! A TOML file whose every key and value is held against the JSON Schema of its type, so that all problems
//! are found at once, each with its line. serde alone would stop at the first, often without one.

use std::path::Path;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{ConfigError, Problem, suggest};

/// A parsed file.
pub struct Document {
    name: String,
    text: String,
    /// Where its lines end.
    ends: Vec<usize>,
}

impl Document {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::new(&name, text)),
            Err(error) => Err(ConfigError::one(&name, "", format!("cannot be read: {error}"))),
        }
    }

    /// A document that is in memory already; `name` stands in messages.
    pub fn new(name: &str, text: String) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        Self { name: name.to_owned(), text, ends }
    }

    /// The name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file as an untyped table, after each key and value was held against `schema`.
    ///
    /// # Errors
    /// All syntax errors; else all unknown keys, wrong types and unknown words.
    pub fn table(&self, schema: &Json) -> Result<toml::Table, ConfigError> {
        let (root, errors) = DeTable::parse_recoverable(&self.text);
        if !errors.is_empty() {
            let problem = |error: &toml::de::Error| {
                let line = error.span().map(|span| self.line_at(span.start));
                self.problem(line, "", format!("not valid TOML: {}", error.message()))
            };
            return Err(ConfigError(errors.iter().map(problem).collect()));
        }
        let mut walk = Walk { document: self, schema, problems: Vec::new() };
        walk.table(root.get_ref(), schema, "", self.line_at(root.span().start));
        if !walk.problems.is_empty() {
            walk.problems.sort_by_key(|problem| problem.line);
            return Err(ConfigError(walk.problems));
        }
        self.text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| self.line_at(span.start));
            ConfigError(vec![self.problem(line, "", error.message().to_owned())])
        })
    }

    /// The line of a key, by its way from the top; a number counts in an array. A missing key has its table's line.
    pub fn line(&self, way: &[&str]) -> Option<usize> {
        let root = DeTable::parse(&self.text).ok()?;
        let mut line = None;
        let mut here: &DeValue<'_> = &DeValue::Table(root.into_inner());
        for step in way {
            let (span, next) = match here {
                DeValue::Table(table) => {
                    let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == step) else {
                        break;
                    };
                    (key.span(), value)
                }
                DeValue::Array(array) => {
                    let Some(value) = step.parse().ok().and_then(|n: usize| array.get(n)) else { break };
                    (value.span(), value)
                }
                _ => break,
            };
            line = Some(self.line_at(span.start));
            here = next.get_ref();
        }
        line
    }

    /// A problem in this file.
    pub fn problem(&self, line: Option<usize>, key: &str, message: String) -> Problem {
        Problem { file: self.name.clone(), line, key: key.to_owned(), message }
    }

    fn line_at(&self, offset: usize) -> usize {
        self.ends.partition_point(|end| *end < offset) + 1
    }
}

/// The schema of a type as plain JSON.
pub fn schema_of<T: schemars::JsonSchema>() -> Json {
    schemars::schema_for!(T).to_value()
}

/// The schema behind a `$ref`, or itself; of "this or null", this.
pub fn resolve<'a>(root: &'a Json, schema: &'a Json) -> &'a Json {
    if let Some(path) = schema["$ref"].as_str() {
        return root.pointer(path.trim_start_matches('#')).unwrap_or(schema);
    }
    let choices = schema["anyOf"].as_array();
    let real = choices.and_then(|all| all.iter().find(|choice| choice["type"] != "null"));
    real.map_or(schema, |choice| resolve(root, choice))
}

/// The words that a schema allows, if it is a closed set.
pub fn words(schema: &Json) -> Vec<&str> {
    let listed = schema["enum"].as_array().into_iter().flatten();
    let chosen = schema["oneOf"].as_array().into_iter().flatten();
    let consts = chosen.flat_map(|choice| {
        let more = choice["enum"].as_array().into_iter().flatten();
        std::iter::once(&choice["const"]).chain(more)
    });
    listed.chain(consts).filter_map(Json::as_str).collect()
}

/// What is wrong with a whole number, by the type that is to hold it.
pub fn out_of_range(number: i128, schema: &Json) -> Option<String> {
    let most = match schema["format"].as_str() {
        Some("uint32") => i128::from(u32::MAX),
        Some("int32") => i128::from(i32::MAX),
        // TOML knows no larger ones.
        _ => i128::from(i64::MAX),
    };
    if number < 0 && schema["minimum"].as_f64() == Some(0.0) {
        return Some("must not be negative".to_owned());
    }
    (!(-most..=most).contains(&number)).then(|| format!("is too large: at most {most}"))
}

struct Walk<'a> {
    document: &'a Document,
    schema: &'a Json,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn table(&mut self, table: &DeTable<'_>, schema: &Json, way: &str, line: usize) {
        let no_keys = serde_json::Map::new();
        let known = schema["properties"].as_object().unwrap_or(&no_keys);
        for (key, value) in table {
            let name: &str = key.get_ref();
            let way = if way.is_empty() { name.to_owned() } else { format!("{way}.{name}") };
            // A table of free names, such as currencies, says what each of them holds.
            let free = schema.get("additionalProperties").filter(|inner| inner.is_object());
            match known.get(name).or(free) {
                Some(inner) => self.value(value, inner, &way),
                None => {
                    let guess = suggest(name, known.keys().map(String::as_str));
                    self.report(self.document.line_at(key.span().start), &way, format!("unknown key{guess}"));
                }
            }
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if !table.iter().any(|(key, _)| key.get_ref() == name) {
                self.report(line, way, format!("the key {name:?} is missing"));
            }
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &Json, way: &str) {
        let schema = resolve(self.schema, schema);
        let line = self.document.line_at(value.span().start);
        let allowed = words(schema);
        match value.get_ref() {
            DeValue::Table(table) if is(schema, "object") => self.table(table, schema, way, line),
            DeValue::Array(array) if is(schema, "array") => {
                for (n, inner) in array.iter().enumerate() {
                    self.value(inner, &schema["items"], &named(way, n, inner));
                }
            }
            DeValue::String(word) if !allowed.is_empty() => {
                if !allowed.contains(&&**word) {
                    let guess = suggest(word, allowed.iter().copied());
                    let list = allowed.join(", ");
                    self.report(line, way, format!("{word:?} is not one of: {list}{guess}"));
                }
            }
            DeValue::String(_) if is(schema, "string") => {}
            DeValue::Boolean(_) if is(schema, "boolean") => {}
            DeValue::Float(_) if is(schema, "number") => {}
            DeValue::Integer(number) if is(schema, "integer") || is(schema, "number") => {
                // One that does not even fit here is too large as well.
                let read = i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX);
                if let Some(message) = out_of_range(read, schema) {
                    self.report(line, way, message);
                }
            }
            DeValue::Table(_) if is(schema, "array") => {
                self.report(line, way, format!("is a single table, must be a list: write [[{way}]]"));
            }
            other => {
                let message = format!("is {}, must be {}", kind_of(other), wanted(schema, &allowed));
                self.report(line, way, message);
            }
        }
    }

    fn report(&mut self, line: usize, way: &str, message: String) {
        self.problems.push(self.document.problem(Some(line), way, message));
    }
}

/// A source is called by its slug, other elements by their number.
fn named(way: &str, n: usize, element: &Spanned<DeValue<'_>>) -> String {
    let slug = element.get_ref().get("slug").and_then(|slug| slug.get_ref().as_str());
    slug.map_or_else(|| format!("{way}[{n}]"), |slug| format!("{way}.{slug}"))
}

fn is(schema: &Json, kind: &str) -> bool {
    match &schema["type"] {
        Json::String(own) => own == kind,
        Json::Array(own) => own.iter().any(|one| one == kind),
        _ => false,
    }
}

fn wanted(schema: &Json, allowed: &[&str]) -> String {
    if !allowed.is_empty() {
        return format!("one of: {}", allowed.join(", "));
    }
    let kinds = [
        ("object", "a table"),
        ("array", "an array"),
        ("string", "a string in quotes"),
        ("boolean", "true or false"),
        ("integer", "a whole number"),
        ("number", "a number"),
    ];
    kinds.iter().find(|(kind, _)| is(schema, kind)).map_or("something else", |(_, words)| words).to_owned()
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
