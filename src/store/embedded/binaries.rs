//! Finds the installed server binaries: Debian's and Homebrew's places, `PATH`, `HEADSUP_PG_BIN`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that hold one folder per major version.
const ROOTS: [&str; 5] = [
    "/usr/lib/postgresql",
    "/opt/homebrew/opt",
    "/usr/local/opt",
    "/usr/pgsql",
    "/home/linuxbrew/.linuxbrew/opt",
];

/// The folder with `postgres` and `initdb` of the major version that `data` was made with, else of the newest.
///
/// # Errors
/// None is installed, or not that version: the message says what to install.
pub fn find(data: &Path) -> anyhow::Result<PathBuf> {
    let wanted = major_of(data);
    if let Some(folder) = std::env::var_os("HEADSUP_PG_BIN").map(PathBuf::from) {
        return named_by_operator(folder, wanted);
    }
    let mut found = installed();
    found.sort();
    match wanted {
        None => found.pop().map(|(_, folder)| folder).ok_or_else(|| {
            anyhow::anyhow!(
                "no PostgreSQL server is installed. Debian or Ubuntu: apt-get install postgresql; macOS: brew install \
                 postgresql@17; elsewhere: set HEADSUP_PG_BIN to the folder that holds postgres and initdb, or \
                 DATABASE_URL to a server that runs already"
            )
        }),
        Some(major) => found.iter().find(|(version, _)| *version == major).map(|(_, folder)| folder.clone()).ok_or_else(
            || {
                let others: Vec<String> = found.iter().map(|(version, _)| version.to_string()).collect();
                anyhow::anyhow!(
                    "the database in {} was made by PostgreSQL {major}, but installed is {}. Install PostgreSQL {major} \
                     beside it (Debian: apt-get install postgresql-{major}), or convert the data with pg_upgrade",
                    data.display(),
                    if others.is_empty() { "none".to_owned() } else { others.join(", ") },
                )
            },
        ),
    }
}

/// The major version that made `data`, if there is one.
pub fn major_of(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

fn named_by_operator(folder: PathBuf, wanted: Option<u32>) -> anyhow::Result<PathBuf> {
    anyhow::ensure!(
        is_server(&folder),
        "HEADSUP_PG_BIN is {}, which does not hold postgres and initdb",
        folder.display()
    );
    let version = version_of(&folder);
    anyhow::ensure!(
        wanted.is_none() || version.is_none() || wanted == version,
        "HEADSUP_PG_BIN is PostgreSQL {}, but the database was made by {}: point it to that version",
        version.unwrap_or_default(),
        wanted.unwrap_or_default(),
    );
    Ok(folder)
}

fn installed() -> Vec<(u32, PathBuf)> {
    let mut found = Vec::new();
    for root in ROOTS {
        for entry in fs::read_dir(root).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().trim_start_matches("postgresql@").to_owned();
            let folder = entry.path().join("bin");
            if let Ok(version) = name.parse()
                && is_server(&folder)
            {
                found.push((version, folder));
            }
        }
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    for folder in std::env::split_paths(&path).filter(|folder| is_server(folder)) {
        if let Some(version) = version_of(&folder)
            && !found.iter().any(|(other, _)| *other == version)
        {
            found.push((version, folder));
        }
    }
    found
}

fn is_server(folder: &Path) -> bool {
    folder.join("postgres").is_file() && folder.join("initdb").is_file()
}

/// "postgres (PostgreSQL) 15.18 (Debian …)" → 15.
fn version_of(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().find_map(|word| word.split(['.', 'b', 'r']).next()?.parse().ok())
}
