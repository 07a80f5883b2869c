//! Labelled sets to figures: how good a stage is, measured without a database.

pub mod faithful;
pub mod gold;
pub mod group;
pub mod pairs;
mod partition;
mod plant;

pub use partition::Scores;
