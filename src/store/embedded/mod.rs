//! The private Postgres that headsup starts and stops itself.
