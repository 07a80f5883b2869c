//! What may stand on the command line about measuring speed. The texts here are the help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `headsup bench`
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// What is measured
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// The commands below `bench`.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Ask, read and store feeds on loopback: all new, none changed, one in ten changed
    Crawl {
        /// How many feeds
        #[arg(long, default_value_t = 1000)]
        sources: usize,
        /// Entries of each
        #[arg(long, default_value_t = 30)]
        items: usize,
        /// Milliseconds before each answer
        #[arg(long, default_value_t = 50)]
        latency_ms: u64,
    },
    /// Read feeds on one core
    Parse {
        /// Files or folders [default: made-up feeds]
        paths: Vec<PathBuf>,
    },
    /// Read pages on one core
    Extract {
        /// Files or folders [default: made-up pages]
        paths: Vec<PathBuf>,
    },
    /// Group new items beside archives of growing size
    Group {
        /// Archived items, ascending
        #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
        archived: Vec<i64>,
        /// New items for each size
        #[arg(long, default_value_t = 200)]
        new: i64,
    },
    /// Compose and render a weekly issue from many judged stories
    Publish {
        /// Judged stories of the week
        #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
        stories: i64,
    },
    /// Send an issue to a relay on loopback: built, signed and written down for each reader
    Send(BenchSendArgs),
    /// The relay of `bench send`
    #[command(hide = true)]
    Sink,
    /// The feeds of `bench crawl`
    #[command(hide = true)]
    Farm {
        /// How many feeds
        #[arg(long)]
        sources: usize,
        /// Entries of each
        #[arg(long)]
        items: usize,
        /// Milliseconds before each answer
        #[arg(long)]
        latency_ms: u64,
    },
}

/// `headsup bench send`
#[derive(Debug, Args)]
pub struct BenchSendArgs {
    /// Messages that are sent
    #[arg(long, default_value_t = 10_000)]
    pub recipients: u32,
    /// Rows in the queue [default: as many]
    #[arg(long)]
    pub queued: Option<i64>,
    /// Size of each message
    #[arg(long, default_value_t = 60)]
    pub kilobytes: usize,
    /// Connections at a time
    #[arg(long, default_value_t = 8)]
    pub connections: usize,
    /// Send to this relay instead of one of our own
    #[arg(long, value_name = "HOST:PORT")]
    pub sink: Option<String>,
    /// Do not sign
    #[arg(long)]
    pub no_dkim: bool,
}
