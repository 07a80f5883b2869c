//! `headsup init`: both configuration files with comments.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use super::args::InitArgs;
use super::{UsageError, output};
use crate::config::{CATALOGUE, settings_file};

/// Writes both files, or neither if one is there and `--force` is not given.
pub fn run(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let files = [("feeds.toml", CATALOGUE.to_owned()), ("headsup.toml", settings_file())];
    let taken: Vec<&str> =
        files.iter().map(|(name, _)| *name).filter(|name| args.folder.join(name).exists()).collect();
    if !taken.is_empty() && !args.force {
        let list = taken.join(" and ");
        let message = format!("{list} is there already: nothing was written (--force replaces)");
        return Err(UsageError(message).into());
    }
    std::fs::create_dir_all(&args.folder)
        .with_context(|| format!("cannot make the folder {}", args.folder.display()))?;
    for (name, text) in &files {
        write(&args.folder.join(name), text)?;
    }
    output::line("next: headsup config check, headsup subscribers add you@example.org, headsup up")?;
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    output::line(&format!("wrote {}", path.display()))
}
