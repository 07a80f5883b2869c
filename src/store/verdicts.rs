//! Table access: verdicts.
