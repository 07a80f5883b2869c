//! feeds.toml while headsup runs: read again when it changed, whole or not at all.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::document::Document;
use super::feeds::Feeds;

/// A sources file and the last valid reading of it.
#[derive(Debug)]
pub struct LiveFeeds {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The text that was last looked at, valid or not.
    seen: Option<String>,
    trouble: Option<String>,
    feeds: Arc<Feeds>,
}

impl LiveFeeds {
    /// The file at `path`, which was read as `feeds`.
    pub fn new(path: PathBuf, feeds: Arc<Feeds>) -> Self {
        Self { path, state: Mutex::new(State { seen: None, trouble: None, feeds }) }
    }

    /// The sources as the file lists them now. An edit that cannot be read keeps the last valid ones; the second value
    /// says why.
    pub fn newest(&self) -> (Arc<Feeds>, Option<String>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match std::fs::read_to_string(&self.path) {
            Ok(text) if state.seen.as_ref() == Some(&text) => {}
            Ok(text) => {
                let document = Document::new(&self.path.display().to_string(), text.clone());
                match Feeds::parse(&document) {
                    // An editor that writes in two steps empties the file first.
                    Ok(feeds) if feeds.sources.is_empty() && !state.feeds.sources.is_empty() => {
                        let path = self.path.display();
                        state.trouble =
                            Some(format!("{path} lists no source (enabled = false is how to stop one)"));
                    }
                    Ok(feeds) => (state.feeds, state.trouble) = (Arc::new(feeds), None),
                    Err(error) => state.trouble = Some(error.to_string()),
                }
                state.seen = Some(text);
            }
            Err(error) => {
                state.seen = None;
                state.trouble = Some(format!("{} cannot be read: {error}", self.path.display()));
            }
        }
        (Arc::clone(&state.feeds), state.trouble.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "[[source]]\nslug = \"one\"\nurl = \"https://a.example/feed\"\nlane = \"company\"\n";

    #[test]
    fn a_valid_edit_is_taken_up_and_an_invalid_one_keeps_the_old() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feeds.toml");
        std::fs::write(&path, ONE).unwrap();
        let live = LiveFeeds::new(path.clone(), Arc::new(Feeds::default()));
        assert_eq!(live.newest().0.sources.len(), 1);
        std::fs::write(&path, format!("{ONE}\n{}", ONE.replace("one", "two").replace("/feed", "/two")))
            .unwrap();
        let (feeds, trouble) = live.newest();
        assert_eq!((feeds.sources.len(), trouble), (2, None));
        std::fs::write(&path, "[[source]]\nslugg = 1").unwrap();
        for _ in 0..2 {
            let (feeds, trouble) = live.newest();
            assert_eq!(feeds.sources.len(), 2);
            assert!(trouble.unwrap().contains("did you mean \"slug\""));
        }
        std::fs::write(&path, "").unwrap();
        assert_eq!(live.newest().0.sources.len(), 2, "a file that is just being written");
        assert!(live.newest().1.unwrap().contains("no source"));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(live.newest().0.sources.len(), 2);
        assert!(live.newest().1.unwrap().contains("cannot be read"));
        std::fs::write(&path, ONE).unwrap();
        assert_eq!(live.newest().0.sources.len(), 1);
    }
}
