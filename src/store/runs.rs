//! Table access: runs.
