//! Labelled sets to figures: how good a stage is, measured without a database.

pub mod editor;
pub mod faithful;
pub mod feedback;
mod fit;
mod folds;
pub mod funding;
pub mod gold;
pub mod group;
pub mod hype;
pub mod judge;
pub mod pairs;
pub mod paper;
mod partition;
mod plant;
mod porter;
mod rouge;
pub mod summary;

pub use partition::Scores;
