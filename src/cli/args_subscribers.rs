//! The command line of `headsup subscribers`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::args::parse_language;
use crate::model::{Language, Topic};

/// `headsup subscribers`
#[derive(Debug, Args)]
pub struct SubscribersArgs {
    /// What to do with them
    #[command(subcommand)]
    pub command: SubscribersCommand,
}

/// The commands below `subscribers`.
#[derive(Debug, Subcommand)]
pub enum SubscribersCommand {
    /// Add a reader, or take one back who left
    Add {
        /// Address
        email: String,
        /// Language of the mails: en or zh
        #[arg(long, default_value = "en", value_parser = parse_language)]
        language: Language,
        /// Cut the weekly mail to these, with commas between them: company, funding, research, open-source, industry,
        /// multimodal, efficiency, privacy; "all" for the whole issue
        #[arg(long, value_parser = parse_topics)]
        topics: Option<Topics>,
        /// Slug of an edition of headsup.toml that the reader gets too; again for more of them
        #[arg(long = "edition", value_name = "SLUG")]
        editions: Vec<String>,
    },
    /// Who reads, who waits to confirm, and who left
    List,
    /// All that is stored about a reader, as the reader may export it
    Show {
        /// Address
        email: String,
    },
    /// Mark a reader as left; queued mails are skipped
    Remove {
        /// Address
        email: String,
    },
    /// Add the readers of a CSV file: columns email, consent_at and consent_text, perhaps consent_from, language, topics (with
    /// spaces between them), weekly, monthly, time_zone. All or none; who left or was erased is not brought back
    Import {
        /// The file
        file: PathBuf,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the readers as a file that `import` reads, or as JSON
    Export {
        /// Of the file
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
    },
    /// Never write to an address again, whether or not it is a reader's
    Suppress {
        /// Address
        email: String,
        /// Let it be signed up again
        #[arg(long)]
        lift: bool,
    },
    /// Forget a reader: the row is emptied, a salted hash keeps the address from being signed up again unasked
    Erase {
        /// Address
        email: String,
    },
}

/// Of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// One JSON document.
    Json,
}

/// Topics with commas between them; "all" is none.
#[derive(Clone, Debug)]
pub struct Topics(pub Vec<Topic>);

fn parse_topics(words: &str) -> Result<Topics, String> {
    if words.trim() == "all" {
        return Ok(Topics(Vec::new()));
    }
    let topic = |word: &str| {
        let known: Vec<&str> = Topic::ALL.iter().map(|topic| topic.as_str()).collect();
        word.trim()
            .parse()
            .map_err(|_| format!("no topic {:?}: there are {} and all", word.trim(), known.join(", ")))
    };
    let mut topics = words.split(',').map(topic).collect::<Result<Vec<Topic>, String>>()?;
    topics.sort_unstable();
    topics.dedup();
    Ok(Topics(topics))
}
