//! Table access: stories.
