//! Table access: pages.
