//! Table access: jobs.
