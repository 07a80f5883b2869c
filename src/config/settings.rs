//! The shape of headsup.toml. Every key has a default; the file may be absent.

use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::editions::EditionSettings;
use super::settings_mail::MailSettings;
use crate::model::{Language, Rates};

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The archive web site.
    pub site: SiteSettings,
    /// When jobs run.
    pub schedule: ScheduleSettings,
    /// How sources are asked.
    pub crawl: CrawlSettings,
    /// The model that reads, if any.
    pub model: ModelSettings,
    /// What texts mean, if a server says it.
    pub embeddings: EmbeddingSettings,
    /// What evidence and hype weigh.
    pub score: ScoreSettings,
    /// What goes into an issue.
    pub digest: DigestSettings,
    /// What is published beside the weekly issue.
    #[serde(rename = "edition")]
    pub editions: Vec<EditionSettings>,
    /// What a US dollar costs, for the table of funding.
    pub rates: Rates,
    /// How mail leaves.
    pub mail: MailSettings,
    /// How long things are kept.
    pub retention: RetentionSettings,
    /// Where headsup keeps its own state (database, outbox); not in the file: `HEADSUP_HOME` or the platform's place.
    #[serde(skip)]
    pub home: PathBuf,
}

/// `[site]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    /// Public address of the archive, without a slash at the end; links in mail begin with it.
    pub base_url: String,
    /// Address to listen on.
    pub listen: String,
    /// Language of pages for a browser that asks for neither.
    pub language: Language,
    /// Whether anybody may ask for the mails, at /en/subscribe and POST /api/subscribe; the address confirms it first.
    pub sign_up: bool,
    /// IP addresses of reverse proxies, with commas between them: their X-Forwarded-For is believed. Without it all who
    /// come through one count as one client.
    pub proxies: String,
}

/// `[schedule]`: cron lines of five fields (minute hour day month weekday) in `time_zone`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleSettings {
    /// IANA name, such as "Europe/Berlin" or "Asia/Shanghai".
    pub time_zone: String,
    /// Crawl, extract, group, judge.
    pub crawl: String,
    /// Compose and mail the weekly issue.
    pub weekly: String,
    /// Choose and mail the paper of the month.
    pub paper: String,
}

/// The environment's proxies: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For `http:` addresses.
    pub http: Option<String>,
    /// For `https:` addresses.
    pub https: Option<String>,
    /// Hosts and networks that are asked directly, with commas.
    pub never: String,
}

/// `[crawl]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CrawlSettings {
    /// Sent as User-Agent after "headsup/VERSION"; an address where the operator can be reached belongs here.
    pub contact: String,
    /// Sources asked at the same time (one request per host in any case).
    pub parallel: usize,
    /// Seconds for one request in all.
    pub timeout_seconds: u64,
    /// Most decoded bytes of one answer.
    pub max_bytes: usize,
    /// Least milliseconds between two requests to one host.
    pub host_gap_ms: u64,
    /// Most item pages fetched in one run.
    pub pages_per_run: i64,
    /// Allow private and loopback addresses for every source. Only for tests and the demo.
    pub allow_private: bool,
    /// From the environment, never from the file.
    #[serde(skip)]
    pub proxies: Proxies,
}

/// What of a text may be sent to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SendScope {
    /// The article, cut to the context.
    Full,
    /// Up to three whole sentences as the rules extract them, with title and source; of a short article that is
    /// most of it.
    Extract,
    /// Titles and the names of their sources only.
    Titles,
}

/// `[model]`: any OpenAI-compatible server. Without `base_url`, rules judge.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ModelSettings {
    /// For example "http://127.0.0.1:11434/v1". Empty: no model.
    pub base_url: String,
    /// The model's name as the server knows it.
    pub name: String,
    /// Environment variable that holds the key. Empty: no key is sent.
    pub api_key_env: String,
    /// File that holds the key, instead of the environment.
    pub api_key_file: Option<PathBuf>,
    /// The key itself, read at the door from the two above.
    #[serde(skip)]
    pub api_key: Option<SecretString>,
    /// What of a text may be sent.
    pub send: SendScope,
    /// Seconds for one answer.
    pub timeout_seconds: u64,
    /// Seconds before the first further try after a failure that may pass (busy, still loading, a broken connection); each
    /// next one waits four times as long.
    pub retry_seconds: f64,
    /// Context length in tokens that the server really has.
    pub context_tokens: u32,
    /// A story is read if it is among the best so many, by the rules, of the seven days up to it: later news
    /// takes no reading away, so a week may read a few more. The others keep the rules' judgement.
    pub stories_per_week: usize,
    /// Most stories in one question; fewer if the context is short. More save tokens, and let what one article says to its
    /// reader colour the reading of its neighbours.
    pub batch: usize,
    /// Most tokens of one story's articles in a question: what matters of them is sent, not all.
    pub story_tokens: u32,
    /// Most tokens (prompt and answer) of one run; beyond it rules judge.
    pub tokens_per_run: u64,
    /// Most tokens of seven days; beyond it rules judge.
    pub tokens_per_week: u64,
    /// Most tokens of thirty days; beyond it rules judge.
    pub tokens_per_month: u64,
    /// Most money of one run, in the currency of the prices; 0: no such limit.
    pub cost_per_run: f64,
    /// Most money of seven days; 0: no such limit.
    pub cost_per_week: f64,
    /// Most money of thirty days; 0: no such limit.
    pub cost_per_month: f64,
    /// Price of a million prompt tokens, in any currency.
    pub price_prompt: f64,
    /// Price of a million answered tokens.
    pub price_completion: f64,
}

/// `[embeddings]`: any OpenAI-compatible server of embeddings, so that texts of one event are found by their meaning, also
/// across languages. Without `base_url`, words decide. It gets the title and the first words of each item.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EmbeddingSettings {
    /// For example "http://127.0.0.1:8082/v1". Empty: no embeddings. A chat server rarely serves both.
    pub base_url: String,
    /// The model's name as the server knows it; vectors are stored with it, and another name makes them anew.
    pub model: String,
    /// Environment variable that holds the key. Empty: no key is sent.
    pub api_key_env: String,
    /// File that holds the key, instead of the environment.
    pub api_key_file: Option<PathBuf>,
    /// The key itself, read at the door from the two above.
    #[serde(skip)]
    pub api_key: Option<SecretString>,
    /// Seconds for one answer.
    pub timeout_seconds: u64,
    /// Texts in one request.
    pub batch: usize,
    /// Cosine at which two texts of one language may tell one event; it belongs to the model (0.90: multilingual-e5-small).
    pub same_language: f64,
    /// The same for a Chinese and an English text (0.86: multilingual-e5-small).
    pub across_languages: f64,
}

/// `[score]`: points of each flag, negative for hype; a story below 0 in sum is screened out.
/// `headsup judge --flags` prints what each flag means.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreSettings {
    /// A source that speaks about itself.
    pub primary: f32,
    /// Something to touch: paper, code, weights, API, price.
    pub artifact: f32,
    /// For each further independent owner that tells it.
    pub corroborated: f32,
    /// A number with its unit.
    pub numbers: f32,
    /// A named benchmark or a comparison.
    pub benchmark: f32,
    /// Somebody else than the vendor measured it.
    pub independent: f32,
    /// For each of the long-term questions it touches.
    pub focus: f32,
    /// A company whose models or chips most of us depend on.
    pub big_company: f32,
    /// A model preferred it to its neighbour at the last place of an issue.
    pub compared: f32,
    /// Sensational wording.
    pub sensational: f32,
    /// A list for clicks.
    pub list_bait: f32,
    /// An advertisement.
    pub promo: f32,
    /// A headline that the classifier is very sure is made to be clicked.
    pub clickbait: f32,
    /// Advice on shares.
    pub stock_tip: f32,
    /// Told only by paid press releases.
    pub press_release: f32,
    /// The headline is not carried by the text.
    pub headline: f32,
    /// A superlative that only the vendor states.
    pub vendor_claim: f32,
    /// A claim of progress with nothing to touch.
    pub no_artifact: f32,
    /// Announced for some day.
    pub future: f32,
    /// The only sources are unnamed people.
    pub anonymous: f32,
    /// Nothing but a headline could be read.
    pub thin: f32,
    /// The text speaks to machines that read it.
    pub injection: f32,
}

/// `[digest]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DigestSettings {
    /// Most stories in a weekly issue.
    pub max_stories: usize,
    /// Least score of a story in an issue: no filler.
    pub floor: f32,
    /// Most stories of one owner in an issue.
    pub per_owner: usize,
    /// Most stories of one source in an issue.
    pub per_source: usize,
    /// Most stories about one company in an issue, whoever tells them.
    pub per_company: usize,
    /// Most stories of one lane in an issue.
    pub per_lane: usize,
    /// Most minutes that an issue takes to read; the weakest stories give way.
    pub minutes: u8,
    /// "auto": the weekly issue goes out by itself. "hold": it waits as a draft until the operator approves it, by the link
    /// that `[mail] operator` gets or with `headsup draft`.
    pub review: Review,
    /// Hours after which the operator is reminded of a held draft, and again after as many.
    pub remind_hours: u32,
}

/// Whether an issue waits for its operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Review {
    /// It goes out by itself.
    #[default]
    Auto,
    /// It waits as a draft.
    Hold,
}

/// `[retention]`
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSettings {
    /// Days that raw pages are kept after they were read.
    pub pages_days: i64,
    /// Days that runs and model calls are kept.
    pub runs_days: i64,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8080".into(),
            listen: "127.0.0.1:8080".into(),
            language: Language::En,
            sign_up: false,
            proxies: String::new(),
        }
    }
}

impl Default for ScheduleSettings {
    fn default() -> Self {
        Self {
            time_zone: "UTC".into(),
            crawl: "15 */2 * * *".into(),
            weekly: "0 7 * * MON".into(),
            paper: "0 7 1 * *".into(),
        }
    }
}

impl Default for CrawlSettings {
    fn default() -> Self {
        Self {
            contact: "+https://github.com/headsup-digest/headsup".into(),
            parallel: 16,
            timeout_seconds: 30,
            max_bytes: 10_000_000,
            host_gap_ms: 1000,
            pages_per_run: 500,
            allow_private: false,
            proxies: Proxies::default(),
        }
    }
}

impl ModelSettings {
    /// What so many tokens cost, in millionths of the currency of the prices.
    pub fn cost_micros(&self, prompt_tokens: u32, completion_tokens: u32) -> i64 {
        let micros = f64::from(prompt_tokens) * self.price_prompt
            + f64::from(completion_tokens) * self.price_completion;
        micros.round() as i64
    }
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            base_url: String::new(),
            name: String::new(),
            api_key_env: String::new(),
            api_key_file: None,
            api_key: None,
            send: SendScope::Full,
            timeout_seconds: 300,
            retry_seconds: 2.0,
            context_tokens: 4096,
            stories_per_week: 60,
            batch: 1,
            story_tokens: 700,
            tokens_per_run: 200_000,
            tokens_per_week: 1_000_000,
            tokens_per_month: 3_000_000,
            cost_per_run: 0.0,
            cost_per_week: 0.0,
            cost_per_month: 0.0,
            price_prompt: 0.0,
            price_completion: 0.0,
        }
    }
}

impl Default for EmbeddingSettings {
    fn default() -> Self {
        Self {
            base_url: String::new(),
            model: String::new(),
            api_key_env: String::new(),
            api_key_file: None,
            api_key: None,
            timeout_seconds: 120,
            batch: 16,
            same_language: 0.90,
            across_languages: 0.86,
        }
    }
}

impl Default for ScoreSettings {
    /// As `judge/score.rs` documents them.
    fn default() -> Self {
        Self {
            primary: 2.0,
            artifact: 2.0,
            corroborated: 1.5,
            numbers: 1.0,
            benchmark: 1.0,
            independent: 1.0,
            focus: 1.0,
            big_company: 0.5,
            compared: 0.5,
            sensational: -3.0,
            list_bait: -3.0,
            promo: -4.0,
            clickbait: -1.5,
            stock_tip: -3.0,
            press_release: -1.5,
            headline: -1.5,
            vendor_claim: -1.5,
            no_artifact: -1.0,
            future: -1.0,
            anonymous: -1.5,
            thin: -2.0,
            injection: -2.0,
        }
    }
}

impl Default for DigestSettings {
    fn default() -> Self {
        Self {
            max_stories: 20,
            floor: 2.0,
            per_owner: 3,
            per_source: 3,
            per_company: 3,
            per_lane: 7,
            minutes: 5,
            review: Review::Auto,
            remind_hours: 24,
        }
    }
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { pages_days: 7, runs_days: 180 }
    }
}
