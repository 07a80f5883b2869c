//! Table access: issues.
