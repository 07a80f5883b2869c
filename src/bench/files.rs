//! The documents that are measured.

use std::path::{Path, PathBuf};

/// Every file below `path`, in the order of their names.
pub fn collect(path: &Path, documents: &mut Vec<Vec<u8>>) -> std::io::Result<()> {
    if !path.is_dir() {
        documents.push(std::fs::read(path)?);
        return Ok(());
    }
    let mut inside: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    inside.sort();
    inside.iter().try_for_each(|path| collect(path, documents))
}
