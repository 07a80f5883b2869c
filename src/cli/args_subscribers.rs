//! The command line of `headsup subscribers`.

use clap::{Args, Subcommand};

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
    /// Who reads, and who left
    List,
    /// Mark a reader as left; queued mails are skipped
    Remove {
        /// Address
        email: String,
    },
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
