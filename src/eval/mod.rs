//! Labelled sets to figures: how good a stage is, measured without a database.

pub mod feedback;
pub mod funding;
pub mod gold;
pub mod group;
pub mod judge;
pub mod pairs;
mod partition;

pub use partition::Scores;
