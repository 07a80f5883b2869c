//! Labelled sets to figures: how good a stage is, measured without a database.

pub mod editor;
mod folds;
pub mod gold;
pub mod group;
pub mod hype;
pub mod pairs;
mod partition;

pub use partition::Scores;
