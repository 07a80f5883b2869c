//! Asks a model about some stories: tries again what may pass, lets rubbish be mended once, and gives up a server that
//! keeps failing. Knows nothing of budgets or of the database.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::answer::{self, Answer};
use super::client::{Model, NoAnswer, Said, Schemas};
use super::compare;
use super::prompt::{self, ANSWER_TOKENS, Sheet};
use crate::config::ModelSettings;
use crate::model::StoryId;
use crate::render::Templates;

/// Tries of a question that failed in a way that may pass.
const TRIES: u32 = 3;

/// After so many questions in a row without any answer the server is left alone.
const BREAK: u32 = 3;

/// The same for answers that cannot be used: a small model may fail at some stories.
const BREAK_OF_RUBBISH: u32 = 8;

/// A model and how it has behaved so far.
pub struct Asker<'a> {
    model: Model,
    templates: &'a Templates,
    pause: Duration,
    n_failed: u32,
    closed: Option<String>,
}

/// A call that was made, whatever came of it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The stories that it asked about.
    pub stories: Vec<StoryId>,
    /// As the server counted.
    pub prompt_tokens: u32,
    /// As the server counted.
    pub completion_tokens: u32,
    /// How long it took.
    pub millis: u128,
    /// What went wrong, if so.
    pub error: Option<NoAnswer>,
}

/// A question as it is put.
struct Asked<'q> {
    text: &'q str,
    schemas: Schemas,
    max_tokens: u32,
    stories: &'q [StoryId],
}

/// What came of a question.
#[derive(Debug, Default)]
pub struct Outcome {
    /// For each story an answer, or why there is none.
    pub answers: BTreeMap<StoryId, Result<Answer, String>>,
    /// The calls, in order.
    pub calls: Vec<Made>,
}

impl<'a> Asker<'a> {
    /// For the configured server.
    ///
    /// # Errors
    /// The TLS stack cannot be set up.
    pub fn new(settings: &ModelSettings, templates: &'a Templates) -> anyhow::Result<Self> {
        let pause = Duration::from_secs_f64(settings.retry_seconds.max(0.0));
        let model = Model::new(settings)?;
        Ok(Self { model, templates, pause, n_failed: 0, closed: None })
    }

    /// Hash of the question without its stories.
    ///
    /// # Errors
    /// The template is missing.
    pub fn hash(&self) -> anyhow::Result<String> {
        Ok(prompt::hash([
            self.templates.source(prompt::TEMPLATE)?.as_str(),
            &answer::schemas(&[]).limited.to_string(),
        ]))
    }

    /// Why nothing is asked any more, if so.
    pub fn closed(&self) -> Option<&str> {
        self.closed.as_deref()
    }

    /// Asks about these stories in one question; each that it does not answer is asked about once more, alone.
    ///
    /// # Errors
    /// The template is broken.
    pub async fn ask(&mut self, sheets: &[Sheet]) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome::default();
        let question = prompt::question(self.templates, sheets)?;
        let (mut answers, failure) = self.ask_about(sheets, &question, &mut outcome.calls).await;
        for sheet in sheets {
            let answered = match answers.remove(&sheet.number) {
                Some(answer) => Ok(answer),
                None if failure.as_ref().is_none_or(|failure| matches!(failure, NoAnswer::Rubbish(_))) => {
                    self.mend(sheet, failure.as_ref(), &mut outcome.calls).await?
                }
                None => Err(failure.as_ref().map(NoAnswer::to_string).unwrap_or_default()),
            };
            outcome.answers.insert(sheet.number, answered);
        }
        Ok(outcome)
    }

    /// The one further try after rubbish, with its reason.
    async fn mend(
        &mut self,
        sheet: &Sheet,
        failure: Option<&NoAnswer>,
        calls: &mut Vec<Made>,
    ) -> anyhow::Result<Result<Answer, String>> {
        if let Some(why) = &self.closed {
            return Ok(Err(why.clone()));
        }
        let why = match failure {
            Some(NoAnswer::Rubbish(why)) => why.as_str(),
            _ => "it did not speak of this story",
        };
        let mut question = prompt::question(self.templates, std::slice::from_ref(sheet))?;
        question.push_str(&format!(
            "\nYour last answer could not be used: {why}. Answer again, with the JSON object alone.\n"
        ));
        let (mut answers, failure) = self.ask_about(std::slice::from_ref(sheet), &question, calls).await;
        let missing =
            || failure.map_or_else(|| "the model gave no usable answer".to_owned(), |no| no.to_string());
        Ok(answers.remove(&sheet.number).ok_or_else(missing))
    }

    /// One question about stories: the answers, or the failure of the last try.
    async fn ask_about(
        &mut self,
        sheets: &[Sheet],
        question: &str,
        calls: &mut Vec<Made>,
    ) -> (BTreeMap<StoryId, Answer>, Option<NoAnswer>) {
        let stories: Vec<StoryId> = sheets.iter().map(|sheet| sheet.number).collect();
        let asked = Asked {
            text: question,
            schemas: answer::schemas(&stories),
            max_tokens: ANSWER_TOKENS * sheets.len() as u32,
            stories: &stories,
        };
        match self.put(asked, calls, |said| read(said, question, &stories)).await {
            Ok(answers) => (answers, None),
            Err(failure) => (BTreeMap::new(), Some(failure)),
        }
    }

    /// Which of two stories it prefers, asked in this order.
    ///
    /// # Errors
    /// The template is broken.
    pub async fn prefer(
        &mut self,
        pair: &[Sheet],
        calls: &mut Vec<Made>,
    ) -> anyhow::Result<Option<compare::Preference>> {
        let stories: Vec<StoryId> = pair.iter().map(|sheet| sheet.number).collect();
        let text = prompt::comparison(self.templates, pair)?;
        let asked = Asked {
            text: &text,
            schemas: compare::schemas(pair),
            max_tokens: compare::ANSWER_TOKENS,
            stories: &stories,
        };
        let no = || NoAnswer::Rubbish("no preference in it".to_owned());
        Ok(self.put(asked, calls, |said| compare::read(&said.text).ok_or_else(no)).await.ok())
    }

    /// A question with its tries.
    async fn put<T>(
        &mut self,
        asked: Asked<'_>,
        calls: &mut Vec<Made>,
        read: impl Fn(&Said) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        if let Some(why) = &self.closed {
            return Err(NoAnswer::Down(why.clone()));
        }
        let (mut pause, mut attempt) = (self.pause, 1);
        loop {
            let began = Instant::now();
            let said = self.model.ask(asked.text, &asked.schemas, asked.max_tokens).await;
            let (prompt_tokens, completion_tokens) = paid(&said, asked.text);
            let answer = said.and_then(|said| read(&said));
            calls.push(Made {
                stories: asked.stories.to_vec(),
                prompt_tokens,
                completion_tokens,
                millis: began.elapsed().as_millis(),
                error: answer.as_ref().err().cloned(),
            });
            match answer {
                Err(NoAnswer::Busy(_)) if attempt < TRIES => {
                    tokio::time::sleep(pause).await;
                    pause *= 4;
                    attempt += 1;
                }
                Err(failure) => {
                    self.count(&failure);
                    return Err(failure);
                }
                Ok(answer) => {
                    self.n_failed = 0;
                    return Ok(answer);
                }
            }
        }
    }

    /// Opens the breaker when nothing good is to be expected of the next question.
    fn count(&mut self, failure: &NoAnswer) {
        self.n_failed += 1;
        let patience = if matches!(failure, NoAnswer::Rubbish(_)) { BREAK_OF_RUBBISH } else { BREAK };
        if failure.stops_the_run() {
            self.closed = Some(failure.to_string());
        } else if self.n_failed >= patience {
            self.closed = Some(format!("{failure}; {patience} questions in a row had no answer"));
        }
    }
}

/// What a call cost: as the server counted, else as we estimate it. What was sent and never answered is paid for too.
fn paid(said: &Result<Said, NoAnswer>, question: &str) -> (u32, u32) {
    match said {
        Ok(said) if said.prompt_tokens > 0 => (said.prompt_tokens, said.completion_tokens),
        Ok(said) => (prompt::estimate(question), prompt::estimate(&said.text)),
        Err(NoAnswer::Timeout(_) | NoAnswer::Rubbish(_)) => (prompt::estimate(question), 0),
        Err(_) => (0, 0),
    }
}

fn read(said: &Said, question: &str, stories: &[StoryId]) -> Result<BTreeMap<StoryId, Answer>, NoAnswer> {
    // Some servers cut a long prompt at its beginning without a word.
    if said.prompt_tokens > 0 && said.prompt_tokens * 3 < prompt::estimate(question) {
        let message = "it read only a part of the prompt: raise its context, or lower context_tokens";
        return Err(NoAnswer::Failed(message.to_owned()));
    }
    answer::read(&said.text, stories).map_err(NoAnswer::Rubbish)
}
