//! Labelled sets to figures: how good a stage is, measured without a database.

pub mod group;
mod partition;

pub use partition::Scores;
