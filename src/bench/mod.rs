//! Measurements that anybody can print again: `headsup bench`. Times of a shared machine say little by themselves;
//! compare them within one run.

pub mod crawl;
pub mod extract;
pub mod farm;
mod files;
pub mod group;
pub mod parse;
pub mod publish;
pub mod send;
pub mod sink;
mod usage;
