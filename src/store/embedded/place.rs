//! Where the private server lives: folders, their owner, the socket's path, and the locks.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use nix::unistd::{Uid, User, geteuid};
use sha2::{Digest as _, Sha256};

/// Longest path of the socket file. The kernel takes 107 bytes and a zero; some leave less.
const LONGEST_SOCKET: usize = 100;

/// Name that Postgres gives its socket at its default port.
pub const SOCKET: &str = ".s.PGSQL.5432";

/// How often a lock that another process holds is tried.
const RETRY: Duration = Duration::from_millis(50);

/// The folders of the private server.
#[derive(Clone, Debug)]
pub struct Place {
    /// Locks and log.
    pub folder: PathBuf,
    /// The data directory.
    pub data: PathBuf,
    /// The folder of the socket.
    pub socket: PathBuf,
    /// Whom Postgres runs as, when we are root: it refuses root.
    pub run_as: Option<(u32, u32)>,
}

impl Place {
    /// Makes the folders below `home` with the rights they need.
    ///
    /// # Errors
    /// No rights, a full disk, a folder that the server's user cannot enter, a user without a name.
    pub fn prepare(home: &Path) -> anyhow::Result<Self> {
        let folder = home.join("postgres");
        make_folder(home, 0o711)?;
        make_folder(&folder, 0o711)?;
        let folder =
            fs::canonicalize(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let data = folder.join("data");
        let run_as = server_user(&data)?;
        let socket = socket_folder(&folder);
        make_folder(&socket, 0o700)?;
        let place = Self { folder, data, socket, run_as };
        place.give(&place.socket)?;
        place.require_reachable()?;
        Ok(place)
    }

    /// Hands a file or folder to the user that Postgres runs as.
    pub fn give(&self, path: &Path) -> anyhow::Result<()> {
        if let Some((uid, gid)) = self.run_as {
            chown(path, Some(uid), Some(gid))
                .with_context(|| format!("cannot give {} to the database's user", path.display()))?;
        }
        Ok(())
    }

    /// The log of the server.
    pub fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    /// Opens a lock file without locking it.
    pub fn open_lock(&self, name: &str) -> anyhow::Result<File> {
        let path = self.folder.join(name);
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| explain_io(&error, &path))
    }

    /// Takes a lock, waiting at most `patience`. It is held until the file is dropped.
    pub async fn lock(&self, name: &str, patience: Duration) -> anyhow::Result<File> {
        let file = self.open_lock(name)?;
        let mut waited = Duration::ZERO;
        while file.try_lock().is_err() {
            anyhow::ensure!(
                waited < patience,
                "another headsup has been starting or stopping the database in {} for {} s; if none runs, remove {name} there",
                self.folder.display(),
                patience.as_secs(),
            );
            tokio::time::sleep(RETRY).await;
            waited += RETRY;
        }
        Ok(file)
    }

    /// Postgres, running as another user, must be able to enter every folder above its data.
    fn require_reachable(&self) -> anyhow::Result<()> {
        let Some((uid, gid)) = self.run_as else { return Ok(()) };
        for above in self.folder.ancestors() {
            let about = fs::metadata(above).with_context(|| format!("cannot read {}", above.display()))?;
            let bit = match () {
                () if about.uid() == uid => 0o100,
                () if about.gid() == gid => 0o010,
                () => 0o001,
            };
            anyhow::ensure!(
                about.mode() & bit != 0,
                "Postgres cannot run as root, and its user cannot enter {}: set HEADSUP_HOME to a folder outside of it \
                 (the default for root is /var/lib/headsup), or run headsup as a normal user",
                above.display()
            );
        }
        Ok(())
    }
}

fn make_folder(path: &Path, mode: u32) -> anyhow::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(mode).create(path).map_err(|error| explain_io(&error, path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|error| explain_io(&error, path))
}

fn explain_io(error: &std::io::Error, path: &Path) -> anyhow::Error {
    let shown = path.display();
    match error.kind() {
        ErrorKind::PermissionDenied => anyhow::anyhow!(
            "no right to write {shown}: set HEADSUP_HOME to a folder of yours (it was perhaps made by another user)"
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            anyhow::anyhow!(
                "the disk is full: cannot write {shown}; free some space or set HEADSUP_HOME to another disk"
            )
        }
        ErrorKind::ReadOnlyFilesystem => {
            anyhow::anyhow!(
                "{shown} is on a read-only file system: set HEADSUP_HOME to a folder that can be written"
            )
        }
        _ => anyhow::anyhow!("cannot write {shown}: {error}"),
    }
}

/// Root: the owner of existing data, else the first of three unprivileged users. Others run it themselves.
fn server_user(data: &Path) -> anyhow::Result<Option<(u32, u32)>> {
    if !geteuid().is_root() {
        let known = User::from_uid(geteuid()).ok().flatten().is_some();
        anyhow::ensure!(
            known,
            "the user id {} has no name on this machine, and initdb refuses such a user: add it to /etc/passwd, \
             or set DATABASE_URL",
            geteuid()
        );
        return Ok(None);
    }
    let owner = fs::metadata(data).ok().map(|about| (about.uid(), about.gid())).filter(|(uid, _)| *uid != 0);
    let named =
        || ["headsup", "postgres", "nobody"].iter().find_map(|name| User::from_name(name).ok().flatten());
    match owner.or_else(|| named().map(|user| (user.uid.as_raw(), user.gid.as_raw()))) {
        Some(ids) => Ok(Some(ids)),
        None => anyhow::bail!(
            "Postgres cannot run as root and there is no user postgres or nobody: add a user named headsup"
        ),
    }
}

/// `run` beside the data, or a short path in the runtime or temporary folder if that is too long for a socket.
fn socket_folder(folder: &Path) -> PathBuf {
    let near = folder.join("run");
    if near.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET {
        return near;
    }
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    let name = format!(
        "headsup-{}-{:02x}{:02x}{:02x}{:02x}",
        Uid::effective(),
        digest[0],
        digest[1],
        digest[2],
        digest[3]
    );
    let runtime = std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|path| path.is_dir() && !geteuid().is_root());
    let short = runtime.unwrap_or_else(|| PathBuf::from("/tmp")).join(name);
    if short.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET {
        short
    } else {
        PathBuf::from("/tmp").join(short.file_name().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_home_gets_a_short_socket() {
        let long = PathBuf::from(format!("/home/{}", "long/".repeat(40)));
        let socket = socket_folder(&long).join(SOCKET);
        assert!(socket.as_os_str().len() <= LONGEST_SOCKET, "{socket:?}");
        assert_ne!(socket_folder(&long), socket_folder(&long.join("other")));
        assert_eq!(socket_folder(Path::new("/var/lib/headsup")), Path::new("/var/lib/headsup/run"));
    }
}
