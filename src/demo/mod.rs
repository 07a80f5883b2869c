//! `headsup demo`: the sample internet, the mail sink, and the run over both. No stage knows of it.

pub mod internet;
pub mod run;
pub mod sink;
