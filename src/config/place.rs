//! Where headsup's files are: the state directory and the two configuration files.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::load_settings::Environment;

/// The state directory: `HEADSUP_HOME`, as root `/var/lib/headsup`, else `headsup` in the XDG state directory.
/// XDG: <https://specifications.freedesktop.org/basedir-spec/latest/>.
pub fn home(environment: &Environment) -> PathBuf {
    if let Some(own) = path_of(environment, "HEADSUP_HOME") {
        return std::path::absolute(&own).unwrap_or(own);
    }
    if nix::unistd::geteuid().is_root() {
        return PathBuf::from("/var/lib/headsup");
    }
    let state = path_of(environment, "XDG_STATE_HOME").filter(|path| path.is_absolute());
    state.unwrap_or_else(|| user_home(environment).join(".local/state")).join("headsup")
}

/// The file `name` where it is looked for: the working directory, then `headsup` in the XDG configuration directory.
pub fn find(name: &str, environment: &Environment) -> Option<PathBuf> {
    let config = path_of(environment, "XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let config = config.unwrap_or_else(|| user_home(environment).join(".config")).join("headsup");
    [PathBuf::from(name), config.join(name)].into_iter().find(|path| path.is_file())
}

/// Whether others than the owner may read it.
pub fn is_open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o044 != 0)
}

fn user_home(environment: &Environment) -> PathBuf {
    path_of(environment, "HOME").unwrap_or_else(|| PathBuf::from("."))
}

fn path_of(environment: &Environment, name: &str) -> Option<PathBuf> {
    environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
