//! headsup 抬头 watches the AI industry for programmers who have no time to.
//!
//! Read me first. The way of the data, one folder a step, in the order of the alphabet:
//!
//! ```text
//! feeds.toml ─ Source ─► crawl ─ Entry ─► extract ─ Article ─► group ─ Story ─► judge ─ Verdict
//!   ─► publish ─ Issue ─┬► send  (mail)
//!                       └► serve (archive, feed)
//! ```
//!
//! Every stage is `run(&Context) -> Report`: it takes what the stage before left in Postgres, and running it
//! twice changes nothing the second time. No stage knows another. Start with `model`, then `pipeline.rs`.

pub mod crawl;

pub mod extract;

pub mod group;

pub mod judge;

pub mod publish;

pub mod send;

pub mod serve;

pub mod store;

pub mod address;
pub mod ballot;
pub mod bench;
pub mod cli;
pub mod clock;
pub mod config;
pub mod context;
pub mod deadline;
pub mod demo;
pub mod edition;
pub mod eval;
pub mod hindsight;
pub mod markup;
pub mod model;
pub mod openai;
pub mod ordinal;
pub mod paper;
pub mod pipeline;
pub mod press;
pub mod progress;
pub mod render;
pub mod schedule;
