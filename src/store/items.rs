//! Table access: items.
