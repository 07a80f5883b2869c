//! What is wrong with a configuration file, said so that its writer can mend it.

use std::fmt;

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named, or "environment".
    pub file: String,
    /// Line in the file, from 1; `None` where there is none.
    pub line: Option<usize>,
    /// The key with its way from the top: `source.openai.url`.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if self.key.is_empty() {
            return write!(f, ": {}", self.message);
        }
        write!(f, ": {}: {}", self.key, self.message)
    }
}

/// Everything that is wrong with the configuration, in the order of the files. Ends a command with exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.lines())]
pub struct ConfigError(pub Vec<Problem>);

impl ConfigError {
    /// A configuration with a single problem that has no line.
    pub fn one(file: &str, key: &str, message: String) -> Self {
        Self(vec![Problem { file: file.to_owned(), line: None, key: key.to_owned(), message }])
    }

    fn lines(&self) -> String {
        self.0.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
    }
}

/// `" (did you mean \"x\"?)"` for the nearest of `known`, or nothing if none is near.
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    near.map(|(_, name)| format!(" (did you mean {name:?}?)")).unwrap_or_default()
}
