//! The one integration test binary: a database per test, a fake internet, a fake model, an SMTP sink.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod app;
mod config;
mod crawl;
mod database;
mod demo;
mod dns;
mod draft;
mod edition;
mod editors;
mod extract;
mod faults;
mod feeds;
mod group;
mod hindsight;
mod judge;
mod kill;
mod kill_send;
mod letter;
mod looks;
mod meaning;
mod paper;
mod publish;
mod readers;
mod relay;
mod replay;
mod send;
mod serve;
mod steer;
mod tidy;
mod topics;
mod votes;
