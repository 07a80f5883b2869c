//! The one integration test binary: a database per test, a fake internet, a fake model, an SMTP sink.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod app;
mod config;
mod crawl;
mod database;
mod demo;
mod draft;
mod editors;
mod extract;
mod feeds;
mod group;
mod hindsight;
mod judge;
mod kill;
mod looks;
mod meaning;
mod paper;
mod publish;
mod readers;
mod replay;
mod send;
mod serve;
mod tidy;
mod topics;
mod votes;
