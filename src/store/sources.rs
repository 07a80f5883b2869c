//! Table access: sources.
