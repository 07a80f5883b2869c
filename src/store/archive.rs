//! Table access: archive.
