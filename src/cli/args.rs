//! What may stand on the command line. The texts here are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::args_bench::BenchArgs;
use super::args_draft::DraftArgs;
use super::args_eval::EvalArgs;
use super::args_judge::TrainArgs;
use super::args_send::{DeliveriesArgs, DkimArgs, DoctorArgs, SendArgs};
use super::args_subscribers::SubscribersArgs;
use crate::model::{Lane, Language};

/// Version and commit.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("HEADSUP_COMMIT"), ")");

const AFTER: &str = "\
A first look:        headsup demo
For real:            headsup init, edit feeds.toml, headsup subscribers add you@example.org, headsup up
Exit codes:          0 ok, 1 failed, 2 usage or configuration
Environment:         DATABASE_URL, HEADSUP_HOME, HEADSUP_PG_BIN, HEADSUP_<SECTION>_<KEY>, HEADSUP_LOG";

/// Watches the AI industry for programmers: one honest digest a week, one paper a month.
#[derive(Debug, Parser)]
#[command(name = "headsup", version = VERSION, about, after_help = AFTER, arg_required_else_help = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Settings file [default: headsup.toml here or in the configuration directory, if there is one]
    #[arg(long, global = true, env = "HEADSUP_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Sources file [default: feeds.toml here or in the configuration directory, else the built-in catalogue]
    #[arg(long, global = true, env = "HEADSUP_FEEDS", value_name = "FILE")]
    pub feeds: Option<PathBuf>,
    /// Folder whose templates win over the built-in ones of the same path
    #[arg(long, global = true, env = "HEADSUP_TEMPLATES", value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Print JSON instead of tables
    #[arg(long, global = true)]
    pub json: bool,
    /// Say only what failed
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more (twice: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The commands, in the order in which a new user meets them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write feeds.toml and headsup.toml, every key explained
    Init(InitArgs),
    /// Run everything until Ctrl-C: database, schedule, web archive
    Up,
    /// Run the pipeline once: crawl, extract, group, judge, publish, send
    Run,
    /// Ask the sources that are due, store what is new
    Crawl {
        /// Ask all sources, due or not (for changes only, and as politely as ever)
        #[arg(long)]
        all: bool,
        /// Ask once and end, which is what this command does
        #[arg(long, hide = true)]
        once: bool,
    },
    /// Read the text of each new item
    Extract,
    /// Put items that tell one event into one story
    Group,
    /// Judge new stories: summary, evidence, hype, score
    Judge(JudgeArgs),
    /// Show what was sent to models and what it cost
    Model(ModelArgs),
    /// Compose and freeze an issue, queue it for the readers
    Publish(PublishArgs),
    /// Look at an issue that waits for its operator, change it, approve it
    Draft(DraftArgs),
    /// Mail what is queued; see and steer how it goes
    Send(SendArgs),
    /// What the relay's log says about deliveries
    Deliveries(DeliveriesArgs),
    /// Keys that sign the mail, and the DNS records to publish
    Dkim(DkimArgs),
    /// Serve the web archive alone, until Ctrl-C
    Serve,
    /// Show what ran, what is queued, what needs a hand
    Status,
    /// Show which stories of a quarter lasted and which were noise, told or left out
    Hindsight(HindsightArgs),
    /// Show what the parser or the extractor makes of a file or URL, as JSON
    Inspect(InspectArgs),
    /// List the sources, or ask each of them once
    Feeds(FeedsArgs),
    /// List, add and remove readers
    Subscribers(SubscribersArgs),
    /// What readers say about stories, and which of it is confirmed
    Votes(VotesArgs),
    /// Add, change, take back and list confirmed errors
    Errata(ErrataArgs),
    /// Check the configuration, or show it with the origin of each value
    Config(ConfigArgs),
    /// Bring the database's schema up to date (every command that needs it does)
    Migrate,
    /// Run the whole pipeline over the sample internet that ships inside
    Demo(DemoArgs),
    /// Look for what is wrong on this machine and say what helps
    Doctor(DoctorArgs),
    /// Measure a stage on a labelled set
    Eval(EvalArgs),
    /// Measure how fast a stage is
    Bench(BenchArgs),
    /// Make the weights of the small classifiers anew
    #[command(hide = true)]
    Train(TrainArgs),
    /// Print the text of the PDF on standard input
    #[command(hide = true)]
    ReadPdf,
    /// Run a command with DATABASE_URL set to the private, migrated database
    #[command(hide = true)]
    Db(DbArgs),
}

/// `headsup judge`
#[derive(Debug, Args)]
pub struct JudgeArgs {
    /// Judge nothing: show why this story was judged as it was
    #[arg(long, value_name = "ID")]
    pub explain: Option<i64>,
    /// Judge nothing: show every flag, what it means and what it weighs
    #[arg(long, conflicts_with = "explain")]
    pub flags: bool,
}

/// `headsup model`
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// What to show
    #[command(subcommand)]
    pub command: ModelCommand,
}

/// The commands below `model`.
#[derive(Clone, Debug, Subcommand)]
pub enum ModelCommand {
    /// What went to which server, tokens and cost, and what is left of the budgets
    Usage {
        /// So many days back
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// Take back what a model judged: its answers are deleted, and the next run judges those stories anew
    Forget {
        /// As it was configured in `[model] name`
        name: String,
    },
}

/// `headsup init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder for the two files
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// Replace files that are there
    #[arg(long)]
    pub force: bool,
}

/// `headsup publish`
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// What to compose: weekly, paper, or the slug of an edition of headsup.toml
    #[arg(value_name = "EDITION")]
    pub series: String,
    /// ISO week (2026-W47), month (2026-11) or day (2026-11-25) [default: the last one that is over]
    #[arg(long)]
    pub period: Option<String>,
    /// Choose this paper for the month instead (arXiv id); before the month is over the wish is kept
    #[arg(long, value_name = "ID", conflicts_with_all = ["dry_run", "preview", "replay"])]
    pub pin: Option<String>,
    /// Show the issue, store and queue nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Show the issue in the browser, store and queue nothing
    #[arg(long, conflicts_with = "dry_run")]
    pub preview: bool,
    /// Make a published issue again from its inputs and compare every byte
    #[arg(long, requires = "period", conflicts_with_all = ["dry_run", "preview"])]
    pub replay: bool,
    /// Show what the week would be by another editor: model=NAME, model=rules or prompt=FILE; may be given twice
    #[arg(long, value_name = "WHAT", value_parser = super::publish_with::parse, conflicts_with_all = ["dry_run", "preview", "replay", "pin"])]
    pub with: Vec<super::publish_with::With>,
    /// Language of the issue that is shown
    #[arg(long, default_value = "en", value_parser = parse_language)]
    pub language: Language,
}

/// `headsup hindsight`
#[derive(Debug, Args)]
pub struct HindsightArgs {
    /// Such as 2026-Q3 [default: the last one that is over]
    #[arg(long)]
    pub quarter: Option<String>,
}

/// `headsup inspect`
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// How to read it
    pub kind: InspectWord,
    /// Files or URLs; of stories their numbers
    pub files: Vec<String>,
    /// Read the paths (or numbers of stories) from standard input, print one JSON line each, never stop at a bad one
    #[arg(long)]
    pub batch: bool,
    /// Read pages by the selectors that feeds.toml gives this source
    #[arg(long, value_name = "SLUG")]
    pub source: Option<String>,
}

/// What to inspect with.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum InspectWord {
    /// The feed parser
    Feed,
    /// The text extractor
    Page,
    /// A story by its number: items, reasons, merges, what it goes on from
    Story,
}

/// `headsup feeds`
#[derive(Debug, Args)]
pub struct FeedsArgs {
    /// What to do with them
    #[command(subcommand)]
    pub command: FeedsCommand,
}

/// The commands below `feeds`.
#[derive(Debug, Subcommand)]
pub enum FeedsCommand {
    /// The sources of feeds.toml
    List,
    /// Ask each source once, store nothing
    Check,
    /// Ask one source or address once and show what was fetched, repaired and parsed
    Try {
        /// A slug of feeds.toml, or an address
        target: String,
    },
    /// Look for the feeds of a site; without any for its sitemap, else propose selectors for its list page
    Discover {
        /// Any page of the site
        url: String,
    },
    /// Discover, check, and write a source into feeds.toml, whose comments and order stay
    Add {
        /// A feed, or a page of the site
        url: String,
        /// Short unique name [default: from the address]
        #[arg(long)]
        slug: Option<String>,
        /// Name for readers
        #[arg(long)]
        name: Option<String>,
        /// company, funding, research, open-source or industry
        #[arg(long, default_value = "industry", value_parser = parse_lane)]
        lane: Lane,
        /// en or zh
        #[arg(long, default_value = "en", value_parser = parse_language)]
        language: Language,
    },
    /// Add the feeds of another reader's list (OPML) to feeds.toml; folders become lanes
    Import {
        /// The file; "-" for standard input
        file: PathBuf,
        /// For feeds whose folder names no lane
        #[arg(long, default_value = "industry", value_parser = parse_lane)]
        lane: Lane,
        /// Show what would be added, write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the feeds as OPML for another reader; lanes become folders
    Export {
        /// The file [default: standard output]
        file: Option<PathBuf>,
    },
    /// Fetch the papers of past days for a source of kind "arxiv"
    Backfill {
        /// Slug
        slug: String,
        /// First day, such as 2026-10-01
        #[arg(long)]
        from: chrono::NaiveDate,
        /// Last day
        #[arg(long)]
        until: chrono::NaiveDate,
    },
    /// Stop reading a source; what it said stays
    Disable {
        /// Slug
        slug: String,
    },
    /// Read a source again
    Enable {
        /// Slug
        slug: String,
    },
}

/// `headsup votes`
#[derive(Debug, Args)]
pub struct VotesArgs {
    /// What to do with them
    #[command(subcommand)]
    pub command: VotesCommand,
}

/// The commands below `votes`.
#[derive(Debug, Subcommand)]
pub enum VotesCommand {
    /// The newest votes, with the voters' words
    List {
        /// Of this story alone
        #[arg(long, value_name = "ID")]
        story: Option<i64>,
        /// Most votes that are shown
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Make an erratum of a vote that says that something is wrong; once more with other words: change it
    Confirm {
        /// Number of the vote
        vote: i64,
        #[command(flatten)]
        texts: ErratumTexts,
    },
}

/// `headsup errata`
#[derive(Debug, Args)]
pub struct ErrataArgs {
    /// What to do with them
    #[command(subcommand)]
    pub command: ErrataCommand,
}

/// The commands below `errata`.
#[derive(Debug, Subcommand)]
pub enum ErrataCommand {
    /// Correct a story: on its page at once, and in the next weekly issue
    Add {
        /// Number of the story
        story: i64,
        #[command(flatten)]
        texts: ErratumTexts,
    },
    /// Give one that no issue has told yet other words
    Edit {
        /// Number of the erratum
        erratum: i64,
        #[command(flatten)]
        texts: ErratumTexts,
    },
    /// Take back one that no issue has told yet
    Remove {
        /// Number of the erratum
        erratum: i64,
    },
    /// All errata, and which issue told them
    List,
}

/// What is right, in both languages.
#[derive(Debug, Args)]
pub struct ErratumTexts {
    /// What is right, in English
    #[arg(long, value_name = "TEXT")]
    pub en: String,
    /// What is right, in Chinese
    #[arg(long, value_name = "TEXT")]
    pub zh: String,
}

/// `headsup config`
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// What to do with it
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// The commands below `config`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read both files and say everything that is wrong
    Check,
    /// Each value in force and where it came from, secrets masked
    Show,
}

/// `headsup demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// End when the mails are out, without serving the archive
    #[arg(long)]
    pub exit: bool,
    /// Port of the archive; the next free one if it is taken, 0 for any
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
}

/// `headsup db`
#[derive(Debug, Args)]
pub struct DbArgs {
    /// What to do with it
    #[command(subcommand)]
    pub command: DbCommand,
}

/// The commands below `db`.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Run a command beside the database
    Run {
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

fn parse_lane(word: &str) -> Result<Lane, String> {
    word.parse().map_err(|_| "must be company, funding, research, open-source or industry".to_owned())
}

pub(super) fn parse_language(word: &str) -> Result<Language, String> {
    word.parse().map_err(|_| "must be en or zh".to_owned())
}
