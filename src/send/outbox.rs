//! The transport with nothing configured: a folder of .eml files, each complete or absent.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use super::outcome::{Outcome, clean};
use crate::store::deliveries::Claimed;

/// Only its owner may read a mail: it holds an address and the link that leaves.
const MODE: u32 = 0o600;

/// A folder.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    /// An outbox in `folder`, which is made when the first letter comes.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Writes one message. A full disk or a folder without rights defers it; nothing half-written has an .eml name.
    pub async fn put(&self, delivery: &Claimed, message: &[u8]) -> Outcome {
        let name =
            format!("{:05}-{}-{}-{}.eml", delivery.id.0, delivery.series, delivery.number, delivery.language);
        self.put_as(name, message).await
    }

    /// The same under a name of its own, which ends with ".eml".
    pub async fn put_as(&self, name: String, message: &[u8]) -> Outcome {
        match self.write(&name, message).await {
            Ok(()) => self.seal(name).await,
            Err(error) => Outcome::Deferred(None, self.explain(&error)),
        }
    }

    async fn write(&self, name: &str, message: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder).await?;
        let part = self.folder.join(format!(".{name}.part"));
        let written = write_whole(&part, message).await;
        let moved = match written {
            Ok(()) => fs::rename(&part, self.free_name(name).await?).await,
            Err(error) => Err(error),
        };
        if moved.is_err() {
            // A leftover holds an address; if it cannot be removed either, the error above says why.
            let _ = fs::remove_file(&part).await;
        }
        moved
    }

    /// Ids begin anew with a new database; a mail of the old one is not overwritten.
    async fn free_name(&self, name: &str) -> io::Result<PathBuf> {
        let stem = name.trim_end_matches(".eml");
        let mut path = self.folder.join(name);
        let mut n = 2;
        while fs::try_exists(&path).await? {
            path = self.folder.join(format!("{stem}-{n}.eml"));
            n += 1;
        }
        Ok(path)
    }

    /// The file has its name; whether the name survives a power cut, only the folder's own sync says.
    async fn seal(&self, name: String) -> Outcome {
        let synced = match File::open(&self.folder).await {
            Ok(folder) => folder.sync_all().await,
            Err(error) => Err(error),
        };
        match synced {
            Ok(()) => Outcome::Accepted(None, name),
            Err(error) => Outcome::Uncertain(self.explain(&error)),
        }
    }

    fn explain(&self, error: &io::Error) -> String {
        let advice = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space",
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "give headsup the right to write there"
            }
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => "a file is in its way",
            _ => "see mail.outbox",
        };
        clean(&format!("cannot write to the outbox {}: {error} ({advice})", self.folder.display()))
    }
}

async fn write_whole(path: &Path, message: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(path).await?;
    file.write_all(message).await?;
    // Only the flush waits for the write, and tells that the disk is full.
    file.flush().await?;
    file.sync_all().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    use crate::model::{DeliveryId, DeliveryState, IssueId, IssueKind, Language, SubscriberId};

    fn delivery() -> Claimed {
        Claimed {
            id: DeliveryId(7),
            issue_id: IssueId(1),
            kind: IssueKind::Paper,
            series: "paper".into(),
            number: 3,
            address: "secret@example.org".into(),
            language: Language::Zh,
            topics: Vec::new(),
            message_id: "a@example.org".into(),
            attempts: 0,
            token: "00".into(),
            subscriber_id: SubscriberId(3),
            queued_at: DateTime::UNIX_EPOCH,
            dated_at: None,
            domain_group: "example.org".into(),
            sent_before: None,
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_letter_is_one_whole_file_and_never_replaces_another() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("not/yet/there");
        let outbox = Outbox::new(folder.clone());
        assert_eq!(outbox.put(&delivery(), b"one").await.state(), DeliveryState::Sent);
        assert_eq!(outbox.put(&delivery(), b"two").await.state(), DeliveryState::Sent);
        assert_eq!(names(&folder), ["00007-paper-3-zh-2.eml", "00007-paper-3-zh.eml"]);
        assert_eq!(std::fs::read(folder.join("00007-paper-3-zh.eml")).unwrap(), b"one");
    }

    #[tokio::test]
    async fn a_full_disk_is_noticed() {
        let full = Path::new("/dev/full");
        if full.exists() {
            assert_eq!(write_whole(full, b"one").await.unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_used_defers_and_says_why() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("outbox");
        std::fs::write(&file, "").unwrap();
        let outcome = Outbox::new(file).put(&delivery(), b"one").await;
        assert_eq!(outcome.state(), DeliveryState::Deferred);
        assert!(outcome.words().contains("a file is in its way"), "{}", outcome.words());
        assert!(!outcome.words().contains("secret"));
    }
}
