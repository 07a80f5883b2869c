//! Labelled sets to figures: how good a stage is, measured without a database.

mod fit;
pub mod gold;
pub mod group;
pub mod pairs;
mod partition;
mod porter;
mod rouge;
pub mod summary;

pub use partition::Scores;
