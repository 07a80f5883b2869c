//! What may stand on the command line about mail. The texts here are the help.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::args::parse_language;
use crate::model::Language;

/// `headsup send`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SendArgs {
    /// Instead of sending: see or steer
    #[command(subcommand)]
    pub command: Option<SendCommand>,
    /// Mail the newest issue once to this address, marked as a test, and nothing else
    #[arg(long, value_name = "ADDRESS", conflicts_with = "limit")]
    pub test: Option<String>,
    /// Language of the test
    #[arg(long, default_value = "en", value_parser = parse_language, requires = "test")]
    pub language: Language,
    /// Most messages of this run
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
}

/// The commands below `send`.
#[derive(Clone, Debug, Subcommand)]
pub enum SendCommand {
    /// Who got the last issues, who did not, and why
    Status {
        /// Queue anew what was refused for good, for readers who are still there
        #[arg(long)]
        retry_failed: bool,
        /// Queue anew what was too late
        #[arg(long)]
        send_late: bool,
        /// Most lines of what did not arrive
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Stop all sending on this database, within one message of each connection, until `resume`
    Pause {
        /// Why, for whoever looks
        #[arg(long, default_value = "by the operator")]
        reason: String,
    },
    /// Go on
    Resume {
        /// End the pauses of relays and domains too
        #[arg(long)]
        all: bool,
    },
}

/// `headsup deliveries`
#[derive(Debug, Args)]
pub struct DeliveriesArgs {
    /// What to do with them
    #[command(subcommand)]
    pub command: DeliveriesCommand,
}

/// The commands below `deliveries`.
#[derive(Debug, Subcommand)]
pub enum DeliveriesCommand {
    /// Settle what is uncertain by the log of a Postfix relay
    Reconcile {
        /// The log; "-" for standard input
        file: PathBuf,
    },
}

/// `headsup dkim`
#[derive(Debug, Args)]
pub struct DkimArgs {
    /// What to do with the keys
    #[command(subcommand)]
    pub command: DkimCommand,
}

/// The commands below `dkim`.
#[derive(Debug, Subcommand)]
pub enum DkimCommand {
    /// Make an RSA key (by openssl) and an Ed25519 key, and say what to configure and to publish
    New {
        /// Folder for the two files [default: dkim in headsup's home]
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// The DNS records of the configured keys
    Records,
}

/// `headsup doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Look at one thing only
    pub what: Option<DoctorWord>,
    /// Name server to ask, as 127.0.0.1:53 [default: the first of /etc/resolv.conf]
    #[arg(long, value_name = "HOST:PORT")]
    pub resolver: Option<SocketAddr>,
}

/// What doctor can look at alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DoctorWord {
    /// SPF, DKIM, DMARC, MX and reverse DNS of the mail's domain
    Mail,
}
