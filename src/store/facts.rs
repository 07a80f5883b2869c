//! Table access: facts.
