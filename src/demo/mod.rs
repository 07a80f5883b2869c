//! demo.

pub mod sink;
